//! What the readers of all lists share: numbers, why an entry is left out, and how a row is made.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::{dollars, hosts};
use crate::chat::exact_product;
use crate::pricing::card::{Facts, Row};
use crate::pricing::price::{Price, Variant};
use crate::pricing::rates::{Dimension, Rates, checked_rate, exact_decimal};

/// Why an entry is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Skip {
    NoObject,
    Documentation,
    NotChat,
    NoPrice,
    Number,
    Negative,
    Hours,
    Mixed,
    Name,
    Twice,
    TooMany,
}

impl Skip {
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::NoObject => "no object",
            Self::Documentation => "an example of the list's form",
            Self::NotChat => "no chat model",
            Self::NoPrice => "no price for input and output tokens",
            Self::Number => "a number that cannot be read",
            Self::Negative => "a price below zero",
            Self::Hours => "hours that cannot be read",
            Self::Mixed => "prices by date and by hour together",
            Self::Name => "a name that is empty, too long or not printable",
            Self::Twice => "there twice",
            Self::TooMany => "more entries than any list has",
        }
    }
}

/// One million: lists that price single tokens.
pub(super) const MILLION: Decimal = Decimal::from_parts(1_000_000, 0, 0, false, 0);

/// A price, times what brings it to 1,000,000 tokens. `None` where there is none; text counts where it is a number.
pub(super) fn rate(value: Option<&Value>, times: Decimal) -> Result<Option<Decimal>, Skip> {
    let number = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Number(number)) => exact_decimal(&number.to_string()),
        Some(Value::String(text)) => exact_decimal(text),
        Some(_) => None,
    };
    let number = number.and_then(|number| exact_product(number, times)).ok_or(Skip::Number)?;
    if number < Decimal::ZERO {
        return Err(Skip::Negative);
    }
    checked_rate(number).map(Some).map_err(|_| Skip::Number)
}

/// A count of tokens, also as `200000.0` or `"200000"`.
pub(super) fn tokens(value: Option<&Value>) -> Option<u64> {
    let number = match value? {
        Value::Number(number) => exact_decimal(&number.to_string()),
        Value::String(text) => exact_decimal(text),
        _ => None,
    };
    number?.try_into().ok()
}

pub(super) fn text<'v>(fields: &'v Map<String, Value>, name: &str) -> Option<&'v str> {
    fields.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// Rates by the names that a list has for them.
pub(super) fn rates(fields: &Map<String, Value>, names: &[(&str, Dimension)], times: Decimal) -> Result<Rates, Skip> {
    let mut rates = Rates::default();
    for (name, dimension) in names {
        if let Some(rate) = rate(fields.get(*name), times)? {
            rates.set(*dimension, rate);
        }
    }
    Ok(rates)
}

/// Variants by the bounds above which their rates hold.
pub(super) fn by_bound(rates: BTreeMap<u64, Rates>) -> Vec<Variant> {
    let variant = |(above, rates)| Variant { above: Some(above), rates, ..Variant::default() };
    rates.into_iter().filter(|(_, rates): &(u64, Rates)| !rates.is_empty()).map(variant).collect()
}

/// Where an entry's price holds: at the host of a provider where that is known, else at a provider of that name.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) host: Option<String>,
    pub(super) provider: Option<String>,
}

impl Place {
    pub(super) fn of(provider: &str, url: Option<&str>) -> Self {
        let host = hosts::of(provider).map(str::to_owned).or_else(|| url.and_then(hosts::in_url));
        let provider = host.is_none().then(|| provider.to_owned());
        Self { host, provider }
    }

    /// A row for a model, with the price that is given or none.
    pub(super) fn row(&self, model: &str, price: Price) -> Row {
        Row {
            model: model.to_owned(),
            aliases: Vec::new(),
            provider: self.provider.clone(),
            host: self.host.clone(),
            price: Some(price),
            facts: None,
        }
    }
}

/// A price of usual rates and variants, when the rates are whole.
pub(super) fn price(rates: Rates, variants: Vec<Variant>) -> Result<Price, Skip> {
    let whole = rates.written(Dimension::Input).is_some() && rates.written(Dimension::Output).is_some();
    match dollars() {
        Some(currency) if whole => Ok(Price { variants, ..Price::flat(currency, rates) }),
        _ => Err(Skip::NoPrice),
    }
}

/// The limits of a model; one that contradicts the other is left out.
pub(super) fn limits(name: Option<&str>, context: Option<u64>, output: Option<u64>) -> Option<Facts> {
    let max_output = output.filter(|output| context.is_none_or(|context| *output <= context));
    let facts = Facts { name: name.map(str::to_owned), context, max_output, ..Facts::default() };
    (facts != Facts::default()).then_some(facts)
}
