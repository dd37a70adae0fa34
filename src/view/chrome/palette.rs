//! The command palette: what matches the query, with names and keys.

use ratatui::layout::{Position, Rect};

use crate::input::ActionRow;
use crate::state::{Palette, State};
use crate::text::{Span, StyleRole};

use super::super::canvas::Canvas;
use super::super::hits::Hits;
use super::overlay::{draw_box, draw_query, draw_row, window};

const COLUMNS: u16 = 96;
const ROWS: u16 = 24;

/// From this width on an action's name has its column.
const NAMES_FROM: u16 = 76;

/// As wide as the longest name of an action.
const NAME_COLUMNS: u16 = 26;

pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, palette: &Palette, hits: &mut Hits) -> Position {
    let screen = canvas.area();
    let size = (COLUMNS.min(screen.width.saturating_sub(4)), ROWS.min(screen.height.saturating_sub(2)));
    let body = draw_box(canvas, size, "Commands", hits);
    let cursor = draw_query(canvas, body, &palette.query, "type to find a command");
    let list = Rect { y: body.y + 2, height: body.height.saturating_sub(2), ..body };
    if palette.rows.is_empty() {
        canvas.text(list.x + 3, list.y, list.width.saturating_sub(4), "Nothing matches.", StyleRole::Dim);
    }
    let shown = window(palette.selected, palette.rows.len(), list.height);
    for (y, place) in (list.y..list.bottom()).zip(shown) {
        let area = Rect { y, height: 1, ..list };
        let room = draw_row(canvas, area, (place, palette.selected), hits);
        entry(canvas, state, room, palette.rows[place].action.row());
    }
    cursor
}

/// `help … name  chord`.
fn entry(canvas: &mut Canvas<'_>, state: &State, row: Rect, action: &ActionRow) {
    let chord = state.keymap.chords_of(action.action).first().map(ToString::to_string).unwrap_or_default();
    let mut end = canvas.right(row, &[Span::new(chord, StyleRole::Key)]);
    if row.width >= NAMES_FROM {
        end = row.right().saturating_sub(NAME_COLUMNS + 12);
        canvas.text(end, row.y, NAME_COLUMNS, action.name, StyleRole::Dim);
    }
    canvas.text(row.x, row.y, end.saturating_sub(row.x + 2), action.help, StyleRole::Text);
}
