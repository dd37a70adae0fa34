//! The price lists that a command works with, from the user's files.

use std::io;
use std::path::Path;

use rust_decimal::Decimal;

use super::Problem;
use super::print::{say, sentence};
use crate::chat::Currency;
use crate::config::{Config, GivenError, MODELS, Paths, PriceRow, open_given, read_given, read_toml};
use crate::pricing::{self, Imported, Row};
use crate::state::card::own_price;
use crate::text::{Place, counted};

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
    let text = read_toml(&file, &MODELS).map_err(|error| Problem::misuse(sentence(&error)))?;
    let wrong = |error: pricing::RowError| {
        let place = Place::at(&text, error.offset);
        Problem::misuse(sentence(&format!("{}:{place}: {}", file.display(), error.error)))
    };
    let mut rows = pricing::rows(&text).map_err(wrong)?;
    for price in rows.iter_mut().filter_map(|row| row.price.as_mut()).filter(|price| price.source.is_empty()) {
        "models.toml".clone_into(&mut price.source);
    }
    Ok(rows)
}

/// The largest price list that is read; the largest known has 2 MB.
pub(super) const MOST_LIST_BYTES: usize = 64 << 20;

/// The prices that were imported, if any were. A file that cannot be read prices nothing and is told of.
pub(super) fn imported(paths: &Paths) -> Imported {
    let file = paths.imported_prices();
    let text = match imported_text(&file) {
        Ok(text) => text,
        Err(GivenError::Unreadable(error)) if error.kind() == io::ErrorKind::NotFound => return Imported::default(),
        Err(error) => {
            let next = "Remove it and import the list anew: abreast models import FILE";
            say(&format!("{} cannot be read: {error}. {next}", file.display()));
            return Imported::default();
        }
    };
    let imported = Imported::parse(&text);
    match &imported {
        Ok(imported) if imported.damaged > 0 => say(&format!(
            "{}: {} cannot be read and {} nothing. Import the list anew: abreast models import FILE",
            file.display(),
            counted(imported.damaged as u64, "row"),
            if imported.damaged == 1 { "prices" } else { "price" }
        )),
        Ok(_) => {}
        Err(error) => say(&format!("{}: {error}. Import the list anew: abreast models import FILE", file.display())),
    }
    imported.unwrap_or_default()
}

/// The text of the imported prices; damaged lines are left to who reads them.
pub(super) fn imported_text(file: &Path) -> Result<String, GivenError> {
    let bytes = read_given(open_given(file)?, MOST_LIST_BYTES as u64, |_| {})?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
