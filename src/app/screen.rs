//! What the terminal shows, and the fewest bytes that turn it into the next frame.
//!
//! Owns the comparison of frames: rows that are equal cost nothing, and rows that moved are moved by the terminal. Modes,
//! the cursor and the writing are `tty`'s.

use std::collections::BTreeSet;
use std::io::{self, Write};

use crossterm::cursor::MoveTo;
use crossterm::terminal::{Clear, ClearType};
use crossterm::{Command, queue};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;

use super::cells;
use crate::view::Before;

/// Rows that a transcript moves at most between two frames, to be worth a search.
const FARTHEST: usize = 8;

/// A move saves at least so many cells, or it is not made.
const LEAST_GAIN: usize = 100;

/// The cells of the last frame.
#[derive(Debug, Default)]
pub(super) struct Screen {
    shown: Buffer,
    /// Changed rows as they were and as they are to be; kept for their memory.
    changed: Vec<(Buffer, Buffer)>,
}

/// Rows that move together: `from..until`, up by `rows`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Move {
    from: usize,
    until: usize,
    rows: usize,
}

/// Scrolls a part of the screen (DECSTBM, SU); what comes in is empty. Leaves the cursor anywhere.
struct ScrollPart(Move);

impl Command for ScrollPart {
    fn write_ansi(&self, out: &mut impl std::fmt::Write) -> std::fmt::Result {
        let Move { from, until, rows } = self.0;
        write!(out, "\x1b[{};{until}r\x1b[{rows}S\x1b[r", from + 1)
    }

    #[cfg(windows)]
    fn execute_winapi(&self) -> io::Result<()> {
        Err(io::Error::from(io::ErrorKind::Unsupported))
    }

    #[cfg(windows)]
    fn is_ansi_code_supported(&self) -> bool {
        true
    }
}

impl Screen {
    /// The terminal was cleared: it shows nothing.
    pub(super) fn forget(&mut self) {
        self.shown.reset();
    }

    /// Writes what turns the last frame into this one, and keeps this one; `next` holds the last one then.
    pub(super) fn write(&mut self, next: &mut Buffer, out: &mut impl Write) -> io::Result<()> {
        if self.shown.area != next.area {
            self.shown = Buffer::empty(next.area);
            // What terminals make of their old cells when their size changes differs.
            queue!(out, Clear(ClearType::All))?;
        }
        let mut rows = self.differing(next);
        if let Some(moved) = self.best_move(next, &rows) {
            queue!(out, ScrollPart(moved))?;
            self.shift(moved);
            rows = self.differing(next);
        }
        self.take_rows(next, &rows);
        self.erase_doubtful(&rows, out)?;
        let changed = &self.changed[..rows.len()];
        cells::write(out, changed.iter().map(|(before, after)| (before, after)))?;
        std::mem::swap(&mut self.shown, next);
        Ok(())
    }

    /// Lets a part of the last frame be painted over, and writes what that changed; whether it was painted.
    pub(super) fn patch(
        &mut self,
        paint: &mut dyn FnMut(&mut Buffer) -> Option<Vec<Before>>,
        out: &mut impl Write,
    ) -> io::Result<bool> {
        let Some(parts) = paint(&mut self.shown) else { return Ok(false) };
        let doubtful = self.doubtful_rows(&parts);
        // A row that is erased is written whole below; a part of several rows has others that are not.
        let is_erased = |part: &Before| part.area.height == 1 && doubtful.contains(&part.area.y);
        let changed = parts.iter().filter(|part| !is_erased(part)).map(|before| (before, self.cells(before.area)));
        let changed: Vec<(&Before, Buffer)> = changed.collect();
        cells::write(out, changed.iter().map(|(before, after)| (*before, after)))?;
        for &row in &doubtful {
            erase(row, out)?;
        }
        let row = |y: u16| Rect { y, height: 1, ..self.shown.area };
        let erased = doubtful.iter().map(|y| (Buffer::empty(row(*y)), self.cells(row(*y))));
        let erased: Vec<(Buffer, Buffer)> = erased.collect();
        cells::write(out, erased.iter().map(|(before, after)| (before, after)))?;
        Ok(true)
    }

    /// What is shown in an area, which lies on the screen.
    fn cells(&self, area: Rect) -> Buffer {
        let mut content = Vec::with_capacity(area.area() as usize);
        for y in area.rows().map(|row| row.y) {
            content.extend_from_slice(self.row(area, y));
        }
        Buffer { area, content }
    }

