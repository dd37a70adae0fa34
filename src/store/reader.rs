//! Reading the shelf from outside the program's screen.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use jiff::tz::TimeZone;
use rusqlite::{Connection, InterruptHandle};

use super::base::{Place, file, open_reader};
use super::{Query, SavedSession, SavedWire, ShelfFound, ShelfPreview, StoreFault, ahead, find, preview, read};
use crate::chat::WirePlace;

/// A connection that only reads.
#[derive(Debug)]
pub struct ShelfReader {
    connection: Connection,
    place: Place,
}

impl ShelfReader {
    /// Opens the store of a directory; `None` while there is none.
    ///
    /// # Errors
    /// When it cannot be read, or is an older one that cannot be brought up to this version.
    pub fn open(directory: &Path) -> Result<Option<Self>, StoreFault> {
        let place = Place::of(file(directory));
        Ok(open_reader(directory)?.map(|connection| Self { connection, place }))
    }

    /// Whether the file that it reads is still the store.
    pub(super) fn is_still_there(&self) -> bool {
        self.place.is_still_there()
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
        self.find_in_parts(query, zone, (most, &mut |_| {}), overtaken)
    }

    /// As [`Self::find`]; `first` gets the beginning of a longer list as soon as that is known.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub fn find_in_parts(
        &self,
        query: &Query,
        zone: &TimeZone,
        (most, first): (usize, &mut dyn FnMut(ShelfFound)),
        overtaken: &AtomicBool,
    ) -> Result<ShelfFound, StoreFault> {
        find::find(&self.connection, query, zone, (most, first), overtaken)
    }

    /// Reads what every search needs, so that the next one finds it in memory. `overtaken` ends it.
    ///
    /// # Errors
    /// When the store cannot be read, or it was ended.
    pub fn read_ahead(&self, overtaken: &AtomicBool) -> Result<(), StoreFault> {
        ahead::read(&self.connection, overtaken)
    }

    pub(super) fn preview(&self, id: &str, turn: Option<u32>) -> Result<ShelfPreview, StoreFault> {
        preview::preview(&self.connection, id, turn)
    }

    pub(super) fn wire(&self, place: &WirePlace) -> Result<Option<SavedWire>, StoreFault> {
        read::wire(&self.connection, place)
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(super) fn interrupt_handle(&self) -> InterruptHandle {
        self.connection.get_interrupt_handle()
    }
}

/// Reads the wires of a session's runs that were left in the store of a directory. One that cannot be read keeps its
/// place.
///
/// # Errors
/// When the store cannot be read.
pub fn read_wires(directory: &Path, session: &mut SavedSession) -> Result<(), StoreFault> {
    if session.runs.iter().all(|run| run.wire_place.is_none()) {
        return Ok(());
    }
    let reader = ShelfReader::open(directory)?.ok_or(StoreFault::Empty)?;
    read::wires(&reader.connection, &mut session.runs)
}
