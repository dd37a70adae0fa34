//! Values of the request as a person writes them, and back.
//!
//! Owns what a text means. Does not know forms.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::chat::{self, Params, Settings, Tool, is_name};
use crate::text::{Place, counted};

/// The types of a response format that the API knows.
const FORMATS: [&str; 3] = ["text", "json_object", "json_schema"];

/// As many characters of a string are repeated as two rows have room for.
const SAID: usize = 160;

/// Which value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject<'a> {
    /// A text or JSON param of the table, by its name.
    Param(&'a str),
    Tools,
    /// All fields that the table does not know.
    Extra,
}

/// What a text means.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Reading {
    Unset,
    /// What stands in this file.
    File(String),
    Param(String, Value),
    Tools(Vec<Tool>),
    Extra(Params),
}

impl Reading {
    /// What will be sent, in a few words.
    pub(super) fn said(&self) -> String {
        match self {
            Self::Param(_, Value::Array(items)) => format!("valid: {}", counted(items.len() as u64, "string")),
            Self::Param(_, Value::String(text)) => {
                let beginning: String = text.chars().take(SAID).collect();
                let more = if beginning.len() < text.len() { "…" } else { "" };
                format!("valid: {}{more}", Value::String(beginning))
            }
            Self::Tools(tools) => {
                let names: Vec<&str> = tools.iter().map(|tool| tool.name.as_str()).collect();
                format!("valid: {}", names.join(", "))
            }
            Self::Extra(fields) => format!("valid: {}", counted(fields.iter().count() as u64, "field")),
            _ => "valid".to_owned(),
        }
    }
}

/// A value as the editor shows it; empty when it is unset.
pub(super) fn written(subject: Subject<'_>, settings: &Settings) -> String {
    match subject {
        Subject::Param(name) => settings.params.get(name).map(|value| param(name, value)).unwrap_or_default(),
        Subject::Tools if settings.tools.is_empty() => String::new(),
        Subject::Tools => pretty(&settings.tools.iter().map(|tool| tool.definition.clone()).collect()),
        Subject::Extra => {
            let fields: Map<_, _> =
                settings.params.unlisted().map(|(name, value)| (name.clone(), value.clone())).collect();
            if fields.is_empty() { String::new() } else { pretty(&Value::Object(fields)) }
        }
    }
}

/// Words as words, strings as lines where they can be read back from them, all else as JSON.
fn param(name: &str, value: &Value) -> String {
    let lines = match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"),
        _ => return pretty(value),
    };
    let same = read(Subject::Param(name), &lines) == Ok(Reading::Param(name.to_owned(), value.clone()));
    if same { lines } else { pretty(value) }
}

fn pretty(value: &Value) -> String {
    format!("{value:#}")
}

/// What a text means, or in a sentence why it means nothing.
pub(super) fn read(subject: Subject<'_>, text: &str) -> Result<Reading, String> {
    if text.trim().is_empty() {
        return Ok(Reading::Unset);
    }
    if let Some(path) = file(subject, text) {
        return Ok(Reading::File(path.to_owned()));
    }
    match subject {
        Subject::Param(name) => {
            let value = if name == "stop" { strings(text) } else { value(text)? };
            let value = chat::checked(name, value).map_err(|error| error.to_string())?;
            Ok(Reading::Param(name.to_owned(), value))
        }
        Subject::Tools => tools(&json(text)?).map(Reading::Tools),
        Subject::Extra => extra(&json(text)?).map(Reading::Extra),
    }
}

/// `@path` alone names a file; a string that ends a reply may begin so too.
fn file<'t>(subject: Subject<'_>, text: &'t str) -> Option<&'t str> {
    let path = text.trim().strip_prefix('@')?.trim();
    (subject != Subject::Param("stop") && !path.is_empty() && !path.contains('\n')).then_some(path)
}

/// JSON where it is JSON of strings, else a string for each line that is not empty.
fn strings(text: &str) -> Value {
    let is_json = text.trim_start().starts_with(['[', '"']);
    if let Some(value) = serde_json::from_str(text).ok().filter(|_| is_json) {
        return value;
    }
    let mut lines: Vec<Value> =
        text.split('\n').filter(|line| !line.is_empty()).map(|line| Value::String(line.to_owned())).collect();
    if lines.len() == 1 { lines.remove(0) } else { Value::Array(lines) }
}

/// A word may go without its quotes.
fn value(text: &str) -> Result<Value, String> {
    let word = text.trim();
    let is_word = word.starts_with(|first: char| first.is_ascii_alphabetic())
        && word.chars().all(|sign| sign.is_ascii_alphanumeric() || "_-".contains(sign));
    if is_word && !["true", "false", "null"].contains(&word) { Ok(Value::String(word.to_owned())) } else { json(text) }
}

