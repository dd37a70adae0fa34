//! A word diff as rows for the screen, and as plain text.
//!
//! Owns how a change is marked: by brackets as well as by ink, line by line, with what cannot be seen made visible.

use super::clean::reveal;
use super::diff::Piece;
use super::ink::{Emphasis, Ink, Line, Span, StyleRole};
use super::wrap::{Wrap, wrap};

/// Before a row: whether anything in it was removed, added, or both.
const GUTTER: [(&str, [bool; 2]); 4] =
    [("  ", [false, false]), ("- ", [true, false]), ("+ ", [false, true]), ("± ", [true, true])];
/// Narrower rows have no cells to spare for the gutter.
const GUTTER_FROM: u16 = 20;
/// Stand for the line end and the tab that changed, which would be blank otherwise.
const LINE_END: &str = "↵";
const TAB: &str = "⇥";

const REMOVED: Ink = Ink { role: StyleRole::SyntaxDeleted, emphasis: Emphasis::STRIKE };
const ADDED: Ink = Ink { role: StyleRole::SyntaxInserted, emphasis: Emphasis::UNDERLINE };

/// The rows of a diff, each at most `width` cells.
///
/// What was removed stands in `[-…-]`, what was added in `{+…+}`, each line of it by itself; a gutter says which rows
/// changed. Nothing hidden is left out.
#[must_use]
pub fn diff_rows(pieces: &[Piece<'_>], width: u16) -> Vec<Line> {
    let spans = spans(pieces);
    let gutter = if width >= GUTTER_FROM { GUTTER[0].0 } else { "" };
    let mut rows = Vec::new();
    wrap(&spans, &Wrap::plain(width.saturating_sub(u16::try_from(gutter.len()).unwrap_or(0)).max(1)), &mut rows);
    // A diff that ends in a line end has no row after it.
    if rows.last().is_some_and(|row| row.spans.is_empty()) {
        rows.pop();
    }
    if !gutter.is_empty() {
        for row in &mut rows {
            row.spans.insert(0, mark(row));
        }
    }
    rows
}

/// The whole diff as text with its markers, such as goes to a clipboard.
#[must_use]
pub fn marked(pieces: &[Piece<'_>]) -> String {
    let parts = pieces.iter().map(|piece| match piece {
        Piece::Same(text) => (*text).to_owned(),
        Piece::Removed(text) => format!("[-{text}-]"),
        Piece::Added(text) => format!("{{+{text}+}}"),
    });
    parts.collect()
}

fn mark(row: &Line) -> Span {
    let has = |ink: Ink| row.spans.iter().any(|span| span.ink == ink);
    let changed = [has(REMOVED), has(ADDED)];
    let (sign, _) = GUTTER.iter().find(|(_, means)| *means == changed).unwrap_or(&GUTTER[0]);
    // Not in the role of the change: a sign that is struck through cannot be read.
    Span::new(*sign, Ink::from(StyleRole::Text).with(Emphasis::BOLD))
}

fn spans(pieces: &[Piece<'_>]) -> Vec<Span> {
    let mut spans = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Same(text) => spans.push(Span::new(reveal(text), StyleRole::Text)),
            Piece::Removed(text) => change(text, ["[-", "-]"], REMOVED, &mut spans),
            Piece::Added(text) => change(text, ["{+", "+}"], ADDED, &mut spans),
        }
    }
    spans
}

/// Each line of a change within its own brackets, so that no row is without one.
fn change(text: &str, [open, close]: [&str; 2], ink: Ink, spans: &mut Vec<Span>) {
    for line in text.split_inclusive('\n') {
        let (line, end) = line.strip_suffix('\n').map_or((line, ["", ""]), |line| (line, [LINE_END, "\n"]));
        let shown = reveal(line).replace('\t', TAB);
        spans.push(Span::new([open, &shown, end[0], close, end[1]].concat(), ink));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::tests::any_text;
    use crate::text::{clean, width as cells, word_diff};

    fn rows(old: &str, new: &str, width: u16) -> Vec<String> {
        diff_rows(&word_diff(old, new), width).iter().map(Line::plain).collect()
    }

    #[test]
    fn changes_stand_in_brackets_with_a_gutter_of_what_changed() {
        let old = "The fee is low.\nAsk us.\nBye now.\n";
        let new = "The fee is high.\nAsk us.\nBye.\nNew!\n";
        assert_eq!(rows(old, new, 40), ["± The fee is [-low-]{+high+}.", "  Ask us.", "- Bye[- now-].", "+ {+New!↵+}"]);
    }

    #[test]
    fn an_added_blank_line_and_a_changed_tab_are_seen() {
        assert_eq!(rows("a\nb", "a\n\nb", 30), ["  a", "+ {+↵+}", "  b"]);
        assert_eq!(rows("a\tb", "a b", 30), ["± a[-⇥-]{+ +}b"]);
    }

    #[test]
    fn a_change_is_told_by_ink_and_emphasis_as_well() {
        let row = diff_rows(&[Piece::Same("x "), Piece::Removed("y"), Piece::Added("z")], 30).remove(0);
        let expected = [
            Span::new("± ", Ink::from(StyleRole::Text).with(Emphasis::BOLD)),
            Span::new("x ", StyleRole::Text),
            Span::new("[-y-]", REMOVED),
            Span::new("{+z+}", ADDED),
        ];
        assert_eq!(row.spans, expected);
    }

    #[test]
    fn what_is_hidden_is_shown_where_it_differs() {
        assert_eq!(rows("pay\u{200b} \u{1b}[2K me", "pay me", 60), ["- pay[-⟨U+200B⟩ ␛[2K-] me"]);
    }

    #[test]
    fn the_plain_text_keeps_the_source_and_marks_it() {
        assert_eq!(marked(&word_diff("a **b**\tc", "a **x**\tc")), "a **[-b-]{+x+}**\tc");
    }

    proptest! {
        #[test]
        fn rows_fit_and_hold_nothing_that_a_terminal_obeys(old in any_text(), new in any_text(), width in 1u16..60) {
            for row in diff_rows(&word_diff(&old, &new), width) {
                let plain = row.plain();
                prop_assert!(cells(&plain) <= usize::from(width), "{plain:?}");
                prop_assert_eq!(clean(&plain), plain.as_str());
            }
        }
    }
}
