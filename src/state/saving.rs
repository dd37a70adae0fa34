//! What of the session the store has been given, so that only what is new is given to it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Anchor, ComposerMark, Draft, Lane, Queue, Shared, State, Topic};
use crate::chat::{Run, RunId, TurnId};
use crate::store::StoreFault;

/// Keeps the session on disk; there is none of it where nothing is saved.
#[derive(Debug)]
pub struct Saving {
    /// The beginning of the ids of all sessions that this program begins.
    pub stem: String,
    /// The two clocks at a moment that is not long ago.
    pub anchor: Anchor,
    /// Why nothing can be saved for now.
    pub trouble: Option<StoreFault>,
    pub place: SavedPlace,
}

/// Where the session on the screen stands in the store.
#[derive(Debug)]
pub enum SavedPlace {
    /// Nothing has been said in it, so there is nothing to keep.
    Unbegun {
        serial: u64,
    },
    /// It is only looked at, since another program has it open; the first message makes a copy of it.
    Looked {
        serial: u64,
        turns: usize,
    },
    Kept(Box<Kept>),
}

/// What the store was given of a session.
#[derive(Debug)]
pub struct Kept {
    pub serial: u64,
    pub session: Arc<str>,
    /// Of one that is marked as deleted, how many turns it had then: when something is said in it, it is so no longer.
    pub deleted: Option<usize>,
    /// Title, focused lane's letter, messages that wait, and what lanes share.
    pub head: Option<(String, char, Queue, Shared)>,
    pub lanes: Vec<Lane>,
    pub draft: (Draft, Option<TurnId>),
    /// How the composer was when it was looked at last, and how often it was: for tests that count work.
    pub composer: (Option<ComposerMark>, u64),
    /// How many drafts were in the history, and the last of them.
    pub history: (usize, Option<Draft>),
    /// The contents of attachments that it has, by their hashes.
    pub files: BTreeSet<String>,
    /// Replies that still come.
    pub growing: BTreeMap<TurnId, Grown>,
    pub running: BTreeMap<RunId, RunMark>,
    /// The letters of the lanes that asked the runs that still run.
    pub askers: BTreeMap<RunId, Option<char>>,
    /// Runs that a server took and that were still running when their program ended: they are not in the ledger yet.
    pub cut_off: Vec<RunId>,
}

/// How much of a reply was given to the store.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grown {
    pub text: usize,
    pub reasoning: usize,
    pub refusal: usize,
    pub tokens: usize,
    pub calls: Vec<GrownCall>,
}

/// How much of a call is kept. A later piece may name it anew without adding to its arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct GrownCall {
    /// The length of its arguments.
    pub arguments: usize,
    pub id: String,
    pub name: String,
    pub extra: Option<Value>,
}

/// What of a running run is worth a write when it changes: accepted, begun, number of replies.
pub type RunMark = (bool, bool, usize);

impl Saving {
    /// Saves what is begun from now on; `stem` is this program's own.
    #[must_use]
    pub fn new(stem: String, anchor: Anchor) -> Self {
        Self { stem, anchor, trouble: None, place: SavedPlace::Unbegun { serial: 0 } }
    }

    /// The id of a session that this program begins.
    #[must_use]
    pub fn id(&self, serial: u64) -> String {
        match serial {
            0 => self.stem.clone(),
            serial => format!("{}-{serial}", self.stem),
        }
    }
}

/// How long it is said whether a session is deleted.
const DELETED: Duration = Duration::from_secs(10);

impl State {
    /// Says that the session which was opened is deleted, if it is.
    pub fn tell_deleted(&mut self, now: Instant) {
        let place = self.saving.as_ref().map(|saving| &saving.place);
        if matches!(place, Some(SavedPlace::Kept(kept)) if kept.deleted.is_some()) {
            let said = "This session is deleted. It stays so until you send something in it, which brings it back.";
            self.notices.show_about(Topic::Deleted, said, now, DELETED);
        }
    }

    /// Says that the session on the screen is deleted no longer.
    pub(crate) fn tell_restored(&mut self, now: Instant) {
        let said = "This session was deleted and is in the list again.";
        self.notices.show_about(Topic::Deleted, said, now, DELETED);
    }

    /// When a run was sent, by the clock on the wall; `None` where no clock was given.
    #[must_use]
    pub fn started(&self, run: &Run) -> Option<jiff::Timestamp> {
        let anchor = self.saving.as_ref()?.anchor;
        jiff::Timestamp::from_millisecond(anchor.unix_ms(run.started)).ok()
    }
}

impl SavedPlace {
    /// Which of the program's sessions it is about.
    #[must_use]
    pub fn serial(&self) -> u64 {
        match self {
            Self::Unbegun { serial } | Self::Looked { serial, .. } => *serial,
            Self::Kept(kept) => kept.serial,
        }
    }

    /// The id of the session in the store, once it is there.
    #[must_use]
    pub fn session(&self) -> Option<&str> {
        match self {
            Self::Kept(kept) => Some(&kept.session),
            Self::Unbegun { .. } | Self::Looked { .. } => None,
        }
    }
}

impl Kept {
    /// A session of which the store has nothing yet, or everything but what changes by the next event.
    #[must_use]
    pub fn new(serial: u64, session: &str) -> Self {
        Self {
            serial,
            session: session.into(),
            deleted: None,
            head: None,
            lanes: Vec::new(),
            draft: (Draft::default(), None),
            composer: (None, 0),
            history: (0, None),
            files: BTreeSet::new(),
            growing: BTreeMap::new(),
            running: BTreeMap::new(),
            askers: BTreeMap::new(),
            cut_off: Vec::new(),
        }
    }
}
