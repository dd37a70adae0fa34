//! The wire's chunk, with every field optional and every type doubted.
//!
//! Owns the names of the fields that matter, in the reference and in its dialects; unknown fields are ignored. A whole
//! answer (`stream: false`) has the same type, with `message` in the place of `delta`.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, SeqAccess};
use serde_json::Value;

use super::shape::{Arguments, Count, List, Object, Shape, Word, read};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Chunk<'a> {
    #[serde(borrow)]
    pub(super) model: Word<'a>,
    #[serde(borrow)]
    pub(super) choices: List<Object<Choice<'a>>>,
    #[serde(borrow)]
    pub(super) service_tier: Word<'a>,
    pub(super) usage: Option<Value>,
    /// Groq's own place for usage (wire: vercel/ai#1651).
    pub(super) x_groq: Object<Groq>,
    pub(super) error: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Groq {
    pub(super) usage: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Choice<'a> {
    pub(super) index: Count,
    #[serde(borrow)]
    pub(super) delta: Object<Message<'a>>,
    #[serde(borrow)]
    pub(super) message: Object<Message<'a>>,
    /// Any word; the empty one is none (wire: sglang#3912).
    #[serde(borrow)]
    pub(super) finish_reason: Word<'a>,
    pub(super) logprobs: Option<Value>,
    /// Moonshot's place for usage (wire: pi#2017).
    pub(super) usage: Option<Value>,
    /// OpenRouter repeats the error here.
    pub(super) error: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Message<'a> {
    #[serde(borrow)]
    pub(super) content: Content<'a>,
    #[serde(borrow)]
    pub(super) refusal: Word<'a>,
    #[serde(borrow)]
    reasoning_content: Word<'a>,
    #[serde(borrow)]
    reasoning: Word<'a>,
    #[serde(borrow)]
    reasoning_details: List<Object<ReasoningDetail<'a>>>,
    #[serde(borrow)]
    pub(super) tool_calls: List<Object<Call<'a>>>,
    /// The deprecated single call.
    #[serde(borrow)]
    pub(super) function_call: Object<Function<'a>>,
}

impl Message<'_> {
    /// The reasoning, once: some servers send the same text in two or three fields (wire: vllm#34030).
    pub(super) fn reasoning(&self) -> Option<String> {
        let field = self.reasoning_content.meant().or(self.reasoning.meant());
        if let Some(text) = field {
            return Some(text.to_owned());
        }
        let details = self.reasoning_details.0.iter().flatten().filter_map(|detail| detail.0.as_ref());
        let text: String = details.filter_map(|detail| detail.text.meant().or(detail.summary.meant())).collect();
        (!text.is_empty()).then_some(text)
    }
}

/// One of OpenRouter's `reasoning_details`; encrypted ones have neither field.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ReasoningDetail<'a> {
    #[serde(borrow)]
    text: Word<'a>,
    #[serde(borrow)]
    summary: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Call<'a> {
    pub(super) index: Count,
    #[serde(borrow)]
    pub(super) id: Word<'a>,
    #[serde(borrow)]
    pub(super) function: Object<Function<'a>>,
    /// A call of a tool that takes free text.
    #[serde(borrow)]
    pub(super) custom: Object<Function<'a>>,
    pub(super) extra_content: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Function<'a> {
    #[serde(borrow)]
    pub(super) name: Word<'a>,
    #[serde(borrow, alias = "input")]
    pub(super) arguments: Arguments<'a>,
}

/// A message's content: text, or parts (wire: Mistral, litellm#16272).
#[derive(Debug, Default)]
pub(super) enum Content<'a> {
    #[default]
    Nothing,
    Text(Cow<'a, str>),
    Parts(Vec<Content<'a>>),
    Thinking(Vec<Content<'a>>),
    Refusal(Cow<'a, str>),
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Part<'a> {
    #[serde(borrow)]
    text: Word<'a>,
    #[serde(borrow)]
    refusal: Word<'a>,
    #[serde(borrow)]
    thinking: Content<'a>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Content<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        read(from)
    }
}

impl<'de: 'a, 'a> Shape<'de> for Content<'a> {
    fn text(text: Cow<'de, str>) -> Self {
        Self::Text(text)
    }

    fn list<A: SeqAccess<'de>>(items: A) -> Result<Self, A::Error> {
        let parts = List::list(items)?;
        Ok(Self::Parts(parts.0.unwrap_or_default()))
    }

    fn object<A: MapAccess<'de>>(fields: A) -> Result<Self, A::Error> {
        let part = Part::deserialize(MapAccessDeserializer::new(fields))?;
        Ok(match (part.text.0, part.refusal.0, part.thinking) {
            (Some(text), ..) => Self::Text(text),
            (None, Some(refusal), _) => Self::Refusal(refusal),
            (None, None, Self::Nothing) => Self::Nothing,
            (None, None, thinking) => Self::Thinking(vec![thinking]),
        })
    }
}
