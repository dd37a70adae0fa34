//! The built program in a pseudo-terminal: what is on the screen, and what is left of it.

mod calls;
mod full_disk;
mod importing;
mod killing;
mod lanes;
mod leaving;
mod looks;
mod resuming;
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
