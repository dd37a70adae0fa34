//! A branch as the messages of a request.

use serde_json::{Value, json};

use super::{Role, ToolCall, TurnId, TurnTree};

/// The branch down to `tip` in wire form, the system prompt first. Every tool call is followed by an answer, because
/// endpoints refuse a history in which one is missing; a call that nobody ran says so.
#[must_use]
pub fn messages(turns: &TurnTree, tip: Option<TurnId>, system: Option<&str>) -> Vec<Value> {
    let mut messages: Vec<Value> = system.map(|text| json!({"role": "system", "content": text})).into_iter().collect();
    let mut open_calls: Vec<&ToolCall> = Vec::new();
    for turn in turns.branch(tip).into_iter().filter_map(|id| turns.get(id)) {
        if turn.role == Role::Tool {
            open_calls.retain(|call| Some(&call.id) != turn.answers.as_ref());
        } else {
            messages.extend(open_calls.drain(..).map(unanswered));
        }
        messages.extend(turn.to_message());
        open_calls.extend(turn.tool_calls.iter().filter(|call| call.is_whole()));
    }
    messages.extend(open_calls.drain(..).map(unanswered));
    messages
}

fn unanswered(call: &ToolCall) -> Value {
    json!({"role": "tool", "tool_call_id": call.id, "content": "The user did not run this tool."})
}
