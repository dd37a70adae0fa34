//! What a stream is in the middle of.

use std::ops::Range;

use super::frame::{Above, Begun, Opening, Within};
use super::links::Label;
use super::pass::StandIn;
use super::table::{Grid, Layout};
use crate::text::highlight::Highlighter;

/// What the open tail goes on with.
#[derive(Debug, Default)]
pub(super) struct Mode {
    /// Stands in for what is settled of the open containers and of the open block.
    pub(super) head: String,
    /// So many bytes of it are the containers'.
    pub(super) containers: usize,
    pub(super) within: Option<Box<Within>>,
    pub(super) block: OpenBlock,
}

/// The block that is open, its first part settled.
#[derive(Debug, Default)]
pub(super) enum OpenBlock {
    #[default]
    Nothing,
    Code(Highlighter),
    Html,
    Table(Box<OpenTable>),
    /// A long paragraph: it began at `start` in the source and at `from` in the lines.
    Paragraph {
        head: &'static str,
        start: usize,
        from: usize,
        before: Box<Mode>,
    },
}

/// A table whose last row may not have come.
#[derive(Debug)]
pub(super) struct OpenTable {
    pub(super) grid: Grid,
    pub(super) layout: Layout,
    /// Where its lines begin in the settled ones.
    pub(super) from: usize,
    pub(super) start: usize,
    pub(super) started: bool,
    /// What it stands in. (Some of it may begin on the line of the table.)
    pub(super) above: Above,
    /// What the stream was in the middle of when it began.
    pub(super) before: Mode,
    pub(super) wanted: Vec<Label>,
}

/// A settled part with references that a later definition may still resolve.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) labels: Vec<Label>,
    /// What stands in for the part of its containers and its first block that was written before.
    pub(super) head: String,
    pub(super) stand_in: StandIn,
    pub(super) source: Range<usize>,
    pub(super) lines: Range<usize>,
    pub(super) opening: Opening,
    pub(super) started: bool,
}

impl Mode {
    pub(super) fn opening(&self) -> Opening {
        let block = match &self.block {
            OpenBlock::Nothing => Begun::Nothing,
            OpenBlock::Code(colours) => Begun::Code(Box::new(colours.clone())),
            OpenBlock::Html => Begun::Html,
            OpenBlock::Table(open) => Begun::Table(Box::new(open.grid.further())),
            OpenBlock::Paragraph { head, .. } => Begun::Paragraph(head),
        };
        Opening { within: self.within.clone(), block }
    }

    pub(super) fn stand_in(&self) -> StandIn {
        let lines = match &self.block {
            OpenBlock::Code(_) | OpenBlock::Html => self.head.len(),
            _ => 0,
        };
        StandIn { containers: self.containers, lines }
    }
}
