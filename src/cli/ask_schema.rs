//! `ask --json-schema`: the form that the answer has to have, and whether it has it.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use super::Problem;
use super::options::read_json;
use super::print::say;
use crate::api::Reply;
use crate::chat::Params;
use crate::tools::{AnswerCheck, AnswerEnd, AnswerFormat, Schema, Verdict, Violation, strict_faults};

/// A schema's name has at most so many characters (OpenAI's API reference, `json_schema.name`).
const LONGEST_NAME: usize = 64;

/// Reads the file: a `response_format`, or a schema, which becomes one.
pub(super) fn response_format(file: &Path) -> Result<Value, Problem> {
    let read = read_json(file, "--json-schema")?;
    let wrong = |said: &str| Problem::misuse(format!("--json-schema: {}: {said}.", file.display()));
    let format = if is_response_format(&read) { read } else { wrapped(&read, file) };
    if format["type"] == "json_schema" {
        if format["json_schema"]["schema"].is_null() {
            return Err(wrong("it has no schema"));
        }
        Schema::of(&format["json_schema"]["schema"]).map_err(|fault| wrong(&fault.said))?;
    }
    Ok(format)
}

fn is_response_format(read: &Value) -> bool {
    read["json_schema"].is_object() || matches!(read["type"].as_str(), Some("json_schema" | "json_object" | "text"))
}

/// A schema as a `response_format`: strict where it keeps the rules of strict schemas.
fn wrapped(schema: &Value, file: &std::path::Path) -> Value {
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let name = schema["title"].as_str().map(str::to_owned).or(stem).unwrap_or_default();
    let strict = strict_faults(schema).is_empty();
    json!({"type": "json_schema", "json_schema": {"name": named(&name), "schema": schema, "strict": strict}})
}

/// As much of a title or a file's name as a schema may be called.
fn named(text: &str) -> String {
    let sign = |sign: char| if sign.is_ascii_alphanumeric() || matches!(sign, '_' | '-') { sign } else { '_' };
    let name: String = text.chars().take(LONGEST_NAME).map(sign).collect();
    if name.is_empty() { "answer".to_owned() } else { name }
}

/// What the request's form says of the answer; nothing where it asks for no form, or the answer is calls.
pub(super) fn checked(params: &Params, reply: &Reply, broken: bool) -> Option<AnswerCheck> {
    let format = AnswerFormat::of(params.get("response_format")?)?;
    if reply.text.is_empty() && !reply.tool_calls.is_empty() {
        return None;
    }
    let end = if broken { AnswerEnd::Broken } else { AnswerEnd::of(reply.finish_reason.as_deref(), params) };
    let mut check = AnswerCheck::new(Arc::new(format));
    check.update(&reply.text, Some(end));
    Some(check)
}

/// The fields of `--json`: whether it conforms, and if not, why.
pub(super) fn verdict_json(check: &AnswerCheck) -> Value {
    let violations: Vec<Value> = violations(check)
        .into_iter()
        .map(|violation| json!({"pointer": violation.pointer, "message": violation.said}))
        .collect();
    json!({"conforms": matches!(check.verdict(), Verdict::Conforms), "violations": violations})
}

/// Says on standard error why an answer does not conform; whether it does.
pub(super) fn say_verdict(check: &AnswerCheck) -> bool {
    if matches!(check.verdict(), Verdict::Conforms) {
        return true;
    }
    let form = check.format().name.as_deref().map_or_else(String::new, |name| format!(" to {name}"));
    for violation in violations(check) {
        say(&format!("The answer does not conform{form}: {}.", violation.said));
    }
    false
}

fn violations(check: &AnswerCheck) -> Vec<Violation> {
    let one = |said: &str| vec![Violation { pointer: String::new(), said: said.to_owned() }];
    match check.verdict() {
        Verdict::Conforms => Vec::new(),
        Verdict::Nothing | Verdict::SoFar => one("there is no text"),
        Verdict::Wrong(violation) => vec![violation.clone()],
        Verdict::Fails(violations) | Verdict::Cut(violations) => violations.clone(),
        Verdict::Unchecked(said) => one(&format!("the schema cannot be used: {said}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_is_named_by_its_title_or_its_file() {
        assert_eq!(named("A person (new)"), "A_person__new_");
        assert_eq!(named(&"x".repeat(90)).len(), LONGEST_NAME);
        assert_eq!(named(""), "answer");
    }
}
