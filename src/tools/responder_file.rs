//! `responders.toml`: what answers which tool, as the user wrote it or chose it.
//!
//! Owns the form of the text. Reads and writes no files. A change touches the one tool's table only, so comments stay,
//! and so does what another Abreast wrote meanwhile.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;
use toml::Spanned;
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, value};

use super::command::{CommandFault, preview};
use super::{CannedRule, CommandResponder, Responder, Responders};
use crate::text::Place;

/// The longest that a command may be given: who waits longer has forgotten it.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// The most that a command may print into a request.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// What is wrong with the text, and where.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{place}: {problem}")]
pub struct ResponderFileError {
    pub place: Place,
    pub problem: String,
}

/// What is wrong, and the byte at which it starts.
type Refusal = (usize, String);

/// The table of one tool. Those of the three that are not `by` stay in the file, for the day they are chosen again.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ResponderTable {
    by: Option<By>,
    canned: Option<Vec<Spanned<RuleTable>>>,
    command: Option<Spanned<Vec<String>>>,
    directory: Option<PathBuf>,
    timeout_s: Option<Spanned<f64>>,
    most_bytes: Option<Spanned<u64>>,
    statuses: Option<Vec<i32>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum By {
    Person,
    Canned,
    Command,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleTable {
    #[serde(default)]
    when: When,
    result: String,
}

/// Values by their pointers; as JSON text where one of them is nothing that TOML has.
#[derive(Deserialize)]
#[serde(untagged)]
enum When {
    Json(String),
    Toml(BTreeMap<String, toml::Value>),
}

impl Default for When {
    fn default() -> Self {
        Self::Toml(BTreeMap::new())
    }
}

/// Reads the text: all of it, or the first thing that is wrong with it.
///
/// # Errors
/// Where it is wrong, and what would be right.
pub fn read_responders(text: &str) -> Result<Responders, ResponderFileError> {
    // Windows editors put a mark before the text.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let wrong = |(offset, problem): Refusal| ResponderFileError { place: Place::at(text, offset), problem };
    let tables: BTreeMap<Spanned<String>, ResponderTable> = toml::from_str(text).map_err(|error| {
        wrong((error.span().map_or(0, |span| span.start), error.message().trim().replace('\n', "; ")))
    })?;
    let responders = tables.into_iter().map(|(name, table)| {
        let start = name.span().start;
        let name = name.into_inner();
        Ok((
            name.clone(),
            responder(table)
                .map_err(|(offset, problem)| wrong((offset.unwrap_or(start), format!("{name}: {problem}"))))?,
        ))
    });
    responders.collect::<Result<_, _>>().map(Responders)
}

/// What is wrong with one tool's table; without a place of its own at the table's head.
type Fault = (Option<usize>, String);

fn responder(table: ResponderTable) -> Result<Responder, Fault> {
    let by = match (table.by, &table.canned, &table.command) {
        (Some(by), ..) => by,
        (None, Some(_), Some(_)) => {
            return Err((None, "say with `by` which of `canned` and `command` answers".to_owned()));
        }
        (None, Some(_), None) => By::Canned,
        (None, None, Some(_)) => By::Command,
        (None, None, None) => By::Person,
    };
    // All of it is checked, also what is not chosen.
    let command = command(&table)?;
    let rules = table.canned.map(|rules| rules.into_iter().map(rule).collect::<Result<Vec<_>, Fault>>()).transpose()?;
    match by {
        By::Person => Ok(Responder::Person),
        By::Canned => {
            rules.map(Responder::Canned).ok_or_else(|| (None, "by = \"canned\" needs [[….canned]] rules".to_owned()))
        }
        By::Command => {
            let missing = || (None, "by = \"command\" needs command = [\"program\", \"argument\"]".to_owned());
            command.map(Responder::Command).ok_or_else(missing)
        }
    }
}

fn rule(rule: Spanned<RuleTable>) -> Result<CannedRule, Fault> {
    let start = Some(rule.span().start);
    let refuse = |problem: String| (start, problem);
    let RuleTable { when, result } = rule.into_inner();
    let when: BTreeMap<String, Value> = match when {
        When::Json(text) => {
            serde_json::from_str(&text).map_err(|error| refuse(format!("`when` is no JSON object: {error}")))?
        }
        When::Toml(values) => {
            if values.values().any(has_no_json) {
                return Err(refuse("JSON has no dates and no infinity; put them in quotes".to_owned()));
            }
            let json = |value| serde_json::to_value(value).map_err(|error| refuse(error.to_string()));
            values.into_iter().map(|(pointer, value)| Ok((pointer, json(value)?))).collect::<Result<_, Fault>>()?
        }
    };
    if let Some(pointer) = when.keys().find(|pointer| !pointer.is_empty() && !pointer.starts_with('/')) {
        return Err(refuse(format!("`{pointer}` is no JSON pointer; write `/{pointer}`")));
    }
    Ok(CannedRule { when, result })
}

fn has_no_json(value: &toml::Value) -> bool {
    match value {
        toml::Value::Datetime(_) => true,
        toml::Value::Float(number) => !number.is_finite(),
        toml::Value::Array(items) => items.iter().any(has_no_json),
        toml::Value::Table(fields) => fields.values().any(has_no_json),
        _ => false,
    }
}

fn command(table: &ResponderTable) -> Result<Option<CommandResponder>, Fault> {
    let Some(argv) = &table.command else { return Ok(None) };
    let mut command = CommandResponder::new(argv.get_ref().clone());
    let refuse = |span: std::ops::Range<usize>, problem: String| (Some(span.start), problem);
    // The values come with a call; what is wrong without them is wrong with every call.
    match preview(&command, "{}") {
        Ok(_) | Err(CommandFault::Missing { .. }) => {}
        Err(CommandFault::NoProgram) => {
            return Err(refuse(argv.span(), "a command begins with a program".to_owned()));
        }
        Err(fault) => return Err(refuse(argv.span(), fault.to_string())),
    }
    command.directory.clone_from(&table.directory);
    if let Some(seconds) = &table.timeout_s {
        let given = Duration::try_from_secs_f64(*seconds.get_ref()).ok();
        let given = given.filter(|given| !given.is_zero() && *given <= LONGEST);
        let problem = || refuse(seconds.span(), "a timeout is more than 0 and at most 86400 seconds".to_owned());
        command.timeout = given.ok_or_else(problem)?;
    }
    if let Some(bytes) = &table.most_bytes {
        let given = usize::try_from(*bytes.get_ref()).ok().filter(|_| (1..=MOST_BYTES).contains(bytes.get_ref()));
        let problem = || refuse(bytes.span(), format!("a limit of output is 1 to {MOST_BYTES} bytes"));
        command.most_bytes = given.ok_or_else(problem)?;
    }
    command.statuses = table.statuses.clone().unwrap_or(command.statuses);
    Ok(Some(command))
}

/// The text with what answers one tool put into it; everything else stays as it is written.
///
/// # Errors
/// When the text is wrong as it is: it is never written over.
pub fn write_responder(before: &str, tool: &str, responder: &Responder) -> Result<String, ResponderFileError> {
    let text = before.strip_prefix('\u{feff}').unwrap_or(before);
    let known = read_responders(text)?;
    if known.0.get(tool) == Some(responder) {
        return Ok(text.to_owned());
    }
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| ResponderFileError {
        place: Place::at(text, error.span().map_or(0, |span| span.start)),
        problem: error.message().to_owned(),
    })?;
    // A file of comments alone has them at its end, and keeps them at its head.
    let head = document.is_empty().then(|| document.trailing().as_str().unwrap_or_default().to_owned());
    if head.is_some() {
        document.set_trailing("");
    }
    let root = document.as_table_mut();
    if !root.get(tool).is_some_and(Item::is_table) {
        // A table in one row becomes one of many rows, which is made to be edited.
        let rows = root.remove(tool).and_then(|item| item.into_table().ok()).unwrap_or_default();
        root.insert(tool, Item::Table(rows));
    }
    if let Some(table) = root.get_mut(tool).and_then(Item::as_table_mut) {
        put(table, responder);
        if let Some(head) = head.filter(|head| !head.is_empty()) {
            table.decor_mut().set_prefix(head);
        }
    }
    Ok(document.to_string())
}

