//! The ledger: what was spent, a row for each run that a server took.
//!
//! Owns what a row says and what is asked of all rows. How rows go into the file and out of it is `ledger_file`'s, what
//! they come to together is `ledger_sums`'.

use serde_json::{Map, Value};

use super::LedgerSums;
use crate::chat::{Cost, Usage};
use crate::pricing::Found;

/// One run, or a correction of what an earlier row said of it.
#[derive(Clone, Debug, PartialEq)]
pub struct LedgerRow {
    /// Its number in the file, which tells the order in which rows were entered; 0 before it is there.
    pub key: i64,
    /// Empty for a run that belongs to none, as those of `abreast ask`.
    pub session: String,
    pub run: u32,
    /// When it was sent, in unix milliseconds.
    pub at: i64,
    pub provider: String,
    /// The model that was asked for.
    pub model: String,
    /// The model that the server says answered.
    pub served_by: Option<String>,
    /// The letter of the lane that asked.
    pub lane: Option<char>,
    /// The preset whose settings it was asked with, where that is known.
    pub preset: Option<String>,
    /// How it ended; `None` in a row that was read out of a damaged older file.
    pub state: Option<LedgerState>,
    /// The tier of service that the server names, else the one that was asked for.
    pub tier: Option<String>,
    pub tokens: LedgerTokens,
    /// The server's usage object as it came.
    pub usage: Option<Map<String, Value>>,
    pub cost: Cost,
    /// Whether nobody is charged it.
    pub notional: bool,
    /// The price that the cost was computed with.
    pub price: Option<LedgerPrice>,
    /// The number of the row that this one takes the place of.
    pub corrects: Option<i64>,
}

/// Token counts; `None` where the server told none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LedgerTokens {
    pub input: Option<u64>,
    pub cached: Option<u64>,
    pub output: Option<u64>,
    pub reasoning: Option<u64>,
}

/// A price as it was when it was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerPrice {
    /// [`crate::pricing::PriceId`] in digits.
    pub id: String,
    /// What it says: [`crate::pricing::Price::canonical`].
    pub text: String,
    /// Whose it is, where it is from, and the day.
    pub source: String,
}

impl LedgerPrice {
    /// A price that was found, as it is kept.
    #[must_use]
    pub fn of(found: &Found<'_>) -> Self {
        Self { id: found.price.id().to_string(), text: found.price.canonical(), source: found.said() }
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LedgerState {
    Complete,
    Stopped,
    Failed,
    /// The program ended before it did.
    CutOff,
}

impl LedgerState {
    pub const ALL: [Self; 4] = [Self::Complete, Self::Stopped, Self::Failed, Self::CutOff];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
            Self::CutOff => "cut off",
        }
    }
}

impl LedgerRow {
    /// A row that says nothing but when and whom.
    #[must_use]
    pub fn new(at: i64, provider: &str, model: &str) -> Self {
        Self {
            key: 0,
            session: String::new(),
            run: 0,
            at,
            provider: provider.to_owned(),
            model: model.to_owned(),
            served_by: None,
            lane: None,
            preset: None,
            state: Some(LedgerState::Complete),
            tier: None,
            tokens: LedgerTokens::default(),
            usage: None,
            cost: Cost::Unknown,
            notional: false,
            price: None,
            corrects: None,
        }
    }

    /// The row with what the server told of tokens.
    #[must_use]
    pub fn with_usage(self, usage: Option<&Usage>) -> Self {
        let tokens = usage.map_or_else(LedgerTokens::default, |usage| LedgerTokens {
            input: usage.input,
            cached: usage.cached,
            output: usage.output,
            reasoning: usage.reasoning,
        });
        Self { tokens, usage: usage.map(|usage| usage.raw.clone()), ..self }
    }

    /// The counts, with what else is read of the server's object; `None` where nothing was told.
    #[must_use]
    pub fn usage(&self) -> Option<Usage> {
        let LedgerTokens { input, cached, output, reasoning } = self.tokens;
        if self.usage.is_none() && self.tokens == LedgerTokens::default() {
            return None;
        }
        let read =
            self.usage.as_ref().and_then(|raw| Usage::from_json(&Value::Object(raw.clone()))).unwrap_or_default();
        Some(Usage { input, cached, output, reasoning, ..read })
    }

    /// How well the cost is known, in a word.
    #[must_use]
    pub fn known(&self) -> &'static str {
        match self.cost {
            Cost::Known(_) => "known",
            Cost::Reported(_) => "reported",
            Cost::Estimated(_) => "estimated",
            Cost::Unknown => "unknown",
        }
    }
}

/// By what rows are grouped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LedgerBy {
    #[default]
    Day,
    Week,
    Month,
    Model,
    Provider,
    Session,
    Lane,
    Preset,
}

impl LedgerBy {
    pub const ALL: [Self; 8] =
        [Self::Day, Self::Week, Self::Month, Self::Model, Self::Provider, Self::Session, Self::Lane, Self::Preset];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Model => "model",
            Self::Provider => "provider",
            Self::Session => "session",
            Self::Lane => "lane",
            Self::Preset => "preset",
        }
    }

    /// Whether its groups follow each other in time.
    #[must_use]
    pub fn is_time(self) -> bool {
        matches!(self, Self::Day | Self::Week | Self::Month)
    }
}

/// Which rows are looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerQuery {
    pub by: LedgerBy,
    /// Only those of this session.
    pub session: Option<String>,
    /// From this moment on, in unix milliseconds.
    pub since: Option<i64>,
    /// Before this moment.
    pub until: Option<i64>,
    /// Only those that have all of these words in their names, in whichever case.
    pub words: String,
}

/// Rows that have something in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerGroup {
    /// What tells it from the others: a day, a name, an id. Empty for rows of which it is not known.
    pub key: String,
    /// The title of a session; else as the key.
    pub label: String,
    pub sums: LedgerSums,
}

/// Rows, summed up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerTable {
    /// In the order of their keys.
    pub groups: Vec<LedgerGroup>,
    pub total: LedgerSums,
}

/// What the shelf is asked of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LedgerAsk {
    /// What was spent in two spans of time, in unix milliseconds: today, and this month.
    Spent { today: (i64, i64), month: (i64, i64), serial: u64 },
    /// The newest number counts, as of the next.
    Table { query: LedgerQuery, serial: u64 },
    /// The newest runs of a group.
    Runs { query: LedgerQuery, group: String, serial: u64 },
}

/// What it answers.
#[derive(Clone, Debug, PartialEq)]
pub enum LedgerAnswer {
    Spent {
        today: LedgerSums,
        month: LedgerSums,
        /// Whether all that was handed over before the question is in them.
        all: bool,
    },
    Table {
        table: LedgerTable,
        /// Why the newest runs are not among them, in a sentence.
        unsaved: Option<String>,
    },
    /// Newest first; whether there are more.
    Runs { rows: Vec<LedgerRow>, more: bool },
}
