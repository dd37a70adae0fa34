//! A turn as a stack of rows: those that are kept, and the few around them that are made anew for each frame.

use crate::chat::Turn;
use crate::state::FindPart;
use crate::text::Line;

use super::answer;
use super::cache::{Body, TurnCache, TurnRows};
use super::rows;
use super::scroll::Pane;

/// A turn's rows, counted, and the few that are made anew for each frame.
pub(super) struct Stack {
    pub(super) above: Vec<Line>,
    pub(super) below: Vec<Line>,
    reasoning: usize,
    text: usize,
    refusal: usize,
    calls: usize,
}

/// One row of a turn, by the part it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    Above(usize),
    Reasoning(usize),
    Text(usize),
    Refusal(usize),
    Call(usize),
    Below(usize),
}

impl Stack {
    pub(super) fn of(cache: &mut TurnCache, pane: &Pane<'_>, turn: &Turn) -> Self {
        let kept = cache.rows(pane.state, pane.lane, turn, pane.columns);
        let mut stack = Self {
            above: rows::above(pane, turn, kept.thought.of(&turn.reasoning)),
            below: Vec::new(),
            reasoning: kept.reasoning.as_ref().map_or(0, Body::len),
            text: kept.text.len(),
            refusal: kept.refusal.len(),
            calls: kept.calls.len(),
        };
        if let Some(check) = cache.answer(turn.id) {
            stack.below = answer::verdict(pane, turn.id, check);
        }
        stack.below.extend(rows::below(pane, turn));
        stack
    }

    pub(super) fn len(&self) -> usize {
        self.above.len() + self.reasoning + self.text + self.refusal + self.calls + self.below.len()
    }

    /// The first row of a part.
    pub(super) fn start_of(&self, part: FindPart) -> usize {
        let lengths = [self.reasoning, self.text, self.refusal];
        let before = match part {
            FindPart::Reasoning => 0,
            FindPart::Text => 1,
            FindPart::Refusal => 2,
            FindPart::Calls => 3,
        };
        self.above.len() + lengths.iter().take(before).sum::<usize>()
    }

    /// The part that holds a row, and the row's place in it.
    pub(super) fn part(&self, row: usize) -> Part {
        let lengths = [self.above.len(), self.reasoning, self.text, self.refusal, self.calls];
        let parts = [Part::Above, Part::Reasoning, Part::Text, Part::Refusal, Part::Call];
        let mut row = row;
        for (length, part) in lengths.into_iter().zip(parts) {
            if row < length {
                return part(row);
            }
            row -= length;
        }
        Part::Below(row)
    }
}

/// How a row of a body is asked for.
type RowOf = fn(&Body, usize) -> Option<&Line>;

impl Stack {
    /// A row's line; the kept parts are the cache's.
    pub(super) fn line<'a>(&'a self, kept: &'a TurnRows, row: usize) -> Option<&'a Line> {
        self.row(kept, row, Body::row)
    }

    /// The same for its text: the colours of code are not looked for.
    pub(super) fn plain_line<'a>(&'a self, kept: &'a TurnRows, row: usize) -> Option<&'a Line> {
        self.row(kept, row, Body::plain_row)
    }

    fn row<'a>(&'a self, kept: &'a TurnRows, row: usize, of: RowOf) -> Option<&'a Line> {
        match self.part(row) {
            Part::Above(at) => self.above.get(at),
            Part::Reasoning(at) => kept.reasoning.as_ref().and_then(|body| of(body, at)),
            Part::Text(at) => of(&kept.text, at),
            Part::Refusal(at) => of(&kept.refusal, at),
            Part::Call(at) => kept.calls.get(at),
            Part::Below(at) => self.below.get(at),
        }
    }
}
