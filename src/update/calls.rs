//! The loop of tool calls: a reply that ends in calls is answered, and the conversation goes on.
//!
//! Owns when calls are looked at, run, cancelled and sent back. What the user decides is `decide`'s, what is written by
//! hand is `forms`'.

mod again;
mod decide;
mod forms;
mod haste;
mod page;
mod results;

use crate::text::counted;
use std::time::Instant;

use super::budget::{self, Asking};
use super::{Effects, ask, queue};
use crate::chat::{ToolCall, Turn, TurnId};
use crate::state::{
    Answerer, CallId, CallRecord, CallState, Effect, Focus, LaneId, Level, State, StreamStatus, examined,
};
use crate::tools::{CallEnd, Responder, Violation};

pub(super) use decide::{enter, focus, perform, scroll};
pub(super) use forms::{accept, judge, laid_out, open_again, open_result, put_responder, responder_saved};
pub(super) use haste::{passes_over, writes_nothing_yet};
pub(super) use results::going_back;

/// The same calls so many times in a row are told to the user.
const SAME: usize = 3;

/// A reply ended in calls: each is looked at, and what the user trusts runs.
pub(super) fn begin(state: &mut State, place: usize, reply: TurnId, now: Instant) -> Effects {
    if let Some(turn) = state.session.turns.change(reply) {
        ToolCall::make_unique(&mut turn.tool_calls);
    }
    look(state, place, reply);
    if state.session.repeats(reply) >= SAME {
        let (letter, times) = (state.lanes[place].letter, state.session.repeats(reply));
        let said = format!("Lane {letter}: the model makes the same call {times} times in a row.");
        state.notices.show(Level::Warning, said, now);
    }
    state.lanes[place].status = StreamStatus::awaiting(reply);
    let count = state.session.calls.of(reply).map_or(0, <[CallRecord]>::len);
    let mut effects = Effects::new();
    for call in (0..count).map(|index| CallId { reply, index }) {
        if is_trusted(state, place, call) {
            effects.extend(decide::run(state, place, call, now));
        }
    }
    if state.undecided(place) > 0 {
        // What waits was written before the calls were known.
        queue::hold(state, now);
    }
    select_undecided(state, place);
    effects.extend(advance(state, place, now));
    effects
}

/// Whether a call runs unasked: its tool was trusted with it, and it is valid.
fn is_trusted(state: &State, place: usize, call: CallId) -> bool {
    state.trusts(place, call) && is_runnable(state, place, call)
}

/// Whether a call waits, is valid, and is answered by something else than a person.
fn is_runnable(state: &State, place: usize, call: CallId) -> bool {
    let Some((came, record)) = state.session.call(call) else { return false };
    record.state == CallState::Waits
        && match state.responder(place, call) {
            Responder::Person => false,
            canned @ Responder::Canned(_) => canned.canned(&came.arguments).is_some(),
            Responder::Command(_) => true,
        }
}

/// Looks at calls that nobody has looked at, or that were passed over.
fn look(state: &mut State, place: usize, reply: TurnId) {
    let Some(turn) = state.session.turns.get(reply) else { return };
    let Some(records) = state.session.calls.of(reply) else {
        let records = (0..turn.tool_calls.len())
            .map(|index| CallRecord { state: looked_at(state, place, turn, index, None), ..CallRecord::default() });
        let records = records.collect();
        state.session.begin_calls(reply, records);
        return;
    };
    let unseen = |record: &CallRecord| matches!(record.state, CallState::Arrives | CallState::NotRun);
    let found: Vec<(usize, CallState)> = records
        .iter()
        .enumerate()
        .filter(|(_, record)| unseen(record))
        .map(|(index, record)| (index, looked_at(state, place, turn, index, record.edited.as_deref())))
        .collect();
    for (index, found) in found {
        state.session.change_call(CallId { reply, index }, |record| record.state = found);
    }
}

