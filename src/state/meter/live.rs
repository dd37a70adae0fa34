//! A run whose reply is coming: what it has counted so far, of our own counting.

use crate::chat::{Cost, Usage};
use crate::pricing::{self, Circumstances, Family, Price, TokenCount};

use super::Weight;
use crate::state::Charge;

/// Which text of a reply a piece goes on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyPart {
    Text,
    Reasoning,
    Refusal,
    /// A call, by its place.
    Call(usize),
}

/// What is estimated of a run that is under way.
#[derive(Clone, Debug)]
pub struct LiveRun {
    /// What its request counts.
    pub input: Weight,
    price: Option<Price>,
    tier: Option<String>,
    at: Option<jiff::Timestamp>,
    count: TokenCount,
    part: (u32, ReplyPart),
    /// The most that was counted of the reply: a text that goes on may turn out to be fewer tokens than it seemed.
    output: u64,
}

impl LiveRun {
    /// A run that was just sent, at the price and the tier of service that were asked for.
    #[must_use]
    pub fn new(
        input: Weight,
        family: Family,
        price: Option<Price>,
        (tier, at): (Option<String>, Option<jiff::Timestamp>),
    ) -> Self {
        Self { input, price, tier, at, count: family.count(), part: (0, ReplyPart::Text), output: 0 }
    }

    pub(super) fn grow(&mut self, choice: u32, part: ReplyPart, piece: &str) {
        if self.part != (choice, part) {
            self.part = (choice, part);
            self.count.cut();
        }
        self.count.push(piece);
        self.output = self.output.max(self.count.tokens());
    }

    /// Whether somebody is charged what it costs.
    #[must_use]
    pub fn charge(&self) -> Charge {
        Charge::of(self.price.as_ref().is_some_and(|price| price.notional))
    }

    /// Whether it costs somebody something.
    #[must_use]
    pub fn is_charged(&self) -> bool {
        self.price.as_ref().is_some_and(|price| !price.notional)
    }

    /// What was counted of the reply so far.
    #[must_use]
    pub fn output(&self) -> u64 {
        self.output
    }

    /// What the run used as far as is known: what the server told already, and the estimate of the rest. Servers that tell
    /// running totals are behind what came since.
    #[must_use]
    pub fn usage(&self, told: Option<&Usage>) -> Usage {
        let known = told.cloned().unwrap_or_default();
        let output = known.output.map_or(self.output, |output| output.max(self.output));
        Usage { input: known.input.or(Some(self.input.tokens)), output: Some(output), ..known }
    }

    /// What the run costs so far. It is an estimate, and never less than what the server's own counts come to.
    #[must_use]
    pub fn cost(&self, told: Option<&Usage>) -> Cost {
        let circumstances = Circumstances { tier: self.tier.as_deref(), at: self.at };
        estimated(pricing::cost(&self.usage(told), self.price.as_ref(), &circumstances))
    }
}

/// What counts of our own come to is an estimate.
#[must_use]
pub fn estimated(cost: Cost) -> Cost {
    match cost {
        Cost::Known(money) => Cost::Estimated(money),
        cost => cost,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::chat::Currency;
    use crate::pricing::{Dimension, Price};

    fn price() -> Price {
        let rate = |text: &str| text.parse().unwrap();
        let rates = [(Dimension::Input, rate("1.80")), (Dimension::Output, rate("15.00"))].into_iter().collect();
        Price::flat(Currency::new("CNY").unwrap(), rates)
    }

    fn live(input: u64) -> LiveRun {
        LiveRun::new(Weight::of(input), Family::O200k, Some(price()), (None, None))
    }

    fn told(input: Option<u64>, output: Option<u64>) -> Usage {
        Usage { input, output, ..Usage::default() }
    }

    #[test]
    fn the_input_is_charged_before_a_word_came_and_the_reply_as_it_comes() {
        let mut run = live(1_000_000);
        assert_eq!(run.cost(None).to_string(), "~¥1.8000");
        run.grow(0, ReplyPart::Text, &"word ".repeat(100));
        assert_eq!(run.cost(None).to_string(), format!("~¥{}", 1.8 + 0.000_015 * run.output() as f64));
    }

    #[test]
    fn without_a_price_the_cost_is_unknown_and_never_nought() {
        let run = LiveRun::new(Weight::of(7), Family::O200k, None, (None, None));
        assert_eq!(run.cost(None), Cost::Unknown);
    }

    proptest! {
        #[test]
        fn what_is_shown_while_a_reply_comes_never_falls_and_is_never_below_what_the_server_counted(
            input in 0u64..100_000,
            steps in prop::collection::vec(("[a-zA-Z0-9 =\n漢字.]{0,20}", prop::option::of(0u64..500), 0usize..3), 1..30),
        ) {
            let mut run = live(input);
            let (mut before, mut totals) = (run.cost(None), 0);
            for (piece, more, part) in steps {
                let part = [ReplyPart::Text, ReplyPart::Reasoning, ReplyPart::Call(1)][part];
                run.grow(0, part, &piece);
                // Running totals of a server only grow.
                totals += more.unwrap_or(0);
                let usage = more.map(|_| told(Some(input), Some(totals)));
                let output = run.output().max(if usage.is_some() { totals } else { 0 });
                let cost = run.cost(usage.as_ref());
                let billed = pricing::cost(&told(Some(input), Some(output)), Some(&price()), &Circumstances::default());
                prop_assert_eq!(cost.money(), billed.money());
                let still = run.cost(None);
                prop_assert!(still.money().unwrap().amount >= before.money().unwrap().amount);
                before = still;
            }
        }
    }
}
