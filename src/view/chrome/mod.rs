//! The panes around the lanes: status line, tabs, composer, sidebar, footer, notices, overlays.
//!
//! Owns in which order they lie over each other and where the terminal's cursor stands. Each pane reads the state and
//! draws into the place that the layout gives it; no pane loops over what grows with the session.

mod attach;
mod bars;
mod calls;
mod card;
mod composer;
mod cost;
mod diff;
mod find;
mod flow;
mod footer;
mod form;
mod heat;
mod help;
mod inspector;
mod ledger;
mod meter;
mod notices;
mod overlay;
mod palette;
mod parameters;
mod picker;
mod presets;
mod reader;
mod request;
mod sessions;
pub(super) mod sidebar;
mod slider;
pub(super) mod status;
mod tabs;
mod tool_list;
mod tools;
mod tree;
mod wire_page;

use std::time::Instant;

use ratatui::Frame;

use crate::state::{LEAST, Layout, State};
use crate::text::{StyleRole, width};

use super::canvas::Canvas;
use super::hits::Hits;

/// What a terminal shows that is too small for the panes.
pub(super) fn too_small(canvas: &mut Canvas<'_>) {
    let area = canvas.area();
    let wanted = format!("abreast needs {}x{}", LEAST.columns, LEAST.rows);
    let given = format!("this is {}x{}", area.width, area.height);
    let whole = format!("{wanted}; {given}");
    let lines = if width(&whole) <= usize::from(area.width) { vec![whole] } else { vec![wanted, given] };
    let top = area.height.saturating_sub(u16::try_from(lines.len()).unwrap_or(1)) / 2;
    for (y, line) in (top..area.height).zip(&lines) {
        canvas.text(0, y, area.width, line, StyleRole::Warning);
    }
}

/// How far the help can be scrolled on this screen.
pub(super) fn last_help_scroll(state: &State) -> usize {
    help::last_scroll(state)
}

/// Draws everything but the lanes.
pub(super) fn draw(frame: &mut Frame<'_>, state: &State, layout: &Layout, hits: &mut Hits, now: Instant) {
    let mut canvas = Canvas::new(frame, state);
    status::draw(&mut canvas, state, layout.status);
    if let Some(row) = layout.tabs {
        tabs::draw(&mut canvas, state, row, hits);
    }
    let mut cursor = composer::draw(&mut canvas, state, layout, hits);
    calls::draw(&mut canvas, state, layout, hits, now);
    if let Some(area) = layout.sidebar {
        cursor = sidebar::draw(&mut canvas, state, area, hits, now).or(cursor);
    }
    attach::completion(&mut canvas, state, layout, hits);
    cursor = find::draw(&mut canvas, state, layout).or(cursor);
    if let Some(open) = &state.overlay {
        cursor = overlay::draw(&mut canvas, state, open, hits, now);
    }
    // After the boxes, which name keys of their own.
    footer::draw(&mut canvas, state, layout.footer);
    // Also over an overlay: what is said may be about it.
    notices::draw(&mut canvas, state, layout, now);
    if let Some(position) = cursor.filter(|position| canvas.area().contains(*position)) {
        frame.set_cursor_position(position);
    }
}

/// A length in cells, as far as a terminal can have it.
fn cells(text: &str) -> u16 {
    u16::try_from(width(text)).unwrap_or(u16::MAX)
}
