//! What usage comes to.

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::Price;
use crate::chat::{Cost, Currency, Money, Usage};

/// One millionth: prices are per 1,000,000 tokens, and a product is exact where a quotient may not be.
const MILLIONTH: Decimal = Decimal::from_parts(1, 0, 0, false, 6);

/// What a run cost. What the server says it cost comes first (OpenRouter: `usage.cost`, in US dollars); else it is
/// (input x input price + output x output price) / 1,000,000, where cached input has its own price if there is one.
/// Without a price, or without the counts of both sides, it is unknown.
#[must_use]
pub fn cost(usage: &Usage, price: Option<&Price>) -> Cost {
    if let Some(money) = reported(&usage.raw) {
        return Cost::Known(money);
    }
    let (Some(price), Some(input), Some(output)) = (price, usage.input, usage.output) else { return Cost::Unknown };
    amount(price, input, usage.cached.unwrap_or(0), output).map_or(Cost::Unknown, Cost::Known)
}

/// `None` when the numbers are too large to be money.
fn amount(price: &Price, input: u64, cached: u64, output: u64) -> Option<Money> {
    // The cached tokens are part of the input, so more of them than that is the server's slip.
    let cached = cached.min(input);
    let of = |tokens: u64, rate: Decimal| Decimal::from(tokens).checked_mul(rate);
    let sum = of(input - cached, price.input)?
        .checked_add(of(cached, price.cached.unwrap_or(price.input))?)?
        .checked_add(of(output, price.output)?)?;
    Some(Money { amount: sum.checked_mul(MILLIONTH)?, currency: price.currency.clone() })
}

/// The cost that the server itself reports. With a key of one's own at the upstream (`is_byok`), what that one charges
/// comes on top of the gateway's fee.
fn reported(usage: &Map<String, Value>) -> Option<Money> {
    let fee = decimal(usage.get("cost")?)?;
    let own_key = usage.get("is_byok").and_then(Value::as_bool).unwrap_or(false);
    let upstream = usage.get("cost_details").and_then(|details| details.get("upstream_inference_cost"));
    let upstream = upstream.and_then(decimal).filter(|_| own_key).unwrap_or_default();
    Some(Money { amount: fee.checked_add(upstream)?, currency: Currency::new("USD")? })
}

/// A number, or a string that is one, exactly; not one below zero.
fn decimal(value: &Value) -> Option<Decimal> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    let number = text.parse().or_else(|_| Decimal::from_scientific(&text)).ok()?;
    (number >= Decimal::ZERO).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn price(cached: Option<&str>) -> Price {
        let text = format!(
            "[[models]]\nmodel = \"m\"\ncurrency = \"CNY\"\ninput = \"1.80\"\noutput = \"15.00\"\n{}",
            cached.map(|rate| format!("cached = \"{rate}\"\n")).unwrap_or_default()
        );
        let catalogue = super::super::Catalogue::parse(&text).unwrap();
        catalogue.price("p", super::super::Reach::Remote("x.io"), "m").unwrap().clone()
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
        let huge = Price { input: Decimal::MAX, ..price(None) };
        assert_eq!(cost(&usage(Some(u64::MAX), None, Some(0)), Some(&huge)), Cost::Unknown);
    }

    #[test]
    fn what_the_server_says_it_cost_comes_first_and_is_exact() {
        let with = |raw: Value| {
            let Value::Object(raw) = raw else { panic!("an object") };
            cost(&Usage { raw, ..usage(Some(10), None, Some(10)) }, Some(&price(None)))
        };
        assert_eq!(with(json!({"cost": 0.00014})), Cost::Known(money("0.00014", "USD")));
        assert_eq!(with(json!({"cost": 1.4e-7})), Cost::Known(money("0.00000014", "USD")));
        assert_eq!(with(json!({"cost": "0.002"})), Cost::Known(money("0.002", "USD")));
        let own_key = json!({"cost": 0.001, "is_byok": true, "cost_details": {"upstream_inference_cost": 0.02}});
        assert_eq!(with(own_key), Cost::Known(money("0.021", "USD")));
        let other = json!({"cost": 0.02, "is_byok": false, "cost_details": {"upstream_inference_cost": 0.019}});
        assert_eq!(with(other), Cost::Known(money("0.02", "USD")));
        for unusable in [json!({"cost": null}), json!({"cost": -1}), json!({"cost": "free"})] {
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
