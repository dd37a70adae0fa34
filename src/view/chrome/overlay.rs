//! What lies over the panes: the box, its query line and its list. What is in it is the overlay's own file's.

use std::ops::Range;
use std::time::Instant;

use ratatui::layout::{Position, Rect};

use crate::state::{Overlay, State, Target};
use crate::text::{Emphasis, Ink, Span, StyleRole, clean_line};

use super::super::canvas::Canvas;
use super::super::hits::Hits;
use super::parameters::end_of;
use super::{
    card, diff, form, heat, help, inspector, ledger, palette, picker, presets, request, sessions, tool_list, tree,
    wire_page,
};

/// Draws the open overlay; returns where its query is typed.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    state: &State,
    open: &Overlay,
    hits: &mut Hits,
    now: Instant,
) -> Option<Position> {
    match open {
        Overlay::Help { scroll } => {
            help::draw(canvas, state, *scroll, hits);
            None
        }
        Overlay::Palette(open) => Some(palette::draw(canvas, state, open, hits)),
        Overlay::Models(open) => Some(picker::draw(canvas, state, open, hits)),
        Overlay::Presets(open) => Some(presets::draw(canvas, state, open, hits)),
        Overlay::Tools(open) => Some(tool_list::draw(canvas, state, open, hits)),
        Overlay::Card(open) => {
            card::draw(canvas, state, open, hits);
            None
        }
        Overlay::Form(open) => form::draw(canvas, state, open, hits),
        Overlay::Diff(open) => {
            diff::draw(canvas, state, open, hits);
            None
        }
        Overlay::Request(page) => {
            request::draw(canvas, state, page, hits);
            None
        }
        Overlay::Inspect(open) => wire_page::draw(canvas, state, open, hits),
        Overlay::Inspector => inspector::draw(canvas, state, hits, now),
        Overlay::Heat(open) => heat::draw(canvas, state, open, hits),
        Overlay::Tree(page) => {
            tree::draw(canvas, state, page, hits);
            None
        }
        Overlay::Ledger(page) => ledger::draw(canvas, state, page, hits),
        Overlay::Sessions(list) => Some(sessions::draw(canvas, state, list, hits)),
    }
}

/// Draws an empty box in the middle of the screen, no larger than the screen; returns what is within its border.
pub(super) fn draw_box(canvas: &mut Canvas<'_>, wanted: (u16, u16), title: &str, hits: &mut Hits) -> Rect {
    let screen = canvas.area();
    let (columns, rows) = (wanted.0.min(screen.width), wanted.1.min(screen.height));
    let area = Rect {
        x: screen.x + (screen.width - columns) / 2,
        y: screen.y + (screen.height - rows) / 2,
        width: columns,
        height: rows,
    };
    canvas.clear(area);
    canvas.frame(area, StyleRole::Focus, &[Span::new(title, StyleRole::Title)]);
    hits.add(area, Target::Overlay);
    Rect { x: area.x + 1, y: area.y + 1, width: area.width.saturating_sub(2), height: area.height.saturating_sub(2) }
}

/// Draws `> query`, or what can be typed; returns the cursor's place.
pub(super) fn draw_query(canvas: &mut Canvas<'_>, row: Rect, query: &str, empty: &str) -> Position {
    let start = canvas.text(row.x + 1, row.y, 2, "> ", Ink::from(StyleRole::Key).with(Emphasis::BOLD));
    let room = row.right().saturating_sub(start + 2);
    if query.is_empty() {
        canvas.text(start, row.y, room, empty, StyleRole::Dim);
        return Position { x: start, y: row.y };
    }
    let clean = clean_line(query);
    let end = canvas.text(start, row.y, room, end_of(&clean, usize::from(room)), StyleRole::Text);
    Position { x: end, y: row.y }
}

/// The rows of a list that are shown, so that the selected one stands near the middle and none is missing at the end.
pub(super) fn window(selected: usize, of: usize, rows: u16) -> Range<usize> {
    let rows = usize::from(rows);
    let first = selected.saturating_sub(rows / 2).min(of.saturating_sub(rows));
    first..of.min(first + rows)
}

/// Marks a list's row when it is the selected one and makes it a target; returns the room for its text.
pub(super) fn draw_row(canvas: &mut Canvas<'_>, area: Rect, (row, selected): (usize, usize), hits: &mut Hits) -> Rect {
    if row == selected {
        canvas.ground(area, StyleRole::Selection);
        canvas.text(area.x + 1, area.y, 1, "▸", StyleRole::Focus);
    }
    hits.add(area, Target::OverlayRow { row });
    Rect { x: area.x + 3, width: area.width.saturating_sub(4), ..area }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selected_row_is_in_the_window_and_the_window_is_full() {
        assert_eq!(window(0, 3, 10), 0..3);
        assert_eq!(window(0, 30, 10), 0..10);
        assert_eq!(window(15, 30, 10), 10..20);
        assert_eq!(window(29, 30, 10), 20..30);
        assert_eq!(window(4, 30, 1), 4..5);
        assert_eq!(window(0, 0, 10), 0..0);
        assert_eq!(window(3, 5, 0), 3..3);
    }
}
