//! How a run is billed: the formula, and an example worked out in exact decimals.

use crate::chat::{Cost, Usage};
use crate::pricing::{self, Bill, Circumstances, Dimension, Price};
use crate::text::grouped;

/// What [`pricing::cost`] computes, in words.
pub const FORMULA: &str = "cost = (input tokens × input price + output tokens × output price) / 1,000,000";

/// Which tokens the formula counts where.
pub const TERMS: &str = "Input tokens from the provider's cache count at the cached price, where there is one; reasoning \
                         counts as output.";

/// A run's tokens: enough to see each term, and figures that stay exact in few digits.
const INPUT: u64 = 1_200;
const CACHED: u64 = 400;
const OUTPUT: u64 = 300;

/// The formula with numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    pub usage: Usage,
    pub cost: Cost,
    /// What is asked, in words.
    pub question: String,
    /// The computation and what comes of it.
    pub working: String,
}

/// An example at a price's usual rates; `None` when the price is too large for any sum.
#[must_use]
pub fn example(price: &Price) -> Option<Example> {
    let usual = Price { variants: Vec::new(), ..price.clone() };
    let cached = usual.rates.written(Dimension::CachedInput).map(|_| CACHED);
    let usage = Usage { input: Some(INPUT), cached, output: Some(OUTPUT), ..Usage::default() };
    let bill = pricing::bill(&usage, &usual, &Circumstances::default()).ok()?;
    let all = grouped(INPUT);
    let question = match cached {
        Some(cached) => format!("{all} tokens in, {cached} of them cached, and {OUTPUT} tokens out:"),
        None => format!("{all} tokens in and {OUTPUT} tokens out:"),
    };
    let working = working(&bill, &usual);
    Some(Example { usage, cost: Cost::Known(bill.total), question, working })
}

/// A bill as a computation on one line.
fn working(bill: &Bill, price: &Price) -> String {
    let tokens = bill.lines.iter().filter(|line| line.what != Dimension::Request);
    let terms: Vec<String> =
        tokens.map(|line| format!("{} × {}", grouped(line.tokens), price.figure(line.rate))).collect();
    let fee = bill.lines.iter().find(|line| line.what == Dimension::Request);
    let fee = fee.map(|line| format!(" + {}", price.figure(line.rate))).unwrap_or_default();
    format!("({}) / 1,000,000{fee} = {}", terms.join(" + "), bill.total)
}
