//! What a server says a run used.

use serde_json::{Map, Value};

/// Token counts of one run. A count that the server did not give is `None`, which is not zero.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Usage {
    /// All input tokens, the cached ones among them.
    pub input: Option<u64>,
    /// Input tokens read from the provider's cache: part of `input`.
    pub cached: Option<u64>,
    /// All output tokens, the reasoning ones among them: `max(completion, total - prompt)`, which also covers servers
    /// that leave reasoning out of the completion count.
    pub output: Option<u64>,
    /// Reasoning tokens: part of `output`.
    pub reasoning: Option<u64>,
    /// What else is told of the counts above.
    pub parts: UsageParts,
    /// The server's object as it came.
    pub raw: Map<String, Value>,
}

/// Parts of a run's tokens that some vendors price apart; 0 where the server says nothing of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UsageParts {
    /// Input tokens written to the provider's cache, for however long: part of the input.
    pub written: u64,
    /// Those of them that are kept for an hour.
    pub written_for_an_hour: u64,
    /// Part of the input.
    pub audio_input: u64,
    /// Part of the input.
    pub image_input: u64,
    /// Part of the output.
    pub audio_output: u64,
    /// Part of the output.
    pub image_output: u64,
}
