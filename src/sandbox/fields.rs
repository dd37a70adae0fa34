//! Reads typed fields out of a request's JSON, with the wire's words for what is wrong.

use serde_json::{Map, Value};

use super::refusal::Refusal;

/// The fields of a request; a `null` is a field that was not set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields<'r>(pub &'r Map<String, Value>);

impl<'r> Fields<'r> {
    /// The value of a field.
    pub(crate) fn get(self, name: &str) -> Option<&'r Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A number between two bounds.
    pub(crate) fn decimal(self, name: &str, least: f64, greatest: f64) -> Result<Option<f64>, Refusal> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let number = value.as_f64().ok_or_else(|| wrong_type(name, "a decimal", value))?;
        if number < least {
            return Err(out_of(name, "decimal", "below minimum", ">=", least, value));
        }
        if number > greatest {
            return Err(out_of(name, "decimal", "above maximum", "<=", greatest, value));
        }
        Ok(Some(number))
    }

    /// A whole number between two bounds.
    pub(crate) fn integer(self, name: &str, least: u32, greatest: u32) -> Result<Option<u32>, Refusal> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let number = value.as_i64().ok_or_else(|| wrong_type(name, "an integer", value))?;
        if number < i64::from(least) {
            return Err(out_of(name, "integer", "below minimum", ">=", f64::from(least), value));
        }
        match u32::try_from(number) {
            Ok(number) if number <= greatest => Ok(Some(number)),
            _ => Err(out_of(name, "integer", "above maximum", "<=", f64::from(greatest), value)),
        }
    }

    /// A switch; off when not set.
    pub(crate) fn switch(self, name: &str) -> Result<Option<bool>, Refusal> {
        let Some(value) = self.get(name) else { return Ok(None) };
        value.as_bool().map(Some).ok_or_else(|| wrong_type(name, "a boolean", value))
    }

    /// A list; empty when not set.
    pub(crate) fn list(self, name: &str) -> Result<&'r [Value], Refusal> {
        let Some(value) = self.get(name) else { return Ok(&[]) };
        value.as_array().map(Vec::as_slice).ok_or_else(|| wrong_type(name, "an array", value))
    }
}

/// The refusal of a value of the wrong JSON type.
pub(crate) fn wrong_type(name: &str, expected: &str, got: &Value) -> Refusal {
    let got = match got {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    let text = format!("Invalid type for '{name}': expected {expected}, but got {got} instead.");
    Refusal::invalid(name, "invalid_type", text)
}

fn out_of(name: &str, kind: &str, how: &str, sign: &str, bound: f64, got: &Value) -> Refusal {
    let code = match (kind, sign) {
        ("decimal", ">=") => "decimal_below_min_value",
        ("decimal", _) => "decimal_above_max_value",
        (_, ">=") => "integer_below_min_value",
        _ => "integer_above_max_value",
    };
    let text = format!("Invalid '{name}': {kind} {how} value. Expected a value {sign} {bound}, but got {got} instead.");
    Refusal::invalid(name, code, text)
}
