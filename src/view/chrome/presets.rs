//! The list of presets, and what the selected one would change in the focused lane.

use ratatui::layout::{Position, Rect};

use crate::chat::Difference;
use crate::config::presets::PresetFile;
use crate::input::Action;
use crate::state::{Lane, PresetFiles, PresetList, State};
use crate::text::{Emphasis, Ink, Line, Span, StyleRole, Wrap, clean_line, truncate, width, wrap};

use super::super::canvas::Canvas;
use super::super::hits::Hits;
use super::super::title::brief;
use super::flow::at_most;
use super::overlay::{draw_box, draw_query, draw_row, window};
use super::reader::hints;

const COLUMNS: u16 = 110;
const ROWS: u16 = 26;

/// From this width on the changes stand beside the list.
const BESIDE_FROM: u16 = 76;

/// Columns of the list where the changes stand beside it.
const LIST_COLUMNS: u16 = 32;

pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, list: &PresetList, hits: &mut Hits) -> Position {
    let screen = canvas.area();
    let size = (COLUMNS.min(screen.width.saturating_sub(4)), ROWS.min(screen.height.saturating_sub(2)));
    let title = format!("Presets · {}", state.lane().letter);
    let body = draw_box(canvas, size, &title, hits);
    let cursor = draw_query(canvas, body, &list.query, "type to find a preset, or a name to save as");
    let inner = Rect { y: body.y + 2, height: body.height.saturating_sub(3), ..body };
    let (left, right) = parts(inner);
    rows(canvas, state, list, left, hits);
    detail(canvas, state, list, right);
    let below =
        Rect { x: body.x + 1, y: body.bottom().saturating_sub(1), width: body.width.saturating_sub(2), height: 1 };
    let keys = [(Action::OverlayAccept, "applies"), (Action::OverlayDelete, "deletes"), (Action::OverlaySave, "saves")];
    let works = if list.chosen().is_some() { &keys[..] } else { &keys[2..] };
    hints(canvas, state, below, works);
    cursor
}

/// The places of the list and of the changes: side by side, or one below the other.
fn parts(inner: Rect) -> (Rect, Rect) {
    if inner.width >= BESIDE_FROM {
        let left = Rect { width: LIST_COLUMNS, ..inner };
        let right = Rect { x: left.right() + 2, width: inner.width.saturating_sub(LIST_COLUMNS + 3), ..inner };
        return (left, right);
    }
    let upper = inner.height / 2;
    let left = Rect { height: upper, ..inner };
    let right =
        Rect { x: inner.x + 3, y: inner.y + upper, width: inner.width.saturating_sub(4), height: inner.height - upper };
    (left, right)
}

fn rows(canvas: &mut Canvas<'_>, state: &State, list: &PresetList, area: Rect, hits: &mut Hits) {
    let shown = window(list.selected, list.rows.len(), area.height);
    for (y, row) in (area.y..area.bottom()).zip(shown) {
        let Some(file) = list.row(row) else { continue };
        let room = draw_row(canvas, Rect { y, height: 1, ..area }, (row, list.selected), hits);
        let mut columns = room.width;
        let mark = match file.preset {
            Err(_) => Some(Span::new("✗ wrong", StyleRole::Error)),
            Ok(_) => running(state, &file.name).map(|lanes| Span::new(lanes, StyleRole::Good)),
        };
        if let Some(mark) = mark {
            columns = canvas.right(room, &[mark]).saturating_sub(room.x + 1);
        }
        canvas.text(room.x, room.y, columns, &clean_line(&file.name), StyleRole::Text);
    }
}

/// `● A C`: the lanes whose settings are those of a preset.
fn running(state: &State, preset: &str) -> Option<String> {
    let runs = |lane: &&Lane| state.spending.preset(lane.id, &lane.settings).as_deref() == Some(preset);
    let letters: Vec<String> = state.lanes.iter().filter(runs).map(|lane| lane.letter.to_string()).collect();
    (!letters.is_empty()).then(|| format!("● {}", letters.join(" ")))
}

/// What is to be said of the selected preset, or of there being none.
fn detail(canvas: &mut Canvas<'_>, state: &State, list: &PresetList, area: Rect) {
    let mut lines = Vec::new();
    let mut say = |text: &str, ink: Ink| {
        wrap(&[Span::new(text, ink)], &Wrap::plain(area.width), &mut lines);
    };
    let dim = Ink::from(StyleRole::Dim);
    match (&list.files, list.chosen()) {
        (PresetFiles::Reading, _) => say("Reading the presets …", dim),
        (PresetFiles::Unreadable(sentence), _) => say(&clean_line(sentence), StyleRole::Error.into()),
        (PresetFiles::Read(files), None) => say(&none(state, list, files), dim),
        (_, Some(PresetFile { preset: Err(error), .. })) => {
            say(&clean_line(&error.to_string()), StyleRole::Error.into());
        }
        (_, Some(_)) if list.differences.is_empty() => {
            say(&format!("Lane {} has these settings already.", state.lane().letter), dim);
        }
        (_, Some(_)) => {
            say(&format!("Lane {} would change:", state.lane().letter), dim);
            // One more than fits, so that it is seen that there are more.
            let shown = list.differences.iter().take(usize::from(area.height) + 1);
            lines.extend(shown.map(|difference| change(difference, area.width)));
        }
    }
    at_most(&mut lines, usize::from(area.height), area.width);
    for (y, line) in (area.y..area.bottom()).zip(&lines) {
        canvas.line(area.x, y, area.width, line);
    }
}

fn none(state: &State, list: &PresetList, files: &[PresetFile]) -> String {
    let key = state.key(Action::OverlaySave);
    match (files.is_empty(), list.query.trim()) {
        (true, "") => format!("There are no presets yet. Type a name; {key} saves this lane's settings under it."),
        (_, "") => String::new(),
        (_, name) => format!("No preset matches. {key} saves this lane's settings as “{}”.", clean_line(name)),
    }
}

/// `temperature  0.2 → 0.9`, each value in its half of the room.
fn change(difference: &Difference, columns: u16) -> Line {
    const NAME_COLUMNS: usize = 18;
    let name = clean_line(difference.field.name()).into_owned();
    let gap = " ".repeat(NAME_COLUMNS.saturating_sub(width(&name)).max(1));
    let room = usize::from(columns).saturating_sub(NAME_COLUMNS.max(width(&name) + 1) + 3);
    let [left, right] =
        [&difference.left, &difference.right].map(|value| value.as_deref().map(|text| brief(text, room)));
    // What the one does not need is the other's.
    let wide = |value: &Option<String>| value.as_deref().map_or(UNSET.len(), width);
    let half = room / 2;
    let first = wide(&left).min(half.max(room.saturating_sub(wide(&right))));
    let shown = |value: Option<String>, columns: usize, set: Ink| match value {
        Some(value) => Span::new(truncate(&value, columns).into_owned(), set),
        None => Span::new(truncate(UNSET, columns).into_owned(), StyleRole::Unset),
    };
    Line {
        spans: vec![
            Span::new(format!("{name}{gap}"), StyleRole::Text),
            shown(left, first, StyleRole::Dim.into()),
            Span::new(" → ", StyleRole::Border),
            shown(right, room.saturating_sub(first), Ink::from(StyleRole::Text).with(Emphasis::BOLD)),
        ],
    }
}

const UNSET: &str = "unset";
