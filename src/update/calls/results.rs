//! Results as turns: what goes back to the model, each in a turn of its own, in the order of the calls.

use std::borrow::Cow;

use super::{CallId, CallRecord, CallState, State, TurnId};
use crate::chat::{NOT_RUN, Role};
use crate::tools::{CallEnd, shortened};

/// 32 KiB: some eight thousand tokens. More goes back only when the user says so.
pub(super) const MOST_UNASKED: usize = 32 << 10;

/// What is said of a call that ran when the program ended.
const CUT_OFF: &str = "the program that ran it ended before it did, so what it did is not known";

/// Whether a result is more than goes back unasked.
pub(super) fn is_large(end: &CallEnd) -> bool {
    end.to_content().len() > MOST_UNASKED
}

/// The beginning of a large result, with a word on what is left out.
pub(super) fn beginning(end: &CallEnd) -> CallEnd {
    CallEnd::Answered(shortened(&end.to_content(), MOST_UNASKED).into_owned())
}

/// What becomes of a call when the conversation goes on without it.
pub(super) fn left(state: CallState) -> CallState {
    match state {
        CallState::Ended { .. } => state,
        CallState::Large { end, took } => CallState::Ended { end: beginning(&end), took },
        CallState::CutOff => {
            let end = CallEnd::Failed { said: CUT_OFF.to_owned(), output: String::new() };
            CallState::Ended { end, took: None }
        }
        _ => CallState::NotRun,
    }
}

/// What a call goes back with as it stands now, should the conversation go on.
pub(in crate::update) fn going_back(state: &CallState) -> Cow<'static, str> {
    match state {
        CallState::Ended { end, .. } => end.to_content().into(),
        CallState::Large { end, .. } => beginning(end).to_content().into(),
        _ => NOT_RUN.into(),
    }
}

/// Puts the answers that are there below a reply, in the order of its calls; gives the last turn. Where the user changed
/// arguments, the reply with those stands beside the one that came, so that what ran is what the model reads.
pub(super) fn lay(state: &mut State, reply: TurnId) -> TurnId {
    let records = state.session.calls.of(reply).unwrap_or_default();
    let count = records.len();
    let ended = |record: &CallRecord| matches!(record.state, CallState::Ended { .. });
    let edited = records.iter().any(|record| record.edited.is_some() && ended(record));
    let reply = if edited { with_edits(state, reply) } else { reply };
    let mut last = reply;
    for call in (0..count).map(|index| CallId { reply, index }) {
        let Some((came, record)) = state.session.call(call) else { continue };
        let CallState::Ended { end, .. } = &record.state else { continue };
        let (id, text) = (came.id.clone(), end.to_content());
        let before = record.answer.and_then(|turn| state.session.turns.get(turn));
        let same = before.filter(|turn| turn.parent == Some(last) && turn.text == text).map(|turn| turn.id);
        last = same.unwrap_or_else(|| add(state, last, id, text));
        state.session.change_call(call, |record| record.answer = Some(last));
    }
    last
}

/// Adds a tool's answer.
pub(super) fn add(state: &mut State, parent: TurnId, call: String, text: String) -> TurnId {
    let turn = state.session.turns.add(Some(parent), Role::Tool, text);
    if let Some(turn) = state.session.turns.change(turn) {
        turn.answers = Some(call);
    }
    turn
}

/// The reply with the arguments that the user made of its own, beside it.
fn with_edits(state: &mut State, reply: TurnId) -> TurnId {
    let Some(came) = state.session.turns.get(reply).cloned() else { return reply };
    let records = state.session.calls.of(reply).unwrap_or_default().to_vec();
    let beside = state.session.turns.add(came.parent, Role::Assistant, came.text);
    if let Some(turn) = state.session.turns.change(beside) {
        (turn.reasoning, turn.refusal, turn.tool_calls) = (came.reasoning, came.refusal, came.tool_calls);
        turn.edited = true;
        for (call, record) in turn.tool_calls.iter_mut().zip(&records) {
            if let Some(edited) = &record.edited {
                call.arguments.clone_from(edited);
            }
        }
    }
    state.session.begin_calls(beside, records);
    beside
}
