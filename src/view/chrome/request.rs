//! The request of a run: its body as it was sent, or what differs from another run's.

use crate::input::Action;
use crate::state::{Breadth, RequestPage, RequestShows, State};
use crate::text::{Span, StyleRole, clean_line};

use super::super::canvas::Canvas;
use super::super::hits::Hits;
use super::reader;

const OF_BODY: &[(Action, &str)] = &[
    (Action::ReaderCopy, "copies JSON"),
    (Action::ReaderCompare, "compares"),
    (Action::ReaderPage, "wire"),
    (Action::CopyCurl, "curl"),
    (Action::CopyPython, "Python"),
    (Action::CopyJavaScript, "JavaScript"),
    (Action::ReaderFold, "folds"),
];

const OF_CHANGES: &[(Action, &str)] = &[(Action::ReaderCompare, "shows the body"), (Action::ReaderNext, "other run")];

pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, page: &RequestPage, hits: &mut Hits) {
    let (says, keys) = match page.shows {
        RequestShows::Body { .. } => ("as it was sent", OF_BODY),
        RequestShows::Changes { .. } => ("what changed", OF_CHANGES),
    };
    let model = state.session.run(page.run).map(|run| clean_line(&run.form.model).into_owned()).unwrap_or_default();
    let title = [
        Span::new(format!("Request · run {} ", page.run.0 + 1), StyleRole::Title),
        Span::new(format!("{model} · {says}"), StyleRole::Dim),
    ];
    let alone = state.session.runs().len() < 2;
    let keys: Vec<(Action, &str)> =
        keys.iter().filter(|(action, _)| !(alone && *action == Action::ReaderCompare)).copied().collect();
    reader::draw(canvas, state, (&page.reader, Breadth::Prose), &title, &keys, hits);
}
