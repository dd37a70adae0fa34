//! What rows of the ledger come to together: exact, each currency by itself, what nobody is charged apart.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{LedgerRow, LedgerTokens};
use crate::chat::{Cost, Currency, Money, exact_sum};

/// Amounts of one part are added; those of two never are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LedgerPart {
    pub notional: bool,
    /// `None` for runs whose cost is unknown.
    pub currency: Option<Currency>,
}

/// The runs of one part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LedgerTally {
    pub runs: u64,
    pub amount: Decimal,
    /// How many of the amounts are estimates.
    pub estimated: u64,
    /// How many the server itself told.
    pub reported: u64,
    /// How many runs told no tokens, so that the counts are the least that was used.
    pub uncounted: u64,
    pub input: u64,
    pub cached: u64,
    pub output: u64,
    pub reasoning: u64,
    /// Whether the digits of a decimal do not hold the sum, which is rounded then.
    pub rounded: bool,
}

/// Rows, part by part: every row is in one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerSums {
    pub parts: BTreeMap<LedgerPart, LedgerTally>,
}

impl LedgerTally {
    /// Adds what another part of the same kind has.
    pub fn join(&mut self, other: &Self) {
        self.runs += other.runs;
        match exact_sum(self.amount, other.amount) {
            Some(sum) => self.amount = sum,
            None => {
                self.amount = self.amount.saturating_add(other.amount);
                self.rounded = true;
            }
        }
        self.rounded |= other.rounded;
        self.estimated += other.estimated;
        self.reported += other.reported;
        self.uncounted += other.uncounted;
        self.input = self.input.saturating_add(other.input);
        self.cached = self.cached.saturating_add(other.cached);
        self.output = self.output.saturating_add(other.output);
        self.reasoning = self.reasoning.saturating_add(other.reasoning);
    }

    fn of(row: &LedgerRow) -> Self {
        let LedgerTokens { input, cached, output, reasoning } = row.tokens;
        Self {
            runs: 1,
            amount: row.cost.money().map(|money| money.amount.normalize()).unwrap_or_default(),
            estimated: u64::from(row.cost.is_estimated()),
            reported: u64::from(row.cost.is_reported()),
            uncounted: u64::from(input.is_none() || output.is_none()),
            input: input.unwrap_or(0),
            cached: cached.unwrap_or(0),
            output: output.unwrap_or(0),
            reasoning: reasoning.unwrap_or(0),
            rounded: false,
        }
    }
}

impl LedgerSums {
    pub fn add(&mut self, row: &LedgerRow) {
        let currency = row.cost.money().map(|money| money.currency.clone());
        let part = LedgerPart { notional: row.notional, currency };
        self.parts.entry(part).or_default().join(&LedgerTally::of(row));
    }

    pub fn join(&mut self, other: &Self) {
        for (part, tally) in &other.parts {
            self.parts.entry(part.clone()).or_default().join(tally);
        }
    }

    /// All runs and tokens; the amount means nothing.
    #[must_use]
    pub fn all(&self) -> LedgerTally {
        let mut all = LedgerTally::default();
        for tally in self.parts.values() {
            all.join(&LedgerTally { amount: Decimal::ZERO, ..*tally });
        }
        all
    }

    /// What is charged, or what nobody is charged: a cost for each currency. One that has an estimate in it is one.
    pub fn costs(&self, notional: bool) -> impl Iterator<Item = Cost> {
        self.parts.iter().filter(move |(part, _)| part.notional == notional).filter_map(|(part, tally)| {
            let money = Money { amount: tally.amount, currency: part.currency.clone()? };
            let guessed = tally.estimated > 0 || tally.rounded;
            Some(if guessed { Cost::Estimated(money) } else { Cost::Known(money) })
        })
    }

    /// How many runs have no known cost.
    #[must_use]
    pub fn unknown(&self) -> u64 {
        self.parts.iter().filter(|(part, _)| part.currency.is_none()).map(|(_, tally)| tally.runs).sum()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}
