//! The body of a response, read and recorded piece by piece, and never past a silence or a size.
//!
//! What the bytes mean is the decoder's; this knows when to stop reading.

use std::time::Duration;

use reqwest::Response;

use super::network::{self, Silence};
use super::recorder::Recorder;
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

    /// Waits for the next bytes and appends what they are and what they mean. What follows `[DONE]` is not waited for.
    pub(super) async fn read(&mut self, recorder: &mut Recorder, out: &mut Vec<Delta>) -> Result<Progress, ApiError> {
        let error = match tokio::time::timeout(self.silence, self.response.chunk()).await {
            Ok(Ok(Some(bytes))) => {
                out.extend(recorder.bytes(&bytes));
                let decoded = self.decoder.push(&bytes, out);
                if decoded.is_ok() && !self.decoder.is_complete() {
                    return Ok(Progress::More);
                }
                out.extend(recorder.end());
                return decoded.and_then(|()| self.finish(out));
            }
            Ok(Ok(None)) => {
                out.extend(recorder.end());
                return self.finish(out);
            }
            Ok(Err(error)) => network::broken(&error, &self.provider),
            Err(_) => network::silent(&self.provider, self.silence, Silence::WithinAnswer),
        };
        out.extend(recorder.end());
        out.push(recorder.stopped(&error.message));
        self.broke(error, out)
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

/// An error response whose body is on its way in.
pub(super) struct Refusing {
    pub(super) response: Response,
    pub(super) body: Vec<u8>,
}

impl Refusing {
    pub(super) fn new(response: Response) -> Self {
        Self { response, body: Vec::new() }
    }

    /// Waits for the next bytes, as far as they come in time and within the limit, and appends what is recorded of them.
    pub(super) async fn read(&mut self, silence: Duration, recorder: &mut Recorder, out: &mut Vec<Delta>) -> Progress {
        let why = match tokio::time::timeout(silence, self.response.chunk()).await {
            Ok(Ok(Some(bytes))) => {
                out.extend(recorder.bytes(&bytes));
                if add(&mut self.body, &bytes, LARGEST_ERROR) == Progress::More {
                    return Progress::More;
                }
                Some(format!("Of an error no more than {} KiB are read.", LARGEST_ERROR >> 10))
            }
            Ok(Ok(None)) => None,
            Ok(Err(error)) => Some(format!("The connection broke: {}.", network::deepest(&error))),
            Err(_) => Some(format!("Nothing more came within {}.", network::in_words(silence))),
        };
        out.extend(recorder.end());
        out.extend(why.map(|why| recorder.stopped(&why)));
        Progress::Complete
    }
}

/// A body that nobody records, as far as it comes in time and within the limit.
pub(super) async fn read_some(response: &mut Response, limit: usize, silence: Duration) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Ok(Some(bytes))) = tokio::time::timeout(silence, response.chunk()).await {
        if add(&mut body, &bytes, limit) == Progress::Complete {
            break;
        }
    }
    body
}

fn add(body: &mut Vec<u8>, bytes: &[u8], limit: usize) -> Progress {
    let room = limit.saturating_sub(body.len());
    body.extend_from_slice(&bytes[..room.min(bytes.len())]);
    if body.len() >= limit { Progress::Complete } else { Progress::More }
}
