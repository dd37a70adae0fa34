//! A terminal that a test scripts: it feeds events and looks at frames.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};

use abreast::app::Console;
use abreast::state::{Capture, CopyOutcome, Size};
use abreast::view::Before;
use crossterm::event::Event as TerminalEvent;
use futures_util::future::BoxFuture;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::{Frame, Terminal};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

/// What a console was asked for, in order.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Asked {
    Title(String),
    Copy(String),
    Mouse(Capture),
    Edit(String),
    TakeBack,
    Redraw,
    Suspend,
}

/// The test's end of a console.
#[derive(Clone)]
pub(super) struct Screen {
    events: UnboundedSender<TerminalEvent>,
    shared: Arc<Mutex<Shared>>,
}

struct Shared {
    terminal: Terminal<TestBackend>,
    /// The cells of the last frame.
    shown: Buffer,
    frames: usize,
    /// Those that were painted over the one before.
    patches: usize,
    /// How often the program looked whether there is an event.
    looks: usize,
    asked: Vec<Asked>,
    /// What `$EDITOR` answers next.
    editor: Vec<Result<String, String>>,
    /// Holds the next editor open until it is sent to or dropped.
    editor_ends: Option<oneshot::Receiver<()>>,
}

/// The program's end of it.
pub(super) struct ScriptedConsole {
    events: UnboundedReceiver<TerminalEvent>,
    shared: Arc<Mutex<Shared>>,
}

pub(super) fn console(size: Size) -> (Screen, ScriptedConsole) {
    let (sender, events) = unbounded_channel();
    let terminal = Terminal::new(TestBackend::new(size.columns, size.rows)).unwrap();
    let shared = Arc::new(Mutex::new(Shared {
        terminal,
        shown: Buffer::default(),
        frames: 0,
        patches: 0,
        looks: 0,
        asked: Vec::new(),
        editor: Vec::new(),
        editor_ends: None,
    }));
    (Screen { events: sender, shared: Arc::clone(&shared) }, ScriptedConsole { events, shared })
}

impl Screen {
    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap()
    }

    /// Hands an event to the program, unless it has ended.
    pub(super) fn feed(&self, event: TerminalEvent) {
        let _ = self.events.send(event);
    }

    pub(super) fn resize(&self, size: Size) {
        self.shared().terminal.backend_mut().resize(size.columns, size.rows);
        self.feed(TerminalEvent::Resize(size.columns, size.rows));
    }

    pub(super) fn editor_answers(&self, answer: Result<&str, &str>) {
        self.shared().editor.push(answer.map(str::to_owned).map_err(str::to_owned));
    }

    /// The next editor stays open until what is given goes.
    pub(super) fn editor_stays(&self) -> oneshot::Sender<()> {
        let (sender, receiver) = oneshot::channel();
        self.shared().editor_ends = Some(receiver);
        sender
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.shared().asked.clone()
    }

    pub(super) fn frames(&self) -> usize {
        self.shared().frames
    }

    /// How many of the frames were painted over the one before.
    pub(super) fn patches(&self) -> usize {
        self.shared().patches
    }

    /// How often the program looked whether there is a key.
    pub(super) fn looks(&self) -> usize {
        self.shared().looks
    }

    pub(super) fn buffer(&self) -> Buffer {
        self.shared().shown.clone()
    }

    /// The screen as text, a line for each row.
    pub(super) fn text(&self) -> String {
        let buffer = self.buffer();
        let width = usize::from(buffer.area.width).max(1);
        let rows = buffer.content().chunks(width);
        let lines: Vec<String> = rows.map(|row| row.iter().map(ratatui::buffer::Cell::symbol).collect()).collect();
        lines.join("\n")
    }
}

impl ScriptedConsole {
    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap()
    }

    fn note(&self, asked: Asked) {
        self.shared().asked.push(asked);
    }
}

impl Console for ScriptedConsole {
    fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<TerminalEvent>>> {
        self.shared().looks += 1;
        self.events.poll_recv(context).map(|event| event.map(Ok))
    }

    fn draw(&mut self, paint: &mut dyn FnMut(&mut Frame<'_>)) -> io::Result<()> {
        let mut shared = self.shared();
        let Shared { terminal, shown, .. } = &mut *shared;
        let painted = terminal.draw(|frame| {
            paint(frame);
            shown.clone_from(frame.buffer_mut());
        });
        painted.map_err(io::Error::other)?;
        shared.frames += 1;
        Ok(())
    }

    fn patch(&mut self, paint: &mut dyn FnMut(&mut Buffer) -> Option<Vec<Before>>) -> io::Result<bool> {
        let mut shared = self.shared();
        let patched = paint(&mut shared.shown).is_some();
        shared.frames += usize::from(patched);
        shared.patches += usize::from(patched);
        Ok(patched)
    }

    fn redraw(&mut self) -> io::Result<()> {
        self.note(Asked::Redraw);
        Ok(())
    }

    fn set_title(&mut self, title: &str) -> io::Result<()> {
        self.note(Asked::Title(title.to_owned()));
        Ok(())
    }

    fn set_mouse(&mut self, capture: Capture) -> io::Result<()> {
        self.note(Asked::Mouse(capture));
        Ok(())
    }

    fn copy(&mut self, text: &str) -> CopyOutcome {
        self.note(Asked::Copy(text.to_owned()));
        CopyOutcome::SentToTerminal { characters: text.chars().count() }
    }

    fn edit(&mut self, text: &str) -> io::Result<BoxFuture<'static, Result<String, String>>> {
        self.note(Asked::Edit(text.to_owned()));
        let mut shared = self.shared();
        let answer = if shared.editor.is_empty() { Ok(text.to_owned()) } else { shared.editor.remove(0) };
        let held = shared.editor_ends.take();
        Ok(Box::pin(async move {
            if let Some(held) = held {
                let _ = held.await;
            }
            answer
        }))
    }

    fn take_back(&mut self) -> io::Result<()> {
        self.note(Asked::TakeBack);
        Ok(())
    }

    fn suspend(&mut self) -> io::Result<()> {
        self.note(Asked::Suspend);
        Ok(())
    }
}
