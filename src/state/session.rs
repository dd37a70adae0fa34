//! The session: its turns, its runs, and what they cost in sum.

use rust_decimal::Decimal;

use crate::chat::{Cost, Currency, Money, Run, RunId, TurnTree, Usage};

/// What is kept of a conversation.
#[derive(Debug, Default)]
pub struct Session {
    /// From the first message; empty before it.
    pub title: String,
    pub turns: TurnTree,
    runs: Vec<Run>,
    totals: Totals,
}

/// Sums over a session's runs, kept as runs change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// One sum for each currency, and another for what nobody is charged; different ones are never added.
    pub sums: Vec<Sum>,
    /// Finished runs whose cost is unknown.
    pub unknown: usize,
    pub input: u64,
    /// `None` while no server has told.
    pub cached: Option<u64>,
    pub output: u64,
}

/// What was spent in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum {
    pub money: Money,
    /// Whether it is only there to be looked at, as the sandbox's prices are.
    pub notional: bool,
}

/// Whether somebody is charged what a run costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charge {
    Real,
    Notional,
}

impl Session {
    /// Adds the run that `make` builds with its id.
    pub fn add_run(&mut self, make: impl FnOnce(RunId) -> Run) -> RunId {
        let id = RunId(u32::try_from(self.runs.len()).unwrap_or(u32::MAX));
        self.runs.push(make(id));
        id
    }

    #[must_use]
    pub fn run(&self, id: RunId) -> Option<&Run> {
        self.runs.get(id.0 as usize)
    }

    /// The run to be changed. Its usage and cost change by [`Session::account`] only, which keeps the sums.
    pub fn run_mut(&mut self, id: RunId) -> Option<&mut Run> {
        self.runs.get_mut(id.0 as usize)
    }

    #[must_use]
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    #[must_use]
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// Puts a run's usage and cost in the place of the ones before: servers send running totals, which are never added.
    pub fn account(&mut self, id: RunId, usage: Option<Usage>, cost: Cost, charge: Charge) {
        let Some(run) = self.runs.get_mut(id.0 as usize) else { return };
        if let Some(before) = &run.usage {
            self.totals.tokens(before, u64::saturating_sub);
        }
        self.totals.remove(&run.cost, charge);
        if let Some(usage) = &usage {
            self.totals.tokens(usage, u64::saturating_add);
        }
        self.totals.add(&cost, charge);
        run.usage = usage;
        run.cost = cost;
    }

    /// Counts a finished run without a cost as unknown.
    pub fn close_run(&mut self, id: RunId) {
        if self.run(id).is_some_and(|run| run.cost == Cost::Unknown) {
            self.totals.unknown += 1;
        }
    }
}

impl Totals {
    fn tokens(&mut self, usage: &Usage, join: fn(u64, u64) -> u64) {
        self.input = join(self.input, usage.input.unwrap_or(0));
        if let Some(cached) = usage.cached {
            self.cached = Some(join(self.cached.unwrap_or(0), cached));
        }
        self.output = join(self.output, usage.output.unwrap_or(0));
    }

    fn add(&mut self, cost: &Cost, charge: Charge) {
        if let Cost::Known(money) | Cost::Estimated(money) = cost {
            *self.sum(&money.currency, charge) += money.amount;
        }
    }

    fn remove(&mut self, cost: &Cost, charge: Charge) {
        if let Cost::Known(money) | Cost::Estimated(money) = cost {
            *self.sum(&money.currency, charge) -= money.amount;
        }
    }

    fn sum(&mut self, currency: &Currency, charge: Charge) -> &mut Decimal {
        let notional = charge == Charge::Notional;
        let is_it = |sum: &Sum| sum.money.currency == *currency && sum.notional == notional;
        let place = self.sums.iter().position(is_it).unwrap_or_else(|| {
            let money = Money { amount: Decimal::ZERO, currency: currency.clone() };
            self.sums.push(Sum { money, notional });
            self.sums.len() - 1
        });
        &mut self.sums[place].money.amount
    }
}
