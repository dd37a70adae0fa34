//! The loop: input, streams and time become events; effects become work; states become frames.
//!
//! Owns the one `select!` and the one place that spawns tasks, the terminal with its modes, the clipboard, `$EDITOR`.

mod attach;
mod background;
mod cells;
mod clipboard;
mod clock;
mod connect;
mod console;
mod editor;
mod events;
mod files;
mod gate;
mod mouse;
mod offered;
mod responders;
mod runner;
mod screen;
mod sessions;
mod tool_files;
mod tool_runs;
mod tty;
mod window;

pub use attach::{NotAttached, attachment};
pub use connect::{Connect, Connections, LimitOverrides, shape_of, shape_of_sandbox};
pub use console::Console;
pub use events::{App, Arrival};
pub use offered::load_offered;
pub use responders::{child_environment, load_responders, save_responder};
pub use tool_files::{ToolFile, list_tool_files, read_tool_file};
pub use tty::{Lendings, Tty};
