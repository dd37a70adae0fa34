//! A preset as the text of its file, or into a text that is there.
//!
//! Objects are written as dotted keys, one leaf a row: fields keep their order, and a change is one row of a diff.

use serde_json::Value;
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value as TomlValue, value};

use super::Preset;
use super::read::{PARAMS_JSON, json, json_text, tools};
use crate::chat::{PARAMS, Params, Tool, checked};

/// Deeper values are written as JSON text: readers of TOML have limits of their own.
const DEEPEST: usize = 24;

/// The rows of a table by their names.
type Rows = Vec<(String, Value)>;

/// How the rows of a table hold JSON.
#[derive(Clone, Copy)]
enum Form {
    Toml,
    Text,
}

/// The text of a file that said `before`.
pub(super) fn over(before: &str, preset: &Preset) -> String {
    let before = before.strip_prefix('\u{feff}').unwrap_or(before);
    let mut document: DocumentMut = before.parse().unwrap_or_default();
    let root = document.as_table_mut();
    for (field, given) in [("provider", &preset.provider), ("model", &preset.model), ("system", &preset.system)] {
        put(root, field, given.as_ref().map(value), |old| old.as_str() == given.as_deref());
    }
    let variables = preset.variables.iter().flatten().map(|(name, text)| (name.clone(), Value::String(text.clone())));
    let variables: Rows = variables.collect();
    put_table(root, "variables", preset.variables.as_ref().map(|_| variables), Form::Toml);
    let params = preset.params.as_ref().map(in_order);
    let (plain, other): (Option<Rows>, Option<Rows>) =
        params.map(|rows| rows.into_iter().partition(|(_, value)| has_toml(value, 0))).unzip();
    put_table(root, "params", plain, Form::Toml);
    put_table(root, PARAMS_JSON, other.filter(|rows| !rows.is_empty()), Form::Text);
    let given = preset.tools.as_deref();
    put(root, "tools", given.map(tools_item), |old| tools(old).ok().as_deref() == given);
    document.to_string()
}

/// Sets or takes away a field; one that says the same already stays as it is written.
fn put(table: &mut Table, field: &str, new: Option<Item>, same: impl Fn(&Item) -> bool) {
    match (table.get_mut(field), new) {
        (Some(old), Some(_)) if same(old) => {}
        (Some(old), Some(mut new)) => {
            if let (Some(old), Some(new)) = (old.as_value(), new.as_value_mut()) {
                // A comment at the row's end.
                *new.decor_mut() = old.decor().clone();
            }
            *old = new;
        }
        (None, Some(new)) => {
            table.insert(field, new);
        }
        (_, None) => {
            table.remove(field);
        }
    }
}

fn put_table(root: &mut Table, field: &str, rows: Option<Rows>, form: Form) {
    let Some(rows) = rows else {
        root.remove(field);
        return;
    };
    if !root.get(field).is_some_and(Item::is_table) {
        root.insert(field, Item::Table(Table::new()));
    }
    let Some(table) = root.get_mut(field).and_then(Item::as_table_mut) else { return };
    table.retain(|name, _| rows.iter().any(|(kept, _)| kept == name));
    for (name, value) in rows {
        let same = |old: &Item| form.value(old).and_then(|old| checked(&name, old).ok()).as_ref() == Some(&value);
        put(table, &name, Some(form.item(&value)), same);
    }
}

impl Form {
    fn item(self, json: &Value) -> Item {
        match self {
            Self::Toml => item(json),
            Self::Text => value(text(json)),
        }
    }

    fn value(self, item: &Item) -> Option<Value> {
        match self {
            Self::Toml => json(item).ok(),
            Self::Text => json_text(item).ok(),
        }
    }
}

/// The params in the table's order, then the others by name, so that the order of setting them makes no diff.
fn in_order(params: &Params) -> Rows {
    let mut rows: Rows = params.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    let place = |name: &str| PARAMS.iter().position(|param| param.name == name).unwrap_or(PARAMS.len());
    rows.sort_by(|(left, _), (right, _)| (place(left), left).cmp(&(place(right), right)));
    rows
}

fn text(json: &Value) -> String {
    format!("{json:#}")
}

/// Whether TOML has all of a value.
fn has_toml(json: &Value, depth: usize) -> bool {
    match json {
        Value::Null => false,
        Value::Number(number) => !number.is_u64() || number.is_i64(),
        Value::Bool(_) | Value::String(_) => true,
        Value::Array(items) => depth < DEEPEST && items.iter().all(|item| has_toml(item, depth + 1)),
        Value::Object(fields) => depth < DEEPEST && fields.values().all(|field| has_toml(field, depth + 1)),
    }
}

/// An object as a table of dotted keys, anything else as a value.
fn item(json: &Value) -> Item {
    match json {
        Value::Object(fields) if !fields.is_empty() => {
            let mut table = fields_of(json);
            table.set_dotted(true);
            Item::Table(table)
        }
        _ => Item::Value(inline(json)),
    }
}

fn fields_of(json: &Value) -> Table {
    json.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), item(value))).collect()
}

fn inline(json: &Value) -> TomlValue {
    match json {
        Value::Bool(flag) => (*flag).into(),
        Value::String(text) => text.as_str().into(),
        Value::Array(items) => TomlValue::Array(items.iter().map(inline).collect::<Array>()),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| (name.as_str(), inline(value)));
            TomlValue::InlineTable(fields.collect::<InlineTable>())
        }
        // What TOML does not have does not come here: `has_toml` keeps it out.
        Value::Null => text(json).into(),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => whole.into(),
            None => number.as_f64().map_or_else(|| text(json).into(), TomlValue::from),
        },
    }
}

/// The definitions as `[[tools]]`; where one of them holds what TOML does not have, each as JSON text.
fn tools_item(tools: &[Tool]) -> Item {
    let definitions = || tools.iter().map(|tool| &tool.definition);
    if tools.is_empty() {
        return value(Array::new());
    }
    if definitions().all(|definition| has_toml(definition, 0)) {
        return Item::ArrayOfTables(definitions().map(fields_of).collect::<ArrayOfTables>());
    }
    let mut array: Array =
        definitions().map(|definition| TomlValue::from(text(definition)).decorated("\n", "")).collect();
    array.set_trailing("\n");
    array.set_trailing_comma(true);
    value(array)
}
