//! How many instructions pieces of work take: a figure that no other work on the machine changes, where `valgrind` is there.
//!
//! `cargo bench --bench instructions` runs each piece twice under `valgrind --tool=cachegrind`, once and three times over; the
//! difference is without the start and the setting up. Two runs differ by less than a hundredth.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench prints its figures, or says what is missing and ends"
)]

use std::env;
use std::process::{Command, Stdio};

use abreast::api::{Decoder, Delta};
use crossterm::event::KeyCode;

#[path = "shared/reply.rs"]
mod reply;
#[path = "shared/session.rs"]
#[expect(dead_code, reason = "sessions on disk are for others")]
mod session;
#[path = "shared/workstation.rs"]
#[expect(dead_code, reason = "scrolling is for others")]
mod workstation;

use workstation::Workstation;

/// A piece of work: its name, how many units it has, what a unit is, and how it is done so many times.
struct Piece {
    name: &'static str,
    unit: &'static str,
    units: u64,
    work: fn(u64),
}

const PIECES: [Piece; 5] = [
    Piece { name: "decode", unit: "event", units: 1_000, work: decode },
    Piece { name: "stream", unit: "token with its frame, 120x40", units: 300, work: stream },
    Piece { name: "fast", unit: "token, a frame for 64 of them", units: 3_000, work: fast },
    Piece { name: "frame", unit: "whole frame, 200x50, six lanes", units: 10, work: frame },
    Piece { name: "key", unit: "key with its frame, 1,000 turns", units: 10, work: key },
];

fn main() {
    let words: Vec<String> = env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    if let [name, times] = words.as_slice() {
        let piece = PIECES.iter().find(|piece| piece.name == name).expect("the name of a piece");
        return (piece.work)(times.parse::<u64>().expect("a number") * piece.units);
    }
    for Piece { name, unit, units, .. } in &PIECES {
        let (Some(once), Some(thrice)) = (instructions(name, 1), instructions(name, 3)) else {
            return println!("`valgrind` is not there, or counted nothing.");
        };
        println!("{name:8} {:>12} instructions for each {unit}", thrice.saturating_sub(once) / (2 * units));
    }
}

/// The instructions of a process that does a piece of work so many times.
fn instructions(name: &str, times: u64) -> Option<u64> {
    let own = env::current_exe().ok()?;
    let mut command = Command::new("valgrind");
    command.args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]);
    let ended = command.arg(own).args([name, &times.to_string()]).stdin(Stdio::null()).output().ok()?;
    let said = String::from_utf8_lossy(&ended.stderr);
    let line = said.lines().find_map(|line| line.split_once("I refs:").or_else(|| line.split_once("I   refs:")))?;
    line.1.trim().replace(',', "").parse().ok()
}

fn decode(events: u64) {
    let event = reply::event(" words");
    let (mut decoder, mut deltas) = (Decoder::new(), Vec::new());
    for _ in 0..events {
        deltas.clear();
        decoder.push(event.as_bytes(), &mut deltas).expect("a chunk");
    }
}

fn stream(tokens: u64) {
    streamed(tokens, 1);
}

fn fast(tokens: u64) {
    streamed(tokens, 64);
}

fn streamed(count: u64, for_a_frame: usize) {
    let count = usize::try_from(count).expect("few tokens");
    let text = reply::markdown(count * 5);
    let mut desk = Workstation::new(1, 120, 40);
    desk.asks();
    desk.draw();
    for tokens in reply::tokens(&text)[..count].chunks(for_a_frame) {
        for token in tokens {
            desk.says(0, Delta::Text { choice: 0, text: (*token).to_owned() });
        }
        desk.grow();
    }
}

fn frame(frames: u64) {
    let mut desk = Workstation::new(6, 200, 50);
    desk.asks();
    for place in 0..desk.state.lanes.len() {
        desk.says(place, Delta::Text { choice: 0, text: reply::markdown(4_000) });
        desk.ends(place);
    }
    (0..=frames).for_each(|_| desk.draw());
}

fn key(keys: u64) {
    let mut desk = Workstation::new(1, 120, 40);
    desk.resume(session::saved(1_000));
    desk.draw();
    for _ in 0..keys {
        desk.key(KeyCode::Char('x'));
        desk.draw();
    }
}
