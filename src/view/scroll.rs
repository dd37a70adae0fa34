//! Which rows of a lane are in its window, and where a scroll leads.
//!
//! Works from the anchor outwards, so that neither a frame nor a scroll ever looks at turns far away. Lanes that scroll as
//! one are looked at together: at each depth the tallest turn gives the rows, and blank ones follow a shorter turn.

use std::time::Instant;

use crate::chat::{Turn, TurnId};
use crate::state::{FindSpot, Lane, LaneId, Layout, Lockstep, Scroll, ScrollMotion, State};

use super::cache::TurnCache;
use super::found;
use super::stack::Stack;

/// How many rows of a window make a row of the step in which it follows a reply, and the longest step.
const ROWS_OF_A_STEP: usize = 6;
const LONGEST_STEP: usize = 7;

/// Some rows of one turn.
pub(super) struct Slice {
    pub(super) turn: TurnId,
    pub(super) from: usize,
    /// The rows down to the next turn, blank ones among them where the turn ends before its neighbours.
    pub(super) rows: usize,
    pub(super) stack: Stack,
}

/// The window on a lane: what it shows, from the top.
pub(super) struct Window {
    pub(super) slices: Vec<Slice>,
    /// How much lies below it.
    pub(super) rest: Rest,
}

impl Window {
    /// Whether the lane ended above: what is in the window belongs to lanes beside it.
    pub(super) fn is_past_the_end(&self) -> bool {
        self.slices.iter().all(|slice| slice.from >= slice.stack.len())
    }
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
        self.state.session.turns.get(*self.lane.branch.get(depth)?)
    }

    fn holds(&self, turn: TurnId) -> bool {
        self.state.holds(self.lane, turn)
    }

    /// The row of this width that begins where as much was written as above `row` at another width.
    fn found_again(&self, cache: &mut TurnCache, turn: TurnId, row: usize, columns: u16) -> Option<Scroll> {
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
        let weight = |row| stack.plain_line(kept, row).map_or(0, |line| line.plain().chars().filter(written).count());
        (0..stack.len()).map(weight).collect::<Vec<_>>().into_iter()
    }
}

/// The turns of one depth, side by side.
struct Rank {
    /// By pane; `None` where the lane's branch is shorter.
    turns: Vec<Option<(TurnId, Stack)>>,
    /// The rows of the tallest.
    height: usize,
}

/// The ranks in a window, from the top.
struct Sight {
    depth: usize,
    /// The first row of the first rank that is shown.
    from: usize,
    ranks: Vec<Rank>,
    /// Rows of the last rank below the window.
    hidden: usize,
}

impl Sight {
    fn top(&self) -> (usize, usize) {
        (self.depth, self.from)
    }
}

/// Lanes that scroll as one: in lock-step all that are visible, otherwise each alone.
pub(super) struct Group<'a> {
    pub(super) panes: Vec<Pane<'a>>,
    scroll: Scroll,
}

