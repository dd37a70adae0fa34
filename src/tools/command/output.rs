//! What a command prints, within limits.

use tokio::io::{AsyncRead, AsyncReadExt};

use crate::text::grouped;
use crate::tools::cut::cut;

/// So many times the limit may be printed before the command is stopped: what is dropped costs time all the same.
pub(super) const FLOOD: usize = 64;

/// How much of a command's complaints is told, from their end, in bytes.
const COMPLAINT_BYTES: usize = 2 * 1024;

const PIECE_BYTES: usize = 16 * 1024;

/// The first bytes of a stream, and how many more there were.
#[derive(Debug)]
pub(super) struct Head {
    bytes: Vec<u8>,
    most: usize,
    dropped: usize,
}

/// Whether a stream came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Read {
    Whole,
    Flooded,
}

impl Head {
    pub(super) fn of(most: usize) -> Self {
        Self { bytes: Vec::new(), most, dropped: 0 }
    }

    /// How much is far too much.
    pub(super) fn flood(&self) -> usize {
        self.most.saturating_mul(FLOOD)
    }

    /// Reads a pipe until its end, or until it is far too much.
    pub(super) async fn read(&mut self, pipe: Option<impl AsyncRead + Unpin>) -> Read {
        let Some(mut pipe) = pipe else { return Read::Whole };
        let mut piece = vec![0; PIECE_BYTES];
        // What was read before an error is all there is.
        while let Ok(len @ 1..) = pipe.read(&mut piece).await {
            let kept = len.min(self.most - self.bytes.len());
            self.bytes.extend_from_slice(&piece[..kept]);
            self.dropped += len - kept;
            if self.bytes.len() + self.dropped > self.flood() {
                return Read::Flooded;
            }
        }
        Read::Whole
    }

    /// The text, with a note where it was cut; of what is no text only a note.
    pub(super) fn into_text(self) -> String {
        let size = self.bytes.len() + self.dropped;
        let whole = match std::str::from_utf8(&self.bytes) {
            Ok(_) => self.bytes.len(),
            // The limit may have cut a character in two.
            Err(error) if self.dropped > 0 && error.error_len().is_none() => error.valid_up_to(),
            Err(_) => return binary(size),
        };
        if self.bytes.contains(&0) {
            return binary(size);
        }
        let text = String::from_utf8_lossy(&self.bytes[..whole]).into_owned();
        if self.dropped == 0 { text } else { cut(text, size - whole) }
    }
}

fn binary(size: usize) -> String {
    format!("[{} bytes that are no text; not shown]", grouped(size as u64))
}

/// The last bytes of a stream.
#[derive(Debug, Default)]
pub(super) struct Tail {
    bytes: Vec<u8>,
    read: usize,
}

impl Tail {
    /// Reads a pipe until its end, or until `most` bytes came.
    pub(super) async fn read(&mut self, pipe: Option<impl AsyncRead + Unpin>, most: usize) -> Read {
        let Some(mut pipe) = pipe else { return Read::Whole };
        let mut piece = vec![0; PIECE_BYTES];
        while let Ok(len @ 1..) = pipe.read(&mut piece).await {
            self.bytes.extend_from_slice(&piece[..len]);
            let surplus = self.bytes.len().saturating_sub(COMPLAINT_BYTES);
            self.bytes.drain(..surplus);
            self.read += len;
            if self.read > most {
                return Read::Flooded;
            }
        }
        Read::Whole
    }

    /// The end of what was said, from the beginning of a line where more came before it.
    pub(super) fn text(&self) -> String {
        let text = String::from_utf8_lossy(&self.bytes).replace('\0', "\u{FFFD}");
        let whole_lines = text.split_once('\n').filter(|_| self.read > self.bytes.len());
        whole_lines.map_or(text.as_str(), |(_, rest)| rest).trim().to_owned()
    }
}
