//! Definitions of tools from the text of a file, in the forms that people have them in.
//!
//! Owns the reading and what is said of what cannot be read. Whether a provider would take a definition, and a model
//! understand it, is the linter's.

use serde_json::{Map, Value, json};
use thiserror::Error;

use crate::chat::Tool;
use crate::text::{JsonScanner, Place, clean_line};

/// The largest text that is read: a definition goes with every request, so none is near it.
pub const LARGEST_BYTES: usize = 1024 * 1024;

/// A tool, and where in its file the parts of it stand, as JSON pointers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    pub tool: Tool,
    /// The object that holds the name.
    pub function: String,
    /// The schema of the arguments, or where it would stand.
    pub parameters: String,
}

/// What keeps a text from being definitions.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DefinitionError {
    #[error("it is larger than 1 MiB")]
    TooLarge,
    #[error("it is not JSON at {place}: {said}")]
    NotJson { place: Place, said: String },
    /// An entry of it is no tool.
    #[error("{}{said}", at(.pointer))]
    Entry { pointer: String, said: String },
}

fn at(pointer: &str) -> String {
    if pointer.is_empty() { String::new() } else { format!("{pointer}: ") }
}

impl Definition {
    /// A tool that stands in no file; its pointers lead into its definition.
    #[must_use]
    pub fn of(tool: Tool) -> Self {
        Self { tool, function: "/function".to_owned(), parameters: "/function/parameters".to_owned() }
    }
}

/// Reads the tools of a text: one function or a list of them, wrapped as in a request or bare, the `tools` or `functions`
/// of a request's body, a JSON schema with a `title` or `name`, and functions whose schema is `input_schema` or
/// `inputSchema`, as other protocols have it.
///
/// # Errors
/// For the first thing that is none: which entry and field, and what stands there.
pub fn read_tools(text: &str) -> Result<Vec<Definition>, DefinitionError> {
    if text.len() > LARGEST_BYTES {
        return Err(DefinitionError::TooLarge);
    }
    // Windows editors put a mark before the text.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let value: Value = serde_json::from_str(text).map_err(|error| {
        let (place, said) = json_fault(text, &error);
        DefinitionError::NotJson { place, said }
    })?;
    let list = |items: &[Value], pointer: &str| {
        items.iter().enumerate().map(|(place, item)| entry(item, &format!("{pointer}/{place}"))).collect()
    };
    if let Value::Array(items) = &value {
        return list(items, "");
    }
    let field = ["tools", "functions"].into_iter().find(|field| value.get(*field).is_some_and(Value::is_array));
    match field {
        Some(field) => list(value[field].as_array().map_or(&[], Vec::as_slice), &format!("/{field}")),
        None => Ok(vec![entry(&value, "")?]),
    }
}

/// Where a text stops being JSON, and why, in a clause.
#[must_use]
pub fn json_fault(text: &str, error: &serde_json::Error) -> (Place, String) {
    if text.trim().is_empty() {
        return (Place::at(text, 0), "there is nothing in it".to_owned());
    }
    let message = error.to_string();
    let said = message.rsplit_once(" at line ").map_or(message.as_str(), |(said, _)| said);
    let mut scanner = JsonScanner::bare();
    scanner.push(text, &mut |_| {});
    scanner.finish(&mut |_| {});
    match scanner.fault() {
        _ if said.starts_with("recursion limit") => {
            (Place { line: error.line(), column: error.column() }, "it lies too deep in itself".to_owned())
        }
        Some(fault) => (Place::at(text, fault.at), fault.said.to_owned()),
        // By its grammar it is JSON, but it has a number or a sign that nothing holds.
        None if scanner.is_whole() => (Place { line: error.line(), column: error.column() }, said.to_owned()),
        None => (Place::at(text, text.len()), "it ends before it is complete".to_owned()),
    }
}

/// The definitions as the text of a file: one that is read back as the same.
#[must_use]
pub fn write_tools(tools: &[Tool]) -> String {
    let definitions = Value::Array(tools.iter().map(|tool| tool.definition.clone()).collect());
    format!("{definitions:#}\n")
}

