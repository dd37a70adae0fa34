//! The heat of a reply: opening it, taking in tokens that still come, moving from token to token.

mod rows;

use std::cmp::Ordering;
use std::time::Instant;

use serde_json::{Value, json};

use super::Effects;
use crate::chat::{Chance, Field, Role, Settings, Token, Turn, TurnId};
use crate::input::Action;
use crate::state::{ChanceFigures, Heat, Level, Overlay, Size, Spot, State};
use crate::text;

/// The alternatives that are asked for when the user takes the offer: as many as stand below the tokens at a glance.
const ALTERNATIVES: u8 = 5;

/// Opens the heat of the selected reply, or else the last; without tokens it offers to ask for them.
pub(super) fn open(state: &mut State, now: Instant) {
    let Some(turn) = reply(state) else {
        state.notices.show(Level::Note, "There is no reply yet whose tokens could be shown.", now);
        return;
    };
    if turn.tokens.all().is_empty() {
        let run = turn.run.and_then(|run| state.session.run(run));
        let asked = run.is_some_and(|run| asks(&run.settings));
        let coming = run.is_some_and(|run| run.finished.is_none());
        return offer(state, asked, coming, now);
    }
    let run = turn.run.and_then(|run| state.session.run(run));
    let model = run.map(|run| run.served_by.as_deref().unwrap_or(&run.settings.model)).unwrap_or_default();
    let title = format!("Tokens by probability · {} · {}", state.lane().title(), model);
    let heat = Heat::new(turn.id, text::clean_line(&title).into_owned());
    state.overlay = Some(Overlay::Heat(Box::new(heat)));
    grew(state);
}

/// The selected turn when it is a reply, else the next reply after it, else the last.
fn reply(state: &State) -> Option<&Turn> {
    let lane = state.lane();
    let turns = &state.session.turns;
    let from = lane.selected.and_then(|id| turns.get(id)).map_or(lane.branch.len(), |turn| turn.depth);
    let is_reply = |id: &TurnId| turns.get(*id).filter(|turn| turn.role == Role::Assistant);
    let below = lane.branch.iter().skip(from).find_map(is_reply);
    below.or_else(|| lane.branch.iter().rev().find_map(is_reply))
}

fn asks(settings: &Settings) -> bool {
    settings.params.get("logprobs") == Some(&Value::Bool(true))
}

/// Says why there are no tokens; where nobody asked for them, the same key again lets the lane ask.
fn offer(state: &mut State, asked: bool, coming: bool, now: Instant) {
    let again = state.key(Action::Again);
    let said = match (asked, coming) {
        (true, true) => "No token has come yet.".to_owned(),
        (true, false) => "The server sent no log probabilities, though logprobs was set.".to_owned(),
        (false, _) if asks(&state.lane().settings) => {
            format!("This reply came without log probabilities; logprobs is set by now: {again} asks again.")
        }
        (false, _) => {
            let said = format!(
                "sets logprobs, and top_logprobs to {ALTERNATIVES}: this reply came without log probabilities."
            );
            if !state.confirmed(Action::Heat, &said, now) {
                return;
            }
            for (name, value) in [("logprobs", json!(true)), ("top_logprobs", json!(ALTERNATIVES))] {
                let set = |settings: &mut Settings| settings.params.set(name, value);
                state.change(state.focused, &Field::param(name), set);
            }
            let lane = state.lane().letter;
            format!("Lane {lane} asks for log probabilities with the next message; {again} asks again now.")
        }
    };
    state.notices.show(Level::Note, said, now);
}

/// What an open heat is about: itself, all tokens of its reply, the size of the screen.
fn opened(state: &mut State) -> Option<(&mut Heat, &[Token], Size)> {
    let State { overlay: Some(Overlay::Heat(heat)), session, size, .. } = state else { return None };
    let tokens = session.turns.get(heat.turn)?.tokens.all();
    Some((heat, tokens, *size))
}

/// Takes in the tokens that came since, at the cost of those.
pub(super) fn grew(state: &mut State) {
    let Some((heat, tokens, size)) = opened(state) else { return };
    if heat.places.len() < tokens.len() {
        lay_out(heat, tokens, size);
    }
}

