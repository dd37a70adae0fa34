//! What usage comes to: what the server reports, or the bill.
//!
//! Owns where servers report costs and in which unit.

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::bill::{bill, plausible};
use super::price::{Circumstances, Price};
use super::rates::exact_decimal;
use crate::chat::{Cost, Currency, Money, Usage, exact_product, exact_sum};

/// What a run cost. What the server says it cost comes first; else it is
/// (input x input price + output x output price) / 1,000,000, with all that the price says beside (see [`bill`]).
/// Without a price, or without the counts of both sides, it is unknown.
#[must_use]
pub fn cost(usage: &Usage, price: Option<&Price>, circumstances: &Circumstances<'_>) -> Cost {
    if let Some(money) = reported(&usage.raw) {
        return Cost::Reported(money);
    }
    let Some(price) = price else { return Cost::Unknown };
    bill(usage, price, circumstances).map_or(Cost::Unknown, |bill| Cost::Known(bill.total))
}

/// One of xAI's ticks in US dollars: ten thousand millions of them are one (docs.x.ai, `cost_in_usd_ticks`).
const TICK: Decimal = Decimal::from_parts(1, 0, 0, false, 10);

/// The cost that the server itself reports in a usage object: a number, of OpenRouter in US dollars; or an object of
/// them with their sum in `total_cost`, as Perplexity's; or xAI's ticks. With a key of one's own at the upstream
/// (`is_byok`), what that one charges comes on top of the gateway's fee.
#[must_use]
pub fn reported(usage: &Map<String, Value>) -> Option<Money> {
    let dollars = |amount: Decimal| Some(Money { amount: plausible(amount)?, currency: Currency::new("USD")? });
    let fee = match usage.get("cost") {
        Some(Value::Object(parts)) => parts.get("total_cost").and_then(decimal),
        Some(cost) => decimal(cost),
        None => None,
    };
    let Some(fee) = fee else {
        return dollars(exact_product(decimal(usage.get("cost_in_usd_ticks")?)?, TICK)?);
    };
    let own_key = usage.get("is_byok").and_then(Value::as_bool).unwrap_or(false);
    let upstream = usage.get("cost_details").and_then(|details| details.get("upstream_inference_cost"));
    let upstream = upstream.and_then(decimal).filter(|_| own_key).unwrap_or_default();
    dollars(exact_sum(fee, upstream)?)
}

/// A number, or a string that is one, exactly; not one below zero.
fn decimal(value: &Value) -> Option<Decimal> {
    let number = match value {
        Value::Number(number) => exact_decimal(&number.to_string()),
        Value::String(text) => exact_decimal(text),
        _ => None,
    };
    number.filter(|number| *number >= Decimal::ZERO)
}

#[cfg(test)]
mod tests {
    use super::super::Dimension;
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn price(cached: Option<&str>) -> Price {
        let cached = cached.map(|rate| format!("cached = \"{rate}\"\n")).unwrap_or_default();
        crate::pricing::tests::price(&format!("currency = \"CNY\"\ninput = \"1.80\"\noutput = \"15.00\"\n{cached}"))
    }

    fn cost(usage: &Usage, price: Option<&Price>) -> Cost {
        super::cost(usage, price, &Circumstances::default())
    }

    fn usage(input: Option<u64>, cached: Option<u64>, output: Option<u64>) -> Usage {
        Usage { input, cached, output, ..Usage::default() }
    }

    fn money(amount: &str, currency: &str) -> Money {
        Money { amount: amount.parse().unwrap(), currency: Currency::new(currency).unwrap() }
    }

    #[test]
    fn a_run_costs_its_tokens_times_their_prices() {
        let run = usage(Some(812), None, Some(204));
        assert_eq!(cost(&run, Some(&price(None))), Cost::Known(money("0.0045216", "CNY")));
        assert_eq!(cost(&run, Some(&price(None))).to_string(), "¥0.0045216");
    }

    #[test]
    fn cached_tokens_are_part_of_the_input_and_reasoning_part_of_the_output() {
        let run = Usage { reasoning: Some(150), ..usage(Some(1000), Some(600), Some(200)) };
        // 400 x 1.80 + 600 x 0.18 + 200 x 15.00, by a million
        assert_eq!(cost(&run, Some(&price(Some("0.18")))), Cost::Known(money("0.003828", "CNY")));
        // Without a price of their own, cached tokens cost what input costs: 1000 x 1.80 + 200 x 15.00.
        assert_eq!(cost(&run, Some(&price(None))), Cost::Known(money("0.0048", "CNY")));
    }

