//! The words of a recorded wire: a row in full, what a search looks through, and the whole recording as text.
//!
//! All text of a server is made visible here before it is shown or copied.

use std::fmt::Write as _;
use std::time::Duration;

use super::{WirePage, WireRow};
use crate::api::{WireEvent, WireEventKind};
use crate::chat::{WireKept, WireRequest, WireResponse, WireTry};
use crate::text::{Line, Span, StyleRole, Wrap, counted, pretty_json, reveal, wrap_hard};

/// Where a row holds a text that is written in lower case: of an event in its data, or at its beginning where only its
/// name does.
pub(super) fn find(page: &WirePage, row: WireRow, needle: &str) -> Option<usize> {
    if let WireRow::Event(place) = row {
        let data = page.events.get(place).and_then(|event| find_in(wire_data(&event.kind), needle));
        return data.or_else(|| find_in(&source(page, row)?, needle).map(|_| 0));
    }
    let text = source(page, row)?;
    // Headers that have rows of their own are found there.
    let text = if page.is_unfolded() { text.lines().next().unwrap_or_default() } else { &text };
    find_in(text, needle)
}

fn find_in(text: &str, needle: &str) -> Option<usize> {
    text.to_ascii_lowercase().find(needle)
}

/// A row in full, for a box of some width.
pub(super) fn detail(page: &WirePage, row: WireRow, width: u16) -> Vec<Line> {
    let Some(text) = source(page, row) else { return Vec::new() };
    if let WireRow::Event(place) = row
        && page.events.get(place).is_some_and(|event| is_data(&event.kind))
    {
        return pretty_json(wire_data(&page.events[place].kind), width);
    }
    let mut lines = Vec::new();
    for line in text.lines() {
        wrap_hard(&[Span::new(reveal(line), StyleRole::Code)], &Wrap::plain(width), &mut lines);
    }
    lines
}

fn is_data(kind: &WireEventKind) -> bool {
    matches!(kind, WireEventKind::Message { .. } | WireEventKind::Document(_))
}

/// A row as a server or the client wrote it.
fn source(page: &WirePage, row: WireRow) -> Option<String> {
    let tried = |place: usize| page.tries.get(place);
    let answered = |place: usize| tried(place)?.response.as_ref();
    let header =
        |headers: &[(String, String)], place: usize| headers.get(place).map(|(name, value)| format!("{name}: {value}"));
    match row {
        WireRow::Request(place) => tried(place).map(|one| request(&one.request)),
        WireRow::RequestHeader(place, at) => header(&tried(place)?.request.headers, at),
        WireRow::Response(place) => answered(place).map(response),
        WireRow::ResponseHeader(place, at) => header(&answered(place)?.headers, at),
        WireRow::Event(place) => page.events.get(place).map(|event| match &event.kind {
            WireEventKind::Message { name, data } if !name.is_empty() => format!("event: {name}\n{data}"),
            kind => wire_data(kind).to_owned(),
        }),
        WireRow::Stopped(place) => tried(place)?.stopped.as_ref().map(|(_, why)| why.clone()),
    }
}

/// What an event carries.
#[must_use]
pub fn wire_data(kind: &WireEventKind) -> &str {
    match kind {
        WireEventKind::Message { data, .. } => data,
        WireEventKind::Done => "[DONE]",
        WireEventKind::Comment(text) | WireEventKind::Document(text) | WireEventKind::Cut(text) => text,
    }
}

fn request(request: &WireRequest) -> String {
    let first = format!("{} {}", request.method, request.url);
    let body = format!("({})", counted(request.body_bytes as u64, "byte"));
    std::iter::once(first).chain(headers(&request.headers)).chain([body]).collect::<Vec<_>>().join("\n")
}

fn response(response: &WireResponse) -> String {
    let first = format!("{} {}", response.version, response.status);
    std::iter::once(first).chain(headers(&response.headers)).collect::<Vec<_>>().join("\n")
}

fn headers(headers: &[(String, String)]) -> impl Iterator<Item = String> {
    headers.iter().map(|(name, value)| format!("{name}: {value}"))
}

/// `0.312 s`.
#[must_use]
pub fn wire_time(time: Duration) -> String {
    format!("{:.3} s", time.as_secs_f64())
}

