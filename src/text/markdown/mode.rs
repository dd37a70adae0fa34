//! What a stream is in the middle of.

use std::ops::Range;

use super::frame::Opening;
use super::links::Label;
use super::table::{Grid, Layout};
use crate::text::highlight::Highlighter;

/// What the open tail goes on with.
#[derive(Debug, Default)]
pub(super) enum Mode {
    #[default]
    Block,
    /// A list or quote.
    Container(Opening),
    /// A fence that is still open; its first line stands in for what is settled of it.
    Fence {
        first_line: String,
        colours: Highlighter,
    },
    Table(Box<OpenTable>),
    /// A long paragraph, its first rows settled: it began at `start` in the source and at `from` in the lines.
    Paragraph {
        head: &'static str,
        start: usize,
        from: usize,
    },
}

/// A table whose last row may not have come.
#[derive(Debug)]
pub(super) struct OpenTable {
    /// Header and delimiter row, which stand in for what is settled.
    pub(super) head: String,
    pub(super) grid: Grid,
    pub(super) layout: Layout,
    /// Where its lines begin in the settled ones.
    pub(super) from: usize,
    pub(super) start: usize,
    pub(super) started: bool,
    pub(super) wanted: Vec<Label>,
}

/// A settled part with references that a later definition may still resolve.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) labels: Vec<Label>,
    /// What stands in for the part of its first block that was written before.
    pub(super) head: String,
    pub(super) source: Range<usize>,
    pub(super) lines: Range<usize>,
    pub(super) opening: Opening,
    pub(super) started: bool,
}

impl Mode {
    pub(super) fn opening(&self) -> Opening {
        match self {
            Self::Block => Opening::Block,
            Self::Container(opening) => opening.clone(),
            Self::Fence { colours, .. } => Opening::Code(Box::new(colours.clone())),
            Self::Table(open) => Opening::Table(Box::new(open.grid.further())),
            Self::Paragraph { head, .. } => Opening::Paragraph(head),
        }
    }

    /// What stands in for the settled part of the open block.
    pub(super) fn head(&self) -> &str {
        match self {
            Self::Block | Self::Container(_) => "",
            Self::Fence { first_line, .. } => first_line,
            Self::Table(open) => &open.head,
            Self::Paragraph { head, .. } => head,
        }
    }
}
