//! A word about the form of the answer before a message is sent.

use std::collections::BTreeMap;

use super::LaneId;
use crate::chat::TurnId;

/// What stands at the composer, and what is known of the branches so that none is read twice.
#[derive(Debug, Default)]
pub struct AnswerHint {
    /// A sentence without its full stop.
    pub said: Option<String>,
    /// Of lanes in JSON mode: their tip, and whether a message down to it says the word.
    pub branches: BTreeMap<LaneId, (Option<TurnId>, bool)>,
}
