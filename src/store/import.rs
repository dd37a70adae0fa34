//! Sessions that come from files: each goes into the store whole or not at all, and only once.
//!
//! Owns what an id from outside may be, and that nothing which is there is written over. What was spent elsewhere is not
//! entered into the ledger, which says what was spent from here.

use std::collections::BTreeSet;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::base::{self, Base};
use super::write::one;
use super::{FORMAT, SavedSession, SavedTurn, StoreFault, read};

/// What became of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Imported {
    /// It is in the store under this id, or would be.
    New(String),
    /// The session of this id holds all that was said in it already.
    There(String),
}

/// The way into the store for sessions from files.
#[derive(Debug)]
pub struct Import {
    /// `None` where nothing is to be written and no store is there.
    base: Option<Base>,
    /// The ids that would have been taken, where nothing is to be written.
    rehearsed: Option<BTreeSet<String>>,
}

impl Import {
    /// Opens the store of a directory, which need not be there. The sentence tells of a damaged file, where there was one.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(directory: &Path) -> Result<(Self, Option<String>), StoreFault> {
        let (base, said) = Base::open(directory)?;
        Ok((Self { base: Some(base), rehearsed: None }, said))
    }

    /// As [`Import::open`], to see what would come of it: nothing is written, and no store is made.
    ///
    /// # Errors
    /// When a store is there and cannot be opened.
    pub fn rehearse(directory: &Path) -> Result<Self, StoreFault> {
        let there = base::file(directory).exists();
        let base = there.then(|| Base::open_file(directory)).transpose()?;
        Ok(Self { base, rehearsed: Some(BTreeSet::new()) })
    }

    /// Takes one session, in one transaction.
    ///
    /// # Errors
    /// When it is no session that this version can keep, or the store cannot be written; then nothing of it is kept.
    pub fn take(&mut self, session: SavedSession) -> Result<Imported, StoreFault> {
        let (stem, session) = sound(session)?;
        let Some(base) = &mut self.base else {
            let seen = self.rehearsed.get_or_insert_default();
            return Ok(if seen.insert(stem.clone()) { Imported::New(stem) } else { Imported::There(stem) });
        };
        let transaction = base.connection.transaction_with_behavior(match self.rehearsed {
            None => TransactionBehavior::Immediate,
            Some(_) => TransactionBehavior::Deferred,
        })?;
        let place = place(&transaction, &stem, &session)?;
        let Imported::New(id) = &place else { return Ok(place) };
        if let Some(seen) = &mut self.rehearsed {
            return Ok(if seen.insert(id.clone()) { place } else { Imported::There(id.clone()) });
        }
        let updated = last_moment(&session);
        for write in session.writes() {
            one(&transaction, id, &write)?;
        }
        transaction.execute("UPDATE sessions SET updated = ?2 WHERE id = ?1", params![id, updated])?;
        transaction.commit()?;
        Ok(place)
    }
}

/// The longest id that is taken from a file.
const LONGEST_ID: usize = 64;

/// The session with the beginning of its id here. An id names files too, so what is no plain word is not taken.
fn sound(session: SavedSession) -> Result<(String, SavedSession), StoreFault> {
    if session.version > FORMAT {
        return Err(StoreFault::Unfit(format!("a newer abreast wrote it (form {})", session.version)));
    }
    let mut turns = BTreeSet::new();
    let mut runs = BTreeSet::new();
    let twice = session.turns.iter().find(|turn| !turns.insert(turn.id)).map(|turn| format!("turn {}", turn.id));
    let twice =
        twice.or_else(|| session.runs.iter().find(|run| !runs.insert(run.id)).map(|run| format!("run {}", run.id)));
    if let Some(twice) = twice {
        return Err(StoreFault::Unfit(format!("{twice} is in it twice")));
    }
    let plain = |sign: char| sign.is_ascii_alphanumeric() || sign == '-';
    let is_plain = !session.id.is_empty() && session.id.len() <= LONGEST_ID && session.id.chars().all(plain);
    let stem = if is_plain { session.id.clone() } else { fingerprint(&session)? };
    Ok((stem, session))
}

/// The id that a session has by what was said in it: the same for the same conversation, whoever reads it and when.
///
/// # Errors
/// When it holds what JSON cannot say.
pub fn fingerprint(session: &SavedSession) -> Result<String, StoreFault> {
    // FNV-1a, which is the same in every build of every version, unlike the hashes of the standard library. It need not
    // withstand anybody: where two sessions have one id, they are compared.
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let asked = session.lanes.iter().map(|lane| &lane.settings);
    let asked: Vec<_> = asked.map(|asked| (&asked.model, &asked.system, &asked.params, &asked.tools)).collect();
    let said = serde_json::to_vec(&(&session.turns, asked))?;
    let hash = said.iter().fold(OFFSET, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(PRIME));
    Ok(format!("i{hash:016x}"))
}

/// Where a session goes: under its id, or with a number behind it where another session has that.
fn place(connection: &Connection, stem: &str, session: &SavedSession) -> Result<Imported, StoreFault> {
    let names = std::iter::once(stem.to_owned()).chain((2_u32..).map(|number| format!("{stem}-{number}")));
    for id in names {
        let sql = "SELECT 1 FROM sessions WHERE id = ?1";
        if connection.query_row(sql, [&id], |_| Ok(())).optional()?.is_none() {
            return Ok(Imported::New(id));
        }
        // One that cannot be read holds nothing that could be relied upon.
        if holds(connection, &id, session).unwrap_or(false) {
            return Ok(Imported::There(id));
        }
    }
    Err(StoreFault::Other("no id is free".to_owned()))
}

/// Whether all that was said in a session stands in a stored one, which may have gone on since. Reads turn by turn, up to
/// the first that is another one.
fn holds(connection: &Connection, id: &str, session: &SavedSession) -> Result<bool, StoreFault> {
    for turn in &session.turns {
        if !read::turn(connection, id, turn.id)?.is_some_and(|stored| says_the_same(&stored, turn)) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn says_the_same(one: &SavedTurn, other: &SavedTurn) -> bool {
    (one.parent, &one.role, &one.text) == (other.parent, &other.role, &other.text)
        && (&one.reasoning, &one.refusal, &one.tool_calls, &one.answers)
            == (&other.reasoning, &other.refusal, &other.tool_calls, &other.answers)
}

/// When something was last done in it: what was imported is not what was used last.
fn last_moment(session: &SavedSession) -> i64 {
    let ended = session.runs.iter().map(|run| {
        let span = run.finished.unwrap_or_default() / 1_000_000;
        run.started.saturating_add(i64::try_from(span).unwrap_or(i64::MAX))
    });
    ended.chain([session.created]).max().unwrap_or_default()
}

#[cfg(test)]
mod tests;
