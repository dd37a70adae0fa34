//! What the whole program costs, from outside: the built binary in a pseudo-terminal, against a bare reader of the
//! same streams.
//!
//! `cargo bench --bench program` measures everything in some four minutes; `cargo bench --bench program -- start idle`
//! measures those parts only. The parts: `start`, `first`, `idle`, `pace50`, `pace200`, `full50k`, `full1m`, `keys`, `lanes`, and
//! what grows: `growth` for longer and longer replies, `turns` for longer and longer sessions.
//!
//! Owns the measuring. The emulator and the server run in this process, so that the measured one has its CPU time to
//! itself; on a machine with few cores they still compete for them, and times on the wall show it.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

use std::process::ExitCode;

#[cfg(target_os = "linux")]
mod bare;
#[cfg(target_os = "linux")]
mod growth;
#[cfg(target_os = "linux")]
mod measure;
#[cfg(target_os = "linux")]
mod process;
#[cfg(target_os = "linux")]
#[path = "../shared/reply.rs"]
mod reply;
#[cfg(target_os = "linux")]
mod server;
#[cfg(target_os = "linux")]
#[path = "../shared/session.rs"]
mod session;
#[cfg(target_os = "linux")]
mod table;
#[cfg(target_os = "linux")]
mod terminal;

/// What goes wrong ends the bench with its own words.
#[cfg(target_os = "linux")]
type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    // Cargo adds `--bench`.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let outcome = match words.as_slice() {
        [first, address] if first == bare::ARGUMENT => bare::read(address),
        parts => measure::all(parts),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("failed: {error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    println!("CPU time and memory are read from /proc: this bench runs on Linux only.");
    ExitCode::SUCCESS
}
