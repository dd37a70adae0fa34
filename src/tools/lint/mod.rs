//! What is wrong with the definitions of tools before anybody is asked: what a provider refuses, what a model misreads.
//!
//! Owns the rules and their sentences. The sources: OpenAI's API reference (names, the number of tools, `strict`), its
//! guides on function calling and on structured outputs (the subset of JSON Schema and its limits), and the messages of
//! refusals that users report ("array schema missing items", "schema must have type 'object' and not have 'oneOf' … at
//! the top level", "string too long. Expected a string with maximum length 1024", "'default' is not permitted").

mod command;
mod nodes;
mod schema;
mod strict;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

pub use command::lint_command;

use super::Definition;
use super::definition::kind;
use crate::text::clean_line;

/// The longest name of a function, in characters (API reference).
const LONGEST_NAME: usize = 64;

/// The longest description of a function, in characters (refusals: "maximum length 1024").
const LONGEST_DESCRIPTION: usize = 1024;

/// The most tools of one request (API reference).
const MOST_TOOLS: usize = 128;

/// Definitions go with every request; one larger than this, in bytes, costs more than some thousand tokens each time.
const LARGE_BYTES: usize = 16 * 1024;

/// So many findings of one tool are told; nobody mends more of them at once.
const MOST_FINDINGS: usize = 50;

/// How bad it is, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// A provider refuses the request.
    Refused,
    /// The model may misread what is meant.
    Misread,
    /// Worth a look.
    Note,
}

impl Severity {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Misread => "misread",
            Self::Note => "note",
        }
    }
}

/// One thing that is wrong with a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub severity: Severity,
    /// The name of the tool; none for what concerns all of them.
    pub tool: Option<String>,
    /// Where in the file, as a JSON pointer.
    pub pointer: String,
    /// What is wrong and what would be right: a sentence without its full stop, safe for the screen.
    pub said: String,
}

/// What the rules of one tool find.
struct Findings<'t> {
    tool: &'t str,
    found: Vec<Finding>,
}

impl Findings<'_> {
    fn add(&mut self, severity: Severity, pointer: impl Into<String>, said: impl AsRef<str>) {
        let said = clean_line(said.as_ref()).into_owned();
        self.found.push(Finding { severity, tool: Some(self.tool.to_owned()), pointer: pointer.into(), said });
    }

    fn refused(&mut self, pointer: impl Into<String>, said: impl AsRef<str>) {
        self.add(Severity::Refused, pointer, said);
    }

    fn misread(&mut self, pointer: impl Into<String>, said: impl AsRef<str>) {
        self.add(Severity::Misread, pointer, said);
    }
}

/// Everything that is wrong with tools that are offered together, in their order.
#[must_use]
pub fn lint(definitions: &[Definition]) -> Vec<Finding> {
    let mut found = Vec::new();
    if definitions.len() > MOST_TOOLS {
        let said = format!("{} tools are offered together; a request takes at most {MOST_TOOLS}", definitions.len());
        found.push(Finding { severity: Severity::Refused, tool: None, pointer: String::new(), said });
    }
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    for definition in definitions {
        let name = definition.tool.name.as_str();
        if let Some(before) = first.get(name) {
            let said =
                format!("a tool of this name stands at {} already; names are unique in a request", shown_place(before));
            let pointer = definition.function.clone() + "/name";
            found.push(Finding { severity: Severity::Refused, tool: Some(name.to_owned()), pointer, said });
        } else {
            first.insert(name, &definition.function);
        }
        found.extend(lint_tool(definition));
    }
    found
}

fn shown_place(pointer: &str) -> &str {
    if pointer.is_empty() { "the top" } else { pointer }
}

/// What keeps the schema of an answer from being sent as strict, each with its place in the schema.
#[must_use]
pub fn strict_faults(schema: &Value) -> Vec<Finding> {
    let mut findings = Findings { tool: "", found: Vec::new() };
    if schema.get("type").and_then(Value::as_str) != Some("object") || schema.get("anyOf").is_some() {
        findings.refused("", "a strict schema is an object at its root, and no choice");
    }
    strict::lint(&mut findings, &nodes::nodes(schema, ""));
    findings.found.retain(|finding| finding.severity == Severity::Refused);
    findings.found.truncate(MOST_FINDINGS);
    findings.found
}

