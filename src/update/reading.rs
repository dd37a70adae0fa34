//! Reading: selecting turns, scrolling, folding, copying, stepping between branches.

use std::time::Instant;

use super::{Effects, heat};
use crate::chat::TurnId;
use crate::input::Action;
use crate::state::{Effect, Level, Scroll, ScrollMotion, State, StreamStatus, Undo};
use crate::text;

pub(super) fn perform(state: &mut State, action: Action, now: Instant) -> Effects {
    let lane = state.lane().id;
    match action {
        Action::TurnOlder => step_turn(state, Step::Older),
        Action::TurnNewer => step_turn(state, Step::Newer),
        Action::PageUp => vec![Effect::Scroll { lane, motion: ScrollMotion::Pages(-1) }],
        Action::PageDown => vec![Effect::Scroll { lane, motion: ScrollMotion::Pages(1) }],
        Action::Top => {
            state.lane_mut().selected = state.lane().branch.first().copied();
            vec![Effect::Scroll { lane, motion: ScrollMotion::Top }]
        }
        Action::Bottom => {
            state.lane_mut().selected = None;
            state.scroll_to(lane, Scroll::Follow);
            Effects::new()
        }
        Action::Fold => {
            if let Some(turn) = current(state) {
                toggle_fold(state, turn);
            }
            Effects::new()
        }
        Action::RawJson => {
            toggle_raw(state, now);
            Effects::new()
        }
        Action::Heat => {
            heat::open(state, now);
            Effects::new()
        }
        Action::CopyTurn => copy_turn(state, now),
        Action::CopyCode => copy_code(state, now),
        Action::SiblingOlder => step_sibling(state, Step::Older, now),
        _ => step_sibling(state, Step::Newer, now),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Older,
    Newer,
}

/// The selected turn, or the last one.
fn current(state: &State) -> Option<TurnId> {
    state.lane().selected.or_else(|| state.lane().tip())
}

fn step_turn(state: &mut State, step: Step) -> Effects {
    let lane = state.lane();
    let last = lane.branch.len().saturating_sub(1);
    let at = lane.selected.and_then(|id| state.session.turns.get(id)).map(|turn| turn.depth);
    let next = match (at, step) {
        (None, Step::Older) => last,
        (None, Step::Newer) => return Effects::new(),
        (Some(depth), Step::Older) => depth.saturating_sub(1),
        (Some(depth), Step::Newer) => depth + 1,
    };
    let lane = state.lane_mut();
    match lane.branch.get(next).copied() {
        Some(turn) => {
            lane.selected = Some(turn);
            vec![Effect::Scroll { lane: lane.id, motion: ScrollMotion::ToTurn(turn) }]
        }
        // Past the last turn the lane follows its end again.
        None => {
            lane.selected = None;
            let lane = lane.id;
            state.scroll_to(lane, Scroll::Follow);
            Effects::new()
        }
    }
}

pub(super) fn toggle_fold(state: &mut State, turn: TurnId) {
    let unfolded = &mut state.lane_mut().unfolded;
    if !unfolded.remove(&turn) {
        unfolded.insert(turn);
    }
}

/// Shows a reply in JSON as it came, or pretty again.
fn toggle_raw(state: &mut State, now: Instant) {
    let reply = current(state).and_then(|id| state.session.turns.get(id));
    let run = reply.and_then(|turn| turn.run).and_then(|run| state.session.run(run));
    let asked = run.is_some_and(|run| run.settings.params.get("response_format").is_some());
    let Some(turn) = reply.map(|turn| turn.id).filter(|_| asked) else {
        return state.notices.show(Level::Note, "No JSON was asked for here: response_format asks for it.", now);
    };
    let raw = &mut state.lane_mut().raw;
    if !raw.remove(&turn) {
        raw.insert(turn);
    }
}

fn copy_turn(state: &mut State, now: Instant) -> Effects {
    let Some(turn) = current(state).and_then(|id| state.session.turns.get(id)) else { return Effects::new() };
    let source = if turn.text.is_empty() { &turn.refusal } else { &turn.text };
    if source.is_empty() {
        state.notices.show(Level::Note, "This turn has no text to copy.", now);
        return Effects::new();
    }
    vec![Effect::Copy(text::clean(source).into_owned())]
}

/// The last code block of the selected turn, or else of the newest turn that has one.
fn copy_code(state: &mut State, now: Instant) -> Effects {
    let code = state.session.turns.up_from(current(state)).find_map(|turn| text::last_code_block(&turn.text));
    match code {
        Some(code) => vec![Effect::Copy(text::clean(&code).into_owned())],
        None => {
            state.notices.show(Level::Note, "There is no code block to copy.", now);
            Effects::new()
        }
    }
}

/// Steps to the branch beside, at the selected turn, or else at the nearest fork from the end upwards.
fn step_sibling(state: &mut State, step: Step, now: Instant) -> Effects {
    if state.lane().status.live().is_some() {
        state.notices.show(Level::Note, super::ask::still_coming(state), now);
        return Effects::new();
    }
    let turns = &state.session.turns;
    let forked = |id: &TurnId| turns.siblings(*id).len() > 1;
    let selected = state.lane().selected.filter(&forked);
    let Some(fork) = selected.or_else(|| state.lane().branch.iter().rev().copied().find(forked)) else {
        state.notices.show(
            Level::Note,
            format!(
                "No turn of this branch has siblings: {} asks again, {} edits.",
                state.key(Action::RetryTurn),
                state.key(Action::EditTurn)
            ),
            now,
        );
        return Effects::new();
    };
    let siblings = turns.siblings(fork);
    let at = siblings.iter().position(|id| *id == fork).unwrap_or(0);
    let next = match step {
        Step::Older => at.checked_sub(1),
        Step::Newer => Some(at + 1),
    };
    let Some(sibling) = next.and_then(|place| siblings.get(place)).copied() else { return Effects::new() };
    let branch = turns.branch(Some(turns.newest_leaf(sibling)));
    let stand = state.lane().stand();
    state.undos.push(Undo::Branches(vec![stand]));
    let lane = state.lane_mut();
    lane.branch = branch;
    // What became of the other branch's last reply is no state of this one.
    lane.status = StreamStatus::Idle;
    lane.selected = Some(sibling);
    vec![Effect::Scroll { lane: lane.id, motion: ScrollMotion::ToTurn(sibling) }]
}
