//! A JSON text as a tree whose brackets and long strings fold.
//!
//! Owns what is folded, which row is selected and what is found. A line is made when it is asked for, so that a tree of
//! any size costs what is seen of it; folding costs one pass over the members. Keeps no stack of its own depth.

use std::collections::BTreeMap;

use super::clean::reveal;
use super::find::Needle;
use super::ink::{Line, Span, StyleRole};
use super::json_rows::role;
use super::json_scan::{JsonKind, JsonPiece, JsonScanner};
use super::width::width as cells;
use super::wrap::{Wrap, truncate, wrap_hard};

/// Texts of more rows are not read as trees: 200,000 of them take some 12 MB.
const MOST_ITEMS: usize = 200_000;

/// So many characters are looked at for each cell of a row; marks take none.
const SIGNS_A_CELL: usize = 8;

const INDENT: usize = 2;

/// No item.
const NONE: u32 = u32::MAX;

/// Members and brackets of a JSON text in its order, each a row.
#[derive(Clone, Debug)]
pub struct JsonTree {
    text: String,
    items: Vec<Item>,
    /// The rows that are to be seen: an item, and of a string that is unfolded the part.
    rows: Vec<(u32, u32)>,
    /// The rows of strings that are unfolded.
    unfolded: BTreeMap<u32, Vec<Line>>,
    width: u16,
    form: StringForm,
    selected: usize,
    level: u32,
    needle: Option<Needle>,
    hits: Vec<u32>,
}

/// How strings are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StringForm {
    /// As they are meant: a line feed begins a row.
    #[default]
    Unescaped,
    /// As they are written.
    Raw,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Open,
    Close,
    /// A value in one row, empty brackets among them.
    Leaf,
}

#[derive(Clone, Copy, Debug)]
struct Item {
    kind: Kind,
    token: JsonKind,
    depth: u32,
    parent: u32,
    /// The other bracket.
    partner: u32,
    /// Its place among the members of its parent.
    place: u32,
    members: u32,
    /// Bytes of the key with its quotes; empty where there is none.
    key: (u32, u32),
    value: (u32, u32),
    comma: bool,
    folded: bool,
}

/// What is built while the text is read.
#[derive(Default)]
struct Builder {
    items: Vec<Item>,
    open: Vec<u32>,
    key: (u32, u32),
}

impl Builder {
    fn take(&mut self, piece: &JsonPiece<'_>, at: u32) {
        let end = at.saturating_add(u32::try_from(piece.text.len()).unwrap_or(u32::MAX));
        match piece.kind {
            JsonKind::Key if piece.begins => self.key = (at, end),
            JsonKind::Key => self.key.1 = end,
            JsonKind::Open => {
                let place = self.add(Kind::Open, piece.kind, (at, end));
                self.open.push(place);
            }
            JsonKind::Close => self.close((at, end)),
            JsonKind::Comma => self.comma(),
            JsonKind::String | JsonKind::Number | JsonKind::Constant if piece.begins => {
                self.add(Kind::Leaf, piece.kind, (at, end));
            }
            JsonKind::String | JsonKind::Number | JsonKind::Constant => {
                if let Some(last) = self.items.last_mut() {
                    last.value.1 = end;
                }
            }
            JsonKind::Colon | JsonKind::Fence | JsonKind::Raw => {}
        }
    }

    fn add(&mut self, kind: Kind, token: JsonKind, value: (u32, u32)) -> u32 {
        let parent = self.open.last().copied().unwrap_or(NONE);
        let place = self.items.get_mut(parent as usize).map_or(0, |parent| {
            parent.members += 1;
            parent.members - 1
        });
        let depth = u32::try_from(self.open.len()).unwrap_or(u32::MAX);
        let key = std::mem::take(&mut self.key);
        let at = u32::try_from(self.items.len()).unwrap_or(NONE);
        let partner = NONE;
        let (members, comma, folded) = (0, false, false);
        self.items.push(Item { kind, token, depth, parent, partner, place, members, key, value, comma, folded });
        at
    }

