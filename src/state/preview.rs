//! The requests that the lanes would send now, as rows. They are made in `update` when their subject changes.

use super::LaneId;
use crate::chat::TurnId;
use crate::text::Line;

/// A lane's request and how far it is scrolled.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preview {
    /// What stands before the conversation: the address, fields, the system prompt.
    pub before: Vec<Line>,
    /// The conversation up to the message to be.
    pub history: History,
    /// The message to be, further fields, remarks.
    pub after: Vec<Line>,
    /// Whether the conversation is shown whole.
    pub unfolded: bool,
    scroll: usize,
}

/// The rows of a conversation, kept for as long as they are of the same: a typed key must not cost its length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    pub of: HistoryKey,
    pub rows: Vec<Line>,
    /// How many messages it has.
    pub messages: usize,
}

/// What the rows of a conversation depend on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryKey {
    pub session: u64,
    pub lane: Option<LaneId>,
    pub tip: Option<TurnId>,
    /// Of the last turn, the only one that still changes.
    pub revision: u64,
    pub columns: u16,
    pub unfolded: bool,
    /// Whether another lane has another conversation.
    pub marked: bool,
}

impl Preview {
    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.before.len() + self.history.rows.len() + self.after.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The first row that a window of `height` rows shows.
    #[must_use]
    pub fn scroll(&self, height: u16) -> usize {
        self.scroll.min(self.len().saturating_sub(usize::from(height)))
    }

    /// Scrolls by some rows, so that a window of `height` rows stays full.
    pub fn scroll_by(&mut self, rows: isize, height: u16) {
        self.scroll = self.scroll(height).saturating_add_signed(rows);
        self.scroll = self.scroll(height);
    }

    /// The rows in a window of `height` rows.
    pub fn visible(&self, height: u16) -> impl Iterator<Item = &Line> {
        let rows = self.before.iter().chain(&self.history.rows).chain(&self.after);
        rows.skip(self.scroll(height)).take(usize::from(height))
    }
}
