//! Budgets: how much may be spent in a request, a session, a day and a month, and how much of it is.
//!
//! Owns the caps as they hold now, and what was said of them. When something is refused or stopped is `update`'s.

mod message;

pub use message::{MessageNo, Messages};

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::ledger::holds;
use super::{LedgerSpans, State, Sum, Totals};
use crate::chat::{Cost, Money, RunId};
use crate::config::BudgetConfig;
use crate::pricing::Exchange;
use crate::store::{LedgerPart, LedgerSums, LedgerTally};

/// What a budget is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BudgetSpan {
    /// One message to all its lanes, with what goes back of their tools.
    Request,
    Session,
    Day,
    Month,
}

/// The budgets, and what was said of them.
#[derive(Debug, Default)]
pub struct Budget {
    /// As they hold now: raised until the program ends.
    pub caps: BudgetConfig,
    /// Those of which it was said that they are nearly spent.
    pub warned: BTreeSet<BudgetSpan>,
    /// Those that refused or stopped something, to be raised.
    pub hit: BTreeSet<BudgetSpan>,
    /// Models without a price, by provider and name, that are asked although no budget can count them.
    pub uncounted: BTreeSet<(String, String)>,
    /// What the messages came to that lanes answer.
    pub messages: Messages,
}

/// How much of a budget is spent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    pub span: BudgetSpan,
    pub cap: Money,
    /// In the cap's currency.
    pub spent: Decimal,
    /// Whether a part of it is an estimate.
    pub estimated: bool,
    /// Amounts in currencies without a rate: they are not in it.
    pub apart: Vec<Money>,
}

impl BudgetSpan {
    pub const ALL: [Self; 4] = [Self::Request, Self::Session, Self::Day, Self::Month];

    /// As in "the session's budget".
    #[must_use]
    pub fn owner(self) -> &'static str {
        match self {
            Self::Request => "the request's",
            Self::Session => "the session's",
            Self::Day => "today's",
            Self::Month => "this month's",
        }
    }

    /// In a word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Session => "session",
            Self::Day => "today",
            Self::Month => "month",
        }
    }
}

impl Budget {
    #[must_use]
    pub fn cap(&self, span: BudgetSpan) -> Option<&Money> {
        match span {
            BudgetSpan::Request => self.caps.request.as_ref(),
            BudgetSpan::Session => self.caps.session.as_ref(),
            BudgetSpan::Day => self.caps.day.as_ref(),
            BudgetSpan::Month => self.caps.month.as_ref(),
        }
    }

    fn cap_mut(&mut self, span: BudgetSpan) -> Option<&mut Money> {
        match span {
            BudgetSpan::Request => self.caps.request.as_mut(),
            BudgetSpan::Session => self.caps.session.as_mut(),
            BudgetSpan::Day => self.caps.day.as_mut(),
            BudgetSpan::Month => self.caps.month.as_mut(),
        }
    }

    #[must_use]
    pub fn is_set(&self) -> bool {
        BudgetSpan::ALL.into_iter().any(|span| self.cap(span).is_some())
    }

    /// Other caps, until the program ends. What was said of those that change is said anew.
    pub fn put(&mut self, caps: BudgetConfig) {
        let before = std::mem::replace(&mut self.caps, caps);
        let before = Self { caps: before, ..Self::default() };
        for span in BudgetSpan::ALL.into_iter().filter(|span| before.cap(*span) != self.cap(*span)).collect::<Vec<_>>()
        {
            self.warned.remove(&span);
            self.hit.remove(&span);
        }
    }

    /// Raises a budget by half; what it is then.
    pub fn raise(&mut self, span: BudgetSpan) -> Option<Money> {
        const HALF_MORE: Decimal = Decimal::from_parts(15, 0, 0, false, 1);
        let cap = self.cap_mut(span)?;
        cap.amount = cap.amount.saturating_mul(HALF_MORE).normalize();
        let cap = cap.clone();
        self.warned.remove(&span);
        self.hit.remove(&span);
        Some(cap)
    }
}

