//! The bill of a run in the ledger as rows: what was asked when and of whom, and how its tokens come to what it cost.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::super::card::Page;
use crate::chat::{Cost, Money};
use crate::pricing::{self, Bill, BillLine, Circumstances, Dimension, Exchange, Price};
use crate::store::{LedgerRow, LedgerState};
use crate::text::{Line, StyleRole, grouped};

const UNKNOWN: &str = "n/a";

/// The rows of a bill, each at most `width` cells.
#[must_use]
pub fn bill_rows(row: &LedgerRow, title: &str, (zone, exchange): (&TimeZone, &Exchange), width: u16) -> Vec<Line> {
    let mut page = Page::new(width);
    page.title(&row.cost.to_string());
    page.gap();
    about(&mut page, row, title, zone);
    tokens(&mut page, row);
    amounts(&mut page, row, exchange);
    if let Some(usage) = &row.usage {
        page.heading("Usage as the server told it");
        page.json(&serde_json::Value::Object(usage.clone()).to_string());
    }
    page.into_rows()
}

fn about(page: &mut Page, row: &LedgerRow, title: &str, zone: &TimeZone) {
    let at = Timestamp::from_millisecond(row.at).map(|at| at.to_zoned(zone.clone()));
    let at = at.map_or_else(|_| UNKNOWN.to_owned(), |at| at.strftime("%Y-%m-%d %H:%M:%S %Z").to_string());
    page.field("sent", &at, StyleRole::Text);
    page.field("provider", &row.provider, StyleRole::Text);
    page.field("model", &row.model, StyleRole::Text);
    page.field("answered by", row.served_by.as_deref().unwrap_or(UNKNOWN), StyleRole::Text);
    page.field("service tier", row.tier.as_deref().unwrap_or("the usual one"), StyleRole::Text);
    page.field("state", row.state.map_or(UNKNOWN, LedgerState::name), StyleRole::Text);
    let session = match (row.session.as_str(), title) {
        ("", _) => "none: abreast ask".to_owned(),
        (id, "") => id.to_owned(),
        (id, title) => format!("{title} ({id})"),
    };
    page.field("session", &session, StyleRole::Text);
    let lane = row.lane.map_or_else(|| UNKNOWN.to_owned(), String::from);
    page.field("lane, run", &format!("{lane}, {}", row.run), StyleRole::Text);
    if let Some(preset) = &row.preset {
        page.field("preset", preset, StyleRole::Text);
    }
}

fn tokens(page: &mut Page, row: &LedgerRow) {
    page.heading("Tokens");
    let count = |count: Option<u64>| count.map_or_else(|| UNKNOWN.to_owned(), grouped);
    page.field("input", &count(row.tokens.input), StyleRole::Text);
    page.field("cached", &count(row.tokens.cached), StyleRole::Text);
    page.field("output", &count(row.tokens.output), StyleRole::Text);
    page.field("reasoning", &count(row.tokens.reasoning), StyleRole::Text);
}

fn amounts(page: &mut Page, row: &LedgerRow, exchange: &Exchange) {
    page.heading("Bill");
    let price = row.price.as_ref().and_then(|price| Price::of_canonical(&price.text));
    match (&row.cost, bill(row, price.as_ref())) {
        (Cost::Unknown, _) => page.paragraph("Nobody knows what this run cost: it has no price, or told no tokens."),
        (Cost::Reported(_), _) => page.note("The server itself told this cost."),
        (_, Some((bill, price))) => {
            for line in &bill.lines {
                page.field(line.what.title(), &worked(line, price), StyleRole::Cost);
            }
            if !bill.because.is_empty() {
                page.field("because", &bill.because, StyleRole::Dim);
            }
        }
        (Cost::Estimated(_), None) => page.note("An estimate: the server did not tell what it counted."),
        (Cost::Known(_), None) => page.note("It was entered before the ledger kept the prices that it used."),
    }
    page.field("cost", &row.cost.to_string(), StyleRole::Cost);
    page.field("known as", row.known(), StyleRole::Text);
    if let Some(said) = row.cost.money().and_then(|money| worth(money, exchange)) {
        page.field("worth", &said, StyleRole::Cost);
    }
    if row.notional {
        page.note("Notional: nobody is charged this.");
    }
    if let Some(price) = &row.price {
        page.field("price row", &price.id, StyleRole::Dim);
        page.field("source", &price.source, StyleRole::Dim);
    }
}

/// The bill at the row's own price, where it comes to what the row says.
fn bill<'a>(row: &LedgerRow, price: Option<&'a Price>) -> Option<(Bill, &'a Price)> {
    let price = price?;
    let circumstances = Circumstances { tier: row.tier.as_deref(), at: Timestamp::from_millisecond(row.at).ok() };
    let bill = pricing::bill(&row.usage()?, price, &circumstances).ok()?;
    (row.cost.money() == Some(&bill.total)).then_some((bill, price))
}

/// `812 × ¥1.80 / 1,000,000 = ¥0.0014616`.
fn worked(line: &BillLine, price: &Price) -> String {
    let amount = Money { amount: line.amount, currency: price.currency.clone() };
    let rate = price.figure(line.rate);
    match line.what {
        Dimension::Request => format!("{} × {rate} = {amount}", line.tokens),
        _ => format!("{} × {rate} / 1,000,000 = {amount}", grouped(line.tokens)),
    }
}

/// An amount in the currency that is shown beside others, with the day of its rate; `None` where none leads there.
#[must_use]
pub fn worth(money: &Money, exchange: &Exchange) -> Option<String> {
    let converted = exchange.convert(money).filter(|converted| !converted.dates.is_empty())?;
    Some(format!("{} at the rate of {}", converted.money, converted.dates.join(", ")))
}
