//! Looking into a run: which one, and what the keys do on the page of its wire.

use std::time::Instant;

use super::{Effects, request};
use crate::chat::{RunId, TurnId};
use crate::input::Action;
use crate::state::{Effect, Inspect, Level, Overlay, Size, State, WireFind, WireFocus, WirePage};

/// Opens the run of the selected reply, or of the last one: first its request.
pub(super) fn open(state: &mut State, now: Instant) -> Effects {
    match inspected(state) {
        Some(run) => request::open(state, run),
        None => state.notices.show(Level::Note, "There is no reply to look into yet.", now),
    }
    Effects::new()
}

/// Turns to the page of a run's wire.
pub(super) fn open_wire(state: &mut State, run: RunId) {
    if let Some(run) = state.session.run(run) {
        let inspect = Inspect { run: run.id, wire: WirePage::of(run, &state.recall, state.size) };
        state.overlay = Some(Overlay::Inspect(Box::new(inspect)));
    }
}

/// The run of the selected turn; for a question that of its reply.
fn inspected(state: &State) -> Option<RunId> {
    let lane = state.lane();
    let run = |turn: TurnId| state.session.turns.get(turn)?.run;
    let from = lane.selected.and_then(|selected| lane.branch.iter().position(|turn| *turn == selected));
    let below = from.and_then(|from| lane.branch[from..].iter().copied().find_map(run));
    below.or_else(|| lane.branch.iter().rev().copied().find_map(run))
}

fn page(state: &mut State) -> Option<(&mut WirePage, Size)> {
    match &mut state.overlay {
        Some(Overlay::Inspect(inspect)) => Some((&mut inspect.wire, state.size)),
        _ => None,
    }
}

pub(super) fn perform(state: &mut State, action: Action, now: Instant) -> Effects {
    if action == Action::ReaderRefresh {
        refresh(state);
        return Effects::new();
    }
    if let (Action::ReaderPage, Some(Overlay::Inspect(inspect))) = (action, &state.overlay) {
        let run = inspect.run;
        request::open(state, run);
        return Effects::new();
    }
    let Some((page, size)) = page(state) else { return Effects::new() };
    match action {
        Action::ReaderTop => page.step(isize::MIN, size),
        Action::ReaderBottom => page.step(isize::MAX, size),
        Action::ReaderLeft => page.turn_to(WireFocus::Rows, size),
        Action::ReaderRight => page.turn_to(WireFocus::Detail, size),
        Action::ReaderFold => page.toggle_headers(size),
        Action::ReaderFind => {
            page.turn_to(WireFocus::Rows, size);
            page.find = WireFind::Typing(page.needle().to_owned());
        }
        Action::ReaderFindNext | Action::ReaderFindPrevious => return find_next(state, action, now),
        Action::ReaderCopy => return page.copy().map(Effect::Copy).into_iter().collect(),
        Action::ReaderCopyAll => return vec![Effect::Copy(page.recording())],
        _ => {}
    }
    Effects::new()
}

/// With nothing to find there is nothing to go to, so it is asked for.
fn find_next(state: &mut State, action: Action, now: Instant) -> Effects {
    let Some((page, size)) = page(state) else { return Effects::new() };
    if page.needle().is_empty() {
        let said = format!("{} finds a text first.", state.key(Action::ReaderFind));
        state.notices.show(Level::Note, said, now);
        return Effects::new();
    }
    page.go_round(action == Action::ReaderFindNext, size);
    Effects::new()
}

/// Reads the run anew: what came since the page was made. What could not be read back is asked for again.
fn refresh(state: &mut State) {
    state.recall.try_again();
    let State { overlay, session, recall, size, .. } = state;
    if let Some(Overlay::Inspect(inspect)) = overlay
        && let Some(run) = session.run(inspect.run)
    {
        inspect.wire.read(run, recall, *size);
    }
}

/// Shows what was read back.
pub(super) fn recalled(state: &mut State) {
    let State { overlay, session, recall, size, .. } = state;
    if let Some(Overlay::Inspect(inspect)) = overlay
        && let Some(run) = session.run(inspect.run)
    {
        inspect.wire.read(run, recall, *size);
        inspect.wire.select_first_event(*size);
    }
}

pub(super) fn step(state: &mut State, rows: isize) {
    if let Some((page, size)) = page(state) {
        page.step(rows, size);
    }
}

pub(super) fn select(state: &mut State, row: usize) {
    if let Some((page, size)) = page(state) {
        page.turn_to(WireFocus::Rows, size);
        page.select(row, size);
    }
}

/// Shows the rows that hold what is looked for.
pub(super) fn refill(state: &mut State) {
    if let Some((page, size)) = page(state) {
        page.refill(size);
    }
}

/// The screen has another size: the detail is made for its width.
pub(super) fn resized(state: &mut State) {
    if let Some((page, size)) = page(state) {
        page.select(page.selected(), size);
        page.turn_to(page.focus, size);
    }
}

/// Enter: takes what was typed, or turns between the rows and the selected one in full.
pub(super) fn accept(state: &mut State) -> Effects {
    if let Some((page, size)) = page(state) {
        match (std::mem::take(&mut page.find), page.focus) {
            (WireFind::Typing(text), _) if text.is_empty() => {}
            (WireFind::Typing(text), _) => page.find = WireFind::Kept(text),
            (kept, WireFocus::Rows) => {
                page.find = kept;
                page.turn_to(WireFocus::Detail, size);
            }
            (kept, WireFocus::Detail) => {
                page.find = kept;
                page.turn_to(WireFocus::Rows, size);
            }
        }
    }
    Effects::new()
}

/// Steps out one level within the page, if there is one: what is found, then the detail.
pub(super) fn step_out(state: &mut State) -> bool {
    let Some((page, size)) = page(state) else { return false };
    match (&page.find, page.focus) {
        (WireFind::Nothing | WireFind::Kept(_), WireFocus::Detail) => page.turn_to(WireFocus::Rows, size),
        (WireFind::Nothing, WireFocus::Rows) => return false,
        _ => {
            page.find = WireFind::Nothing;
            page.refill(size);
        }
    }
    true
}
