//! What of a growing text is settled.
//!
//! Owns the steps: blocks that no further text can change, also inside open containers, and the lines of an open block
//! that are final. Each is written once; what stands in for it is all that is read again.

use std::ops::Range;

use super::blocks::Writer;
use super::containers::{further, stand_in};
use super::frame::{Begun, Ending, Opening, Prose, Within};
use super::links::Label;
use super::mode::{Mode, OpenBlock, OpenTable, Waiting};
use super::outline::{Cut, Kind, Outline, cuts, outline};
use super::paragraph::cut_paragraph;
use super::pass::{Colours, Pass, Until};
use super::stream::{StreamingMarkdown, first_lines};
use crate::text::clean_line;
use crate::text::highlight::Highlighter;

impl StreamingMarkdown {
    /// Settles one step more, if there is one.
    pub(super) fn settle(&mut self, source: &str, whole: usize) -> bool {
        if self.at >= whole {
            return false;
        }
        let text = self.open_text(&source[..whole]).into_owned();
        self.work.bytes_parsed += text.len() as u64;
        let outline = outline(&text, self.mode.containers);
        if matches!(self.mode.block, OpenBlock::Paragraph { .. }) && outline.first != Some(Kind::Paragraph) {
            self.back_to_paragraph();
            return true;
        }
        self.settle_blocks(&text, &outline) || self.settle_lines(&text, &outline)
    }

    /// Settles the blocks before the last one.
    fn settle_blocks(&mut self, text: &str, outline: &Outline) -> bool {
        let stands_in = |cut: Cut| Some((cut, stand_in(text, &outline.chain[..cut.depth])?));
        let Some((cut, head)) = cuts(text, outline, self.mode.head.len()).find_map(stands_in) else { return false };
        let ending = self.commit(text, cut.at, Until::Block(cut.at), Colours::WhenSeen);
        self.mode = Mode { containers: head.len(), head, within: ending.within, block: OpenBlock::Nothing };
        true
    }

    /// Settles the whole lines of the one block that is open, where they are final.
    fn settle_lines(&mut self, text: &str, outline: &Outline) -> bool {
        let Some(only) = outline.only(text, self.mode.containers) else { return false };
        let kind = only.kind;
        let until = match kind {
            Kind::Fence if outline.chain.is_empty() => text.len(),
            _ if outline.lone_return => return false,
            Kind::Fence | Kind::Indented | Kind::Html | Kind::Table => last_seen(text, self.mode.head.len()..only.end),
            _ => return false,
        };
        let takes_more = || kind == Kind::Indented || kind == Kind::Table || outline.takes_more(text);
        if until <= self.mode.head.len() || !takes_more() {
            return false;
        }
        if kind == Kind::Table {
            self.settle_table(text, until);
        } else {
            self.settle_text(text, until, kind);
        }
        true
    }

    /// Settles lines of code or HTML.
    fn settle_text(&mut self, text: &str, until: usize, kind: Kind) {
        let ending = self.commit(&text[..until], until, Until::LastBlock, Colours::Now);
        let block = if kind == Kind::Html {
            OpenBlock::Html
        } else {
            // The rule under the code comes when the code has ended.
            self.settled.pop();
            self.work.lines_rendered = self.work.lines_rendered.saturating_sub(1);
            OpenBlock::Code(ending.code.unwrap_or_else(|| Highlighter::new("")))
        };
        let head = self.head_with_lines(text, 1);
        self.mode = Mode { head, containers: self.mode.containers, within: ending.within, block };
    }

    fn settle_table(&mut self, text: &str, until: usize) {
        let (start, from, started) = (self.at, self.settled.len(), self.is_started());
        let waiting = self.waiting.len();
        let ending = self.commit(&text[..until], until, Until::LastBlock, Colours::Now);
        let (Some((part, layout)), Some(above)) = (ending.table, ending.above) else { return };
        // The table waits as a whole, when it has ended.
        let wanted = self.waiting.drain(waiting..).flat_map(|part| part.labels).collect();
        if let OpenBlock::Table(open) = &mut self.mode.block {
            open.grid.append(part);
            open.wanted = wanted;
            return;
        }
        let (head, containers) = (self.head_with_lines(text, 2), self.mode.containers);
        let before = std::mem::take(&mut self.mode);
        let open = Box::new(OpenTable { grid: part, layout, from, start, started, above, before, wanted });
        self.mode = Mode { head, containers, within: ending.within, block: OpenBlock::Table(open) };
    }

    /// What stands in for the containers, and the first lines of the block after it.
    fn head_with_lines(&self, text: &str, lines: usize) -> String {
        let (head, rest) = text.split_at(self.mode.containers);
        [head, first_lines(rest, lines)].concat()
    }

