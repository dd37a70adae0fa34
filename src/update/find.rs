//! Finding inside lanes: what is typed, going from match to match, and leaving.

use std::time::Instant;

use super::Effects;
use crate::chat::{Role, TurnId};
use crate::input::Action;
use crate::state::{
    Effect, Find, FindPart, FindPhase, FindScope, FindSpot, FindWay, Focus, Level, Panes, Scroll, ScrollMotion, State,
};

/// The longest text that is looked for, in characters.
const LONGEST: usize = 200;

pub(super) fn perform(state: &mut State, action: Action, now: Instant) -> Effects {
    match action {
        Action::Find => open(state),
        Action::FindNext => return step(state, FindWay::Next, now),
        Action::FindPrevious => return step(state, FindWay::Previous, now),
        _ => toggle_scope(state, now),
    }
    Effects::new()
}

/// What the keys of lists do while the text is typed.
pub(super) fn list(state: &mut State, action: Action, now: Instant) -> Effects {
    match action {
        Action::OverlayUp => return step(state, FindWay::Previous, now),
        Action::OverlayDown => return step(state, FindWay::Next, now),
        Action::OverlayAccept => accept(state),
        _ => {}
    }
    Effects::new()
}

/// Takes the query as it is; an empty one is no search.
fn accept(state: &mut State) {
    match &mut state.find {
        Some(find) if !find.query().is_empty() => find.phase = FindPhase::Kept,
        _ => state.find = None,
    }
}

/// Lets a text be typed: the one before is where it begins.
fn open(state: &mut State) {
    state.panes = Panes::Transcript;
    state.focus = Focus::Transcript;
    let fresh = Find::new(state.lane(), state.scroll_of(state.lane().id));
    match &mut state.find {
        Some(find) => find.phase = fresh.phase,
        None => state.find = Some(fresh),
    }
}

/// Looks in all lanes, or only in the focused one again.
fn toggle_scope(state: &mut State, now: Instant) {
    if state.find.is_none() {
        open(state);
    }
    let Some(find) = &mut state.find else { return };
    let (scope, said) = match find.scope {
        FindScope::Focused => (FindScope::All, "Finding looks in all lanes."),
        FindScope::All => (FindScope::Focused, "Finding looks in the focused lane."),
    };
    find.scope = scope;
    state.notices.show(Level::Note, said, now);
}

/// Adds to what is looked for.
pub(super) fn typed(state: &mut State, text: &str) -> Effects {
    change(state, |query| {
        let room = LONGEST.saturating_sub(query.chars().count());
        query.extend(text.chars().take(room));
    })
}

pub(super) fn erase(state: &mut State) -> Effects {
    change(state, |query| {
        query.pop();
    })
}

/// Looks for another text, and goes to the match that is nearest to where the search began.
fn change(state: &mut State, change: impl FnOnce(&mut String)) -> Effects {
    let State { find: Some(find), session, .. } = state else { return Effects::new() };
    let mut query = find.query().to_owned();
    change(&mut query);
    find.set_query(query, &session.turns);
    refresh(state);
    let nearest = nearest(state);
    nearest.map_or_else(Effects::new, |spot| go(state, spot))
}

/// Searches what is new.
pub(super) fn refresh(state: &mut State) {
    let State { find: Some(find), session, lanes, focused, .. } = state else { return };
    let (scope, focused) = (find.scope, *focused);
    let searched = |(place, _): &(usize, _)| scope == FindScope::All || *place == focused;
    find.refresh(lanes.iter().enumerate().filter(searched).map(|(_, lane)| lane), &session.turns);
}

/// The match that is nearest to what the lane shows: the last one where it follows its end, else the first from there.
fn nearest(state: &State) -> Option<FindSpot> {
    let (find, lane) = (state.find.as_ref()?, state.lane());
    let (selected, scroll) = match find.phase {
        FindPhase::Typing { lane: at, selected, scroll } if at == lane.id => (selected, scroll),
        _ => (lane.selected, state.scroll_of(lane.id)),
    };
    let anchor = match (selected, scroll) {
        (Some(turn), _) | (None, Scroll::At { turn, .. }) => turn,
        (None, Scroll::Follow) => return find.last_before(lane, lane.branch.len()),
    };
    let depth = state.session.turns.get(anchor).map_or(0, |turn| turn.depth);
    find.first_from(lane, depth).or_else(|| find.first_from(lane, 0))
}

