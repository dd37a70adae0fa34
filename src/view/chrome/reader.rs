//! A reader's box: its rows, how much lies below, and the keys that work in it.

use ratatui::layout::Rect;

use crate::input::Action;
use crate::state::{Breadth, Reader, State, Target};
use crate::text::{Span, StyleRole};

use super::super::canvas::Canvas;
use super::super::hits::Hits;

/// Draws a reader under a title; `keys` are named in its last row as far as they are bound and have room.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    state: &State,
    (reader, breadth): (&Reader, Breadth),
    title: &[Span],
    keys: &[(Action, &str)],
    hits: &mut Hits,
) {
    let (frame, body) = (Reader::frame(state.size, breadth), Reader::body(state.size, breadth));
    canvas.clear(frame);
    canvas.frame(frame, StyleRole::Focus, title);
    hits.add(frame, Target::Overlay);
    let visible = reader.visible(body.height);
    for (y, line) in (body.y..body.bottom()).zip(visible) {
        canvas.line(body.x, y, body.width, line);
    }
    let below = reader.rows().len().saturating_sub(reader.scroll() + visible.len());
    if below > 0 {
        let border = Rect { y: frame.bottom() - 1, height: 1, width: frame.width.saturating_sub(1), ..frame };
        canvas.right(border, &[Span::new(format!(" ▼ {below} more "), StyleRole::Dim)]);
    }
    hints(canvas, state, Rect { y: body.bottom(), height: 1, ..body }, keys);
}

/// `y copies · Esc closes`, cut between two of them where the room ends.
pub(super) fn hints(canvas: &mut Canvas<'_>, state: &State, row: Rect, keys: &[(Action, &str)]) {
    let mut x = row.x;
    let closes = [(Action::Back, "closes")];
    for (action, says) in keys.iter().chain(&closes) {
        let Some(chord) = state.keymap.chord_in(state.contexts(), *action) else { continue };
        let gap = if x > row.x { " · " } else { "" };
        let spans = [
            Span::new(gap, StyleRole::Border),
            Span::new(chord.to_string(), StyleRole::Key),
            Span::new(format!(" {says}"), StyleRole::Dim),
        ];
        let wide: usize = spans.iter().map(|span| crate::text::width(&span.text)).sum();
        if usize::from(row.right().saturating_sub(x)) < wide {
            return;
        }
        x = canvas.spans(x, row.y, row.right() - x, &spans);
    }
}
