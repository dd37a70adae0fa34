//! The composer: where a message goes, its draft, and what streams meanwhile.

use ratatui::layout::{Position, Rect};

use crate::chat::Role;
use crate::input::Action;
use crate::state::{Draft, Focus, Lane, Layout, State, Target};
use crate::text::{Span, StyleRole, clean_line, truncate};

use super::super::canvas::{Canvas, frame_role};
use super::super::hits::Hits;
use super::super::title::letter_of;
use super::{attach, cells, meter};

/// Draws the composer; returns where the caret is when it takes the keys.
pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, layout: &Layout, hits: &mut Hits) -> Option<Position> {
    let composer = &state.composer;
    let focused = state.focus == Focus::Composer && state.overlay.is_none();
    let mut title = title(state);
    title.extend(hint(state, layout.composer.width, &title));
    let used = title.iter().map(|span| cells(&span.text)).sum::<u16>() + 4;
    canvas.frame(layout.composer, frame_role(focused), &title);
    letters_as_targets(state, layout.composer, &title, hits);
    queued(canvas, state, layout.queue, hits);
    attach::chips(canvas, state, layout.chips, hits);
    let border = Rect { width: layout.composer.width.saturating_sub(1), height: 1, ..layout.composer };
    let room = border.width.saturating_sub(used);
    let streaming = streaming(state, room);
    canvas.right(border, &if streaming.is_empty() { meter::before(state, room) } else { streaming });
    let area = layout.editor.intersection(canvas.area());
    let style = canvas.style(StyleRole::Text);
    composer.editor.render(area, canvas.buffer, style);
    hits.add_editor(area);
    if composer.editor.is_empty() {
        let slash = state.keymap.chord_in(state.contexts(), Action::SlashCommand);
        let commands = slash
            .filter(|_| focused && composer.is_empty())
            .map(|chord| format!(" · {chord} for commands"))
            .unwrap_or_default();
        canvas.text(area.x, area.y, area.width, &format!("Type a message{commands}"), StyleRole::Dim);
    }
    composer.editor.cursor_position(area).filter(|_| focused)
}

/// `to A B`, and `not C` where a lane is left out; for an edit only lanes whose branch holds the edited turn.
fn title(state: &State) -> Vec<Span> {
    let editing = match state.composer.editing.and_then(|turn| state.session.turns.get(turn)) {
        Some(turn) if turn.role == Role::Assistant => "editing the reply · ",
        Some(_) => "editing · ",
        None => "",
    };
    let mut spans = vec![Span::new(format!("{editing}to"), StyleRole::Title)];
    let told = |lane: &&Lane| state.hears(lane);
    spans.extend(state.lanes.iter().filter(told).map(|lane| Span::new(format!(" {}", lane.letter), StyleRole::Title)));
    if !state.lanes.iter().all(|lane| told(&lane)) {
        spans.push(Span::new(" · not", StyleRole::Dim));
        let left = state.lanes.iter().filter(|lane| !told(lane));
        spans.extend(left.map(|lane| Span::new(format!(" {}", lane.letter), StyleRole::Dim)));
    }
    spans
}

/// A word about the form of the answer, while nothing streams: that has the row's other end.
fn hint(state: &State, columns: u16, title: &[Span]) -> Option<Span> {
    let said =
        state.answer_hint.said.as_deref().filter(|_| state.lanes.iter().all(|lane| lane.status.live().is_none()))?;
    let used: u16 = title.iter().map(|span| cells(&span.text)).sum();
    let room = usize::from(columns.saturating_sub(used + 6));
    Some(Span::new(truncate(&format!(" · ! {said}"), room), StyleRole::Warning))
}

/// A click on a letter addresses its lane, or not.
fn letters_as_targets(state: &State, frame: Rect, title: &[Span], hits: &mut Hits) {
    let mut x = frame.x + 2;
    for span in title {
        let wide = cells(&span.text);
        let letter = span.text.strip_prefix(' ').filter(|letter| letter.len() == 1);
        let lane = letter.and_then(|letter| state.lanes.iter().find(|lane| letter.starts_with(lane.letter)));
        if let Some(lane) = lane {
            hits.add(Rect { x, width: wide, height: 1, ..frame }, Target::Address { lane: lane.id });
        }
        x += wide;
    }
}

