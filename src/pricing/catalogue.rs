//! The catalogue: which price and which facts go with a model at an endpoint.
//!
//! Owns the order in which rows are looked at. How rows are written, and what a price comes to, is elsewhere.

use std::collections::HashSet;

use jiff::Timestamp;
use serde::Deserialize;
use thiserror::Error;
use toml::Spanned;

use super::card::{Facts, Feature, Row};
use super::list::List;
use super::price::Price;
use super::reach::Reach;
use super::written::Written;
use crate::text::clean_line;

const EMBEDDED: &str = include_str!("../../assets/models.toml");

/// Why a catalogue cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CatalogueError {
    #[error("the model list cannot be read: {0}")]
    Syntax(String),
    #[error("the price of {0} is below zero")]
    Negative(String),
    #[error("the row of {} {problem}", clean_line(model))]
    Wrong { model: String, problem: String },
}

#[derive(Deserialize)]
struct CatalogueFile {
    #[serde(default)]
    models: Vec<Spanned<Written>>,
}

/// What is wrong with a list, and the byte at which the row begins that it is about.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{error}")]
pub struct RowError {
    pub offset: usize,
    pub error: CatalogueError,
}

/// Reads `[[models]]` rows.
///
/// # Errors
/// When they do not parse, a price is below zero, or a row cannot be right or is there twice.
pub fn rows(text: &str) -> Result<Vec<Row>, RowError> {
    let file: CatalogueFile = toml::from_str(text).map_err(|error| RowError {
        offset: error.span().map_or(0, |span| span.start),
        error: CatalogueError::Syntax(error.message().to_owned()),
    })?;
    let mut seen = HashSet::new();
    let row = |written: Spanned<Written>| {
        let offset = written.span().start;
        let row = written.into_inner().row().map_err(|error| RowError { offset, error })?;
        if seen.insert(row.key()) {
            return Ok(row);
        }
        let problem = "is there twice; keep one of the two".to_owned();
        Err(RowError { offset, error: CatalogueError::Wrong { model: row.model, problem } })
    };
    file.models.into_iter().map(row).collect()
}

/// Prices and facts: the user's own before those that come with the program, and imported ones after both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue {
    own: List,
    built_in: List,
    imported: List,
}

/// Whose row it is, in the order in which they count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// From the user's files.
    Own,
    /// Came with the program.
    BuiltIn,
    /// From a list that the user imported.
    Imported,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked<'a> {
    pub provider: &'a str,
    pub reach: Reach<'a>,
    /// The model of the request.
    pub model: &'a str,
    /// The model that the response names.
    pub served_by: Option<&'a str>,
    /// When the run started.
    pub at: Option<Timestamp>,
}

/// A price that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found<'a> {
    pub price: &'a Price,
    pub origin: Origin,
    /// The name of the row, which may end in a `*`.
    pub row: &'a str,
}

/// All that is known of one model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card<'a> {
    /// The exact name.
    pub model: &'a str,
    /// The provider that was asked about, or the one that alone has the model.
    pub provider: Option<&'a str>,
    /// The host that charges the price, where only one does.
    pub host: Option<&'a str>,
    pub price: Option<&'a Price>,
    /// Whose row the price is from.
    pub origin: Option<Origin>,
    pub facts: Option<&'a Facts>,
}

impl Found<'_> {
    /// Whose the price is, where it is from, and the day: `came with the program: OpenAI's page (2026-11-22)`.
    #[must_use]
    pub fn said(&self) -> String {
        let from = if self.price.source.is_empty() { String::new() } else { format!(": {}", self.price.source) };
        let day = if self.price.checked.is_empty() { String::new() } else { format!(" ({})", self.price.checked) };
        format!("{}{from}{day}", self.origin.title())
    }
}

impl<'a> Card<'a> {
    /// The card of a model of which nothing is known.
    #[must_use]
    pub fn unknown(provider: &'a str, model: &'a str) -> Self {
        Self { model, provider: Some(provider), host: None, price: None, origin: None, facts: None }
    }
}

impl<'a> Asked<'a> {
    #[must_use]
    pub fn new(provider: &'a str, reach: Reach<'a>, model: &'a str) -> Self {
        Self { provider, reach, model, served_by: None, at: None }
    }
}

impl Catalogue {
    /// What comes with the program.
    #[must_use]
    pub fn embedded() -> Self {
        // A list that does not parse prices nothing, which shows as n/a; the tests keep it parsing.
        Self::parse(EMBEDDED).unwrap_or_default()
    }

    /// Reads a list of `[[models]]` rows as if it came with the program.
    ///
    /// # Errors
    /// See [`rows`].
    pub fn parse(text: &str) -> Result<Self, CatalogueError> {
        Ok(Self { built_in: List::new(rows(text).map_err(|wrong| wrong.error)?), ..Self::default() })
    }

    /// The same catalogue with the user's own rows before all others.
    #[must_use]
    pub fn with_own(self, own: Vec<Row>) -> Self {
        Self { own: List::new(own), ..self }
    }

    /// Puts a row of the user's own before all others.
    pub fn prefer(&mut self, row: Row) {
        let others = std::mem::take(&mut self.own).into_rows();
        self.own = List::new(std::iter::once(row).chain(others).collect());
    }

