//! The box in which the user decides about the calls of the focused lane: the rows of the selected one.

use std::mem::Discriminant;
use std::time::Instant;

use super::{CallId, CallState};
use crate::state::LaneId;
use crate::text::Line;

/// What is read in the box. The rows are made in `update` when their subject changes.
#[derive(Clone, Debug, PartialEq)]
pub struct CallBox {
    pub of: CallBoxKey,
    pub call: CallId,
    pub rows: Vec<Line>,
    scroll: usize,
    /// Until then no key decides: what is shown has just taken the place of something else.
    held_until: Option<Instant>,
}

/// What the rows depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallBoxKey {
    pub session: u64,
    pub lane: LaneId,
    pub call: CallId,
    /// Where the call stands, without what the state holds.
    pub stands: Option<Discriminant<CallState>>,
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
        Self { of, call: of.call, rows, scroll: 0, held_until: None }
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

    /// Whether keys that decide are passed over.
    #[must_use]
    pub fn is_held(&self, now: Instant) -> bool {
        self.held_until.is_some_and(|until| now < until)
    }

    /// When keys decide again, as long as they do not.
    #[must_use]
    pub fn held_until(&self) -> Option<Instant> {
        self.held_until
    }

    /// Passes over keys that decide until then, and no longer.
    pub fn held_only_until(&mut self, until: Option<Instant>) {
        self.held_until = until;
    }

    /// Passes over keys that decide, at least until then.
    pub fn hold(&mut self, until: Instant) {
        self.held_until = self.held_until.max(Some(until));
    }

    /// Whether the rows are about the same as those of another key: what a key that decides would be meant for.
    #[must_use]
    pub fn is_about(&self, of: &CallBoxKey) -> bool {
        let subject = |of: &CallBoxKey| (of.session, of.lane, of.call, of.stands);
        subject(&self.of) == subject(of)
    }

    /// Keeps the place of rows before, where these are of the same call, and for how long keys were passed over.
    #[must_use]
    pub fn at_place_of(mut self, before: Option<&Self>) -> Self {
        self.scroll = before.filter(|before| before.call == self.call).map_or(0, |before| before.scroll);
        self.held_until = before.and_then(|before| before.held_until);
        self
    }
}
