//! What became of a saved call: who answered it, and how it ended.

use serde::{Deserialize, Serialize};

use super::saved::Fields;

/// What became of a call of the turn, in the order of its calls.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SavedCallRecord {
    /// The arguments as the user changed them; the call has those that came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<SavedAnswerer>,
    #[serde(default)]
    pub state: SavedCallState,
    /// The turn that holds its answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<u32>,
    #[serde(flatten)]
    pub other: Fields,
}

/// Who answers a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "who", rename_all = "snake_case")]
pub enum SavedAnswerer {
    Person,
    Canned,
    Command { argv: Vec<String> },
}

/// Where a call stands. One that is `running` in a file of no running program was cut off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum SavedCallState {
    #[default]
    Waits,
    Running,
    /// It ended with more than goes back unasked.
    Large {
        end: SavedCallEnd,
        /// Nanoseconds.
        #[serde(default)]
        took: Option<u64>,
    },
    Ended {
        end: SavedCallEnd,
        /// Nanoseconds.
        #[serde(default)]
        took: Option<u64>,
    },
    NotRun,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum SavedCallEnd {
    Answered {
        result: String,
    },
    Refused {
        reason: String,
    },
    Failed {
        said: String,
        output: String,
    },
    TimedOut {
        /// Nanoseconds.
        after: u64,
        output: String,
    },
    Cancelled {
        output: String,
    },
}

impl SavedCallEnd {
    /// Its texts, to be redacted.
    pub fn texts(&mut self) -> Vec<&mut String> {
        match self {
            Self::Answered { result } => vec![result],
            Self::Refused { reason } => vec![reason],
            Self::Failed { said, output } => vec![said, output],
            Self::TimedOut { output, .. } | Self::Cancelled { output } => vec![output],
        }
    }
}
