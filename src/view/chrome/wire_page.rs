//! The page of a run's wire: the sums, the events in rows, and the selected one in full.

use std::ops::Range;

use ratatui::layout::{Position, Rect};

use crate::api::{WireEvent, WireEventKind};
use crate::chat::{WireRequest, WireResponse};
use crate::input::Action;
use crate::state::{
    Breadth, Inspect, Reader, State, Target, WireFind, WireFocus, WirePage, WireRow, WireStage, wire_data, wire_gap,
    wire_size, wire_time,
};
use crate::text::{Emphasis, Ink, Span, StyleRole, clean_line, counted, reveal, truncate, width};

use super::super::canvas::Canvas;
use super::super::hits::Hits;
use super::overlay::{draw_query, draw_row, window};
use super::reader::hints;

/// From this width on, a gap is called one in every row.
const WORDS_FROM: u16 = 76;

/// The longest name of an event that has its place before the data.
const NAME: usize = 14;

/// So much is shown before a hit, or before what is new, that lies far within its event.
const BEFORE_HIT: usize = 16;

/// Draws the page; returns where a search is typed.
pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, inspect: &Inspect, hits: &mut Hits) -> Option<Position> {
    let (page, areas) = (&inspect.wire, inspect.wire.areas(state.size));
    let frame = Reader::frame(state.size, Breadth::Whole);
    canvas.clear(frame);
    canvas.frame(frame, StyleRole::Focus, &title(state, inspect));
    hits.add(frame, Target::Overlay);
    sums(canvas, page, areas.head);
    let cursor = said(canvas, state, page, Rect { y: areas.head.bottom().saturating_sub(1), height: 1, ..areas.head });
    rows(canvas, page, areas.rows, hits);
    let role = if page.focus == WireFocus::Detail { StyleRole::Focus } else { StyleRole::Border };
    canvas.rule(Rect { x: frame.x, width: frame.width, ..areas.rule }, role, &caption(page));
    for (y, line) in (areas.detail.y..areas.detail.bottom()).zip(page.detail().visible(areas.detail.height)) {
        canvas.line(areas.detail.x, y, areas.detail.width, line);
    }
    below(canvas, page, frame, areas.detail.height);
    hints(canvas, state, areas.keys, keys(page));
    cursor
}

fn title(state: &State, inspect: &Inspect) -> [Span; 2] {
    let run = state.session.run(inspect.run);
    let model = run.map(|run| format!(" · {}", clean_line(&run.settings.model))).unwrap_or_default();
    [Span::new("Wire", StyleRole::Title), Span::new(model, StyleRole::Dim)]
}

fn keys(page: &WirePage) -> &'static [(Action, &'static str)] {
    match (&page.find, page.focus) {
        (WireFind::Typing(_), _) => &[(Action::OverlayAccept, "keeps what is found")],
        (_, WireFocus::Detail) => &[(Action::ReaderLeft, "rows"), (Action::ReaderCopy, "copies")],
        _ => &[
            (Action::OverlayAccept, "opens"),
            (Action::ReaderPage, "request"),
            (Action::ReaderFind, "finds"),
            (Action::ReaderFold, "headers"),
            (Action::ReaderCopy, "copies"),
            (Action::ReaderCopyAll, "all"),
        ],
    }
}

