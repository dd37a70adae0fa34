//! Lanes: adding, closing, moving, naming, addressing and focusing them; promotion; a new session.

use crate::text::counted;
use std::time::Instant;

use super::{Effects, form, saving, sessions, stream, undo};
use crate::chat::TurnId;
use crate::input::{Action, Context};
use crate::state::{Effect, Lane, Level, Lockstep, MAX_LANES, Overlay, Scroll, State, StreamStatus, Undo, Way};

pub(super) fn perform(state: &mut State, action: Action, now: Instant) -> Effects {
    match action {
        Action::LaneAdd => add(state, now),
        Action::LaneClose => return close(state, now),
        Action::LaneRename => form::open_name(state),
        Action::LaneLeft => shift(state, state.focused.checked_sub(1)),
        Action::LaneRight => shift(state, Some(state.focused + 1)),
        Action::LaneAddress => address(state, state.focused, now),
        Action::LaneOnly => only(state),
        Action::LaneUndo => return undo::perform(state, Way::Back, now),
        Action::LaneRedo => return undo::perform(state, Way::Forth, now),
        Action::LaneZoom => state.zoomed = !state.zoomed,
        Action::Promote => promote(state, now),
        Action::TakeSettings => take_settings(state, now),
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

/// Whether there is no room for a further lane. Says so.
pub(super) fn is_full(state: &mut State, now: Instant) -> bool {
    let full = state.lanes.len() >= MAX_LANES;
    if full {
        state.notices.show(Level::Note, format!("{MAX_LANES} lanes are the most."), now);
    }
    full
}

fn add(state: &mut State, now: Instant) {
    if is_full(state, now) {
        return;
    }
    put_beside(state);
}

/// Puts a copy of the focused lane beside it, and the focus on that.
pub(super) fn put_beside(state: &mut State) {
    let id = state.next_lane_id();
    let lane = state.lane().clone_as(id, state.free_letter());
    state.focused += 1;
    state.lanes.insert(state.focused, lane);
}

fn close(state: &mut State, now: Instant) -> Effects {
    if state.lanes.len() == 1 {
        state.notices.show(Level::Note, "The last lane stays.", now);
        return Effects::new();
    }
    let said = format!("Lane {} is closed; {} brings it back.", state.lane().title(), state.key(Action::LaneUndo));
    let (undo, effects) = take_out(state, state.focused, now);
    state.notices.show(Level::Note, said, now);
    state.undos.push(undo);
    effects
}

/// Takes one of several lanes away; gives the step that brings it back.
pub(super) fn take_out(state: &mut State, place: usize, now: Instant) -> (Undo, Effects) {
    // Before the stop, which speaks of what waits.
    for left in state.queue.without(state.lanes[place].id) {
        state.composer.keep(&left.draft);
    }
    let effects = stream::stop(state, place, now);
    let lane = state.lanes.remove(place);
    // What is written in its form would have nowhere to go; a form with something in it keeps its lane open.
    state.overlay.take_if(|open| matches!(open, Overlay::Form(form) if form.purpose.lane() == Some(lane.id)));
    state.focused = place.min(state.lanes.len() - 1);
    if state.lanes.iter().all(|lane| !lane.addressed) {
        state.lane_mut().addressed = true;
    }
    (Undo::Close { place, lane: Box::new(lane) }, effects)
}

/// Moves the focused lane to another place; its letter goes with it.
fn shift(state: &mut State, to: Option<usize>) {
    if let Some(to) = to.filter(|to| *to < state.lanes.len()) {
        state.lanes.swap(state.focused, to);
        state.focused = to;
    }
}

/// Lets a lane have the next messages or not; one lane always has them.
pub(super) fn address(state: &mut State, place: usize, now: Instant) {
    let others = state.lanes.iter().enumerate().any(|(at, lane)| at != place && lane.addressed);
    let Some(lane) = state.lanes.get_mut(place) else { return };
    if lane.addressed && !others {
        state.notices.show(Level::Note, "One lane has to be written to.", now);
    } else {
        lane.addressed = !lane.addressed;
    }
}

/// Writes to the focused lane alone; when that is so already, to all.
fn only(state: &mut State) {
    let focused = state.focused;
    let alone = state.lanes.iter().enumerate().all(|(at, lane)| lane.addressed == (at == focused));
    for (at, lane) in state.lanes.iter_mut().enumerate() {
        lane.addressed = alone || at == focused;
    }
}

/// Makes the focused lane's branch, down to the selected turn, the history of all lanes.
fn promote(state: &mut State, now: Instant) {
    let live = state.lanes.iter().find(|lane| lane.status.live().is_some());
    if let Some(said) = live.map(|lane| still_answers(state, lane)) {
        state.notices.show(Level::Note, said, now);
        return;
    }
    let lane = state.lane();
    let (letter, branch) = (lane.letter, lane.branch.clone());
    if branch.is_empty() || state.lanes.iter().all(|lane| lane.branch == branch) {
        state.notices.show(Level::Note, "All lanes have this history already.", now);
        return;
    }
    let others = state.lanes.iter().filter(|lane| lane.branch != branch);
    let before = others.map(Lane::stand).collect();
    state.undos.push(Undo::Branches(before));
    for lane in &mut state.lanes {
        give_branch(lane, branch.clone());
    }
    let said =
        format!("Lane {letter}'s branch is the history of all lanes; {} undoes it.", state.key(Action::LaneUndo));
    state.notices.show(Level::Note, said, now);
}

pub(super) fn give_branch(lane: &mut Lane, branch: Vec<TurnId>) {
    if lane.branch == branch {
        return;
    }
    lane.branch = branch;
    lane.scroll = Scroll::Follow;
    lane.selected = None;
    // What became of the other branch's last reply is no state of this one.
    lane.status = StreamStatus::Idle;
}

/// Puts the lane back to the settings that the selected reply, or else the last one, was made with.
fn take_settings(state: &mut State, now: Instant) {
    let from = state.lane().selected.or_else(|| state.lane().tip());
    let run = state.session.turns.up_from(from).find_map(|turn| turn.run).and_then(|run| state.session.run(run));
    let Some(settings) = run.map(|run| run.settings.clone()) else {
        state.notices.show(Level::Note, "There is no reply yet whose settings could be taken.", now);
        return;
    };
    let lane = state.lane();
    if lane.settings == settings {
        let said = format!("Lane {} has these settings already.", lane.letter);
        state.notices.show(Level::Note, said, now);
        return;
    }
    let changed = lane.settings.differences(&settings).len();
    let before = state.settings_now();
    state.undos.push(Undo::Settings(Box::new(before)));
    let fields = counted(changed as u64, "field");
    let undo = state.key(Action::LaneUndo);
    let said =
        format!("Lane {} has the settings of this reply: {fields} changed. {undo} undoes it.", state.lane().letter);
    state.put_settings(state.focused, settings);
    state.notices.show(Level::Note, said, now);
}

/// What is said to who would change a lane that answers.
pub(super) fn still_answers(state: &State, lane: &Lane) -> String {
    format!("Lane {} still answers: {} stops it.", lane.letter, state.key(Action::Back))
}

/// An empty conversation in the same lanes; their settings stay. Where this one is not saved, a second press is asked for.
fn new_session(state: &mut State, now: Instant) -> Effects {
    let drops = "drops this conversation: it is not saved.";
    let saved = state.saving.as_ref().is_some_and(|saving| saving.trouble.is_none());
    if !saved && !state.session.turns.is_empty() && !state.confirmed(Action::NewSession, drops, now) {
        return Effects::new();
    }
    // Before the stop, which speaks of what waits.
    for left in state.queue.drain() {
        state.composer.keep(&left.draft);
    }
    let mut effects = stream::stop_all(state, now);
    effects.extend(saving::follow(state, true, now));
    sessions::left(state);
    state.session = state.session.next();
    state.undos.clear();
    state.tools.always.clear();
    state.find = None;
    // What is read in a box is of the session that ends here, and who was choosing one has chosen.
    use Context::{Inspector, Ledger, Reader, Sessions, Tree};
    let ends = |it: &Context| matches!(it, Reader | Tree | Sessions | Inspector | Ledger);
    state.overlay.take_if(|open| open.contexts().iter().any(ends));
    for lane in &mut state.lanes {
        *lane = lane.begun_anew();
    }
    if let Lockstep::Together(place) = &mut state.lockstep {
        *place = Scroll::Follow;
    }
    state.composer.editing = None;
    effects.push(Effect::SetTitle(state.session.window_title()));
    effects
}
