//! The list of sessions: the query, a few rows for each session, and a preview of the selected one.
//!
//! Only the sessions in the window are looked at, so that a frame costs the same however many there are.

mod when;

use std::ops::Range;

use jiff::tz::TimeZone;
use ratatui::layout::{Position, Rect};

use crate::input::Action;
use crate::state::{PreviewShows, SessionAreas, SessionList, State, Target};
use crate::store::{ShelfHit, ShelfRow};
use crate::text::{Emphasis, Ink, Span, StyleRole, clean_line, counted, truncate, width};

use super::super::canvas::Canvas;
use super::super::hits::Hits;
use super::overlay::{draw_query, draw_row};
use super::parameters::end_of;
use super::reader::hints;
use when::when;

const KEYS: [(Action, &str); 6] = [
    (Action::OverlayAccept, "opens"),
    (Action::SessionRename, "rename"),
    (Action::SessionTag, "tags"),
    (Action::SessionPin, "pin"),
    (Action::SessionDelete, "delete"),
    (Action::LaneUndo, "undo"),
];

/// What the query understands, as far as there is room for it.
const FILTERS: &str = "filters  model:  provider:  tag:  before:  after:  cost>  tool:  has:error";

/// What is before the title: the sign of a pin.
const MARK: u16 = 2;

/// A match, also where there are no colours.
const HIT: Ink = Ink { role: StyleRole::SearchHit, emphasis: Emphasis::BOLD.with(Emphasis::UNDERLINE) };

pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, list: &SessionList, hits: &mut Hits) -> Position {
    let areas = SessionAreas::of(state.size);
    canvas.clear(areas.frame);
    canvas.frame(areas.frame, StyleRole::Focus, &title(state, list));
    hits.add(areas.frame, Target::Overlay);
    let line = Rect { x: areas.query.x.saturating_sub(1), height: 1, ..areas.query };
    let cursor = draw_query(canvas, line, &list.query, "type to find a session by its title or its text");
    remark(canvas, list, Rect { x: line.x + 3, y: line.y + 1, width: line.width.saturating_sub(3), height: 1 });
    if list.found.rows.is_empty() {
        canvas.text(areas.list.x + 2, areas.list.y, areas.list.width.saturating_sub(2), &empty(list), StyleRole::Dim);
    }
    rows(canvas, state, list, areas.list, hits);
    if let Some(area) = areas.preview {
        preview(canvas, list, areas, area);
    }
    hints(canvas, state, areas.keys, &KEYS);
    cursor
}

/// `Sessions  12`, or what is waited for.
fn title(state: &State, list: &SessionList) -> Vec<Span> {
    let count = list.found.rows.len();
    let said = match &state.shelf.opening {
        Some(_) => "opening …".to_owned(),
        None if list.awaits() => "looking …".to_owned(),
        None if list.failed.is_some() => String::new(),
        None if list.found.more => format!("the first {count}: type more to find the others"),
        None => count.to_string(),
    };
    let title = Span::new("Sessions", Ink::from(StyleRole::Title).with(Emphasis::BOLD));
    vec![title, Span::new(format!("  {said}").trim_end().to_owned(), StyleRole::Dim)]
}

/// What is wrong with the query or the shelf, or else what can be looked for.
fn remark(canvas: &mut Canvas<'_>, list: &SessionList, area: Rect) {
    let (text, role) = match (&list.failed, &list.found.problem) {
        (Some(said), _) => (clean_line(said), StyleRole::Error),
        (None, Some(said)) => (clean_line(said), StyleRole::Warning),
        (None, None) => (FILTERS.into(), StyleRole::Dim),
    };
    let mark = if role == StyleRole::Dim { "" } else { "✗ " };
    canvas.text(area.x, area.y, area.width, &format!("{mark}{text}"), role);
}

/// What to do where there is nothing to choose.
fn empty(list: &SessionList) -> String {
    match list.query.trim() {
        _ if list.failed.is_some() => String::new(),
        _ if list.answered.is_none() => "Looking …".to_owned(),
        "" => "No session is saved yet. What you send is saved by itself, and is found here.".to_owned(),
        query => {
            format!("Nothing matches “{}”. Fewer words or filters find more.", truncate(&clean_line(query), 40))
        }
    }
}

/// The rows that a session takes.
fn high(row: &ShelfRow) -> u16 {
    if row.hit.is_some() { 3 } else { 2 }
}

