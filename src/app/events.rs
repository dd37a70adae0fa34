//! The event loop: waits for the terminal, the streams and the clock; updates; draws.

mod arrival;
mod effects;

use std::future::poll_fn;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::task::Poll;

use crossterm::event::{Event as TerminalEvent, KeyEventKind};
use futures_util::future::BoxFuture;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::sleep_until;

use super::background::BackgroundReply;
use super::clock::{WallClock, now};
use super::files::Files;
use super::gate::{Gate, Urgency};
use super::mouse::pointer;
use super::runner::{Batch, Runner};
use super::sessions::Sessions;
use super::tool_runs::ToolRuns;
use super::{Connect, Console};
use crate::state::{EditPurpose, Effect, Event, ExitReason, Size, State};
use crate::store::SessionLock;
use crate::tools::ChildEnvironment;
use crate::update::update;
use crate::view::View;
pub use arrival::Arrival;

/// Batches of streams that wait at the most; when they are this many, the sockets wait.
const CHANNEL: usize = 4;

/// Events that are taken in before the terminal is looked at again.
const BATCH: usize = 256;

/// Stream events after which the view renders what came, though no frame is due: what comes between two frames at full
/// speed would hold the next key up for as long as it takes to render.
const UNRENDERED: usize = 512;

/// The running program.
pub struct App<C> {
    state: State,
    view: View,
    console: C,
    runner: Runner,
    tool_runs: ToolRuns,
    /// Where presets are kept, if anywhere.
    presets: Option<PathBuf>,
    /// Where the user's own prices are kept, if anywhere.
    models: Option<PathBuf>,
    /// Where files lie that are named without a directory; empty for that of the process.
    here: PathBuf,
    /// Started when there is work for it.
    files: Option<Files>,
    sender: Sender<Batch>,
    events: Receiver<Batch>,
    /// Goes after `events`: who still tells something then is told that nobody listens.
    sessions: Option<Sessions>,
    /// Stream events since something was rendered.
    unrendered: usize,
    gate: Gate,
    background: BackgroundReply,
    /// The editor that has the terminal, and what it is for.
    editing: Option<(EditPurpose, BoxFuture<'static, Result<String, String>>)>,
    /// What was typed before the editor had the terminal, or a session was there, and comes after it.
    held: Vec<TerminalEvent>,
    /// The session that the program was started with, until it is on the screen.
    arrival: Option<Arrival>,
    wall: WallClock,
}

/// What woke the loop.
enum Woken {
    Terminal(Option<io::Result<TerminalEvent>>),
    Events(Batch),
    /// The editor ended.
    Edited(Result<String, String>),
    /// What waits for a frame gets it: nothing else has changed.
    Frame,
    /// Something changes by time alone.
    Time,
}

impl<C: Console> App<C> {
    pub fn new(state: State, console: C, connect: Arc<dyn Connect>) -> Self {
        let (sender, events) = channel(CHANNEL);
        Self {
            state,
            view: View::default(),
            console,
            runner: Runner::new(connect, sender.clone()),
            tool_runs: ToolRuns::new(sender.clone()),
            presets: None,
            models: None,
            here: PathBuf::new(),
            files: None,
            sender,
            events,
            sessions: None,
            unrendered: 0,
            gate: Gate::default(),
            background: BackgroundReply::default(),
            editing: None,
            held: Vec::new(),
            arrival: None,
            wall: WallClock::default(),
        }
    }

    /// Keeps presets in this directory, which need not be there yet.
    #[must_use]
    pub fn with_presets(mut self, directory: PathBuf) -> Self {
        self.presets = Some(directory);
        self
    }

    /// Writes files that are named without a directory into this one, and not into that of the process.
    #[must_use]
    pub fn with_directory(mut self, directory: PathBuf) -> Self {
        self.here = directory;
        self
    }

    /// Keeps prices that are entered in this file, which need not be there yet.
    #[must_use]
    pub fn with_models(mut self, file: PathBuf) -> Self {
        self.models = Some(file);
        self
    }

    /// Runs commands in this environment, and keeps in this file which tools they answer.
    #[must_use]
    pub fn with_tools(mut self, file: PathBuf, environment: ChildEnvironment) -> Self {
        self.tool_runs.equip(file, environment);
        self
    }

    /// Takes the time of the day from this clock, in unix milliseconds, and not from the system's.
    #[must_use]
    pub fn with_wall_clock(mut self, clock: impl Fn() -> i64 + 'static) -> Self {
        self.wall = WallClock(Box::new(clock));
        self
    }

