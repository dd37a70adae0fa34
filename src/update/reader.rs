//! Readers: scrolling what is read in a box. What else a key does in one is the reader's own file's.

use std::time::Instant;

use super::{Effects, card, diff, heat, inspect, request};
use crate::input::Action;
use crate::state::{Effect, Overlay, Reader, State};

pub(super) fn perform(state: &mut State, action: Action, now: Instant) -> Effects {
    match &state.overlay {
        Some(Overlay::Inspect(_)) => return inspect::perform(state, action, now),
        Some(Overlay::Heat(_)) => return heat::perform(state, action),
        Some(Overlay::Request(_)) if !is_end(action) => return request::perform(state, action),
        Some(Overlay::Diff(_)) if !is_end(action) => return diff::perform(state, action, now),
        _ => {}
    }
    match action {
        Action::ReaderTop => scroll(state, isize::MIN),
        Action::ReaderBottom => scroll(state, isize::MAX),
        Action::ReaderCopy => card::copy(state),
        _ => Effects::new(),
    }
}

fn is_end(action: Action) -> bool {
    matches!(action, Action::ReaderTop | Action::ReaderBottom)
}

/// Scrolls the open reader, or the help, whose end only the view knows.
pub(super) fn scroll(state: &mut State, rows: isize) -> Effects {
    let size = state.size;
    match &mut state.overlay {
        Some(Overlay::Help { scroll }) => return vec![Effect::ScrollHelp { from: *scroll, rows }],
        Some(Overlay::Inspect(_)) => inspect::step(state, rows),
        Some(overlay) => {
            if let Some((reader, breadth)) = overlay.reader_mut() {
                reader.scroll_by(rows, Reader::body(size, breadth).height);
            }
        }
        None => {}
    }
    Effects::new()
}
