//! A list of rows, found by their names without looking at all of them.
//!
//! Owns whether a row is for a model at an endpoint, and which of several is. The order of the lists is the catalogue's.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::card::{Facts, Kind, Row};
use super::catalogue::Asked;
use super::reach::Reach;

/// Providers that serve files of one's own, under any name.
const FILE_SERVERS: [&str; 4] = ["ollama", "llama.cpp", "lmstudio", "vllm"];

/// The model, the provider, the host and the time of a row.
pub(super) type RowKey = (String, Option<String>, Option<String>, Option<(Option<Timestamp>, Option<Timestamp>)>);

/// Rows in their order, with where their names stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct List {
    rows: Vec<Row>,
    /// Of each exact name the places of its rows.
    named: BTreeMap<String, Vec<usize>>,
    /// Of each snapshot the rows of the aliases that lead to it.
    led_to: BTreeMap<String, Vec<usize>>,
    /// The rows for all names with a beginning, the longest beginning first.
    beginnings: Vec<usize>,
}

impl List {
    pub(super) fn new(rows: Vec<Row>) -> Self {
        let mut list = Self { rows, ..Self::default() };
        for (place, row) in list.rows.iter().enumerate() {
            if row.beginning().is_some() {
                list.beginnings.push(place);
            } else {
                list.named.entry(row.model.clone()).or_default().push(place);
            }
            if let Some(snapshot) = row.points_to() {
                list.led_to.entry(snapshot.to_owned()).or_default().push(place);
            }
        }
        // A row that is named so counts before one that is also called so.
        for (place, row) in list.rows.iter().enumerate() {
            for alias in &row.aliases {
                list.named.entry(alias.clone()).or_default().push(place);
            }
        }
        list.beginnings.sort_by_key(|place| std::cmp::Reverse(list.rows[*place].model.len()));
        list
    }

    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    pub(super) fn into_rows(self) -> Vec<Row> {
        self.rows
    }

    /// The rows of an exact name.
    pub(super) fn exact<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Row> + use<'a> {
        self.named.get(name).into_iter().flatten().map(|place| &self.rows[*place])
    }

    /// The rows that a name fits, in the order of the file.
    pub(super) fn fitting<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Row> + use<'a> {
        let mut places: Vec<usize> = self.named.get(name).cloned().unwrap_or_default();
        places.extend(self.beginnings.iter().filter(|place| self.rows[**place].begins(name)));
        places.sort_unstable();
        places.into_iter().map(|place| &self.rows[place])
    }

    /// The user's row for a model: the first that fits, wherever the endpoint is unless the row names its host.
    pub(super) fn own_row(&self, asked: &Asked<'_>, name: &str) -> Option<&Row> {
        let fits = |row: &&Row| row.prices(asked) && row.is_at(asked.reach);
        self.fitting(name).find(fits)
    }

    /// The row for a model: one for that very provider before one for any, and of both the exact name before the longest
    /// beginning. An alias that has no price leads to its snapshot's, and a snapshot without one to its alias's.
    pub(super) fn row(&self, asked: &Asked<'_>, name: &str) -> Option<&Row> {
        let direct = self.direct(asked, name);
        let alias = || self.led_to.get(name)?.iter().map(|place| &self.rows[*place]).find(|row| row.holds_for(asked));
        let snapshot = || {
            let mut rows = self.exact(name);
            // A row whose price is another host's says what the name costs; who passes it on may lead it elsewhere.
            let row = rows.find(|row| row.is_for(asked.provider))?;
            self.direct(asked, row.points_to().filter(|_| row.price.is_none())?)
        };
        direct.or_else(alias).or_else(snapshot)
    }

    fn direct(&self, asked: &Asked<'_>, name: &str) -> Option<&Row> {
        let beginnings = || self.beginnings.iter().map(|place| &self.rows[*place]).filter(|row| row.begins(name));
        let by_provider = |row: &&Row| row.provider.is_some() && row.holds_for(asked);
        let by_model = |row: &&Row| row.provider.is_none() && row.holds_for(asked);
        self.exact(name)
            .find(by_provider)
            .or_else(|| beginnings().find(by_provider))
            .or_else(|| self.exact(name).find(by_model))
            .or_else(|| beginnings().find(by_model))
    }

    /// What is known of a model; of a server of files, nothing.
    pub(super) fn facts(&self, provider: &str, reach: Reach<'_>, model: &str) -> Option<&Facts> {
        let vendors = reach != Reach::Local || !FILE_SERVERS.contains(&provider);
        let described = |row: &&Row| row.facts.is_some() && row.is_for(provider);
        self.exact(model).find(described).filter(|_| vendors).and_then(|row| row.facts.as_ref())
    }
}

impl Row {
    /// What tells rows apart: two of the same are a slip.
    pub(super) fn key(&self) -> RowKey {
        let valid = self.price.as_ref().map(|price| (price.valid_from, price.valid_to));
        (self.model.clone(), self.provider.clone(), self.host.clone(), valid)
    }

    fn beginning(&self) -> Option<&str> {
        self.model.strip_suffix('*')
    }

    fn begins(&self, name: &str) -> bool {
        self.beginning().is_some_and(|beginning| name.starts_with(beginning))
    }

    fn points_to(&self) -> Option<&str> {
        match self.facts.as_ref()?.kind.as_ref()? {
            Kind::Alias { points_to } => points_to.as_deref(),
            Kind::Snapshot => None,
        }
    }

    fn is_for(&self, provider: &str) -> bool {
        self.provider.as_deref().is_none_or(|name| name == provider)
    }

    fn is_at(&self, reach: Reach<'_>) -> bool {
        match (&self.host, reach) {
            (None, _) => true,
            (Some(host), Reach::Remote(at)) => at.eq_ignore_ascii_case(host),
            (Some(_), Reach::Local) => false,
        }
    }

    /// Whether it has a price for the provider at that time.
    fn prices(&self, asked: &Asked<'_>) -> bool {
        self.price.as_ref().is_some_and(|price| price.is_valid(asked.at)) && self.is_for(asked.provider)
    }

    /// Whether its price is for this endpoint. A price list of one host is that host's alone. A gateway on one's own
    /// machine passes on what the vendor charges, and its models go by their exact names; a beginning of a name, or a
    /// server of files, says nothing there. A row for a provider by its name is for that one wherever it is.
    fn holds_for(&self, asked: &Asked<'_>) -> bool {
        let local = asked.reach == Reach::Local && self.provider.is_none();
        let guessed = self.beginning().is_some() || FILE_SERVERS.contains(&asked.provider);
        self.prices(asked) && self.is_at(asked.reach) && !(local && guessed)
    }
}
