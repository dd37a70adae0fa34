//! Readers: scrolling what is read in a box. What else a key does in one is the reader's own file's.

use std::time::Instant;

use super::{Effects, heat};
use crate::input::Action;
use crate::state::{Effect, Overlay, Reader, State};

pub(super) fn perform(state: &mut State, action: Action, _now: Instant) -> Effects {
    if let Some(Overlay::Heat(_)) = state.overlay {
        return heat::perform(state, action);
    }
    match action {
        Action::ReaderTop => scroll(state, isize::MIN),
        Action::ReaderBottom => scroll(state, isize::MAX),
        _ => Effects::new(),
    }
}

/// Scrolls the open reader, or the help, whose end only the view knows.
pub(super) fn scroll(state: &mut State, rows: isize) -> Effects {
    let size = state.size;
    match &mut state.overlay {
        Some(Overlay::Help { scroll }) => return vec![Effect::ScrollHelp { from: *scroll, rows }],
        Some(overlay) => {
            if let Some((reader, breadth)) = overlay.reader_mut() {
                reader.scroll_by(rows, Reader::body(size, breadth).height);
            }
        }
        None => {}
    }
    Effects::new()
}
