//! genai-prices' `data.json`: providers by patterns of their addresses, models by patterns of their names, and prices that
//! change at a date or at an hour, in US dollars of 1,000,000 tokens.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::Reading;
use super::entry::{self, Place, Skip, rate, text, tokens};
use crate::pricing::card::Row;
use crate::pricing::price::{Price, Variant};
use crate::pricing::rates::{Dimension, Rates};
use crate::pricing::window::{Hours, Window};

const NAMES: &[(&str, Dimension)] = &[
    ("input_mtok", Dimension::Input),
    ("output_mtok", Dimension::Output),
    ("cache_read_mtok", Dimension::CachedInput),
    ("cache_write_mtok", Dimension::CacheWrite),
    ("input_audio_mtok", Dimension::AudioInput),
    ("output_audio_mtok", Dimension::AudioOutput),
];

/// The list prices 1,000 requests.
const THOUSANDTH: Decimal = Decimal::from_parts(1, 0, 0, false, 3);

pub(super) fn read(providers: &[Value], list: &mut Reading<'_>) {
    for provider in providers {
        let Some((provider, id)) = provider.as_object().and_then(|fields| Some((fields, text(fields, "id")?))) else {
            list.skip(Skip::NoObject);
            continue;
        };
        let place = Place::of(id, text(provider, "api_pattern"));
        for model in provider.get("models").and_then(Value::as_array).into_iter().flatten() {
            list.take(read_model(&place, model));
        }
    }
}

fn read_model(place: &Place, value: &Value) -> Result<Vec<Row>, Skip> {
    let fields = value.as_object().ok_or(Skip::NoObject)?;
    let id = text(fields, "id").ok_or(Skip::Name)?;
    let prices = match fields.get("prices").ok_or(Skip::NoPrice)? {
        Value::Array(conditional) => conditioned(conditional)?,
        one => vec![flat(one)?],
    };
    let mut names = Names { exact: vec![id.to_owned()], beginnings: Vec::new() };
    names.collect(fields.get("match"));
    let facts = entry::limits(text(fields, "name"), tokens(fields.get("context_window")), None);
    let mut rows = Vec::new();
    for price in prices {
        let row = Row { aliases: names.exact[1..].to_vec(), facts: facts.clone(), ..place.row(id, price.clone()) };
        rows.push(row);
        rows.extend(names.beginnings.iter().map(|beginning| place.row(&format!("{beginning}*"), price.clone())));
    }
    Ok(rows)
}

/// The names that a model goes by. What else a pattern can say (a part, an end, an expression) would fit too much, so the
/// model goes by its id there.
struct Names {
    exact: Vec<String>,
    beginnings: Vec<String>,
}

impl Names {
    fn collect(&mut self, clause: Option<&Value>) {
        let Some(clause) = clause.and_then(Value::as_object) else { return };
        let add = |names: &mut Vec<String>, name: &str| {
            if !name.is_empty() && !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        };
        if let Some(name) = text(clause, "equals") {
            add(&mut self.exact, name);
        }
        if let Some(beginning) = text(clause, "starts_with") {
            add(&mut self.beginnings, beginning);
        }
        for one in clause.get("or").and_then(Value::as_array).into_iter().flatten() {
            self.collect(Some(one));
        }
    }
}

/// A price without constraints: numbers, or numbers that change for the whole request above a bound.
fn flat(value: &Value) -> Result<Price, Skip> {
    let fields = value.as_object().ok_or(Skip::Number)?;
    let mut usual = Rates::default();
    let mut longer: BTreeMap<u64, Rates> = BTreeMap::new();
    for (name, dimension) in NAMES {
        match fields.get(*name) {
            Some(Value::Object(tiered)) => {
                usual.set(*dimension, rate(tiered.get("base"), Decimal::ONE)?.ok_or(Skip::Number)?);
                for tier in tiered.get("tiers").and_then(Value::as_array).into_iter().flatten() {
                    let start = tokens(tier.get("start")).ok_or(Skip::Number)?;
                    let rate = rate(tier.get("price"), Decimal::ONE)?.ok_or(Skip::Number)?;
                    longer.entry(start).or_default().set(*dimension, rate);
                }
            }
            one => {
                if let Some(rate) = rate(one, Decimal::ONE)? {
                    usual.set(*dimension, rate);
                }
            }
        }
    }
    if let Some(fee) = rate(fields.get("requests_kcount"), THOUSANDTH)? {
        usual.set(Dimension::Request, fee);
    }
    entry::price(usual, entry::by_bound(longer))
}

/// Prices with constraints, of which the last that is active holds: each from its date to the next, or at its hours.
fn conditioned(entries: &[Value]) -> Result<Vec<Price>, Skip> {
    let mut dated: Vec<(Option<Timestamp>, Price)> = Vec::new();
    let mut hourly: Vec<(Window, Price)> = Vec::new();
    for entry in entries {
        let price = flat(entry.get("prices").ok_or(Skip::NoPrice)?)?;
        match entry.get("constraint").and_then(Value::as_object) {
            None => dated.push((None, price)),
            Some(constraint) => match text(constraint, "start_date") {
                Some(day) => dated.push((Some(beginning(day).ok_or(Skip::Number)?), price)),
                None => hourly.push((window(constraint)?, price)),
            },
        }
    }
    match (dated.len(), hourly.len()) {
        (_, 0) => Ok(in_turn(dated)),
        (0 | 1, _) => {
            let usual = dated.pop().map_or_else(|| hourly[0].1.clone(), |(_, price)| price);
            if hourly.iter().any(|(_, price)| !price.variants.is_empty()) {
                return Err(Skip::Mixed);
            }
            let variant = |(window, price): (Window, Price)| Variant {
                window: Some(window),
                rates: price.rates,
                ..Variant::default()
            };
            let mut price = usual;
            price.variants.extend(hourly.into_iter().map(variant));
            Ok(vec![price])
        }
        _ => Err(Skip::Mixed),
    }
}

/// Each price up to where the next begins.
fn in_turn(mut dated: Vec<(Option<Timestamp>, Price)>) -> Vec<Price> {
    dated.sort_by_key(|(from, _)| *from);
    let begins: Vec<Option<Timestamp>> = dated.iter().map(|(from, _)| *from).collect();
    let turn = |(place, (from, price)): (usize, (Option<Timestamp>, Price))| Price {
        valid_from: from,
        valid_to: begins.get(place + 1).copied().flatten(),
        ..price
    };
    dated.into_iter().enumerate().map(turn).collect()
}

fn beginning(day: &str) -> Option<Timestamp> {
    let date: Date = day.parse().ok()?;
    Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

fn window(constraint: &Map<String, Value>) -> Result<Window, Skip> {
    let time = |name| text(constraint, name).map(|time| time.trim_end_matches('Z')).ok_or(Skip::Hours);
    let span = format!("{}-{}", time("start_time")?, time("end_time")?);
    let hours = vec![Hours::parse(&span).ok_or(Skip::Hours)?];
    Ok(Window { hours, days: Vec::new(), except: Vec::new(), zone: "UTC".to_owned() })
}
