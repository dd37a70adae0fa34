//! Makes a JSON value that a JSON schema allows, with values from the prompt where they fit.
//!
//! Knows what schemas of tools and answers use: types, enum, const, properties, items, bounds, patterns, formats,
//! local `$ref`, allOf, and the first of anyOf and oneOf. Keywords that forbid (`not`, `if`, `patternProperties`) are
//! not looked at.

use serde_json::{Map, Value, json};

use super::lexeme::{Lexeme, Lexemes, Look};
use super::number::{self, Bounds};
use super::string::Shape;

/// Below this depth only what is required is written, and the plainest alternative is taken.
const PLAIN_BELOW: usize = 6;
/// A schema that demands more depth than this gets a null there.
const DEEPEST: usize = 40;
/// A list is not made longer than this, whatever `minItems` says.
const LONGEST_LIST: usize = 1000;
/// So many values are made in all; a schema that branches without end is cut here.
const MOST_VALUES: usize = 20_000;

/// Which optional properties are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Optional {
    All,
    /// Those the prompt speaks of.
    Mentioned,
}

/// Tells a few words for a field of this name.
pub(crate) type Teller<'m> = Box<dyn FnMut(&str) -> String + 'm>;

/// Writes values for one schema.
pub(crate) struct Writer<'w> {
    pub root: &'w Value,
    pub prompt: &'w str,
    pub lexemes: &'w mut Lexemes,
    pub random: &'w mut fastrand::Rng,
    pub tell: Teller<'w>,
    pub optional: Optional,
    made: usize,
}

impl<'w> Writer<'w> {
    /// Writes for the schema `root`; what `tell` gives stands where the prompt has nothing.
    pub(crate) fn new(
        root: &'w Value,
        prompt: &'w str,
        lexemes: &'w mut Lexemes,
        random: &'w mut fastrand::Rng,
        tell: Teller<'w>,
        optional: Optional,
    ) -> Self {
        Self { root, prompt, lexemes, random, tell, optional, made: 0 }
    }

    /// Makes the value.
    pub(crate) fn write(&mut self) -> Value {
        let root = self.root;
        self.value(root, "", 0)
    }

    fn value(&mut self, schema: &Value, name: &str, depth: usize) -> Value {
        self.made += 1;
        if depth > DEEPEST || self.made > MOST_VALUES {
            return Value::Null;
        }
        let schema = self.resolve(schema, depth);
        if let Some(fixed) = schema.get("const") {
            return fixed.clone();
        }
        if let Some(options) = schema.get("enum").and_then(Value::as_array) {
            return self.one_of(options, &schema);
        }
        match kind(&schema) {
            "object" => self.object(&schema, depth),
            "array" => self.array(&schema, name, depth),
            "integer" => self.number(&schema, name, true),
            "number" => self.number(&schema, name, false),
            "boolean" => self.boolean(name),
            "null" => Value::Null,
            _ => self.string(&schema, name),
        }
    }

