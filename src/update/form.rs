//! Forms: a text that is edited in a box, taken or left.

use std::time::Instant;

use crossterm::event::KeyEvent;

use super::Effects;
use crate::chat::Field;
use crate::input::Action;
use crate::state::{EditPurpose, Effect, Form, FormPurpose, LaneId, Level, Overlay, State};
use crate::text;

/// The longest name of a lane, in characters: more would leave its header no room.
const LONGEST_NAME: usize = 24;

pub(super) fn perform(state: &mut State, action: Action, now: Instant) -> Effects {
    let Some(Overlay::Form(form)) = &mut state.overlay else { return Effects::new() };
    match action {
        Action::FormNext => form.next(),
        Action::FormPrevious => form.previous(),
        Action::FormEditor => {
            let text = form.active().text();
            return vec![Effect::Edit { purpose: EditPurpose::Form, text }];
        }
        _ => return accept(state, now),
    }
    Effects::new()
}

/// Whether the open form is a single line, which Enter takes.
pub(super) fn is_line(state: &State) -> bool {
    matches!(&state.overlay, Some(Overlay::Form(form)) if form.is_line())
}

/// The open form, if one is.
pub(super) fn open_form(state: &mut State) -> Option<&mut Form> {
    match &mut state.overlay {
        Some(Overlay::Form(form)) => Some(form),
        _ => None,
    }
}

pub(super) fn open(state: &mut State, form: Form) {
    state.overlay = Some(Overlay::Form(Box::new(form)));
}

pub(super) fn key(state: &mut State, key: KeyEvent) {
    if let Some(form) = open_form(state) {
        form.active().input(key);
    }
}

pub(super) fn paste(state: &mut State, text: &str, now: Instant) {
    let pasted = open_form(state).map(|form| {
        let text = if form.is_line() { text.split_whitespace().collect::<Vec<_>>().join(" ") } else { text.to_owned() };
        form.active().paste(&text)
    });
    if let Some(Err(problem)) = pasted {
        state.notices.show(Level::Error, problem.to_string(), now);
    }
}

/// What `$EDITOR` made of the text.
pub(super) fn edited(state: &mut State, text: &str) {
    if let Some(form) = open_form(state) {
        form.active().set_text(text.trim_end_matches('\n'));
    }
}

/// Closes what is open. A form with something in it that would be lost asks once more.
pub(super) fn leave(state: &mut State, now: Instant) {
    let changed = open_form(state).is_some_and(|form| form.is_changed());
    if changed && !state.confirmed(Action::Back, "drops what you changed here.", now) {
        return;
    }
    state.overlay = None;
}

pub(super) fn open_system(state: &mut State) -> Effects {
    let lane = state.lane();
    let form = Form::new(FormPurpose::System(lane.id), lane.settings.system.as_deref().unwrap_or_default());
    open(state, form);
    Effects::new()
}

pub(super) fn open_name(state: &mut State) {
    let lane = state.lane();
    let form = Form::new(FormPurpose::LaneName(lane.id), lane.name.as_deref().unwrap_or_default());
    open(state, form);
}

fn accept(state: &mut State, now: Instant) -> Effects {
    let Some(Overlay::Form(form)) = state.overlay.take() else { return Effects::new() };
    match &form.purpose {
        FormPurpose::LaneName(lane) => rename(state, *lane, &form.editor.text()),
        FormPurpose::System(lane) => keep_system(state, *lane, &form, now),
        FormPurpose::Value { .. } | FormPurpose::Extra(_) => {}
    }
    Effects::new()
}

fn rename(state: &mut State, lane: LaneId, name: &str) {
    let name: String = name.trim().chars().take(LONGEST_NAME).collect();
    if let Some(lane) = state.lane_by_id_mut(lane) {
        lane.name = (!name.is_empty()).then(|| text::clean_line(&name).into_owned());
    }
}

fn keep_system(state: &mut State, lane: LaneId, form: &Form, now: Instant) {
    let Some(place) = state.lanes.iter().position(|candidate| candidate.id == lane) else { return };
    let text = form.editor.text();
    let text = text.trim();
    let said = if text.is_empty() { "The system prompt is unset." } else { "The system prompt is set." };
    state.change(place, &Field::System, |settings| {
        settings.system = (!text.is_empty()).then(|| text.to_owned());
    });
    state.notices.show(Level::Note, said, now);
}
