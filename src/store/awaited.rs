//! A session that is to be opened: found and marked at once, so that it can be read beside whoever waits for it.

use std::path::Path;

use super::actor::{Marked, id_of, reading};
use super::lock::SessionLock;
use super::{StoreFault, read};

/// A session of which nothing was read yet but its head; [`load_without_wires`](super::load_without_wires) reads it.
#[derive(Debug)]
pub struct Awaited {
    pub id: String,
    pub title: String,
    /// The form that it was written in.
    pub version: u32,
    /// Its mark for this program.
    pub mark: Marked,
    /// About a damaged file, where there was one.
    pub said: Option<String>,
}

impl Awaited {
    /// Finds the session of an id, or of the beginning of one that no other has, or the one that was changed last, and
    /// marks it: what is read from now on is not changed by others any more.
    ///
    /// # Errors
    /// When there is none, or the store cannot be read.
    pub fn find(directory: &Path, id: Option<&str>) -> Result<Self, StoreFault> {
        let ((id, head), said) = reading(directory, id, |base, id| {
            let id = id_of(base, id)?;
            let head = read::head(&base.connection, &id)?;
            head.map(|head| (id.clone(), head)).ok_or(StoreFault::NoSession(id))
        })?;
        let mark = SessionLock::take(directory, &id);
        Ok(Self { id, title: head.title, version: head.body.version, mark, said })
    }
}
