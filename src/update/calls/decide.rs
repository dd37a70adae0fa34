//! What the user decides about calls, by keys that act on the focused lane.

use std::time::Instant;

use super::{Effects, answer, forms, haste, is_answered, results, send_results};
use crate::input::Action;
use crate::state::{Answerer, CallId, CallState, Effect, Focus, Level, State, StreamStatus};
use crate::text;
use crate::tools::command::preview;
use crate::tools::{CallEnd, Responder};

/// Rows that a page of the box is.
const PAGE: isize = 4;

/// Gives the keys to the box of the calls that wait; whether there is one.
pub(in crate::update) fn focus(state: &mut State, now: Instant) -> bool {
    if state.awaited(state.focused).is_none() {
        let other = (0..state.lanes.len()).find(|place| state.waits_for_user(*place));
        let Some(other) = other else {
            state.notices.show(Level::Note, "No tool call waits for you.", now);
            return false;
        };
        state.focused = other;
    }
    state.overlay = None;
    state.focus = Focus::Calls;
    true
}

/// Gives the keys to the box by one that decides in it.
pub(in crate::update) fn enter(state: &mut State, now: Instant) {
    if focus(state, now) {
        haste::entered(state, now);
    }
}

pub(in crate::update) fn perform(state: &mut State, action: Action, now: Instant) -> Effects {
    let place = state.focused;
    let Some(call) = state.awaited(place) else { return Effects::new() };
    match action {
        Action::CallNext => select(state, place, call.index + 1, now),
        Action::CallPrevious => select(state, place, call.index.wrapping_sub(1), now),
        Action::CallScrollDown => scroll(state, PAGE),
        Action::CallScrollUp => scroll(state, -PAGE),
        Action::CallAccept if is_answered(state, place) => return send_results(state, place, now),
        Action::CallAccept => return accept(state, place, call, now),
        Action::CallRun => return run_or_tell(state, place, call, now),
        Action::CallRunAll => return run_all(state, place, call, now),
        Action::CallAlways => return toggle_always(state, place, call, now),
        Action::CallResponder => forms::open_responder(state, call),
        Action::CallRefuseAll => forms::open_refusal_of_all(state, call, now),
        _ if !is_undecided(state, call) => decided(state, call, now),
        Action::CallEdit => forms::open_arguments(state, call),
        Action::CallRefuse => forms::open_refusal(state, call),
        _ => forms::open_answer(state, call),
    }
    Effects::new()
}

fn is_undecided(state: &State, call: CallId) -> bool {
    state.session.calls.get(call).is_some_and(|record| record.state.is_undecided())
}

/// Says why a call cannot be decided about.
fn decided(state: &mut State, call: CallId, now: Instant) {
    let runs = state.session.calls.get(call).is_some_and(|record| matches!(record.state, CallState::Running { .. }));
    let said = if runs {
        format!("This call runs: {} cancels it.", state.key(Action::Back))
    } else {
        "This call is answered; another one waits.".to_owned()
    };
    state.notices.show(Level::Note, said, now);
}

/// Selects another call. Who asks for it by a key means what comes: its keys count at once.
fn select(state: &mut State, place: usize, index: usize, now: Instant) {
    let count = state.awaited(place).and_then(|call| state.session.calls.of(call.reply)).map_or(0, <[_]>::len);
    if let StreamStatus::AwaitingTools { selected, .. } = &mut state.lanes[place].status
        && index < count
    {
        *selected = index;
        haste::turn_to(state, now);
    }
}

/// Scrolls the box by some rows.
pub(in crate::update) fn scroll(state: &mut State, rows: isize) {
    let height = crate::state::Layout::of(state).and_then(|layout| layout.calls).map_or(1, |area| area.height);
    if let Some(open) = &mut state.call_box {
        open.scroll_by(rows, height.saturating_sub(3));
    }
}

/// What fits the call best.
fn accept(state: &mut State, place: usize, call: CallId, now: Instant) -> Effects {
    let Some(record) = state.session.calls.get(call) else { return Effects::new() };
    match &record.state {
        CallState::Waits if *state.responder(place, call) != Responder::Person => run(state, place, call, now),
        CallState::Invalid { .. } => {
            let end = CallEnd::Failed { said: faults(state, call), output: String::new() };
            answer(state, place, call, Answerer::Person, end, now)
        }
        CallState::Large { end, took } => {
            let (end, took) = (results::beginning(end), *took);
            settle_large(state, place, call, (end, took), now)
        }
        CallState::Waits | CallState::CutOff => {
            forms::open_answer(state, call);
            Effects::new()
        }
        _ => {
            decided(state, call, now);
            Effects::new()
        }
    }
}

/// What is wrong with a call, for the model that made it.
fn faults(state: &State, call: CallId) -> String {
    let Some((came, record)) = state.session.call(call) else { return String::new() };
    let CallState::Invalid { why } = &record.state else { return String::new() };
    let cut = if came.is_whole() { String::new() } else { format!("; they were {}", came.arguments) };
    format!("it was not run, because {}{cut}", super::told(why))
}

fn settle_large(
    state: &mut State,
    place: usize,
    call: CallId,
    (end, took): (CallEnd, Option<std::time::Duration>),
    now: Instant,
) -> Effects {
    state.session.change_call(call, |record| record.state = CallState::Ended { end, took });
    super::select_undecided(state, place);
    super::advance(state, place, now)
}

