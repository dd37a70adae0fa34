//! The request fields that a user can set: a table of them, and the set ones of a lane.
//!
//! Owns the table, what fits each row, which models refuse which row, and what goes into a request of what is set.

mod check;
mod hint;
mod refusal;
mod sendable;
mod table;
mod track;

use rust_decimal::Decimal;
use serde_json::{Map, Value};

pub use check::{ParamError, checked, is_name};
pub use hint::hints;
pub use refusal::{Refusal, refusal, refusers};
pub use sendable::{Refusals, Withheld, sendable};
pub use table::{PARAMS, Param, ParamKind, param};
pub use track::Track;

/// The params that are set, by wire name; one that is not in here is absent from the request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Params(Map<String, Value>);

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
    /// When there is no `=`, no name, the name of another part of the request, or a value that the table's row does not
    /// allow.
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
        self.set(name, checked(name, value)?);
        Ok(())
    }
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
