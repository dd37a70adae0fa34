//! A response's bytes to deltas, and the judgement whether the answer is whole.
//!
//! Owns what a body is (a stream, a JSON document, a web page), its end, and the errors within it. Does not know the
//! connection: statuses, headers and timeouts are the client's.

use serde::Deserialize;
use serde_json::Value;

use super::chunk::Chunk;
use super::fault::{Fault, read_body, read_value, title};
use super::mend::mend;
use super::reading::Reading;
use super::shape::Object;
use super::{ApiError, Delta, ErrorKind, SseEvent, SseParser, TooLong};

/// Reads the body of a successful response, streamed or whole. The deltas are the same however the bytes are cut.
#[derive(Debug)]
pub struct Decoder {
    phase: Phase,
    parser: SseParser,
    events: Vec<SseEvent>,
    reading: Reading,
    seen: Seen,
    limit: usize,
    /// Half a character that ended the last event; see [`mend`].
    half: Option<u32>,
}

/// Where in the body the next byte stands.
#[derive(Debug)]
enum Phase {
    /// Nothing but white space and perhaps the start of a byte order mark came.
    Start(Vec<u8>),
    Stream,
    /// A document, kept until its end.
    Document(Vec<u8>),
    /// `[DONE]` came: what follows is ignored.
    Done,
    /// The answer was judged or has failed: what follows is ignored.
    Ended,
}

/// What came, for the judgement at the end.
#[derive(Debug, Default)]
struct Seen {
    /// Whether there was any byte.
    bytes: bool,
    events: u64,
    /// Events that are JSON but no chunk.
    foreign: u64,
    /// Events that could not be read.
    unreadable: u64,
    /// Whether the last of those ended in the middle of its JSON.
    cut: bool,
    warnings: u64,
    /// The start of a stream without any event: most likely a proxy's plain words.
    head: Vec<u8>,
}

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Names of events that only say that the server is alive.
const HEARTBEATS: [&str; 4] = ["ping", "keepalive", "keep-alive", "heartbeat"];

/// Enough of an unexpected body to recognise it in a message.
const HEAD_BYTES: usize = 300;

/// A stream that is broken throughout warns so many times and no more.
const MAX_WARNINGS: u64 = 10;

impl Decoder {
    /// A decoder with the default limit of the parser. Calls that the server left without an id get random ones.
    #[must_use]
    pub fn new() -> Self {
        Self::with_seed(fastrand::u64(..), SseParser::DEFAULT_LIMIT)
    }

    /// A decoder whose own ids follow from `seed`, and which refuses an event or a document of more than `limit` bytes.
    #[must_use]
    pub fn with_seed(seed: u64, limit: usize) -> Self {
        Self {
            phase: Phase::Start(Vec::new()),
            parser: SseParser::with_limit(limit),
            events: Vec::new(),
            reading: Reading::new(fastrand::Rng::with_seed(seed)),
            seen: Seen::default(),
            limit,
            half: None,
        }
    }

