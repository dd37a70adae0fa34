//! A reader: rows in a box that are read through. They are made when what they show changes, never while drawing.

use ratatui::layout::Rect;

use super::Size;
use crate::text::Line;

/// The widest box that is still easy to read across.
const WIDEST: u16 = 120;

/// Rows and how far they are scrolled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reader {
    rows: Vec<Line>,
    scroll: usize,
}

/// How wide a reader's box is at the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breadth {
    /// As wide as prose reads well.
    Prose,
    /// The whole screen, for what stands side by side or is wide by itself.
    Whole,
}

impl Reader {
    /// The box of a reader on a screen: its border lies within it, around everything else.
    #[must_use]
    pub fn frame(size: Size, breadth: Breadth) -> Rect {
        let most = if breadth == Breadth::Prose { WIDEST } else { u16::MAX };
        let width = size.columns.saturating_sub(4).min(most);
        let height = size.rows.saturating_sub(2);
        Rect { x: (size.columns - width) / 2, y: (size.rows - height) / 2, width, height }
    }

    /// The rows and columns for text within the box: a blank column on each side, the last row for the keys.
    #[must_use]
    pub fn body(size: Size, breadth: Breadth) -> Rect {
        let frame = Self::frame(size, breadth);
        Rect {
            x: frame.x + 2,
            y: frame.y + 1,
            width: frame.width.saturating_sub(4),
            height: frame.height.saturating_sub(3),
        }
    }

    /// Puts other rows in the place of these; who reads on keeps the place as far as it is there.
    pub fn set_rows(&mut self, rows: Vec<Line>) {
        self.rows = rows;
        self.scroll = self.scroll.min(self.rows.len().saturating_sub(1));
    }

    #[must_use]
    pub fn rows(&self) -> &[Line] {
        &self.rows
    }

    #[must_use]
    pub fn scroll(&self) -> usize {
        self.scroll
    }

    /// Scrolls by some rows, so that a window of `height` rows stays full.
    pub fn scroll_by(&mut self, rows: isize, height: u16) {
        self.scroll_to(self.scroll.saturating_add_signed(rows), height);
    }

    /// Scrolls to a row, or as far as a window of `height` rows stays full.
    pub fn scroll_to(&mut self, row: usize, height: u16) {
        self.scroll = row.min(self.rows.len().saturating_sub(usize::from(height)));
    }

    /// The rows in a window of `height` rows.
    #[must_use]
    pub fn visible(&self, height: u16) -> &[Line] {
        let from = self.scroll.min(self.rows.len());
        let to = from.saturating_add(usize::from(height)).min(self.rows.len());
        &self.rows[from..to]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::StyleRole;

    fn reader(rows: usize) -> Reader {
        let mut reader = Reader::default();
        reader.set_rows((0..rows).map(|row| Line::new(row.to_string(), StyleRole::Text)).collect());
        reader
    }

    fn shown(reader: &Reader, height: u16) -> Vec<String> {
        reader.visible(height).iter().map(Line::plain).collect()
    }

    #[test]
    fn a_scroll_stops_where_the_window_is_still_full() {
        let mut reader = reader(5);
        reader.scroll_by(9, 3);
        assert_eq!(shown(&reader, 3), ["2", "3", "4"]);
        reader.scroll_by(-1, 3);
        assert_eq!(shown(&reader, 3), ["1", "2", "3"]);
        reader.scroll_by(isize::MIN, 3);
        assert_eq!(shown(&reader, 9), ["0", "1", "2", "3", "4"]);
    }

    #[test]
    fn fewer_rows_than_before_leave_something_to_see() {
        let mut reader = reader(50);
        reader.scroll_to(40, 3);
        reader.set_rows(vec![Line::new("left", StyleRole::Text)]);
        assert_eq!(shown(&reader, 3), ["left"]);
    }

    #[test]
    fn the_body_lies_within_the_frame_on_every_screen() {
        for (columns, rows) in [(60, 16), (100, 30), (300, 90)] {
            for breadth in [Breadth::Prose, Breadth::Whole] {
                let size = Size { columns, rows };
                let (frame, body) = (Reader::frame(size, breadth), Reader::body(size, breadth));
                assert_eq!(frame.intersection(body), body);
                assert!(frame.right() <= columns && frame.bottom() <= rows && body.width >= 50 && body.height >= 11);
            }
        }
    }
}
