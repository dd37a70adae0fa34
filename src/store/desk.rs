//! The shelf's own thread: it reads beside the writer, and asks the writer for what only that can do.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use jiff::tz::TimeZone;
use rusqlite::InterruptHandle;
use tokio::sync::oneshot;

use super::actor::unix_ms;
use super::mailbox::{Errand, Mailbox};
use super::{
    LedgerAnswer, LedgerAsk, LedgerQuery, LedgerTable, Query, SavedWire, ShelfAnswer, ShelfFound, ShelfReader,
    ShelfWork, Store, StoreFault, ledger_file,
};
use crate::chat::WirePlace;

/// Sessions that an answer lists at the most.
const MOST: usize = 100;

/// Runs of a group of the ledger that an answer lists at the most.
const RUNS: usize = 500;

/// The way to the shelf. Dropping it lets changes that wait be made, and ends the thread.
#[derive(Debug)]
pub struct Shelf {
    desk: Arc<Desk>,
    clerk: Option<JoinHandle<()>>,
}

impl Shelf {
    /// Starts the thread beside the store of the same directory. Answers come in the order of the questions; of a long
    /// list the beginning comes first, as an answer of its own, and a search that a newer one overtook may have none. Days
    /// begin and end in `zone`.
    pub fn start(
        directory: PathBuf,
        store: &Store,
        zone: TimeZone,
        tell: impl Fn(ShelfWork, ShelfAnswer) + Send + 'static,
    ) -> Self {
        let desk = Arc::new(Desk::default());
        let mut clerk = Clerk {
            directory,
            reads_ahead: false,
            reader: None,
            writer: store.mailbox(),
            zone,
            desk: Arc::clone(&desk),
        };
        let clerk = thread::Builder::new().name("shelf".to_owned()).spawn(move || {
            while let Some(work) = clerk.desk.take() {
                // The list was opened: what is typed next is looked for.
                clerk.reads_ahead |= matches!(&work, ShelfWork::Find { query, .. } if query.is_empty());
                if let Some(answer) = clerk.answer(&work, &tell) {
                    tell(work, answer);
                }
                clerk.read_ahead();
            }
        });
        // Without a thread nothing is answered; the store, which needs one too, tells why.
        Self { desk, clerk: clerk.ok() }
    }

    /// Asks for something; never waits.
    pub fn ask(&self, work: ShelfWork) {
        self.desk.ask(work);
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        self.desk.close();
        if let Some(clerk) = self.clerk.take() {
            // There is nobody left to tell of a panic.
            let _ = clerk.join();
        }
    }
}

#[derive(Debug, Default)]
struct Desk {
    inner: Mutex<Waiting>,
    news: Condvar,
    /// Whether the search that runs was overtaken.
    overtaken: AtomicBool,
}

#[derive(Default)]
struct Waiting {
    work: VecDeque<ShelfWork>,
    /// Ends the search that runs.
    finding: Option<InterruptHandle>,
    /// Whether what runs is no search but the reading ahead for the next one, which gives way to everything.
    ahead: bool,
    closed: bool,
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Waiting").field("work", &self.work).field("closed", &self.closed).finish_non_exhaustive()
    }
}

