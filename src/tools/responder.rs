//! What answers a tool's calls.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

/// Who or what answers the calls of one tool.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Responder {
    /// The user types or pastes the result.
    #[default]
    Person,
    /// The first rule that fits the arguments gives the result; without one, a person is asked.
    Canned(Vec<CannedRule>),
    Command(CommandResponder),
}

/// A result that is given when the arguments hold certain values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CannedRule {
    /// JSON pointers into the arguments, each with the value that stands there; none fit every call.
    pub when: BTreeMap<String, Value>,
    pub result: String,
}

/// A program that is run with the arguments as JSON on its standard input. No shell is between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandResponder {
    /// The program and its arguments; `{/pointer}` inside one is replaced by that value of the call's arguments.
    pub argv: Vec<String>,
    /// Where it runs; the working directory of Abreast when absent.
    pub directory: Option<PathBuf>,
    pub timeout: Duration,
    /// What it prints beyond this is dropped and said to be.
    pub most_bytes: usize,
    /// The exit statuses with which it has answered; every other one is a failure. `grep` that finds nothing ends with 1.
    pub statuses: Vec<i32>,
}

impl Responder {
    /// The result that is given without asking anybody: of the first canned rule that fits the arguments. None when a
    /// person is to be asked, when a command answers, and when the arguments are not JSON.
    #[must_use]
    pub fn canned(&self, arguments: &str) -> Option<&str> {
        let Self::Canned(rules) = self else { return None };
        let arguments = arguments_value(arguments).ok()?;
        rules.iter().find(|rule| rule.fits(&arguments)).map(|rule| rule.result.as_str())
    }
}

impl CannedRule {
    /// Whether everything that it asks for stands in the arguments.
    #[must_use]
    pub fn fits(&self, arguments: &Value) -> bool {
        self.when.iter().all(|(pointer, wanted)| arguments.pointer(pointer).is_some_and(|found| same(found, wanted)))
    }
}

/// The JSON of a call's arguments. Models send nothing, or `null`, for a function that takes none.
pub(super) fn arguments_value(arguments: &str) -> serde_json::Result<Value> {
    match arguments.trim() {
        "" | "null" => Ok(Value::Object(serde_json::Map::new())),
        _ => serde_json::from_str(arguments),
    }
}

/// Whether two values are the same to a person: `30` is `30.0`, whoever wrote which.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            let found = |(name, left)| right.get(name).is_some_and(|right| same(left, right));
            left.len() == right.len() && left.iter().all(found)
        }
        _ => left == right,
    }
}

impl CommandResponder {
    /// How long a command may take when nothing else is said.
    pub const TIMEOUT: Duration = Duration::from_secs(30);

    /// How much a command may print when nothing else is said: about 64,000 tokens, more than most models take.
    pub const MOST_BYTES: usize = 256 * 1024;

    /// A command with the usual limits.
    #[must_use]
    pub fn new(argv: Vec<String>) -> Self {
        Self { argv, directory: None, timeout: Self::TIMEOUT, most_bytes: Self::MOST_BYTES, statuses: vec![0] }
    }
}

/// The responders by the names of their tools. A tool that has none is answered by a person.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Responders(pub BTreeMap<String, Responder>);

impl Responders {
    /// What answers a tool's calls.
    #[must_use]
    pub fn of(&self, tool: &str) -> &Responder {
        self.0.get(tool).unwrap_or(&Responder::Person)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rule(when: &[(&str, Value)], result: &str) -> CannedRule {
        let when = when.iter().map(|(pointer, value)| ((*pointer).to_owned(), value.clone())).collect();
        CannedRule { when, result: result.to_owned() }
    }

    #[test]
    fn the_first_rule_that_fits_gives_the_result() {
        let canned = Responder::Canned(vec![
            rule(&[("/city", json!("Tokyo")), ("/days", json!(1))], "clear"),
            rule(&[("/city", json!("Tokyo"))], "rain"),
            rule(&[("/at", json!({"lat": 1, "tags": ["a", null]}))], "there"),
            rule(&[], "no such city"),
        ]);
        let cases = [
            (r#"{"city":"Tokyo","days":1.0}"#, "clear"),
            (r#"{"city":"Tokyo"}"#, "rain"),
            (r#"{"at":{"tags":["a",null],"lat":1.0}}"#, "there"),
            (r#"{"at":{"tags":["a"],"lat":1}}"#, "no such city"),
            ("", "no such city"),
        ];
        for (arguments, result) in cases {
            assert_eq!(canned.canned(arguments), Some(result), "{arguments}");
        }
        assert_eq!(canned.canned("{"), None);
    }

    #[test]
    fn without_a_rule_that_fits_somebody_is_asked() {
        let canned = Responder::Canned(vec![rule(&[("", json!({"a": 1}))], "one")]);
        assert_eq!((canned.canned(r#"{"a":1}"#), canned.canned("{}")), (Some("one"), None));
        assert_eq!(Responder::Person.canned("{}"), None);
        assert_eq!(Responder::Command(CommandResponder::new(vec!["true".to_owned()])).canned("{}"), None);
        assert_eq!(Responders::default().of("any"), &Responder::Person);
    }
}