fn entry(value: &Value, pointer: &str) -> Result<Definition, DefinitionError> {
    let refuse = |below: &str, said: String| DefinitionError::Entry { pointer: format!("{pointer}{below}"), said };
    let Value::Object(fields) = value else {
        return Err(refuse("", format!("a tool is an object, not {}", kind(value))));
    };
    if let Some(other) = fields.get("type").filter(|_| is_built_in(fields)) {
        return Err(refuse("/type", format!("only functions can be offered, not {}", shown(other))));
    }
    if let Some(function) = fields.get("function") {
        let Value::Object(inner) = function else {
            return Err(refuse("/function", format!("a function is an object, not {}", kind(function))));
        };
        named(inner, "name").map_err(|said| refuse("/function/name", said))?;
        let tool = Tool::from_json(value).ok_or_else(|| refuse("/function/name", NAMELESS.to_owned()))?;
        let function = format!("{pointer}/function");
        return Ok(Definition { tool, parameters: format!("{function}/parameters"), function });
    }
    let (function, parameters) = if is_schema(fields) { of_schema(fields) } else { of_bare(fields) };
    let name = named(&function, "name").map_err(|said| {
        let given = ["name", "title"].into_iter().find(|name| fields.contains_key(*name)).unwrap_or("name");
        refuse(&format!("/{given}"), said)
    })?;
    let definition = json!({"type": "function", "function": function});
    let tool = Tool { name, definition };
    Ok(Definition { tool, function: pointer.to_owned(), parameters: format!("{pointer}{parameters}") })
}

const NAMELESS: &str = "a tool needs a name";

/// The name that stands in a field, or what is wrong with it.
fn named(fields: &Map<String, Value>, field: &str) -> Result<String, String> {
    match fields.get(field) {
        None => Err(NAMELESS.to_owned()),
        Some(Value::String(name)) if name.is_empty() => Err("the name is empty".to_owned()),
        Some(Value::String(name)) => Ok(name.clone()),
        Some(other) => Err(format!("a name is a string, not {}", kind(other))),
    }
}

/// Tools that servers bring themselves have types of their own and no schema: `web_search`, `custom`.
fn is_built_in(fields: &Map<String, Value>) -> bool {
    let of_schemas = ["object", "array", "string", "number", "integer", "boolean", "null"];
    let other = |given: &str| given != "function" && !of_schemas.contains(&given);
    !fields.contains_key("function") && fields.get("type").and_then(Value::as_str).is_some_and(other)
}

/// A schema says what it is by its own words; a function holds one in a field.
fn is_schema(fields: &Map<String, Value>) -> bool {
    let holds_one = ["parameters", "input_schema", "inputSchema"].iter().any(|field| fields.contains_key(*field));
    let says_so =
        ["properties", "$schema", "required", "$defs", "title"].iter().any(|field| fields.contains_key(*field));
    let typed = fields.get("type").is_some_and(|kind| kind != "function");
    !holds_one && (says_so || typed)
}

/// A schema becomes the parameters of a function; its name is none of a schema's words, its title and description are.
fn of_schema(fields: &Map<String, Value>) -> (Map<String, Value>, &'static str) {
    let mut schema = fields.clone();
    let own_name = schema.shift_remove("name");
    let mut function = Map::new();
    let name = own_name.or_else(|| fields.get("title").cloned());
    function.extend(name.map(|name| ("name".to_owned(), name)));
    let description = fields.get("description").cloned();
    function.extend(description.map(|description| ("description".to_owned(), description)));
    function.insert("parameters".to_owned(), Value::Object(schema));
    (function, "")
}

fn of_bare(fields: &Map<String, Value>) -> (Map<String, Value>, &'static str) {
    let other = ["input_schema", "inputSchema"].into_iter().find(|field| fields.contains_key(*field));
    let renamed = |name: &String| if Some(name.as_str()) == other { "parameters".to_owned() } else { name.clone() };
    // The newer of the vendor's protocols writes the type beside the name.
    let kept = fields.iter().filter(|(name, _)| name.as_str() != "type");
    let function = kept.map(|(name, value)| (renamed(name), value.clone())).collect();
    let parameters = match other {
        Some("input_schema") => "/input_schema",
        Some(_) => "/inputSchema",
        None => "/parameters",
    };
    (function, parameters)
}

fn shown(value: &Value) -> String {
    let text = value.to_string();
    let cut: String = text.chars().take(40).collect();
    clean_line(&cut).into_owned()
}

