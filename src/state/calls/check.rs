//! Whether a call may run as it is.

use super::CallState;
use crate::chat::Tool;
use crate::text;
use crate::tools::{Schema, Violation};

/// Where a call stands that nobody has decided: it waits, or says why it cannot be run.
#[must_use]
pub fn examined(tools: &[Tool], name: &str, arguments: &str) -> CallState {
    let why = faults(tools, name, arguments);
    if why.is_empty() { CallState::Waits } else { CallState::Invalid { why } }
}

fn faults(tools: &[Tool], name: &str, arguments: &str) -> Vec<Violation> {
    let violation = |said: String| vec![Violation { pointer: String::new(), said }];
    let Some(tool) = tools.iter().find(|tool| tool.name == name) else {
        let near = text::nearest(name, tools.iter().map(|tool| tool.name.as_str()));
        let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        return violation(format!("there is no tool `{name}` here{near}"));
    };
    let value = match arguments.trim() {
        "" | "null" => serde_json::Value::Object(serde_json::Map::new()),
        text => match serde_json::from_str(text) {
            Ok(value) => value,
            Err(error) => return violation(format!("the arguments are no JSON: {error}")),
        },
    };
    let parameters = &tool.definition["function"]["parameters"];
    if parameters.is_null() {
        return Vec::new();
    }
    match Schema::of(parameters) {
        Ok(schema) => schema.check(&value),
        Err(fault) => violation(format!("the tool's schema cannot be used: {fault}")),
    }
}
