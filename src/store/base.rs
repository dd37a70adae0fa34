//! The file: where it is, who may read it, and how it is opened.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::{StoreFault, recover, schema};

/// A write waits this long for another program's: longer than a commit takes, shorter than patience.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);

/// The name of the file below the data directory.
const FILE: &str = "abreast.db";

/// The opened file.
#[derive(Debug)]
pub(super) struct Base {
    pub(super) connection: Connection,
    pub(super) place: Place,
}

/// Where a file was when it was opened. Another program may have set it aside since, for another one in its place.
#[derive(Debug)]
pub(super) struct Place {
    path: PathBuf,
    number: Option<(u64, u64)>,
}

impl Place {
    pub(super) fn of(path: PathBuf) -> Self {
        Self { number: number(&path), path }
    }

    /// Whether the file that was opened is still the one that has its name.
    pub(super) fn is_still_there(&self) -> bool {
        self.number == number(&self.path)
    }
}

#[cfg(unix)]
fn number(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).ok().map(|found| (found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn number(_: &Path) -> Option<(u64, u64)> {
    None
}

/// Where the file is in a data directory.
pub(super) fn file(directory: &Path) -> PathBuf {
    directory.join(FILE)
}

/// The name of a file that belongs to another one.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

impl Base {
    /// Opens the store of a directory, made for the owner alone when it is not there. A damaged file is set aside and
    /// what can be read of it is put into a new one; then there is a sentence about it.
    pub(super) fn open(directory: &Path) -> Result<(Self, Option<String>), StoreFault> {
        match Self::open_file(directory) {
            Ok(base) => Ok((base, None)),
            Err(StoreFault::Damaged) => recover::recover(directory).map(|(base, said)| (base, Some(said))),
            Err(fault) => Err(fault),
        }
    }

    pub(super) fn open_file(directory: &Path) -> Result<Self, StoreFault> {
        let path = file(directory);
        make_private(directory, &path).map_err(|error| match error.kind() {
            io::ErrorKind::StorageFull => StoreFault::Full,
            _ => StoreFault::Directory { path: directory.to_owned(), reason: error.to_string() },
        })?;
        let mut connection = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.busy_timeout(PATIENCE)?;
        // `FULL`, since what was acknowledged must survive a power cut too, not just the end of the process.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.set_prepared_statement_cache_capacity(32);
        schema::add_functions(&connection)?;
        schema::migrate(&mut connection)?;
        // A file can have a sound head and no body.
        connection.query_row("SELECT count(*) FROM (SELECT 1 FROM sessions LIMIT 1)", [], |_| Ok(()))?;
        Ok(Self { connection, place: Place::of(path) })
    }
}

/// Memory that a reader may keep pages in, in KiB as SQLite counts it below 0.
const READER_PAGES: i64 = -16 * 1024;

/// A connection that only reads, beside the one that writes; `None` while there is no file. An older file is brought up
/// to this program's version first. A damaged one is left as it is: who opens it to write recovers it.
pub(super) fn open_reader(directory: &Path) -> Result<Option<Connection>, StoreFault> {
    let path = file(directory);
    if !path.exists() {
        return Ok(None);
    }
    let open = || -> Result<Connection, StoreFault> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&path, flags)?;
        connection.busy_timeout(PATIENCE)?;
        connection.pragma_update(None, "cache_size", READER_PAGES)?;
        connection.set_prepared_statement_cache_capacity(32);
        Ok(connection)
    };
    let connection = open()?;
    if schema::is_current(&connection)? {
        return Ok(Some(connection));
    }
    drop(connection);
    Base::open_file(directory)?;
    open().map(Some)
}

/// SQLite gives its other files the permissions of this one.
fn make_private(directory: &Path, path: &Path) -> io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    make_directory(directory)?;
    private(OpenOptions::new().write(true).create(true)).open(path).map(|_| ())
}

#[cfg(unix)]
pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600)
}

#[cfg(not(unix))]
pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[cfg(unix)]
pub(super) fn make_directory(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

#[cfg(not(unix))]
pub(super) fn make_directory(directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory)
}
