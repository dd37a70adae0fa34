//! Server-sent events, from bytes to events.
//!
//! Owns the framing: line ends, fields, comments, the byte order mark, the size limit. Works on bytes and decodes whole
//! lines, so that a character cut by a chunk stays whole. Knows nothing of JSON. The rules are those of the HTML
//! standard, 9.2.6, with two additions: an unfinished last event is given out by [`SseParser::finish`], and an error
//! that stands outside of any event is reported.

use memchr::{memchr, memchr2};
use thiserror::Error;

/// What a stream brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SseEvent {
    /// An event with data, which may be empty. `name` is empty where the stream gave none.
    Message { name: String, data: String },
    /// A comment, or a block without any data: the server is alive. What it said is dropped.
    Comment,
    /// An error outside of any event: the field `error: {…}` of older llama.cpp servers (wire: llama.cpp#16104), or a
    /// bare line `{"error": …}` that a gateway put between two events.
    Error(String),
}

/// One event is longer than the parser's limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("The server sent one event of more than {limit} bytes, so the answer was stopped.")]
pub struct TooLong {
    /// In bytes.
    pub limit: usize,
}

/// An incremental parser: the events are the same however the bytes are cut.
#[derive(Clone, Debug)]
pub struct SseParser {
    limit: usize,
    /// The start of a line whose end has not come yet. Never a comment.
    line: Vec<u8>,
    name: String,
    data: String,
    block: Block,
    place: Place,
    first_line: bool,
    work: u64,
}

/// What the current block of lines has brought so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Block {
    Empty,
    /// A field, but no data.
    Named,
    Data,
}

/// Where in the line structure the next byte stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Line,
    /// Right after a CR that ended the last chunk: an LF here belongs to it.
    AfterCr,
    /// Within a comment, whose bytes are dropped.
    Comment,
}

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// A buffer larger than this is given back once its event is out, so that one giant event costs no lasting memory.
const KEEP_BYTES: usize = 1 << 20;

impl SseParser {
    /// 64 MiB: more than any answer, less than what would trouble a machine.
    pub const DEFAULT_LIMIT: usize = 64 << 20;

    /// A parser with the default limit.
    #[must_use]
    pub fn new() -> Self {
        Self::with_limit(Self::DEFAULT_LIMIT)
    }

    /// A parser that refuses an event of more than `limit` bytes.
    #[must_use]
    pub fn with_limit(limit: usize) -> Self {
        Self {
            limit,
            line: Vec::new(),
            name: String::new(),
            data: String::new(),
            block: Block::Empty,
            place: Place::Line,
            first_line: true,
            work: 0,
        }
    }

    /// How many bytes were looked through for the end of a line so far: for tests that watch that each is once.
    #[must_use]
    pub fn work(&self) -> u64 {
        self.work
    }

