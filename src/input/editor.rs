//! The text editor behind the composer: the one place that knows the text area's crate.
//!
//! Owns the draft's text, its caret, its undo history and the editing keys that every shell user has in the fingers.
//! Moves and deletes by what a reader calls a character (a grapheme), which the crate below does not. Knows no actions:
//! keys that ask for one are resolved before they come here.

use std::cell::RefCell;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::widgets::Widget;
use thiserror::Error;
use tui_textarea::{CursorMove, CursorRenderMode, TextArea, WrapMode};

use super::Chord;
use super::caret;

/// Undo steps that are kept.
const UNDO_STEPS: usize = 1000;

/// The most text that a draft may hold: each key wraps the whole of it anew, 24 ms at this size.
const MOST_BYTES: usize = 1 << 20;

/// The most lines of a draft: the crate below counts rows in 16 bits.
const MOST_LINES: usize = 20_000;

/// The most rows that are drawn; past them the crate's 16 bits run over.
const MOST_ROWS: u16 = 60_000;

const TOO_LONG: &str = "This draft is too long to be shown here; open it in $EDITOR.";

/// Columns from one tab stop to the next.
const TAB_COLUMNS: u8 = 4;

/// A text with a caret.
#[derive(Clone, Debug)]
pub struct Editor {
    /// In a cell because the crate below wants it changeable in order to measure it; it is never borrowed for longer
    /// than one call of this module.
    area: RefCell<TextArea<'static>>,
    revision: u64,
}

/// Why a paste was not taken; nothing of it was inserted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PasteError {
    #[error("The draft would grow past 1 MB or 20,000 lines, so nothing was pasted. Paste less of it.")]
    TooLarge,
}

impl Default for Editor {
    fn default() -> Self {
        Self { area: RefCell::new(area_of(vec![String::new()])), revision: 0 }
    }
}

fn area_of(lines: Vec<String>) -> TextArea<'static> {
    let mut area = TextArea::new(lines);
    area.set_wrap_mode(WrapMode::WordOrGlyph);
    area.set_tab_length(TAB_COLUMNS);
    area.set_max_histories(UNDO_STEPS);
    area.set_undo_coalescing(true);
    // The crate underlines the caret's line by default.
    area.set_cursor_line_style(Style::default());
    // The terminal's own cursor stands at the caret, so that input methods open their window there.
    area.set_cursor_render_mode(CursorRenderMode::Hidden);
    area
}

/// The text without what must not enter: control characters, but for tabs and newlines; CRLF and CR become newlines.
fn admitted(text: &str) -> String {
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    unified.chars().filter(|&sign| matches!(sign, '\n' | '\t') || !sign.is_control()).collect()
}

impl Editor {
    /// An editor that holds `text`, the caret at its end.
    #[must_use]
    pub fn with_text(text: &str) -> Self {
        let mut editor = Self::default();
        editor.set_text(text);
        editor
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> String {
        self.area.borrow().lines().join("\n")
    }

    /// Replaces the whole text, puts the caret at its end and starts a new undo history. Takes any length: what comes
    /// from a file or from `$EDITOR` is not cut.
    pub fn set_text(&mut self, text: &str) {
        let lines: Vec<String> = admitted(text).split('\n').map(str::to_owned).collect();
        self.area.get_mut().set_lines(lines, (usize::MAX, usize::MAX));
        self.revision += 1;
    }

    /// Empties the text and forgets its history.
    pub fn clear(&mut self) {
        self.set_text("");
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.area.borrow().is_empty()
    }

    /// Whether there is nothing but blanks in it.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.area.borrow().lines().iter().all(|line| line.trim().is_empty())
    }

    /// Goes up with every change of the text, not with moves of the caret.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Inserts a paste at the caret as one undo step.
    ///
    /// # Errors
    /// When the draft would become larger than it can be edited in.
    pub fn paste(&mut self, text: &str) -> Result<(), PasteError> {
        let text = admitted(text);
        let area = self.area.get_mut();
        let bytes: usize = area.lines().iter().map(|line| line.len() + 1).sum();
        let lines = area.lines().len() + text.matches('\n').count();
        if bytes + text.len() > MOST_BYTES || lines > MOST_LINES {
            return Err(PasteError::TooLarge);
        }
        self.edit(|area| area.insert_str(&text));
        Ok(())
    }

    /// Starts a new line at the caret.
    pub fn newline(&mut self) {
        self.edit(|area| {
            area.insert_newline();
            true
        });
    }

