//! The buffer of a frame, with inks in the place of colours.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::config::{ColorDepth, Theme};
use crate::state::State;
use crate::text::{Ink, Line, Span, StyleRole, truncate, width};

/// Draws inked text into cells. All text that comes here went through the cleaner.
pub(super) struct Canvas<'a> {
    pub(super) buffer: &'a mut Buffer,
    theme: &'a Theme,
    depth: ColorDepth,
}

impl<'a> Canvas<'a> {
    pub(super) fn new(frame: &'a mut Frame<'_>, state: &'a State) -> Self {
        Self { buffer: frame.buffer_mut(), theme: &state.theme, depth: state.depth }
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
        let shown = truncate(text, usize::from(columns));
        self.buffer.set_stringn(x, y, shown, usize::from(columns), style).0
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
            self.buffer.set_stringn(x, y, &span.text, usize::from(end - x), style).0
        })
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
        for y in (area.top()..area.bottom()).filter(|_| area.x > 0) {
            let before = &mut self.buffer[(area.x - 1, y)];
            if width(before.symbol()) > 1 {
                before.set_symbol(" ");
            }
        }
        for position in area.positions() {
            self.buffer[position].reset();
        }
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
        let inner = usize::from(area.width - 2);
        self.text(area.x, area.y, area.width, &format!("┌{}┐", "─".repeat(inner)), ink);
        self.text(area.x, area.bottom() - 1, area.width, &format!("└{}┘", "─".repeat(inner)), ink);
        for y in area.y + 1..area.bottom() - 1 {
            self.text(area.x, y, 1, "│", ink);
            self.text(area.right() - 1, y, 1, "│", ink);
        }
        self.title(area, ink, title);
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

/// The ink of a frame by whether its pane has the focus.
pub(super) fn frame_role(focused: bool) -> StyleRole {
    if focused { StyleRole::Focus } else { StyleRole::Border }
}
