//! LiteLLM's `model_prices_and_context_window.json`: models with the US dollars of single tokens.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::entry::{self, MILLION, Place, Skip, rate, text, tokens};
use super::{Reading, entry::rates};
use crate::pricing::card::Row;
use crate::pricing::price::Variant;
use crate::pricing::rates::{Dimension, Rates};
use crate::pricing::window::{Hours, Window, weekday};

/// The names of prices of tokens.
const NAMES: &[(&str, Dimension)] = &[
    ("input_cost_per_token", Dimension::Input),
    ("output_cost_per_token", Dimension::Output),
    ("input_cost_per_token_cache_hit", Dimension::CachedInput),
    ("cache_read_input_token_cost", Dimension::CachedInput),
    ("cache_creation_input_token_cost", Dimension::CacheWrite),
    ("cache_creation_input_token_cost_above_1hr", Dimension::CacheWriteHour),
    ("output_cost_per_reasoning_token", Dimension::Reasoning),
    ("input_cost_per_audio_token", Dimension::AudioInput),
    ("output_cost_per_audio_token", Dimension::AudioOutput),
    ("input_cost_per_image_token", Dimension::ImageInput),
    ("output_cost_per_image_token", Dimension::ImageOutput),
];

/// Ends of names that stand for a tier of service.
const TIERS: [&str; 2] = ["_priority", "_flex"];

/// Modes of models that chat completions are for.
const CHAT: [&str; 3] = ["chat", "completion", "responses"];

/// Whether something may be an entry of this list.
pub(super) fn is_entry(value: &Value) -> bool {
    let Some(fields) = value.as_object() else { return false };
    fields.contains_key("litellm_provider") || fields.keys().any(|name| name.ends_with("_cost_per_token"))
}

pub(super) fn read(entries: &Map<String, Value>, list: &mut Reading<'_>) {
    for (key, value) in entries {
        list.take(read_entry(key, value).map(|row| vec![row]));
    }
}

fn read_entry(key: &str, value: &Value) -> Result<Row, Skip> {
    let fields = value.as_object().ok_or(Skip::NoObject)?;
    if key == "sample_spec" {
        return Err(Skip::Documentation);
    }
    if text(fields, "mode").is_some_and(|mode| !CHAT.contains(&mode)) {
        return Err(Skip::NotChat);
    }
    let provider = text(fields, "litellm_provider").unwrap_or("litellm");
    let model = key.strip_prefix(provider).and_then(|rest| rest.strip_prefix('/')).unwrap_or(key);
    let mut usual = rates(fields, NAMES, MILLION)?;
    if let Some(fee) = rate(fields.get("input_cost_per_request"), Decimal::ONE)? {
        usual.set(Dimension::Request, fee);
    }
    let mut variants = suffixed(fields)?;
    let mut tiers = tiered(fields)?;
    if let Some(first) = tiers.remove(&0) {
        usual = usual.under(&first);
    }
    variants.extend(entry::by_bound(tiers));
    variants.extend(off_peak(fields)?);
    let price = entry::price(usual, variants)?;
    let output = tokens(fields.get("max_output_tokens"));
    let facts = entry::limits(None, tokens(fields.get("max_input_tokens")), output);
    Ok(Row { facts, ..Place::of(provider, None).row(model, price) })
}

/// The prices whose names end in a bound, a tier of service, or both: `…_above_200k_tokens_priority`.
fn suffixed(fields: &Map<String, Value>) -> Result<Vec<Variant>, Skip> {
    let mut found: BTreeMap<(Option<&str>, Option<u64>), Rates> = BTreeMap::new();
    for (name, value) in fields {
        let tier = TIERS.iter().find(|tier| name.ends_with(**tier));
        let rest = tier.map_or(name.as_str(), |tier| &name[..name.len() - tier.len()]);
        let (rest, above) = bound(rest).map_or((rest, None), |(rest, above)| (rest, Some(above)));
        if tier.is_none() && above.is_none() {
            continue;
        }
        let Some((_, dimension)) = NAMES.iter().find(|(name, _)| *name == rest) else { continue };
        if let Some(rate) = rate(Some(value), MILLION)? {
            let tier = tier.map(|tier| tier.trim_start_matches('_'));
            found.entry((tier, above)).or_default().set(*dimension, rate);
        }
    }
    let variant = |((tier, above), rates): ((Option<&str>, Option<u64>), Rates)| Variant {
        tier: tier.map(str::to_owned),
        above,
        rates,
        window: None,
    };
    Ok(found.into_iter().map(variant).collect())
}

