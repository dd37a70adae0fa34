//! The request of a run as it was sent, and how it differs from another run's: a reader.

use super::Reader;
use crate::chat::RunId;

/// What is read of a run's request.
#[derive(Clone, Debug)]
pub struct RequestPage {
    pub run: RunId,
    pub shows: RequestShows,
    pub reader: Reader,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestShows {
    /// The body, its conversation folded or whole.
    Body { unfolded: bool },
    /// What differs from the body of another run.
    Changes { since: RunId },
}