impl<'a> Group<'a> {
    pub(super) fn panes(&self) -> impl Iterator<Item = &Pane<'a>> {
        self.panes.iter()
    }

    fn rows(&self) -> usize {
        self.panes.first().map_or(0, |pane| pane.rows)
    }

    /// How many turns the longest branch has.
    fn depths(&self) -> usize {
        self.panes.iter().map(|pane| pane.lane.branch.len()).max().unwrap_or(0)
    }

    fn rank(&self, cache: &mut TurnCache, depth: usize) -> Rank {
        let mut beside = |pane: &Pane<'_>| pane.turn(depth).map(|turn| (turn.id, pane.stack(cache, turn)));
        let turns: Vec<_> = self.panes.iter().map(&mut beside).collect();
        let height = turns.iter().flatten().map(|(_, stack)| stack.len()).max().unwrap_or(0);
        Rank { turns, height }
    }

    /// The depth of an anchor's turn. In lock-step its depth counts, whichever branch holds it.
    fn depth(&self, turn: TurnId) -> Option<usize> {
        let pane = self.panes.first()?;
        let depth = pane.state.session.turns.get(turn)?.depth;
        let found = match pane.state.lockstep {
            Lockstep::Apart => pane.holds(turn),
            Lockstep::Together(_) => depth < self.depths(),
        };
        found.then_some(depth)
    }

    /// What each pane shows now.
    pub(super) fn windows(&self, cache: &mut TurnCache) -> Vec<Window> {
        let Sight { depth, from, ranks, hidden } = self.sight(cache);
        let (last, next) = (ranks.len().saturating_sub(1), depth + ranks.len());
        let mut windows: Vec<Window> =
            self.panes.iter().map(|_| Window { slices: Vec::new(), rest: Rest::Nothing }).collect();
        for (place, rank) in ranks.into_iter().enumerate() {
            let from = if place == 0 { from } else { 0 };
            let rows = rank.height.saturating_sub(from);
            for ((turn, pane), window) in rank.turns.into_iter().zip(&self.panes).zip(&mut windows) {
                let Some((turn, stack)) = turn else { continue };
                if place == last {
                    let below = (hidden + stack.len()).saturating_sub(rank.height);
                    window.rest = Rest::of(below, pane.lane.branch.len() - next);
                }
                window.slices.push(Slice { turn, from, rows, stack });
            }
        }
        windows
    }

    fn sight(&self, cache: &mut TurnCache) -> Sight {
        match self.scroll {
            Scroll::At { turn, row, .. } => match self.depth(turn) {
                Some(depth) => self.from(cache, depth, row),
                None => self.end(cache),
            },
            Scroll::Follow => self.end(cache),
        }
    }

    /// What is seen when the end of the longest branch is in the window. The last turn's rows are counted in steps, so that a
    /// reply that grows seldom moves the text above it, which stands still to be read; rows that are not there yet are blank.
    fn end(&self, cache: &mut TurnCache) -> Sight {
        let mut sight = self.bottom(cache);
        let step = (self.rows() / ROWS_OF_A_STEP).clamp(1, LONGEST_STEP);
        let hides = sight.top() > (0, 0);
        let mut blank = sight.ranks.last().filter(|_| hides).map_or(0, |rank| (step - rank.height % step) % step);
        while blank > 0 && sight.ranks.len() > 1 && sight.from + blank >= sight.ranks[0].height {
            blank -= sight.ranks.remove(0).height - sight.from;
            (sight.depth, sight.from) = (sight.depth + 1, 0);
        }
        sight.from += blank;
        sight
    }

    /// What is seen when the last row of the longest branch is the last of the window.
    fn bottom(&self, cache: &mut TurnCache) -> Sight {
        let mut sight = Sight { depth: self.depths(), from: 0, ranks: Vec::new(), hidden: 0 };
        let mut missing = self.rows();
        for depth in (0..self.depths()).rev() {
            let rank = self.rank(cache, depth);
            sight.from = rank.height.saturating_sub(missing);
            sight.depth = depth;
            missing -= rank.height - sight.from;
            sight.ranks.push(rank);
            if missing == 0 {
                break;
            }
        }
        sight.ranks.reverse();
        sight
    }

    /// What is seen from `row` at `depth` on, or the end when less than a window follows.
    fn from(&self, cache: &mut TurnCache, depth: usize, row: usize) -> Sight {
        let mut sight = Sight { depth, from: 0, ranks: Vec::new(), hidden: 0 };
        let mut missing = self.rows();
        for next in depth..self.depths() {
            let rank = self.rank(cache, next);
            if next == depth {
                sight.from = row.min(rank.height.saturating_sub(1));
            }
            let left = rank.height - if next == depth { sight.from } else { 0 };
            sight.ranks.push(rank);
            if left >= missing {
                sight.hidden = left - missing;
                return sight;
            }
            missing -= left;
        }
        // Above the blank rows of a step there is room for the reader to be.
        let end = self.end(cache);
        if sight.top() < end.top() { sight } else { end }
    }

    /// The anchor some rows up or down; `lead` is the lane that is scrolled.
    fn moved(&self, cache: &mut TurnCache, lead: LaneId, by: i32) -> Option<Scroll> {
        let Sight { mut depth, from: mut row, .. } = self.sight(cache);
        let mut left = by.unsigned_abs() as usize;
        while left > 0 {
            if by < 0 {
                let step = left.min(row);
                row -= step;
                left -= step;
                if left > 0 {
                    let Some(above) = depth.checked_sub(1) else { break };
                    depth = above;
                    row = self.rank(cache, depth).height;
                }
            } else {
                let length = self.rank(cache, depth).height;
                let step = left.min(length.saturating_sub(row));
                row += step;
                left -= step;
                if row >= length {
                    if depth + 1 >= self.depths() {
                        return Some(Scroll::Follow);
                    }
                    depth += 1;
                    row = 0;
                }
            }
        }
        self.settled(cache, lead, depth, row)
    }

    /// An anchor, or following when the end is in its window. A window that shows everything follows, too.
    fn settled(&self, cache: &mut TurnCache, lead: LaneId, depth: usize, row: usize) -> Option<Scroll> {
        let sight = self.from(cache, depth, row);
        let rank = sight.ranks.first()?;
        let ends = sight.hidden == 0 && sight.depth + sight.ranks.len() == self.depths();
        if ends && sight.top() == self.end(cache).top() {
            return Some(Scroll::Follow);
        }
        // A turn that has the row, so that the place can be found again at another width: the lead's before others.
        let has_row = |at: &usize| rank.turns[*at].as_ref().is_some_and(|(_, stack)| row < stack.len());
        let mut places: Vec<usize> = (0..self.panes.len()).filter(has_row).collect();
        places.sort_by_key(|at| self.panes[*at].lane.id != lead);
        let place = places.first()?;
        let (turn, _) = rank.turns[*place].as_ref()?;
        Some(Scroll::At { turn: *turn, row, columns: self.panes[*place].columns })
    }

    /// The place from which a match is seen, a few rows below the top; where it is seen already, nothing moves.
    fn found(&self, cache: &mut TurnCache, lead: LaneId, spot: FindSpot) -> Option<Scroll> {
        let pane = self.panes.iter().find(|pane| pane.lane.id == lead)?;
        let (turn, depth) = (pane.state.session.turns.get(spot.turn)?, self.depth(spot.turn)?);
        let row = found::row_of(cache, pane, turn, spot);
        if self.sees(cache, depth, row) {
            return None;
        }
        // Some rows above it are seen with it, however far up they lead.
        let (mut depth, mut row, mut left) = (depth, row, self.rows() / 3);
        while left > row {
            let Some(above) = depth.checked_sub(1) else { break };
            left -= row;
            depth = above;
            row = self.rank(cache, depth).height;
        }
        self.settled(cache, lead, depth, row.saturating_sub(left))
    }

    /// Whether a row is in the window now.
    fn sees(&self, cache: &mut TurnCache, depth: usize, row: usize) -> bool {
        let Sight { depth: first, from, ranks, .. } = self.sight(cache);
        let Some(place) = depth.checked_sub(first).filter(|place| *place < ranks.len()) else { return false };
        let above: usize = ranks[..place].iter().map(|rank| rank.height).sum();
        (above + row).checked_sub(from).is_some_and(|row| row < self.rows())
    }

    /// Where the reader's place is now, when no lane that holds it has the width at which it was found.
    fn found_again(&self, cache: &mut TurnCache) -> Option<Scroll> {
        let Scroll::At { turn, row, columns } = self.scroll else { return None };
        let mut holders = self.panes.iter().filter(|pane| pane.holds(turn));
        // Lanes side by side may differ by a column.
        if holders.clone().any(|pane| pane.columns == columns) {
            return None;
        }
        holders.next()?.found_again(cache, turn, row, columns)
    }
}

