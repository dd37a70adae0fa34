//! The recorded bytes of a run, read back as the events that they were.
//!
//! Owns which event ended in which read. The framing is the parser's; what an event means for the reply is the
//! decoder's.

use std::time::Duration;

use super::{SseEvent, SseParser};
use crate::chat::{Wire, WireTry};

/// One event of a recorded body, or the whole body where it is no stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireEvent {
    /// Which of the run's requests it answers, from 0.
    pub attempt: usize,
    /// When the read came in which it ended, from the start of the run.
    pub at: Duration,
    /// The time since the event before it, or since the head of the response.
    pub gap: Duration,
    /// Its length on the wire, with its names and line ends.
    pub bytes: usize,
    pub kind: WireEventKind,
}

/// What an event is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WireEventKind {
    /// An event with data; `name` is empty where the stream gave none.
    Message { name: String, data: String },
    /// `[DONE]`.
    Done,
    /// A comment, or an event without data, as it came.
    Comment(String),
    /// A body that is one document: JSON, a web page, an error's words.
    Document(String),
    /// The end of a stream that stops within an event, as it came.
    Cut(String),
}

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Reads all that is kept of a run's wire, in one pass.
#[must_use]
pub fn wire_events(wire: &Wire) -> Vec<WireEvent> {
    let mut events = Vec::new();
    for (attempt, one) in wire.tries().iter().enumerate() {
        let body = wire.body(attempt);
        if body.is_empty() {
            continue;
        }
        let since = one.response.as_ref().map_or(one.request.at, |response| response.at);
        let mut reader = Reader::new(attempt, since, &mut events);
        if is_stream(one, body) {
            for (at, bytes) in wire.reads(attempt) {
                reader.read(at, bytes);
            }
            reader.finish();
        } else if let Some((at, _)) = wire.reads(attempt).last() {
            reader.now = at;
            reader.give(body.len(), WireEventKind::Document(lossy(body)));
        }
    }
    events
}

/// As the decoder has it: a document begins as one. An error that does not call itself a stream is one too.
fn is_stream(one: &WireTry, body: &[u8]) -> bool {
    let body = body.strip_prefix(BOM).unwrap_or(body).trim_ascii_start();
    if matches!(body.first(), Some(b'{' | b'[' | b'<')) {
        return false;
    }
    one.response.as_ref().is_some_and(|response| {
        let names_itself = |(name, value): &(String, String)| name == "content-type" && value.contains("event-stream");
        (200..300).contains(&response.status) || response.headers.iter().any(names_itself)
    })
}

/// Follows one body line by line.
struct Reader<'a> {
    attempt: usize,
    before: Duration,
    now: Duration,
    parser: SseParser,
    found: Vec<SseEvent>,
    /// The lines that have come of an event, and of the line that has not ended yet.
    block: Vec<u8>,
    line: Vec<u8>,
    out: &'a mut Vec<WireEvent>,
}

impl<'a> Reader<'a> {
    fn new(attempt: usize, since: Duration, out: &'a mut Vec<WireEvent>) -> Self {
        let (block, line) = (Vec::new(), Vec::new());
        Self { attempt, before: since, now: since, parser: SseParser::new(), found: Vec::new(), block, line, out }
    }

    fn read(&mut self, at: Duration, bytes: &[u8]) {
        self.now = at;
        let mut rest = bytes;
        while !rest.is_empty() {
            let end = line_end(rest);
            let (piece, after) = rest.split_at(end.unwrap_or(rest.len()));
            self.line.extend_from_slice(piece);
            // The record is far below the parser's limit, so no event is too long for it.
            let _ = self.parser.push(piece, &mut self.found);
            if end.is_some() {
                self.end_line();
            }
            rest = after;
        }
    }

