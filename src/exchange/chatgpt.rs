//! ChatGPT's `conversations.json`: a list of conversations, each a tree of messages.
//!
//! Takes the whole tree, not the open branch alone. Knows no more of the form than what is in the files: it is not
//! documented, so whatever is missing or new is passed over and counted.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::skipped::{Skipped, Why, word};
use super::{Conversation, Foreign, Message, ReadError};
use crate::chat::{Role, ToolCall};

#[derive(Deserialize)]
struct Export {
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    create_time: Option<f64>,
    #[serde(default)]
    default_model_slug: Option<String>,
    mapping: serde_json::Map<String, Value>,
    #[serde(default)]
    current_node: Option<String>,
}

/// A place of the tree. Its children are looked for by their parents, since that is what cannot contradict itself.
#[derive(Deserialize)]
struct Node {
    #[serde(default)]
    message: Option<Written>,
    #[serde(default)]
    parent: Option<String>,
    #[serde(default)]
    children: Vec<String>,
}

#[derive(Deserialize)]
struct Written {
    author: Author,
    #[serde(default)]
    create_time: Option<f64>,
    #[serde(default)]
    content: Value,
    #[serde(default)]
    metadata: Value,
    #[serde(default)]
    recipient: Option<String>,
}

#[derive(Deserialize)]
struct Author {
    #[serde(default)]
    role: String,
}

/// What a message comes to.
enum Taken {
    Message(Box<Message>),
    /// It stands before a reply and belongs to it.
    Reasoning(String),
    Nothing,
}

/// Whether a value of a list is a conversation of this form.
pub(super) fn looks_like(item: &str) -> bool {
    item.trim_start().starts_with('{') && item.contains("\"mapping\"")
}

pub(super) fn read(items: &[&RawValue]) -> Result<Foreign, ReadError> {
    let mut foreign = Foreign::default();
    for (place, item) in items.iter().enumerate() {
        let at = format!("conversation {}", place + 1);
        let export: Export =
            serde_json::from_str(item.get()).map_err(|error| ReadError::json(&error, 1).within(&at))?;
        let conversation =
            conversation(export, &mut foreign.skipped).map_err(|problem| ReadError::shape(at, problem))?;
        if conversation.messages.is_empty() {
            foreign.skipped.count(Why::Silent);
        } else {
            foreign.conversations.push(conversation);
        }
    }
    Ok(foreign)
}

fn conversation(export: Export, skipped: &mut Skipped) -> Result<Conversation, String> {
    let Export { title, create_time, default_model_slug, mapping, current_node } = export;
    let mut tree = Tree::of(mapping)?;
    let mut messages: Vec<Message> = Vec::new();
    // The message that stands at or above each node, by the node's place.
    let mut above: Vec<Option<usize>> = vec![None; tree.nodes.len()];
    let mut reached = 0;
    let mut open: Vec<(usize, Above)> = tree.roots.iter().rev().map(|root| (*root, Above::default())).collect();
    while let Some((place, mut from)) = open.pop() {
        reached += 1;
        match tree.nodes[place].message.take().map_or(Taken::Nothing, |written| taken(written, skipped)) {
            Taken::Nothing => {}
            Taken::Reasoning(text) => join(&mut from.reasoning, &text),
            Taken::Message(message) => from.add(*message, &tree.ids[place], &mut messages, skipped),
        }
        above[place] = from.message;
        let children = &tree.children[place];
        if children.is_empty() && !from.reasoning.is_empty() {
            skipped.count(Why::Part("thoughts".to_owned()));
        }
        // What was thought belongs to the first reply that follows.
        for (nth, child) in children.iter().enumerate().rev() {
            let reasoning = if nth == 0 { std::mem::take(&mut from.reasoning) } else { String::new() };
            open.push((*child, Above { reasoning, call: from.call.clone(), message: from.message }));
        }
    }
    (reached..tree.nodes.len()).for_each(|_| skipped.count(Why::Unreachable));
    let current = current_node.and_then(|id| tree.places.get(&id).copied());
    let tip = current.and_then(|place| above[place]).or_else(|| messages.len().checked_sub(1));
    let mut conversation =
        Conversation { title, begun: create_time.and_then(milliseconds), messages, tip, ..Conversation::default() };
    let answered = conversation.messages.iter().rev().find_map(|message| message.model.clone());
    conversation.asked.model = default_model_slug.filter(|slug| !slug.is_empty() && slug != "auto").or(answered);
    Ok(conversation)
}

/// What stands above a node.
#[derive(Default)]
struct Above {
    message: Option<usize>,
    reasoning: String,
    /// The last call that a tool may answer.
    call: Option<String>,
}

impl Above {
    /// Adds a message below what is above, and is above with it.
    fn add(&mut self, mut message: Message, id: &str, messages: &mut Vec<Message>, skipped: &mut Skipped) {
        message.parent = self.message;
        match message.role {
            Role::Assistant => message.reasoning = std::mem::take(&mut self.reasoning),
            Role::Tool => {
                let Some(call) = &self.call else { return skipped.count(Why::Unasked) };
                message.answers = Some(call.clone());
            }
            _ => {}
        }
        for call in &mut message.tool_calls {
            id.clone_into(&mut call.id);
            self.call = Some(id.to_owned());
        }
        self.message = Some(messages.len());
        messages.push(message);
    }
}

/// The nodes by their places, in the order of the file.
struct Tree {
    ids: Vec<String>,
    places: HashMap<String, usize>,
    nodes: Vec<Node>,
    children: Vec<Vec<usize>>,
    roots: Vec<usize>,
}

