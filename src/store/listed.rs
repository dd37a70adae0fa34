//! The sessions that a query's filters leave, from what was counted of them; no turn is read.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use rust_decimal::Decimal;

use super::StoreFault;
use super::query::{Bound, Field, Filter, Query};

/// A session of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) key: i64,
    pub(super) title: String,
    pub(super) pinned: bool,
}

/// What is asked of a row, and with what.
#[derive(Default)]
struct Conditions {
    sql: Vec<String>,
    values: Vec<Value>,
}

/// The sessions that pass all filters: pinned ones first, then those that changed last. `most` is enough of them.
pub(super) fn listed(
    connection: &Connection,
    query: &Query,
    zone: &TimeZone,
    most: Option<usize>,
) -> Result<Vec<Listed>, StoreFault> {
    let mut conditions = Conditions::default();
    let wants_deleted = query.filters.iter().any(|filter| filter.of == Field::Deleted && !filter.negated);
    let deleted = if wants_deleted { "deleted IS NOT NULL" } else { "deleted IS NULL" };
    conditions.sql.extend([deleted.to_owned(), "created IS NOT NULL".to_owned()]);
    let mut by_cost = Vec::new();
    for filter in &query.filters {
        match &filter.of {
            Field::Cost { .. } => by_cost.push((spenders(connection, &filter.of)?, filter.negated)),
            _ => conditions.add(filter, zone),
        }
    }
    let limit = most.filter(|_| by_cost.is_empty()).and_then(|most| i64::try_from(most).ok()).unwrap_or(-1);
    let sql = format!(
        "SELECT key, title, pinned FROM shelf WHERE {} ORDER BY pinned DESC, updated DESC, key DESC LIMIT {limit}",
        conditions.sql.join(" AND ")
    );
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query(params_from_iter(conditions.values))?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let key = row.get(0)?;
        if by_cost.iter().all(|(keys, negated)| keys.contains(&key) != *negated) {
            out.push(Listed { key, title: row.get(1)?, pinned: row.get(2)? });
        }
    }
    Ok(out)
}

impl Conditions {
    fn add(&mut self, filter: &Filter, zone: &TimeZone) {
        let (sql, value) = match &filter.of {
            Field::Model(name) => (part("key IN (SELECT shelf FROM answered WHERE", "model"), Some(lower(name))),
            Field::Provider(name) => (part("key IN (SELECT shelf FROM answered WHERE", "provider"), Some(lower(name))),
            Field::Tool(name) => (part("key IN (SELECT shelf FROM called WHERE", "tool"), Some(lower(name))),
            Field::Tag(name) => (part("session IN (SELECT session FROM tags WHERE", "tag"), Some(lower(name))),
            Field::Before(date) => ("updated < ?".to_owned(), Some(Value::Integer(start(*date, zone)))),
            Field::After(date) => ("updated >= ?".to_owned(), Some(Value::Integer(start(*date, zone)))),
            Field::HasError => ("failed > 0".to_owned(), None),
            Field::HasTool => ("key IN (SELECT shelf FROM called)".to_owned(), None),
            Field::Pinned => ("pinned <> 0".to_owned(), None),
            // It says which sessions are looked at, and those by cost are told apart afterwards.
            Field::Deleted | Field::Cost { .. } => return,
        };
        self.sql.push(if filter.negated { format!("NOT ({sql})") } else { sql });
        self.values.extend(value);
    }
}

/// Whether a column has a text somewhere in it, in either case.
fn part(front: &str, column: &str) -> String {
    format!("{front} instr(lower({column}), ?) > 0)")
}

/// As SQLite's `lower` has it, which knows ASCII alone.
fn lower(name: &str) -> Value {
    Value::Text(name.to_ascii_lowercase())
}

/// The moment at which a day begins.
fn start(date: Date, zone: &TimeZone) -> i64 {
    date.to_zoned(zone.clone()).map_or(i64::MAX, |start| start.timestamp().as_millisecond())
}

/// The sessions whose sum in one of the currencies is on one side of a bound.
fn spenders(connection: &Connection, field: &Field) -> Result<BTreeSet<i64>, StoreFault> {
    let Field::Cost { bound, amount, currencies } = field else { return Ok(BTreeSet::new()) };
    let sql = "SELECT shelf, currency, amount FROM spent WHERE cost <> 'unknown' AND runs > 0 ORDER BY shelf, currency";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    let mut sums: Vec<(i64, String, Decimal)> = Vec::new();
    while let Some(row) = rows.next()? {
        let (key, currency): (i64, String) = (row.get(0)?, row.get(1)?);
        let amount = row.get_ref(2)?.as_str().unwrap_or_default().parse::<Decimal>().unwrap_or_default();
        if !currencies.is_empty() && !currencies.contains(&currency) {
            continue;
        }
        match sums.last_mut() {
            Some((last, same, sum)) if *last == key && *same == currency => *sum = sum.saturating_add(amount),
            _ => sums.push((key, currency, amount)),
        }
    }
    let passes = |sum: &Decimal| match bound {
        Bound::More => sum > amount,
        Bound::Less => sum < amount,
    };
    Ok(sums.into_iter().filter(|(_, _, sum)| passes(sum)).map(|(key, _, _)| key).collect())
}
