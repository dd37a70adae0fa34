//! What a writer stands in: the open containers, and how a text begins and ends in the middle of one.

use super::deferred::Deferred;
use super::margin::Extent;
use super::memory::Memory;
use super::table::{Grid, Layout};
use crate::text::highlight::Highlighter;

/// How the text begins: with a block of its own, or with the further part of one whose first part was written.
#[derive(Clone, Debug, Default)]
pub(super) enum Opening {
    #[default]
    Block,
    List(ListAt),
    Quote,
    /// A paragraph; what it begins with stands in for what was written.
    Paragraph(&'static str),
    Code(Box<Highlighter>),
    Table(Box<Grid>),
}

/// What is needed to go on after the last block.
#[derive(Debug, Default)]
pub(super) struct Ending {
    /// The text did not go on with what it was opened as.
    pub(super) is_other: bool,
    pub(super) memory: Option<Memory>,
    pub(super) list: Option<ListAt>,
    pub(super) code: Option<Highlighter>,
    /// Blocks of code without their colours, by the rows that were written.
    pub(super) deferred: Vec<Deferred>,
    /// The table that a further part was read for, or that came last.
    pub(super) table: Option<(Grid, Layout)>,
}

/// An open container, and what was last written in it.
pub(super) struct Frame {
    pub(super) kind: Container,
    pub(super) extent: Extent,
    pub(super) last: Last,
}

#[derive(Clone, Copy)]
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

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Last {
    Nothing,
    Paragraph,
    Other,
}
