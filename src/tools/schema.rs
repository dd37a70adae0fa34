//! JSON Schemas, and what is wrong with a value by them.

use std::sync::Arc;

use jsonschema::PatternOptions;
use serde_json::Value;

use super::{effort, sentence};

/// So many violations of one value are told; nobody mends more of them at once.
pub const MOST_VIOLATIONS: usize = 20;

/// A pattern that looks around may try so many steps on one text: milliseconds, and far more than patterns in use need.
const MOST_STEPS: usize = 100_000;

/// A check that may take more steps than this is not begun: about a second's, and far more than schemas in use need.
const MOST_TO_CHECK: u64 = 1_000_000;

/// Where a check may take more steps than this, it is not told what is wrong, but only whether something is: finding the
/// words costs many times what the check does.
const MOST_TO_TELL: u64 = 20_000;

/// A schema that is ready to check values. A `$ref` to another document is never fetched.
#[derive(Clone, Debug)]
pub struct Schema {
    validator: Arc<jsonschema::Validator>,
    /// The schema itself, where it may ask for so much that it has to be reckoned before.
    doubtful: Option<Arc<Value>>,
}

/// Why a schema cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{said}")]
pub struct SchemaFault {
    /// Where in the schema, as a JSON pointer.
    pub pointer: String,
    /// A sentence without its full stop, safe for the screen.
    pub said: String,
}

/// One thing that is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where in the value, as a JSON pointer; empty for the value itself. Of what is missing, the place where it should be.
    pub pointer: String,
    /// A sentence without its full stop that begins with the place, bounded in length and safe for the screen.
    pub said: String,
}

impl Schema {
    /// Prepares a schema. It is done once for a schema; checks then cost only the value.
    ///
    /// # Errors
    /// When it is none, or refers to something that is not in it.
    pub fn of(schema: &Value) -> Result<Self, SchemaFault> {
        let patterns = PatternOptions::fancy_regex().backtrack_limit(MOST_STEPS);
        let options = jsonschema::options().offline().should_validate_formats(true).with_pattern_options(patterns);
        let fault = |error: jsonschema::ValidationError<'_>| {
            let Violation { pointer, said } = sentence::violation(&error);
            SchemaFault { pointer, said }
        };
        let validator = Arc::new(options.build(schema).map_err(fault)?);
        Ok(Self { validator, doubtful: effort::is_in_question(schema).then(|| Arc::new(schema.clone())) })
    }

    /// What is wrong with a value, in the order of the schema: the first [`MOST_VIOLATIONS`].
    #[must_use]
    pub fn check(&self, value: &Value) -> Vec<Violation> {
        let steps = self.doubtful.as_ref().map_or(0, |schema| effort::steps(schema, value));
        let vague = |what| vec![sentence::said(String::new(), what)];
        if steps > MOST_TO_CHECK {
            return vague("is too deep for this schema: its alternatives are too many to be tried");
        }
        if steps > MOST_TO_TELL {
            let fits = self.validator.is_valid(value);
            return if fits {
                Vec::new()
            } else {
                vague("does not conform; the alternatives are too many to say where")
            };
        }
        let errors = self.validator.iter_errors(value).take(MOST_VIOLATIONS);
        let mut found: Vec<Violation> = errors.flat_map(|error| sentence::violations(&error)).collect();
        found.truncate(MOST_VIOLATIONS);
        found
    }

    /// What is wrong with a JSON text: that it is none, or what is wrong with its value.
    #[must_use]
    pub fn check_text(&self, text: &str) -> Vec<Violation> {
        match parse(text) {
            Ok(value) => self.check(&value),
            Err(violation) => vec![violation],
        }
    }
}

/// The value of a JSON text. What is nested deeper than 128 levels is refused, so that no text overflows the stack.
///
/// # Errors
/// Where and why the text is no JSON.
pub fn parse(text: &str) -> Result<Value, Violation> {
    serde_json::from_str(text).map_err(|error| sentence::unparsed(&error))
}

#[cfg(test)]
#[path = "schema_tests.rs"]
mod tests;
