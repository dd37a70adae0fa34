//! Whether a value fits its param.
//!
//! Owns the shapes that the API fixes. Fields that only some server knows are left to that server.

use serde_json::{Value, json};
use thiserror::Error;

use super::{Param, ParamKind};

/// The longest name of a function or a schema (wire: `[a-zA-Z0-9_-]`, up to 64).
const LONGEST_NAME: usize = 64;

/// As many strings as `stop` takes.
const MOST_STOPS: usize = 4;

/// As much of a value as an error repeats.
const SHOWN_CHARACTERS: usize = 48;

/// Why a value does not fit its param.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ParamError {
    #[error("{name} goes from {min} to {max}, so `{value}` does not fit")]
    Range { name: &'static str, min: String, max: String, value: String },
    #[error("{name} wants {wanted}, not `{value}`")]
    Kind { name: &'static str, wanted: String, value: String },
    /// Something within the value, in a whole sentence without its full stop.
    #[error("{0}")]
    Within(String),
    #[error("`{0}` is no param: it has a place of its own")]
    Elsewhere(String),
    #[error("`{0}` names no param; write name=value, such as temperature=0.2")]
    Nameless(String),
}

/// What a request has anyway: as params they would replace what the lane says.
const ELSEWHERE: [&str; 3] = ["model", "messages", "tools"];

/// The value of a param as it goes on the wire, if it fits. What the table does not know is taken as it is, since
/// endpoints know fields of their own.
///
/// # Errors
/// When the name is that of another part of the request, or the table's row does not allow the value.
pub fn checked(name: &str, value: Value) -> Result<Value, ParamError> {
    match super::param(name) {
        Some(param) => param.check(value),
        None if ELSEWHERE.contains(&name) => Err(ParamError::Elsewhere(name.to_owned())),
        None => Ok(value),
    }
}

impl Param {
    /// The value as it goes on the wire, if it fits: `json_object` for a response format becomes its object, a lone
    /// word for a choice stays a string.
    ///
    /// # Errors
    /// When the value is of the wrong kind, out of range, or of a shape that the API does not know.
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
            (ParamKind::Text, Value::String(_) | Value::Array(_)) => self.check_strings(&value)?,
            (ParamKind::Json, _) => return self.check_json(value),
            (ParamKind::Number { .. }, _) => return Err(self.wrong_kind("a number", &value)),
            (ParamKind::Integer { .. }, _) => return Err(self.wrong_kind("a whole number", &value)),
            (ParamKind::Flag, _) => return Err(self.wrong_kind("true or false", &value)),
            (ParamKind::Text, _) => return Err(self.wrong_kind("a string or a list of strings", &value)),
        }
        Ok(value)
    }

    /// A string, or one to four of them; an empty one would end every reply before it begins.
    fn check_strings(&self, value: &Value) -> Result<(), ParamError> {
        let alone = std::slice::from_ref(value);
        let strings = value.as_array().map_or(alone, Vec::as_slice);
        if !strings.iter().all(Value::is_string) {
            return Err(self.wrong_kind("a string or a list of strings", value));
        }
        let has_empty = strings.iter().any(|string| string.as_str() == Some(""));
        match strings.len() {
            0 => Err(within(format!("{} wants one string at least; unset it to have none", self.name))),
            1..=MOST_STOPS if has_empty => Err(within(format!("{} wants strings that are not empty", self.name))),
            1..=MOST_STOPS => Ok(()),
            len => Err(within(format!("{} takes at most {MOST_STOPS} strings, not {len}", self.name))),
        }
    }

    /// The fields whose shape the API fixes.
    fn check_json(&self, value: Value) -> Result<Value, ParamError> {
        match self.name {
            "response_format" => return self.check_format(value),
            "tool_choice" => self.check_choice(&value)?,
            "logit_bias" => self.check_bias(&value)?,
            _ => {}
        }
        Ok(value)
    }

    fn check_format(&self, value: Value) -> Result<Value, ParamError> {
        const WANTED: &str = "text, json_object, or an object with a type such as json_schema";
        let value = match value.as_str() {
            Some("text" | "json_object") => return Ok(json!({"type": value})),
            Some("json_schema") => json!({"type": value}),
            _ => value,
        };
        match value.get("type").and_then(Value::as_str) {
            None => Err(self.wrong_kind(WANTED, &value)),
            Some("json_schema") => check_schema(&value).map(|()| value),
            Some(_) => Ok(value),
        }
    }

    /// The API's words and Mistral's `any`, or an object; `function` has to say which.
    fn check_choice(&self, value: &Value) -> Result<(), ParamError> {
        let named = |field: &str| value[field]["name"].as_str().is_some_and(|name| !name.is_empty());
        match (value.as_str(), value.get("type").and_then(Value::as_str)) {
            (Some("none" | "auto" | "required" | "any"), _) => Ok(()),
            (None, Some("function")) if !named("function") => Err(within(
                r#"tool_choice does not say which function; write {"type": "function", "function": {"name": "…"}}"#,
            )),
            (None, Some(_)) => Ok(()),
            _ => Err(self.wrong_kind("none, auto, required, or an object that names a function", value)),
        }
    }

    fn check_bias(&self, value: &Value) -> Result<(), ParamError> {
        let Some(biases) = value.as_object() else {
            return Err(self.wrong_kind("an object of token ids and numbers", value));
        };
        let fits = |bias: &Value| bias.as_f64().is_some_and(|bias| (-100.0..=100.0).contains(&bias));
        match biases.iter().find(|(_, bias)| !fits(bias)) {
            None => Ok(()),
            Some((token, bias)) => Err(within(format!(
                "{} wants a number from -100 to 100 for `{}`, not `{}`",
                self.name,
                cut(token),
                plain(bias)
            ))),
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

fn within(sentence: impl Into<String>) -> ParamError {
    ParamError::Within(sentence.into())
}

/// A schema stands in `json_schema` beside its name; llama.cpp also takes it alone, as `schema`.
fn check_schema(format: &Value) -> Result<(), ParamError> {
    if format.get("json_schema").is_none() && format.get("schema").is_some_and(Value::is_object) {
        return Ok(());
    }
    let Some(named) = format.get("json_schema").filter(|named| named.is_object()) else {
        return Err(within(
            r#"a json_schema needs its schema; write {"type": "json_schema", "json_schema": {"name": "…", "schema": {…}}}"#,
        ));
    };
    match named.get("name").map(|name| name.as_str().filter(|name| is_name(name)).ok_or(name)) {
        Some(Ok(_)) => {}
        None => return Err(within("json_schema needs a name, such as \"name\": \"answer\"")),
        Some(Err(name)) => {
            return Err(within(format!(
                "json_schema's name is made of letters, digits, - and _, at most {LONGEST_NAME}, so `{}` does not fit",
                plain(name)
            )));
        }
    }
    match named.get("schema") {
        Some(schema) if !schema.is_object() => {
            Err(within(format!("json_schema's schema is an object, not `{}`", plain(schema))))
        }
        _ => Ok(()),
    }
}

/// Whether the API takes this as the name of a function or a schema.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let plain = |sign: u8| sign.is_ascii_alphanumeric() || sign == b'-' || sign == b'_';
    (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(plain)
}

/// A value as a person would write it: a string without its quotes, and not more of it than a sentence bears.
fn plain(value: &Value) -> String {
    cut(&value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARACTERS) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::param;

    fn checked(name: &str, value: Value) -> Result<Value, String> {
        param(name).unwrap().check(value).map_err(|error| error.to_string())
    }

    fn fits(name: &str, value: &Value) {
        assert_eq!(checked(name, value.clone()), Ok(value.clone()));
    }

    fn slip(name: &str, value: Value) -> String {
        checked(name, value).unwrap_err()
    }

    #[test]
    fn one_to_four_strings_end_a_reply() {
        for stop in [json!("END"), json!(["a"]), json!(["a", "b", "c", "d"])] {
            fits("stop", &stop);
        }
        assert_eq!(
            [json!([]), json!(""), json!(["a", ""]), json!(["a", "b", "c", "d", "e"]), json!(["a", 1]), json!(1)]
                .map(|stop| slip("stop", stop)),
            [
                "stop wants one string at least; unset it to have none",
                "stop wants strings that are not empty",
                "stop wants strings that are not empty",
                "stop takes at most 4 strings, not 5",
                "stop wants a string or a list of strings, not `[\"a\",1]`",
                "stop wants a string or a list of strings, not `1`",
            ]
        );
    }

    #[test]
    fn a_response_format_is_one_of_three_or_a_servers_own() {
        let schema = |named: Value| json!({"type": "json_schema", "json_schema": named});
        fits("response_format", &schema(json!({"name": "order-1_a", "schema": {"type": "object"}, "strict": true})));
        fits("response_format", &schema(json!({"name": "order"})));
        fits("response_format", &json!({"type": "json_schema", "schema": {"type": "object"}}));
        fits("response_format", &json!({"type": "grammar", "grammar": "root ::= \"a\""}));
        assert_eq!(checked("response_format", json!("json_object")), Ok(json!({"type": "json_object"})));
        let shape = r#"a json_schema needs its schema; write {"type": "json_schema", "json_schema": {"name": "…", "schema": {…}}}"#;
        let long = "a".repeat(65);
        let name = "json_schema's name is made of letters, digits, - and _, at most 64, so";
        assert_eq!(
            [
                json!("json_schema"),
                schema(json!([])),
                schema(json!({"schema": {}})),
                schema(json!({"name": "my order"})),
                schema(json!({"name": long})),
                schema(json!({"name": 1})),
                schema(json!({"name": "a", "schema": []})),
                json!("jsno"),
                json!({"typ": "text"}),
            ]
            .map(|format| slip("response_format", format)),
            [
                shape.to_owned(),
                shape.to_owned(),
                "json_schema needs a name, such as \"name\": \"answer\"".to_owned(),
                format!("{name} `my order` does not fit"),
                format!("{name} `{}…` does not fit", "a".repeat(48)),
                format!("{name} `1` does not fit"),
                "json_schema's schema is an object, not `[]`".to_owned(),
                "response_format wants text, json_object, or an object with a type such as json_schema, not `jsno`"
                    .to_owned(),
                "response_format wants text, json_object, or an object with a type such as json_schema, not \
                 `{\"typ\":\"text\"}`"
                    .to_owned(),
            ]
        );
    }

    #[test]
    fn a_choice_of_tools_is_a_word_or_names_its_function() {
        for choice in ["none", "auto", "required", "any"] {
            fits("tool_choice", &json!(choice));
        }
        fits("tool_choice", &json!({"type": "function", "function": {"name": "lookup"}}));
        fits("tool_choice", &json!({"type": "allowed_tools", "allowed_tools": {}}));
        assert_eq!(
            [json!("lookup"), json!({"type": "function"}), json!({"type": "function", "function": {"name": ""}})]
                .map(|choice| slip("tool_choice", choice)),
            [
                "tool_choice wants none, auto, required, or an object that names a function, not `lookup`",
                r#"tool_choice does not say which function; write {"type": "function", "function": {"name": "…"}}"#,
                r#"tool_choice does not say which function; write {"type": "function", "function": {"name": "…"}}"#,
            ]
        );
    }

    #[test]
    fn a_bias_lies_between_its_ends_for_every_token() {
        fits("logit_bias", &json!({"50256": -100, "13": 0.5, "9": 100}));
        fits("logit_bias", &json!({}));
        assert_eq!(
            [json!({"1": 0, "50256": -100.5}), json!({"1": "a"}), json!([1])].map(|bias| slip("logit_bias", bias)),
            [
                "logit_bias wants a number from -100 to 100 for `50256`, not `-100.5`",
                "logit_bias wants a number from -100 to 100 for `1`, not `a`",
                "logit_bias wants an object of token ids and numbers, not `[1]`",
            ]
        );
    }
}
