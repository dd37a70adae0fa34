//! How many steps the check of a value by a schema may take, before it is begun.
//!
//! Schemas that refer to themselves through alternatives make a checker try every combination of these, which doubles
//! with each level of the value: a model could hold up the program with a few hundred bytes. What is counted here is
//! never less than the checker's own steps through the keywords that are known, and counting is quick: each schema is
//! looked at once for each part of the value.

use std::collections::HashMap;

use serde_json::Value;

/// References that follow each other so far are not followed: the checker would run out of its stack.
const DEEPEST: usize = 600;

/// Keywords whose schemas are for the same value.
const SAME: [&str; 9] = ["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "dependencies"];

/// Keywords whose schema is for each field, and for each item.
const FIELDS: [&str; 2] = ["additionalProperties", "unevaluatedProperties"];
const ITEMS: [&str; 5] = ["items", "prefixItems", "additionalItems", "unevaluatedItems", "contains"];

/// Whether checks by a schema can take more steps than it has places for each place of the value.
pub(super) fn is_in_question(schema: &Value) -> bool {
    match schema {
        Value::Object(fields) => {
            fields.keys().any(|name| name.ends_with("Ref") || name == "$ref") || fields.values().any(is_in_question)
        }
        Value::Array(items) => items.iter().any(is_in_question),
        _ => false,
    }
}

/// The steps that a check may take at the most.
pub(super) fn steps(schema: &Value, value: &Value) -> u64 {
    Counter { root: schema, known: HashMap::new() }.count(schema, value, 0)
}

struct Counter<'s> {
    root: &'s Value,
    /// By the places of a schema and of a value.
    known: HashMap<(*const Value, *const Value), u64>,
}

impl<'s> Counter<'s> {
    fn count(&mut self, schema: &'s Value, value: &Value, depth: usize) -> u64 {
        let Value::Object(fields) = schema else { return 1 };
        let place = (std::ptr::from_ref(schema), std::ptr::from_ref(value));
        if let Some(known) = self.known.get(&place) {
            return *known;
        }
        if depth > DEEPEST {
            return u64::MAX;
        }
        // A reference that leads back here without a part of the value in between is not followed by the checker.
        self.known.insert(place, 1);
        let mut sum = 1_u64;
        let mut add = |more: u64| sum = sum.saturating_add(more);
        for (name, inner) in fields {
            add(match (name.as_str(), value) {
                ("$ref" | "$dynamicRef" | "$recursiveRef", _) => self.referred(inner, value, depth),
                (name, value) if SAME.contains(&name) => self.each(inner, value, depth),
                ("properties", Value::Object(parts)) => self.named(inner, parts, depth),
                ("patternProperties", Value::Object(parts)) => {
                    self.all(parts.values(), |counter, part| counter.each(inner, part, depth))
                }
                (name, Value::Object(parts)) if FIELDS.contains(&name) => {
                    self.all(parts.values(), |counter, part| counter.count(inner, part, depth + 1))
                }
                (name, Value::Array(parts)) if ITEMS.contains(&name) => {
                    self.all(parts.iter(), |counter, part| counter.each(inner, part, depth))
                }
                _ => 0,
            });
        }
        self.known.insert(place, sum);
        sum
    }

    fn all<'v>(
        &mut self,
        parts: impl Iterator<Item = &'v Value>,
        mut count: impl FnMut(&mut Self, &'v Value) -> u64,
    ) -> u64 {
        parts.fold(0, |sum, part| sum.saturating_add(count(self, part)))
    }

    /// A schema, or each one of a list or of an object's fields.
    fn each(&mut self, schemas: &'s Value, value: &Value, depth: usize) -> u64 {
        let below = |counter: &mut Self, schema| counter.count(schema, value, depth + 1);
        match schemas {
            Value::Array(list) => list.iter().fold(0, |sum, schema| sum.saturating_add(below(self, schema))),
            Value::Object(fields) => {
                let inner = fields.values().filter(|inner| inner.is_object());
                let inner = inner.fold(0_u64, |sum, schema| sum.saturating_add(below(self, schema)));
                inner.saturating_add(below(self, schemas))
            }
            _ => 1,
        }
    }

    fn named(&mut self, schemas: &'s Value, parts: &serde_json::Map<String, Value>, depth: usize) -> u64 {
        let pairs = parts.iter().filter_map(|(name, part)| Some((schemas.get(name)?, part)));
        pairs.fold(0, |sum, (schema, part)| sum.saturating_add(self.count(schema, part, depth + 1)))
    }

    fn referred(&mut self, reference: &'s Value, value: &Value, depth: usize) -> u64 {
        let root = self.root;
        let pointer = reference.as_str().and_then(|reference| reference.strip_prefix('#'));
        let target = pointer.and_then(|pointer| root.pointer(pointer));
        target.map_or(1, |target| self.count(target, value, depth + 1))
    }
}
