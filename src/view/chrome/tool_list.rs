//! The list of tools, each with its mark, and what the selected one does.

use ratatui::layout::{Position, Rect};
use serde_json::json;

use crate::input::Action;
use crate::state::{State, ToolList, ToolRow};
use crate::text::{Span, StyleRole, Wrap, clean_line, truncate, wrap};

use super::super::canvas::Canvas;
use super::super::hits::Hits;
use super::flow::at_most;
use super::overlay::{draw_box, draw_query, draw_row, window};
use super::reader::hints;

const COLUMNS: u16 = 90;
const ROWS: u16 = 22;

/// Rows for what the selected tool does.
const DETAIL_ROWS: u16 = 3;

pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, list: &ToolList, hits: &mut Hits) -> Position {
    let screen = canvas.area();
    let size = (COLUMNS.min(screen.width.saturating_sub(4)), ROWS.min(screen.height.saturating_sub(2)));
    let body = draw_box(canvas, size, &format!("Tools · {}", state.lane().letter), hits);
    let cursor = draw_query(canvas, body, &list.query, "type to find a tool");
    let inner = Rect { y: body.y + 2, height: body.height.saturating_sub(3 + DETAIL_ROWS), ..body };
    let shown = window(list.selected, list.rows.len(), inner.height);
    for (y, place) in (inner.y..inner.bottom()).zip(shown) {
        let room = draw_row(canvas, Rect { y, height: 1, ..inner }, (place, list.selected), hits);
        if let Some(row) = list.rows.get(place) {
            tool(canvas, state, row, room);
        }
    }
    detail(
        canvas,
        list,
        Rect { x: body.x + 3, y: inner.bottom(), width: body.width.saturating_sub(4), height: DETAIL_ROWS },
    );
    let below =
        Rect { x: body.x + 1, y: body.bottom().saturating_sub(1), width: body.width.saturating_sub(2), height: 1 };
    let keys = [
        (Action::OverlayAccept, "on or off"),
        (Action::OverlayStrict, "strict"),
        (Action::OverlayToolChoice, "has to be called"),
    ];
    hints(canvas, state, below, if list.rows.is_empty() { &[] } else { &keys });
    cursor
}

/// `[✓] get_weather  strict  has to be called      sample`.
fn tool(canvas: &mut Canvas<'_>, state: &State, row: &ToolRow, room: Rect) {
    let (mark, role) = if row.on { ("[✓] ", StyleRole::Good) } else { ("[ ] ", StyleRole::Dim) };
    let choice = json!({"type": "function", "function": {"name": row.tool.name}});
    let chosen = state.lane().settings.params.get("tool_choice") == Some(&choice);
    let left = canvas.right(room, &[Span::new(row.from.word(), StyleRole::Dim)]).saturating_sub(1);
    let words = [
        (row.is_strict(), "  strict"),
        (chosen, "  has to be called"),
        (state.tools.trusts(&row.tool), "  runs unasked"),
    ];
    let words: String = words.into_iter().filter(|(is_so, _)| *is_so).map(|(_, word)| word).collect();
    let columns = left.saturating_sub(room.x);
    let name = usize::from(columns).saturating_sub(4 + crate::text::width(&words));
    let spans = [
        Span::new(mark, role),
        Span::new(truncate(&clean_line(&row.tool.name), name), StyleRole::ToolName),
        Span::new(words, StyleRole::Warning),
    ];
    canvas.spans(room.x, room.y, columns, &spans);
}

fn detail(canvas: &mut Canvas<'_>, list: &ToolList, area: Rect) {
    let (text, role) = match list.chosen() {
        Some(row) => (
            row.tool.definition["function"]["description"].as_str().unwrap_or("without a description"),
            StyleRole::Text,
        ),
        None => ("No tool matches. Tools are written in the parameters, on the row of tools.", StyleRole::Dim),
    };
    let beginning: String = text.chars().take(usize::from(area.width) * 8).collect();
    let mut rows = Vec::new();
    wrap(&[Span::new(clean_line(&beginning), role)], &Wrap::plain(area.width), &mut rows);
    at_most(&mut rows, usize::from(area.height), area.width);
    for (y, row) in (area.y..area.bottom()).zip(&rows) {
        canvas.line(area.x, y, area.width, row);
    }
}
