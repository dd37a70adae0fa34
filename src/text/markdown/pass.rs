//! One walk over a text: parsed, its references resolved, written as rows.
//!
//! Owns the meeting of parser and writer. Does not know what was written before, save what it is told.

use std::ops::Range;

use pulldown_cmark::{BrokenLink, CowStr, Event, Parser};

use super::blocks::Writer;
use super::frame::{Ending, Opening};
use super::links::{Definitions, Label};
use super::memory::Memory;
use super::options;
use super::outline::{begins_block, is_container};
use crate::text::Line;

/// A text, and what stands before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pass<'p> {
    pub(super) text: &'p str,
    pub(super) stand_in: StandIn,
    pub(super) until: Until,
    pub(super) width: u16,
    /// Rows stand above.
    pub(super) started: bool,
    /// The definitions that come before the text: they count before its own.
    pub(super) known: &'p Definitions,
    /// The definitions that come after it.
    pub(super) later: Option<&'p Definitions>,
    /// When whole blocks of code get their colours.
    pub(super) colours: Colours,
}

/// How many bytes at the start of a text stand in for something that was written before.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct StandIn {
    /// They open containers again, and hold empty headings.
    pub(super) containers: usize,
    /// The text of these lines is none of the block's.
    pub(super) lines: usize,
}

/// How far a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    End,
    /// The end of the last block that holds text; the containers that it stands in stay open.
    LastBlock,
    /// Blocks that begin here or later are read, since they tell how those before end, but not written; the containers
    /// that they stand in stay open.
    Block(usize),
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
                self.later.and_then(|later| later.get(&link.reference))
            });
            address.map(|address| (CowStr::from(address.to_owned()), CowStr::from("")))
        };
        let parser = Parser::new_with_broken_link_callback(self.text, options(), Some(resolve));
        let until = if let Until::Block(at) = self.until { at } else { usize::MAX };
        let definitions = Definitions::of(parser.reference_definitions(), until);
        let mut writer =
            Writer::new(self.width, self.started, opening, out).remembering(memory).colouring(self.colours);
        writer.keep_open(self.until);
        for (event, range) in parser.into_offset_iter() {
            if range.start >= until && (begins_block(&event) || writer.begins_paragraph(&event)) {
                break;
            }
            if self.stand_in.is_of_containers(&event, range.start) {
                continue;
            }
            let own = self.stand_in.own_text(self.text, &event, range);
            writer.take(own.unwrap_or_else(|| self.known.lead(event)));
        }
        let ending = writer.finish();
        Found { ending, wanted, definitions }
    }
}

impl StandIn {
    fn is_of_containers(self, event: &Event<'_>, start: usize) -> bool {
        start < self.containers && !is_container(event)
    }

    /// The text of an event without that of the lines that stand in.
    fn own_text<'p>(self, text: &'p str, event: &Event<'_>, range: Range<usize>) -> Option<Event<'p>> {
        let is_text = matches!(event, Event::Text(_) | Event::Html(_)) && range.start < self.lines;
        is_text.then(|| Event::Text(text.get(self.lines..range.end).unwrap_or_default().into()))
    }
}