    fn close(&mut self, (at, end): (u32, u32)) {
        let Some(place) = self.open.pop() else { return };
        let partner = u32::try_from(self.items.len()).unwrap_or(NONE);
        let Some(open) = self.items.get_mut(place as usize) else { return };
        open.value.1 = end;
        if open.members == 0 {
            open.kind = Kind::Leaf;
            return;
        }
        open.partner = partner;
        let Item { depth, parent, .. } = self.items[place as usize];
        self.items.push(Item {
            kind: Kind::Close,
            token: JsonKind::Close,
            depth,
            parent,
            partner: place,
            place: 0,
            members: 0,
            key: (0, 0),
            value: (at, end),
            comma: false,
            folded: false,
        });
    }

    fn comma(&mut self) {
        let Some(last) = self.items.last_mut() else { return };
        last.comma = true;
        let partner = last.partner as usize;
        if let Some(open) = self.items.get_mut(partner) {
            open.comma = true;
        }
    }
}

impl JsonTree {
    /// Reads a text, in one pass; `None` when it is no whole JSON, or has too many members.
    #[must_use]
    pub fn read(text: &str, width: u16) -> Option<Self> {
        u32::try_from(text.len()).ok()?;
        let (mut scanner, mut builder) = (JsonScanner::bare(), Builder::default());
        let start = text.as_ptr().addr();
        scanner.push(text, &mut |piece| {
            if !piece.text.is_empty() && builder.items.len() <= MOST_ITEMS {
                builder.take(&piece, u32::try_from(piece.text.as_ptr().addr() - start).unwrap_or(0));
            }
        });
        scanner.finish(&mut |_| {});
        if !scanner.is_whole() || builder.items.len() > MOST_ITEMS {
            return None;
        }
        let mut tree = Self {
            text: text.to_owned(),
            items: builder.items,
            rows: Vec::new(),
            unfolded: BTreeMap::new(),
            width: width.max(4),
            form: StringForm::default(),
            selected: 0,
            level: u32::MAX,
            needle: None,
            hits: Vec::new(),
        };
        tree.lay((0, 0));
        Some(tree)
    }

    /// How many rows there are to be seen.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    #[must_use]
    pub fn selected(&self) -> usize {
        self.selected
    }

    pub fn select(&mut self, row: usize) {
        self.selected = row.min(self.rows.len().saturating_sub(1));
    }

    #[must_use]
    pub fn form(&self) -> StringForm {
        self.form
    }

    /// How many members hold what is looked for.
    #[must_use]
    pub fn hits(&self) -> usize {
        self.hits.len()
    }

    /// Makes the rows for another width.
    pub fn fit(&mut self, width: u16) {
        if self.width != width.max(4) {
            self.width = width.max(4);
            self.relay();
        }
    }

    /// Shows strings in another form.
    pub fn show(&mut self, form: StringForm) {
        if self.form != form {
            self.form = form;
            self.relay();
        }
    }

    /// Folds or unfolds what is selected: brackets, or a string that is longer than its row. Of another member the
    /// brackets around it.
    pub fn toggle(&mut self) {
        let Some(&(at, _)) = self.rows.get(self.selected) else { return };
        let item = self.items[at as usize];
        match item.kind {
            Kind::Open => self.items[at as usize].folded = !item.folded,
            Kind::Close => self.fold(item.partner),
            Kind::Leaf if self.unfolded.remove(&at).is_some() => {}
            Kind::Leaf if self.is_long(at) => {
                let rows = self.string_rows(at);
                self.unfolded.insert(at, rows);
            }
            Kind::Leaf => self.fold(item.parent),
        }
        self.lay((at, 0));
    }

    fn fold(&mut self, at: u32) {
        if let Some(item) = self.items.get_mut(at as usize) {
            item.folded = true;
        }
    }

