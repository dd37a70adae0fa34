//! The parts of a card's page: titles, fields, JSON, paragraphs, wrapped to its width.

use crate::text::{Emphasis, Ink, Line, Span, StyleRole, Wrap, pretty_json, width, wrap};

use super::safe;

/// Cells of the names before values.
const NAMES: usize = 14;
/// Cells of the names before values in the list of features.
const WIDE_NAMES: usize = 19;
/// Cells before what belongs to the row above.
const INDENT: &str = "  ";

/// Rows in the making.
pub(in crate::state) struct Page {
    width: u16,
    rows: Vec<Line>,
}

impl Page {
    pub(in crate::state) fn new(width: u16) -> Self {
        Self { width, rows: Vec::new() }
    }

    pub(in crate::state) fn into_rows(self) -> Vec<Line> {
        self.rows
    }

    pub(in crate::state) fn title(&mut self, text: &str) {
        let ink = Ink::from(StyleRole::Title).with(Emphasis::BOLD);
        self.flow(&[Span::new(safe(text), ink)], "", "");
    }

    /// Brackets mark a badge where there are no colours.
    pub(in crate::state) fn badges(&mut self, badges: &[&str]) {
        let badges: Vec<String> = badges.iter().map(|badge| format!("[{}]", safe(badge))).collect();
        self.flow(&[Span::new(badges.join(" "), StyleRole::Chip)], "", "");
    }

    pub(in crate::state) fn gap(&mut self) {
        self.rows.push(Line::default());
    }

    pub(in crate::state) fn heading(&mut self, text: &str) {
        self.gap();
        let ink = Ink::from(StyleRole::Heading).with(Emphasis::BOLD);
        self.flow(&[Span::new(text, ink)], "", "");
    }

    pub(in crate::state) fn field(&mut self, name: &str, value: &str, role: StyleRole) {
        self.named(name, value, role, NAMES);
    }

    pub(in crate::state) fn wide_field(&mut self, name: &str, value: &str, role: StyleRole) {
        self.named(name, value, role, WIDE_NAMES);
    }

    fn named(&mut self, name: &str, value: &str, role: StyleRole, cells: usize) {
        let pad = " ".repeat(cells.saturating_sub(width(name)));
        let first = format!("{INDENT}{name}{pad}");
        self.flow(&[Span::new(safe(value), role)], &first, &" ".repeat(INDENT.len() + cells));
    }

    /// A name, what it takes, and what it is for on the rows below.
    pub(in crate::state) fn entry(&mut self, name: &str, kind: &str, description: &str) {
        let head = [Span::new(name, StyleRole::Code), Span::new(format!("  {kind}"), StyleRole::Dim)];
        self.flow(&head, INDENT, "      ");
        self.flow(&[Span::new(description, StyleRole::Text)], "      ", "      ");
    }

    pub(in crate::state) fn note(&mut self, text: &str) {
        self.flow(&[Span::new(text, StyleRole::Dim)], INDENT, INDENT);
    }

    pub(in crate::state) fn paragraph(&mut self, text: &str) {
        self.flow(&[Span::new(text, StyleRole::Text)], INDENT, INDENT);
    }

    /// Where a row is too narrow the text breaks at its last cell, so that no character is lost.
    pub(in crate::state) fn json(&mut self, text: &str) {
        let indent = Span::new("      ", StyleRole::Text);
        let room = self.width.saturating_sub(6).max(1);
        for mut line in pretty_json(text, room) {
            line.spans.insert(0, indent.clone());
            self.rows.push(line);
        }
    }

    fn flow(&mut self, spans: &[Span], first: &str, rest: &str) {
        let (first, rest) = ([Span::new(first, StyleRole::Dim)], [Span::new(rest, StyleRole::Dim)]);
        wrap(spans, &Wrap { width: self.width, first: &first, rest: &rest }, &mut self.rows);
    }
}