/// Where a call stands that nobody has decided, by the tools that the model was offered.
fn looked_at(state: &State, place: usize, turn: &Turn, index: usize, edited: Option<&str>) -> CallState {
    let Some(call) = turn.tool_calls.get(index) else { return CallState::NotRun };
    let found = examined(state.offered(place, turn), &call.name, edited.unwrap_or(&call.arguments));
    // A model that is cut in the middle of a number leaves valid JSON.
    let last = index + 1 == turn.tool_calls.len();
    let run = turn.run.and_then(|run| state.session.run(run));
    let cut = last && run.is_some_and(|run| run.finish_reason.as_deref() == Some("length"));
    if cut && found == CallState::Waits && edited.is_none() {
        let said = "the reply was cut at its token limit, so the arguments may not be whole".to_owned();
        return CallState::Invalid { why: vec![Violation { pointer: String::new(), said }] };
    }
    found
}

/// After each event: lanes that came to calls wait with them, calls that no lane waits for any more are cancelled, and
/// the box shows what is selected.
pub(super) fn settle(state: &mut State, now: Instant) -> Effects {
    for place in 0..state.lanes.len() {
        settle_lane(state, place);
    }
    let waited = |state: &State, call: CallId| {
        (0..state.lanes.len()).any(|place| state.awaited(place).is_some_and(|at| at.reply == call.reply))
    };
    let left: Vec<CallId> = state.session.calls.running().filter(|call| !waited(state, *call)).collect();
    let effects = left.into_iter().filter_map(|call| cancel_call(state, call)).collect();
    page::refresh(state, now);
    if state.focus == Focus::Calls && state.call_box.is_none() {
        state.focus = Focus::Composer;
        state.enter_waits_until = Some(now + haste::AFTER_CHANGE);
    }
    effects
}

fn settle_lane(state: &mut State, place: usize) {
    let lane = &state.lanes[place];
    let Some(tip) = lane.tip() else { return };
    match lane.status {
        StreamStatus::AwaitingTools { reply, .. } if reply == tip => look(state, place, reply),
        StreamStatus::AwaitingTools { .. } => state.lanes[place].status = StreamStatus::Idle,
        StreamStatus::Idle if state.session.calls.of(tip).is_some() => {
            state.lanes[place].status = StreamStatus::awaiting(tip);
            look(state, place, tip);
            select_undecided(state, place);
        }
        _ => {}
    }
}

/// Selects the next call that waits, from the selected one on.
fn select_undecided(state: &mut State, place: usize) {
    let Some(CallId { reply, index }) = state.awaited(place) else { return };
    let records = state.session.calls.of(reply).unwrap_or_default();
    let waits = |at: &usize| records.get(*at).is_some_and(|record| record.state.is_undecided());
    let next = (index..records.len()).chain(0..index).find(waits);
    if let (Some(next), StreamStatus::AwaitingTools { selected, .. }) = (next, &mut state.lanes[place].status) {
        *selected = next;
    }
}

/// A command that was run for a call came to its end.
pub(super) fn ended(state: &mut State, call: CallId, task: u64, end: CallEnd, now: Instant) -> Effects {
    let state_of = state.session.calls.get(call).map(|record| &record.state);
    let Some(CallState::Running { since, task: running, lane }) = state_of else { return Effects::new() };
    let (since, lane) = (*since, *lane);
    if *running != task {
        return Effects::new();
    }
    let took = Some(now.saturating_duration_since(since));
    let large = results::is_large(&end);
    state.session.change_call(call, |record| {
        record.state = if large { CallState::Large { end, took } } else { CallState::Ended { end, took } };
    });
    let Some(place) = place_of(state, lane) else { return Effects::new() };
    select_undecided(state, place);
    let mut effects = advance(state, place, now);
    if state.waits_for_user(place) {
        queue::hold(state, now);
    }
    effects.extend(queue::advance(state, now));
    effects
}

fn place_of(state: &State, lane: LaneId) -> Option<usize> {
    state.lanes.iter().position(|candidate| candidate.id == lane)
}

/// Sends the results back when all are there; after many rounds in a row the user is asked first.
fn advance(state: &mut State, place: usize, now: Instant) -> Effects {
    if !is_answered(state, place) {
        return Effects::new();
    }
    if let Some(rounds) = rounds_to_ask_about(state, place) {
        let (letter, key) = (state.lanes[place].letter, state.key(crate::input::Action::FocusCalls));
        let said = format!(
            "Lane {letter}: {} of calls in a row. {key} decides whether to go on.",
            counted(rounds as u64, "round")
        );
        state.notices.show(Level::Warning, said, now);
        queue::hold(state, now);
        return Effects::new();
    }
    send_results(state, place, now)
}

