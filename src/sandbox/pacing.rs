//! Sends the steps of an answer in time: token number k is due k/rate after the start, however late the one before it
//! was; what is due is sent together.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream;
use hyper::body::Frame;
use tokio::time::{self, Instant};

use super::script::{Pace, Step};

/// The most bytes in one piece on the socket, so that a fast answer stays in step with its reader.
const MOST_AT_ONCE: usize = 16 * 1024;

struct Sender<S> {
    steps: S,
    /// The step that is not due yet.
    next: Option<Step>,
    pace: Pace,
    start: Instant,
    sent: usize,
}

/// The body of a streamed answer. It makes tokens only when they are due and asked for; dropping it ends the answer.
pub(crate) fn paced<S>(steps: S, pace: Pace) -> impl Stream<Item = io::Result<Frame<Bytes>>>
where
    S: Iterator<Item = Step>,
{
    let sender = Sender { steps, next: None, pace, start: Instant::now(), sent: 0 };
    stream::try_unfold(sender, |mut sender| async move {
        let bytes = sender.gather().await?;
        Ok((!bytes.is_empty()).then(|| (Frame::data(Bytes::from(bytes)), sender)))
    })
}

impl<S: Iterator<Item = Step>> Sender<S> {
    /// Waits for the next step and takes with it all that is due; empty at the end.
    async fn gather(&mut self) -> io::Result<String> {
        let mut out = String::new();
        while let Some(step) = self.next.take().or_else(|| self.steps.next()) {
            match step {
                Step::Send { bytes, tokens } => {
                    let due = self.due(tokens);
                    if !out.is_empty() && (due > Instant::now() || out.len() >= MOST_AT_ONCE) {
                        self.next = Some(Step::Send { bytes, tokens });
                        break;
                    }
                    wait_until(due).await;
                    self.sent += tokens;
                    out.push_str(&bytes);
                }
                other if !out.is_empty() => {
                    self.next = Some(other);
                    break;
                }
                Step::Wait(pause) => {
                    time::sleep(pause).await;
                    self.start += pause;
                }
                Step::Hang => std::future::pending().await,
                Step::Drop => return Err(io::Error::new(io::ErrorKind::ConnectionAborted, "cut on purpose")),
            }
        }
        Ok(out)
    }

    fn due(&self, tokens: usize) -> Instant {
        self.start + after(self.pace, self.sent + tokens.saturating_sub(1))
    }
}

async fn wait_until(due: Instant) {
    if due > Instant::now() {
        time::sleep_until(due).await;
    } else {
        // A generation that never waits would keep its thread from the other connections.
        tokio::task::consume_budget().await;
    }
}

/// How long this many tokens take.
pub(crate) fn after(pace: Pace, tokens: usize) -> Duration {
    match pace {
        Pace::AsTaken => Duration::ZERO,
        Pace::PerSecond(rate) => Duration::try_from_secs_f64(tokens as f64 / rate).unwrap_or(Duration::MAX),
    }
}