impl Rest {
    /// A number that tells it from others.
    pub(super) fn mark(self) -> u64 {
        let (kind, count) = match self {
            Self::Nothing => (0, 0),
            Self::Rows(rows) => (1, rows),
            Self::Turns(turns) => (2, turns),
        };
        u64::try_from(count).unwrap_or(u64::MAX).wrapping_mul(4) + kind
    }

    fn of(rows: usize, turns: usize) -> Self {
        match (rows, turns) {
            (0, 0) => Self::Nothing,
            (rows, 0) => Self::Rows(rows),
            (_, turns) => Self::Turns(turns),
        }
    }
}

/// Where a scroll of a lane leads.
pub(super) fn resolve(
    cache: &mut TurnCache,
    state: &State,
    lane: LaneId,
    motion: ScrollMotion,
    now: Instant,
) -> Scroll {
    let stay = state.scroll_of(lane);
    let Some(group) = group_of(state, lane, now) else { return stay };
    let page = i32::try_from(group.rows().saturating_sub(2).max(1)).unwrap_or(i32::MAX);
    let scroll = match motion {
        ScrollMotion::Rows(rows) => group.moved(cache, lane, rows),
        ScrollMotion::Pages(pages) => group.moved(cache, lane, pages.saturating_mul(page)),
        ScrollMotion::ToFound(spot) => group.found(cache, lane, spot),
        ScrollMotion::Top => group.settled(cache, lane, 0, 0),
        ScrollMotion::ToTurn(turn) => group.depth(turn).and_then(|depth| group.settled(cache, lane, depth, 0)),
    };
    scroll.unwrap_or(stay)
}

/// The reader's places in lanes that changed their width since.
pub(super) fn found_again(cache: &mut TurnCache, state: &State, now: Instant) -> Vec<(LaneId, Scroll)> {
    // Whoever follows has no place to be found: that is nearly every frame, and a layout costs.
    if state.lanes.iter().all(|lane| state.scroll_of(lane.id) == Scroll::Follow) {
        return Vec::new();
    }
    let mut found = |group: &Group<'_>| Some((group.panes.first()?.lane.id, group.found_again(cache)?));
    Layout::of(state).iter().flat_map(|layout| groups(state, layout, now)).filter_map(|group| found(&group)).collect()
}

/// The visible lanes in their order, those together that scroll as one.
pub(super) fn groups<'s>(state: &'s State, layout: &Layout, now: Instant) -> Vec<Group<'s>> {
    let panes = layout.lanes.iter().map(|area| super::lane::pane(state, area, now));
    match state.lockstep {
        Lockstep::Together(scroll) => vec![Group { panes: panes.collect(), scroll }],
        Lockstep::Apart => panes.map(|pane| Group { scroll: pane.lane.scroll, panes: vec![pane] }).collect(),
    }
}

fn group_of(state: &State, lane: LaneId, now: Instant) -> Option<Group<'_>> {
    let groups = groups(state, &Layout::of(state)?, now);
    groups.into_iter().find(|group| group.panes.iter().any(|pane| pane.lane.id == lane))
}

#[cfg(test)]
#[path = "scroll_tests.rs"]
mod tests;
