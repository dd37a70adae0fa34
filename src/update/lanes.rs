//! Lanes: adding, closing, focusing; a new session.

use std::time::Instant;

use super::{Effects, stream};
use crate::input::Action;
use crate::state::{Effect, Lane, Level, Lockstep, MAX_LANES, Scroll, State};

pub(super) fn perform(state: &mut State, action: Action, now: Instant) -> Effects {
    match action {
        Action::LaneAdd => add(state, now),
        Action::LaneClose => return close(state, now),
        Action::LaneZoom => state.zoomed = !state.zoomed,
        Action::NewSession => return new_session(state, now),
        _ => {
            // Lane1 to Lane8 stand in a row in the table of actions.
            let place = action as usize - Action::Lane1 as usize;
            focus(state, place);
        }
    }
    Effects::new()
}

/// Focuses the lane at a place, when there is one.
pub(super) fn focus(state: &mut State, place: usize) {
    if place < state.lanes.len() {
        state.focused = place;
    }
}

fn add(state: &mut State, now: Instant) {
    if state.lanes.len() >= MAX_LANES {
        state.notices.show(Level::Note, format!("{MAX_LANES} lanes are the most."), now);
        return;
    }
    let id = state.next_lane_id();
    let lane = state.lane().clone_as(id);
    state.focused += 1;
    state.lanes.insert(state.focused, lane);
}

fn close(state: &mut State, now: Instant) -> Effects {
    if state.lanes.len() == 1 {
        state.notices.show(Level::Note, "The last lane stays.", now);
        return Effects::new();
    }
    let effects = stream::stop(state, state.focused, now);
    state.lanes.remove(state.focused);
    state.focused = state.focused.min(state.lanes.len() - 1);
    effects
}

/// An empty conversation in the same lanes; their settings stay. Sessions are not saved, so a second press is asked for.
fn new_session(state: &mut State, now: Instant) -> Effects {
    let drops = "drops this conversation: it is not saved.";
    if !state.session.turns.is_empty() && !state.confirmed(Action::NewSession, drops, now) {
        return Effects::new();
    }
    let mut effects = stream::stop_all(state, now);
    state.session = state.session.next();
    for lane in &mut state.lanes {
        let generation = lane.generation + 1;
        let mut fresh = Lane::new(lane.id, lane.settings.clone());
        fresh.tools.clone_from(&lane.tools);
        fresh.generation = generation;
        *lane = fresh;
    }
    if let Lockstep::Together(place) = &mut state.lockstep {
        *place = Scroll::Follow;
    }
    state.composer.editing = None;
    effects.push(Effect::SetTitle("abreast".to_owned()));
    effects
}
