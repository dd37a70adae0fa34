//! The request fields that a user can set: a table of data, and the set ones of a lane.

use rust_decimal::Decimal;
use serde_json::{Map, Value};
use thiserror::Error;

/// One row of the table. Facts from the vendor's `openapi.json` of 2026-08.
#[derive(Debug)]
pub struct Param {
    /// The field's name on the wire.
    pub name: &'static str,
    pub kind: ParamKind,
    /// What the API does when the field is absent.
    pub api_default: &'static str,
    /// One line for the sidebar, the help and the docs.
    pub help: &'static str,
}

/// What a param's value may be. Numbers are text here, so that the table stays exact and constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamKind {
    /// A decimal between two bounds, moved by steps: a slider.
    Number { min: &'static str, max: &'static str, step: &'static str },
    /// A whole number between two bounds, moved by steps.
    Integer { min: i64, max: i64, step: i64 },
    /// One of some words.
    Choice(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// A string or a list of strings.
    Text,
    /// Any JSON.
    Json,
}

const fn row(name: &'static str, kind: ParamKind, api_default: &'static str, help: &'static str) -> Param {
    Param { name, kind, api_default, help }
}

const fn number(min: &'static str, max: &'static str, step: &'static str) -> ParamKind {
    ParamKind::Number { min, max, step }
}

/// Every param, in the order in which the sidebar shows them.
pub const PARAMS: &[Param] = &[
    row(
        "temperature",
        number("0", "2", "0.05"),
        "1",
        "Higher wanders more, 0 repeats itself. Change this or top_p, not both.",
    ),
    row(
        "top_p",
        number("0", "1", "0.05"),
        "1",
        "Only the likeliest tokens that together hold this share are drawn from.",
    ),
    row(
        "max_tokens",
        ParamKind::Integer { min: 1, max: 131_072, step: 64 },
        "none",
        "The most tokens the reply may have; the older of two names.",
    ),
    row(
        "max_completion_tokens",
        ParamKind::Integer { min: 1, max: 131_072, step: 64 },
        "none",
        "The most tokens the reply may have, reasoning among them; the newer of two names.",
    ),
    row("presence_penalty", number("-2", "2", "0.1"), "0", "Above 0, a token that was used once becomes less likely."),
    row(
        "frequency_penalty",
        number("-2", "2", "0.1"),
        "0",
        "Above 0, a token becomes less likely each time it is used.",
    ),
    row(
        "seed",
        ParamKind::Integer { min: 0, max: i64::MAX, step: 1 },
        "none",
        "The same seed and settings should give the same reply.",
    ),
    row("stop", ParamKind::Text, "none", "Up to four strings; the reply ends before the first that appears."),
    row("n", ParamKind::Integer { min: 1, max: 128, step: 1 }, "1", "How many replies are made; every one is billed."),
    row("response_format", ParamKind::Json, "text", "text, json_object, or a JSON schema that the reply has to match."),
    row("tool_choice", ParamKind::Json, "auto", "none, auto, required, or one function by its name."),
    row("parallel_tool_calls", ParamKind::Flag, "true", "Whether one reply may hold several tool calls."),
    row("logprobs", ParamKind::Flag, "false", "Whether each token comes with its log probability."),
    row(
        "top_logprobs",
        ParamKind::Integer { min: 0, max: 20, step: 1 },
        "none",
        "How many other tokens are listed beside each; needs logprobs.",
    ),
    row("logit_bias", ParamKind::Json, "none", "An object of token ids and numbers from -100 to 100."),
    row(
        "reasoning_effort",
        ParamKind::Choice(&["none", "minimal", "low", "medium", "high", "xhigh", "max"]),
        "by model",
        "How much a reasoning model thinks before it answers.",
    ),
    row("verbosity", ParamKind::Choice(&["low", "medium", "high"]), "medium", "How wordy the reply is."),
    row(
        "service_tier",
        ParamKind::Choice(&["auto", "default", "flex", "scale", "priority", "fast"]),
        "auto",
        "Which queue and price the request is served at.",
    ),
];

/// The table's row for a wire name.
#[must_use]
pub fn param(name: &str) -> Option<&'static Param> {
    PARAMS.iter().find(|param| param.name == name)
}