/// `POST https://…`, and below it `200 HTTP/1.1 · 1.240 s · 12.3 KiB · 84 events · longest gap 412 ms`.
fn sums(canvas: &mut Canvas<'_>, page: &WirePage, area: Rect) {
    let Some(last) = page.last_try() else {
        if page.stage == WireStage::Here {
            canvas.text(area.x, area.y, area.width, "Nothing was recorded of this run.", StyleRole::Dim);
        }
        return;
    };
    let address = format!("{} {}", last.request.method, clean_line(&last.request.url));
    canvas.text(area.x, area.y, area.width, &address, StyleRole::Text);
    let mut parts = vec![match &last.response {
        Some(response) => status(response),
        None => Span::new("no answer", StyleRole::Warning),
    }];
    if page.tries.len() > 1 {
        parts.push(Span::new(format!("{} tries", page.tries.len()), StyleRole::Warning));
    }
    let events = page.events.len();
    parts.extend([
        Span::new(wire_time(page.until), StyleRole::Text),
        Span::new(wire_size(page.received), StyleRole::Text),
        Span::new(counted(events as u64, "event"), StyleRole::Text),
    ]);
    if events > 0 {
        parts.push(Span::new(format!("longest gap {}", wire_gap(page.longest_gap)), StyleRole::Text));
    }
    let mut x = area.x;
    for part in parts {
        let dot = Span::new(if x > area.x { " · " } else { "" }, StyleRole::Border);
        // What has no room is left out whole: a number that is cut is another number.
        if usize::from(area.right().saturating_sub(x)) < width(&dot.text) + width(&part.text) {
            return;
        }
        x = canvas.spans(x, area.y + 1, area.right() - x, &[dot, part]);
    }
}

fn status(response: &WireResponse) -> Span {
    let role = if (200..300).contains(&response.status) { StyleRole::Good } else { StyleRole::Error };
    Span::new(format!("{} {}", response.status, response.version), role)
}

/// The third row: what is looked for, what is lost, or that more comes.
fn said(canvas: &mut Canvas<'_>, state: &State, page: &WirePage, row: Rect) -> Option<Position> {
    if page.find != WireFind::Nothing {
        let found = format!("{} match", page.rows().len());
        let start = canvas.right(row, &[Span::new(found, StyleRole::Dim)]);
        let query = Rect { x: row.x.saturating_sub(1), width: start.saturating_sub(row.x), ..row };
        let cursor = draw_query(canvas, query, page.needle(), "type what to find");
        return matches!(page.find, WireFind::Typing(_)).then_some(cursor);
    }
    match &page.stage {
        WireStage::Here => {}
        WireStage::Reading => {
            canvas.text(row.x, row.y, row.width, "Reading the wire of this run …", StyleRole::Dim);
            return None;
        }
        WireStage::Failed(said) => {
            canvas.text(row.x, row.y, row.width, &clean_line(said), StyleRole::Error);
            return None;
        }
    }
    let more = || {
        let read = state.key(Action::ReaderRefresh);
        page.is_running.then(|| format!("The reply still came when this was read: {read} reads it anew."))
    };
    if let Some(said) = page.loss().or_else(more) {
        canvas.text(row.x, row.y, row.width, &said, StyleRole::Warning);
    }
    None
}

fn rows(canvas: &mut Canvas<'_>, page: &WirePage, area: Rect, hits: &mut Hits) {
    if page.rows().is_empty() && !page.needle().is_empty() {
        canvas.text(area.x + 2, area.y, area.width, "Nothing holds this text.", StyleRole::Dim);
    }
    let shown = window(page.selected(), page.rows().len(), area.height);
    for (y, place) in (area.y..area.bottom()).zip(shown) {
        // The mark of the selected row stands in the blank column before the text.
        let whole = Rect { x: area.x.saturating_sub(1), y, width: area.width + 2, height: 1 };
        let room = draw_row(canvas, whole, (place, page.selected()), hits);
        row(canvas, page, place, Rect { width: room.width + 1, ..room });
    }
}

