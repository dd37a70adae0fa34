//! `abreast models show`: the card of one model, as text or as JSON. Asks no server.

use std::io::IsTerminal;

use clap::Args;
use serde_json::{Map, Value, json};

use super::options::EndpointOptions;
use super::print::{print_json, print_line};
use super::setup::Setup;
use super::{Ended, Problem};
use crate::chat::Dialect;
use crate::config::{Environment, SANDBOX};
use crate::pricing::{Card, Catalogue, Dimension, Facts, Feature, Kind, Origin, Price, Reach};
use crate::state::card::{FORMULA, TERMS, card_rows, example, fields, request};
use crate::text::{clean_line, nearest, rank};

/// The widest that a card is made: longer rows are hard to read.
const WIDEST: u16 = 100;
/// The narrowest, however small the terminal says it is.
const NARROWEST: u16 = 20;
/// Names that are offered for one that is unknown.
const MOST_NAMES: usize = 4;

#[derive(Debug, Args)]
pub(super) struct ShowOptions {
    /// The model's exact name
    #[arg(value_name = "ID")]
    id: String,
    /// Show it as this provider serves and charges it; without it, as it is listed
    #[arg(long, value_name = "NAME")]
    provider: Option<String>,
    /// Print the card as one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: ShowOptions, environment: &Environment) -> Result<Ended, Problem> {
    let ShowOptions { id, provider, json } = options;
    let setup = Setup::of(&EndpointOptions { provider: provider.clone(), ..EndpointOptions::default() }, environment)?;
    let catalogue = setup.catalogue();
    let card = match &provider {
        Some(provider) => catalogue.card(provider, Reach::of(address(&setup, provider)), &id),
        None => catalogue.listed(&id),
    };
    let card = card.ok_or_else(|| unknown(&id, provider.as_deref(), catalogue))?;
    let dialect = dialect(&setup, provider.as_deref());
    if json {
        print_json(&object(&card, &dialect))?;
    } else {
        for row in card_rows(&card, &dialect, columns()) {
            print_line(row.plain().trim_end())?;
        }
    }
    Ok(Ended::Well)
}

/// The sandbox is on this machine, though its address is known only when it runs.
fn address<'a>(setup: &'a Setup, provider: &str) -> &'a str {
    if provider == SANDBOX { "http://127.0.0.1/v1" } else { setup.base_url(provider) }
}

fn dialect(setup: &Setup, provider: Option<&str>) -> Dialect {
    let configured = setup.providers.iter().find(|configured| Some(configured.name.as_str()) == provider);
    configured.map(|provider| provider.dialect.clone()).unwrap_or_default()
}

/// The terminal's width; of a pipe, the widest.
fn columns() -> u16 {
    let size = std::io::stdout().is_terminal().then(crossterm::terminal::size).and_then(Result::ok);
    size.map_or(WIDEST, |(columns, _)| columns.clamp(NARROWEST, WIDEST))
}

fn unknown(id: &str, provider: Option<&str>, catalogue: &Catalogue) -> Problem {
    let asked = clean_line(id);
    let place = provider.map(|name| format!(" at {}", clean_line(name))).unwrap_or_default();
    let near = near(id, catalogue);
    let step = if near.is_empty() {
        "abreast models lists what a provider serves.".to_owned()
    } else {
        format!("There are: {}.", near.join(", "))
    };
    Problem::failure(format!("Nothing is known of the model `{asked}`{place}. {step}"))
}

/// Known names that someone may have meant: the closest first, then those that hold what was typed.
fn near(id: &str, catalogue: &Catalogue) -> Vec<String> {
    let names = catalogue.names();
    let owned: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut near: Vec<String> = nearest(id, names).map(ToOwned::to_owned).into_iter().collect();
    for place in rank(id, &owned) {
        if !near.contains(&owned[place]) {
            near.push(owned[place].clone());
        }
    }
    near.truncate(MOST_NAMES);
    near
}

/// The card as an object; what is unknown is `null`.
fn object(card: &Card<'_>, dialect: &Dialect) -> Value {
    let unknown = Facts::default();
    let facts = card.facts.unwrap_or(&unknown);
    let features = Feature::ALL.map(|feature| {
        let body = request(feature, card.model, dialect);
        (feature.name().to_owned(), json!({"supported": facts.has(feature), "request": body}))
    });
    let parameters = fields().into_iter().map(|field| {
        json!({
            "name": field.name,
            "type": field.kind,
            "required": field.required,
            "description": field.description,
        })
    });
    json!({
        "id": card.model,
        "provider": card.provider,
        "name": facts.name,
        "vendor": facts.vendor,
        "description": facts.description,
        "kind": kind(facts.kind.as_ref()),
        "badges": facts.badges(),
        "source": sourced(&facts.source, &facts.checked),
        "price": card.price.map(|price| priced(price, card.host, card.origin)),
        "limits": {"context": facts.context, "max_output": facts.max_output},
        "features": Map::from_iter(features),
        "parameters": parameters.collect::<Vec<_>>(),
        "billing": billing(card.price),
    })
}

fn kind(kind: Option<&Kind>) -> Value {
    match kind {
        Some(Kind::Snapshot) => json!({"is": "snapshot"}),
        Some(Kind::Alias { points_to }) => json!({"is": "alias", "points_to": points_to}),
        None => Value::Null,
    }
}

fn sourced(source: &str, day: &str) -> Value {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    json!({"from": given(source), "day": given(day)})
}

/// Amounts are strings: a JSON number is a float to most who read it.
fn priced(price: &Price, host: Option<&str>, origin: Option<Origin>) -> Value {
    json!({
        "currency": price.currency.code(),
        "per_tokens": 1_000_000,
        "input": exact(price, Dimension::Input),
        "cached_input": exact(price, Dimension::CachedInput),
        "output": exact(price, Dimension::Output),
        "row": serde_json::from_str::<Value>(&price.canonical()).unwrap_or_default(),
        "id": price.id().to_string(),
        "origin": origin.map(Origin::name),
        "notional": price.notional,
        "charged_by": host,
        "source": sourced(&price.source, &price.checked),
    })
}

/// A usual rate with two decimals at least.
fn exact(price: &Price, dimension: Dimension) -> Option<String> {
    let mut rate = price.rates.written(dimension)?;
    rate.rescale(rate.scale().max(2));
    Some(rate.to_string())
}

fn billing(price: Option<&Price>) -> Value {
    let example = price.and_then(example).map(|example| {
        let usage = &example.usage;
        let tokens = json!({"input": usage.input, "cached": usage.cached, "output": usage.output});
        json!({"tokens": tokens, "working": example.working, "cost": example.cost.to_string()})
    });
    json!({"formula": FORMULA, "terms": TERMS, "example": example})
}
