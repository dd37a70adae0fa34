//! Notices: short messages over the lower right of the lanes, or over the upper right while a box is open that ends there.

use std::time::Instant;

use ratatui::layout::Rect;

use crate::state::{Layout, Level, Notice, Overlay, State};
use crate::text::{Emphasis, Ink, Line, Span, StyleRole, Wrap, clean_line, width, wrap};

use super::super::canvas::Canvas;
use super::flow::at_most;

/// The widest that a message's rows are; the box adds its sides and a free column at each.
const WIDEST: u16 = 60;

/// Rows of one message.
const ROWS: usize = 3;

/// Draws the box over the last rows of the lanes, never over the composer; while an overlay is open over the first rows,
/// since the last ones of an overlay name its keys. The list of sessions names them lower down,
/// and its first rows are what the message is about.
pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, layout: &Layout, now: Instant) {
    let columns = WIDEST.min(layout.composer.width.saturating_sub(6));
    let shown = state.notices.iter().filter(|notice| notice.until > now);
    let rows: Vec<Line> = shown.flat_map(|notice| rows_of(notice, columns)).collect();
    let top = layout.status.bottom() + 1;
    let bottom = layout.composer.y.saturating_sub(1);
    let room = bottom.saturating_sub(top + 2);
    if rows.is_empty() || room == 0 {
        return;
    }
    // The newest are the last, so the first are left out where there is no room for all.
    let rows = &rows[rows.len().saturating_sub(usize::from(room))..];
    let wide = rows.iter().map(|row| width(&row.plain())).max().unwrap_or(0);
    let wide = u16::try_from(wide).unwrap_or(columns).min(columns) + 4;
    let high = u16::try_from(rows.len()).unwrap_or(room) + 2;
    let right = layout.composer.right().saturating_sub(1);
    let lowest = matches!(state.overlay, None | Some(Overlay::Sessions(_)));
    let y = if lowest { bottom - high } else { top };
    let area = Rect { x: right.saturating_sub(wide), y, width: wide, height: high };
    canvas.clear(area);
    canvas.frame(area, StyleRole::Notice, &[]);
    for (y, row) in (area.y + 1..area.bottom()).zip(rows) {
        canvas.line(area.x + 2, y, columns, row);
    }
}

/// A mark for the level and the message, in a few rows.
fn rows_of(notice: &Notice, columns: u16) -> Vec<Line> {
    let (mark, role) = match notice.level {
        Level::Note => ("· ", StyleRole::Notice),
        Level::Warning => ("! ", StyleRole::Warning),
        Level::Error => ("✗ ", StyleRole::Error),
    };
    let first = [Span::new(mark, Ink::from(role).with(Emphasis::BOLD))];
    let rest = [Span::new("  ", StyleRole::Text)];
    let mut rows = Vec::new();
    let text = [Span::new(clean_line(&notice.text), role)];
    wrap(&text, &Wrap { width: columns, first: &first, rest: &rest }, &mut rows);
    at_most(&mut rows, ROWS, columns);
    rows
}
