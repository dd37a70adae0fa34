//! A copy of the store in one file, taken while other programs may write to it.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::StoreFault;
use super::base::{PATIENCE, file, private};
use crate::config::beside;

/// What a backup holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backup {
    pub sessions: u64,
    pub bytes: u64,
}

/// Copies the store of a directory to a file for its owner alone. The copy is whole and checked before it gets its name;
/// what is there already is replaced only with `replace`.
///
/// # Errors
/// When there is no store, a file is there already, or the copy cannot be written or is not sound. Then nothing is left
/// behind, and a file that was there is as it was.
pub fn backup(directory: &Path, to: &Path, replace: bool) -> Result<Backup, StoreFault> {
    let from = file(directory);
    if !from.exists() {
        return Err(StoreFault::Empty);
    }
    // A link stays a link; what it points to is replaced.
    let to = fs::canonicalize(to).unwrap_or_else(|_| to.to_owned());
    if fs::canonicalize(&from).is_ok_and(|from| from == to) {
        return Err(StoreFault::Unfit("the backup would take the place of the store itself".to_owned()));
    }
    let taken = private(OpenOptions::new().write(true).create_new(true)).open(&to);
    let reserved = match taken {
        Ok(_) => true,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && replace => false,
        Err(error) => return Err(unwritable(&to, &error)),
    };
    let part = beside(&to);
    let copied = copy(&from, &part).and_then(|copied| {
        settle(&part, &to).map_err(|error| unwritable(&to, &error))?;
        Ok(copied)
    });
    if copied.is_err() {
        // The first error is the one to be told.
        let _ = fs::remove_file(&part);
        if reserved {
            let _ = fs::remove_file(&to);
        }
    }
    copied
}

fn unwritable(to: &Path, error: &io::Error) -> StoreFault {
    StoreFault::Unfit(format!("{} cannot be written: {error}", to.display()))
}

/// Writes the copy and checks it.
fn copy(from: &Path, part: &Path) -> Result<Backup, StoreFault> {
    private(OpenOptions::new().write(true).create_new(true)).open(part).map_err(|error| unwritable(part, &error))?;
    let name = part.to_str().ok_or_else(|| StoreFault::Unfit("the backup's name is not Unicode".to_owned()))?;
    // Not as the program opens it: a backup changes nothing, and is possible of every version.
    let source = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    source.busy_timeout(PATIENCE)?;
    source.execute("VACUUM INTO ?1", [name])?;
    let copy = Connection::open_with_flags(part, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    copy.pragma_update(None, "journal_mode", "DELETE")?;
    let sound: String = copy.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if sound != "ok" {
        return Err(StoreFault::Damaged);
    }
    let sessions = copy.query_row("SELECT count(*) FROM sessions", [], |row| row.get::<_, i64>(0))?;
    drop(copy);
    let bytes = fs::metadata(part).map_err(|error| unwritable(part, &error))?.len();
    Ok(Backup { sessions: sessions.unsigned_abs(), bytes })
}

/// Gives the copy its name, once it is on the disk.
fn settle(part: &Path, to: &Path) -> io::Result<()> {
    File::open(part)?.sync_all()?;
    fs::rename(part, to)?;
    if let Some(directory) = to.parent().and_then(|directory| File::open(directory).ok()) {
        // Where that cannot be asked for, the system does it in time.
        let _ = directory.sync_all();
    }
    Ok(())
}

#[cfg(test)]
mod tests;
