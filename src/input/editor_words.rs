//! Words of the draft that others write: what stands before the caret, and texts that take its place.

use super::{Editor, admitted};
use crate::input::caret;

impl Editor {
    /// Inserts a text at the caret, as if it were typed.
    pub fn insert(&mut self, text: &str) {
        let text = admitted(text);
        self.edit(|area| area.insert_str(&text));
    }

    /// Puts a text in the place of so many signs before the caret, within its line.
    pub fn complete(&mut self, signs: usize, with: &str) {
        let area = self.area.get_mut();
        let (row, column) = area.cursor();
        let signs = signs.min(column);
        caret::place(area, (row, column - signs));
        self.edit(|area| {
            area.delete_str(signs);
            area.insert_str(with)
        });
    }

    /// Puts another text in the place of the first one that reads so, as a step that can be undone; the caret stays where
    /// it stood in what is around. `false` when no line holds it.
    pub fn swap(&mut self, text: &str, with: &str) -> bool {
        let area = self.area.get_mut();
        let found = |line: &String| line.find(text).map(|byte| line[..byte].chars().count());
        let mut lines = area.lines().iter().enumerate();
        let Some((row, start)) = lines.find_map(|(row, line)| Some((row, found(line)?))) else { return false };
        let (caret_row, caret) = area.cursor();
        let (before, after) = (text.chars().count(), with.chars().count());
        caret::place(area, (row, start));
        self.edit(|area| {
            area.delete_str(before);
            area.insert_str(with)
        });
        let caret = match caret {
            caret if caret_row != row || caret <= start => caret,
            caret if caret <= start + before => start + after,
            caret => caret - before + after,
        };
        caret::place(self.area.get_mut(), (caret_row, caret));
        true
    }

    /// Whether nothing stands before the caret.
    #[must_use]
    pub fn at_beginning(&self) -> bool {
        self.area.borrow().cursor() == (0, 0)
    }

    /// Puts a blank at the caret where none follows, so that what is typed next is a word of its own.
    pub fn end_word(&mut self) {
        let area = self.area.get_mut();
        let (row, column) = area.cursor();
        let next = area.lines()[row].chars().nth(column);
        if next.is_none_or(|sign| !sign.is_whitespace()) {
            self.edit(|area| area.insert_str(" "));
        }
    }

    /// What stands before the caret in its line.
    #[must_use]
    pub fn before_caret(&self) -> String {
        let area = self.area.borrow();
        let (row, column) = area.cursor();
        area.lines()[row].chars().take(column).collect()
    }
}
