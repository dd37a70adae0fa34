use proptest::prelude::*;

use super::*;
use crate::chat::UsageParts;
use crate::pricing::tests::price;

fn usage(input: u64, output: u64) -> Usage {
    Usage { input: Some(input), output: Some(output), ..Usage::default() }
}

fn total(usage: &Usage, price: &Price) -> String {
    bill(usage, price, &Circumstances::default()).unwrap().total.amount.to_string()
}

const FULL: &str = "currency = \"USD\"\ninput = \"3\"\noutput = \"15\"\ncached = \"0.30\"\ncache_write = \"3.75\"\n\
                    cache_write_1h = \"6\"\naudio_input = \"40\"\nimage_input = \"5\"\nreasoning = \"12\"\n\
                    audio_output = \"80\"\nimage_output = \"30\"\nrequest = \"0.005\"\n";

#[test]
fn a_bill_says_every_line_and_its_lines_are_the_total() {
    let parts = UsageParts {
        written: 300,
        written_for_an_hour: 100,
        audio_input: 50,
        image_input: 20,
        audio_output: 7,
        image_output: 3,
    };
    let usage = Usage { cached: Some(400), reasoning: Some(60), parts, ..usage(1000, 100) };
    let bill = bill(&usage, &price(FULL), &Circumstances::default()).unwrap();
    let lines: Vec<(&str, u64, String)> =
        bill.lines.iter().map(|line| (line.what.name(), line.tokens, line.amount.to_string())).collect();
    let expected = [
        ("input", 230, "0.00069"),
        ("cached", 400, "0.00012"),
        ("cache_write", 200, "0.00075"),
        ("cache_write_1h", 100, "0.0006"),
        ("audio_input", 50, "0.002"),
        ("image_input", 20, "0.0001"),
        ("output", 30, "0.00045"),
        ("reasoning", 60, "0.00072"),
        ("audio_output", 7, "0.00056"),
        ("image_output", 3, "0.00009"),
        ("request", 1, "0.005"),
    ];
    assert_eq!(lines, expected.map(|(what, tokens, amount)| (what, tokens, amount.to_owned())));
    assert_eq!((bill.total.to_string().as_str(), bill.because.as_str()), ("$0.01108", ""));
}

#[test]
fn a_kind_without_a_price_of_its_own_is_no_line_of_its_own() {
    let plain = price("currency = \"USD\"\ninput = \"3\"\noutput = \"15\"");
    let usage = Usage { cached: Some(400), reasoning: Some(60), ..usage(1000, 100) };
    let bill = bill(&usage, &plain, &Circumstances::default()).unwrap();
    let lines: Vec<(&str, u64)> = bill.lines.iter().map(|line| (line.what.name(), line.tokens)).collect();
    assert_eq!(lines, [("input", 1000), ("output", 100)]);
}

const LONGER: &str = "currency = \"USD\"\ninput = \"1\"\noutput = \"10\"\ncached = \"0.1\"\n\
                      when = [{ above = 100, input = \"2\", output = \"20\" }, { above = 200, input = \"4\" }]\n";

#[test]
fn above_a_bound_the_whole_request_costs_more_and_what_is_not_said_is_as_before() {
    let price = price(LONGER);
    // 100 x 1 + 1 x 10; 101 x 2 + 1 x 20; (201 - 50) x 4 + 50 x 0.1 + 1 x 20, each by a million.
    assert_eq!(total(&usage(100, 1), &price), "0.00011");
    assert_eq!(total(&usage(101, 1), &price), "0.000222");
    let cached = Usage { cached: Some(50), ..usage(201, 1) };
    let bill = bill(&cached, &price, &Circumstances::default()).unwrap();
    assert_eq!(bill.total.amount.to_string(), "0.000629");
    assert_eq!(bill.because, "above 100 input tokens; above 200 input tokens");
}

