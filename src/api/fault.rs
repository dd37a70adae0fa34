//! What a server says went wrong, whatever shape it says it in.
//!
//! Owns the shapes of error bodies: the reference's object, the flat one, lists, plain strings, JSON within strings,
//! validation details, plain text and web pages. Does not know statuses, retries or the user's next step.

use serde_json::{Map, Value};

use super::{ApiError, ErrorKind};

/// An error in the server's own words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fault {
    /// The server's sentence, cut after 2,000 characters; empty when it gave none.
    pub message: String,
    /// The server's `code`, numbers as text.
    pub code: Option<String>,
    /// The request field that is to blame.
    pub param: Option<String>,
    /// The server's `type`, or Google's `status` word.
    pub kind: Option<String>,
}

/// Longer messages echo whole prompts; the wire record has them in full.
const MAX_CHARS: usize = 2_000;

/// How deep errors within errors are followed; gateways wrap each other's two or three times.
const MAX_DEPTH: u8 = 8;

impl Fault {
    /// The error of a run: `kind` says where it was met.
    #[must_use]
    pub fn into_error(self, kind: ErrorKind) -> ApiError {
        let message = match self.message.as_str() {
            "" => "The server reported an error and gave no reason.".to_owned(),
            said => format!("The server reported an error: {said}"),
        };
        ApiError { code: self.code, param: self.param, ..ApiError::new(kind, message) }
    }

    /// Takes from `other` what this one does not know.
    fn or(mut self, other: Self) -> Self {
        if self.message.is_empty() {
            self.message = other.message;
        }
        self.code = self.code.or(other.code);
        self.param = self.param.or(other.param);
        self.kind = self.kind.or(other.kind);
        self
    }

    fn said(message: &str) -> Self {
        Self { message: cut(message), ..Self::default() }
    }
}

/// Reads the body of a failed response. Anything has a reading: what is neither JSON nor a web page is taken as text.
#[must_use]
pub fn read_body(body: &str) -> Fault {
    let body = body.trim_start_matches('\u{FEFF}').trim();
    read_text(body, 0)
}

/// Reads an error out of a JSON document that might as well be an answer: `None` when it reports no error.
/// `"error": null` is none.
#[must_use]
pub fn read_value(value: &Value) -> Option<Fault> {
    match value {
        Value::Object(object) => reports_error(object).then(|| read_object(object, 0)),
        Value::Array(items) => {
            let faults: Vec<Fault> = items.iter().filter_map(read_value).collect();
            (!faults.is_empty()).then(|| join(faults))
        }
        _ => None,
    }
}

/// Whether an object is an error rather than a chunk, an answer or a ping.
fn reports_error(object: &Map<String, Value>) -> bool {
    let is = |key: &str, word: &str| object.get(key).and_then(Value::as_str) == Some(word);
    if object.get("error").is_some_and(is_meant) || is("object", "error") || is("type", "error") {
        return true;
    }
    if object.contains_key("choices") {
        return false;
    }
    let has = |key: &str| object.get(key).is_some_and(is_meant);
    has("detail") || has("details") || (has("message") && ["code", "status", "statusCode"].into_iter().any(has))
}

fn is_meant(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(object) => !object.is_empty(),
        Value::Bool(true) | Value::Number(_) => true,
    }
}

fn read(value: &Value, depth: u8) -> Fault {
    match value {
        Value::Object(object) if depth < MAX_DEPTH => read_object(object, depth),
        Value::Array(items) if depth < MAX_DEPTH => join(items.iter().map(|item| read(item, depth + 1)).collect()),
        Value::String(text) => read_text(text, depth),
        Value::Object(_) | Value::Array(_) => Fault::said(&value.to_string()),
        Value::Null | Value::Bool(_) | Value::Number(_) => Fault::default(),
    }
}

fn read_object(object: &Map<String, Value>, depth: u8) -> Fault {
    let mut fault = Fault {
        message: String::new(),
        code: word(object, &["code", "statusCode"]),
        param: word(object, &["param"]).or_else(|| location(object)),
        kind: word(object, &["type", "status"]),
    };
    let keys = ["error", "message", "detail", "details", "msg", "error_description", "title", "reason", "errors"];
    let mut inner = keys.iter().filter_map(|key| object.get(*key).filter(|value| is_meant(value)));
    if let Some(first) = inner.next() {
        // The innermost error knows best what it is; the wrapper fills the gaps.
        fault = read(first, depth + 1).or(fault);
    }
    // A bare word in `error` or a bare `true` is often explained in the next field.
    if matches!(object.get("error"), Some(Value::String(_) | Value::Bool(true)))
        && let Some(second) = inner.next()
    {
        let explained = read(second, depth + 1);
        fault.message = both(&fault.message, &explained.message);
        fault = fault.or(explained);
    }
    if fault.message.is_empty() {
        fault.message = cut(&Value::Object(object.clone()).to_string());
    }
    if let Some(more) = upstream(object).or_else(|| filtered(object)) {
        fault.message = cut(&format!("{} ({more})", fault.message));
    }
    fault
}

