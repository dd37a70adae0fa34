//! The inspector: which call is looked at, what the keys do on its pages, and how one leads to the other.
//!
//! Owns going through the tree and the detail. What is made of a call again is `acts`'s, what is read of it `page`'s.

mod acts;
mod page;
mod wire;

use std::time::Instant;

use super::{Effects, action, inspect};
use crate::chat::RunId;
use crate::input::Action;
use crate::state::{
    CallId, DetailBody, Effect, Focus, InspectorField, InspectorFocus, InspectorRow, InspectorTab, Layout, Level,
    Overlay, State,
};
use crate::text::StringForm;

pub(super) use acts::make_again;

/// F3: the calls in the sidebar; from there, or where the sidebar has none, all calls on the whole screen; and back.
pub(super) fn focus(state: &mut State) {
    if matches!(state.overlay, Some(Overlay::Inspector)) {
        state.overlay = None;
        return;
    }
    let in_sidebar = Layout::has_tools(state.size) && state.last_called(state.lane()).is_some();
    if has_keys(state) || !in_sidebar {
        return open(state);
    }
    state.overlay = None;
    state.focus = Focus::Inspector;
    state.sidebar.shown = true;
    state.inspector.in_box = 0;
}

/// Whether the keys go to the calls in the sidebar.
pub(super) fn has_keys(state: &State) -> bool {
    state.focus == Focus::Inspector && state.overlay.is_none()
}

/// Lets the calls fill the screen, the one that is selected in the sidebar selected.
fn open(state: &mut State) {
    let call = in_box(state);
    show(state, call);
}

/// Lets the calls fill the screen, and selects one.
fn show(state: &mut State, call: Option<CallId>) {
    state.overlay = Some(Overlay::Inspector);
    let inspector = &mut state.inspector;
    (inspector.typing, inspector.focus) = (None, InspectorFocus::Tree);
    inspector.refresh(&state.session, &state.lanes);
    if let Some(call) = call {
        inspector.select_call(call);
    } else if inspector.call().is_none() {
        inspector.select(usize::MAX);
    }
}

/// The call that is selected in the sidebar.
fn in_box(state: &State) -> Option<CallId> {
    let reply = state.last_called(state.lane())?;
    let index = state.inspector.in_box.min(reply.tool_calls.len().saturating_sub(1));
    Some(CallId { reply: reply.id, index })
}

/// The call that the keys are about.
fn selected(state: &State) -> Option<CallId> {
    if state.overlay.is_none() { in_box(state) } else { state.inspector.call() }
}

/// After each event: rows of what is there now, and the detail of what is selected. A piece of arguments costs what it
/// brings.
pub(super) fn refresh(state: &mut State) {
    if !matches!(state.overlay, Some(Overlay::Inspector)) {
        return;
    }
    state.inspector.refresh(&state.session, &state.lanes);
    let Some(key) = page::key(state) else {
        state.inspector.detail = None;
        return;
    };
    let State { inspector, session, .. } = state;
    if let Some(open) = inspector.detail.as_mut().filter(|open| open.of == key) {
        let InspectorRow::Call(call) = key.row else { return };
        let came = session.turns.get(call.reply).and_then(|turn| turn.tool_calls.get(call.index));
        if let (DetailBody::Coming(json), Some(came)) = (&mut open.body, came) {
            json.update(&came.arguments);
            if let Some(more) = came.arguments.get(open.source.len()..) {
                open.source.push_str(more);
            }
        }
        return;
    }
    let mut made = page::make(state, key);
    made.set_up(state.inspector.strings, &state.inspector.find);
    if let Some(before) = &state.inspector.detail {
        made.at_place_of(before);
    }
    state.inspector.detail = Some(made);
}

/// Opens the inspector again when the form that was opened from it is gone.
pub(super) fn come_back(state: &mut State) {
    if state.overlay.is_none() && std::mem::take(&mut state.inspector.under_form) {
        state.overlay = Some(Overlay::Inspector);
        state.inspector.focus = InspectorFocus::Tree;
    }
}

