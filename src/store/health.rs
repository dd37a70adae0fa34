//! How the store is: looked at without changing it.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::base::{PATIENCE, file, with_suffix};
use super::{Held, StoreFault, purge, schema};

/// What was found of a store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    pub path: PathBuf,
    /// The version of its tables, and the newest one that this program knows.
    pub schema: u32,
    pub known: u32,
    /// What SQLite found wrong, at most a few lines.
    pub problems: Vec<String>,
    pub sessions: u64,
    pub turns: u64,
    pub runs: u64,
    /// What deleted sessions hold, where that can be told.
    pub deleted: Option<Held>,
    /// Of the file, and of its log.
    pub bytes: u64,
    pub log_bytes: u64,
    /// Damaged files that were set aside.
    pub aside: Vec<PathBuf>,
}

/// As many problems as are told.
const MOST_PROBLEMS: usize = 5;

/// Looks at the store of a directory; `None` when there is none. `full` reads every page and compares every index, which
/// takes as long as reading the file does.
///
/// # Errors
/// When it cannot be opened or is no database.
pub fn examine(directory: &Path, full: bool) -> Result<Option<Health>, StoreFault> {
    let path = file(directory);
    if !path.exists() {
        return Ok(None);
    }
    let connection = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(PATIENCE)?;
    let schema = schema::version(&connection)?;
    let problems = match problems(&connection, full) {
        Err(StoreFault::Damaged) => vec!["it cannot be read to its end".to_owned()],
        other => other?,
    };
    let count = |table: &str| {
        let sql = format!("SELECT count(*) FROM {table}");
        // A table that cannot be counted is among the problems.
        connection.query_row(&sql, [], |row| row.get::<_, i64>(0)).map_or(0, i64::unsigned_abs)
    };
    let length = |path: &Path| fs::metadata(path).map_or(0, |found| found.len());
    Ok(Some(Health {
        schema,
        known: schema::known(),
        problems,
        sessions: count("sessions"),
        turns: count("turns"),
        runs: count("runs"),
        deleted: purge::held(&connection),
        bytes: length(&path),
        log_bytes: length(&with_suffix(&path, "-wal")),
        aside: aside(directory),
        path,
    }))
}

/// What SQLite finds wrong.
pub(super) fn problems(connection: &Connection, full: bool) -> Result<Vec<String>, StoreFault> {
    let check = if full { "integrity_check" } else { "quick_check" };
    let mut statement = connection.prepare(&format!("PRAGMA {check}({MOST_PROBLEMS})"))?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
    let mut problems = lines.collect::<Result<Vec<_>, _>>()?;
    problems.retain(|line| line != "ok");
    Ok(problems)
}

/// The damaged files themselves, without their logs.
fn aside(directory: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_aside = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let number = name.split_once(".damaged-").map(|(_, number)| number);
        number.is_some_and(|number| !number.is_empty() && number.bytes().all(|sign| sign.is_ascii_digit()))
    };
    let mut found: Vec<PathBuf> = files.filter(is_aside).collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::base::Base;
    use crate::store::load;

    #[test]
    fn a_store_is_counted_and_checked_and_not_changed() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(examine(home.path(), true), Ok(None));
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
        let base = Base::open_file(home.path()).unwrap();
        base.connection.execute_batch("INSERT INTO sessions VALUES ('a', '', 1, 1, '{}')").unwrap();
        let found = examine(home.path(), true).unwrap().unwrap();
        assert_eq!((found.sessions, found.turns, found.runs, found.problems.len()), (1, 0, 0, 0));
        assert!(found.schema == found.known && found.log_bytes > 0 && found.aside.is_empty(), "{found:?}");
    }

    #[test]
    fn damage_is_told_and_what_was_set_aside_is_named() {
        let home = tempfile::tempdir().unwrap();
        drop(Base::open_file(home.path()).unwrap());
        let path = file(home.path());
        let mut bytes = fs::read(&path).unwrap();
        let (middle, end) = (8192, bytes.len());
        bytes[middle..end].fill(0xFF);
        fs::write(&path, &bytes).unwrap();
        let found = examine(home.path(), false).unwrap().unwrap();
        assert!((1..=MOST_PROBLEMS + 1).contains(&found.problems.len()), "{found:?}");
        assert_eq!(fs::read(&path).unwrap(), bytes);
        fs::write(&path, "rubbish").unwrap();
        assert_eq!(examine(home.path(), false), Err(StoreFault::Damaged));
        assert!(load(home.path(), None).is_err());
        assert_eq!(examine(home.path(), false).unwrap().unwrap().aside, [home.path().join("abreast.db.damaged-1")]);
    }
}
