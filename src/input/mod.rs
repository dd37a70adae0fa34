//! Keys: what they are called, what they do, and where.
//!
//! Owns the table of actions, chords, the keymap and the editor behind the composer. Knows nothing of the screen.

mod action;
mod caret;
mod chord;
mod editor;
mod keymap;

pub use action::{ACTIONS, Action, ActionRow, Context};
pub use chord::Chord;
pub use editor::{Editor, PasteError};
pub use keymap::{Keymap, KeymapError, KeymapProblem, KeymapWarning, PALETTE_ONLY};