fn read_text(text: &str, depth: u8) -> Fault {
    let text = text.trim();
    if text.starts_with(['{', '['])
        && depth < MAX_DEPTH
        && let Ok(value) = serde_json::from_str::<Value>(text)
    {
        return read(&value, depth + 1);
    }
    if is_page(text) {
        return Fault::said(&match title(text) {
            Some(title) => format!("a web page came instead of an answer: {title}"),
            None => "a web page came instead of an answer".to_owned(),
        });
    }
    Fault::said(text)
}

/// One fault out of a list: the messages are joined, the first code, param and type count.
fn join(faults: Vec<Fault>) -> Fault {
    let mut parts: Vec<String> = Vec::new();
    let mut whole = Fault::default();
    for fault in faults {
        if !fault.message.is_empty() {
            parts.push(fault.message.clone());
        }
        whole = whole.or(Fault { message: String::new(), ..fault });
    }
    Fault { message: cut(&parts.join("; ")), ..whole }
}

fn both(first: &str, second: &str) -> String {
    match (first, second) {
        (one, "") | ("", one) => one.to_owned(),
        (first, second) if first.contains(second) => first.to_owned(),
        (first, second) if second.contains(first) => second.to_owned(),
        (first, second) => cut(&format!("{first}: {second}")),
    }
}

/// The first of the fields that is a word or a number, as text.
fn word(object: &Map<String, Value>, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| match object.get(*key)? {
        Value::String(text) if !text.is_empty() => Some(cut(text)),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// The field that a validation detail names: `{"loc": ["body", "messages", 0]}` is `messages.0` (wire: FastAPI).
fn location(object: &Map<String, Value>) -> Option<String> {
    let steps: Vec<String> = object.get("loc")?.as_array()?.iter().filter_map(step).collect();
    let steps = steps.strip_prefix(&["body".to_owned()][..]).unwrap_or(&steps);
    (!steps.is_empty()).then(|| cut(&steps.join(".")))
}

fn step(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// What OpenRouter says of the provider behind it: `metadata: {provider_name, raw, reasons}`.
fn upstream(object: &Map<String, Value>) -> Option<String> {
    let metadata = object.get("metadata")?.as_object()?;
    let provider = metadata.get("provider_name").and_then(Value::as_str);
    let raw = metadata.get("raw").filter(|raw| is_meant(raw)).map(|raw| read(raw, 1).message);
    let reasons = metadata.get("reasons").and_then(Value::as_array).map(|reasons| {
        let words: Vec<&str> = reasons.iter().filter_map(Value::as_str).collect();
        words.join(", ")
    });
    let cause = raw.or(reasons).filter(|cause| !cause.is_empty());
    match (provider, cause) {
        (Some(provider), Some(cause)) => Some(format!("{provider}: {cause}")),
        (Some(one), None) => Some(one.to_owned()),
        (None, cause) => cause,
    }
}

/// What Azure's filter found: `innererror.content_filter_result.<category>.{filtered, severity}`.
fn filtered(object: &Map<String, Value>) -> Option<String> {
    let inner = object.get("innererror")?.as_object()?;
    let categories = inner.get("content_filter_result")?.as_object()?;
    let found: Vec<String> = categories
        .iter()
        .filter(|(_, verdict)| verdict.get("filtered").and_then(Value::as_bool) == Some(true))
        .map(|(category, verdict)| match verdict.get("severity").and_then(Value::as_str) {
            Some(severity) => format!("{category} {severity}"),
            None => category.clone(),
        })
        .collect();
    (!found.is_empty()).then(|| format!("filtered: {}", found.join(", ")))
}

/// Whether a text is a web page: the sign of a proxy, a login portal or a wrong base URL.
fn is_page(text: &str) -> bool {
    let starts = |tag: &str| text.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
    ["<!doctype", "<html", "<head", "<body", "<?xml"].into_iter().any(starts)
}

/// The words between `<title>` and `</title>`.
pub(super) fn title(page: &str) -> Option<String> {
    let lower = page.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let open = start + lower[start..].find('>')? + 1;
    let close = open + lower[open..].find("</title")?;
    let words: Vec<&str> = page[open..close].split_whitespace().collect();
    (!words.is_empty()).then(|| cut(&words.join(" ")))
}

fn cut(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
