//! What other programs write and read: foreign conversations come in, sessions go out.
//!
//! Owns the forms of text on either side and what is lost between them. Opens no file and asks nobody; the text comes in
//! whole and goes out whole.

mod body;
mod chatgpt;
mod curl;
mod foreign;
mod form;
mod message;
mod shell;
mod skipped;

pub use foreign::{Asked, Conversation, Foreign, Message, ReadError};
pub use form::{ForeignForm, guess, read};
pub use skipped::{Skipped, Why};
