//! Files that are about to be attached: what is asked of the disk, what it answered, and the list of an unfinished `@path`.

mod chip;
mod completion;
mod word;

pub use chip::{Chip, MOST_CHIP_ROWS, chip_rows, chip_text, lacks_vision};
pub use completion::{Completion, FileRow, FileRows};
pub use word::{AtWord, at_words, dropped_path, open_word};

use crate::chat::Attachment;

/// Files to be read for the draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachWork {
    pub words: Vec<AtWord>,
    pub purpose: AttachPurpose,
}

/// What files are read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttachPurpose {
    /// The user chose one.
    Take,
    /// The draft of this revision is to be sent, in the session of this serial number.
    Send { revision: u64, serial: u64 },
    /// A path was pasted: an image is worth an offer.
    Look,
}

/// What a word of the draft turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FoundFile {
    /// The word as it stands in the draft, and the file.
    File { word: String, attachment: Attachment },
    /// No file is called so.
    Nothing,
    /// A sentence about why it cannot be attached.
    Refused(String),
}