    /// The schema with references followed, allOf joined and an alternative chosen.
    fn resolve(&self, schema: &Value, depth: usize) -> Value {
        let mut current = schema.clone();
        for _ in 0..DEEPEST {
            let Value::Object(map) = &mut current else { return current };
            if let Some(Value::String(reference)) = map.remove("$ref") {
                let target = reference.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer));
                current = join(target.unwrap_or(&Value::Bool(true)), &current);
            } else if let Some(Value::Array(all)) = map.remove("allOf") {
                current = all.iter().fold(current, |joined, part| join(&joined, &self.resolve(part, depth)));
            } else if let Some(Value::Array(any)) = map.remove("anyOf").or_else(|| map.remove("oneOf")) {
                let choice = self.alternative(&any, depth).cloned().unwrap_or(Value::Bool(true));
                current = join(&current, &choice);
            } else {
                return current;
            }
        }
        current
    }

    /// The first alternative that is not null; deep down the plainest one, so that recursion ends.
    fn alternative<'a>(&self, any: &'a [Value], depth: usize) -> Option<&'a Value> {
        let weight = |schema: &Value| match (schema.get("type").and_then(Value::as_str), schema.get("$ref")) {
            (Some("object" | "array"), _) => 1,
            (_, Some(_)) => 2,
            _ => 0,
        };
        let is_null = |schema: &&Value| schema.get("type") == Some(&json!("null"));
        match depth {
            0..PLAIN_BELOW => any.iter().find(|schema| !is_null(schema)).or(any.first()),
            _ => any.iter().min_by_key(|schema| weight(schema)),
        }
    }

    /// The option that the prompt names, or else any.
    fn one_of(&mut self, options: &[Value], schema: &Value) -> Value {
        let wanted = schema.get("type").map(|_| kind(schema));
        let fits = |option: &&Value| wanted.is_none_or(|kind| is_kind(option, kind));
        let options: Vec<&Value> = options.iter().filter(fits).collect();
        let named = options.iter().find(|option| option.as_str().is_some_and(|text| self.lexemes.mentions(text)));
        named.or(self.random.choice(&options)).map_or(Value::Null, |option| (*option).clone())
    }

    fn object(&mut self, schema: &Value, depth: usize) -> Value {
        let mut made = Map::new();
        let empty = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        let required: Vec<&str> = list(schema, "required").iter().filter_map(Value::as_str).collect();
        let most = size(schema, "maxProperties").unwrap_or(usize::MAX).max(required.len());
        for (key, property) in properties {
            let needed = required.contains(&key.as_str());
            let missing = required.iter().filter(|name| !made.contains_key(**name)).count();
            if needed || (made.len() + missing < most && property != &Value::Bool(false) && self.wants(key, depth)) {
                made.insert(key.clone(), self.value(property, key, depth + 1));
            }
        }
        let other = schema.get("additionalProperties").cloned().unwrap_or(Value::Bool(true));
        for key in required {
            if !made.contains_key(key) {
                made.insert(key.to_owned(), self.value(&other, key, depth + 1));
            }
        }
        self.fill(&mut made, schema, &other, depth);
        Value::Object(made)
    }

    /// Adds what `minProperties` still demands.
    fn fill(&mut self, made: &mut Map<String, Value>, schema: &Value, other: &Value, depth: usize) {
        let least = size(schema, "minProperties").unwrap_or(0).min(LONGEST_LIST);
        for (key, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if made.len() < least && !made.contains_key(key) {
                made.insert(key.clone(), self.value(property, key, depth + 1));
            }
        }
        let mut number = 1;
        while made.len() < least && other != &Value::Bool(false) {
            made.insert(format!("extra_{number}"), self.value(other, "extra", depth + 1));
            number += 1;
        }
    }

    fn wants(&self, key: &str, depth: usize) -> bool {
        match self.optional {
            Optional::All => depth < PLAIN_BELOW,
            Optional::Mentioned => self.lexemes.mentions(key),
        }
    }

    fn array(&mut self, schema: &Value, name: &str, depth: usize) -> Value {
        let (prefix, rest) = match schema.get("items") {
            Some(Value::Array(items)) => (items.as_slice(), schema.get("additionalItems")),
            items => (list(schema, "prefixItems"), items),
        };
        let least = size(schema, "minItems").unwrap_or(0).min(LONGEST_LIST);
        let usual = if depth < PLAIN_BELOW { 2.max(prefix.len()) } else { 0 };
        let usual = if rest == Some(&Value::Bool(false)) { prefix.len() } else { usual };
        let count = least.max(usual).min(size(schema, "maxItems").unwrap_or(usize::MAX));
        let unique = schema.get("uniqueItems") == Some(&Value::Bool(true));
        let any = Value::Bool(true);
        let mut made: Vec<Value> = Vec::new();
        for attempt in 0..count.saturating_mul(20) {
            if made.len() >= count || (attempt >= count * 2 && made.len() >= least) {
                break;
            }
            let item = prefix.get(made.len()).or(rest).unwrap_or(&any);
            let value = self.value(item, name, depth + 1);
            if !unique || !made.contains(&value) {
                made.push(value);
            }
        }
        Value::Array(made)
    }

    fn number(&mut self, schema: &Value, name: &str, whole: bool) -> Value {
        let bounds = Bounds::read(schema, whole);
        let fits = |lexeme: &Lexeme| matches!(lexeme.look, Look::Number(number) if bounds.fits(number));
        let drawn = self
            .lexemes
            .take(name, fits)
            .and_then(|text| text.trim_start_matches(['$', '€', '£', '#']).replace(',', "").parse::<f64>().ok());
        let given = schema.get("default").and_then(Value::as_f64).filter(|number| bounds.fits(*number));
        number::json(drawn.or(given).unwrap_or_else(|| bounds.make(self.random)))
    }

    /// What the prompt speaks of is true.
    fn boolean(&mut self, name: &str) -> Value {
        Value::Bool(self.lexemes.mentions(name) || (self.optional == Optional::All && self.random.bool()))
    }

    fn string(&mut self, schema: &Value, name: &str) -> Value {
        let shape = Shape::read(schema);
        if let Some(drawn) = shape.draw(name, self.prompt, self.lexemes) {
            return Value::String(drawn);
        }
        let examples = list(schema, "examples").iter().chain(schema.get("default")).filter_map(Value::as_str);
        if let Some(given) = examples.into_iter().find(|text| shape.fits(text)) {
            return Value::String(given.to_owned());
        }
        let made = shape.make(self.random).unwrap_or_else(|| shape.trim(&(self.tell)(name)));
        Value::String(made)
    }
}