    /// A comment stands for itself, also within an event; everything else belongs to the event that its line ends.
    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let Some(found) = self.found.pop() else {
            self.block.extend_from_slice(&line);
            return;
        };
        if line.starts_with(b":") || line.strip_prefix(BOM).is_some_and(|line| line.starts_with(b":")) {
            // Blank lines before it are nobody else's; lines of an event that it interrupts are.
            let blank = if self.block.trim_ascii().is_empty() { std::mem::take(&mut self.block).len() } else { 0 };
            self.give(blank + line.len(), WireEventKind::Comment(lossy(&line)));
            return;
        }
        let mut block = std::mem::take(&mut self.block);
        block.extend_from_slice(&line);
        let kind = match found {
            SseEvent::Message { data, .. } if data.trim() == "[DONE]" => WireEventKind::Done,
            SseEvent::Message { name, data } => WireEventKind::Message { name, data },
            SseEvent::Comment => WireEventKind::Comment(lossy(&block)),
            SseEvent::Error(data) => WireEventKind::Message { name: "error".to_owned(), data },
        };
        self.give(block.len(), kind);
    }

    fn finish(mut self) {
        let mut rest = std::mem::take(&mut self.block);
        rest.append(&mut self.line);
        if !rest.trim_ascii().is_empty() {
            self.give(rest.len(), WireEventKind::Cut(lossy(&rest)));
        }
    }

    fn give(&mut self, bytes: usize, kind: WireEventKind) {
        let gap = self.now.saturating_sub(self.before);
        self.before = self.now;
        self.out.push(WireEvent { attempt: self.attempt, at: self.now, gap, bytes, kind });
    }
}

/// Where the first line ends, after its line break.
fn line_end(bytes: &[u8]) -> Option<usize> {
    let place = memchr::memchr2(b'\n', b'\r', bytes)?;
    let pair = bytes[place..].starts_with(b"\r\n");
    Some(place + 1 + usize::from(pair))
}

