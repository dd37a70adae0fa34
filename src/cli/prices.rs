//! The price lists that a command works with, from the user's files.

use std::fs;

use rust_decimal::Decimal;

use super::Problem;
use super::print::{say, sentence};
use crate::chat::Currency;
use crate::config::{Config, Paths, read_or_empty};
use crate::pricing::{self, Dimension, Imported, Price, Rates, Row};

/// The rows of `[[prices]]` in config.toml.
pub(super) fn configured(config: &Config) -> Vec<Row> {
    let row = |row: &crate::config::PriceRow| {
        let rates = [
            (Dimension::Input, Some(row.input)),
            (Dimension::CachedInput, row.cached),
            (Dimension::Output, Some(row.output)),
        ];
        let rates = rates.into_iter().filter_map(|(dimension, rate)| Some((dimension, rate?))).collect();
        own_row(&row.model, row.provider.clone(), row.currency.clone(), rates, "config.toml")
    };
    config.prices.iter().map(row).collect()
}

/// A row for each provider of which the user says that it is free: all that it serves costs nothing.
pub(super) fn free(config: &Config) -> Vec<Row> {
    let currency = config.money.display.clone().or_else(|| config.currency.clone()).or_else(|| Currency::new("USD"));
    let Some(currency) = currency else { return Vec::new() };
    let nothing: Rates =
        [Dimension::Input, Dimension::Output].map(|dimension| (dimension, Decimal::ZERO)).into_iter().collect();
    let providers = config.providers.iter().filter(|provider| provider.free);
    let row =
        |name: &String| own_row("*", Some(name.clone()), currency.clone(), nothing.clone(), "config.toml: free = true");
    providers.map(|provider| row(&provider.name)).collect()
}

/// The user says what it costs, so it costs that in every tier of service.
fn own_row(model: &str, provider: Option<String>, currency: Currency, rates: Rates, source: &str) -> Row {
    let price = Price { every_tier: true, source: source.to_owned(), ..Price::flat(currency, rates) };
    Row { model: model.to_owned(), aliases: Vec::new(), provider, host: None, price: Some(price), facts: None }
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
