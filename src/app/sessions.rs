//! Where sessions are kept while the program runs: the store that is written, and the shelf that is searched beside it.

use std::path::PathBuf;

use jiff::tz::TimeZone;
use tokio::sync::mpsc::Sender;
use tokio::sync::oneshot::Receiver;

use super::runner::Batch;
use crate::state::Event;
use crate::store::{
    LedgerAnswer, LedgerAsk, LedgerSums, SessionLock, Shelf, ShelfAnswer, ShelfWork, Store, StoreFault, StoreWork,
};

/// The store and the shelf of one directory.
#[derive(Debug)]
pub(super) struct Sessions {
    directory: PathBuf,
    /// Started when it is asked for the first time. It goes before the store, which it asks.
    shelf: Option<Shelf>,
    store: Store,
    /// Where days begin.
    zone: TimeZone,
    events: Sender<Batch>,
}

impl Sessions {
    /// Starts on a directory, which need not be there yet. `held` are the sessions that this program has open.
    pub(super) fn start(directory: PathBuf, held: Vec<SessionLock>, zone: TimeZone, events: Sender<Batch>) -> Self {
        let sender = events.clone();
        // The loop may be gone; then there is nobody to tell.
        let tell = move |news| drop(sender.blocking_send(vec![Event::Store(news)]));
        let store = Store::start(directory.clone(), held, tell);
        Self { directory, shelf: None, store, zone, events }
    }

    /// As [`Store::keep`].
    pub(super) fn keep(&self, work: StoreWork) {
        self.store.keep(work);
    }

    /// As [`Store::kept`].
    pub(super) fn kept(&self) -> Receiver<Result<(), StoreFault>> {
        self.store.kept()
    }

    /// Asks the shelf; the answer comes as an event.
    pub(super) fn ask(&mut self, work: ShelfWork) {
        let Self { directory, shelf, store, zone, events } = self;
        let shelf = shelf.get_or_insert_with(|| {
            let events = events.clone();
            let tell = move |work, answer| drop(events.blocking_send(vec![Event::Shelf { work, answer }]));
            Shelf::start(directory.clone(), store, zone.clone(), tell)
        });
        shelf.ask(work);
    }
}

/// What is answered where nothing is saved.
pub(super) fn nowhere(work: ShelfWork) -> Event {
    let answer = match work {
        ShelfWork::Find { .. } => ShelfAnswer::Found(crate::store::ShelfFound::default()),
        ShelfWork::Ledger(LedgerAsk::Spent { .. }) => {
            let (today, month) = (LedgerSums::default(), LedgerSums::default());
            ShelfAnswer::Ledger(LedgerAnswer::Spent { today, month })
        }
        _ => ShelfAnswer::Failed("No sessions are kept here: there is no data directory.".to_owned()),
    };
    Event::Shelf { work, answer }
}
