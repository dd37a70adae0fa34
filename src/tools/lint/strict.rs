//! The further rules of strict schemas: the subset of JSON Schema that a provider can hold a model to.
//!
//! Sources: OpenAI's guide on structured outputs, "Supported schemas" (developers.openai.com, as of February 2026: 10 levels,
//! 5,000 properties, 1,000 choices, 120,000 characters, 15,000 characters of a choice of more than 250); how it counts is read
//! from `JsonSchemaValidator` of its own library for Java (openai/openai-java), whose smaller limits are of 2025. The limits
//! grew over time; the newest are taken, and what older models still refuse is a note.

use serde_json::Value;

use super::nodes::Node;
use super::{Findings, Severity};

/// Keywords that are refused. The guide lists `allOf`, `not`, `dependentRequired`, `dependentSchemas`, `if`, `then` and
/// `else`; the others are in none of its lists of what is supported, nor in the one of `JsonSchemaValidator`, and users report
/// their refusal ("'default' is not permitted", "'uniqueItems' is not permitted").
const UNSUPPORTED: [&str; 19] = [
    "allOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "dependentRequired",
    "dependentSchemas",
    "patternProperties",
    "propertyNames",
    "unevaluatedProperties",
    "unevaluatedItems",
    "minProperties",
    "maxProperties",
    "contains",
    "minContains",
    "maxContains",
    "uniqueItems",
    "default",
];

/// Keywords that older models and fine-tuned ones refuse (the guide, "not supported yet" of fine-tuned models).
const YOUNG: [&str; 11] = [
    "minLength",
    "maxLength",
    "pattern",
    "format",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
];

/// Properties of all objects together, those of definitions among them (the guide; it was 100 until 2025).
const MOST_PROPERTIES: usize = 5000;
/// Levels below the root: each property and each item is one deeper than what holds it (the guide, openai-java#732; it was 5).
const DEEPEST: usize = 10;
/// Values of all `enum`s together (the guide; it was 500, "Expected at most 500 enum values in total").
const MOST_CHOICES: usize = 1000;
/// Characters of the names of properties and definitions, of choices and of `const` values together (the guide).
const MOST_CHARACTERS: usize = 120_000;
/// From so many values on, the characters of a single choice of strings are limited too (the guide).
const LARGE_CHOICE: usize = 250;
/// Characters of a large choice (the guide; it was 7,500).
const MOST_OF_A_CHOICE: usize = 15_000;

pub(super) fn lint(findings: &mut Findings<'_>, nodes: &[Node<'_>]) {
    for node in nodes {
        closed(findings, node);
        supported(findings, node);
        large_choice(findings, node);
        if node.depth > DEEPEST {
            let said = format!("it is nested {} levels deep; a strict schema has at most {DEEPEST}", node.depth);
            findings.refused(&node.pointer, said);
        }
    }
    whole(findings, nodes);
}

/// An object takes what it names and nothing else, and all of it.
fn closed(findings: &mut Findings<'_>, node: &Node<'_>) {
    let is_object = match node.schema.get("type") {
        Some(Value::String(kind)) => kind == "object",
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "object"),
        _ => node.schema.contains_key("properties"),
    };
    if !is_object {
        return;
    }
    if node.schema.get("additionalProperties") != Some(&Value::Bool(false)) {
        findings.refused(&node.pointer, "a strict object needs \"additionalProperties\": false");
    }
    let required = node.schema.get("required").and_then(Value::as_array);
    for name in node.schema.get("properties").and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name) {
        if !required.is_some_and(|required| required.iter().any(|given| given == name.as_str())) {
            let said = format!(
                "`{name}` is not in \"required\"; a strict schema requires every property; one that may be missing takes null"
            );
            findings.refused(format!("{}/required", node.pointer), said);
        }
    }
}

fn supported(findings: &mut Findings<'_>, node: &Node<'_>) {
    for field in node.schema.keys() {
        let at = || format!("{}/{}", node.pointer, super::nodes::escaped(field));
        if UNSUPPORTED.contains(&field.as_str()) {
            findings
                .refused(at(), format!("a strict schema has no `{field}`; leave it out, or say it in the description"));
        } else if YOUNG.contains(&field.as_str()) {
            findings.add(Severity::Note, at(), format!("older models refuse `{field}` in a strict schema"));
        }
    }
}

/// The characters of each choice of a schema; numbers and the like have none.
fn choices(node: &Node<'_>) -> Vec<usize> {
    let given = node.schema.get("enum").and_then(Value::as_array).into_iter().flatten();
    given.map(characters).collect()
}

fn characters(value: &Value) -> usize {
    value.as_str().map_or(0, |text| text.chars().count())
}

fn large_choice(findings: &mut Findings<'_>, node: &Node<'_>) {
    let choices = choices(node);
    let characters = choices.iter().sum::<usize>();
    if choices.len() > LARGE_CHOICE && characters > MOST_OF_A_CHOICE {
        let said = format!(
            "its choices have {characters} characters; a strict schema has at most {MOST_OF_A_CHOICE} where there are more \
             than {LARGE_CHOICE} choices"
        );
        findings.refused(format!("{}/enum", node.pointer), said);
    }
}

/// The limits of a schema as a whole.
fn whole(findings: &mut Findings<'_>, nodes: &[Node<'_>]) {
    let Some(root) = nodes.first() else { return };
    let (mut properties, mut choices, mut all) = (0, 0, 0);
    for node in nodes {
        let named = |field: &str| node.schema.get(field).and_then(Value::as_object);
        properties += named("properties").map_or(0, serde_json::Map::len);
        let names = ["properties", "$defs", "definitions"].into_iter().filter_map(named).flat_map(|named| named.keys());
        all += names.map(|name| name.chars().count()).sum::<usize>();
        all += node.schema.get("const").map_or(0, characters);
        let given = self::choices(node);
        choices += given.len();
        all += given.iter().sum::<usize>();
    }
    let limits = [
        (properties, MOST_PROPERTIES, "properties"),
        (choices, MOST_CHOICES, "choices"),
        (all, MOST_CHARACTERS, "characters of names, choices and constants"),
    ];
    for (count, most, what) in limits {
        if count > most {
            findings.refused(&root.pointer, format!("it has {count} {what}; a strict schema has at most {most}"));
        }
    }
}
