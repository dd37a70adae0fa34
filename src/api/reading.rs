//! Chunks to deltas: what each field means for the run.
//!
//! Owns the state of every choice: its place in `<think>` tags, its calls, its finish reason. Does not see bytes, events
//! or the end of the stream.

use std::collections::BTreeMap;

use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::Delta;
use super::calls::{Calls, Placed, WirePiece};
use super::chunk::{Call, Choice, Chunk, Content, Function, Message};
use super::fault::{Fault, read_value};
use super::shape::{Count, Object};
use super::think::{Piece, Think};
use crate::chat::Usage;

#[derive(Debug)]
pub(super) struct Reading {
    choices: BTreeMap<u32, ChoiceState>,
    named_model: bool,
    tier: Option<String>,
    usage: Option<Map<String, Value>>,
    ids: Rng,
}

#[derive(Debug, Default)]
struct ChoiceState {
    think: Think,
    calls: Calls,
    finish: Option<String>,
    /// Whether any message came: a whole `message` after pieces repeats them.
    spoke: bool,
}

impl Reading {
    pub(super) fn new(ids: Rng) -> Self {
        Self { choices: BTreeMap::new(), named_model: false, tier: None, usage: None, ids }
    }

    /// Whether every choice that was heard of has its finish reason.
    pub(super) fn is_finished(&self) -> bool {
        self.has_choices() && self.choices.values().all(|choice| choice.finish.is_some())
    }

    pub(super) fn has_choices(&self) -> bool {
        !self.choices.is_empty()
    }

    /// Appends what a chunk says; gives the error that one of its choices reports.
    pub(super) fn read(&mut self, chunk: Chunk<'_>, out: &mut Vec<Delta>) -> Option<Fault> {
        if let Some(model) = chunk.model.meant().filter(|_| !self.named_model) {
            self.named_model = true;
            out.push(Delta::ServedBy(model.to_owned()));
        }
        if let Some(tier) = chunk.service_tier.meant().filter(|tier| self.tier.as_deref() != Some(*tier)) {
            self.tier = Some(tier.to_owned());
            out.push(Delta::Tier(tier.to_owned()));
        }
        let mut usage = chunk.usage;
        let mut fault = None;
        for (place, choice) in chunk.choices.0.into_iter().flatten().enumerate() {
            let Some(mut choice) = choice.0 else { continue };
            usage = usage.or_else(|| choice.usage.take());
            if let Some(error) = choice.error.take() {
                fault = fault.or_else(|| read_value(&json!({ "error": error })));
            }
            self.read_choice(place, choice, out);
        }
        self.read_usage(usage.or(chunk.x_groq.0.and_then(|groq| groq.usage)), out);
        fault
    }

    /// Gives out what is held back: no more will come.
    pub(super) fn close(&mut self, out: &mut Vec<Delta>) {
        for (&index, state) in &mut self.choices {
            state.flush(index, out);
        }
    }

    fn read_choice(&mut self, place: usize, choice: Choice<'_>, out: &mut Vec<Delta>) {
        let given = choice.index.0.and_then(|index| u32::try_from(index).ok());
        let index = given.or(u32::try_from(place).ok()).unwrap_or(0);
        let state = self.choices.entry(index).or_default();
        let message = match choice.delta.0 {
            Some(delta) => Some(delta),
            None => choice.message.0.filter(|_| !state.spoke).map(Message::numbered),
        };
        if let Some(message) = message {
            state.spoke = true;
            state.read_message(index, message, &mut self.ids, out);
        }
        if let Some(logprobs) = choice.logprobs.filter(has_tokens) {
            out.push(Delta::Logprobs { choice: index, logprobs });
        }
        if let Some(reason) = choice.finish_reason.meant().filter(|reason| state.finish.as_deref() != Some(*reason)) {
            state.flush(index, out);
            state.finish = Some(reason.to_owned());
            out.push(Delta::Finish { choice: index, reason: reason.to_owned() });
        }
    }

