//! The further rules of strict schemas: the subset of JSON Schema that a provider can hold a model to.
//!
//! Source: OpenAI's guide on structured outputs, "Supported schemas". Its limits grew over time; the newest are taken, and
//! what older models still refuse is a note.

use serde_json::Value;

use super::nodes::Node;
use super::{Findings, Severity};

/// Keywords that are refused.
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

/// Keywords that older models refuse.
const YOUNG: [&str; 10] = [
    "minLength",
    "maxLength",
    "pattern",
    "format",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minItems",
    "maxItems",
];

const MOST_PROPERTIES: usize = 5000;
const DEEPEST: usize = 10;
const MOST_CHOICES: usize = 1000;
/// Characters of all names and choices together.
const MOST_CHARACTERS: usize = 120_000;

pub(super) fn lint(findings: &mut Findings<'_>, nodes: &[Node<'_>]) {
    for node in nodes {
        closed(findings, node);
        supported(findings, node);
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

/// The limits of a schema as a whole.
fn whole(findings: &mut Findings<'_>, nodes: &[Node<'_>]) {
    let Some(root) = nodes.first() else { return };
    let (mut names, mut choices) = (Vec::new(), Vec::new());
    for node in nodes {
        for field in ["properties", "$defs", "definitions"] {
            let named = node.schema.get(field).and_then(Value::as_object).into_iter().flatten();
            names.extend(named.map(|(name, _)| name.chars().count()));
        }
        let given = node.schema.get("enum").and_then(Value::as_array).into_iter().flatten();
        choices.extend(given.map(|choice| choice.as_str().map_or(0, |text| text.chars().count())));
    }
    let characters = names.iter().chain(&choices).sum::<usize>();
    let limits = [
        (names.len(), MOST_PROPERTIES, "properties"),
        (choices.len(), MOST_CHOICES, "choices"),
        (characters, MOST_CHARACTERS, "characters of names and choices"),
    ];
    for (count, most, what) in limits {
        if count > most {
            findings.refused(&root.pointer, format!("it has {count} {what}; a strict schema has at most {most}"));
        }
    }
}
