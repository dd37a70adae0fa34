//! One request and what came of it.

use std::time::Instant;

use super::{Cost, Settings, TurnId, Usage};

/// A run's place in its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId(pub u32);

/// A request, its times and its result.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    pub id: RunId,
    /// What it was asked with. The messages are the branch above its reply, which never changes.
    pub settings: Settings,
    /// The turns of its replies, by choice: more than one only where `n` was set.
    pub replies: Vec<TurnId>,
    pub started: Instant,
    /// When the first piece of text, reasoning or call came.
    pub first_delta: Option<Instant>,
    /// When the first piece of visible text came after reasoning.
    pub first_text: Option<Instant>,
    pub finished: Option<Instant>,
    /// The server's word for why it stopped; any string.
    pub finish_reason: Option<String>,
    /// Whether the server took the request: what it refused costs nothing.
    pub accepted: bool,
    /// The model that the server says answered.
    pub served_by: Option<String>,
    pub request_id: Option<String>,
    pub usage: Option<Usage>,
    pub cost: Cost,
    pub outcome: Outcome,
}

/// How a run ended, if it did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Outcome {
    #[default]
    Running,
    Complete,
    /// The user stopped it.
    Stopped,
    /// The sentence that the user saw.
    Failed(String),
}
