//! A terminal that the program runs in: an emulator, what it was sent, and the keys that are typed.

use std::io::{Read, Write};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use pty_process::blocking::{Command, Pty, open};
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{LocalModes, tcgetattr};

use crate::program::{Home, PROGRAM, Running};
use crate::server::PATIENCE;

/// The question for the background.
const QUESTION: &[u8] = b"\x1b]11;?\x1b\\";

/// After the program's end its last bytes are there; a wait this long without any is their end.
const LAST_BYTES: Duration = Duration::from_millis(300);

/// What runs in the terminal, and how.
pub(super) struct Launch {
    home: Home,
    program: String,
    arguments: Vec<String>,
    variables: Vec<(&'static str, String)>,
    rows: u16,
    columns: u16,
    answer: Option<&'static str>,
}

impl Launch {
    /// The program with these arguments, in a terminal of 100 columns and 30 rows that answers nothing.
    pub(super) fn new(arguments: &[&str]) -> Self {
        let home = Home::new();
        Self {
            variables: home.variables(),
            home,
            program: PROGRAM.to_owned(),
            arguments: arguments.iter().map(|&argument| argument.to_owned()).collect(),
            rows: 30,
            columns: 100,
            answer: None,
        }
    }

    /// A shell script in the program's place; `$0` is the program.
    pub(super) fn shell(script: &str) -> Self {
        Self { program: "/bin/sh".to_owned(), ..Self::new(&["-c", script, PROGRAM]) }
    }

    pub(super) fn sized(self, columns: u16, rows: u16) -> Self {
        Self { rows, columns, ..self }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    /// A terminal that answers the question for its background, such as `rgb:ffff/ffff/ffff`.
    pub(super) fn answering(self, background: &'static str) -> Self {
        Self { answer: Some(background), ..self }
    }

    pub(super) fn home(&self) -> &Home {
        &self.home
    }

    pub(super) fn start(self) -> Terminal {
        let Unread { process, pty, parser, answer, home } = self.start_unread();
        Terminal { output: read(pty.clone()), pty, process, parser, stream: Vec::new(), answer, home }
    }

    /// The program in a terminal that reads nothing unless it is told to.
    pub(super) fn start_unread(self) -> Unread {
        let (pty, pts) = open().unwrap();
        pty.resize(pty_process::Size::new(self.rows, self.columns)).unwrap();
        let command = Command::new(&self.program).args(&self.arguments).env_clear().envs(self.variables);
        // Nothing but a panic is told on standard error while the screen is the program's.
        let command = command.current_dir(self.home.path()).stderr(Stdio::piped());
        let process = Running(command.spawn(pts).unwrap());
        let parser = vt100::Parser::new(self.rows.try_into().unwrap(), self.columns.try_into().unwrap(), 0);
        Unread { process, pty: Arc::new(pty), parser, answer: self.answer, home: self.home }
    }
}

/// A program that was started, and the terminal that it writes to.
pub(super) struct Unread {
    pub(super) process: Running,
    pub(super) pty: Arc<Pty>,
    pub(super) parser: vt100::Parser,
    answer: Option<&'static str>,
    home: Home,
}

/// Reads in a thread of its own: a pty has no read with a deadline.
fn read(pty: Arc<Pty>) -> Receiver<Vec<u8>> {
    let (sender, output) = channel();
    thread::spawn(move || {
        let mut bytes = [0; 64 << 10];
        // The end is an error here: the other side is closed.
        while let Ok(count @ 1..) = (&*pty).read(&mut bytes) {
            if sender.send(bytes[..count].to_vec()).is_err() {
                return;
            }
        }
    });
    output
}

/// A terminal with a program in it. Dropping it ends the program.
pub(super) struct Terminal {
    process: Running,
    pty: Arc<Pty>,
    output: Receiver<Vec<u8>>,
    parser: vt100::Parser,
    /// All bytes that came.
    pub(super) stream: Vec<u8>,
    answer: Option<&'static str>,
    home: Home,
}

impl Terminal {
    pub(super) fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    pub(super) fn shows(&self, text: &str) -> bool {
        self.screen().contents().contains(text)
    }