/// Both schemas at once: properties and required names are joined, other keywords of the second win.
fn join(first: &Value, second: &Value) -> Value {
    let (Value::Object(a), Value::Object(b)) = (first, second) else {
        return if second.is_object() { second.clone() } else { first.clone() };
    };
    let mut joined = a.clone();
    for (key, value) in b {
        let both = match (key.as_str(), joined.get(key), value) {
            ("properties" | "$defs", Some(Value::Object(old)), Value::Object(new)) => {
                let mut old = old.clone();
                old.extend(new.clone());
                Value::Object(old)
            }
            ("required", Some(Value::Array(old)), Value::Array(new)) => {
                Value::Array(old.iter().chain(new).cloned().collect())
            }
            ("minimum" | "exclusiveMinimum" | "minLength" | "minItems", Some(old), new) if less(new, old) => {
                old.clone()
            }
            ("maximum" | "exclusiveMaximum" | "maxLength" | "maxItems", Some(old), new) if less(old, new) => {
                old.clone()
            }
            _ => value.clone(),
        };
        joined.insert(key.clone(), both);
    }
    Value::Object(joined)
}

fn less(a: &Value, b: &Value) -> bool {
    a.as_f64().zip(b.as_f64()).is_some_and(|(a, b)| a < b)
}

/// The type of the value to make; the first that is not null when several are allowed.
fn kind(schema: &Value) -> &str {
    let has = |keys: &[&str]| keys.iter().any(|key| schema.get(key).is_some());
    match schema.get("type") {
        Some(Value::String(one)) => one,
        Some(Value::Array(several)) => {
            let names = several.iter().filter_map(Value::as_str);
            names.clone().find(|name| *name != "null").or(names.clone().next()).unwrap_or("string")
        }
        _ if has(&["properties", "required", "additionalProperties", "minProperties"]) => "object",
        _ if has(&["items", "prefixItems", "minItems", "maxItems"]) => "array",
        _ if has(&["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]) => "number",
        _ => "string",
    }
}

fn is_kind(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "integer" => value.as_f64().is_some_and(|number| number.fract().abs() < f64::EPSILON),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => value.is_string(),
    }
}

fn list<'s>(schema: &'s Value, key: &str) -> &'s [Value] {
    schema.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn size(schema: &Value, key: &str) -> Option<usize> {
    schema.get(key).and_then(Value::as_f64).map(|size| size.max(0.0) as usize)
}

#[cfg(test)]
#[path = "schema_tests.rs"]
mod tests;
