//! Breaks inked spans into rows of cells.
//!
//! Owns where a row may end: at spaces, between CJK characters, inside what is longer than a row. Does not know
//! paragraphs or blocks; their indent and bars come in as prefixes.

use std::borrow::Cow;

use super::ink::{Ink, Line, Span};
use super::kinsoku;
use super::width::{graphemes, width};

/// A tab reaches to the next multiple of this many cells, counted from the end of the prefix.
const TAB_CELLS: usize = 4;
/// What stands where a character cannot: it is wider than the whole row.
const TOO_WIDE: &str = "…";
/// What stands where a control character came in; ratatui would drop it and shift the row.
const CONTROL: &str = "\u{FFFD}";

/// The rows to break into: their width in cells, and what stands before the first row and before each further one.
///
/// A prefix is cut so that at least two cells (one, in a row of one cell) are left for the text.
#[derive(Clone, Copy, Debug)]
pub struct Wrap<'a> {
    pub width: u16,
    pub first: &'a [Span],
    pub rest: &'a [Span],
}

impl Wrap<'_> {
    /// Rows of `width` cells without prefixes.
    #[must_use]
    pub fn plain(width: u16) -> Self {
        Self { width, first: &[], rest: &[] }
    }
}

/// Breaks prose: at spaces (those at the break are dropped), between CJK characters, else inside a word.
///
/// Always appends at least one row. A line feed begins a new row. Neighbouring spans of one ink become one.
pub fn wrap(spans: &[Span], wrap: &Wrap<'_>, out: &mut Vec<Line>) {
    break_rows(spans, wrap, Breaks::AtWords, out);
}

/// Breaks code: exactly at the last cell of a row, keeping every space.
pub fn wrap_hard(spans: &[Span], wrap: &Wrap<'_>, out: &mut Vec<Line>) {
    break_rows(spans, wrap, Breaks::AtCells, out);
}

/// The text, or as much of it as fits with `…` after it.
#[must_use]
pub fn truncate(text: &str, cells: usize) -> Cow<'_, str> {
    let mut used = 0;
    let mut kept = 0;
    for (cluster, wide) in graphemes(text) {
        used += wide;
        if used > cells {
            let ellipsis = if cells == 0 { "" } else { TOO_WIDE };
            return Cow::Owned([&text[..kept], ellipsis].concat());
        }
        if used < cells {
            kept += cluster.len();
        }
    }
    Cow::Borrowed(text)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Breaks {
    AtWords,
    AtCells,
}

/// A grapheme on its way into a row, with the number of the run it came from.
#[derive(Clone, Copy)]
struct Item<'t> {
    text: &'t str,
    cells: usize,
    run: usize,
}

impl Item<'_> {
    fn is_space(&self) -> bool {
        matches!(self.text, " " | "\u{3000}")
    }
}

fn break_rows(spans: &[Span], wrap: &Wrap<'_>, breaks: Breaks, out: &mut Vec<Line>) {
    let runs = merge(spans);
    let mut rows = Rows::new(wrap, &runs, breaks, out);
    for (run, (text, _)) in runs.iter().enumerate() {
        for (cluster, cells) in graphemes(text) {
            rows.take(Item { text: cluster, cells, run });
        }
    }
    rows.end_row();
}

/// Joins neighbours of one ink, so that a grapheme cut between two spans is whole again.
fn merge(spans: &[Span]) -> Vec<(Cow<'_, str>, Ink)> {
    let mut runs: Vec<(Cow<'_, str>, Ink)> = Vec::with_capacity(spans.len());
    for span in spans.iter().filter(|span| !span.text.is_empty()) {
        match runs.last_mut() {
            Some((text, ink)) if *ink == span.ink => text.to_mut().push_str(&span.text),
            _ => runs.push((Cow::Borrowed(&span.text), span.ink)),
        }
    }
    runs
}

struct Rows<'t, 'o> {
    runs: &'t [(Cow<'t, str>, Ink)],
    breaks: Breaks,
    out: &'o mut Vec<Line>,
    row: Vec<Item<'t>>,
    cells: usize,
    /// Where in `row` the row may end, if anywhere: the next row begins with this item.
    may_break: Option<usize>,
    /// The row is full and only spaces came since; they hang over the edge and are dropped.
    hanging: bool,
    prefix: Vec<Span>,
    room: usize,
    rest_prefix: Vec<Span>,
    rest_room: usize,
}

