//! The model picker: every model that can be asked, those that were asked or marked before the others.

use super::State;
use crate::pricing::{Card, Reach};

/// A model and where it is asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ModelAt {
    pub provider: String,
    pub model: String,
}

/// The picker: what is typed, and the rows that match.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picker {
    pub query: String,
    pub selected: usize,
    pub rows: Vec<PickerRow>,
    /// What was asked in this session, newest first.
    pub recent: Vec<ModelAt>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PickerRow {
    pub at: ModelAt,
    pub standing: Standing,
}

/// Why a model is in the picker, the strongest reason first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The user marked it.
    Favourite,
    /// It was asked in this session.
    Recent,
    /// Its provider lists it.
    Listed,
    /// It is only what the user typed.
    Typed,
}

impl Picker {
    #[must_use]
    pub fn chosen(&self) -> Option<&PickerRow> {
        self.rows.get(self.selected)
    }
}

/// Models that the user marked, in the order in which that was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Favourites(Vec<ModelAt>);

impl Favourites {
    #[must_use]
    pub fn has(&self, at: &ModelAt) -> bool {
        self.0.contains(at)
    }

    /// Marks a model, or takes its mark away.
    pub fn toggle(&mut self, at: &ModelAt) {
        match self.0.iter().position(|marked| marked == at) {
            Some(place) => {
                self.0.remove(place);
            }
            None => self.0.push(at.clone()),
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = &ModelAt> {
        self.0.iter()
    }
}

impl State {
    /// What is known of a model at a provider; a card without anything where nothing is.
    #[must_use]
    pub fn card<'a>(&'a self, at: &'a ModelAt) -> Card<'a> {
        let ModelAt { provider, model } = at;
        let address = self.providers.get(provider).map_or("", |provider| provider.base_url.as_str());
        let known = self.catalogue.card(provider, Reach::of(address), model);
        known.unwrap_or_else(|| Card::unknown(provider, model))
    }
}
