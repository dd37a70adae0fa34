//! Params: nudged, typed, set and unset in the focused lane and in those that share them.

use std::time::Instant;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Effects, form, picker, values};
use crate::chat::{Field, Param, ParamKind, Params, Track};
use crate::input::Action;
use crate::state::{Level, SidebarRow, State};
use crate::text;

/// Steps of a param; negative ones lead to less.
#[derive(Clone, Copy, Debug)]
struct Steps(i64);

pub(super) fn perform(state: &mut State, action: Action, now: Instant) -> Effects {
    let rows = SidebarRow::all().len();
    match action {
        Action::ParamUp => select(state, state.sidebar.row.checked_sub(1).unwrap_or(rows - 1), now),
        Action::ParamDown => select(state, (state.sidebar.row + 1) % rows, now),
        Action::ParamLess => nudge(state, Steps(-1)),
        Action::ParamMore => nudge(state, Steps(1)),
        Action::ParamMuchLess => nudge(state, Steps(-10)),
        Action::ParamMuchMore => nudge(state, Steps(10)),
        Action::ParamLeast => place(state, 0),
        Action::ParamMost => place(state, 1000),
        Action::ParamUnset => unset(state),
        Action::ParamForce => force(state, now),
        _ if state.sidebar.typed.is_some() => commit(state, now),
        _ => return open(state),
    }
    Effects::new()
}

/// Opens the selected row where its value is edited: the picker, or a form.
fn open(state: &mut State) -> Effects {
    match state.sidebar.selected() {
        SidebarRow::Model => picker::open(state),
        SidebarRow::System => form::open_system(state),
        SidebarRow::Tools => values::open(state, Field::Tools),
        SidebarRow::Param(Param { name, kind: ParamKind::Text | ParamKind::Json, .. }) => {
            values::open(state, Field::param(name))
        }
        SidebarRow::Param(_) => Effects::new(),
        SidebarRow::Extra => values::open_extra(state),
    }
}

/// Selects a row, unless what was typed for another does not fit there.
pub(super) fn select(state: &mut State, row: usize, now: Instant) {
    if settle(state, now) == Settled::Yes {
        state.sidebar.row = row.min(SidebarRow::all().len() - 1);
    }
}

/// Whether nothing is being typed any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settled {
    Yes,
    /// What was typed does not fit; it stays to be mended, and a notice says why.
    No,
}

/// Takes what is typed before the user moves on, so that it neither gets lost nor lands on another lane.
pub(super) fn settle(state: &mut State, now: Instant) -> Settled {
    commit(state, now);
    if state.sidebar.typed.is_none() { Settled::Yes } else { Settled::No }
}

/// Whether a character begins or goes on with a typed number.
pub(super) fn takes(state: &State, character: char) -> bool {
    takes_paste(state) && (character.is_ascii_digit() || "-.".contains(character))
}

/// Whether a paste is a number for the selected param; elsewhere it is for the draft.
pub(super) fn takes_paste(state: &State) -> bool {
    let kind = state.sidebar.param().map(|param| param.kind);
    matches!(kind, Some(ParamKind::Number { .. } | ParamKind::Integer { .. }))
}

/// Adds to the value that is being typed.
pub(super) fn typed(state: &mut State, text: &str) -> Effects {
    const LONGEST: usize = 64;
    let typed = state.sidebar.typed.get_or_insert_default();
    if typed.len() + text.len() <= LONGEST {
        typed.push_str(text);
    }
    Effects::new()
}

pub(super) fn erase(state: &mut State) -> Effects {
    if let Some(typed) = &mut state.sidebar.typed {
        typed.pop();
        if typed.is_empty() {
            state.sidebar.typed = None;
        }
    }
    Effects::new()
}

/// Takes the typed value, or says why it does not fit and keeps it to be mended.
fn commit(state: &mut State, now: Instant) {
    let Some(typed) = state.sidebar.typed.take() else { return };
    let Some(param) = state.sidebar.param() else { return };
    let mut params = state.lane().settings.params.clone();
    match params.assign(&format!("{}={typed}", param.name)) {
        Ok(()) => state.change(state.focused, &Field::param(param.name), |settings| settings.params = params),
        Err(problem) => {
            state.notices.show(Level::Error, format!("{problem}."), now);
            state.sidebar.typed = Some(typed);
        }
    }
}