    /// Keeps sessions in this directory, which need not be there yet. `held` are those that this program has open.
    #[must_use]
    pub fn with_store(mut self, directory: PathBuf, held: Vec<SessionLock>) -> Self {
        self.sessions = Some(Sessions::start(directory, held, self.state.zone.clone(), self.sender.clone()));
        self
    }

    /// Runs until the user or the system ends the program. `ends` completes when the system wants it to end.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub async fn run(mut self, ends: impl Future<Output = ()>) -> io::Result<(ExitReason, State)> {
        tokio::pin!(ends);
        // From here on signals are waited for. One that nobody waits for would end the program before it has saved.
        if poll_fn(|context| Poll::Ready(ends.as_mut().poll(context).is_ready())).await {
            return Ok((ExitReason::Signal, self.state));
        }
        self.gate.changed(Urgency::Now);
        // What a resumed session waits for is shown from the first frame on.
        self.apply(Event::Tick)?;
        if let Some(reason) = self.expect_session()? {
            return Ok((reason, self.state));
        }
        loop {
            self.draw_when_due()?;
            let woken = tokio::select! {
                biased;
                // While an editor has the terminal, leaving would leave it behind: the wish waits for its end.
                () = &mut ends, if self.editing.is_none() => Woken::Events(vec![Event::Terminate]),
                woken = self.woken() => woken,
            };
            if let Some(reason) = self.handle(woken).await? {
                let Self { state, files, events, sessions, .. } = self;
                // Nobody listens any more, so nothing waits for being heard.
                drop(events);
                // What is not on the disk yet is written now.
                drop(sessions);
                if let Some(files) = files {
                    files.finished().await;
                }
                return Ok((reason, state));
            }
        }
    }

    fn draw_when_due(&mut self) -> io::Result<()> {
        let now = now();
        if self.editing.is_none() && self.gate.due(now).is_some_and(|due| due <= now) {
            for (lane, scroll) in self.view.found_again(&self.state, now) {
                self.apply(Event::Scrolled { lane, scroll })?;
            }
            let Self { console, view, state, gate, .. } = self;
            let patched = gate.only_grew() && console.patch(&mut |last| view.patch(last, state, now))?;
            if patched {
                self.unrendered = 0;
                self.gate.drawn(self::now());
                return Ok(());
            }
            let mut drawn = state.size;
            console.draw(&mut |frame| {
                drawn = Size { columns: frame.area().width, rows: frame.area().height };
                view.draw(frame, state, now);
            })?;
            self.unrendered = 0;
            self.gate.drawn(self::now());
            #[cfg(debug_assertions)]
            panic_on_demand();
            // The event reader drops a resize that comes at the same moment as a key: the frame knows the true size.
            if drawn != self.state.size {
                self.gate.changed(Urgency::Now);
                self.apply(Event::Resized(drawn))?;
            }
        }
        Ok(())
    }

    /// Waits for the terminal first, then the streams, then the time of the next frame or of the next change by time.
    async fn woken(&mut self) -> Woken {
        let now = now();
        // The next frame brings the figures, too.
        let frame = self.gate.due(now).or_else(|| self.view.owes_figures());
        let change = self.state.next_change(now);
        let due = frame.into_iter().chain(change).min();
        let Self { console, events, editing, .. } = self;
        if let Some((_, edited)) = editing {
            // The terminal is the editor's; streams go on.
            return tokio::select! {
                edited = edited => Woken::Edited(edited),
                Some(batch) = events.recv() => Woken::Events(batch),
            };
        }
        tokio::select! {
            biased;
            event = poll_fn(|context| console.poll_event(context)) => Woken::Terminal(event),
            Some(batch) = events.recv() => Woken::Events(batch),
            () = sleep_until(due.unwrap_or(now).into()), if due.is_some() => {
                if change.is_some_and(|change| due == Some(change)) { Woken::Time } else { Woken::Frame }
            }
        }
    }

    async fn handle(&mut self, woken: Woken) -> io::Result<Option<ExitReason>> {
        match woken {
            Woken::Terminal(None) => Ok(Some(ExitReason::Signal)),
            Woken::Terminal(Some(event)) => self.terminal(event?).await,
            Woken::Events(batch) => self.streams(batch),
            Woken::Edited(result) => self.edited(result),
            Woken::Frame => {
                // Figures that are owed are all that there may be.
                self.gate.grew();
                Ok(None)
            }
            Woken::Time => {
                self.gate.changed(Urgency::Soon);
                self.apply(Event::Tick)
            }
        }
    }