impl<'t, 'o> Rows<'t, 'o> {
    fn new(wrap: &Wrap<'_>, runs: &'t [(Cow<'t, str>, Ink)], breaks: Breaks, out: &'o mut Vec<Line>) -> Self {
        let row_cells = usize::from(wrap.width.max(1));
        let (prefix, room) = fit_prefix(wrap.first, row_cells);
        let (rest_prefix, rest_room) = fit_prefix(wrap.rest, row_cells);
        let row = Vec::new();
        Self { runs, breaks, out, row, cells: 0, may_break: None, hanging: false, prefix, room, rest_prefix, rest_room }
    }

    fn take(&mut self, item: Item<'t>) {
        match item.text {
            "\n" | "\r\n" | "\r" => self.end_row(),
            "\t" => {
                for _ in self.cells % TAB_CELLS..TAB_CELLS {
                    self.place(Item { text: " ", cells: 1, ..item });
                }
            }
            text if text.contains(char::is_control) => self.place(Item { text: CONTROL, cells: 1, ..item }),
            _ => self.place(item),
        }
    }

    fn place(&mut self, item: Item<'t>) {
        if self.breaks == Breaks::AtWords && item.is_space() && self.cells + item.cells > self.room {
            self.hanging = true;
        }
        if self.hanging {
            if item.is_space() {
                return;
            }
            self.turn_hanging();
        }
        self.note_break(&item);
        if self.cells + item.cells > self.room && !self.row.is_empty() {
            self.turn();
        }
        // What the turn carried over can itself fill the new row, where its prefix is the longer one.
        if self.cells + item.cells > self.room && !self.row.is_empty() {
            self.end_row();
        }
        if item.cells > self.room {
            self.place_parts(item);
        } else {
            self.append(item);
        }
    }

    /// Leading spaces alone are no row: no break is noted after them.
    fn note_break(&mut self, next: &Item<'t>) {
        if self.breaks == Breaks::AtWords
            && self.row.last().is_some_and(|last| may_part(last, next))
            && self.row.iter().any(|placed| !placed.is_space())
        {
            self.may_break = Some(self.row.len());
        }
    }

    fn append(&mut self, item: Item<'t>) {
        self.cells += item.cells;
        self.row.push(item);
    }

    /// A cluster wider than the row goes in character by character, each with the marks after it.
    fn place_parts(&mut self, item: Item<'t>) {
        let mut rest = item.text;
        while let Some(first) = rest.chars().next() {
            let marks = rest[first.len_utf8()..].chars().take_while(|&mark| width(mark.encode_utf8(&mut [0; 4])) == 0);
            let (part, after) = rest.split_at(first.len_utf8() + marks.map(char::len_utf8).sum::<usize>());
            rest = after;
            let cells = width(part);
            let (text, cells) = if cells > self.rest_room.min(self.room) { (TOO_WIDE, 1) } else { (part, cells) };
            if self.cells + cells > self.room {
                self.end_row();
            }
            self.append(Item { text, cells, run: item.run });
        }
    }

    /// Ends the row at its last break and carries what came after it over to the next one.
    fn turn(&mut self) {
        let Some(at) = self.may_break.take() else { return self.end_row() };
        let carried = self.row.split_off(at);
        while self.row.last().is_some_and(Item::is_space) {
            self.row.pop();
        }
        self.end_row();
        for item in carried {
            if self.cells + item.cells > self.room {
                self.end_row();
            }
            self.place(item);
        }
    }

    /// Ends a row whose spaces hang over the edge; a row of nothing but spaces is not worth a row.
    fn turn_hanging(&mut self) {
        self.hanging = false;
        while self.row.last().is_some_and(Item::is_space) {
            self.row.pop();
        }
        if self.row.is_empty() { self.cells = 0 } else { self.end_row() }
    }

    fn end_row(&mut self) {
        let mut spans = std::mem::replace(&mut self.prefix, self.rest_prefix.clone());
        self.room = self.rest_room;
        let mut run = None;
        for item in self.row.drain(..) {
            match spans.last_mut() {
                Some(span) if run == Some(item.run) => span.text.push_str(item.text),
                _ => spans.push(Span { text: item.text.to_owned(), ink: self.runs[item.run].1 }),
            }
            run = Some(item.run);
        }
        self.out.push(Line { spans });
        self.cells = 0;
        self.may_break = None;
        self.hanging = false;
    }
}

/// The prefix, cut where it would leave no room, and the cells that are left.
fn fit_prefix(prefix: &[Span], row_cells: usize) -> (Vec<Span>, usize) {
    let limit = row_cells.saturating_sub(2);
    let mut used = 0;
    let mut fitted = Vec::with_capacity(prefix.len());
    for span in prefix {
        let mut text = String::with_capacity(span.text.len());
        for (cluster, cells) in graphemes(&span.text) {
            if used + cells > limit {
                break;
            }
            used += cells;
            text.push_str(cluster);
        }
        fitted.push(Span { text, ink: span.ink });
    }
    fitted.retain(|span| !span.text.is_empty());
    (fitted, row_cells - used)
}

fn may_part(before: &Item<'_>, after: &Item<'_>) -> bool {
    match (before.is_space(), after.is_space()) {
        (true, after_is_space) => !after_is_space,
        (false, true) => false,
        (false, false) => {
            let (Some(last), Some(first)) = (before.text.chars().next(), after.text.chars().next()) else {
                return false;
            };
            kinsoku::may_part(last, first)
        }
    }
}

#[cfg(test)]
#[path = "wrap_tests.rs"]
mod tests;
