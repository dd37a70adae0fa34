//! models.dev's `api.json`: providers with their models and the US dollars of 1,000,000 tokens.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::Reading;
use super::entry::{self, Place, Skip, rates, text, tokens};
use crate::pricing::card::Row;
use crate::pricing::rates::Dimension;

const NAMES: &[(&str, Dimension)] = &[
    ("input", Dimension::Input),
    ("output", Dimension::Output),
    ("reasoning", Dimension::Reasoning),
    ("cache_read", Dimension::CachedInput),
    ("cache_write", Dimension::CacheWrite),
    ("input_audio", Dimension::AudioInput),
    ("output_audio", Dimension::AudioOutput),
];

/// The bound of the older way to say that longer prompts cost more.
const OLDER_BOUND: u64 = 200_000;

pub(super) fn read(providers: &Map<String, Value>, list: &mut Reading<'_>) {
    for (id, provider) in providers {
        let Some(provider) = provider.as_object() else {
            list.skip(Skip::NoObject);
            continue;
        };
        let place = Place::of(id, text(provider, "api"));
        for (model, value) in provider.get("models").and_then(Value::as_object).into_iter().flatten() {
            list.take(read_model(&place, model, value).map(|row| vec![row]));
        }
    }
}

fn read_model(place: &Place, model: &str, value: &Value) -> Result<Row, Skip> {
    let fields = value.as_object().ok_or(Skip::NoObject)?;
    let cost = match fields.get("cost") {
        None | Some(Value::Null) => return Err(Skip::NoPrice),
        Some(cost) => cost.as_object().ok_or(Skip::Number)?,
    };
    let usual = rates(cost, NAMES, Decimal::ONE)?;
    let mut longer = BTreeMap::new();
    for tier in cost.get("tiers").and_then(Value::as_array).into_iter().flatten() {
        let tier = tier.as_object().ok_or(Skip::Number)?;
        let bound = tier.get("tier").ok_or(Skip::Number)?;
        if bound.get("type").and_then(Value::as_str) != Some("context") {
            return Err(Skip::Number);
        }
        longer.insert(tokens(bound.get("size")).ok_or(Skip::Number)?, rates(tier, NAMES, Decimal::ONE)?);
    }
    if let (Some(older), true) = (cost.get("context_over_200k").and_then(Value::as_object), longer.is_empty()) {
        longer.insert(OLDER_BOUND, rates(older, NAMES, Decimal::ONE)?);
    }
    let price = entry::price(usual, entry::by_bound(longer))?;
    let limit = |name: &str| tokens(fields.get("limit").and_then(|limits| limits.get(name)));
    let facts = entry::limits(text(fields, "name"), limit("context"), limit("output"));
    Ok(Row { facts, ..place.row(model, price) })
}
