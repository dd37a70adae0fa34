//! A saved run: its request, its times, what it used and cost, and its wire.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::saved::Fields;
use super::{SavedSettings, blob};
use crate::chat::{Cost, Currency, Money, WirePlace};

/// One run. Spans of time count from `started`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SavedRun {
    pub id: u32,
    #[serde(default)]
    pub settings: SavedSettings,
    /// The preset that the settings are those of, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
    /// The run before it in the same lane.
    #[serde(default)]
    pub before: Option<u32>,
    #[serde(default)]
    pub form: SavedForm,
    #[serde(default)]
    pub known: SavedKnown,
    /// The turns of its replies, by choice.
    #[serde(default)]
    pub replies: Vec<u32>,
    /// When it was sent, in unix milliseconds.
    #[serde(default)]
    pub started: i64,
    /// Nanoseconds, as the next two.
    #[serde(default)]
    pub first_delta: Option<u64>,
    #[serde(default)]
    pub first_text: Option<u64>,
    #[serde(default)]
    pub finished: Option<u64>,
    #[serde(default)]
    pub finish_reason: Option<String>,
    #[serde(default)]
    pub accepted: bool,
    #[serde(default)]
    pub served_by: Option<String>,
    /// The tier of service that the server says it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_tier: Option<String>,
    #[serde(default)]
    pub request_id: Option<String>,
    #[serde(default)]
    pub usage: Option<SavedUsage>,
    #[serde(default)]
    pub cost: SavedCost,
    #[serde(default)]
    pub outcome: SavedOutcome,
    /// Absent where nothing was recorded, and where it was left in the store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wire: Option<SavedWire>,
    /// Where the wire is in the store, as long as it was not read from there.
    #[serde(skip)]
    pub wire_place: Option<WirePlace>,
    #[serde(flatten)]
    pub other: Fields,
}

/// A request without its conversation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SavedForm {
    #[serde(default)]
    pub model: String,
    #[serde(default)]
    pub messages: Vec<Value>,
    #[serde(default)]
    pub params: Map<String, Value>,
    #[serde(default)]
    pub tools: Vec<Value>,
    #[serde(default)]
    pub stream: bool,
    #[serde(default)]
    pub extra: Map<String, Value>,
}

/// What was known of the endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedKnown {
    #[serde(default)]
    pub max_tokens: Option<String>,
    #[serde(default)]
    pub without_stream_options: bool,
}

/// Token counts as the server gave them; an absent one was not given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SavedUsage {
    #[serde(default)]
    pub input: Option<u64>,
    #[serde(default)]
    pub cached: Option<u64>,
    #[serde(default)]
    pub output: Option<u64>,
    #[serde(default)]
    pub reasoning: Option<u64>,
    /// The server's object as it came.
    #[serde(default)]
    pub raw: Map<String, Value>,
    #[serde(flatten)]
    pub other: Fields,
}

/// A cost; amounts are decimals as text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum SavedCost {
    Known {
        amount: String,
        currency: String,
    },
    /// What the server itself said.
    Reported {
        amount: String,
        currency: String,
    },
    Estimated {
        amount: String,
        currency: String,
    },
    #[default]
    Unknown,
}

impl SavedCost {
    /// The cost that was saved. An amount or a currency that cannot be read is unknown, never 0.
    #[must_use]
    pub fn cost(&self) -> Cost {
        let money = |amount: &str, currency: &str| {
            Some(Money { amount: amount.parse().ok()?, currency: Currency::new(currency)? })
        };
        match self {
            Self::Known { amount, currency } => money(amount, currency).map_or(Cost::Unknown, Cost::Known),
            Self::Reported { amount, currency } => money(amount, currency).map_or(Cost::Unknown, Cost::Reported),
            Self::Estimated { amount, currency } => money(amount, currency).map_or(Cost::Unknown, Cost::Estimated),
            Self::Unknown => Cost::Unknown,
        }
    }
}

/// How a run ended. A run that is `running` in a file of no running program was cut off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum SavedOutcome {
    #[default]
    Running,
    Complete,
    Stopped,
    Failed {
        /// The sentence that the user saw.
        said: String,
    },
}

/// The record of a run's wire. Secrets were masked before it was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedWire {
    pub tries: Vec<SavedTry>,
    /// Each read's time in nanoseconds, and where it ends in `bytes`.
    pub reads: Vec<(u64, usize)>,
    /// The bodies one after the other; in JSON a zlib stream in base64.
    #[serde(with = "blob")]
    pub bytes: Vec<u8>,
    #[serde(default)]
    pub kept: SavedWireKept,
    /// When the last piece came, in nanoseconds.
    pub until: u64,
}

/// One request and its answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedTry {
    pub request: SavedRequest,
    #[serde(default)]
    pub response: Option<SavedResponse>,
    #[serde(default)]
    pub stopped: Option<SavedStop>,
    /// The place of its first read among all reads.
    pub first_read: usize,
}

/// The head of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedRequest {
    pub at: u64,
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body_bytes: usize,
}

/// The head of a response.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedResponse {
    pub at: u64,
    pub status: u16,
    pub version: String,
    pub headers: Vec<(String, String)>,
}

/// When and why reading stopped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedStop {
    pub at: u64,
    pub why: String,
}

/// How much of the bodies was kept, and what was counted only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum SavedWireKept {
    #[default]
    All,
    Beginning {
        bytes: usize,
        reads: usize,
    },
    Heads {
        bytes: usize,
        reads: usize,
    },
}