    /// Takes the next bytes and appends what they say.
    ///
    /// # Errors
    /// Once: an error that the server put into the answer, or an event past the limit. What came before it is in `out`.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<Delta>) -> Result<(), ApiError> {
        self.seen.bytes |= !bytes.is_empty();
        let result = match &mut self.phase {
            Phase::Start(start) => {
                start.extend_from_slice(bytes);
                self.sniff(out)
            }
            Phase::Stream => self.stream(bytes, out),
            Phase::Document(document) => {
                document.extend_from_slice(bytes);
                self.check_document()
            }
            Phase::Done | Phase::Ended => Ok(()),
        };
        result.map_err(|error| self.fail(error, out))
    }

    /// Whether `[DONE]` came: nothing that follows matters, and the connection may be closed. Call
    /// [`Decoder::finish`] then too.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        matches!(self.phase, Phase::Done)
    }

    /// Takes the end of the body, or of what came of it, and judges whether the answer is whole: it has a finish reason
    /// for every choice, or `[DONE]`, or it is one JSON document.
    ///
    /// # Errors
    /// `Truncated` for an answer without its end, `Protocol` when nothing that came is an answer, and what
    /// [`Decoder::push`] gives. After an error of `push` there is no second one.
    pub fn finish(&mut self, out: &mut Vec<Delta>) -> Result<(), ApiError> {
        let result = match std::mem::replace(&mut self.phase, Phase::Ended) {
            Phase::Start(_) => Err(self.nothing()),
            Phase::Stream => self.end_stream(out),
            Phase::Document(document) => self.read_document(&document, out),
            Phase::Done if !self.reading.has_choices() => Err(self.nothing()),
            Phase::Done | Phase::Ended => Ok(()),
        };
        self.reading.close(out);
        self.warn_of_half(out);
        result
    }

    /// Decides by its first byte what the body is. White space before it is dropped: DeepSeek sends empty lines while a
    /// request waits.
    fn sniff(&mut self, out: &mut Vec<Delta>) -> Result<(), ApiError> {
        let Phase::Start(start) = &mut self.phase else { return Ok(()) };
        let spaces = start.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        start.drain(..spaces);
        if start.starts_with(BOM) {
            start.drain(..BOM.len());
            return self.sniff(out);
        }
        if BOM.starts_with(start) {
            return Ok(());
        }
        let start = std::mem::take(start);
        if matches!(start.first(), Some(b'{' | b'[' | b'<')) {
            self.phase = Phase::Document(start);
            return self.check_document();
        }
        self.phase = Phase::Stream;
        self.stream(&start, out)
    }

    fn check_document(&self) -> Result<(), ApiError> {
        match &self.phase {
            Phase::Document(document) if document.len() > self.limit => Err(too_long(TooLong { limit: self.limit })),
            _ => Ok(()),
        }
    }

    fn stream(&mut self, bytes: &[u8], out: &mut Vec<Delta>) -> Result<(), ApiError> {
        let room = HEAD_BYTES.saturating_sub(self.seen.head.len());
        self.seen.head.extend_from_slice(&bytes[..bytes.len().min(room)]);
        let mut events = std::mem::take(&mut self.events);
        let framed = self.parser.push(bytes, &mut events);
        let read = self.read_events(&mut events, out);
        self.events = events;
        read.and(framed.map_err(too_long))
    }

    fn read_events(&mut self, events: &mut Vec<SseEvent>, out: &mut Vec<Delta>) -> Result<(), ApiError> {
        for event in events.drain(..) {
            if !self.is_complete() {
                self.seen.events += 1;
                self.read_event(event, out)?;
            }
        }
        Ok(())
    }

    fn read_event(&mut self, event: SseEvent, out: &mut Vec<Delta>) -> Result<(), ApiError> {
        match event {
            SseEvent::Comment => out.push(Delta::Alive),
            SseEvent::Error(text) if matches!(text.trim(), "" | "null") => out.push(Delta::Alive),
            SseEvent::Error(text) => return Err(read_body(&text).into_error(ErrorKind::Api)),
            SseEvent::Message { name, data } => match data.trim() {
                "[DONE]" => {
                    self.reading.close(out);
                    self.phase = Phase::Done;
                }
                data if name == "error" => return Err(read_body(data).into_error(ErrorKind::Api)),
                "" => out.push(Delta::Alive),
                _ if HEARTBEATS.contains(&name.as_str()) => out.push(Delta::Alive),
                data => return self.read_json(data, out),
            },
        }
        Ok(())
    }

    fn read_json(&mut self, json: &str, out: &mut Vec<Delta>) -> Result<(), ApiError> {
        let chunk = match serde_json::from_str::<Object<Chunk<'_>>>(json) {
            Ok(chunk) => chunk.0,
            Err(error) => return self.read_broken(json, &error, out),
        };
        self.warn_of_half(out);
        match chunk {
            Some(chunk) if !needs_a_second_look(&chunk) => self.read_chunk(chunk, None, out),
            _ => match serde_json::from_str::<Value>(json) {
                Ok(value) => self.read_value(&value, out),
                Err(error) => self.read_broken(json, &error, out),
            },
        }
    }

    /// Reads an event with an error, with fields that come twice, or that is something else altogether.
    fn read_value(&mut self, value: &Value, out: &mut Vec<Delta>) -> Result<(), ApiError> {
        let fault = read_value(value);
        match Object::<Chunk<'_>>::deserialize(value) {
            Ok(Object(Some(chunk))) => self.read_chunk(chunk, fault, out),
            _ => match fault {
                Some(fault) => Err(fault.into_error(ErrorKind::Api)),
                None => self.read_foreign(out),
            },
        }
    }

    fn read_foreign(&mut self, out: &mut Vec<Delta>) -> Result<(), ApiError> {
        self.seen.foreign += 1;
        out.push(Delta::Alive);
        Ok(())
    }

    /// What an error stands beside is read first: OpenRouter sends the last words with it.
    fn read_chunk(&mut self, chunk: Chunk<'_>, fault: Option<Fault>, out: &mut Vec<Delta>) -> Result<(), ApiError> {
        if chunk.choices.0.is_none() && chunk.usage.is_none() && chunk.x_groq.0.is_none() && fault.is_none() {
            return self.read_foreign(out);
        }
        let before = out.len();
        let fault = fault.or(self.reading.read(chunk, out));
        match fault {
            Some(fault) => return Err(fault.into_error(ErrorKind::Api)),
            None if out.len() == before => out.push(Delta::Alive),
            None => {}
        }
        Ok(())
    }

    fn read_broken(&mut self, json: &str, error: &serde_json::Error, out: &mut Vec<Delta>) -> Result<(), ApiError> {
        let before = self.half.take();
        let mended = mend(json, before);
        let (text, lossy) = mended.as_ref().map_or((json, before.is_some()), |mended| (&mended.json, mended.lossy));
        match serde_json::from_str::<Value>(text) {
            Ok(value) => {
                if lossy {
                    self.warn(format!("An event held broken JSON and was read as far as it goes: {error}."), out);
                }
                self.half = mended.and_then(|mended| mended.half);
                self.read_value(&value, out)
            }
            Err(_) => {
                self.seen.unreadable += 1;
                self.seen.cut = error.is_eof();
                self.warn(format!("An event could not be read and was skipped: {error}."), out);
                Ok(())
            }
        }
    }

    fn warn_of_half(&mut self, out: &mut Vec<Delta>) {
        if self.half.take().is_some() {
            self.warn("An event ended with half a character, and the other half did not follow.".to_owned(), out);
        }
    }

    fn warn(&mut self, warning: String, out: &mut Vec<Delta>) {
        self.seen.warnings += 1;
        if self.seen.warnings <= MAX_WARNINGS {
            out.push(Delta::Warning(warning));
        }
    }

    fn end_stream(&mut self, out: &mut Vec<Delta>) -> Result<(), ApiError> {
        self.phase = Phase::Stream;
        let mut events = Vec::new();
        let framed = self.parser.finish(&mut events);
        let flushed = out.len();
        let read = self.read_events(&mut events, out);
        let done = self.is_complete();
        self.phase = Phase::Ended;
        read.and(framed.map_err(too_long))?;
        let ended = self.judge(done);
        if ended.is_err() {
            // The last event is half of one, which the error says already.
            let last = out.split_off(flushed);
            out.extend(last.into_iter().filter(|delta| !matches!(delta, Delta::Warning(_))));
        }
        ended
    }

    /// Whether a stream that is over is also complete.
    fn judge(&mut self, done: bool) -> Result<(), ApiError> {
        match self.reading.has_choices() {
            true if done || self.reading.is_finished() => Ok(()),
            true => Err(truncated()),
            false if done || self.seen.is_no_answer() && !self.seen.cut => Err(self.nothing()),
            false => Err(truncated()),
        }
    }

    fn read_document(&mut self, document: &[u8], out: &mut Vec<Delta>) -> Result<(), ApiError> {
        let text = String::from_utf8_lossy(document);
        if text.starts_with('<') {
            let named = title(&text).map(|title| format!(" (“{title}”)")).unwrap_or_default();
            let message = format!("A web page{named} came instead of an answer.");
            return Err(ApiError::new(ErrorKind::Protocol, message));
        }
        self.read_json(text.trim(), out)?;
        match self.reading.has_choices() {
            true => Ok(()),
            false if self.seen.cut => Err(truncated()),
            false => Err(self.nothing()),
        }
    }

    /// Why there is no answer, though there is no error either.
    fn nothing(&self) -> ApiError {
        let seen = &self.seen;
        let message = if !seen.bytes {
            "The server sent an empty answer: not a single byte.".to_owned()
        } else if seen.unreadable > 0 {
            "Nothing that the server sent could be read: its JSON is broken.".to_owned()
        } else if seen.foreign > 0 {
            "The server's answer is JSON, but no chat completion.".to_owned()
        } else if seen.events == 0 && !seen.head.is_empty() {
            format!("The server sent no answer but this: {}", String::from_utf8_lossy(&seen.head).trim())
        } else {
            "The server ended its answer before the first word: it is empty.".to_owned()
        };
        ApiError::new(ErrorKind::Protocol, message)
    }

    fn fail(&mut self, error: ApiError, out: &mut Vec<Delta>) -> ApiError {
        self.reading.close(out);
        self.phase = Phase::Ended;
        error
    }
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Seen {
    /// Whether what came is something else than an answer that was cut off: signs of life alone are that.
    fn is_no_answer(&self) -> bool {
        self.events == 0 || self.unreadable > 0 || self.foreign > 0
    }
}

/// Reads the body of a request with `stream: false`. A server that streams nonetheless is understood too.
///
/// # Errors
/// As [`Decoder::push`] and [`Decoder::finish`].
pub fn decode_whole(body: &[u8], out: &mut Vec<Delta>) -> Result<(), ApiError> {
    let mut decoder = Decoder::new();
    decoder.push(body, out)?;
    decoder.finish(out)
}

/// Whether an event may be an error, or no chunk at all.
fn needs_a_second_look(chunk: &Chunk<'_>) -> bool {
    chunk.error.is_some() || chunk.choices.0.is_none()
}

fn too_long(error: TooLong) -> ApiError {
    ApiError::new(ErrorKind::Protocol, error.to_string())
}

fn truncated() -> ApiError {
    ApiError::new(ErrorKind::Truncated, "The server ended the answer with neither a finish reason nor [DONE].")
}

#[cfg(test)]
mod captures;
#[cfg(test)]
mod tests;
