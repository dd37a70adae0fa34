//! The rules of a tool's schema that hold whether or not it is strict.

use serde_json::Value;

use super::nodes::{Node, escaped, nodes};
use super::{Findings, strict};
use crate::tools::Schema;
use crate::tools::definition::kind;

/// What the root of a function's schema has no place for.
const NOT_AT_THE_ROOT: [&str; 5] = ["oneOf", "anyOf", "allOf", "enum", "not"];

pub(super) fn lint(findings: &mut Findings<'_>, pointer: &str, schema: Option<&Value>, is_strict: bool) {
    let root = match schema {
        // A function without parameters takes none.
        None => return,
        Some(schema @ Value::Object(_)) => schema,
        Some(other) => return findings.refused(pointer, format!("a schema is an object, not {}", kind(other))),
    };
    let nodes = nodes(root, pointer);
    let mut usable = true;
    for node in &nodes {
        usable &= reference(findings, root, node);
    }
    // What refers to nowhere is told already, in better words.
    if let Some(fault) = usable.then(|| Schema::of(root).err()).flatten() {
        findings.refused(format!("{pointer}{}", fault.pointer), fault.said);
    }
    if let Some(node) = nodes.first() {
        at_root(findings, node);
    }
    for node in &nodes {
        required(findings, node, is_strict);
        items(findings, node);
        choices(findings, node);
        if node.is_parameter {
            documented(findings, node);
        }
    }
    if is_strict {
        strict::lint(findings, &nodes);
    }
}

fn at_root(findings: &mut Findings<'_>, root: &Node<'_>) {
    match root.schema.get("type") {
        Some(Value::String(kind)) if kind == "object" => {}
        None if root.schema.is_empty() => {}
        None => findings.refused(&root.pointer, "arguments are an object: the schema needs \"type\": \"object\""),
        Some(other) => {
            let said = format!("arguments are an object: \"type\" is \"object\" here, not {other}");
            findings.refused(format!("{}/type", root.pointer), said);
        }
    }
    for field in NOT_AT_THE_ROOT {
        if root.schema.contains_key(field) {
            findings.refused(
                format!("{}/{field}", root.pointer),
                format!("`{field}` has no place at the root of a schema"),
            );
        }
    }
}

/// Whether a reference leads to somewhere within the schema.
fn reference(findings: &mut Findings<'_>, root: &Value, node: &Node<'_>) -> bool {
    let Some(to) = node.schema.get("$ref").and_then(Value::as_str) else { return true };
    let at = format!("{}/$ref", node.pointer);
    let Some(local) = to.strip_prefix('#') else {
        findings.refused(at, format!("`{to}` is another document, which is never fetched; put it below \"$defs\""));
        return false;
    };
    // A name instead of a pointer is an anchor; the check of the whole schema knows those.
    if !local.is_empty() && !local.starts_with('/') || root.pointer(&unescaped(local)).is_some() {
        return true;
    }
    findings.refused(at, format!("`{to}` leads to nothing in this schema"));
    false
}

/// A pointer in a fragment may have its signs in percent form; only those of blanks and slashes are in use.
fn unescaped(pointer: &str) -> String {
    pointer.replace("%20", " ").replace("%2F", "/").replace("%25", "%")
}

fn required(findings: &mut Findings<'_>, node: &Node<'_>, is_strict: bool) {
    let Some(required) = node.schema.get("required").and_then(Value::as_array) else { return };
    // Where properties come from elsewhere, what is missing here may stand there.
    let elsewhere = ["$ref", "allOf", "anyOf", "oneOf", "patternProperties"];
    if elsewhere.iter().any(|field| node.schema.contains_key(*field)) && !is_strict {
        return;
    }
    let properties = node.schema.get("properties").and_then(Value::as_object);
    for (place, name) in required.iter().enumerate().filter_map(|(place, name)| Some((place, name.as_str()?))) {
        if !properties.is_some_and(|properties| properties.contains_key(name)) {
            // Google's endpoint: "required[0]: property is not defined".
            let said = format!("`{name}` is required but is none of the properties; define it, or do not require it");
            findings.refused(format!("{}/required/{place}", node.pointer), said);
        }
    }
}

fn items(findings: &mut Findings<'_>, node: &Node<'_>) {
    let is_list = node.schema.get("type").is_some_and(|kind| kind == "array");
    if is_list && !node.schema.contains_key("items") && !node.schema.contains_key("prefixItems") {
        findings.refused(&node.pointer, "a list needs \"items\", which says what is in it");
    }
}

fn choices(findings: &mut Findings<'_>, node: &Node<'_>) {
    let Some(choices) = node.schema.get("enum").and_then(Value::as_array) else { return };
    let at = format!("{}/enum", node.pointer);
    match choices.as_slice() {
        [] => findings.refused(at, "a choice needs something to choose from"),
        [only] => {
            let said = format!("only {only} may be chosen, so the model need not be asked; leave the parameter out");
            findings.add(super::Severity::Note, at, said);
        }
        _ => {}
    }
}

fn documented(findings: &mut Findings<'_>, node: &Node<'_>) {
    let says = |field: &str| {
        node.schema.get(field).is_some_and(|text| text.as_str().is_none_or(|text| !text.trim().is_empty()))
    };
    let name = node.pointer.rsplit('/').next().unwrap_or_default();
    if !["description", "title", "$ref", "const"].into_iter().any(says) {
        findings
            .misread(&node.pointer, format!("`{}` has no description; the model guesses what it means", escaped(name)));
    }
    let is_typed = ["type", "enum", "const", "$ref", "anyOf", "oneOf", "allOf"];
    if !is_typed.iter().any(|field| node.schema.contains_key(*field)) {
        findings.misread(&node.pointer, format!("`{}` has no type; the model may send anything", escaped(name)));
    }
}
