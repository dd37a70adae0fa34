//! The text inside a block: emphasis, code, links and images as inked spans.
//!
//! Owns how inline Markdown looks. Does not know rows: a line feed in a span is a hard break.

use pulldown_cmark::{CowStr, Event, Tag, TagEnd};

use crate::text::{Emphasis, Ink, Span, StyleRole, clean_line};

/// Collects the inline events of one block.
#[derive(Debug)]
pub(super) struct Inline<'a> {
    spans: Vec<Span>,
    ink: Ink,
    outer: Vec<Ink>,
    links: Vec<OpenLink<'a>>,
    /// All text so far, to compare a link's text with its address.
    plain: String,
    bytes: usize,
}

/// A link or image whose text is still being read.
#[derive(Debug)]
struct OpenLink<'a> {
    address: CowStr<'a>,
    /// Where its text begins in [`Inline::plain`].
    from: usize,
}

impl<'a> Inline<'a> {
    pub(super) fn new(ink: Ink) -> Self {
        Self { spans: Vec::new(), ink, outer: Vec::new(), links: Vec::new(), plain: String::new(), bytes: 0 }
    }

    pub(super) fn is_inline(event: &Event<'_>) -> bool {
        match event {
            Event::Start(tag) => is_inline_tag(tag.to_end()),
            Event::End(tag) => is_inline_tag(*tag),
            Event::Rule | Event::Html(_) => false,
            _ => true,
        }
    }

    pub(super) fn take(&mut self, event: Event<'a>) {
        match event {
            Event::Start(tag) => self.open(tag),
            Event::End(tag) => self.close(tag),
            Event::Text(text) => self.text(&text, self.ink),
            Event::Code(text) => self.text(&text, with_role(self.ink, StyleRole::Code)),
            Event::InlineHtml(text) => self.text(&text, with_role(self.ink, StyleRole::Dim)),
            Event::Html(line) => {
                let text = line.trim_end_matches(['\r', '\n']);
                self.text(text, self.ink);
                // A line that ends with `\r\n` comes in two parts.
                if text.len() < line.len() {
                    self.end_row();
                }
            }
            Event::SoftBreak => self.text(" ", self.ink),
            Event::HardBreak => self.end_row(),
            Event::TaskListMarker(done) => {
                self.text(if done { "[x] " } else { "[ ] " }, StyleRole::ListMark.into());
            }
            Event::FootnoteReference(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.text(&text, self.ink);
            }
            Event::Rule => {}
        }
    }

    pub(super) fn into_spans(mut self) -> Vec<Span> {
        while self.spans.last().is_some_and(|span| span.text == "\n") {
            self.spans.pop();
        }
        self.spans
    }

    /// The bytes of text so far.
    pub(super) fn text_len(&self) -> usize {
        self.bytes
    }

    fn open(&mut self, tag: Tag<'a>) {
        self.outer.push(self.ink);
        match tag {
            Tag::Emphasis => self.ink = self.ink.with(Emphasis::ITALIC),
            Tag::Strong => self.ink = self.ink.with(Emphasis::BOLD),
            Tag::Strikethrough => self.ink = self.ink.with(Emphasis::STRIKE),
            Tag::Link { dest_url, .. } => {
                self.ink = with_role(self.ink, StyleRole::Link).with(Emphasis::UNDERLINE);
                self.links.push(OpenLink { address: dest_url, from: self.plain.len() });
            }
            Tag::Image { dest_url, .. } => {
                self.ink = with_role(self.ink, StyleRole::Link);
                self.text("[image: ", self.ink);
                self.links.push(OpenLink { address: dest_url, from: self.plain.len() });
            }
            _ => {}
        }
    }

    fn close(&mut self, tag: TagEnd) {
        let inner = self.ink;
        self.ink = self.outer.pop().unwrap_or_default();
        let link = match tag {
            TagEnd::Link | TagEnd::Image => self.links.pop(),
            _ => return,
        };
        let Some(link) = link else { return };
        let same = self.plain.get(link.from..).is_some_and(|text| text.trim() == &*link.address);
        if tag == TagEnd::Image {
            self.text("]", inner);
        }
        if !link.address.is_empty() && (tag == TagEnd::Image || !same) {
            self.text(&format!(" ({})", link.address), with_role(self.ink, StyleRole::Link));
        }
    }

    fn text(&mut self, text: &str, ink: Ink) {
        if !self.links.is_empty() {
            self.plain.push_str(text);
        }
        // An entity can spell what the text was cleaned of.
        let text = clean_line(text);
        self.bytes += text.len();
        push(&mut self.spans, &text, ink);
    }

    fn end_row(&mut self) {
        self.bytes += 1;
        push(&mut self.spans, "\n", self.ink);
    }
}

fn is_inline_tag(tag: TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Link
            | TagEnd::Image
            | TagEnd::Superscript
            | TagEnd::Subscript
    )
}

fn with_role(ink: Ink, role: StyleRole) -> Ink {
    Ink { role, ..ink }
}

/// Appends, into the last span where the ink is the same.
pub(super) fn push(spans: &mut Vec<Span>, text: &str, ink: Ink) {
    match spans.last_mut() {
        _ if text.is_empty() => {}
        Some(span) if span.ink == ink && text != "\n" && !span.text.ends_with('\n') => span.text.push_str(text),
        _ => spans.push(Span::new(text, ink)),
    }
}
