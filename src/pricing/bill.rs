//! Bills: what a run's tokens come to at a price, line by line and to the last digit.
//!
//! Owns the arithmetic: which tokens count where, and that none counts twice.

use rust_decimal::Decimal;
use thiserror::Error;

use super::price::{Circumstances, Price, Slice};
use super::rates::Dimension;
use crate::chat::{Money, Usage, exact_product, exact_sum};

/// One millionth: prices are per 1,000,000 tokens, and a product is exact where a quotient may not be.
const MILLIONTH: Decimal = Decimal::from_parts(1, 0, 0, false, 6);

/// The most that one run may cost, in any currency: beyond it a count or a price is a slip. It also keeps sums of many
/// runs within the digits of a decimal.
const MOST: Decimal = Decimal::from_parts(10_000_000, 0, 0, false, 0);

/// The most decimals of an amount, for the same reason.
const FINEST: u32 = 20;

/// What a run costs and how it comes to that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bill {
    /// One for each kind of tokens and rate; their amounts add up to the total.
    pub lines: Vec<BillLine>,
    pub total: Money,
    /// The conditions of the rates that were used, in words; empty for the usual ones.
    pub because: String,
}

/// Tokens of one kind at one rate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillLine {
    pub what: Dimension,
    /// How many; of a fee for each request, how many requests.
    pub tokens: u64,
    /// Per 1,000,000 tokens, or for each request.
    pub rate: Decimal,
    pub amount: Decimal,
}

/// Why a run has no bill.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unbillable {
    #[error("the model has no price")]
    NoPrice,
    #[error("the server did not tell how many tokens it counted")]
    NoCounts,
    #[error("the price of the service tier {0} is not known")]
    TierUnpriced(String),
    #[error("the price depends on the hour, and the time of the run is not known")]
    TimeUnknown,
    #[error("the price depends on the hour in {0}, a time zone that this system does not know")]
    ZoneUnknown(String),
    #[error("the amount is too large or too fine to be money")]
    NoAmount,
}

/// The bill of a run at a price.
///
/// # Errors
/// When something is missing, in words.
pub fn bill(usage: &Usage, price: &Price, circumstances: &Circumstances<'_>) -> Result<Bill, Unbillable> {
    let (input, output) = match (usage.input, usage.output) {
        (Some(input), Some(output)) => (input, output),
        _ if price.is_free() => (usage.input.unwrap_or(0), usage.output.unwrap_or(0)),
        _ => return Err(Unbillable::NoCounts),
    };
    let applied = price.apply(input, circumstances)?;
    let mut lines = Vec::new();
    spread(&inputs(usage, input, &applied.slices), &applied.slices, &mut lines)?;
    let beyond = if price.marginal { price.apply(output, circumstances)?.slices } else { applied.slices.clone() };
    spread(&outputs(usage, output, &beyond), &beyond, &mut lines)?;
    if let Some(rate) = applied.slices.last().and_then(|slice| slice.rates.written(Dimension::Request)) {
        lines.push(BillLine { what: Dimension::Request, tokens: 1, rate, amount: rate });
    }
    // Read as the formula is written, not as the prompt lies.
    lines.sort_by_key(|line| line.what);
    let total = lines.iter().try_fold(Decimal::ZERO, |sum, line| exact_sum(sum, line.amount));
    let amount = total.and_then(plausible).ok_or(Unbillable::NoAmount)?;
    let total = Money { amount, currency: price.currency.clone() };
    Ok(Bill { lines, total, because: applied.because })
}

/// An amount that may be a run's cost; `None` for one that is a slip.
pub(super) fn plausible(amount: Decimal) -> Option<Decimal> {
    let amount = amount.normalize();
    (amount >= Decimal::ZERO && amount <= MOST && amount.scale() <= FINEST).then_some(amount)
}

/// Shares out so many tokens: each kind takes what is told of it while there are some left, so that a server's slip
/// counts no token twice, and the widest kind takes the rest. A kind without a price of its own is left in the widest.
fn share(all: u64, kinds: &[(Dimension, u64)], widest: Dimension, slices: &[Slice]) -> Vec<(Dimension, u64)> {
    let mut left = all;
    let mut shares = Vec::new();
    for (kind, told) in kinds {
        if slices.iter().any(|slice| slice.rates.written(*kind).is_some()) {
            let taken = left.min(*told);
            left -= taken;
            shares.push((*kind, taken));
        }
    }
    shares.push((widest, left));
    shares
}

/// The input by kind, in the order in which it lies in the prompt: a cache holds its beginning.
fn inputs(usage: &Usage, all: u64, slices: &[Slice]) -> Vec<(Dimension, u64)> {
    let parts = &usage.parts;
    let hour = parts.written_for_an_hour;
    let priced_apart = slices.iter().any(|slice| slice.rates.written(Dimension::CacheWriteHour).is_some());
    let five_minutes = parts.written.saturating_sub(if priced_apart { hour } else { 0 });
    let kinds = [
        (Dimension::CachedInput, usage.cached.unwrap_or(0)),
        (Dimension::CacheWriteHour, hour),
        (Dimension::CacheWrite, five_minutes),
        (Dimension::AudioInput, parts.audio_input),
        (Dimension::ImageInput, parts.image_input),
    ];
    share(all, &kinds, Dimension::Input, slices)
}

fn outputs(usage: &Usage, all: u64, slices: &[Slice]) -> Vec<(Dimension, u64)> {
    let kinds = [
        (Dimension::Reasoning, usage.reasoning.unwrap_or(0)),
        (Dimension::AudioOutput, usage.parts.audio_output),
        (Dimension::ImageOutput, usage.parts.image_output),
    ];
    share(all, &kinds, Dimension::Output, slices)
}

/// Lines for one side's tokens. Where there are several slices each has the tokens between its bound and the next.
fn spread(shares: &[(Dimension, u64)], slices: &[Slice], lines: &mut Vec<BillLine>) -> Result<(), Unbillable> {
    let mut before = 0_u64;
    for (what, tokens) in shares {
        let end = before.saturating_add(*tokens);
        for (place, slice) in slices.iter().enumerate() {
            let to = slices.get(place + 1).map_or(end, |next| next.above.min(end));
            let within = to.saturating_sub(before.max(slice.above));
            if within > 0 || (*tokens == 0 && place == 0 && is_widest(*what)) {
                lines.push(line(*what, within, slice)?);
            }
        }
        before = end;
    }
    Ok(())
}

/// A bill always says how much plain input and output there was, also where it was none.
fn is_widest(what: Dimension) -> bool {
    matches!(what, Dimension::Input | Dimension::Output)
}

fn line(what: Dimension, tokens: u64, slice: &Slice) -> Result<BillLine, Unbillable> {
    let rate = slice.rates.charged(what).ok_or(Unbillable::NoPrice)?;
    let amount = exact_product(Decimal::from(tokens), rate).and_then(|amount| exact_product(amount, MILLIONTH));
    Ok(BillLine { what, tokens, rate, amount: amount.ok_or(Unbillable::NoAmount)? })
}

#[cfg(test)]
#[path = "bill_tests.rs"]
mod tests;
