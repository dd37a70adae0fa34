//! Overlays: help, the command palette and the model picker.

use std::time::Instant;

use super::{Effects, action, heat, reader};
use crate::chat::Field;
use crate::input::{ACTIONS, Action, Context};
use crate::state::{Effect, Focus, Found, Level, Overlay, Palette, PaletteRow, Picker, PickerRow, Provider, State};
use crate::text;

pub(super) fn perform(state: &mut State, action: Action, now: Instant) -> Effects {
    match action {
        Action::Help => {
            let open = matches!(state.overlay, Some(Overlay::Help { .. }));
            state.overlay = (!open).then_some(Overlay::Help { scroll: 0 });
        }
        Action::Palette => open_palette(state),
        Action::Models => return open_models(state),
        Action::OverlayUp => return step(state, -1),
        Action::OverlayDown => return step(state, 1),
        Action::OverlayPageUp => return step(state, -10),
        Action::OverlayPageDown => return step(state, 10),
        _ => return accept(state, now),
    }
    Effects::new()
}

pub(super) fn open_palette(state: &mut State) {
    state.overlay = Some(Overlay::Palette(Palette::default()));
    refresh(state);
}

/// Opens the picker and asks the providers whose models are not known.
pub(super) fn open_models(state: &mut State) -> Effects {
    state.overlay = Some(Overlay::Models(Picker::default()));
    refresh(state);
    let settings = state.lane().settings.clone();
    if let Some(Overlay::Models(picker)) = &mut state.overlay {
        let is_current = |row: &PickerRow| row.provider == settings.provider && row.model == settings.model;
        picker.selected = picker.rows.iter().position(is_current).unwrap_or(0);
    }
    // Whoever failed may be there by now.
    let unknown = |provider: &&Provider| !matches!(provider.models, Some(Found::Models(_)));
    let unknown = state.providers.all.iter().filter(unknown);
    unknown.map(|provider| Effect::ListModels { provider: provider.name.clone() }).collect()
}

/// Whether what is typed goes into an overlay.
pub(super) fn takes_text(state: &State) -> bool {
    state.overlay.as_ref().is_some_and(action::is_list)
}

fn query_mut(state: &mut State) -> Option<&mut String> {
    match &mut state.overlay {
        Some(Overlay::Palette(palette)) => Some(&mut palette.query),
        Some(Overlay::Models(picker)) => Some(&mut picker.query),
        _ => None,
    }
}

/// Adds to the query, once for a whole paste; what is longer than any name is left out.
pub(super) fn typed(state: &mut State, text: &str) -> Effects {
    // The slash that opened the commands was meant for the draft when another follows it.
    let empty_palette = matches!(&state.overlay, Some(Overlay::Palette(palette)) if palette.query.is_empty());
    if empty_palette && text.starts_with('/') && state.focus == Focus::Composer && state.composer.is_empty() {
        state.overlay = None;
        state.composer.set(text);
        return Effects::new();
    }
    const LONGEST: usize = 200;
    if let Some(query) = query_mut(state) {
        let room = LONGEST.saturating_sub(query.chars().count());
        query.extend(text.chars().take(room));
        select(state, 0);
        refresh(state);
    }
    Effects::new()
}

pub(super) fn erase(state: &mut State) -> Effects {
    if let Some(query) = query_mut(state) {
        query.pop();
        select(state, 0);
        refresh(state);
    }
    Effects::new()
}

/// Selects a row of the open list.
pub(super) fn select(state: &mut State, row: usize) {
    match &mut state.overlay {
        Some(Overlay::Palette(palette)) => palette.selected = row.min(palette.rows.len().saturating_sub(1)),
        Some(Overlay::Models(picker)) => picker.selected = row.min(picker.rows.len().saturating_sub(1)),
        Some(Overlay::Heat(_)) => heat::select(state, row),
        _ => {}
    }
}

/// Moves the selection, or scrolls the help, whose end only the view knows.
pub(super) fn step(state: &mut State, rows: isize) -> Effects {
    match &mut state.overlay {
        Some(Overlay::Palette(palette)) => palette.selected = stepped(palette.selected, rows, palette.rows.len()),
        Some(Overlay::Models(picker)) => picker.selected = stepped(picker.selected, rows, picker.rows.len()),
        Some(Overlay::Heat(_)) => heat::step(state, rows),
        Some(_) => return reader::scroll(state, rows),
        None => {}
    }
    Effects::new()
}

