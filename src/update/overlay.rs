//! Overlays: help and the lists, of which the model picker has a file of its own.

use std::time::Instant;

use super::{Effects, action, heat, inspect, inspector, ledger, picker, presets, reader, sessions, tool_list, tree};
use crate::input::{ACTIONS, Action, Context};
use crate::state::{Focus, Overlay, Palette, PaletteRow, State, WireFind};
use crate::text;

pub(super) fn perform(state: &mut State, action: Action, now: Instant) -> Effects {
    match action {
        Action::Help => {
            let open = matches!(state.overlay, Some(Overlay::Help { .. }));
            state.overlay = (!open).then_some(Overlay::Help { scroll: 0 });
        }
        Action::Palette => open_palette(state),
        Action::Models => return picker::open(state),
        Action::OverlayFavourite => picker::favour(state),
        Action::OverlayUp => return step(state, -1),
        Action::OverlayDown => return step(state, 1),
        Action::OverlayPageUp => return step(state, -10),
        Action::OverlayPageDown => return step(state, 10),
        Action::OverlaySave => return presets::save(state, now),
        Action::OverlayDelete if matches!(state.overlay, Some(Overlay::Tree(_))) => tree::delete(state, now),
        Action::OverlayDelete if matches!(state.overlay, Some(Overlay::Sessions(_))) => {
            return sessions::perform(state, Action::SessionDelete, now);
        }
        Action::OverlayDelete => return presets::delete(state, now),
        _ if matches!(state.overlay, Some(Overlay::Tools(_))) => return tool_list::perform(state, action, now),
        Action::OverlayStrict | Action::OverlayToolChoice => {}
        _ if matches!(state.overlay, Some(Overlay::Tree(_))) => return tree::accept(state, now),
        _ if matches!(state.overlay, Some(Overlay::Presets(_))) => return presets::accept(state, now),
        _ if matches!(state.overlay, Some(Overlay::Sessions(_))) => return sessions::accept(state, now),
        _ if matches!(state.overlay, Some(Overlay::Ledger(_))) => return ledger::accept(state),
        _ => return accept(state, now),
    }
    Effects::new()
}

pub(super) fn open_palette(state: &mut State) {
    state.overlay = Some(Overlay::Palette(Palette::default()));
    refresh(state);
}

/// Whether what is typed goes into an overlay.
pub(super) fn takes_text(state: &State) -> bool {
    match &state.overlay {
        Some(Overlay::Inspect(inspect)) => matches!(inspect.wire.find, WireFind::Typing(_)),
        Some(Overlay::Inspector) => state.inspector.typing.is_some(),
        Some(Overlay::Ledger(page)) => page.bill.is_none(),
        Some(overlay) => action::is_list(overlay),
        None => false,
    }
}

fn query_mut(state: &mut State) -> Option<&mut String> {
    match &mut state.overlay {
        Some(Overlay::Palette(palette)) => Some(&mut palette.query),
        Some(Overlay::Models(picker)) => Some(&mut picker.query),
        Some(Overlay::Presets(list)) => Some(&mut list.query),
        Some(Overlay::Sessions(list)) => Some(&mut list.query),
        Some(Overlay::Tools(list)) => Some(&mut list.query),
        Some(Overlay::Ledger(page)) => Some(&mut page.words),
        Some(Overlay::Inspect(inspect)) => match &mut inspect.wire.find {
            WireFind::Typing(query) => Some(query),
            _ => None,
        },
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
    if inspector::types(state, |typed| {
        let room = LONGEST.saturating_sub(typed.chars().count());
        typed.extend(text.chars().take(room));
    }) {
        return Effects::new();
    }
    if let Some(query) = query_mut(state) {
        let room = LONGEST.saturating_sub(query.chars().count());
        query.extend(text.chars().take(room));
        select(state, 0);
        refresh(state);
    }
    Effects::new()
}

pub(super) fn erase(state: &mut State) -> Effects {
    let shorter = |typed: &mut String| {
        typed.pop();
    };
    if inspector::types(state, shorter) {
        return Effects::new();
    }
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
        Some(Overlay::Presets(_)) => presets::select(state, row),
        Some(Overlay::Tools(list)) => list.selected = row.min(list.rows.len().saturating_sub(1)),
        Some(Overlay::Inspect(_)) => inspect::select(state, row),
        Some(Overlay::Inspector) => inspector::select(state, row),
        Some(Overlay::Heat(_)) => heat::select(state, row),
        Some(Overlay::Tree(page)) => page.select(row),
        Some(Overlay::Ledger(page)) => page.choose(row),
        _ => {}
    }
}

