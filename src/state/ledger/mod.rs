//! What is known of the ledger on the screen: what today and this month cost, and the page that shows all of it.
//!
//! Owns plain data and the rows of a bill. Who reads the ledger is the store's shelf; what keys do is `update`'s.

mod bill;
mod page;

pub use bill::{bill_rows, worth};
pub use page::{LedgerLine, LedgerOrder, LedgerPage, LedgerRuns};

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::LaneId;
use crate::chat::Settings;
use crate::store::{LedgerRow, LedgerSums};

/// What is known whether the page is open or not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spending {
    /// The number of the last question.
    pub serial: u64,
    /// The days that the sums are about; `None` before anybody looked at a clock.
    pub spans: Option<LedgerSpans>,
    pub today: LedgerSums,
    pub month: LedgerSums,
    /// The question about them that was not answered yet, and what was spent since it was asked.
    pub asked: Option<(u64, LedgerSums, LedgerSums)>,
    /// The preset that a lane was given, and the settings that it had by it.
    pub presets: BTreeMap<LaneId, (String, Settings)>,
    /// Whether the terminal may lack the signs for bars.
    pub plain_signs: bool,
}

/// Today and this month, each from its first moment to that of the next, in unix milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LedgerSpans {
    pub today: (i64, i64),
    pub month: (i64, i64),
}

impl LedgerSpans {
    /// The spans around a moment; `None` for one that no calendar has.
    #[must_use]
    pub fn around(unix_ms: i64, zone: &TimeZone) -> Option<Self> {
        let now = Timestamp::from_millisecond(unix_ms).ok()?.to_zoned(zone.clone());
        let today = now.start_of_day().ok()?;
        let tomorrow = now.tomorrow().ok()?.start_of_day().ok()?;
        let first = now.first_of_month().ok()?.start_of_day().ok()?;
        let next = now.last_of_month().ok()?.tomorrow().ok()?.start_of_day().ok()?;
        let moment = |zoned: &jiff::Zoned| zoned.timestamp().as_millisecond();
        Some(Self { today: (moment(&today), moment(&tomorrow)), month: (moment(&first), moment(&next)) })
    }
}

fn holds((from, to): (i64, i64), at: i64) -> bool {
    from <= at && at < to
}

impl Spending {
    /// Adds a run that was entered now.
    pub fn enter(&mut self, row: &LedgerRow) {
        let Some(spans) = self.spans else { return };
        let (today, month) = (holds(spans.today, row.at), holds(spans.month, row.at));
        let since = self.asked.as_mut().map(|(_, today, month)| (today, month));
        for (sums, those) in [(&mut self.today, &mut self.month)].into_iter().chain(since) {
            if today {
                sums.add(row);
            }
            if month {
                those.add(row);
            }
        }
    }

    /// Asks about the days around a moment, unless the sums are about those already. Gives the days and the question's
    /// number.
    pub fn roll(&mut self, unix_ms: i64, zone: &TimeZone) -> Option<(LedgerSpans, u64)> {
        if self.spans.is_some_and(|spans| holds(spans.today, unix_ms)) {
            return None;
        }
        let spans = LedgerSpans::around(unix_ms, zone)?;
        self.serial += 1;
        self.spans = Some(spans);
        (self.today, self.month) = (LedgerSums::default(), LedgerSums::default());
        self.asked = Some((self.serial, LedgerSums::default(), LedgerSums::default()));
        Some((spans, self.serial))
    }

    /// Takes the answer to the last question: what was on the disk when it was asked.
    pub fn learn(&mut self, serial: u64, mut today: LedgerSums, mut month: LedgerSums) {
        if let Some((_, newer, newest)) = self.asked.take_if(|(asked, _, _)| *asked == serial) {
            today.join(&newer);
            month.join(&newest);
            (self.today, self.month) = (today, month);
        }
    }

    /// The preset that a lane's settings are those of.
    #[must_use]
    pub fn preset(&self, lane: LaneId, settings: &Settings) -> Option<String> {
        let (name, given) = self.presets.get(&lane)?;
        (given == settings).then(|| name.clone())
    }
}

#[cfg(test)]
mod tests;