fn lay_out(heat: &mut Heat, tokens: &[Token], size: Size) {
    rows::append(heat, tokens, Heat::columns(size));
    heat.head = rows::head(&heat.figures, tokens, Heat::columns(size));
    show(heat, tokens, size);
}

/// Lays everything out for another size of the screen.
pub(super) fn resized(state: &mut State) {
    if let Some((heat, tokens, size)) = opened(state) {
        heat.rows.clear();
        heat.places.clear();
        heat.figures = ChanceFigures::default();
        lay_out(heat, tokens, size);
    }
}

pub(super) fn perform(state: &mut State, action: Action) -> Effects {
    let Some((heat, tokens, size)) = opened(state) else { return Effects::new() };
    let last = tokens.len().saturating_sub(1);
    heat.rank = match action {
        Action::ReaderFindNext => Some(heat.rank.map_or(0, |rank| (rank + 1).min(last))),
        Action::ReaderFindPrevious => Some(heat.rank.map_or(0, |rank| rank.saturating_sub(1))),
        _ => None,
    };
    heat.at = match (action, heat.rank) {
        (_, Some(rank)) => least_probable(tokens, rank).unwrap_or(heat.at),
        (Action::ReaderLeft, _) => heat.at.saturating_sub(1),
        (Action::ReaderRight, _) => (heat.at + 1).min(last),
        (Action::ReaderTop, _) => 0,
        (Action::ReaderBottom, _) => last,
        _ => heat.at,
    };
    show(heat, tokens, size);
    Effects::new()
}

/// Moves the cursor some rows down, or up, to the token that stands there.
pub(super) fn step(state: &mut State, rows: isize) {
    let Some((heat, tokens, size)) = opened(state) else { return };
    let Some(from) = heat.places.get(heat.at).map(|place| place.from) else { return };
    let row = from.row.saturating_add_signed(rows).min(heat.rows.len().saturating_sub(1));
    let spot = Spot { row, ..from };
    let next = heat.places.partition_point(|place| place.to <= spot);
    // Past the end of a shorter row stands the token that ends it.
    let beyond = heat.places.get(next).is_none_or(|place| place.from.row > row);
    heat.at = if beyond { next.saturating_sub(1) } else { next };
    heat.rank = None;
    show(heat, tokens, size);
}

/// Puts the cursor on a token.
pub(super) fn select(state: &mut State, token: usize) {
    if let Some((heat, tokens, size)) = opened(state) {
        heat.at = token.min(tokens.len().saturating_sub(1));
        heat.rank = None;
        show(heat, tokens, size);
    }
}

/// Brings the token under the cursor into sight, and what is told of it up to date.
fn show(heat: &mut Heat, tokens: &[Token], size: Size) {
    let height = usize::from(heat.areas(size).tokens.height).max(1);
    if let Some(place) = heat.places.get(heat.at) {
        let top = place.from.row;
        heat.scroll = heat.scroll.clamp((top + 1).saturating_sub(height), top);
    }
    heat.detail = rows::detail(heat, tokens, Heat::columns(size), usize::from(heat.detail_rows(size)));
}

/// The place of the token with so many less probable ones before it; where nothing is told there is none.
fn least_probable(tokens: &[Token], rank: usize) -> Option<usize> {
    let mut told: Vec<usize> = (0..tokens.len()).filter(|at| tokens[*at].said.chance != Chance::Unknown).collect();
    told.sort_by(|a, b| by_chance(tokens[*a].said.chance, tokens[*b].said.chance));
    told.get(rank.min(told.len().saturating_sub(1))).copied()
}

/// The less likely before the likelier; what is not told comes last.
fn by_chance(a: Chance, b: Chance) -> Ordering {
    let key = |chance: Chance| match chance {
        Chance::Slight => f64::NEG_INFINITY,
        Chance::Known(logprob) => logprob,
        Chance::Unknown => f64::INFINITY,
    };
    key(a).total_cmp(&key(b))
}