    /// Folds one level more, or one less, of all that is there.
    pub fn fold_levels(&mut self, fewer: bool) {
        let deepest = self.items.iter().filter(|item| item.kind == Kind::Open).map(|item| item.depth + 1).max();
        let now = self.level.min(deepest.unwrap_or(0));
        self.level = if fewer { now.saturating_sub(1) } else { now + 1 };
        let level = self.level;
        for item in self.items.iter_mut().filter(|item| item.kind == Kind::Open) {
            item.folded = item.depth >= level;
        }
        self.relay();
    }

    /// Looks for a text in keys and values, as they are written and as they are meant; `false` when nothing holds it.
    pub fn find(&mut self, query: &str) -> bool {
        self.needle = Needle::new(query);
        let Some(needle) = &self.needle else {
            self.hits.clear();
            return false;
        };
        let holds = |text: &str| !needle.matches(text).is_empty();
        let held = |item: &Item| {
            let value = if item.kind == Kind::Leaf { self.slice(item.value) } else { "" };
            let key = self.slice(item.key);
            let meant = |text: &str| text.contains('\\') && meant(text).is_some_and(|text| holds(&text));
            holds(key) || holds(value) || meant(key) || meant(value)
        };
        let hits = (0_u32..).zip(&self.items).filter(|(_, item)| held(item)).map(|(at, _)| at).collect();
        self.hits = hits;
        !self.hits.is_empty()
    }

    /// Selects the next hit, or the one before, and unfolds what it stands in; the first one where `from_here` is.
    pub fn go(&mut self, forward: bool, from_here: bool) {
        let here = self.rows.get(self.selected).map_or(0, |(at, _)| *at);
        let after = |hit: &&u32| if from_here { **hit >= here } else { **hit > here };
        let next = if forward {
            self.hits.iter().find(after).or(self.hits.first())
        } else {
            self.hits.iter().rev().find(|hit| **hit < here).or(self.hits.last())
        };
        let Some(&hit) = next else { return };
        let mut above = self.items[hit as usize].parent;
        while let Some(item) = self.items.get_mut(above as usize) {
            item.folded = false;
            above = item.parent;
        }
        if self.items[hit as usize].kind == Kind::Leaf && self.is_long(hit) && !self.unfolded.contains_key(&hit) {
            let rows = self.string_rows(hit);
            self.unfolded.insert(hit, rows);
        }
        let held = |line: &Line| self.needle.as_ref().is_some_and(|needle| !needle.matches(&line.plain()).is_empty());
        let part = self.unfolded.get(&hit).and_then(|rows| rows.iter().position(held)).unwrap_or(0);
        self.lay((hit, u32::try_from(part).unwrap_or(0)));
    }

    /// The JSON of what is selected, as it is written.
    #[must_use]
    pub fn value(&self) -> &str {
        let item = self.rows.get(self.selected).and_then(|(at, _)| self.items.get(*at as usize));
        let item = item.map(|item| if item.kind == Kind::Close { &self.items[item.partner as usize] } else { item });
        item.map_or("", |item| self.slice(item.value))
    }

    /// The JSON pointer of what is selected (RFC 6901); empty for the whole.
    #[must_use]
    pub fn pointer(&self) -> String {
        let mut parts = Vec::new();
        let mut at = self.rows.get(self.selected).map_or(NONE, |(at, _)| *at);
        if let Some(item) = self.items.get(at as usize).filter(|item| item.kind == Kind::Close) {
            at = item.partner;
        }
        while let Some(item) = self.items.get(at as usize).filter(|item| item.parent != NONE) {
            let key = self.slice(item.key);
            parts.push(match meant(key) {
                Some(key) => key.replace('~', "~0").replace('/', "~1"),
                None if key.is_empty() => item.place.to_string(),
                None => key.to_owned(),
            });
            at = item.parent;
        }
        parts.iter().rev().map(|part| format!("/{part}")).collect()
    }

    fn slice(&self, (from, to): (u32, u32)) -> &str {
        self.text.get(from as usize..to as usize).unwrap_or_default()
    }

