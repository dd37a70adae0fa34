//! What waits for the writer: commands, and the moment by which they must be on the disk.
//!
//! The writer sleeps until that moment, so many small pieces wake it once.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::write::{Write, join};
use super::{OpenElsewhere, SavedSession, ShelfChange, StoreFault, StoreWork};

/// A reply's pieces are on the disk this long after they came, and one commit later: together under 250 ms.
const PIECES: Duration = Duration::from_millis(200);

/// Drafts, and where lanes are scrolled to: together with the commit under 1 s.
const DRAFTS: Duration = Duration::from_millis(500);

/// Tells whether everything that was asked for before is on the disk.
pub(super) type Ticket = oneshot::Sender<Result<(), StoreFault>>;

/// What only the writer can do, and somebody waits for: it has the locks, and knows what is not on the disk yet.
#[derive(Debug)]
pub(super) enum Errand {
    Change { id: String, change: ShelfChange, done: oneshot::Sender<Result<(), StoreFault>> },
    Open { id: String, done: oneshot::Sender<Result<Taken, StoreFault>> },
}

/// A session that was taken from the shelf.
pub(super) type Taken = (Box<SavedSession>, Option<OpenElsewhere>);

#[derive(Debug, Default)]
pub(super) struct Mailbox {
    inner: Mutex<Inner>,
    news: Condvar,
}

#[derive(Debug, Default)]
struct Inner {
    post: Post,
    due: Option<Instant>,
    closed: bool,
    /// Whether the writer is gone, so that nobody waits for it.
    ended: bool,
}

/// What the writer takes at once.
#[derive(Debug, Default)]
pub(super) struct Post {
    /// By session, in the order in which they came.
    pub(super) work: Vec<(String, Vec<Write>)>,
    pub(super) tickets: Vec<Ticket>,
    pub(super) errands: Vec<Errand>,
    pub(super) closed: bool,
}

impl Mailbox {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        // Nothing in here can be half done: a panic elsewhere is no reason to lose what waits.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn keep(&self, work: StoreWork) {
        let wait = if work.writes.iter().any(Write::is_urgent) {
            Duration::ZERO
        } else if work.writes.iter().any(|write| matches!(write, Write::Append { .. })) {
            PIECES
        } else {
            DRAFTS
        };
        let mut inner = self.inner();
        add(&mut inner.post.work, work);
        self.wake(inner, wait);
    }

    pub(super) fn ask(&self, ticket: Ticket) {
        let mut inner = self.inner();
        inner.post.tickets.push(ticket);
        self.wake(inner, Duration::ZERO);
    }

    pub(super) fn send(&self, errand: Errand) {
        let mut inner = self.inner();
        if !inner.ended {
            inner.post.errands.push(errand);
            self.wake(inner, Duration::ZERO);
        }
    }

    /// The writer is gone: who waits for an errand is let go.
    pub(super) fn end(&self) {
        let mut inner = self.inner();
        inner.ended = true;
        inner.post.errands.clear();
    }

    pub(super) fn close(&self) {
        let mut inner = self.inner();
        inner.closed = true;
        self.wake(inner, Duration::ZERO);
    }

    /// Wakes the writer only when it has to be up earlier than it knows.
    fn wake(&self, mut inner: MutexGuard<'_, Inner>, wait: Duration) {
        let due = Instant::now() + wait;
        if inner.due.is_none_or(|earlier| due < earlier) {
            inner.due = Some(due);
            drop(inner);
            self.news.notify_one();
        }
    }

    /// Waits until something is due, or until `again`, when what failed is tried once more.
    pub(super) fn take(&self, again: Option<Instant>) -> Post {
        let mut inner = self.inner();
        loop {
            let now = Instant::now();
            let due = inner.due.into_iter().chain(again).min();
            match due.map(|due| due.saturating_duration_since(now)) {
                Some(Duration::ZERO) => {
                    inner.due = None;
                    let closed = inner.closed;
                    return Post { closed, ..std::mem::take(&mut inner.post) };
                }
                Some(wait) => {
                    inner = self.news.wait_timeout(inner, wait).unwrap_or_else(PoisonError::into_inner).0;
                }
                None => inner = self.news.wait(inner).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

/// Adds work to what waits for the same session.
pub(super) fn add(waiting: &mut Vec<(String, Vec<Write>)>, work: StoreWork) {
    if waiting.last().is_none_or(|(session, _)| **session != *work.session) {
        waiting.push((work.session.to_string(), Vec::new()));
    }
    if let Some((_, writes)) = waiting.last_mut() {
        for write in work.writes {
            join(writes, write);
        }
    }
}
