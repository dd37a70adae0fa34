//! Worked examples of costs, each with the source of its facts, against the program's arithmetic.

use std::collections::BTreeMap;

use abreast::chat::{Cost, Usage};
use abreast::pricing::{self, Circumstances, Dimension, Price};
use rust_decimal::Decimal;
use serde::Deserialize;

#[derive(Deserialize)]
struct Book {
    prices: BTreeMap<String, WrittenPrice>,
    examples: Vec<Example>,
}

#[derive(Deserialize)]
struct WrittenPrice {
    source: String,
    seen: String,
    row: String,
}

#[derive(Deserialize)]
struct Example {
    name: String,
    price: String,
    usage: String,
    tier: Option<String>,
    at: Option<String>,
    #[serde(default)]
    reported: bool,
    amount: String,
}

fn book() -> Book {
    toml::from_str(include_str!("../fixtures/money.toml")).unwrap()
}

fn price(written: &WrittenPrice) -> Price {
    let rows = pricing::rows(&format!("[[models]]\nmodel = \"m\"\n{}", written.row)).unwrap();
    rows.into_iter().next().unwrap().price.unwrap()
}

#[test]
fn every_worked_example_comes_out_to_the_last_digit() {
    let book = book();
    assert!(book.examples.len() >= 40, "{}", book.examples.len());
    let mut wrong = Vec::new();
    for example in &book.examples {
        let price = price(&book.prices[&example.price]);
        let usage = Usage::from_json(&serde_json::from_str(&example.usage).unwrap()).unwrap();
        let at = example.at.as_ref().map(|at| at.parse().unwrap());
        let circumstances = Circumstances { tier: example.tier.as_deref(), at };
        let cost = pricing::cost(&usage, Some(&price), &circumstances);
        let amount = cost.exact().map(|money| money.amount);
        if amount != Some(example.amount.parse::<Decimal>().unwrap()) || cost.is_reported() != example.reported {
            wrong.push(format!("{}: {cost:?} and not {}", example.name, example.amount));
        }
        if let (Cost::Known(total), Ok(bill)) = (&cost, pricing::bill(&usage, &price, &circumstances)) {
            let tokens = bill.lines.iter().filter(|line| line.what != Dimension::Request).map(|line| line.tokens);
            assert_eq!(tokens.sum::<u64>(), usage.input.unwrap() + usage.output.unwrap(), "{}", example.name);
            assert_eq!(bill.lines.iter().map(|line| line.amount).sum::<Decimal>(), total.amount, "{}", example.name);
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_price_of_the_examples_says_where_and_when_it_was_seen_and_is_used() {
    let book = book();
    for (name, written) in &book.prices {
        assert!(!written.source.is_empty() && written.seen.len() == 10, "{name}");
        assert!(book.examples.iter().any(|example| example.price == *name), "{name} is used by no example");
    }
}