/// The params that are set, by wire name; one that is not in here is absent from the request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Params(Map<String, Value>);

/// Why a value does not fit its param.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ParamError {
    #[error("{name} goes from {min} to {max}, so `{value}` does not fit")]
    Range { name: &'static str, min: String, max: String, value: String },
    #[error("{name} wants {wanted}, not `{value}`")]
    Kind { name: &'static str, wanted: String, value: String },
    #[error("`{0}` names no param; write name=value, such as temperature=0.2")]
    Nameless(String),
}

impl Params {
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    pub fn set(&mut self, name: impl Into<String>, value: Value) {
        self.0.insert(name.into(), value);
    }

    /// Unsets the param: it is absent from the next request.
    pub fn unset(&mut self, name: &str) -> Option<Value> {
        self.0.shift_remove(name)
    }

    /// The set params in the order in which they were set.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The set value of a numeric param, exactly.
    #[must_use]
    pub fn decimal(&self, name: &str) -> Option<Decimal> {
        let Value::Number(number) = self.get(name)? else { return None };
        let text = number.to_string();
        text.parse().or_else(|_| Decimal::from_scientific(&text)).ok()
    }

    /// Applies `name=value` as it is written on a command line: JSON where it parses as JSON, else a string; an empty
    /// value unsets. A name outside the table is taken as it is, since endpoints know fields of their own.
    ///
    /// # Errors
    /// When there is no `=`, no name, or a value that the table's row does not allow.
    pub fn assign(&mut self, assignment: &str) -> Result<(), ParamError> {
        let (name, text) = assignment.split_once('=').ok_or_else(|| ParamError::Nameless(assignment.to_owned()))?;
        let name = name.trim();
        if name.is_empty() {
            return Err(ParamError::Nameless(assignment.to_owned()));
        }
        if text.is_empty() {
            self.unset(name);
            return Ok(());
        }
        let value = serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()));
        let value = match param(name) {
            Some(param) => param.check(value)?,
            None => value,
        };
        self.set(name, value);
        Ok(())
    }
}

impl Param {
    /// The value as it goes on the wire, if it fits: `json_object` for a response format becomes its object, a lone
    /// word for a choice stays a string.
    ///
    /// # Errors
    /// When the value is of the wrong kind or out of range.
    pub fn check(&self, value: Value) -> Result<Value, ParamError> {
        match (self.kind, &value) {
            (ParamKind::Number { min, max, .. }, Value::Number(number)) => {
                self.within(number.as_f64(), min.parse().ok(), max.parse().ok(), &value)?;
            }
            (ParamKind::Integer { min, max, .. }, Value::Number(number)) => match number.as_i64() {
                Some(whole) if (min..=max).contains(&whole) => {}
                Some(_) => return Err(self.out_of_range(min.to_string(), max.to_string(), &value)),
                None => return Err(self.wrong_kind("a whole number", &value)),
            },
            (ParamKind::Choice(words), Value::String(word)) if words.contains(&word.as_str()) => {}
            (ParamKind::Choice(words), _) => {
                return Err(self.wrong_kind(&format!("one of {}", words.join(", ")), &value));
            }
            (ParamKind::Flag, Value::Bool(_)) => {}
            (ParamKind::Text, Value::String(_)) => {}
            (ParamKind::Text, Value::Array(items)) if items.iter().all(Value::is_string) => {}
            (ParamKind::Json, Value::String(word)) if self.name == "response_format" => {
                return Ok(serde_json::json!({"type": word}));
            }
            (ParamKind::Json, _) => self.check_json(&value)?,
            (ParamKind::Number { .. }, _) => return Err(self.wrong_kind("a number", &value)),
            (ParamKind::Integer { .. }, _) => return Err(self.wrong_kind("a whole number", &value)),
            (ParamKind::Flag, _) => return Err(self.wrong_kind("true or false", &value)),
            (ParamKind::Text, _) => return Err(self.wrong_kind("a string or a list of strings", &value)),
        }
        Ok(value)
    }