    /// Lays the rows anew and makes those of unfolded strings again.
    fn relay(&mut self) {
        let at = self.rows.get(self.selected).map_or(0, |(at, _)| *at);
        let open: Vec<u32> = std::mem::take(&mut self.unfolded).into_keys().collect();
        for string in open {
            let rows = self.string_rows(string);
            self.unfolded.insert(string, rows);
        }
        self.lay((at, 0));
    }

    /// Finds the rows that are to be seen, and selects an item, or the brackets that hide it.
    fn lay(&mut self, (at, part): (u32, u32)) {
        self.rows.clear();
        let mut next = 0_u32;
        while let Some(item) = self.items.get(next as usize) {
            let parts = self.unfolded.get(&next).map_or(1, |rows| u32::try_from(rows.len()).unwrap_or(1));
            self.rows.extend((0..parts).map(|part| (next, part)));
            next = if item.kind == Kind::Open && item.folded { item.partner.saturating_add(1) } else { next + 1 };
        }
        let hidden = self.hidden_by(at);
        let wanted = hidden.map_or((at, part), |at| (at, 0));
        self.selected = self.rows.binary_search(&wanted).unwrap_or_else(|place| place.min(self.rows.len() - 1));
    }

    /// The outermost folded brackets around an item.
    fn hidden_by(&self, at: u32) -> Option<u32> {
        let item = self.items.get(at as usize)?;
        let own = (item.kind == Kind::Close && self.items[item.partner as usize].folded).then_some(item.partner);
        let above = std::iter::successors(Some(item.parent), |at| Some(self.items.get(*at as usize)?.parent));
        let folded = |at: &u32| self.items.get(*at as usize).is_some_and(|item| item.folded);
        above.take_while(|at| *at != NONE).filter(folded).last().or(own)
    }

    /// The line of a row, at most as wide as the tree.
    #[must_use]
    pub fn line(&self, row: usize) -> Line {
        let Some(&(at, part)) = self.rows.get(row) else { return Line::default() };
        let line = match self.unfolded.get(&at) {
            Some(rows) => rows.get(part as usize).cloned().unwrap_or_default(),
            None => self.row(at),
        };
        self.marked(line)
    }

    fn row(&self, at: u32) -> Line {
        let item = &self.items[at as usize];
        let mut spans = self.before(item, self.mark(at));
        spans.extend(self.said(item));
        let mut room = usize::from(self.width);
        for span in &mut spans {
            span.text = truncate(&span.text, room).into_owned();
            room = room.saturating_sub(cells(&span.text));
        }
        spans.retain(|span| !span.text.is_empty());
        Line { spans }
    }

    /// The value of a row, and the comma after it.
    fn said(&self, item: &Item) -> Vec<Span> {
        let most = usize::from(self.width) * SIGNS_A_CELL;
        let mut spans = match item.kind {
            Kind::Open if item.folded => {
                let [open, close] = if self.slice(item.value).starts_with('{') { ["{", "}"] } else { ["[", "]"] };
                vec![
                    Span::new(open, StyleRole::SyntaxPunctuation),
                    Span::new(format!(" … {} ", item.members), StyleRole::Dim),
                    Span::new(close, StyleRole::SyntaxPunctuation),
                ]
            }
            Kind::Open => vec![Span::new(&self.slice(item.value)[..1], StyleRole::SyntaxPunctuation)],
            Kind::Close => vec![Span::new(self.slice(item.value), StyleRole::SyntaxPunctuation)],
            Kind::Leaf => vec![Span::new(one_row(&self.shown(item, Some(most))), role(item.token))],
        };
        let ends = item.kind != Kind::Open || item.folded;
        spans.extend((item.comma && ends).then(|| Span::new(",", StyleRole::SyntaxPunctuation)));
        spans
    }

