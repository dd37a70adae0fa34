//! The system prompt's form: its text, and a field for each of its variables.

use std::borrow::Cow;
use std::time::Instant;

use super::{Effects, form};
use crate::chat::{Field, Settings};
use crate::state::{Form, FormPurpose, LaneId, Level, State};
use crate::text;

pub(super) fn open(state: &mut State) -> Effects {
    let lane = state.lane();
    let mut form = Form::new(FormPurpose::System(lane.id), lane.settings.system.as_deref().unwrap_or_default());
    form.set_aside(&lane.settings.variables);
    name_variables(&mut form);
    form::open(state, form);
    Effects::new()
}

/// The system prompt as it is sent: its variables filled as far as they have values.
pub(super) fn sent(settings: &Settings) -> Option<Cow<'_, str>> {
    settings.system.as_deref().map(|system| text::fill(system, &settings.variables))
}

/// Gives the form a field for each variable that the text has now.
pub(super) fn name_variables(form: &mut Form) {
    let text = form.editor.text();
    form.name_fields(&text::variables(&text));
}

/// Takes the text, and the values of the variables that are in it. A field that is empty is no value.
pub(super) fn keep(state: &mut State, lane: LaneId, form: &Form, now: Instant) {
    let Some(place) = state.lanes.iter().position(|candidate| candidate.id == lane) else { return };
    let text = form.editor.text();
    let text = text.trim();
    let said = if text.is_empty() { "The system prompt is unset." } else { "The system prompt is set." };
    let values = form.fields.iter().map(|field| (field.name.clone(), field.editor.text()));
    state.change(place, &Field::System, |settings| {
        settings.system = (!text.is_empty()).then(|| text.into());
        settings.variables = values.filter(|(_, value)| !value.is_empty()).collect();
    });
    state.notices.show(Level::Note, said, now);
}
