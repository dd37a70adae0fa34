//! Commands that answer calls: what exactly is run for a call, and what comes of it.
//!
//! Owns the template, the process with its limits, and the words for every way in which it can end. No shell is between:
//! a value of the model's becomes a part of one argument, never a word, a variable or a command of its own.

mod group;
mod invocation;
mod output;
mod run;

pub use invocation::{CommandFault, Invocation, invocation, preview};
pub(super) use invocation::{Piece, pieces};
pub use run::{MOST_AT_ONCE, run, run_until};

#[cfg(test)]
mod tests;
