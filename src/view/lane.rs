//! One lane: its frame, its window on the transcript, its figures.

use std::time::Instant;

use ratatui::layout::Rect;

use crate::chat::{Role, Turn};
use crate::input::Action;
use crate::state::{Focus, Lane, LaneArea, Layout, OpeningSession, Panes, State, Target};
use crate::text::{Ink, Line, Span, StyleRole, clean_line, counted};

use super::cache::{TurnCache, TurnRows};
use super::canvas::{Canvas, frame_role};
use super::figures;
use super::found;
use super::hits::Hits;
use super::scroll::{Pane, Rest, Slice, Window};
use super::stack::Part;
use super::title;

pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    pane: &Pane<'_>,
    area: &LaneArea,
    window: &Window,
    cache: &mut TurnCache,
    hits: &mut Hits,
) {
    let Pane { state, lane, .. } = *pane;
    canvas.frame(area.frame, border(state, area), &title::of(state, area.place, area.frame.width.saturating_sub(5)));
    hits.add(area.frame, Target::LaneTab { lane: lane.id });
    hits.add(area.body, Target::Transcript { lane: lane.id, turn: None });
    if state.panes == Panes::Request {
        request(canvas, state, area);
        return;
    }
    if lane.branch.is_empty() {
        match &state.shelf.opening {
            Some(opening) => arriving(canvas, opening, area),
            None => welcome(canvas, state, area),
        }
        return;
    }
    let mut y = area.body.y;
    for slice in &window.slices {
        y = draw_slice(canvas, pane, area.body, y, slice, cache, hits);
    }
    draw_edges(canvas, pane, area, window, hits);
    figures::draw(canvas, state, area, pane.now);
}

/// The ink of a lane's frame.
fn border(state: &State, area: &LaneArea) -> StyleRole {
    let focused = area.place == state.focused;
    frame_role(focused && state.focus == Focus::Transcript && state.overlay.is_none())
}

/// Where a row of the window is.
pub(super) fn row_area(area: &LaneArea, row: usize) -> Rect {
    Rect { y: area.body.y.saturating_add(u16::try_from(row).unwrap_or(u16::MAX)), height: 1, ..area.body }
}

/// Where the figures are.
pub(super) fn foot_area(area: &LaneArea) -> Rect {
    Rect { y: area.frame.bottom() - 1, height: 1, ..area.frame }
}

/// Draws some rows of a window again, on empty cells.
pub(super) fn draw_rows(
    canvas: &mut Canvas<'_>,
    pane: &Pane<'_>,
    area: &LaneArea,
    window: &Window,
    rows: &[usize],
    (cache, hits): (&mut TurnCache, &mut Hits),
) {
    for row in rows {
        hits.put(row_area(area, *row), Target::Transcript { lane: pane.lane.id, turn: None });
    }
    let mut top = 0;
    for slice in &window.slices {
        let Some(turn) = pane.state.session.turns.get(slice.turn) else { continue };
        let kept = cache.rows(pane.state, pane.lane, turn, pane.columns);
        let shown = top..top + slice.rows;
        for row in rows.iter().filter(|row| shown.contains(row)) {
            let at = slice.from + row - top;
            if at < slice.stack.len() {
                let area = row_area(area, *row);
                hits.put(area, draw_one(canvas, pane, (area, at), (slice, turn), kept));
            }
        }
        top = shown.end;
    }
    draw_edges(canvas, pane, area, window, hits);
}

/// Draws the lower border again, with the figures, on empty cells.
pub(super) fn draw_foot(canvas: &mut Canvas<'_>, pane: &Pane<'_>, area: &LaneArea) {
    canvas.foot(foot_area(area), border(pane.state, area));
    figures::draw(canvas, pane.state, area, pane.now);
}

/// What is said of the rows above and below the window.
fn draw_edges(canvas: &mut Canvas<'_>, pane: &Pane<'_>, area: &LaneArea, window: &Window, hits: &mut Hits) {
    if window.is_past_the_end() {
        let row = Rect { height: 1, ..area.body };
        canvas.right(row, &[Span::new(" ▲ ends above ", StyleRole::Chip)]);
    }
    chip(canvas, pane, area.body, window, hits);
}

