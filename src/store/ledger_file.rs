//! Rows of the ledger into the file and out of it.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params, params_from_iter};

use super::base::{Base, open_reader};
use super::{
    LedgerBy, LedgerGroup, LedgerPrice, LedgerQuery, LedgerRow, LedgerState, LedgerTable, LedgerTokens, SavedCost,
    StoreFault,
};
use crate::chat::Cost;

/// Enters a row. One that says the same of the same run is there only once; one that says something else corrects it.
pub(super) fn enter(transaction: &Transaction<'_>, row: &LedgerRow) -> Result<(), StoreFault> {
    if let Some(price) = &row.price {
        let sql = "INSERT OR IGNORE INTO prices (id, price) VALUES (?1, ?2)";
        transaction.prepare_cached(sql)?.execute(params![price.id, price.text])?;
    }
    let corrects = match last_of(transaction, row)? {
        Some(last) if says_the_same(&last, row) => return Ok(()),
        last => last.map(|last| last.key),
    };
    let sql =
        "INSERT INTO ledger (session, run, at, provider, model, served_by, lane, preset, state, tier, usage, input,
            cached, output, reasoning, cost, amount, currency, notional, price, source, corrects)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)";
    let usage = row.usage.as_ref().map(serde_json::to_string).transpose()?;
    let money = row.cost.money();
    let count = |count: Option<u64>| count.and_then(|count| i64::try_from(count).ok());
    transaction.prepare_cached(sql)?.execute(params![
        row.session,
        row.run,
        row.at,
        row.provider,
        row.model,
        row.served_by,
        row.lane.map(|letter| letter.to_string()),
        row.preset,
        row.state.map(LedgerState::name),
        row.tier,
        usage,
        count(row.tokens.input),
        count(row.tokens.cached),
        count(row.tokens.output),
        count(row.tokens.reasoning),
        row.known(),
        money.map(|money| money.amount.to_string()),
        money.map(|money| money.currency.code()),
        row.notional,
        row.price.as_ref().map(|price| &price.id),
        row.price.as_ref().map(|price| &price.source),
        corrects,
    ])?;
    Ok(())
}

/// What the file says of the same run. Runs without a session have nothing by which they could be known again; a session
/// that lost runs gives their numbers to others, which the moment tells.
fn last_of(connection: &Connection, row: &LedgerRow) -> Result<Option<LedgerRow>, StoreFault> {
    if row.session.is_empty() {
        return Ok(None);
    }
    let sql = format!(
        "{FIGURES}, {WHOLE} WHERE ledger.session = ?1 AND run = ?2 AND at = ?3 ORDER BY ledger.key DESC LIMIT 1"
    );
    let mut select = connection.prepare_cached(&sql)?;
    Ok(select.query_row(params![row.session, row.run, row.at], |found| read(found, Detail::Whole)).optional()?)
}

fn says_the_same(found: &LedgerRow, row: &LedgerRow) -> bool {
    let price = |row: &LedgerRow| row.price.as_ref().map(|price| price.id.clone());
    (&found.cost, found.state, &found.usage, found.tokens) == (&row.cost, row.state, &row.usage, row.tokens)
        && price(found) == price(row)
}

const FIGURES: &str =
    "SELECT ledger.key, ledger.session, run, at, provider, model, served_by, lane, preset, state, tier,
    input, cached, output, reasoning, cost, amount, currency, coalesce(notional, provider = 'sandbox'), corrects";

const WHOLE: &str =
    "usage, ledger.price, prices.price, source FROM ledger LEFT JOIN prices ON prices.id = ledger.price";

/// A row counts until another one corrects it.
const COUNTS: &str = "NOT EXISTS (SELECT 1 FROM ledger AS later WHERE later.corrects = ledger.key)";

/// How much of a row is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Detail {
    /// Without the usage object and the price.
    Figures,
    Whole,
}

fn read(row: &Row<'_>, detail: Detail) -> rusqlite::Result<LedgerRow> {
    let count =
        |place: usize| row.get(place).map(|count: Option<i64>| count.and_then(|count| u64::try_from(count).ok()));
    let (amount, currency): (Option<String>, Option<String>) = (row.get(16)?, row.get(17)?);
    let (amount, currency) = (amount.unwrap_or_default(), currency.unwrap_or_default());
    let cost = match row.get_ref(15)?.as_str().unwrap_or_default() {
        "known" => SavedCost::Known { amount, currency }.cost(),
        "reported" => SavedCost::Reported { amount, currency }.cost(),
        "estimated" => SavedCost::Estimated { amount, currency }.cost(),
        _ => Cost::Unknown,
    };
    let state: Option<String> = row.get(9)?;
    let lane: Option<String> = row.get(7)?;
    let (mut usage, mut price) = (None, None);
    if detail == Detail::Whole {
        let text: Option<String> = row.get(20)?;
        usage = text.and_then(|text| serde_json::from_str(&text).ok());
        let (id, text): (Option<String>, Option<String>) = (row.get(21)?, row.get(22)?);
        let source: Option<String> = row.get(23)?;
        let known = |(id, text)| LedgerPrice { id, text, source: source.unwrap_or_default() };
        price = id.map(|id| (id, text.unwrap_or_default())).map(known);
    }
    Ok(LedgerRow {
        key: row.get(0)?,
        session: row.get(1)?,
        run: row.get(2)?,
        at: row.get(3)?,
        provider: row.get(4)?,
        model: row.get(5)?,
        served_by: row.get(6)?,
        lane: lane.and_then(|lane| lane.chars().next()),
        preset: row.get(8)?,
        state: state.and_then(|name| LedgerState::ALL.into_iter().find(|state| state.name() == name)),
        tier: row.get(10)?,
        tokens: LedgerTokens { input: count(11)?, cached: count(12)?, output: count(13)?, reasoning: count(14)? },
        cost,
        notional: row.get(18)?,
        corrects: row.get(19)?,
        usage,
        price,
    })
}

