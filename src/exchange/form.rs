//! Which form a foreign text has, and the reading of it.

use serde_json::Value;
use serde_json::value::RawValue;

use super::skipped::{Skipped, Why};
use super::{Conversation, Foreign, ReadError, body, chatgpt, curl, message};

/// The largest text that is taken. It is in memory as a whole, and a few times its size while it is read.
pub const MOST_BYTES: usize = 512 << 20;

/// The forms that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForeignForm {
    /// The body of a chat-completions request.
    Body,
    /// A curl command with such a body.
    Curl,
    /// A JSON list of messages, or a message or a conversation on each line.
    Messages,
    /// ChatGPT's `conversations.json`, or one conversation of it.
    ChatGpt,
}

/// What a text looks like from its beginning: enough to offer to open it.
#[must_use]
pub fn guess(text: &str) -> Option<ForeignForm> {
    const FAR: usize = 4096;
    let text = trimmed(text);
    let head = &text[..text.floor_char_boundary(FAR)];
    let has = |key: &str| text.contains(key);
    match head.as_bytes().first()? {
        b'{' if has("\"mapping\"") && has("\"current_node\"") => Some(ForeignForm::ChatGpt),
        b'{' if has("\"messages\"") => Some(ForeignForm::Body),
        b'{' | b'[' if has("\"mapping\"") => Some(ForeignForm::ChatGpt),
        b'{' | b'[' if has("\"role\"") => Some(ForeignForm::Messages),
        b'{' | b'[' => None,
        _ if head.lines().take(40).any(begins_curl) => Some(ForeignForm::Curl),
        _ => None,
    }
}

/// Whether a line may be the first of a curl command, or one that feeds it.
fn begins_curl(line: &str) -> bool {
    let words = line.split_ascii_whitespace().take(6);
    let commands = words.skip_while(|word| matches!(*word, "$" | "%" | "sudo" | "time" | "env") || word.contains('='));
    commands.take(1).any(|word| matches!(word.rsplit('/').next(), Some("curl" | "curl.exe")))
}

/// Reads a text of any form that is known.
///
/// # Errors
/// When it is of none, or has a mistake. Then nothing of it is taken.
pub fn read(text: &str) -> Result<Foreign, ReadError> {
    if text.len() > MOST_BYTES {
        return Err(ReadError::TooLarge { most: MOST_BYTES });
    }
    let lead = text.len() - text.trim_start_matches(['\u{FEFF}', ' ', '\t', '\r', '\n']).len();
    let first_line = 1 + text[..lead].matches('\n').count();
    let text = trimmed(text);
    match text.as_bytes().first() {
        None => Err(ReadError::Empty),
        Some(b'[') => list(text, first_line),
        Some(b'{') => object(text, first_line),
        Some(_) if guess(text) == Some(ForeignForm::Curl) || begins_piped(text) => {
            let mut skipped = Skipped::default();
            let conversation = curl::read(text, &mut skipped)?;
            Ok(Foreign { conversations: vec![conversation], skipped })
        }
        Some(_) => Err(ReadError::Unknown),
    }
}

/// Whether another command comes before curl and feeds it.
fn begins_piped(text: &str) -> bool {
    ["printf ", "echo ", "cat "].iter().any(|word| text.starts_with(word)) && text.contains("curl ")
}

fn trimmed(text: &str) -> &str {
    text.trim_start_matches(['\u{FEFF}', ' ', '\t', '\r', '\n']).trim_end()
}

fn list(text: &str, first_line: usize) -> Result<Foreign, ReadError> {
    let items: Vec<&RawValue> = serde_json::from_str(text).map_err(|error| ReadError::json(&error, first_line))?;
    let Some(first) = items.first() else { return Err(ReadError::Empty) };
    if chatgpt::looks_like(first.get()) {
        return chatgpt::read(&items);
    }
    // Whole as JSON by now, an item can still be too deep.
    let parsed = items.iter().zip(1..).map(|(item, place)| {
        serde_json::from_str(item.get()).map_err(|error| ReadError::json(&error, 1).within(&format!("message {place}")))
    });
    // One that is no conversation is none, however deep it goes.
    if !items.iter().any(|item| item.get().contains("\"role\"")) {
        return Err(ReadError::Unknown);
    }
    let values = parsed.collect::<Result<Vec<Value>, _>>()?;
    let is_message = |value: &Value| value.get("role").is_some();
    if !values.iter().any(is_message) {
        return Err(ReadError::Unknown);
    }
    let mut skipped = Skipped::default();
    let conversation = body::conversation(message::read_all(values, &mut skipped)?);
    gathered([conversation], skipped)
}

fn object(text: &str, first_line: usize) -> Result<Foreign, ReadError> {
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(fields)) if fields.contains_key("messages") => {
            let mut skipped = Skipped::default();
            let conversation = body::read(fields, &mut skipped)?;
            Ok(Foreign { conversations: vec![conversation], skipped })
        }
        Ok(value) if value.get("mapping").is_some() => {
            let item: &RawValue = serde_json::from_str(text).map_err(|error| ReadError::json(&error, first_line))?;
            chatgpt::read(&[item])
        }
        Ok(value) if value.get("role").is_some() => lines(text, first_line),
        Ok(_) => Err(ReadError::Unknown),
        // Something follows the first value: a value on each line.
        Err(error)
            if error.is_syntax() && serde_json::from_str::<Value>(text.lines().next().unwrap_or_default()).is_ok() =>
        {
            lines(text, first_line)
        }
        Err(error) => Err(ReadError::json(&error, first_line)),
    }
}

