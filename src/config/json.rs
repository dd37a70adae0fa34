//! From TOML to JSON, for fields that go into requests.

use serde_json::{Map, Number, Value};

/// The JSON of a TOML value.
///
/// # Errors
/// In the user's words, for what JSON does not have: dates, infinity and not-a-number.
pub(super) fn of(value: &toml::Value) -> Result<Value, String> {
    Ok(match value {
        toml::Value::String(text) => Value::String(text.clone()),
        toml::Value::Integer(number) => Value::Number((*number).into()),
        toml::Value::Float(number) => {
            Value::Number(Number::from_f64(*number).ok_or_else(|| format!("`{number}` is no number that can be sent"))?)
        }
        toml::Value::Boolean(flag) => Value::Bool(*flag),
        toml::Value::Datetime(_) => return Err("a date cannot be sent as it is; put it in quotes".to_owned()),
        toml::Value::Array(items) => Value::Array(items.iter().map(of).collect::<Result<_, _>>()?),
        toml::Value::Table(fields) => {
            let field = |(name, value): (&String, &toml::Value)| Ok::<_, String>((name.clone(), of(value)?));
            Value::Object(fields.iter().map(field).collect::<Result<Map<_, _>, _>>()?)
        }
    })
}
