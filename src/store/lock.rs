//! Which program has a session open.
//!
//! A lock of the system on a small file, not a row with a heartbeat: the system gives it back when the program ends,
//! however that comes about, and nobody has to wake up for it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use super::base::{make_directory, private};

/// Tells other programs, for as long as it lives, that a session is open here.
#[derive(Debug)]
pub struct SessionLock {
    session: String,
    path: PathBuf,
    /// Held open: closing it gives the lock back.
    _file: File,
}

/// A session that another program has open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenElsewhere {
    /// The other program's number, where it could be read.
    pub process: Option<u32>,
}

impl SessionLock {
    /// Takes the session for this program; `Ok(None)` where the system has no locks or the file cannot be made, which
    /// then protects nobody and stops nobody.
    ///
    /// # Errors
    /// When another program has it.
    pub fn take(directory: &Path, session: &str) -> Result<Option<Self>, OpenElsewhere> {
        let locks = directory.join("open");
        let path = locks.join(format!("{session}.lock"));
        // Another program may remove the file between the opening and the locking; then there is a new one to take.
        for _ in 0..8 {
            let Ok(mut file) = make_directory(&locks).and_then(|()| open(&path)) else { return Ok(None) };
            match file.try_lock() {
                Ok(()) if is_still_there(&file, &path) => {
                    // The number is for people; the lock holds without it.
                    let _ = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id()));
                    return Ok(Some(Self { session: session.to_owned(), path, _file: file }));
                }
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(OpenElsewhere { process: number(&mut file) }),
                Err(TryLockError::Error(_)) => return Ok(None),
            }
        }
        Ok(None)
    }

    /// The session that it is for.
    #[must_use]
    pub fn session(&self) -> &str {
        &self.session
    }
}

/// The sessions that are open anywhere, also here.
pub(super) fn all_open(directory: &Path) -> Vec<String> {
    let files = fs::read_dir(directory.join("open")).into_iter().flatten().flatten();
    let locked = files.filter(|file| {
        let lock = File::open(file.path()).map(|file| file.try_lock());
        matches!(lock, Ok(Err(TryLockError::WouldBlock)))
    });
    let name = |file: fs::DirEntry| file.file_name().to_str()?.strip_suffix(".lock").map(str::to_owned);
    locked.filter_map(name).collect()
}

impl Drop for SessionLock {
    fn drop(&mut self) {
        // While it is locked: who opened the file before finds that it is gone, and makes another.
        let _ = fs::remove_file(&self.path);
    }
}

fn open(path: &Path) -> io::Result<File> {
    private(OpenOptions::new().read(true).write(true).create(true).truncate(false)).open(path)
}

fn number(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.take(16).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(unix)]
fn is_still_there(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let number = |found: io::Result<fs::Metadata>| found.map(|found| (found.dev(), found.ino())).ok();
    number(file.metadata()) == number(fs::metadata(path))
}

#[cfg(not(unix))]
fn is_still_there(_: &File, path: &Path) -> bool {
    path.exists()
}
