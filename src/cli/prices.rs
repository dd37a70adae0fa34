//! The price lists that a command works with, from the user's files.

use std::fs;

use rust_decimal::Decimal;

use super::Problem;
use super::print::{say, sentence};
use crate::chat::Currency;
use crate::config::{Config, Paths, PriceRow, read_or_empty};
use crate::pricing::{self, Imported, Row};
use crate::state::card::own_price;

/// The rows of `[[prices]]` in config.toml.
pub(super) fn configured(config: &Config) -> Vec<Row> {
    config.prices.iter().map(|row| own_price(row, "config.toml")).collect()
}

/// A row for each provider of which the user says that it is free: all that it serves costs nothing.
pub(super) fn free(config: &Config) -> Vec<Row> {
    let currency = config.money.display.clone().or_else(|| config.currency.clone()).or_else(|| Currency::new("USD"));
    let Some(currency) = currency else { return Vec::new() };
    let providers = config.providers.iter().filter(|provider| provider.free);
    let nothing = |name: &String| PriceRow {
        model: "*".to_owned(),
        provider: Some(name.clone()),
        currency: currency.clone(),
        input: Decimal::ZERO,
        cached: None,
        output: Decimal::ZERO,
    };
    providers.map(|provider| own_price(&nothing(&provider.name), "config.toml: free = true")).collect()
}

/// The rows of the user's models.toml, if there is one.
pub(super) fn own(paths: &Paths) -> Result<Vec<Row>, Problem> {
    let file = paths.models_file();
    let text = read_or_empty(&file).map_err(|error| Problem::misuse(sentence(&error)))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut rows = pricing::rows(text).map_err(|error| Problem::misuse(format!("{}: {error}.", file.display())))?;
    for price in rows.iter_mut().filter_map(|row| row.price.as_mut()).filter(|price| price.source.is_empty()) {
        "models.toml".clone_into(&mut price.source);
    }
    Ok(rows)
}

/// The prices that were imported, if any were. A file that cannot be read prices nothing and is told of.
pub(super) fn imported(paths: &Paths) -> Imported {
    let file = paths.imported_prices();
    let Ok(text) = fs::read(&file) else { return Imported::default() };
    let imported = Imported::parse(&String::from_utf8_lossy(&text));
    match &imported {
        Ok(imported) if imported.damaged > 0 => say(&format!(
            "{}: {} rows cannot be read and price nothing. Import the list anew: abreast models import FILE",
            file.display(),
            imported.damaged
        )),
        Ok(_) => {}
        Err(error) => say(&format!("{}: {error}. Import the list anew: abreast models import FILE", file.display())),
    }
    imported.unwrap_or_default()
}
