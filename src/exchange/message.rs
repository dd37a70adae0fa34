//! Messages as chat-completions requests write them.

use serde_json::{Map, Value};

use super::skipped::{Skipped, Why, word};
use super::{Message, ReadError};
use crate::chat::{self, Role, ToolCall};

/// Reads messages that follow each other; `messages` gets them, each the child of the one before.
pub(super) fn read_all(list: Vec<Value>, skipped: &mut Skipped) -> Result<Vec<Message>, ReadError> {
    let mut messages: Vec<Message> = Vec::with_capacity(list.len());
    for (place, value) in list.into_iter().enumerate() {
        let parent = messages.len().checked_sub(1);
        let message = read(value, parent, skipped).map_err(|problem| {
            let place = place + 1;
            ReadError::shape(format!("message {place}"), problem)
        })?;
        messages.extend(message);
    }
    Ok(messages)
}

/// Reads one message; `None` for one of a role that cannot be shown, which is counted. The error is a clause.
pub(super) fn read(mut value: Value, parent: Option<usize>, skipped: &mut Skipped) -> Result<Option<Message>, String> {
    let attachments = chat::lift(&mut value);
    let Value::Object(fields) = &value else { return Err("it is no object".to_owned()) };
    let Some(named) = fields.get("role") else { return Err("it has no role".to_owned()) };
    let Some(named) = named.as_str() else { return Err("its role is no text".to_owned()) };
    let Some(role) = role(named) else {
        skipped.count(Why::Role(word(named)));
        return Ok(None);
    };
    let mut message = Message::new(parent, role, content(fields.get("content"))?);
    message.reasoning = first_text(fields, &["reasoning_content", "reasoning"]);
    message.refusal = first_text(fields, &["refusal"]);
    message.attachments = attachments;
    message.tool_calls = calls(fields)?;
    message.answers = fields.get("tool_call_id").and_then(Value::as_str).map(ToOwned::to_owned);
    message.original = Some(value);
    Ok(Some(message))
}

fn role(name: &str) -> Option<Role> {
    match name {
        // The older name of an answer, without the id of its call.
        "function" => Some(Role::Tool),
        name => Role::of_name(name),
    }
}

fn first_text(fields: &Map<String, Value>, names: &[&str]) -> String {
    let texts = names.iter().filter_map(|name| fields.get(*name)?.as_str());
    texts.map(ToOwned::to_owned).next().unwrap_or_default()
}

/// The text of a content, which is a text, a list of parts, or nothing. Parts that are no text are named.
fn content(content: Option<&Value>) -> Result<String, String> {
    match content {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Array(parts)) => {
            let texts: Vec<String> = parts.iter().filter(|part| !is_attached(part)).map(part).collect();
            Ok(texts.join("\n\n"))
        }
        Some(_) => Err("its content is neither a text nor a list of parts".to_owned()),
    }
}

/// Whether a part is an image that is attached to the message.
fn is_attached(part: &Value) -> bool {
    part.get("image_url").and_then(|image| image.get("url")?.as_str()).is_some_and(chat::is_reference)
}

fn part(part: &Value) -> String {
    let text = ["text", "refusal"].into_iter().find_map(|name| part.get(name)?.as_str());
    match text.or_else(|| part.as_str()) {
        Some(text) => text.to_owned(),
        None => format!("[{}]", word(part.get("type").and_then(Value::as_str).unwrap_or("part"))),
    }
}

fn calls(fields: &Map<String, Value>) -> Result<Vec<ToolCall>, String> {
    let list = match fields.get("tool_calls") {
        None | Some(Value::Null) => &Vec::new(),
        Some(Value::Array(list)) => list,
        Some(_) => return Err("its tool_calls are no list".to_owned()),
    };
    let older = fields.get("function_call").filter(|call| call.is_object());
    Ok(list.iter().map(call).chain(older.map(|function| called(function, String::new()))).collect())
}

fn call(value: &Value) -> ToolCall {
    let id = value.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let of = value.get("function").or_else(|| value.get("custom")).unwrap_or(&Value::Null);
    ToolCall { extra: value.get("extra_content").cloned(), ..called(of, id) }
}

fn called(function: &Value, id: String) -> ToolCall {
    let name = function.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let arguments = match function.get("arguments").or_else(|| function.get("input")) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    ToolCall { id, name, arguments, extra: None }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn one(value: Value) -> Message {
        read(value, None, &mut Skipped::default()).unwrap().unwrap()
    }

    #[test]
    fn a_message_gives_its_text_its_calls_and_itself_as_it_stood() {
        let value = json!({"role": "assistant", "content": null, "reasoning_content": "hm", "tool_calls": [
            {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{\"a\": 1}"}},
            {"id": "c2", "type": "custom", "custom": {"name": "g", "input": "x"}}]});
        let call = |id: &str, name: &str, arguments: &str| ToolCall {
            id: id.into(),
            name: name.into(),
            arguments: arguments.into(),
            extra: None,
        };
        let expected = Message {
            reasoning: "hm".into(),
            tool_calls: vec![call("c1", "f", "{\"a\": 1}"), call("c2", "g", "x")],
            original: Some(value.clone()),
            ..Message::new(None, Role::Assistant, String::new())
        };
        assert_eq!(one(value), expected);
    }

    #[test]
    fn parts_are_joined_and_those_without_text_are_named() {
        let value = json!({"role": "user", "content": [{"type": "text", "text": "What is this?"},
            {"type": "image_url", "image_url": {"url": "data:…"}}]});
        assert_eq!(one(value).text, "What is this?\n\n[image_url]");
    }

    #[test]
    fn an_image_in_a_message_is_attached_to_it_and_leaves_no_noise() {
        let url = "data:image/gif;base64,R0lGODlhAQABAA==";
        let value = json!({"role": "user", "content": [{"type": "text", "text": "What is this?"},
            {"type": "image_url", "image_url": {"url": url}}]});
        let message = one(value);
        assert_eq!(message.text, "What is this?");
        let names: Vec<&str> = message.attachments.iter().map(|image| image.name.as_str()).collect();
        assert_eq!(names, ["image-1.gif"]);
    }

    #[test]
    fn an_older_answer_is_a_tools_and_an_unknown_role_is_counted() {
        assert_eq!(one(json!({"role": "function", "name": "f", "content": "1"})).role, Role::Tool);
        let mut skipped = Skipped::default();
        assert_eq!(read(json!({"role": "narrator", "content": "1"}), None, &mut skipped), Ok(None));
        assert_eq!(skipped.to_string(), "1 × a message of the unknown role `narrator`");
    }

    #[test]
    fn a_message_of_a_wrong_shape_is_named_by_its_place() {
        for (wrong, said) in [
            (json!("hi"), "message 2: it is no object"),
            (json!({"content": "hi"}), "message 2: it has no role"),
            (json!({"role": 5}), "message 2: its role is no text"),
            (json!({"role": "user", "content": 5}), "message 2: its content is neither a text nor a list of parts"),
            (json!({"role": "assistant", "tool_calls": {}}), "message 2: its tool_calls are no list"),
        ] {
            let list = vec![json!({"role": "user", "content": "hi"}), wrong];
            assert_eq!(read_all(list, &mut Skipped::default()).unwrap_err().to_string(), said);
        }
    }
}