/// In which order rows are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    /// That of an index, where one is used: nothing is sorted.
    Any,
    Entered,
    NewestFirst,
}

/// What asks for the rows that a query is about, and its values. Only what is asked stands in it, so that an index serves
/// it: a day of a ledger of years costs what the day has.
fn statement(query: &LedgerQuery, order: Order, detail: Detail) -> (String, Vec<Value>) {
    let more = if detail == Detail::Whole { WHOLE } else { "NULL FROM ledger" };
    let mut sql = format!("{FIGURES}, {more} WHERE {COUNTS}");
    let mut values = Vec::new();
    let mut ask = |condition: &str, value: Option<Value>| {
        if let Some(value) = value {
            sql.push_str(" AND ");
            sql.push_str(condition);
            values.push(value);
        }
    };
    ask("ledger.session = ?", query.session.clone().map(Value::Text));
    ask("at >= ?", query.since.map(Value::Integer));
    ask("at < ?", query.until.map(Value::Integer));
    sql.push_str(match order {
        Order::Any => "",
        Order::Entered => " ORDER BY ledger.key",
        Order::NewestFirst => " ORDER BY ledger.key DESC",
    });
    (sql, values)
}

/// Calls `each` with the rows that a query is about, until it says that it has enough.
fn scan(
    connection: &Connection,
    query: &LedgerQuery,
    (order, detail): (Order, Detail),
    mut each: impl FnMut(LedgerRow) -> bool,
) -> Result<(), StoreFault> {
    let words: Vec<String> = query.words.split_whitespace().map(str::to_lowercase).collect();
    let titles = if words.is_empty() { HashMap::new() } else { titles(connection)? };
    let (sql, values) = statement(query, order, detail);
    let mut select = connection.prepare_cached(&sql)?;
    let mut rows = select.query(params_from_iter(values))?;
    while let Some(row) = rows.next()? {
        let row = read(row, detail)?;
        let title = titles.get(&row.session).map_or("", String::as_str);
        if (words.is_empty() || has(&row, title, &words)) && !each(row) {
            break;
        }
    }
    Ok(())
}

fn titles(connection: &Connection) -> Result<HashMap<String, String>, StoreFault> {
    let mut select = connection.prepare_cached("SELECT session, title FROM shelf")?;
    let titles = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(titles.collect::<Result<_, _>>()?)
}

/// Whether a row has all words in its names.
fn has(row: &LedgerRow, title: &str, words: &[String]) -> bool {
    let names = [
        row.provider.as_str(),
        &row.model,
        row.served_by.as_deref().unwrap_or_default(),
        row.preset.as_deref().unwrap_or_default(),
        row.state.map_or("", LedgerState::name),
        row.known(),
        if row.notional { "notional" } else { "" },
        &row.session,
        title,
    ];
    let names = names.join("\n").to_lowercase();
    words.iter().all(|word| names.contains(word.as_str()))
}

/// The group of a row. A moment that no calendar has is of an unknown day.
pub(super) fn group_of(row: &LedgerRow, by: LedgerBy, zone: &TimeZone) -> String {
    let day = || Some(Timestamp::from_millisecond(row.at).ok()?.to_zoned(zone.clone()).date());
    let key = match by {
        LedgerBy::Day => day().map(|day| day.to_string()),
        LedgerBy::Week => day().map(|day| {
            let week = day.iso_week_date();
            format!("{:04}-W{:02}", week.year(), week.week())
        }),
        LedgerBy::Month => day().map(|day| format!("{:04}-{:02}", day.year(), day.month())),
        LedgerBy::Model => Some(row.model.clone()),
        LedgerBy::Provider => Some(row.provider.clone()),
        LedgerBy::Session => Some(row.session.clone()),
        LedgerBy::Lane => row.lane.map(String::from),
        LedgerBy::Preset => row.preset.clone(),
    };
    key.unwrap_or_default()
}