    /// The home of what runs in it.
    pub(super) fn home(&self) -> &Home {
        &self.home
    }

    pub(super) fn pid(&self) -> Pid {
        Pid::from_child(&self.process.0)
    }

    /// Types: the bytes that a terminal sends for keys.
    pub(super) fn keys(&mut self, bytes: &str) {
        (&*self.pty).write_all(bytes.as_bytes()).unwrap();
    }

    /// A bracketed paste.
    pub(super) fn paste(&mut self, text: &str) {
        self.keys(&format!("\x1b[200~{text}\x1b[201~"));
    }

    pub(super) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    pub(super) fn resize(&mut self, columns: u16, rows: u16) {
        self.pty.resize(pty_process::Size::new(rows, columns)).unwrap();
        self.parser.set_size(rows.try_into().unwrap(), columns.try_into().unwrap());
    }

    /// Whether the line discipline is a shell's: lines, echo and signals.
    pub(super) fn is_cooked(&self) -> bool {
        let cooked = LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG;
        tcgetattr(&*self.pty).unwrap().local_modes.contains(cooked)
    }

    /// Waits until the screen is as it should be.
    pub(super) fn wait(&mut self, what: &str, mut is_so: impl FnMut(&Self) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !is_so(self) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || self.take(left) == Err(RecvTimeoutError::Disconnected) {
                assert!(is_so(self), "never: {what}\n{}", self.screen().contents());
                return;
            }
        }
    }

    pub(super) fn wait_for(&mut self, text: &str) {
        self.wait(text, |terminal| terminal.shows(text));
    }

    /// Takes in what comes for a time.
    pub(super) fn watch(&mut self, time: Duration) {
        let until = Instant::now() + time;
        while self.take(until.saturating_duration_since(Instant::now())).is_ok() {}
    }

    /// Waits for a time without any byte; `false` when there was one.
    pub(super) fn is_silent_for(&mut self, time: Duration) -> bool {
        self.take(time) == Err(RecvTimeoutError::Timeout)
    }

    /// Takes in the next bytes.
    fn take(&mut self, patience: Duration) -> Result<(), RecvTimeoutError> {
        let bytes = self.output.recv_timeout(patience)?;
        self.parser.process(&bytes);
        self.stream.extend_from_slice(&bytes);
        if let Some(background) = self.answer
            && self.stream.windows(QUESTION.len()).any(|window| window == QUESTION)
        {
            self.answer = None;
            self.keys(&format!("\x1b]11;{background}\x1b\\"));
        }
        Ok(())
    }

    /// Waits for the program's end; gives its status and what it said on standard error.
    pub(super) fn end(&mut self) -> (ExitStatus, String) {
        let deadline = Instant::now() + PATIENCE;
        while self.take(deadline.saturating_duration_since(Instant::now())).is_ok() {
            if self.process.0.try_wait().unwrap().is_some() {
                break;
            }
        }
        let status = self.process.ended(deadline.saturating_duration_since(Instant::now()));
        while self.take(LAST_BYTES).is_ok() {}
        let mut said = String::new();
        if let Some(mut err) = self.process.0.stderr.take() {
            err.read_to_string(&mut said).unwrap();
        }
        (status, said)
    }

    /// The row and column at which a text stands.
    pub(super) fn place(&self, text: &str) -> Option<(u16, u16)> {
        let (_, columns) = self.screen().size();
        self.screen().rows(0, columns.get()).zip(0..).find_map(|(row, y)| {
            let at = row.find(text)?;
            Some((y, u16::try_from(row[..at].chars().count()).unwrap()))
        })
    }

    /// The colour of the first sign of a text that is shown.
    pub(super) fn colour(&self, text: &str) -> vt100::Color {
        let (row, column) = self.place(text).unwrap();
        self.screen().cell(row, column).unwrap().fgcolor()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // What a shell started is not ended with the shell.
        let id = self.process.0.id();
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        for child in children.split_whitespace().filter_map(|id| Pid::from_raw(id.parse().ok()?)) {
            let _ = kill_process(child, Signal::KILL);
        }
    }
}
