//! The real terminal: its modes, its events, its frames. Whatever happens, it is left as it was found.

use std::cell::Cell;
use std::fmt;
use std::io::{self, Write};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use crossterm::event::{
    DisableBracketedPaste, EnableBracketedPaste, Event as TerminalEvent, EventStream, KeyboardEnhancementFlags,
    PopKeyboardEnhancementFlags, PushKeyboardEnhancementFlags,
};
use crossterm::style::ResetColor;
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    SetTitle, disable_raw_mode, enable_raw_mode,
};
use crossterm::{Command, cursor, execute, queue};
use futures_util::future::BoxFuture;
use futures_util::task::AtomicWaker;
use futures_util::{FutureExt as _, Stream};
use ratatui::buffer::Buffer;
use ratatui::layout::Position;
use ratatui::{Frame, Terminal};
use tokio::task::spawn_blocking;

use super::Console;
use super::background::QUESTION;
use super::clipboard::{osc52, write_aside};
use super::editor;
use super::screen::Screen;
use super::window::Window;
use crate::state::{Capture, CopyOutcome};
use crate::view::Before;

/// Presses, drags and the wheel, with SGR coordinates; not every motion, which would wake an idle program.
struct TakeMouse;

impl Command for TakeMouse {
    fn write_ansi(&self, out: &mut impl fmt::Write) -> fmt::Result {
        out.write_str("\x1b[?1000h\x1b[?1002h\x1b[?1006h")
    }

    #[cfg(windows)]
    fn execute_winapi(&self) -> io::Result<()> {
        crossterm::event::EnableMouseCapture.execute_winapi()
    }
}

struct LeaveMouse;

impl Command for LeaveMouse {
    fn write_ansi(&self, out: &mut impl fmt::Write) -> fmt::Result {
        out.write_str("\x1b[?1006l\x1b[?1002l\x1b[?1000l")
    }

    #[cfg(windows)]
    fn execute_winapi(&self) -> io::Result<()> {
        crossterm::event::DisableMouseCapture.execute_winapi()
    }
}

/// Puts the window's title on the terminal's stack (XTWINOPS 22); terminals without one ignore it.
struct KeepTitle;

impl Command for KeepTitle {
    fn write_ansi(&self, out: &mut impl fmt::Write) -> fmt::Result {
        out.write_str("\x1b[22;0t")
    }

    #[cfg(windows)]
    fn execute_winapi(&self) -> io::Result<()> {
        Ok(())
    }
}

struct GiveTitleBack;

impl Command for GiveTitleBack {
    fn write_ansi(&self, out: &mut impl fmt::Write) -> fmt::Result {
        out.write_str("\x1b[23;0t")
    }

    #[cfg(windows)]
    fn execute_winapi(&self) -> io::Result<()> {
        Ok(())
    }
}

/// The terminal on standard input and output.
pub struct Tty {
    terminal: Terminal<Window>,
    screen: Screen,
    /// The bytes of a frame, so that they reach the terminal in one write.
    frame: Vec<u8>,
    /// Where the last frame left the cursor; `None` when it is not known.
    cursor: Option<Option<Position>>,
    /// `None` while somebody else has the terminal: the reader would steal that program's keys.
    events: Option<EventStream>,
    signal: Arc<Signal>,
    mouse: Capture,
    lent: Lendings,
}

/// How often the terminal was lent to another program, for those who ask while the [`Tty`] is in use.
#[derive(Clone, Debug, Default)]
pub struct Lendings(Rc<Cell<u64>>);

impl Lendings {
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.get()
    }
}

/// Says whether there may be an event. To look without cause is dear: the reader's thread holds the lock that is asked for.
#[derive(Debug)]
struct Signal {
    raised: AtomicBool,
    task: AtomicWaker,
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.raised.store(true, Ordering::Release);
        self.task.wake();
    }
}