pub(super) fn perform(state: &mut State, action: Action, now: Instant) -> Effects {
    use Action as A;
    match action {
        A::InspectorZoom => focus(state),
        A::InspectorTab | A::InspectorTabBefore if state.overlay.is_none() => {
            let ring = if action == A::InspectorTab { A::FocusNext } else { A::FocusPrevious };
            action::focus(state, ring);
        }
        A::InspectorTab => turn(state, 1),
        A::InspectorTabBefore => turn(state, InspectorTab::ALL.len() - 1),
        A::InspectorLeft => state.inspector.focus = InspectorFocus::Tree,
        A::InspectorRight => state.inspector.focus = InspectorFocus::Detail,
        A::InspectorTop | A::InspectorBottom => {
            step(state, if action == A::InspectorTop { isize::MIN } else { isize::MAX });
        }
        A::InspectorFilter => type_into(state, InspectorField::Filter),
        A::InspectorFind => type_into(state, InspectorField::Find),
        A::InspectorFindNext | A::InspectorFindPrevious => go(state, action, now),
        A::InspectorFold | A::InspectorFoldMore | A::InspectorFoldLess => fold(state, action),
        A::InspectorStrings => strings(state),
        _ => return acts::perform(state, action, now),
    }
    Effects::new()
}

/// Up, down and Enter in the sidebar.
pub(super) fn list(state: &mut State, action: Action, _now: Instant) -> Effects {
    let count = state.last_called(state.lane()).map_or(0, |reply| reply.tool_calls.len());
    let at = state.inspector.in_box.min(count.saturating_sub(1));
    let to = match action {
        Action::OverlayUp => at.saturating_sub(1),
        Action::OverlayDown => at + 1,
        Action::OverlayPageUp => 0,
        Action::OverlayPageDown => usize::MAX,
        Action::OverlayAccept => {
            open(state);
            return Effects::new();
        }
        _ => at,
    };
    state.inspector.in_box = to.min(count.saturating_sub(1));
    Effects::new()
}

/// A click on a call in the sidebar: the first selects it, the second opens it.
pub(super) fn click_in_box(state: &mut State, index: usize) {
    let again = has_keys(state) && state.inspector.in_box == index;
    state.focus = Focus::Inspector;
    state.inspector.in_box = index;
    if again {
        open(state);
    }
}

/// A click on a row of the tree: the first selects it, the second leads into its detail.
pub(super) fn click(state: &mut State, row: usize) {
    let again = state.inspector.selected() == row && state.inspector.focus == InspectorFocus::Tree;
    select(state, row);
    state.inspector.focus = if again { InspectorFocus::Detail } else { InspectorFocus::Tree };
}

/// A click on a row of the detail: the first selects it, the second folds it.
pub(super) fn click_detail(state: &mut State, row: usize) {
    let again = state.inspector.focus == InspectorFocus::Detail
        && state.inspector.detail.as_ref().is_some_and(|detail| detail.at() == row);
    state.inspector.focus = InspectorFocus::Detail;
    if again {
        return fold(state, Action::InspectorFold);
    }
    if let Some(detail) = &mut state.inspector.detail {
        detail.select(row);
    }
}

pub(super) fn click_tab(state: &mut State, place: usize) {
    if let Some(tab) = InspectorTab::ALL.get(place) {
        state.inspector.tab = *tab;
    }
}

pub(super) fn select(state: &mut State, row: usize) {
    state.inspector.select(row);
}

/// Moves in what has the keys.
pub(super) fn step(state: &mut State, rows: isize) {
    let inspector = &mut state.inspector;
    match (inspector.focus, &mut inspector.detail) {
        (InspectorFocus::Detail, Some(detail)) => detail.step(rows),
        _ => inspector.select(inspector.selected().saturating_add_signed(rows)),
    }
}

/// Moves in the detail, wherever the keys go.
pub(super) fn scroll_detail(state: &mut State, rows: isize) {
    if let Some(detail) = &mut state.inspector.detail {
        detail.step(rows);
    }
}

/// The run that the selected call came of.
pub(super) fn selected_run(state: &State) -> Option<RunId> {
    page::run_of(state, selected(state)?)
}