fn row(canvas: &mut Canvas<'_>, page: &WirePage, place: usize, area: Rect) {
    let spans = match page.rows()[place] {
        WireRow::Request(place) => page.tries.get(place).map(|one| request(&one.request)),
        WireRow::Response(place) => answer(page, place).map(response),
        WireRow::RequestHeader(place, at) => {
            page.tries.get(place).and_then(|one| one.request.headers.get(at)).map(header)
        }
        WireRow::ResponseHeader(place, at) => answer(page, place).and_then(|one| one.headers.get(at)).map(header),
        WireRow::Stopped(place) => page.tries.get(place).and_then(|one| one.stopped.as_ref()).map(|(at, why)| {
            vec![time(*at), Span::new("■ ", StyleRole::Error), Span::new(clean_line(why), StyleRole::Error)]
        }),
        WireRow::Event(at) => page.events.get(at).map(|one| event(page, one, page.hit(place), area.width)),
    };
    let spans = fitting(spans.unwrap_or_default(), area.width);
    let spans: Vec<Span> = spans.into_iter().flat_map(|span| hit(span, page.needle())).collect();
    canvas.spans(area.x, area.y, area.width, &spans);
}

/// The spans with the last one cut to the room that the others leave.
fn fitting(mut spans: Vec<Span>, columns: u16) -> Vec<Span> {
    if let Some(mut last) = spans.pop() {
        let used: usize = spans.iter().map(|span| width(&span.text)).sum();
        last.text = truncate(&last.text, usize::from(columns).saturating_sub(used)).into_owned();
        spans.push(last);
    }
    spans
}

fn answer(page: &WirePage, place: usize) -> Option<&WireResponse> {
    page.tries.get(place)?.response.as_ref()
}

fn time(at: std::time::Duration) -> Span {
    Span::new(format!("{:>10}  ", format!("+{}", wire_time(at))), StyleRole::Dim)
}

fn request(request: &WireRequest) -> Vec<Span> {
    let rest = format!(" · {} · {}", wire_size(request.body_bytes), counted(request.headers.len() as u64, "header"));
    vec![
        time(request.at),
        Span::new("→ ", StyleRole::Key),
        Span::new(request.method.clone(), StyleRole::Text),
        Span::new(rest, StyleRole::Dim),
    ]
}

fn response(response: &WireResponse) -> Vec<Span> {
    let rest = format!(" · {}", counted(response.headers.len() as u64, "header"));
    vec![time(response.at), Span::new("← ", StyleRole::Key), status(response), Span::new(rest, StyleRole::Dim)]
}

fn header((name, value): &(String, String)) -> Vec<Span> {
    vec![
        Span::new(format!("{:14}{}: ", "", clean_line(name)), StyleRole::SyntaxVariable),
        Span::new(reveal(value), StyleRole::Text),
    ]
}

/// `+0.312 s  gap 41 ms    187 B  data {"id":…`, the gap with `!` where it is long.
fn event(page: &WirePage, event: &WireEvent, hit: usize, columns: u16) -> Vec<Span> {
    let long = page.is_long(event.gap);
    let word = if columns >= WORDS_FROM { "gap " } else { "" };
    let gap = format!("{word}{:>7}{} ", wire_gap(event.gap), if long { "!" } else { " " });
    let gap = Span::new(gap, if long { Ink::from(StyleRole::Warning) } else { StyleRole::Dim.into() });
    let size = Span::new(format!("{:>8}  ", wire_size(event.bytes)), StyleRole::Dim);
    let (name, role) = named(&event.kind);
    let mut spans = vec![time(event.at), gap, size, Span::new(format!("{name} "), role)];
    let used: usize = spans.iter().map(|span| width(&span.text)).sum();
    let room = usize::from(columns).saturating_sub(used);
    spans.push(Span::new(
        preview(wire_data(&event.kind), hit..hit + page.needle().len().max(BEFORE_HIT), room),
        StyleRole::Text,
    ));
    spans
}