impl Desk {
    fn inner(&self) -> MutexGuard<'_, Waiting> {
        // Nothing in here can be half done.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self, work: ShelfWork) {
        let mut inner = self.inner();
        if matches!(work, ShelfWork::Find { .. }) {
            inner.work.retain(|waiting| !matches!(waiting, ShelfWork::Find { .. }));
        }
        if inner.ahead || matches!(work, ShelfWork::Find { .. }) {
            self.overtake(&inner);
        }
        if is_table(&work) {
            inner.work.retain(|waiting| !is_table(waiting));
        }
        inner.work.push_back(work);
        drop(inner);
        self.news.notify_one();
    }

    fn close(&self) {
        let mut inner = self.inner();
        inner.closed = true;
        inner.work.retain(|work| matches!(work, ShelfWork::Change { .. }));
        self.overtake(&inner);
        drop(inner);
        self.news.notify_one();
    }

    fn overtake(&self, inner: &Waiting) {
        if let Some(finding) = &inner.finding {
            self.overtaken.store(true, Ordering::Relaxed);
            finding.interrupt();
        }
    }

    /// Waits for the next piece of work; `None` at the end.
    fn take(&self) -> Option<ShelfWork> {
        let mut inner = self.inner();
        loop {
            match inner.work.pop_front() {
                Some(work) => return Some(work),
                None if inner.closed => return None,
                None => inner = self.news.wait(inner).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    /// Whether somebody waits for something, or the end.
    fn is_wanted(&self) -> bool {
        let inner = self.inner();
        inner.closed || !inner.work.is_empty()
    }

    /// Says that the reading ahead begins, unless there is something to do by now.
    fn begin_ahead(&self, handle: InterruptHandle) -> bool {
        let mut inner = self.inner();
        let idle = !inner.closed && inner.work.is_empty();
        if idle {
            self.overtaken.store(false, Ordering::Relaxed);
            (inner.finding, inner.ahead) = (Some(handle), true);
        }
        idle
    }

    /// Says that a search begins, unless there is a newer one by now.
    fn begin(&self, handle: InterruptHandle) -> bool {
        let mut inner = self.inner();
        let newer = inner.closed || inner.work.iter().any(|work| matches!(work, ShelfWork::Find { .. }));
        if !newer {
            self.overtaken.store(false, Ordering::Relaxed);
            inner.finding = Some(handle);
        }
        !newer
    }

    fn end(&self) {
        let mut inner = self.inner();
        (inner.finding, inner.ahead) = (None, false);
    }
}

/// Of tables of the ledger only the newest is wanted.
fn is_table(work: &ShelfWork) -> bool {
    matches!(work, ShelfWork::Ledger(LedgerAsk::Table { .. }))
}

struct Clerk {
    directory: PathBuf,
    /// Whether the next moment without work is for reading ahead.
    reads_ahead: bool,
    reader: Option<ShelfReader>,
    writer: Arc<Mailbox>,
    zone: TimeZone,
    desk: Arc<Desk>,
}

impl Clerk {
    fn answer(&mut self, work: &ShelfWork, tell: &impl Fn(ShelfWork, ShelfAnswer)) -> Option<ShelfAnswer> {
        let mut first = |found| tell(work.clone(), ShelfAnswer::Found(found));
        let answer = match work {
            ShelfWork::Find { query, .. } => self.find(query, &mut first).map(ShelfAnswer::Found),
            ShelfWork::Preview { id, turn } => self.preview(id, *turn),
            ShelfWork::Change { id, change } => {
                let (id, change) = (id.clone(), change.clone());
                self.sent(|done| Errand::Change { id, change, done }).map(|()| ShelfAnswer::Changed)
            }
            ShelfWork::Open { id } => {
                let id = id.clone();
                let taken = self.sent(|done| Errand::Open { id, done });
                taken.map(|(session, elsewhere)| ShelfAnswer::Opened { session, elsewhere })
            }
            ShelfWork::Wire(place) => self.wire(place).map(ShelfAnswer::Wire),
            ShelfWork::Ledger(ask) => self.ledger(ask).map(ShelfAnswer::Ledger),
        };
        match answer {
            Ok(answer) => Some(answer),
            Err(StoreFault::Overtaken) => None,
            Err(fault) => {
                // The file may be another one by now.
                self.reader = None;
                Some(ShelfAnswer::Failed(said(&fault)))
            }
        }
    }

    fn reader(&mut self) -> Result<Option<&ShelfReader>, StoreFault> {
        // The writer may have recovered a damaged file, and put another in its place.
        if !self.reader.as_ref().is_some_and(ShelfReader::is_still_there) {
            self.reader = ShelfReader::open(&self.directory)?;
        }
        Ok(self.reader.as_ref())
    }

    fn find(&mut self, query: &str, first: &mut dyn FnMut(ShelfFound)) -> Result<ShelfFound, StoreFault> {
        let (zone, desk) = (self.zone.clone(), Arc::clone(&self.desk));
        let query = Query::parse(query, unix_ms(), &zone);
        let Some(reader) = self.reader()? else { return Ok(ShelfFound::nothing(&query)) };
        if !desk.begin(reader.interrupt_handle()) {
            return Err(StoreFault::Overtaken);
        }
        let found = reader.find_in_parts(&query, &zone, (MOST, first), &desk.overtaken);
        desk.end();
        found
    }

    /// Reads what the next search needs, while nobody waits for anything. What is not read then is read by the search.
    fn read_ahead(&mut self) {
        if !self.reads_ahead || self.desk.is_wanted() {
            return;
        }
        self.reads_ahead = false;
        let desk = Arc::clone(&self.desk);
        let Some(reader) = self.reader.as_ref().filter(|reader| desk.begin_ahead(reader.interrupt_handle())) else {
            return;
        };
        let read = reader.read_ahead(&desk.overtaken);
        desk.end();
        // It goes on after what came in between; a store that cannot be read says so when it is asked.
        self.reads_ahead = read == Err(StoreFault::Overtaken);
    }

    fn preview(&mut self, id: &str, turn: Option<u32>) -> Result<ShelfAnswer, StoreFault> {
        let reader = self.reader()?.ok_or_else(|| StoreFault::NoSession(id.to_owned()))?;
        reader.preview(id, turn).map(ShelfAnswer::Preview)
    }

    fn wire(&mut self, place: &WirePlace) -> Result<Box<SavedWire>, StoreFault> {
        let kept = self.kept();
        let found = self.reader()?.map(|reader| reader.wire(place)).transpose()?.flatten();
        found.map(Box::new).ok_or_else(|| kept.err().unwrap_or(StoreFault::NoWire))
    }

    /// Waits until all that was handed over to be kept is on the disk, or cannot be for now.
    fn kept(&self) -> Result<(), StoreFault> {
        let (ticket, kept) = oneshot::channel();
        self.writer.ask(ticket);
        kept.blocking_recv().unwrap_or(Err(StoreFault::Unopened))
    }

    /// What the ledger says, with all that was handed over to be kept before the question.
    fn ledger(&mut self, ask: &LedgerAsk) -> Result<LedgerAnswer, StoreFault> {
        let kept = self.kept();
        let zone = self.zone.clone();
        let connection = self.reader()?.map(ShelfReader::connection);
        let within = |(since, until)| LedgerQuery { since: Some(since), until: Some(until), ..LedgerQuery::default() };
        let table = |query: &LedgerQuery| {
            connection.map_or(Ok(LedgerTable::default()), |connection| ledger_file::table(connection, query, &zone))
        };
        Ok(match ask {
            LedgerAsk::Spent { today, month, .. } => {
                let (today, month) = (table(&within(*today))?.total, table(&within(*month))?.total);
                LedgerAnswer::Spent { today, month, all: kept.is_ok() }
            }
            LedgerAsk::Table { query, .. } => {
                LedgerAnswer::Table { table: table(query)?, unsaved: kept.err().map(|fault| said(&fault)) }
            }
            LedgerAsk::Runs { query, group, .. } => {
                let found = connection.map(|connection| ledger_file::newest(connection, query, (group, RUNS), &zone));
                let (rows, more) = found.transpose()?.unwrap_or_default();
                LedgerAnswer::Runs { rows, more }
            }
        })
    }

    /// What the writer answers; it lives longer than this.
    fn sent<T>(&self, errand: impl FnOnce(oneshot::Sender<Result<T, StoreFault>>) -> Errand) -> Result<T, StoreFault> {
        let (done, answer) = oneshot::channel();
        self.writer.send(errand(done));
        answer.blocking_recv().unwrap_or(Err(StoreFault::Unopened))
    }
}

/// A fault as a sentence of its own.
fn said(fault: &StoreFault) -> String {
    let text = fault.to_string();
    let mut signs = text.chars();
    let first = signs.next().map(|sign| sign.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", signs.as_str())
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;
    use crate::store::ShelfChange;

    fn search(serial: u64) -> ShelfWork {
        ShelfWork::Find { query: String::new(), serial }
    }

    #[test]
    fn of_searches_that_wait_the_newest_stays_and_all_else_in_its_order() {
        let desk = Desk::default();
        let look = ShelfWork::Preview { id: "one".into(), turn: None };
        for work in [search(1), look.clone(), search(2), look.clone(), search(3)] {
            desk.ask(work);
        }
        desk.close();
        assert_eq!(desk.take(), None);
        let desk = Desk::default();
        for work in [search(1), look.clone(), search(2)] {
            desk.ask(work);
        }
        assert_eq!((desk.take(), desk.take()), (Some(look), Some(search(2))));
    }

    #[test]
    fn a_search_that_runs_is_ended_by_a_newer_one_and_by_nothing_else() {
        let connection = Connection::open_in_memory().unwrap();
        let desk = Desk::default();
        let is_overtaken = || desk.overtaken.load(Ordering::Relaxed);
        assert!(desk.begin(connection.get_interrupt_handle()));
        desk.ask(ShelfWork::Open { id: "one".into() });
        assert!(!is_overtaken());
        desk.ask(search(2));
        assert!(is_overtaken());
        desk.end();
        assert!(!desk.begin(connection.get_interrupt_handle()));
        assert_eq!((desk.take(), desk.take()), (Some(ShelfWork::Open { id: "one".into() }), Some(search(2))));
        assert!(desk.begin(connection.get_interrupt_handle()) && !is_overtaken());
    }

    #[test]
    fn reading_ahead_begins_while_nobody_waits_and_gives_way_to_everything() {
        let connection = Connection::open_in_memory().unwrap();
        let desk = Desk::default();
        let preview = ShelfWork::Preview { id: "one".into(), turn: None };
        assert!(desk.begin_ahead(connection.get_interrupt_handle()));
        assert!(!desk.overtaken.load(Ordering::Relaxed) && !desk.is_wanted());
        desk.ask(preview.clone());
        assert!(desk.overtaken.load(Ordering::Relaxed) && desk.is_wanted());
        desk.end();
        assert!(!desk.begin_ahead(connection.get_interrupt_handle()), "somebody waits");
        assert_eq!(desk.take(), Some(preview));
        assert!(desk.begin_ahead(connection.get_interrupt_handle()));
        desk.end();
        desk.close();
        assert!(!desk.begin_ahead(connection.get_interrupt_handle()), "it is over");
    }

    #[test]
    fn at_the_end_only_changes_are_still_made() {
        let desk = Desk::default();
        let pin = ShelfWork::Change { id: "one".into(), change: ShelfChange::Pin(true) };
        for work in [ShelfWork::Open { id: "one".into() }, pin.clone(), search(1)] {
            desk.ask(work);
        }
        desk.close();
        assert_eq!((desk.take(), desk.take()), (Some(pin), None));
    }
}
