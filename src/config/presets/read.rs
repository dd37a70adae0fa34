//! From the text of a preset to what it says: all of it, or the first thing that is wrong with it.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Number, Value};
use toml_edit::{Document, Item, Key, Table, TableLike, Value as TomlValue};

use super::Preset;
use crate::chat::{self, Params, Tool};
use crate::config::ConfigError;
use crate::config::shape::{self, Refusal, shown};
use crate::text::nearest;

/// The fields of a file, in the order in which they are written.
pub(super) const FIELDS: [&str; 7] = ["provider", "model", "system", "variables", "params", PARAMS_JSON, "tools"];

/// Where params stand as JSON text whose values TOML does not have: `null`, and integers of more than 63 bits.
pub(super) const PARAMS_JSON: &str = "params_json";

/// Reads the text; `file` is only for messages.
pub(super) fn preset(text: &str, file: &Path) -> Result<Preset, ConfigError> {
    // Windows editors put a mark before the text.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let wrong = |refusal: Refusal| shape::refused(file, text, refusal);
    shape::check(text, &shape::ANY).map_err(wrong)?;
    let syntax =
        |error: toml_edit::TomlError| (error.span().map_or(0, |span| span.start), error.message().replace('\n', "; "));
    let document = Document::parse(text).map_err(|error| wrong(syntax(error)))?;
    let table = document.as_table();
    if let Some((key, _)) = keys(table).find(|(key, _)| !FIELDS.contains(&key.get())) {
        return Err(wrong((start(key.span()), unknown(key.get()))));
    }
    shape::check(text, &shape::PRESET).map_err(wrong)?;
    of(table).map_err(wrong)
}

fn of(table: &Table) -> Result<Preset, Refusal> {
    let name = |field: &str| match table.get(field).map(|item| (string(item, field), item)) {
        Some((Ok(text), item)) if text.is_empty() => Err((start(item.span()), format!("`{field}` is empty"))),
        given => given.map(|(text, _)| text).transpose(),
    };
    Ok(Preset {
        provider: name("provider")?,
        model: name("model")?,
        system: table.get("system").map(|item| string(item, "system")).transpose()?,
        variables: table.get("variables").map(variables).transpose()?,
        params: params(table)?,
        tools: table.get("tools").map(tools).transpose()?,
    })
}

fn unknown(key: &str) -> String {
    if key.contains("api_key") || key == "key" || key == "headers" {
        return "a key has no place in a preset; providers have theirs, in config.toml".to_owned();
    }
    match nearest(key, FIELDS) {
        Some(near) => format!("`{}` is not known here; did you mean `{near}`?", shown(key)),
        None if chat::param(key).is_some() => format!("`{key}` belongs below [params]"),
        None => format!("`{}` is not known here; known are {}", shown(key), FIELDS.join(", ")),
    }
}

fn start(span: Option<std::ops::Range<usize>>) -> usize {
    span.map_or(0, |span| span.start)
}

/// The entries of a table with their keys, which know their places.
fn keys(table: &dyn TableLike) -> impl Iterator<Item = (&Key, &Item)> {
    table.iter().filter_map(|(name, _)| table.get_key_value(name))
}

fn string(item: &Item, field: &str) -> Result<String, Refusal> {
    let text = item.as_str().map(ToOwned::to_owned);
    text.ok_or_else(|| (start(item.span()), format!("`{field}` is a string, not {}", item.type_name())))
}

fn table_like<'t>(item: &'t Item, field: &str) -> Result<&'t dyn TableLike, Refusal> {
    item.as_table_like()
        .ok_or_else(|| (start(item.span()), format!("`{field}` is a table, not {}; write [{field}]", item.type_name())))
}

fn variables(item: &Item) -> Result<BTreeMap<String, String>, Refusal> {
    keys(table_like(item, "variables")?)
        .map(|(key, item)| Ok((key.get().to_owned(), string(item, key.get())?)))
        .collect()
}

