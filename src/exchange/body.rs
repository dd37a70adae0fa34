//! The body of a chat-completions request, with every field that it has.

use serde_json::{Map, Value};

use super::skipped::Skipped;
use super::{Asked, Conversation, Message, ReadError, message};
use crate::chat::{Params, Role, Tool};

/// Reads a body. Nothing of it is checked against what is known of the params: it was sent like this.
pub(super) fn read(mut fields: Map<String, Value>, skipped: &mut Skipped) -> Result<Conversation, ReadError> {
    let Some(Value::Array(list)) = fields.shift_remove("messages") else {
        return Err(ReadError::shape("messages", "it is no list"));
    };
    let messages = message::read_all(list, skipped)?;
    let mut conversation = conversation(messages);
    conversation.asked.model = model(&mut fields)?;
    conversation.asked.tools = tools(&mut fields)?;
    drop_stream_usage(&mut fields);
    let mut params = Params::default();
    fields.into_iter().for_each(|(name, value)| params.set(name, value));
    conversation.asked.params = params;
    Ok(conversation)
}

/// A conversation of one path. A first message that is nothing but a system prompt becomes that.
pub(super) fn conversation(mut messages: Vec<Message>) -> Conversation {
    let mut asked = Asked::default();
    if messages.first().is_some_and(is_system_prompt) {
        asked.system = Some(messages.remove(0).text);
        for message in &mut messages {
            message.parent = message.parent.and_then(|parent| parent.checked_sub(1));
        }
    }
    let tip = messages.len().checked_sub(1);
    Conversation { asked, messages, tip, ..Conversation::default() }
}

/// Whether a message says nothing that a lane's system prompt would not say: its role and its text.
fn is_system_prompt(message: &Message) -> bool {
    let plain = message
        .original
        .as_ref()
        .and_then(Value::as_object)
        .is_some_and(|fields| fields.get("content").is_some_and(Value::is_string) && fields.len() == 2);
    message.role == Role::System && plain
}

fn model(fields: &mut Map<String, Value>) -> Result<Option<String>, ReadError> {
    match fields.shift_remove("model") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(model)) => Ok(Some(model)),
        Some(_) => Err(ReadError::shape("model", "it is no text")),
    }
}

fn tools(fields: &mut Map<String, Value>) -> Result<Vec<Tool>, ReadError> {
    match fields.shift_remove("tools") {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(list)) => Ok(list.into_iter().map(tool).collect()),
        Some(_) => Err(ReadError::shape("tools", "it is no list")),
    }
}

/// A tool as it stood there, called by the first name that it has.
fn tool(definition: Value) -> Tool {
    let named = ["function", "custom"].into_iter().find_map(|kind| definition.get(kind)?.get("name")?.as_str());
    let bare = ["name", "type"].into_iter().find_map(|key| definition.get(key)?.as_str());
    Tool { name: named.or(bare).unwrap_or("tool").to_owned(), definition }
}

/// The client asks for the usage of a stream by itself, unless an endpoint refuses that; to set it as well would ask
/// again where it was refused.
fn drop_stream_usage(fields: &mut Map<String, Value>) {
    let usual = serde_json::json!({"include_usage": true});
    if fields.get("stream_options") == Some(&usual) {
        fields.shift_remove("stream_options");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read_value(value: Value) -> Result<Conversation, ReadError> {
        let Value::Object(fields) = value else { panic!("no object") };
        read(fields, &mut Skipped::default())
    }

    #[test]
    fn every_field_of_a_body_is_kept() {
        let read = read_value(json!({"model": "m", "temperature": 3, "vendor": {"x": [1]}, "stream": false,
            "stream_options": {"include_usage": true}, "tools": [{"type": "web_search"}, {"type": "function",
            "function": {"name": "f"}}], "messages": [{"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hi"}]}));
        let mut params = Params::default();
        params.set("temperature", json!(3));
        params.set("vendor", json!({"x": [1]}));
        params.set("stream", json!(false));
        let tool = |name: &str, definition| Tool { name: name.into(), definition };
        let asked = Asked {
            model: Some("m".into()),
            system: Some("Be brief.".into()),
            params,
            tools: vec![
                tool("web_search", json!({"type": "web_search"})),
                tool("f", json!({"type": "function", "function": {"name": "f"}})),
            ],
            url: None,
        };
        let original = Some(json!({"role": "user", "content": "Hi"}));
        let hi = Message { original, ..Message::new(None, Role::User, "Hi".into()) };
        assert_eq!(read, Ok(Conversation { asked, messages: vec![hi], tip: Some(0), ..Conversation::default() }));
    }

    #[test]
    fn a_first_message_that_says_more_than_a_system_prompt_stays_a_message() {
        for first in [
            json!({"role": "system", "content": "x", "name": "y"}),
            json!({"role": "system", "content": [{"type": "text", "text": "x"}]}),
            json!({"role": "developer", "content": "x"}),
        ] {
            let read = read_value(json!({"messages": [first, {"role": "user", "content": "Hi"}]})).unwrap();
            assert_eq!((read.asked.system, read.messages.len(), read.tip), (None, 2, Some(1)));
        }
    }

    #[test]
    fn a_body_of_a_wrong_shape_says_which_field() {
        for (wrong, said) in [
            (json!({"messages": {}}), "messages: it is no list"),
            (json!({"messages": [], "model": 4}), "model: it is no text"),
            (json!({"messages": [], "tools": "f"}), "tools: it is no list"),
        ] {
            assert_eq!(read_value(wrong).unwrap_err().to_string(), said);
        }
    }
}
