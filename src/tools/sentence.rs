//! Violations as sentences: where it is, what stands there, and what is wanted.
//!
//! Owns the words. Names and values are outside text, so each is cleaned and cut to a bounded length.

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value;

use super::schema::Violation;
use crate::text::{clean_line, counted, truncate};

/// A value within a sentence takes so many cells.
const VALUE_CELLS: usize = 40;
/// A place, a pattern or a name within a sentence takes so many cells.
const NAME_CELLS: usize = 80;
/// A whole sentence takes so many cells.
const SENTENCE_CELLS: usize = 400;
/// So many allowed values are named.
const MOST_OPTIONS: usize = 8;
/// Alternatives within alternatives are explained so deep.
const MOST_NESTED: usize = 3;

/// What an error of the checker says; one that names several fields says it of each.
pub(super) fn violations(error: &ValidationError<'_>) -> Vec<Violation> {
    let place = error.instance_path().to_string();
    match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            unexpected.iter().take(super::MOST_VIOLATIONS).map(|name| unknown(&place, name)).collect()
        }
        _ => vec![violation(error)],
    }
}

/// What an error of the checker says, as one violation.
pub(super) fn violation(error: &ValidationError<'_>) -> Violation {
    nested(error, 0)
}

/// A field that the schema does not know.
pub(super) fn unknown(place: &str, name: &str) -> Violation {
    said(below(place, name), "is no field of the schema")
}

/// The text is no JSON that can be checked.
pub(super) fn unparsed(error: &serde_json::Error) -> Violation {
    let told = error.to_string();
    if told.starts_with("recursion limit") {
        return too_deep();
    }
    let what = if error.is_eof() {
        format!("is cut off: the JSON ends at line {} column {}", error.line(), error.column())
    } else {
        format!("is not JSON: {told}")
    };
    said(String::new(), &what)
}

/// The value is nested too deep to be checked.
pub(super) fn too_deep() -> Violation {
    said(String::new(), "is nested deeper than 128 levels, which is not checked")
}

/// What is wrong with a value that is none of those that are allowed.
pub(super) fn not_allowed(value: &Value, options: &[Value]) -> String {
    format!("is {}, where only {} is allowed", told(value), listed(options))
}

/// A sentence about a place.
pub(super) fn said(pointer: String, what: &str) -> Violation {
    let sentence = format!("{} {what}", place(&pointer));
    let said = truncate(&clean_line(&sentence), SENTENCE_CELLS).into_owned();
    Violation { pointer, said }
}

/// The pointer of a field.
pub(super) fn below(place: &str, name: &str) -> String {
    format!("{place}/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn place(pointer: &str) -> String {
    if pointer.is_empty() { "the value".to_owned() } else { cut(pointer, NAME_CELLS) }
}

fn nested(error: &ValidationError<'_>, depth: usize) -> Violation {
    let (place, value) = (error.instance_path().to_string(), error.instance());
    match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            unknown(&place, unexpected.first().map_or("", String::as_str))
        }
        Kind::Required { property } => said(below(&place, property.as_str().unwrap_or_default()), "is missing"),
        Kind::PropertyNames { error } => {
            let inner = nested(error, depth + 1).said;
            said(place, &format!("has a field whose name does not fit: {}", inner.replacen("the value", "it", 1)))
        }
        // Where no field at all is known, the checker names none.
        Kind::FalseSchema if error.schema_path().as_str().ends_with("/additionalProperties") => {
            said(place, "has fields, where the schema knows none")
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => alternatives(place, value, context, depth),
        kind => said(place, &wrong(kind, value).unwrap_or_else(|| cut(&error.to_string(), SENTENCE_CELLS / 2))),
    }
}

/// What is wrong with one value, without its place; `None` for what only the checker can say.
fn wrong(kind: &Kind, value: &Value) -> Option<String> {
    let is = |rest: String| Some(format!("is {}, {rest}", told(value)));
    match kind {
        Kind::Type { kind } => is(format!("where {} is wanted", types(kind))),
        Kind::Enum { options } => Some(not_allowed(value, options.as_array().map_or(&[][..], Vec::as_slice))),
        Kind::Constant { expected_value } => Some(not_allowed(value, std::slice::from_ref(expected_value))),
        Kind::Not { .. } => is("which the schema rules out".to_owned()),
        Kind::FalseSchema => Some("is not allowed here".to_owned()),
        Kind::Pattern { pattern } => is(format!("which does not match {}", cut(pattern, NAME_CELLS))),
        Kind::Format { format } => is(format!("which is not in the format {}", cut(format, NAME_CELLS))),
        Kind::ContentEncoding { content_encoding: form } | Kind::ContentMediaType { content_media_type: form } => {
            is(format!("which is not {}", cut(form, NAME_CELLS)))
        }
        Kind::OneOfMultipleValid { .. } => {
            Some("fits more than one of the alternatives, where exactly one is wanted".to_owned())
        }
        Kind::BacktrackLimitExceeded { .. } | Kind::RegexEngineFailure { .. } => {
            Some("could not be checked: its pattern takes too many steps on this text".to_owned())
        }
        Kind::UniqueItems => Some("holds an item twice".to_owned()),
        Kind::Contains => Some("holds too few or too many items of the kind that is wanted".to_owned()),
        _ => bound(kind, value),
    }
}

