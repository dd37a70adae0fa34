//! The user's own price as a row of the catalogue.

use crate::config::PriceRow;
use crate::pricing::{Dimension, Price, Row};

/// A price as the catalogue has it. The user says what it costs, so it costs that in every tier of service.
#[must_use]
pub fn own_price(row: &PriceRow, source: &str) -> Row {
    let rates = [
        (Dimension::Input, Some(row.input)),
        (Dimension::CachedInput, row.cached),
        (Dimension::Output, Some(row.output)),
    ];
    let rates = rates.into_iter().filter_map(|(dimension, rate)| Some((dimension, rate?))).collect();
    let price = Price { every_tier: true, source: source.to_owned(), ..Price::flat(row.currency.clone(), rates) };
    Row {
        model: row.model.clone(),
        aliases: Vec::new(),
        provider: row.provider.clone(),
        host: None,
        price: Some(price),
        facts: None,
    }
}
