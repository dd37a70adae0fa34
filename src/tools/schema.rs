//! JSON Schemas, and what is wrong with a value by them.

use std::sync::Arc;

use serde_json::Value;

/// A schema that is ready to check values. A `$ref` to another document is never fetched.
#[derive(Clone, Debug)]
pub struct Schema(Arc<jsonschema::Validator>);

/// Why a schema cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{said}")]
pub struct SchemaFault {
    /// Where in the schema, as a JSON pointer.
    pub pointer: String,
    pub said: String,
}

/// One thing that is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where in the value, as a JSON pointer; empty for the value itself.
    pub pointer: String,
    /// A sentence without its full stop.
    pub said: String,
}

impl Schema {
    /// Prepares a schema.
    ///
    /// # Errors
    /// When it is none, or refers to something that is not in it.
    pub fn of(schema: &Value) -> Result<Self, SchemaFault> {
        let built = jsonschema::options().should_validate_formats(true).build(schema);
        let fault = |error: jsonschema::ValidationError<'_>| SchemaFault {
            pointer: error.instance_path().to_string(),
            said: error.to_string(),
        };
        built.map(|validator| Self(Arc::new(validator))).map_err(fault)
    }

    /// All that is wrong with a value, in the order of the schema.
    #[must_use]
    pub fn check(&self, value: &Value) -> Vec<Violation> {
        let violation = |error: jsonschema::ValidationError<'_>| Violation {
            pointer: error.instance_path().to_string(),
            said: error.to_string(),
        };
        self.0.iter_errors(value).map(violation).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_violation_has_its_place() {
        let schema = Schema::of(&json!({
            "type": "object", "properties": {"age": {"type": "integer"}, "name": {"type": "string"}}, "required": ["name"]
        }))
        .unwrap();
        assert_eq!(schema.check(&json!({"name": "John", "age": 30})), []);
        let pointers: Vec<String> =
            schema.check(&json!({"age": "30"})).into_iter().map(|violation| violation.pointer).collect();
        assert_eq!(pointers, ["/age", ""]);
    }

    #[test]
    fn what_is_elsewhere_is_never_fetched() {
        assert!(Schema::of(&json!({"$ref": "http://127.0.0.1:9/schema.json"})).is_err());
        assert!(Schema::of(&json!({"$ref": "#/$defs/none"})).is_err());
        assert!(Schema::of(&json!({"type": "nonsense"})).is_err());
    }
}
