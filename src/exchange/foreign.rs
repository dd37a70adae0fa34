//! What foreign texts are read into: plain values that no session depends on.

use serde_json::Value;
use thiserror::Error;

use super::Skipped;
use crate::chat::{Attachment, Params, Role, Tool, ToolCall, Usage};

/// All that one text held.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Foreign {
    pub conversations: Vec<Conversation>,
    pub skipped: Skipped,
}

/// One conversation: what it was asked with, and its tree of messages.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Conversation {
    pub title: Option<String>,
    /// When it was begun, in milliseconds since 1970.
    pub begun: Option<i64>,
    pub asked: Asked,
    /// Every message after those that it is a child of.
    pub messages: Vec<Message>,
    /// The last message of the branch that was open.
    pub tip: Option<usize>,
}

/// What a request says beside its messages. What it does not say is `None` or absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    /// Where it was sent, without anything secret.
    pub url: Option<String>,
    pub model: Option<String>,
    /// The text of a first message that is nothing but a system prompt.
    pub system: Option<String>,
    /// Every further field, also those that nobody here knows.
    pub params: Params,
    pub tools: Vec<Tool>,
}

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// The place of the message that it follows.
    pub parent: Option<usize>,
    pub role: Role,
    pub text: String,
    pub reasoning: String,
    pub refusal: String,
    /// The images that stood in it.
    pub attachments: Vec<Attachment>,
    pub tool_calls: Vec<ToolCall>,
    /// For a tool's answer: the call that it answers.
    pub answers: Option<String>,
    /// When it was written, in milliseconds since 1970.
    pub written: Option<i64>,
    /// The model that wrote it.
    pub model: Option<String>,
    /// The message as it stood in the request, its images as references: it may say more than the fields above.
    pub original: Option<Value>,
    /// For a reply, where its program kept what it was asked with.
    pub run: Option<Box<ForeignRun>>,
}

/// What another program recorded of a request. What it did not record is `None` or empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ForeignRun {
    pub asked: Asked,
    /// In milliseconds since 1970.
    pub started: Option<i64>,
    /// In milliseconds.
    pub lasted: Option<u64>,
    /// The model that answered, where the server named another one.
    pub served_by: Option<String>,
    pub usage: Option<Usage>,
}

impl Message {
    pub(super) fn new(parent: Option<usize>, role: Role, text: String) -> Self {
        Self {
            parent,
            role,
            text,
            reasoning: String::new(),
            refusal: String::new(),
            attachments: Vec::new(),
            tool_calls: Vec::new(),
            answers: None,
            written: None,
            model: None,
            original: None,
            run: None,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
            && self.attachments.is_empty()
            && self.reasoning.is_empty()
            && self.refusal.is_empty()
            && self.tool_calls.is_empty()
    }
}

/// Why a text cannot be read, and where; a clause without its full stop.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReadError {
    #[error("it is larger than {} MiB", most >> 20)]
    TooLarge { most: usize },
    #[error("there is nothing in it")]
    Empty,
    /// Lines and columns count from 1.
    #[error("line {line}, column {column}: {problem}")]
    Syntax { line: usize, column: usize, problem: String },
    /// What SQLite says of a file.
    #[error("its database cannot be read ({0})")]
    Database(String),
    #[error("{place}: {problem}")]
    Shape { place: String, problem: String },
    #[error(
        "it is no conversation of a known form: give a session of abreast, a JSON list or JSON lines of messages, \
         a request body, a curl command, ChatGPT's conversations.json, or the logs.db of llm"
    )]
    Unknown,
}

impl ReadError {
    pub(super) fn shape(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Shape { place: place.into(), problem: problem.into() }
    }

    /// A mistake in JSON that begins on a line of the text, which counts from 1.
    pub(super) fn json(error: &serde_json::Error, first_line: usize) -> Self {
        let said = error.to_string();
        let problem = said.rsplit_once(" at line ").map_or(said.as_str(), |(problem, _)| problem).to_owned();
        Self::Syntax { line: error.line().max(1) + first_line - 1, column: error.column(), problem }
    }

    /// The same mistake in a part of a larger text.
    #[must_use]
    pub(super) fn within(self, outer: &str) -> Self {
        match self {
            Self::Shape { place, problem } => Self::Shape { place: format!("{outer}, {place}"), problem },
            other => Self::Shape { place: outer.to_owned(), problem: other.to_string() },
        }
    }
}
