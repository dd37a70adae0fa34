//! A word about the form of the answer before a message is sent.

use std::collections::BTreeMap;

use serde_json::Value;

use super::LaneId;
use crate::chat::TurnId;

/// What stands at the composer, and what is known of the branches so that none is read twice.
#[derive(Debug, Default)]
pub struct AnswerHint {
    /// A sentence without its full stop.
    pub said: Option<String>,
    /// Of lanes in JSON mode: their tip with its revision, and whether a message down to it says the word.
    pub branches: BTreeMap<LaneId, (Option<(TurnId, u64)>, bool)>,
    /// What was found wrong with formats, the newest last: a schema is prepared once.
    pub formats: Vec<(Value, Option<String>)>,
}
