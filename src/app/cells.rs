//! The bytes that turn some cells of a terminal into others, and few of them.
//!
//! Owns the economy: a blank run is erased by one sequence, a short gap is written again where jumping over it costs more, a
//! style says only what is new, and what cannot be seen is not written. Which cells differ is the library's to say.

use std::io::{self, Write};

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use crate::text::width;

/// So many cells that become blank are erased together (ECH, at most six bytes and a jump behind it).
const ERASED: usize = 8;

/// A gap of so many cells is written again: a jump costs five bytes.
const GAP: u16 = 4;

/// What makes a blank cell look like more than the terminal's ground.
const SEEN_ON_BLANK: Modifier = Modifier::REVERSED
    .union(Modifier::UNDERLINED)
    .union(Modifier::SLOW_BLINK)
    .union(Modifier::RAPID_BLINK)
    .union(Modifier::CROSSED_OUT);

/// What SGR calls the modifiers (ECMA-48, 8.3.117).
const CODES: [(Modifier, u8); 9] = [
    (Modifier::BOLD, 1),
    (Modifier::DIM, 2),
    (Modifier::ITALIC, 3),
    (Modifier::UNDERLINED, 4),
    (Modifier::SLOW_BLINK, 5),
    (Modifier::RAPID_BLINK, 6),
    (Modifier::REVERSED, 7),
    (Modifier::HIDDEN, 8),
    (Modifier::CROSSED_OUT, 9),
];

/// Writes what turns each part of the terminal, given as it is, into what it is to be. The terminal's pen has no colours and
/// no modifiers before and after; the cursor may be anywhere.
pub(super) fn write<'b>(out: &mut impl Write, parts: impl Iterator<Item = (&'b Buffer, &'b Buffer)>) -> io::Result<()> {
    let mut pen = Pen { out, at: None, plain: false, ink: Inked::default(), codes: Vec::new() };
    for (before, after) in parts {
        pen.part(before, after)?;
    }
    pen.rest()
}

/// The style that the terminal writes in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Inked {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

/// Writes cells and knows how the terminal stands.
struct Pen<'w, W> {
    out: &'w mut W,
    /// Where the next symbol goes, if that is known.
    at: Option<(u16, u16)>,
    /// Whether the last symbol was one byte: of others terminals may think that they are of another width.
    plain: bool,
    ink: Inked,
    /// What a style is told with; kept for its memory.
    codes: Vec<u8>,
}

impl<W: Write> Pen<'_, W> {
    fn part(&mut self, before: &Buffer, after: &Buffer) -> io::Result<()> {
        // Cells of the row `y` left of this column are written.
        let mut done = (0, 0);
        for (x, y, cell) in before.diff_iter(after) {
            if done.1 == y && x < done.0 {
                // What the library takes for covered by a character that is itself half covered, it does not give again.
                let end = x.saturating_add(u16::try_from(width(cell.symbol())).unwrap_or(1)).min(after.area.right());
                for column in done.0..end {
                    self.go(column, y)?;
                    self.put(&after[(column, y)], column, y)?;
                }
                done.0 = done.0.max(end);
                continue;
            }
            if is_ground(cell) {
                if is_ground(&before[(x, y)]) && !is_covered(before, x, y) {
                    continue;
                }
                let run = Run::from(before, after, (x, y));
                if run.changed >= ERASED {
                    self.go(x, y)?;
                    self.take(Inked { bg: Color::Reset, modifier: Modifier::empty(), ..self.ink })?;
                    write!(self.out, "\x1b[{}X", run.cells)?;
                    done = (x + run.cells, y);
                    continue;
                }
            }
            self.reach(after, x, y)?;
            self.put(cell, x, y)?;
            done = (self.mend(before, after, (x, y))?, y);
        }
        Ok(())
    }

    /// Half of a wide character that was written over looks as the terminal likes: what is to be there is written too. Gives
    /// the column behind.
    fn mend(&mut self, before: &Buffer, after: &Buffer, (mut x, y): (u16, u16)) -> io::Result<u16> {
        loop {
            x += u16::try_from(width(after[(x, y)].symbol())).unwrap_or(1).max(1);
            if x >= after.area.right() || !is_covered(before, x, y) {
                return Ok(x);
            }
            self.go(x, y)?;
            self.put(&after[(x, y)], x, y)?;
        }
    }

    /// Goes to a cell, through those in between where that is shorter.
    fn reach(&mut self, after: &Buffer, x: u16, y: u16) -> io::Result<()> {
        let Some((from, row)) = self.at.filter(|_| self.plain) else { return self.go(x, y) };
        let is_near = row == y && from < x && x - from <= GAP && after.area.x <= from;
        if !is_near || !(from..x).all(|column| self.is_written_as(&after[(column, y)])) {
            return self.go(x, y);
        }
        (from..x).try_for_each(|column| self.out.write_all(after[(column, y)].symbol().as_bytes()))?;
        self.at = Some((x, y));
        Ok(())
    }

    /// Whether a cell is one byte in the style that holds now.
    fn is_written_as(&self, cell: &Cell) -> bool {
        let same = if is_ground(cell) { self.ink.is_ground() } else { self.ink == Inked::of(cell) };
        same && is_plain(cell.symbol())
    }

    fn put(&mut self, cell: &Cell, x: u16, y: u16) -> io::Result<()> {
        self.clear_doubtful(cell, x, y)?;
        if !(is_ground(cell) && self.ink.is_ground()) {
            self.take(Inked::of(cell))?;
        }
        self.out.write_all(cell.symbol().as_bytes())?;
        self.plain = is_plain(cell.symbol());
        // Behind what is wide and no single letter the cursor is put anew: terminals disagree on how wide that is.
        let mut signs = cell.symbol().chars();
        let letter = signs.next().is_some_and(char::is_alphanumeric) && signs.next().is_none();
        let wide = !self.plain && letter && width(cell.symbol()) > 1;
        self.at = Some((if wide { x + 2 } else { x + 1 }, y));
        Ok(())
    }

    /// Blanks what a wide cluster of several code points is to cover: a terminal that takes it for narrow leaves the rest.
    fn clear_doubtful(&mut self, cell: &Cell, x: u16, y: u16) -> io::Result<()> {
        let columns = width(cell.symbol());
        if columns < 2 || cell.symbol().chars().nth(1).is_none() {
            return Ok(());
        }
        self.take(Inked { bg: cell.bg, modifier: Modifier::empty(), ..self.ink })?;
        write!(self.out, "{:columns$}", "")?;
        self.at = Some((x + u16::try_from(columns).unwrap_or(2), y));
        self.go(x, y)
    }

    /// Moves the cursor: within a row by its column alone (CHA), else to the cell (CUP).
    fn go(&mut self, x: u16, y: u16) -> io::Result<()> {
        match self.at {
            Some(at) if at == (x, y) => Ok(()),
            Some((_, row)) if row == y => write!(self.out, "\x1b[{}G", x + 1),
            _ => write!(self.out, "\x1b[{};{}H", y + 1, x + 1),
        }?;
        self.at = Some((x, y));
        Ok(())
    }

    /// Says what of a style is new.
    fn take(&mut self, ink: Inked) -> io::Result<()> {
        if ink == self.ink {
            return Ok(());
        }
        let codes = &mut self.codes;
        codes.clear();
        if !ink.modifier.contains(self.ink.modifier) {
            codes.extend_from_slice(b"0;");
            self.ink = Inked::default();
        }
        for (_, code) in CODES.iter().filter(|(modifier, _)| (ink.modifier - self.ink.modifier).contains(*modifier)) {
            write!(codes, "{code};")?;
        }
        if ink.fg != self.ink.fg {
            colour(codes, ink.fg, 30)?;
        }
        if ink.bg != self.ink.bg {
            colour(codes, ink.bg, 40)?;
        }
        codes.pop();
        self.out.write_all(b"\x1b[")?;
        self.out.write_all(codes)?;
        self.out.write_all(b"m")?;
        self.ink = ink;
        Ok(())
    }

    fn rest(&mut self) -> io::Result<()> {
        if self.ink == Inked::default() { Ok(()) } else { self.out.write_all(b"\x1b[m") }
    }
}

