//! The pieces of a reply, provider-neutral.

use std::fmt;
use std::time::Duration;

use serde_json::Value;

use crate::chat::{Remembered, Usage, WirePiece};

/// One piece of a run, in the order in which the wire brought it. `choice` is 0 unless `n` was set.
#[derive(Clone, Debug, PartialEq)]
pub enum Delta {
    /// A try failed before its first byte and another follows after the wait. May come several times, before `Opened`.
    Retry(RetryWait),
    /// The request was changed to what the endpoint takes, and is sent again.
    Repaired(Repair),
    /// The response's headers came.
    Opened(Opening),
    /// The server is alive but has nothing to say yet: a comment, a ping, an empty event.
    Alive,
    /// The model that the server says it is, when it says so for the first time.
    ServedBy(String),
    /// The tier of service that the server says it is, when it says so anew: `default`, `flex`, `priority` or any word.
    Tier(String),
    Text {
        choice: u32,
        text: String,
    },
    Reasoning {
        choice: u32,
        text: String,
    },
    Refusal {
        choice: u32,
        text: String,
    },
    /// A piece of a tool call. `index` counts the calls of a choice from 0, after all quirks of numbering are undone:
    /// `id` and `name` are set (never appended), `arguments` is appended.
    ToolCall {
        choice: u32,
        index: usize,
        id: Option<String>,
        name: Option<String>,
        arguments: String,
        /// What must go back unchanged beside the call: the wire's `extra_content` (Gemini's thought signature). Set.
        extra: Option<Value>,
    },
    /// The log probabilities of some tokens, as the server's object (`{"content": […]}`).
    Logprobs {
        choice: u32,
        logprobs: Value,
    },
    /// Replaces any usage seen before.
    Usage(Usage),
    /// The server's word for why the choice stopped, as it came: `stop`, `length`, `tool_calls`, … or anything else.
    Finish {
        choice: u32,
        reason: String,
    },
    /// Something odd that the user should know and that ends nothing: an unreadable event that was skipped.
    Warning(String),
    /// What went over the wire, masked: it comes before the deltas that were read from it.
    Wire(WirePiece),
}

/// What the head of the response said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    pub status: u16,
    /// `x-request-id`, or a gateway's equivalent.
    pub request_id: Option<String>,
    /// What the endpoint was known to take when the body that it accepted was made.
    pub known: Remembered,
    /// The repairs of this run: they hold for the endpoint and the model from now on.
    pub learnt: Vec<Repair>,
}

/// Why and how long a retry waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryWait {
    /// The try that follows the wait: 2 for the first retry.
    pub attempt: u32,
    /// How many tries there are at the most.
    pub of: u32,
    pub wait: Duration,
    /// The sentence of the error that is waited out.
    pub cause: String,
}

/// A change of the request that an endpoint asked for, remembered for this endpoint and model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repair {
    /// One name of the output limit was swapped for the other.
    RenamedMaxTokens { from: &'static str, to: &'static str },
    /// `stream_options` was left out: no usage will come unless the server sends it unasked.
    WithoutStreamOptions,
}

impl fmt::Display for Repair {
    /// The sentence for the user.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RenamedMaxTokens { from, to } => {
                write!(f, "The endpoint takes {to} instead of {from}; it was sent so.")
            }
            Self::WithoutStreamOptions => {
                f.write_str("The endpoint does not know stream_options; it was sent without.")
            }
        }
    }
}
