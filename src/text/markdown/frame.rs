//! What a writer stands in: the open containers, and how a text begins and ends in the middle of one.

use super::deferred::Deferred;
use super::margin::{Extent, Margin};
use super::memory::Memory;
use super::table::{Grid, Layout};
use crate::text::highlight::Highlighter;

/// How the text begins: with a block of its own, or with the further part of something whose first part was written.
#[derive(Clone, Debug, Default)]
pub(super) struct Opening {
    /// Containers that the text opens again, for which nothing is written.
    pub(super) within: Option<Box<Within>>,
    pub(super) block: Begun,
}

/// The first block, where a part of it was written before.
#[derive(Clone, Debug, Default)]
pub(super) enum Begun {
    #[default]
    Nothing,
    /// What the paragraph begins with stands in for what was written.
    Paragraph(&'static str),
    Code(Box<Highlighter>),
    Html,
    Table(Box<Grid>),
}

/// The open containers between two of the blocks inside.
#[derive(Clone, Debug)]
pub(super) struct Within {
    pub(super) open: Vec<Frame>,
    pub(super) margin: Margin,
    pub(super) lists: usize,
    pub(super) blanks: usize,
}

/// What is needed to go on after the last block.
#[derive(Debug, Default)]
pub(super) struct Ending {
    /// The text did not go on with what it was opened as.
    pub(super) is_other: bool,
    pub(super) memory: Option<Memory>,
    /// The containers that stay open, where there are any.
    pub(super) within: Option<Box<Within>>,
    pub(super) code: Option<Highlighter>,
    /// Blocks of code without their colours, by the rows that were written.
    pub(super) deferred: Vec<Deferred>,
    /// The table that a further part was read for, or that came last.
    pub(super) table: Option<(Grid, Layout)>,
    /// What the last table stands in, and the rows above it.
    pub(super) above: Option<Above>,
    /// Where the last paragraph stands.
    pub(super) prose: Prose,
}

/// What stands above a block: how many rows that were written for its text, and the containers that it stands in.
#[derive(Debug)]
pub(super) struct Above {
    pub(super) rows: usize,
    pub(super) within: Option<Box<Within>>,
}

/// The rows of a paragraph: the first of them, and the bytes that stand before the text of it and of the others.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Prose {
    pub(super) row: usize,
    pub(super) first: usize,
    pub(super) rest: usize,
}

/// An open container, and what was last written in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) kind: Container,
    pub(super) extent: Extent,
    pub(super) last: Last,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Container {
    Quote,
    List(ListAt),
    Item { blanks_before: usize },
}

/// How a list goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ListAt {
    pub(super) next: Option<u64>,
    /// A blank row comes before the next item: the one before it holds blank rows.
    pub(super) spaced: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Last {
    Nothing,
    Paragraph,
    Other,
}
