//! Comparing replies: which are compared, when their rows are made, and what is copied of them.

use std::time::Instant;

use super::Effects;
use super::diff_page::{self, Page};
use crate::chat::{Role, RunId, TurnId};
use crate::input::Action;
use crate::state::{Diff, Effect, Lane, Level, Other, Overlay, Reader, Side, State};

/// Compares the selected reply of the focused lane, or its last one.
pub(super) fn open(state: &mut State, now: Instant) -> Effects {
    let Some(turn) = reply_of(state) else {
        state.notices.show(Level::Note, "There is no reply yet that could be compared.", now);
        return Effects::new();
    };
    let others = others(state, turn);
    if others.is_empty() {
        let said = format!(
            "There is nothing to compare this reply with: {} adds a lane, {} asks again.",
            state.key(Action::LaneAdd),
            state.key(Action::Again)
        );
        state.notices.show(Level::Note, said, now);
        return Effects::new();
    }
    let (lane, number) = (state.lane().title(), number(state, turn));
    let reader = Reader::default();
    state.overlay =
        Some(Overlay::Diff(Box::new(Diff { lane, turn, number, others, at: 0, reader, changes: Vec::new() })));
    rebuild(state);
    Effects::new()
}

/// What a key does in the open diff.
pub(super) fn perform(state: &mut State, action: Action, now: Instant) -> Effects {
    match action {
        Action::ReaderNext | Action::ReaderCompare => turn_to(state, 1, now),
        Action::ReaderPrevious => turn_to(state, -1, now),
        Action::ReaderFindNext => jump(state, Way::Down),
        Action::ReaderFindPrevious => jump(state, Way::Up),
        Action::ReaderRefresh => rebuild(state),
        Action::ReaderCopy | Action::ReaderCopyAll => return copy(state),
        _ => {}
    }
    Effects::new()
}

/// A run ended: what was shown of it was not the whole.
pub(super) fn ended(state: &mut State, run: RunId) {
    let of_run = |turn: TurnId| state.session.turns.get(turn).is_some_and(|turn| turn.run == Some(run));
    let concerned =
        open_diff(state).and_then(Diff::sides).is_some_and(|sides| sides.iter().any(|side| of_run(side.turn)));
    if concerned {
        rebuild(state);
    }
}

/// Makes the rows anew for the two replies as they are and the screen as wide as it is.
pub(super) fn rebuild(state: &mut State) {
    let width = Reader::body(state.size, Diff::BREADTH).width;
    let Some(sides) = open_diff(state).and_then(Diff::sides) else { return };
    let Page { rows, changes } = diff_page::page(state, &sides, width);
    if let Some(Overlay::Diff(diff)) = &mut state.overlay {
        diff.reader.set_rows(rows);
        diff.changes = changes;
    }
}

fn open_diff(state: &State) -> Option<&Diff> {
    match &state.overlay {
        Some(Overlay::Diff(diff)) => Some(diff),
        _ => None,
    }
}

/// The selected reply, or the one to the selected question; else the lane's last.
fn reply_of(state: &State) -> Option<TurnId> {
    let lane = state.lane();
    let selected = lane.selected.and_then(|id| lane.branch.iter().position(|turn| *turn == id));
    let after = selected.and_then(|at| lane.branch[at..].iter().copied().find(|id| is_reply(state, *id)));
    after.or_else(|| last_reply(state, lane))
}

fn is_reply(state: &State, turn: TurnId) -> bool {
    state.session.turns.get(turn).is_some_and(|turn| turn.role == Role::Assistant)
}

fn last_reply(state: &State, lane: &Lane) -> Option<TurnId> {
    lane.branch.iter().rev().copied().find(|id| is_reply(state, *id))
}

/// The replies to the same question, oldest first.
fn replies(state: &State, turn: TurnId) -> Vec<TurnId> {
    state.session.turns.siblings(turn).iter().copied().filter(|id| is_reply(state, *id)).collect()
}

fn number(state: &State, turn: TurnId) -> usize {
    replies(state, turn).iter().position(|id| *id == turn).unwrap_or(0) + 1
}

/// What a reply can be compared with: the replies of the other lanes, the next one's first, then the other replies to
/// its question, the one before it first.
fn others(state: &State, turn: TurnId) -> Vec<Other> {
    let mut others: Vec<Other> = Vec::new();
    let mut add = |other: Other| {
        if other.turn() != turn && others.iter().all(|known| known.turn() != other.turn()) {
            others.push(other);
        }
    };
    let (before, after) = state.lanes.split_at(state.focused);
    for lane in after.iter().skip(1).chain(before) {
        if let Some(reply) = beside(state, turn, lane) {
            add(Other::Lane { title: lane.title(), turn: reply });
        }
    }
    let replies = replies(state, turn);
    let own = replies.iter().position(|id| *id == turn).unwrap_or(0);
    for (place, reply) in replies[..own].iter().enumerate().rev() {
        add(Other::Sibling { number: place + 1, turn: *reply });
    }
    for (place, reply) in replies.iter().enumerate().skip(own + 1).rev() {
        add(Other::Sibling { number: place + 1, turn: *reply });
    }
    others
}

/// A lane's reply at the same depth, or else its last one.
fn beside(state: &State, turn: TurnId, lane: &Lane) -> Option<TurnId> {
    let depth = state.session.turns.get(turn)?.depth;
    let level = lane.branch.get(depth).copied().filter(|id| is_reply(state, *id));
    level.or_else(|| last_reply(state, lane))
}

fn turn_to(state: &mut State, steps: isize, now: Instant) {
    if let Some(Overlay::Diff(diff)) = &mut state.overlay {
        if diff.others.len() == 1 {
            state.notices.show(Level::Note, "There is nothing else to compare this reply with.", now);
            return;
        }
        diff.turn_to(steps);
        diff.reader = Reader::default();
    }
    rebuild(state);
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

/// Scrolls to the next change below the first row, or to the one above it.
fn jump(state: &mut State, way: Way) {
    let height = Reader::body(state.size, Diff::BREADTH).height;
    let Some(Overlay::Diff(diff)) = &mut state.overlay else { return };
    let here = diff.reader.scroll();
    let found = match way {
        Way::Down => diff.changes.iter().find(|row| **row > here),
        Way::Up => diff.changes.iter().rev().find(|row| **row < here),
    };
    if let Some(row) = found {
        diff.reader.scroll_to(*row, height);
    }
}

fn copy(state: &State) -> Effects {
    let sides: Option<[Side; 2]> = open_diff(state).and_then(Diff::sides);
    sides.map(|sides| Effect::Copy(diff_page::plain(state, &sides))).into_iter().collect()
}
