//! The newer tables: messages that are kept once and hang on each other, and threads that point at them.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::log::{Cells, Log};
use crate::chat::{Params, Role, ToolCall, Usage};
use crate::exchange::chatgpt::join;
use crate::exchange::skipped::{Why, word};
use crate::exchange::{Asked, Conversation, ForeignRun, Message, ReadError};

const TURN: [&str; 13] = [
    "id",
    "thread_id",
    "parent_message_hash",
    "tip_message_hash",
    "model",
    "resolved_model",
    "options_json",
    "schema_id",
    "input_tokens",
    "output_tokens",
    "token_details",
    "duration_ms",
    "datetime_utc",
];

/// One call of a model.
struct Turn {
    id: String,
    thread: String,
    /// The last message that was sent, and the last one that came.
    from: Option<String>,
    tip: Option<String>,
    model: Option<String>,
    served_by: Option<String>,
    options: Params,
    has_schema: bool,
    usage: Option<Usage>,
    lasted: Option<u64>,
    started: Option<i64>,
}

impl Turn {
    fn of(row: &Cells<'_>) -> Self {
        Self {
            id: row.text(0).unwrap_or_default(),
            thread: row.text(1).unwrap_or_default(),
            from: row.text(2),
            tip: row.text(3),
            model: row.text(4),
            served_by: row.text(5),
            options: row.params(6),
            has_schema: row.text(7).is_some(),
            usage: row.usage(8),
            lasted: row.count(11),
            started: row.moment(12),
        }
    }
}

/// A message as it is kept: shared by all threads that it stands in.
struct Link {
    parent: Option<String>,
    role: String,
    parts: Vec<Part>,
}

struct Part {
    kind: String,
    text: Option<String>,
    payload: Map<String, Value>,
    attachments: Vec<String>,
}

type Links = HashMap<String, Link>;

/// The threads by their ids.
pub(super) fn read(log: &mut Log) -> Result<Vec<(String, Conversation)>, ReadError> {
    let links = links(log)?;
    let tools = log.tools("turn_tools", "turn_id")?;
    let mut turns: HashMap<String, Vec<Turn>> = HashMap::new();
    for turn in log.rows("turns", &TURN, "ORDER BY \"id\"", |row| Ok(Turn::of(row)))? {
        turns.entry(turn.thread.clone()).or_default().push(turn);
    }
    let columns = ["id", "name", "tip_message_hash", "datetime_utc"];
    let threads = log.rows("threads", &columns, "ORDER BY \"id\"", |row| {
        Ok((row.text(0).unwrap_or_default(), row.text(1), row.text(2), row.moment(3)))
    })?;
    let mut all = Vec::new();
    for (id, name, tip, begun) in threads {
        let mut thread = Thread::of(&links);
        let turns = turns.remove(&id).unwrap_or_default();
        thread.said.begun = begun.or_else(|| turns.first().and_then(|turn| turn.started));
        thread.said.title = name.filter(|name| !name.is_empty());
        for turn in turns {
            let offered = tools.get(&turn.id).cloned().unwrap_or_default();
            thread.asked(log, turn, offered)?;
        }
        if let Some(tip) = tip {
            thread.said.tip = thread.reach(log, &tip)?;
        }
        if thread.said.messages.is_empty() {
            log.skipped.count(Why::Silent);
        } else {
            all.push((id, thread.lifted(log)?));
        }
    }
    Ok(all)
}

fn links(log: &mut Log) -> Result<Links, ReadError> {
    let link = |row: &Cells<'_>| {
        Ok((
            row.text(0).unwrap_or_default(),
            Link { parent: row.text(1), role: row.text(2).unwrap_or_default(), parts: Vec::new() },
        ))
    };
    let mut links: Links = log.rows("messages", &["hash", "parent_hash", "role"], "", link)?.into_iter().collect();
    let mut attached: HashMap<i64, Vec<String>> = HashMap::new();
    let pairs = |row: &Cells<'_>| Ok((row.integer(0), row.text(1)));
    for (part, id) in log.rows("part_attachments", &["part_id", "attachment_id"], "ORDER BY \"order\"", pairs)? {
        if let (Some(part), Some(id)) = (part, id) {
            attached.entry(part).or_default().push(id);
        }
    }
    let columns = ["message_hash", "id", "type", "text", "payload"];
    let parts = log.rows("parts", &columns, "ORDER BY message_hash, position", |row| {
        let attachments = row.integer(1).and_then(|id| attached.remove(&id)).unwrap_or_default();
        let part =
            Part { kind: row.text(2).unwrap_or_default(), text: row.text(3), payload: row.object(4), attachments };
        Ok((row.text(0).unwrap_or_default(), part))
    })?;
    for (of, part) in parts {
        if let Some(link) = links.get_mut(&of) {
            link.parts.push(part);
        }
    }
    Ok(links)
}

/// A conversation that is being put together.
struct Thread<'l> {
    links: &'l Links,
    said: Conversation,
    /// The last message that came of each link.
    places: HashMap<String, Option<usize>>,
}

impl<'l> Thread<'l> {
    fn of(links: &'l Links) -> Self {
        Self { links, said: Conversation::default(), places: HashMap::new() }
    }

