//! Where the blocks of a text begin and end, and which of them later lines can still change.
//!
//! Owns the rules of settling. They hold for texts that end with a line ending: a line that is still growing can
//! become anything.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

use super::containers::further;
use super::inline::Inline;
use super::options;

/// A block that stands in no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) kind: Kind,
    pub(super) start: usize,
    /// Where its visible text ends. (The parser lets a container reach over a link definition that follows it.)
    pub(super) end: usize,
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
    Item,
    Quote,
}

/// A list, an item or a quote that the last block stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Open {
    pub(super) kind: Kind,
    pub(super) start: usize,
    /// The last two of the blocks right inside; of a list, its items.
    parts: [Option<Range<usize>>; 2],
}

/// What a text consists of.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// The blocks that stand in no other, in order.
    pub(super) blocks: Vec<Block>,
    /// What the last block stands in, the outer ones first.
    pub(super) chain: Vec<Open>,
    /// The last block that is no container.
    last: Option<Block>,
    /// A container begins after it, which holds no other block.
    ends_empty: bool,
    /// The kind of the first such block, and how many there are. (What stands in for others is none.)
    pub(super) first: Option<Kind>,
    count: usize,
    /// Some `\r` stands alone: the parser takes it for the end of a line in some places and not in others.
    pub(super) lone_return: bool,
}

/// Reads a text, of which the first bytes stand in for open containers.
pub(super) fn outline(text: &str, stand_in: usize) -> Outline {
    let mut outline = Outline { lone_return: has_lone_return(text), ..Outline::default() };
    let mut depth = 0_usize;
    let mut between = true;
    for (event, range) in Parser::new_ext(text, options()).into_offset_iter() {
        // Text that no paragraph announced is a tight item's.
        let tight = (between && Inline::is_inline(&event)).then_some(Kind::Paragraph);
        if let Some(kind) = kind(&event).or(tight) {
            outline.begin(kind, range.start, depth, stand_in);
            between = false;
        }
        if is_container(&event) {
            between = true;
            depth = if matches!(event, Event::Start(_)) { depth + 1 } else { depth.saturating_sub(1) };
        } else {
            outline.reach(range.end, depth);
            between |= ends_block(&event);
        }
    }
    outline
}

impl Outline {
    fn begin(&mut self, kind: Kind, start: usize, depth: usize, stand_in: usize) {
        self.chain.truncate(depth);
        if let Some(open) = self.chain.last_mut() {
            open.parts.swap(0, 1);
            open.parts[1] = Some(start..start);
        }
        let block = Block { kind, start, end: start };
        if depth == 0 {
            self.blocks.push(block.clone());
        }
        if matches!(kind, Kind::List | Kind::Item | Kind::Quote) {
            self.chain.push(Open { kind, start, parts: [None, None] });
            self.ends_empty = true;
            return;
        }
        self.ends_empty = false;
        self.last = Some(block);
        if start >= stand_in {
            self.first.get_or_insert(kind);
            self.count += 1;
        }
    }

    fn reach(&mut self, end: usize, depth: usize) {
        let parts = self.chain.iter_mut().take(depth).filter_map(|open| open.parts[1].as_mut());
        let ends = parts.map(|part| &mut part.end);
        let blocks = self.blocks.last_mut().into_iter().chain(&mut self.last).map(|block| &mut block.end);
        ends.chain(blocks).for_each(|reached| *reached = end.max(*reached));
    }

    /// Whether the text ends in such a block in such containers.
    pub(super) fn is_in(&self, chain: &[Open], last: Kind) -> bool {
        self.last.as_ref().is_some_and(|block| block.kind == last)
            && self.blocks.len() == 1
            && !self.ends_empty
            && self.chain.iter().map(|open| open.kind).eq(chain.iter().map(|open| open.kind))
    }

    /// The one block that is no container, where it begins on the first line after what stands in.
    pub(super) fn only(&self, text: &str, stand_in: usize) -> Option<&Block> {
        let is_one = self.count == 1 && self.blocks.len() == 1 && !self.ends_empty;
        self.last.as_ref().filter(|last| is_one && line_start(text, last.start) == stand_in)
    }

    /// Whether the last block takes in one more line.
    pub(super) fn takes_more(&self, text: &str) -> bool {
        let Some(further) = further(text, &self.chain) else { return false };
        let longer = [text, &further, "z\n"].concat();
        let after = outline(&longer, 0);
        let ends = |outline: &Self| outline.last.as_ref().map(|last| (last.kind, last.start));
        ends(self) == ends(&after) && after.last.is_some_and(|last| last.end == longer.len())
    }
}

/// How far the text is settled: up to here, where so many containers are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    pub(super) at: usize,
    pub(super) depth: usize,
}

