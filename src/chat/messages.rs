//! A branch as the messages of a request.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::{Role, ToolCall, Turn, TurnId, TurnTree};

/// The branch down to `tip` in wire form, the system prompt first. Every tool call is followed by an answer, because
/// endpoints refuse a history in which one is missing; a call that nobody ran says so.
#[must_use]
pub fn messages(turns: &TurnTree, tip: Option<TurnId>, system: Option<&str>) -> Vec<Value> {
    let mut messages: Vec<Value> = system.map(|text| json!({"role": "system", "content": text})).into_iter().collect();
    let branch: Vec<&Turn> = turns.branch(tip).into_iter().filter_map(|id| turns.get(id)).collect();
    let mut open_calls: Vec<ToolCall> = Vec::new();
    for (place, turn) in branch.iter().enumerate() {
        if turn.role == Role::Tool {
            open_calls.retain(|call| Some(&call.id) != turn.answers.as_ref());
        } else {
            messages.extend(open_calls.drain(..).map(|call| unanswered(&call)));
        }
        let said = with_answered_calls(turn, &branch[place + 1..]);
        messages.extend(said.to_message());
        open_calls.extend(said.tool_calls.iter().filter(|call| call.is_whole()).cloned());
    }
    messages.extend(open_calls.drain(..).map(|call| unanswered(&call)));
    messages
}

/// A reply as it goes back with its answers. Endpoints that parse arguments refuse a call that is no JSON, and all of them
/// an answer without its call: so `{}` stands for what was cut, where it was answered. The answer tells the model.
fn with_answered_calls<'t>(turn: &'t Turn, after: &[&Turn]) -> Cow<'t, Turn> {
    if turn.as_sent.is_some() || turn.tool_calls.iter().all(ToolCall::is_whole) {
        return Cow::Borrowed(turn);
    }
    let answers: Vec<&String> =
        after.iter().take_while(|turn| turn.role == Role::Tool).filter_map(|turn| turn.answers.as_ref()).collect();
    let mut sent = turn.clone();
    for call in sent.tool_calls.iter_mut().filter(|call| !call.is_whole() && answers.contains(&&call.id)) {
        "{}".clone_into(&mut call.arguments);
    }
    Cow::Owned(sent)
}

/// What the model is told of a call that nobody answered.
pub const NOT_RUN: &str = "The user did not run this tool.";

fn unanswered(call: &ToolCall) -> Value {
    json!({"role": "tool", "tool_call_id": call.id, "content": NOT_RUN})
}
