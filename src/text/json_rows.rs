//! Lays the tokens of a JSON text out as rows, piece by piece.
//!
//! Owns where a row ends, how deep it is indented, which ink a token has, and what a fold shows. The row that is not
//! complete is kept, so that a piece costs what it brings, however long the text is.

use super::ink::{Line, Span, StyleRole};
use super::json_scan::{JsonKind, JsonPiece};
use super::reveal::Revealer;
use super::wrap::{Wrap, wrap_hard};

/// Spaces for each level.
const INDENT: usize = 2;

/// An open row that holds more bytes than this for each of its cells is broken as far as it can be.
const MOST_PER_CELL: usize = 4;

/// Writes tokens as rows.
#[derive(Clone, Debug)]
pub(super) struct Printer {
    width: u16,
    depth: usize,
    /// What the row that is not complete holds; of one that was broken already, its last part.
    row: Vec<Span>,
    bytes: usize,
    before: Option<JsonKind>,
    revealer: Revealer,
    /// Brackets in rows of this depth are folded.
    folds_at: usize,
    folded: Option<Folded>,
}

/// Brackets whose members are not shown.
#[derive(Clone, Copy, Debug)]
struct Folded {
    /// Brackets that are open, its own among them.
    open: usize,
    commas: usize,
    is_empty: bool,
}

impl Printer {
    pub(super) fn new(width: u16) -> Self {
        Self::at(width, 0)
    }

    /// For a part that stands so many levels below the outermost brackets.
    pub(super) fn at(width: u16, depth: usize) -> Self {
        Self {
            width,
            depth,
            row: Vec::new(),
            bytes: 0,
            before: None,
            revealer: Revealer::default(),
            folds_at: usize::MAX,
            folded: None,
        }
    }

    pub(super) fn folding_at(self, folds_at: usize) -> Self {
        Self { folds_at, ..self }
    }

    /// Writes a piece; rows that are complete go out.
    pub(super) fn take(&mut self, piece: &JsonPiece<'_>, out: &mut Vec<Line>) {
        if self.folded.is_some() {
            return self.take_folded(piece);
        }
        let starts = piece.begins || (piece.kind == JsonKind::Raw && self.before != Some(JsonKind::Raw));
        if starts {
            self.start(piece.kind, out);
        }
        self.write(piece.text, piece.kind);
        if piece.ends {
            self.end_text(piece.kind);
        }
        if piece.kind == JsonKind::Colon {
            self.put(" ", StyleRole::SyntaxPunctuation);
        }
        if piece.kind == JsonKind::Open && self.depth >= self.folds_at {
            self.folded = Some(Folded { open: 1, commas: 0, is_empty: true });
        }
        if self.bytes > usize::from(self.width) * MOST_PER_CELL {
            self.settle(out);
        }
    }

    /// Writes text that is no token as one.
    pub(super) fn take_all(&mut self, kind: JsonKind, text: &str, out: &mut Vec<Line>) {
        self.take(&JsonPiece { kind, text, begins: true, ends: true }, out);
    }

    /// Writes what could not be read as JSON where it stands.
    pub(super) fn take_unread(&mut self, text: &str) {
        self.write(text, JsonKind::Raw);
        self.end_text(JsonKind::Raw);
    }

    /// The rows of what is not complete, as they stand now.
    pub(super) fn open_rows(&self) -> Vec<Line> {
        let mut row = self.row.clone();
        if let Some(folded) = self.folded {
            row.extend(folded.shown());
        }
        let mut rows = Vec::new();
        if !row.is_empty() {
            self.wrap(&row, &mut rows);
        }
        // After a line feed nothing has come yet.
        rows.pop_if(|row| row.spans.is_empty());
        rows
    }

    /// Ends the row, whatever it holds.
    pub(super) fn end_row(&mut self, out: &mut Vec<Line>) {
        self.wrap(&self.row, out);
        self.row.clear();
        self.bytes = 0;
        self.depth += usize::from(self.before == Some(JsonKind::Open));
    }

