//! A run's request as it was sent, and what differs from another run's.

use serde_json::Value;

use super::super::{Effects, ask, inspect};
use super::Subject;
use super::preview::{address, question_of};
use super::sheet;
use crate::api::{Change, ChangeKind, changes};
use crate::chat::RunId;
use crate::exchange::described;
use crate::input::Action;
use crate::state::{Breadth, Overlay, Reader, RequestPage, RequestShows, State};
use crate::text::{Line, Span, StyleRole, Wrap, clean_line, diff_rows, reveal, word_diff, wrap};

/// Opens the page of a run's request.
pub(super) fn open(state: &mut State, run: RunId) {
    let shows = RequestShows::Body { unfolded: false };
    state.overlay = Some(Overlay::Request(Box::new(RequestPage { run, shows, reader: Reader::default() })));
    refresh(state);
}

/// The body of a run, as it was sent.
pub(super) fn subject(state: &State, run: RunId) -> Option<Subject> {
    let question = question_of(state, run);
    let run = state.session.run(run)?;
    let form = ask::with_long_parts(run.form.clone(), &run.settings);
    let request = ask::request(form, &state.session.turns, question);
    Some(Subject::of(state, &run.settings.provider, &request, run.known))
}

/// Runs to compare with: the one before in the same lane, then the last ones of other lanes.
fn others(state: &State, run: RunId) -> Vec<RunId> {
    let before = state.session.run(run).and_then(|run| run.before);
    let mut others: Vec<RunId> = Vec::new();
    for other in before.into_iter().chain(state.lanes.iter().filter_map(|lane| lane.last_run)) {
        if other != run && !others.contains(&other) {
            others.push(other);
        }
    }
    others
}

pub(super) fn perform(state: &mut State, action: Action) -> Effects {
    let Some(Overlay::Request(page)) = &state.overlay else { return Effects::new() };
    let run = page.run;
    if action == Action::ReaderPage {
        inspect::open_wire(state, run);
        return Effects::new();
    }
    let others = others(state, run);
    let shows = match (action, page.shows) {
        (Action::ReaderFold, RequestShows::Body { unfolded }) => RequestShows::Body { unfolded: !unfolded },
        (Action::ReaderCompare, RequestShows::Changes { .. }) => RequestShows::Body { unfolded: false },
        (Action::ReaderCompare | Action::ReaderNext | Action::ReaderPrevious, shows) => {
            let next = stepped(&others, shows, action == Action::ReaderPrevious);
            next.map_or(shows, |since| RequestShows::Changes { since })
        }
        (_, shows) => shows,
    };
    if let Some(Overlay::Request(page)) = &mut state.overlay
        && page.shows != shows
    {
        page.shows = shows;
        page.reader = Reader::default();
        refresh(state);
    }
    Effects::new()
}

/// The run to compare with next, going round.
fn stepped(others: &[RunId], shows: RequestShows, back: bool) -> Option<RunId> {
    let last = others.len().checked_sub(1)?;
    let at = match shows {
        RequestShows::Changes { since } => others.iter().position(|other| *other == since),
        RequestShows::Body { .. } => None,
    };
    let next = match (at, back) {
        (None, _) => 0,
        (Some(at), false) => {
            if at == last {
                0
            } else {
                at + 1
            }
        }
        (Some(at), true) => at.checked_sub(1).unwrap_or(last),
    };
    others.get(next).copied()
}

/// Makes the open page's rows.
pub(super) fn refresh(state: &mut State) {
    let Some(Overlay::Request(page)) = &state.overlay else { return };
    let width = Reader::body(state.size, Breadth::Prose).width;
    let rows = match page.shows {
        RequestShows::Body { unfolded } => body_rows(state, page.run, unfolded, width),
        RequestShows::Changes { since } => change_rows(state, page.run, since, width),
    };
    if let Some(Overlay::Request(page)) = &mut state.overlay {
        page.reader.set_rows(rows);
    }
}

