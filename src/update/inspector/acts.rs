//! What is made of a call that is looked at: again with other arguments, with another result, copied, kept as canned.
//!
//! Nothing is written over: whatever changes stands in a branch of its own, and nothing runs without approval.

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::{Value, json};

use super::{Effects, copied, page, show, source};
use crate::chat::{Role, ToolCall, TurnId};
use crate::input::Action;
use crate::state::{
    CallId, CallRecord, CallState, EditPurpose, Effect, Focus, Level, Overlay, State, StreamStatus, Undo,
};
use crate::tools::{CannedRule, Responder};
use crate::update::{ask, calls, lanes};

pub(super) fn perform(state: &mut State, action: Action, now: Instant) -> Effects {
    if action == Action::InspectorOpen {
        return read_elsewhere(state, now);
    }
    let Some(call) = super::selected(state) else {
        state.notices.show(Level::Note, "Select a call first.", now);
        return Effects::new();
    };
    match action {
        Action::InspectorEdit | Action::InspectorAnswer | Action::InspectorRun => change(state, call, action, now),
        Action::InspectorCanned => keep_canned(state, call, By::Tool, now),
        Action::InspectorCannedRule => keep_canned(state, call, By::Arguments, now),
        Action::InspectorCopyCall => copy_call(state, call),
        Action::InspectorCopyPair => copy_pair(state, call),
        _ => copy(state, call, now),
    }
}

/// Arguments, result, or the run once more. What still waits is decided about in its own box, by the keys of that.
fn change(state: &mut State, call: CallId, action: Action, now: Instant) -> Effects {
    let place = page::place_of(state, call.reply);
    if state.lanes[place].status.live().is_some() {
        state.notices.show(Level::Note, ask::still_coming(state), now);
        return Effects::new();
    }
    let waits = state.awaited(place).is_some_and(|awaited| awaited.reply == call.reply);
    let undecided = state.session.calls.get(call).is_some_and(|record| {
        record.state.is_undecided() || matches!(record.state, CallState::Running { .. } | CallState::Arrives)
    });
    if waits && undecided {
        return decide(state, place, call, action, now);
    }
    state.focused = place;
    match action {
        Action::InspectorRun => return make_again(state, place, call, None, now),
        Action::InspectorEdit => calls::open_again(state, call),
        _ => return open_result(state, place, call, now),
    }
    state.inspector.under_form = matches!(state.overlay, Some(Overlay::Form(_)));
    Effects::new()
}

/// Leads to the box of the calls that wait, and does there what was asked for.
fn decide(state: &mut State, place: usize, call: CallId, action: Action, now: Instant) -> Effects {
    state.focused = place;
    if let StreamStatus::AwaitingTools { selected, .. } = &mut state.lanes[place].status {
        *selected = call.index;
    }
    (state.overlay, state.focus) = (None, Focus::Calls);
    let action = match action {
        Action::InspectorEdit => Action::CallEdit,
        Action::InspectorRun => Action::CallRun,
        _ => Action::CallAnswer,
    };
    calls::perform(state, action, now)
}

fn open_result(state: &mut State, place: usize, call: CallId, now: Instant) -> Effects {
    match page::answer_of(state, call) {
        Some(turn) => {
            calls::open_result(state, turn);
            state.inspector.under_form = matches!(state.overlay, Some(Overlay::Form(_)));
            Effects::new()
        }
        // Nothing went back for it: it waits again, to be answered.
        None => make_again(state, place, call, None, now),
    }
}

/// Makes a call again in a reply beside the one that came, with other arguments or the same. The results of the reply's
/// other calls go along; this one waits for approval as if the model had just made it.
pub(in crate::update) fn make_again(
    state: &mut State,
    place: usize,
    call: CallId,
    arguments: Option<&str>,
    now: Instant,
) -> Effects {
    if state.lanes[place].status.live().is_some() {
        state.notices.show(Level::Note, ask::still_coming(state), now);
        return Effects::new();
    }
    let Some(reply) = beside(state, call, arguments) else { return Effects::new() };
    let stand = state.lanes[place].stand();
    state.undos.push(Undo::Branches(vec![stand]));
    let branch = state.session.turns.branch(Some(reply));
    lanes::give_branch(&mut state.lanes[place], branch);
    state.focused = place;
    show(state, Some(CallId { reply, ..call }));
    Effects::new()
}