/// The request that the lane would send now, and how much of it is above and below.
fn request(canvas: &mut Canvas<'_>, state: &State, area: &LaneArea) {
    let body = area.body;
    let Some(preview) = state.previews.get(&state.lanes[area.place].id) else { return };
    for (y, line) in (body.y..body.bottom()).zip(preview.visible(body.height)) {
        canvas.line(body.x + 1, y, Layout::text_columns(body), line);
    }
    let above = preview.scroll(body.height);
    let below = preview.len().saturating_sub(above + usize::from(body.height));
    let hidden = match (above, below) {
        (0, 0) => return caption(canvas, area.frame, " request "),
        (0, below) => format!(" request · ▼ {below} "),
        (above, 0) => format!(" request · ▲ {above} "),
        (above, below) => format!(" request · ▲ {above} ▼ {below} "),
    };
    caption(canvas, area.frame, &hidden);
}

/// Words in the lower border.
fn caption(canvas: &mut Canvas<'_>, frame: Rect, text: &str) {
    canvas.text(frame.x + 2, frame.bottom() - 1, frame.width.saturating_sub(3), text, StyleRole::Dim);
}

/// The window that a lane's area is.
pub(super) fn pane<'s>(state: &'s State, area: &LaneArea, now: Instant) -> Pane<'s> {
    let (lane, rows) = (&state.lanes[area.place], usize::from(area.body.height));
    Pane { state, lane, columns: Layout::text_columns(area.body), rows, now }
}

/// What an empty lane says: who listens, and the keys to begin with, as they are bound.
fn welcome(canvas: &mut Canvas<'_>, state: &State, area: &LaneArea) {
    let settings = &state.lanes[area.place].settings;
    let model = if settings.model.is_empty() { "No model".into() } else { clean_line(&settings.model) };
    let keys = [
        (Action::FocusParameters, "sets parameters"),
        (Action::Models, "chooses the model"),
        (Action::LaneAdd, "adds a lane beside this one"),
        (Action::Sessions, "opens a session of before"),
        (Action::Palette, "lists every command"),
        (Action::Help, "shows the keys"),
    ];
    let key = |(action, says): (Action, &str)| {
        let works = action != Action::Sessions || state.saving.is_some();
        let chord = state.keymap.chords_of(action).first().filter(|_| works)?;
        Some(vec![Span::new(chord.to_string(), StyleRole::Key), Span::new(format!(" {says}"), StyleRole::Dim)])
    };
    let listens = format!("{model} at {} listens.", clean_line(&settings.provider));
    let mut lines = vec![
        vec![Span::new("Nothing said yet.", StyleRole::Text)],
        vec![Span::new(listens, StyleRole::Text)],
        Vec::new(),
        vec![Span::new("Type a message below and press Enter.", StyleRole::Dim)],
    ];
    lines.extend(keys.into_iter().filter_map(key));
    hint(canvas, area.body, lines);
}

/// What an empty lane says while a session is read that takes its place.
fn arriving(canvas: &mut Canvas<'_>, opening: &OpeningSession, area: &LaneArea) {
    let title = clean_line(&opening.title);
    let named = if title.is_empty() { "Opening the session …".to_owned() } else { format!("Opening {title} …") };
    let lines = [
        Span::new(named, StyleRole::Text),
        Span::new("", StyleRole::Text),
        Span::new("What you type goes to it once it is here.", StyleRole::Dim),
    ];
    hint(canvas, area.body, lines.map(|line| vec![line]));
}

/// Lines in the upper part of a lane in which nothing was said.
fn hint(canvas: &mut Canvas<'_>, body: Rect, lines: impl IntoIterator<Item = Vec<Span>>) {
    let top = body.y + body.height.saturating_sub(12) / 3;
    for (y, spans) in (top..body.bottom()).zip(lines) {
        canvas.spans(body.x + 2, y, body.width.saturating_sub(3), &spans);
    }
}

