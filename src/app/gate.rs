//! When to draw: at once for what the user does, and at most every 45 ms for what streams do; and how much of it.

use std::time::{Duration, Instant};

/// The least time between two frames that streams cause: some 20 a second. Nobody reads faster, and at the pace of most
/// models the frames cost more than the tokens do.
const FRAME: Duration = Duration::from_millis(45);

/// What came too soon for a frame waits so much longer for the next token to take it along: a timer of its own would be one
/// more wake-up for each frame. From 15 tokens a second on one comes in time.
const SLACK: Duration = Duration::from_millis(25);

/// How soon a change has to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Urgency {
    /// A stream or the time caused it: the next frame is soon enough.
    Soon,
    /// The user did it.
    Now,
}

/// Knows whether something is to be drawn, and when.
#[derive(Debug, Default)]
pub(super) struct Gate {
    pending: Option<Urgency>,
    /// Whether something else changed than what replies say.
    whole: bool,
    last: Option<Instant>,
}

impl Gate {
    pub(super) fn changed(&mut self, urgency: Urgency) {
        self.pending = self.pending.max(Some(urgency));
        self.whole = true;
    }

    /// A reply grew, and nothing else changed.
    pub(super) fn grew(&mut self) {
        self.pending = self.pending.max(Some(Urgency::Soon));
    }

    /// Whether replies grew and nothing else changed since the last frame.
    pub(super) fn only_grew(&self) -> bool {
        !self.whole
    }

    /// When the next frame is due; `None` when nothing changed.
    pub(super) fn due(&self, now: Instant) -> Option<Instant> {
        match (self.pending?, self.last) {
            (Urgency::Now, _) | (Urgency::Soon, None) => Some(now),
            (Urgency::Soon, Some(last)) if now >= last + FRAME => Some(now),
            (Urgency::Soon, Some(last)) => Some(last + FRAME + SLACK),
        }
    }

    /// Notes that a frame was drawn; `now` is when it was done, so that a slow terminal is given time to breathe.
    pub(super) fn drawn(&mut self, now: Instant) {
        self.pending = None;
        self.whole = false;
        self.last = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_drawn_at_once_and_a_stream_waits_for_its_frame() {
        let start = Instant::now();
        let later = start + Duration::from_millis(1);
        let mut gate = Gate::default();
        assert_eq!(gate.due(start), None);
        gate.changed(Urgency::Soon);
        assert_eq!(gate.due(start), Some(start));
        gate.drawn(start);
        gate.changed(Urgency::Soon);
        assert_eq!(gate.due(later), Some(start + FRAME + SLACK));
        assert_eq!(gate.due(start + FRAME), Some(start + FRAME));
        gate.changed(Urgency::Now);
        gate.changed(Urgency::Soon);
        assert_eq!(gate.due(later), Some(later));
    }
}
