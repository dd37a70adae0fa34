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
    /// The server's object as it came.
    pub raw: Map<String, Value>,
}
