//! Where the caret may stand: before and after what a reader calls a character, and what a shell calls a word.
//!
//! Owns the arithmetic on lines. The crate below moves by code point, which leaves carets within joined emoji.

use tui_textarea::{CursorMove, TextArea};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A line and a column in code points, both from 0, as the crate below counts.
pub(super) type Place = (usize, usize);

pub(super) fn grapheme_before(area: &TextArea<'static>) -> Place {
    before(area, |text| text.graphemes(true).next_back().map_or(0, str::len))
}

pub(super) fn grapheme_after(area: &TextArea<'static>) -> Place {
    after(area, |text| text.graphemes(true).next().map_or(0, str::len))
}

pub(super) fn word_before(area: &TextArea<'static>) -> Place {
    before(area, |text| {
        let trimmed = text.trim_end();
        let word = trimmed.split_word_bounds().next_back().map_or(0, str::len);
        text.len() - trimmed.len() + word
    })
}

pub(super) fn word_after(area: &TextArea<'static>) -> Place {
    after(area, |text| {
        let trimmed = text.trim_start();
        let word = trimmed.split_word_bounds().next().map_or(0, str::len);
        text.len() - trimmed.len() + word
    })
}

pub(super) fn end_of_text(area: &TextArea<'static>) -> Place {
    let row = area.lines().len().saturating_sub(1);
    (row, area.lines()[row].chars().count())
}

/// The text of the caret's line before the caret and after it.
fn around<'a>(area: &'a TextArea<'static>, caret: Place) -> (&'a str, &'a str) {
    let line = area.lines()[caret.0].as_str();
    let byte = line.char_indices().nth(caret.1).map_or(line.len(), |(byte, _)| byte);
    line.split_at(byte)
}

/// The caret moved back over as many bytes as `length` says of the text before it; over the line's start to the end
/// of the line above.
fn before(area: &TextArea<'static>, length: impl FnOnce(&str) -> usize) -> Place {
    let (row, column) = area.cursor();
    if column == 0 {
        return if row == 0 { (0, 0) } else { (row - 1, area.lines()[row - 1].chars().count()) };
    }
    let (text, _) = around(area, (row, column));
    let kept = text.len() - length(text);
    (row, text[..kept].chars().count())
}

/// The caret moved on over as many bytes as `length` says of the text after it; over the line's end to the next line.
fn after(area: &TextArea<'static>, length: impl FnOnce(&str) -> usize) -> Place {
    let (row, column) = area.cursor();
    let (_, text) = around(area, (row, column));
    if text.is_empty() {
        return if row + 1 < area.lines().len() { (row + 1, 0) } else { (row, column) };
    }
    (row, column + text[..length(text)].chars().count())
}

/// Puts the caret somewhere. The crate's jump counts in 16 bits; past that the caret goes step by step, which only
/// ever is a grapheme or a word away.
pub(super) fn place(area: &mut TextArea<'static>, (row, column): Place) {
    if let (Ok(row), Ok(column)) = (u16::try_from(row), u16::try_from(column)) {
        area.move_cursor(CursorMove::Jump(row, column));
        return;
    }
    let here = area.cursor();
    // Marks without a width can make a step jump a row and back, so the steps are counted.
    for _ in 0..=here.0.abs_diff(row).saturating_add(here.1.abs_diff(column)) {
        let step = match area.cursor().cmp(&(row, column)) {
            std::cmp::Ordering::Less => CursorMove::Forward,
            std::cmp::Ordering::Equal => return,
            std::cmp::Ordering::Greater => CursorMove::Back,
        };
        area.move_cursor(step);
    }
}

/// The column, in code points, at which the grapheme that `column` lies in begins.
pub(super) fn grapheme_start(line: &str, column: usize) -> usize {
    let mut start = 0;
    for grapheme in line.graphemes(true) {
        let next = start + grapheme.chars().count();
        if column < next {
            return start;
        }
        start = next;
    }
    start
}

/// The columns that a piece of a row takes on the screen, its tabs as far as the next stop.
pub(super) fn columns(text: &str, tab: u8) -> u16 {
    let tab = usize::from(tab);
    let mut by_sign = 0;
    let mut shown = String::with_capacity(text.len());
    for sign in text.chars() {
        let width = if sign == '\t' { tab - by_sign % tab } else { sign.width().unwrap_or(0) };
        by_sign += width;
        if sign == '\t' {
            shown.extend(std::iter::repeat_n(' ', width));
        } else {
            shown.push(sign);
        }
    }
    u16::try_from(shown.graphemes(true).map(UnicodeWidthStr::width).sum::<usize>()).unwrap_or(u16::MAX)
}
