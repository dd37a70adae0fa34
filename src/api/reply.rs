//! The body of a successful response, read piece by piece.
//!
//! Owns the look at what came instead of a stream (a whole reply, a web page, plain text, nothing) and the limits of
//! silence and size. What the events mean is the decoder's.

use std::time::Duration;

use reqwest::Response;
use reqwest::header::CONTENT_TYPE;

use super::decode::{Decoder, decode_whole};
use super::network::{self, Silence};
use super::{ApiError, Delta, ErrorKind, fault};

/// The largest reply that is taken in one piece.
const LARGEST_WHOLE: usize = 64 << 20;
/// So much of an error's body, or of a page that is none of ours, is read.
pub(super) const LARGEST_ERROR: usize = 64 << 10;

/// Whether more is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    More,
    Complete,
}

/// A response on its way in. Dropping it closes the connection, unless it was read to its end.
pub(super) struct Reply {
    response: Response,
    provider: String,
    silence: Duration,
    announced: Announced,
    body: Body,
}

enum Body {
    /// Nothing but white space so far.
    Unknown(Vec<u8>),
    Events(Box<Decoder>),
    Whole(Whole, Vec<u8>),
}

/// What a body is that is no stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whole {
    Json,
    Other,
}

/// What the content type says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Announced {
    Events,
    SomethingElse,
}

impl Reply {
    pub(super) fn new(response: Response, provider: &str, silence: Duration) -> Self {
        let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let is_events = content_type.is_some_and(|it| it.to_ascii_lowercase().contains("event-stream"));
        let announced = if is_events { Announced::Events } else { Announced::SomethingElse };
        Self { response, provider: provider.to_owned(), silence, announced, body: Body::Unknown(Vec::new()) }
    }

    /// Waits for the next bytes and appends what they mean.
    pub(super) async fn read(&mut self, out: &mut Vec<Delta>) -> Result<Progress, ApiError> {
        match tokio::time::timeout(self.silence, self.response.chunk()).await {
            Ok(Ok(Some(bytes))) => self.take(&bytes, out),
            Ok(Ok(None)) => self.finish(out),
            Ok(Err(error)) => self.broke(network::broken(&error, &self.provider), out),
            Err(_) => self.broke(network::silent(&self.provider, self.silence, Silence::WithinAnswer), out),
        }
    }

    fn take(&mut self, bytes: &[u8], out: &mut Vec<Delta>) -> Result<Progress, ApiError> {
        match &mut self.body {
            Body::Unknown(held) => {
                held.extend_from_slice(bytes);
                let Some(mut body) = told(held, self.announced) else {
                    out.push(Delta::Alive);
                    return Ok(Progress::More);
                };
                let held = std::mem::take(held);
                if let Body::Whole(_, kept) = &mut body {
                    *kept = held;
                    self.body = body;
                    return Ok(Progress::More);
                }
                self.body = body;
                self.take(&held, out)
            }
            Body::Events(decoder) => {
                decoder.push(bytes, out)?;
                Ok(if decoder.done() { Progress::Complete } else { Progress::More })
            }
            Body::Whole(kind, kept) => {
                kept.extend_from_slice(bytes);
                let kind = *kind;
                match kept.len() {
                    LARGEST_WHOLE.. if kind == Whole::Json => Err(too_large(&self.provider)),
                    LARGEST_ERROR.. if kind == Whole::Other => self.finish(out),
                    _ => Ok(Progress::More),
                }
            }
        }
    }

    fn finish(&mut self, out: &mut Vec<Delta>) -> Result<Progress, ApiError> {
        match &mut self.body {
            Body::Unknown(_) => Err(empty(&self.provider, self.response.status().as_u16())),
            Body::Events(decoder) => decoder.finish(out).map(|()| Progress::Complete),
            Body::Whole(Whole::Json, kept) => decode_whole(kept, out).map(|()| Progress::Complete),
            Body::Whole(Whole::Other, kept) => Err(not_a_reply(&self.provider, kept)),
        }
    }

    /// The end by a fault of the transport: what came counts, and a reply that had come to its end is complete.
    fn broke(&mut self, error: ApiError, out: &mut Vec<Delta>) -> Result<Progress, ApiError> {
        match &mut self.body {
            Body::Events(decoder) => match decoder.finish(out) {
                Ok(()) => Ok(Progress::Complete),
                Err(truncated) if truncated.kind == ErrorKind::Truncated => Err(error),
                Err(reported) => Err(reported),
            },
            Body::Unknown(_) | Body::Whole(..) => Err(error),
        }
    }
}

