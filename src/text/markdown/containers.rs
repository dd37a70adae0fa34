//! What stands in for the settled part of open containers, so that the rest of a text is read as it would be in its place.
//!
//! Owns the rule: each line on which an item of the chain begins stays as it is up to its mark, and an empty heading
//! comes after that. A heading is closed at once: nothing that follows can become a part of it.

use super::outline::{Kind, Open, line_start, outline};

/// The lines that stand in for a chain of containers, the outer ones first. (What comes after the last item opens itself
/// again: each line of a quote has its mark.) Absent where they would be read as something else.
pub(super) fn stand_in(text: &str, chain: &[Open]) -> Option<String> {
    let items = chain.iter().rposition(|open| open.kind == Kind::Item).map_or(0, |last| last + 1);
    let chain = &chain[..items];
    let mut lines = String::new();
    for (nth, open) in chain.iter().enumerate() {
        let at = line_start(text, open.start);
        let is_last_of_line = chain[nth + 1..].iter().all(|inner| line_start(text, inner.start) > at);
        let holds_item = || chain[..=nth].iter().any(|open| open.kind == Kind::Item && open.start >= at);
        if is_last_of_line && holds_item() {
            lines += &marked(text, open)?;
            lines += "#\n";
        }
    }
    let read = outline(&lines, 0);
    (chain.is_empty() || read.is_in(chain, Kind::Heading)).then_some(lines)
}

/// What a further line begins with that stands in all containers of a chain.
pub(super) fn further(text: &str, chain: &[Open]) -> Option<String> {
    let Some(last) = chain.iter().rfind(|open| open.kind != Kind::List) else { return Some(String::new()) };
    let mut line = String::new();
    for c in marked(text, last)?.chars() {
        // A quote takes the blank after its mark for its own.
        if line.ends_with('>') && !matches!(c, ' ' | '>') {
            line.push(' ');
        }
        line.push(if matches!(c, '>' | '\t') { c } else { ' ' });
    }
    Some(line)
}

/// The line of a container up to its mark, and the blanks after that.
fn marked(text: &str, open: &Open) -> Option<String> {
    let marks = text.get(open.start..)?.trim_start_matches([' ', '\t']);
    let from = text.len() - marks.len();
    let digits = marks.bytes().take_while(u8::is_ascii_digit).count();
    let end = from + digits + 1;
    let blanks = text.get(end..)?;
    let rest = blanks.trim_start_matches([' ', '\t']);
    let blanks = &blanks[..blanks.len() - rest.len()];
    let is_empty = rest.is_empty() || rest.starts_with(['\r', '\n']);
    // More than four blanks are one, and the others are the code's.
    let gap = if is_empty || open.kind == Kind::Quote || blanks.len() > 4 { " " } else { blanks };
    let line = [&text[line_start(text, from)..end], gap].concat();
    // How wide a tab is after a quote's mark depends on what stands before it.
    let is_unclear = line.contains('\r') || (line.contains('\t') && line.contains('>'));
    (!is_unclear).then_some(line)
}
