//! The model card: opening it, making its rows anew for another width, and going back to the picker below it.

use std::time::Instant;

use super::Effects;
use crate::chat::Dialect;
use crate::input::Action;
use crate::state::card::card_rows;
use crate::state::{Breadth, Effect, Level, ModelAt, OpenCard, Overlay, Reader, State};

/// Opens the card of the model that is selected in the picker, else of the one that the lane asks.
pub(super) fn open(state: &mut State, now: Instant) -> Effects {
    let settings = &state.lane().settings;
    let (at, picker) = match &state.overlay {
        // A form may hold a text that nobody kept yet.
        Some(Overlay::Card(_) | Overlay::Form(_)) => return Effects::new(),
        Some(Overlay::Models(picker)) => (picker.chosen().map(|row| row.at.clone()), Some(picker.clone())),
        _ => {
            let at = ModelAt { provider: settings.provider.clone(), model: settings.model.clone() };
            (Some(at).filter(|at| !at.model.is_empty()), None)
        }
    };
    let Some(at) = at else {
        let said = format!("There is no model to show. {} chooses one.", state.key(Action::Models));
        state.notices.show(Level::Note, said, now);
        return Effects::new();
    };
    state.overlay = Some(Overlay::Card(Box::new(OpenCard { at, reader: Reader::default(), picker })));
    refresh(state);
    Effects::new()
}

/// Makes the open card's rows for the screen's width.
pub(super) fn refresh(state: &mut State) {
    let Some(Overlay::Card(open)) = &state.overlay else { return };
    let width = Reader::body(state.size, Breadth::Prose).width;
    let rows = card_rows(&state.card(&open.at), &Dialect::default(), width);
    if let Some(Overlay::Card(open)) = &mut state.overlay {
        open.reader.set_rows(rows);
    }
}

/// What comes to light when an overlay is closed: below a card, the picker that it was opened from; below a form, the
/// list of sessions.
pub(super) fn under(closed: Option<Overlay>) -> Option<Overlay> {
    match closed {
        Some(Overlay::Card(open)) => open.picker.map(Overlay::Models),
        Some(Overlay::Form(form)) => form.under.map(Overlay::Sessions),
        _ => None,
    }
}

/// Puts the text of the open card on the clipboard.
pub(super) fn copy(state: &State) -> Effects {
    let Some(Overlay::Card(open)) = &state.overlay else { return Effects::new() };
    let rows = open.reader.rows().iter().map(|row| format!("{}\n", row.plain().trim_end()));
    vec![Effect::Copy(rows.collect())]
}
