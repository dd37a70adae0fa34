//! Sessions found by a query: what its filters leave, whose title or text has its words, in the order of the list.
//!
//! Few hits are all looked at. Of a common word the newest are, and then sessions are asked one after the other, as they
//! stand in the list, until there are enough: so the order is the same, and the work is bounded.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::tz::TimeZone;
use rusqlite::{Connection, OptionalExtension, params};

use super::index::{self, Expression, Hit, Newest};
use super::listed::{Listed, listed};
use super::query::{Query, Term};
use super::{ShelfFound, ShelfHit, StoreFault, rows, snippet, words};
use crate::text;

/// Hits that are looked at, whatever sessions they are of.
const MOST_HITS: usize = 10_000;

/// Sessions that are asked one after the other.
const MOST_ASKED: usize = 1000;

/// So few sessions are asked one after the other without looking at all hits before.
const FEW: usize = 100;

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
    /// Sessions that may still be asked.
    left: usize,
}

impl ShelfFound {
    /// What is found where there is no store.
    #[must_use]
    pub fn nothing(query: &Query) -> Self {
        Self { problem: query.problem.clone(), ..Self::default() }
    }
}

/// The first `most` sessions. `overtaken` ends it.
pub(super) fn find(
    connection: &Connection,
    query: &Query,
    zone: &TimeZone,
    most: usize,
    overtaken: &AtomicBool,
) -> Result<ShelfFound, StoreFault> {
    let limit = query.terms.is_empty().then_some(most + 1);
    let all = listed(connection, query, zone, limit)?;
    let (unwanted, wanted) = query.terms.iter().partition(|term| term.negated);
    let mut search = Search { connection, wanted, unwanted, overtaken, most, left: MOST_ASKED };
    let expression = index::expression(connection, &search.wanted)?;
    let (page, more) = search.page(&all, &expression)?;
    let mut found = ShelfFound { rows: Vec::new(), more, problem: query.problem.clone() };
    for (place, hit) in page {
        search.go_on()?;
        let key = all[place].key;
        let mut row = rows::row(connection, key)?;
        if let Some(hit) = hit {
            row.hit = search.shown(&row.id, index::best(connection, &expression, key, hit)?)?;
        }
        found.rows.push(row);
    }
    Ok(found)
}

impl Search<'_> {
    fn go_on(&self) -> Result<(), StoreFault> {
        if self.overtaken.load(Ordering::Relaxed) { Err(StoreFault::Overtaken) } else { Ok(()) }
    }

    /// The places of the sessions that are shown, each with its hit, and whether there are more.
    fn page(&mut self, all: &[Listed], expression: &Expression) -> Result<(Vec<Placed>, bool), StoreFault> {
        let against = index::expression(self.connection, &self.unwanted)?;
        let titles: Vec<String> = if self.wanted.is_empty() && self.unwanted.is_empty() {
            Vec::new()
        } else {
            all.iter().map(|listed| words::needle(&listed.title)).collect()
        };
        let ordered = if self.wanted.is_empty() {
            (0..all.len()).map(|place| (place, None)).collect()
        } else {
            self.matching(all, &titles, expression)?
        };
        let mut page = Vec::new();
        let refused: Vec<String> = self.unwanted.iter().map(|term| words::needle(&term.text)).collect();
        for (place, hit) in ordered {
            self.go_on()?;
            if !self.unwanted.is_empty() {
                if self.left == 0 {
                    return Ok((page, true));
                }
                self.left -= 1;
                let in_title = refused.iter().any(|word| titles[place].contains(word));
                if in_title || index::hit(self.connection, &against, all[place].key)?.is_some() {
                    continue;
                }
            }
            if page.len() == self.most {
                return Ok((page, true));
            }
            page.push((place, hit));
        }
        Ok((page, self.left == 0))
    }

    /// All places that match, as far as it can be told, in the order in which they are shown.
    fn matching(
        &mut self,
        all: &[Listed],
        titles: &[String],
        expression: &Expression,
    ) -> Result<Vec<Placed>, StoreFault> {
        let mut classes = self.by_title(titles);
        self.go_on()?;
        let hits = self.by_text(all, expression)?;
        for place in hits.keys() {
            let class = classes.entry(*place).or_insert(Class::Text);
            *class = (*class).min(Class::Text);
        }
        let mut ordered: Vec<(bool, Class, usize)> =
            classes.into_iter().map(|(place, class)| (!all[place].pinned, class, place)).collect();
        ordered.sort_unstable();
        let mut out = Vec::new();
        for (shown, (_, class, place)) in ordered.into_iter().enumerate() {
            let hit = match hits.get(&place) {
                Some(hit) => Some(*hit),
                // A title that matches may have a text that does; only of those that are shown is it asked.
                None if class == Class::Title && shown <= self.most => {
                    index::hit(self.connection, expression, all[place].key)?
                }
                None => None,
            };
            out.push((place, hit));
        }
        Ok(out)
    }

    fn by_title(&self, titles: &[String]) -> BTreeMap<usize, Class> {
        let needles: Vec<String> = self.wanted.iter().map(|term| words::needle(&term.text)).collect();
        let mut out = BTreeMap::new();
        if self.wanted.iter().all(|term| !term.phrase) {
            let (needles, titles): (Vec<&str>, Vec<&str>) =
                (needles.iter().map(String::as_str).collect(), titles.iter().map(String::as_str).collect());
            out.extend(text::near(&needles, &titles).into_iter().map(|place| (place, Class::Near)));
        }
        let exact = (0..titles.len()).filter(|place| needles.iter().all(|word| titles[*place].contains(word)));
        out.extend(exact.map(|place| (place, Class::Title)));
        out
    }

    /// Where the text of listed sessions matches, by their places.
    fn by_text(&mut self, all: &[Listed], expression: &Expression) -> Result<BTreeMap<usize, Hit>, StoreFault> {
        let newest = if all.len() <= FEW {
            Newest { from: i64::MAX, ..Newest::default() }
        } else {
            index::newest(self.connection, expression, MOST_HITS, self.overtaken)?
        };
        let mut out = BTreeMap::new();
        for (place, listed) in all.iter().enumerate() {
            if listed.key >= newest.from {
                out.extend(newest.hits.get(&listed.key).map(|hit| (place, *hit)));
            } else if self.left > 0 && (out.len() <= self.most || !self.unwanted.is_empty()) {
                self.go_on()?;
                self.left -= 1;
                out.extend(index::hit(self.connection, expression, listed.key)?.map(|hit| (place, hit)));
            }
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