fn params(table: &Table) -> Result<Option<Params>, Refusal> {
    let mut params = Params::default();
    let mut said = false;
    for (field, read) in [("params", json as fn(&Item) -> _), (PARAMS_JSON, json_text)] {
        let Some(item) = table.get(field) else { continue };
        said = true;
        for (key, item) in keys(table_like(item, field)?) {
            if params.get(key.get()).is_some() {
                return Err((start(key.span()), format!("`{}` stands in [params] already", key.get())));
            }
            let value = chat::checked(key.get(), read(item)?);
            params.set(key.get(), value.map_err(|problem| (place(key, item), problem.to_string()))?);
        }
    }
    Ok(said.then_some(params))
}

/// Where a value stands; what consists of dotted keys has no place of its own.
fn place(key: &Key, item: &Item) -> usize {
    start(item.as_value().and_then(TomlValue::span).or_else(|| key.span()))
}

/// The tools of `[[tools]]`, or of an array of tables and of texts in JSON.
pub(super) fn tools(item: &Item) -> Result<Vec<Tool>, Refusal> {
    let defined = |item: &Item, span: Option<std::ops::Range<usize>>| {
        let definition = if item.is_str() { json_text(item)? } else { json(item)? };
        let slip = "a tool needs a function with a name, such as function.name = \"lookup\"";
        Tool::from_json(&definition).ok_or_else(|| (start(span), slip.to_owned()))
    };
    if let Some(tables) = item.as_array_of_tables() {
        return tables.iter().map(|table| defined(&Item::Table(table.clone()), table.span())).collect();
    }
    let Some(array) = item.as_array() else {
        return Err((
            start(item.span()),
            "`tools` is a list of tables: write [[tools]] above the keys of each".to_owned(),
        ));
    };
    array.iter().map(|value| defined(&Item::Value(value.clone()), value.span())).collect()
}

/// The JSON that a TOML value stands for.
pub(super) fn json(item: &Item) -> Result<Value, Refusal> {
    let object = |table: &dyn TableLike| {
        let fields = table.iter().map(|(name, item)| Ok((name.to_owned(), json(item)?)));
        fields.collect::<Result<Map<_, _>, Refusal>>().map(Value::Object)
    };
    match item {
        Item::None => Ok(Value::Null),
        Item::Table(table) => object(table),
        Item::ArrayOfTables(tables) => {
            tables.iter().map(|table| object(table)).collect::<Result<_, _>>().map(Value::Array)
        }
        Item::Value(TomlValue::InlineTable(table)) => object(table),
        Item::Value(value) => plain(value),
    }
}

fn plain(value: &TomlValue) -> Result<Value, Refusal> {
    let refuse = |problem: &str| (start(value.span()), problem.to_owned());
    Ok(match value {
        TomlValue::String(text) => Value::String(text.value().clone()),
        TomlValue::Integer(number) => Value::Number((*number.value()).into()),
        TomlValue::Boolean(flag) => Value::Bool(*flag.value()),
        TomlValue::Float(number) => Value::Number(
            Number::from_f64(*number.value())
                .ok_or_else(|| refuse("infinity and nan are no numbers that can be sent"))?,
        ),
        TomlValue::Datetime(_) => return Err(refuse("a date cannot be sent as it is; put it in quotes")),
        TomlValue::Array(items) => {
            let item = |value: &TomlValue| json(&Item::Value(value.clone()));
            Value::Array(items.iter().map(item).collect::<Result<_, _>>()?)
        }
        TomlValue::InlineTable(_) => json(&Item::Value(value.clone()))?,
    })
}

/// The JSON that a text holds.
pub(super) fn json_text(item: &Item) -> Result<Value, Refusal> {
    let refuse = |problem: String| (start(item.span()), problem);
    let text = item.as_str().ok_or_else(|| refuse(format!("JSON stands in quotes, not as {}", item.type_name())))?;
    serde_json::from_str(text).map_err(|error| refuse(format!("this is no JSON: {error}")))
}
