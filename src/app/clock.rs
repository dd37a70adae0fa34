//! The time: of the runtime, and of the day.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::state::Anchor;

/// The clock on the wall, in unix milliseconds.
pub(super) struct WallClock(pub(super) Box<dyn Fn() -> i64>);

impl Default for WallClock {
    /// The system's.
    fn default() -> Self {
        let since = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(Box::new(move || i64::try_from(since().as_millis()).unwrap_or(i64::MAX)))
    }
}

impl WallClock {
    /// Both clocks now: the one that counts stands still while the machine sleeps.
    pub(super) fn anchor(&self) -> Anchor {
        Anchor { instant: now(), unix_ms: (self.0)() }
    }
}

/// The clock of the runtime, which tests can pause.
pub(super) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}