/// What a body is by its first telling byte, whatever its content type says: gateways send JSON errors as event streams
/// and streams as JSON. Plain text is told from events by the name of its first field, where no stream was announced.
fn told(held: &[u8], announced: Announced) -> Option<Body> {
    let text = held.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(held).trim_ascii_start();
    let events = || Body::Events(Box::new(Decoder::new()));
    match text.first() {
        None if held.len() > LARGEST_ERROR => Some(events()),
        None => None,
        Some(b'{' | b'[') => Some(Body::Whole(Whole::Json, Vec::new())),
        Some(b'<') => Some(Body::Whole(Whole::Other, Vec::new())),
        Some(b':') => Some(events()),
        Some(_) if announced == Announced::Events => Some(events()),
        Some(_) => starts_a_field(text).map(|is| if is { events() } else { Body::Whole(Whole::Other, Vec::new()) }),
    }
}

/// Whether a text starts with a field of server-sent events; `None` while it is too short to tell.
fn starts_a_field(text: &[u8]) -> Option<bool> {
    let fields: [&[u8]; 5] = [b"data", b"event", b"id", b"retry", b"error"];
    let may_become = |field: &&[u8]| field.starts_with(text);
    let is = |field: &&[u8]| {
        text.strip_prefix(*field).is_some_and(|rest| matches!(rest.first(), Some(b':' | b'\r' | b'\n')))
    };
    if fields.iter().any(is) {
        return Some(true);
    }
    (!fields.iter().any(may_become)).then_some(false)
}

fn empty(provider: &str, status: u16) -> ApiError {
    ApiError::new(ErrorKind::Protocol, format!("{provider} answered with nothing at all ({status})."))
}

fn too_large(provider: &str) -> ApiError {
    let limit = LARGEST_WHOLE >> 20;
    ApiError::new(ErrorKind::Protocol, format!("The reply of {provider} is larger than {limit} MiB."))
}

fn not_a_reply(provider: &str, body: &[u8]) -> ApiError {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}').trim();
    let sentence = match fault::title(text).filter(|_| text.starts_with('<')) {
        Some(title) => format!("{provider} answered with a web page in place of a reply: {title}"),
        None if text.starts_with('<') => format!("{provider} answered with a web page in place of a reply."),
        None => format!("{provider} answered with text in place of a reply: {text}"),
    };
    ApiError::new(ErrorKind::Protocol, sentence)
}

/// The body of an error response or of a list, as far as it comes in time and within the limit.
pub(super) async fn read_some(response: &mut Response, limit: usize, silence: Duration) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Ok(Some(bytes))) = tokio::time::timeout(silence, response.chunk()).await {
        let room = limit.saturating_sub(body.len());
        body.extend_from_slice(&bytes[..room.min(bytes.len())]);
        if body.len() >= limit {
            break;
        }
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told_as(text: &str, announced: Announced) -> &'static str {
        match told(text.as_bytes(), announced) {
            None => "unknown",
            Some(Body::Unknown(_)) => "held",
            Some(Body::Events(_)) => "events",
            Some(Body::Whole(Whole::Json, _)) => "json",
            Some(Body::Whole(Whole::Other, _)) => "other",
        }
    }

    #[test]
    fn the_first_telling_byte_goes_over_the_content_type() {
        for announced in [Announced::Events, Announced::SomethingElse] {
            assert_eq!(told_as("\r\n\n {\"error\":1}", announced), "json");
            assert_eq!(told_as("\u{feff}<html>", announced), "other");
            assert_eq!(told_as(": ping", announced), "events");
            assert_eq!(told_as("data:x", announced), "events");
            assert_eq!(told_as("\n\n", announced), "unknown");
        }
    }

    #[test]
    fn text_is_told_from_events_where_no_stream_was_announced() {
        assert_eq!(told_as("upstream connect error", Announced::SomethingElse), "other");
        assert_eq!(told_as("error reading upstream", Announced::SomethingElse), "other");
        assert_eq!(told_as("error: {\"code\":500}", Announced::SomethingElse), "events");
        assert_eq!(told_as("dat", Announced::SomethingElse), "unknown");
        assert_eq!(told_as("data\n", Announced::SomethingElse), "events");
        assert_eq!(told_as("upstream", Announced::Events), "events");
    }
}
