//! What is read of the selected row: some rows about it, and below them its JSON or text.

use super::{InspectorRow, InspectorTab};
use crate::text::{JsonTree, Line, Needle, StreamingJson, StringForm};

/// What is read, and the place in it.
#[derive(Debug)]
pub struct InspectorDetail {
    pub of: DetailKey,
    /// What is to be known of it first.
    pub head: Vec<Line>,
    pub body: DetailBody,
    /// The text behind the body: what is copied and opened.
    pub source: String,
    at: usize,
    /// Whether the end is kept in sight while it grows.
    follows: bool,
}

/// The part that is as long as a model or a tool made it.
#[derive(Debug)]
pub enum DetailBody {
    Tree(Box<JsonTree>),
    Rows(Vec<Line>),
    /// Arguments that still come.
    Coming(Box<StreamingJson>),
}

/// What the rows depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DetailKey {
    pub session: u64,
    pub row: InspectorRow,
    pub tab: InspectorTab,
    pub columns: u16,
    /// Of records, branches and runs.
    pub calls: u64,
    pub shape: u64,
    pub closed: u64,
    /// Of wires that were read back.
    pub recalled: u64,
}

impl InspectorDetail {
    #[must_use]
    pub fn new(of: DetailKey, head: Vec<Line>, body: DetailBody, source: String) -> Self {
        let follows = matches!(body, DetailBody::Coming(_));
        Self { of, head, body, source, at: 0, follows }
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.head.len() + self.body.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The selected row.
    #[must_use]
    pub fn at(&self) -> usize {
        if self.follows { self.len().saturating_sub(1) } else { self.at }
    }

    #[must_use]
    pub fn line(&self, row: usize) -> Line {
        match row.checked_sub(self.head.len()) {
            None => self.head.get(row).cloned().unwrap_or_default(),
            Some(row) => self.body.line(row),
        }
    }

    /// Selects a row, of the tree too.
    pub fn select(&mut self, row: usize) {
        self.at = row.min(self.len().saturating_sub(1));
        self.follows &= self.at + 1 == self.len();
        if let (DetailBody::Tree(tree), Some(row)) = (&mut self.body, self.at.checked_sub(self.head.len())) {
            tree.select(row);
        }
    }

    pub fn step(&mut self, rows: isize) {
        self.select(self.at().saturating_add_signed(rows));
    }

    /// Changes the tree, if it is one, and goes to what is selected in it then.
    pub fn change_tree(&mut self, change: impl FnOnce(&mut JsonTree)) {
        if let DetailBody::Tree(tree) = &mut self.body {
            change(tree);
            self.at = self.head.len() + tree.selected();
        }
    }

    /// Looks for a text, and goes to the first row from here on that holds it.
    pub fn look_for(&mut self, text: &str) {
        self.change_tree(|tree| {
            if tree.find(text) {
                tree.go(true, true);
            }
        });
        if let Some(needle) = Needle::new(text) {
            self.go_in_rows(&needle, self.at, true);
        }
    }

    /// Goes to the next row that holds a text, or to the one before, and on at the other end.
    pub fn go(&mut self, text: &str, forward: bool) {
        self.change_tree(|tree| tree.go(forward, false));
        if let Some(needle) = Needle::new(text) {
            let from = if forward { self.at + 1 } else { self.at };
            self.go_in_rows(&needle, from, forward);
        }
    }

    fn go_in_rows(&mut self, needle: &Needle, from: usize, forward: bool) {
        let DetailBody::Rows(rows) = &self.body else { return };
        let all = self.head.iter().chain(rows).enumerate();
        let hits: Vec<usize> =
            all.filter(|(_, row)| !needle.matches(&row.plain()).is_empty()).map(|(place, _)| place).collect();
        let next = if forward {
            hits.iter().find(|hit| **hit >= from).or(hits.first())
        } else {
            hits.iter().rev().find(|hit| **hit < from).or(hits.last())
        };
        if let Some(hit) = next.copied() {
            self.select(hit);
        }
    }

    #[must_use]
    pub fn tree(&self) -> Option<&JsonTree> {
        match &self.body {
            DetailBody::Tree(tree) => Some(tree),
            _ => None,
        }
    }

    /// Shows strings of JSON in a form and marks what is looked for, before anything is read.
    pub fn set_up(&mut self, strings: StringForm, find: &str) {
        if let DetailBody::Tree(tree) = &mut self.body {
            tree.show(strings);
            tree.find(find);
        }
    }

    /// Keeps the place of what was read before, where it was of the same row and tab.
    pub fn at_place_of(&mut self, before: &Self) {
        if before.of.row == self.of.row && before.of.tab == self.of.tab && !self.follows {
            self.select(before.at);
        }
    }
}

impl DetailBody {
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Tree(tree) => tree.len(),
            Self::Rows(rows) => rows.len(),
            Self::Coming(json) => json.len(),
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn line(&self, row: usize) -> Line {
        match self {
            Self::Tree(tree) => tree.line(row),
            Self::Rows(rows) => rows.get(row).cloned().unwrap_or_default(),
            Self::Coming(json) => json.line(row).cloned().unwrap_or_default(),
        }
    }
}
