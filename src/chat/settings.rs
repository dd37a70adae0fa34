//! What a lane asks with, field by field, so that lanes can share some of it and be told apart by the rest.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::{PARAMS, Params, Tool};

/// What a lane asks with. Every run keeps its own: what may be long is shared between them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    pub provider: String,
    pub model: String,
    /// As it is written, with its `{{variables}}`.
    pub system: Option<Arc<str>>,
    /// What stands for the `{{variables}}` of the system prompt, by name.
    pub variables: BTreeMap<String, String>,
    pub params: Params,
    /// The params that are sent although the model is known to refuse them, by wire name.
    pub forced: BTreeSet<String>,
    pub tools: Arc<[Tool]>,
}

/// A part of the settings that a lane shares with others or has for itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// The model and the provider that serves it.
    Model,
    /// The system prompt and its variables.
    System,
    Tools,
    /// A param, by its wire name.
    Param(String),
}

/// A field that two settings do not have in common, in words for the screen; `None` where it is unset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub field: Field,
    pub left: Option<String>,
    pub right: Option<String>,
}

impl Field {
    /// A param's field.
    #[must_use]
    pub fn param(name: &str) -> Self {
        Self::Param(name.to_owned())
    }

    /// What the field is called on the screen.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Model => "model",
            Self::System => "system",
            Self::Tools => "tools",
            Self::Param(name) => name,
        }
    }
}

impl Settings {
    /// The fields that matter: the fixed ones, the table's params, then the set ones that no table knows.
    pub fn fields<'a>(of: impl IntoIterator<Item = &'a Self>) -> Vec<Field> {
        let known = PARAMS.iter().map(|param| Field::param(param.name));
        let mut fields: Vec<Field> = [Field::Model, Field::System, Field::Tools].into_iter().chain(known).collect();
        let mut seen = BTreeSet::new();
        let unlisted = of.into_iter().flat_map(|settings| settings.params.unlisted());
        fields.extend(unlisted.filter(|(name, _)| seen.insert(*name)).map(|(name, _)| Field::param(name)));
        fields
    }

    /// Takes one field over from other settings, unset included.
    pub fn take(&mut self, field: &Field, from: &Self) {
        match field {
            Field::Model => {
                self.provider.clone_from(&from.provider);
                self.model.clone_from(&from.model);
            }
            Field::System => {
                self.system.clone_from(&from.system);
                self.variables.clone_from(&from.variables);
            }
            Field::Tools => self.tools.clone_from(&from.tools),
            Field::Param(name) => {
                match from.params.get(name) {
                    Some(value) => self.params.set(name, value.clone()),
                    None => {
                        self.params.unset(name);
                    }
                }
                self.force(name, from.forced.contains(name));
            }
        }
    }

    /// Lets a param be sent although the model is known to refuse it, or not. An unset one cannot be forced.
    pub fn force(&mut self, name: &str, forced: bool) {
        if forced && self.params.get(name).is_some() {
            self.forced.insert(name.to_owned());
        } else {
            self.forced.remove(name);
        }
    }

    /// Forgets to force what is not set: forcing was meant for the value that was there.
    pub fn drop_idle_force(&mut self) {
        let Self { forced, params, .. } = self;
        forced.retain(|name| params.get(name).is_some());
    }

    /// Whether both have the same in a field.
    #[must_use]
    pub fn agree(&self, other: &Self, field: &Field) -> bool {
        match field {
            Field::Model => (&self.provider, &self.model) == (&other.provider, &other.model),
            Field::System => (&self.system, &self.variables) == (&other.system, &other.variables),
            Field::Tools => self.tools == other.tools,
            Field::Param(name) => {
                let forced = |settings: &Self| settings.forced.contains(name);
                self.params.get(name) == other.params.get(name) && forced(self) == forced(other)
            }
        }
    }

    /// Whether a field is set.
    #[must_use]
    pub fn is_set(&self, field: &Field) -> bool {
        match field {
            Field::Model => !self.model.is_empty(),
            Field::System => self.system.is_some(),
            Field::Tools => !self.tools.is_empty(),
            Field::Param(name) => self.params.get(name).is_some(),
        }
    }

    /// A field's value in words; `None` when it is unset.
    #[must_use]
    pub fn shown(&self, field: &Field) -> Option<String> {
        match field {
            Field::Model => Some(format!("{} @ {}", self.model, self.provider)),
            Field::System => self.system.as_ref().map(|system| {
                let values = self.variables.iter().map(|(name, value)| format!("  {name} = {value}"));
                std::iter::once(system.to_string()).chain(values).collect::<Vec<_>>().join("\n")
            }),
            Field::Tools if self.tools.is_empty() => None,
            Field::Tools => Some(self.tools.iter().map(|tool| tool.name.as_str()).collect::<Vec<_>>().join(", ")),
            Field::Param(name) if self.forced.contains(name) => {
                self.params.get(name).map(|value| format!("{} (forced)", plain(value)))
            }
            Field::Param(name) => self.params.get(name).map(plain),
        }
    }

    /// Every field in which the two differ, in the order of the sidebar.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<Difference> {
        let differing = Self::fields([self, other]).into_iter().filter(|field| !self.agree(other, field));
        differing.map(|field| Difference { left: self.shown(&field), right: other.shown(&field), field }).collect()
    }
}

/// A value as a person would write it: a string without its quotes.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

impl Params {
    /// The set params that the table does not know.
    pub fn unlisted(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.iter().filter(|(name, _)| super::param(name).is_none())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn settings() -> Settings {
        Settings { provider: "lab".into(), model: "m".into(), ..Settings::default() }
    }

    #[test]
    fn settings_differ_in_the_fields_that_one_of_them_has_otherwise() {
        let mut right = settings();
        right.system = Some("Be brief.".into());
        right.params.set("temperature", json!(0.9));
        right.params.set("vendor_field", json!("x"));
        let difference = |field: Field, right: &str| Difference { field, left: None, right: Some(right.to_owned()) };
        assert_eq!(
            settings().differences(&right),
            [
                difference(Field::System, "Be brief."),
                difference(Field::param("temperature"), "0.9"),
                difference(Field::param("vendor_field"), "x"),
            ]
        );
        assert_eq!(right.differences(&right), []);
    }

    #[test]
    fn every_field_that_is_taken_over_agrees_afterwards_and_no_other_changes() {
        let mut from = settings();
        from.model = "other".into();
        from.system = Some("Hi {{name}}".into());
        from.variables.insert("name".into(), "Ada".into());
        from.params.set("seed", json!(7));
        from.tools = Tool::from_json(&json!({"name": "f"})).into_iter().collect();
        let mut to = settings();
        to.params.set("top_p", json!(0.5));
        for field in Settings::fields([&from, &to]) {
            let mut taken = to.clone();
            taken.take(&field, &from);
            assert!(taken.agree(&from, &field), "{field:?}");
            let changed: Vec<Field> = to.differences(&taken).into_iter().map(|difference| difference.field).collect();
            let expected: Vec<Field> = (!to.agree(&from, &field)).then_some(field).into_iter().collect();
            assert_eq!(changed, expected);
        }
    }
}
