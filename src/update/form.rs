//! Forms: a text that is edited in a box, taken or left.

use std::time::Instant;

use crossterm::event::KeyEvent;

use super::{Effects, budget, calls, card, exchange, inspector, picker, price, sessions, system, tree, values};
use crate::input::{Action, Context};
use crate::state::{EditPurpose, Effect, Form, FormFocus, FormPurpose, LaneId, Level, Overlay, State};
use crate::text;

pub(super) use super::system::open as open_system;

/// The longest name of a lane, in characters: more would leave its header no room.
const LONGEST_NAME: usize = 24;

pub(super) fn perform(state: &mut State, action: Action, now: Instant) -> Effects {
    let Some(form) = open_form(state) else { return Effects::new() };
    match action {
        Action::FormEnter if !form.is_line() => form.next(),
        Action::FormNext if form.is_value() || form.is_call() => {
            form.next_template();
            changed(state);
        }
        Action::FormNext => form.next(),
        Action::FormPrevious => form.previous(),
        Action::FormEditor => {
            let text = form.active().text();
            return vec![Effect::Edit { purpose: EditPurpose::Form, text }];
        }
        _ if form.purpose == FormPurpose::Export => return exchange::accept(state, action, now),
        _ if matches!(form.purpose, FormPurpose::Price { .. }) => return price::accept(state, now),
        _ if form.purpose == FormPurpose::Budgets => budget::accept(state, now),
        _ => return accept(state, now),
    }
    Effects::new()
}

/// Whether Enter leads on from what takes the keys: it takes a form of a single line, and leaves a field for the next.
pub(super) fn enter_leads_on(state: &State) -> bool {
    matches!(&state.overlay, Some(Overlay::Form(form)) if form.is_line() || form.at != FormFocus::Text)
}

/// Whether an action has to wait because it would take away what is being written. Says so.
pub(super) fn holds(state: &mut State, action: Action, now: Instant) -> bool {
    let passes = action.row().context == Context::Form
        || matches!(
            action,
            Action::Back | Action::Interrupt | Action::Quit | Action::Redraw | Action::Suspend | Action::NextTheme
        )
        // A budget that refuses what is written here is raised from here.
        || (action == Action::BudgetRaise && !state.budget.hit.is_empty());
    if passes || !open_form(state).is_some_and(|form| form.is_changed()) {
        return false;
    }
    let (keeps, leaves) = (state.key(Action::FormAccept), state.key(Action::Back));
    state.notices.show(Level::Note, format!("{keeps} keeps what you write here, {leaves} leaves it."), now);
    true
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
    changed(state);
}

pub(super) fn paste(state: &mut State, text: &str, now: Instant) {
    let pasted = open_form(state).map(|form| {
        let text = if form.is_line() || form.at != FormFocus::Text {
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        } else {
            text.to_owned()
        };
        form.active().paste(&text)
    });
    if let Some(Err(problem)) = pasted {
        state.notices.show(Level::Error, problem.to_string(), now);
    }
    changed(state);
}

/// What `$EDITOR` made of the text.
pub(super) fn edited(state: &mut State, text: &str) {
    if let Some(form) = open_form(state) {
        form.active().set_text(text.trim_end_matches('\n'));
    }
    changed(state);
}

/// What follows from the text as it is now.
fn changed(state: &mut State) {
    match open_form(state) {
        Some(form) if matches!(form.purpose, FormPurpose::System(_)) => system::name_variables(form),
        Some(form) if form.purpose == FormPurpose::Export => exchange::judge(state),
        Some(form) if matches!(form.purpose, FormPurpose::Price { .. }) => price::judge(state),
        Some(form) if form.purpose == FormPurpose::Budgets => budget::judge(state),
        Some(form) if form.is_call() => calls::judge(state),
        _ => values::judge(state),
    }
}

/// Closes what is open. A form with something in it that would be lost asks once more.
pub(super) fn leave(state: &mut State, now: Instant) {
    let changed = open_form(state).is_some_and(|form| form.is_changed());
    if changed && !state.confirmed(Action::Back, "drops what you changed here.", now) {
        return;
    }
    let named = match open_form(state).map(|form| &form.purpose) {
        Some(FormPurpose::BranchName(turn)) => Some(*turn),
        _ => None,
    };
    state.overlay = card::under(state.overlay.take());
    if named.is_some() {
        tree::open_at(state, named);
    }
    inspector::come_back(state);
    // Providers may have answered while it was covered.
    picker::relisted(state);
}

pub(super) fn open_name(state: &mut State) {
    let lane = state.lane();
    let form = Form::new(FormPurpose::LaneName(lane.id), lane.name.as_deref().unwrap_or_default());
    open(state, form);
}

fn accept(state: &mut State, now: Instant) -> Effects {
    if open_form(state).is_some_and(|form| form.is_call()) {
        let effects = calls::accept(state, now);
        inspector::come_back(state);
        return effects;
    }
    if open_form(state).is_some_and(|form| form.is_value()) {
        return values::accept(state, now);
    }
    let Some(Overlay::Form(mut form)) = state.overlay.take() else { return Effects::new() };
    state.overlay = form.under.take().map(Overlay::Sessions);
    match &form.purpose {
        FormPurpose::LaneName(lane) => rename(state, *lane, &form.editor.text()),
        FormPurpose::BranchName(turn) => tree::name(state, *turn, &form.editor.text()),
        FormPurpose::System(lane) => system::keep(state, *lane, &form, now),
        FormPurpose::SessionTitle(id) => return sessions::entitle(state, id, &form.editor.text(), now),
        FormPurpose::SessionTags(id) => return sessions::tag(state, id, &form.editor.text(), now),
        FormPurpose::Value { .. } | FormPurpose::Extra(_) | FormPurpose::Export => {}
        FormPurpose::Price { .. } | FormPurpose::Budgets | FormPurpose::Call { .. } => {}
    }
    Effects::new()
}

fn rename(state: &mut State, lane: LaneId, name: &str) {
    let name = taken(name, LONGEST_NAME);
    if let Some(lane) = state.lane_by_id_mut(lane) {
        lane.name = name;
    }
}

/// A name as it is kept, as long as it may be; none when nothing is written.
pub(super) fn taken(name: &str, longest: usize) -> Option<String> {
    let name: String = name.trim().chars().take(longest).collect();
    (!name.is_empty()).then(|| text::clean_line(&name).into_owned())
}
