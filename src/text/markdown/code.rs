//! A block of code: a caption, the lines in their colours, a rule at the end.
//!
//! Owns how code looks. No gutters stand beside the lines, so that what is selected on the screen is the code.

use crate::text::highlight::{Highlighter, language};
use crate::text::{Line, Span, StyleRole, Wrap, clean, clean_line, truncate, width, wrap_hard};

/// Stands at the start of a row that continues a line of code.
const CONTINUES: &str = "↪ ";

/// The longest rule, in columns: long enough to part a block from what stands around it, and a third of the bytes that the
/// width of a large screen takes each time it is written.
pub(super) const RULE: usize = 40;

/// The row over the code: its info string in a rule.
pub(super) fn caption(info: &str, room: usize) -> Span {
    let info = clean_line(info);
    let title = if language(&info).is_empty() { String::new() } else { format!("── {} ", info.trim()) };
    let title = truncate(&title, room);
    let rule = "─".repeat(room.min(RULE).saturating_sub(width(&title)));
    Span::new(title.into_owned() + &rule, StyleRole::CodeFrame)
}

/// The row under the code.
pub(super) fn end(room: usize) -> Span {
    Span::new("─".repeat(room.min(RULE)), StyleRole::CodeFrame)
}

/// The lines of a text in the colours that `colours` finds.
pub(super) fn lines(text: &str, colours: &mut Highlighter, (width, margin): (u16, &[Span]), out: &mut Vec<Line>) {
    for text in text.lines() {
        line(&colours.line(&clean(text)), width, margin, out);
    }
}

/// One line of code in its colours.
pub(super) fn line(spans: &[Span], width: u16, margin: &[Span], out: &mut Vec<Line>) {
    let mut rest = margin.to_vec();
    rest.push(Span::new(CONTINUES, StyleRole::Dim));
    wrap_hard(spans, &Wrap { width, first: margin, rest: &rest }, out);
    if let Some(last) = out.last_mut().filter(|_| spans.is_empty()) {
        last.spans = super::margin::trimmed(std::mem::take(&mut last.spans));
    }
}