    /// Takes in an event of the terminal and all others that are there already, so that a held key or a paste that
    /// comes as keys costs one frame.
    async fn terminal(&mut self, first: TerminalEvent) -> io::Result<Option<ExitReason>> {
        let mut events = Vec::new();
        let mut next = Some(first);
        while let Some(event) = next {
            if let Some(colour) = self.background.filter(event, &mut events) {
                self.gate.changed(Urgency::Now);
                self.apply(Event::Background(colour))?;
            }
            next = match ready(&mut self.console).await {
                Some(event) if events.len() < BATCH => Some(event?),
                Some(event) => {
                    events.push(event?);
                    None
                }
                None => None,
            };
        }
        self.take_in(events)
    }

    /// Handles events of the terminal; those behind one that opens the editor wait for its end.
    fn take_in(&mut self, events: Vec<TerminalEvent>) -> io::Result<Option<ExitReason>> {
        for event in events {
            if self.editing.is_some() || self.comes_too_soon(&event) {
                self.held.push(event);
                continue;
            }
            let Some(event) = self.translate(event) else { continue };
            self.gate.changed(Urgency::Now);
            if let Some(reason) = self.apply(event)? {
                return Ok(Some(reason));
            }
        }
        Ok(None)
    }

    /// Takes the terminal back with what the editor left.
    fn edited(&mut self, result: Result<String, String>) -> io::Result<Option<ExitReason>> {
        let Some((purpose, _)) = self.editing.take() else { return Ok(None) };
        self.console.take_back()?;
        self.gate.changed(Urgency::Now);
        if let Some(reason) = self.apply(Event::Edited { purpose, result })? {
            return Ok(Some(reason));
        }
        let held = std::mem::take(&mut self.held);
        self.take_in(held)
    }

    fn streams(&mut self, first: Batch) -> io::Result<Option<ExitReason>> {
        let mut taken = 0;
        let mut next = Some(first);
        while let Some(batch) = next {
            taken += batch.len();
            for event in batch {
                let done = if event.only_grows(&self.state) {
                    self.gate.grew();
                    self.apply_now(event)?
                } else {
                    let awaited = event.is_awaited(&self.state);
                    self.gate.changed(if awaited { Urgency::Now } else { Urgency::Soon });
                    self.apply(event)?
                };
                if done.is_some() {
                    return Ok(done);
                }
            }
            next = if taken < BATCH { self.events.try_recv().ok() } else { None };
        }
        self.unrendered += taken;
        if self.unrendered >= UNRENDERED {
            self.unrendered = 0;
            self.view.absorb(&self.state, now());
        }
        self.receive_session()
    }

    fn translate(&self, event: TerminalEvent) -> Option<Event> {
        match event {
            TerminalEvent::Key(key) if key.kind != KeyEventKind::Release => Some(Event::Key(key)),
            TerminalEvent::Paste(text) => Some(Event::Paste(text)),
            TerminalEvent::Resize(columns, rows) => Some(Event::Resized(Size { columns, rows })),
            // What lies under it while a session is on its way is gone with the next frame.
            TerminalEvent::Mouse(mouse) if self.arrival.is_none() => {
                pointer(mouse, self.view.target(mouse.column, mouse.row)).map(Event::Pointer)
            }
            TerminalEvent::Key(_) | TerminalEvent::Mouse(_) | TerminalEvent::FocusGained | TerminalEvent::FocusLost => {
                None
            }
        }
    }

    /// Updates the state and does what follows, also what follows from that.
    fn apply(&mut self, event: Event) -> io::Result<Option<ExitReason>> {
        if let Some(saving) = &mut self.state.saving {
            saving.anchor = self.wall.anchor();
        }
        self.apply_now(event)
    }

    /// The same, at the time of day of the event before: a piece of a reply needs none.
    fn apply_now(&mut self, event: Event) -> io::Result<Option<ExitReason>> {
        let (mut first, mut events) = (Some(event), Vec::new());
        while let Some(event) = first.take().or_else(|| events.pop()) {
            for effect in update(&mut self.state, event, now()) {
                match effect {
                    Effect::Quit(reason) => return Ok(Some(reason)),
                    other => events.extend(self.perform(other)?),
                }
            }
        }
        Ok(None)
    }
}

/// Lets the tests of the built program see how a panic leaves the terminal; release builds do not have it.
#[cfg(debug_assertions)]
#[expect(clippy::panic, reason = "to panic is what it is for")]
fn panic_on_demand() {
    if std::env::var_os("ABREAST_PANIC").is_some() {
        panic!("a panic on demand");
    }
}

/// An event of the terminal that is there already. Polled with the task's own waker: the event reader keeps the waker of
/// the first poll that finds nothing, so another one would lose the next key.
async fn ready(console: &mut impl Console) -> Option<io::Result<TerminalEvent>> {
    poll_fn(|context| match console.poll_event(context) {
        Poll::Ready(event) => Poll::Ready(event),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}
