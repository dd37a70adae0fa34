//! Where a text that is looked for stands on the rows of a turn, which of its matches is the one that was gone to, and the
//! marks on them.

use ratatui::layout::Rect;

use crate::chat::{Turn, TurnId};
use crate::state::{FindPart, FindSpot, Layout, State};
use crate::text::{Emphasis, Ink, Line, Needle, ROW_BREAK, StyleRole, width};

use super::cache::{TurnCache, TurnRows};
use super::canvas::Canvas;
use super::scroll::{Pane, Slice};
use super::stack::{Part, Stack};

/// Stands between two parts of a turn: no match goes over it.
const PART_BREAK: char = '\u{2}';

/// Rows as one text.
#[derive(Default)]
struct Joined {
    text: String,
    /// Where each row begins, and the row.
    rows: Vec<(usize, usize)>,
}

/// A stretch of one row: the row, its first column, and the one after its last.
type Stretch = (usize, usize, usize);

impl Joined {
    fn push(&mut self, row: usize, line: &Line, between: char) {
        if !self.rows.is_empty() {
            self.text.push(between);
        }
        self.rows.push((self.text.len(), row));
        self.text.extend(line.spans.iter().map(|span| span.text.as_str()));
    }

    /// The row that holds a byte, and its place in the list of rows.
    fn row_of(&self, byte: usize) -> usize {
        self.rows.partition_point(|(start, _)| *start <= byte).saturating_sub(1)
    }

    /// The columns that a match takes, row by row.
    fn stretches(&self, found: &std::ops::Range<usize>) -> Vec<Stretch> {
        let Some(last) = found.end.checked_sub(1) else { return Vec::new() };
        let stretch = |place: usize| {
            let (start, row) = *self.rows.get(place)?;
            let end = self.rows.get(place + 1).map_or(self.text.len(), |(next, _)| next - 1);
            let (from, to) = (found.start.clamp(start, end), found.end.clamp(start, end));
            let columns = |to: usize| self.text.get(start..to).map_or(0, width);
            (to > from).then(|| (row, columns(from), columns(to)))
        };
        (self.row_of(found.start)..=self.row_of(last)).filter_map(stretch).collect()
    }
}

fn find_part(part: Part) -> Option<FindPart> {
    match part {
        Part::Reasoning(_) => Some(FindPart::Reasoning),
        Part::Text(_) => Some(FindPart::Text),
        Part::Refusal(_) => Some(FindPart::Refusal),
        Part::Call(_) => Some(FindPart::Calls),
        Part::Above(_) | Part::Below(_) => None,
    }
}

/// Where the match that was gone to stands, kept until another one is or the rows are others.
#[derive(Debug, Default)]
pub(super) struct Located(Option<(Key, Option<(usize, usize)>)>);

#[derive(Clone, Debug, PartialEq)]
struct Key {
    turn: TurnId,
    part: FindPart,
    nth: usize,
    columns: u16,
    needle: Needle,
}

impl Located {
    /// The row within the part of a match, and its column.
    fn place(&mut self, kept: &TurnRows, pane: &Pane<'_>, stack: &Stack, spot: FindSpot) -> Option<(usize, usize)> {
        let needle = pane.state.find.as_ref()?.needle()?.clone();
        let key = Key { turn: spot.turn, part: spot.part, nth: spot.nth, columns: pane.columns, needle };
        if let Some((known, place)) = &self.0
            && *known == key
            && place.is_some()
        {
            return *place;
        }
        let place = located(kept, stack, spot, &key.needle);
        self.0 = Some((key, place));
        place
    }
}