/// The text of recorded bytes, without the mark and the line breaks around it.
fn lossy(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(BOM).unwrap_or(bytes);
    String::from_utf8_lossy(bytes).trim_matches(['\r', '\n']).to_owned()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::*;
    use crate::chat::{WirePiece, WireRequest, WireResponse};

    fn ms(time: u64) -> Duration {
        Duration::from_millis(time)
    }

    fn answered(wire: &mut Wire, status: u16, reads: &[(u64, &str)]) {
        let text = |text: &str| text.to_owned();
        wire.push(WirePiece::Request(WireRequest {
            at: ms(0),
            method: text("POST"),
            url: text("http://lab.test"),
            headers: Vec::new(),
            body_bytes: 2,
        }));
        let version = text("HTTP/1.1");
        wire.push(WirePiece::Response(WireResponse { at: ms(100), status, version, headers: Vec::new() }));
        for (at, bytes) in reads {
            wire.push(WirePiece::Bytes { at: ms(*at), bytes: Bytes::copy_from_slice(bytes.as_bytes()) });
        }
    }

    fn events(reads: &[(u64, &str)]) -> Vec<WireEvent> {
        let mut wire = Wire::default();
        answered(&mut wire, 200, reads);
        wire_events(&wire)
    }

    fn event((at, gap): (u64, u64), bytes: usize, kind: WireEventKind) -> WireEvent {
        WireEvent { attempt: 0, at: ms(at), gap: ms(gap), bytes, kind }
    }

    fn message(name: &str, data: &str) -> WireEventKind {
        WireEventKind::Message { name: name.to_owned(), data: data.to_owned() }
    }

    #[test]
    fn an_event_has_the_time_of_the_read_in_which_it_ended() {
        let reads = [(110, "data: a\n\ndata: "), (150, "b\n"), (160, "\n: ping\n"), (200, "data: [DONE]\n\n")];
        let expected = [
            event((110, 10), 9, message("", "a")),
            event((160, 50), 9, message("", "b")),
            event((160, 0), 7, WireEventKind::Comment(": ping".to_owned())),
            event((200, 40), 14, WireEventKind::Done),
        ];
        assert_eq!(events(&reads), expected);
    }

    #[test]
    fn names_pings_errors_and_crlf_are_told_apart() {
        let body =
            "\u{feff}: hello\r\nevent: ping\r\n\r\nevent: delta\r\ndata: a\r\ndata: b\r\n\r\nerror: {\"code\":1}\r\n";
        let expected = [
            event((110, 10), 12, WireEventKind::Comment(": hello".to_owned())),
            event((110, 0), 15, WireEventKind::Comment("event: ping".to_owned())),
            event((110, 0), 34, message("delta", "a\nb")),
            event((110, 0), 19, message("error", "{\"code\":1}")),
        ];
        assert_eq!(events(&[(110, body)]), expected);
    }

    #[test]
    fn a_comment_within_an_event_stands_before_it() {
        let expected =
            [event((110, 10), 2, WireEventKind::Comment(":".to_owned())), event((110, 0), 17, message("", "a\nb"))];
        assert_eq!(events(&[(110, "data: a\n:\ndata: b\n\n")]), expected);
    }

    #[test]
    fn a_stream_that_stops_within_an_event_shows_what_came_of_it() {
        let expected = [
            event((110, 10), 9, message("", "a")),
            event((120, 10), 14, WireEventKind::Cut("data: {\"choi\nx".into())),
        ];
        assert_eq!(events(&[(110, "data: a\n\n"), (120, "data: {\"choi\nx")]), expected);
        assert_eq!(events(&[(110, "data: a\n\n\n\n")]).len(), 1);
    }

    #[test]
    fn a_whole_answer_and_an_errors_words_are_one_entry_each() {
        let mut wire = Wire::default();
        answered(&mut wire, 503, &[(110, "no healthy "), (130, "upstream")]);
        answered(&mut wire, 200, &[(150, "{\"a\""), (190, ":1}\n")]);
        let document = |attempt, (at, gap), bytes, text: &str| {
            let kind = WireEventKind::Document(text.to_owned());
            WireEvent { attempt, at: ms(at), gap: ms(gap), bytes, kind }
        };
        let expected = [document(0, (130, 30), 19, "no healthy upstream"), document(1, (190, 90), 8, "{\"a\":1}")];
        assert_eq!(wire_events(&wire), expected);
    }

    #[test]
    fn a_wire_without_bodies_has_no_events() {
        let mut wire = Wire::default();
        assert_eq!(wire_events(&wire), []);
        answered(&mut wire, 200, &[(110, "data: a\n\n")]);
        wire.forget();
        assert_eq!(wire_events(&wire), []);
    }

    proptest! {
        #[test]
        fn every_event_of_the_parser_is_there_once_and_every_byte_is_counted(
            lines in prop::collection::vec(
                prop::sample::select(vec!["data: a", "data: {\"b\":1}", "", "", ": c", "event: e", "id: 7", "data"]),
                1..30,
            ),
            end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
            cuts in prop::collection::vec(0..400_usize, 0..6),
        ) {
            let body: String = lines.iter().flat_map(|line| [*line, end]).collect();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut % (body.len() + 1)).collect();
            cuts.extend([0, body.len()]);
            cuts.sort_unstable();
            let reads: Vec<(u64, &str)> =
                cuts.windows(2).enumerate().map(|(place, pair)| (place as u64, &body[pair[0]..pair[1]])).collect();
            let read = events(&reads);
            let mut parsed = Vec::new();
            SseParser::new().push(body.as_bytes(), &mut parsed).unwrap();
            let is_event = |event: &&WireEvent| !matches!(event.kind, WireEventKind::Cut(_));
            prop_assert_eq!(read.iter().filter(is_event).count(), parsed.len());
            let counted: usize = read.iter().map(|event| event.bytes).sum();
            let blank_end = body.len() - body.trim_end().len();
            prop_assert!((body.len() - blank_end..=body.len()).contains(&counted), "{} of {}", counted, body.len());
        }
    }
}
