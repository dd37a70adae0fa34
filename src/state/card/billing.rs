//! How a run is billed: the formula, and an example worked out in exact decimals.

use crate::chat::{Cost, Usage};
use crate::pricing::{self, Price};
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

/// An example at a price; `None` when the price is too large for any sum.
#[must_use]
pub fn example(price: &Price) -> Option<Example> {
    let cached = price.cached.map(|_| CACHED);
    let usage = Usage { input: Some(INPUT), cached, output: Some(OUTPUT), ..Usage::default() };
    let cost = pricing::cost(&usage, Some(price));
    if cost == Cost::Unknown {
        return None;
    }
    let (input, output) = (price.figure(price.input), price.figure(price.output));
    let all = grouped(INPUT);
    let (question, terms) = match price.cached {
        Some(rate) => (
            format!("{all} tokens in, {CACHED} of them cached, and {OUTPUT} tokens out:"),
            format!("{} × {input} + {CACHED} × {}", INPUT - CACHED, price.figure(rate)),
        ),
        None => (format!("{all} tokens in and {OUTPUT} tokens out:"), format!("{all} × {input}")),
    };
    let working = format!("({terms} + {OUTPUT} × {output}) / 1,000,000 = {cost}");
    Some(Example { usage, cost, question, working })
}