/// Lets the selected param be sent although the model is known to refuse it, or not.
fn force(state: &mut State, now: Instant) {
    let Some(param) = state.sidebar.param() else { return };
    let (name, settings) = (param.name, &state.lane().settings);
    let said = if settings.params.get(name).is_none() {
        format!("{name} is unset: set it first.")
    } else if let Some(refusal) = state.refusals.refusal(settings, name) {
        let forced = !settings.forced.contains(name);
        state.change(state.focused, &Field::param(name), |settings| settings.force(name, forced));
        let reason = text::clean_line(&refusal.reason).into_owned();
        if forced {
            format!("{name} is sent all the same ({reason}).")
        } else {
            format!("{name} is not sent: {reason}.")
        }
    } else {
        format!("{name} is sent anyway: no refusal of this model is known.")
    };
    state.notices.show(Level::Note, said, now);
}

/// Unsets what the selected row stands for; a model cannot be unset.
fn unset(state: &mut State) {
    state.sidebar.typed = None;
    let place = state.focused;
    match state.sidebar.selected() {
        SidebarRow::Model => {}
        SidebarRow::System => state.change(place, &Field::System, |settings| settings.system = None),
        SidebarRow::Tools => state.change(place, &Field::Tools, |settings| settings.tools = [].into()),
        SidebarRow::Param(param) => state.change(place, &Field::param(param.name), |settings| {
            settings.params.unset(param.name);
        }),
        SidebarRow::Extra => {
            let names: Vec<String> = state.lane().settings.params.unlisted().map(|(name, _)| name.clone()).collect();
            for name in names {
                state.change(place, &Field::param(&name), |settings| {
                    settings.params.unset(&name);
                });
            }
        }
    }
}

/// Changes a param of the focused lane, and of those that share it.
fn change(state: &mut State, param: &Param, change: impl FnOnce(&mut Params)) {
    state.change(state.focused, &Field::param(param.name), |settings| change(&mut settings.params));
}

fn nudge(state: &mut State, steps: Steps) {
    state.sidebar.typed = None;
    let Some(param) = state.sidebar.param() else { return };
    change(state, param, |params| nudge_param(params, param, steps));
}

fn nudge_param(params: &mut Params, param: &Param, steps: Steps) {
    match param.kind {
        ParamKind::Number { min, max, step } => {
            if let Some(value) = nudged(params, param, (min, max, step), steps) {
                params.set(param.name, value);
            }
        }
        ParamKind::Integer { min, max, step } => {
            let value = nudged_whole(params, param.name, (min, max, step), steps);
            params.set(param.name, json!(value));
        }
        ParamKind::Choice(words) => {
            let at = params.get(param.name).and_then(Value::as_str);
            let next = cycled(words.iter().position(|word| Some(*word) == at), words.len(), steps);
            set_or_unset(params, param.name, next.map(|place| json!(words[place])));
        }
        ParamKind::Flag => {
            let at = params.get(param.name).and_then(Value::as_bool).map(usize::from);
            let next = cycled(at, 2, steps);
            set_or_unset(params, param.name, next.map(|place| json!(place == 1)));
        }
        ParamKind::Text | ParamKind::Json => {}
    }
}

/// The next of some places in a ring, of which being unset is one.
fn cycled(at: Option<usize>, of: usize, steps: Steps) -> Option<usize> {
    let at = at.map_or(0, |place| place + 1);
    let next = if steps.0 > 0 { (at + 1) % (of + 1) } else { (at + of) % (of + 1) };
    next.checked_sub(1)
}

fn set_or_unset(params: &mut Params, name: &str, value: Option<Value>) {
    match value {
        Some(value) => params.set(name, value),
        None => {
            params.unset(name);
        }
    }
}

/// An unset number moves from what the API would take in its place.
fn nudged(params: &Params, param: &Param, (min, max, step): (&str, &str, &str), steps: Steps) -> Option<Value> {
    let [min, max, step] = [min, max, step].map(|text| text.parse::<Decimal>().ok());
    let (min, max, step) = (min?, max?, step?);
    let at = params.decimal(param.name).or_else(|| param.api_default.parse().ok()).unwrap_or(min);
    number((at + step * Decimal::from(steps.0)).clamp(min, max))
}

