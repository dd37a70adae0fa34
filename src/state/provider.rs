//! The providers that can be asked, and the models they are known to serve.

use std::collections::BTreeMap;

use crate::api::{Repair, RequestShape};
use crate::chat::Remembered;

/// What a provider's list of models came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    Models(Vec<String>),
    /// It answered with an error, in a sentence.
    Failed(String),
}

/// A provider as the screen knows it; its key and headers stay with the runner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    pub name: String,
    pub base_url: String,
    /// The model a lane gets when it switches here.
    pub default_model: Option<String>,
    /// `None` until it was asked.
    pub models: Option<Found>,
    /// A guess at a usual port: offered only once it answers.
    pub candidate: bool,
    /// What its requests look like; nothing in it is secret.
    pub shape: RequestShape,
    /// What it was found to take, by model: the same as its client knows.
    pub known: BTreeMap<String, Remembered>,
}

impl Provider {
    /// What it was found to take for a model.
    #[must_use]
    pub fn known(&self, model: &str) -> Remembered {
        self.known.get(model).copied().unwrap_or_default()
    }

    /// Keeps the repairs after which a run was accepted.
    pub fn learn(&mut self, model: &str, repairs: &[Repair]) {
        if repairs.is_empty() {
            return;
        }
        let known = self.known.entry(model.to_owned()).or_default();
        *known = repairs.iter().fold(*known, Remembered::after);
    }
}

/// All of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Providers {
    pub all: Vec<Provider>,
    /// Whether nobody chose a provider, so that the first local server that answers becomes the first lane's.
    pub undecided: bool,
}

impl Providers {
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Provider> {
        self.all.iter().find(|provider| provider.name == name)
    }

    pub fn get_mut(&mut self, name: &str) -> Option<&mut Provider> {
        self.all.iter_mut().find(|provider| provider.name == name)
    }
}
