//! Blocks into rows: what each block looks like, and the blank rows between them.
//!
//! Owns the stack of open containers (it is a stack of its own, not the program's, so that no nesting overflows it).

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Tag, TagEnd};

use super::frame::{Begun, Container, Ending, Frame, Last, ListAt, Opening, Prose, Within};
use super::inline::Inline;
use super::margin::{Margin, trimmed};
use super::memory::Memory;
use super::pass::{Colours, Until};
use super::table::{Cell, Grid};
use crate::text::{Emphasis, Ink, Line, Span, StyleRole, Wrap, width, wrap, wrap_hard};

/// Writes events as rows.
pub(super) struct Writer<'a, 'o> {
    pub(super) width: u16,
    pub(super) out: &'o mut Vec<Line>,
    pub(super) margin: Margin,
    pub(super) open: Vec<Frame>,
    lists: usize,
    /// Blank rows so far, to see whether an item holds one.
    blanks: usize,
    leaf: Leaf<'a>,
    /// Rows were written above the first block.
    started: bool,
    /// So many containers are still to be opened again.
    reopened: usize,
    pub(super) begun: Begun,
    pub(super) ending: Ending,
    pub(super) until: Until,
    pub(super) memory: Option<Memory>,
    pub(super) colours: Colours,
}

/// The block whose text is being read.
enum Leaf<'a> {
    None,
    Paragraph(Inline<'a>),
    Heading(HeadingLevel, Inline<'a>),
    Html(Inline<'a>),
    Code { info: String, text: String },
    Table { grid: Grid, row: Vec<Cell>, cell: Inline<'a> },
}

impl<'a, 'o> Writer<'a, 'o> {
    /// Appends to `out`; `started` where rows stand above it.
    pub(super) fn new(width: u16, started: bool, opening: Opening, out: &'o mut Vec<Line>) -> Self {
        let width = width.max(1);
        let started = started || opening.within.is_some();
        let none = || Within { open: Vec::new(), margin: Margin::new(width), lists: 0, blanks: 0 };
        let Within { open, margin, lists, blanks } = opening.within.map_or_else(none, |within| *within);
        Self {
            width,
            out,
            margin,
            reopened: open.len(),
            open,
            lists,
            blanks,
            leaf: Leaf::None,
            started,
            begun: opening.block,
            ending: Ending::default(),
            until: Until::End,
            memory: None,
            colours: Colours::Now,
        }
    }

    /// With the colours of the time before, to find them anew only where the code is new.
    pub(super) fn remembering(mut self, memory: Option<Memory>) -> Self {
        self.memory = memory;
        self
    }

    /// With colours for whole blocks of code at this time.
    pub(super) fn colouring(mut self, colours: Colours) -> Self {
        self.colours = colours;
        self
    }

    /// Keeps the containers open that are so at this place.
    pub(super) fn keep_open(&mut self, until: Until) {
        self.until = until;
    }

    /// Whether the event is text that no paragraph announced, and the first of it.
    pub(super) fn begins_paragraph(&self, event: &Event<'_>) -> bool {
        matches!(self.leaf, Leaf::None) && Inline::is_inline(event)
    }

    pub(super) fn take(&mut self, event: Event<'a>) {
        if let Leaf::Code { text, .. } = &mut self.leaf
            && let Event::Text(piece) = &event
        {
            return text.push_str(piece);
        }
        if Inline::is_inline(&event) {
            return self.inline(event);
        }
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Html(_) => self.inline(event),
            Event::Rule => self.rule(),
            _ => {}
        }
    }

    pub(super) fn finish(mut self) -> Ending {
        self.end_leaf();
        if matches!(self.until, Until::Block(_)) {
            self.ending.within = self.within();
        } else {
            while !self.open.is_empty() {
                self.end_container();
            }
        }
        self.ending.memory = self.memory;
        self.ending.is_other = matches!(self.begun, Begun::Paragraph(_));
        self.ending
    }

    pub(super) fn within(&self) -> Option<Box<Within>> {
        let Self { open, margin, lists, blanks, .. } = self;
        let within = || Within { open: open.clone(), margin: margin.clone(), lists: *lists, blanks: *blanks };
        (!open.is_empty()).then(|| Box::new(within()))
    }

    /// Text that no paragraph announced is a tight item's: it begins one.
    fn inline(&mut self, event: Event<'a>) {
        let ink = self.text_ink();
        match &mut self.leaf {
            Leaf::Paragraph(inline) | Leaf::Heading(_, inline) | Leaf::Html(inline) => inline.take(event),
            Leaf::Table { cell, .. } => cell.take(event),
            Leaf::Code { .. } => {}
            Leaf::None => {
                let mut inline = Inline::new(ink);
                inline.take(event);
                self.leaf = Leaf::Paragraph(inline);
            }
        }
    }

    fn text_ink(&self) -> Ink {
        let quoted = self.open.iter().any(|frame| matches!(frame.kind, Container::Quote));
        Ink::from(if quoted { StyleRole::Quote } else { StyleRole::Text })
    }

    fn start(&mut self, tag: Tag<'a>) {
        let ink = self.text_ink();
        match tag {
            Tag::TableHead | Tag::TableRow => {}
            Tag::TableCell => {
                if let Leaf::Table { cell, .. } = &mut self.leaf {
                    *cell = Inline::new(ink);
                }
            }
            tag => {
                self.end_leaf();
                self.start_block(tag, ink);
            }
        }
    }

    fn start_block(&mut self, tag: Tag<'a>, ink: Ink) {
        match tag {
            Tag::BlockQuote(_) | Tag::List(_) | Tag::Item if self.reopened > 0 => self.reopened -= 1,
            Tag::Paragraph => self.leaf = Leaf::Paragraph(Inline::new(ink)),
            Tag::Heading { level, .. } => {
                let ink = Ink::from(StyleRole::Heading).with(Emphasis::BOLD);
                self.leaf = Leaf::Heading(level, Inline::new(ink));
            }
            Tag::HtmlBlock => self.leaf = Leaf::Html(Inline::new(StyleRole::Dim.into())),
            Tag::CodeBlock(kind) => {
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info.into_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.leaf = Leaf::Code { info, text: String::new() };
            }
            Tag::Table(alignments) => {
                let grid = match std::mem::take(&mut self.begun) {
                    Begun::Table(grid) => *grid,
                    _ => Grid::new(alignments),
                };
                self.leaf = Leaf::Table { grid, row: Vec::new(), cell: Inline::new(ink) };
            }
            Tag::BlockQuote(_) => self.start_quote(),
            Tag::List(first) => self.start_list(ListAt { next: first, spaced: false }),
            Tag::Item => self.start_item(),
            _ => {}
        }
    }

    fn start_quote(&mut self) {
        self.begin(Last::Other);
        self.push(Container::Quote);
        self.margin.open_quote();
    }

    fn start_list(&mut self, list: ListAt) {
        let follows_its_paragraph = self
            .open
            .last()
            .is_some_and(|frame| matches!(frame.kind, Container::Item { .. }) && frame.last == Last::Paragraph);
        if follows_its_paragraph {
            self.mark(Last::Other);
        } else {
            self.begin(Last::Other);
        }
        self.push(Container::List(list));
        self.lists += 1;
    }

    fn start_item(&mut self) {
        let depth = self.lists;
        let Some(Frame { kind: Container::List(list), .. }) = self.open.last_mut() else { return };
        let mark = match list.next {
            Some(number) => format!("{number}. "),
            None => ["• ", "◦ ", "▪ "][depth.saturating_sub(1) % 3].to_owned(),
        };
        list.next = list.next.map(|number| number.saturating_add(1));
        if list.spaced {
            self.blank();
        }
        self.push(Container::Item { blanks_before: self.blanks });
        self.margin.open_item(mark);
    }

    fn push(&mut self, kind: Container) {
        self.open.push(Frame { kind, extent: self.margin.extent(), last: Last::Nothing });
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::TableHead | TagEnd::TableRow | TagEnd::TableCell => self.end_table_part(tag),
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item => {
                self.end_leaf();
                self.end_container();
            }
            _ => self.end_leaf(),
        }
    }

    fn end_container(&mut self) {
        let Some(frame) = self.open.pop() else { return };
        if frame.last == Last::Nothing && !matches!(frame.kind, Container::List(_)) {
            let first = self.margin.take_first();
            self.out.push(Line { spans: trimmed(first) });
        }
        self.margin.back_to(frame.extent);
        match frame.kind {
            Container::List(_) => self.lists = self.lists.saturating_sub(1),
            Container::Item { blanks_before } => {
                let holds_blanks = self.blanks > blanks_before;
                if let Some(Frame { kind: Container::List(list), .. }) = self.open.last_mut() {
                    list.spaced = holds_blanks;
                }
            }
            Container::Quote => {}
        }
    }

    /// The blank row before a block that is not the first of its container.
    pub(super) fn begin(&mut self, block: Last) {
        let first = match self.open.last() {
            Some(frame) => frame.last == Last::Nothing,
            None => !self.started,
        };
        self.started = true;
        if !first {
            self.blank();
        }
        self.mark(block);
    }

    fn mark(&mut self, block: Last) {
        if let Some(frame) = self.open.last_mut() {
            frame.last = block;
        }
    }

    fn blank(&mut self) {
        self.blanks += 1;
        self.out.push(Line { spans: self.margin.blank() });
    }

    fn end_leaf(&mut self) {
        match std::mem::replace(&mut self.leaf, Leaf::None) {
            Leaf::None => return,
            Leaf::Paragraph(inline) => self.paragraph(inline.into_spans()),
            Leaf::Heading(level, inline) => self.heading(level, inline.into_spans()),
            Leaf::Html(inline) => self.html(&inline.into_spans()),
            Leaf::Code { info, text } => self.code(&info, text),
            Leaf::Table { grid, .. } => self.table(grid),
        }
        if self.until == Until::LastBlock {
            self.ending.within = self.within();
        }
    }

    fn html(&mut self, spans: &[Span]) {
        if matches!(self.begun, Begun::Html) {
            self.begun = Begun::Nothing;
            if spans.is_empty() {
                return;
            }
        } else {
            self.begin(Last::Other);
        }
        self.prose(spans);
    }

    fn paragraph(&mut self, mut spans: Vec<Span>) {
        if let Begun::Paragraph(head) = self.begun {
            self.begun = Begun::Nothing;
            self.started = true;
            cut_start(&mut spans, head.len());
        } else {
            self.begin(Last::Paragraph);
        }
        let [first, rest] = self.margin.bytes();
        self.ending.prose = Prose { row: self.out.len(), first, rest };
        self.prose(&spans);
    }

    pub(super) fn prose(&mut self, spans: &[Span]) {
        let first = self.margin.take_first();
        wrap(spans, &Wrap { width: self.width, first: &first, rest: self.margin.rest() }, self.out);
    }

    /// The two highest levels are underlined, the others keep their marks: the level shows without colour.
    fn heading(&mut self, level: HeadingLevel, mut spans: Vec<Span>) {
        self.begin(Last::Other);
        let ink = Ink::from(StyleRole::Heading).with(Emphasis::BOLD);
        let underline = match level {
            HeadingLevel::H1 => Some("═"),
            HeadingLevel::H2 => Some("─"),
            _ => None,
        };
        if underline.is_none() {
            spans.insert(0, Span::new("#".repeat(level as usize) + " ", ink));
        }
        self.prose(&spans);
        if let Some(stroke) = underline {
            let wanted: usize = spans.iter().map(|span| width(&span.text)).sum();
            self.row(&[Span::new(stroke.repeat(wanted.clamp(1, self.margin.room())), StyleRole::Heading)]);
        }
    }

    fn rule(&mut self) {
        self.end_leaf();
        self.begin(Last::Other);
        self.row(&[Span::new("─".repeat(self.margin.room().min(super::code::RULE)), StyleRole::Border)]);
    }

    fn end_table_part(&mut self, tag: TagEnd) {
        let Leaf::Table { grid, row, cell } = &mut self.leaf else { return };
        match tag {
            TagEnd::TableCell => {
                let cell = std::mem::replace(cell, Inline::new(Ink::default()));
                row.push(cell.into_spans());
            }
            TagEnd::TableHead => grid.set_header(std::mem::take(row)),
            _ => grid.add_row(std::mem::take(row)),
        }
    }

    /// Rows that were made for the room; only a list mark wider than the margin can still break them.
    pub(super) fn row(&mut self, spans: &[Span]) {
        let first = self.margin.take_first();
        if spans.is_empty() {
            return self.out.push(Line { spans: trimmed(first) });
        }
        wrap_hard(spans, &Wrap { width: self.width, first: &first, rest: self.margin.rest() }, self.out);
    }
}

/// Takes off the first bytes and the blanks after them.
fn cut_start(spans: &mut Vec<Span>, bytes: usize) {
    let Some(first) = spans.first_mut() else { return };
    let rest = first.text.get(bytes..).unwrap_or_default().trim_start_matches(' ');
    first.text = rest.to_owned();
    if first.text.is_empty() {
        spans.remove(0);
    }
}
