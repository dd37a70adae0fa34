//! Where sessions are kept while the program runs: the store that is written, and the shelf that is searched beside it.

use std::path::{Path, PathBuf};

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

    /// Where they are kept.
    pub(super) fn directory(&self) -> &Path {
        &self.directory
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
            ShelfAnswer::Ledger(LedgerAnswer::Spent { today, month, all: false })
        }
        _ => ShelfAnswer::Failed("No sessions are kept here: there is no data directory.".to_owned()),
    };
    Event::Shelf { work, answer }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc::channel;

    use super::*;
    use crate::store::{SavedSession, ShelfChange, ShelfFound};

    #[test]
    fn what_is_kept_is_found_and_each_answer_names_its_question() {
        let home = tempfile::tempdir().unwrap();
        let (sender, mut events) = channel(4);
        let mut sessions = Sessions::start(home.path().to_owned(), Vec::new(), TimeZone::UTC, sender);
        let session = SavedSession { id: "one".into(), title: "Tea".into(), ..SavedSession::default() };
        sessions.keep(StoreWork { session: "one".into(), writes: session.writes() });
        let works = [
            ShelfWork::Open { id: "one".into() },
            ShelfWork::Change { id: "one".into(), change: ShelfChange::Pin(true) },
            ShelfWork::Find { query: "tea".into(), serial: 7 },
        ];
        works.iter().for_each(|work| sessions.ask(work.clone()));
        let mut answers = Vec::new();
        while answers.len() < works.len() {
            for event in events.blocking_recv().unwrap() {
                let Event::Shelf { work, answer } = event else { continue };
                assert_eq!(work, works[answers.len()]);
                answers.push(answer);
            }
        }
        assert!(
            matches!(&answers[..2], [ShelfAnswer::Opened { elsewhere: None, .. }, ShelfAnswer::Changed]),
            "{answers:?}"
        );
        let ShelfAnswer::Found(ShelfFound { rows, more: false, problem: None }) = &answers[2] else {
            panic!("{answers:?}")
        };
        assert_eq!((rows.len(), rows[0].id.as_str(), rows[0].pinned), (1, "one", true));
    }

    #[test]
    fn where_nothing_is_kept_nothing_is_found_and_nothing_opened() {
        let find = ShelfWork::Find { query: "x".into(), serial: 1 };
        let answer = ShelfAnswer::Found(ShelfFound::default());
        assert_eq!(nowhere(find.clone()), Event::Shelf { work: find, answer });
        let open = ShelfWork::Open { id: "x".into() };
        let answer = ShelfAnswer::Failed("No sessions are kept here: there is no data directory.".into());
        assert_eq!(nowhere(open.clone()), Event::Shelf { work: open, answer });
    }
}
