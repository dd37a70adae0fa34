//! What a run's times and tokens come to, and which of several runs has the best of each.

use std::cmp::Ordering;
use std::time::{Duration, Instant};

use super::Run;

/// A figure by which runs are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Less is better.
    TimeToFirstToken,
    /// More is better.
    DecodeSpeed,
    /// Less is better; only amounts of one currency can be compared.
    Cost,
}

/// Output tokens a second over the time after the first one; `None` where that is less than a millisecond.
#[must_use]
pub fn decode_speed(output: u64, decode: Duration) -> Option<u64> {
    u64::try_from((u128::from(output) * 1000).checked_div(decode.as_millis())?).ok()
}

impl Run {
    /// From the sending to the first piece of text, reasoning or call.
    #[must_use]
    pub fn time_to_first_token(&self) -> Option<Duration> {
        self.first_delta.map(|first| first.saturating_duration_since(self.started))
    }

    /// Output tokens a second after the first token, up to the end or, while the reply comes, to `now`; `None` where the
    /// tokens are unknown.
    #[must_use]
    pub fn decode_speed(&self, now: Instant) -> Option<u64> {
        let decode = self.finished.unwrap_or(now).saturating_duration_since(self.first_delta?);
        decode_speed(self.usage.as_ref()?.output?, decode)
    }

    /// From the sending to the end.
    #[must_use]
    pub fn total_time(&self) -> Option<Duration> {
        self.finished.map(|finished| finished.saturating_duration_since(self.started))
    }

    /// Which of two finished runs has the better figure; `None` where one of them does not have it. Times that are read
    /// as the same are the same.
    fn compare(&self, other: &Self, measure: Measure) -> Option<Ordering> {
        let (own, others) = (self.finished?, other.finished?);
        match measure {
            Measure::TimeToFirstToken => {
                Some(as_read(other.time_to_first_token()?).cmp(&as_read(self.time_to_first_token()?)))
            }
            Measure::DecodeSpeed => Some(self.decode_speed(own)?.cmp(&other.decode_speed(others)?)),
            Measure::Cost => {
                let (own, others) = (self.cost.exact()?, other.cost.exact()?);
                (own.currency == others.currency).then(|| others.amount.cmp(&own.amount))
            }
        }
    }

    /// Whether no other run has a better figure, and one has a worse.
    #[must_use]
    pub fn is_best(&self, others: &[&Self], measure: Measure) -> bool {
        let compared = || others.iter().filter_map(|other| self.compare(other, measure));
        compared().all(Ordering::is_ge) && compared().any(Ordering::is_gt)
    }
}

/// A time in whole milliseconds, from a second on in tenths of one: as exact as it is shown.
fn as_read(time: Duration) -> u128 {
    let millis = time.as_millis();
    if millis < 1000 { millis } else { millis / 100 * 100 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::{ChatRequest, Cost, Currency, Money, RunId, Settings, Usage};

    /// A run that said its first word after some milliseconds, and then took two seconds for some tokens.
    fn run(started: Instant, first: u64, output: u64, cost: Cost) -> Run {
        let first = started + Duration::from_millis(first);
        Run {
            first_delta: Some(first),
            finished: Some(first + Duration::from_secs(2)),
            usage: Some(Usage { output: Some(output), ..Usage::default() }),
            cost,
            ..Run::new(RunId(0), Settings::default(), ChatRequest::new("m", Vec::new()), started)
        }
    }

    fn money(amount: &str, currency: &str) -> Cost {
        Cost::Known(Money { amount: amount.parse().unwrap(), currency: Currency::new(currency).unwrap() })
    }

    fn best(run: &Run, others: &[&Run]) -> [bool; 3] {
        [Measure::TimeToFirstToken, Measure::DecodeSpeed, Measure::Cost].map(|measure| run.is_best(others, measure))
    }

    #[test]
    fn times_that_read_the_same_are_neither_the_better() {
        let started = Instant::now();
        let after = |micros: u64| Run {
            first_delta: Some(started + Duration::from_micros(micros)),
            ..run(started, 0, 10, Cost::Unknown)
        };
        let best = |own, other| after(own).is_best(&[&after(other)], Measure::TimeToFirstToken);
        assert!(best(362_999, 363_000));
        assert!(!best(363_000, 363_999));
        assert!(!best(1_310_000, 1_390_000));
        assert!(best(1_390_000, 1_400_000));
    }

    #[test]
    fn the_speed_counts_from_the_first_token() {
        let now = Instant::now();
        let run = run(now, 9000, 100, Cost::Unknown);
        assert_eq!(run.decode_speed(now), Some(50));
        assert_eq!(run.total_time(), Some(Duration::from_secs(11)));
        assert_eq!(Run { usage: None, ..run }.decode_speed(now), None);
    }

    #[test]
    fn the_best_is_marked_where_there_is_a_worse_and_none_is_better() {
        let now = Instant::now();
        let quick = run(now, 100, 50, money("2", "cny"));
        let fast = run(now, 300, 90, money("1", "cny"));
        let even = run(now, 300, 90, money("1", "cny"));
        assert_eq!(best(&quick, &[&fast, &even]), [true, false, false]);
        assert_eq!(best(&fast, &[&quick, &even]), [false, true, true]);
        assert_eq!(best(&fast, &[&even]), [false, false, false]);
        assert_eq!(best(&fast, &[]), [false, false, false]);
    }

    #[test]
    fn costs_of_other_currencies_and_runs_under_way_are_not_compared() {
        let now = Instant::now();
        let yuan = run(now, 100, 50, money("1", "cny"));
        let dollars = run(now, 100, 50, money("2", "usd"));
        let coming = Run { finished: None, ..run(now, 900, 1, money("9", "cny")) };
        assert_eq!(best(&yuan, &[&dollars, &coming]), [false, false, false]);
    }
}
