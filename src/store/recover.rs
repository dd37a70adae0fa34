//! A damaged file: it is set aside whole, and what can be read of a copy goes into a new one. Nothing is deleted.

use std::fs;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};

use super::base::{Base, file, with_suffix};
use super::{StoreFault, schema};

/// SQLite's own head at the front of a file.
const HEAD: usize = 100;

/// Sets the damaged file aside and fills a new one. Gives a sentence about what became of it.
pub(super) fn recover(directory: &Path) -> Result<(Base, String), StoreFault> {
    let path = file(directory);
    let aside = aside(&path)?;
    for suffix in ["", "-wal", "-shm"] {
        let from = with_suffix(&path, suffix);
        if from.exists() {
            fs::rename(&from, with_suffix(&aside, suffix))?;
        }
    }
    let base = Base::open_file(directory)?;
    let (sessions, turns) = salvage(&base, &aside, directory).unwrap_or_default();
    let said = format!(
        "The store was damaged. It was set aside as {}; {sessions} sessions and {turns} turns were recovered from it.",
        aside.display()
    );
    Ok((base, said))
}

/// A name that no file has.
fn aside(path: &Path) -> Result<PathBuf, StoreFault> {
    let names = (1..1000).map(|number| with_suffix(path, &format!(".damaged-{number}")));
    let mut free = names.filter(|name| !name.exists());
    free.next().ok_or_else(|| StoreFault::Other("too many damaged stores were set aside".to_owned()))
}

/// Copies what can be read; gives how many sessions and turns that is.
fn salvage(base: &Base, aside: &Path, directory: &Path) -> Result<(usize, usize), StoreFault> {
    let copy = with_suffix(aside, ".copy");
    let copied = copy_with_sound_head(base, aside, directory, &copy).and_then(|()| read_all(base, &copy));
    for suffix in ["", "-wal", "-shm"] {
        // Only the copy goes, which this function made.
        let _ = fs::remove_file(with_suffix(&copy, suffix));
    }
    copied
}

/// The damaged file again, with the head of a sound one: a head holds nothing that the new file's does not.
fn copy_with_sound_head(base: &Base, aside: &Path, directory: &Path, copy: &Path) -> Result<(), StoreFault> {
    fs::copy(aside, copy)?;
    let wal = with_suffix(aside, "-wal");
    if wal.exists() {
        fs::copy(wal, with_suffix(copy, "-wal"))?;
    }
    base.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    let mut sound = [0; HEAD];
    fs::File::open(file(directory))?.read_exact(&mut sound)?;
    let mut out = fs::OpenOptions::new().read(true).write(true).open(copy)?;
    let mut found = [0; HEAD];
    if out.read_exact(&mut found).is_ok() && found[..16] != sound[..16] {
        let pages = u32::try_from(out.metadata()?.len() / 4096).unwrap_or(u32::MAX);
        sound[28..32].copy_from_slice(&pages.to_be_bytes());
        out.seek(SeekFrom::Start(0))?;
        out.write_all(&sound)?;
    }
    Ok(())
}

fn read_all(base: &Base, copy: &Path) -> Result<(usize, usize), StoreFault> {
    let damaged = Connection::open_with_flags(copy, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let mut counts = (0, 0);
    base.connection.execute_batch("BEGIN IMMEDIATE")?;
    for table in schema::TABLES {
        let rows = read_table(base, &damaged, table).unwrap_or(0);
        match *table {
            "sessions" => counts.0 = rows,
            "turns" => counts.1 = rows,
            _ => {}
        }
    }
    base.connection.execute_batch("COMMIT")?;
    Ok(counts)
}

/// Reads a table from its front and, where that ends in damage, from its back; every row that can be read is kept.
fn read_table(base: &Base, damaged: &Connection, table: &str) -> Result<usize, StoreFault> {
    let mut rows = 0;
    for order in ["ASC", "DESC"] {
        let (read, sound) = read_rows(base, damaged, table, order)?;
        rows += read;
        if sound {
            break;
        }
    }
    Ok(rows)
}

fn read_rows(base: &Base, damaged: &Connection, table: &str, order: &str) -> Result<(usize, bool), StoreFault> {
    let mut select = damaged.prepare(&format!("SELECT rowid, * FROM {table} ORDER BY rowid {order}"))?;
    let columns: Vec<String> = select.column_names().skip(1).map(str::to_owned).collect();
    let places: Vec<String> = (1..=columns.len()).map(|place| format!("?{place}")).collect();
    let sql = format!("INSERT OR IGNORE INTO {table} ({}) VALUES ({})", columns.join(", "), places.join(", "));
    let mut insert = base.connection.prepare(&sql)?;
    let mut rows = select.query([])?;
    let mut count = 0;
    loop {
        match rows.next() {
            Ok(Some(row)) => {
                let values: Result<Vec<Value>, _> = (1..=columns.len()).map(|place| row.get(place)).collect();
                if let Ok(values) = values {
                    count += insert.execute(params_from_iter(values)).unwrap_or(0);
                }
            }
            Ok(None) => return Ok((count, true)),
            Err(_) => return Ok((count, false)),
        }
    }
}
