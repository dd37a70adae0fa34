//! Steps back and forth over what was done to lanes, branches and settings.

use std::time::Instant;

use super::{Effects, lanes, sessions};
use crate::chat::TurnId;
use crate::state::{Lane, LaneId, Level, MAX_LANES, Stand, State, Undo, Way};

/// Takes the next step that way, and keeps the one that leads back.
pub(super) fn perform(state: &mut State, way: Way, now: Instant) -> Effects {
    let Some(step) = state.undos.take(way) else {
        let said = if way == Way::Back { "There is nothing to undo." } else { "There is nothing to redo." };
        state.notices.show(Level::Note, said, now);
        return Effects::new();
    };
    if let Some(said) = hindrance(state, &step) {
        state.undos.give(way, step);
        state.notices.show(Level::Note, said, now);
        return Effects::new();
    }
    // What they say of the thing that is undone is no longer so.
    state.notices.drop_notes_before(now);
    let (reverse, effects) = take(state, step, now);
    let said = if way == Way::Back { undone(state, &reverse) } else { "What was undone is done again.".to_owned() };
    state.notices.show(Level::Note, said, now);
    state.undos.give(way.reverse(), reverse);
    effects
}

/// Why a step cannot be taken now.
fn hindrance(state: &State, step: &Undo) -> Option<String> {
    match step {
        Undo::Close { .. } if state.lanes.len() >= MAX_LANES => {
            Some(format!("{MAX_LANES} lanes are the most: close one first."))
        }
        Undo::Open(id) if state.lanes.len() == 1 && state.lanes[0].id == *id => Some("The last lane stays.".to_owned()),
        Undo::Open(id) => {
            let live = state.lane_by_id(*id).filter(|lane| lane.status.live().is_some());
            live.map(|lane| lanes::still_answers(state, lane))
        }
        Undo::Branches(stands) => {
            let mut lanes = stands.iter().filter_map(|stand| state.lane_by_id(stand.lane));
            lanes.find(|lane| lane.status.live().is_some()).map(|lane| lanes::still_answers(state, lane))
        }
        Undo::Restore(turn) => stands_on(state, *turn),
        Undo::Shelf(step) => sessions::refusal(state, &step.id, &step.back),
        Undo::Close { .. } | Undo::Settings(_) | Undo::Delete(_) => None,
    }
}

/// What is said to who would delete what a lane stands on.
pub(super) fn stands_on(state: &State, turn: TurnId) -> Option<String> {
    let letters: Vec<String> = state.standing_on(turn).map(|lane| lane.letter.to_string()).collect();
    let verb = if letters.len() == 1 { "stands" } else { "stand" };
    let them = if letters.len() == 1 { "it" } else { "them" };
    (!letters.is_empty())
        .then(|| format!("{} {verb} on this branch: put {them} on another one first.", letters.join(" and ")))
}

/// What is said of a step back, by the one that leads forth again.
fn undone(state: &State, reverse: &Undo) -> String {
    let title = |id: LaneId| state.lane_by_id(id).map_or_else(String::new, Lane::title);
    match reverse {
        Undo::Open(id) => format!("Lane {} is back.", title(*id)),
        Undo::Close { lane, .. } => format!("Lane {} is closed again.", lane.title()),
        Undo::Settings(_) => "The settings are as they were before.".to_owned(),
        Undo::Branches(stands) => match stands.as_slice() {
            [stand] => format!("Lane {} is on its former branch.", title(stand.lane)),
            _ => "Each lane has its own history again.".to_owned(),
        },
        Undo::Restore(_) => "The branch is there again.".to_owned(),
        Undo::Delete(_) => "The branch is deleted again.".to_owned(),
        Undo::Shelf(step) => sessions::said_of(step),
    }
}

/// Takes a step; gives the one that leads back from where it led.
fn take(state: &mut State, step: Undo, now: Instant) -> (Undo, Effects) {
    match step {
        Undo::Close { place, lane } => (reopen(state, place, *lane), Effects::new()),
        Undo::Open(id) => close(state, id, now),
        Undo::Branches(stands) => (stand(state, stands), Effects::new()),
        Undo::Settings(before) => {
            let since = state.settings_since(&before);
            state.put_back(*before);
            (Undo::Settings(Box::new(since)), Effects::new())
        }
        Undo::Delete(turn) => {
            state.session.turns.show(turn);
            (Undo::Restore(turn), Effects::new())
        }
        Undo::Restore(turn) => {
            state.session.turns.hide(turn);
            (Undo::Delete(turn), Effects::new())
        }
        Undo::Shelf(step) => sessions::step_back(state, *step, now),
    }
}

/// Puts a closed lane back, under another letter if its own was given away meanwhile.
fn reopen(state: &mut State, place: usize, mut lane: Lane) -> Undo {
    if state.lanes.iter().any(|other| other.letter == lane.letter) {
        lane.letter = state.free_letter();
    }
    let (place, stand) = (place.min(state.lanes.len()), lane.stand());
    state.lanes.insert(place, lane);
    state.focused = place;
    state.rejoin(place);
    let id = stand.lane;
    state.put_on(stand);
    Undo::Open(id)
}

/// Closes a lane again. One that is gone already needs nothing more.
fn close(state: &mut State, id: LaneId, now: Instant) -> (Undo, Effects) {
    match state.lanes.iter().position(|lane| lane.id == id) {
        Some(place) => lanes::take_out(state, place, now),
        None => (Undo::Open(id), Effects::new()),
    }
}

fn stand(state: &mut State, stands: Vec<Stand>) -> Undo {
    let before = stands.iter().filter_map(|stand| state.lane_by_id(stand.lane)).map(Lane::stand).collect();
    for stand in stands {
        state.put_on(stand);
    }
    Undo::Branches(before)
}
