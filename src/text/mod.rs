//! Text for a terminal: Markdown into lines, highlighting, wrapping, hostile text made visible.
//!
//! Owns lines of inked spans. Knows neither colours (a theme maps roles to them) nor the screen.

mod ink;
mod nearest;
mod place;

pub use ink::{Emphasis, Ink, Line, Span, StyleRole};
pub use nearest::nearest;
pub use place::Place;
