//! The row of tabs: every lane by its letter and what tells it from the others, where not all of them have a column.

use ratatui::layout::Rect;

use crate::state::{State, Target};
use crate::text::{Emphasis, Ink, Span, StyleRole};

use super::super::canvas::Canvas;
use super::super::hits::Hits;
use super::super::title;

/// Columns of a tab around what it says: mark, letter, activity, spaces.
const AROUND: u16 = 6;

pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, row: Rect, hits: &mut Hits) {
    let share = row.width / u16::try_from(state.lanes.len()).unwrap_or(1).max(1);
    let mut x = row.x;
    for (place, lane) in state.lanes.iter().enumerate() {
        let focused = place == state.focused;
        let (mark, role) = if focused { ("▸", StyleRole::Focus) } else { (" ", StyleRole::Dim) };
        let ink = if focused { Ink::from(role).with(Emphasis::BOLD) } else { role.into() };
        let live = match (lane.status.live(), state.waits_for_user(place)) {
            (Some(_), _) => "…",
            (None, true) => "?",
            (None, false) if state.runs_calls(place) => "…",
            (None, false) => "",
        };
        let says = title::tab(state, lane, share.saturating_sub(AROUND));
        let gap = if place + 1 < state.lanes.len() { " ·" } else { "" };
        let tab = [
            Span::new(format!("{mark}{}{live} {says}", title::letter_of(lane)), ink),
            Span::new(gap, StyleRole::Border),
        ];
        let end = canvas.spans(x, row.y, row.right().saturating_sub(x), &tab);
        hits.add(Rect { x, width: end - x, ..row }, Target::LaneTab { lane: lane.id });
        x = end;
    }
}