/// Everything that is wrong with one tool.
#[must_use]
pub fn lint_tool(definition: &Definition) -> Vec<Finding> {
    let mut findings = Findings { tool: &definition.tool.name, found: Vec::new() };
    let nothing = Map::new();
    let function = definition.tool.definition.get("function").and_then(Value::as_object).unwrap_or(&nothing);
    name(&mut findings, definition);
    description(&mut findings, definition, function);
    let is_strict = match function.get("strict") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(strict)) => *strict,
        Some(other) => {
            let said = format!("`strict` is true or false, not {}", kind(other));
            findings.refused(format!("{}/strict", definition.function), said);
            false
        }
    };
    schema::lint(&mut findings, &definition.parameters, function.get("parameters"), is_strict);
    mentioned(&mut findings, definition, function);
    let bytes = definition.tool.definition.to_string().len();
    if bytes > LARGE_BYTES {
        let said = format!("it takes ~{} tokens of every request", crate::text::grouped(bytes as u64 / 4));
        findings.add(Severity::Note, &definition.function, said);
    }
    let mut found = findings.found;
    // The worst first where not all can be told.
    if found.len() > MOST_FINDINGS {
        found.sort_by_key(|finding| finding.severity);
        found.truncate(MOST_FINDINGS);
    }
    found
}

fn name(findings: &mut Findings<'_>, definition: &Definition) {
    let name = &definition.tool.name;
    let fits = |sign: char| sign.is_ascii_alphanumeric() || sign == '_' || sign == '-';
    let length = name.chars().count();
    let pointer = format!("{}/name", definition.function);
    if let Some(sign) = name.chars().find(|sign| !fits(*sign)) {
        let near: String = name.chars().map(|sign| if fits(sign) { sign } else { '_' }).take(LONGEST_NAME).collect();
        let said = format!("a name has letters a to z, digits, `_` and `-` only, not `{sign}`; write `{near}`");
        findings.refused(&pointer, said);
    }
    if length > LONGEST_NAME {
        findings.refused(&pointer, format!("a name has at most {LONGEST_NAME} characters, not {length}"));
    }
}

fn description(findings: &mut Findings<'_>, definition: &Definition, function: &Map<String, Value>) {
    let pointer = format!("{}/description", definition.function);
    match function.get("description") {
        None | Some(Value::Null) => {
            findings.misread(&definition.function, "it has no description; the model knows of it by its name only");
        }
        Some(Value::String(text)) if text.trim().is_empty() => {
            findings.misread(&pointer, "the description is empty; the model knows of it by its name only");
        }
        Some(Value::String(text)) => {
            let length = text.chars().count();
            if length > LONGEST_DESCRIPTION {
                let said = format!("a description has at most {LONGEST_DESCRIPTION} characters, not {length}");
                findings.refused(&pointer, said);
            }
        }
        Some(other) => findings.refused(&pointer, format!("a description is a string, not {}", kind(other))),
    }
}

/// Names in backticks that are no parameters: the model looks for them and makes them up.
fn mentioned(findings: &mut Findings<'_>, definition: &Definition, function: &Map<String, Value>) {
    let Some(text) = function.get("description").and_then(Value::as_str) else { return };
    let properties = function.get("parameters").and_then(|schema| schema.get("properties")).and_then(Value::as_object);
    let Some(properties) = properties else { return };
    let is_name = |word: &&str| !word.is_empty() && word.chars().all(|sign| sign.is_ascii_lowercase() || sign == '_');
    for word in text.split('`').skip(1).step_by(2).filter(is_name) {
        if !properties.contains_key(word) && word != definition.tool.name && !["true", "false", "null"].contains(&word)
        {
            let said = format!("the description speaks of `{word}`, which is no parameter");
            findings.add(Severity::Note, format!("{}/description", definition.function), said);
        }
    }
}

#[cfg(test)]
mod tests;