/// Enter: takes what is typed; leads into the detail; there folds, and on the page of the wire opens all of it.
pub(super) fn accept(state: &mut State, now: Instant) -> Effects {
    let inspector = &mut state.inspector;
    match (inspector.typing.take(), inspector.focus) {
        (Some(InspectorField::Find), _) => inspector.focus = InspectorFocus::Detail,
        (Some(InspectorField::Filter), _) => {}
        (None, InspectorFocus::Tree) => inspector.focus = InspectorFocus::Detail,
        (None, InspectorFocus::Detail) if inspector.tab == InspectorTab::Wire => match selected_run(state) {
            Some(run) => inspect::open_wire(state, run),
            None => state.notices.show(Level::Note, "Nothing went over the wire for this call.", now),
        },
        (None, InspectorFocus::Detail) => fold(state, Action::InspectorFold),
    }
    Effects::new()
}

/// Esc: what is typed, the hits, the detail, the filter; then out.
pub(super) fn step_out(state: &mut State) -> bool {
    if !matches!(state.overlay, Some(Overlay::Inspector)) {
        return false;
    }
    let inspector = &mut state.inspector;
    match inspector.typing.take() {
        Some(InspectorField::Filter) => inspector.filter.clear(),
        Some(InspectorField::Find) => look_for(state, String::new()),
        None if !inspector.find.is_empty() => look_for(state, String::new()),
        None if inspector.focus == InspectorFocus::Detail => inspector.focus = InspectorFocus::Tree,
        None if !inspector.filter.is_empty() => inspector.filter.clear(),
        None => return false,
    }
    true
}

fn turn(state: &mut State, steps: usize) {
    state.inspector.tab = state.inspector.tab.turned(steps);
}

fn type_into(state: &mut State, field: InspectorField) {
    if has_keys(state) {
        open(state);
    }
    state.inspector.typing = Some(field);
}

/// Changes what is typed, if something is; whether it is.
pub(super) fn types(state: &mut State, change: impl FnOnce(&mut String)) -> bool {
    if !matches!(state.overlay, Some(Overlay::Inspector)) {
        return false;
    }
    match state.inspector.typing {
        None => return false,
        Some(InspectorField::Filter) => change(&mut state.inspector.filter),
        Some(InspectorField::Find) => {
            let mut typed = state.inspector.find.clone();
            change(&mut typed);
            look_for(state, typed);
        }
    }
    true
}

/// Looks for another text, and goes to the first hit from here on.
fn look_for(state: &mut State, typed: String) {
    state.inspector.find = typed;
    let inspector = &mut state.inspector;
    if let Some(detail) = &mut inspector.detail {
        detail.look_for(&inspector.find);
    }
}

fn go(state: &mut State, action: Action, now: Instant) {
    if state.inspector.find.is_empty() {
        let said = format!("{} finds a text first.", state.key(Action::InspectorFind));
        return state.notices.show(Level::Note, said, now);
    }
    let inspector = &mut state.inspector;
    inspector.focus = InspectorFocus::Detail;
    if let Some(detail) = &mut inspector.detail {
        detail.go(&inspector.find, action == Action::InspectorFindNext);
    }
}

fn fold(state: &mut State, action: Action) {
    if let Some(detail) = &mut state.inspector.detail {
        detail.change_tree(|tree| match action {
            Action::InspectorFold => tree.toggle(),
            _ => tree.fold_levels(action == Action::InspectorFoldMore),
        });
    }
}

fn strings(state: &mut State) {
    let inspector = &mut state.inspector;
    inspector.strings = match inspector.strings {
        StringForm::Unescaped => StringForm::Raw,
        StringForm::Raw => StringForm::Unescaped,
    };
    let strings = inspector.strings;
    if let Some(detail) = &mut inspector.detail {
        detail.change_tree(|tree| tree.show(strings));
    }
}

/// What the page shows, for the clipboard or to be read elsewhere.
fn source(state: &State) -> Option<String> {
    state.inspector.detail.as_ref().map(|detail| detail.source.clone()).filter(|source| !source.is_empty())
}

fn copied(text: String) -> Effects {
    vec![Effect::Copy(text)]
}
