//! The box of the focused lane's calls: the selected one whole, and the keys that decide about it.

use std::time::Instant;

use ratatui::layout::Rect;

use crate::input::Action;
use crate::state::{CallBox, CallId, CallRecord, CallState, Focus, Layout, State, Target};
use crate::text::{Emphasis, Ink, Span, StyleRole, clean_line, duration, truncate};
use crate::tools::Responder;

use super::super::call_rows::role;
use super::super::canvas::{Canvas, frame_role};
use super::super::hits::Hits;
use super::super::title::letter_of;
use super::cells;

pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, layout: &Layout, hits: &mut Hits, now: Instant) {
    let (Some(area), Some(open)) = (layout.calls, &state.call_box) else { return };
    let Some((came, record)) = state.session.call(open.call) else { return };
    let focused = state.focus == Focus::Calls && state.overlay.is_none();
    hits.add(area, Target::Calls);
    let shown = standing(&record.state, now);
    let name_room = usize::from(area.width).saturating_sub(cells(&shown) as usize + 24);
    let records = state.session.calls.of(open.call.reply).unwrap_or_default();
    let place = format!("{} of {} · ", open.call.index + 1, records.len());
    let title = [
        Span::new(format!("Call {place}{} · ", letter_of(state.lane())), StyleRole::Title),
        Span::new(truncate(&clean_line(&came.name), name_room), StyleRole::ToolName),
        Span::new(format!(" · {shown}"), role(&record.state)),
    ];
    canvas.frame(area, frame_role(focused), &title);
    let body = Rect {
        x: area.x + 2,
        y: area.y + 1,
        width: area.width.saturating_sub(4),
        height: area.height.saturating_sub(3),
    };
    let from = open.scroll(body.height);
    for (y, line) in (body.y..body.bottom()).zip(open.rows.iter().skip(from)) {
        canvas.line(body.x, y, body.width, line);
    }
    hidden(canvas, area, open, body.height);
    let row = Rect { y: body.bottom(), height: 1, ..body };
    if focused {
        keys(canvas, state, (open.call, record), row, now);
    } else {
        entrance(canvas, state, row);
    }
}

/// The state in words, with the time that it takes or took.
pub(super) fn standing(state: &CallState, now: Instant) -> String {
    let (mark, word) = state.words();
    let time = match state {
        CallState::Running { since, .. } => Some(now.saturating_duration_since(*since)),
        _ => state.took(),
    };
    time.map_or_else(|| format!("{mark} {word}"), |time| format!("{mark} {word} {}", duration(time)))
}

/// `▲ 3 ▼ 12` in the lower border: rows above and below.
fn hidden(canvas: &mut Canvas<'_>, area: Rect, open: &CallBox, height: u16) {
    let above = open.scroll(height);
    let below = open.rows.len().saturating_sub(above + usize::from(height));
    let text = match (above, below) {
        (0, 0) => return,
        (0, below) => format!(" ▼ {below} more "),
        (above, 0) => format!(" ▲ {above} "),
        (above, below) => format!(" ▲ {above} ▼ {below} more "),
    };
    let border = Rect { y: area.bottom() - 1, height: 1, width: area.width.saturating_sub(1), ..area };
    canvas.right(border, &[Span::new(text, StyleRole::Dim)]);
}

/// The key that gives the keys to the box.
fn entrance(canvas: &mut Canvas<'_>, state: &State, row: Rect) {
    let enter = (state.focus == Focus::Composer && state.composer.is_empty()).then_some(Action::Send);
    let chord = state.keymap.chord_in(state.contexts(), enter.unwrap_or(Action::FocusCalls));
    let Some(chord) = chord.filter(|_| state.overlay.is_none()) else { return };
    let ink = Ink::from(StyleRole::Warning).with(Emphasis::BOLD);
    let spans = [Span::new(chord.to_string(), StyleRole::Key), Span::new(" decides", ink)];
    canvas.spans(row.x, row.y, row.width, &spans);
}

/// The keys that mean something for the call; none decides while the box is held.
fn keys(canvas: &mut Canvas<'_>, state: &State, (call, record): (CallId, &CallRecord), row: Rect, now: Instant) {
    if state.call_box.as_ref().is_some_and(|open| open.is_held(now)) {
        let said = "Read it first: no key decides for a moment.";
        canvas.text(row.x, row.y, row.width, said, Ink::from(StyleRole::Warning).with(Emphasis::BOLD));
        return;
    }
    let mut x = row.x;
    for (action, says) in choices(state, call, record) {
        let Some(chord) = state.keymap.chord_in(state.contexts(), action) else { continue };
        let gap = if x > row.x { " · " } else { "" };
        let spans = [
            Span::new(gap, StyleRole::Border),
            Span::new(chord.to_string(), StyleRole::Key),
            Span::new(format!(" {says}"), StyleRole::Dim),
        ];
        let wide: u16 = spans.iter().map(|span| cells(&span.text)).sum();
        if row.right().saturating_sub(x) < wide {
            return;
        }
        x = canvas.spans(x, row.y, row.right() - x, &spans);
    }
}

fn choices(state: &State, call: CallId, record: &CallRecord) -> Vec<(Action, &'static str)> {
    use Action as A;
    let records = state.session.calls.of(call.reply).unwrap_or_default();
    let several = records.iter().filter(|record| record.state.is_undecided()).count() > 1;
    let by_person = *state.responder(state.focused, call) == Responder::Person;
    let trusted = state.trusts(state.focused, call);
    let by_hand = [(A::CallEdit, "edit"), (A::CallAnswer, "by hand"), (A::CallRefuse, "refuse")];
    let mut keys = match &record.state {
        CallState::Invalid { .. } => {
            vec![(A::CallAccept, "tell the model"), by_hand[0], by_hand[1], by_hand[2]]
        }
        CallState::Waits if by_person => vec![(A::CallAccept, "answer"), by_hand[0], by_hand[2]],
        CallState::Waits => vec![(A::CallAccept, "run"), by_hand[0], by_hand[1], by_hand[2]],
        CallState::CutOff => vec![(A::CallAccept, "answer"), (A::CallRun, "run again"), by_hand[0], by_hand[2]],
        CallState::Large { .. } => {
            vec![(A::CallAccept, "send the beginning"), (A::CallRun, "all of it"), by_hand[1], by_hand[2]]
        }
        CallState::Running { .. } => vec![(A::Back, "cancel")],
        _ if records.iter().all(|record| matches!(record.state, CallState::Ended { .. })) => {
            vec![(A::CallAccept, "send the results")]
        }
        _ => Vec::new(),
    };
    let waiting = records.iter().filter(|record| record.state == CallState::Waits).count();
    if waiting > 1 && !by_person && record.state == CallState::Waits {
        keys.push((A::CallRunAll, "run all"));
    }
    if several {
        keys.push((A::CallRefuseAll, "refuse all"));
    }
    if records.len() > 1 {
        keys.push((A::CallNext, "next"));
    }
    keys.push((A::CallResponder, "who answers"));
    if trusted {
        keys.push((A::CallAlways, "ask again"));
    } else if !by_person && record.state == CallState::Waits {
        keys.push((A::CallAlways, "always"));
    }
    keys
}
