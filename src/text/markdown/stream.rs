//! Markdown that grows at its end, as a model's reply does.
//!
//! Owns the two parts: what is settled is written once, only the open tail is parsed again. At every moment the lines equal
//! those of [`render`](super::render) for the text so far.

use std::borrow::Cow;
use std::ops::Range;

use super::deferred::DeferredCode;
use super::links::Definitions;
use super::memory::Memory;
use super::mode::{Mode, Waiting};
use super::outline::whole_lines;
use super::paragraph::LEAST_ROWS;
use super::pass::{Colours, Found, Pass, Until};
use crate::text::Line;

/// The lines of a text that only ever grows.
#[derive(Debug)]
pub struct StreamingMarkdown {
    pub(super) width: u16,
    /// Up to here the text is settled.
    pub(super) at: usize,
    /// Up to here it was looked at for something to settle.
    pub(super) looked: usize,
    pub(super) mode: Mode,
    pub(super) settled: Vec<Line>,
    pub(super) deferred: DeferredCode,
    pub(super) tail: Vec<Line>,
    pub(super) known: Definitions,
    /// All definitions that settled references were resolved with, those of the tail too.
    pub(super) resolved: Definitions,
    pub(super) waiting: Vec<Waiting>,
    pub(super) memory: Memory,
    /// A paragraph of fewer open rows is not looked at for a cut.
    pub(super) patience: usize,
    pub(super) work: Work,
}

/// What was done so far, to prove that nothing is done twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Lines that were written as settled ones.
    pub lines_rendered: u64,
    /// Lines of open tails, which are written again as they grow.
    pub tail_lines_rendered: u64,
    pub bytes_parsed: u64,
}

impl StreamingMarkdown {
    #[must_use]
    pub fn new(width: u16) -> Self {
        Self {
            width,
            at: 0,
            looked: 0,
            mode: Mode::default(),
            settled: Vec::new(),
            deferred: DeferredCode::default(),
            tail: Vec::new(),
            known: Definitions::default(),
            resolved: Definitions::default(),
            waiting: Vec::new(),
            memory: Memory::default(),
            patience: LEAST_ROWS,
            work: Work::default(),
        }
    }

    #[must_use]
    pub fn width(&self) -> u16 {
        self.width
    }

    #[must_use]
    pub fn work(&self) -> Work {
        self.work
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.settled.len() + self.tail.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A line as it is shown. The colours of code may be found only now.
    #[must_use]
    pub fn line(&self, at: usize) -> Option<&Line> {
        self.deferred.row(at).or_else(|| self.plain_line(at))
    }

    /// A line for its text: of code perhaps without colours.
    #[must_use]
    pub fn plain_line(&self, at: usize) -> Option<&Line> {
        self.settled.get(at).or_else(|| self.tail.get(at.checked_sub(self.settled.len())?))
    }

    /// The lines of a range, as far as there are any.
    pub fn range(&self, range: Range<usize>) -> impl Iterator<Item = &Line> {
        (range.start..range.end.min(self.len())).filter_map(|at| self.line(at))
    }

    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.range(0..self.len())
    }

    /// Takes the whole text so far, which begins with the text of the update before. (One that is shorter is taken
    /// for another text.)
    pub fn update(&mut self, source: &str) {
        if source.len() < self.looked {
            *self = Self { work: self.work, ..Self::new(self.width) };
        }
        let whole = whole_lines(source);
        if whole > self.looked {
            while self.settle(source, whole) {}
            self.looked = whole;
        }
        let found = self.write_tail(source);
        if found.ending.is_other {
            self.back_to_paragraph();
            return self.update(source);
        }
        self.resolve(source, &found.definitions);
        if self.tail.len() >= self.patience {
            // Where no cut is found the next search waits until there is twice as much, to stay linear.
            self.patience =
                if self.settle_paragraph(source, found.ending.prose) { LEAST_ROWS } else { self.tail.len() * 2 };
        } else if self.tail.len() < LEAST_ROWS {
            self.patience = LEAST_ROWS;
        }
    }

    /// The text from where it is open on, behind what stands in for what is settled.
    pub(super) fn open_text<'s>(&self, source: &'s str) -> Cow<'s, str> {
        let (head, rest) = (&self.mode.head, &source[self.at..]);
        if head.is_empty() { Cow::Borrowed(rest) } else { Cow::Owned([head, rest].concat()) }
    }

    /// A walk over an open text.
    pub(super) fn pass<'p>(&'p self, text: &'p str) -> Pass<'p> {
        Pass {
            text,
            stand_in: self.mode.stand_in(),
            until: Until::End,
            width: self.width,
            started: self.is_started(),
            known: &self.known,
            later: None,
            colours: Colours::Now,
        }
    }

    pub(super) fn write_tail(&mut self, source: &str) -> Found {
        let text = self.open_text(source);
        let mut memory = std::mem::take(&mut self.memory);
        memory.rewind();
        let mut tail = std::mem::take(&mut self.tail);
        tail.clear();
        let mut found = self.pass(&text).write_remembering(self.mode.opening(), Some(memory), &mut tail);
        self.tail = tail;
        self.memory = found.ending.memory.take().unwrap_or_default();
        self.lay_table_out(&found.ending);
        self.work.bytes_parsed += text.len() as u64;
        self.work.tail_lines_rendered += self.tail.len() as u64;
        found
    }
}

/// The first lines of a text, with their endings.
pub(super) fn first_lines(text: &str, count: usize) -> &str {
    let end = memchr::memchr_iter(b'\n', text.as_bytes()).nth(count - 1).map_or(text.len(), |at| at + 1);
    &text[..end]
}
