//! The file: opened so that it cannot be changed, and read so that it cannot do harm.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row};
use serde_json::{Map, Value, json};

use crate::chat::{Params, Tool, Usage};
use crate::exchange::message;
use crate::exchange::skipped::{Skipped, Why, word};
use crate::exchange::{Message, ReadError};

/// The longest value of one cell: what a model takes at once is far shorter.
const LONGEST_CELL: i32 = 64 << 20;

/// The largest attachment that goes into a message.
const LARGEST_ATTACHMENT: usize = 20 << 20;

pub(super) struct Log {
    connection: Connection,
    /// The columns of each table that is one.
    tables: BTreeMap<String, BTreeSet<String>>,
    fragments: HashMap<i64, Option<String>>,
    pub(super) skipped: Skipped,
    /// Bytes that were taken. Rows may name the same text again and again.
    taken: usize,
    /// As many as may be.
    most: usize,
}

impl From<rusqlite::Error> for ReadError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.to_string())
    }
}

impl Log {
    pub(super) fn open(path: &Path, most: usize) -> Result<Self, ReadError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        // Nothing that a foreign schema says is run, and no cell is longer than can be borne.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST_CELL)?;
        let tables = tables(&connection)?;
        let log = Self { connection, tables, fragments: HashMap::new(), skipped: Skipped::default(), taken: 0, most };
        let is_log = log.has("responses", "conversation_id") || log.has("turns", "thread_id");
        if is_log { Ok(log) } else { Err(ReadError::Database("it is no log of llm".to_owned())) }
    }

    pub(super) fn has(&self, table: &str, column: &str) -> bool {
        self.tables.get(table).is_some_and(|columns| columns.contains(column))
    }

    /// All values of a column; none when the file has no such table.
    pub(super) fn column(&mut self, table: &str, column: &str) -> Result<Vec<String>, ReadError> {
        self.rows(table, &[column], "", |row| Ok(row.text(0))).map(|values| values.into_iter().flatten().collect())
    }

    /// Reads rows of a table; a column that this file's version does not have is empty. `rest` ends the query.
    pub(super) fn rows<T>(
        &mut self,
        table: &str,
        columns: &[&str],
        rest: &str,
        mut read: impl FnMut(&Cells<'_>) -> Result<T, ReadError>,
    ) -> Result<Vec<T>, ReadError> {
        if !self.tables.contains_key(table) {
            return Ok(Vec::new());
        }
        let columns: Vec<String> = columns
            .iter()
            .map(|name| if self.has(table, name) { format!("\"{name}\"") } else { "NULL".to_owned() })
            .collect();
        let sql = format!("SELECT {} FROM \"{table}\" {rest}", columns.join(", "));
        let mut statement = self.connection.prepare(&sql)?;
        let mut rows = statement.query([])?;
        let (mut out, mut taken) = (Vec::new(), self.taken);
        while let Some(row) = rows.next()? {
            let cells = Cells { row };
            taken = spent(taken, cells.bytes(columns.len()), self.most)?;
            out.push(read(&cells)?);
        }
        self.taken = taken;
        Ok(out)
    }

    /// Counts a text that is taken once more.
    pub(super) fn spend(&mut self, bytes: usize) -> Result<(), ReadError> {
        self.taken = spent(self.taken, bytes, self.most)?;
        Ok(())
    }

    /// The text of a fragment.
    pub(super) fn fragment(&mut self, id: i64) -> Result<String, ReadError> {
        if !self.fragments.contains_key(&id) {
            let rest = format!("WHERE id = {id} LIMIT 1");
            let found = self.rows("fragments", &["content"], &rest, |row| Ok(row.text(0)))?;
            self.fragments.insert(id, found.into_iter().next().flatten());
        }
        let Some(text) = self.fragments.get(&id).cloned().flatten() else {
            self.skipped.count(Why::Part("fragment".to_owned()));
            return Ok(String::new());
        };
        self.spend(text.len())?;
        Ok(text)
    }

    /// A message with attachments, in the parts of a request. What no request takes is counted.
    pub(super) fn with_attachments(&mut self, message: Message, ids: &[String]) -> Result<Message, ReadError> {
        let mut parts = Vec::new();
        for id in ids {
            parts.extend(self.attachment(id)?);
        }
        if parts.is_empty() {
            return Ok(message);
        }
        if !message.text.is_empty() {
            parts.insert(0, json!({"type": "text", "text": message.text}));
        }
        let value = json!({"role": message.role.name(), "content": parts});
        let read = message::read(value, message.parent, &mut self.skipped);
        Ok(read.ok().flatten().unwrap_or(message))
    }

    fn attachment(&mut self, id: &str) -> Result<Option<Value>, ReadError> {
        if !self.tables.contains_key("attachments") {
            return Ok(None);
        }
        let sql = "SELECT type, url, content FROM attachments WHERE id = ?1";
        let row = |row: &Row<'_>| {
            let cells = Cells { row };
            Ok((cells.text(0), cells.text(1), cells.blob(2)))
        };
        let Some((kind, url, content)) = self.connection.query_row(sql, [id], row).optional()? else { return Ok(None) };
        let kind = kind.unwrap_or_default();
        let address = match (url.filter(|url| !url.is_empty()), content) {
            (Some(url), _) => Some(url),
            (None, Some(bytes)) if bytes.len() <= LARGEST_ATTACHMENT => {
                self.spend(bytes.len() * 2)?;
                Some(format!("data:{};base64,{}", word(&kind), STANDARD.encode(bytes)))
            }
            _ => None,
        };
        match address.filter(|_| kind.starts_with("image/")) {
            Some(address) => Ok(Some(json!({"type": "image_url", "image_url": {"url": address}}))),
            None => {
                self.skipped.count(Why::Part(word(if kind.is_empty() { "attachment" } else { &kind })));
                Ok(None)
            }
        }
    }

    /// The tools that requests offered, by the request, from the table that joins them.
    pub(super) fn tools(&mut self, joined: &str, request: &str) -> Result<HashMap<String, Vec<Tool>>, ReadError> {
        let columns = ["id", "name", "description", "input_schema"];
        let all = self.rows("tools", &columns, "", |row| Ok((row.integer(0), tool(row))))?;
        let all: HashMap<i64, Option<Tool>> = all.into_iter().filter_map(|(id, tool)| Some((id?, tool))).collect();
        let mut offered: HashMap<String, Vec<Tool>> = HashMap::new();
        for (request, id) in self.rows(joined, &[request, "tool_id"], "", |row| Ok((row.text(0), row.integer(1))))? {
            let tool = id.and_then(|id| all.get(&id)).cloned().flatten();
            if let (Some(request), Some(tool)) = (request, tool) {
                self.spend(tool.definition.to_string().len())?;
                offered.entry(request).or_default().push(tool);
            }
        }
        Ok(offered)
    }
}