    /// Servers that count along send a running total with every chunk: only a changed one is news.
    fn read_usage(&mut self, usage: Option<Value>, out: &mut Vec<Delta>) {
        let Some(Value::Object(raw)) = usage else { return };
        if self.usage.as_ref() != Some(&raw)
            && let Some(usage) = Usage::from_object(raw)
        {
            self.usage = Some(usage.raw.clone());
            out.push(Delta::Usage(usage));
        }
    }
}

impl ChoiceState {
    fn read_message(&mut self, choice: u32, message: Message<'_>, ids: &mut Rng, out: &mut Vec<Delta>) {
        if let Some(text) = message.reasoning() {
            out.push(Delta::Reasoning { choice, text });
        }
        self.read_content(choice, message.content, out);
        if let Some(text) = message.refusal.meant() {
            out.push(Delta::Refusal { choice, text: text.to_owned() });
        }
        for call in message.tool_calls.0.into_iter().flatten().filter_map(|call| call.0) {
            self.read_call(choice, call, ids, out);
        }
        if message.function_call.0.is_some() {
            let call = Call { function: message.function_call, ..Call::default() };
            self.read_call(choice, call, ids, out);
        }
    }

    fn read_content(&mut self, choice: u32, content: Content<'_>, out: &mut Vec<Delta>) {
        match content {
            Content::Nothing => {}
            Content::Text(text) if text.is_empty() => {}
            Content::Text(text) => self.think.push(text, |piece| out.push(piece.into_delta(choice))),
            Content::Refusal(text) => out.push(Delta::Refusal { choice, text: text.into_owned() }),
            Content::Parts(parts) => {
                for part in parts {
                    self.read_content(choice, part, out);
                }
            }
            Content::Thinking(_) => {
                let mut text = String::new();
                content.append_to(&mut text);
                if !text.is_empty() {
                    out.push(Delta::Reasoning { choice, text });
                }
            }
        }
    }

    fn read_call(&mut self, choice: u32, call: Call<'_>, ids: &mut Rng, out: &mut Vec<Delta>) {
        let function = match (call.function, call.custom) {
            (Object(Some(function)), _) | (_, Object(Some(function))) => function,
            _ => Function::default(),
        };
        let piece = WirePiece {
            index: call.index.0,
            id: call.id.meant(),
            name: function.name.meant(),
            arguments: function.arguments.0.as_deref().unwrap_or_default(),
            extra: call.extra_content,
        };
        out.extend(self.calls.take(piece, ids).map(|placed| placed.into_delta(choice)));
    }

    fn flush(&mut self, choice: u32, out: &mut Vec<Delta>) {
        self.think.flush(|piece| out.push(piece.into_delta(choice)));
        out.extend(self.calls.flush().into_iter().map(|placed| placed.into_delta(choice)));
    }
}

impl Message<'_> {
    /// The calls of a whole message are told apart by their places: it gives them no indices.
    fn numbered(mut self) -> Self {
        let calls = self.tool_calls.0.iter_mut().flatten().filter_map(|call| call.0.as_mut());
        for (place, call) in calls.enumerate() {
            call.index = Count(u64::try_from(place).ok());
        }
        self
    }
}

impl Content<'_> {
    /// All the text of a part, at any depth.
    fn append_to(&self, text: &mut String) {
        match self {
            Self::Nothing => {}
            Self::Text(piece) | Self::Refusal(piece) => text.push_str(piece),
            Self::Parts(parts) | Self::Thinking(parts) => parts.iter().for_each(|part| part.append_to(text)),
        }
    }
}

impl Piece {
    fn into_delta(self, choice: u32) -> Delta {
        match self {
            Self::Text(text) => Delta::Text { choice, text },
            Self::Reasoning(text) => Delta::Reasoning { choice, text },
        }
    }
}

impl Placed {
    fn into_delta(self, choice: u32) -> Delta {
        let Self { index, id, name, arguments, extra } = self;
        Delta::ToolCall { choice, index, id, name, arguments, extra }
    }
}

/// Whether a logprobs object holds anything: `{"content": null, "refusal": null}` does not.
fn has_tokens(logprobs: &Value) -> bool {
    let lists = logprobs.as_object().map(|object| object.values());
    lists.is_some_and(|mut lists| lists.any(|list| list.as_array().is_some_and(|list| !list.is_empty())))
}