fn put(table: &mut Table, responder: &Responder) {
    match responder {
        Responder::Person => set(table, "by", Some("person".into())),
        Responder::Canned(rules) => {
            set(table, "by", Some("canned".into()));
            table.insert("canned", rules_item(rules));
        }
        Responder::Command(command) => {
            set(table, "by", Some("command".into()));
            set(table, "command", Some(command.argv.iter().collect::<Array>().into()));
            let directory = command.directory.as_ref().map(|directory| directory.display().to_string().into());
            set(table, "directory", directory);
            let usual = CommandResponder::new(Vec::new());
            set(table, "timeout_s", (command.timeout != usual.timeout).then(|| seconds(command.timeout)));
            let bytes = i64::try_from(command.most_bytes).unwrap_or(i64::MAX);
            set(table, "most_bytes", (command.most_bytes != usual.most_bytes).then(|| bytes.into()));
            let statuses = command.statuses.iter().map(|status| i64::from(*status)).collect::<Array>().into();
            set(table, "statuses", (command.statuses != usual.statuses).then_some(statuses));
        }
    }
}

/// Sets or takes away a field; a comment at the end of its row stays.
fn set(table: &mut Table, field: &str, new: Option<toml_edit::Value>) {
    let Some(mut new) = new else {
        table.remove(field);
        return;
    };
    if let Some(old) = table.get(field).and_then(Item::as_value) {
        *new.decor_mut() = old.decor().clone();
    }
    table.insert(field, value(new));
}

fn seconds(time: Duration) -> toml_edit::Value {
    match i64::try_from(time.as_secs()) {
        Ok(whole) if time.subsec_nanos() == 0 => whole.into(),
        _ => time.as_secs_f64().into(),
    }
}

fn rules_item(rules: &[CannedRule]) -> Item {
    if rules.is_empty() {
        return value(Array::new());
    }
    let row = |rule: &CannedRule| {
        let mut table = Table::new();
        if !rule.when.is_empty() {
            table.insert("when", value(when(&rule.when)));
        }
        table.insert("result", value(&rule.result));
        table
    };
    Item::ArrayOfTables(rules.iter().map(row).collect::<ArrayOfTables>())
}

fn when(values: &BTreeMap<String, Value>) -> toml_edit::Value {
    let toml = |value: &Value| toml::Value::try_from(value).ok()?.to_string().parse::<toml_edit::Value>().ok();
    let rows = values.iter().map(|(pointer, value)| Some((pointer.as_str(), toml(value)?)));
    let rows: Option<InlineTable> = rows.collect();
    let json = || Value::Object(values.clone().into_iter().collect()).to_string().into();
    rows.map_or_else(json, toml_edit::Value::InlineTable)
}

#[cfg(test)]
#[path = "responder_file_tests.rs"]
mod tests;
