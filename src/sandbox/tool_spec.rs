//! The tools of a request and the choice among them.

use serde_json::Value;

use super::refusal::Refusal;

/// A function that may be called.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ToolSpec {
    pub name: String,
    pub description: String,
    /// The schema of its arguments; `None`: it takes none.
    pub parameters: Option<Value>,
}

/// What the request says about calling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ToolChoice {
    Never,
    Auto,
    Required,
    Named(String),
}

/// Reads `tools`.
pub(crate) fn read(list: &[Value]) -> Result<Vec<ToolSpec>, Refusal> {
    list.iter().enumerate().map(|(at, tool)| read_one(at, tool)).collect()
}

fn read_one(at: usize, tool: &Value) -> Result<ToolSpec, Refusal> {
    let text = |key: &str| tool.get("function").and_then(|function| function.get(key)).and_then(Value::as_str);
    let param = format!("tools[{at}].function.name");
    let Some(name) = text("name") else {
        return Err(Refusal::invalid(
            &param,
            "missing_required_parameter",
            format!("Missing required parameter: '{param}'."),
        ));
    };
    let fits = |sign: char| sign.is_ascii_alphanumeric() || sign == '_' || sign == '-';
    if name.is_empty() || name.len() > 64 || !name.chars().all(fits) {
        let text = format!(
            "Invalid '{param}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$' of at most 64 signs."
        );
        return Err(Refusal::invalid(&param, "invalid_value", text));
    }
    let parameters = tool.get("function").and_then(|function| function.get("parameters")).cloned();
    Ok(ToolSpec { name: name.to_owned(), description: text("description").unwrap_or_default().to_owned(), parameters })
}

/// Reads `tool_choice`; a named tool has to be among the tools.
pub(crate) fn choice(value: Option<&Value>, tools: &[ToolSpec]) -> Result<ToolChoice, Refusal> {
    let refuse = |text: String| Err(Refusal::invalid("tool_choice", "invalid_value", text));
    let Some(value) = value else { return Ok(ToolChoice::Auto) };
    if tools.is_empty() {
        let text = "'tool_choice' is only allowed when 'tools' are specified.";
        return Err(Refusal { param: Some("tool_choice".to_owned()), ..Refusal::plain(400, text) });
    }
    let named = value.get("function").and_then(|function| function.get("name")).and_then(Value::as_str);
    match (value.as_str(), named) {
        (Some("none"), _) => Ok(ToolChoice::Never),
        (Some("auto"), _) => Ok(ToolChoice::Auto),
        (Some("required" | "any"), _) => Ok(ToolChoice::Required),
        (_, Some(name)) if tools.iter().any(|tool| tool.name == name) => Ok(ToolChoice::Named(name.to_owned())),
        (_, Some(name)) => refuse(format!("Tool choice '{name}' not found in 'tools' parameter.")),
        _ => refuse(format!("Invalid value: {value}. Supported values are: 'none', 'auto', and 'required'.")),
    }
}
