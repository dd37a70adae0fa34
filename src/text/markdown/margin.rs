//! What stands before the rows of a block: indents, quote bars, a list mark before the first row.
//!
//! Owns the bounds: however deep the nesting, half of the width stays for the text.

use crate::text::{Ink, Span, StyleRole, width};

/// The margin of the open containers.
#[derive(Clone, Debug)]
pub(super) struct Margin {
    limit: usize,
    width: usize,
    spans: Vec<Span>,
    cells: usize,
    /// Stands before the next row instead of `spans`: it holds list marks that are not yet shown.
    first: Option<Vec<Span>>,
}

/// A margin's extent, to go back to when a container ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    spans: usize,
    cells: usize,
}

impl Margin {
    pub(super) fn new(width: u16) -> Self {
        let width = usize::from(width);
        Self { limit: width / 2, width, spans: Vec::new(), cells: 0, first: None }
    }

    pub(super) fn extent(&self) -> Extent {
        Extent { spans: self.spans.len(), cells: self.cells }
    }

    pub(super) fn back_to(&mut self, extent: Extent) {
        self.spans.truncate(extent.spans);
        self.cells = extent.cells;
    }

    /// The cells left for text.
    pub(super) fn room(&self) -> usize {
        self.width.saturating_sub(self.cells).max(1)
    }

    pub(super) fn open_quote(&mut self) {
        let bar = Span::new("▌ ", StyleRole::Quote);
        if self.cells + 2 > self.limit {
            return;
        }
        if let Some(first) = &mut self.first {
            first.push(bar.clone());
        }
        self.spans.push(bar);
        self.cells += 2;
    }

    /// Puts a list mark before the next row, and its width in blanks before the rows after it.
    pub(super) fn open_item(&mut self, mark: String) {
        let cells = width(&mark);
        let mark = Span::new(mark, StyleRole::ListMark);
        let mut first = self.first.take().unwrap_or_else(|| self.spans.clone());
        if cells_of(&first) + cells + 2 > self.width {
            first.clear();
        }
        first.push(mark);
        self.first = Some(first);
        if self.cells + cells <= self.limit {
            self.spans.push(Span::new(" ".repeat(cells), Ink::default()));
            self.cells += cells;
        }
    }

    /// What stands before the next row; the list mark in it is shown by that.
    pub(super) fn take_first(&mut self) -> Vec<Span> {
        self.first.take().unwrap_or_else(|| self.spans.clone())
    }

    /// The bytes before the text of the next row, and of the rows after it.
    pub(super) fn bytes(&self) -> [usize; 2] {
        [self.first.as_ref().unwrap_or(&self.spans), &self.spans]
            .map(|spans| spans.iter().map(|span| span.text.len()).sum())
    }

    pub(super) fn rest(&self) -> &[Span] {
        &self.spans
    }

    /// The margin of an empty row: without blanks at its end.
    pub(super) fn blank(&self) -> Vec<Span> {
        trimmed(self.spans.clone())
    }
}

/// Without the blanks at the end, which nobody sees and everybody copies.
pub(super) fn trimmed(mut spans: Vec<Span>) -> Vec<Span> {
    while let Some(last) = spans.last_mut() {
        last.text.truncate(last.text.trim_end_matches(' ').len());
        if !last.text.is_empty() {
            break;
        }
        spans.pop();
    }
    spans
}

fn cells_of(spans: &[Span]) -> usize {
    spans.iter().map(|span| width(&span.text)).sum()
}
