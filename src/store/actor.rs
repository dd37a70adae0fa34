//! The writer: a thread of its own with the one connection that writes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::oneshot;

use super::base::Base;
use super::lock::SessionLock;
use super::mailbox::{Errand, Mailbox, Post, Taken, add};
use super::write::{Write, apply};
use super::{OpenElsewhere, SavedSession, ShelfChange, StoreFault, base, change, health, read, recover};

/// Something to be kept of one session.
#[derive(Clone, Debug, PartialEq)]
pub struct StoreWork {
    pub session: Arc<str>,
    pub writes: Vec<Write>,
}

/// What the writer has to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreNews {
    /// Nothing can be saved for now; what waits is kept and tried again.
    Failing(StoreFault),
    /// It could not save, and now has saved everything.
    Saved,
    /// The file was damaged: what was done about it, in a sentence.
    Recovered(String),
}

/// After a failure it is tried again this often: room is made, other programs end.
const AGAIN: Duration = Duration::from_secs(1);

/// The mark of a session for this program, where no other one has it.
pub type Marked = Result<Option<SessionLock>, OpenElsewhere>;

/// The way to the writer. Dropping it lets the writer finish what waits, and end.
#[derive(Debug)]
pub struct Store {
    mailbox: Arc<Mailbox>,
    writer: Option<JoinHandle<()>>,
}

impl Store {
    /// Starts the writer on a data directory, which need not be there; the file is opened beside the caller. `held` are
    /// the sessions that this program has open already.
    pub fn start(directory: PathBuf, held: Vec<SessionLock>, tell: impl Fn(StoreNews) + Send + Sync + 'static) -> Self {
        let mailbox = Arc::new(Mailbox::default());
        let tell = Arc::new(tell);
        let (box_of_writer, tell_of_writer) = (Arc::clone(&mailbox), Arc::clone(&tell));
        let writer = thread::Builder::new().name("store".to_owned()).spawn(move || {
            let mut writer = Writer::new(directory, held);
            let _ending = Ending(&box_of_writer);
            writer.run(&box_of_writer, &*tell_of_writer);
        });
        let writer = writer.map_err(|error| {
            mailbox.end();
            tell(StoreNews::Failing(error.into()));
        });
        let writer = writer.ok();
        Self { mailbox, writer }
    }

    /// The way to the writer for others that have something to ask of it.
    pub(super) fn mailbox(&self) -> Arc<Mailbox> {
        Arc::clone(&self.mailbox)
    }

    /// Hands over what is to be kept; never waits for the disk.
    pub fn keep(&self, work: StoreWork) {
        self.mailbox.keep(work);
    }

    /// Completes when everything that was handed over before is on the disk, or cannot be for now.
    #[must_use]
    pub fn kept(&self) -> oneshot::Receiver<Result<(), StoreFault>> {
        let (ticket, kept) = oneshot::channel();
        self.mailbox.ask(ticket);
        kept
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.mailbox.close();
        if let Some(writer) = self.writer.take() {
            // It told what went wrong; there is nobody left to tell more to.
            let _ = writer.join();
        }
    }
}

/// Reads the session of an id, or of the beginning of one that no other has, or the one that was changed last, with the
/// wire of every run. The sentence tells of a damaged file, where there was one.
///
/// # Errors
/// When there is none, or the store cannot be read.
pub fn load(directory: &Path, id: Option<&str>) -> Result<(SavedSession, Option<String>), StoreFault> {
    reading(directory, id, |base, id| {
        let mut session = find(base, id)?;
        read::wires(&base.connection, &mut session.runs)?;
        Ok(session)
    })
}

/// As [`load`], but the wires stay in the store: `read_wires` reads them.
///
/// # Errors
/// As [`load`].
pub fn load_without_wires(directory: &Path, id: Option<&str>) -> Result<(SavedSession, Option<String>), StoreFault> {
    reading(directory, id, find)
}

