//! A program in a pseudo-terminal with an emulator behind it, which notes when what was on the screen.

use std::fs::File;
use std::io::{Read, Write};
use std::num::NonZero;
use std::os::fd::AsFd;
use std::process::Child;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};
use vt100::Parser;

use crate::Outcome;
use crate::process::Process;

const COLUMNS: u16 = 200;
const ROWS: u16 = 50;

/// What a frame ends with: the end of a synchronized update.
const END_OF_FRAME: &[u8] = b"\x1b[?2026l";

/// Nothing that is waited for takes longer, a reply of 10 MB on a busy machine included, unless something is broken.
const PATIENCE: Duration = Duration::from_secs(240);

/// A running program and its screen.
pub(crate) struct Terminal {
    child: Child,
    pty: Pty,
    shared: Arc<Shared>,
    pub(crate) started: Instant,
}

#[derive(Default)]
struct Shared {
    screen: Mutex<Screen>,
    changed: Condvar,
}

/// The screen, what is waited for on it, and what came so far.
pub(crate) struct Screen {
    parser: Parser,
    /// What may be the start of a mark.
    held: Vec<u8>,
    /// Frames that were completed.
    pub(crate) frames: u64,
    /// Bytes that the program wrote.
    pub(crate) bytes: u64,
    ended: bool,
    watch: Option<Watch>,
    seen: Option<Instant>,
}

/// What is waited for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Watch {
    Frame,
    /// A frame after so many.
    FrameAfter(u64),
    Text(&'static str),
    /// The cursor in this column.
    CursorAt(u16),
}

impl Default for Screen {
    fn default() -> Self {
        let parser = Parser::new(at_least_one(ROWS), at_least_one(COLUMNS), 0);
        Self { parser, held: Vec::new(), frames: 0, bytes: 0, ended: false, watch: None, seen: None }
    }
}

impl Screen {
    fn take(&mut self, bytes: &[u8], now: Instant) {
        self.bytes += bytes.len() as u64;
        let together = [std::mem::take(&mut self.held).as_slice(), bytes].concat();
        let mut rest = together.as_slice();
        while let Some(at) = find(rest, END_OF_FRAME) {
            let (frame, after) = rest.split_at(at + END_OF_FRAME.len());
            self.parser.process(frame);
            self.frames += 1;
            self.look(now);
            rest = after;
        }
        // A mark may be split between two reads.
        let split = (1..END_OF_FRAME.len()).rev().find(|length| rest.ends_with(&END_OF_FRAME[..*length]));
        let (rest, held) = rest.split_at(rest.len() - split.unwrap_or(0));
        self.held = held.to_vec();
        self.parser.process(rest);
        if self.frames == 0 {
            self.look(now);
        }
    }

    fn look(&mut self, now: Instant) {
        let screen = self.parser.screen();
        let is_there = match &self.watch {
            None => false,
            Some(Watch::Frame) => self.frames > 0,
            Some(Watch::FrameAfter(frames)) => self.frames > *frames,
            Some(Watch::Text(text)) => screen.contents().contains(text),
            Some(Watch::CursorAt(column)) => screen.cursor_position().1 == *column,
        };
        if is_there {
            self.watch = None;
            self.seen = Some(now);
        }
    }
}

impl Terminal {
    /// Starts a program; `configure` gives it its arguments and surroundings.
    pub(crate) fn start(program: &str, configure: impl FnOnce(Command) -> Command) -> Outcome<Self> {
        let (pty, pts) = open()?;
        pty.resize(Size::new(ROWS, COLUMNS))?;
        let started = Instant::now();
        let child = configure(Command::new(program)).spawn(pts)?;
        let shared = Arc::new(Shared::default());
        let mut output = File::from(pty.as_fd().try_clone_to_owned()?);
        let reading = Arc::clone(&shared);
        thread::spawn(move || {
            let mut bytes = [0; 64 << 10];
            while let Ok(count @ 1..) = output.read(&mut bytes) {
                let now = Instant::now();
                reading.lock().take(&bytes[..count], now);
                reading.changed.notify_all();
            }
            reading.lock().ended = true;
            reading.changed.notify_all();
        });
        Ok(Self { child, pty, shared, started })
    }

    pub(crate) fn process(&self) -> Process {
        Process(self.child.id())
    }

    /// What is on the screen, for a moment.
    pub(crate) fn screen(&self) -> MutexGuard<'_, Screen> {
        self.shared.lock()
    }

    pub(crate) fn cursor_column(&self) -> u16 {
        self.screen().parser.screen().cursor_position().1
    }

    /// Types; gives the time of it.
    pub(crate) fn type_keys(&mut self, keys: &str) -> Outcome<Instant> {
        let now = Instant::now();
        self.pty.write_all(keys.as_bytes())?;
        Ok(now)
    }

    /// Types, and waits for what follows from it; gives the time between.
    pub(crate) fn type_until(&mut self, keys: &str, watch: Watch) -> Outcome<Duration> {
        self.watch(watch);
        let typed = self.type_keys(keys)?;
        Ok(self.seen(watch)?.saturating_duration_since(typed))
    }

    /// Waits for something; gives when it came.
    pub(crate) fn wait(&self, watch: Watch) -> Outcome<Instant> {
        self.watch(watch);
        self.screen().look(Instant::now());
        self.seen(watch)
    }

    /// Waits until nothing was written for a while.
    pub(crate) fn settle(&self, quiet: Duration) {
        let mut bytes = self.screen().bytes;
        loop {
            thread::sleep(quiet);
            let now = self.screen().bytes;
            if now == bytes {
                return;
            }
            bytes = now;
        }
    }

    fn watch(&self, watch: Watch) {
        let mut screen = self.screen();
        screen.watch = Some(watch);
        screen.seen = None;
    }

    fn seen(&self, watch: Watch) -> Outcome<Instant> {
        let waiting = |screen: &mut Screen| screen.seen.is_none() && !screen.ended;
        let locked = self.screen();
        let waited = self.shared.changed.wait_timeout_while(locked, PATIENCE, waiting);
        let (screen, _) = waited.unwrap_or_else(PoisonError::into_inner);
        screen.seen.ok_or_else(|| {
            let contents = screen.parser.screen().contents();
            format!("{watch:?} never came to the screen, which shows:\n{contents}").into()
        })
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Screen> {
        self.screen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn at_least_one(cells: u16) -> NonZero<u16> {
    NonZero::new(cells).unwrap_or(NonZero::<u16>::MIN)
}

fn find(text: &[u8], mark: &[u8]) -> Option<usize> {
    text.windows(mark.len()).position(|window| window == mark)
}
