//! Where the blocks of a text begin and end, and which of them later lines can still change.
//!
//! Owns the rules of settling. They hold for texts that end with a line ending: a line that is still growing can
//! become anything.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

use super::options;

/// A block that stands in no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) kind: Kind,
    pub(super) start: usize,
    /// Where its visible text ends. (The parser lets a container reach over a link definition that follows it.)
    pub(super) end: usize,
    /// The last two of the blocks right inside; of a list, its items.
    parts: [Option<Range<usize>>; 2],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Paragraph,
    Heading,
    Rule,
    Fence,
    Indented,
    Html,
    Table,
    List,
    Quote,
}

/// The blocks of a text, in order.
pub(super) fn outline(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut depth = 0_usize;
    for (event, range) in Parser::new_ext(text, options()).into_offset_iter() {
        let kind = kind(&event);
        if depth == 0 {
            blocks.extend(kind.map(|kind| Block::new(kind, range.start)));
        }
        if let Some(block) = blocks.last_mut() {
            if depth == 1 && begins_block(&event) {
                block.add_part(range.start);
            }
            if !is_container(&event) {
                block.reach(range.end);
            }
        }
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    blocks
}

impl Block {
    fn new(kind: Kind, start: usize) -> Self {
        Self { kind, start, end: start, parts: [None, None] }
    }

    fn add_part(&mut self, start: usize) {
        self.parts.swap(0, 1);
        self.parts[1] = Some(start..start);
    }

    fn reach(&mut self, end: usize) {
        self.end = self.end.max(end);
        if let Some(part) = &mut self.parts[1] {
            part.end = part.end.max(end);
        }
    }
}

/// How far the text is settled, by what its last block allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// All of it up to here; what comes next begins anew.
    Before(usize),
    /// All of the list up to this item.
    InList(usize),
    /// All of the quote up to this block.
    InQuote(usize),
}

/// The furthest cut after `from`, a place that is already settled.
pub(super) fn cut(text: &str, blocks: &[Block], from: usize) -> Option<Cut> {
    let ends_blank = follows_blank_line(text, text.len());
    let Some(last) = blocks.last() else {
        return (ends_blank && text.len() > from).then_some(Cut::Before(text.len()));
    };
    if is_closed(text, last, ends_blank) {
        return Some(Cut::Before(text.len()));
    }
    if let Some(cut) = cut_inside(text, last).filter(|cut| cut.at() > from) {
        return Some(cut);
    }
    (1..blocks.len())
        .rev()
        .filter_map(|nth| Some((block_line(text, blocks[nth].start)?, blocks[nth - 1].end)))
        .find(|&(at, before)| joins(text, before, at))
        .map(|(at, _)| Cut::Before(at))
        .filter(|cut| cut.at() > from)
}

impl Cut {
    pub(super) fn at(self) -> usize {
        match self {
            Self::Before(at) | Self::InList(at) | Self::InQuote(at) => at,
        }
    }
}

/// Whether no later line can become a part of the block.
fn is_closed(text: &str, last: &Block, ends_blank: bool) -> bool {
    match last.kind {
        Kind::Heading | Kind::Rule => joins(text, last.end, text.len()),
        Kind::Fence => joins(text, last.end, text.len()) && !is_open_fence(&text[last.start..]),
        Kind::Paragraph | Kind::Table => ends_blank,
        Kind::Indented | Kind::Html | Kind::List | Kind::Quote => false,
    }
}

fn cut_inside(text: &str, last: &Block) -> Option<Cut> {
    let [Some(before), Some(part)] = &last.parts else { return None };
    let at = block_line(text, part.start)?;
    if at <= before.start {
        return None;
    }
    match last.kind {
        Kind::List => Some(Cut::InList(at)),
        Kind::Quote => {
            let marked = text[at..].trim_start_matches(' ').starts_with('>');
            let joined = joins_in_quote(text, before.end, at);
            (marked && joined).then_some(Cut::InQuote(at))
        }
        _ => None,
    }
}

/// Whether a fence that begins the text takes in one more line.
pub(super) fn is_open_fence(text: &str) -> bool {
    let longer = [text, "z\n"].concat();
    matches!(outline(&longer).as_slice(), [only] if only.end == longer.len())
}

/// Whether nothing but blanks stands between the two places, or a blank line before the second. (A link definition
/// is no block, but the line after it can still belong to it.)
fn joins(text: &str, before: usize, at: usize) -> bool {
    follows_blank_line(text, at) || text.get(before..at).is_none_or(|gap| gap.chars().all(is_blank))
}

fn joins_in_quote(text: &str, before: usize, at: usize) -> bool {
    let is_empty = |gap: &str| gap.chars().all(|c| c == '>' || is_blank(c));
    is_empty(line_before(text, at)) || text.get(before..at).is_none_or(is_empty)
}

fn follows_blank_line(text: &str, at: usize) -> bool {
    at > 0 && line_before(text, at).chars().all(is_blank)
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// The line that ends right before this place, without its ending.
fn line_before(text: &str, at: usize) -> &str {
    let head = &text[..at];
    let endings = ["\r\n", "\n", "\r"];
    let line = endings.iter().find_map(|ending| head.strip_suffix(ending)).unwrap_or(head);
    &line[line_start(line, line.len())..]
}

/// Where the line begins that holds this place.
fn line_start(text: &str, at: usize) -> usize {
    memchr::memrchr(b'\n', &text.as_bytes()[..at]).map_or(0, |end| end + 1)
}

/// The start of the line that the block stands on. Absent where something else stands before it on the line: the
/// parser takes some lone `\r` for the end of a line, and no cut is safe there.
fn block_line(text: &str, start: usize) -> Option<usize> {
    let at = line_start(text, start);
    text[at..start].chars().all(|c| matches!(c, ' ' | '\t' | '>')).then_some(at)
}

/// The end of the last line that is whole.
pub(super) fn whole_lines(text: &str) -> usize {
    line_start(text, text.len())
}

fn is_container(event: &Event<'_>) -> bool {
    matches!(
        event,
        Event::Start(Tag::List(_) | Tag::Item | Tag::BlockQuote(_))
            | Event::End(TagEnd::List(_) | TagEnd::Item | TagEnd::BlockQuote(_))
    )
}

/// Whether a block or a list's item begins.
pub(super) fn begins_block(event: &Event<'_>) -> bool {
    kind(event).is_some() || matches!(event, Event::Start(Tag::Item))
}

fn kind(event: &Event<'_>) -> Option<Kind> {
    let tag = match event {
        Event::Start(tag) => tag,
        Event::Rule => return Some(Kind::Rule),
        _ => return None,
    };
    Some(match tag {
        Tag::Paragraph => Kind::Paragraph,
        Tag::Heading { .. } => Kind::Heading,
        Tag::BlockQuote(_) => Kind::Quote,
        Tag::CodeBlock(CodeBlockKind::Fenced(_)) => Kind::Fence,
        Tag::CodeBlock(CodeBlockKind::Indented) => Kind::Indented,
        Tag::HtmlBlock => Kind::Html,
        Tag::List(_) => Kind::List,
        Tag::Table(_) => Kind::Table,
        _ => return None,
    })
}
