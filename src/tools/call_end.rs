//! How a call of a tool ended.

use std::time::Duration;

/// What came of a call. Each of them is sent back to the model in a `tool` message of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallEnd {
    /// The result as the model gets it.
    Answered(String),
    /// The user said no; the reason goes to the model.
    Refused {
        reason: String,
    },
    /// It ran and failed: the sentence says how, `output` is what it had printed by then.
    Failed {
        said: String,
        output: String,
    },
    TimedOut {
        after: Duration,
        output: String,
    },
    /// The user stopped it.
    Cancelled {
        output: String,
    },
}