    #[test]
    fn what_is_not_known_is_not_zero() {
        let priced = price(None);
        assert_eq!(cost(&usage(Some(1), None, Some(1)), None), Cost::Unknown);
        assert_eq!(cost(&usage(None, None, Some(1)), Some(&priced)), Cost::Unknown);
        assert_eq!(cost(&usage(Some(1), None, None), Some(&priced)), Cost::Unknown);
        assert_eq!(cost(&usage(Some(0), None, Some(0)), Some(&priced)), Cost::Known(money("0", "CNY")));
    }

    #[test]
    fn more_cached_tokens_than_input_are_a_slip_and_an_absurd_count_is_no_money() {
        let slip = usage(Some(10), Some(99), Some(0));
        assert_eq!(cost(&slip, Some(&price(Some("1")))), Cost::Known(money("0.00001", "CNY")));
        let rates = [(Dimension::Input, Decimal::MAX), (Dimension::Output, Decimal::ONE)].into_iter().collect();
        let huge = Price { rates, ..price(None) };
        assert_eq!(cost(&usage(Some(u64::MAX), None, Some(0)), Some(&huge)), Cost::Unknown);
    }

    #[test]
    fn what_the_server_says_it_cost_comes_first_and_is_exact() {
        let with = |raw: Value| {
            let Value::Object(raw) = raw else { panic!("an object") };
            cost(&Usage { raw, ..usage(Some(10), None, Some(10)) }, Some(&price(None)))
        };
        assert_eq!(with(json!({"cost": 0.00014})), Cost::Reported(money("0.00014", "USD")));
        assert_eq!(with(json!({"cost": 1.4e-7})), Cost::Reported(money("0.00000014", "USD")));
        assert_eq!(with(json!({"cost": "0.002"})), Cost::Reported(money("0.002", "USD")));
        let own_key = json!({"cost": 0.001, "is_byok": true, "cost_details": {"upstream_inference_cost": 0.02}});
        assert_eq!(with(own_key), Cost::Reported(money("0.021", "USD")));
        let other = json!({"cost": 0.02, "is_byok": false, "cost_details": {"upstream_inference_cost": 0.019}});
        assert_eq!(with(other), Cost::Reported(money("0.02", "USD")));
        let parts = json!({"cost": {"input_tokens_cost": 0.00002, "request_cost": 0.005, "total_cost": 0.00502}});
        assert_eq!(with(parts), Cost::Reported(money("0.00502", "USD")));
        assert_eq!(with(json!({"cost_in_usd_ticks": 37_756_000})), Cost::Reported(money("0.0037756", "USD")));
        let unusable = [
            json!({"cost": null}),
            json!({"cost": -1}),
            json!({"cost": "free"}),
            json!({"cost": "NaN"}),
            json!({"cost": 1e300}),
            json!({"cost": {"total": 1}}),
            json!({"cost_in_usd_ticks": -5}),
        ];
        for unusable in unusable {
            assert_eq!(with(unusable), Cost::Known(money("0.000168", "CNY")));
        }
    }

    proptest! {
        #[test]
        fn the_costs_of_runs_add_up_to_the_cost_of_their_tokens_together(runs in prop::collection::vec((0u64..1_000_000, 0u64..1_000_000), 1..20)) {
            let priced = price(None);
            let costs: Vec<Cost> = runs.iter().map(|&(input, output)| cost(&usage(Some(input), None, Some(output)), Some(&priced))).collect();
            let (input, output) = runs.iter().fold((0, 0), |(i, o), &(input, output)| (i + input, o + output));
            let Cost::Known(together) = cost(&usage(Some(input), None, Some(output)), Some(&priced)) else { panic!("known") };
            let known = |cost: &Cost| match cost {
                Cost::Known(money) => money.amount,
                _ => panic!("known"),
            };
            prop_assert_eq!(costs.iter().map(known).sum::<Decimal>(), together.amount);
        }
    }
}
