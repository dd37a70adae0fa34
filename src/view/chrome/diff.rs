//! The diff's box: which replies are compared, and the keys that choose others.

use crate::input::Action;
use crate::state::{Diff, State};
use crate::text::{Emphasis, Ink, Span, StyleRole, clean_line, truncate};

use super::super::canvas::Canvas;
use super::super::hits::Hits;
use super::reader;

/// The widest name of a side in the title.
const NAME: usize = 18;

pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, diff: &Diff, hits: &mut Hits) {
    let mut keys = vec![
        (Action::ReaderFindNext, "next change"),
        (Action::ReaderNext, "compares with another"),
        (Action::ReaderCopy, "copies"),
    ];
    keys.retain(|(action, _)| match action {
        Action::ReaderNext => diff.others.len() > 1,
        Action::ReaderFindNext => !diff.changes.is_empty(),
        _ => true,
    });
    reader::draw(canvas, state, (&diff.reader, Diff::BREADTH), &title(diff), &keys, hits);
}

/// `Diff  A → B  1 of 3`.
fn title(diff: &Diff) -> Vec<Span> {
    let bold = Ink::from(StyleRole::Title).with(Emphasis::BOLD);
    let name = |name: &str| Span::new(truncate(&clean_line(name), NAME).into_owned(), bold);
    let mut spans = vec![Span::new("Diff  ", StyleRole::Title)];
    if let Some([left, right]) = diff.sides() {
        spans.extend([name(&left.name), Span::new(" → ", StyleRole::Dim), name(&right.name)]);
    }
    if diff.others.len() > 1 {
        spans.push(Span::new(format!("  {} of {}", diff.at + 1, diff.others.len()), StyleRole::Dim));
    }
    spans
}
