//! A terminal that is slower than the stream: the server waits, keys do not, memory stays, and the screen is right.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

use super::Launch;
use super::drip::{Drip, END, event};
use super::terminal::Unread;
use crate::server::PATIENCE;

/// What the terminal takes in at once: at 100 kB/s, ten milliseconds of it.
const PORTION: usize = 1_000;

/// How long nothing has to come until nothing more comes.
const QUIET: Duration = Duration::from_millis(150);

/// Bytes that may be on their way to the terminal when a key is pressed: what the system holds (some 12 kB), the frame
/// that is being written, and the one with the key. Half a second at 100 kB/s.
const ON_THEIR_WAY: usize = 50_000;

/// Bytes of an event beside its text: the buffers of the sockets hold some megabytes, which are soon full then.
const PADDING: usize = 4_000;

/// What the program may need more while it waits for the terminal: the buffers of its socket and its channel.
const MORE_MEMORY: u64 = 24 << 20;

const CLEAR: &[u8] = b"\x1b[2J";

struct Slow {
    unread: Unread,
    /// All bytes that were read.
    stream: Vec<u8>,
}

impl Slow {
    fn start(launch: Launch) -> Self {
        let unread = launch.start_unread();
        let flags = fcntl_getfl(&*unread.pty).unwrap();
        fcntl_setfl(&*unread.pty, flags | OFlags::NONBLOCK).unwrap();
        Self { unread, stream: Vec::new() }
    }

    /// Takes in what is there, this much at the most; gives how much that was.
    fn portion(&mut self, most: usize) -> usize {
        let mut bytes = vec![0; most];
        let count = match (&*self.unread.pty).read(&mut bytes) {
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
            Err(error) => panic!("the terminal is gone: {error}"),
        };
        self.unread.parser.process(&bytes[..count]);
        self.stream.extend_from_slice(&bytes[..count]);
        if count == 0 {
            sleep(Duration::from_millis(1));
        }
        count
    }

    /// Takes in portions until something is so; gives how many bytes that were.
    fn until(&mut self, what: &str, portion: usize, mut is_so: impl FnMut(&Self) -> bool) -> usize {
        let (before, deadline) = (self.stream.len(), Instant::now() + PATIENCE);
        while !is_so(self) {
            assert!(Instant::now() < deadline, "never: {what}\n{}", self.screen().contents());
            self.portion(portion);
        }
        self.stream.len() - before
    }

    /// Takes in all until nothing comes any more.
    fn rest(&mut self) {
        let mut quiet = Instant::now();
        while quiet.elapsed() < QUIET {
            if self.portion(64 << 10) > 0 {
                quiet = Instant::now();
            }
        }
    }

    fn screen(&self) -> &vt100::Screen {
        self.unread.parser.screen()
    }

    fn shows(&self, text: &str) -> bool {
        self.screen().contents().contains(text)
    }

    fn keys(&self, keys: &str) {
        (&*self.unread.pty).write_all(keys.as_bytes()).unwrap();
    }

    /// Resident memory in bytes.
    fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.unread.process.0.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.split_whitespace().next().unwrap().parse::<u64>().unwrap() * 1024
    }
}

/// Hands out a reply that goes on until it is stopped, as fast as it is taken.
fn feed(drip: &Drip, stop: &Arc<AtomicBool>) -> JoinHandle<()> {
    let (pieces, stop) = (drip.pieces.clone(), Arc::clone(stop));
    spawn(move || {
        let words = (0..).map(|number| event(&format!("word {number} of **it**.{}", "\n".repeat(number % 3)), PADDING));
        words.take_while(|_| !stop.load(Ordering::Relaxed)).for_each(|word| pieces.send(word).unwrap());
        pieces.send(event("\n\nThe end of it.", 0)).unwrap();
        pieces.send(END.to_vec()).unwrap();
    })
}

/// Waits until the server gets nothing more away.
fn held_back(drip: &Drip) {
    let (mut sent, mut since) = (0, Instant::now());
    let deadline = since + PATIENCE;
    while since.elapsed() < QUIET || sent == 0 {
        assert!(Instant::now() < deadline, "the server is never held back");
        if drip.sent() != sent {
            (sent, since) = (drip.sent(), Instant::now());
        }
        sleep(Duration::from_millis(2));
    }
}

/// What is in each cell that holds something: its text, its colours, and its emphasis.
fn cells(screen: &vt100::Screen) -> BTreeMap<(u16, u16), Shown> {
    let (rows, columns) = screen.size();
    let places = (0..rows.get()).flat_map(|row| (0..columns.get()).map(move |column| (row, column)));
    let shown = |place: (u16, u16)| {
        let cell = screen.cell(place.0, place.1).unwrap();
        let text = cell.contents().trim_end().to_owned();
        // Of a blank the ground is seen, and what lies over or under it.
        let ink = if text.is_empty() { vt100::Color::Default } else { cell.fgcolor() };
        let letters = [cell.bold(), cell.dim(), cell.italic()].map(|emphasis| emphasis && !text.is_empty());
        let emphasis = [letters[0], letters[1], letters[2], cell.underline(), cell.inverse()];
        (place, (text, ink, cell.bgcolor(), emphasis))
    };
    places.map(shown).collect()
}

type Shown = (String, vt100::Color, vt100::Color, [bool; 5]);

#[test]
fn a_slow_terminal_holds_the_server_back_and_gets_keys_soon_and_the_right_screen() {
    let drip = Drip::start();
    let stop = Arc::new(AtomicBool::new(false));
    let feeding = feed(&drip, &stop);
    let mut slow = Slow::start(Launch::new(&["--base-url", &drip.base_url, "--model", "m"]).sized(160, 50));
    slow.until("ready", 64 << 10, |slow| slow.shows("Type a message below"));
    slow.keys("Go\r");
    // Nothing is read meanwhile.
    held_back(&drip);
    let memory = slow.memory();

    slow.keys("Z");
    let waited = slow.until("the key is shown", PORTION, |slow| slow.shows("Z"));
    assert!(waited <= ON_THEIR_WAY, "{waited} bytes came before the key");

    let mut most = memory;
    for _ in 0..200 {
        slow.portion(PORTION);
        most = most.max(slow.memory());
    }
    assert!(most - memory <= MORE_MEMORY, "{memory} bytes of memory became {most}");

    stop.store(true, Ordering::Relaxed);
    slow.until("the reply's end", 64 << 10, |slow| slow.shows("The end of it."));
    feeding.join().unwrap();
    slow.until("the reply is over", 64 << 10, |slow| !slow.shows("streaming"));
    slow.rest();
    let shown = cells(slow.screen());
    let before = slow.stream.len();
    slow.keys("\x1bl");
    slow.until("all is drawn anew", 64 << 10, |slow| slow.stream[before..].windows(4).any(|bytes| bytes == CLEAR));
    slow.rest();
    for ((row, column), cell) in cells(slow.screen()) {
        assert_eq!(shown[&(row, column)], cell, "row {row}, column {column} was not what is drawn anew");
    }
}
