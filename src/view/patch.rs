//! A frame of which only some rows of lanes differ from the one before, and what the meter says, as pieces of replies make
//! them.
//!
//! Owns which rows those are: of each row that was painted a mark is kept. What else may have changed is the caller's to know.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;

use crate::state::{Layout, Lockstep, Panes, State};
use crate::text::Line;

use super::cache::TurnCache;
use super::canvas::Canvas;
use super::chrome::{sidebar, status};
use super::hits::Hits;
use super::scroll::{Group, Pane, Window};
use super::{lane, scroll};

/// When more than this part of the only lane's rows differ, it was scrolled, and a whole frame lets the terminal move rows. It
/// moves whole rows only: beside a sidebar or another lane they are painted.
const MOST_OF: usize = 4;

/// How often the figures of replies that come are painted while nothing else changes: four times a second is as fast as
/// climbing digits are read, and each time costs bytes in five places.
const FIGURES: Duration = Duration::from_millis(250);

/// The cells of an area as they were before it was painted again.
pub type Before = Buffer;

/// What the lanes showed in the last frame.
#[derive(Debug, Default)]
pub(super) struct Painted {
    /// Where everything was; `None` before the first frame, and where the frame cannot be patched.
    layout: Option<Layout>,
    /// Where the sidebar has what was spent, if there is one.
    cost: Option<Rect>,
    /// When the figures were painted.
    figures: Option<Instant>,
    /// Whether replies grew since then.
    stale: bool,
    /// By lane in their order, a mark of each row.
    rows: Vec<Vec<u64>>,
}

impl Painted {
    /// Remembers a whole frame.
    pub(super) fn whole(&mut self, state: &State, layout: Layout, now: Instant) {
        (self.figures, self.stale) = (Some(now), false);
        self.layout = is_plain(state).then_some(layout);
        self.cost = self.layout.as_ref().and_then(|layout| cost_box(state, layout, now)).map(|(area, _)| area);
        self.rows.clear();
    }

    pub(super) fn nothing(&mut self) {
        (self.layout, self.stale) = (None, false);
    }

    /// When figures that are older than what is said are to be painted, should no piece take them along before: a reply
    /// that pauses shows what it has cost. Twice as long as they wait, so that pieces that come find the time first.
    pub(super) fn owes_figures(&self) -> Option<Instant> {
        self.figures.filter(|_| self.stale).map(|painted| painted + 2 * FIGURES)
    }

    pub(super) fn add(&mut self, pane: &Pane<'_>, window: &Window, cache: &mut TurnCache) {
        self.rows.push(marks(pane, window, cache));
    }

    /// Paints the rows that differ over the last frame; gives their cells as they were. `None` leaves the frame alone: a
    /// whole one is needed.
    pub(super) fn patch(
        &mut self,
        buffer: &mut Buffer,
        state: &State,
        (cache, hits): (&mut TurnCache, &mut Hits),
        now: Instant,
    ) -> Option<Vec<Before>> {
        let layout = Layout::of(state)?;
        if !is_plain(state) || self.layout.as_ref() != Some(&layout) || buffer.area.as_size() != size(state) {
            return None;
        }
        let figures = self.figures.is_none_or(|painted| now >= painted + FIGURES);
        let cost = if figures { cost_box(state, &layout, now) } else { None };
        if figures && cost.as_ref().map(|(area, _)| *area) != self.cost {
            return None;
        }
        let groups = scroll::groups(state, &layout, now);
        let windows: Vec<Window> = groups.iter().flat_map(|group| group.windows(cache)).collect();
        let panes: Vec<&Pane<'_>> = groups.iter().flat_map(Group::panes).collect();
        let as_one = layout.lanes.len() == 1 || matches!(state.lockstep, Lockstep::Together(_));
        let alone = layout.sidebar.is_none() && as_one;
        let mut differing = Vec::new();
        for ((pane, window), before) in panes.iter().zip(&windows).zip(&mut self.rows) {
            let marks = marks(pane, window, cache);
            let rows: Vec<usize> = (0..marks.len()).filter(|row| marks.get(*row) != before.get(*row)).collect();
            if alone && rows.len() * MOST_OF > marks.len() {
                return None;
            }
            differing.push((rows, marks));
        }
        let mut opened = if figures { meter(buffer, state, &layout, cost.as_ref()) } else { Vec::new() };
        self.stale = !figures;
        self.figures = if figures { Some(now) } else { self.figures };
        let parts = panes.iter().zip(&windows).zip(&layout.lanes);
        for (((pane, window), area), (rows, _)) in parts.zip(&differing) {
            let foot = figures.then(|| lane::foot_area(area));
            let areas = rows.iter().map(|row| lane::row_area(area, *row)).chain(foot);
            opened.extend(areas.map(|area| open(buffer, area)));
            let mut canvas = Canvas::on(buffer, state);
            lane::draw_rows(&mut canvas, pane, area, window, rows, (cache, hits));
            if figures {
                lane::draw_foot(&mut canvas, pane, area);
            }
        }
        for (before, (_, marks)) in self.rows.iter_mut().zip(differing) {
            *before = marks;
        }
        Some(opened)
    }
}