impl Tty {
    /// Takes the terminal: raw mode, alternate screen, paste, keyboard and mouse modes. Asks for its background.
    ///
    /// # Errors
    /// When standard input or output is no terminal, or the terminal refuses.
    pub fn take(mouse: Capture) -> io::Result<Self> {
        leave_at_panic();
        let terminal = Terminal::new(Window::default())?;
        let signal = Arc::new(Signal { raised: AtomicBool::new(true), task: AtomicWaker::new() });
        let mut tty = Self {
            terminal,
            screen: Screen::default(),
            frame: Vec::new(),
            cursor: None,
            events: None,
            signal,
            mouse,
            lent: Lendings::default(),
        };
        tty.enter()?;
        let mut out = io::stdout();
        out.write_all(QUESTION.as_bytes())?;
        out.flush()?;
        Ok(tty)
    }

    fn enter(&mut self) -> io::Result<()> {
        enable_raw_mode()?;
        let mut out = io::stdout();
        // Terminals that do not know the keyboard protocol ignore its sequence; asking first would cost a round trip.
        let flags = PushKeyboardEnhancementFlags(KeyboardEnhancementFlags::DISAMBIGUATE_ESCAPE_CODES);
        execute!(out, KeepTitle, EnterAlternateScreen, EnableBracketedPaste, flags)?;
        if self.mouse == Capture::Program {
            execute!(out, TakeMouse)?;
        }
        self.events = Some(EventStream::new());
        self.signal.raised.store(true, Ordering::Release);
        self.redraw()
    }

    fn leave(&mut self) -> io::Result<()> {
        self.events = None;
        leave()
    }

    /// Counts the times that the terminal is lent.
    #[must_use]
    pub fn lendings(&self) -> Lendings {
        self.lent.clone()
    }

    /// Leaves the terminal to something that needs it for itself.
    fn lend(&mut self) -> io::Result<()> {
        self.leave()?;
        self.lent.0.set(self.lent.0.get() + 1);
        Ok(())
    }

    /// Writes the frame, which holds more than `empty` bytes where something is to be shown, and puts the cursor in its place.
    fn show(&mut self, empty: usize) -> io::Result<()> {
        let Self { terminal, frame, .. } = self;
        let cursor = terminal.backend().cursor();
        if frame.len() > empty || self.cursor != Some(cursor) {
            if let Some(Position { x, y }) = cursor {
                queue!(frame, cursor::MoveTo(x, y))?;
            }
            // Whether it is seen is said when that changes.
            match (self.cursor.map(|last| last.is_some()), cursor.is_some()) {
                (Some(true), true) | (Some(false), false) => {}
                (_, true) => queue!(frame, cursor::Show)?,
                (_, false) => queue!(frame, cursor::Hide)?,
            }
            queue!(frame, EndSynchronizedUpdate)?;
            let mut out = io::stdout().lock();
            out.write_all(frame)?;
            out.flush()?;
        }
        self.cursor = Some(cursor);
        self.frame.clear();
        Ok(())
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        // Nothing is left to be done about a terminal that is gone.
        let _ = self.leave();
    }
}

/// Wakes the event reader if it overlooks bytes. It reads 1024 at a time and is told of new ones only: after a burst, say of
/// keys from a terminal without bracketed paste, the rest lay unread until the next key. To set the terminal's modes to
/// what they are makes Linux tell of what is there once more.
#[cfg(target_os = "linux")]
fn wake_reader() {
    use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
    let input = io::stdin();
    if rustix::io::ioctl_fionread(&input).is_ok_and(|unread| unread > 0) {
        // Without it the bytes wait for the next key: nothing to tell anybody.
        let _ = tcgetattr(&input).and_then(|modes| tcsetattr(&input, OptionalActions::Now, &modes));
    }
}

/// Undoes every mode that [`Tty::enter`] sets. Safe to be called twice.
fn leave() -> io::Result<()> {
    let mut out = io::stdout();
    let written = execute!(
        out,
        EndSynchronizedUpdate,
        LeaveMouse,
        PopKeyboardEnhancementFlags,
        DisableBracketedPaste,
        ResetColor,
        LeaveAlternateScreen,
        GiveTitleBack,
        cursor::Show
    );
    disable_raw_mode()?;
    written
}

