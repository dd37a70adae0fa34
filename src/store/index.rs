//! The text index: queries in its language, and which sessions have what they ask for.
//!
//! A row of the index is a turn, numbered so that the turns of one session stand together: the session's number on the
//! shelf, then 20 bits for the turn. Nothing that a user writes gets into the index's language but letters and digits.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::{Connection, params};

use super::query::Term;
use super::{StoreFault, words};

/// Bits of a row's number that are the turn's.
const TURN_BITS: u32 = 20;

/// Words that a part of one may stand for: those that were seen first, which are the common ones.
const MOST_WORDS: u32 = 128;

/// The first words of the vocabulary, among which those that begin with one letter are looked for.
const FIRST_WORDS: u32 = 20_000;

/// Matching turns of one session that are counted.
const MOST_TURNS: u32 = 1000;

/// Where a session has what is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Hit {
    /// The last turn that matches.
    pub(super) turn: u32,
    /// How many do.
    pub(super) turns: u64,
}

/// The newest hits of all sessions.
#[derive(Debug, Default)]
pub(super) struct Newest {
    pub(super) hits: BTreeMap<i64, Hit>,
    /// Sessions from this number on are told of; 0 when all are.
    pub(super) from: i64,
}

/// What the index is asked for, in its language: all terms in one turn.
#[derive(Debug, Default)]
pub(super) struct Expression {
    /// Words with all that they may be a part of.
    wide: String,
    /// The words themselves, where that is less; it is answered many times faster.
    narrow: Option<String>,
}

/// What some terms ask the index for.
pub(super) fn expression(connection: &Connection, terms: &[&Term]) -> Result<Expression, StoreFault> {
    let (mut wide, mut narrow) = (Vec::new(), Vec::new());
    for term in terms {
        let mut of_term = words::of_term(&term.text);
        let Some(last) = of_term.pop() else { continue };
        let is_part = of_term.is_empty() && !term.phrase;
        let ends =
            if term.phrase && !is_single_dense(&last) { vec![last] } else { longer_words(connection, last, is_part)? };
        let front: String = of_term.iter().map(|word| format!("{word} ")).collect();
        let phrases: Vec<String> = ends.iter().map(|end| format!("\"{front}{end}\"")).collect();
        narrow.extend(phrases.first().cloned());
        wide.push(format!("({})", phrases.join(" OR ")));
    }
    let (wide, narrow) = (wide.join(" AND "), narrow.join(" AND "));
    Ok(Expression { narrow: (narrow.len() + 2 * terms.len() < wide.len()).then_some(narrow), wide })
}

fn is_single_dense(word: &str) -> bool {
    let mut signs = word.chars();
    signs.next().is_some_and(words::is_dense) && signs.next().is_none()
}

/// A word, the words that begin with it and, if it may be any part, those that have it within.
fn longer_words(connection: &Connection, word: String, is_part: bool) -> Result<Vec<String>, StoreFault> {
    let length = word.chars().count();
    // A pair of dense signs is a whole.
    if word.chars().all(words::is_dense) && length > 1 {
        return Ok(vec![word]);
    }
    let begin = if word.len() == 1 {
        "SELECT word FROM words WHERE key <= ?4 AND word >= ?1 AND word < ?2 ORDER BY key LIMIT ?3"
    } else {
        "SELECT word FROM words WHERE word >= ?1 AND word < ?2 AND ?4 > 0 ORDER BY key LIMIT ?3"
    };
    let after = format!("{word}\u{10FFFF}");
    let mut out: Vec<String> = connection
        .prepare_cached(begin)?
        .query_map(params![word, after, MOST_WORDS, FIRST_WORDS], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    if is_part && length > 2 {
        let within = "SELECT word FROM words WHERE key IN
            (SELECT rowid FROM word_parts WHERE word GLOB ?1 ORDER BY rowid LIMIT ?2) ORDER BY key";
        let mut statement = connection.prepare_cached(within)?;
        let found = statement.query_map(params![format!("*{word}*"), MOST_WORDS], |row| row.get::<_, String>(0))?;
        for found in found {
            let found = found?;
            if !out.contains(&found) {
                out.push(found);
            }
        }
    }
    out.retain(|found| *found != word);
    out.insert(0, word);
    Ok(out)
}

/// The newest turns that match, and whether there are more than `most` of them.
pub(super) fn newest(
    connection: &Connection,
    expression: &Expression,
    most: usize,
    overtaken: &AtomicBool,
) -> Result<Newest, StoreFault> {
    let sql = "SELECT rowid FROM found WHERE found MATCH ?1 ORDER BY rowid DESC";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([&expression.wide])?;
    let mut newest = Newest::default();
    let mut count = 0;
    while let Some(row) = rows.next()? {
        let row: i64 = row.get(0)?;
        let key = row >> TURN_BITS;
        if count >= most {
            // What was counted of the session that stands here may not be all of it.
            newest.hits.remove(&key);
            newest.from = key + 1;
            break;
        }
        if overtaken.load(Ordering::Relaxed) {
            return Err(StoreFault::Overtaken);
        }
        newest.hits.entry(key).or_insert_with(|| Hit { turn: turn(row), turns: 0 }).turns += 1;
        count += 1;
    }
    Ok(newest)
}

fn turn(row: i64) -> u32 {
    u32::try_from(row & ((1 << TURN_BITS) - 1)).unwrap_or_default()
}

/// The best place of a session in which something was found: the words themselves, if it has them.
pub(super) fn best(connection: &Connection, expression: &Expression, key: i64, found: Hit) -> Result<Hit, StoreFault> {
    match &expression.narrow {
        Some(narrow) => Ok(hit_of(connection, narrow, key)?.unwrap_or(found)),
        None => Ok(found),
    }
}

/// Where one session has what is looked for: the words themselves or, where it has none, what they are a part of.
pub(super) fn hit(connection: &Connection, expression: &Expression, key: i64) -> Result<Option<Hit>, StoreFault> {
    if let Some(narrow) = &expression.narrow
        && let Some(hit) = hit_of(connection, narrow, key)?
    {
        return Ok(Some(hit));
    }
    hit_of(connection, &expression.wide, key)
}

fn hit_of(connection: &Connection, expression: &str, key: i64) -> Result<Option<Hit>, StoreFault> {
    let sql = "SELECT rowid FROM found WHERE found MATCH ?1 AND rowid BETWEEN ?2 AND ?3 ORDER BY rowid DESC LIMIT ?4";
    let mut statement = connection.prepare_cached(sql)?;
    let first = key << TURN_BITS;
    let mut rows = statement.query(params![expression, first, first + ((1 << TURN_BITS) - 1), MOST_TURNS])?;
    let mut hit: Option<Hit> = None;
    while let Some(row) = rows.next()? {
        let turn = turn(row.get(0)?);
        hit.get_or_insert(Hit { turn, turns: 0 }).turns += 1;
    }
    Ok(hit)
}
