//! How the state looks: panes, overlays, the transcript's cache, and what lies under the mouse.
//!
//! Reads the state and never changes it. What it keeps is derived: rendered turns, and where things were drawn last.

mod answer;
mod cache;
mod call_rows;
mod canvas;
mod chrome;
mod clean_text;
mod figures;
mod found;
mod hits;
mod lane;
mod patch;
mod rows;
mod scroll;
mod stack;
#[cfg(test)]
mod tests;
mod title;

use std::time::Instant;

use ratatui::Frame;
use ratatui::buffer::Buffer;

use crate::state::{LaneId, Layout, Scroll, ScrollMotion, State, Target};
use cache::TurnCache;
use canvas::Canvas;
use hits::Hits;
pub use patch::Before;
use patch::Painted;

/// Draws states. Keeps rendered turns, so that a frame costs what is visible and not what is there.
#[derive(Debug, Default)]
pub struct View {
    cache: TurnCache,
    hits: Hits,
    painted: Painted,
}

impl View {
    /// Draws the whole state at a time, which only clocks and spinners look at.
    pub fn draw(&mut self, frame: &mut Frame<'_>, state: &State, now: Instant) {
        self.hits.clear();
        let Some(layout) = Layout::of(state) else {
            self.painted.nothing();
            chrome::too_small(&mut Canvas::new(frame, state));
            return;
        };
        self.cache.begin_frame(state);
        self.painted.whole(state, layout.clone(), now);
        let mut areas = layout.lanes.iter();
        for group in scroll::groups(state, &layout, now) {
            let windows = group.windows(&mut self.cache);
            for ((pane, window), area) in group.panes.iter().zip(&windows).zip(&mut areas) {
                lane::draw(&mut Canvas::new(frame, state), pane, area, window, &mut self.cache, &mut self.hits);
                self.painted.add(pane, window, &mut self.cache);
            }
        }
        chrome::draw(frame, state, &layout, &mut self.hits, now);
        self.cache.end_frame();
    }

    /// Paints over the last frame what pieces of replies changed in lanes, if that is little: the rows that differ, whose
    /// cells as they were it gives. `None` asks for a whole frame. Whatever else happened since the last frame needs one.
    pub fn patch(&mut self, last: &mut Buffer, state: &State, now: Instant) -> Option<Vec<Before>> {
        let Self { cache, hits, painted } = self;
        cache.begin_frame(state);
        let opened = painted.patch(last, state, (cache, hits), now);
        cache.end_frame();
        opened
    }

    /// When a frame is due though nothing more comes: the last patch left figures as they were.
    #[must_use]
    pub fn owes_figures(&self) -> Option<Instant> {
        self.painted.owes_figures()
    }

    /// Renders what came since the last frame, so that the next one is soon drawn.
    pub fn absorb(&mut self, state: &State, now: Instant) {
        let layout = Layout::of(state);
        for group in layout.iter().flat_map(|layout| scroll::groups(state, layout, now)) {
            group.windows(&mut self.cache);
        }
    }

    /// What was drawn last at a cell.
    #[must_use]
    pub fn target(&self, x: u16, y: u16) -> Target {
        self.hits.target(x, y)
    }

    /// Where a scroll of a lane leads.
    pub fn scroll(&mut self, state: &State, lane: LaneId, motion: ScrollMotion, now: Instant) -> Scroll {
        scroll::resolve(&mut self.cache, state, lane, motion, now)
    }

    /// The readers' places in lanes that changed their width since they were found.
    pub fn found_again(&mut self, state: &State, now: Instant) -> Vec<(LaneId, Scroll)> {
        scroll::found_again(&mut self.cache, state, now)
    }

    /// Where a scroll of the help by some rows leads from `scroll`.
    #[must_use]
    pub fn scroll_help(state: &State, scroll: usize, rows: isize) -> usize {
        let last = chrome::last_help_scroll(state);
        scroll.min(last).saturating_add_signed(rows).min(last)
    }

    /// How much was rendered so far: for tests and benches that watch the draw path.
    #[must_use]
    pub fn work(&self) -> u64 {
        self.cache.work()
    }
}