    /// What an area shows of a row.
    fn row(&self, area: Rect, y: u16) -> &[Cell] {
        let Rect { width: columns, .. } = self.shown.area;
        let from = usize::from(y) * usize::from(columns) + usize::from(area.x);
        self.shown.content.get(from..from + usize::from(area.width)).unwrap_or_default()
    }

    /// The rows of painted parts that have to be erased, as [`Self::erase_doubtful`] has it.
    fn doubtful_rows(&self, parts: &[Before]) -> BTreeSet<u16> {
        let moved = |(before, after): (&Cell, &Cell)| is_doubtful(before) && before != after;
        let rows = parts.iter().flat_map(|part| {
            let before = part.content.chunks(usize::from(part.area.width).max(1));
            before.zip(part.area.rows())
        });
        let doubtful = rows.filter(|(before, row)| before.iter().zip(self.row(*row, row.y)).any(moved));
        doubtful.map(|(_, row)| row.y).collect()
    }

    /// Empties changed rows in which a cluster of several code points (joined emoji, Indic vowels, flags) no longer stands
    /// where it stood. Terminals disagree on how wide those are, so how far it reached is not known, and parts of it would
    /// stay. What changes beside one that stays goes to columns of its own.
    fn erase_doubtful(&mut self, rows: &[usize], out: &mut impl Write) -> io::Result<()> {
        for (&row, (before, after)) in rows.iter().zip(&mut self.changed) {
            let mut cells = before.content.iter().zip(&after.content);
            if cells.any(|(before, after)| is_doubtful(before) && before != after) {
                erase(u16::try_from(row).unwrap_or(u16::MAX), out)?;
                before.content.iter_mut().for_each(Cell::reset);
            }
        }
        Ok(())
    }

    /// The rows that differ.
    fn differing(&self, next: &Buffer) -> Vec<usize> {
        let columns = usize::from(next.area.width).max(1);
        let pairs = self.shown.content.chunks(columns).zip(next.content.chunks(columns));
        pairs.enumerate().filter(|(_, (before, after))| before != after).map(|(row, _)| row).collect()
    }

    /// The move that leaves least to be written, if there is one that is worth it.
    fn best_move(&self, next: &Buffer, rows: &[usize]) -> Option<Move> {
        let (from, until) = (*rows.first()?, rows.last()? + 1);
        if rows.len() <= 3 {
            return None;
        }
        let moves = (1..=FARTHEST.min(rows.len() / 2)).map(|rows| Move { from, until, rows });
        let moves: Vec<Move> = moves.filter(|moved| self.keeps_rows(next, *moved)).collect();
        if moves.is_empty() {
            return None;
        }
        let written = self.written(next, Move { from, until, rows: 0 });
        let (left, best) =
            moves.into_iter().map(|moved| (self.written(next, moved), moved)).min_by_key(|(left, _)| *left)?;
        (left * 2 + LEAST_GAIN < written).then_some(best)
    }

    /// Whether a quarter of the rows at least are whole after a move. With a sidebar beside them that move nowhere none is,
    /// which is found after few cells.
    fn keeps_rows(&self, next: &Buffer, moved: Move) -> bool {
        let columns = usize::from(next.area.width);
        let (from, until) = (moved.from * columns, moved.until * columns);
        let before = self.shown.content[from + moved.rows * columns..until].chunks(columns);
        let after = next.content[from..].chunks(columns);
        let whole = before.zip(after).filter(|(before, after)| before == after).count();
        whole * 4 >= moved.until - moved.from
    }

    /// How many cells differ after a move.
    fn written(&self, next: &Buffer, moved: Move) -> usize {
        let columns = usize::from(next.area.width);
        let (from, until) = (moved.from * columns, moved.until * columns);
        let by = moved.rows * columns;
        let kept = self.shown.content[from + by..until].iter().zip(&next.content[from..]);
        let fresh = next.content[until - by..until].iter();
        kept.filter(|(before, after)| before != after).count() + fresh.filter(|cell| **cell != Cell::EMPTY).count()
    }

    fn shift(&mut self, moved: Move) {
        let columns = usize::from(self.shown.area.width);
        let part = &mut self.shown.content[moved.from * columns..moved.until * columns];
        part.rotate_left(moved.rows * columns);
        let kept = part.len() - moved.rows * columns;
        part[kept..].iter_mut().for_each(Cell::reset);
    }