/// A bound that is broken.
fn bound(kind: &Kind, value: &Value) -> Option<String> {
    let length = || value.as_str().map_or(0, |text| text.chars().count());
    let size = || value.as_array().map_or_else(|| value.as_object().map_or(0, serde_json::Map::len), Vec::len);
    let is = |limit: String| Some(format!("is {}, where {limit}", shown(value)));
    let long = |limit: String| Some(format!("is {}, {}, where {limit}", shown(value), count(length(), "character")));
    let has = |what: &str, limit: String| Some(format!("has {}, where {limit}", count(size(), what)));
    match kind {
        Kind::Minimum { limit } => is(format!("at least {limit} is wanted")),
        Kind::Maximum { limit } => is(format!("at most {limit} is allowed")),
        Kind::ExclusiveMinimum { limit } => is(format!("more than {limit} is wanted")),
        Kind::ExclusiveMaximum { limit } => is(format!("less than {limit} is wanted")),
        Kind::MultipleOf { multiple_of } => is(format!("a multiple of {multiple_of} is wanted")),
        Kind::MinLength { limit } => long(format!("at least {limit} are wanted")),
        Kind::MaxLength { limit } => long(format!("at most {limit} are allowed")),
        Kind::MinItems { limit } => has("item", format!("at least {limit} are wanted")),
        Kind::MaxItems { limit } => has("item", format!("at most {limit} are allowed")),
        Kind::AdditionalItems { limit } => has("item", format!("at most {limit} are allowed")),
        Kind::UnevaluatedItems { .. } => has("item", "fewer are allowed".to_owned()),
        Kind::MinProperties { limit } => has("field", format!("at least {limit} are wanted")),
        Kind::MaxProperties { limit } => has("field", format!("at most {limit} are allowed")),
        _ => None,
    }
}

/// Why a value fits none of some alternatives, by the one that it is nearest to.
fn alternatives(place: String, value: &Value, context: &[Vec<ValidationError<'static>>], depth: usize) -> Violation {
    let refused = |errors: &Vec<ValidationError<'static>>| match errors.first() {
        Some(error) if error.instance_path().as_str() == place => match error.kind() {
            Kind::Type { kind } => Some(types(kind)),
            _ => None,
        },
        _ => None,
    };
    let kinds: Vec<Option<String>> = context.iter().map(refused).collect();
    if kinds.iter().all(Option::is_some) {
        let wanted: Vec<String> = kinds.into_iter().flatten().collect();
        return said(place, &format!("is {}, where {} is wanted", told(value), either(&wanted)));
    }
    let open = context.iter().zip(&kinds).enumerate().filter(|(_, (_, kind))| kind.is_none());
    let nearest = open.min_by_key(|(_, (errors, _))| errors.len());
    let reason = nearest.and_then(|(at, (errors, _))| Some((at, errors.first()?))).filter(|_| depth < MOST_NESTED);
    match reason {
        // Of one alternative that is left, its own reason is the whole truth.
        Some((_, error)) if kinds.iter().filter(|kind| kind.is_none()).count() == 1 => nested(error, depth + 1),
        Some((at, error)) => {
            let inner = nested(error, depth + 1).said;
            let of = context.len();
            said(place, &format!("fits none of {of} alternatives; of the nearest, number {}: {inner}", at + 1))
        }
        None => said(place, &format!("fits none of {} alternatives", context.len())),
    }
}

/// A value and what it is: `"30", a string`.
pub(super) fn told(value: &Value) -> String {
    match value {
        Value::Null | Value::Array(_) | Value::Object(_) => shown(value),
        Value::Bool(_) => format!("{value}, a boolean"),
        Value::Number(_) => format!("{}, a number", shown(value)),
        Value::String(_) => format!("{}, a string", shown(value)),
    }
}

/// A value as it is written, cut; of an array and an object only what it is.
fn shown(value: &Value) -> String {
    match value {
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        // Of a long string only what is shown is written out.
        Value::String(text) if text.len() > VALUE_CELLS * 8 => {
            let start: String = text.chars().take(VALUE_CELLS * 2).collect();
            cut(&Value::String(start).to_string(), VALUE_CELLS)
        }
        value => cut(&value.to_string(), VALUE_CELLS),
    }
}

fn listed(options: &[Value]) -> String {
    let mut names: Vec<String> = options.iter().take(MOST_OPTIONS).map(shown).collect();
    if options.len() > MOST_OPTIONS {
        names.push(format!("one of {} more", options.len() - MOST_OPTIONS));
    }
    either(&names)
}

/// The types that are wanted, each with its article.
fn types(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(kind) => type_name(*kind).to_owned(),
        TypeKind::Multiple(kinds) => either(&kinds.iter().map(|kind| type_name(kind).to_owned()).collect::<Vec<_>>()),
    }
}

fn type_name(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Array => "an array",
        JsonType::Boolean => "a boolean",
        JsonType::Integer => "an integer",
        JsonType::Null => "null",
        JsonType::Number => "a number",
        JsonType::Object => "an object",
        JsonType::String => "a string",
    }
}

/// `a`, `a or b`, `a, b or c`.
pub(super) fn either(names: &[String]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

fn count(number: usize, what: &str) -> String {
    counted(number as u64, what)
}

fn cut(text: &str, cells: usize) -> String {
    // Eight characters for each cell are enough, even with marks that take none.
    let start: String = text.chars().take(cells * 8).collect();
    truncate(&clean_line(&start), cells).into_owned()
}