impl Inked {
    fn of(cell: &Cell) -> Self {
        Self { fg: cell.fg, bg: cell.bg, modifier: cell.modifier }
    }

    /// Whether a blank that is written in it looks like the terminal's ground.
    fn is_ground(self) -> bool {
        self.bg == Color::Reset && !self.modifier.intersects(SEEN_ON_BLANK)
    }
}

/// Cells that are to look like the terminal's ground, from one to the next that does not.
struct Run {
    cells: u16,
    /// How many of them do not look so yet.
    changed: usize,
}

impl Run {
    fn from(before: &Buffer, after: &Buffer, (x, y): (u16, u16)) -> Self {
        let mut run = Self { cells: 0, changed: 0 };
        for x in (x..after.area.right()).take_while(|x| is_ground(&after[(*x, y)])) {
            run.cells += 1;
            run.changed += usize::from(!is_ground(&before[(x, y)]));
        }
        run
    }
}

/// Whether nothing is seen in a cell but the terminal's own ground, whatever its foreground.
fn is_ground(cell: &Cell) -> bool {
    cell.symbol() == " " && Inked::of(cell).is_ground()
}

/// Whether a wide character reaches into a cell from the left.
fn is_covered(buffer: &Buffer, x: u16, y: u16) -> bool {
    x > buffer.area.x && width(buffer[(x - 1, y)].symbol()) > 1
}

fn is_plain(symbol: &str) -> bool {
    matches!(symbol.as_bytes(), [b' '..=b'~'])
}

/// A colour's code and a semicolon; `base` is 30 for the foreground and 40 for the ground.
fn colour(codes: &mut Vec<u8>, colour: Color, base: u8) -> io::Result<()> {
    let named = |offset: u8| base + offset;
    let code = match colour {
        Color::Rgb(red, green, blue) => return write!(codes, "{};2;{red};{green};{blue};", base + 8),
        Color::Indexed(index) => return write!(codes, "{};5;{index};", base + 8),
        Color::Reset => named(9),
        Color::Black => named(0),
        Color::Red => named(1),
        Color::Green => named(2),
        Color::Yellow => named(3),
        Color::Blue => named(4),
        Color::Magenta => named(5),
        Color::Cyan => named(6),
        Color::Gray => named(7),
        Color::DarkGray => named(60),
        Color::LightRed => named(61),
        Color::LightGreen => named(62),
        Color::LightYellow => named(63),
        Color::LightBlue => named(64),
        Color::LightMagenta => named(65),
        Color::LightCyan => named(66),
        Color::White => named(67),
    };
    write!(codes, "{code};")
}

#[cfg(test)]
#[path = "cells_tests.rs"]
mod tests;
