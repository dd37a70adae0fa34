//! The log that the command-line tool `llm` keeps: a SQLite file, of either of its two generations of tables.
//!
//! Reads the file where it is and never writes it. Takes what the tables say and makes nothing up: a cost is in none of
//! them. <https://llm.datasette.io/en/stable/logging.html> has the tables.

mod chains;
mod log;
mod responses;
#[cfg(test)]
mod tests;

use std::io::Read;
use std::path::Path;

use super::form::MOST_BYTES;
use super::{Conversation, Foreign, Message, ReadError};
use crate::chat::Role;
use crate::config::open_given;
use log::Log;

/// How every SQLite file begins.
const HEAD: &[u8] = b"SQLite format 3\0";

/// Whether a file is a database, by its head.
#[must_use]
pub fn is_database(path: &Path) -> bool {
    let mut head = Vec::new();
    // What is read of a pipe is gone, so none is looked into.
    let file = open_given(path).ok();
    let read = file.map(|file| file.take(HEAD.len() as u64).read_to_end(&mut head));
    read.is_some_and(|read| read.is_ok()) && head == HEAD
}

/// Reads the conversations of a log.
///
/// # Errors
/// When it is no log of `llm`, or cannot be read. Then nothing of it is taken.
pub fn read_database(path: &Path) -> Result<Foreign, ReadError> {
    read_within(path, MOST_BYTES)
}

/// Reads a log, and takes no more than so many bytes out of it.
fn read_within(path: &Path, most: usize) -> Result<Foreign, ReadError> {
    let mut log = Log::open(path, most)?;
    let mut threads = chains::read(&mut log)?;
    let known: Vec<String> = log.column("turns", "id")?;
    let mut conversations = Vec::new();
    for (id, older) in responses::read(&mut log, &known.into_iter().collect())? {
        let thread = threads.iter_mut().find(|(thread, _)| *thread == id);
        // The chain of a thread that went on has what was said before, but not how it was asked.
        if !thread.is_some_and(|(_, thread)| recall(thread, &older)) {
            conversations.push(older);
        }
    }
    conversations.extend(threads.into_iter().map(|(_, thread)| thread));
    conversations.sort_by_key(|conversation| conversation.begun);
    Ok(Foreign { conversations, skipped: log.skipped })
}

/// Gives replies of a thread the runs that the older tables have of them; `false` when they have more than the thread.
fn recall(thread: &mut Conversation, older: &Conversation) -> bool {
    let mut replies = thread.messages.iter_mut().filter(|message| message.role == Role::Assistant);
    let mut found: Vec<(&mut Message, &Message)> = Vec::new();
    for message in older.messages.iter().filter(|message| message.run.is_some()) {
        let Some(reply) = replies.find(|reply| reply.text == message.text) else { return false };
        found.push((reply, message));
    }
    for (reply, message) in found {
        reply.run.get_or_insert_with(|| message.run.clone().unwrap_or_default());
    }
    thread.begun = older.begun.or(thread.begun);
    true
}
