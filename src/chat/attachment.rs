//! Files that go with a message: what can be attached, and what is known of each.
//!
//! Owns what a file is recognised as, by its content and never by its name, and how large it may be. Reads no file.

use std::fmt;

use bytes::Bytes;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::picture::{self, Picture};

/// A file as it goes with a message. Copies share its bytes.
#[derive(Clone)]
pub struct Attachment {
    /// As the user named it, without what is only of this machine.
    pub name: String,
    pub kind: AttachmentKind,
    /// The SHA-256 of the bytes, in hexadecimal: what tells one file from another.
    hash: String,
    /// In bytes.
    size: u64,
    /// `None` when only its name came through, for instance out of a damaged store.
    bytes: Option<Bytes>,
}

/// What a file is, and so how it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttachmentKind {
    /// UTF-8.
    Text,
    Image(Picture),
}

/// Why a file cannot be attached; a clause that follows its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unattachable {
    #[error("it is binary. Texts in UTF-8 and images (PNG, JPEG, GIF, WebP) can be attached")]
    Binary,
    #[error("it is a PDF. Attach its text, or its pages as images")]
    Pdf,
    #[error("it is audio. Attach a transcript of it")]
    Audio,
    #[error("it is larger than 1 MiB, the most for a text. Attach a part of it")]
    LongText,
    #[error("it is larger than 20 MiB, the most for an image. Attach a smaller one")]
    LargeImage,
}

impl Attachment {
    /// 1 MiB: about 260,000 tokens, more than most models read.
    pub const MOST_TEXT: usize = 1 << 20;
    /// 20 MiB, what vendors took at the most for one image when this was written; some take less (docs/attachments.md).
    pub const MOST_IMAGE: usize = 20 << 20;

    /// A file by its content.
    ///
    /// # Errors
    /// When it is nothing that a message can carry, or too large.
    pub fn of(name: impl Into<String>, bytes: impl Into<Bytes>) -> Result<Self, Unattachable> {
        let bytes = bytes.into();
        let kind = recognised(&bytes)?;
        Ok(Self { name: name.into(), kind, hash: hash(&bytes), size: bytes.len() as u64, bytes: Some(bytes) })
    }

    /// A file of which nothing but this is left.
    #[must_use]
    pub fn lost(name: String, hash: String, size: u64) -> Self {
        Self { name, kind: AttachmentKind::Text, hash, size, bytes: None }
    }

    /// The same content under another name.
    #[must_use]
    pub fn named(&self, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..self.clone() }
    }

    /// The SHA-256 of its bytes, in hexadecimal.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// In bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// What it holds; `None` when that is lost.
    #[must_use]
    pub fn bytes(&self) -> Option<&Bytes> {
        self.bytes.as_ref()
    }

    /// The text of a text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        let bytes = self.bytes.as_ref().filter(|_| self.kind == AttachmentKind::Text)?;
        std::str::from_utf8(bytes).ok()
    }

    /// What it is, if it is an image.
    #[must_use]
    pub fn picture(&self) -> Option<Picture> {
        match self.kind {
            AttachmentKind::Image(picture) => Some(picture),
            AttachmentKind::Text => None,
        }
    }

    /// As `image/png`.
    #[must_use]
    pub fn media_type(&self) -> &'static str {
        self.picture().map_or("text/plain", |picture| picture.format.media_type())
    }
}

/// Two are the same when their names and their contents are.
impl PartialEq for Attachment {
    fn eq(&self, other: &Self) -> bool {
        let said = |one: &Self| (one.size, one.bytes.is_some());
        self.name == other.name && self.hash == other.hash && said(self) == said(other)
    }
}

impl Eq for Attachment {}

