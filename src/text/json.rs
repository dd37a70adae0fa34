//! Pretty-prints JSON for the screen.
//!
//! Owns the layout: one member a row, inked by what it is. Shows keys, numbers and escapes exactly as they were
//! written, in their order; what is not whole JSON is shown as it is. Source: RFC 8259.

use super::clean::reveal;
use super::ink::{Line, Span, StyleRole};
use super::json_scan::{Kind, Token, scan};
use super::wrap::{Wrap, wrap_hard};

/// Spaces for each level.
const INDENT: usize = 2;

/// The rows of a JSON text, each at most `width` cells; text that is not (yet) JSON as raw rows of code.
///
/// Rows break at the last cell, so that every space is seen. Hidden characters are revealed, none is left out.
#[must_use]
pub fn pretty_json(text: &str, width: u16) -> Vec<Line> {
    let mut lines = Vec::new();
    match scan(text) {
        Some(tokens) => {
            let mut printer = Printer::new(width, &mut lines);
            printer.print(&tokens);
            printer.end_row();
        }
        None => wrap_hard(&[Span::new(reveal(text), StyleRole::Code)], &Wrap::plain(width), &mut lines),
    }
    lines
}

/// One member of an object, or one item of a list, as it stands within a larger text.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// The key with its quotes; `None` for an item of a list.
    pub key: Option<&'a str>,
    /// The value's JSON.
    pub value: &'a str,
    /// How many levels it stands below the outermost brackets.
    pub depth: usize,
    /// Whether another one follows.
    pub comma: bool,
}

/// The rows of a part of a JSON text, as [`pretty_json`] would print them in their place.
#[must_use]
pub fn pretty_member(member: &Member<'_>, width: u16) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut printer = Printer { depth: member.depth, ..Printer::new(width, &mut lines) };
    if let Some(key) = member.key {
        printer.write(&Token { kind: Kind::Key, text: key });
        printer.write(&Token { kind: Kind::Colon, text: ":" });
    }
    match scan(member.value) {
        Some(tokens) => printer.print(&tokens),
        None => printer.row.push(Span::new(reveal(member.value), StyleRole::Code)),
    }
    if member.comma {
        printer.write(&Token { kind: Kind::Comma, text: "," });
    }
    printer.end_row();
    lines
}

struct Printer<'o> {
    width: u16,
    depth: usize,
    row: Vec<Span>,
    out: &'o mut Vec<Line>,
}

impl<'o> Printer<'o> {
    fn new(width: u16, out: &'o mut Vec<Line>) -> Self {
        Self { width, depth: 0, row: Vec::new(), out }
    }

    fn print(&mut self, tokens: &[Token<'_>]) {
        let mut before = None;
        for token in tokens {
            let is_empty = before == Some(Kind::Open) && token.kind == Kind::Close;
            if token.kind == Kind::Close {
                if !is_empty {
                    self.end_row();
                    self.depth = self.depth.saturating_sub(1);
                }
            } else if matches!(before, Some(Kind::Open | Kind::Comma)) {
                self.end_row();
            }
            self.write(token);
            before = Some(token.kind);
        }
    }

    fn write(&mut self, token: &Token<'_>) {
        self.row.push(Span::new(reveal(token.text), role(token.kind)));
        if token.kind == Kind::Colon {
            self.row.push(Span::new(" ", StyleRole::SyntaxPunctuation));
        }
    }

    fn end_row(&mut self) {
        let opens = self.row.last().is_some_and(|span| matches!(span.text.as_str(), "{" | "["));
        // Deeper levels than half the row could show would only push the text out of it.
        let indent = (self.depth * INDENT).min(usize::from(self.width) / 2);
        let first = [Span::new(" ".repeat(indent), StyleRole::Text)];
        wrap_hard(&self.row, &Wrap { width: self.width, first: &first, rest: &first }, self.out);
        self.row.clear();
        self.depth += usize::from(opens);
    }
}

fn role(kind: Kind) -> StyleRole {
    match kind {
        Kind::Key => StyleRole::SyntaxVariable,
        Kind::String => StyleRole::SyntaxString,
        Kind::Number => StyleRole::SyntaxNumber,
        Kind::Constant => StyleRole::SyntaxConstant,
        Kind::Open | Kind::Close | Kind::Comma | Kind::Colon => StyleRole::SyntaxPunctuation,
    }
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
