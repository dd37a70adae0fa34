//! The built program in a pseudo-terminal: what is on the screen, and what is left of it.

mod calls;
mod drip;
mod full_disk;
mod importing;
mod killing;
mod lanes;
mod leaving;
mod looks;
mod money;
mod output;
mod resuming;
#[cfg(target_os = "linux")]
mod slow;
#[cfg(target_os = "linux")]
mod start;
mod stream;
mod talking;
mod terminal;

use terminal::{Launch, Terminal};

/// The workstation on the sandbox, when it is ready for keys.
fn ready(launch: Launch) -> Terminal {
    let mut terminal = launch.start();
    terminal.wait_for("Type a message below");
    terminal
}

fn sandbox(more: &[&str]) -> Launch {
    Launch::new(&[&["--provider", "sandbox"], more].concat())
}
