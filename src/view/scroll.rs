//! Which rows of a lane are in its window, and where a scroll leads.
//!
//! Works from the anchor outwards, so that neither a frame nor a scroll ever looks at turns far away.

use std::time::Instant;

use crate::chat::{Turn, TurnId};
use crate::state::{Lane, LaneId, Layout, Scroll, ScrollMotion, State};
use crate::text::Line;

use super::cache::{TurnCache, TurnRows};
use super::rows;

/// A turn's rows, counted, and the few that are made anew for each frame.
pub(super) struct Stack {
    pub(super) above: Vec<Line>,
    pub(super) below: Vec<Line>,
    reasoning: usize,
    text: usize,
    refusal: usize,
    calls: usize,
}

/// One row of a turn, by the part it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Above(usize),
    Reasoning(usize),
    Text(usize),
    Refusal(usize),
    Call(usize),
    Below(usize),
}

impl Stack {
    pub(super) fn of(cache: &mut TurnCache, pane: &Pane<'_>, turn: &Turn) -> Self {
        let kept = cache.rows(pane.state, pane.lane, turn, pane.columns);
        Self {
            above: rows::above(pane, turn, &kept.thought.clean),
            below: rows::below(pane, turn),
            reasoning: kept.reasoning.as_ref().map_or(0, super::cache::Body::len),
            text: kept.text.len(),
            refusal: kept.refusal.len(),
            calls: kept.calls.len(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.above.len() + self.reasoning + self.text + self.refusal + self.calls + self.below.len()
    }

    /// The part that holds a row, and the row's place in it.
    pub(super) fn part(&self, row: usize) -> Part {
        let lengths = [self.above.len(), self.reasoning, self.text, self.refusal, self.calls];
        let parts = [Part::Above, Part::Reasoning, Part::Text, Part::Refusal, Part::Call];
        let mut row = row;
        for (length, part) in lengths.into_iter().zip(parts) {
            if row < length {
                return part(row);
            }
            row -= length;
        }
        Part::Below(row)
    }
}

impl Stack {
    /// A row's line; the kept parts are the cache's.
    pub(super) fn line<'a>(&'a self, kept: &'a TurnRows, row: usize) -> Option<&'a Line> {
        match self.part(row) {
            Part::Above(at) => self.above.get(at),
            Part::Reasoning(at) => kept.reasoning.as_ref().and_then(|body| body.row(at)),
            Part::Text(at) => kept.text.row(at),
            Part::Refusal(at) => kept.refusal.row(at),
            Part::Call(at) => kept.calls.get(at),
            Part::Below(at) => self.below.get(at),
        }
    }
}

/// Some rows of one turn.
pub(super) struct Slice {
    pub(super) turn: TurnId,
    pub(super) from: usize,
    pub(super) stack: Stack,
}

/// The window on a lane: what it shows, from the top.
pub(super) struct Window {
    pub(super) slices: Vec<Slice>,
    /// How much lies below it.
    pub(super) rest: Rest,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// The end is in the window.
    Nothing,
    /// The last turn goes on for some rows.
    Rows(usize),
    /// Some whole turns follow.
    Turns(usize),
}

/// Where a window is looked through: the lane, its width and its height.
#[derive(Clone, Copy)]
pub(super) struct Pane<'a> {
    pub(super) state: &'a State,
    pub(super) lane: &'a Lane,
    pub(super) columns: u16,
    pub(super) rows: usize,
    pub(super) now: Instant,
}

impl<'a> Pane<'a> {
    fn stack(&self, cache: &mut TurnCache, turn: &Turn) -> Stack {
        Stack::of(cache, self, turn)
    }

    fn turn(&self, depth: usize) -> Option<&'a Turn> {
        self.lane.branch.get(depth).and_then(|id| self.state.session.turns.get(*id))
    }

    /// The depth of an anchor's turn, when the lane's branch still holds it.
    fn depth(&self, turn: TurnId) -> Option<usize> {
        let depth = self.state.session.turns.get(turn)?.depth;
        (self.lane.branch.get(depth) == Some(&turn)).then_some(depth)
    }

    /// What the window shows now.
    pub(super) fn window(&self, cache: &mut TurnCache) -> Window {
        match self.lane.scroll {
            Scroll::At { turn, row, .. } => match self.depth(turn) {
                Some(depth) => self.from(cache, depth, row),
                None => self.end(cache),
            },
            Scroll::Follow => self.end(cache),
        }
    }

    /// The window whose last row is the lane's last.
    fn end(&self, cache: &mut TurnCache) -> Window {
        let mut slices = Vec::new();
        let mut missing = self.rows;
        for depth in (0..self.lane.branch.len()).rev() {
            let Some(turn) = self.turn(depth) else { break };
            let stack = self.stack(cache, turn);
            let from = stack.len().saturating_sub(missing);
            missing -= stack.len() - from;
            slices.push(Slice { turn: turn.id, from, stack });
            if missing == 0 {
                break;
            }
        }
        slices.reverse();
        Window { slices, rest: Rest::Nothing }
    }

