//! The sidebar: parameters, tools and cost of the focused lane, in three joined boxes.

use std::time::Instant;

use ratatui::layout::{Position, Rect};

use crate::state::{Focus, Layout, State, Target};
use crate::text::{Line, Span, StyleRole};

use super::super::canvas::{Canvas, frame_role};
use super::super::hits::Hits;
use super::super::title::letter_of;
use super::{cost, parameters, tools};

/// Rows of the sidebar that the boxes take, their upper borders among them; the lowest border is the cost's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shares {
    parameters: u16,
    tools: u16,
    cost: u16,
}

/// Draws the sidebar; returns where a value is being typed.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    state: &State,
    area: Rect,
    hits: &mut Hits,
    now: Instant,
) -> Option<Position> {
    let focused = state.focus == Focus::Sidebar && state.overlay.is_none();
    let role = frame_role(focused);
    let letter = letter_of(state.lane());
    let title = |name: &str| [Span::new(format!("{name} · {letter}"), StyleRole::Title)];
    canvas.clear(area);
    hits.add(area, Target::Nothing);
    canvas.frame(area, role, &title("Parameters"));

    let columns = area.width.saturating_sub(4);
    let (tools, costs) = (tools::rows(state, columns, now), cost::rows(state, columns));
    let shares = shares(area.height, tools.len(), costs.len());
    let body = |top: u16, rows: u16| Rect { x: area.x + 1, y: top + 1, width: area.width - 2, height: rows };
    let caret = parameters::draw(canvas, state, body(area.y, shares.parameters.saturating_sub(1)), hits);
    let mut top = area.y + shares.parameters;
    if shares.tools > 0 {
        let role = frame_role(focused || (state.focus == Focus::Inspector && state.overlay.is_none()));
        canvas.rule(Rect { y: top, ..area }, role, &title("Tools"));
        let room = body(top, shares.tools - 1);
        list(canvas, room, &tools);
        self::calls(canvas, state, room, hits);
        top += shares.tools;
    }
    canvas.rule(Rect { y: top, ..area }, role, &[Span::new("Cost", StyleRole::Title)]);
    list(canvas, body(top, shares.cost.saturating_sub(2)), &costs);
    caret
}

/// Makes each call in sight a target, and marks the selected one.
fn calls(canvas: &mut Canvas<'_>, state: &State, area: Rect, hits: &mut Hits) {
    let (first, selected) = (tools::first(state), tools::selected(state));
    let count = state.last_called(state.lane()).map_or(0, |reply| reply.tool_calls.len().saturating_sub(first));
    for (row, y) in (0..count).zip(area.y..area.bottom()) {
        let area = Rect { y, height: 1, ..area };
        hits.add(area, Target::CallRow { index: first + row });
        if selected == Some(row) && state.overlay.is_none() {
            canvas.ground(area, StyleRole::Selection);
            canvas.text(area.x, y, 1, "▸", StyleRole::Focus);
        }
    }
}

/// The rows of the cost, and where they are within a sidebar.
pub(in super::super) fn cost_box(state: &State, area: Rect, now: Instant) -> (Rect, Vec<Line>) {
    let columns = area.width.saturating_sub(4);
    let (tools, costs) = (tools::rows(state, columns, now), cost::rows(state, columns));
    let shares = shares(area.height, tools.len(), costs.len());
    let top = area.y + shares.parameters + shares.tools;
    let body = Rect { x: area.x + 1, y: top + 1, width: area.width - 2, height: shares.cost.saturating_sub(2) };
    (body, costs)
}

/// Draws the rows of the cost again, on empty cells.
pub(in super::super) fn draw_cost(canvas: &mut Canvas<'_>, body: Rect, rows: &[Line]) {
    list(canvas, body, rows);
}

/// Cost has five rows and more where there is much to tell; tools four to eight; the parameters have the rest.
fn shares(rows: u16, tools: usize, costs: usize) -> Shares {
    let most_cost = (rows / 4).max(5);
    let cost = u16::try_from(costs + 2).unwrap_or(u16::MAX).clamp(5, most_cost).min(rows);
    let most_tools = (rows / 4).clamp(4, 8);
    let tools = u16::try_from(tools + 1).unwrap_or(u16::MAX).clamp(4, most_tools);
    let tools = if rows < Layout::TOOLS_FROM { 0 } else { tools };
    Shares { parameters: rows.saturating_sub(tools + cost), tools, cost }
}

/// Draws rows from the top; the last one says how many more there are.
fn list(canvas: &mut Canvas<'_>, body: Rect, rows: &[Line]) {
    let room = usize::from(body.height);
    let shown = if rows.len() > room { room.saturating_sub(1) } else { rows.len() };
    let columns = body.width.saturating_sub(2);
    for (y, row) in (body.y..body.bottom()).zip(&rows[..shown]) {
        canvas.line(body.x + 1, y, columns, row);
    }
    if shown < rows.len() && room > 0 {
        let more = format!("+{} more", rows.len() - shown);
        canvas.text(body.x + 1, body.bottom() - 1, columns, &more, StyleRole::Dim);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_boxes_fill_the_sidebar_at_every_height() {
        for rows in 0..=100 {
            for (tools, costs) in [(1, 1), (3, 3), (40, 9)] {
                let shares = shares(rows, tools, costs);
                assert_eq!(shares.parameters + shares.tools + shares.cost, rows, "{rows} {tools} {costs}");
            }
        }
    }

    #[test]
    fn a_low_screen_drops_the_tools_first_and_a_high_one_gives_room_to_what_is_long() {
        assert_eq!(shares(19, 3, 3), Shares { parameters: 14, tools: 0, cost: 5 });
        assert_eq!(shares(20, 9, 3), Shares { parameters: 10, tools: 5, cost: 5 });
        assert_eq!(shares(48, 9, 6), Shares { parameters: 32, tools: 8, cost: 8 });
    }
}