/// Moves the selection, or scrolls the help, whose end only the view knows.
pub(super) fn step(state: &mut State, rows: isize) -> Effects {
    match &mut state.overlay {
        Some(Overlay::Palette(palette)) => palette.selected = stepped(palette.selected, rows, palette.rows.len()),
        Some(Overlay::Models(picker)) => picker.selected = stepped(picker.selected, rows, picker.rows.len()),
        Some(Overlay::Presets(list)) => {
            let row = stepped(list.selected, rows, list.rows.len());
            presets::select(state, row);
        }
        Some(Overlay::Tools(list)) => list.selected = stepped(list.selected, rows, list.rows.len()),
        Some(Overlay::Inspector) => inspector::step(state, rows),
        Some(Overlay::Heat(_)) => heat::step(state, rows),
        Some(Overlay::Tree(page)) => page.select(page.selected().saturating_add_signed(rows)),
        Some(Overlay::Ledger(page)) if page.bill.is_none() => {
            page.choose(stepped(page.selected, rows, page.lines.len()));
        }
        Some(Overlay::Sessions(list)) => list.choose(stepped(list.selected, rows, list.found.rows.len())),
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
    if matches!(state.overlay, Some(Overlay::Presets(_))) {
        return presets::refresh(state);
    }
    if matches!(state.overlay, Some(Overlay::Tools(_))) {
        return tool_list::refresh(state);
    }
    if let Some(Overlay::Inspect(_)) = &state.overlay {
        inspect::refill(state);
        return;
    }
    if let Some(Overlay::Ledger(_)) = &state.overlay {
        return;
    }
    match &mut state.overlay {
        Some(Overlay::Palette(palette)) => palette.rows = palette_rows(&palette.query),
        Some(Overlay::Models(_)) => picker::refresh(state),
        _ => {}
    }
    let selected = match &state.overlay {
        Some(Overlay::Palette(palette)) => palette.selected,
        Some(Overlay::Models(picker)) => picker.selected,
        _ => 0,
    };
    select(state, selected);
}

/// The commands that match, those with the query in their names first: `sess` means `session.new` rather than a command
/// whose sentence speaks of sessions.
fn palette_rows(query: &str) -> Vec<PaletteRow> {
    let choices: Vec<_> = ACTIONS.iter().filter(|row| offered(row.action)).collect();
    let names: Vec<String> = choices.iter().map(|row| format!("{} {}", row.help, row.name)).collect();
    let mut found = text::rank(query, &names);
    let named = query.trim().to_lowercase();
    found.sort_by_key(|place| !choices[*place].name.contains(&named));
    found.into_iter().map(|place| PaletteRow { action: choices[place].action }).collect()
}

/// Keys that move inside a list or a text make no sense as commands.
fn offered(action: Action) -> bool {
    let everywhere =
        matches!(action.row().context, Context::Global | Context::Composer | Context::Transcript | Context::Sidebar);
    everywhere
        && !matches!(
            action,
            Action::SlashCommand | Action::QuitIfEmpty | Action::Palette | Action::Newline | Action::ParamCommit
        )
}

fn accept(state: &mut State, now: Instant) -> Effects {
    if let Some(Overlay::Inspect(_)) = &state.overlay {
        return inspect::accept(state);
    }
    if let Some(Overlay::Inspector) = &state.overlay {
        return inspector::accept(state, now);
    }
    // What is read has no row to take: only its cursor moved.
    match state.overlay.take_if(|open| !open.contexts().contains(&Context::Reader)) {
        Some(Overlay::Palette(palette)) => match palette.rows.get(palette.selected) {
            Some(row) => action::perform(state, row.action, now),
            None => Effects::new(),
        },
        Some(Overlay::Models(picker)) => {
            picker::choose(state, &picker, now);
            Effects::new()
        }
        _ => Effects::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_with_the_query_in_their_names_come_before_those_that_speak_of_it() {
        let found = |query: &str| palette_rows(query).iter().map(|row| row.action).collect::<Vec<_>>();
        let sessions = [Action::NewSession, Action::Sessions, Action::RenameSession, Action::Export].map(|action| {
            found("Sess").iter().position(|other| *other == action).unwrap_or_else(|| panic!("{action:?}"))
        });
        assert!(sessions.iter().all(|place| *place < 4), "{sessions:?}");
        assert!(found("sess").contains(&Action::LaneUndo));
        assert_eq!(found("next theme").first(), Some(&Action::NextTheme));
    }
}