/// The sessions that are shown, so that the selected one stands near the middle and the window is full. `high` says how
/// many rows one takes; it is asked for as many as fit twice at the most.
fn window(selected: usize, of: usize, rows: u16, high: impl Fn(usize) -> u16) -> Range<usize> {
    if of == 0 {
        return 0..0;
    }
    let selected = selected.min(of - 1);
    let (mut first, mut next) = (selected, selected + 1);
    let mut used = high(selected);
    while first > 0 && used + high(first - 1) <= (rows / 2).max(high(selected)) {
        first -= 1;
        used += high(first);
    }
    while next < of && used + high(next) <= rows {
        used += high(next);
        next += 1;
    }
    while first > 0 && used + high(first - 1) <= rows {
        first -= 1;
        used += high(first);
    }
    // One more is shown in part, where its title has room.
    first..if used < rows { (next + 1).min(of) } else { next }
}

fn rows(canvas: &mut Canvas<'_>, state: &State, list: &SessionList, area: Rect, hits: &mut Hits) {
    let all = &list.found.rows;
    let shown = window(list.selected, all.len(), area.height, |row| high(&all[row]));
    let mut y = area.y;
    for row in shown {
        let session = &all[row];
        let entry = Rect { y, height: high(session).min(area.bottom().saturating_sub(y)), ..area };
        let entry = Rect { x: entry.x.saturating_sub(1), width: entry.width + 1, ..entry };
        let room = draw_row(canvas, entry, (row, list.selected), hits);
        let dates = (list.today, &state.zone);
        let here = session.id == state.session.id;
        for line in 0..room.height {
            let room = Rect { y: room.y + line, height: 1, ..room };
            match (line, &session.hit) {
                (0, _) => head(canvas, session, dates, here, room),
                (1, _) => facts(canvas, session, here, room),
                (_, Some(hit)) => snippet(canvas, hit, room),
                _ => {}
            }
        }
        y = entry.bottom();
    }
}

/// `★ Refund policy                    today 14:05`.
fn head(canvas: &mut Canvas<'_>, session: &ShelfRow, (today, zone): (i64, &TimeZone), here: bool, room: Rect) {
    let date = when(session.updated, today, zone);
    let end = canvas.right(room, &[Span::new(date, StyleRole::Dim)]);
    if session.pinned {
        canvas.text(room.x, room.y, MARK, "★", StyleRole::Warning);
    }
    let title = clean_line(&session.title);
    let (title, role) = match (title.trim(), here) {
        ("", _) => ("untitled", StyleRole::Dim),
        (title, true) => (title, StyleRole::Good),
        (title, false) => (title, StyleRole::Text),
    };
    let x = room.x + MARK;
    canvas.text(x, room.y, end.saturating_sub(x + 1), title, Ink::from(role).with(Emphasis::BOLD));
}

/// `on the screen · 12 turns · ¥0.0123 · sage-1 · #work`, as much of it as there is room for.
fn facts(canvas: &mut Canvas<'_>, session: &ShelfRow, here: bool, room: Rect) {
    let mut parts = Vec::new();
    if here {
        parts.push(Span::new("● on the screen", StyleRole::Good));
    }
    let turns = counted(session.turns, "turn");
    parts.push(Span::new(turns, StyleRole::Dim));
    if !session.costs.is_empty() {
        parts.push(Span::new(costs(session), StyleRole::Cost));
    }
    if let Some(models) = models(session) {
        parts.push(Span::new(models, StyleRole::Dim));
    }
    parts.extend(session.tags.iter().map(|tag| Span::new(format!("#{}", clean_line(tag)), StyleRole::Chip)));
    let mut x = room.x + MARK;
    for (place, part) in parts.iter().enumerate() {
        let gap = if place == 0 { "" } else { " · " };
        let left = room.right().saturating_sub(x);
        if usize::from(left) < width(gap) + width(&part.text).min(6) {
            return;
        }
        x = canvas.text(x, room.y, left, gap, StyleRole::Border);
        x = canvas.text(x, room.y, room.right().saturating_sub(x), &part.text, part.ink);
    }
}

/// `¥0.0123 + $0.0040 + n/a`.
fn costs(session: &ShelfRow) -> String {
    let costs: Vec<String> = session.costs.iter().map(|cost| cost.cost().to_string()).collect();
    costs.join(" + ")
}

/// The two models that answered most.
fn models(session: &ShelfRow) -> Option<String> {
    let named: Vec<_> = session.models.iter().take(2).map(|model| clean_line(model)).collect();
    let more = session.models.len().saturating_sub(named.len());
    let more = if more > 0 { format!(" +{more}") } else { String::new() };
    (!named.is_empty()).then(|| named.join(", ") + &more)
}

