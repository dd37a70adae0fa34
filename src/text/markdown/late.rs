//! Link definitions that come after the text that refers to them.
//!
//! Owns the writing again of settled parts: only those that wait for a label, and only when its address changes.

use std::collections::HashSet;

use super::links::{Definitions, Label};
use super::mode::{OpenBlock, Waiting};
use super::pass::{Colours, Pass, Until};
use super::stream::{StreamingMarkdown, first_lines};

impl StreamingMarkdown {
    /// Writes settled parts again whose references came to mean something else.
    pub(super) fn resolve(&mut self, source: &str, tail: &Definitions) {
        let of_table = matches!(&self.mode.block, OpenBlock::Table(open) if !open.wanted.is_empty());
        if self.waiting.is_empty() && !of_table {
            return;
        }
        let mut now = self.known.clone();
        now.add(tail);
        let before = std::mem::replace(&mut self.resolved, now);
        let changed: HashSet<Label> = before.changed(&self.resolved).cloned().collect();
        if changed.is_empty() {
            return;
        }
        for nth in 0..self.waiting.len() {
            if self.waiting[nth].labels.iter().any(|label| changed.contains(label)) {
                self.write_again(source, nth);
            }
        }
        self.resolve_table(source, &changed);
    }

    fn write_again(&mut self, source: &str, nth: usize) {
        let Waiting { head, stand_in, source: part, lines: old, opening, started, .. } = &self.waiting[nth];
        // What comes after tells whether a line is the head of a table: it takes two lines.
        let after = first_lines(&source[part.end..], 2);
        let text = [head, &source[part.clone()], after].concat();
        let mut lines = Vec::new();
        let pass = Pass {
            text: &text,
            stand_in: *stand_in,
            until: Until::Block(head.len() + part.len()),
            width: self.width,
            started: *started,
            known: &self.resolved,
            later: None,
            colours: Colours::WhenSeen,
        };
        let found = pass.write(opening.clone(), &mut lines);
        self.work.bytes_parsed += text.len() as u64;
        self.work.lines_rendered += lines.len() as u64;
        let (old, new) = (old.clone(), lines.len());
        self.settled.splice(old.clone(), lines);
        self.deferred.replace(&old, new, found.ending.deferred);
        let moved = |place: usize| place + new - old.len();
        self.waiting[nth].lines.end = moved(old.end);
        for later in &mut self.waiting[nth + 1..] {
            later.lines = moved(later.lines.start)..moved(later.lines.end);
        }
        if let OpenBlock::Table(open) = &mut self.mode.block {
            open.from = moved(open.from);
        }
    }

    fn resolve_table(&mut self, source: &str, changed: &HashSet<Label>) {
        let OpenBlock::Table(open) = &mut self.mode.block else { return };
        if !open.wanted.iter().any(|label| changed.contains(label)) {
            return;
        }
        self.settled.truncate(open.from);
        let text = [&open.before.head, &source[open.start..self.at]].concat();
        let pass = Pass {
            text: &text,
            stand_in: open.before.stand_in(),
            until: Until::LastBlock,
            width: self.width,
            started: open.started,
            known: &self.resolved,
            later: None,
            colours: Colours::Now,
        };
        let found = pass.write(open.before.opening(), &mut self.settled);
        self.work.bytes_parsed += text.len() as u64;
        self.work.lines_rendered += (self.settled.len() - open.from) as u64;
        if let Some((grid, layout)) = found.ending.table {
            open.grid = grid;
            open.layout = layout;
        }
        self.write_tail(source);
    }
}