/// Reads something from the store, from what can be recovered of it where it is damaged.
pub(super) fn reading<T>(
    directory: &Path,
    id: Option<&str>,
    read: impl Fn(&Base, Option<&str>) -> Result<T, StoreFault>,
) -> Result<(T, Option<String>), StoreFault> {
    if !base::file(directory).exists() {
        return Err(id.map_or(StoreFault::Empty, |id| StoreFault::NoSession(id.to_owned())));
    }
    let (base, said) = Base::open(directory)?;
    match read(&base, id) {
        // A session of its own may be wrong; then the others are safer where they are.
        Err(StoreFault::Damaged) if health::problems(&base.connection, false) != Ok(Vec::new()) => {
            drop(base);
            let (base, said) = recover::recover(directory)?;
            Ok((read(&base, id)?, Some(said)))
        }
        found => Ok((found?, said)),
    }
}

pub(super) fn id_of(base: &Base, id: Option<&str>) -> Result<String, StoreFault> {
    match id {
        Some(id) => read::named(&base.connection, id),
        None => read::last(&base.connection)?.ok_or(StoreFault::Empty),
    }
}

fn find(base: &Base, id: Option<&str>) -> Result<SavedSession, StoreFault> {
    let id = id_of(base, id)?;
    read::session(&base.connection, &id)?.ok_or(StoreFault::NoSession(id))
}

/// However the writer ends, nobody waits for it then.
struct Ending<'a>(&'a Mailbox);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

struct Writer {
    directory: PathBuf,
    base: Option<Base>,
    held: Vec<SessionLock>,
    /// The sessions that this program has had on the screen.
    seen: BTreeSet<String>,
    waiting: Vec<(String, Vec<Write>)>,
    /// When it is tried again, after a failure.
    again: Option<Instant>,
    /// The session on the screen, as far as it is known here.
    current: Option<String>,
    /// Whether a damaged file was recovered: a disk that damages one after the other is no place for more.
    recovered: bool,
}

impl Writer {
    fn new(directory: PathBuf, held: Vec<SessionLock>) -> Self {
        let seen = held.iter().map(|lock| lock.session().to_owned()).collect();
        let current = held.last().map(|lock| lock.session().to_owned());
        Self { directory, base: None, held, seen, waiting: Vec::new(), again: None, current, recovered: false }
    }

    fn run(&mut self, mailbox: &Mailbox, tell: &impl Fn(StoreNews)) {
        loop {
            let Post { work, tickets, errands, closed } = mailbox.take(self.again);
            for (session, writes) in work {
                add(&mut self.waiting, StoreWork { session: session.into(), writes });
            }
            let written = self.write(tell);
            for ticket in tickets {
                // Who asked may have gone: a stream that was stopped before it began.
                let _ = ticket.send(written.clone());
            }
            for errand in errands {
                self.run_errand(errand, &written, tell);
            }
            self.report(written, tell);
            if closed {
                return;
            }
        }
    }

    fn report(&mut self, written: Result<(), StoreFault>, tell: &impl Fn(StoreNews)) {
        match written {
            Ok(()) => {
                if self.again.take().is_some() {
                    tell(StoreNews::Saved);
                }
            }
            Err(fault) => {
                if self.again.replace(Instant::now() + AGAIN).is_none() {
                    tell(StoreNews::Failing(fault));
                }
            }
        }
    }