    /// The fields whose shape the API fixes.
    fn check_json(&self, value: &Value) -> Result<(), ParamError> {
        let typed = value.get("type").is_some_and(Value::is_string);
        match self.name {
            "response_format" if !typed => {
                Err(self.wrong_kind("text, json_object, or an object with a type such as json_schema", value))
            }
            "tool_choice" if !typed && !value.is_string() => {
                Err(self.wrong_kind("none, auto, required, or an object that names a function", value))
            }
            "logit_bias" if !value.is_object() => Err(self.wrong_kind("an object of token ids and numbers", value)),
            _ => Ok(()),
        }
    }

    fn within(&self, number: Option<f64>, min: Option<f64>, max: Option<f64>, value: &Value) -> Result<(), ParamError> {
        let (Some(number), Some(min), Some(max)) = (number, min, max) else {
            return Err(self.wrong_kind("a number", value));
        };
        if (min..=max).contains(&number) {
            Ok(())
        } else {
            Err(self.out_of_range(min.to_string(), max.to_string(), value))
        }
    }

    fn out_of_range(&self, min: String, max: String, value: &Value) -> ParamError {
        ParamError::Range { name: self.name, min, max, value: plain(value) }
    }

    fn wrong_kind(&self, wanted: &str, value: &Value) -> ParamError {
        ParamError::Kind { name: self.name, wanted: wanted.to_owned(), value: plain(value) }
    }
}

/// A value as a person would write it: a string without its quotes.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn assigned(assignments: &[&str]) -> Result<Value, ParamError> {
        let mut params = Params::default();
        for assignment in assignments {
            params.assign(assignment)?;
        }
        Ok(Value::Object(params.0))
    }

    #[test]
    fn a_value_is_json_where_it_parses_and_a_string_elsewhere() {
        let set = assigned(&["temperature=0.2", "stop=END", "stop=[\"a\",\"b\"]", "vendor_flag=true", "note=hi there"]);
        assert_eq!(
            set.unwrap(),
            json!({"temperature": 0.2, "stop": ["a", "b"], "vendor_flag": true, "note": "hi there"})
        );
    }

    #[test]
    fn an_empty_value_unsets() {
        assert_eq!(assigned(&["seed=7", "seed="]).unwrap(), json!({}));
    }

    #[test]
    fn a_response_format_may_be_named_by_its_word() {
        assert_eq!(
            assigned(&["response_format=json_object"]).unwrap(),
            json!({"response_format": {"type": "json_object"}})
        );
    }

    #[test]
    fn what_does_not_fit_is_refused_in_a_sentence() {
        let refusal = |assignment: &str| assigned(&[assignment]).unwrap_err().to_string();
        assert_eq!(refusal("temperature=3"), "temperature goes from 0 to 2, so `3` does not fit");
        assert_eq!(refusal("seed=one"), "seed wants a whole number, not `one`");
        assert_eq!(refusal("verbosity=loud"), "verbosity wants one of low, medium, high, not `loud`");
        assert_eq!(
            refusal("response_format=4"),
            "response_format wants text, json_object, or an object with a type such as json_schema, not `4`"
        );
        assert_eq!(refusal("n=0"), "n goes from 1 to 128, so `0` does not fit");
        assert_eq!(refusal("temperature"), "`temperature` names no param; write name=value, such as temperature=0.2");
    }

    #[test]
    fn a_decimal_is_exact() {
        let mut params = Params::default();
        params.set("temperature", json!(0.35));
        assert_eq!(params.decimal("temperature"), Some("0.35".parse().unwrap()));
    }

    #[test]
    fn every_numeric_row_has_bounds_and_a_step_that_parse() {
        for param in PARAMS {
            if let ParamKind::Number { min, max, step } = param.kind {
                let [min, max, step] = [min, max, step].map(|text| text.parse::<Decimal>().unwrap());
                assert!(min < max && step > Decimal::ZERO, "{}", param.name);
            }
        }
    }
}
