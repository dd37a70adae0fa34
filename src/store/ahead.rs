//! Reading ahead for a search: the pages that every search needs, before somebody waits for them.
//!
//! After the system's cache was emptied these are hundreds of single reads all over the file: it grew with the sessions,
//! so the rows of its small tables lie between their texts.

use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::Connection;

use super::StoreFault;

/// What is read, the most needed first: titles and days, what a row of the list says, where the index has its words, and
/// the words that a part of one is looked for among. All are bounded, as a store may be far larger than memory.
const READ: &[&str] = &[
    "SELECT sum(length(plain)) FROM (SELECT plain FROM shelf ORDER BY key DESC LIMIT 50000)",
    "SELECT count(*) FROM (SELECT 1 FROM shelf ORDER BY pinned DESC, updated DESC LIMIT 50000)",
    "SELECT count(*) FROM (SELECT 1 FROM spent ORDER BY shelf DESC LIMIT 50000)",
    "SELECT count(*) FROM (SELECT 1 FROM answered ORDER BY shelf DESC LIMIT 50000)",
    "SELECT count(*) FROM (SELECT session FROM tags LIMIT 20000)",
    "SELECT sum(pgno) FROM (SELECT pgno FROM found_idx LIMIT 50000)",
    "SELECT max(word) FROM words WHERE key <= 20000",
];

/// Reads all of it, or until it is `overtaken`.
pub(super) fn read(connection: &Connection, overtaken: &AtomicBool) -> Result<(), StoreFault> {
    for sql in READ {
        if overtaken.load(Ordering::Relaxed) {
            return Err(StoreFault::Overtaken);
        }
        connection.prepare_cached(sql)?.query_row([], |_| Ok(()))?;
    }
    Ok(())
}
