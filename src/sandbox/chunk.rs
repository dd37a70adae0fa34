//! The answer's JSON on the wire: chunks of a stream, and the whole completion.
//!
//! Owns the shapes. Knows nothing of time or sockets.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::ask::{Ask, Delivery};
use super::models::OWNER;
use super::piece::{Finish, Piece, Token};

/// What all chunks of one answer share.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    id: String,
    created: i64,
    model: &'static str,
    usage: bool,
    logprobs: Option<usize>,
}

#[derive(Serialize)]
struct Chunk<'c> {
    id: &'c str,
    object: &'static str,
    created: i64,
    model: &'static str,
    system_fingerprint: &'static str,
    choices: Vec<Choice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Value>,
}

#[derive(Serialize)]
struct Choice {
    index: u32,
    delta: Value,
    logprobs: Option<Value>,
    finish_reason: Option<&'static str>,
}

/// The tokens that were counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub prompt: usize,
    pub completion: usize,
    pub reasoning: usize,
}

impl Count {
    /// Counts a piece; returns how many tokens it is.
    pub(crate) fn add(&mut self, piece: &Piece) -> usize {
        let tokens = piece.tokens();
        self.completion += tokens;
        self.reasoning += if matches!(piece, Piece::Reasoning(_)) { tokens } else { 0 };
        tokens
    }

    fn to_json(self) -> Value {
        json!({
            "prompt_tokens": self.prompt,
            "completion_tokens": self.completion,
            "total_tokens": self.prompt + self.completion,
            "prompt_tokens_details": {"cached_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": self.reasoning},
        })
    }
}

impl Head {
    /// A new answer to `ask`, begun at `created` (seconds since 1970).
    pub(crate) fn new(ask: &Ask, id: u64, created: i64) -> Self {
        Self {
            id: format!("chatcmpl-sandbox-{id:016x}"),
            created,
            model: ask.model.id,
            usage: ask.delivery == Delivery::StreamWithUsage,
            logprobs: ask.logprobs,
        }
    }

    /// The event that opens a choice.
    pub(crate) fn role(&self, index: u32) -> String {
        self.event(vec![Choice {
            index,
            delta: json!({"role": "assistant", "content": ""}),
            logprobs: None,
            finish_reason: None,
        }])
    }

    /// The event of one piece.
    pub(crate) fn piece(&self, index: u32, piece: &Piece) -> String {
        let logprobs = match (piece, self.logprobs) {
            (Piece::Text(token), Some(top)) => Some(json!({"content": [token_json(token, top)], "refusal": null})),
            _ => None,
        };
        let finish_reason = match piece {
            Piece::Finish(why) => Some(why.as_str()),
            _ => None,
        };
        self.event(vec![Choice { index, delta: delta(piece), logprobs, finish_reason }])
    }

    /// The event with the usage and no choice, when it was asked for.
    pub(crate) fn usage(&self, count: Count) -> Option<String> {
        let usage = self.usage.then(|| count.to_json())?;
        Some(data(&self.chunk(Vec::new(), Some(usage))))
    }

    fn event(&self, choices: Vec<Choice>) -> String {
        data(&self.chunk(choices, self.usage.then_some(Value::Null)))
    }

    fn chunk(&self, choices: Vec<Choice>, usage: Option<Value>) -> Chunk<'_> {
        Chunk {
            id: &self.id,
            object: "chat.completion.chunk",
            created: self.created,
            model: self.model,
            system_fingerprint: OWNER,
            choices,
            usage,
        }
    }

    /// The whole completion.
    pub(crate) fn completion(&self, choices: Vec<Gathered>, count: Count) -> Value {
        let choices: Vec<Value> =
            (0..).zip(choices).map(|(index, choice)| choice.into_json(index, self.logprobs.is_some())).collect();
        json!({
            "id": self.id,
            "object": "chat.completion",
            "created": self.created,
            "model": self.model,
            "choices": choices,
            "usage": count.to_json(),
            "system_fingerprint": OWNER,
        })
    }
}

fn data(chunk: &Chunk<'_>) -> String {
    // A chunk has string keys and finite numbers alone, so that it always has a JSON form.
    format!("data: {}\n\n", serde_json::to_string(chunk).unwrap_or_default())
}

fn delta(piece: &Piece) -> Value {
    match piece {
        Piece::Reasoning(text) => json!({"reasoning_content": text}),
        Piece::Text(token) => json!({"content": token.text}),
        Piece::Call { index, id, name } => {
            let function = json!({"name": name, "arguments": ""});
            json!({"tool_calls": [{"index": index, "id": id, "type": "function", "function": function}]})
        }
        Piece::Arguments { index, text } => {
            json!({"tool_calls": [{"index": index, "function": {"arguments": text}}]})
        }
        Piece::Finish(_) => json!({}),
    }
}

/// A token with so many of the likeliest at its place. One that could be no other is the only one there.
fn token_json(token: &Token, top: usize) -> Value {
    let one = |text: &str, logprob: f64| json!({"token": text, "logprob": logprob, "bytes": text.as_bytes()});
    let mut value = one(&token.text, token.logprob);
    value["top_logprobs"] = match token.top.as_slice() {
        [] if top > 0 => json!([one(&token.text, token.logprob)]),
        likeliest => likeliest.iter().map(|(text, logprob)| one(text, *logprob)).collect(),
    };
    value
}

/// One choice, gathered from its pieces for the answer in one piece.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    text: Option<String>,
    reasoning: String,
    tokens: Vec<Value>,
    calls: Vec<(String, String, String)>,
    finish: Option<Finish>,
}

impl Gathered {
    /// Takes the next piece.
    pub(crate) fn push(&mut self, piece: Piece, logprobs: Option<usize>) {
        match piece {
            Piece::Reasoning(text) => self.reasoning.push_str(&text),
            Piece::Text(token) => {
                if let Some(top) = logprobs {
                    self.tokens.push(token_json(&token, top));
                }
                self.text.get_or_insert_default().push_str(&token.text);
            }
            Piece::Call { id, name, .. } => self.calls.push((id, name, String::new())),
            Piece::Arguments { index, text } => {
                if let Some((.., arguments)) = self.calls.get_mut(index) {
                    arguments.push_str(&text);
                }
            }
            Piece::Finish(why) => self.finish = Some(why),
        }
    }

    fn into_json(self, index: u32, logprobs: bool) -> Value {
        let text = if self.calls.is_empty() { Some(self.text.unwrap_or_default()) } else { self.text };
        let mut message = Map::new();
        message.insert("role".to_owned(), json!("assistant"));
        message.insert("content".to_owned(), json!(text));
        message.insert("refusal".to_owned(), Value::Null);
        if !self.reasoning.is_empty() {
            message.insert("reasoning_content".to_owned(), json!(self.reasoning));
        }
        if !self.calls.is_empty() {
            let call = |(id, name, arguments): &(String, String, String)| json!({"id": id, "type": "function", "function": {"name": name, "arguments": arguments}});
            message.insert("tool_calls".to_owned(), self.calls.iter().map(call).collect());
        }
        let logprobs = logprobs.then(|| json!({"content": self.tokens, "refusal": null}));
        let finish = self.finish.map(Finish::as_str);
        json!({"index": index, "message": message, "logprobs": logprobs, "finish_reason": finish})
    }
}