/// Whether every call that a lane waits with has its answer.
fn is_answered(state: &State, place: usize) -> bool {
    let records = state.awaited(place).and_then(|call| state.session.calls.of(call.reply));
    let ended = |record: &CallRecord| matches!(record.state, CallState::Ended { .. });
    records.is_some_and(|records| records.iter().all(ended))
}

/// How many rounds of calls there were, when these are so many that the user is asked.
fn rounds_to_ask_about(state: &State, place: usize) -> Option<usize> {
    let reply = state.awaited(place)?.reply;
    let rounds = state.session.rounds(Some(reply));
    (rounds.checked_rem(state.tools.max_rounds) == Some(0)).then_some(rounds)
}

fn send_results(state: &mut State, place: usize, now: Instant) -> Effects {
    let Some(CallId { reply, .. }) = state.awaited(place) else { return Effects::new() };
    let asking = Asking { place, tip: Some(reply), draft: None };
    if !budget::admits(state, &[asking], now) {
        queue::hold(state, now);
        return Effects::new();
    }
    let last = results::lay(state, reply);
    ask::open(state, place, last, now)
}

/// Stops the calls that a lane waits with and that run. The results wait then until the user sends them.
pub(super) fn cancel(state: &mut State, place: usize, now: Instant) -> Effects {
    let Some(CallId { reply, .. }) = state.awaited(place) else { return Effects::new() };
    let running: Vec<CallId> = state.session.calls.running().filter(|call| call.reply == reply).collect();
    let effects: Effects = running.into_iter().filter_map(|call| cancel_call(state, call)).collect();
    if !effects.is_empty() {
        queue::hold(state, now);
    }
    effects
}

fn cancel_call(state: &mut State, call: CallId) -> Option<Effect> {
    let CallState::Running { task, .. } = state.session.calls.get(call)?.state else { return None };
    let end = CallEnd::Cancelled { output: String::new() };
    state.session.change_call(call, |record| record.state = CallState::Ended { end, took: None });
    Some(Effect::CancelTool { task })
}

/// The conversation goes on with a question while calls wait: results that are there go along, what runs is cancelled,
/// and the model is told of the others that they were not run.
pub(super) fn leave(state: &mut State, place: usize, now: Instant) -> Effects {
    let Some(CallId { reply, .. }) = state.awaited(place) else { return Effects::new() };
    let effects = cancel(state, place, now);
    let count = state.session.calls.of(reply).map_or(0, <[CallRecord]>::len);
    for call in (0..count).map(|index| CallId { reply, index }) {
        state.session.change_call(call, |record| record.state = results::left(std::mem::take(&mut record.state)));
    }
    let last = results::lay(state, reply);
    let branch = state.session.turns.branch(Some(last));
    let lane = &mut state.lanes[place];
    (lane.branch, lane.status) = (branch, StreamStatus::Idle);
    effects
}

/// A call is answered: what goes back is known.
fn answer(state: &mut State, place: usize, call: CallId, by: Answerer, end: CallEnd, now: Instant) -> Effects {
    state.session.change_call(call, |record| {
        (record.by, record.state) = (Some(by), CallState::Ended { end, took: None });
    });
    select_undecided(state, place);
    advance(state, place, now)
}

/// What is wrong with a call; each sentence begins with its place.
fn told(why: &[Violation]) -> String {
    let faults: Vec<&str> = why.iter().map(|fault| fault.said.as_str()).collect();
    faults.join("; ")
}

/// Whether a call's arguments may be run.
fn is_valid(state: &State, place: usize, call: CallId) -> bool {
    let Some(turn) = state.session.turns.get(call.reply) else { return false };
    let edited = state.session.calls.get(call).and_then(|record| record.edited.as_deref());
    looked_at(state, place, turn, call.index, edited) == CallState::Waits
}
