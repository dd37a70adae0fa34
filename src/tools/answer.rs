//! Whether an answer has the form that was asked for.
//!
//! Owns `response_format` as a schema, the verdict on a reply while it comes and when it has ended. How a verdict looks
//! is others' matter.

use std::sync::Arc;

use serde_json::{Value, json};

use super::partial::Partial;
use super::schema::{Schema, Violation};
use super::sentence;
use super::shape::Shape;
use crate::chat::Params;

/// The form of an answer that a request asks for.
#[derive(Clone, Debug)]
pub struct AnswerFormat {
    /// The `response_format` that it was read from.
    pub source: Value,
    /// The schema's name, where one was given.
    pub name: Option<String>,
    /// The whole check; what is wrong with the schema when there can be none.
    schema: Result<Schema, String>,
    shape: Arc<Shape>,
}

/// How the text of a reply ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerEnd {
    Complete,
    /// At the limit of tokens, where it is known.
    Length(Option<u64>),
    /// It was stopped, or the connection broke.
    Broken,
}

/// What is known of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing came yet.
    Nothing,
    /// Nothing is wrong as far as it came.
    SoFar,
    /// It goes on, and this is certainly wrong with it.
    Wrong(Violation),
    Conforms,
    /// It does not conform: the first of what is wrong, never none.
    Fails(Vec<Violation>),
    /// It ends before its end; the first of these says why.
    Cut(Vec<Violation>),
    /// The schema cannot be used, for this reason.
    Unchecked(String),
}

impl AnswerEnd {
    /// How a reply ended whose stream came to its end, by the server's word for it and what it was asked with.
    #[must_use]
    pub fn of(finish_reason: Option<&str>, params: &Params) -> Self {
        let limit = || ["max_completion_tokens", "max_tokens"].into_iter().find_map(|name| params.get(name)?.as_u64());
        if finish_reason == Some("length") { Self::Length(limit()) } else { Self::Complete }
    }
}

impl AnswerFormat {
    /// Reads a `response_format`; nothing where it asks for text, or for what only a server knows.
    #[must_use]
    pub fn of(response_format: &Value) -> Option<Self> {
        let (name, schema) = match response_format.get("type")?.as_str()? {
            "json_object" => (None, json!({"type": "object"})),
            "json_schema" => {
                let form = response_format.get("json_schema")?;
                let name = form.get("name").and_then(Value::as_str).filter(|name| !name.is_empty());
                (name.map(str::to_owned), form.get("schema").cloned().unwrap_or(Value::Bool(true)))
            }
            _ => return None,
        };
        let shape = Arc::new(Shape::of(&schema));
        let schema = Schema::of(&schema).map_err(|fault| fault.said);
        Some(Self { source: response_format.clone(), name, schema, shape })
    }
}

/// An answer that is checked while it comes.
#[derive(Debug)]
pub struct AnswerCheck {
    format: Arc<AnswerFormat>,
    partial: Partial,
    verdict: Verdict,
    ended: bool,
}

impl AnswerCheck {
    #[must_use]
    pub fn new(format: Arc<AnswerFormat>) -> Self {
        let partial = Partial::new(format.shape.clone());
        Self { format, partial, verdict: Verdict::Nothing, ended: false }
    }

    /// The form that it is checked by.
    #[must_use]
    pub fn format(&self) -> &AnswerFormat {
        &self.format
    }

    #[must_use]
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// Takes what is new in a text that begins with the one before; `end` when nothing follows, which is taken once.
    pub fn update(&mut self, text: &str, end: Option<AnswerEnd>) {
        if self.ended {
            return;
        }
        if let Some(new) = text.get(self.partial.scanner().len()..).filter(|new| !new.is_empty()) {
            self.partial.push(new);
        }
        match end {
            None => self.verdict = self.so_far(),
            Some(end) => {
                self.ended = true;
                self.partial.finish();
                self.verdict = self.at_end(text, end);
            }
        }
    }

    /// Bytes read and schemas looked at while it came.
    #[must_use]
    pub fn work(&self) -> u64 {
        self.partial.work()
    }

    fn so_far(&self) -> Verdict {
        if let Err(said) = &self.format.schema {
            return Verdict::Unchecked(said.clone());
        }
        match self.partial.found() {
            _ if self.partial.scanner().is_empty() => Verdict::Nothing,
            Some(found) => Verdict::Wrong(found.clone()),
            None if self.partial.scanner().is_fenced() => Verdict::Wrong(fenced(None)),
            None => Verdict::SoFar,
        }
    }

    fn at_end(&self, text: &str, end: AnswerEnd) -> Verdict {
        let schema = match &self.format.schema {
            Ok(schema) => schema,
            Err(said) => return Verdict::Unchecked(said.clone()),
        };
        let (scanner, found) = (self.partial.scanner(), self.partial.found());
        if text.trim().is_empty() {
            return Verdict::Nothing;
        }
        if !scanner.is_whole() && scanner.fault().is_none() {
            return Verdict::Cut(std::iter::once(cut(end)).chain(found.cloned()).collect());
        }
        let mut violations = match (self.partial.fault(), text.get(scanner.value())) {
            (None, Some(value)) => schema.check_text(value),
            (fault, _) => fault.into_iter().collect(),
        };
        // What was certain stays: a field that is given twice is no matter of a schema.
        if let Some(found) = found.filter(|found| violations.iter().all(|other| other.pointer != found.pointer)) {
            violations.push(found.clone());
        }
        if scanner.is_fenced() {
            violations.insert(0, fenced(Some(violations.is_empty())));
        }
        if violations.is_empty() { Verdict::Conforms } else { Verdict::Fails(violations) }
    }
}

fn fenced(conforms: Option<bool>) -> Violation {
    let inside = match conforms {
        Some(true) => "; the JSON in it conforms",
        _ => "",
    };
    sentence::said(String::new(), &format!("stands in a code fence, which is no JSON{inside}"))
}

fn cut(end: AnswerEnd) -> Violation {
    let said = match end {
        AnswerEnd::Length(Some(limit)) => format!("the JSON is cut off: max_tokens was reached at {limit}"),
        AnswerEnd::Length(None) => "the JSON is cut off: the limit of tokens was reached".to_owned(),
        AnswerEnd::Broken => "the JSON is cut off: the reply did not come to its end".to_owned(),
        AnswerEnd::Complete => "the JSON is cut off: the model ended before its end".to_owned(),
    };
    Violation { pointer: String::new(), said }
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