/// Without its bytes, which may be many.
impl fmt::Debug for Attachment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, kind, hash, size, bytes } = self;
        let mut shown = out.debug_struct("Attachment");
        shown.field("name", name).field("kind", kind).field("hash", hash).field("size", size);
        shown.field("is_there", &bytes.is_some()).finish()
    }
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn recognised(bytes: &[u8]) -> Result<AttachmentKind, Unattachable> {
    if let Some(picture) = picture::recognised(bytes) {
        let fits = bytes.len() <= Attachment::MOST_IMAGE;
        return if fits { Ok(AttachmentKind::Image(picture)) } else { Err(Unattachable::LargeImage) };
    }
    if bytes.starts_with(b"%PDF-") {
        return Err(Unattachable::Pdf);
    }
    if is_audio(bytes) {
        return Err(Unattachable::Audio);
    }
    // What is longer may have been cut within a character.
    let beginning = &bytes[..bytes.len().min(Attachment::MOST_TEXT)];
    let is_text = !beginning.contains(&0)
        && std::str::from_utf8(beginning).map_or_else(|odd| odd.error_len().is_none(), |_| true);
    match (is_text, bytes.len() > Attachment::MOST_TEXT) {
        (false, _) => Err(Unattachable::Binary),
        (true, true) => Err(Unattachable::LongText),
        (true, false) if std::str::from_utf8(bytes).is_err() => Err(Unattachable::Binary),
        (true, false) => Ok(AttachmentKind::Text),
    }
}

/// WAV, FLAC, Ogg, MP3 with its tag or a frame, M4A.
fn is_audio(bytes: &[u8]) -> bool {
    let at = |place: usize, wanted: &[u8]| bytes.get(place..place + wanted.len()) == Some(wanted);
    let wave = at(0, b"RIFF") && at(8, b"WAVE");
    let frame = bytes.first() == Some(&0xFF) && bytes.get(1).is_some_and(|byte| byte & 0xE6 == 0xE2);
    wave || frame || at(0, b"fLaC") || at(0, b"OggS") || at(0, b"ID3") || at(4, b"ftypM4A")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::ImageFormat;

    #[test]
    fn a_file_is_what_its_content_says_whatever_it_is_called() {
        let kind = |bytes: &[u8]| Attachment::of("photo.png", bytes.to_vec()).map(|file| file.kind);
        let gif = [b"GIF89a".as_slice(), &[2, 0, 3, 0, 0]].concat();
        let picture = Picture { format: ImageFormat::Gif, dimensions: Some((2, 3)) };
        assert_eq!(kind(&gif), Ok(AttachmentKind::Image(picture)));
        assert_eq!(kind("né".as_bytes()), Ok(AttachmentKind::Text));
        assert_eq!(kind(b""), Ok(AttachmentKind::Text));
        for (bytes, why) in [
            (b"a\0b".as_slice(), Unattachable::Binary),
            (&[0xC3, 0x28], Unattachable::Binary),
            (&[b'n', 0xC3], Unattachable::Binary),
            (b"%PDF-1.7", Unattachable::Pdf),
            (b"RIFF\0\0\0\0WAVEfmt ", Unattachable::Audio),
            (b"ID3\x04", Unattachable::Audio),
            (&[0xFF, 0xFB, 0x90], Unattachable::Audio),
        ] {
            assert_eq!(kind(bytes), Err(why), "{bytes:?}");
        }
    }

    #[test]
    fn what_is_too_large_says_its_limit() {
        let size = |bytes: Vec<u8>| Attachment::of("x", bytes).map(|file| file.size());
        assert_eq!(size(vec![b'a'; Attachment::MOST_TEXT]), Ok(1 << 20));
        assert_eq!(size("é".repeat(1 << 20).into()), Err(Unattachable::LongText));
        let mut image = b"GIF89a".to_vec();
        image.resize(Attachment::MOST_IMAGE + 1, 0);
        assert_eq!(size(image.clone()), Err(Unattachable::LargeImage));
        image.pop();
        assert_eq!(size(image), Ok(20 << 20));
        assert!(Unattachable::LargeImage.to_string().contains("20 MiB"));
        assert!(Unattachable::LongText.to_string().contains("1 MiB"));
    }

    #[test]
    fn copies_share_their_bytes_and_what_is_written_of_one_does_not_hold_them() {
        let file = Attachment::of("a.txt", "secret text".as_bytes().to_vec()).unwrap();
        let copy = file.clone();
        assert_eq!(file.bytes().unwrap().as_ptr(), copy.bytes().unwrap().as_ptr());
        assert!(!format!("{file:?}").contains("secret"));
        assert_eq!(file.hash().len(), 64);
        let other = Attachment::of("a.txt", "another text".as_bytes().to_vec()).unwrap();
        assert_ne!(file, other);
    }
}