impl Filled {
    /// In percent, rounded down: what is not spent is not called so.
    #[must_use]
    pub fn percent(&self) -> u64 {
        let percent = (self.spent * Decimal::ONE_HUNDRED).checked_div(self.cap.amount);
        percent.and_then(|percent| u64::try_from(percent.trunc()).ok()).unwrap_or(u64::MAX)
    }

    #[must_use]
    pub fn is_over(&self) -> bool {
        self.spent > self.cap.amount
    }

    /// With something more, which is an estimate.
    #[must_use]
    pub fn with(mut self, more: &[Sum], rates: &Exchange) -> Self {
        let (amount, _, apart) = together(more, &self.cap, rates);
        self.spent = self.spent.saturating_add(amount);
        self.estimated |= !amount.is_zero();
        self.apart.extend(apart);
        self
    }

    /// What was spent, marked where it is an estimate.
    #[must_use]
    pub fn shown(&self) -> String {
        let money = Money { amount: self.spent, currency: self.cap.currency.clone() };
        match self.estimated {
            // All digits where fewer would say that the budget is met.
            true if self.percent() == 100 || self.percent() == 101 => format!("~{money}"),
            true => format!("~{}", money.rough()),
            false => money.to_string(),
        }
    }

    /// The cap without superfluous noughts.
    #[must_use]
    pub fn cap_shown(&self) -> String {
        format!("{}{}", self.cap.currency.sign(), self.cap.amount.normalize())
    }
}

/// What real amounts come to in a cap's currency, whether an estimate is among them, and those without a rate.
fn together(sums: &[Sum], cap: &Money, rates: &Exchange) -> (Decimal, bool, Vec<Money>) {
    let real: Vec<&Sum> = sums.iter().filter(|sum| !sum.notional).collect();
    let worth = rates.worth_in(Some(&cap.currency), real.iter().map(|sum| &sum.money));
    let apart = worth.apart.into_iter().filter(|money| !money.amount.is_zero()).collect();
    let amount = worth.together.map_or(Decimal::ZERO, |worth| worth.money.amount);
    (amount, real.iter().any(|sum| sum.estimated > 0), apart)
}

/// The ledger's sums of known costs.
fn summed(sums: &LedgerSums) -> Vec<Sum> {
    let sum = |(part, tally): (&LedgerPart, &LedgerTally)| {
        let money = Money { amount: tally.amount, currency: part.currency.clone()? };
        let estimated = usize::try_from(tally.estimated).unwrap_or(usize::MAX);
        Some(Sum { money, notional: part.notional, estimated })
    };
    sums.parts.iter().filter_map(sum).collect()
}

impl State {
    /// The session's sums with what is estimated of the runs under way.
    #[must_use]
    pub fn running_totals(&self) -> Totals {
        let mut totals = self.session.totals().clone();
        for (run, live) in self.meter.all_live() {
            let Some(run) = self.session.run(run) else { continue };
            totals.replace(&run.cost, &live.cost(run.usage.as_ref()), live.charge());
        }
        totals
    }

    /// How much of a budget is spent, with what is estimated of the runs under way; `None` where it is not set.
    #[must_use]
    pub fn filled(&self, span: BudgetSpan) -> Option<Filled> {
        let cap = self.budget.cap(span)?;
        let sums = match span {
            BudgetSpan::Request => return self.dearest().map_or(self.filled_by(None), |(_, filled)| Some(filled)),
            BudgetSpan::Session => self.running_totals().sums,
            BudgetSpan::Day => self.in_days(&self.spending.today, |spans| spans.today),
            BudgetSpan::Month => self.in_days(&self.spending.month, |spans| spans.month),
        };
        Some(self.in_cap(span, cap, &sums))
    }

    /// How much of the request's budget a message has spent; one that has led to no request has spent nothing.
    #[must_use]
    pub fn filled_by(&self, message: Option<MessageNo>) -> Option<Filled> {
        let cap = self.budget.cap(BudgetSpan::Request)?;
        let sums = message.map(|message| {
            let mut totals = self.budget.messages.ended_of(message);
            totals.join(&self.live_totals(|run, _| self.budget.messages.is_of(run, message)));
            totals.sums
        });
        Some(self.in_cap(BudgetSpan::Request, cap, &sums.unwrap_or_default()))
    }