fn named(kind: &WireEventKind) -> (String, StyleRole) {
    match kind {
        WireEventKind::Message { name, .. } if name.is_empty() => ("data".to_owned(), StyleRole::SyntaxVariable),
        WireEventKind::Message { name, .. } => {
            let clean = clean_line(name).into_owned();
            let role = if name == "error" { StyleRole::Error } else { StyleRole::SyntaxFunction };
            (truncate(&clean, NAME).into_owned(), role)
        }
        WireEventKind::Done => ("data".to_owned(), StyleRole::SyntaxVariable),
        WireEventKind::Comment(_) => ("comment".to_owned(), StyleRole::SyntaxComment),
        WireEventKind::Document(_) => ("body".to_owned(), StyleRole::SyntaxVariable),
        WireEventKind::Cut(_) => ("cut".to_owned(), StyleRole::Warning),
    }
}

/// As much of a text as a row has room for, from a little before the hit if that lies further back. No more of the text
/// is looked at than can be shown.
fn preview(text: &str, hit: Range<usize>, room: usize) -> String {
    let from = if hit.end > room { hit.start.saturating_sub(BEFORE_HIT) } else { 0 };
    let from = text.floor_char_boundary(from);
    let shown = &text[from..text.floor_char_boundary(from + 4 * room + 4)];
    let shown = reveal(shown).replace('\n', "␊");
    let cut = if from > 0 { "…" } else { "" };
    truncate(&format!("{cut}{shown}"), room).into_owned()
}

/// Splits a span so that the hit in it stands out.
fn hit(span: Span, needle: &str) -> Vec<Span> {
    let lower = |text: &str| text.to_ascii_lowercase();
    let found = if needle.is_empty() { None } else { lower(&span.text).find(&lower(needle)) };
    let Some(at) = found else { return vec![span] };
    let (before, rest) = span.text.split_at(at);
    let (hit, after) = rest.split_at(needle.len());
    let marked = Ink::from(StyleRole::SearchHit).with(Emphasis::UNDERLINE);
    vec![Span::new(before, span.ink), Span::new(hit, marked), Span::new(after, span.ink)]
}

/// What the detail is of.
fn caption(page: &WirePage) -> Vec<Span> {
    let said = match page.row() {
        Some(WireRow::Event(place)) => format!("Event {} of {}", place + 1, page.events.len()),
        Some(WireRow::Request(_) | WireRow::RequestHeader(..)) => "Request".to_owned(),
        Some(WireRow::Response(_) | WireRow::ResponseHeader(..)) => "Response".to_owned(),
        Some(WireRow::Stopped(_)) => "Read no further".to_owned(),
        None => return Vec::new(),
    };
    vec![Span::new(said, StyleRole::Title)]
}

/// How much of the detail lies below, in the lower border.
fn below(canvas: &mut Canvas<'_>, page: &WirePage, frame: Rect, height: u16) {
    let detail = page.detail();
    let below = detail.rows().len().saturating_sub(detail.scroll() + usize::from(height));
    if below > 0 {
        let border = Rect { y: frame.bottom() - 1, height: 1, width: frame.width.saturating_sub(1), ..frame };
        canvas.right(border, &[Span::new(format!(" ▼ {below} more "), StyleRole::Dim)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_begins_near_a_hit_that_lies_far_within() {
        let text = format!("{{\"content\":\"{}Needle\"}}", "x".repeat(200));
        assert_eq!(preview(&text, 0..0, 12), "{\"content\":…");
        assert_eq!(preview(&text, 212..218, 30), format!("…{}Needle\"}}", "x".repeat(16)));
        assert_eq!(preview("a\nb\u{1b}[2J", 0..0, 12), "a␊b␛[2J");
        assert_eq!(preview("a", 0..1, 0), "");
    }

    #[test]
    fn a_hit_stands_out_however_it_is_written() {
        let texts = |needle: &str| -> Vec<String> {
            hit(Span::new("ä Data!", StyleRole::Text), needle).into_iter().map(|span| span.text).collect()
        };
        assert_eq!(texts("dATA"), ["ä ", "Data", "!"]);
        assert_eq!(texts(""), ["ä Data!"]);
        assert_eq!(texts("none"), ["ä Data!"]);
    }
}
