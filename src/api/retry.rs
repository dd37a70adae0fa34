//! Whether a failed try is worth another one, and after how long.
//!
//! Owns the reading of the server's wishes and the growing delay. Does not wait: the run does.
//! Policy of the official SDKs (openai-python `_base_client.py`), but for a spent quota, which they retry in vain.

use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::{HeaderMap, RETRY_AFTER};

use super::{ApiError, ErrorKind};

/// The first wait; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// The longest wait that we choose by ourselves.
const LONGEST_WAIT: Duration = Duration::from_secs(8);
/// The longest wait that a server may impose without the user being asked.
const LONGEST_IMPOSED_WAIT: Duration = Duration::from_secs(60);
/// Up to this share of a wait is taken off at random, so that lanes do not come back in step.
const JITTER: f64 = 0.25;

/// Time and chance, as the client meets them.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// A number from 0 to below 1.
    pub chance: fn() -> f64,
    /// Completes after the wait.
    pub sleep: fn(Duration) -> BoxFuture<'static, ()>,
}

impl Default for Pace {
    fn default() -> Self {
        Self { chance: fastrand::f64, sleep: |wait| tokio::time::sleep(wait).boxed() }
    }
}

/// What a response's headers say about trying again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Wish {
    /// `x-should-retry`.
    pub(super) should_retry: Option<bool>,
    /// `retry-after-ms`, else `Retry-After`.
    pub(super) wait: Option<Duration>,
}

impl Wish {
    pub(super) fn read(headers: &HeaderMap, now: Timestamp) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        let should_retry = match text("x-should-retry") {
            Some("true") => Some(true),
            Some("false") => Some(false),
            _ => None,
        };
        let in_milliseconds = text("retry-after-ms").and_then(|text| seconds(text, 1e-3));
        let wait = in_milliseconds.or_else(|| text(RETRY_AFTER.as_str()).and_then(|text| retry_after(text, now)));
        Self { should_retry, wait }
    }
}

/// Reads `Retry-After`: seconds, or an HTTP date.
fn retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    seconds(text, 1.0).or_else(|| {
        let then = rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
        Some(Duration::try_from(then.duration_since(now)).unwrap_or_default())
    })
}

fn seconds(text: &str, unit: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(text.parse::<f64>().ok()? * unit).ok()
}

/// What follows a failed try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Another try after this wait.
    Again(Duration),
    /// The failure stands.
    Stands,
    /// The failure stands because the server asks for more patience than we have unasked.
    TooLong(Duration),
}

/// Judges a failure before the first byte. `retried` counts the retries so far, `chance` goes from 0 to 1. A 402 passes
/// only where the server says when: OpenRouter's budget for requests in flight does.
pub(super) fn verdict(error: &ApiError, wish: Wish, retried: u32, chance: f64) -> Verdict {
    let passing = || is_passing(error) || (error.status == Some(402) && wish.wait.is_some());
    if !wish.should_retry.unwrap_or_else(passing) {
        return Verdict::Stands;
    }
    match wish.wait {
        Some(asked) if asked > LONGEST_IMPOSED_WAIT => Verdict::TooLong(asked),
        Some(asked) => Verdict::Again(asked),
        None => Verdict::Again(own_wait(retried, chance)),
    }
}

fn own_wait(retried: u32, chance: f64) -> Duration {
    let full = FIRST_WAIT.saturating_mul(1 << retried.min(16)).min(LONGEST_WAIT);
    full.mul_f64(1.0 - JITTER * chance.clamp(0.0, 1.0))
}

/// Whether the same request may do better later. A spent quota is told by its code alone: the word is also used for
/// limits per minute (coder/coder#26200).
fn is_passing(error: &ApiError) -> bool {
    if matches!(error.code.as_deref(), Some("insufficient_quota" | "credit_balance_exhausted" | "tls")) {
        return false;
    }
    match (error.kind, error.status) {
        (ErrorKind::Http, Some(status)) => matches!(status, 408 | 409 | 429 | 500..),
        (ErrorKind::Network | ErrorKind::Timeout, _) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn wish(headers: &[(&'static str, &str)]) -> Wish {
        let pair = |&(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        };
        Wish::read(&headers.iter().map(pair).collect(), "2026-11-22T10:00:00Z".parse().unwrap())
    }

    fn http(status: u16, code: Option<&str>) -> ApiError {
        let mut error = ApiError::new(ErrorKind::Http, "refused");
        error.status = Some(status);
        error.code = code.map(ToOwned::to_owned);
        error
    }

    #[test]
    fn the_servers_wait_is_read_from_any_of_its_forms() {
        let wait = |headers: &[(&'static str, &str)]| wish(headers).wait.map(|wait| wait.as_millis());
        assert_eq!(wait(&[("retry-after", "7")]), Some(7000));
        assert_eq!(wait(&[("retry-after", " 0.5 ")]), Some(500));
        assert_eq!(wait(&[("retry-after", "Sun, 22 Nov 2026 10:00:09 GMT")]), Some(9000));
        assert_eq!(wait(&[("retry-after", "Sun, 22 Nov 2026 09:00:00 GMT")]), Some(0));
        assert_eq!(wait(&[("retry-after", "7"), ("retry-after-ms", "20")]), Some(20));
        assert_eq!(wait(&[("retry-after", "7"), ("retry-after-ms", "soon")]), Some(7000));
        for nonsense in ["-1", "soon", "", "NaN", "inf"] {
            assert_eq!(wait(&[("retry-after", nonsense)]), None, "{nonsense}");
        }
    }

    #[test]
    fn own_waits_double_to_a_bound_and_lose_up_to_a_quarter() {
        let waits = |chance: f64| [0, 1, 2, 4, 99].map(|retried| own_wait(retried, chance).as_millis());
        assert_eq!(waits(0.0), [500, 1000, 2000, 8000, 8000]);
        assert_eq!(waits(1.0), [375, 750, 1500, 6000, 6000]);
    }

    #[test]
    fn passing_failures_are_tried_again_and_lasting_ones_stand() {
        let again = |error: &ApiError| verdict(error, Wish::default(), 0, 0.0) == Verdict::Again(FIRST_WAIT);
        for status in [408, 409, 429, 500, 503, 529] {
            assert!(again(&http(status, None)), "{status}");
        }
        for status in [302, 400, 401, 402, 403, 404, 422] {
            assert!(!again(&http(status, None)), "{status}");
        }
        assert!(!again(&http(429, Some("insufficient_quota"))));
        assert!(again(&http(429, Some("quota"))));
        assert!(again(&ApiError::new(ErrorKind::Network, "refused")));
        assert!(again(&ApiError::new(ErrorKind::Timeout, "silent")));
        assert!(!again(&ApiError::new(ErrorKind::Protocol, "html")));
    }

    #[test]
    fn the_servers_word_goes_over_the_status() {
        let judge = |status, headers: &[(&'static str, &str)]| verdict(&http(status, None), wish(headers), 0, 0.0);
        assert_eq!(judge(503, &[("x-should-retry", "false")]), Verdict::Stands);
        assert_eq!(judge(400, &[("x-should-retry", "true")]), Verdict::Again(FIRST_WAIT));
        assert_eq!(judge(402, &[("retry-after", "1")]), Verdict::Again(Duration::from_secs(1)));
        assert_eq!(judge(429, &[("retry-after", "60")]), Verdict::Again(Duration::from_secs(60)));
        assert_eq!(judge(429, &[("retry-after", "61")]), Verdict::TooLong(Duration::from_secs(61)));
    }
}
