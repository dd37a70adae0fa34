//! The editor of a value: opened from the sidebar, told at once where it is wrong, taken when it is right.

mod text;

use std::time::Instant;

use super::{Effects, answer_hint, form};
use crate::chat::{Field, Params, hints};
use crate::input::Action;
use crate::state::{Effect, Form, FormPurpose, LaneId, Level, State, Verdict};
use text::{Reading, Subject};

/// Opens the tools, or a param, of the focused lane.
pub(super) fn open(state: &mut State, field: Field) -> Effects {
    let purpose = FormPurpose::Value { lane: state.lane().id, field };
    open_form(state, purpose)
}

/// Opens all that is set in the focused lane and stands in no row of its own.
pub(super) fn open_extra(state: &mut State) -> Effects {
    let purpose = FormPurpose::Extra(state.lane().id);
    open_form(state, purpose)
}

fn open_form(state: &mut State, purpose: FormPurpose) -> Effects {
    let Some((_, subject)) = subject(&purpose) else { return Effects::new() };
    let settings = &state.lane().settings;
    let (written, templates) = (text::written(subject, settings), text::templates(subject, &settings.tools));
    let mut form = Form::new(purpose, &written);
    form.templates = templates;
    form::open(state, form);
    judge(state);
    Effects::new()
}

/// Whose value it is, and which.
fn subject(purpose: &FormPurpose) -> Option<(LaneId, Subject<'_>)> {
    match purpose {
        FormPurpose::Value { lane, field: Field::Param(name) } => Some((*lane, Subject::Param(name))),
        FormPurpose::Value { lane, field: Field::Tools } => Some((*lane, Subject::Tools)),
        FormPurpose::Extra(lane) => Some((*lane, Subject::Extra)),
        _ => None,
    }
}

/// Says of the value, as it is written now, whether it can be taken.
pub(super) fn judge(state: &mut State) {
    let keep = state.key(Action::FormAccept);
    let next = state.key(Action::FormNext);
    let Some(form) = form::open_form(state) else { return };
    let Some((lane, subject)) = subject(&form.purpose) else { return };
    let written = form.editor.text();
    let verdict = match text::read(subject, &written) {
        Err(slip) => Verdict::Bad(slip),
        Ok(Reading::Unset) if form.templates.is_empty() => {
            Verdict::Good(format!("empty: {keep} unsets it; {}", text::offered(subject)))
        }
        Ok(Reading::Unset) => {
            let offered = text::offered(subject);
            Verdict::Good(format!("empty: {keep} unsets it; {next} puts in {offered}"))
        }
        Ok(Reading::File(path)) => Verdict::Good(format!("{keep} reads {path}")),
        Ok(reading) => {
            let said = reading.said();
            let hint = hint(state, lane, &reading);
            Verdict::Good(hint.map_or(said.clone(), |hint| format!("{said}, but {hint}")))
        }
    };
    if let Some(form) = form::open_form(state) {
        form.verdict = Some(verdict);
    }
}

/// What the API holds against a param beside the lane's others.
fn hint(state: &State, lane: LaneId, reading: &Reading) -> Option<String> {
    let Reading::Param(name, value) = reading else { return None };
    let mut settings = state.lane_by_id(lane)?.settings.clone();
    settings.params.set(name, value.clone());
    let found = hints(&settings).into_iter().find(|hint| hint.starts_with(name.as_str()));
    found.or_else(|| answer_hint::of_value(name, &settings.params))
}

/// Takes the value into its lane, or reads the file that it names; one that is wrong stays to be mended.
pub(super) fn accept(state: &mut State, now: Instant) -> Effects {
    let Some(form) = form::open_form(state) else { return Effects::new() };
    let purpose = form.purpose.clone();
    let Some((lane, subject)) = subject(&purpose) else { return Effects::new() };
    let Ok(reading) = text::read(subject, &form.editor.text()) else { return Effects::new() };
    if let Reading::File(path) = reading {
        return vec![Effect::ReadFile { path }];
    }
    state.overlay = None;
    let Some(place) = state.lanes.iter().position(|candidate| candidate.id == lane) else { return Effects::new() };
    let said = if matches!(reading, Reading::Unset) { "unset" } else { "set" };
    let (name, verb) = match subject {
        Subject::Param(name) => (name, "is"),
        Subject::Tools => ("The tools", "are"),
        Subject::Extra => ("The other fields", "are"),
    };
    take(state, place, subject, reading);
    state.notices.show(Level::Note, format!("{name} {verb} {said}."), now);
    Effects::new()
}

fn take(state: &mut State, place: usize, subject: Subject<'_>, reading: Reading) {
    match (subject, reading) {
        (Subject::Param(name), Reading::Param(_, value)) => {
            state.change(place, &Field::param(name), |settings| settings.params.set(name, value));
        }
        (Subject::Param(name), _) => unset(state, place, name),
        (Subject::Tools, reading) => {
            let tools = if let Reading::Tools(tools) = reading { tools } else { Vec::new() };
            state.change(place, &Field::Tools, |settings| settings.tools = tools.into());
        }
        (Subject::Extra, reading) => {
            let fields = if let Reading::Extra(fields) = reading { fields } else { Params::default() };
            let params = &state.lanes[place].settings.params;
            let gone: Vec<String> =
                params.unlisted().map(|(name, _)| name.clone()).filter(|name| fields.get(name).is_none()).collect();
            for name in gone {
                unset(state, place, &name);
            }
            for (name, value) in fields.iter() {
                state.change(place, &Field::param(name), |settings| settings.params.set(name, value.clone()));
            }
        }
    }
}

fn unset(state: &mut State, place: usize, name: &str) {
    state.change(place, &Field::param(name), |settings| {
        settings.params.unset(name);
    });
}

/// Puts a file's text into the form that asked for it, to be looked at before it is taken.
pub(super) fn file_read(state: &mut State, path: &str, result: Result<String, String>, now: Instant) -> Effects {
    let Some(form) = form::open_form(state) else { return Effects::new() };
    let purpose = form.purpose.clone();
    let Some((_, subject)) = subject(&purpose) else { return Effects::new() };
    // Whoever has written on meanwhile wants something else.
    let waits = matches!(text::read(subject, &form.editor.text()), Ok(Reading::File(named)) if named == path);
    match result {
        Ok(content) if waits => {
            form.editor.set_text(&text::of_file(subject, path, &content));
            judge(state);
        }
        Err(problem) if waits => {
            form.verdict = Some(Verdict::Bad(problem));
        }
        Err(problem) => state.notices.show(Level::Error, problem, now),
        Ok(_) => {}
    }
    Effects::new()
}