/// Where the sidebar has what was spent, and its rows.
fn cost_box(state: &State, layout: &Layout, now: Instant) -> Option<(Rect, Vec<Line>)> {
    layout.sidebar.map(|area| sidebar::cost_box(state, area, now))
}

/// Paints the status line and what was spent: both grow with every piece.
fn meter(buffer: &mut Buffer, state: &State, layout: &Layout, cost: Option<&(Rect, Vec<Line>)>) -> Vec<Before> {
    let areas = std::iter::once(layout.status).chain(cost.map(|(area, _)| *area));
    let opened = areas.map(|area| open(buffer, area)).collect();
    let mut canvas = Canvas::on(buffer, state);
    status::draw(&mut canvas, state, layout.status);
    if let Some((area, rows)) = cost {
        sidebar::draw_cost(&mut canvas, *area, rows);
    }
    opened
}

/// Whether nothing lies over the lanes, and they show their conversations.
fn is_plain(state: &State) -> bool {
    state.overlay.is_none()
        && state.find.is_none()
        && state.panes == Panes::Transcript
        && state.notices.is_empty()
        && state.composer.offers().is_none()
        && !state.is_in_drawer()
}

fn size(state: &State) -> ratatui::layout::Size {
    ratatui::layout::Size::new(state.size.columns, state.size.rows)
}

/// Empties an area and gives its cells as they were.
fn open(buffer: &mut Buffer, area: Rect) -> Before {
    let mut content = Vec::with_capacity(area.area() as usize);
    for row in area.rows() {
        let from = buffer.index_of(row.x, row.y);
        let cells = buffer.content.iter_mut().skip(from).take(usize::from(row.width));
        content.extend(cells.map(|cell| std::mem::replace(cell, Cell::EMPTY)));
    }
    Before { area, content }
}

/// A mark of each row in a window: rows with the same mark look the same.
fn marks(pane: &Pane<'_>, window: &Window, cache: &mut TurnCache) -> Vec<u64> {
    let mut marks = Vec::with_capacity(pane.rows);
    for slice in &window.slices {
        let Some(turn) = pane.state.session.turns.get(slice.turn) else { continue };
        let kept = cache.rows(pane.state, pane.lane, turn, pane.columns);
        let selected = pane.lane.selected == Some(turn.id);
        for row in slice.from..slice.from + slice.rows {
            let mut mark = DefaultHasher::new();
            let shown = (row < slice.stack.len()).then(|| (slice.stack.part(row), slice.stack.line(kept, row)));
            (turn.id, selected, shown).hash(&mut mark);
            marks.push(mark.finish());
        }
    }
    marks.resize(pane.rows, 0);
    // What is said of the rows above and below lies over the first and the last row.
    for (row, said) in [(0, u64::from(window.is_past_the_end())), (pane.rows - 1, window.rest.mark())] {
        if let Some(mark) = marks.get_mut(row) {
            *mark ^= said;
        }
    }
    marks
}
