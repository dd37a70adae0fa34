//! One session as a row of a list, read from what the writer counted.

use rusqlite::Connection;
use rust_decimal::Decimal;

use super::{SavedCost, ShelfRow, StoreFault};

/// Models that a row names at the most.
const MOST_MODELS: i64 = 8;

/// The row of a session, by its number on the shelf.
pub(super) fn row(connection: &Connection, key: i64) -> Result<ShelfRow, StoreFault> {
    let sql = "SELECT session, title, created, updated, pinned, turns FROM shelf WHERE key = ?1";
    let mut row = connection.prepare_cached(sql)?.query_row([key], |row| {
        Ok(ShelfRow {
            id: row.get(0)?,
            title: row.get(1)?,
            created: row.get::<_, Option<i64>>(2)?.unwrap_or_default(),
            updated: row.get(3)?,
            pinned: row.get(4)?,
            turns: row.get::<_, i64>(5)?.try_into().unwrap_or(0),
            ..ShelfRow::default()
        })
    })?;
    let sql = "SELECT tag FROM tags WHERE session = ?1 ORDER BY rowid";
    let mut tags = connection.prepare_cached(sql)?;
    row.tags = tags.query_map([&row.id], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let sql = "SELECT model FROM answered WHERE shelf = ?1 GROUP BY model ORDER BY sum(runs) DESC, model LIMIT ?2";
    let mut models = connection.prepare_cached(sql)?;
    row.models = models.query_map([key, MOST_MODELS], |row| row.get(0))?.collect::<Result<_, _>>()?;
    row.costs = costs(connection, key)?;
    Ok(row)
}

/// A sum for each currency: known where every part is, else an estimate; then whether a part is unknown.
fn costs(connection: &Connection, key: i64) -> Result<Vec<SavedCost>, StoreFault> {
    let sql = "SELECT cost, currency, amount FROM spent WHERE shelf = ?1 AND runs > 0 ORDER BY currency, cost";
    let mut statement = connection.prepare_cached(sql)?;
    let mut spent = statement.query([key])?;
    let mut sums: Vec<(String, Decimal, bool)> = Vec::new();
    let mut unknown = false;
    while let Some(row) = spent.next()? {
        let (cost, currency, amount): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let amount = amount.parse::<Decimal>().unwrap_or_default();
        match (cost.as_str(), sums.last_mut()) {
            ("unknown", _) => unknown = true,
            (_, Some((before, sum, estimated))) if *before == currency => {
                *sum = sum.checked_add(amount).unwrap_or(Decimal::MAX);
                *estimated |= cost == "estimated";
            }
            _ => sums.push((currency, amount, cost == "estimated")),
        }
    }
    let cost = |(currency, sum, estimated): (String, Decimal, bool)| {
        let amount = sum.normalize().to_string();
        if estimated { SavedCost::Estimated { amount, currency } } else { SavedCost::Known { amount, currency } }
    };
    Ok(sums.into_iter().map(cost).chain(unknown.then_some(SavedCost::Unknown)).collect())
}