    /// Of the messages that are being answered the one that has spent most of the request's budget. One that costs nothing
    /// more comes after all others: there is nothing of it to be stopped.
    fn dearest(&self) -> Option<(MessageNo, Filled)> {
        let spends = |message| self.charged().any(|run| self.budget.messages.is_of(run, message));
        let messages = self.budget.messages.under_way().into_iter();
        messages.filter_map(|message| Some((message, self.filled_by(Some(message))?))).reduce(|most, next| {
            if (spends(next.0), next.1.spent) > (spends(most.0), most.1.spent) { next } else { most }
        })
    }

    /// The runs under way that somebody is charged for and that can be stopped: of a reply that is whole there is nothing
    /// left to be saved, though its stream has yet to close.
    fn charged(&self) -> impl Iterator<Item = RunId> {
        let is_whole =
            |run: RunId| self.session.run(run).is_some_and(|run| run.finish_reason.is_some() && run.replies.len() == 1);
        let charged = self.meter.all_live().filter(|(_, live)| live.is_charged()).map(|(run, _)| run);
        charged.filter(move |run| !is_whole(*run))
    }

    fn in_cap(&self, span: BudgetSpan, cap: &Money, sums: &[Sum]) -> Filled {
        let (spent, estimated, apart) = together(sums, cap, &self.exchange);
        Filled { span, cap: cap.clone(), spent, estimated, apart }
    }

    /// The runs under way that somebody is charged for out of a budget; of the request's those of the dearest message.
    #[must_use]
    pub fn spending_from(&self, span: BudgetSpan) -> Vec<RunId> {
        if span != BudgetSpan::Request {
            return self.charged().collect();
        }
        let Some((message, _)) = self.dearest() else { return Vec::new() };
        self.charged().filter(|run| self.budget.messages.is_of(*run, message)).collect()
    }

    /// What the runs under way come to, of those that count by themselves and the moment at which they were sent.
    fn live_totals(&self, counts: impl Fn(RunId, Option<i64>) -> bool) -> Totals {
        let mut totals = Totals::default();
        for (id, live) in self.meter.all_live() {
            let run = self.session.run(id);
            let sent = run.and_then(|run| self.started(run)).map(jiff::Timestamp::as_millisecond);
            if counts(id, sent) {
                totals.add(&live.cost(run.and_then(|run| run.usage.as_ref())), live.charge());
            }
        }
        totals
    }

    /// What the ledger has of some days, and what it has only when this event is over: runs that ended, and those under
    /// way. A run belongs to the day on which it was sent. Without a ledger what the session came to.
    fn in_days(&self, entered: &LedgerSums, days: impl Fn(&LedgerSpans) -> (i64, i64)) -> Vec<Sum> {
        let Some(spans) = &self.spending.spans else { return self.running_totals().sums };
        let within = |at: i64| holds(days(spans), at);
        let mut totals = Totals { sums: summed(entered), ..Totals::default() };
        totals.join(&self.live_totals(|_, sent| sent.is_none_or(within)));
        for run in self.spending.unentered.iter().filter(|run| within(run.at)) {
            totals.add(&run.cost, run.charge);
        }
        totals.sums
    }

    /// Of the budgets that last the one that is spent most; that of a request is none of them.
    #[must_use]
    pub fn fullest(&self) -> Option<Filled> {
        let lasting = [BudgetSpan::Session, BudgetSpan::Day, BudgetSpan::Month];
        lasting
            .into_iter()
            .filter_map(|span| self.filled(span))
            .reduce(|most, next| if next.percent() > most.percent() { next } else { most })
    }
}

impl Totals {
    /// Puts what something costs in the place of what it cost before.
    fn replace(&mut self, before: &Cost, after: &Cost, charge: super::Charge) {
        self.remove(before, charge);
        self.add(after, charge);
    }
}
