//! Messages: which requests one of them led to, and what those came to.
//!
//! Owns the sums that the request's budget is held against. A message is asked by all lanes that it was sent to, and goes
//! on with every request that brings them results of tools; what is asked again is a message of its own.

use std::collections::{BTreeMap, BTreeSet};

use crate::chat::{Cost, RunId};
use crate::state::{Charge, LaneId, Totals};

/// A message's number, in the order in which they were sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct MessageNo(u64);

/// The messages that lanes answer.
#[derive(Debug, Default)]
pub struct Messages {
    /// The session that they are of.
    serial: u64,
    last: MessageNo,
    /// What each lane was asked last.
    lanes: BTreeMap<LaneId, MessageNo>,
    /// Of the runs under way.
    runs: BTreeMap<RunId, MessageNo>,
    /// What the runs came to that have ended.
    ended: BTreeMap<MessageNo, Totals>,
}

impl Messages {
    /// A message was sent to some lanes of a session, which has `open` lanes.
    pub fn begin(&mut self, serial: u64, to: &[LaneId], open: &[LaneId]) {
        self.follow(serial);
        self.last = MessageNo(self.last.0 + 1);
        self.lanes.retain(|lane, _| open.contains(lane));
        self.lanes.extend(to.iter().map(|lane| (*lane, self.last)));
        let (lanes, runs) = (&self.lanes, &self.runs);
        self.ended.retain(|message, _| lanes.values().chain(runs.values()).any(|held| held == message));
    }

    /// A lane's message led to a run.
    pub fn asked(&mut self, serial: u64, lane: LaneId, run: RunId) {
        self.follow(serial);
        if !self.lanes.contains_key(&lane) {
            self.last = MessageNo(self.last.0 + 1);
            self.lanes.insert(lane, self.last);
        }
        if let Some(message) = self.lanes.get(&lane) {
            self.runs.insert(run, *message);
        }
    }

    /// A run is over, and cost this.
    pub fn ended(&mut self, run: RunId, cost: &Cost, charge: Charge) {
        if let Some(message) = self.runs.remove(&run) {
            self.ended.entry(message).or_default().add(cost, charge);
        }
    }

    /// The message that a lane answers, or answered last.
    #[must_use]
    pub fn of(&self, lane: LaneId) -> Option<MessageNo> {
        self.lanes.get(&lane).copied()
    }

    /// Those that have a run under way.
    #[must_use]
    pub fn under_way(&self) -> BTreeSet<MessageNo> {
        self.runs.values().copied().collect()
    }

    /// Whether a run that is under way is of a message.
    #[must_use]
    pub fn is_of(&self, run: RunId, message: MessageNo) -> bool {
        self.runs.get(&run) == Some(&message)
    }

    /// What the runs of a message came to that have ended.
    #[must_use]
    pub fn ended_of(&self, message: MessageNo) -> Totals {
        self.ended.get(&message).cloned().unwrap_or_default()
    }

    /// Lanes and runs of another session have other numbers.
    fn follow(&mut self, serial: u64) {
        if self.serial != serial {
            *self = Self { serial, ..Self::default() };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::{Currency, Money};

    const A: LaneId = LaneId(0);
    const B: LaneId = LaneId(1);

    fn yuan(amount: i64) -> Cost {
        Cost::Known(Money { amount: amount.into(), currency: Currency::new("CNY").unwrap() })
    }

    /// What the ended runs of a lane's message came to.
    fn spent(messages: &Messages, lane: LaneId) -> String {
        let sums = messages.ended_of(messages.of(lane).unwrap()).sums;
        sums.iter().map(|sum| sum.cost().to_string()).collect()
    }

    #[test]
    fn a_message_is_what_all_its_lanes_came_to_with_the_rounds_that_followed() {
        let mut messages = Messages::default();
        messages.begin(1, &[A, B], &[A, B]);
        messages.asked(1, A, RunId(0));
        messages.asked(1, B, RunId(1));
        messages.ended(RunId(0), &yuan(3), Charge::Real);
        assert_eq!((messages.under_way().len(), spent(&messages, B)), (1, "¥3.0000".to_owned()));
        messages.asked(1, A, RunId(2));
        messages.ended(RunId(2), &yuan(4), Charge::Real);
        messages.ended(RunId(1), &yuan(5), Charge::Real);
        assert_eq!((messages.under_way().len(), spent(&messages, A)), (0, "¥12.0000".to_owned()));
    }

    #[test]
    fn a_message_to_one_lane_is_held_apart_from_the_one_that_another_lane_still_answers() {
        let mut messages = Messages::default();
        messages.begin(1, &[A, B], &[A, B]);
        messages.asked(1, A, RunId(0));
        messages.asked(1, B, RunId(1));
        messages.ended(RunId(0), &yuan(3), Charge::Real);
        messages.begin(1, &[A], &[A, B]);
        messages.asked(1, A, RunId(2));
        messages.ended(RunId(2), &yuan(7), Charge::Real);
        assert_eq!((spent(&messages, A), spent(&messages, B)), ("¥7.0000".to_owned(), "¥3.0000".to_owned()));
    }

    #[test]
    fn what_no_lane_answers_any_more_is_forgotten_and_so_is_another_session() {
        let mut messages = Messages::default();
        for run in 0..100 {
            messages.begin(1, &[A], &[A]);
            messages.asked(1, A, RunId(run));
            messages.ended(RunId(run), &yuan(1), Charge::Real);
        }
        assert_eq!(messages.ended.len(), 1);
        messages.asked(2, A, RunId(0));
        assert_eq!((messages.ended.len(), messages.under_way().len()), (0, 1));
        messages.begin(2, &[B], &[B]);
        assert_eq!(messages.of(A), None);
    }
}
