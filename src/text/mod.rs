//! Text for a terminal: Markdown into lines, highlighting, wrapping, hostile text made visible.
//!
//! Owns lines of inked spans. Knows neither colours (a theme maps roles to them) nor the screen.

mod clean;
mod diff;
mod diff_rows;
mod duration;
mod fence;
mod figure;
mod find;
mod fuzzy;
mod highlight;
mod ink;
mod json;
mod json_rows;
mod json_scan;
mod json_stream;
mod json_token;
mod json_tree;
mod kinsoku;
pub mod markdown;
mod nearest;
mod place;
mod reveal;
mod template;
#[cfg(test)]
mod tests;
mod width;
mod words;
mod wrap;

pub use clean::{Cleaner, clean, clean_line, contains_hidden, reveal};
pub use diff::{Piece, Tally, word_diff};
pub use diff_rows::{diff_rows, marked};
pub use duration::duration;
pub use fence::last_code_block;
pub use figure::{counted, file_size, grouped, short_count};
pub use find::{Needle, ROW_BREAK};
pub use fuzzy::{near, rank};
#[cfg(test)]
pub(crate) use highlight::work;
pub use ink::{Emphasis, Ink, Line, Span, StyleRole};
pub use json::{Member, pretty_json, pretty_member};
pub use json_scan::{JsonFault, JsonKind, JsonPiece, JsonScanner};
pub use json_stream::StreamingJson;
pub use json_tree::{JsonTree, StringForm};
pub use markdown::StreamingMarkdown;
pub use nearest::nearest;
pub use place::Place;
pub use template::{fill, variables};
pub use width::{graphemes, is_plain, width};
pub use wrap::{Wrap, truncate, wrap, wrap_hard};
