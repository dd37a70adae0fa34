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
                Step::Drop => {
                    // What was sent before is flushed only when the body has nothing ready for a moment.
                    tokio::task::yield_now().await;
                    return Err(io::Error::new(io::ErrorKind::ConnectionAborted, "cut on purpose"));
                }
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

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::StreamExt;

    use super::*;

    fn tokens(count: usize) -> impl Iterator<Item = Step> {
        (0..count).map(|number| Step::Send { bytes: format!("{number} "), tokens: 1 })
    }

    fn text(frame: Option<io::Result<Frame<Bytes>>>) -> String {
        let bytes = frame.map(|frame| frame.unwrap().into_data().unwrap());
        bytes.map(|bytes| String::from_utf8(bytes.to_vec()).unwrap()).unwrap_or_default()
    }

    #[tokio::test(start_paused = true)]
    async fn tokens_are_due_by_the_clock_and_a_late_reader_gets_what_is_due_at_once() {
        // given ten tokens a second
        let start = Instant::now();
        let mut stream = pin!(paced(tokens(9), Pace::PerSecond(10.0)));
        // then the first comes at once and the second a tenth later
        assert_eq!((text(stream.next().await), start.elapsed().as_millis()), ("0 ".to_owned(), 0));
        assert_eq!((text(stream.next().await), start.elapsed().as_millis()), ("1 ".to_owned(), 100));
        // when the reader is away for a while
        time::advance(Duration::from_millis(370)).await;
        // then it gets all that is due, and the next token is not late
        assert_eq!((text(stream.next().await), start.elapsed().as_millis()), ("2 3 4 ".to_owned(), 470));
        assert_eq!((text(stream.next().await), start.elapsed().as_millis()), ("5 ".to_owned(), 500));
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_rate_everything_comes_in_few_pieces_without_waiting() {
        let start = Instant::now();
        let pieces: Vec<String> = paced(tokens(10_000), Pace::AsTaken).map(|frame| text(Some(frame))).collect().await;
        assert_eq!(pieces.concat(), (0..10_000).map(|number| format!("{number} ")).collect::<String>());
        assert!(pieces.len() < 8 && start.elapsed().is_zero());
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_moves_the_schedule_and_a_drop_is_an_error() {
        let start = Instant::now();
        let steps = [Step::Wait(Duration::from_secs(3))].into_iter().chain(tokens(2)).chain([Step::Drop]);
        let mut stream = pin!(paced(steps, Pace::PerSecond(2.0)));
        assert_eq!((text(stream.next().await), start.elapsed().as_millis()), ("0 ".to_owned(), 3000));
        assert_eq!((text(stream.next().await), start.elapsed().as_millis()), ("1 ".to_owned(), 3500));
        assert!(stream.next().await.is_some_and(|last| last.is_err()));
    }
}