/// The JSON that a text is, or `line:column` and what is wrong there.
fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| {
        let start = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
        // What is missing at the end is missing after the last sign, not in its place.
        let back = usize::from(!error.is_eof()).min(error.column());
        let place = Place::at(text, start + error.column() - back);
        let said = error.to_string();
        let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said);
        let slip = match said.strip_prefix("EOF while parsing ") {
            Some("a value") => "a value is missing".to_owned(),
            Some("a list") => "an array is not ended".to_owned(),
            Some(open) => format!("{open} is not ended"),
            None => said.to_owned(),
        };
        format!("{place} {slip}")
    })
}

fn tools(value: &Value) -> Result<Vec<Tool>, String> {
    let alone = std::slice::from_ref(value);
    let definitions = value.as_array().map_or(alone, Vec::as_slice);
    let mut tools: Vec<Tool> = Vec::new();
    for (place, definition) in (1..).zip(definitions) {
        let Some(tool) = Tool::from_json(definition) else {
            return Err(format!("tool {place} has no name; write {{\"name\": \"…\", \"parameters\": {{…}}}}"));
        };
        let parameters = &tool.definition["function"]["parameters"];
        if !is_name(&tool.name) {
            return Err(format!("`{}` is no name for a tool: letters, digits, - and _, at most 64", tool.name));
        }
        if !parameters.is_null() && !parameters.is_object() {
            return Err(format!("the parameters of `{}` are a JSON schema, an object", tool.name));
        }
        if tools.iter().any(|other| other.name == tool.name) {
            return Err(format!("there are two tools `{}`", tool.name));
        }
        tools.push(tool);
    }
    Ok(tools)
}

fn extra(value: &Value) -> Result<Params, String> {
    let Some(fields) = value.as_object() else {
        return Err("other fields are one object, such as {\"top_k\": 40}".to_owned());
    };
    let mut params = Params::default();
    for (name, value) in fields {
        if chat::param(name).is_some() {
            return Err(format!("`{name}` has a row of its own"));
        }
        params.set(name, chat::checked(name, value.clone()).map_err(|error| error.to_string())?);
    }
    Ok(params)
}

/// What may be put in while nothing is written.
pub(super) fn templates(subject: Subject<'_>, tools: &[Tool]) -> Vec<String> {
    let schema =
        |field: &str| json!({"type": "object", "properties": {field: {"type": "string"}}, "required": [field]});
    let name = tools.first().map_or("lookup", |tool| tool.name.as_str());
    let values = match subject {
        Subject::Param("response_format") => vec![
            json!({"type": "text"}),
            json!({"type": "json_object"}),
            json!({"type": "json_schema", "json_schema": {"name": "answer", "schema": schema("answer")}}),
        ],
        Subject::Param("tool_choice") => {
            let words = ["auto", "none", "required"].map(|word| json!(word));
            let function = json!({"type": "function", "function": {"name": name}});
            words.into_iter().chain([function]).collect()
        }
        Subject::Param("logit_bias") => vec![json!({"50256": -100})],
        Subject::Tools => {
            vec![json!([{"name": "lookup", "description": "Looks an order up.", "parameters": schema("id")}])]
        }
        Subject::Param(_) | Subject::Extra => Vec::new(),
    };
    values.iter().map(|value| value.as_str().map_or_else(|| pretty(value), ToOwned::to_owned)).collect()
}

/// What the templates are, or where there are none, how the value is written.
pub(super) fn offered(subject: Subject<'_>) -> String {
    match subject {
        Subject::Param("response_format") => FORMATS.join(", "),
        Subject::Param("tool_choice") => "auto, none, required, or a function".to_owned(),
        Subject::Param("stop") => "write one string a line, or JSON".to_owned(),
        Subject::Extra => "write one object, such as {\"top_k\": 40}".to_owned(),
        _ => "an example".to_owned(),
    }
}

/// A file's content as it is edited: a bare schema gets what a response format needs around it.
pub(super) fn of_file(subject: Subject<'_>, path: &str, content: &str) -> String {
    let content = content.strip_prefix('\u{feff}').unwrap_or(content);
    let Ok(value) = serde_json::from_str::<Value>(content) else { return content.trim_end().to_owned() };
    let kind = value.get("type").and_then(Value::as_str).unwrap_or_default();
    let is_format = FORMATS.contains(&kind);
    if subject != Subject::Param("response_format") || is_format || !value.is_object() {
        return pretty(&value);
    }
    let is_named = value.get("name").is_some_and(Value::is_string) && value.get("schema").is_some_and(Value::is_object);
    let named = if is_named { value } else { json!({"name": schema_name(path), "schema": value}) };
    pretty(&json!({"type": "json_schema", "json_schema": named}))
}

/// A file's name as the API takes it for a schema.
fn schema_name(path: &str) -> String {
    let stem = Path::new(path).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let plain = |sign: char| if sign.is_ascii_alphanumeric() || sign == '-' { sign } else { '_' };
    let name: String = stem.chars().map(plain).take(64).collect();
    if name.is_empty() { "answer".to_owned() } else { name }
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
