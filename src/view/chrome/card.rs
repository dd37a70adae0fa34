//! The model card over the panes.

use crate::input::Action;
use crate::state::{Breadth, OpenCard, State};
use crate::text::{Span, StyleRole, clean_line};

use super::super::canvas::Canvas;
use super::super::hits::Hits;
use super::reader;

pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, open: &OpenCard, hits: &mut Hits) {
    let (model, provider) = (clean_line(&open.at.model), clean_line(&open.at.provider));
    let title =
        [Span::new("Model card", StyleRole::Title), Span::new(format!(" · {model} @ {provider}"), StyleRole::Dim)];
    let keys = [(Action::OverlayPageDown, "reads on"), (Action::ReaderCopy, "copies")];
    reader::draw(canvas, state, (&open.reader, Breadth::Prose), &title, &keys, hits);
}
