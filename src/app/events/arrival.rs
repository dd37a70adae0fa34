//! The session that the program is started with: it is read beside the loop, so that the first frame waits for none of it.
//!
//! Owns what waits for it: keys, the models that its lanes ask for, and what is opened in it.

use std::io;
use std::thread;

use crossterm::event::{Event as TerminalEvent, KeyEventKind};
use tokio::sync::oneshot::{self, Receiver};

use super::super::Console;
use super::super::clock::now;
use super::super::gate::Urgency;
use super::super::runner::Batch;
use super::App;
use crate::exchange::Foreign;
use crate::input::Action;
use crate::state::{Event, ExitReason, OpeningSession};
use crate::store::{OpenElsewhere, SavedSession, ShelfAnswer, ShelfWork, StoreFault, StoreNews};
use crate::update::open_foreign;

/// A session on its way from the store.
#[derive(Debug)]
pub struct Arrival {
    id: String,
    title: String,
    /// Until it is read, or somebody waits for it elsewhere.
    read: Option<Receiver<Batch>>,
    /// What is opened in it.
    foreign: Option<Foreign>,
}

impl Arrival {
    /// Begins to read a session on a thread of its own. `read` gives it, and a sentence about a damaged file.
    pub fn begin(
        (id, title): (String, String),
        elsewhere: Option<OpenElsewhere>,
        read: impl FnOnce() -> Result<(SavedSession, Option<String>), StoreFault> + Send + 'static,
    ) -> Self {
        let (sender, receiver) = oneshot::channel();
        let work = ShelfWork::Open { id: id.clone() };
        let reading = move || {
            let found = read();
            // The program may have ended.
            let _ = sender.send(events(work, found, elsewhere));
        };
        // Where no thread can be started nothing comes of it, and that is told.
        let _ = thread::Builder::new().name("opening".to_owned()).spawn(reading);
        Self { id, title, read: Some(receiver), foreign: None }
    }

    /// Opens a conversation of elsewhere in it once it is there.
    #[must_use]
    pub fn followed_by(self, foreign: Option<Foreign>) -> Self {
        Self { foreign, ..self }
    }
}

/// What came of reading, as the shelf tells it of a session that is chosen from the list.
fn events(
    work: ShelfWork,
    found: Result<(SavedSession, Option<String>), StoreFault>,
    elsewhere: Option<OpenElsewhere>,
) -> Batch {
    let (said, answer) = match found {
        Ok((session, said)) => (said, ShelfAnswer::Opened { session: Box::new(session), elsewhere }),
        Err(fault) => (None, ShelfAnswer::Failed(format!("The session cannot be opened: {fault}."))),
    };
    let said = said.map(|said| Event::Store(StoreNews::Recovered(said)));
    said.into_iter().chain([Event::Shelf { work, answer }]).collect()
}

impl<C: Console> App<C> {
    /// Begins with a session that is being read. Its lock is among those that the store holds.
    #[must_use]
    pub fn with_arrival(mut self, arrival: Option<Arrival>) -> Self {
        self.state.shelf.opening = arrival.as_ref().map(|arrival| OpeningSession {
            id: arrival.id.clone(),
            title: arrival.title.clone(),
            hit: None,
            stopped: Vec::new(),
        });
        self.arrival = arrival;
        self
    }

    /// Takes the session in where it is read already, so that a short one is in the first frame; else it comes as an event.
    pub(super) fn expect_session(&mut self) -> io::Result<Option<ExitReason>> {
        let Some(arrival) = &mut self.arrival else {
            self.ask_for_models();
            return Ok(None);
        };
        let Some(mut read) = arrival.read.take() else { return Ok(None) };
        if let Ok(batch) = read.try_recv() {
            return self.streams(batch);
        }
        let (events, work) = (self.sender.clone(), ShelfWork::Open { id: arrival.id.clone() });
        tokio::spawn(async move {
            let batch = read.await.unwrap_or_else(|_| self::events(work, Err(StoreFault::Unopened), None));
            // The loop may be gone.
            let _ = events.send(batch).await;
        });
        Ok(None)
    }

    /// Whether an event of the terminal is about the session that is not there yet: all that is typed but the key that
    /// ends the program, and is asked for twice.
    pub(super) fn comes_too_soon(&self, event: &TerminalEvent) -> bool {
        let interrupts = |key| self.state.keymap.resolve(self.state.contexts(), key) == Some(Action::Interrupt);
        self.arrival.is_some()
            && match event {
                TerminalEvent::Key(key) => key.kind != KeyEventKind::Release && !interrupts(*key),
                TerminalEvent::Paste(_) => true,
                _ => false,
            }
    }

    /// Goes on with what waited for the session, once it is there or cannot be.
    pub(super) fn receive_session(&mut self) -> io::Result<Option<ExitReason>> {
        let is_open = self.state.shelf.opening.is_none();
        let Some(arrival) = self.arrival.take_if(|_| is_open) else { return Ok(None) };
        self.gate.changed(Urgency::Now);
        if let Some(foreign) = &arrival.foreign {
            for effect in open_foreign(&mut self.state, foreign, now()) {
                self.perform(effect)?;
            }
            self.apply(Event::Tick)?;
        }
        self.ask_for_models();
        let held = std::mem::take(&mut self.held);
        if self.state.session.id == arrival.id {
            return self.take_in(held);
        }
        for event in held {
            let event = if self.sends(&event) { TerminalEvent::Paste("\n".to_owned()) } else { event };
            if let Some(reason) = self.take_in(vec![event])? {
                return Ok(Some(reason));
            }
        }
        Ok(None)
    }

    /// Whether a key sends the draft: what was written to a session that cannot be opened is no question without it.
    fn sends(&self, event: &TerminalEvent) -> bool {
        let TerminalEvent::Key(key) = event else { return false };
        self.state.keymap.resolve(self.state.contexts(), *key) == Some(Action::Send)
    }

    fn ask_for_models(&mut self) {
        for provider in self.unasked() {
            self.runner.list_models(provider);
        }
    }

    /// Who is asked for models at the start: local servers at their usual ports, so that those that run can be offered,
    /// and whoever a lane asks without the name of a model.
    fn unasked(&self) -> Vec<String> {
        let nameless = |name: &str| {
            let mut settings = self.state.lanes.iter().map(|lane| &lane.settings);
            settings.any(|settings| settings.provider == name && settings.model.is_empty())
        };
        let providers = self.state.providers.all.iter();
        let asked = providers.filter(|provider| provider.candidate || nameless(&provider.name));
        asked.map(|provider| provider.name.clone()).collect()
    }
}
