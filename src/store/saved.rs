//! A saved session as plain values: lossless, versioned, and free of the program's own types.
//!
//! Times of day are unix milliseconds, spans of time are nanoseconds. Lanes are named by their letters, turns and runs by
//! their numbers. A field that this version does not know is kept in `other` and written back as it came.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{SavedAttachment, SavedCallRecord, SavedFile, SavedHistoryAttachments, SavedRun};
use crate::chat::ToolCall;

/// The version of this form. It goes up when an older program would misread a newer file.
pub const FORMAT: u32 = 1;

/// Fields that this version does not know.
pub type Fields = Map<String, Value>;

/// One session with everything in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SavedSession {
    /// [`FORMAT`] of the program that wrote it.
    pub version: u32,
    pub id: String,
    #[serde(default)]
    pub title: String,
    /// Unix milliseconds.
    #[serde(default)]
    pub created: i64,
    #[serde(default)]
    pub lanes: Vec<SavedLane>,
    /// The letter of the lane that has the focus.
    #[serde(default)]
    pub focused: Option<char>,
    /// What lanes share, each as far as its `shares` say.
    #[serde(default)]
    pub shared: SavedSettings,
    /// In the order of their numbers, which count from 0 without a gap.
    #[serde(default)]
    pub turns: Vec<SavedTurn>,
    /// In the order of their numbers, which count from 0 without a gap.
    #[serde(default)]
    pub runs: Vec<SavedRun>,
    #[serde(default)]
    pub composer: SavedComposer,
    #[serde(default)]
    pub queue: SavedQueue,
    /// What is attached anywhere in the session, each file once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<SavedFile>,
    /// Whether it is marked as deleted where it was read from. No part of its form.
    #[serde(skip)]
    pub deleted: bool,
    #[serde(flatten)]
    pub other: Fields,
}

impl SavedSession {
    /// How many runs have a wire in the store that was not read.
    #[must_use]
    pub fn unread_wires(&self) -> usize {
        self.runs.iter().filter(|run| run.wire_place.is_some()).count()
    }
}

/// One lane.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedLane {
    pub letter: char,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub settings: SavedSettings,
    /// `model`, `system`, `tools`, or `param:` and a wire name.
    #[serde(default)]
    pub shares: Vec<String>,
    #[serde(default = "yes")]
    pub addressed: bool,
    /// The last turn of its branch; the turns above it are the branch.
    #[serde(default)]
    pub tip: Option<u32>,
    #[serde(default)]
    pub last_run: Option<u32>,
    #[serde(default)]
    pub scroll: SavedScroll,
    #[serde(default)]
    pub selected: Option<u32>,
    #[serde(default)]
    pub unfolded: Vec<u32>,
    #[serde(flatten)]
    pub other: Fields,
}

fn yes() -> bool {
    true
}

/// What a lane's transcript shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum SavedScroll {
    #[default]
    End,
    /// A row of a turn, as it wraps in so many columns.
    Row { turn: u32, row: usize, columns: u16 },
}

/// What a lane, or a run, asks with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SavedSettings {
    #[serde(default)]
    pub provider: String,
    #[serde(default)]
    pub model: String,
    #[serde(default)]
    pub system: Option<String>,
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    /// The set params in the order in which they were set.
    #[serde(default)]
    pub params: Map<String, Value>,
    #[serde(default)]
    pub forced: BTreeSet<String>,
    #[serde(default)]
    pub tools: Vec<SavedTool>,
    #[serde(flatten)]
    pub other: Fields,
}

/// A tool that is offered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedTool {
    pub name: String,
    /// In its wire form.
    pub definition: Value,
}

/// The field of a turn that holds the message it was imported from; among its further ones, since few turns have it.
pub const AS_SENT: &str = "as_sent";

/// One turn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SavedTurn {
    pub id: u32,
    #[serde(default)]
    pub parent: Option<u32>,
    /// The role's name on the wire.
    pub role: String,
    #[serde(default)]
    pub text: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reasoning: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub refusal: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<SavedAttachment>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<SavedCall>,
    /// What became of the calls; absent where nobody was asked about them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<SavedCallRecord>,
    /// For a tool's answer: the id of its call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<u32>,
    #[serde(default, skip_serializing_if = "SavedTokens::is_empty")]
    pub tokens: SavedTokens,
    #[serde(flatten)]
    pub other: Fields,
}

/// A call as it came.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SavedCall {
    #[serde(default)]
    pub id: String,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub arguments: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<Value>,
}

impl SavedCall {
    /// Takes in what came later: id and name replace those before, arguments continue them.
    pub fn go_on(&mut self, more: Self) {
        self.id = more.id;
        self.name = more.name;
        self.arguments.push_str(&more.arguments);
        self.extra = more.extra.or(self.extra.take());
    }
}

impl From<SavedCall> for ToolCall {
    fn from(SavedCall { id, name, arguments, extra }: SavedCall) -> Self {
        Self { id, name, arguments, extra }
    }
}

/// The tokens of a reply, where their log probabilities came with them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SavedTokens {
    #[serde(default)]
    pub all: Vec<SavedToken>,
    /// The bytes of a character that was not complete when the reply ended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unfinished: Vec<u8>,
}

impl SavedTokens {
    /// Whether there is nothing to be kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty() && self.unfinished.is_empty()
    }

    /// Takes in what came later.
    pub fn go_on(&mut self, more: Self) {
        self.all.extend(more.all);
        self.unfinished = more.unfinished;
    }
}

/// One token and what could have stood in its place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SavedToken {
    #[serde(flatten)]
    pub said: SavedCandidate,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub top: Vec<SavedCandidate>,
}

/// A token that stands somewhere, or could have.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SavedCandidate {
    pub text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unfinished: Vec<u8>,
    /// Absent where the server did not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logprob: Option<f64>,
    /// Less likely than the server lists; then there is no `logprob`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub slight: bool,
}

/// The draft, and the drafts before it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SavedComposer {
    #[serde(default)]
    pub draft: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<SavedAttachment>,
    /// Sent and cleared drafts, oldest first.
    #[serde(default)]
    pub history: Vec<String>,
    /// What was attached to those of them that had something.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history_attachments: Vec<SavedHistoryAttachments>,
    /// The question that the draft is an edit of.
    #[serde(default)]
    pub editing: Option<u32>,
    #[serde(flatten)]
    pub other: Fields,
}

/// The messages that wait, the next one first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SavedQueue {
    #[serde(default)]
    pub waiting: Vec<SavedQueued>,
    #[serde(default)]
    pub held: bool,
}

/// A message that waits for its lanes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SavedQueued {
    pub text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<SavedAttachment>,
    /// The lanes' letters.
    pub to: Vec<char>,
}