/// Sums of the rows that a query is about.
pub(super) fn table(connection: &Connection, query: &LedgerQuery, zone: &TimeZone) -> Result<LedgerTable, StoreFault> {
    let mut groups: BTreeMap<String, LedgerGroup> = BTreeMap::new();
    let mut table = LedgerTable::default();
    scan(connection, query, (Order::Any, Detail::Figures), |row| {
        let key = group_of(&row, query.by, zone);
        let new =
            |key: &String| LedgerGroup { key: key.clone(), label: key.clone(), sums: super::LedgerSums::default() };
        groups.entry(key.clone()).or_insert_with(|| new(&key)).sums.add(&row);
        table.total.add(&row);
        true
    })?;
    if query.by == LedgerBy::Session {
        let titles = titles(connection)?;
        for group in groups.values_mut() {
            let title = titles.get(&group.key).filter(|title| !title.is_empty());
            group.label = title.cloned().unwrap_or_else(|| group.key.clone());
        }
    }
    table.groups = groups.into_values().collect();
    Ok(table)
}

/// The newest rows of a group, so many at the most, and whether there are more.
pub(super) fn newest(
    connection: &Connection,
    query: &LedgerQuery,
    (group, most): (&str, usize),
    zone: &TimeZone,
) -> Result<(Vec<LedgerRow>, bool), StoreFault> {
    let (mut found, mut more) = (Vec::new(), false);
    scan(connection, query, (Order::NewestFirst, Detail::Whole), |row| {
        if group_of(&row, query.by, zone) == group {
            more = found.len() == most;
            if !more {
                found.push(row);
            }
        }
        !more
    })?;
    Ok((found, more))
}

/// The ledger of a directory, to be read.
#[derive(Debug)]
pub struct Ledger {
    connection: Option<Connection>,
}

impl Ledger {
    /// Opens it; where there is no store, nothing was spent.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open(directory: &Path) -> Result<Self, StoreFault> {
        Ok(Self { connection: open_reader(directory)? })
    }

    /// Sums of the rows that a query is about, by groups. Days begin in `zone`.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn table(&self, query: &LedgerQuery, zone: &TimeZone) -> Result<LedgerTable, StoreFault> {
        self.connection.as_ref().map_or(Ok(LedgerTable::default()), |connection| table(connection, query, zone))
    }

    /// Calls `each` with every row that a query is about and its group, in the order in which they were entered, until it
    /// says that it has enough.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn each(
        &self,
        query: &LedgerQuery,
        zone: &TimeZone,
        mut each: impl FnMut(String, LedgerRow) -> bool,
    ) -> Result<(), StoreFault> {
        let Some(connection) = &self.connection else { return Ok(()) };
        scan(connection, query, (Order::Entered, Detail::Whole), |row| each(group_of(&row, query.by, zone), row))
    }
}

/// Another program's commit may take its time, and many may wait: what was spent is worth it.
const PATIENCE: Duration = Duration::from_secs(10);

/// Enters rows from outside a session, all or none.
///
/// # Errors
/// When they cannot be written, also after some time.
pub fn enter_rows(directory: &Path, rows: &[LedgerRow]) -> Result<(), StoreFault> {
    let begun = Instant::now();
    loop {
        match try_rows(directory, rows) {
            Err(StoreFault::Locked) if begun.elapsed() < PATIENCE => thread::yield_now(),
            done => return done,
        }
    }
}

fn try_rows(directory: &Path, rows: &[LedgerRow]) -> Result<(), StoreFault> {
    let (mut base, _) = Base::open(directory)?;
    let transaction = base.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for row in rows {
        enter(&transaction, row)?;
    }
    Ok(transaction.commit()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How SQLite goes about it.
    fn plan(query: &LedgerQuery, order: Order, detail: Detail) -> String {
        let home = tempfile::tempdir().unwrap();
        let base = Base::open_file(home.path()).unwrap();
        let (sql, values) = statement(query, order, detail);
        let mut explained = base.connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let steps = explained.query_map(params_from_iter(values), |row| row.get::<_, String>(3)).unwrap();
        steps.collect::<Result<Vec<_>, _>>().unwrap().join("\n")
    }

    #[test]
    fn sums_of_a_day_and_of_a_session_are_read_by_their_index_and_sorted_by_nothing() {
        let day = LedgerQuery { since: Some(1), until: Some(2), ..LedgerQuery::default() };
        let session = LedgerQuery { session: Some("one".into()), ..LedgerQuery::default() };
        for (query, index) in [(day, "ledger_by_time"), (session, "ledger_by_run")] {
            let plan = plan(&query, Order::Any, Detail::Figures);
            assert!(plan.starts_with(&format!("SEARCH ledger USING INDEX {index} ")), "{plan}");
            assert!(plan.contains("ledger_corrected") && !plan.contains("TEMP B-TREE"), "{plan}");
        }
    }

    #[test]
    fn the_newest_rows_of_all_are_read_from_the_end_without_sorting() {
        let plan = plan(&LedgerQuery::default(), Order::NewestFirst, Detail::Whole);
        assert!(plan.starts_with("SCAN ledger") && !plan.contains("TEMP B-TREE"), "{plan}");
    }
}
