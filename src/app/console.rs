//! What the loop needs of a terminal, so that tests can script one.

use std::io;
use std::task::{Context, Poll};

use crossterm::event::Event as TerminalEvent;
use futures_util::future::BoxFuture;
use ratatui::Frame;
use ratatui::buffer::Buffer;

use crate::state::{Capture, CopyOutcome};
use crate::view::Before;

/// A terminal: events in, frames out. An `io::Error` of any of these means that the terminal is gone.
pub trait Console {
    /// The next event of keyboard, mouse or window; `None` when there will be no more.
    fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<TerminalEvent>>>;

    /// Draws one frame and shows it in one write.
    fn draw(&mut self, paint: &mut dyn FnMut(&mut Frame<'_>)) -> io::Result<()>;

    /// Lets a part of the last frame be painted over, and shows it in one write. What paints gives the cells that it painted
    /// over as they were, or nothing, and then nothing may be changed. Whether it painted; if not, a whole frame is drawn.
    fn patch(&mut self, paint: &mut dyn FnMut(&mut Buffer) -> Option<Vec<Before>>) -> io::Result<bool>;

    /// Forgets what is on the terminal, so that the next frame is drawn whole.
    fn redraw(&mut self) -> io::Result<()>;

    /// Sets the window's title. The text is clean.
    fn set_title(&mut self, title: &str) -> io::Result<()>;

    /// Takes the mouse or leaves it to the terminal.
    fn set_mouse(&mut self, capture: Capture) -> io::Result<()>;

    /// Puts text on the clipboard, as far as that can be known.
    fn copy(&mut self, text: &str) -> CopyOutcome;

    /// Gives the terminal to `$EDITOR` with a text. Until the future ends nothing else may be asked of the console; then
    /// comes [`Console::take_back`]. The future's error is a sentence for the user: there is no editor, it failed, or its
    /// file cannot be read.
    fn edit(&mut self, text: &str) -> io::Result<BoxFuture<'static, Result<String, String>>>;

    /// Takes the terminal back from the editor.
    fn take_back(&mut self) -> io::Result<()>;

    /// Gives the terminal to the shell until the user comes back.
    fn suspend(&mut self) -> io::Result<()>;
}
