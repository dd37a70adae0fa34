//! Opening another session: what becomes of the one on the screen, and where the new one is gone into.

use std::time::Instant;

use super::super::{Effects, find, lanes, saving, stream};
use super::{open_list, preview};
use crate::chat::TurnId;
use crate::input::Action;
use crate::state::{
    Effect, Focus, Level, Lockstep, OpeningSession, Panes, SavedPlace, Scroll, ScrollMotion, State, Topic, Undo,
    open_elsewhere,
};
use crate::store::{OpenElsewhere, SavedSession, ShelfHit, ShelfWork};

/// Remembers the session that is left.
pub(in super::super) fn left(state: &mut State) {
    if !state.session.id.is_empty() {
        state.shelf.before = Some(state.session.id.clone());
    }
}

/// Asks for the selected session. What is on the screen is kept; replies that still come are stopped, as they are for a
/// new session. Where something would be lost, a second press is asked for.
pub(super) fn accept(state: &mut State, now: Instant) -> Effects {
    let Some(row) = open_list(state).and_then(|list| list.row().cloned()) else { return Effects::new() };
    if row.id == state.session.id {
        state.overlay = None;
        return row.hit.map_or_else(Effects::new, |hit| go_to(state, TurnId(hit.turn), &hit));
    }
    if state.shelf.opening.is_some() {
        return Effects::new();
    }
    if let Some(lost) = lost(state)
        && !state.confirmed(Action::OverlayAccept, lost, now)
    {
        return Effects::new();
    }
    let live = state.lanes.iter().filter(|lane| lane.status.live().is_some());
    let stopped = live.map(|lane| lane.letter).collect();
    let mut effects = stream::stop_all(state, now);
    state.shelf.opening = Some(OpeningSession { id: row.id.clone(), title: row.title, hit: row.hit, stopped });
    effects.push(Effect::Shelf(ShelfWork::Open { id: row.id }));
    effects
}

/// What of the session on the screen is not on the disk.
fn lost(state: &State) -> Option<&'static str> {
    let saving = state.saving.as_ref()?;
    let drafted = !state.composer.is_empty();
    match saving.place {
        _ if saving.trouble.is_some() && (drafted || !state.session.turns.is_empty()) => {
            Some("leaves this conversation, whose end is not saved.")
        }
        SavedPlace::Looked { .. } if drafted => Some("drops the draft: this session is only read here."),
        _ => None,
    }
}

/// Puts a session that the shelf gave on the screen.
pub(super) fn opened(
    state: &mut State,
    id: &str,
    session: SavedSession,
    elsewhere: Option<OpenElsewhere>,
    now: Instant,
) -> Effects {
    let opening = state.shelf.opening.take_if(|opening| opening.id == id);
    // Something may have been sent since it was asked for.
    let mut effects = stream::stop_all(state, now);
    effects.extend(saving::follow(state, false, now));
    let Some(anchor) = state.saving.as_ref().map(|saving| saving.anchor) else { return effects };
    let here = state.session.id.clone();
    let hit = opening.as_ref().and_then(|opening| opening.hit.clone());
    // Turns are numbered anew where some are missing, in the order in which they are saved.
    let place = hit.as_ref().and_then(|hit| session.turns.iter().position(|turn| turn.id == hit.turn));
    if let Err(said) = state.resume(session, anchor, elsewhere.is_none()) {
        state.notices.show(Level::Error, said, now);
        // The session on the screen was given back for it.
        if id != here && !here.is_empty() {
            effects.push(Effect::Shelf(ShelfWork::Open { id: here }));
        }
        return effects;
    }
    if here != id && !here.is_empty() {
        state.shelf.before = Some(here);
    }
    cleared(state);
    effects.push(Effect::SetTitle(state.session.window_title()));
    tell(state, opening.as_ref(), elsewhere, now);
    if let (Some(place), Some(hit)) = (place.and_then(|place| u32::try_from(place).ok()), hit) {
        effects.extend(go_to(state, TurnId(place), &hit));
    }
    effects
}

/// Lets go of what was about the session before.
fn cleared(state: &mut State) {
    state.find = None;
    state.overlay = None;
    state.asked_once = None;
    state.sidebar.typed = None;
    state.panes = Panes::Transcript;
    state.focus = Focus::Composer;
    for topic in [Topic::Edit, Topic::AskAgain] {
        state.notices.withdraw(topic);
    }
    if let Lockstep::Together(place) = &mut state.lockstep {
        *place = Scroll::Follow;
    }
}

fn tell(state: &mut State, opening: Option<&OpeningSession>, elsewhere: Option<OpenElsewhere>, now: Instant) {
    let stopped: Vec<String> = opening.into_iter().flat_map(|it| &it.stopped).map(char::to_string).collect();
    if !stopped.is_empty() {
        let of = if stopped.len() == 1 { "The reply of lane" } else { "The replies of lanes" };
        let said = format!("{of} {} stopped; what had come is kept with that session.", listed(&stopped));
        state.notices.show(Level::Note, said, now);
    }
    if let Some(elsewhere) = elsewhere {
        state.notices.show(Level::Warning, open_elsewhere(elsewhere), now);
    }
    state.tell_deleted(now);
}

/// `A was`, `A and B were`.
fn listed(letters: &[String]) -> String {
    format!("{} {}", letters.join(" and "), if letters.len() == 1 { "was" } else { "were" })
}

pub(super) fn failed(state: &mut State, id: &str, said: String, now: Instant) {
    state.shelf.opening.take_if(|opening| opening.id == id);
    if let Some(list) = open_list(state) {
        // It may be gone.
        list.asked = None;
    }
    state.notices.show(Level::Error, said, now);
}

/// Shows the turn that was found, in a lane that holds it, or else in the focused one, which goes to the newest branch
/// below it. The words that were found are looked for on from there.
fn go_to(state: &mut State, turn: TurnId, hit: &ShelfHit) -> Effects {
    if state.session.turns.get(turn).is_none() {
        return Effects::new();
    }
    let holds = |place: &usize| state.lanes.get(*place).is_some_and(|lane| state.holds(lane, turn));
    match [state.focused].into_iter().chain(0..state.lanes.len()).find(holds) {
        Some(place) => state.focused = place,
        None => {
            let stand = state.lane().stand();
            state.undos.push(Undo::Branches(vec![stand]));
            let branch = state.session.turns.branch(Some(state.session.turns.newest_leaf(turn)));
            for turn in &branch {
                // What was deleted is shown again: a lane never stands on what is not.
                state.session.turns.show(*turn);
            }
            lanes::give_branch(state.lane_mut(), branch);
        }
    }
    state.panes = Panes::Transcript;
    state.focus = Focus::Transcript;
    if let Some(effects) = find::prime(state, turn, &preview::words(hit)) {
        return effects;
    }
    let lane = state.lane_mut();
    lane.selected = Some(turn);
    vec![Effect::Scroll { lane: lane.id, motion: ScrollMotion::ToTurn(turn) }]
}
