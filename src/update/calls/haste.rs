//! Keeps a key that was meant for one call from deciding about another one that nobody has read.
//!
//! A held key comes again and again, and most terminals report each as a press of its own. So what takes a place in the
//! box waits a moment for keys that decide, and longer while such keys go on coming. Keys that only open a form, scroll or
//! select always count.

use std::time::{Duration, Instant};

use crossterm::event::KeyEventKind;

use super::{CallState, State, is_answered, page};
use crate::input::Action;
use crate::state::{CallBox, Overlay};
use crate::tools::Responder;

/// Longer than a held key takes to come again for the first time: 660 ms under X11, 500 ms and less elsewhere.
pub(super) const AFTER_CHANGE: Duration = Duration::from_millis(700);

/// Longer than a held key takes to come again after that (30 to 100 ms), shorter than fingers that mean each press.
const AFTER_KEY: Duration = Duration::from_millis(300);

/// Whether a key is passed over: it comes too soon, or the terminal says that it is still held.
pub(in crate::update) fn passes_over(state: &mut State, action: Action, kind: KeyEventKind, now: Instant) -> bool {
    let repeats = kind == KeyEventKind::Repeat;
    if matches!(action, Action::FormAccept | Action::FormEnter) {
        return writes_nothing_yet(state, kind, now);
    }
    if action == Action::Send && !state.composer.is_empty() {
        return enter_waits(state, repeats, now);
    }
    if !decides(state, action) {
        if action == Action::CallAccept {
            // It opens a form.
            state.enter_waits_until = Some(now + AFTER_CHANGE);
        }
        return false;
    }
    let Some(open) = &mut state.call_box else { return false };
    let passed = repeats || open.is_held(now);
    if passed {
        open.hold(now + AFTER_KEY);
    }
    passed
}

/// Whether Enter is passed over in a form about a call: the key that opened it may still be held, until something is written.
pub(in crate::update) fn writes_nothing_yet(state: &mut State, kind: KeyEventKind, now: Instant) -> bool {
    let repeats = kind == KeyEventKind::Repeat;
    match &state.overlay {
        Some(Overlay::Form(form)) if form.is_call() && form.is_changed() => repeats,
        Some(Overlay::Form(form)) if form.is_call() => enter_waits(state, repeats, now),
        _ => false,
    }
}

/// Whether the keys have just come from the box: the one that was pressed there may still be held.
fn enter_waits(state: &mut State, repeats: bool, now: Instant) -> bool {
    let held = state.enter_waits_until.filter(|from| now < *from);
    state.enter_waits_until = held.map(|from| from.max(now + AFTER_KEY));
    repeats || held.is_some()
}

/// Gives the box the keys by one that decides there: while it is held, it does not.
pub(super) fn entered(state: &mut State, now: Instant) {
    if let Some(open) = &mut state.call_box {
        open.hold(now + AFTER_CHANGE);
    }
}

/// Shows the selected call; the wait is that of the one before.
pub(super) fn turn_to(state: &mut State, now: Instant) {
    let before = state.call_box.as_ref().and_then(CallBox::held_until);
    page::refresh(state, now);
    if let Some(open) = &mut state.call_box {
        open.held_only_until(before);
    }
}

/// Whether an action decides about the selected call at once, without a form between.
fn decides(state: &State, action: Action) -> bool {
    match action {
        Action::CallRun | Action::CallRunAll | Action::CallAlways => true,
        Action::CallAccept => {
            let Some(call) = state.awaited(state.focused) else { return false };
            let Some(record) = state.session.calls.get(call) else { return false };
            is_answered(state, state.focused)
                || match record.state {
                    CallState::Waits => *state.responder(state.focused, call) != Responder::Person,
                    CallState::CutOff => false,
                    _ => true,
                }
        }
        _ => false,
    }
}
