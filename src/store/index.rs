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

/// Words that begin with a part and words that have it within, together and for all terms: those that were seen first,
/// which are the common ones. To begin with a word costs the index as much as to go through a thousand matches of it, and
/// after the system's cache was emptied a dozen reads.
const MOST_WORDS: usize = 64;

/// Words that a single letter stands for: the commonest fill a list by themselves, and it is the first thing that is typed.
const LETTER_WORDS: usize = 32;

/// So many of them each term has, however many terms there are.
const LEAST_WORDS: usize = 8;

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

/// How far the index is looked through.
#[derive(Clone, Copy)]
pub(super) struct Reach<'a> {
    /// Turns that match, whatever sessions they are of.
    pub(super) turns: usize,
    /// Sessions of those that count.
    pub(super) sessions: usize,
    pub(super) counts: &'a dyn Fn(i64) -> bool,
}

/// The newest hits of all sessions.
#[derive(Debug, Default)]
struct Newest {
    hits: BTreeMap<i64, Hit>,
    /// Sessions from this number on are told of; 0 when all are.
    from: i64,
}

/// What the index tells of each session; where it was not looked through for one, it can be asked about that one.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// The words themselves.
    narrow: Newest,
    /// With what they may be a part of, where that is more.
    wide: Option<Newest>,
    asked: String,
}

/// What the index is asked for, in its language: all terms in one turn.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Expression {
    /// The words themselves.
    narrow: String,
    /// Words with all that they may be a part of, where that is more.
    wide: Option<String>,
}

/// What some terms ask the index for; `parts` as well, or their words alone.
pub(super) fn expression(connection: &Connection, terms: &[&Term], parts: bool) -> Result<Expression, StoreFault> {
    let (mut narrow, mut wide, mut is_wider) = (Vec::new(), Vec::new(), false);
    for term in terms {
        let mut of_term = words::of_term(&term.text);
        let Some(last) = of_term.pop() else { continue };
        let is_part = of_term.is_empty() && !term.phrase;
        let most = (MOST_WORDS / terms.len()).max(LEAST_WORDS);
        // A sign that stands alone in a query seldom does in a text, even in a phrase.
        let ends = if is_single_dense(&last) || (parts && !term.phrase) {
            longer_words(connection, last, is_part, most)?
        } else {
            vec![last]
        };
        let front: String = of_term.iter().map(|word| format!("{word} ")).collect();
        let phrases: Vec<String> = ends.iter().map(|end| format!("\"{front}{end}\"")).collect();
        let all = format!("({})", phrases.join(" OR "));
        narrow.extend(phrases.first().cloned());
        is_wider |= phrases.len() > 1;
        wide.push(all);
    }
    Ok(Expression { narrow: narrow.join(" AND "), wide: is_wider.then(|| wide.join(" AND ")) })
}

fn is_single_dense(word: &str) -> bool {
    let mut signs = word.chars();
    signs.next().is_some_and(words::is_dense) && signs.next().is_none()
}

/// A word, the words that begin with it and, if it may be any part, those that have it within.
fn longer_words(connection: &Connection, word: String, is_part: bool, most: usize) -> Result<Vec<String>, StoreFault> {
    let most = if word.len() == 1 { most.min(LETTER_WORDS) } else { most };
    let half = i64::try_from(most / 2).unwrap_or(i64::MAX);
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
        .query_map(params![word, after, half, FIRST_WORDS], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    if is_part && length > 2 {
        let within = "SELECT word FROM words WHERE key IN
            (SELECT rowid FROM word_parts WHERE word GLOB ?1 ORDER BY rowid LIMIT ?2) ORDER BY key";
        let mut statement = connection.prepare_cached(within)?;
        let found = statement.query_map(params![format!("*{word}*"), half], |row| row.get::<_, String>(0))?;
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

impl Told {
    /// Looks through the newest turns that match, as far as is said.
    pub(super) fn of(
        connection: &Connection,
        expression: &Expression,
        reach: Reach<'_>,
        overtaken: &AtomicBool,
    ) -> Result<Self, StoreFault> {
        if expression.narrow.is_empty() {
            return Ok(Self::default());
        }
        let newest = |asked: &String| newest(connection, asked, reach, overtaken);
        let narrow = newest(&expression.narrow)?;
        // Where the words themselves are in more turns than are looked at, there is no want of what they are a part of.
        let wide = expression.wide.as_ref().filter(|_| narrow.from == 0).map(newest).transpose()?;
        Ok(Self { narrow, wide, asked: expression.narrow.clone() })
    }

    /// Whether some sessions were not looked through.
    pub(super) fn is_cut(&self) -> bool {
        self.narrow.from > 0 || self.wide.as_ref().is_some_and(|wide| wide.from > 0)
    }

    /// What is known of a session without asking: the words themselves before what they may be a part of.
    pub(super) fn known(&self, key: i64) -> Option<Hit> {
        let wide = || self.wide.as_ref().and_then(|wide| wide.hits.get(&key));
        self.narrow.hits.get(&key).or_else(wide).copied()
    }

    /// Whether the words themselves may be in a session of which nothing is known.
    pub(super) fn is_open(&self, key: i64) -> bool {
        key < self.narrow.from
    }

    /// Asks whether a session has the words themselves. Only of words that are in many sessions: to find that a rare
    /// phrase is not in one, the index goes through all that follow it.
    pub(super) fn ask(&self, connection: &Connection, key: i64) -> Result<Option<Hit>, StoreFault> {
        let sql =
            "SELECT rowid FROM found WHERE found MATCH ?1 AND rowid BETWEEN ?2 AND ?3 ORDER BY rowid DESC LIMIT ?4";
        let mut statement = connection.prepare_cached(sql)?;
        let first = key << TURN_BITS;
        let mut rows = statement.query(params![self.asked, first, first + ((1 << TURN_BITS) - 1), MOST_TURNS])?;
        let mut hit: Option<Hit> = None;
        while let Some(row) = rows.next()? {
            let turn = turn(row.get(0)?);
            hit.get_or_insert(Hit { turn, turns: 0 }).turns += 1;
        }
        Ok(hit)
    }
}

fn newest(
    connection: &Connection,
    asked: &str,
    reach: Reach<'_>,
    overtaken: &AtomicBool,
) -> Result<Newest, StoreFault> {
    let sql = "SELECT rowid FROM found WHERE found MATCH ?1 ORDER BY rowid DESC";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([asked])?;
    let mut newest = Newest::default();
    let (mut count, mut sessions) = (0, 0);
    while let Some(row) = rows.next()? {
        let row: i64 = row.get(0)?;
        let key = row >> TURN_BITS;
        let begins = !newest.hits.contains_key(&key);
        if begins && sessions >= reach.sessions {
            newest.from = key + 1;
            break;
        }
        if count >= reach.turns {
            // What was counted of the session that stands here may not be all of it.
            newest.hits.remove(&key);
            newest.from = key + 1;
            break;
        }
        if overtaken.load(Ordering::Relaxed) {
            return Err(StoreFault::Overtaken);
        }
        sessions += usize::from(begins && (reach.counts)(key));
        newest.hits.entry(key).or_insert_with(|| Hit { turn: turn(row), turns: 0 }).turns += 1;
        count += 1;
    }
    Ok(newest)
}

fn turn(row: i64) -> u32 {
    u32::try_from(row & ((1 << TURN_BITS) - 1)).unwrap_or_default()
}