/// `41 ms`, or `1.24 s` from one second on.
#[must_use]
pub fn wire_gap(gap: Duration) -> String {
    match gap.as_millis() {
        milliseconds @ ..1000 => format!("{milliseconds} ms"),
        _ => format!("{:.2} s", gap.as_secs_f64()),
    }
}

/// `187 B`, or `12.3 KiB` from 10,000 bytes on.
#[must_use]
pub fn wire_size(bytes: usize) -> String {
    let tenths = |unit: usize| format!("{}.{}", bytes / unit, bytes % unit * 10 / unit);
    match bytes {
        ..10_000 => format!("{bytes} B"),
        10_000..1_048_576 => format!("{} KiB", tenths(1 << 10)),
        _ => format!("{} MiB", tenths(1 << 20)),
    }
}

impl WirePage {
    /// The selected row as it is copied.
    #[must_use]
    pub fn copy(&self) -> Option<String> {
        let row = self.row()?;
        let text = match row {
            WireRow::Event(place) => wire_data(&self.events.get(place)?.kind).to_owned(),
            row => source(self, row)?,
        };
        Some(visible(&text))
    }

    /// Everything that was recorded: heads with arrows as curl has them, events with their times.
    #[must_use]
    pub fn recording(&self) -> String {
        let mut out = String::new();
        for (place, one) in self.tries.iter().enumerate() {
            head(&mut out, one.request.at, ">", &request(&one.request));
            if let Some(answer) = &one.response {
                head(&mut out, answer.at, "<", &response(answer));
            }
            self.events.iter().filter(|event| event.attempt == place).for_each(|event| entry(&mut out, event));
            if let Some((at, why)) = &one.stopped {
                head(&mut out, *at, "*", why);
            }
        }
        if let Some(said) = self.loss() {
            let _ = writeln!(out, "{said}");
        }
        out
    }

    /// What is not kept of the bodies, in a sentence.
    #[must_use]
    pub fn loss(&self) -> Option<String> {
        let (what, loss) = match self.kept {
            WireKept::All => return None,
            WireKept::Beginning(loss) => ("Only the beginning is kept", loss),
            WireKept::Heads(loss) => ("The bytes gave way to later runs", loss),
        };
        let reads = counted(loss.reads as u64, "read");
        Some(format!("{what}: {} of {reads} are not here.", wire_size(loss.bytes)))
    }

    /// The try that the reply came from, or the last one.
    #[must_use]
    pub fn last_try(&self) -> Option<&WireTry> {
        self.tries.last()
    }
}

/// Lines may stay lines; everything else that a terminal would obey is shown.
fn visible(text: &str) -> String {
    text.lines().map(reveal).collect::<Vec<_>>().join("\n")
}

fn head(out: &mut String, at: Duration, arrow: &str, text: &str) {
    let _ = writeln!(out, "{arrow} +{}", wire_time(at));
    for line in text.lines() {
        let _ = writeln!(out, "{arrow} {}", reveal(line));
    }
    out.push('\n');
}

fn entry(out: &mut String, event: &WireEvent) {
    let (at, gap, bytes) = (wire_time(event.at), wire_gap(event.gap), event.bytes);
    let _ = writeln!(out, "+{at}  gap {gap}  {bytes} B");
    match &event.kind {
        WireEventKind::Message { name, data } => {
            if !name.is_empty() {
                let _ = writeln!(out, "event: {}", reveal(name));
            }
            for line in data.split('\n') {
                let _ = writeln!(out, "data: {}", reveal(line));
            }
        }
        WireEventKind::Done => out.push_str("data: [DONE]\n"),
        kind => {
            let _ = writeln!(out, "{}", visible(wire_data(kind)));
        }
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_sizes_are_written_in_the_unit_that_fits() {
        let ms = Duration::from_millis;
        assert_eq!([0, 312, 61_204].map(|time| wire_time(ms(time))), ["0.000 s", "0.312 s", "61.204 s"]);
        assert_eq!([0, 41, 999, 1_240].map(|gap| wire_gap(ms(gap))), ["0 ms", "41 ms", "999 ms", "1.24 s"]);
        let sizes = [0, 9_999, 10_000, 1_048_575, 1_048_576, 33_554_432].map(wire_size);
        assert_eq!(sizes, ["0 B", "9999 B", "9.7 KiB", "1023.9 KiB", "1.0 MiB", "32.0 MiB"]);
    }
}