/// Draws a turn's visible rows from `y` on; returns the row on which the next turn begins.
fn draw_slice(
    canvas: &mut Canvas<'_>,
    pane: &Pane<'_>,
    body: Rect,
    y: u16,
    slice: &Slice,
    cache: &mut TurnCache,
    hits: &mut Hits,
) -> u16 {
    let Some(turn) = pane.state.session.turns.get(slice.turn) else { return y };
    let kept = cache.rows(pane.state, pane.lane, turn, pane.columns);
    for (row, y) in (slice.from..slice.stack.len()).zip(y..body.bottom()) {
        let area = Rect { y, height: 1, ..body };
        hits.add(area, draw_one(canvas, pane, (area, row), (slice, turn), kept));
    }
    found::mark(canvas, pane, body, y, slice, cache);
    y.saturating_add(u16::try_from(slice.rows).unwrap_or(u16::MAX))
}

/// Draws one row of a turn into its area; gives what lies there.
fn draw_one(
    canvas: &mut Canvas<'_>,
    pane: &Pane<'_>,
    (area, row): (Rect, usize),
    (slice, turn): (&Slice, &Turn),
    kept: &TurnRows,
) -> Target {
    let part = slice.stack.part(row);
    let line = slice.stack.line(kept, row);
    let blank = part == Part::Above(0) && turn.depth > 0 && turn.role != Role::Tool;
    let selected = pane.lane.selected == Some(turn.id);
    draw_row(canvas, area, area.y, line, (part, selected && !blank));
    target(turn, part, pane.lane)
}

fn draw_row(canvas: &mut Canvas<'_>, body: Rect, y: u16, line: Option<&Line>, (part, selected): (Part, bool)) {
    if selected {
        canvas.text(body.x, y, 1, "▎", StyleRole::Focus);
    }
    let Some(line) = line else { return };
    let columns = Layout::text_columns(body);
    match part {
        Part::Reasoning(_) => {
            let x = canvas.text(body.x + 1, y, 2, "│ ", StyleRole::Border);
            let thought = |span: &Span| {
                let ink = Ink { role: StyleRole::Reasoning, emphasis: span.ink.emphasis };
                Span::new(span.text.clone(), ink)
            };
            let spans: Vec<Span> = line.spans.iter().map(thought).collect();
            canvas.spans(x, y, columns.saturating_sub(2), &spans);
        }
        _ => canvas.line(body.x + 1, y, columns, line),
    }
}

/// The caption of the reasoning and the rows of calls fold; the rest selects the turn.
fn target(turn: &Turn, part: Part, lane: &Lane) -> Target {
    let caption = 1 + usize::from(turn.depth > 0);
    let folds = match part {
        Part::Above(at) if turn.role != Role::Tool => at == caption && !turn.reasoning.is_empty(),
        Part::Call(_) => true,
        Part::Above(_) => turn.role == Role::Tool,
        _ => false,
    };
    if folds {
        Target::Fold { lane: lane.id, turn: turn.id }
    } else {
        Target::Transcript { lane: lane.id, turn: Some(turn.id) }
    }
}

/// What is hidden below the window, over its last row.
fn chip(canvas: &mut Canvas<'_>, pane: &Pane<'_>, body: Rect, window: &Window, hits: &mut Hits) {
    let hidden = match window.rest {
        Rest::Nothing => return,
        Rest::Rows(rows) => counted(rows as u64, "line"),
        Rest::Turns(turns) => counted(turns as u64, "turn"),
    };
    let key = pane.state.keymap.chord_in(pane.state.contexts(), Action::Bottom);
    let key = key.map_or_else(String::new, |key| format!(" · {key}"));
    let label = format!(" ▼ {hidden} below{key} ");
    let row = Rect { y: body.bottom() - 1, height: 1, ..body };
    let columns = u16::try_from(crate::text::width(&label)).unwrap_or(u16::MAX).min(row.width);
    canvas.clear(Rect { x: row.right() - columns, width: columns, ..row });
    let x = canvas.right(row, &[Span::new(label, StyleRole::Chip)]);
    hits.put(Rect { x, width: row.right() - x, ..row }, Target::NewLines { lane: pane.lane.id });
}
