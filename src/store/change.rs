//! Changes of sessions on the shelf: what the user chose stands in tables of its own, which no session's writing touches.

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::{ShelfChange, StoreFault};

/// A title has so many signs at the most, as a tag has.
const LONGEST_TITLE: usize = 300;
const LONGEST_TAG: usize = 60;

/// A session has so many tags at the most.
const MOST_TAGS: usize = 50;

/// Changes one session, all or nothing. `now` is in unix milliseconds.
pub(super) fn change(connection: &mut Connection, id: &str, change: &ShelfChange, now: i64) -> Result<(), StoreFault> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if !transaction.prepare_cached("SELECT 1 FROM sessions WHERE id = ?1")?.exists([id])? {
        return Err(StoreFault::NoSession(id.to_owned()));
    }
    transaction.prepare_cached("INSERT OR IGNORE INTO marks (session) VALUES (?1)")?.execute([id])?;
    match change {
        ShelfChange::Rename(title) => {
            let title = Some(one_line(title, LONGEST_TITLE)).filter(|title| !title.is_empty());
            transaction
                .prepare_cached("UPDATE marks SET title = ?2 WHERE session = ?1")?
                .execute(params![id, title])?;
        }
        ShelfChange::Tag(tags) => tag(&transaction, id, tags)?,
        ShelfChange::Pin(pinned) => {
            transaction
                .prepare_cached("UPDATE marks SET pinned = ?2 WHERE session = ?1")?
                .execute(params![id, pinned])?;
        }
        ShelfChange::Delete | ShelfChange::Restore => {
            let deleted = (*change == ShelfChange::Delete).then_some(now);
            transaction
                .prepare_cached("UPDATE marks SET deleted = ?2 WHERE session = ?1")?
                .execute(params![id, deleted])?;
        }
    }
    Ok(transaction.commit()?)
}

fn tag(transaction: &Transaction<'_>, id: &str, tags: &[String]) -> Result<(), StoreFault> {
    transaction.prepare_cached("DELETE FROM tags WHERE session = ?1")?.execute([id])?;
    let mut insert = transaction.prepare_cached("INSERT OR IGNORE INTO tags (session, tag) VALUES (?1, ?2)")?;
    let tags = tags.iter().map(|tag| one_line(tag, LONGEST_TAG)).filter(|tag| !tag.is_empty());
    for tag in tags.take(MOST_TAGS) {
        insert.execute(params![id, tag])?;
    }
    Ok(())
}

/// A text without breaks and double blanks.
fn one_line(text: &str, longest: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().take(longest).collect()
}
