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
    let all: Vec<(Action, &str)> = keys.iter().copied().chain([(Action::Back, "closes")]).collect();
    let room = hinted(state, row.width, &all);
    own_hints(canvas, state, row, &all[..room]);
}

/// As many keys as there is room for; the footer has the others and the way out.
pub(super) fn own_hints(canvas: &mut Canvas<'_>, state: &State, row: Rect, keys: &[(Action, &str)]) {
    let mut x = row.x;
    for (action, says) in &keys[..hinted(state, row.width, keys)] {
        let spans = hint(state, *action, says, x > row.x);
        canvas.named.push(*action);
        x = canvas.spans(x, row.y, row.right().saturating_sub(x), &spans);
    }
}

/// How many of these keys a row of a box has room for, from the first on; those that are not bound take none.
pub(super) fn hinted(state: &State, columns: u16, keys: &[(Action, &str)]) -> usize {
    let mut taken = 0;
    let fits = |(action, says): &&(Action, &str)| {
        let spans = hint(state, *action, says, taken > 0);
        taken += spans.iter().map(|span| crate::text::width(&span.text)).sum::<usize>();
        taken <= usize::from(columns)
    };
    keys.iter().take_while(fits).count()
}

/// A key and its word, behind a dot where something stands before it; nothing where it is not bound.
fn hint(state: &State, action: Action, says: &str, follows: bool) -> Vec<Span> {
    let Some(chord) = state.keymap.chord_in(state.contexts(), action) else { return Vec::new() };
    vec![
        Span::new(if follows { " · " } else { "" }, StyleRole::Border),
        Span::new(chord.to_string(), StyleRole::Key),
        Span::new(format!(" {says}"), StyleRole::Dim),
    ]
}
