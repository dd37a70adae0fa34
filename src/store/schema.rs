//! The tables, and how an older file becomes a newer one.
//!
//! The version is SQLite's `user_version`. docs/storage.md tells what each table holds.

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::{Connection, TransactionBehavior};
use rust_decimal::Decimal;

use super::{StoreFault, words};

/// Each step brings a file of the version before it to its own: the first makes version 1.
pub(super) const STEPS: &[&str] =
    &[include_str!("step_1.sql"), include_str!("step_2.sql"), include_str!("step_3.sql"), include_str!("step_4.sql")];

/// The tables in the order in which they can be filled from a damaged file; all others follow from them.
pub(super) const TABLES: &[&str] =
    &["sessions", "marks", "tags", "lanes", "turns", "pieces", "runs", "drafts", "prices", "ledger", "files"];

/// Gives a connection the functions that the tables' triggers use.
pub(super) fn add_functions(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    let text = |context: &Context<'_>, place| context.get_raw(place).as_str().unwrap_or_default().to_owned();
    connection.create_scalar_function("indexed", 1, flags, move |context| Ok(words::indexed(&text(context, 0))))?;
    connection.create_scalar_function("plain", 1, flags, move |context| Ok(words::needle(&text(context, 0))))?;
    connection.create_scalar_function("vocabulary", 1, flags, move |context| {
        Ok(serde_json::to_string(&words::vocabulary(&text(context, 0))).unwrap_or_default())
    })?;
    // An amount that is no decimal counts for nothing: the ledger has it as it came.
    let amount = move |context: &Context<'_>, place| text(context, place).parse::<Decimal>().unwrap_or_default();
    connection.create_scalar_function("money_sum", 2, flags, move |context| {
        let sum = amount(context, 0).checked_add(amount(context, 1));
        Ok(sum.unwrap_or(Decimal::MAX).to_string())
    })?;
    connection.create_scalar_function("money_rest", 2, flags, move |context| {
        let rest = amount(context, 0).checked_sub(amount(context, 1));
        Ok(rest.unwrap_or(Decimal::MIN).to_string())
    })
}

/// The newest version that this program knows.
pub(super) fn known() -> u32 {
    u32::try_from(STEPS.len()).unwrap_or(u32::MAX)
}

/// Brings a file up to this program's version.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreFault> {
    let newest = known();
    if version(connection)? == newest {
        return Ok(());
    }
    // Another program may be about to do the same: who comes second finds it done.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = version(&transaction)?;
    if found > newest {
        return Err(StoreFault::Newer { found, known: newest });
    }
    for step in STEPS.iter().skip(usize::try_from(found).unwrap_or(usize::MAX)) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", newest)?;
    Ok(transaction.commit()?)
}

/// Whether a file has this program's version.
pub(super) fn is_current(connection: &Connection) -> rusqlite::Result<bool> {
    Ok(version(connection)? == known())
}

pub(super) fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}
