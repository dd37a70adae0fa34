//! The line at a lane's lower edge that takes what is looked for, and says how often it was found.

use ratatui::layout::{Position, Rect};

use crate::input::Action;
use crate::state::{Find, FindScope, Lane, LaneArea, Layout, State};
use crate::text::{Emphasis, Ink, Span, StyleRole, clean_line, grouped, width};

use super::super::canvas::Canvas;
use super::cells;
use super::parameters::end_of;

/// Draws the line of every lane that is searched; returns where the query is typed.
pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, layout: &Layout) -> Option<Position> {
    let find = state.find.as_ref()?;
    let shown = |area: &&LaneArea| find.scope == FindScope::All || area.place == state.focused;
    layout.lanes.iter().filter(shown).filter_map(|area| line(canvas, state, find, area)).last()
}

fn line(canvas: &mut Canvas<'_>, state: &State, find: &Find, area: &LaneArea) -> Option<Position> {
    let lane = &state.lanes[area.place];
    let focused = area.place == state.focused;
    let row = Rect {
        x: area.frame.x + 1,
        y: area.frame.bottom().saturating_sub(1),
        width: area.frame.width.saturating_sub(2),
        height: 1,
    };
    canvas.clear(row);
    let x = canvas.text(row.x, row.y, row.width, " /", Ink::from(StyleRole::Key).with(Emphasis::BOLD));
    let rest = said(state, find, lane, focused);
    let wide: u16 = rest.iter().take(1).map(|span| cells(&span.text)).sum();
    let room = row.right().saturating_sub(x).saturating_sub(wide + 1);
    let query = clean_line(find.query());
    let end = canvas.text(x, row.y, room, end_of(&query, usize::from(room)), StyleRole::Text);
    let mut at = end;
    for span in &rest {
        if usize::from(row.right().saturating_sub(at)) < width(&span.text) {
            break;
        }
        at = canvas.spans(at, row.y, row.right() - at, std::slice::from_ref(span));
    }
    let typing = focused && find.is_typing() && state.finds() && state.overlay.is_none();
    typing.then_some(Position { x: end, y: row.y })
}

/// ` · 3 of 17`, then how many there are in all lanes, then keys: as many whole parts as there is room for.
fn said(state: &State, find: &Find, lane: &Lane, focused: bool) -> Vec<Span> {
    let count = find.count(lane.id);
    let at = find.at.filter(|at| at.lane == lane.id).map(|at| at.in_lane + 1);
    let counted = match (count, at) {
        (None, _) => " · type what is looked for".to_owned(),
        (Some(0), _) => " · no match".to_owned(),
        (Some(count), Some(at)) => format!(" · {} of {}", grouped(at as u64), grouped(count as u64)),
        (Some(1), None) => " · 1 match".to_owned(),
        (Some(count), None) => format!(" · {} matches", grouped(count as u64)),
    };
    let role = if count == Some(0) { StyleRole::Warning } else { StyleRole::Chip };
    let mut spans = vec![Span::new(counted, role)];
    if !focused {
        return spans;
    }
    if find.scope == FindScope::All && count.is_some() {
        spans.push(Span::new(format!(" · {} in all lanes", grouped(find.count_all() as u64)), StyleRole::Dim));
    }
    let steps = if find.is_typing() {
        [(Action::OverlayAccept, "keeps it"), (Action::Back, "leaves"), (Action::FindLanes, "all lanes")]
    } else {
        [(Action::FindNext, "next"), (Action::FindPrevious, "before"), (Action::Back, "leaves")]
    };
    for (action, says) in steps {
        if let Some(chord) = state.keymap.chord_in(state.contexts(), action) {
            spans.push(Span::new(format!(" · {chord} {says}"), StyleRole::Dim));
        }
    }
    spans
}
