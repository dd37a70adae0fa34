//! A JSON text as a tree whose brackets and long strings fold.
//!
//! Owns what is folded, which row is selected and what is found. A line is made when it is asked for, so that a tree of
//! any size costs what is seen of it; folding costs one pass over the members. Keeps no stack of its own depth.

mod items;
mod rows;

use std::collections::BTreeMap;

use super::find::Needle;
use super::ink::Line;
use super::json_scan::JsonScanner;
use items::{Builder, Item, Kind, NONE};

/// Texts of more rows are not read as trees: 200,000 of them take some 12 MB.
const MOST_ITEMS: usize = 200_000;

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
}

/// What a JSON string means.
fn meant(written: &str) -> Option<String> {
    serde_json::from_str(written).ok()
}

#[cfg(test)]
#[path = "json_tree_tests.rs"]
mod tests;