/// A panic anywhere, in a task too, gives the terminal back before its message is printed, and ends the program: a loop
/// that went on would draw over the message.
fn leave_at_panic() {
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let _ = leave();
        print(panic);
        std::process::exit(101);
    }));
}

impl Console for Tty {
    fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<TerminalEvent>>> {
        let Some(events) = &mut self.events else { return Poll::Pending };
        self.signal.task.register(context.waker());
        if !self.signal.raised.swap(false, Ordering::Acquire) {
            return Poll::Pending;
        }
        let waker = Waker::from(Arc::clone(&self.signal));
        let polled = Pin::new(events).poll_next(&mut Context::from_waker(&waker));
        if polled.is_ready() {
            // There may be more.
            self.signal.raised.store(true, Ordering::Release);
        } else {
            #[cfg(target_os = "linux")]
            wake_reader();
        }
        polled
    }

    fn draw(&mut self, paint: &mut dyn FnMut(&mut Frame<'_>)) -> io::Result<()> {
        let Self { terminal, screen, frame, .. } = self;
        queue!(frame, BeginSynchronizedUpdate)?;
        let empty = frame.len();
        let mut written = Ok(());
        terminal.draw(|next| {
            paint(next);
            written = screen.write(next.buffer_mut(), frame);
        })?;
        written?;
        self.show(empty)
    }

    fn patch(&mut self, paint: &mut dyn FnMut(&mut Buffer) -> Option<Vec<Before>>) -> io::Result<bool> {
        queue!(self.frame, BeginSynchronizedUpdate)?;
        let empty = self.frame.len();
        let patched = self.screen.patch(paint, &mut self.frame)?;
        self.show(empty)?;
        Ok(patched)
    }

    fn redraw(&mut self) -> io::Result<()> {
        self.screen.forget();
        self.cursor = None;
        // Not `clear` of the library: it asks the terminal for its cursor and waits seconds for an answer.
        execute!(io::stdout(), Clear(ClearType::All))
    }

    fn set_title(&mut self, title: &str) -> io::Result<()> {
        execute!(io::stdout(), SetTitle(title))
    }

    fn set_mouse(&mut self, capture: Capture) -> io::Result<()> {
        self.mouse = capture;
        match capture {
            Capture::Program => execute!(io::stdout(), TakeMouse),
            Capture::Terminal => execute!(io::stdout(), LeaveMouse),
        }
    }

    fn copy(&mut self, text: &str) -> CopyOutcome {
        let sent = osc52(text).map(|sequence| {
            let mut out = io::stdout();
            out.write_all(sequence.as_bytes()).and_then(|()| out.flush())
        });
        match sent {
            Some(Ok(())) => CopyOutcome::SentToTerminal { characters: text.chars().count() },
            Some(Err(error)) => CopyOutcome::Failed(format!("The terminal did not take the text: {error}.")),
            None => match write_aside(text) {
                Ok(path) => CopyOutcome::Written { path: path.display().to_string() },
                Err(error) => CopyOutcome::Failed(format!(
                    "The text is too long for the terminal's clipboard, and no file could be written: {error}."
                )),
            },
        }
    }

    fn edit(&mut self, text: &str) -> io::Result<BoxFuture<'static, Result<String, String>>> {
        self.lend()?;
        let text = text.to_owned();
        let edited = spawn_blocking(move || editor::edit(&text));
        Ok(edited
            .map(|ended| ended.unwrap_or_else(|error| Err(format!("The editor could not be run: {error}."))))
            .boxed())
    }

    fn take_back(&mut self) -> io::Result<()> {
        self.enter()
    }

    #[cfg(unix)]
    fn suspend(&mut self) -> io::Result<()> {
        use rustix::process::{Signal, kill_current_process_group};
        // The group, so that a `cargo run` above stops too and the shell comes back.
        self.lend()?;
        let stopped = kill_current_process_group(Signal::TSTP);
        self.enter()?;
        stopped.map_err(io::Error::from)
    }

    #[cfg(not(unix))]
    fn suspend(&mut self) -> io::Result<()> {
        Ok(())
    }
}
