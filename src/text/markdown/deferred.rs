//! Code that is settled as a whole, whose colours are found when somebody looks at it: what comes faster than it is read, and
//! what stands far above, costs none.
//!
//! Owns the text of such blocks, and their rows once they are coloured.

use std::ops::Range;
use std::sync::OnceLock;

use super::code;
use crate::text::highlight::Highlighter;
use crate::text::{Line, Span};

/// The lines of a block of code, without the rows over and under it.
#[derive(Debug)]
pub(super) struct Deferred {
    /// The rows that it has among those that are settled.
    rows: Range<usize>,
    info: String,
    text: String,
    width: u16,
    margin: Vec<Span>,
    coloured: OnceLock<Vec<Line>>,
}

/// Such blocks, in the order of their rows.
#[derive(Debug, Default)]
pub(super) struct DeferredCode {
    blocks: Vec<Deferred>,
}

impl Deferred {
    /// Writes the rows without colours.
    pub(super) fn write(info: &str, text: String, (width, margin): (u16, &[Span]), out: &mut Vec<Line>) -> Self {
        let from = out.len();
        code::lines(&text, &mut Highlighter::new(""), (width, margin), out);
        let rows = from..out.len();
        Self { rows, info: info.to_owned(), text, width, margin: margin.to_vec(), coloured: OnceLock::new() }
    }

    fn row(&self, at: usize) -> Option<&Line> {
        let lines = self.coloured.get_or_init(|| {
            let mut lines = Vec::with_capacity(self.rows.len());
            code::lines(&self.text, &mut Highlighter::new(&self.info), (self.width, &self.margin), &mut lines);
            lines
        });
        // Marks that join across the borders of words could break rows elsewhere: then they stay without colours.
        lines.get(at - self.rows.start).filter(|_| lines.len() == self.rows.len())
    }
}

impl DeferredCode {
    /// Takes in blocks whose rows are counted from `from` on.
    pub(super) fn add(&mut self, blocks: Vec<Deferred>, from: usize) {
        let moved = |block: Deferred| Deferred { rows: block.rows.start + from..block.rows.end + from, ..block };
        self.blocks.extend(blocks.into_iter().map(moved));
    }

    /// The row in its colours, if it is one of such a block.
    pub(super) fn row(&self, at: usize) -> Option<&Line> {
        let block = self.blocks.get(self.blocks.partition_point(|block| block.rows.end <= at))?;
        block.rows.contains(&at).then(|| block.row(at)).flatten()
    }

    /// Rows from here on are no longer settled.
    pub(super) fn truncate(&mut self, rows: usize) {
        self.blocks.truncate(self.blocks.partition_point(|block| block.rows.end <= rows));
    }

    /// Rows were written again, as so many, with blocks that are counted from the first of them on.
    pub(super) fn replace(&mut self, old: &Range<usize>, new: usize, blocks: Vec<Deferred>) {
        let after = self.blocks.split_off(self.blocks.partition_point(|block| block.rows.end <= old.start));
        self.add(blocks, old.start);
        let moved = |place: usize| place - old.len() + new;
        self.blocks.extend(
            after
                .into_iter()
                .filter(|block| block.rows.start >= old.end)
                .map(|block| Deferred { rows: moved(block.rows.start)..moved(block.rows.end), ..block }),
        );
    }

    #[cfg(test)]
    pub(super) fn coloured(&self) -> usize {
        self.blocks.iter().filter(|block| block.coloured.get().is_some()).count()
    }
}
