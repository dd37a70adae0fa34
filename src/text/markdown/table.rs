//! A table: its cells, the widths of its columns, its rows on the screen.
//!
//! Owns the layout: natural widths where they fit, else a fair share with wrapped cells, else a list of rows.

use pulldown_cmark::Alignment;

use crate::text::{Emphasis, Ink, Line, Span, StyleRole, Wrap, width, wrap};

/// Between two columns.
const SEPARATOR: &str = " │ ";
const SEPARATOR_CELLS: usize = 3;
/// Columns are not pressed below this many cells; with less the rows become lists.
const LEAST_COLUMN_CELLS: usize = 6;

pub(super) type Cell = Vec<Span>;

/// The cells of a table, and how wide its columns want to be.
#[derive(Clone, Debug, Default)]
pub(super) struct Grid {
    alignments: Vec<Alignment>,
    header: Vec<Cell>,
    rows: Vec<Vec<Cell>>,
    natural: Vec<usize>,
    /// Rows that were drawn before those in `rows`.
    drawn: Option<usize>,
}

/// How the columns of a table share the width.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    Columns {
        widths: Vec<usize>,
        pressed: bool,
    },
    Lists,
    /// Too narrow for columns, and no row yet: the headers alone.
    Headers,
}

impl Grid {
    pub(super) fn new(alignments: Vec<Alignment>) -> Self {
        let natural = vec![1; alignments.len()];
        Self { alignments, header: Vec::new(), rows: Vec::new(), natural, drawn: None }
    }

    /// The same table for further rows.
    pub(super) fn further(&self) -> Self {
        let drawn = Some(self.drawn.unwrap_or(0) + self.rows.len());
        let (alignments, header, natural) = (self.alignments.clone(), self.header.clone(), self.natural.clone());
        Self { alignments, header, rows: Vec::new(), natural, drawn }
    }

    /// Takes in the rows of a [`further`](Self::further) part.
    pub(super) fn append(&mut self, part: Self) {
        self.rows.extend(part.rows);
        self.natural = part.natural;
    }

    /// Whether rows or the header were drawn before.
    pub(super) fn goes_on(&self) -> bool {
        self.drawn.is_some()
    }

    pub(super) fn set_header(&mut self, cells: Vec<Cell>) {
        self.measure(&cells);
        self.header = cells;
    }

    pub(super) fn add_row(&mut self, cells: Vec<Cell>) {
        self.measure(&cells);
        self.rows.push(cells);
    }

    fn measure(&mut self, cells: &[Cell]) {
        for (natural, cell) in self.natural.iter_mut().zip(cells) {
            *natural = (*natural).max(cells_of(cell));
        }
    }

    /// How to share `room` cells. A column that wants more than all of it counts as wanting all of it.
    pub(super) fn layout(&self, room: usize) -> Layout {
        let count = self.natural.len();
        let between = SEPARATOR_CELLS * count.saturating_sub(1);
        let wanted: Vec<usize> = self.natural.iter().map(|&cells| cells.min(room)).collect();
        if wanted.iter().sum::<usize>() + between <= room {
            return Layout::Columns { widths: wanted, pressed: false };
        }
        let least: usize = wanted.iter().map(|&cells| cells.min(LEAST_COLUMN_CELLS)).sum();
        if least + between > room {
            let empty = self.rows.is_empty() && self.drawn.unwrap_or(0) == 0;
            return if empty { Layout::Headers } else { Layout::Lists };
        }
        Layout::Columns { widths: shares(&wanted, room - between), pressed: true }
    }

    /// The header and its rule.
    pub(super) fn draw_header(&self, layout: &Layout, out: &mut Vec<Vec<Span>>) {
        match layout {
            Layout::Columns { widths, .. } => {
                let bold: Vec<Cell> = self.header.iter().map(|cell| bold(cell)).collect();
                self.draw_columns(&bold, widths, out);
                out.push(vec![rule(widths, "─┼─")]);
            }
            Layout::Headers => out.extend(self.header.iter().map(|cell| bold(cell))),
            Layout::Lists => {}
        }
    }