    /// The same catalogue with imported rows after all others.
    #[must_use]
    pub fn with_imported(self, imported: Vec<Row>) -> Self {
        Self { imported: List::new(imported), ..self }
    }

    /// The same catalogue with further rows after those that come with the program.
    #[must_use]
    pub fn with_more(self, more: impl IntoIterator<Item = Row>) -> Self {
        let rows = self.built_in.into_rows().into_iter().chain(more).collect();
        Self { built_in: List::new(rows), ..self }
    }

    fn lists(&self) -> [(&List, Origin); 3] {
        [(&self.own, Origin::Own), (&self.built_in, Origin::BuiltIn), (&self.imported, Origin::Imported)]
    }

    /// The price of a run: the first that is found in the user's rows, then in those of the program, then in the
    /// imported ones; in each by the model that the response names before the one that was asked for.
    #[must_use]
    pub fn find(&self, asked: &Asked<'_>) -> Option<Found<'_>> {
        let asked_for = std::iter::once(asked.model).filter(|model| asked.served_by != Some(*model));
        let names: Vec<&str> = asked.served_by.into_iter().chain(asked_for).collect();
        self.lists().into_iter().find_map(|(list, origin)| {
            let row = names.iter().find_map(|name| match origin {
                Origin::Own => list.own_row(asked, name),
                Origin::BuiltIn | Origin::Imported => list.row(asked, name),
            })?;
            Some(Found { price: row.price.as_ref()?, origin, row: &row.model })
        })
    }

    /// The price of a model at a provider, at no particular time.
    #[must_use]
    pub fn price(&self, provider: &str, reach: Reach<'_>, model: &str) -> Option<&Price> {
        self.find(&Asked::new(provider, reach, model)).map(|found| found.price)
    }

    /// Whether a model at a provider has a feature; `None` when nobody knows.
    #[must_use]
    pub fn has(&self, provider: &str, reach: Reach<'_>, model: &str, feature: Feature) -> Option<bool> {
        self.card(provider, reach, model).and_then(|card| card.facts).and_then(|facts| facts.has(feature))
    }

    /// What is known of a model at a provider; `None` when nothing is. The facts are the vendor's, so they hold for
    /// whoever passes the model on, and not for a server of files.
    #[must_use]
    pub fn card<'a>(&'a self, provider: &'a str, reach: Reach<'_>, model: &'a str) -> Option<Card<'a>> {
        let found = self.find(&Asked::new(provider, reach, model));
        let facts = self.lists().into_iter().find_map(|(list, _)| list.facts(provider, reach, model));
        (found.is_some() || facts.is_some()).then_some(Card {
            price: found.map(|found| found.price),
            origin: found.map(|found| found.origin),
            facts,
            ..Card::unknown(provider, model)
        })
    }

    /// What is known of a model wherever it is served: the user's price, else the one that its row lists.
    #[must_use]
    pub fn listed<'a>(&'a self, model: &'a str) -> Option<Card<'a>> {
        let priced = |row: &&Row| row.price.as_ref().is_some_and(|price| price.is_valid(None));
        let own = self.own.fitting(model).find(priced).map(|row| (row, Origin::Own));
        let others = || {
            [(&self.built_in, Origin::BuiltIn), (&self.imported, Origin::Imported)]
                .into_iter()
                .find_map(|(list, origin)| Some((list.exact(model).find(priced)?, origin)))
        };
        let described =
            self.lists().into_iter().find_map(|(list, _)| list.exact(model).find(|row| row.facts.is_some()));
        let (row, origin) = own.or_else(others).unzip();
        let provider = row.or(described).and_then(|row| row.provider.as_deref());
        let everywhere = || self.find(&Asked::new(provider?, Reach::Local, model));
        let found = if row.is_none() { everywhere() } else { None };
        let price = row.and_then(|row| row.price.as_ref()).or(found.map(|found| found.price));
        let host = row.and_then(|row| row.host.as_deref());
        let facts = described.and_then(|row| row.facts.as_ref());
        let origin = origin.or(found.map(|found| found.origin));
        (price.is_some() || facts.is_some()).then_some(Card { model, provider, host, price, origin, facts })
    }

    /// The exact names of all models with a row, each once, the user's own first. Imported ones are left out: there are
    /// thousands.
    pub fn names(&self) -> Vec<&str> {
        let rows = self.own.rows().iter().chain(self.built_in.rows());
        let mut names: Vec<&str> = Vec::new();
        for name in rows.map(|row| row.model.as_str()).filter(|name| !name.ends_with('*')) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// All rows with a price, in the order in which they count, and whose they are.
    pub fn priced(&self) -> impl Iterator<Item = (&Row, &Price, Origin)> {
        let rows = self.lists().into_iter().flat_map(|(list, origin)| list.rows().iter().map(move |row| (row, origin)));
        rows.filter_map(|(row, origin)| Some((row, row.price.as_ref()?, origin)))
    }
}

impl Origin {
    /// The word for it in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::BuiltIn => "built_in",
            Self::Imported => "imported",
        }
    }

    /// The words for it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Own => "your own",
            Self::BuiltIn => "came with the program",
            Self::Imported => "imported",
        }
    }
}

#[cfg(test)]
#[path = "catalogue_tests.rs"]
mod tests;
