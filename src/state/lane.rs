//! A lane: one path through the session's turns, with its own settings and its own stream.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::api::{ApiError, RetryWait};
use crate::chat::{Field, RunId, Settings, TurnId};

/// As many lanes as Alt+1..8 reach.
pub const MAX_LANES: usize = 8;

/// While something waits without bytes, its elapsed time is drawn this often.
pub(super) const WAIT_FRAME: Duration = Duration::from_millis(100);

/// A stream that says nothing for so long is called silent: slow models pause for a second or two.
pub const SILENCE: Duration = Duration::from_secs(4);

/// How often the seconds of a silence are drawn.
const SILENT_FRAME: Duration = Duration::from_secs(1);

/// A lane's identity for as long as the program runs; its letter may go to another once it is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LaneId(pub u32);

/// One column of the screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    pub id: LaneId,
    /// What it is called on the screen, wherever it stands: `A` to `H`.
    pub letter: char,
    /// The user's name for it.
    pub name: Option<String>,
    /// What it asks with. For what it shares this is the shared value: see [`super::Shared`].
    pub settings: Settings,
    /// The fields that it shares with all other lanes that share them; the others are its own.
    pub shares: BTreeSet<Field>,
    /// Whether what is written goes to it.
    pub addressed: bool,
    /// The lane's path through the tree, from the root; a turn's depth is its place in here.
    pub branch: Vec<TurnId>,
    pub status: StreamStatus,
    /// The last run that this lane asked for; a copied branch holds runs of others.
    pub last_run: Option<RunId>,
    /// Goes up with each stream that is opened or stopped: what an older stream still sends is stale.
    pub generation: u64,
    pub scroll: Scroll,
    /// The turn that the transcript's keys act on; the last one when nothing is selected.
    pub selected: Option<TurnId>,
    /// Turns whose reasoning and calls are shown whole.
    pub unfolded: BTreeSet<TurnId>,
    /// Replies in JSON that are shown as they came.
    pub raw: BTreeSet<TurnId>,
}

/// What a lane's stream is doing. Each state carries exactly what exists in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum StreamStatus {
    #[default]
    Idle,
    /// Sent; nothing of the reply has come.
    Opening {
        since: Instant,
        run: RunId,
        reply: TurnId,
    },
    /// A try failed; the next one follows at `until`.
    Waiting {
        since: Instant,
        until: Instant,
        retry: RetryWait,
        run: RunId,
        reply: TurnId,
    },
    /// The reply is coming; `last` is when its last piece came.
    Streaming {
        run: RunId,
        reply: TurnId,
        last: Instant,
    },
    /// The reply ended in calls that nobody has answered.
    AwaitingTools {
        reply: TurnId,
        /// The call that the keys act on, by its place.
        selected: usize,
    },
    Failed {
        error: ApiError,
        reply: TurnId,
    },
}

/// What the transcript shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scroll {
    /// The end, as it grows.
    #[default]
    Follow,
    /// `row` of `turn`, as it wraps in `columns`, is the first row shown.
    At { turn: TurnId, row: usize, columns: u16 },
}

impl Lane {
    #[must_use]
    pub fn new(id: LaneId, settings: Settings) -> Self {
        Self {
            id,
            letter: 'A',
            name: None,
            settings,
            shares: BTreeSet::from([Field::System, Field::Tools]),
            addressed: true,
            branch: Vec::new(),
            status: StreamStatus::Idle,
            last_run: None,
            generation: 0,
            scroll: Scroll::Follow,
            selected: None,
            unfolded: BTreeSet::new(),
            raw: BTreeSet::new(),
        }
    }

    /// The last turn of the lane's branch.
    #[must_use]
    pub fn tip(&self) -> Option<TurnId> {
        self.branch.last().copied()
    }

    /// A lane with the same settings and the same branch, and no stream.
    #[must_use]
    pub fn clone_as(&self, id: LaneId, letter: char) -> Self {
        Self {
            letter,
            shares: self.shares.clone(),
            branch: self.branch.clone(),
            ..Self::new(id, self.settings.clone())
        }
    }

    /// The lane as it begins a new session: what it asks with stays, what it said and what streams does not.
    #[must_use]
    pub fn begun_anew(&self) -> Self {
        Self {
            letter: self.letter,
            name: self.name.clone(),
            shares: self.shares.clone(),
            addressed: self.addressed,
            generation: self.generation + 1,
            ..Self::new(self.id, self.settings.clone())
        }
    }

    /// The letter, and the name if it has one: `B` or `B strict`.
    #[must_use]
    pub fn title(&self) -> String {
        match &self.name {
            Some(name) => format!("{} {name}", self.letter),
            None => self.letter.to_string(),
        }
    }
}

impl StreamStatus {
    /// Waits for answers to the calls of a reply, the first of them selected.
    #[must_use]
    pub fn awaiting(reply: TurnId) -> Self {
        Self::AwaitingTools { reply, selected: 0 }
    }

    /// The run and the reply of a stream that is under way.
    #[must_use]
    pub fn live(&self) -> Option<(RunId, TurnId)> {
        match self {
            Self::Opening { run, reply, .. }
            | Self::Waiting { run, reply, .. }
            | Self::Streaming { run, reply, .. } => Some((*run, *reply)),
            Self::Idle | Self::AwaitingTools { .. } | Self::Failed { .. } => None,
        }
    }

    /// Whether a piece of the reply has come.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        matches!(self, Self::Streaming { .. })
    }

    /// When time alone changes what is shown: before the first token and between tries a spinner turns; a stream that
    /// fell silent counts its seconds.
    #[must_use]
    pub fn next_change(&self, now: Instant) -> Option<Instant> {
        match self {
            Self::Opening { .. } | Self::Waiting { .. } => Some(now + WAIT_FRAME),
            Self::Streaming { last, .. } => Some((*last + SILENCE).max(now + SILENT_FRAME)),
            Self::Idle | Self::AwaitingTools { .. } | Self::Failed { .. } => None,
        }
    }
}
