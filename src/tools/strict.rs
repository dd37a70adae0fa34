//! The rules of `strict` schemas.
//!
//! Owns what an endpoint refuses when `strict` is true. Source: OpenAI's guide to structured outputs, "Supported
//! schemas": every object is closed, every property is required, the root is an object and no choice.

use serde_json::Value;

use super::schema::Violation;
use super::sentence;

/// Keywords whose value is one schema, a list of them, or schemas by name.
const ONE: [&str; 3] = ["items", "additionalProperties", "not"];
const LISTS: [&str; 4] = ["anyOf", "allOf", "oneOf", "prefixItems"];
const NAMED: [&str; 3] = ["properties", "$defs", "definitions"];

/// The rules that a schema breaks, each with the place in the schema: none where it may be sent as strict.
#[must_use]
pub fn strict_faults(schema: &Value) -> Vec<Violation> {
    let mut faults = Vec::new();
    if schema.get("type").and_then(Value::as_str) != Some("object") || schema.get("anyOf").is_some() {
        faults.push(sentence::said(String::new(), "has to be an object with properties, in strict mode"));
    }
    visit(schema, "", &mut faults);
    faults
}

fn visit(schema: &Value, place: &str, faults: &mut Vec<Violation>) {
    if faults.len() >= super::MOST_VIOLATIONS {
        return;
    }
    closed(schema, place, faults);
    for name in ONE {
        if let Some(inner) = schema.get(name) {
            visit(inner, &sentence::below(place, name), faults);
        }
    }
    for name in LISTS {
        for (at, inner) in schema.get(name).and_then(Value::as_array).into_iter().flatten().enumerate() {
            visit(inner, &format!("{place}/{name}/{at}"), faults);
        }
    }
    for name in NAMED {
        for (key, inner) in schema.get(name).and_then(Value::as_object).into_iter().flatten() {
            visit(inner, &sentence::below(&sentence::below(place, name), key), faults);
        }
    }
}

/// An object names all its fields and wants each of them.
fn closed(schema: &Value, place: &str, faults: &mut Vec<Violation>) {
    let fields = schema.get("properties").and_then(Value::as_object);
    let is_object = match schema.get("type") {
        Some(Value::String(name)) => name == "object",
        Some(Value::Array(names)) => names.iter().any(|name| name == "object"),
        _ => fields.is_some(),
    };
    if !is_object {
        return;
    }
    if schema.get("additionalProperties") != Some(&Value::Bool(false)) {
        let what = "needs \"additionalProperties\": false, in strict mode";
        faults.push(sentence::said(place.to_owned(), what));
    }
    let required = schema.get("required").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let left = fields.into_iter().flatten().filter(|(name, _)| !required.iter().any(|wanted| wanted == name.as_str()));
    for (name, _) in left {
        let pointer = sentence::below(&sentence::below(place, "properties"), name);
        faults.push(sentence::said(pointer, "has to be in \"required\", in strict mode"));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_broken_rule_has_its_place() {
        let schema = json!({"type": "object", "additionalProperties": false, "required": ["a", "l"], "properties": {
            "a": {"type": "string"}, "b": {"type": ["object", "null"]}, "l": {"type": "array", "items": {"properties": {}}}
        }});
        let said: Vec<String> = strict_faults(&schema).into_iter().map(|fault| fault.said).collect();
        assert_eq!(
            said,
            [
                "/properties/b has to be in \"required\", in strict mode",
                "/properties/b needs \"additionalProperties\": false, in strict mode",
                "/properties/l/items needs \"additionalProperties\": false, in strict mode",
            ]
        );
        let root = strict_faults(&json!({"type": "array"})).remove(0).said;
        assert_eq!(root, "the value has to be an object with properties, in strict mode");
    }

    #[test]
    fn a_schema_that_keeps_the_rules_may_be_strict() {
        let schema = json!({"type": "object", "additionalProperties": false, "required": ["a"],
            "properties": {"a": {"anyOf": [{"type": "string"}, {"type": "null"}]}}});
        assert_eq!(strict_faults(&schema), []);
    }
}
