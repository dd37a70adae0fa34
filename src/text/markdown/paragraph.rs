//! Where a paragraph that is still growing can be cut, so that its first rows need not be written again.
//!
//! Owns the rule: a cut lies where a row ends, outside of all emphasis, code and links, and nothing before
//! it waits for a closing mark. What stands before such a cut can mean nothing else later, save when the whole
//! paragraph turns out to be a heading or the head of a table.

use std::ops::Range;

use pulldown_cmark::{Event, Parser};

use super::frame::Prose;
use super::inline::Inline;
use super::mode::{Mode, OpenBlock};
use super::options;
use crate::text::{Ink, Line};

/// So many rows stay open: what comes next can move the last ones.
const OPEN_ROWS: usize = 4;
/// Shorter paragraphs are not worth a cut.
pub(super) const LEAST_ROWS: usize = 16;

/// A place to cut: in the text, and how many rows end there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ParagraphCut {
    pub(super) at: usize,
    pub(super) rows: usize,
    /// What stands in for the paragraph before the cut.
    pub(super) head: &'static str,
}

/// Stands in for text before a cut on a paragraph's first line, which alone can become the head of a table.
const ON_FIRST_LINE: &str = "x";
/// Stands in for text before a cut on a further line.
const ON_FURTHER_LINE: &str = "x\nx";

/// The last cut of a text that holds one paragraph, in containers or in none, and whose rows are given. Its head, which
/// stands in for what is settled, is in none of them.
pub(super) fn cut_paragraph(text: &str, mode: &Mode, rows: &[Line], prose: Prose) -> Option<ParagraphCut> {
    let seen = Seen::read(text, mode.containers);
    let mut pos = if let OpenBlock::Paragraph { head, .. } = mode.block { head.len() } else { 0 };
    let (mut found, mut last) = (None, None);
    for (nth, row) in rows[..rows.len().checked_sub(OPEN_ROWS)?].iter().enumerate().skip(prose.row) {
        let rest = seen.text.get(pos..)?;
        pos += rest.len() - rest.trim_start_matches([' ', '\n']).len();
        let row = row.plain();
        let row = row.get(if nth == prose.row { prose.first } else { prose.rest }..)?;
        if !seen.text[pos..].starts_with(row) {
            break;
        }
        pos += row.len();
        match seen.source_of(pos) {
            Some(at) if seen.waits.is_some_and(|waits| at > waits) => break,
            // Where a row ends depends on the word after it, which a mark that waits may make shorter: the row after the
            // cut has to end before the mark too.
            Some(at) => found = last.replace((at, nth + 1)),
            None => {}
        }
    }
    if seen.waits.is_none() {
        found = last;
    }
    let (at, rows) = found.filter(|&(at, _)| at > mode.head.len())?;
    let head = if text[mode.containers..at].contains('\n') { ON_FURTHER_LINE } else { ON_FIRST_LINE };
    Some(ParagraphCut { at, rows, head })
}

/// What is seen of a paragraph, and where in the source it stands.
struct Seen {
    text: String,
    /// Parts of the seen text that stand in the source as they are, outside of any markup, and where.
    plain: Vec<(Range<usize>, usize)>,
    /// Where lines of the source end outside of any markup: in the seen text, and in the source.
    breaks: Vec<(usize, usize)>,
    /// Where the first mark stands that still waits for another one.
    waits: Option<usize>,
}

impl Seen {
    /// Reads the text of the paragraph that comes after what stands in for its containers.
    fn read(text: &str, containers: usize) -> Self {
        let mut inline = Inline::new(Ink::default());
        let (mut plain, mut breaks, mut waiting) = (Vec::new(), Vec::new(), None);
        let mut depth = 0_usize;
        for (event, range) in Parser::new_ext(text, options()).into_offset_iter() {
            if range.start < containers || !Inline::is_inline(&event) {
                continue;
            }
            let as_it_is = matches!(&event, Event::Text(part) if text.get(range.clone()) == Some(part));
            if as_it_is && waiting.is_none() {
                waiting = range.clone().find(|&at| waits(text.as_bytes(), at));
            }
            let outside = depth == 0;
            let ends_line = matches!(event, Event::SoftBreak | Event::HardBreak) && text[..range.end].ends_with('\n');
            match &event {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth = depth.saturating_sub(1),
                _ => {}
            }
            let from = inline.text_len();
            inline.take(event);
            let seen = from..inline.text_len();
            if as_it_is && outside && seen.len() == range.len() {
                plain.push((seen, range.start));
            } else if ends_line && outside {
                breaks.push((from, range.end - 1));
            }
        }
        Self { text: inline.into_spans().into_iter().map(|span| span.text).collect(), plain, breaks, waits: waiting }
    }

    /// The place in the source of a seen character before which the text may be cut: a blank, or one of a script
    /// without blanks, or the end of a line. What stands in for the text before it is a letter; before these it changes no meaning.
    fn source_of(&self, pos: usize) -> Option<usize> {
        if let Ok(nth) = self.breaks.binary_search_by_key(&pos, |&(seen, _)| seen) {
            return self.breaks.get(nth).map(|&(_, source)| source);
        }
        let next = self.text.get(pos..)?.chars().next()?;
        if next != ' ' && (next.is_ascii() || !next.is_alphanumeric()) {
            return None;
        }
        let nth = self.plain.partition_point(|(range, _)| range.end <= pos);
        let (range, source) = self.plain.get(nth).filter(|(range, _)| range.contains(&pos))?;
        Some(source + pos - range.start)
    }
}

/// Whether a byte that the parser left as text can still become markup by what comes later.
fn waits(source: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| source.get(before)).copied().unwrap_or(b' ');
    let after = source.get(at + 1).copied();
    let is_blank = |byte: u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    if before == b'\\' {
        return false;
    }
    match source[at] {
        b'[' | b'`' | b'|' => true,
        b'*' | b'~' => !after.is_some_and(is_blank),
        b'_' => !after.is_some_and(is_blank) && !is_inside_word(before, after),
        b'<' => after.is_none_or(|c| c.is_ascii_alphabetic() || matches!(c, b'/' | b'!' | b'?')),
        _ => false,
    }
}

fn is_inside_word(before: u8, after: Option<u8>) -> bool {
    before.is_ascii_alphanumeric() && after.is_some_and(|after| after.is_ascii_alphanumeric())
}
