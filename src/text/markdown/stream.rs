//! Markdown that grows at its end, as a model's reply does.
//!
//! Owns what is settled: blocks that no further text can change are written once. Only the open tail is parsed
//! again. At every moment the lines equal those of [`render`](super::render) for the text so far.

use std::borrow::Cow;
use std::ops::Range;

use super::blocks::Writer;
use super::deferred::DeferredCode;
use super::frame::{Ending, Opening};
use super::links::{Definitions, Label};
use super::memory::Memory;
use super::mode::{Mode, OpenTable, Waiting};
use super::outline::{Cut, Kind, cut, is_open_fence, outline, whole_lines};
use super::paragraph::{LEAST_ROWS, cut_paragraph};
use super::pass::{Colours, Found, Pass};
use crate::text::Line;
use crate::text::highlight::Highlighter;

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
            mode: Mode::Block,
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
            self.patience = if self.settle_paragraph(source) { LEAST_ROWS } else { self.tail.len() * 2 };
        } else if self.tail.len() < LEAST_ROWS {
            self.patience = LEAST_ROWS;
        }
    }

    /// Settles the first rows of a paragraph that is the whole tail.
    fn settle_paragraph(&mut self, source: &str) -> bool {
        let (start, from, above) = match self.mode {
            Mode::Paragraph { start, from, .. } => (start, from, 0),
            Mode::Block => (self.at, self.settled.len(), usize::from(self.is_started())),
            _ => return false,
        };
        let (head, text) = self.open_text(source);
        let Some(cut) = cut_paragraph(&text, head, &self.tail[above..]) else { return false };
        self.work.bytes_parsed += text.len() as u64;
        self.at += cut.at - head;
        self.settled.extend(self.tail.drain(..above + cut.rows));
        self.work.lines_rendered += (above + cut.rows) as u64;
        self.mode = Mode::Paragraph { head: cut.head, start, from };
        true
    }

    /// The paragraph turned out to be a heading or a table: nothing of it is settled any more.
    fn back_to_paragraph(&mut self) {
        let Mode::Paragraph { start, from, .. } = std::mem::take(&mut self.mode) else { return };
        self.settled.truncate(from);
        self.deferred.truncate(from);
        self.at = start;
        self.looked = start;
    }

    /// Settles one step more, if there is one.
    fn settle(&mut self, source: &str, whole: usize) -> bool {
        if self.at >= whole {
            return false;
        }
        let (head, text) = self.open_text(&source[..whole]);
        self.work.bytes_parsed += text.len() as u64;
        let blocks = outline(&text);
        let is_paragraph = blocks.first().is_some_and(|first| first.kind == Kind::Paragraph);
        if matches!(self.mode, Mode::Paragraph { .. }) && !is_paragraph {
            self.back_to_paragraph();
            return true;
        }
        if let Some(cut) = cut(&text, &blocks, head) {
            let end = self.at + cut.at() - head;
            let ending = self.commit(&text, cut.at(), end, Colours::WhenSeen);
            self.mode = match cut {
                Cut::Before(_) => Mode::Block,
                Cut::InList(_) => ending.list.map_or(Mode::Block, |list| Mode::Container(Opening::List(list))),
                Cut::InQuote(_) => Mode::Container(Opening::Quote),
            };
            return true;
        }
        match blocks.as_slice() {
            [only] if only.start == 0 && only.end >= text.len() => self.settle_open(&text, only.kind, whole),
            _ => false,
        }
    }

    /// Settles the whole lines of a block that is open, where they are final.
    fn settle_open(&mut self, text: &str, kind: Kind, whole: usize) -> bool {
        match kind {
            Kind::Fence if is_open_fence(text) => self.settle_fence(text, whole),
            Kind::Table => self.settle_table(text, whole),
            _ => return false,
        }
        true
    }

    fn settle_fence(&mut self, text: &str, whole: usize) {
        let ending = self.commit(text, usize::MAX, whole, Colours::Now);
        // The rule under the code comes when the code has ended.
        self.settled.pop();
        self.work.lines_rendered = self.work.lines_rendered.saturating_sub(1);
        let first_line = first_lines(text, 1).to_owned();
        let colours = ending.code.unwrap_or_else(|| Highlighter::new(""));
        self.mode = Mode::Fence { first_line, colours };
    }

    fn settle_table(&mut self, text: &str, whole: usize) {
        let (start, from, started) = (self.at, self.settled.len(), !self.settled.is_empty());
        let waiting = self.waiting.len();
        let ending = self.commit(text, usize::MAX, whole, Colours::Now);
        let Some((part, layout)) = ending.table else { return };
        // The table waits as a whole, when it has ended.
        let wanted = self.waiting.drain(waiting..).flat_map(|part| part.labels).collect();
        if let Mode::Table(open) = &mut self.mode {
            open.grid.append(part);
            open.wanted = wanted;
            return;
        }
        let head = first_lines(text, 2).to_owned();
        self.mode = Mode::Table(Box::new(OpenTable { head, grid: part, layout, from, start, started, wanted }));
    }

    /// Writes what is final: up to `until` in the text, which is `end` in the source.
    fn commit(&mut self, text: &str, until: usize, end: usize, colours: Colours) -> Ending {
        let started = self.is_started();
        let opening = self.mode.opening();
        let mut lines = Vec::new();
        let (known, later) = (&self.known, &self.resolved);
        let pass = Pass { text, until, width: self.width, started, known, later, colours };
        let mut found = pass.write(opening.clone(), &mut lines);
        self.lay_table_out(&found.ending);
        let from = self.settled.len();
        self.work.bytes_parsed += text.len() as u64;
        self.work.lines_rendered += lines.len() as u64;
        self.settled.append(&mut lines);
        self.deferred.add(std::mem::take(&mut found.ending.deferred), from);
        self.wait(
            found.wanted,
            Waiting {
                labels: Vec::new(),
                head: self.mode.head().to_owned(),
                source: self.at..end,
                lines: from..self.settled.len(),
                opening,
                started,
            },
        );
        self.known.add(&found.definitions);
        self.at = end;
        found.ending
    }

    /// Notes the references that a later definition may resolve.
    fn wait(&mut self, mut labels: Vec<Label>, part: Waiting) {
        let mut part = part;
        if let Mode::Table(open) = &mut self.mode {
            labels.append(&mut open.wanted);
            part = Waiting {
                labels: Vec::new(),
                head: String::new(),
                source: open.start..part.source.end,
                lines: open.from..part.lines.end,
                opening: Opening::Block,
                started: open.started,
            };
        }
        if !labels.is_empty() {
            self.waiting.push(Waiting { labels, ..part });
        }
    }

    /// Draws the settled rows of the open table again where a new row changed the columns.
    fn lay_table_out(&mut self, ending: &Ending) {
        let (Mode::Table(open), Some((part, layout))) = (&mut self.mode, &ending.table) else { return };
        if open.layout == *layout || !part.goes_on() {
            return;
        }
        open.layout = layout.clone();
        self.settled.truncate(open.from);
        Writer::new(self.width, open.started, Opening::Block, &mut self.settled).table_again(&open.grid, layout);
        self.work.lines_rendered += (self.settled.len() - open.from) as u64;
    }

    /// Rows stand above what comes next. (Of an open table all rows may be the tail's.)
    fn is_started(&self) -> bool {
        !self.settled.is_empty() || matches!(self.mode, Mode::Table(_))
    }

    /// The text from where it is open on, and how much of it only stands in for what is settled.
    fn open_text<'s>(&self, source: &'s str) -> (usize, Cow<'s, str>) {
        let (head, rest) = (self.mode.head(), &source[self.at..]);
        let text = if head.is_empty() { Cow::Borrowed(rest) } else { Cow::Owned([head, rest].concat()) };
        (head.len(), text)
    }

    pub(super) fn write_tail(&mut self, source: &str) -> Found {
        let (_, text) = self.open_text(source);
        let started = self.is_started();
        let none = Definitions::default();
        let mut memory = std::mem::take(&mut self.memory);
        memory.rewind();
        let pass = Pass {
            text: &text,
            until: usize::MAX,
            width: self.width,
            started,
            known: &self.known,
            later: &none,
            colours: Colours::Now,
        };
        self.tail.clear();
        let mut found = pass.write_remembering(self.mode.opening(), Some(memory), &mut self.tail);
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
