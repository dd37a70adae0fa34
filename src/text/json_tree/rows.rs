//! The lines of a tree's rows: indent, sign of the fold, key, value.

use super::items::{Item, Kind};
use super::{JsonTree, StringForm, meant};
use crate::text::clean::reveal;
use crate::text::ink::{Line, Span, StyleRole};
use crate::text::json_rows::role;
use crate::text::json_scan::JsonKind;
use crate::text::width::width as cells;
use crate::text::wrap::{Wrap, truncate, wrap_hard};

/// So many characters are looked at for each cell of a row; marks take none.
const SIGNS_A_CELL: usize = 8;

const INDENT: usize = 2;

impl JsonTree {
    /// The line of a row, at most as wide as the tree.
    #[must_use]
    pub fn line(&self, row: usize) -> Line {
        let Some(&(at, part)) = self.rows.get(row) else { return Line::default() };
        let line = match self.unfolded.get(&at) {
            Some(rows) => rows.get(part as usize).cloned().unwrap_or_default(),
            None => self.row(at),
        };
        self.marked(line)
    }

    fn row(&self, at: u32) -> Line {
        let item = &self.items[at as usize];
        let mut spans = self.before(item, self.mark(at));
        spans.extend(self.said(item));
        let mut room = usize::from(self.width);
        for span in &mut spans {
            span.text = truncate(&span.text, room).into_owned();
            room = room.saturating_sub(cells(&span.text));
        }
        spans.retain(|span| !span.text.is_empty());
        Line { spans }
    }

    /// The value of a row, and the comma after it.
    fn said(&self, item: &Item) -> Vec<Span> {
        let most = usize::from(self.width) * SIGNS_A_CELL;
        let mut spans = match item.kind {
            Kind::Open if item.folded => {
                let [open, close] = if self.slice(item.value).starts_with('{') { ["{", "}"] } else { ["[", "]"] };
                vec![
                    Span::new(open, StyleRole::SyntaxPunctuation),
                    Span::new(format!(" … {} ", item.members), StyleRole::Dim),
                    Span::new(close, StyleRole::SyntaxPunctuation),
                ]
            }
            Kind::Open => vec![Span::new(&self.slice(item.value)[..1], StyleRole::SyntaxPunctuation)],
            Kind::Close => vec![Span::new(self.slice(item.value), StyleRole::SyntaxPunctuation)],
            Kind::Leaf => vec![Span::new(one_row(&self.shown(item, Some(most))), role(item.token))],
        };
        let ends = item.kind != Kind::Open || item.folded;
        spans.extend((item.comma && ends).then(|| Span::new(",", StyleRole::SyntaxPunctuation)));
        spans
    }

    /// Indent, sign of the fold and key.
    fn before(&self, item: &Item, mark: &str) -> Vec<Span> {
        let deep = (item.depth as usize).saturating_mul(INDENT).min(usize::from(self.width) / 2);
        let mut spans = vec![Span::new(format!("{}{mark} ", " ".repeat(deep)), StyleRole::Dim)];
        let key: String = self.slice(item.key).chars().take(usize::from(self.width) * SIGNS_A_CELL).collect();
        if !key.is_empty() {
            spans.push(Span::new(one_row(&key), StyleRole::SyntaxVariable));
            spans.push(Span::new(": ", StyleRole::SyntaxPunctuation));
        }
        spans
    }

    fn mark(&self, at: u32) -> &'static str {
        let item = &self.items[at as usize];
        match item.kind {
            Kind::Open if item.folded => "▸",
            Kind::Open => "▾",
            Kind::Leaf if self.unfolded.contains_key(&at) => "▾",
            Kind::Leaf if self.is_long(at) => "▸",
            _ => " ",
        }
    }

    /// A value as it is shown, or as much of its beginning.
    fn shown(&self, item: &Item, most: Option<usize>) -> String {
        let written = self.slice(item.value);
        let most = most.unwrap_or(usize::MAX);
        let is_meant = item.token == JsonKind::String && self.form == StringForm::Unescaped && written.contains('\\');
        if !is_meant {
            return written.chars().take(most).collect();
        }
        // The beginning of a string is a string when it is cut before an escape.
        let beginning: String = if written.len() <= most.saturating_mul(4) {
            written.to_owned()
        } else {
            let cut: String = written.chars().take(most).collect();
            let whole = cut.rfind('\\').filter(|at| cut.len() - at < 12).map_or(cut.as_str(), |at| &cut[..at]);
            format!("{}\"", whole.trim_end_matches('\\'))
        };
        meant(&beginning).map_or(beginning, |text| format!("\"{text}\""))
    }

    /// Whether a value has more than its row shows.
    pub(super) fn is_long(&self, at: u32) -> bool {
        let item = &self.items[at as usize];
        if item.token != JsonKind::String && item.token != JsonKind::Number {
            return false;
        }
        let most = usize::from(self.width) * SIGNS_A_CELL;
        let shown = self.shown(item, Some(most));
        let before: usize = self.before(item, " ").iter().map(|span| cells(&span.text)).sum();
        let room = usize::from(self.width).saturating_sub(before + usize::from(item.comma));
        shown.contains('\n') || cells(&one_row(&shown)) > room
    }

    /// All rows of a string.
    pub(super) fn string_rows(&self, at: u32) -> Vec<Line> {
        let item = &self.items[at as usize];
        let first = self.before(item, "▾");
        let deep = (item.depth as usize).saturating_mul(INDENT).min(usize::from(self.width) / 2);
        let rest = [Span::new(" ".repeat(deep + INDENT), StyleRole::Text)];
        let comma = if item.comma { "," } else { "" };
        let said = [
            Span::new(reveal(&self.shown(item, None)), role(item.token)),
            Span::new(comma, StyleRole::SyntaxPunctuation),
        ];
        let mut rows = Vec::new();
        wrap_hard(&said, &Wrap { width: self.width, first: &first, rest: &rest }, &mut rows);
        rows
    }

    /// What is looked for, in another ink.
    fn marked(&self, line: Line) -> Line {
        let Some(needle) = &self.needle else { return line };
        let mut spans = Vec::new();
        for span in line.spans {
            let mut from = 0;
            for hit in needle.matches(&span.text) {
                // Matches overlap: `11` is in `111` twice.
                let hit = hit.start.max(from)..hit.end;
                spans.push(Span::new(&span.text[from..hit.start], span.ink));
                spans.push(Span::new(&span.text[hit.clone()], StyleRole::SearchHit));
                from = hit.end;
            }
            spans.push(Span::new(&span.text[from..], span.ink));
        }
        spans.retain(|span| !span.text.is_empty());
        Line { spans }
    }
}

/// A text in one row with nothing left out: a line feed has a sign.
fn one_row(text: &str) -> String {
    reveal(text).replace('\n', "↵").replace('\t', " ")
}
