//! Messages that were sent while replies still came: they wait, visibly, until their lanes are free.

use std::collections::VecDeque;

use super::{Draft, LaneId};

/// A message that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    pub draft: Draft,
    pub to: Vec<LaneId>,
}

/// The messages that wait, the next one first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    waiting: VecDeque<Queued>,
    /// Whether the queue stands still until it is told to go on: a reply was stopped or failed, and what follows it may
    /// not be meant any more.
    pub held: bool,
}

impl Queue {
    pub fn push(&mut self, queued: Queued) {
        self.waiting.push_back(queued);
    }

    /// Takes a message out, by its place.
    pub fn take(&mut self, place: usize) -> Option<Queued> {
        let taken = self.waiting.remove(place);
        self.held &= !self.waiting.is_empty();
        taken
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Queued> {
        self.waiting.iter()
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Forgets a lane that was closed, and the messages that were for it alone.
    pub fn without(&mut self, lane: LaneId) -> Vec<Queued> {
        for queued in &mut self.waiting {
            queued.to.retain(|to| *to != lane);
        }
        let (kept, left): (VecDeque<_>, VecDeque<_>) = self.waiting.drain(..).partition(|queued| !queued.to.is_empty());
        self.waiting = kept;
        self.held &= !self.waiting.is_empty();
        left.into()
    }

    /// Empties the queue and gives what waited.
    pub fn drain(&mut self) -> Vec<Queued> {
        self.held = false;
        self.waiting.drain(..).collect()
    }
}
