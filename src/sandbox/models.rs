//! The models on offer: one table that feeds the list, the documents and the dispatch.

use serde_json::{Value, json};

/// What the sandbox calls itself wherever the wire asks for a name.
pub const OWNER: &str = "sandbox: a toy model inside abreast";

/// One model of the sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SandboxModel {
    /// The name in requests.
    pub id: &'static str,
    /// One sentence for lists and documents.
    pub description: &'static str,
    pub(crate) behaviour: Behaviour,
}

/// What a model does with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behaviour {
    /// Answers.
    Toy,
    /// Thinks aloud, then answers.
    Reasoner,
    /// Answers, but takes only what newer reasoning models take.
    Strict,
    /// Answers with a fixed text, as fast as the socket takes it.
    Recital(Recital),
    /// Answers with an HTTP error.
    Refuses(Refuses),
    /// Answers with 200 and something that is no stream.
    Misfit(Misfit),
    /// Starts to answer, then something goes wrong.
    Breaks(Break),
}

/// A fixed text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recital {
    Markdown,
    Big,
    Hostile,
}

/// An HTTP error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refuses {
    RateLimit,
    Quota,
    Key,
    Internal,
    Overloaded,
}

/// A 200 that is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misfit {
    Html,
    Empty,
}

/// Where a started stream goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Break {
    /// The connection drops inside an event.
    Cut,
    /// A clean end without finish_reason and `[DONE]`.
    NoFinish,
    /// An error object inside the stream.
    ErrorEvent,
    /// A long wait, then two tokens a second.
    Slow,
    /// Not another byte.
    Hang,
    /// One event that is not JSON; the rest is good.
    Garbage,
    /// No usage, though asked for.
    NoUsage,
}

const fn row(id: &'static str, behaviour: Behaviour, description: &'static str) -> SandboxModel {
    SandboxModel { id, description, behaviour }
}

/// All models: those that answer first, then those that produce the wire's faults on demand.
pub const MODELS: &[SandboxModel] = &[
    row("sandbox", Behaviour::Toy, "A toy n-gram model over a small text: answers, calls tools, writes JSON."),
    row("sandbox-reasoner", Behaviour::Reasoner, "The same, and shows its search as reasoning first."),
    row(
        "sandbox-strict",
        Behaviour::Strict,
        "The same, but refuses max_tokens, temperature and the like, as gpt-5 does.",
    ),
    row("sandbox-markdown", Behaviour::Recital(Recital::Markdown), "A long page with all of Markdown, at full speed."),
    row("sandbox-big", Behaviour::Recital(Recital::Big), "About 1 MB of text, as fast as the connection takes it."),
    row(
        "sandbox-hostile",
        Behaviour::Recital(Recital::Hostile),
        "Escape sequences, bidi and invisible signs, split over deltas.",
    ),
    row("sandbox-429", Behaviour::Refuses(Refuses::RateLimit), "429 rate_limit_exceeded, retry after 200 ms."),
    row("sandbox-quota", Behaviour::Refuses(Refuses::Quota), "429 insufficient_quota: a retry does not help."),
    row("sandbox-401", Behaviour::Refuses(Refuses::Key), "401 invalid_api_key."),
    row("sandbox-500", Behaviour::Refuses(Refuses::Internal), "500 server_error."),
    row("sandbox-529", Behaviour::Refuses(Refuses::Overloaded), "529 overloaded."),
    row("sandbox-html", Behaviour::Misfit(Misfit::Html), "200 with an HTML page, as a captive portal sends it."),
    row("sandbox-empty", Behaviour::Misfit(Misfit::Empty), "200 with an event stream of zero bytes."),
    row("sandbox-cut", Behaviour::Breaks(Break::Cut), "The connection drops in the middle of a word."),
    row(
        "sandbox-nofinish",
        Behaviour::Breaks(Break::NoFinish),
        "The stream ends cleanly, without finish_reason and [DONE].",
    ),
    row("sandbox-error", Behaviour::Breaks(Break::ErrorEvent), "An error object inside the stream, after some text."),
    row("sandbox-slow", Behaviour::Breaks(Break::Slow), "Three seconds of silence, then two tokens a second."),
    row("sandbox-hang", Behaviour::Breaks(Break::Hang), "A few words, then nothing more, with the line open."),
    row("sandbox-garbage", Behaviour::Breaks(Break::Garbage), "One event with broken JSON between good ones."),
    row("sandbox-nousage", Behaviour::Breaks(Break::NoUsage), "A whole answer without the usage that was asked for."),
];

/// The model of that name.
pub(crate) fn find(id: &str) -> Option<&'static SandboxModel> {
    MODELS.iter().find(|model| model.id == id)
}

impl SandboxModel {
    /// Whether it answers what it is asked: calls tools and writes JSON too.
    #[must_use]
    pub fn answers(self) -> bool {
        matches!(self.behaviour, Behaviour::Toy | Behaviour::Reasoner | Behaviour::Strict)
    }

    /// Whether it thinks aloud first.
    #[must_use]
    pub fn reasons(self) -> bool {
        self.behaviour == Behaviour::Reasoner
    }

    /// The row in `/v1/models`.
    pub(crate) fn to_json(self) -> Value {
        let Self { id, description, .. } = self;
        json!({"id": id, "object": "model", "created": 0, "owned_by": OWNER, "description": description})
    }
}

/// The body of `/v1/models`.
pub(crate) fn list() -> Value {
    json!({"object": "list", "data": MODELS.iter().map(|model| model.to_json()).collect::<Vec<_>>()})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_has_its_own_name_and_a_sentence() {
        for (at, model) in MODELS.iter().enumerate() {
            assert_eq!(MODELS.iter().position(|other| other.id == model.id), Some(at));
            assert!(model.description.ends_with('.') && model.id.starts_with("sandbox"));
        }
        assert_eq!(find("sandbox-cut").map(|model| model.behaviour), Some(Behaviour::Breaks(Break::Cut)));
        assert_eq!(find("gpt-5.1"), None);
    }
}
