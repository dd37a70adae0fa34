//! A request as text that somebody can run elsewhere: curl, Python, JavaScript.
//!
//! Owns what a snippet looks like and that no key is ever in one: keys and the values of private headers are read from
//! the environment of whoever runs it.

mod curl;
mod javascript;
mod literal;
mod python;

use serde_json::{Map, Value};

use super::RequestShape;

/// What a snippet is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// The body alone, to the byte as it is sent.
    Json,
    /// A command for a POSIX shell.
    Curl,
    /// With the `openai` package.
    Python,
    /// A module for Node 18 or newer, without packages.
    JavaScript,
}

impl Language {
    /// What it is called in a sentence.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Curl => "curl",
            Self::Python => "Python",
            Self::JavaScript => "JavaScript",
        }
    }
}

/// A body and where it goes, as text to be run or read elsewhere.
#[must_use]
pub fn snippet(shape: &RequestShape, body: &Map<String, Value>, language: Language) -> String {
    match language {
        Language::Json => json(body),
        Language::Curl => curl::write(shape, &json(body), streams(body)),
        Language::Python => python::write(shape, body),
        Language::JavaScript => javascript::write(shape, body),
    }
}

fn json(body: &Map<String, Value>) -> String {
    // A map of strings to values has no way to fail.
    serde_json::to_string(body).unwrap_or_default()
}

fn streams(body: &Map<String, Value>) -> bool {
    body.get("stream") == Some(&Value::Bool(true))
}

/// The sentence before a snippet, as a comment; a line break in it would end the comment.
fn remark(shape: &RequestShape, sign: &str) -> String {
    let one_line = |text: &String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    shape.preparation.as_ref().map(|text| format!("{sign} {}\n", one_line(text))).unwrap_or_default()
}

#[cfg(test)]
mod tests;
