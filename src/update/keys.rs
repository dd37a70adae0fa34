//! Keys and pastes: an action where the keymap knows one, else text for whatever takes text now.

use std::time::Instant;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::{Effects, action, attach, calls, exchange, find, form, overlay, params};
use crate::state::{Focus, Level, Overlay, State};

pub(super) fn key(state: &mut State, key: KeyEvent, now: Instant) -> Effects {
    if key.kind == KeyEventKind::Release {
        return Effects::new();
    }
    if let Some(character) = plain_character(key) {
        if overlay::takes_text(state) {
            return overlay::typed(state, &character.to_string());
        }
        if find::takes_text(state) {
            return find::typed(state, &character.to_string());
        }
        if state.overlay.is_none() && state.focus == Focus::Sidebar && params::takes(state, character) {
            return params::typed(state, &character.to_string());
        }
    }
    if key.code == KeyCode::Backspace {
        if overlay::takes_text(state) {
            return overlay::erase(state);
        }
        if find::takes_text(state) {
            return find::erase(state);
        }
        if state.overlay.is_none() && state.focus == Focus::Sidebar && state.sidebar.typed.is_some() {
            return params::erase(state);
        }
    }
    let action = state.keymap.resolve(state.contexts(), key);
    state.asked_once = state.asked_once.filter(|(asked, _)| Some(*asked) == action);
    if let Some(action) = action
        && action::applies(state, action)
    {
        if calls::passes_over(state, action, key.kind, now) {
            return Effects::new();
        }
        return action::perform(state, action, now);
    }
    if key.code == KeyCode::Enter && calls::writes_nothing_yet(state, key.kind, now) {
        return Effects::new();
    }
    match (&state.overlay, state.focus) {
        (None, Focus::Composer) => {
            state.composer.editor.input(key);
        }
        (Some(Overlay::Form(_)), _) => form::key(state, key),
        _ => {}
    }
    Effects::new()
}

pub(super) fn paste(state: &mut State, text: &str, now: Instant) -> Effects {
    if overlay::takes_text(state) {
        return overlay::typed(state, &one_line(text));
    }
    if find::takes_text(state) {
        return find::typed(state, &one_line(text));
    }
    if matches!(state.overlay, Some(Overlay::Form(_))) {
        form::paste(state, text, now);
        return Effects::new();
    }
    let typing = state.overlay.is_none() && state.focus == Focus::Sidebar && params::takes_paste(state);
    if typing {
        return params::typed(state, &one_line(text));
    }
    state.overlay = None;
    state.focus = Focus::Composer;
    match state.composer.editor.paste(text) {
        Ok(()) => {
            // What was pasted is whole: it asks for no list.
            state.composer.completion_left = true;
            exchange::offer(state, now);
            return attach::look(text);
        }
        Err(problem) => state.notices.show(Level::Error, problem.to_string(), now),
    }
    Effects::new()
}

/// A paste for a field of one line.
fn one_line(text: &str) -> String {
    text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect()
}

fn plain_character(key: KeyEvent) -> Option<char> {
    let chorded = key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SUPER);
    match key.code {
        KeyCode::Char(character) if !chorded => Some(character),
        _ => None,
    }
}