pub(super) fn help_scrolled(state: &mut State, to: usize) -> Effects {
    if let Some(Overlay::Help { scroll }) = &mut state.overlay {
        *scroll = to;
    }
    Effects::new()
}

/// Single steps go round; pages stop at the ends.
fn stepped(at: usize, rows: isize, of: usize) -> usize {
    let last = of.saturating_sub(1);
    match rows {
        -1 if at == 0 => last,
        1 if at >= last => 0,
        _ => at.saturating_add_signed(rows).min(last),
    }
}

/// Fills the open list anew, by what is typed.
pub(super) fn refresh(state: &mut State) {
    let State { overlay, providers, .. } = state;
    match overlay {
        Some(Overlay::Palette(palette)) => palette.rows = palette_rows(&palette.query),
        Some(Overlay::Models(picker)) => {
            let listed = providers.all.iter().flat_map(|provider| {
                let models = match &provider.models {
                    Some(Found::Models(models)) => models.as_slice(),
                    _ => &[],
                };
                let known = models.iter().map(String::as_str);
                let unlisted = provider.default_model.as_deref().filter(|_| models.is_empty() && !provider.candidate);
                known.chain(unlisted).map(|model| PickerRow {
                    provider: provider.name.clone(),
                    model: model.to_owned(),
                    typed: false,
                })
            });
            picker.rows =
                picker_rows(&picker.query, &listed.collect::<Vec<_>>(), &state.lanes[state.focused].settings.provider);
        }
        _ => {}
    }
    let selected = match &state.overlay {
        Some(Overlay::Palette(palette)) => palette.selected,
        Some(Overlay::Models(picker)) => picker.selected,
        _ => 0,
    };
    select(state, selected);
}

fn palette_rows(query: &str) -> Vec<PaletteRow> {
    let choices: Vec<_> = ACTIONS.iter().filter(|row| offered(row.action)).collect();
    let names: Vec<String> = choices.iter().map(|row| format!("{} {}", row.help, row.name)).collect();
    text::rank(query, &names).into_iter().map(|place| PaletteRow { action: choices[place].action }).collect()
}

/// Keys that move inside a list or a text make no sense as commands.
fn offered(action: Action) -> bool {
    let elsewhere = matches!(action.row().context, Context::Overlay | Context::Reader | Context::Form);
    !elsewhere
        && !matches!(
            action,
            Action::SlashCommand | Action::QuitIfEmpty | Action::Palette | Action::Newline | Action::ParamCommit
        )
}

/// Ranked rows; a name that no provider lists can be typed, since some endpoints list nothing.
fn picker_rows(query: &str, listed: &[PickerRow], current: &str) -> Vec<PickerRow> {
    let names: Vec<String> = listed.iter().map(|row| format!("{} {}", row.model, row.provider)).collect();
    let mut rows: Vec<PickerRow> = text::rank(query, &names).into_iter().map(|place| listed[place].clone()).collect();
    let typed = query.trim();
    if !typed.is_empty() && !listed.iter().any(|row| row.model == typed) {
        rows.push(PickerRow { provider: current.to_owned(), model: typed.to_owned(), typed: true });
    }
    rows
}

fn accept(state: &mut State, now: Instant) -> Effects {
    // What is read has no row to take: only its cursor moved.
    match state.overlay.take_if(|open| !matches!(open, Overlay::Heat(_))) {
        Some(Overlay::Palette(palette)) => match palette.rows.get(palette.selected) {
            Some(row) => action::perform(state, row.action, now),
            None => Effects::new(),
        },
        Some(Overlay::Models(picker)) => {
            if let Some(row) = picker.rows.into_iter().nth(picker.selected) {
                choose(state, row, now);
            }
            Effects::new()
        }
        _ => Effects::new(),
    }
}

fn choose(state: &mut State, row: PickerRow, now: Instant) {
    state.providers.undecided = false;
    let name = text::clean_line(&row.model).into_owned();
    state.notices.show(Level::Note, format!("This lane asks {name} at {}.", row.provider), now);
    state.change(state.focused, &Field::Model, |settings| {
        settings.provider = row.provider;
        settings.model = row.model;
    });
}