impl Tree {
    fn of(mapping: serde_json::Map<String, Value>) -> Result<Self, String> {
        let mut tree = Self {
            ids: Vec::with_capacity(mapping.len()),
            places: HashMap::with_capacity(mapping.len()),
            nodes: Vec::with_capacity(mapping.len()),
            children: vec![Vec::new(); mapping.len()],
            roots: Vec::new(),
        };
        for (id, value) in mapping {
            let node = serde_json::from_value(value).map_err(|error| format!("message {}: {error}", word(&id)))?;
            tree.places.insert(id.clone(), tree.nodes.len());
            tree.ids.push(id);
            tree.nodes.push(node);
        }
        let Self { places, nodes, children, roots, .. } = &mut tree;
        let mut listed = vec![false; nodes.len()];
        // First in the order that the parent gives, then what it does not list.
        for (place, node) in nodes.iter().enumerate() {
            for child in node.children.iter().filter_map(|id| places.get(id).copied()) {
                let agrees = nodes[child].parent.as_ref().and_then(|id| places.get(id)) == Some(&place);
                if agrees && !std::mem::replace(&mut listed[child], true) {
                    children[place].push(child);
                }
            }
        }
        for (place, node) in nodes.iter().enumerate().filter(|(place, _)| !listed[*place]) {
            match node.parent.as_ref().and_then(|id| places.get(id).copied()) {
                Some(parent) => children[parent].push(place),
                None => roots.push(place),
            }
        }
        Ok(tree)
    }
}

fn taken(written: Written, skipped: &mut Skipped) -> Taken {
    let Written { author, create_time, content, metadata, recipient } = written;
    let role = match author.role.as_str() {
        "user" => Role::User,
        "assistant" => Role::Assistant,
        "system" => Role::System,
        "tool" => Role::Tool,
        other => {
            skipped.count(Why::Role(word(other)));
            return Taken::Nothing;
        }
    };
    if metadata.get("is_visually_hidden_from_conversation") == Some(&Value::Bool(true)) {
        skipped.count(Why::Hidden);
        return Taken::Nothing;
    }
    let kind = content.get("content_type").and_then(Value::as_str).unwrap_or("text");
    if let ("thoughts" | "reasoning_recap", Role::Assistant) = (kind, role) {
        return Taken::Reasoning(thoughts(&content));
    }
    let text = text_of(&content, kind, skipped);
    let called = recipient.filter(|recipient| role == Role::Assistant && recipient != "all" && !recipient.is_empty());
    let mut message = Message::new(None, role, text);
    if let Some(name) = called {
        message.tool_calls.push(call(&name, &std::mem::take(&mut message.text)));
    }
    if message.is_empty() && role != Role::Tool {
        skipped.count(Why::Empty);
        return Taken::Nothing;
    }
    message.written = create_time.and_then(milliseconds);
    message.model = metadata.get("model_slug").and_then(Value::as_str).map(ToOwned::to_owned);
    Taken::Message(Box::new(message))
}

/// What was said to a tool, as a call that an endpoint takes: a name without signs, and arguments in JSON.
fn call(name: &str, said: &str) -> ToolCall {
    const LONGEST: usize = 64;
    let sign = |sign: char| if sign.is_ascii_alphanumeric() || sign == '-' { sign } else { '_' };
    let name = name.chars().take(LONGEST).map(sign).collect();
    let is_object = serde_json::from_str::<serde_json::Map<String, Value>>(said).is_ok();
    let arguments = if is_object { said.to_owned() } else { json!({"input": said}).to_string() };
    ToolCall { id: String::new(), name, arguments, extra: None }
}

fn text_of(content: &Value, kind: &str, skipped: &mut Skipped) -> String {
    let field = |name: &str| content.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
    match content.get("parts").and_then(Value::as_array) {
        Some(parts) => {
            let texts: Vec<&str> = parts.iter().filter_map(|part| part_text(part, skipped)).collect();
            texts.join("\n\n")
        }
        None => ["text", "result", "user_instructions", "content"].into_iter().find_map(field).unwrap_or_else(|| {
            if !content.is_null() {
                skipped.count(Why::Part(word(kind)));
            }
            String::new()
        }),
    }
}

fn part_text<'v>(part: &'v Value, skipped: &mut Skipped) -> Option<&'v str> {
    let text = part.as_str().or_else(|| part.get("text").and_then(Value::as_str));
    if text.is_none() && !part.is_null() {
        skipped.count(Why::Part(word(part.get("content_type").and_then(Value::as_str).unwrap_or("part"))));
    }
    text.filter(|text| !text.is_empty())
}

fn thoughts(content: &Value) -> String {
    let list = content.get("thoughts").and_then(Value::as_array);
    let text = |thought: &Value, name: &str| thought.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let thoughts = list.into_iter().flatten().map(|thought| {
        let mut said = text(thought, "summary");
        join(&mut said, &text(thought, "content"));
        said
    });
    // A recap only says how long it took; it stands where nothing else does.
    thoughts.collect::<Vec<_>>().join("\n\n")
}

pub(super) fn join(text: &mut String, more: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push_str("\n\n");
    }
    text.push_str(more);
}

/// Seconds since 1970 as whole milliseconds; `None` for what no calendar has.
fn milliseconds(seconds: f64) -> Option<i64> {
    const LAST: f64 = 253_402_300_799.0;
    #[expect(clippy::cast_possible_truncation, reason = "within the years 1 to 9999 it is far from the type's bounds")]
    let whole = |seconds: f64| (seconds * 1000.0).round() as i64;
    (-LAST..=LAST).contains(&seconds).then(|| whole(seconds))
}

#[cfg(test)]
mod tests;
