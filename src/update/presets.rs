//! The list of presets: found, applied to the focused lane, saved from it, deleted.

use std::time::Instant;

use super::Effects;
use crate::config::ConfigError;
use crate::config::presets::{Existing, Preset, PresetFile, PresetName};
use crate::input::Action;
use crate::state::{Effect, Level, Overlay, PresetFiles, PresetList, PresetWork, State, Undo};
use crate::text;

/// Opens the list and has the files read.
pub(super) fn open(state: &mut State) -> Effects {
    state.overlay = Some(Overlay::Presets(Box::default()));
    vec![Effect::Presets(PresetWork::List)]
}

fn list(state: &mut State) -> Option<&mut PresetList> {
    match &mut state.overlay {
        Some(Overlay::Presets(list)) => Some(list),
        _ => None,
    }
}

/// The files were read, after other work on them or without.
pub(super) fn found(
    state: &mut State,
    work: &PresetWork,
    outcome: Result<(), ConfigError>,
    files: Result<Vec<PresetFile>, ConfigError>,
    now: Instant,
) -> Effects {
    let said = match work {
        PresetWork::List => None,
        PresetWork::Save { name, .. } => Some(format!("Saved as the preset “{name}”.")),
        PresetWork::Delete(name) => Some(format!("The preset “{name}” is deleted.")),
    };
    if let (Ok(()), PresetWork::Save { name, preset, .. }) = (&outcome, work) {
        mark(state, name.as_str(), preset);
    }
    match (outcome, said) {
        (Err(ConfigError::Exists(_)), _) => {
            let key = state.key(Action::OverlaySave);
            let said = format!("A preset of this name is there by now; {key} asks whether to overwrite it.");
            state.notices.show(Level::Warning, said, now);
        }
        (Err(error), _) => state.notices.show(Level::Error, format!("{error}."), now),
        (Ok(()), Some(said)) => state.notices.show(Level::Note, said, now),
        (Ok(()), None) => {}
    }
    if let Some(list) = list(state) {
        let before = list.chosen().map(|file| file.name.clone());
        list.files = match files {
            Ok(files) => PresetFiles::Read(files),
            Err(error) => PresetFiles::Unreadable(format!("{error}.")),
        };
        refresh(state);
        let saved = match work {
            PresetWork::Save { name, .. } => Some(name.as_str().to_owned()),
            _ => before,
        };
        let place = list_place(state, saved.as_deref());
        select(state, place.unwrap_or(0));
    }
    Effects::new()
}

/// Lanes that have the settings that were saved run that preset from now on: what they ask next is counted to it.
fn mark(state: &mut State, name: &str, preset: &Preset) {
    for lane in state.lanes.iter().filter(|lane| Preset::of(&lane.settings) == *preset) {
        state.spending.presets.insert(lane.id, (name.to_owned(), lane.settings.clone()));
    }
}

fn list_place(state: &mut State, name: Option<&str>) -> Option<usize> {
    let list = list(state)?;
    let name = name?;
    (0..list.rows.len()).find(|row| list.row(*row).is_some_and(|file| file.name == name))
}

/// Fills the list anew, by what is typed.
pub(super) fn refresh(state: &mut State) {
    if let Some(list) = list(state) {
        let names: Vec<String> = list.all().iter().map(|file| file.name.clone()).collect();
        list.rows = text::rank(list.query.trim(), &names);
        list.asked = None;
        let selected = list.selected;
        select(state, selected);
    }
}

/// Selects a row, and sees what its preset would change.
pub(super) fn select(state: &mut State, row: usize) {
    let settings = state.lane().settings.clone();
    if let Some(list) = list(state) {
        list.selected = row.min(list.rows.len().saturating_sub(1));
        let preset = list.chosen().and_then(|file| file.preset.as_ref().ok());
        list.differences = preset.map(|preset| settings.differences(&preset.over(&settings))).unwrap_or_default();
    }
}

/// Applies the selected preset. What changes by it becomes the lane's own, so that no other lane changes.
pub(super) fn accept(state: &mut State, now: Instant) -> Effects {
    let Some(file) = list(state).and_then(|list| list.chosen().cloned()) else { return Effects::new() };
    match file.preset {
        Ok(preset) => apply(state, &file.name, &preset, now),
        Err(error) => state.notices.show(Level::Error, format!("{error}."), now),
    }
    Effects::new()
}

fn apply(state: &mut State, name: &str, preset: &Preset, now: Instant) {
    let before = state.lane().settings.clone();
    let mut after = preset.over(&before);
    after.drop_idle_force();
    state.overlay = None;
    let lane = state.lane();
    let letter = lane.letter;
    state.spending.presets.insert(lane.id, (name.to_owned(), after.clone()));
    if after == before {
        state.notices.show(Level::Note, format!("Lane {letter} has the settings of “{name}” already."), now);
        return;
    }
    let settings = state.settings_now();
    state.undos.push(Undo::Settings(Box::new(settings)));
    state.put_settings(state.focused, after);
    let undo = state.key(Action::LaneUndo);
    state.notices.show(Level::Note, format!("Lane {letter} has the settings of “{name}”. {undo} undoes it."), now);
}

/// Saves the lane's settings under the name that is typed, or else as the selected preset. A file that is there is
/// overwritten when it is asked for twice.
pub(super) fn save(state: &mut State, now: Instant) -> Effects {
    let preset = Box::new(Preset::of(&state.lane().settings));
    let Some(list) = list(state) else { return Effects::new() };
    let chosen = list.chosen().map(|file| file.name.clone()).unwrap_or_default();
    let typed = if list.query.trim().is_empty() { chosen } else { list.query.clone() };
    let name = match PresetName::parse(&typed) {
        Ok(name) => name,
        Err(problem) if typed.is_empty() => {
            state.notices.show(Level::Note, format!("Type a name first: {problem}."), now);
            return Effects::new();
        }
        Err(problem) => {
            state.notices.show(Level::Error, format!("{problem}."), now);
            return Effects::new();
        }
    };
    let is_there = list.all().iter().any(|file| file.name == name.as_str());
    if is_there && !asked_twice(state, Action::OverlaySave, &name, "overwrites", now) {
        return Effects::new();
    }
    let existing = if is_there { Existing::Replace } else { Existing::Keep };
    vec![Effect::Presets(PresetWork::Save { name, preset, existing })]
}

/// Deletes the selected preset when it is asked for twice.
pub(super) fn delete(state: &mut State, now: Instant) -> Effects {
    let Some(file) = list(state).and_then(|list| list.chosen().cloned()) else { return Effects::new() };
    let Ok(name) = PresetName::parse(&file.name) else {
        let said = format!("“{}” is no name for a preset, so its file is left alone.", text::clean_line(&file.name));
        state.notices.show(Level::Error, said, now);
        return Effects::new();
    };
    if !asked_twice(state, Action::OverlayDelete, &name, "deletes", now) {
        return Effects::new();
    }
    vec![Effect::Presets(PresetWork::Delete(name))]
}

/// Whether the same was asked for the same preset just before.
fn asked_twice(state: &mut State, action: Action, name: &PresetName, does: &str, now: Instant) -> bool {
    let asked = list(state).and_then(|list| list.asked.replace(name.as_str().to_owned()));
    if asked.as_deref() != Some(name.as_str()) {
        state.asked_once = None;
    }
    state.confirmed(action, &format!("{does} the preset “{name}”."), now)
}
