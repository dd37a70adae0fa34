//! The panes around the lanes: status line, tabs, composer, sidebar, footer, overlays, notices.

use std::time::Instant;

use ratatui::Frame;

use crate::state::{Layout, State};
use crate::text::StyleRole;

use super::canvas::Canvas;
use super::hits::Hits;

/// What a terminal shows that is too small for the panes.
pub(super) fn too_small(canvas: &mut Canvas<'_>) {
    let area = canvas.area();
    canvas.text(0, area.height / 2, area.width, "abreast needs 60x16", StyleRole::Warning);
}

/// Draws everything but the lanes.
pub(super) fn draw(frame: &mut Frame<'_>, state: &State, layout: &Layout, hits: &mut Hits, now: Instant) {
    let _ = now;
    let mut canvas = Canvas::new(frame, state);
    canvas.frame(layout.composer, StyleRole::Border, &[]);
    let style = canvas.style(StyleRole::Text);
    state.composer.editor.render(layout.editor, canvas.buffer, style);
    hits.add_editor(layout.editor);
    if let Some(position) = state.composer.editor.cursor_position(layout.editor) {
        frame.set_cursor_position(position);
    }
}

/// A count with a comma between thousands.
pub(super) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}