    /// Writes all that waits. What cannot be written keeps waiting.
    fn write(&mut self, tell: &impl Fn(StoreNews)) -> Result<(), StoreFault> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        self.open_base(tell)?;
        for (session, _) in &self.waiting {
            if self.held.iter().all(|lock| lock.session() != session) {
                // Its name is new and this program's own, so nobody else has it.
                self.held.extend(SessionLock::take(&self.directory, session).ok().flatten());
            }
        }
        let waiting = std::mem::take(&mut self.waiting);
        let written = self.soundly(tell, |base| apply(&mut base.connection, &waiting, unix_ms()));
        self.waiting = waiting;
        written?;
        self.give_back();
        self.waiting.clear();
        Ok(())
    }

    /// Changes the file. Damage may come to light only now: then the file is opened anew, since another program may have
    /// recovered it, and if that does not help it is recovered here.
    fn soundly(
        &mut self,
        tell: &impl Fn(StoreNews),
        change: impl Fn(&mut Base) -> Result<(), StoreFault>,
    ) -> Result<(), StoreFault> {
        let mut changed = self.open_base(tell).and_then(&change);
        if changed == Err(StoreFault::Damaged) {
            self.base = None;
            changed = self.open_base(tell).and_then(&change);
        }
        if changed == Err(StoreFault::Damaged) && !self.recovered {
            (self.base, self.recovered) = (None, true);
            let (mut base, said) = recover::recover(&self.directory)?;
            tell(StoreNews::Recovered(said));
            changed = change(&mut base);
            self.base = Some(base);
        }
        changed
    }

    fn open_base(&mut self, tell: &impl Fn(StoreNews)) -> Result<&mut Base, StoreFault> {
        if !self.base.as_ref().is_some_and(|base| base.place.is_still_there()) {
            self.base = None;
            let (base, said) = Base::open(&self.directory)?;
            said.into_iter().for_each(|said| tell(StoreNews::Recovered(said)));
            self.base = Some(base);
        }
        self.base.as_mut().ok_or(StoreFault::Unopened)
    }

    /// When a session was begun, those before it are no longer on the screen: others may have them. What comes late of
    /// one that was left takes nothing from the one that is on the screen.
    fn give_back(&mut self) {
        let mut written = self.waiting.iter().map(|(session, _)| session);
        if let Some(begun) = written.rfind(|session| !self.seen.contains(*session)) {
            self.current = Some(begun.clone());
        }
        self.held.retain(|lock| self.current.as_deref().is_none_or(|current| lock.session() == current));
        self.seen.extend(self.waiting.iter().map(|(session, _)| session.clone()));
    }

    /// Who asked may have gone.
    fn run_errand(&mut self, errand: Errand, written: &Result<(), StoreFault>, tell: &impl Fn(StoreNews)) {
        match errand {
            Errand::Change { id, change, done } => {
                let _ = done.send(self.change(&id, &change, tell));
            }
            Errand::Open { id, done } => {
                let saved = written.clone().map_err(|fault| StoreFault::Unsaved(Box::new(fault)));
                let _ = done.send(saved.and_then(|()| self.take(&id, tell)));
            }
        }
    }

    fn change(&mut self, id: &str, change: &ShelfChange, tell: &impl Fn(StoreNews)) -> Result<(), StoreFault> {
        self.expect_file(id)?;
        let mine = self.held.iter().any(|lock| lock.session() == id);
        let _lock = match change {
            ShelfChange::Delete if !mine => SessionLock::take(&self.directory, id)
                .map_err(|other| StoreFault::OpenElsewhere { process: other.process })?,
            _ => None,
        };
        self.soundly(tell, |base| change::change(&mut base.connection, id, change, unix_ms()))
    }

    /// Takes a session from the shelf, and gives the one before it back.
    fn take(&mut self, id: &str, tell: &impl Fn(StoreNews)) -> Result<Taken, StoreFault> {
        self.expect_file(id)?;
        let mine = self.held.iter().any(|lock| lock.session() == id);
        // The lock first: what is read then is not changed by others any more.
        let taken = if mine { Ok(None) } else { SessionLock::take(&self.directory, id) };
        let session = read::session(&self.open_base(tell)?.connection, id)?;
        let session = session.ok_or_else(|| StoreFault::NoSession(id.to_owned()))?;
        self.held.retain(|lock| lock.session() == id);
        self.seen.insert(id.to_owned());
        self.current = Some(id.to_owned());
        let elsewhere = match taken {
            Ok(lock) => {
                self.held.extend(lock);
                None
            }
            Err(elsewhere) => Some(elsewhere),
        };
        Ok((Box::new(session), elsewhere))
    }

    /// A store that is not there yet is not made for the sake of a session that cannot be in it.
    fn expect_file(&self, id: &str) -> Result<(), StoreFault> {
        if base::file(&self.directory).exists() { Ok(()) } else { Err(StoreFault::NoSession(id.to_owned())) }
    }
}

pub(super) fn unix_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
