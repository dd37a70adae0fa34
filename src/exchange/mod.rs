//! What other programs write and read: foreign conversations come in, sessions go out.
//!
//! Owns the forms on either side and what is lost between them. Asks nobody and opens no file: a text comes in whole and
//! goes out whole. The one exception is the database of `llm`, which can only be read where it is.

mod body;
mod branch;
mod chatgpt;
mod choice;
mod comparison;
mod curl;
mod curl_of_run;
mod export;
mod foreign;
mod form;
mod har;
mod html;
mod llm;
mod markdown;
mod message;
mod own;
mod redact;
mod sheet;
mod shell;
mod skipped;

pub use choice::{Choice, Span, Spot};
pub use export::{ExportFormat, Shapes, export, without_wires};
pub use foreign::{Asked, Conversation, Foreign, ForeignRun, Message, ReadError};
pub use form::{ForeignForm, MOST_BYTES, guess, read};
pub use llm::{is_database, read_database};
pub use own::{is_own, read_sessions, write_sessions};
pub use redact::Redaction;
pub use sheet::described;
pub use shell::shell_words;
pub use skipped::{Skipped, Why};