    /// Makes room for a token.
    fn start(&mut self, kind: JsonKind, out: &mut Vec<Line>) {
        let is_empty = self.before == Some(JsonKind::Open) && kind == JsonKind::Close;
        match kind {
            JsonKind::Close if is_empty => {}
            JsonKind::Close => {
                self.end_row(out);
                self.depth = self.depth.saturating_sub(1);
            }
            JsonKind::Raw | JsonKind::Fence => {
                if !self.row.is_empty() {
                    self.end_row(out);
                }
                self.depth = 0;
            }
            _ if matches!(self.before, Some(JsonKind::Open | JsonKind::Comma | JsonKind::Fence)) => self.end_row(out),
            _ => {}
        }
        self.before = Some(kind);
    }

    fn take_folded(&mut self, piece: &JsonPiece<'_>) {
        let Some(folded) = &mut self.folded else { return };
        match piece.kind {
            JsonKind::Open => folded.open += 1,
            JsonKind::Close => folded.open -= 1,
            JsonKind::Comma if folded.open == 1 => folded.commas += 1,
            _ => {}
        }
        folded.is_empty &= folded.open == 0 || piece.text.is_empty();
        let ends = folded.open == 0 || matches!(piece.kind, JsonKind::Raw);
        if !ends {
            return;
        }
        let shown = folded.shown();
        self.folded = None;
        for span in shown {
            self.put(&span.text, StyleRole::Dim);
        }
        // A text that broke off in the fold goes on as it is, in the same row, however many parts it comes in.
        self.before = Some(if piece.kind == JsonKind::Raw { JsonKind::Raw } else { JsonKind::Constant });
        self.write(piece.text, piece.kind);
        if piece.ends {
            self.end_text(piece.kind);
        }
    }

    fn write(&mut self, text: &str, kind: JsonKind) {
        let mut shown = String::with_capacity(text.len());
        for sign in text.chars() {
            self.revealer.take_literally(sign, &mut shown);
        }
        self.put(&shown, role(kind));
    }

    fn end_text(&mut self, kind: JsonKind) {
        let mut shown = String::new();
        self.revealer.finish(&mut shown);
        self.put(&shown, role(kind));
    }

    fn put(&mut self, text: &str, role: StyleRole) {
        self.bytes += text.len();
        match self.row.last_mut().filter(|span| span.ink == role.into()) {
            Some(span) => span.text.push_str(text),
            None if text.is_empty() => {}
            None => self.row.push(Span::new(text, role)),
        }
    }

    /// Breaks the open row and lets go of all its rows but the last, which may still grow.
    fn settle(&mut self, out: &mut Vec<Line>) {
        let (indent, mut rows) = (self.indent(), Vec::new());
        let room = (usize::from(self.width) - indent).max(usize::from(self.width).min(2));
        wrap_hard(&self.row, &Wrap::plain(u16::try_from(room).unwrap_or(self.width)), &mut rows);
        let last = rows.pop().unwrap_or_default();
        for row in rows {
            self.wrap(&row.spans, out);
        }
        self.bytes = last.spans.iter().map(|span| span.text.len()).sum();
        self.row = last.spans;
    }

    /// Deeper levels than half the row could show would only push the text out of it.
    fn indent(&self) -> usize {
        (self.depth * INDENT).min(usize::from(self.width) / 2)
    }

    fn wrap(&self, row: &[Span], out: &mut Vec<Line>) {
        let first = [Span::new(" ".repeat(self.indent()), StyleRole::Text)];
        wrap_hard(row, &Wrap { width: self.width, first: &first, rest: &first }, out);
    }
}

impl Folded {
    /// `… 3`: that something is folded here, and how many members.
    fn shown(self) -> Vec<Span> {
        if self.is_empty { Vec::new() } else { vec![Span::new(format!(" … {} ", self.commas + 1), StyleRole::Dim)] }
    }
}

pub(super) fn role(kind: JsonKind) -> StyleRole {
    match kind {
        JsonKind::Key => StyleRole::SyntaxVariable,
        JsonKind::String => StyleRole::SyntaxString,
        JsonKind::Number => StyleRole::SyntaxNumber,
        JsonKind::Constant => StyleRole::SyntaxConstant,
        JsonKind::Open | JsonKind::Close | JsonKind::Comma | JsonKind::Colon => StyleRole::SyntaxPunctuation,
        JsonKind::Fence => StyleRole::CodeFrame,
        JsonKind::Raw => StyleRole::Code,
    }
}
