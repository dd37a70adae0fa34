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

use super::{Charge, LaneId};
use crate::chat::{Cost, Settings};
use crate::store::{LedgerRow, LedgerSums};

/// What is known whether the page is open or not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spending {
    /// The number of the last question.
    pub serial: u64,
    /// The days that the sums are about; `None` before anybody looked at a clock.
    pub spans: Option<LedgerSpans>,
    /// What the ledger said last, and what this program entered since.
    pub today: LedgerSums,
    pub month: LedgerSums,
    /// The question about them that was not answered yet.
    pub asked: Option<SpentAsked>,
    /// Whether they are to be asked for anew: other programs may have spent something.
    pub wanted: bool,
    /// What is known of the answers.
    pub heard: SpentHeard,
    /// Runs that ended in this event: their rows are entered at its end.
    pub unentered: Vec<Unentered>,
    /// Whether there was a draft after the last event.
    pub drafting: bool,
    /// The preset that a lane was given, and the settings that it had by it.
    pub presets: BTreeMap<LaneId, (String, Settings)>,
    /// Whether the terminal may lack the signs for bars.
    pub plain_signs: bool,
}

/// A question about what was spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpentAsked {
    pub serial: u64,
    /// Whether this program entered something since: nobody knows whether the answer has it.
    pub stale: bool,
}

/// Whether the ledger has answered since the day began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SpentHeard {
    #[default]
    Nothing,
    /// The sums are the ledger's, with what was entered since.
    Sums,
    /// The last question could not be answered, which was said.
    Failure,
}

/// What a run that is over came to, before the ledger has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unentered {
    /// When it was sent, in unix milliseconds.
    pub at: i64,
    pub cost: Cost,
    pub charge: Charge,
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

/// Whether a moment is in a span.
pub(super) fn holds((from, to): (i64, i64), at: i64) -> bool {
    from <= at && at < to
}

impl Spending {
    /// Adds a run that was entered now.
    pub fn enter(&mut self, row: &LedgerRow) {
        let Some(spans) = self.spans else { return };
        if let Some(asked) = &mut self.asked {
            asked.stale = true;
        }
        if holds(spans.today, row.at) {
            self.today.add(row);
        }
        if holds(spans.month, row.at) {
            self.month.add(row);
        }
    }

    /// Begins with the day of a moment, unless the sums are about that one already: they are to be asked for.
    pub fn roll(&mut self, unix_ms: i64, zone: &TimeZone) {
        if self.spans.is_some_and(|spans| holds(spans.today, unix_ms)) {
            return;
        }
        let Some(spans) = LedgerSpans::around(unix_ms, zone) else { return };
        self.spans = Some(spans);
        (self.today, self.month) = (LedgerSums::default(), LedgerSums::default());
        (self.asked, self.heard, self.wanted) = (None, SpentHeard::Nothing, true);
    }

    /// The next question, if one is wanted and none is open: the days and its number. All that was spent before has to be
    /// handed over to the store by then.
    pub fn question(&mut self) -> Option<(LedgerSpans, u64)> {
        let spans = self.spans.filter(|_| self.wanted && self.asked.is_none())?;
        self.wanted = false;
        self.serial += 1;
        self.asked = Some(SpentAsked { serial: self.serial, stale: false });
        Some((spans, self.serial))
    }

    /// Takes the answer to the last question: what was on the disk when it was read. Where this program entered a row
    /// between question and answer, that may or may not be in it, so the answer is dropped and another one wanted. `all`
    /// says whether all that was handed over before the question is on the disk.
    pub fn learn(&mut self, serial: u64, (mut today, mut month): (LedgerSums, LedgerSums), all: bool) {
        let Some(asked) = self.asked.take_if(|asked| asked.serial == serial) else { return };
        match (asked.stale, all, self.heard) {
            (true, ..) => self.wanted = true,
            // What is known has more in it than the disk.
            (false, false, SpentHeard::Sums) => {}
            (false, all, _) => {
                if !all {
                    today.join(&self.today);
                    month.join(&self.month);
                }
                (self.today, self.month, self.heard) = (today, month, SpentHeard::Sums);
            }
        }
    }

    /// The last question cannot be answered; says whether that is news.
    pub fn fail(&mut self, serial: u64) -> bool {
        let asked = self.asked.take_if(|asked| asked.serial == serial);
        asked.is_some() && std::mem::replace(&mut self.heard, SpentHeard::Failure) != SpentHeard::Failure
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