    /// The window whose first row is `row` of the turn at `depth`, or the end when less than a window follows.
    fn from(&self, cache: &mut TurnCache, depth: usize, row: usize) -> Window {
        let mut slices = Vec::new();
        let mut missing = self.rows;
        let mut from = row;
        let mut next = depth;
        while let Some(turn) = self.turn(next) {
            let stack = self.stack(cache, turn);
            from = from.min(stack.len().saturating_sub(1));
            let left = stack.len() - from;
            slices.push(Slice { turn: turn.id, from, stack });
            next += 1;
            if left >= missing {
                let rows = left - missing;
                let turns = self.lane.branch.len() - next;
                let rest = match (rows, turns) {
                    (0, 0) => Rest::Nothing,
                    (rows, 0) => Rest::Rows(rows),
                    (_, turns) => Rest::Turns(turns),
                };
                return Window { slices, rest };
            }
            missing -= left;
            from = 0;
        }
        self.end(cache)
    }

    /// The first row of the window as an anchor.
    fn top(&self, cache: &mut TurnCache) -> Option<(usize, usize)> {
        let window = self.window(cache);
        let first = window.slices.first()?;
        Some((self.depth(first.turn)?, first.from))
    }

    /// Where the reader's place is now, when the lane was of another width as it was found: the row that begins where as
    /// much was written before.
    fn found_again(&self, cache: &mut TurnCache) -> Option<Scroll> {
        let Scroll::At { turn, row, columns } = self.lane.scroll else { return None };
        if columns == self.columns {
            return None;
        }
        let shown = self.state.session.turns.get(turn)?;
        let before = Self { columns, ..*self }.weights(cache, shown).take(row).sum::<usize>();
        let mut passed = 0;
        let rows = self.weights(cache, shown).take_while(|weight| {
            passed += weight;
            passed <= before
        });
        let row = if row == 0 { 0 } else { rows.count() };
        Some(Scroll::At { turn, row, columns: self.columns })
    }

    /// How much is written in each row of a turn, whatever its width: blanks and frames do not count.
    fn weights(&self, cache: &mut TurnCache, turn: &Turn) -> impl Iterator<Item = usize> + use<> {
        let stack = self.stack(cache, turn);
        let kept = cache.rows(self.state, self.lane, turn, self.columns);
        let written = |sign: &char| !sign.is_whitespace() && !('\u{2500}'..='\u{257f}').contains(sign);
        let weight = |row| stack.line(kept, row).map_or(0, |line| line.plain().chars().filter(written).count());
        (0..stack.len()).map(weight).collect::<Vec<_>>().into_iter()
    }

    /// The anchor some rows up or down.
    fn moved(&self, cache: &mut TurnCache, by: i32) -> Option<Scroll> {
        let (mut depth, mut row) = self.top(cache)?;
        let mut left = by.unsigned_abs() as usize;
        while left > 0 {
            if by < 0 {
                let step = left.min(row);
                row -= step;
                left -= step;
                if left > 0 {
                    let Some(above) = depth.checked_sub(1) else { break };
                    depth = above;
                    row = self.stack(cache, self.turn(depth)?).len();
                }
            } else {
                let length = self.stack(cache, self.turn(depth)?).len();
                let step = left.min(length.saturating_sub(row));
                row += step;
                left -= step;
                if row >= length {
                    if depth + 1 >= self.lane.branch.len() {
                        return Some(Scroll::Follow);
                    }
                    depth += 1;
                    row = 0;
                }
            }
        }
        self.settled(cache, depth, row)
    }

    /// An anchor, or following when the end is in its window. A window that shows everything follows, too.
    fn settled(&self, cache: &mut TurnCache, depth: usize, row: usize) -> Option<Scroll> {
        let turn = self.turn(depth)?.id;
        let window = self.from(cache, depth, row);
        Some(if window.rest == Rest::Nothing {
            Scroll::Follow
        } else {
            Scroll::At { turn, row, columns: self.columns }
        })
    }
}

/// Where a scroll of a lane leads, and which turn it selects.
pub(super) fn resolve(
    cache: &mut TurnCache,
    state: &State,
    lane: LaneId,
    motion: ScrollMotion,
    now: Instant,
) -> (Scroll, Option<TurnId>) {
    let stay = state.lane_by_id(lane).map_or(Scroll::Follow, |lane| lane.scroll);
    let Some(pane) = pane(state, lane, now) else { return (stay, None) };
    let page = i32::try_from(pane.rows.saturating_sub(2).max(1)).unwrap_or(i32::MAX);
    let scroll = match motion {
        ScrollMotion::Rows(rows) => pane.moved(cache, rows),
        ScrollMotion::Pages(pages) => pane.moved(cache, pages.saturating_mul(page)),
        ScrollMotion::Top => pane.settled(cache, 0, 0),
        ScrollMotion::ToTurn(turn) => pane.depth(turn).and_then(|depth| pane.settled(cache, depth, 0)),
    };
    (scroll.unwrap_or(stay), None)
}

/// The reader's places in lanes that changed their width since.
pub(super) fn found_again(cache: &mut TurnCache, state: &State, now: Instant) -> Vec<(LaneId, Scroll)> {
    // Whoever follows has no place to be found: that is nearly every frame, and a layout costs.
    let anchored = state.lanes.iter().filter(|lane| lane.scroll != Scroll::Follow).map(|lane| lane.id);
    anchored.filter_map(|lane| Some((lane, pane(state, lane, now)?.found_again(cache)?))).collect()
}

fn pane(state: &State, lane: LaneId, now: Instant) -> Option<Pane<'_>> {
    let layout = Layout::of(state)?;
    let place = state.lanes.iter().position(|candidate| candidate.id == lane)?;
    let area = layout.lanes.iter().find(|area| area.place == place)?;
    Some(super::lane::pane(state, area, now))
}
