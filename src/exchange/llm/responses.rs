//! The older tables: a row of `responses` is a prompt and its reply, and a conversation is a row of them.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::log::{Cells, Log};
use crate::chat::{Params, Role, Tool, ToolCall, Usage};
use crate::exchange::skipped::Why;
use crate::exchange::{Asked, Conversation, ForeignRun, Message, ReadError};

const COLUMNS: [&str; 15] = [
    "id",
    "conversation_id",
    "model",
    "prompt",
    "system",
    "options_json",
    "response",
    "reasoning",
    "duration_ms",
    "datetime_utc",
    "input_tokens",
    "output_tokens",
    "token_details",
    "resolved_model",
    "schema_id",
];

struct Response {
    id: String,
    conversation: Option<String>,
    model: Option<String>,
    prompt: Option<String>,
    system: Option<String>,
    options: Params,
    text: String,
    reasoning: String,
    lasted: Option<u64>,
    started: Option<i64>,
    usage: Option<Usage>,
    served_by: Option<String>,
    has_schema: bool,
}

impl Response {
    fn of(row: &Cells<'_>) -> Self {
        Self {
            id: row.text(0).unwrap_or_default(),
            conversation: row.text(1),
            model: row.text(2),
            prompt: row.text(3),
            system: row.text(4),
            options: row.params(5),
            text: row.text(6).unwrap_or_default(),
            reasoning: row.text(7).unwrap_or_default(),
            lasted: row.count(8),
            started: row.moment(9),
            usage: row.usage(10),
            served_by: row.text(13),
            has_schema: row.text(14).is_some(),
        }
    }
}

/// A tool's answer as the tables have it.
struct Answer {
    name: String,
    output: String,
    call: Option<String>,
}

/// What other tables have of responses, by the response.
struct Beside {
    fragments: HashMap<String, Vec<i64>>,
    system_fragments: HashMap<String, Vec<i64>>,
    attachments: HashMap<String, Vec<String>>,
    calls: HashMap<String, Vec<ToolCall>>,
    answers: HashMap<String, Vec<Answer>>,
    tools: HashMap<String, Vec<Tool>>,
}

/// The conversations by their ids, oldest first. A response that is `known` already is left out.
pub(super) fn read(log: &mut Log, known: &HashSet<String>) -> Result<Vec<(String, Conversation)>, ReadError> {
    let responses = log.rows("responses", &COLUMNS, "ORDER BY \"id\"", |row| Ok(Response::of(row)))?;
    let names = log.rows("conversations", &["id", "name"], "", |row| Ok((row.text(0), row.text(1))))?;
    let names: HashMap<String, Option<String>> = names.into_iter().filter_map(|(id, name)| Some((id?, name))).collect();
    let mut beside = Beside::read(log)?;
    let mut order: Vec<String> = Vec::new();
    let mut said: BTreeMap<String, Conversation> = BTreeMap::new();
    for response in responses.into_iter().filter(|response| !known.contains(&response.id)) {
        let id = response.conversation.clone().unwrap_or_else(|| response.id.clone());
        if !said.contains_key(&id) {
            let title = names.get(&id).cloned().flatten().filter(|name| !name.is_empty());
            said.insert(id.clone(), Conversation { title, begun: response.started, ..Conversation::default() });
            order.push(id.clone());
        }
        if let Some(conversation) = said.get_mut(&id) {
            add(log, &mut beside, conversation, response)?;
        }
    }
    Ok(order.into_iter().filter_map(|id| said.remove_entry(&id)).collect())
}

