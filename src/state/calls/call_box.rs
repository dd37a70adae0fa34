//! The box in which the user decides about the calls of the focused lane: the rows of the selected one.

use super::CallId;
use crate::state::LaneId;
use crate::text::Line;

/// What is read in the box. The rows are made in `update` when their subject changes.
#[derive(Clone, Debug, PartialEq)]
pub struct CallBox {
    pub of: CallBoxKey,
    pub call: CallId,
    pub rows: Vec<Line>,
    scroll: usize,
}

/// What the rows depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallBoxKey {
    pub session: u64,
    pub lane: LaneId,
    pub call: CallId,
    /// Of the reply's turn, which goes up with its records.
    pub revision: u64,
    /// Of the responders.
    pub responders: u64,
    pub columns: u16,
    /// How many tools run unasked.
    pub always: usize,
}

impl CallBox {
    #[must_use]
    pub fn new(of: CallBoxKey, rows: Vec<Line>) -> Self {
        Self { of, call: of.call, rows, scroll: 0 }
    }

    /// The first row that a window of `height` rows shows.
    #[must_use]
    pub fn scroll(&self, height: u16) -> usize {
        self.scroll.min(self.rows.len().saturating_sub(usize::from(height)))
    }

    /// Scrolls by some rows, so that a window of `height` rows stays full.
    pub fn scroll_by(&mut self, rows: isize, height: u16) {
        self.scroll = self.scroll(height).saturating_add_signed(rows);
        self.scroll = self.scroll(height);
    }

    /// Keeps the place of rows before, where these are of the same call.
    #[must_use]
    pub fn at_place_of(mut self, before: Option<&Self>) -> Self {
        self.scroll = before.filter(|before| before.call == self.call).map_or(0, |before| before.scroll);
        self
    }
}
