//! Pretty-prints JSON for the screen.
//!
//! Owns the layout: one member a row, inked by what it is. Shows keys, numbers and escapes exactly as they were
//! written, in their order; what is not whole JSON is shown as it is. Source: RFC 8259.

use super::clean::reveal;
use super::ink::{Line, Span, StyleRole};
use super::json_rows::Printer;
use super::json_scan::{JsonKind, scan};
use super::wrap::{Wrap, wrap_hard};

/// The rows of a JSON text, each at most `width` cells; text that is not (yet) JSON as raw rows of code.
///
/// Rows break at the last cell, so that every space is seen. Hidden characters are revealed, none is left out.
#[must_use]
pub fn pretty_json(text: &str, width: u16) -> Vec<Line> {
    let mut lines = Vec::new();
    match scan(text) {
        Some(tokens) => {
            let mut printer = Printer::new(width);
            tokens.iter().for_each(|token| printer.take(token, &mut lines));
            printer.end_row(&mut lines);
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
    let mut printer = Printer::at(width, member.depth);
    if let Some(key) = member.key {
        printer.take_all(JsonKind::Key, key, &mut lines);
        printer.take_all(JsonKind::Colon, ":", &mut lines);
    }
    match scan(member.value) {
        Some(tokens) => tokens.iter().for_each(|token| printer.take(token, &mut lines)),
        None => printer.take_unread(member.value),
    }
    if member.comma {
        printer.take_all(JsonKind::Comma, ",", &mut lines);
    }
    printer.end_row(&mut lines);
    lines
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
