//! The conversation of a request: roles, texts, calls and their results, checked as the wire demands.

use serde_json::Value;

use super::refusal::Refusal;
use super::tokens;

/// What every message costs besides its text.
const MESSAGE_TOKENS: usize = 4;
/// What a part that is no text (an image, a file) costs.
const PART_TOKENS: usize = 85;

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speaker {
    System,
    User,
    Assistant,
    Tool,
}

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Message {
    pub speaker: Speaker,
    pub text: String,
    /// What each part of its content is, where it is more than one text.
    pub parts: Vec<String>,
    /// The calls that an assistant message made: id, name, arguments.
    pub calls: Vec<(String, String, String)>,
    /// For a tool's result: the call it answers.
    pub answers: Option<String>,
    /// What it counts in the prompt.
    pub tokens: usize,
}

/// Reads `messages` and checks the order of calls and results.
pub(crate) fn read(value: Option<&Value>) -> Result<Vec<Message>, Refusal> {
    let Some(value) = value else {
        return Err(Refusal::invalid(
            "messages",
            "missing_required_parameter",
            "Missing required parameter: 'messages'.",
        ));
    };
    let Some(list) = value.as_array() else {
        let text = "Invalid type for 'messages': expected an array of objects.";
        return Err(Refusal::invalid("messages", "invalid_type", text));
    };
    if list.is_empty() {
        let text =
            "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.";
        return Err(Refusal::invalid("messages", "empty_array", text));
    }
    let messages = list.iter().enumerate().map(|(at, message)| read_one(at, message)).collect::<Result<Vec<_>, _>>()?;
    check_calls(&messages)?;
    Ok(messages)
}

fn read_one(at: usize, message: &Value) -> Result<Message, Refusal> {
    let role = message.get("role").and_then(Value::as_str);
    let speaker = match role {
        Some("system" | "developer") => Speaker::System,
        Some("user") => Speaker::User,
        Some("assistant") => Speaker::Assistant,
        Some("tool" | "function") => Speaker::Tool,
        Some(other) => {
            let text = format!(
                "Invalid value: '{other}'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'."
            );
            return Err(Refusal::invalid(&format!("messages[{at}].role"), "invalid_value", text));
        }
        None => return Err(missing(&format!("messages[{at}].role"))),
    };
    let calls = calls(message);
    let (text, other_parts) = content(at, message, speaker, !calls.is_empty())?;
    let called: usize = calls.iter().map(|(_, name, arguments)| tokens::count(name) + tokens::count(arguments)).sum();
    let tokens = MESSAGE_TOKENS + tokens::count(&text) + called + PART_TOKENS * other_parts;
    let answers = message.get("tool_call_id").and_then(Value::as_str).map(str::to_owned);
    if role == Some("tool") && answers.is_none() {
        return Err(missing(&format!("messages[{at}].tool_call_id")));
    }
    let parts = parts(message);
    Ok(Message { speaker, text, parts, calls, answers, tokens })
}

/// The text of a message and how many of its parts are something else.
fn content(at: usize, message: &Value, speaker: Speaker, has_calls: bool) -> Result<(String, usize), Refusal> {
    match message.get("content") {
        Some(Value::String(text)) => Ok((text.clone(), 0)),
        Some(Value::Array(parts)) => {
            let texts: Vec<&str> = parts.iter().filter_map(|part| part.get("text").and_then(Value::as_str)).collect();
            Ok((texts.join("\n"), parts.len() - texts.len()))
        }
        None | Some(Value::Null) if has_calls || speaker == Speaker::Assistant => Ok((String::new(), 0)),
        None => Err(missing(&format!("messages[{at}].content"))),
        Some(_) => {
            let param = format!("messages[{at}].content");
            let text = format!("Invalid type for '{param}': expected one of a string or array of objects.");
            Err(Refusal::invalid(&param, "invalid_type", text))
        }
    }
}

fn parts(message: &Value) -> Vec<String> {
    let parts = message.get("content").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let texts = parts.iter().filter(|part| part.get("text").is_some()).count();
    if texts == parts.len() && texts < 2 { Vec::new() } else { parts.iter().map(part).collect() }
}

fn part(part: &Value) -> String {
    if let Some(text) = part.get("text").and_then(Value::as_str) {
        return format!("a text of {} characters", text.chars().count());
    }
    let image = part.get("image_url").and_then(|image| image.get("url")?.as_str());
    match image.and_then(|url| url.strip_prefix("data:")?.split_once(";base64,")) {
        Some((media_type, encoded)) => {
            let bytes = encoded.trim_end_matches('=').len() * 3 / 4;
            let known: String =
                media_type.chars().filter(|sign| sign.is_ascii_alphanumeric() || "/-+.".contains(*sign)).collect();
            format!("an image ({known}, {bytes} bytes)")
        }
        None if image.is_some() => "the address of an image".to_owned(),
        None => "a part that is neither a text nor an image".to_owned(),
    }
}

fn calls(message: &Value) -> Vec<(String, String, String)> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let list = message.get("tool_calls").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let function = |call: &Value, key| text(call.get("function").and_then(|function| function.get(key)));
    list.iter().map(|call| (text(call.get("id")), function(call, "name"), function(call, "arguments"))).collect()
}

fn missing(param: &str) -> Refusal {
    Refusal::invalid(param, "missing_required_parameter", format!("Missing required parameter: '{param}'."))
}

/// Each call needs its result before any other message, and a result needs its call.
fn check_calls(messages: &[Message]) -> Result<(), Refusal> {
    let mut open: Vec<&str> = Vec::new();
    for message in messages {
        match (&message.answers, message.speaker) {
            (Some(id), Speaker::Tool) => {
                let Some(at) = open.iter().position(|call| call == id) else { return Err(orphan()) };
                open.remove(at);
            }
            (None, Speaker::Tool) => {}
            _ if !open.is_empty() => return Err(unanswered(&open)),
            _ => open = message.calls.iter().map(|(id, ..)| id.as_str()).collect(),
        }
    }
    if open.is_empty() { Ok(()) } else { Err(unanswered(&open)) }
}

fn orphan() -> Refusal {
    let text =
        "Invalid parameter: messages with role 'tool' must be a response to a preceding message with 'tool_calls'.";
    Refusal { param: Some("messages".to_owned()), ..Refusal::plain(400, text) }
}

fn unanswered(open: &[&str]) -> Refusal {
    let text = format!(
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. \
         The following tool_call_ids did not have response messages: {}",
        open.join(", ")
    );
    Refusal { param: Some("messages".to_owned()), ..Refusal::plain(400, text) }
}
