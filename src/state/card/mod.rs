//! The model card as rows: one text for the overlay and for the shell.
//!
//! Owns what a card says and in which order. What is known of a model comes from the catalogue; who draws or prints the
//! rows is not its matter.

mod billing;
mod feature;
mod own;
mod page;
mod reference;
mod served;

pub use billing::{Example, FORMULA, TERMS, example};
pub use feature::request;
pub use own::own_price;
pub use reference::{BodyField, fields};
pub use served::sandbox_rows;

use crate::chat::Dialect;
use crate::pricing::{Card, Dimension, Facts, Feature, Kind, Price};
use crate::text::{Line, StyleRole, clean_line, grouped};

pub(super) use page::Page;

/// What stands where nothing is known.
const UNKNOWN: &str = "n/a";

/// The rows of a model's card, each at most `width` cells.
#[must_use]
pub fn card_rows(card: &Card<'_>, dialect: &Dialect, width: u16) -> Vec<Line> {
    let unknown = Facts::default();
    let facts = card.facts.unwrap_or(&unknown);
    let mut page = Page::new(width);
    head(&mut page, card, facts);
    prices(&mut page, card);
    billing(&mut page, card.price);
    limits(&mut page, facts);
    features(&mut page, card, facts, dialect);
    parameters(&mut page);
    page.into_rows()
}

fn head(page: &mut Page, card: &Card<'_>, facts: &Facts) {
    page.title(facts.name.as_deref().unwrap_or(card.model));
    let badges = facts.badges();
    if !badges.is_empty() {
        page.badges(&badges);
    }
    page.gap();
    page.field("id", card.model, StyleRole::Text);
    page.field("vendor", known(facts.vendor.as_deref()), StyleRole::Text);
    if let Some(provider) = card.provider {
        page.field("provider", provider, StyleRole::Text);
    }
    page.field("kind", &kind(facts.kind.as_ref()), StyleRole::Text);
    page.field("description", known(facts.description.as_deref()), StyleRole::Text);
}

fn known(text: Option<&str>) -> &str {
    text.unwrap_or(UNKNOWN)
}

/// What a name stands for, in words.
#[must_use]
pub fn kind(kind: Option<&Kind>) -> String {
    match kind {
        Some(Kind::Snapshot) => "pinned snapshot: it does not change".to_owned(),
        Some(Kind::Alias { points_to: Some(model) }) => {
            format!("alias, now for {model}: it moves on to newer versions")
        }
        Some(Kind::Alias { points_to: None }) => "alias: it moves on to newer versions".to_owned(),
        None => UNKNOWN.to_owned(),
    }
}

fn sourced(source: &str, day: &str) -> String {
    match (source, day) {
        ("", _) => UNKNOWN.to_owned(),
        (source, "") => source.to_owned(),
        (source, day) => format!("{source} ({day})"),
    }
}

fn prices(page: &mut Page, card: &Card<'_>) {
    page.heading("Prices per 1,000,000 tokens");
    let Some(price) = card.price else {
        page.field("input", UNKNOWN, StyleRole::Cost);
        page.field("output", UNKNOWN, StyleRole::Cost);
        page.note("Nothing is known of what it costs here. A [[prices]] table in config.toml says it.");
        return;
    };
    rates(page, price);
    page.field("currency", price.currency.code(), StyleRole::Text);
    if let Some(host) = card.host {
        page.field("charged by", host, StyleRole::Text);
    }
    for (name, moment) in [("valid from", price.valid_from), ("valid to", price.valid_to)] {
        if let Some(moment) = moment {
            page.field(name, &moment.to_string(), StyleRole::Text);
        }
    }
    page.field("source", &sourced(&price.source, &price.checked), StyleRole::Dim);
    if let Some(origin) = card.origin {
        page.field("row", &format!("{}, {}", price.id().short(), origin.title()), StyleRole::Dim);
    }
    if price.notional {
        page.note("Notional: nobody is charged this.");
    }
}

/// The usual rates, then the others with when they hold.
fn rates(page: &mut Page, price: &Price) {
    let usual = [Dimension::Input, Dimension::CachedInput, Dimension::Output];
    for dimension in Dimension::ALL {
        match price.rates.written(dimension) {
            Some(rate) => page.field(dimension.title(), &price.figure(rate), StyleRole::Cost),
            None if usual.contains(&dimension) => page.field(dimension.title(), "as input", StyleRole::Cost),
            None => {}
        }
    }
    for variant in &price.variants {
        let figures =
            variant.rates.all().map(|(dimension, rate)| format!("{} {}", dimension.title(), price.figure(rate)));
        let figures = figures.collect::<Vec<_>>().join(", ");
        page.field("when", &format!("{}: {figures}", variant.condition()), StyleRole::Cost);
    }
    if price.marginal {
        page.note("A bound counts for the tokens beyond it alone.");
    }
    if price.every_tier {
        page.note("The same in every service tier.");
    }
}

fn limits(page: &mut Page, facts: &Facts) {
    let tokens =
        |count: Option<u64>| count.map_or_else(|| UNKNOWN.to_owned(), |count| format!("{} tokens", grouped(count)));
    page.heading("Limits");
    page.field("context", &tokens(facts.context), StyleRole::Text);
    page.field("max output", &tokens(facts.max_output), StyleRole::Text);
    page.field("source", &sourced(&facts.source, &facts.checked), StyleRole::Dim);
}

fn features(page: &mut Page, card: &Card<'_>, facts: &Facts, dialect: &Dialect) {
    page.heading("Features, each with a request that uses it");
    for (place, feature) in Feature::ALL.into_iter().enumerate() {
        if place > 0 {
            page.gap();
        }
        let (word, role) = match facts.has(feature) {
            Some(true) => ("yes", StyleRole::Good),
            Some(false) => ("no", StyleRole::Dim),
            None => (UNKNOWN, StyleRole::Unset),
        };
        page.wide_field(feature.title(), word, role);
        if facts.has(feature) != Some(false) {
            page.json(&request(feature, card.model, dialect).to_string());
        }
    }
}

fn parameters(page: &mut Page) {
    page.heading("Parameters of a request");
    for field in fields() {
        let required = if field.required { "required" } else { "optional" };
        page.entry(field.name, &format!("{}, {required}", field.kind), field.description);
    }
}

fn billing(page: &mut Page, price: Option<&Price>) {
    page.heading("Billing");
    page.paragraph(FORMULA);
    page.note(TERMS);
    let Some(price) = price else {
        page.note("Without prices there is nothing to compute: n/a.");
        return;
    };
    if let Some(example) = example(price) {
        page.gap();
        page.paragraph(&example.question);
        page.paragraph(&example.working);
    }
}

/// A word of the server's or the user's, safe and on one line.
fn safe(text: &str) -> String {
    clean_line(text).into_owned()
}

#[cfg(test)]
mod tests;
