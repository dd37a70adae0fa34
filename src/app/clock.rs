//! The time: of the runtime, and of the day.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::state::Anchor;

/// Both clocks now: the one that counts stands still while the machine sleeps.
pub(super) fn anchor() -> Anchor {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Anchor { instant: now(), unix_ms: i64::try_from(since.as_millis()).unwrap_or(i64::MAX) }
}

/// The clock of the runtime, which tests can pause.
pub(super) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}
