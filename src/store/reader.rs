//! Reading the shelf from outside the program's screen.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use jiff::tz::TimeZone;
use rusqlite::{Connection, InterruptHandle};

use super::base::open_reader;
use super::{Query, ShelfFound, ShelfPreview, StoreFault, find, preview};

/// A connection that only reads.
#[derive(Debug)]
pub struct ShelfReader {
    connection: Connection,
}

impl ShelfReader {
    /// Opens the store of a directory; `None` while there is none.
    ///
    /// # Errors
    /// When it cannot be read, or is an older one that cannot be brought up to this version.
    pub fn open(directory: &Path) -> Result<Option<Self>, StoreFault> {
        Ok(open_reader(directory)?.map(|connection| Self { connection }))
    }

    /// The first `most` sessions that a query finds. Days are those of `zone`; `overtaken` ends the search.
    ///
    /// # Errors
    /// When the store cannot be read, or the search was ended.
    pub fn find(
        &self,
        query: &Query,
        zone: &TimeZone,
        most: usize,
        overtaken: &AtomicBool,
    ) -> Result<ShelfFound, StoreFault> {
        find::find(&self.connection, query, zone, most, overtaken)
    }

    pub(super) fn preview(&self, id: &str, turn: Option<u32>) -> Result<ShelfPreview, StoreFault> {
        preview::preview(&self.connection, id, turn)
    }

    pub(super) fn interrupt_handle(&self) -> InterruptHandle {
        self.connection.get_interrupt_handle()
    }
}
