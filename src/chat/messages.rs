//! A branch as the messages of a request.

use std::borrow::Cow;

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Role, ToolCall, Turn, TurnId, TurnTree};

/// The branch down to `tip` in wire form, the system prompt first. Every tool call is followed by an answer, because
/// endpoints refuse a history in which one is missing; a call that nobody ran says so.
#[must_use]
pub fn messages(turns: &TurnTree, tip: Option<TurnId>, system: Option<&str>) -> Vec<Value> {
    let mut messages: Vec<Value> = system.map(|text| json!({"role": "system", "content": text})).into_iter().collect();
    each(turns, tip, |said| messages.extend(said.to_message()));
    messages
}

/// The messages of a branch as the JSON that is sent, with commas between them. It is made in one go: values of a long
/// conversation would cost several times its length, at each message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WrittenMessages(Bytes);

/// What JSON adds to a message: its frame, and what is escaped in a hundred bytes of prose with some code.
const FRAME: usize = 40;
const ESCAPED: usize = 6;

impl WrittenMessages {
    /// Those that [`messages`] gives.
    #[must_use]
    pub fn of(turns: &TurnTree, tip: Option<TurnId>) -> Self {
        let bytes: usize = turns.up_from(tip).map(|turn| FRAME + turn.text.len()).sum();
        let mut json = Vec::with_capacity(bytes + bytes / 100 * ESCAPED);
        each(turns, tip, |said| said.write(&mut json));
        Self(json.into())
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The messages apart.
    #[must_use]
    pub fn to_values(&self) -> Vec<Value> {
        serde_json::from_slice(&[b"[", self.as_bytes(), b"]"].concat()).unwrap_or_default()
    }
}

/// What has its place in the messages of a branch.
enum Said<'t> {
    Turn(&'t Turn),
    NotRun(&'t ToolCall),
}

/// A message that says a text and nothing else, as most do.
#[derive(Serialize)]
struct Plain<'t> {
    role: &'static str,
    content: &'t str,
}

impl Said<'_> {
    fn to_message(&self) -> Option<Value> {
        match self {
            Self::Turn(turn) => turn.to_message(),
            Self::NotRun(call) => Some(unanswered(call)),
        }
    }

    fn plain(&self) -> Option<Plain<'_>> {
        let Self::Turn(turn) = self else { return None };
        let says_more = turn.as_sent.is_some() || turn.answers.is_some() || turn.text.is_empty();
        let is_plain = !says_more && turn.tool_calls.is_empty() && turn.attachments.is_empty();
        is_plain.then(|| Plain { role: turn.role.name(), content: &turn.text })
    }

    /// Writes the message behind those before it.
    fn write(&self, json: &mut Vec<u8>) {
        let before = json.len();
        if before > 0 {
            json.push(b',');
        }
        let written = match self.plain() {
            Some(plain) => serde_json::to_writer(&mut *json, &plain).is_ok(),
            None => self.to_message().is_some_and(|message| serde_json::to_writer(&mut *json, &message).is_ok()),
        };
        if !written {
            json.truncate(before);
        }
    }
}

/// All that has its place in the messages of a branch, in order.
fn each(turns: &TurnTree, tip: Option<TurnId>, mut put: impl FnMut(Said<'_>)) {
    let mut branch: Vec<&Turn> = turns.up_from(tip).collect();
    branch.reverse();
    let mut open_calls: Vec<ToolCall> = Vec::new();
    for (place, turn) in branch.iter().enumerate() {
        if turn.role == Role::Tool {
            open_calls.retain(|call| Some(&call.id) != turn.answers.as_ref());
        } else {
            open_calls.drain(..).for_each(|call| put(Said::NotRun(&call)));
        }
        let said = with_answered_calls(turn, &branch[place + 1..]);
        open_calls.extend(said.tool_calls.iter().filter(|call| call.is_whole()).cloned());
        put(Said::Turn(&said));
    }
    open_calls.drain(..).for_each(|call| put(Said::NotRun(&call)));
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