#[test]
fn a_marginal_bound_changes_the_price_of_what_lies_beyond_it() {
    let price = price(&format!("marginal = true\n{LONGER}"));
    // 50 x 0.1 + 50 x 1 + 100 x 2 + 50 x 4 in; 100 x 10 + 20 x 20 out.
    let usage = Usage { cached: Some(50), ..usage(250, 120) };
    assert_eq!(total(&usage, &price), "0.001855");
}

const TIERS: &str = "currency = \"USD\"\ninput = \"2\"\noutput = \"4\"\n\
                     when = [{ tier = \"Priority\", input = \"3\", output = \"8\" }, { tier = \"flex\", input = \"1\" }]\n";

#[test]
fn the_tier_that_was_served_decides_and_one_that_the_row_does_not_know_is_unknown() {
    let price = price(TIERS);
    let of = |tier: &str| {
        let circumstances = Circumstances { tier: Some(tier), at: None };
        bill(&usage(1_000_000, 1_000_000), &price, &circumstances).map(|bill| bill.total.amount.to_string())
    };
    for (tier, amount) in
        [("default", "6"), ("auto", "6"), ("on_demand", "6"), ("PRIORITY", "11"), ("fast", "11"), ("flex", "5")]
    {
        assert_eq!(of(tier), Ok(amount.to_owned()), "{tier}");
    }
    assert_eq!(of("scale"), Err(Unbillable::TierUnpriced("scale".into())));
    let every = Price { every_tier: true, ..price.clone() };
    let circumstances = Circumstances { tier: Some("scale"), at: None };
    assert_eq!(bill(&usage(1_000_000, 0), &every, &circumstances).unwrap().total.amount.to_string(), "2");
}

#[test]
fn an_hour_needs_a_time_and_counts_after_a_length() {
    let price = price(
        "currency = \"USD\"\ninput = \"2\"\noutput = \"4\"\n\
         when = [{ hours = [\"22:00-08:00\"], zone = \"+08:00\", input = \"1\", output = \"2\" }, { above = 10, input = \"8\" }]",
    );
    let at = |at: Option<&str>| {
        let circumstances = Circumstances { tier: None, at: at.map(|at| at.parse().unwrap()) };
        bill(&usage(1_000_000, 1_000_000), &price, &circumstances).map(|bill| bill.total.amount.to_string())
    };
    assert_eq!(at(Some("2026-11-23T14:00:00Z")), Ok("3".into()));
    assert_eq!(at(Some("2026-11-23T13:59:59Z")), Ok("12".into()));
    assert_eq!(at(None), Err(Unbillable::TimeUnknown));
}

#[test]
fn zero_is_zero_only_where_it_is_written() {
    let free = price("currency = \"USD\"\ninput = \"0\"\noutput = \"0\"");
    let unknown = Usage { input: None, ..usage(0, 5) };
    assert_eq!(total(&unknown, &free), "0");
    let priced = price("currency = \"USD\"\ninput = \"0\"\noutput = \"1\"");
    assert_eq!(bill(&unknown, &priced, &Circumstances::default()), Err(Unbillable::NoCounts));
}

#[test]
fn an_absurd_count_is_no_amount() {
    let dear = price("currency = \"USD\"\ninput = \"1000000000\"\noutput = \"1\"");
    for count in [u64::MAX, 10_000_000_000] {
        assert_eq!(bill(&usage(count, 0), &dear, &Circumstances::default()), Err(Unbillable::NoAmount), "{count}");
    }
}

/// Usage as servers send it, with parts that may contradict each other.
fn any_usage() -> impl Strategy<Value = Usage> {
    let count = || 0_u64..2_000_000;
    let parts = (count(), count(), count(), count(), count(), count());
    (count(), count(), prop::option::of(count()), prop::option::of(count()), parts).prop_map(
        |(input, output, cached, reasoning, parts)| Usage {
            input: Some(input),
            output: Some(output),
            cached,
            reasoning,
            parts: UsageParts {
                written: parts.0,
                written_for_an_hour: parts.1,
                audio_input: parts.2,
                image_input: parts.3,
                audio_output: parts.4,
                image_output: parts.5,
            },
            ..Usage::default()
        },
    )
}

