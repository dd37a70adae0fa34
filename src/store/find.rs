//! Sessions found by a query: what its filters leave, whose title or text has its words, in the order of the list.
//!
//! To go through the index is cheap, and to ask it about one session is dear. So the newest turns that match are all looked
//! at, which for most queries are all that match. Of words that are nearly everywhere, the sessions of which this tells
//! nothing are asked about one after the other as they stand in the list, a bounded number of them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::tz::TimeZone;
use rusqlite::{Connection, OptionalExtension, params};

use super::index::{Hit, Reach, Told, expression};
use super::listed::{Listed, listed};
use super::query::{Query, Term};
use super::{ShelfFound, ShelfHit, StoreFault, rows, snippet, words};
use crate::text;

/// Turns that match and are looked at, whatever sessions they are of; of several words a part of it, since each match
/// costs more then, but not less than [`LEAST_HITS`]. Fewer where so many pages of sessions are found by then.
const MOST_HITS: usize = 20_000;
const LEAST_HITS: usize = 4_000;
const ENOUGH_PAGES: usize = 4;

/// So many sessions are given at once, before the rest of the page: each costs a look at its text, which may have to come
/// from the disk, and a screen has little more room.
const FIRST: usize = 20;

/// Sessions that are asked about one after the other.
const MOST_ASKED: usize = 100;

/// How a session matches, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Title,
    Text,
    /// The title nearly.
    Near,
}

/// A session's place in the list, and where its text matches.
type Placed = (usize, Option<Hit>);

/// A search that goes on.
struct Search<'a> {
    connection: &'a Connection,
    /// What must be there, and what must not.
    wanted: Vec<&'a Term>,
    unwanted: Vec<&'a Term>,
    overtaken: &'a AtomicBool,
    most: usize,
    /// Sessions that may still be asked about.
    left: usize,
    /// Whether sessions were left out, of which it is not known whether they match.
    cut: bool,
}

impl ShelfFound {
    /// What is found where there is no store.
    #[must_use]
    pub fn nothing(query: &Query) -> Self {
        Self { problem: query.problem.clone(), ..Self::default() }
    }
}

/// The first `most` sessions. `first` gets the beginning of a longer list as soon as that is known. `overtaken` ends it.
pub(super) fn find(
    connection: &Connection,
    query: &Query,
    zone: &TimeZone,
    (most, first): (usize, &mut dyn FnMut(ShelfFound)),
    overtaken: &AtomicBool,
) -> Result<ShelfFound, StoreFault> {
    let limit = query.terms.is_empty().then_some(most + 1);
    let all = listed(connection, query, zone, limit)?;
    let (unwanted, wanted) = query.terms.iter().partition(|term| term.negated);
    let mut search = Search { connection, wanted, unwanted, overtaken, most, left: MOST_ASKED, cut: false };
    let page = search.page(&all)?;
    let mut found = ShelfFound { rows: Vec::new(), more: search.cut, problem: query.problem.clone() };
    for (done, (place, hit)) in page.into_iter().enumerate() {
        search.go_on()?;
        if done == FIRST {
            first(ShelfFound { more: true, ..found.clone() });
        }
        let mut row = rows::row(connection, all[place].key)?;
        if let Some(hit) = hit {
            row.hit = search.shown(&row.id, hit)?;
        }
        found.rows.push(row);
    }
    Ok(found)
}

/// So many turns that have these words are looked at.
fn most_hits(terms: &[&Term]) -> usize {
    let count: usize = terms.iter().map(|term| words::of_term(&term.text).len()).sum();
    (MOST_HITS / count.max(1)).max(LEAST_HITS)
}