    /// Adds a link with all above it; gives the message at its end.
    fn reach(&mut self, log: &mut Log, tip: &str) -> Result<Option<usize>, ReadError> {
        let (mut above, mut seen) = (Vec::new(), HashSet::new());
        let mut at = Some(tip);
        while let Some(hash) = at.filter(|hash| !self.places.contains_key(*hash)) {
            // A file may say that a message hangs on itself.
            let Some(link) = self.links.get(hash).filter(|_| seen.insert(hash)) else {
                log.skipped.count(Why::Unreachable);
                at = None;
                break;
            };
            above.push((hash, link));
            at = link.parent.as_deref();
        }
        let mut place = at.and_then(|hash| self.places.get(hash).copied().flatten());
        for (hash, link) in above.into_iter().rev() {
            place = self.add(log, link, place)?;
            self.places.insert(hash.to_owned(), place);
        }
        Ok(place)
    }

    /// Adds the messages of a link: answers of tools are messages of their own here.
    fn add(&mut self, log: &mut Log, link: &Link, above: Option<usize>) -> Result<Option<usize>, ReadError> {
        let role = match link.role.as_str() {
            "user" => Role::User,
            "assistant" => Role::Assistant,
            "system" => Role::System,
            "tool" => Role::Tool,
            other => {
                log.skipped.count(Why::Role(word(other)));
                return Ok(above);
            }
        };
        let mut last = above;
        let mut message = Message::new(None, role, String::new());
        let mut attachments = Vec::new();
        for part in &link.parts {
            let word_of = |name: &str| part.payload.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            let by_server = part.payload.get("server_executed") == Some(&Value::Bool(true));
            match part.kind.as_str() {
                "text" => join(&mut message.text, &text(log, part)?),
                "reasoning" => join(&mut message.reasoning, &text(log, part)?),
                "tool_call" | "tool_result" if by_server => log.skipped.count(Why::Part("server tool".to_owned())),
                "tool_call" => message.tool_calls.push(ToolCall {
                    id: word_of("tool_call_id"),
                    name: word_of("name"),
                    arguments: part.payload.get("arguments").map(Value::to_string).unwrap_or_default(),
                    extra: None,
                }),
                "tool_result" => {
                    let output = Some(word_of("output")).filter(|output| !output.is_empty());
                    let output = output.unwrap_or_else(|| word_of("exception"));
                    let answers = Some(word_of("tool_call_id"));
                    last = self.push(log, Message { answers, ..Message::new(last, Role::Tool, output) })?;
                }
                "attachment" => attachments.extend(part.attachments.iter().cloned()),
                other => log.skipped.count(Why::Part(word(other))),
            }
        }
        message.parent = last;
        let message = log.with_attachments(message, &attachments)?;
        if (message.is_empty() && role != Role::Assistant) || role == Role::Tool {
            return Ok(last);
        }
        self.push(log, message)
    }

    fn push(&mut self, log: &mut Log, message: Message) -> Result<Option<usize>, ReadError> {
        log.spend(message.text.len() + message.reasoning.len())?;
        self.said.messages.push(message);
        Ok(self.said.messages.len().checked_sub(1))
    }

    /// Adds a call of a model: its messages, and to its reply what it was asked with.
    fn asked(&mut self, log: &mut Log, turn: Turn, tools: Vec<crate::chat::Tool>) -> Result<(), ReadError> {
        let from = turn.from.as_deref().map(|hash| self.reach(log, hash)).transpose()?.flatten();
        let Some(tip) = turn.tip.as_deref().map(|hash| self.reach(log, hash)).transpose()?.flatten() else {
            return Ok(());
        };
        if turn.has_schema {
            log.skipped.count(Why::Asked("a schema that a reply had to keep to"));
        }
        let asked = Asked { model: turn.model.clone(), params: turn.options, tools, ..Asked::default() };
        self.said.asked = asked.clone();
        self.said.tip = Some(tip);
        let messages = &mut self.said.messages;
        let mut at = Some(tip).filter(|tip| Some(*tip) != from);
        while let Some(message) = at.and_then(|at| messages.get_mut(at)) {
            if message.role == Role::Assistant {
                (message.model, message.written) = (turn.model, turn.started);
                let (started, lasted, served_by) = (turn.started, turn.lasted, turn.served_by);
                message.run = Some(Box::new(ForeignRun { asked, started, lasted, served_by, usage: turn.usage }));
                break;
            }
            at = message.parent.filter(|parent| Some(*parent) != from);
        }
        Ok(())
    }

    /// The conversation with its system prompt out of its tree, where it has one for all of it.
    fn lifted(self, log: &mut Log) -> Result<Conversation, ReadError> {
        let mut said = self.said;
        let roots = said.messages.iter().filter(|message| message.parent.is_none()).count();
        if roots != 1 || said.messages.len() < 2 || said.messages[0].role != Role::System {
            return Ok(said);
        }
        let system = said.messages.remove(0).text;
        for message in &mut said.messages {
            message.parent = message.parent.and_then(|parent| parent.checked_sub(1));
            if let Some(run) = &mut message.run {
                log.spend(system.len())?;
                run.asked.system = Some(system.clone());
            }
        }
        said.asked.system = Some(system);
        said.tip = said.tip.and_then(|tip| tip.checked_sub(1));
        Ok(said)
    }
}

/// The text of a part, which may borrow from fragments.
fn text(log: &mut Log, part: &Part) -> Result<String, ReadError> {
    if let Some(text) = &part.text {
        return Ok(text.clone());
    }
    let mut text = String::new();
    for piece in part.payload.get("text_ref").and_then(Value::as_array).into_iter().flatten() {
        match (piece.get("literal").and_then(Value::as_str), piece.get("fragment").and_then(Value::as_i64)) {
            (Some(literal), _) => text.push_str(literal),
            (None, Some(id)) => text.push_str(&log.fragment(id)?),
            (None, None) => {}
        }
    }
    Ok(text)
}