/// `input_cost_per_token_above_200k_tokens` without its bound, and the bound.
fn bound(name: &str) -> Option<(&str, u64)> {
    let (rest, bound) = name.strip_suffix("_tokens")?.rsplit_once("_above_")?;
    let (digits, times) = bound.strip_suffix('k').map_or((bound, 1), |digits| (digits, 1000));
    Some((rest, digits.parse::<u64>().ok()?.checked_mul(times)?))
}

/// `tiered_pricing`: the rates from each bound on, for the whole request.
fn tiered(fields: &Map<String, Value>) -> Result<BTreeMap<u64, Rates>, Skip> {
    let mut found = BTreeMap::new();
    let Some(tiers) = fields.get("tiered_pricing").filter(|tiers| !tiers.is_null()) else { return Ok(found) };
    for tier in tiers.as_array().ok_or(Skip::Number)? {
        let tier = tier.as_object().ok_or(Skip::Number)?;
        let from = tier.get("range").and_then(|range| tokens(range.get(0))).ok_or(Skip::Number)?;
        found.insert(from, rates(tier, NAMES, MILLION)?);
    }
    Ok(found)
}

/// `off_peak_pricing`: other rates at some hours, on some days of the week.
fn off_peak(fields: &Map<String, Value>) -> Result<Vec<Variant>, Skip> {
    let Some(block) = fields.get("off_peak_pricing").filter(|block| !block.is_null()) else { return Ok(Vec::new()) };
    let block = block.as_object().ok_or(Skip::Hours)?;
    let rates = rates(block, NAMES, MILLION)?;
    let zone = text(block, "weekday_timezone");
    let mut windows = Vec::new();
    if let Some(hours) = block.get("hours_utc") {
        windows.push(window(hours, None, zone)?);
    }
    for one in block.get("windows").and_then(Value::as_array).into_iter().flatten() {
        let one = one.as_object().ok_or(Skip::Hours)?;
        windows.push(window(one.get("hours_utc").ok_or(Skip::Hours)?, one.get("weekdays"), zone)?);
    }
    if windows.is_empty() || rates.is_empty() {
        return Err(Skip::Hours);
    }
    Ok(windows
        .into_iter()
        .map(|window| Variant { window: Some(window), rates: rates.clone(), ..Variant::default() })
        .collect())
}

fn window(hours: &Value, days: Option<&Value>, zone: Option<&str>) -> Result<Window, Skip> {
    let span = |value: &Value| value.as_str().and_then(Hours::parse).ok_or(Skip::Hours);
    let hours = match hours {
        Value::Array(spans) if !spans.is_empty() => spans.iter().map(span).collect::<Result<_, _>>()?,
        one => vec![span(one)?],
    };
    let days: Vec<_> = match days.filter(|days| !days.is_null()) {
        None => Vec::new(),
        Some(days) => {
            let day = |value: &Value| day(value).ok_or(Skip::Hours);
            days.as_array().ok_or(Skip::Hours)?.iter().map(day).collect::<Result<_, _>>()?
        }
    };
    // The hours are in UTC; days of another zone cannot be told by a window in UTC.
    if !days.is_empty() && zone.is_some_and(|zone| zone != "UTC") {
        return Err(Skip::Hours);
    }
    Ok(Window { hours, days, except: Vec::new(), zone: "UTC".to_owned() })
}

/// A day by its name, or by its number from Monday, 1.
fn day(value: &Value) -> Option<jiff::civil::Weekday> {
    match value {
        Value::String(name) => weekday(name),
        Value::Number(number) => jiff::civil::Weekday::from_monday_one_offset(number.as_i64()?.try_into().ok()?).ok(),
        _ => None,
    }
}
