//! What can go wrong between a request and its answer, in the user's words.

use std::time::Duration;

use thiserror::Error;

/// The kinds of failure that a caller tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The server answered with an error status.
    Http,
    /// The server answered 200 and put an error object in the body or the stream.
    Api,
    /// The answer had begun and ended with neither a finish reason nor `[DONE]`, by the server's will or because the
    /// connection broke.
    Truncated,
    /// No connection, or it broke before the answer began.
    Network,
    /// Nothing came for too long.
    Timeout,
    /// What came could not be read: HTML, an empty body, an event past the size limit.
    Protocol,
}

impl ErrorKind {
    /// The word for it in machine-readable output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Api => "api",
            Self::Truncated => "truncated",
            Self::Network => "network",
            Self::Timeout => "timeout",
            Self::Protocol => "protocol",
        }
    }
}

/// A failed run. The message is one sentence that says what happened; keys are masked out of it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct ApiError {
    pub kind: ErrorKind,
    pub message: String,
    pub status: Option<u16>,
    /// The server's `code`, as text; for a failure below HTTP a word of our own: `connection_refused`, `unknown_host`,
    /// `tls`, `connection_closed`, `unusable_provider`.
    pub code: Option<String>,
    /// The request field that the server named.
    pub param: Option<String>,
    pub request_id: Option<String>,
    /// What the server asked to wait.
    pub retry_after: Option<Duration>,
    /// What the user can do about it, in a sentence.
    pub next_step: Option<String>,
}

impl ApiError {
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            status: None,
            code: None,
            param: None,
            request_id: None,
            retry_after: None,
            next_step: None,
        }
    }
}