    /// Settles the first rows of a paragraph that is the whole tail.
    pub(super) fn settle_paragraph(&mut self, source: &str, prose: Prose) -> bool {
        if !matches!(self.mode.block, OpenBlock::Nothing | OpenBlock::Paragraph { .. }) {
            return false;
        }
        let text = self.open_text(source).into_owned();
        self.work.bytes_parsed += text.len() as u64;
        let (read, head) = (outline(&text, self.mode.containers), self.mode.head.len());
        if read.lone_return && !read.chain.is_empty() {
            return false;
        }
        let is_one = read.only(&text, self.mode.containers).is_some_and(|only| only.kind == Kind::Paragraph);
        let cut = is_one.then(|| cut_paragraph(&text, &self.mode, &self.tail, prose)).flatten();
        let (Some(cut), Some(containers)) = (cut, stand_in(&text, &read.chain)) else { return false };
        let Some(further) = further(&text, &read.chain) else { return false };
        let within = if read.chain.is_empty() { None } else { self.within_last_block(&text) };
        let mut lines = containers.clone();
        for line in cut.head.split_inclusive('\n') {
            lines += &further;
            lines += line;
        }
        if !outline(&lines, 0).is_in(&read.chain, Kind::Paragraph) {
            return false;
        }
        let before = std::mem::take(&mut self.mode);
        let (start, from, before) = match before.block {
            OpenBlock::Paragraph { start, from, before, .. } => (start, from, before),
            _ => (self.at, self.settled.len(), Box::new(before)),
        };
        self.at += cut.at - head;
        self.settled.extend(self.tail.drain(..cut.rows));
        self.work.lines_rendered += cut.rows as u64;
        let block = OpenBlock::Paragraph { head: cut.head, start, from, before };
        self.mode = Mode { head: lines, containers: containers.len(), within, block };
        true
    }

    /// The containers that the last block stands in.
    fn within_last_block(&mut self, text: &str) -> Option<Box<Within>> {
        self.work.bytes_parsed += text.len() as u64;
        let pass = Pass { until: Until::LastBlock, ..self.pass(text) };
        pass.write(self.mode.opening(), &mut Vec::new()).ending.within
    }

    /// The paragraph turned out to be a heading or a table: nothing of it is settled any more.
    pub(super) fn back_to_paragraph(&mut self) {
        let OpenBlock::Paragraph { start, from, before, .. } = std::mem::take(&mut self.mode).block else { return };
        self.mode = *before;
        self.settled.truncate(from);
        self.deferred.truncate(from);
        self.at = start;
        self.looked = start;
    }

    /// Writes what is final: up to the place `at` in the text.
    fn commit(&mut self, text: &str, at: usize, until: Until, colours: Colours) -> Ending {
        let (started, opening, stand_in) = (self.is_started(), self.mode.opening(), self.mode.stand_in());
        let end = self.at + at - self.mode.head.len();
        let mut lines = Vec::new();
        let pass = Pass { until, later: Some(&self.resolved), colours, ..self.pass(text) };
        let mut found = pass.write(opening.clone(), &mut lines);
        self.lay_table_out(&found.ending);
        let from = self.settled.len();
        self.work.bytes_parsed += text.len() as u64;
        self.work.lines_rendered += lines.len() as u64;
        self.settled.append(&mut lines);
        self.deferred.add(std::mem::take(&mut found.ending.deferred), from);
        if !found.wanted.is_empty() || matches!(self.mode.block, OpenBlock::Table(_)) {
            let (head, source, lines) = (self.mode.head.clone(), self.at..end, from..self.settled.len());
            self.wait(found.wanted, Waiting { labels: Vec::new(), head, stand_in, source, lines, opening, started });
        }
        self.known.add(&found.definitions);
        self.at = end;
        found.ending
    }

    /// Notes the references that a later definition may resolve.
    fn wait(&mut self, mut labels: Vec<Label>, part: Waiting) {
        let mut part = part;
        if let OpenBlock::Table(open) = &mut self.mode.block {
            labels.append(&mut open.wanted);
            part = Waiting {
                head: open.before.head.clone(),
                stand_in: open.before.stand_in(),
                source: open.start..part.source.end,
                lines: open.from..part.lines.end,
                opening: open.before.opening(),
                started: open.started,
                ..part
            };
        }
        if !labels.is_empty() {
            self.waiting.push(Waiting { labels, ..part });
        }
    }

    /// Draws the settled rows of the open table again where a new row changed the columns.
    pub(super) fn lay_table_out(&mut self, ending: &Ending) {
        let (OpenBlock::Table(open), Some((part, layout))) = (&mut self.mode.block, &ending.table) else { return };
        if open.layout == *layout || !part.goes_on() {
            return;
        }
        open.layout = layout.clone();
        let from = open.from + open.above.rows;
        self.settled.truncate(from);
        let opening = Opening { within: open.above.within.clone(), block: Begun::Nothing };
        Writer::new(self.width, open.started, opening, &mut self.settled).table_again(&open.grid, layout);
        self.work.lines_rendered += (self.settled.len() - from) as u64;
    }

    /// Rows stand above what comes next. (Of an open table all rows may be the tail's.)
    pub(super) fn is_started(&self) -> bool {
        !self.settled.is_empty() || matches!(self.mode.block, OpenBlock::Table(_))
    }
}

/// The end of the last line that begins in this range and shows something.
fn last_seen(text: &str, range: Range<usize>) -> usize {
    let (mut at, mut last) = (range.start, range.start);
    for line in text[range.start..].split_inclusive('\n') {
        let is_within = at < range.end;
        at += line.len();
        if is_within && !clean_line(line.trim_matches(['\r', '\n'])).trim_matches([' ', '\t', '>']).is_empty() {
            last = at;
        }
    }
    last
}