fn nudged_whole(params: &Params, name: &str, (min, max, step): (i64, i64, i64), steps: Steps) -> i64 {
    let Some(at) = params.get(name).and_then(Value::as_i64) else {
        return if step > 1 { step.clamp(min, max) } else { min };
    };
    // From the least value the first step leads to a round number, not to one beside it.
    let from = if at == min && step > 1 { 0 } else { at };
    from.saturating_add(step.saturating_mul(steps.0)).clamp(min, max)
}

/// Puts the selected param at a place of its track, in thousandths, on a whole step.
pub(super) fn place(state: &mut State, thousandths: u16) {
    state.sidebar.typed = None;
    let Some(param) = state.sidebar.param() else { return };
    if let Some(value) = value_at(param, thousandths) {
        change(state, param, |params| params.set(param.name, value));
    }
}

fn value_at(param: &Param, thousandths: u16) -> Option<Value> {
    if let Some(track) = Track::of(param) {
        return number(track.at(thousandths));
    }
    let at_end = thousandths > 0;
    match param.kind {
        ParamKind::Integer { min, max, .. } => Some(json!(if at_end { max } else { min })),
        ParamKind::Choice(words) => words.get(if at_end { words.len() - 1 } else { 0 }).map(|word| json!(word)),
        ParamKind::Flag => Some(json!(at_end)),
        ParamKind::Number { .. } | ParamKind::Text | ParamKind::Json => None,
    }
}

/// A decimal as a JSON number with the same digits.
fn number(value: Decimal) -> Option<Value> {
    serde_json::from_str(&value.normalize().to_string()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::param;

    const TENTHS: (&str, &str, &str) = ("-2", "2", "0.1");

    fn with(name: &str, value: Value) -> Params {
        let mut params = Params::default();
        params.set(name, value);
        params
    }

    fn stepped(params: &Params, name: &str, steps: i64) -> Value {
        nudged(params, param(name).unwrap(), TENTHS, Steps(steps)).unwrap()
    }

    #[test]
    fn an_unset_number_moves_from_what_the_api_takes_in_its_place() {
        assert_eq!(stepped(&Params::default(), "presence_penalty", 1), json!(0.1));
        assert_eq!(stepped(&Params::default(), "temperature", -1), json!(0.9));
    }

    #[test]
    fn a_number_stays_exact_over_many_steps_and_stops_at_its_ends() {
        let mut params = with("presence_penalty", json!(0));
        for _ in 0..3 {
            let next = stepped(&params, "presence_penalty", 1);
            params.set("presence_penalty", next);
        }
        assert_eq!(params.get("presence_penalty").unwrap().to_string(), "0.3");
        assert_eq!(stepped(&params, "presence_penalty", 100), json!(2));
        assert_eq!(stepped(&params, "presence_penalty", -100), json!(-2));
    }

    #[test]
    fn a_value_that_is_no_number_moves_as_if_it_were_unset() {
        assert_eq!(stepped(&with("presence_penalty", json!("high")), "presence_penalty", 1), json!(0.1));
    }

    #[test]
    fn a_whole_number_goes_in_round_steps_from_its_least_value() {
        let tokens = (1, 131_072, 64);
        let step = |at: Value, steps| nudged_whole(&with("max_tokens", at), "max_tokens", tokens, Steps(steps));
        assert_eq!(nudged_whole(&Params::default(), "max_tokens", tokens, Steps(-1)), 64);
        assert_eq!([step(json!(64), 1), step(json!(64), -1), step(json!(1), 1)], [128, 1, 64]);
        assert_eq!([step(json!(131_072), 10), step(json!(100), -10)], [131_072, 1]);
        let seed = |at: i64, steps| nudged_whole(&with("seed", json!(at)), "seed", (0, i64::MAX, 1), Steps(steps));
        assert_eq!([seed(i64::MAX, 10), seed(0, -1), seed(0, 1)], [i64::MAX, 0, 1]);
    }

    #[test]
    fn words_go_round_over_being_unset() {
        let forth = [None, Some(0), Some(1)].map(|at| cycled(at, 2, Steps(1)));
        let back = [None, Some(0), Some(1)].map(|at| cycled(at, 2, Steps(-10)));
        assert_eq!(forth, [Some(0), Some(1), None]);
        assert_eq!(back, [Some(1), None, Some(0)]);
    }
}