    /// Takes the next bytes and appends the events that they complete.
    ///
    /// # Errors
    /// [`TooLong`] when an event outgrows the limit; the events before it are in `out`. What follows it is undefined.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<SseEvent>) -> Result<(), TooLong> {
        let mut rest = bytes;
        while let Some(&first) = rest.first() {
            if self.place == Place::AfterCr {
                self.place = Place::Line;
                if first == b'\n' {
                    rest = &rest[1..];
                    continue;
                }
            }
            let Some(end) = memchr2(b'\n', b'\r', rest) else {
                self.work += rest.len() as u64;
                return self.hold(rest);
            };
            self.work += end as u64 + 1;
            self.end_line(&rest[..end], out)?;
            if rest[end] == b'\r' {
                self.place = Place::AfterCr;
            }
            rest = &rest[end + 1..];
        }
        Ok(())
    }

    /// Gives out the event that the end of the stream left unfinished. Whether it is whole, its JSON must tell.
    ///
    /// # Errors
    /// [`TooLong`] as for [`SseParser::push`].
    pub fn finish(&mut self, out: &mut Vec<SseEvent>) -> Result<(), TooLong> {
        if !self.line.is_empty() || self.place == Place::Comment {
            self.end_line(b"", out)?;
        }
        if self.block == Block::Data {
            self.dispatch(out);
        }
        Ok(())
    }

    /// Keeps the start of a line for the next bytes, unless it is a comment.
    fn hold(&mut self, start: &[u8]) -> Result<(), TooLong> {
        if self.place == Place::Comment {
            return Ok(());
        }
        // The mark is three bytes and a colon decides: enough to know a comment before the rest is kept.
        let known = self.line.len();
        self.line.extend_from_slice(&start[..start.len().min(4)]);
        if self.is_comment(&self.line) {
            self.line.clear();
            self.place = Place::Comment;
            return Ok(());
        }
        self.check_length(known + start.len())?;
        self.line.extend_from_slice(&start[start.len().min(4)..]);
        Ok(())
    }

    fn end_line(&mut self, end: &[u8], out: &mut Vec<SseEvent>) -> Result<(), TooLong> {
        if self.place == Place::Comment {
            self.place = Place::Line;
            self.first_line = false;
            out.push(SseEvent::Comment);
            return Ok(());
        }
        if self.line.is_empty() {
            return self.read_line(end, out);
        }
        let mut line = std::mem::take(&mut self.line);
        line.extend_from_slice(end);
        let result = self.read_line(&line, out);
        if line.capacity() <= KEEP_BYTES {
            line.clear();
            self.line = line;
        }
        result
    }

    fn read_line(&mut self, line: &[u8], out: &mut Vec<SseEvent>) -> Result<(), TooLong> {
        let comment = self.is_comment(line);
        let line = if self.first_line { line.strip_prefix(BOM).unwrap_or(line) } else { line };
        self.first_line = false;
        if comment {
            out.push(SseEvent::Comment);
            return Ok(());
        }
        if line.is_empty() {
            self.dispatch(out);
            return Ok(());
        }
        self.check_length(line.len())?;
        self.read_field(line, out);
        Ok(())
    }

    fn is_comment(&self, line: &[u8]) -> bool {
        let line = if self.first_line { line.strip_prefix(BOM).unwrap_or(line) } else { line };
        line.first() == Some(&b':')
    }

    fn read_field(&mut self, line: &[u8], out: &mut Vec<SseEvent>) {
        let (field, value) = split_field(line);
        match field {
            b"data" => {
                if self.block == Block::Data {
                    self.data.push('\n');
                }
                self.block = Block::Data;
                self.data.push_str(&String::from_utf8_lossy(value));
            }
            b"event" => {
                self.name = String::from_utf8_lossy(value).into_owned();
                self.block = self.block.or_named();
            }
            b"error" => out.push(SseEvent::Error(String::from_utf8_lossy(value).into_owned())),
            _ if line.starts_with(b"{\"error\"") => {
                out.push(SseEvent::Error(String::from_utf8_lossy(line).into_owned()));
            }
            _ => self.block = self.block.or_named(),
        }
    }

    fn dispatch(&mut self, out: &mut Vec<SseEvent>) {
        let name = std::mem::take(&mut self.name);
        match std::mem::replace(&mut self.block, Block::Empty) {
            Block::Empty => {}
            Block::Named => out.push(SseEvent::Comment),
            Block::Data => out.push(SseEvent::Message { name, data: std::mem::take(&mut self.data) }),
        }
    }

    fn check_length(&self, line: usize) -> Result<(), TooLong> {
        let fits = line.saturating_add(self.data.len()) <= self.limit;
        if fits { Ok(()) } else { Err(TooLong { limit: self.limit }) }
    }
}

impl Default for SseParser {
    fn default() -> Self {
        Self::new()
    }
}

impl Block {
    fn or_named(self) -> Self {
        if self == Self::Data { Self::Data } else { Self::Named }
    }
}

/// The field's name and its value, without the one space that may follow the colon.
fn split_field(line: &[u8]) -> (&[u8], &[u8]) {
    match memchr(b':', line) {
        Some(colon) => {
            let value = &line[colon + 1..];
            (&line[..colon], value.strip_prefix(b" ").unwrap_or(value))
        }
        None => (line, b""),
    }
}

#[cfg(test)]
mod tests;