/// What a value is, in a word.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(value: &Value) -> Result<Vec<Definition>, String> {
        read_tools(&value.to_string()).map_err(|error| error.to_string())
    }

    fn look(function: &str, parameters: &str) -> Definition {
        let inner = json!({"name": "look", "description": "Looks.", "parameters": {"type": "object"}});
        let tool = Tool { name: "look".to_owned(), definition: json!({"type": "function", "function": inner}) };
        Definition { tool, function: function.to_owned(), parameters: parameters.to_owned() }
    }

    #[test]
    fn a_tool_is_read_in_every_form_that_people_have_it_in() {
        let schema = json!({"type": "object"});
        let bare = json!({"name": "look", "description": "Looks.", "parameters": schema});
        let wrapped = json!({"type": "function", "function": bare});
        let flat = json!({"type": "function", "name": "look", "description": "Looks.", "parameters": schema});
        let claude = json!({"name": "look", "description": "Looks.", "input_schema": schema});
        let mcp = json!({"tools": [{"name": "look", "description": "Looks.", "inputSchema": schema}]});
        let cases = [
            (wrapped.clone(), look("/function", "/function/parameters")),
            (json!([wrapped]), look("/0/function", "/0/function/parameters")),
            (json!({"model": "m", "tools": [wrapped]}), look("/tools/0/function", "/tools/0/function/parameters")),
            (json!({"functions": [bare]}), look("/functions/0", "/functions/0/parameters")),
            (bare, look("", "/parameters")),
            (flat, look("", "/parameters")),
            (claude, look("", "/input_schema")),
            (mcp, look("/tools/0", "/tools/0/inputSchema")),
        ];
        for (value, expected) in cases {
            assert_eq!(read(&value), Ok(vec![expected]), "{value}");
        }
        assert_eq!(read(&json!([])), Ok(vec![]));
    }

    #[test]
    fn a_schema_gives_its_title_or_name_to_the_tool() {
        let schema = json!({"title": "look", "description": "Looks.", "type": "object", "properties": {"at": {}}});
        let [definition] = read(&schema).unwrap().try_into().unwrap();
        let function = json!({"name": "look", "description": "Looks.", "parameters": schema});
        assert_eq!(definition.tool.definition, json!({"type": "function", "function": function}));
        assert_eq!((definition.function.as_str(), definition.parameters.as_str()), ("", ""));
        let named = json!({"name": "look", "type": "object", "properties": {}});
        let [definition] = read(&named).unwrap().try_into().unwrap();
        let function = json!({"name": "look", "parameters": {"type": "object", "properties": {}}});
        assert_eq!(definition.tool.definition["function"], function);
    }

    #[test]
    fn what_is_no_tool_is_told_with_its_entry_and_field() {
        let cases = [
            (json!(7), "a tool is an object, not a number"),
            (json!([{"name": "a"}, "b"]), "/1: a tool is an object, not a string"),
            (
                json!({"tools": [{"type": "function", "function": []}]}),
                "/tools/0/function: a function is an object, not a list",
            ),
            (json!([{"type": "function", "function": {}}]), "/0/function/name: a tool needs a name"),
            (json!([{"name": 7}]), "/0/name: a name is a string, not a number"),
            (json!([{"name": ""}]), "/0/name: the name is empty"),
            (json!({"type": "object", "properties": {}}), "/name: a tool needs a name"),
            (json!({"type": "object", "title": true}), "/title: a name is a string, not true or false"),
            (json!([{"type": "web_search"}]), "/0/type: only functions can be offered, not \"web_search\""),
        ];
        for (value, expected) in cases {
            assert_eq!(read(&value), Err(expected.to_owned()), "{value}");
        }
    }

    #[test]
    fn a_text_that_is_not_json_is_told_with_its_place() {
        let said = |text: &str| read_tools(text).unwrap_err().to_string();
        assert_eq!(said("{\n  name: 1"), "it is not JSON at 2:3: a field's name in quotes or } is expected");
        assert_eq!(said(""), "it is not JSON at 1:1: there is nothing in it");
        assert_eq!(said(&"[".repeat(100_000)), "it is not JSON at 1:128: it lies too deep in itself");
        assert_eq!(said(&" ".repeat(LARGEST_BYTES + 1)), "it is larger than 1 MiB");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(names in prop::collection::vec(".{1,8}", 0..4), text: String, strict: bool) {
            let tools: Vec<Tool> = names.iter().map(|name| {
                let parameters = json!({"type": "object", "properties": {name.as_str(): {"const": text}}});
                Tool::from_json(&json!({"name": name, "strict": strict, "parameters": parameters})).unwrap()
            }).collect();
            let read: Vec<Tool> = read_tools(&write_tools(&tools)).unwrap().into_iter().map(|one| one.tool).collect();
            prop_assert_eq!(read, tools);
        }

        #[test]
        fn no_text_brings_the_reader_down(text: String) {
            let _ = read_tools(&text);
        }
    }
}
