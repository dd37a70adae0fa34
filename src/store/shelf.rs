//! The sessions on the shelf: what is told of them, and what can be done to them, while they are closed.
//!
//! Owns plain types. How sessions are found is `find`'s; which of them is on the screen is `state`'s.

use super::{LedgerAnswer, LedgerAsk, OpenElsewhere, SavedCost, SavedSession, SavedWire};
use crate::chat::WirePlace;

/// What is to be done with the shelf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShelfWork {
    /// Look for sessions. The newest number counts: answers to older ones are stale.
    Find {
        query: String,
        serial: u64,
    },
    /// Read some of a session, around a turn if one is named, else its end.
    Preview {
        id: String,
        turn: Option<u32>,
    },
    Change {
        id: String,
        change: ShelfChange,
    },
    /// Take a session from the shelf: the one that is open is finished and given back first.
    Open {
        id: String,
    },
    /// Read the wire of a run; what was handed over to be kept before is on the disk then.
    Wire(WirePlace),
    /// Read the ledger; what was handed over to be kept before is on the disk then.
    Ledger(LedgerAsk),
}

/// A change of a session that need not be open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShelfChange {
    Rename(String),
    /// All its tags, in place of those it had.
    Tag(Vec<String>),
    Pin(bool),
    /// It is marked and no longer found; nothing of it is gone.
    Delete,
    Restore,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub enum ShelfAnswer {
    Found(ShelfFound),
    Preview(ShelfPreview),
    Changed,
    Opened {
        session: Box<SavedSession>,
        elsewhere: Option<OpenElsewhere>,
    },
    Wire(Box<SavedWire>),
    Ledger(LedgerAnswer),
    /// A sentence that says what went wrong.
    Failed(String),
}

/// The sessions that were found: pinned ones first, then by how well they match, then the newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShelfFound {
    pub rows: Vec<ShelfRow>,
    /// Whether there are more than these.
    pub more: bool,
    /// What of the query could not be understood, in a sentence.
    pub problem: Option<String>,
}

/// One session in a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShelfRow {
    pub id: String,
    pub title: String,
    /// Unix milliseconds, as the next.
    pub created: i64,
    pub updated: i64,
    pub pinned: bool,
    pub tags: Vec<String>,
    pub turns: u64,
    /// The models that answered, the most used first.
    pub models: Vec<String>,
    /// What it cost: one sum for each currency, real ones only; an `Unknown` among them says that a part is unknown.
    pub costs: Vec<SavedCost>,
    /// The best place in its text, where words were looked for.
    pub hit: Option<ShelfHit>,
}

/// A place in a session's text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShelfHit {
    pub turn: u32,
    pub role: String,
    /// What stands around it, in pieces; `true` for those that match.
    pub snippet: Vec<(bool, String)>,
    /// How many turns of the session have the words themselves or, where none has, what they are a part of.
    pub turns: u64,
}

/// Some turns of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShelfPreview {
    pub id: String,
    /// Oldest first; long texts are cut.
    pub turns: Vec<ShelfTurn>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShelfTurn {
    pub turn: u32,
    pub role: String,
    pub text: String,
}