/// Looks through the rows of the part that holds a match. What the source has and the rows have not leaves fewer there:
/// then it is the last of them.
fn located(kept: &TurnRows, stack: &Stack, spot: FindSpot, needle: &Needle) -> Option<(usize, usize)> {
    let first = stack.start_of(spot.part);
    let mut joined = Joined::default();
    for row in first..stack.len() {
        if find_part(stack.part(row)) != Some(spot.part) {
            break;
        }
        joined.push(row - first, stack.plain_line(kept, row)?, ROW_BREAK);
    }
    let matches = needle.matches(&joined.text);
    let found = matches.get(spot.nth).or(matches.last())?;
    let (row, from, _) = *joined.stretches(found).first()?;
    Some((row, from))
}

/// The row of a turn on which a match stands; the first of its part, where it does not show.
pub(super) fn row_of(cache: &mut TurnCache, pane: &Pane<'_>, turn: &Turn, spot: FindSpot) -> usize {
    let stack = Stack::of(cache, pane, turn);
    let first = stack.start_of(spot.part);
    let mut located = std::mem::take(&mut cache.located);
    let kept = cache.rows(pane.state, pane.lane, turn, pane.columns);
    let row = located.place(kept, pane, &stack, spot).map_or(0, |(row, _)| row);
    cache.located = located;
    (first + row).min(stack.len().saturating_sub(1))
}

/// Marks the matches on the visible rows of a turn, drawn from `y` on: all of them underlined, the one that was gone to
/// bold as well and with an arrow beside its row.
pub(super) fn mark(canvas: &mut Canvas<'_>, pane: &Pane<'_>, body: Rect, y: u16, slice: &Slice, cache: &mut TurnCache) {
    let State { find: Some(find), .. } = pane.state else { return };
    let (Some(needle), Some(_)) = (find.needle(), find.count(pane.lane.id)) else { return };
    let Some(turn) = pane.state.session.turns.get(slice.turn) else { return };
    let visible = usize::from(body.bottom().saturating_sub(y));
    // A match may begin on the row above the window and end on the one below.
    let (from, to) = (slice.from.saturating_sub(1), (slice.from + visible + 1).min(slice.stack.len()));
    let mut located = std::mem::take(&mut cache.located);
    let kept = cache.rows(pane.state, pane.lane, turn, pane.columns);
    let at = find.at.filter(|at| at.lane == pane.lane.id && at.turn == turn.id);
    let current = at.and_then(|spot| {
        let (row, column) = located.place(kept, pane, &slice.stack, spot)?;
        Some((slice.stack.start_of(spot.part) + row, column))
    });
    let mut joined = Joined::default();
    let mut last = None;
    for row in from..to {
        let part = find_part(slice.stack.part(row));
        if let (Some(_), Some(line)) = (part, slice.stack.plain_line(kept, row)) {
            joined.push(row, line, if part == last { ROW_BREAK } else { PART_BREAK });
        }
        last = part;
    }
    cache.located = located;
    for found in needle.matches(&joined.text) {
        let stretches = joined.stretches(&found);
        let is_current = stretches.first().map(|(row, from, _)| (*row, *from)) == current && current.is_some();
        for stretch in stretches.into_iter().filter(|(row, ..)| *row >= slice.from) {
            put(canvas, body, y, (slice, stretch), is_current);
        }
    }
}

fn put(canvas: &mut Canvas<'_>, body: Rect, y: u16, (slice, (row, from, to)): (&Slice, Stretch), current: bool) {
    let cells = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
    let y = y.saturating_add(cells(row - slice.from));
    if y >= body.bottom() {
        return;
    }
    let indent = if matches!(slice.stack.part(row), Part::Reasoning(_)) { 2 } else { 0 };
    let left = (body.x + 1).saturating_add(indent).saturating_add(cells(from));
    let end = (body.x + 1 + Layout::text_columns(body)).min(body.right());
    let area = Rect { x: left, y, width: cells(to - from).min(end.saturating_sub(left)), height: 1 };
    let ink = Ink::from(StyleRole::SearchHit).with(Emphasis::UNDERLINE);
    canvas.ground(area, if current { ink.with(Emphasis::BOLD) } else { ink });
    if current {
        canvas.text(body.x, y, 1, "▶", StyleRole::Focus);
    }
}
