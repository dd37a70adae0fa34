//! The colours of code that is written again with each growth of an open tail.
//!
//! Owns what was found for the lines of the tail's blocks of code, so that only new lines are highlighted. A fence
//! at the top level needs none of it: its lines settle.

use crate::text::Span;
use crate::text::highlight::Highlighter;

/// The blocks of code of a tail, in order.
#[derive(Debug, Default)]
pub(super) struct Memory {
    blocks: Vec<Remembered>,
    /// The block that is being written.
    nth: usize,
}

#[derive(Debug)]
struct Remembered {
    info: String,
    before: Highlighter,
    lines: Vec<RememberedLine>,
    /// The next line to be written.
    at: usize,
}

#[derive(Debug)]
struct RememberedLine {
    text: String,
    spans: Vec<Span>,
    after: Highlighter,
}

impl Memory {
    /// Ready for the tail to be written again; blocks that it did not have the last time are forgotten.
    pub(super) fn rewind(&mut self) {
        self.blocks.truncate(self.nth);
        self.nth = 0;
    }

    pub(super) fn begin(&mut self, info: &str) {
        match self.blocks.get_mut(self.nth).filter(|block| block.info == info) {
            Some(block) => block.at = 0,
            None => {
                self.blocks.truncate(self.nth);
                let before = Highlighter::new(info);
                self.blocks.push(Remembered { info: info.to_owned(), before, lines: Vec::new(), at: 0 });
            }
        }
    }

    pub(super) fn line(&mut self, text: &str) -> &[Span] {
        self.blocks.get_mut(self.nth).map_or(&[], |block| block.line(text))
    }

    pub(super) fn end(&mut self) {
        self.nth += 1;
    }
}

impl Remembered {
    fn line(&mut self, text: &str) -> &[Span] {
        let at = self.at;
        self.at += 1;
        if self.lines.get(at).is_none_or(|line| line.text != text) {
            self.lines.truncate(at);
            let mut after = self.lines.last().map_or(&self.before, |line| &line.after).clone();
            let spans = after.line(text);
            self.lines.push(RememberedLine { text: text.to_owned(), spans, after });
        }
        self.lines.get(at).map_or(&[], |line| &line.spans)
    }
}
