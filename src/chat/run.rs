//! One request and what came of it.

use std::time::Instant;

use super::{ChatRequest, Cost, Remembered, Settings, TurnId, Usage, Wire, WireKept, WirePlace};

/// A run's place in its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId(pub u32);

/// A request, its times and its result.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    pub id: RunId,
    /// What it was asked with. The messages are the branch above its reply, which never changes.
    pub settings: Settings,
    /// The preset that the settings are those of, where that is known.
    pub preset: Option<String>,
    /// The run before it in the same lane.
    pub before: Option<RunId>,
    /// The request without what the settings tell in full: it has neither messages nor tools.
    pub form: ChatRequest,
    /// What was known of the endpoint when the body was made.
    pub known: Remembered,
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
    /// The tier of service that the server says it was, which may be another than was asked for.
    pub service_tier: Option<String>,
    pub request_id: Option<String>,
    pub usage: Option<Usage>,
    pub cost: Cost,
    pub outcome: Outcome,
    /// What went over the wire, as far as it is in memory.
    pub wire: Wire,
    /// Where all of the wire is kept, once it is.
    pub stored: Option<WirePlace>,
}

impl Run {
    /// A run that was just sent.
    #[must_use]
    pub fn new(id: RunId, settings: Settings, form: ChatRequest, started: Instant) -> Self {
        Self {
            id,
            settings,
            preset: None,
            before: None,
            form,
            known: Remembered::default(),
            replies: Vec::new(),
            started,
            first_delta: None,
            first_text: None,
            finished: None,
            finish_reason: None,
            accepted: false,
            served_by: None,
            service_tier: None,
            request_id: None,
            usage: None,
            cost: Cost::Unknown,
            outcome: Outcome::Running,
            wire: Wire::default(),
            stored: None,
        }
    }

    /// Where the wire has to be read from, because its bytes are not in memory.
    #[must_use]
    pub fn wire_elsewhere(&self) -> Option<&WirePlace> {
        let is_here = !self.wire.is_empty() && !matches!(self.wire.kept(), WireKept::Heads(_));
        self.stored.as_ref().filter(|_| !is_here)
    }

    /// Whether the server never took the request, which costs nothing then.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        !self.accepted && self.first_delta.is_none()
    }
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