/// A value on each line: messages of one conversation, or a conversation each.
fn lines(text: &str, first_line: usize) -> Result<Foreign, ReadError> {
    let mut skipped = Skipped::default();
    let mut conversations: Vec<Conversation> = Vec::new();
    let mut messages = Vec::new();
    for (place, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let at = first_line + place;
        let outer = format!("line {at}");
        match serde_json::from_str::<Value>(line).map_err(|error| ReadError::json(&error, at))? {
            Value::Object(fields) if fields.contains_key("messages") => {
                conversations.push(body::read(fields, &mut skipped).map_err(|error| error.within(&outer))?);
            }
            value => {
                let parent = messages.len().checked_sub(1);
                let read = message::read(value, parent, &mut skipped);
                messages.extend(read.map_err(|problem| ReadError::shape(outer, problem))?);
            }
        }
    }
    if !messages.is_empty() {
        conversations.insert(0, body::conversation(messages));
    }
    gathered(conversations, skipped)
}

/// The conversations in which something is said.
fn gathered(all: impl IntoIterator<Item = Conversation>, mut skipped: Skipped) -> Result<Foreign, ReadError> {
    let mut conversations: Vec<Conversation> = all.into_iter().collect();
    let before = conversations.len();
    conversations.retain(|conversation| !conversation.messages.is_empty() || conversation.asked.system.is_some());
    (conversations.len()..before).for_each(|_| skipped.count(Why::Silent));
    if conversations.is_empty() && skipped.is_empty() {
        return Err(ReadError::Empty);
    }
    Ok(Foreign { conversations, skipped })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::exchange::Message;

    fn texts(text: &str) -> Vec<Vec<String>> {
        let said = |message: &Message| message.text.clone();
        let read = read(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        read.conversations.iter().map(|conversation| conversation.messages.iter().map(said).collect()).collect()
    }

    #[test]
    fn each_form_is_known_and_read() {
        let user = r#"{"role": "user", "content": "a"}"#;
        let answer = r#"{"role": "assistant", "content": "b"}"#;
        for (text, form, expected) in [
            (format!("\u{feff} [{user}, {answer}]"), ForeignForm::Messages, vec![vec!["a", "b"]]),
            (format!("{user}\n\r\n{answer}\n"), ForeignForm::Messages, vec![vec!["a", "b"]]),
            (user.to_owned(), ForeignForm::Messages, vec![vec!["a"]]),
            (format!("{{\"messages\": [{user}]}}"), ForeignForm::Body, vec![vec!["a"]]),
            (
                format!("{{\"messages\": [{user}]}}\n{{\"messages\": [{answer}]}}"),
                ForeignForm::Body,
                vec![vec!["a"], vec!["b"]],
            ),
            (format!("\n# mine\ncurl h -d '{{\"messages\": [{user}]}}'"), ForeignForm::Curl, vec![vec!["a"]]),
            (format!("printf %s '{{\"messages\": [{user}]}}' |\ncurl h -d @-"), ForeignForm::Curl, vec![vec!["a"]]),
        ] {
            assert_eq!(guess(&text), Some(form), "{text}");
            assert_eq!(texts(&text), expected, "{text}");
        }
    }

    #[test]
    fn a_mistake_is_told_with_its_place_in_the_whole_text() {
        for (text, said) in [
            ("", "there is nothing in it"),
            ("[]", "there is nothing in it"),
            ("\n\n[{\"role\": \"user\",}]", "line 3, column 18: key must be a string"),
            ("{\"role\": \"user\"}\n{\"role\": }", "line 2, column 10: expected value"),
            ("{\"role\": \"user\"}\n{\"content\": 1}", "line 2: it has no role"),
            ("{\"messages\": []}\n{\"messages\": [7]}", "line 2, message 1: it is no object"),
            ("[{\"role\": \"user\"}, 5]", "message 2: it is no object"),
        ] {
            assert_eq!(read(text).unwrap_err().to_string(), said, "{text}");
        }
        for odd in ["hello", "{}", "[1]", "[[]]", "curly hair", "PK\u{3}\u{4}"] {
            assert_eq!(read(odd), Err(ReadError::Unknown), "{odd}");
        }
    }

    #[test]
    fn a_text_as_deep_as_a_well_is_refused_and_not_followed() {
        let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
        assert_eq!(read(&deep), Err(ReadError::Unknown));
        let message = format!("[{{\"role\": \"user\", \"content\": {deep}}}]");
        let said = "message 1: line 1, column 155: recursion limit exceeded";
        assert_eq!(read(&message).unwrap_err().to_string(), said);
        let body = format!("{{\"messages\": {deep}}}");
        assert_eq!(read(&body).unwrap_err().to_string(), "line 1, column 140: recursion limit exceeded");
    }

    #[test]
    fn conversations_without_messages_are_counted() {
        let read = read("{\"messages\": []}\n{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]}").unwrap();
        assert_eq!(
            (read.conversations.len(), read.skipped.to_string().as_str()),
            (1, "1 × a conversation without messages")
        );
    }

    proptest! {
        #[test]
        fn every_list_of_messages_comes_back_whole(said in prop::collection::vec("\\PC{0,20}", 1..20)) {
            let list: Vec<Value> = said.iter().map(|text| json!({"role": "user", "content": text})).collect();
            let lines: Vec<String> = list.iter().map(Value::to_string).collect();
            prop_assert_eq!(texts(&json!(list).to_string()), [said.clone()]);
            prop_assert_eq!(texts(&lines.join("\n")), [said]);
        }
    }
}
