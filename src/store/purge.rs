//! Removing deleted sessions for good, and the contents of attachments that nothing refers to any more.
//!
//! Owns that only what the user deleted goes, and nothing that another program may still need. The ledger stays as it is:
//! what was spent was spent.

use std::collections::BTreeSet;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};

use super::base::{self, Base};
use super::lock::{SessionLock, all_open};
use super::{StoreFault, schema, words};

/// What deleted sessions hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    pub sessions: u64,
    /// Of their turns and runs.
    pub bytes: u64,
}

/// What was removed, or would be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    pub sessions: u64,
    pub turns: u64,
    /// Contents of attachments, and their bytes.
    pub files: u64,
    pub file_bytes: u64,
    /// Deleted sessions that another program has open.
    pub open_elsewhere: u64,
    /// Whether contents stay because another program, which may still refer to them, has a session open.
    pub files_stay: bool,
}

/// What is asked of a purge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purge {
    /// To say what would go.
    Rehearsed,
    Done,
}

/// The tables with rows of a session by its id, and those with rows by its number on the shelf.
const BY_ID: &[&str] = &["lanes", "turns", "pieces", "runs", "drafts", "presets_used", "tags", "marks", "shelf"];
const BY_KEY: &[&str] = &["answered", "called", "spent"];

/// The digits of a hash.
const HASH: usize = 64;

/// Removes the sessions that were deleted before a moment, in unix milliseconds, and contents that nothing refers to: all
/// of it or nothing. `None` where there is no store.
///
/// # Errors
/// When the store cannot be read or written.
pub fn purge(directory: &Path, before: i64, purge: Purge) -> Result<Option<Purged>, StoreFault> {
    if !base::file(directory).exists() {
        return Ok(None);
    }
    let Base { mut connection, .. } = Base::open_file(directory)?;
    // What goes is written over, not just given free.
    connection.pragma_update(None, "secure_delete", true)?;
    // Who writes from now on waits; whoever has written something holds the lock of its session by then.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let (sessions, open_elsewhere) = free(&transaction, directory, before)?;
    let mut purged = Purged { open_elsewhere, sessions: sessions.len() as u64, ..Purged::default() };
    for (session, _lock) in &sessions {
        purged.turns += remove(&transaction, session)?;
    }
    let mine: BTreeSet<&str> = sessions.iter().map(|(session, _)| session.as_str()).collect();
    purged.files_stay = all_open(directory).iter().any(|session| !mine.contains(session.as_str()));
    if !purged.files_stay {
        (purged.files, purged.file_bytes) = collect(&transaction)?;
    }
    match purge {
        Purge::Rehearsed => transaction.rollback()?,
        Purge::Done => {
            transaction.commit()?;
            // Else what went would stand in the log until that is written over. Readers may hold it; it goes later then.
            let _ = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        }
    }
    Ok(Some(purged))
}

/// Sessions that are taken for as long as this lives.
type Taken = Vec<(String, Option<SessionLock>)>;