/// The reply once more, beside itself.
fn beside(state: &mut State, call: CallId, arguments: Option<&str>) -> Option<TurnId> {
    let came = state.session.turns.get(call.reply)?.clone();
    let mut made: Vec<ToolCall> = came.tool_calls.clone();
    for (index, made) in made.iter_mut().enumerate() {
        if let Some(run) = state.session.arguments(CallId { index, ..call }) {
            run.clone_into(&mut made.arguments);
        }
    }
    if let Some(arguments) = arguments {
        // One line, as models write them.
        let value = serde_json::from_str::<Value>(arguments);
        made.get_mut(call.index)?.arguments = value.map_or_else(|_| arguments.to_owned(), |value| value.to_string());
    }
    let before = state.session.calls.of(call.reply).unwrap_or_default().to_vec();
    let records = (0..made.len()).map(|index| match before.get(index) {
        Some(record) if index != call.index && matches!(record.state, CallState::Ended { .. }) => {
            CallRecord { edited: None, answer: None, ..record.clone() }
        }
        _ => CallRecord::default(),
    });
    let records: Vec<CallRecord> = records.collect();
    let reply = state.session.turns.add(came.parent, Role::Assistant, came.text);
    if let Some(turn) = state.session.turns.change(reply) {
        (turn.reasoning, turn.refusal, turn.tool_calls, turn.edited) = (came.reasoning, came.refusal, made, true);
    }
    state.session.begin_calls(reply, records);
    Some(reply)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    /// Every call of the tool.
    Tool,
    /// Calls whose arguments have the values of this one.
    Arguments,
}

/// Has this result given to further calls of the tool; a rule for the same calls gives way, other rules stay.
fn keep_canned(state: &mut State, call: CallId, by: By, now: Instant) -> Effects {
    let Some(result) = page::result_of(state, call) else {
        state.notices.show(Level::Note, "This call has no result that could be kept.", now);
        return Effects::new();
    };
    let Some((came, _)) = state.session.call(call) else { return Effects::new() };
    let (tool, arguments) = (came.name.clone(), state.session.arguments(call).unwrap_or_default());
    let when = if by == By::Arguments { values(arguments) } else { BTreeMap::new() };
    let mut rules = match state.responder(page::place_of(state, call.reply), call) {
        Responder::Canned(rules) => rules.clone(),
        Responder::Person | Responder::Command(_) => Vec::new(),
    };
    rules.retain(|rule| rule.when != when);
    // The first rule that fits answers.
    let place = if when.is_empty() { rules.len() } else { 0 };
    let who = if when.is_empty() { "this result" } else { "this result where the arguments are the same" };
    rules.insert(place, CannedRule { when, result });
    calls::put_responder(state, tool, Responder::Canned(rules), who, now)
}

/// The values of arguments by their pointers.
fn values(arguments: &str) -> BTreeMap<String, Value> {
    let Ok(Value::Object(fields)) = serde_json::from_str(arguments) else { return BTreeMap::new() };
    let pointer = |name: &str| format!("/{}", name.replace('~', "~0").replace('/', "~1"));
    fields.into_iter().map(|(name, value)| (pointer(&name), value)).collect()
}

/// The page; of JSON that has the keys the selected member.
fn copy(state: &mut State, call: CallId, now: Instant) -> Effects {
    if state.overlay.is_none() {
        return state.session.arguments(call).map(ToOwned::to_owned).map_or_else(Effects::new, copied);
    }
    let inspector = &state.inspector;
    let within = inspector.focus == crate::state::InspectorFocus::Detail;
    let tree = inspector.detail.as_ref().filter(|detail| within && detail.at() >= detail.head.len());
    let member = tree.and_then(|detail| detail.tree()).map(|tree| tree.value().to_owned());
    match member.or_else(|| source(state)) {
        Some(text) => copied(text),
        None => {
            state.notices.show(Level::Note, "There is nothing to copy on this page.", now);
            Effects::new()
        }
    }
}

/// The call in wire form, with the arguments that it was run with.
fn called(state: &State, call: CallId) -> Option<ToolCall> {
    let came = state.session.turns.get(call.reply)?.tool_calls.get(call.index)?;
    let arguments = state.session.arguments(call).unwrap_or(&came.arguments).to_owned();
    Some(ToolCall { arguments, ..came.clone() })
}

fn copy_call(state: &State, call: CallId) -> Effects {
    called(state, call).map_or_else(Effects::new, |call| copied(format!("{:#}", call.to_json())))
}

/// The call and its result as messages of a request; what has no result says what the model would be told.
fn copy_pair(state: &State, call: CallId) -> Effects {
    let Some(called) = called(state, call) else { return Effects::new() };
    let content = page::result_of(state, call).unwrap_or_else(|| "The user did not run this tool.".to_owned());
    let pair = json!([
        {"role": "assistant", "content": null, "tool_calls": [called.to_json()]},
        {"role": "tool", "tool_call_id": called.id, "content": content},
    ]);
    copied(format!("{pair:#}"))
}

/// Opens the page in `$EDITOR`, to be read.
fn read_elsewhere(state: &mut State, now: Instant) -> Effects {
    match source(state).filter(|_| state.overlay.is_some()) {
        Some(text) => vec![Effect::Edit { purpose: EditPurpose::Look, text }],
        None => {
            state.notices.show(Level::Note, "There is nothing to read on this page.", now);
            Effects::new()
        }
    }
}
