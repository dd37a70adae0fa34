//! Text for a terminal: Markdown into lines, highlighting, wrapping, hostile text made visible.
//!
//! Owns lines of inked spans. Knows neither colours (a theme maps roles to them) nor the screen.

mod highlight;
mod ink;
mod kinsoku;
pub mod markdown;
#[cfg(test)]
mod tests;
mod width;
mod wrap;

pub use ink::{Emphasis, Ink, Line, Span, StyleRole};
pub use width::{graphemes, width};
pub use wrap::{Wrap, truncate, wrap, wrap_hard};