    /// Takes back the last step; `false` when there is none.
    pub fn undo(&mut self) -> bool {
        self.edit(TextArea::undo)
    }

    /// Does the last undone step again; `false` when there is none.
    pub fn redo(&mut self) -> bool {
        self.edit(TextArea::redo)
    }

    /// Handles a key: text, moves and deletions. `true` when the text or the caret changed by it, so that a key at an
    /// edge can be given another meaning.
    pub fn input(&mut self, key: KeyEvent) -> bool {
        let Some(chord) = Chord::pressed(key) else { return false };
        if let Some(sign) = chord.types() {
            return self.type_sign(sign);
        }
        let held = chord.modifiers() - KeyModifiers::SHIFT;
        let plain = held.is_empty();
        let ctrl = held == KeyModifiers::CONTROL;
        let alt = held == KeyModifiers::ALT;
        let by_word = ctrl || alt;
        match chord.code() {
            KeyCode::Enter if plain => {
                self.newline();
                true
            }
            KeyCode::Left if by_word => self.go_to(caret::word_before),
            KeyCode::Right if by_word => self.go_to(caret::word_after),
            KeyCode::Home if ctrl => self.go_to(|_| (0, 0)),
            KeyCode::End if ctrl => {
                self.go_by_row(CursorMove::Bottom);
                self.go_by_row(CursorMove::End)
            }
            KeyCode::Backspace if by_word => self.delete_to(caret::word_before),
            KeyCode::Delete if by_word => self.delete_to(caret::word_after),
            KeyCode::Left if plain => self.go_to(caret::grapheme_before),
            KeyCode::Right if plain => self.go_to(caret::grapheme_after),
            KeyCode::Up if plain => self.go_by_row(CursorMove::Up),
            KeyCode::Down if plain => self.go_by_row(CursorMove::Down),
            KeyCode::Home if plain => self.go_by_row(CursorMove::Head),
            KeyCode::End if plain => self.go_by_row(CursorMove::End),
            KeyCode::Backspace if plain => self.delete_to(caret::grapheme_before),
            KeyCode::Delete if plain => self.delete_to(caret::grapheme_after),
            KeyCode::Char(letter) if ctrl => self.control(letter),
            KeyCode::Char(letter) if alt => self.meta(letter),
            // Windows reports AltGr as both, with the sign that it made.
            KeyCode::Char(sign) if cfg!(windows) && held == KeyModifiers::CONTROL | KeyModifiers::ALT => {
                self.type_sign(sign)
            }
            _ => false,
        }
    }

    /// The keys that shells have with Ctrl.
    fn control(&mut self, letter: char) -> bool {
        match letter {
            'a' => self.go_by_row(CursorMove::Head),
            'e' => self.go_by_row(CursorMove::End),
            'f' => self.go_to(caret::grapheme_after),
            'b' => self.go_to(caret::grapheme_before),
            'w' => self.delete_to(caret::word_before),
            'u' => self.edit(TextArea::delete_line_by_head),
            'k' => self.edit(TextArea::delete_line_by_end),
            // Many terminals send this for Backspace.
            'h' => self.delete_to(caret::grapheme_before),
            _ => false,
        }
    }

    /// The keys that shells have with Alt.
    fn meta(&mut self, letter: char) -> bool {
        match letter {
            'f' => self.go_to(caret::word_after),
            'b' => self.go_to(caret::word_before),
            'd' => self.delete_to(caret::word_after),
            _ => false,
        }
    }

    fn type_sign(&mut self, sign: char) -> bool {
        if sign.is_control() {
            return false;
        }
        self.edit(|area| {
            area.insert_char(sign);
            true
        })
    }

