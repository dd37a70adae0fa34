//! The buffer of a frame, with inks in the place of colours.

use ratatui::Frame;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::config::{ColorDepth, Theme};
use crate::input::Action;
use crate::state::State;
use crate::text::{Ink, Line, Span, StyleRole, is_plain, truncate, width};

/// Draws inked text into cells. All text that comes here went through the cleaner.
pub(super) struct Canvas<'a> {
    pub(super) buffer: &'a mut Buffer,
    /// The keys that boxes of this frame name, so that the footer does not name them once more.
    pub(super) named: Vec<Action>,
    theme: &'a Theme,
    depth: ColorDepth,
}

impl<'a> Canvas<'a> {
    pub(super) fn new(frame: &'a mut Frame<'_>, state: &'a State) -> Self {
        Self::on(frame.buffer_mut(), state)
    }

    pub(super) fn on(buffer: &'a mut Buffer, state: &'a State) -> Self {
        Self { buffer, named: Vec::new(), theme: &state.theme, depth: state.depth }
    }

    pub(super) fn style(&self, ink: impl Into<Ink>) -> Style {
        self.theme.style(ink, self.depth)
    }

    pub(super) fn area(&self) -> Rect {
        self.buffer.area
    }

    /// Draws one row of text and returns the column after it. What does not fit ends in `…`.
    pub(super) fn text(&mut self, x: u16, y: u16, columns: u16, text: &str, ink: impl Into<Ink>) -> u16 {
        if columns == 0 || !self.area().contains((x, y).into()) {
            return x;
        }
        let style = self.style(ink);
        if text.len() <= usize::from(columns) || is_short_rule(text, columns) {
            return self.put(x, y, columns, text, style);
        }
        self.put(x, y, columns, &truncate(text, usize::from(columns)), style)
    }

    /// Draws a line that was made for at most `columns`.
    pub(super) fn line(&mut self, x: u16, y: u16, columns: u16, line: &Line) {
        self.spans(x, y, columns, &line.spans);
    }

    pub(super) fn spans(&mut self, x: u16, y: u16, columns: u16, spans: &[Span]) -> u16 {
        let end = x.saturating_add(columns);
        spans.iter().fold(x, |x, span| {
            if x >= end || !self.area().contains((x, y).into()) {
                return x;
            }
            let style = self.style(span.ink);
            self.put(x, y, end - x, &span.text, style)
        })
    }

    /// Puts text into cells from `(x, y)` on, which lies within the buffer.
    fn put(&mut self, x: u16, y: u16, columns: u16, text: &str, style: Style) -> u16 {
        // Most text is plain: a character is a cell, and no clusters are to be found.
        if !text.chars().all(is_plain) {
            return self.buffer.set_stringn(x, y, text, usize::from(columns), style).0;
        }
        let row = Rect { x, y, width: columns, height: 1 };
        let cells = self.cells(row).zip(text.chars());
        let shown = cells.map(|(cell, sign)| cell.set_char(sign).set_style(style)).count();
        x + u16::try_from(shown).unwrap_or(columns)
    }

    /// Puts a symbol of one column into every cell of an area.
    fn fill(&mut self, area: Rect, symbol: &str, style: Style) {
        for cell in self.cells(area) {
            cell.set_symbol(symbol).set_style(style);
        }
    }

    /// The cells of an area, as far as it lies within the buffer, row by row.
    fn cells(&mut self, area: Rect) -> impl Iterator<Item = &mut Cell> {
        let whole = self.area();
        let area = area.intersection(whole);
        let columns = usize::from(whole.width).max(1);
        let (from, until) = (usize::from(area.x - whole.x), usize::from(area.right() - whole.x));
        let (above, rows) = (usize::from(area.y - whole.y), usize::from(area.height));
        let rows = self.buffer.content.chunks_mut(columns).skip(above).take(rows);
        rows.flat_map(move |row| row.iter_mut().take(until).skip(from))
    }

    /// Draws spans so that they end at the right border of `area`'s first row; returns their first column.
    pub(super) fn right(&mut self, area: Rect, spans: &[Span]) -> u16 {
        let wide: usize = spans.iter().map(|span| width(&span.text)).sum();
        let columns = u16::try_from(wide).unwrap_or(u16::MAX).min(area.width);
        let x = area.right() - columns;
        self.spans(x, area.y, columns, spans);
        x
    }

    /// Empties an area to the terminal's own ground. A wide character that reaches in from the left goes with it: the
    /// terminal would draw it over the area's first column.
    pub(super) fn clear(&mut self, area: Rect) {
        let area = area.intersection(self.area());
        if area.is_empty() {
            return;
        }
        for y in (area.top()..area.bottom()).filter(|_| area.x > 0) {
            let before = &mut self.buffer[(area.x - 1, y)];
            if width(before.symbol()) > 1 {
                before.set_symbol(" ");
            }
        }
        self.cells(area).for_each(Cell::reset);
    }

    pub(super) fn ground(&mut self, area: Rect, ink: impl Into<Ink>) {
        let style = self.style(ink);
        let area = area.intersection(self.area());
        self.buffer.set_style(area, style);
    }

    /// Draws a box around an area, with a title in its upper border.
    pub(super) fn frame(&mut self, area: Rect, ink: impl Into<Ink>, title: &[Span]) {
        let ink = ink.into();
        if area.width < 2 || area.height < 2 {
            return;
        }
        let style = self.style(ink);
        let (left, right) = (area.x, area.right() - 1);
        self.edge(Rect { height: 1, ..area }, ["┌", "┐"], style);
        self.edge(Rect { y: area.bottom() - 1, height: 1, ..area }, ["└", "┘"], style);
        for x in [left, right] {
            self.fill(Rect::new(x, area.y + 1, 1, area.height - 2), "│", style);
        }
        self.title(area, ink, title);
    }

    /// Draws the lower border of a box, which lies in one row.
    pub(super) fn foot(&mut self, row: Rect, ink: impl Into<Ink>) {
        let style = self.style(ink);
        self.edge(row, ["└", "┘"], style);
    }

    fn edge(&mut self, row: Rect, [left, right]: [&str; 2], style: Style) {
        self.fill(row, "─", style);
        self.fill(Rect { width: 1, ..row }, left, style);
        self.fill(Rect { x: row.right() - 1, width: 1, ..row }, right, style);
    }

    /// Draws a rule across a box, on the first row of an area that has the box's sides, with a title in it.
    pub(super) fn rule(&mut self, area: Rect, ink: impl Into<Ink>, title: &[Span]) {
        let ink = ink.into();
        if area.width < 2 || area.height == 0 {
            return;
        }
        self.text(area.x, area.y, area.width, &format!("├{}┤", "─".repeat(usize::from(area.width - 2))), ink);
        self.title(area, ink, title);
    }

    fn title(&mut self, area: Rect, ink: Ink, title: &[Span]) {
        if !title.is_empty() && area.width > 6 {
            let end = self.spans(area.x + 2, area.y, area.width - 5, title);
            self.text(area.x + 1, area.y, 1, " ", ink);
            self.text(end, area.y, 1, " ", ink);
        }
    }
}

/// Whether a text of lines as boxes have them fits: their characters are three bytes long and one column wide.
fn is_short_rule(text: &str, columns: u16) -> bool {
    text.len() <= 3 * usize::from(columns) && text.chars().all(is_plain) && width(text) <= usize::from(columns)
}

/// The ink of a frame by whether its pane has the focus.
pub(super) fn frame_role(focused: bool) -> StyleRole {
    if focused { StyleRole::Focus } else { StyleRole::Border }
}
