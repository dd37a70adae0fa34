//! Settings, and the names of their fields.

use crate::chat::{Field, Params, Settings, Tool};
use crate::store::{Fields, SavedSettings, SavedTool};

/// What a lane or a run asks with, as it is saved.
#[must_use]
pub fn saved_settings(settings: &Settings) -> SavedSettings {
    let tool = |tool: &Tool| SavedTool { name: tool.name.clone(), definition: tool.definition.clone() };
    SavedSettings {
        provider: settings.provider.clone(),
        model: settings.model.clone(),
        system: settings.system.as_deref().map(ToOwned::to_owned),
        variables: settings.variables.clone(),
        params: saved_params(&settings.params),
        forced: settings.forced.clone(),
        tools: settings.tools.iter().map(tool).collect(),
        other: Fields::new(),
    }
}

/// Undoes [`saved_settings`].
#[must_use]
pub fn restored_settings(saved: SavedSettings) -> Settings {
    let tool = |tool: SavedTool| Tool { name: tool.name, definition: tool.definition };
    Settings {
        provider: saved.provider,
        model: saved.model,
        system: saved.system.map(Into::into),
        variables: saved.variables,
        params: restored_params(saved.params),
        forced: saved.forced,
        tools: saved.tools.into_iter().map(tool).collect(),
    }
}

pub(super) fn saved_params(params: &Params) -> Fields {
    params.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
}

pub(super) fn restored_params(saved: Fields) -> Params {
    let mut params = Params::default();
    for (name, value) in saved {
        params.set(name, value);
    }
    params
}

pub(super) fn saved_field(field: &Field) -> String {
    match field {
        Field::Param(name) => format!("param:{name}"),
        Field::Model | Field::System | Field::Tools => field.name().to_owned(),
    }
}

pub(super) fn restored_field(name: &str) -> Option<Field> {
    match name {
        "model" => Some(Field::Model),
        "system" => Some(Field::System),
        "tools" => Some(Field::Tools),
        name => name.strip_prefix("param:").map(Field::param),
    }
}
