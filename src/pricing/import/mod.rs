//! Price lists of others, read into rows: LiteLLM's, models.dev's and genai-prices'.
//!
//! Owns which list a text is, what of it is left out and why, and the file that imported rows are kept in. A row is taken
//! whole or not at all: a price that lost a part of itself would be a wrong sum.

mod entry;
mod file;
mod genai;
mod hosts;
mod litellm;
mod models_dev;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;
use thiserror::Error;

use super::card::Row;
use super::list::RowKey;
use super::written::Written;
use crate::chat::Currency;
use entry::Skip;
pub use file::Imported;

/// Whose list it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListForm {
    /// `model_prices_and_context_window.json`
    LiteLlm,
    /// `api.json`
    ModelsDev,
    /// `data.json`
    GenaiPrices,
}

/// What was read of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    pub form: ListForm,
    pub rows: Vec<Row>,
    /// How many entries were left out, by the reason.
    pub skipped: BTreeMap<&'static str, usize>,
}

/// Why nothing was read of a list.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ImportError {
    #[error("it is no JSON (line {line}, column {column}): it may have been cut off")]
    NoJson { line: usize, column: usize },
    #[error("it is no price list that is known: LiteLLM's, models.dev's api.json and genai-prices' data.json are")]
    UnknownForm,
    #[error("none of its entries has a price that can be read")]
    Empty,
}

/// The most rows of a list; the largest known has a tenth of them.
const MOST_ROWS: usize = 50_000;

/// The most bytes of a model's or a provider's name.
const LONGEST_NAME: usize = 200;

impl ListForm {
    /// The word for it in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LiteLlm => "litellm",
            Self::ModelsDev => "models.dev",
            Self::GenaiPrices => "genai-prices",
        }
    }

    /// The words for it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::LiteLlm => "LiteLLM's price list",
            Self::ModelsDev => "models.dev's list",
            Self::GenaiPrices => "the list of genai-prices",
        }
    }

    /// By its shape: of genai-prices it is a list, of models.dev providers that have models, of LiteLLM models with the
    /// prices of tokens.
    fn of(value: &Value) -> Option<Self> {
        let provider = |entry: &Value| entry.get("models").is_some_and(Value::is_array) && entry.get("id").is_some();
        match value {
            Value::Array(providers) if providers.iter().any(provider) => Some(Self::GenaiPrices),
            Value::Object(entries)
                if entries.values().any(|entry| entry.get("models").is_some_and(Value::is_object)) =>
            {
                Some(Self::ModelsDev)
            }
            Value::Object(entries) if entries.values().any(litellm::is_entry) => Some(Self::LiteLlm),
            _ => None,
        }
    }
}

/// Reads a list; `day` is when it is imported, as `YYYY-MM-DD`.
///
/// # Errors
/// When it is no JSON, no list that is known, or holds no price.
pub fn import(text: &str, day: &str) -> Result<Import, ImportError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let value: Value = serde_json::from_str(text)
        .map_err(|error| ImportError::NoJson { line: error.line(), column: error.column() })?;
    let form = ListForm::of(&value).ok_or(ImportError::UnknownForm)?;
    let mut list = Reading::new(form, day);
    match (form, &value) {
        (ListForm::LiteLlm, Value::Object(entries)) => litellm::read(entries, &mut list),
        (ListForm::ModelsDev, Value::Object(providers)) => models_dev::read(providers, &mut list),
        (ListForm::GenaiPrices, Value::Array(providers)) => genai::read(providers, &mut list),
        _ => return Err(ImportError::UnknownForm),
    }
    if list.import.rows.is_empty() { Err(ImportError::Empty) } else { Ok(list.import) }
}

/// A list that is being read.
struct Reading<'d> {
    import: Import,
    day: &'d str,
    seen: HashSet<RowKey>,
}

impl<'d> Reading<'d> {
    fn new(form: ListForm, day: &'d str) -> Self {
        Self { import: Import { form, rows: Vec::new(), skipped: BTreeMap::new() }, day, seen: HashSet::new() }
    }

    fn skip(&mut self, skip: Skip) {
        *self.import.skipped.entry(skip.reason()).or_default() += 1;
    }

    /// Takes what came of an entry.
    fn take(&mut self, rows: Result<Vec<Row>, Skip>) {
        match rows {
            Ok(rows) => rows.into_iter().for_each(|row| self.add(row)),
            Err(skip) => self.skip(skip),
        }
    }

    fn add(&mut self, mut row: Row) {
        let names = std::iter::once(&row.model).chain(&row.aliases).chain(&row.provider);
        if names
            .into_iter()
            .any(|name| name.is_empty() || name.len() > LONGEST_NAME || name.chars().any(char::is_control))
        {
            return self.skip(Skip::Name);
        }
        if self.import.rows.len() >= MOST_ROWS {
            return self.skip(Skip::TooMany);
        }
        if let Some(price) = &mut row.price {
            self.import.form.title().clone_into(&mut price.source);
            self.day.clone_into(&mut price.checked);
        }
        if let Some(facts) = &mut row.facts {
            self.import.form.title().clone_into(&mut facts.source);
            self.day.clone_into(&mut facts.checked);
        }
        // What is kept is read again by the same rules as every row, so it has to pass them.
        match Written::of(&row).row() {
            Ok(row) if self.seen.insert(row.key()) => self.import.rows.push(row),
            Ok(_) => self.skip(Skip::Twice),
            Err(_) => self.skip(Skip::Number),
        }
    }
}

/// All three lists are in US dollars.
fn dollars() -> Option<Currency> {
    Currency::new("USD")
}