impl Search<'_> {
    fn go_on(&self) -> Result<(), StoreFault> {
        if self.overtaken.load(Ordering::Relaxed) { Err(StoreFault::Overtaken) } else { Ok(()) }
    }

    /// The sessions that are shown.
    fn page(&mut self, all: &[Listed]) -> Result<Vec<Placed>, StoreFault> {
        let ordered = if self.wanted.is_empty() {
            (0..all.len()).map(|place| (place, None)).collect()
        } else {
            self.matching(all)?
        };
        let refused: Vec<String> = self.unwanted.iter().map(|term| words::needle(&term.text)).collect();
        // Each by itself: a session is out as soon as it has one of them.
        let mut against = Vec::new();
        for term in &self.unwanted {
            let words = expression(self.connection, &[term], false)?;
            let reach = Reach { turns: most_hits(&[term]), sessions: usize::MAX, counts: &|_| true };
            against.push(Told::of(self.connection, &words, reach, self.overtaken)?);
        }
        let mut page = Vec::new();
        for (place, hit) in ordered {
            self.go_on()?;
            let Listed { key, title, .. } = &all[place];
            if refused.iter().any(|word| title.contains(word)) || self.has_any(&against, *key)? {
                continue;
            }
            if page.len() == self.most {
                self.cut = true;
                break;
            }
            page.push((place, hit));
        }
        Ok(page)
    }

    /// Whether a session has what it must not have; where that cannot be told, it is left out.
    fn has_any(&mut self, against: &[Told], key: i64) -> Result<bool, StoreFault> {
        for told in against {
            if told.known(key).is_some() {
                return Ok(true);
            }
            if told.is_open(key) && self.ask(told, key)?.is_none_or(|hit| hit.is_some()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Asks about one session, if one may still be asked about.
    fn ask(&mut self, told: &Told, key: i64) -> Result<Option<Option<Hit>>, StoreFault> {
        self.go_on()?;
        if self.left == 0 {
            self.cut = true;
            return Ok(None);
        }
        self.left -= 1;
        told.ask(self.connection, key).map(Some)
    }

    /// All that match, as far as it can be told, in the order in which they are shown.
    fn matching(&mut self, all: &[Listed]) -> Result<Vec<Placed>, StoreFault> {
        let words = expression(self.connection, &self.wanted, true)?;
        let mut listed: Vec<i64> = all.iter().map(|listed| listed.key).collect();
        listed.sort_unstable();
        // What must not be there takes some of them away.
        let sessions = if self.unwanted.is_empty() { ENOUGH_PAGES * self.most } else { usize::MAX };
        let counts = |key| listed.binary_search(&key).is_ok();
        let reach = Reach { turns: most_hits(&self.wanted), sessions, counts: &counts };
        let told = Told::of(self.connection, &words, reach, self.overtaken)?;
        let hits = self.by_text(all, &told)?;
        let mut classes: BTreeMap<usize, Class> = hits.keys().map(|place| (*place, Class::Text)).collect();
        classes.extend(self.by_title(all).map(|place| (place, Class::Title)));
        if classes.len() <= self.most {
            for place in self.by_near_title(all) {
                classes.entry(place).or_insert(Class::Near);
            }
        }
        let mut ordered: Vec<(bool, Class, usize)> =
            classes.into_iter().map(|(place, class)| (!all[place].pinned, class, place)).collect();
        ordered.sort_unstable();
        Ok(ordered.into_iter().map(|(_, _, place)| (place, hits.get(&place).copied())).collect())
    }

    /// The places whose title has all words.
    fn by_title(&self, all: &[Listed]) -> impl Iterator<Item = usize> {
        let needles: Vec<String> = self.wanted.iter().map(|term| words::needle(&term.text)).collect();
        (0..all.len()).filter(move |place| needles.iter().all(|word| all[*place].title.contains(word)))
    }

    fn by_near_title(&self, all: &[Listed]) -> Vec<usize> {
        if self.wanted.iter().any(|term| term.phrase) {
            return Vec::new();
        }
        let needles: Vec<String> = self.wanted.iter().map(|term| words::needle(&term.text)).collect();
        let needles: Vec<&str> = needles.iter().map(String::as_str).collect();
        text::near(&needles, &all.iter().map(|listed| listed.title.as_str()).collect::<Vec<_>>())
    }

    /// Where the text of listed sessions matches, by their places.
    fn by_text(&mut self, all: &[Listed], told: &Told) -> Result<BTreeMap<usize, Hit>, StoreFault> {
        self.cut |= told.is_cut();
        // What must not be there takes some of them away.
        let enough = if self.unwanted.is_empty() { self.most } else { all.len() };
        let mut out = BTreeMap::new();
        for (place, listed) in all.iter().enumerate() {
            let mut hit = told.known(listed.key);
            if hit.is_none() && told.is_open(listed.key) && out.len() <= enough {
                hit = self.ask(told, listed.key)?.flatten();
            }
            out.extend(hit.map(|hit| (place, hit)));
        }
        Ok(out)
    }

    /// A hit as it is shown.
    fn shown(&self, id: &str, hit: Hit) -> Result<Option<ShelfHit>, StoreFault> {
        let sql = "SELECT role, text FROM turns WHERE session = ?1 AND turn = ?2";
        let mut statement = self.connection.prepare_cached(sql)?;
        let found = statement.query_row(params![id, hit.turn], |row| {
            let text = row.get_ref(1)?.as_str().unwrap_or_default();
            Ok((row.get(0)?, snippet::snippet(text, &self.wanted)))
        });
        let Hit { turn, turns } = hit;
        Ok(found.optional()?.map(|(role, snippet)| ShelfHit { turn, role, snippet, turns }))
    }
}
