//! The terminal's window as the library that paints frames needs it: its size, and where the cursor is to be.
//!
//! Draws nothing: the cells of a frame are compared and written by `screen`, which the library's own comparison would only
//! do a second time.

use std::io;

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};

/// What frames are painted for.
#[derive(Debug, Default)]
pub(super) struct Window {
    place: Position,
    shown: bool,
}

impl Window {
    /// Where the last frame wants the cursor; `None` when it wants none.
    pub(super) fn cursor(&self) -> Option<Position> {
        self.shown.then_some(self.place)
    }
}

impl Backend for Window {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, _: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.shown = false;
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.shown = true;
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.place)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.place = position.into();
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn clear_region(&mut self, _: ClearType) -> io::Result<()> {
        Ok(())
    }

    fn size(&self) -> io::Result<Size> {
        size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: size()?, pixels: Size::default() })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// One question to standard output; the library would open the terminal anew for each frame.
#[cfg(unix)]
fn size() -> io::Result<Size> {
    match rustix::termios::tcgetwinsize(io::stdout()) {
        Ok(size) if size.ws_col > 0 && size.ws_row > 0 => Ok(Size::new(size.ws_col, size.ws_row)),
        _ => asked(),
    }
}

#[cfg(not(unix))]
fn size() -> io::Result<Size> {
    asked()
}

fn asked() -> io::Result<Size> {
    crossterm::terminal::size().map(Size::from)
}