    fn take_rows(&mut self, next: &Buffer, rows: &[usize]) {
        self.changed.resize_with(self.changed.len().max(rows.len()), Default::default);
        let columns = usize::from(next.area.width);
        for (&row, (before, after)) in rows.iter().zip(&mut self.changed) {
            let area = Rect { y: u16::try_from(row).unwrap_or(u16::MAX), height: 1, ..next.area };
            for (all, one) in [(&self.shown, before), (next, after)] {
                one.area = area;
                one.content.clear();
                one.content.extend_from_slice(&all.content[row * columns..(row + 1) * columns]);
            }
        }
    }
}

/// Whether terminals disagree on how wide a cell's cluster is.
fn is_doubtful(cell: &Cell) -> bool {
    let symbol = cell.symbol();
    symbol.len() > 1 && symbol.chars().nth(1).is_some()
}

fn erase(row: u16, out: &mut impl Write) -> io::Result<()> {
    queue!(out, MoveTo(0, row), Clear(ClearType::CurrentLine))
}

#[cfg(test)]
mod tests {
    use ratatui::style::{Color, Style};

    use super::*;

    const COLUMNS: u16 = 40;
    const ROWS: u16 = 12;

    /// A frame of lines between two rows that stay.
    fn frame(lines: &[String]) -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, COLUMNS, ROWS));
        buffer.set_string(0, 0, "the top", Style::new());
        for (y, line) in (1..ROWS - 1).zip(lines) {
            buffer.set_string(0, y, "│", Style::new());
            buffer.set_string(1, y, line, Style::new().fg(Color::Rgb(9, u8::try_from(y).unwrap(), 200)));
        }
        buffer.set_string(0, ROWS - 1, "the bottom", Style::new());
        buffer
    }

    fn transcript(lines: std::ops::Range<usize>) -> Vec<String> {
        let letter = |line: usize| char::from(b'a' + u8::try_from(line % 26).unwrap());
        lines.map(|line| format!("{} 日本語 ✅ {line}", letter(line).to_string().repeat(20))).collect()
    }

    fn plain(buffer: &Buffer) -> Vec<String> {
        let shown = |row: &[Cell]| {
            let mut text = String::new();
            let mut skip = 0;
            for cell in row {
                if skip == 0 {
                    text.push_str(cell.symbol());
                    skip = crate::text::width(cell.symbol());
                }
                skip = skip.saturating_sub(1);
            }
            text.trim_end().to_owned()
        };
        buffer.content.chunks(usize::from(COLUMNS)).map(shown).collect()
    }

    fn size(cells: u16) -> std::num::NonZero<u16> {
        std::num::NonZero::new(cells).unwrap()
    }

    #[test]
    fn after_every_frame_the_terminal_shows_it() {
        let mut terminal = vt100::Parser::new(size(ROWS), size(COLUMNS), 0);
        let mut screen = Screen::default();
        for lines in [0..10, 1..11, 4..14, 4..9, 0..10, 20..30, 21..31] {
            let mut next = frame(&transcript(lines));
            let expected = plain(&next);
            let mut bytes = Vec::new();
            screen.write(&mut next, &mut bytes).unwrap();
            terminal.process(&bytes);
            let rows: Vec<String> = terminal.screen().rows(0, COLUMNS).map(|row| row.trim_end().to_owned()).collect();
            assert_eq!(rows, expected);
        }
    }

    #[test]
    fn a_row_whose_widths_terminals_disagree_on_is_erased_before_it_changes() {
        let rewritten = |old: &str, new: &str| {
            let mut screen = Screen::default();
            let mut bytes = Vec::new();
            screen.write(&mut frame(&[old.to_owned()]), &mut bytes).unwrap();
            bytes.clear();
            screen.write(&mut frame(&[new.to_owned()]), &mut bytes).unwrap();
            String::from_utf8(bytes).unwrap()
        };
        let erases = "\x1b[2;1H\x1b[2K";
        assert!(rewritten("हिन्दी 👩‍👩‍👧", "plain").starts_with(erases));
        assert!(rewritten("हिन्दी 👩‍👩‍👧", "is हिन्दी 👩‍👩‍👧").starts_with(erases));
        assert!(!rewritten("日本語 ✅ naïve", "plain").contains("\x1b[2K"));
        // A row that goes on behind such a cluster is not written again: what is new goes to its own column.
        let (fg, more) = ("\x1b[38;2;9;1;200m", rewritten("👩‍👩‍👧 sees", "👩‍👩‍👧 sees more"));
        assert_eq!(more, format!("\x1b[2;10H{fg}more\x1b[m"));
    }

    #[test]
    fn a_row_of_a_patch_whose_widths_terminals_disagree_on_is_written_whole_where_they_move() {
        let row = Rect::new(0, 1, COLUMNS, 1);
        let patched = |old: &str, new: &str| {
            let mut screen = Screen::default();
            screen.write(&mut frame(&[old.to_owned()]), &mut Vec::new()).unwrap();
            let mut bytes = Vec::new();
            let mut paint = |shown: &mut Buffer| {
                let before = Buffer { area: row, content: row.positions().map(|at| shown[at].clone()).collect() };
                // The part that is painted begins behind the border.
                shown.set_stringn(1, 1, format!("{new:30}"), 30, Style::new().fg(Color::Rgb(9, 1, 200)));
                let part = Rect { x: 1, width: COLUMNS - 1, ..row };
                let content = before.content[1..].to_vec();
                Some(vec![Buffer { area: part, content }])
            };
            assert!(screen.patch(&mut paint, &mut bytes).unwrap());
            String::from_utf8(bytes).unwrap()
        };
        let moved = patched("👩‍👩‍👧 sees", "is 👩‍👩‍👧");
        assert!(moved.starts_with("\x1b[2;1H\x1b[2K\x1b[2;1H│"), "{moved:?}");
        assert!(!patched("👩‍👩‍👧 sees", "👩‍👩‍👧 sees more").contains("\x1b[2K"));
    }

    #[test]
    fn a_box_beside_a_row_that_is_erased_is_painted_with_all_its_rows() {
        let part = |shown: &Buffer, area: Rect| {
            let content = area.positions().map(|at| shown[at].clone()).collect();
            Buffer { area, content }
        };
        let mut terminal = vt100::Parser::new(size(ROWS), size(COLUMNS), 0);
        let mut screen = Screen::default();
        let mut bytes = Vec::new();
        screen.write(&mut frame(&["हिन्दी".to_owned(), "b".to_owned(), "c".to_owned()]), &mut bytes).unwrap();
        let (lane, sums) = (Rect::new(1, 1, 20, 1), Rect::new(30, 1, 8, 3));
        let mut paint = |shown: &mut Buffer| {
            let before = vec![part(shown, sums), part(shown, lane)];
            shown.set_string(1, 1, "plain   ", Style::new());
            for y in 1..4 {
                shown.set_string(30, y, format!("sum {y}"), Style::new());
            }
            Some(before)
        };
        assert!(screen.patch(&mut paint, &mut bytes).unwrap());
        terminal.process(&bytes);
        let rows: Vec<String> = terminal.screen().rows(0, COLUMNS).map(|row| row.trim_end().to_owned()).collect();
        assert_eq!(rows, plain(&screen.shown));
    }

    #[test]
    fn a_transcript_that_moves_is_moved_by_the_terminal_and_not_written_again() {
        let inks_of_their_own = |lines: &[String]| {
            let mut buffer = frame(lines);
            buffer.set_style(buffer.area, Style::new().fg(Color::Green));
            buffer
        };
        let mut screen = Screen::default();
        let mut first = Vec::new();
        screen.write(&mut inks_of_their_own(&transcript(0..10)), &mut first).unwrap();
        let mut second = Vec::new();
        screen.write(&mut inks_of_their_own(&transcript(1..11)), &mut second).unwrap();
        assert!(second.starts_with(b"\x1b[2;11r\x1b[1S\x1b[r"), "{:?}", String::from_utf8_lossy(&second));
        assert!(second.len() * 3 < first.len());
    }

    #[test]
    fn a_frame_without_a_change_costs_no_byte() {
        let mut screen = Screen::default();
        let mut bytes = Vec::new();
        screen.write(&mut frame(&transcript(0..10)), &mut bytes).unwrap();
        bytes.clear();
        screen.write(&mut frame(&transcript(0..10)), &mut bytes).unwrap();
        assert_eq!(bytes, b"");
    }
}