    /// Indent, sign of the fold and key.
    fn before(&self, item: &Item, mark: &str) -> Vec<Span> {
        let deep = (item.depth as usize).saturating_mul(INDENT).min(usize::from(self.width) / 2);
        let mut spans = vec![Span::new(format!("{}{mark} ", " ".repeat(deep)), StyleRole::Dim)];
        let key: String = self.slice(item.key).chars().take(usize::from(self.width) * SIGNS_A_CELL).collect();
        if !key.is_empty() {
            spans.push(Span::new(one_row(&key), StyleRole::SyntaxVariable));
            spans.push(Span::new(": ", StyleRole::SyntaxPunctuation));
        }
        spans
    }

    fn mark(&self, at: u32) -> &'static str {
        let item = &self.items[at as usize];
        match item.kind {
            Kind::Open if item.folded => "▸",
            Kind::Open => "▾",
            Kind::Leaf if self.unfolded.contains_key(&at) => "▾",
            Kind::Leaf if self.is_long(at) => "▸",
            _ => " ",
        }
    }

    /// A value as it is shown, or as much of its beginning.
    fn shown(&self, item: &Item, most: Option<usize>) -> String {
        let written = self.slice(item.value);
        let most = most.unwrap_or(usize::MAX);
        let is_meant = item.token == JsonKind::String && self.form == StringForm::Unescaped && written.contains('\\');
        if !is_meant {
            return written.chars().take(most).collect();
        }
        // The beginning of a string is a string when it is cut before an escape.
        let beginning: String = if written.len() <= most.saturating_mul(4) {
            written.to_owned()
        } else {
            let cut: String = written.chars().take(most).collect();
            let whole = cut.rfind('\\').filter(|at| cut.len() - at < 12).map_or(cut.as_str(), |at| &cut[..at]);
            format!("{}\"", whole.trim_end_matches('\\'))
        };
        meant(&beginning).map_or(beginning, |text| format!("\"{text}\""))
    }

    /// Whether a value has more than its row shows.
    fn is_long(&self, at: u32) -> bool {
        let item = &self.items[at as usize];
        if item.token != JsonKind::String && item.token != JsonKind::Number {
            return false;
        }
        let most = usize::from(self.width) * SIGNS_A_CELL;
        let shown = self.shown(item, Some(most));
        let before: usize = self.before(item, " ").iter().map(|span| cells(&span.text)).sum();
        let room = usize::from(self.width).saturating_sub(before + usize::from(item.comma));
        shown.contains('\n') || cells(&one_row(&shown)) > room
    }

    /// All rows of a string.
    fn string_rows(&self, at: u32) -> Vec<Line> {
        let item = &self.items[at as usize];
        let first = self.before(item, "▾");
        let deep = (item.depth as usize).saturating_mul(INDENT).min(usize::from(self.width) / 2);
        let rest = [Span::new(" ".repeat(deep + INDENT), StyleRole::Text)];
        let comma = if item.comma { "," } else { "" };
        let said = [
            Span::new(reveal(&self.shown(item, None)), role(item.token)),
            Span::new(comma, StyleRole::SyntaxPunctuation),
        ];
        let mut rows = Vec::new();
        wrap_hard(&said, &Wrap { width: self.width, first: &first, rest: &rest }, &mut rows);
        rows
    }

    /// What is looked for, in another ink.
    fn marked(&self, line: Line) -> Line {
        let Some(needle) = &self.needle else { return line };
        let mut spans = Vec::new();
        for span in line.spans {
            let mut from = 0;
            for hit in needle.matches(&span.text) {
                spans.push(Span::new(&span.text[from..hit.start], span.ink));
                spans.push(Span::new(&span.text[hit.clone()], StyleRole::SearchHit));
                from = hit.end;
            }
            spans.push(Span::new(&span.text[from..], span.ink));
        }
        spans.retain(|span| !span.text.is_empty());
        Line { spans }
    }
}

/// What a JSON string means.
fn meant(written: &str) -> Option<String> {
    serde_json::from_str(written).ok()
}

/// A text in one row with nothing left out: a line feed has a sign.
fn one_row(text: &str) -> String {
    reveal(text).replace('\n', "↵").replace('\t', " ")
}

#[cfg(test)]
#[path = "json_tree_tests.rs"]
mod tests;