/// The function that a row of `tools` describes.
fn tool(row: &Cells<'_>) -> Option<Tool> {
    let mut function = Map::new();
    function.insert("name".to_owned(), Value::String(row.text(1)?));
    function.extend(row.text(2).map(|text| ("description".to_owned(), Value::String(text))));
    let parameters = row.object(3);
    if !parameters.is_empty() {
        function.insert("parameters".to_owned(), Value::Object(parameters));
    }
    Tool::from_json(&Value::Object(function))
}

fn spent(taken: usize, more: usize, most: usize) -> Result<usize, ReadError> {
    let taken = taken.saturating_add(more).saturating_add(64);
    if taken > most { Err(ReadError::TooLarge { most }) } else { Ok(taken) }
}

/// The tables with their columns. What is a view or made by a module is none.
fn tables(connection: &Connection) -> Result<BTreeMap<String, BTreeSet<String>>, ReadError> {
    let sql = "SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
        WHERE m.type = 'table' AND m.sql NOT LIKE 'CREATE VIRTUAL%'";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut tables: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        tables.entry(row.get(0)?).or_default().insert(row.get(1)?);
    }
    Ok(tables)
}

/// A row whose cells may hold anything.
pub(super) struct Cells<'r> {
    row: &'r Row<'r>,
}

impl Cells<'_> {
    fn cell(&self, place: usize) -> ValueRef<'_> {
        self.row.get_ref(place).unwrap_or(ValueRef::Null)
    }

    pub(super) fn text(&self, place: usize) -> Option<String> {
        match self.cell(place) {
            ValueRef::Text(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
            ValueRef::Integer(number) => Some(number.to_string()),
            _ => None,
        }
    }

    pub(super) fn integer(&self, place: usize) -> Option<i64> {
        match self.cell(place) {
            ValueRef::Integer(number) => Some(number),
            _ => None,
        }
    }

    pub(super) fn count(&self, place: usize) -> Option<u64> {
        u64::try_from(self.integer(place)?).ok()
    }

    fn blob(&self, place: usize) -> Option<Vec<u8>> {
        match self.cell(place) {
            ValueRef::Blob(bytes) => Some(bytes.to_vec()),
            _ => None,
        }
    }

    /// A JSON object; empty when it is none.
    pub(super) fn object(&self, place: usize) -> Map<String, Value> {
        self.text(place).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    /// A time of day in milliseconds since 1970; one without a zone is UTC's.
    pub(super) fn moment(&self, place: usize) -> Option<i64> {
        let text = self.text(place)?;
        let zoned = text.parse::<jiff::Timestamp>().ok();
        let civil = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|at| at.timestamp());
        zoned.or_else(civil).map(jiff::Timestamp::as_millisecond)
    }

    /// The options of a request, as fields of one.
    pub(super) fn params(&self, place: usize) -> Params {
        let mut params = Params::default();
        self.object(place)
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .for_each(|(name, value)| params.set(name, value));
        params
    }

    /// What was used, from the counts and the details in three cells that follow each other.
    pub(super) fn usage(&self, first: usize) -> Option<Usage> {
        let (input, output, raw) = (self.count(first), self.count(first + 1), self.object(first + 2));
        let of = |group: &str, name: &str| raw.get(group).and_then(|group| group.get(name)).and_then(Value::as_u64);
        let cached = of("prompt_tokens_details", "cached_tokens");
        let reasoning = of("completion_tokens_details", "reasoning_tokens");
        (input.is_some() || output.is_some()).then(|| Usage {
            input,
            cached,
            output,
            reasoning,
            raw: raw.clone(),
            ..Usage::default()
        })
    }

    fn bytes(&self, columns: usize) -> usize {
        let length = |place| match self.cell(place) {
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.len(),
            _ => 8,
        };
        (0..columns).map(length).sum()
    }
}
