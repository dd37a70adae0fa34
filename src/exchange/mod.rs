//! What other programs write and read: foreign conversations come in, sessions go out.
//!
//! Owns the forms of text on either side and what is lost between them. Opens no file and asks nobody; the text comes in
//! whole and goes out whole.

mod body;
mod branch;
mod chatgpt;
mod curl;
mod export;
mod foreign;
mod form;
mod har;
mod html;
mod markdown;
mod message;
mod own;
mod redact;
mod sheet;
mod shell;
mod skipped;

pub use export::{ExportFormat, export, only_lane};
pub use foreign::{Asked, Conversation, Foreign, Message, ReadError};
pub use form::{ForeignForm, guess, read};
pub use own::{is_own, read_sessions, write_sessions};
pub use redact::Redaction;
pub use sheet::described;
pub use skipped::{Skipped, Why};
