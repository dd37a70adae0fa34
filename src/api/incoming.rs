//! The body of a response, read piece by piece and never past a silence or a size.
//!
//! What the bytes mean is the decoder's; this knows when to stop reading.

use std::time::Duration;

use reqwest::Response;

use super::network::{self, Silence};
use super::{ApiError, Decoder, Delta, ErrorKind};

/// So much of an error's body is read.
pub(super) const LARGEST_ERROR: usize = 64 << 10;

/// Whether more is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    More,
    Complete,
}

/// A reply on its way in. Dropping it closes the connection, unless it was read to its end.
pub(super) struct Incoming {
    response: Response,
    provider: String,
    silence: Duration,
    decoder: Decoder,
}

impl Incoming {
    pub(super) fn new(response: Response, provider: &str, silence: Duration) -> Self {
        Self { response, provider: provider.to_owned(), silence, decoder: Decoder::new() }
    }

    /// Waits for the next bytes and appends what they mean. What follows `[DONE]` is not waited for.
    pub(super) async fn read(&mut self, out: &mut Vec<Delta>) -> Result<Progress, ApiError> {
        match tokio::time::timeout(self.silence, self.response.chunk()).await {
            Ok(Ok(Some(bytes))) => {
                self.decoder.push(&bytes, out)?;
                if self.decoder.is_complete() { self.finish(out) } else { Ok(Progress::More) }
            }
            Ok(Ok(None)) => self.finish(out),
            Ok(Err(error)) => self.broke(network::broken(&error, &self.provider), out),
            Err(_) => self.broke(network::silent(&self.provider, self.silence, Silence::WithinAnswer), out),
        }
    }

    fn finish(&mut self, out: &mut Vec<Delta>) -> Result<Progress, ApiError> {
        self.decoder.finish(out).map(|()| Progress::Complete)
    }

    /// The end by a fault of the transport: what came counts, a reply that had come to its end is complete, and the
    /// server's own word goes over ours.
    fn broke(&mut self, error: ApiError, out: &mut Vec<Delta>) -> Result<Progress, ApiError> {
        self.finish(out).map_err(|judged| if judged.kind == ErrorKind::Api { judged } else { error })
    }
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