/// `… what the refund policy says …        3 turns`.
fn snippet(canvas: &mut Canvas<'_>, hit: &ShelfHit, room: Rect) {
    let mut end = room.right();
    if hit.turns > 1 {
        end = canvas.right(room, &[Span::new(format!("in {} turns", hit.turns), StyleRole::Dim)]).saturating_sub(1);
    }
    let mut x = room.x + MARK;
    let columns = usize::from(end.saturating_sub(x));
    let (lead, found) = around_match(hit);
    let before = end_of(&lead, before_match(width(&lead), found.first(), columns));
    x = canvas.text(x, room.y, end.saturating_sub(x), before, StyleRole::Text);
    for (matches, piece) in found {
        let ink = if *matches { HIT } else { Ink::from(StyleRole::Text) };
        x = canvas.text(x, room.y, end.saturating_sub(x), &clean_line(piece), ink);
    }
}

/// What stands before the first match, and the pieces from it on.
fn around_match(hit: &ShelfHit) -> (String, &[(bool, String)]) {
    let first = hit.snippet.iter().position(|(matches, _)| *matches).unwrap_or(0);
    let (before, from) = hit.snippet.split_at(first);
    (before.iter().map(|(_, piece)| clean_line(piece)).collect(), from)
}

/// How many columns of the text before the first match are shown: all, unless the match would have no room then.
fn before_match(lead: usize, found: Option<&(bool, String)>, columns: usize) -> usize {
    let found = found.map_or(0, |(_, piece)| width(&clean_line(piece)));
    if lead + found < columns { lead } else { columns.saturating_sub(found + 1).min(columns / 3) }
}

fn preview(canvas: &mut Canvas<'_>, list: &SessionList, areas: SessionAreas, area: Rect) {
    if area.y > areas.list.y {
        canvas.text(area.x, area.y - 1, area.width, &"─".repeat(usize::from(area.width)), StyleRole::Border);
    } else {
        for y in area.y..area.bottom() {
            canvas.text(area.x - 2, y, 1, "│", StyleRole::Border);
        }
    }
    let reader = &list.preview.reader;
    match &list.preview.shows {
        PreviewShows::Waiting if list.preview.of.is_some() => {
            canvas.text(area.x, area.y, area.width, "Reading …", StyleRole::Dim);
        }
        PreviewShows::Failed(said) => {
            canvas.text(area.x, area.y, area.width, &clean_line(said), StyleRole::Error);
        }
        PreviewShows::Turns(turns) if turns.turns.is_empty() => {
            canvas.text(area.x, area.y, area.width, "Nothing was sent in it yet.", StyleRole::Dim);
        }
        PreviewShows::Waiting | PreviewShows::Turns(_) => {
            for (y, line) in (area.y..area.bottom()).zip(reader.visible(area.height)) {
                canvas.line(area.x, y, area.width, line);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn the_selected_session_is_in_the_window_and_the_window_is_full() {
        let two = |_: usize| 2;
        assert_eq!(window(0, 3, 10, two), 0..3);
        assert_eq!(window(0, 30, 10, two), 0..5);
        assert_eq!(window(15, 30, 10, two), 14..19);
        assert_eq!(window(29, 30, 10, two), 25..30);
        assert_eq!(window(4, 30, 1, two), 4..5);
        assert_eq!(window(0, 0, 10, two), 0..0);
        assert_eq!(window(9, 3, 4, two), 1..3);
        assert_eq!(window(0, 30, 11, two), 0..6);
        let uneven = |row: usize| if row.is_multiple_of(2) { 3 } else { 2 };
        assert_eq!(window(5, 9, 10, uneven), 4..8);
    }

    #[test]
    fn the_first_match_is_in_sight_also_where_there_is_little_room() {
        let piece = |matches, text: &str| (matches, text.to_owned());
        let snippet = vec![
            piece(false, "…"),
            piece(false, "order of the shop. Delivery costs are "),
            piece(true, "refund"),
            piece(false, "ed."),
        ];
        let hit = ShelfHit { snippet, ..ShelfHit::default() };
        let (lead, found) = around_match(&hit);
        assert_eq!((lead.as_str(), found.len()), ("…order of the shop. Delivery costs are ", 2));
        let before = |columns| before_match(width(&lead), found.first(), columns);
        assert_eq!([80, 46, 45, 8].map(before), [39, 39, 15, 1]);
    }

    #[test]
    fn a_frame_looks_at_as_many_sessions_as_it_has_room_for_however_many_there_are() {
        let looked = |of: usize| {
            let count = Cell::new(0);
            window(of / 2, of, 40, |_| {
                count.set(count.get() + 1);
                2
            });
            count.get()
        };
        assert_eq!(looked(100), looked(1_000_000));
        assert!(looked(1_000_000) < 60, "{}", looked(1_000_000));
    }
}
