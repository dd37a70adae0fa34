//! How many tokens something will count, before anybody has counted them.
//!
//! Owns the estimate of texts by families of vocabularies, what a message counts besides its text, and the published
//! rules of images. Loads nothing: a vocabulary takes 50 ms and 24 MB, is published for some families only, and what the
//! server counts takes the estimate's place in any case. docs/money.md has the measured errors.

mod picture;
mod scan;
mod table;

pub use scan::TokenCount;

use crate::chat::{Attachment, AttachmentKind};

/// What every message counts besides its text: the marks of its beginning and end, and its role
/// (OpenAI cookbook, "How to count tokens with tiktoken": 3 and the role's one).
pub const MESSAGE_TOKENS: u64 = 4;

/// What the beginning of the reply counts in the prompt (same source).
pub const REPLY_TOKENS: u64 = 3;

/// The most that is read of an attached text to be counted, in bytes: it is counted while keys wait, once for each file
/// and family, and a mebibyte at a time would be felt.
pub const SAMPLE: usize = 64 << 10;

/// Models that cut text alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    /// OpenAI's newer models, and those whose vocabulary is not published.
    O200k,
    /// OpenAI's older models, and Llama 3.
    Cl100k,
    Qwen,
    Sandbox,
}

impl Family {
    /// The family of a model, by its name; that of the newer models where the name tells nothing.
    #[must_use]
    pub fn of(provider: &str, model: &str) -> Self {
        if provider == "sandbox" {
            return Self::Sandbox;
        }
        let name = model.rsplit('/').next().unwrap_or(model).to_ascii_lowercase();
        let starts = |beginnings: &[&str]| beginnings.iter().any(|beginning| name.starts_with(beginning));
        if starts(&["qwen", "qwq", "qvq"]) {
            Self::Qwen
        } else if starts(&["gpt-4o", "gpt-4.1", "gpt-4.5"]) {
            Self::O200k
        } else if starts(&["gpt-4", "gpt-3.5", "llama-3", "llama3", "meta-llama-3"]) {
            Self::Cl100k
        } else {
            Self::O200k
        }
    }

    /// A count of nothing yet.
    #[must_use]
    pub fn count(self) -> TokenCount {
        TokenCount::with(match self {
            Self::O200k => &table::O200K,
            Self::Cl100k => &table::CL100K,
            Self::Qwen => &table::QWEN,
            Self::Sandbox => &table::SANDBOX,
        })
    }

    /// About how many tokens a text is.
    #[must_use]
    pub fn tokens(self, text: &str) -> u64 {
        let mut count = self.count();
        count.push(text);
        count.tokens()
    }

    /// About how many tokens a text is of which no more than [`SAMPLE`] bytes are read: pieces all over it stand for the
    /// rest.
    #[must_use]
    pub fn sampled(self, text: &str) -> u64 {
        const PIECES: usize = 16;
        if text.len() <= SAMPLE {
            return self.tokens(text);
        }
        let (mut count, mut read) = (self.count(), 0);
        for piece in 0..PIECES {
            let from = text.floor_char_boundary(text.len() / PIECES * piece);
            let piece = &text[from..text.floor_char_boundary(from + SAMPLE / PIECES)];
            count.push(piece);
            count.cut();
            read += piece.len() as u128;
        }
        let all = u128::from(count.tokens()) * text.len() as u128;
        u64::try_from(all.div_ceil(read.max(1))).unwrap_or(u64::MAX)
    }

    /// What an attachment will about count in a prompt; `None` for an image whose rule is not known for the model, and
    /// for a file that is lost.
    #[must_use]
    pub fn attachment(self, attachment: &Attachment, model: &str) -> Option<u64> {
        match attachment.kind {
            AttachmentKind::Text => Some(self.sampled(std::str::from_utf8(attachment.bytes()?).ok()?)),
            AttachmentKind::Image(picture) => picture::tokens(picture.dimensions, self, model),
        }
    }
}

#[cfg(test)]
mod tests;