fn step(state: &mut State, way: FindWay, now: Instant) -> Effects {
    let Some(find) = state.find.as_ref().filter(|find| find.needle().is_some()) else {
        let said = format!("{} finds a text first.", state.key(Action::Find));
        state.notices.show(Level::Note, said, now);
        return Effects::new();
    };
    let lane = state.lane();
    let begun = find.at.is_some_and(|at| at.lane == lane.id);
    let next = if begun { find.beside(lane, way) } else { nearest(state) };
    match next.or_else(|| round(state, find, way)) {
        Some(spot) => go(state, spot),
        None => Effects::new(),
    }
}

/// Past the end of a lane: the first match of the next lane that has one, or of the same lane again.
fn round(state: &State, find: &Find, way: FindWay) -> Option<FindSpot> {
    let count = state.lanes.len();
    let end = |place: usize| {
        let lane = &state.lanes[place % count];
        match way {
            FindWay::Next => find.first_from(lane, 0),
            FindWay::Previous => find.last_before(lane, lane.branch.len()),
        }
    };
    match (find.scope, way) {
        (FindScope::Focused, _) => end(state.focused),
        (FindScope::All, FindWay::Next) => (1..=count).find_map(|step| end(state.focused + step)),
        (FindScope::All, FindWay::Previous) => (1..=count).find_map(|step| end(state.focused + count - step)),
    }
}

/// Looks for the first of some texts that stands in a turn of the focused lane, and goes to it there.
pub(super) fn prime(state: &mut State, turn: TurnId, texts: &[String]) -> Option<Effects> {
    let depth = state.session.turns.get(turn)?.depth;
    for text in texts {
        let mut find = Find::new(state.lane(), state.scroll_of(state.lane().id));
        find.phase = FindPhase::Kept;
        find.set_query(text.chars().take(LONGEST).collect(), &state.session.turns);
        state.find = Some(find);
        refresh(state);
        let first = state.find.as_ref().and_then(|find| find.first_from(state.lane(), depth));
        if let Some(spot) = first.filter(|spot| spot.turn == turn) {
            return Some(go(state, spot));
        }
    }
    state.find = None;
    None
}

/// Shows a match. What is folded around it is unfolded for as long as it is shown.
fn go(state: &mut State, spot: FindSpot) -> Effects {
    fold_again(state, spot);
    if let Some(place) = state.lanes.iter().position(|lane| lane.id == spot.lane) {
        state.focused = place;
    }
    let is_answer = state.session.turns.get(spot.turn).is_some_and(|turn| turn.role == Role::Tool);
    let lane = state.lane_mut();
    lane.selected = Some(spot.turn);
    let folds = is_answer || matches!(spot.part, FindPart::Reasoning | FindPart::Calls);
    let unfolded = folds && lane.unfolded.insert(spot.turn);
    if let Some(find) = &mut state.find {
        find.at = Some(spot);
        if unfolded {
            find.unfolded = Some((spot.lane, spot.turn));
        }
    }
    vec![Effect::Scroll { lane: spot.lane, motion: ScrollMotion::ToFound(spot) }]
}

fn fold_again(state: &mut State, spot: FindSpot) {
    let State { find: Some(find), lanes, .. } = state else { return };
    let Some((lane, turn)) = find.unfolded.take_if(|at| *at != (spot.lane, spot.turn)) else { return };
    if let Some(lane) = lanes.iter_mut().find(|candidate| candidate.id == lane) {
        lane.unfolded.remove(&turn);
    }
}

/// Whether what is typed goes into the text that is looked for.
pub(super) fn takes_text(state: &State) -> bool {
    state.finds() && state.find.as_ref().is_some_and(Find::is_typing)
}

/// Leaves the search; while it was typed the lane goes back to where it was.
pub(super) fn leave(state: &mut State) -> bool {
    let Some(find) = state.find.take() else { return false };
    if let FindPhase::Typing { lane, selected, scroll } = find.phase {
        if let Some(lane) = state.lane_by_id_mut(lane) {
            lane.selected = selected;
        }
        state.scroll_to(lane, scroll);
        if let Some((lane, turn)) = find.unfolded
            && let Some(lane) = state.lane_by_id_mut(lane)
        {
            lane.unfolded.remove(&turn);
        }
    }
    true
}