fn any_price() -> impl Strategy<Value = Price> {
    let rate = || (0_u32..100_000).prop_map(|rate| Decimal::new(i64::from(rate), 3));
    let rates = prop::collection::vec(prop::option::of(rate()), Dimension::ALL.len());
    let above = prop::collection::vec((0_u64..1_500_000, rate(), rate()), 0..3);
    (rates, rate(), rate(), above, any::<bool>()).prop_map(|(rates, input, output, above, marginal)| {
        let mut price = price("currency = \"USD\"\ninput = \"0\"\noutput = \"0\"");
        for (dimension, rate) in Dimension::ALL.into_iter().zip(rates) {
            if let Some(rate) = rate {
                price.rates.set(dimension, rate);
            }
        }
        price.rates.set(Dimension::Input, input);
        price.rates.set(Dimension::Output, output);
        let variant = |(above, input, output)| super::super::price::Variant {
            above: Some(above),
            rates: [(Dimension::Input, input), (Dimension::Output, output)].into_iter().collect(),
            ..super::super::price::Variant::default()
        };
        price.variants = above.into_iter().map(variant).collect();
        Price { marginal, ..price }
    })
}

proptest! {
    #[test]
    fn no_token_counts_twice_and_none_is_lost(usage in any_usage(), price in any_price()) {
        let bill = bill(&usage, &price, &Circumstances::default()).unwrap();
        let tokens = |input: bool| -> u64 {
            let is_input = |what: Dimension| what < Dimension::Output;
            let side = bill.lines.iter().filter(|line| line.what != Dimension::Request && is_input(line.what) == input);
            side.map(|line| line.tokens).sum()
        };
        prop_assert_eq!((tokens(true), tokens(false)), (usage.input.unwrap(), usage.output.unwrap()));
        let sum: Decimal = bill.lines.iter().map(|line| line.amount).sum();
        prop_assert_eq!(sum, bill.total.amount);
        prop_assert!(sum >= Decimal::ZERO);
    }

    #[test]
    fn more_plain_tokens_never_cost_less(usage in any_usage(), price in any_price(), more in 0_u64..1000, output: bool) {
        // A vendor's longer context may be cheaper on paper; at the usual rates more is never less.
        let price = Price { variants: Vec::new(), ..price };
        let plain = Usage { cached: None, reasoning: None, parts: UsageParts::default(), ..usage };
        let (input, out) = (plain.input.unwrap(), plain.output.unwrap());
        let larger = if output { self::usage(input, out + more) } else { self::usage(input + more, out) };
        let amount = |usage: &Usage| bill(usage, &price, &Circumstances::default()).unwrap().total.amount;
        prop_assert!(amount(&larger) >= amount(&plain));
    }

    #[test]
    fn what_lies_beyond_a_marginal_bound_adds_to_what_lies_below(input in 1_u64..2_000_000, output in 0_u64..1000, price in any_price()) {
        let price = Price { marginal: true, ..price };
        let amount = |input| bill(&self::usage(input, output), &price, &Circumstances::default()).unwrap().total.amount;
        prop_assert!(amount(input) >= amount(input - 1));
    }

    #[test]
    fn the_tokens_of_runs_cost_together_what_the_runs_cost(runs in prop::collection::vec((0_u64..1_000_000, 0_u64..1_000_000), 1..20), price in any_price()) {
        let fee = price.rates.written(Dimension::Request).unwrap_or_default();
        let price = Price { variants: Vec::new(), ..price };
        let amount = |input, output| bill(&self::usage(input, output), &price, &Circumstances::default()).unwrap().total.amount - fee;
        let apart: Decimal = runs.iter().map(|&(input, output)| amount(input, output)).sum();
        let (input, output) = runs.iter().fold((0, 0), |(i, o), &(input, output)| (i + input, o + output));
        prop_assert_eq!(apart, amount(input, output));
    }
}
