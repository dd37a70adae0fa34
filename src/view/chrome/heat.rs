//! The heat of a reply: its tokens in the colours of their probability, and the one under the cursor below them.

use ratatui::layout::{Position, Rect};

use crate::input::Action;
use crate::state::{Heat, HeatAreas, State, Stretch, Target};
use crate::text::{Span, StyleRole};

use super::super::canvas::Canvas;
use super::super::hits::Hits;
use super::reader;

const KEYS: [(Action, &str); 3] = [
    (Action::ReaderLeft, "token before"),
    (Action::ReaderRight, "after"),
    (Action::ReaderFindNext, "next least probable"),
];

/// Draws the open heat; returns where the token under the cursor begins: the terminal's cursor marks it without colour.
pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, heat: &Heat, hits: &mut Hits) -> Option<Position> {
    let areas = heat.areas(state.size);
    canvas.clear(areas.frame);
    canvas.frame(areas.frame, StyleRole::Focus, &[Span::new(heat.title.as_str(), StyleRole::Title)]);
    hits.add(areas.frame, Target::Overlay);
    for (area, lines) in [(areas.head, &heat.head), (areas.detail, &heat.detail)] {
        for (y, line) in (area.y..area.bottom()).zip(lines) {
            canvas.line(area.x, y, area.width, line);
        }
    }
    rule(canvas, heat, &areas);
    let shown = heat.rows.iter().skip(heat.scroll);
    for (y, line) in (areas.tokens.y..areas.tokens.bottom()).zip(shown) {
        canvas.line(areas.tokens.x, y, areas.tokens.width, line);
    }
    targets(heat, areas.tokens, hits);
    reader::hints(canvas, state, areas.keys, &KEYS);
    let place = heat.places.get(heat.at)?;
    for cells in cells_of(place, heat.scroll, areas.tokens) {
        canvas.ground(cells, StyleRole::Selection);
    }
    cells_of(place, heat.scroll, areas.tokens).next().map(Rect::as_position)
}

/// The rule over the detail says how many rows lie below.
fn rule(canvas: &mut Canvas<'_>, heat: &Heat, areas: &HeatAreas) {
    let row = Rect { y: areas.detail.y.saturating_sub(1), height: 1, ..areas.frame };
    canvas.rule(row, StyleRole::Focus, &[]);
    let below = heat.rows.len().saturating_sub(heat.scroll + usize::from(areas.tokens.height));
    if below > 0 {
        canvas.right(
            Rect { width: row.width.saturating_sub(1), ..row },
            &[Span::new(format!(" ▼ {below} more "), StyleRole::Dim)],
        );
    }
}

/// Makes each visible token a target.
fn targets(heat: &Heat, area: Rect, hits: &mut Hits) {
    let end = heat.scroll + usize::from(area.height);
    let first = heat.places.partition_point(|place| place.to.row < heat.scroll);
    let visible = heat.places.iter().enumerate().skip(first).take_while(|(_, place)| place.from.row < end);
    for (token, place) in visible {
        for cells in cells_of(place, heat.scroll, area) {
            hits.add(cells, Target::OverlayRow { row: token });
        }
    }
}

/// The cells of a token in the window: one stretch for each row that it is on.
fn cells_of(place: &Stretch, scroll: usize, area: Rect) -> impl Iterator<Item = Rect> + use<> {
    let Stretch { from, to } = *place;
    (from.row.max(scroll)..=to.row.min(scroll + usize::from(area.height).saturating_sub(1))).filter_map(move |row| {
        let left = if row == from.row { from.column } else { 0 };
        let right = if row == to.row { to.column } else { area.width };
        let y = area.y + u16::try_from(row - scroll).ok()?;
        (right > left).then(|| Rect::new(area.x + left, y, right - left, 1))
    })
}
