//! Sessions found by a query.

use std::sync::atomic::{AtomicBool, Ordering};

use jiff::tz::TimeZone;
use rusqlite::Connection;

use super::rows;
use super::{ShelfFound, StoreFault};

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Query {
    words: Vec<String>,
}

impl Query {
    /// Reads a query; there is none that cannot be read. `now` is in unix milliseconds.
    #[must_use]
    pub(super) fn parse(text: &str, _now: i64, _zone: &TimeZone) -> Self {
        Self { words: text.split_whitespace().map(str::to_lowercase).collect() }
    }
}

/// What is found where there is no store.
pub(super) fn nothing(_query: &Query) -> ShelfFound {
    ShelfFound::default()
}

pub(super) fn find(
    connection: &Connection,
    query: &Query,
    most: usize,
    overtaken: &AtomicBool,
) -> Result<ShelfFound, StoreFault> {
    let sql = "SELECT key, title FROM shelf WHERE deleted IS NULL AND created IS NOT NULL
        ORDER BY pinned DESC, updated DESC, key DESC";
    let mut statement = connection.prepare_cached(sql)?;
    let mut listed = statement.query([])?;
    let mut found = ShelfFound::default();
    while let Some(row) = listed.next()? {
        if overtaken.load(Ordering::Relaxed) {
            return Err(StoreFault::Overtaken);
        }
        let title = row.get::<_, String>(1)?.to_lowercase();
        if !query.words.iter().all(|word| title.contains(word)) {
            continue;
        }
        if found.rows.len() == most {
            found.more = true;
            break;
        }
        found.rows.push(rows::row(connection, row.get(0)?)?);
    }
    Ok(found)
}
