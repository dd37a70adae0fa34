//! One walk over a text: parsed, its references resolved, written as rows.
//!
//! Owns the meeting of parser and writer. Does not know what was written before, save what it is told.

use pulldown_cmark::{BrokenLink, CowStr, Parser};

use super::blocks::Writer;
use super::frame::{Ending, Opening};
use super::links::{Definitions, Label};
use super::memory::Memory;
use super::options;
use super::outline::begins_block;
use crate::text::Line;

/// A text, and what stands before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pass<'p> {
    pub(super) text: &'p str,
    /// Blocks that begin here or later are read, since they tell how those before end, but not written.
    pub(super) until: usize,
    pub(super) width: u16,
    /// Rows stand above.
    pub(super) started: bool,
    /// The definitions that come before the text: they count before its own.
    pub(super) known: &'p Definitions,
    /// The definitions that come after it.
    pub(super) later: &'p Definitions,
    /// When whole blocks of code get their colours.
    pub(super) colours: Colours,
}

/// When a block of code that is whole gets its colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colours {
    Now,
    /// When somebody looks at it.
    WhenSeen,
}

/// What a walk found besides the rows.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) ending: Ending,
    /// Labels that the text refers to and that neither it nor what comes before defines.
    pub(super) wanted: Vec<Label>,
    pub(super) definitions: Definitions,
}

impl Pass<'_> {
    /// Appends the rows.
    pub(super) fn write(self, opening: Opening, out: &mut Vec<Line>) -> Found {
        self.write_remembering(opening, None, out)
    }

    /// Appends the rows; code gets the colours that are remembered.
    pub(super) fn write_remembering(self, opening: Opening, memory: Option<Memory>, out: &mut Vec<Line>) -> Found {
        let mut wanted = Vec::new();
        let resolve = |link: BrokenLink<'_>| {
            let address = self.known.get(&link.reference).or_else(|| {
                wanted.push(Label::new(&link.reference));
                self.later.get(&link.reference)
            });
            address.map(|address| (CowStr::from(address.to_owned()), CowStr::from("")))
        };
        let parser = Parser::new_with_broken_link_callback(self.text, options(), Some(resolve));
        let definitions = Definitions::of(parser.reference_definitions(), self.until);
        let mut writer =
            Writer::new(self.width, self.started, opening, out).remembering(memory).colouring(self.colours);
        for (event, range) in parser.into_offset_iter() {
            if range.start >= self.until && begins_block(&event) {
                break;
            }
            writer.take(self.known.lead(event));
        }
        let ending = writer.finish();
        Found { ending, wanted, definitions }
    }
}