/// The messages that wait, above the draft: `1 waits for A B: …`.
fn queued(canvas: &mut Canvas<'_>, state: &State, area: Rect, hits: &mut Hits) {
    let waiting = state.queue.len();
    let room = usize::from(area.height);
    for ((place, queued), y) in state.queue.iter().enumerate().take(room).zip(area.y..) {
        let row = Rect { y, height: 1, ..area };
        hits.add(row, Target::Queued { place });
        let letters = letters(state, |lane| queued.to.contains(&lane.id));
        let more =
            if place + 1 == room && waiting > room { format!(" +{} more", waiting - room) } else { String::new() };
        let verb = if state.queue.held { "held for" } else { "waits for" };
        let head = format!("{} {verb} {letters}{more}: ", place + 1);
        let x = canvas.text(row.x, y, row.width, &head, StyleRole::Chip);
        let x = attached(canvas, &queued.draft, Rect { x, width: row.right().saturating_sub(x), ..row });
        let line = queued.draft.text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        // Eight characters for each cell are enough, even with marks that take none.
        let line: String = line.chars().take(usize::from(row.width) * 8).collect();
        let end = canvas.text(x, y, row.right().saturating_sub(x), &clean_line(&line), StyleRole::Dim);
        if place == 0 {
            queue_keys(canvas, state, Rect { x: end, width: row.right().saturating_sub(end), ..row });
        }
    }
}

/// `⎘2 ` where two files go with a message that waits, and the name of the first where it says nothing else.
fn attached(canvas: &mut Canvas<'_>, draft: &Draft, area: Rect) -> u16 {
    let Some(first) = draft.attachments.first() else { return area.x };
    let name = if draft.text.trim().is_empty() { clean_line(&first.name).into_owned() } else { String::new() };
    canvas.text(area.x, area.y, area.width, &format!("⎘{} {name}", draft.attachments.len()), StyleRole::Chip)
}

/// `Alt+Q edits the last · Alt+Shift+Q drops the first`, behind the first message where there is room; what is held has
/// to be sent on first of all.
fn queue_keys(canvas: &mut Canvas<'_>, state: &State, room: Rect) {
    let (edits, drops) = match state.queue.len() {
        1 => ("edits", "drops"),
        _ => ("edits the last", "drops the first"),
    };
    let mut spans = Vec::new();
    let on = (state.queue.held && state.composer.is_empty()).then_some((Action::Send, "sends on"));
    for (action, does) in on.into_iter().chain([(Action::QueueEdit, edits), (Action::QueueDrop, drops)]) {
        let Some(chord) = state.keymap.chord_in(state.contexts(), action) else { continue };
        spans.push(Span::new(if spans.is_empty() { "  " } else { " · " }, StyleRole::Border));
        spans.push(Span::new(chord.to_string(), StyleRole::Key));
        spans.push(Span::new(format!(" {does}"), StyleRole::Dim));
    }
    if spans.iter().map(|span| cells(&span.text)).sum::<u16>() <= room.width {
        canvas.right(room, &spans);
    }
}

fn letters(state: &State, wanted: impl Fn(&Lane) -> bool) -> String {
    let those = state.lanes.iter().filter(|lane| wanted(lane));
    those.map(letter_of).collect::<Vec<_>>().join(" ")
}

/// `A B streaming · Esc stops A` while something streams; a count stands for the letters where they do not fit.
fn streaming(state: &State, columns: u16) -> Vec<Span> {
    let is_live = |lane: &Lane| lane.status.live().is_some();
    let live = letters(state, is_live);
    if live.is_empty() {
        return Vec::new();
    }
    let several = live.len() > 1;
    let own = letter_of(state.lane());
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
    let waits = state.lanes.iter().filter(|lane| is_live(lane)).all(|lane| !lane.status.has_begun());
    let does = if waits { "waiting" } else { "streaming" };
    let count = state.lanes.iter().filter(|lane| is_live(lane)).count();
    let whole = format!(" {live} {does}");
    let who = if cells(&whole) + taken <= columns { whole } else { format!(" {count} {does}") };
    spans.insert(0, Span::new(who, StyleRole::Good));
    spans
}
