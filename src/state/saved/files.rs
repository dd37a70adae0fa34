//! What is attached, and the contents that turns and drafts share.

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::chat::Attachment;
use crate::store::{SavedAttachment, SavedFile};

/// Attachments without what they hold.
pub(super) fn saved_attachments(attachments: &[Attachment]) -> Vec<SavedAttachment> {
    let saved = |attachment: &Attachment| SavedAttachment {
        name: attachment.name.clone(),
        media_type: attachment.media_type().to_owned(),
        sha256: attachment.hash().to_owned(),
        size: attachment.size(),
    };
    attachments.iter().map(saved).collect()
}

/// What an attachment holds; `None` when that is lost.
#[must_use]
pub fn saved_file(attachment: &Attachment) -> Option<SavedFile> {
    let bytes = attachment.bytes()?.clone();
    Some(SavedFile { sha256: attachment.hash().to_owned(), bytes })
}

/// What attachments hold, each content once.
#[must_use]
pub fn saved_files<'a>(attachments: impl Iterator<Item = &'a Attachment>) -> Vec<SavedFile> {
    let files = attachments.filter_map(|attachment| Some((attachment.hash(), saved_file(attachment)?)));
    files.collect::<BTreeMap<_, _>>().into_values().collect()
}

/// The contents of a saved session.
pub(super) struct Contents(BTreeMap<String, Attachment>);

impl Contents {
    /// A content that does not keep what its name promises is none.
    pub(super) fn of(files: Vec<SavedFile>) -> Self {
        let read = |SavedFile { sha256, bytes }: SavedFile| {
            let file = Attachment::of("", Bytes::clone(&bytes)).ok().filter(|file| file.hash() == sha256)?;
            Some((sha256, file))
        };
        Self(files.into_iter().filter_map(read).collect())
    }

    pub(super) fn restored(&self, saved: Vec<SavedAttachment>) -> Vec<Attachment> {
        let attachment = |saved: SavedAttachment| match self.0.get(&saved.sha256) {
            Some(file) => file.named(saved.name),
            None => Attachment::lost(saved.name, saved.sha256, saved.size),
        };
        saved.into_iter().map(attachment).collect()
    }
}