    /// Runs a change and counts it; what it returns says whether the text changed.
    fn edit(&mut self, change: impl FnOnce(&mut TextArea<'static>) -> bool) -> bool {
        let changed = change(self.area.get_mut());
        self.revision += u64::from(changed);
        changed
    }

    // Moves and deletions by grapheme and word

    fn go_to(&mut self, target: impl FnOnce(&TextArea<'static>) -> caret::Place) -> bool {
        let area = self.area.get_mut();
        let before = area.cursor();
        let target = target(area);
        caret::place(area, target);
        area.cursor() != before
    }

    /// A move of the crate's own, after which a caret that came to stand within a grapheme is put before it.
    fn go_by_row(&mut self, step: CursorMove) -> bool {
        let area = self.area.get_mut();
        let before = area.cursor();
        area.move_cursor(step);
        let (row, column) = area.cursor();
        let start = caret::grapheme_start(&area.lines()[row], column);
        if start != column {
            caret::place(area, (row, start));
        }
        area.cursor() != before
    }

    fn delete_to(&mut self, target: impl FnOnce(&TextArea<'static>) -> caret::Place) -> bool {
        let area = self.area.get_mut();
        let here = area.cursor();
        let there = target(area);
        let (from, to) = (here.min(there), here.max(there));
        let signs = match to.0 - from.0 {
            0 => to.1 - from.1,
            // Neither a grapheme nor a word reaches over more than the one line's end.
            _ => 1,
        };
        match signs {
            0 => false,
            // The crate joins neighbouring single deletions into one undo step.
            1 if there < here => self.edit(TextArea::delete_char),
            _ => {
                caret::place(area, from);
                self.edit(|area| area.delete_str(signs))
            }
        }
    }

    // What the screen needs

    /// The rows that the text takes when it is `width` columns wide, at least one.
    #[must_use]
    pub fn height(&self, width: u16) -> u16 {
        self.area.borrow_mut().measure(width).content_rows.max(1)
    }

    /// Whether the caret is in the first row of a text of `width` columns, so that Up has nowhere to go.
    #[must_use]
    pub fn at_first_row(&self, width: u16) -> bool {
        let area = self.area.borrow();
        let (row, column) = area.cursor();
        row == 0 && stays(&area.lines()[0], column, width, CursorMove::Up)
    }

    /// Whether the caret is in the last row of a text of `width` columns, so that Down has nowhere to go.
    #[must_use]
    pub fn at_last_row(&self, width: u16) -> bool {
        let area = self.area.borrow();
        let caret = area.cursor();
        let end = caret::end_of_text(&area);
        caret == end || caret.0 == end.0 && stays(&area.lines()[end.0], caret.1, width, CursorMove::Down)
    }

    /// Draws the text into `area`, scrolled so that the caret is visible. No caret is drawn: see
    /// [`Self::cursor_position`].
    pub fn render(&self, area: Rect, buffer: &mut Buffer, style: Style) {
        if area.is_empty() {
            return;
        }
        buffer.set_style(area, style);
        if self.height(area.width) > MOST_ROWS {
            buffer.set_stringn(area.x, area.y, TOO_LONG, usize::from(area.width), style);
            return;
        }
        (&*self.area.borrow()).render(area, buffer);
    }

    /// The cell at which the terminal's cursor belongs, after [`Self::render`] into `area`.
    #[must_use]
    pub fn cursor_position(&self, area: Rect) -> Option<Position> {
        let text = self.area.borrow();
        let caret = text.cursor();
        // The crate adds up widths by code point, so its own answer is off behind joined emoji; its rows are right.
        let starts = area.rows().filter_map(|row| Some((row.y, text.cursor_at_position(row.as_position())?)));
        // Below the text every row answers with the start of the last one.
        let later = |kept: (u16, _), next: (u16, _)| if next.1 > kept.1 { next } else { kept };
        let (y, start) = starts.take_while(|&(_, start)| start <= caret).reduce(later)?;
        if start.0 != caret.0 {
            return None;
        }
        let shown: String = text.lines()[caret.0].chars().skip(start.1).take(caret.1 - start.1).collect();
        let x = area.x.saturating_add(caret::columns(&shown, TAB_COLUMNS));
        (x < area.right()).then_some(Position { x, y })
    }

    /// Puts the caret where the mouse pointed; `false` outside of what was last drawn.
    pub fn click(&mut self, at: Position) -> bool {
        let area = self.area.get_mut();
        let Some((row, column)) = area.cursor_at_position(at) else { return false };
        let column = caret::grapheme_start(&area.lines()[row], column);
        caret::place(area, (row, column));
        true
    }
}

/// Whether a caret in a line of its own has nowhere to go by that step, at that width.
fn stays(line: &str, column: usize, width: u16, step: CursorMove) -> bool {
    let mut area = area_of(vec![line.to_owned()]);
    let room = Rect::new(0, 0, width.max(1), 1);
    (&area).render(room, &mut Buffer::empty(room));
    caret::place(&mut area, (0, column));
    let before = area.cursor();
    area.move_cursor(step);
    area.cursor() == before
}

#[path = "editor_words.rs"]
mod words;

#[cfg(test)]
#[path = "editor_tests.rs"]
mod tests;