/// The furthest cuts after `from`, a place that is already settled; what comes later is for when the first is of no use.
pub(super) fn cuts(text: &str, outline: &Outline, from: usize) -> impl Iterator<Item = Cut> {
    let blocks = &outline.blocks;
    let ends_blank = follows_blank_line(text, text.len());
    let is_closed = match blocks.last() {
        Some(last) => is_closed(text, last, ends_blank, outline),
        None => ends_blank,
    };
    let closed = is_closed.then_some(Cut { at: text.len(), depth: 0 });
    let inside = (0..outline.chain.len()).rev().filter_map(|nth| cut_inside(text, &outline.chain[..=nth]));
    let between = (1..blocks.len())
        .rev()
        .filter_map(|nth| Some((block_line(text, blocks[nth].start, 0)?, blocks[nth - 1].end)))
        .find(|&(at, before)| joins(text, before, at))
        .map(|(at, _)| Cut { at, depth: 0 });
    closed.into_iter().chain(inside).chain(between).filter(move |cut| cut.at > from)
}

/// Whether no later line can become a part of the block.
fn is_closed(text: &str, last: &Block, ends_blank: bool, outline: &Outline) -> bool {
    match last.kind {
        Kind::Heading | Kind::Rule => joins(text, last.end, text.len()),
        Kind::Fence => joins(text, last.end, text.len()) && !outline.takes_more(text),
        Kind::Paragraph | Kind::Table => ends_blank,
        Kind::Indented | Kind::Html | Kind::List | Kind::Item | Kind::Quote => false,
    }
}

/// The last block in the innermost of these containers, if others come before it.
fn cut_inside(text: &str, chain: &[Open]) -> Option<Cut> {
    let (inner, depth) = (chain.last()?, chain.len());
    let [Some(before), Some(part)] = &inner.parts else { return None };
    let quotes = chain.iter().filter(|open| open.kind == Kind::Quote).count();
    let at = block_line(text, part.start, quotes)?;
    let is_joined = inner.kind == Kind::List || joins_in_container(text, before.end, at);
    (at > before.start && is_joined).then_some(Cut { at, depth })
}

/// Whether nothing but blanks stands between the two places, or a blank line before the second. (A link definition
/// is no block, but the line after it can still belong to it.)
fn joins(text: &str, before: usize, at: usize) -> bool {
    follows_blank_line(text, at) || text.get(before..at).is_none_or(|gap| gap.chars().all(is_blank))
}

fn joins_in_container(text: &str, before: usize, at: usize) -> bool {
    let is_empty = |gap: &str| gap.chars().all(|c| c == '>' || is_blank(c));
    is_empty(line_before(text, at)) || text.get(before..at).is_none_or(is_empty)
}

fn follows_blank_line(text: &str, at: usize) -> bool {
    at > 0 && line_before(text, at).chars().all(is_blank)
}

fn has_lone_return(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'\r', bytes).any(|at| bytes.get(at + 1) != Some(&b'\n'))
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
pub(super) fn line_start(text: &str, at: usize) -> usize {
    memchr::memrchr(b'\n', &text.as_bytes()[..at]).map_or(0, |end| end + 1)
}

/// The start of the line that a block in so many quotes stands on. Absent where something else stands before it on the line:
/// the parser takes some lone `\r` for the end of a line, and a tab before a quote's mark for less than it is; no cut is safe
/// there.
fn block_line(text: &str, start: usize, quotes: usize) -> Option<usize> {
    let at = line_start(text, start);
    let is_margin = |c: char| matches!(c, ' ' | '\t' | '>');
    let before = &text[at..start];
    let margin = &text[at..];
    let margin = &margin[..margin.len() - margin.trim_start_matches(is_margin).len()];
    let tab_before_mark = margin.find('\t').is_some_and(|tab| margin[tab..].contains('>'));
    let is_clear = before.chars().all(is_margin) && before.matches('>').count() == quotes;
    (is_clear && !tab_before_mark).then_some(at)
}

/// The end of the last line that is whole.
pub(super) fn whole_lines(text: &str) -> usize {
    line_start(text, text.len())
}

pub(super) fn is_container(event: &Event<'_>) -> bool {
    matches!(
        event,
        Event::Start(Tag::List(_) | Tag::Item | Tag::BlockQuote(_))
            | Event::End(TagEnd::List(_) | TagEnd::Item | TagEnd::BlockQuote(_))
    )
}

/// Whether a block or a list's item begins.
pub(super) fn begins_block(event: &Event<'_>) -> bool {
    kind(event).is_some()
}

fn ends_block(event: &Event<'_>) -> bool {
    use TagEnd::{CodeBlock, Heading, HtmlBlock, Paragraph, Table};
    matches!(event, Event::Rule | Event::End(Paragraph | Heading(_) | CodeBlock | HtmlBlock | Table))
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
        Tag::Item => Kind::Item,
        Tag::Table(_) => Kind::Table,
        _ => return None,
    })
}