impl Beside {
    fn read(log: &mut Log) -> Result<Self, ReadError> {
        let text = |row: &Cells<'_>| Ok((row.text(0), row.text(1)));
        let number = |row: &Cells<'_>| Ok((row.text(0), row.integer(1)));
        let order = "ORDER BY \"order\"";
        let answer = |row: &Cells<'_>| {
            let (output, exception) = (row.text(2), row.text(4));
            let output = output.filter(|output| !output.is_empty()).or(exception).unwrap_or_default();
            Ok((row.text(0), Some(Answer { name: row.text(1).unwrap_or_default(), output, call: row.text(3) })))
        };
        let call = |row: &Cells<'_>| {
            let id = row.text(3).or_else(|| row.integer(4).map(|row| format!("call_{row}"))).unwrap_or_default();
            let (name, arguments) = (row.text(1).unwrap_or_default(), row.text(2).unwrap_or_default());
            Ok((row.text(0), Some(ToolCall { id, name, arguments, extra: None })))
        };
        let answers = ["response_id", "name", "output", "tool_call_id", "exception"];
        let calls = ["response_id", "name", "arguments", "tool_call_id", "id"];
        let fragment = ["response_id", "fragment_id"];
        Ok(Self {
            fragments: grouped(log.rows("prompt_fragments", &fragment, order, number)?),
            system_fragments: grouped(log.rows("system_fragments", &fragment, order, number)?),
            attachments: grouped(log.rows("prompt_attachments", &["response_id", "attachment_id"], order, text)?),
            calls: grouped(log.rows("tool_calls", &calls, "ORDER BY id", call)?),
            answers: grouped(log.rows("tool_results", &answers, "ORDER BY id", answer)?),
            tools: log.tools("tool_responses", "response_id")?,
        })
    }

    /// A text with the fragments before it.
    fn joined(log: &mut Log, ids: Option<Vec<i64>>, text: Option<String>, between: &str) -> Result<String, ReadError> {
        let mut parts = Vec::new();
        for id in ids.unwrap_or_default() {
            parts.push(log.fragment(id)?);
        }
        parts.extend(text.filter(|text| !text.is_empty()));
        Ok(parts.join(between))
    }
}

fn grouped<T>(rows: Vec<(Option<String>, Option<T>)>) -> HashMap<String, Vec<T>> {
    let mut groups: HashMap<String, Vec<T>> = HashMap::new();
    for (of, value) in rows.into_iter().filter_map(|(of, value)| Some((of?, value?))) {
        groups.entry(of).or_default().push(value);
    }
    groups
}

/// Adds what was sent and what came of it to the end of a conversation.
fn add(
    log: &mut Log,
    beside: &mut Beside,
    conversation: &mut Conversation,
    response: Response,
) -> Result<(), ReadError> {
    let id = &response.id;
    for answer in beside.answers.remove(id).unwrap_or_default() {
        answered(log, conversation, answer);
    }
    let system = Beside::joined(log, beside.system_fragments.remove(id), response.system, "\n\n")?;
    let prompt = Beside::joined(log, beside.fragments.remove(id), response.prompt, "\n")?;
    let attachments = beside.attachments.remove(id).unwrap_or_default();
    let asked_something = !prompt.is_empty() || !attachments.is_empty();
    let message = Message::new(conversation.messages.len().checked_sub(1), Role::User, prompt);
    let message = log.with_attachments(message, &attachments)?;
    if asked_something && !message.is_empty() {
        conversation.messages.push(message);
    }
    if response.has_schema {
        log.skipped.count(Why::Asked("a schema that a reply had to keep to"));
    }
    // A conversation goes on with the system prompt that it has until it gets another one.
    let asked = &mut conversation.asked;
    asked.system = Some(system).filter(|system| !system.is_empty()).or(asked.system.take());
    (asked.model, asked.params) = (response.model.clone(), response.options);
    asked.tools = beside.tools.remove(id).unwrap_or_default();
    log.spend(asked.system.as_ref().map_or(0, String::len))?;
    let run = ForeignRun {
        asked: Asked { ..asked.clone() },
        started: response.started,
        lasted: response.lasted,
        served_by: response.served_by,
        usage: response.usage,
    };
    let parent = conversation.messages.len().checked_sub(1);
    conversation.tip = Some(conversation.messages.len());
    conversation.messages.push(Message {
        reasoning: response.reasoning,
        tool_calls: beside.calls.remove(id).unwrap_or_default(),
        written: response.started,
        model: response.model,
        run: Some(Box::new(run)),
        ..Message::new(parent, Role::Assistant, response.text)
    });
    Ok(())
}

/// Adds a tool's answer below the call that it answers; where the log does not say which, the first open one of its name.
fn answered(log: &mut Log, conversation: &mut Conversation, answer: Answer) {
    let after = conversation.messages.iter().rposition(|message| message.role == Role::Assistant);
    let open = after.map(|place| conversation.messages.split_at(place + 1)).and_then(|(before, after)| {
        let taken: Vec<&String> = after.iter().filter_map(|message| message.answers.as_ref()).collect();
        let mut calls = before.last()?.tool_calls.iter().filter(|call| !taken.contains(&&call.id));
        calls.find(|call| answer.call.as_ref().map_or(call.name == answer.name, |id| *id == call.id))
    });
    match open.map(|call| call.id.clone()) {
        Some(call) => {
            let parent = conversation.messages.len().checked_sub(1);
            let answers = Some(call);
            conversation.messages.push(Message { answers, ..Message::new(parent, Role::Tool, answer.output) });
        }
        None => log.skipped.count(Why::Unasked),
    }
}
