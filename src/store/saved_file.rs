//! Files that are attached to turns and drafts, as they are saved: what is attached where, and each content once.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{SavedComposer, SavedQueue, SavedSession};

/// A file that goes with a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedAttachment {
    pub name: String,
    /// As `image/png`, or `text/plain`.
    #[serde(default)]
    pub media_type: String,
    /// Of the bytes, in hexadecimal: the name of its [`SavedFile`].
    pub sha256: String,
    /// In bytes.
    #[serde(default)]
    pub size: u64,
}

/// What was attached to one of the drafts before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedHistoryAttachments {
    /// The place of the draft in the history.
    pub place: usize,
    pub attachments: Vec<SavedAttachment>,
}

/// The content of a file, however often it is attached.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedFile {
    pub sha256: String,
    /// In base64.
    #[serde(serialize_with = "encoded", deserialize_with = "decoded")]
    pub bytes: Bytes,
}

/// Without its bytes, which may be many.
impl std::fmt::Debug for SavedFile {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("SavedFile").field("sha256", &self.sha256).field("bytes", &self.bytes.len()).finish()
    }
}

fn encoded<S: Serializer>(bytes: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(bytes))
}

fn decoded<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
    let text = String::deserialize(deserializer)?;
    STANDARD.decode(text).map(Bytes::from).map_err(D::Error::custom)
}

impl SavedComposer {
    /// Everything that is attached to the draft and to those before it.
    pub fn all_attachments(&mut self) -> impl Iterator<Item = &mut SavedAttachment> {
        let before = self.history_attachments.iter_mut().flat_map(|kept| &mut kept.attachments);
        self.attachments.iter_mut().chain(before)
    }
}

impl SavedQueue {
    /// Everything that is attached to messages that wait.
    pub fn all_attachments(&mut self) -> impl Iterator<Item = &mut SavedAttachment> {
        self.waiting.iter_mut().flat_map(|queued| &mut queued.attachments)
    }
}

impl SavedSession {
    /// Everything that is attached anywhere in the session.
    pub fn all_attachments(&mut self) -> impl Iterator<Item = &mut SavedAttachment> {
        let turns = self.turns.iter_mut().flat_map(|turn| &mut turn.attachments);
        turns.chain(self.composer.all_attachments()).chain(self.queue.all_attachments())
    }

    /// The names of the files that the session needs.
    pub(super) fn needs(&mut self) -> BTreeSet<String> {
        self.all_attachments().map(|attachment| attachment.sha256.clone()).collect()
    }

    /// Leaves out the files that nothing needs any more.
    pub fn drop_files(&mut self) {
        let needed = self.needs();
        self.files.retain(|file| needed.contains(&file.sha256));
    }

    /// The content of an attachment.
    #[must_use]
    pub fn file(&self, attachment: &SavedAttachment) -> Option<&SavedFile> {
        self.files.iter().find(|file| file.sha256 == attachment.sha256)
    }
}