fn body_rows(state: &State, run: RunId, unfolded: bool, width: u16) -> Vec<Line> {
    let (Some(subject), Some(known)) = (subject(state, run), state.session.run(run)) else { return Vec::new() };
    let mut rows = Vec::new();
    let to = clean_line(&address(state, &known.settings.provider)).into_owned();
    wrap(&[Span::new(to, StyleRole::Dim)], &Wrap::plain(width), &mut rows);
    let question = question_of(state, run).and_then(|turn| state.session.turns.get(turn));
    for attachment in question.into_iter().flat_map(|turn| &turn.attachments) {
        let said = format!("⎘ {} · {}", attachment.name, described(attachment));
        wrap(&[Span::new(clean_line(&said), StyleRole::Chip)], &Wrap::plain(width), &mut rows);
    }
    let chord = state.keymap.chord_in(state.contexts(), Action::ReaderFold);
    let unfold = chord.map(|chord| format!(" · {chord} unfolds")).unwrap_or_default();
    rows.extend(sheet::body(&subject.shown(), unfolded, &unfold, width));
    rows
}

fn change_rows(state: &State, run: RunId, since: RunId, width: u16) -> Vec<Line> {
    let (Some(new), Some(old)) = (subject(state, run), subject(state, since)) else { return Vec::new() };
    let mut rows = Vec::new();
    let said = format!("run {}, {} → run {}", since.0 + 1, place_of(state, run, since), run.0 + 1);
    wrap(&[Span::new(clean_line(&said), StyleRole::Dim)], &Wrap::plain(width), &mut rows);
    rows.push(Line::default());
    let changes = changes(&old.shown(), &new.shown());
    if changes.is_empty() {
        rows.push(Line::new("Both bodies are the same.", StyleRole::Text));
    }
    changes.iter().for_each(|change| change_row(change, width, &mut rows));
    rows
}

/// What the run that is compared with is to this one.
fn place_of(state: &State, run: RunId, since: RunId) -> String {
    let before = state.session.run(run).is_some_and(|run| run.before == Some(since));
    let lane = state.lanes.iter().find(|lane| lane.last_run == Some(since));
    match lane {
        _ if before => "the one before in its lane".to_owned(),
        Some(lane) => format!("the last of lane {}", lane.title()),
        None => "an earlier one".to_owned(),
    }
}

/// Texts longer than this are compared word by word.
const SHORT: usize = 48;

fn change_row(change: &Change, width: u16, rows: &mut Vec<Line>) {
    let (sign, role) = match &change.kind {
        ChangeKind::Added(_) => ("+ ", StyleRole::SyntaxInserted),
        ChangeKind::Removed(_) => ("- ", StyleRole::SyntaxDeleted),
        ChangeKind::Changed { .. } => ("~ ", StyleRole::Warning),
    };
    let mut spans = vec![Span::new(reveal(&change.path), StyleRole::SyntaxVariable)];
    let mut text = Vec::new();
    match &change.kind {
        ChangeKind::Added(value) | ChangeKind::Removed(value) => {
            spans.push(Span::new(format!(" {}", reveal(&value.to_string())), role));
        }
        ChangeKind::Changed { from: Value::String(from), to: Value::String(to) }
            if from.len().max(to.len()) > SHORT =>
        {
            text = diff_rows(&word_diff(from, to), width);
        }
        ChangeKind::Changed { from, to } => spans.extend([
            Span::new(format!(" {}", reveal(&from.to_string())), StyleRole::SyntaxDeleted),
            Span::new(" → ", StyleRole::Dim),
            Span::new(reveal(&to.to_string()), StyleRole::SyntaxInserted),
        ]),
    }
    let (first, rest) = ([Span::new(sign, role)], [Span::new("  ", StyleRole::Text)]);
    wrap(&spans, &Wrap { width, first: &first, rest: &rest }, rows);
    rows.extend(text);
}
