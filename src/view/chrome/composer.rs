//! The composer: where a message goes, its draft, and what streams meanwhile.

use ratatui::layout::{Position, Rect};

use crate::chat::TurnId;
use crate::input::Action;
use crate::state::{Focus, Lane, Layout, State};
use crate::text::{Span, StyleRole};

use super::super::canvas::{Canvas, frame_role};
use super::super::hits::Hits;
use super::super::lane::letter_of;
use super::cells;

/// Draws the composer; returns where the caret is when it takes the keys.
pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, layout: &Layout, hits: &mut Hits) -> Option<Position> {
    let composer = &state.composer;
    let focused = state.focus == Focus::Composer && state.overlay.is_none();
    let title = title(state);
    let used = cells(&title) + 4;
    canvas.frame(layout.composer, frame_role(focused), &[Span::new(title, StyleRole::Title)]);
    let border = Rect { width: layout.composer.width.saturating_sub(1), height: 1, ..layout.composer };
    canvas.right(border, &streaming(state, border.width.saturating_sub(used)));
    let area = layout.editor.intersection(canvas.area());
    let style = canvas.style(StyleRole::Text);
    composer.editor.render(area, canvas.buffer, style);
    hits.add_editor(area);
    if composer.is_empty() {
        let slash = state.keymap.chord_in(state.contexts(), Action::SlashCommand);
        let commands = slash.filter(|_| focused).map(|chord| format!(" · {chord} for commands")).unwrap_or_default();
        canvas.text(area.x, area.y, area.width, &format!("Type a message{commands}"), StyleRole::Dim);
    }
    composer.editor.cursor_position(area).filter(|_| focused)
}

/// `to A B`, or for an edit the lanes whose branch holds the edited turn.
fn title(state: &State) -> String {
    let edited = state.composer.editing;
    let to = letters(state, |lane| edited.is_none_or(|turn| holds(state, lane, turn)));
    let editing = if edited.is_some() { "editing · " } else { "" };
    format!("{editing}to {to}")
}

/// A turn's depth is its place in every branch that holds it, so that no branch is searched through.
fn holds(state: &State, lane: &Lane, turn: TurnId) -> bool {
    let depth = state.session.turns.get(turn).map(|turn| turn.depth);
    depth.and_then(|depth| lane.branch.get(depth)) == Some(&turn)
}

fn letters(state: &State, wanted: impl Fn(&Lane) -> bool) -> String {
    let those = state.lanes.iter().enumerate().filter(|(_, lane)| wanted(lane));
    those.map(|(place, _)| letter_of(place)).collect::<Vec<_>>().join(" ")
}

/// `A B streaming · Esc stops A` while something streams; a count stands for the letters where they do not fit.
fn streaming(state: &State, columns: u16) -> Vec<Span> {
    let is_live = |lane: &Lane| lane.status.live().is_some();
    let live = letters(state, is_live);
    if live.is_empty() {
        return Vec::new();
    }
    let several = live.len() > 1;
    let own = letter_of(state.focused);
    let (action, stops) = match (is_live(state.lane()), several) {
        (true, false) => (Action::Back, "stops".to_owned()),
        (true, true) => (Action::Back, format!("stops {own}")),
        (false, false) => (Action::Interrupt, "stops".to_owned()),
        (false, true) => (Action::Interrupt, "stops all".to_owned()),
    };
    let mut spans = Vec::new();
    if let Some(chord) = state.keymap.chord_in(state.contexts(), action) {
        spans.push(Span::new(" · ", StyleRole::Dim));
        spans.push(Span::new(chord.to_string(), StyleRole::Key));
        spans.push(Span::new(format!(" {stops} "), StyleRole::Dim));
    }
    let taken: u16 = spans.iter().map(|span| cells(&span.text)).sum();
    let waits = state.lanes.iter().filter(|lane| is_live(lane)).all(|lane| lane.status.is_waiting());
    let does = if waits { "waiting" } else { "streaming" };
    let count = state.lanes.iter().filter(|lane| is_live(lane)).count();
    let whole = format!(" {live} {does}");
    let who = if cells(&whole) + taken <= columns { whole } else { format!(" {count} {does}") };
    spans.insert(0, Span::new(who, StyleRole::Good));
    spans
}
