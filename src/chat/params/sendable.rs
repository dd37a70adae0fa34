//! What of a lane's params goes into its request: all that are set, but for those that the model refuses.
//!
//! Owns what endpoints refused in this session. Asks nobody and sends nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::{Params, Refusal, refusal};
use crate::chat::Settings;

const MAX_TOKENS: &str = "max_tokens";
const MAX_COMPLETION_TOKENS: &str = "max_completion_tokens";

/// What endpoints refused in this session, by provider and model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusals(BTreeMap<(String, String), BTreeSet<String>>);

impl Refusals {
    /// Remembers that a provider's model refused a param.
    pub fn learn(&mut self, provider: &str, model: &str, name: impl Into<String>) {
        self.0.entry((provider.to_owned(), model.to_owned())).or_default().insert(name.into());
    }

    /// Forgets that it did. What is known of the model without having asked it stays.
    pub fn forget(&mut self, provider: &str, model: &str, name: &str) {
        let of = (provider.to_owned(), model.to_owned());
        if let Some(names) = self.0.get_mut(&of) {
            names.remove(name);
            if names.is_empty() {
                self.0.remove(&of);
            }
        }
    }

    /// Whether these settings' model refuses a param, by its vendor's word or by its own, and why. Being forced does
    /// not matter here.
    #[must_use]
    pub fn refusal(&self, settings: &Settings, name: &str) -> Option<Refusal> {
        refusal(name, &settings.model, &settings.params).or_else(|| self.learnt(settings, name))
    }

    fn learnt(&self, settings: &Settings, name: &str) -> Option<Refusal> {
        let names = self.0.get(&(settings.provider.clone(), settings.model.clone()))?;
        let Settings { provider, model, .. } = settings;
        names
            .contains(name)
            .then(|| Refusal { reason: format!("{model} at {provider} refused {name} in this session") })
    }
}

/// A set param that is left out of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withheld {
    pub name: String,
    /// A sentence for the screen, without its full stop.
    pub reason: String,
}

/// What a lane's request takes along of its params, and what is left out because the model refuses it and the user
/// does not force it. A limit of the reply that goes only by its other name takes that name, so that it holds.
#[must_use]
pub fn sendable(settings: &Settings, refusals: &Refusals) -> (Params, Vec<Withheld>) {
    let mut sent = Params::default();
    let mut withheld = Vec::new();
    for (name, value) in settings.params.iter() {
        let refused = refusals.refusal(settings, name).filter(|_| !settings.forced.contains(name));
        match (refused, other_limit(name)) {
            (None, _) => sent.set(name, value.clone()),
            (Some(_), Some(other)) if is_free(other, settings, refusals) => sent.set(other, value.clone()),
            (Some(Refusal { reason }), _) => withheld.push(Withheld { name: name.clone(), reason }),
        }
    }
    (sent, withheld)
}

fn other_limit(name: &str) -> Option<&'static str> {
    match name {
        MAX_TOKENS => Some(MAX_COMPLETION_TOKENS),
        MAX_COMPLETION_TOKENS => Some(MAX_TOKENS),
        _ => None,
    }
}

fn is_free(name: &str, settings: &Settings, refusals: &Refusals) -> bool {
    settings.params.get(name).is_none() && refusals.refusal(settings, name).is_none()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn settings(model: &str, assignments: &[&str]) -> Settings {
        let mut settings = Settings { provider: "lab".into(), model: model.into(), ..Settings::default() };
        for assignment in assignments {
            settings.params.assign(assignment).unwrap();
        }
        settings
    }

    fn split(settings: &Settings, refusals: &Refusals) -> (Value, Vec<String>) {
        let (sent, withheld) = sendable(settings, refusals);
        let withheld = withheld.into_iter().map(|withheld| format!("{}: {}", withheld.name, withheld.reason));
        (sent.iter().map(|(name, value)| (name.clone(), value.clone())).collect(), withheld.collect())
    }

    #[test]
    fn what_is_set_is_sent_and_what_is_not_set_is_not_even_where_it_is_refused() {
        let refusals = Refusals::default();
        assert_eq!(split(&settings("gpt-5", &[]), &refusals), (json!({}), vec![]));
        let set = settings("gpt-5", &["seed=7", "reasoning_effort=low", "vendor_field=1"]);
        assert_eq!(split(&set, &refusals), (json!({"seed": 7, "reasoning_effort": "low", "vendor_field": 1}), vec![]));
    }

    #[test]
    fn what_the_model_refuses_is_withheld_until_it_is_forced() {
        let mut set = settings("gpt-5", &["temperature=0.2", "seed=7"]);
        let reason = "temperature: gpt-5 refuses temperature: only the default works".to_owned();
        assert_eq!(split(&set, &Refusals::default()), (json!({"seed": 7}), vec![reason]));
        set.forced.insert("temperature".into());
        assert_eq!(split(&set, &Refusals::default()), (json!({"temperature": 0.2, "seed": 7}), vec![]));
    }

    #[test]
    fn what_was_refused_in_this_session_is_withheld_from_that_model_of_that_provider_alone() {
        let mut refusals = Refusals::default();
        refusals.learn("lab", "m", "seed");
        let set = settings("m", &["seed=7"]);
        let reason = "seed: m at lab refused seed in this session".to_owned();
        assert_eq!(split(&set, &refusals), (json!({}), vec![reason]));
        let elsewhere = Settings { provider: "other".into(), ..set.clone() };
        assert_eq!(split(&elsewhere, &refusals), (json!({"seed": 7}), vec![]));
        assert_eq!(split(&settings("m-2", &["seed=7"]), &refusals), (json!({"seed": 7}), vec![]));
        let forced = Settings { forced: ["seed".to_owned()].into(), ..set.clone() };
        assert_eq!(split(&forced, &refusals), (json!({"seed": 7}), vec![]));
        refusals.forget("lab", "m", "seed");
        assert_eq!(refusals, Refusals::default());
        assert_eq!(split(&set, &refusals), (json!({"seed": 7}), vec![]));
    }

    #[test]
    fn a_limit_whose_name_is_refused_goes_by_the_other_unless_that_is_set_too() {
        let mut refusals = Refusals::default();
        let limit = settings("o3", &["max_tokens=99"]);
        assert_eq!(split(&limit, &refusals), (json!({"max_completion_tokens": 99}), vec![]));
        let both = settings("o3", &["max_tokens=99", "max_completion_tokens=50"]);
        let reason = "max_tokens: o3 refuses max_tokens: it takes max_completion_tokens".to_owned();
        assert_eq!(split(&both, &refusals), (json!({"max_completion_tokens": 50}), vec![reason.clone()]));
        refusals.learn("lab", "mistral-large", "max_completion_tokens");
        let newer = settings("mistral-large", &["max_completion_tokens=9"]);
        assert_eq!(split(&newer, &refusals), (json!({"max_tokens": 9}), vec![]));
        refusals.learn("lab", "o3", "max_completion_tokens");
        assert_eq!(split(&limit, &refusals), (json!({}), vec![reason]));
    }
}