    pub(super) fn draw_rows(&self, layout: &Layout, room: usize, out: &mut Vec<Vec<Span>>) {
        for (nth, row) in self.rows.iter().enumerate() {
            let at = nth + self.drawn.unwrap_or(0);
            match layout {
                Layout::Columns { widths, pressed } => {
                    if *pressed && at > 0 {
                        out.push(vec![rule(widths, "─┼─")]);
                    }
                    self.draw_columns(row, widths, out);
                }
                Layout::Lists | Layout::Headers => {
                    if at > 0 {
                        out.push(vec![Span::new("─".repeat(room.min(8)), StyleRole::TableBorder)]);
                    }
                    self.draw_list(row, out);
                }
            }
        }
    }

    fn draw_columns(&self, cells: &[Cell], widths: &[usize], out: &mut Vec<Vec<Span>>) {
        let columns: Vec<Vec<Line>> = widths
            .iter()
            .enumerate()
            .map(|(at, &cells_wide)| {
                let mut lines = Vec::new();
                let width = u16::try_from(cells_wide).unwrap_or(u16::MAX);
                wrap(cells.get(at).map_or(&[], Vec::as_slice), &Wrap::plain(width), &mut lines);
                lines
            })
            .collect();
        for row in 0..columns.iter().map(Vec::len).max().unwrap_or(0) {
            let mut spans = Vec::new();
            for (at, (lines, &width)) in columns.iter().zip(widths).enumerate() {
                if at > 0 {
                    spans.push(Span::new(SEPARATOR, StyleRole::TableBorder));
                }
                let line = lines.get(row).map_or(&[][..], |line| &line.spans);
                self.align(at, line, width, &mut spans);
            }
            out.push(super::margin::trimmed(spans));
        }
    }

    fn align(&self, column: usize, line: &[Span], width: usize, spans: &mut Vec<Span>) {
        let free = width.saturating_sub(cells_of(line));
        let before = match self.alignments.get(column) {
            Some(Alignment::Right) => free,
            Some(Alignment::Center) => free / 2,
            _ => 0,
        };
        spans.extend(blanks(before));
        spans.extend_from_slice(line);
        spans.extend(blanks(free - before));
    }

    fn draw_list(&self, cells: &[Cell], out: &mut Vec<Vec<Span>>) {
        for (at, cell) in cells.iter().enumerate() {
            let mut spans = self.header.get(at).map(|header| bold(header)).unwrap_or_default();
            spans.push(Span::new(": ", Ink::from(StyleRole::Text).with(Emphasis::BOLD)));
            spans.extend_from_slice(cell);
            out.push(super::margin::trimmed(spans));
        }
    }
}

/// Narrow columns keep what they want; the others share the rest, what is left over going to the first ones.
fn shares(wanted: &[usize], room: usize) -> Vec<usize> {
    let mut widths = vec![0; wanted.len()];
    let mut open: Vec<usize> = (0..wanted.len()).collect();
    let mut left = room;
    loop {
        let share = left / open.len().max(1);
        let (narrow, wide): (Vec<usize>, Vec<usize>) = open.iter().partition(|&&at| wanted[at] <= share);
        if narrow.is_empty() {
            break;
        }
        for at in narrow {
            widths[at] = wanted[at];
            left -= wanted[at];
        }
        open = wide;
    }
    let count = open.len().max(1);
    for (nth, &at) in open.iter().enumerate() {
        widths[at] = left / count + usize::from(nth < left % count);
    }
    widths
}

fn rule(widths: &[usize], cross: &str) -> Span {
    let parts: Vec<String> = widths.iter().map(|&cells| "─".repeat(cells)).collect();
    Span::new(parts.join(cross), StyleRole::TableBorder)
}

fn blanks(cells: usize) -> Option<Span> {
    (cells > 0).then(|| Span::new(" ".repeat(cells), Ink::default()))
}

fn bold(cell: &[Span]) -> Cell {
    cell.iter().map(|span| Span { text: span.text.clone(), ink: span.ink.with(Emphasis::BOLD) }).collect()
}

fn cells_of(spans: &[Span]) -> usize {
    spans.iter().map(|span| width(&span.text)).sum()
}
