//! The wire: chat completions over HTTP, from a request's JSON to deltas and a typed error.
//!
//! Owns the SSE parser, the tolerant chunk types, the assembly of replies, the HTTP client with its retries and
//! timeouts. Knows nothing of lanes, the screen or where keys come from.

mod assembly;
mod byte_mask;
mod calls;
mod changes;
mod chunk;
mod client;
mod decode;
mod delta;
mod endpoint;
mod error;
mod fault;
mod incoming;
mod mask;
mod mend;
mod models;
mod network;
mod next_step;
mod reading;
mod recorder;
mod refusal;
mod repair;
mod request;
mod request_shape;
mod retry;
mod run;
mod shape;
mod snippet;
mod sse;
mod think;
mod usage;
mod wire_event;

pub use assembly::{Assembly, Reply};
pub use changes::{Change, ChangeKind, changes};
pub use client::Client;
pub use decode::{Decoder, decode_whole};
pub use delta::{Delta, Opening, Repair, RetryWait};
pub use endpoint::{Endpoint, Limits};
pub use error::{ApiError, ErrorKind};
pub use fault::{Fault, read_body, read_value};
pub use mask::{address as address_without_secrets, is_private};
pub use models::{ModelEntry, list_models};
pub use next_step::next_step;
pub use request_shape::{KeyOrigin, RequestShape};
pub use retry::Pace;
pub use snippet::{Language, snippet};
pub use sse::{SseEvent, SseParser, TooLong};
pub use wire_event::{WireEvent, WireEventKind, wire_events};

use futures_util::stream::BoxStream;

use crate::chat::ChatRequest;

/// Something that answers chat requests: the HTTP client, or a replay in tests.
pub trait ChatBackend: Send + Sync {
    /// Starts one run. Nothing is sent before the stream is polled; dropping it cancels the run and closes its socket.
    /// The stream ends after its first error, or after the last delta of a complete answer.
    fn open(&self, request: ChatRequest) -> BoxStream<'static, Result<Delta, ApiError>>;
}