/// The deleted sessions that no other program has open, taken so that none opens them now, and how many others have.
fn free(connection: &Connection, directory: &Path, before: i64) -> Result<(Taken, u64), StoreFault> {
    let mut select = connection.prepare("SELECT session FROM marks WHERE deleted < ?1 ORDER BY session")?;
    let deleted: Vec<String> = select.query_map([before], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let (mut free, mut open_elsewhere) = (Vec::new(), 0);
    for session in deleted {
        match SessionLock::take(directory, &session) {
            Ok(lock) => free.push((session, lock)),
            Err(_) => open_elsewhere += 1,
        }
    }
    Ok((free, open_elsewhere))
}

/// Removes all of a session but its rows of the ledger; gives how many turns it had.
fn remove(transaction: &Transaction<'_>, session: &str) -> Result<u64, StoreFault> {
    let key: Option<i64> =
        transaction.query_row("SELECT key FROM shelf WHERE session = ?1", [session], |row| row.get(0)).optional()?;
    let mut said = BTreeSet::new();
    let mut turns = 0;
    let mut select = transaction.prepare_cached("SELECT text FROM turns WHERE session = ?1")?;
    let mut rows = select.query([session])?;
    while let Some(row) = rows.next()? {
        turns += 1;
        said.append(&mut words::vocabulary(row.get_ref(0)?.as_str().unwrap_or_default()));
    }
    for table in BY_ID {
        transaction.execute(&format!("DELETE FROM {table} WHERE session = ?1"), [session])?;
    }
    for table in BY_KEY {
        transaction.execute(&format!("DELETE FROM {table} WHERE shelf = ?1"), [key])?;
    }
    transaction.execute("DELETE FROM sessions WHERE id = ?1", [session])?;
    said.iter().try_for_each(|word| forget(transaction, word))?;
    Ok(turns)
}

/// Takes a word out of the vocabulary that is in no text any more.
fn forget(transaction: &Transaction<'_>, word: &str) -> Result<(), StoreFault> {
    let phrase = format!("\"{word}\"");
    if transaction.prepare_cached("SELECT 1 FROM found WHERE found MATCH ?1 LIMIT 1")?.exists([phrase])? {
        return Ok(());
    }
    let sql = "INSERT INTO word_parts (word_parts, rowid, word)
        SELECT 'delete', key, word FROM words WHERE word = ?1 AND length(word) > 3";
    transaction.prepare_cached(sql)?.execute([word])?;
    transaction.prepare_cached("DELETE FROM words WHERE word = ?1")?.execute([word])?;
    Ok(())
}

/// Removes the contents that no turn, draft or waiting message refers to; gives their number and bytes.
fn collect(transaction: &Transaction<'_>) -> Result<(u64, u64), StoreFault> {
    let mut select = transaction.prepare("SELECT sha256, octet_length(bytes) FROM files")?;
    let all = select.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?.unsigned_abs())))?;
    let all: Vec<(String, u64)> = all.collect::<Result<_, _>>()?;
    if all.is_empty() {
        return Ok((0, 0));
    }
    let needed = needed(transaction)?;
    let (mut files, mut file_bytes) = (0, 0);
    for (sha256, bytes) in all.iter().filter(|(sha256, _)| !needed.contains(sha256)) {
        transaction.prepare_cached("DELETE FROM files WHERE sha256 = ?1")?.execute(params![sha256])?;
        (files, file_bytes) = (files + 1, file_bytes + bytes);
    }
    Ok((files, file_bytes))
}

/// The hashes that stand anywhere in the bodies: whatever looks like one counts, also in a form that this version does not
/// know.
fn needed(connection: &Connection) -> Result<BTreeSet<String>, StoreFault> {
    let mut needed = BTreeSet::new();
    for table in ["turns", "drafts", "sessions", "runs", "lanes"] {
        let sql = format!("SELECT body FROM {table} WHERE instr(body, 'sha256') > 0");
        let mut select = connection.prepare(&sql)?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let body = row.get_ref(0)?.as_str().unwrap_or_default();
            let runs = body.split(|sign: char| !sign.is_ascii_hexdigit());
            needed.extend(runs.filter(|run| run.len() == HASH).map(str::to_owned));
        }
    }
    Ok(needed)
}

/// What deleted sessions hold of a store that may be of any version.
pub(super) fn held(connection: &Connection) -> Option<Held> {
    if !schema::is_current(connection).ok()? {
        return None;
    }
    let sql = "SELECT count(*), coalesce(sum(
            (SELECT coalesce(sum(octet_length(text) + octet_length(body)), 0) FROM turns WHERE turns.session = marks.session)
            + (SELECT coalesce(sum(octet_length(body) + coalesce(octet_length(wire), 0)), 0) FROM runs
                WHERE runs.session = marks.session)), 0)
        FROM marks WHERE deleted IS NOT NULL";
    let count = |row: &Row<'_>, place| row.get(place).map(i64::unsigned_abs);
    connection.query_row(sql, [], |row| Ok(Held { sessions: count(row, 0)?, bytes: count(row, 1)? })).ok()
}