/// Runs a call, or says why it may not be.
fn run_or_tell(state: &mut State, place: usize, call: CallId, now: Instant) -> Effects {
    let Some(record) = state.session.calls.get(call) else { return Effects::new() };
    match record.state.clone() {
        CallState::Large { end, took } => settle_large(state, place, call, (end, took), now),
        CallState::Waits => run(state, place, call, now),
        CallState::CutOff if super::is_valid(state, place, call) => run(state, place, call, now),
        CallState::Invalid { .. } | CallState::CutOff => {
            let said = format!(
                "Invalid arguments are never run: {} edits them, {} answers by hand.",
                state.key(Action::CallEdit),
                state.key(Action::CallAnswer)
            );
            state.notices.show(Level::Warning, said, now);
            Effects::new()
        }
        _ => {
            decided(state, call, now);
            Effects::new()
        }
    }
}

/// Has a valid call answered by the tool's responder.
pub(super) fn run(state: &mut State, place: usize, call: CallId, now: Instant) -> Effects {
    let Some((came, _)) = state.session.call(call) else { return Effects::new() };
    let (tool, arguments) = (came.name.clone(), state.session.arguments(call).unwrap_or_default().to_owned());
    match state.responder(place, call).clone() {
        Responder::Person => {
            forms::open_answer(state, call);
            Effects::new()
        }
        canned @ Responder::Canned(_) => match canned.canned(&arguments).map(ToOwned::to_owned) {
            Some(result) => answer(state, place, call, Answerer::Canned, CallEnd::Answered(result), now),
            None => {
                let tool = text::clean_line(&tool).into_owned();
                let said = format!("No canned result of {tool} fits these arguments: answer by hand.");
                state.notices.show(Level::Note, said, now);
                forms::open_answer(state, call);
                Effects::new()
            }
        },
        Responder::Command(command) => {
            let argv = match preview(&command, &arguments) {
                Ok(argv) => argv,
                Err(fault) => {
                    state.notices.show(Level::Error, format!("This cannot be run: {fault}."), now);
                    return Effects::new();
                }
            };
            let (task, lane) = (state.tools.next_task(), state.lanes[place].id);
            state.session.change_call(call, |record| {
                record.by = Some(Answerer::Command(argv));
                record.state = CallState::Running { since: now, task, lane };
            });
            super::select_undecided(state, place);
            vec![Effect::RunTool { call, task, command: Box::new(command), tool, arguments }]
        }
    }
}

/// Lets valid calls of the selected call's tool run unasked from now on, or asks again.
fn toggle_always(state: &mut State, place: usize, call: CallId, now: Instant) -> Effects {
    let Some((came, record)) = state.session.call(call) else { return Effects::new() };
    let (tool, valid) = (came.name.clone(), !matches!(record.state, CallState::Invalid { .. } | CallState::CutOff));
    let shown = text::clean_line(&tool).into_owned();
    let key = state.key(Action::CallAlways);
    if state.trusts(place, call) {
        state.tools.always.retain(|trusted| trusted.name != tool);
        state.notices.show(Level::Note, format!("{shown} asks again before it runs."), now);
        return Effects::new();
    }
    let said = match state.responder(place, call) {
        Responder::Person => Err(format!("A person answers {shown}: there is nothing to run unasked.")),
        _ if !valid => Err(format!("Invalid arguments are never run, so {shown} cannot be trusted with them.")),
        _ => {
            let lanes = if state.lanes.len() > 1 { ", in all lanes" } else { "" };
            Ok(format!("{shown} runs unasked in this session{lanes}, when its arguments are valid; {key} ends that."))
        }
    };
    match said {
        Err(said) => {
            state.notices.show(Level::Note, said, now);
            Effects::new()
        }
        Ok(said) => {
            state.tools.always.extend(state.called_tool(place, call).cloned());
            state.notices.show(Level::Warning, said, now);
            run_trusted(state, place, call, now)
        }
    }
}

/// Runs what waits of the tool that was just trusted.
fn run_trusted(state: &mut State, place: usize, call: CallId, now: Instant) -> Effects {
    let calls = fitting(state, place, call, super::is_trusted);
    run_each(state, place, calls, now)
}

/// Runs every call of the reply that waits and that something other than a person answers.
fn run_all(state: &mut State, place: usize, call: CallId, now: Instant) -> Effects {
    let calls = fitting(state, place, call, super::is_runnable);
    if calls.is_empty() {
        let said = "No call that waits can be run: they are invalid, or a person answers them.";
        state.notices.show(Level::Note, said, now);
    }
    run_each(state, place, calls, now)
}

/// The calls of a reply that something is true of.
fn fitting(state: &State, place: usize, call: CallId, fits: impl Fn(&State, usize, CallId) -> bool) -> Vec<CallId> {
    let count = state.session.calls.of(call.reply).map_or(0, <[_]>::len);
    let calls = (0..count).map(|index| CallId { index, ..call });
    calls.filter(|call| fits(state, place, *call)).collect()
}

fn run_each(state: &mut State, place: usize, calls: Vec<CallId>, now: Instant) -> Effects {
    calls.into_iter().flat_map(|call| run(state, place, call, now)).collect()
}
