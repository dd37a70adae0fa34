//! What each action does, by domain; this file only routes.

use std::time::{Duration, Instant};

use super::params::Settled;
use super::{
    Effects, ask, attach, budget, calls, card, diff, exchange, find, form, inspect, inspector, lanes, ledger, lockstep,
    overlay, params, presets, price, queue, reader, reading, request, sessions, share, stream, tool_list, tree,
};
use crate::input::{Action, Context};
use crate::state::{Capture, EditPurpose, Effect, ExitReason, Focus, Layout, Level, Overlay, Panes, State, Topic};

/// Whether an action means something now. Where it does not, its key goes on to the text.
pub(super) fn applies(state: &State, action: Action) -> bool {
    let composer = &state.composer;
    // In a terminal too small for panes the draft is taken as one unwrapped row.
    let columns = || Layout::of(state).map_or(u16::MAX, |layout| layout.editor.width);
    match action {
        Action::SlashCommand | Action::QuitIfEmpty => composer.is_empty(),
        Action::HistoryOlder => composer.editor.at_first_row(columns()),
        Action::HistoryNewer => composer.editor.at_last_row(columns()),
        Action::Detach => composer.editor.at_beginning() && !composer.attachments.is_empty(),
        Action::FormEnter => form::enter_leads_on(state),
        _ => true,
    }
}

pub(super) fn perform(state: &mut State, action: Action, now: Instant) -> Effects {
    if form::holds(state, action, now) || (leaves_value(action) && params::settle(state, now) == Settled::No) {
        return Effects::new();
    }
    match action.row().context {
        Context::Global => global(state, action, now),
        Context::Composer if action == Action::Send => ask::perform(state, action, now),
        Context::Composer => compose(state, action),
        Context::Completion => attach::perform(state, action, now),
        Context::Transcript => transcript(state, action, now),
        Context::Sidebar => sidebar(state, action, now),
        Context::Calls => calls::perform(state, action, now),
        Context::Overlay if state.finds() => find::list(state, action, now),
        Context::Overlay if inspector::has_keys(state) => inspector::list(state, action, now),
        Context::Inspector => inspector::perform(state, action, now),
        Context::Overlay => overlay::perform(state, action, now),
        Context::Tree => tree::perform(state, action, now),
        Context::Sessions => sessions::perform(state, action, now),
        Context::Ledger => ledger::perform(state, action),
        Context::Reader => reader::perform(state, action, now),
        Context::Form => form::perform(state, action, now),
    }
}

fn global(state: &mut State, action: Action, now: Instant) -> Effects {
    use Action as A;
    match action {
        A::Interrupt => interrupt(state, now),
        A::QuitIfEmpty | A::Quit => vec![Effect::Quit(ExitReason::User)],
        A::Back => back(state, now),
        A::FocusNext | A::FocusPrevious | A::FocusParameters | A::FocusTranscript | A::FocusComposer => {
            focus(state, action);
            Effects::new()
        }
        A::EnterPrice => {
            price::open(state, now);
            Effects::new()
        }
        A::BudgetRaise => {
            budget::raise(state, now);
            Effects::new()
        }
        A::FocusCalls => {
            calls::focus(state, now);
            Effects::new()
        }
        A::FocusInspector => {
            inspector::focus(state);
            Effects::new()
        }
        A::Palette | A::Help | A::Models => overlay::perform(state, action, now),
        A::ModelCard => card::open(state, now),
        A::Presets => presets::open(state),
        A::LaneTools => tool_list::open(state),
        A::EditSystem => form::open_system(state),
        A::Sessions => sessions::open(state, now),
        A::Ledger => {
            ledger::open(state, now);
            Effects::new()
        }
        A::RenameSession => {
            sessions::open_title_here(state, now);
            Effects::new()
        }
        A::Export => exchange::open_export(state),
        A::OpenDraft => exchange::open_draft(state, now),
        A::Attach | A::Detach => attach::perform(state, action, now),
        A::QueueEdit | A::QueueDrop => queue::perform(state, action, now),
        A::Again | A::ResendWithout => ask::perform(state, action, now),
        A::RequestPane | A::CopyBody | A::CopyCurl | A::CopyPython | A::CopyJavaScript => {
            request::perform(state, action)
        }
        A::FindLanes => find::perform(state, action, now),
        A::ToggleSidebar | A::ToggleLockstep | A::ToggleMouse | A::NextTheme | A::Redraw | A::Suspend => {
            screen(state, action, now)
        }
        A::PageUp | A::PageDown | A::Top | A::Bottom => read(state, action, now),
        _ => lanes::perform(state, action, now),
    }
}

fn transcript(state: &mut State, action: Action, now: Instant) -> Effects {
    use Action as A;
    match action {
        A::EditTurn | A::RetryTurn => ask::perform(state, action, now),
        A::LaneZoom | A::Promote | A::TakeSettings => lanes::perform(state, action, now),
        A::Diff => diff::open(state, now),
        A::Inspect => inspect::open(state, now),
        A::Tree => tree::open(state, now),
        A::Find | A::FindNext | A::FindPrevious => find::perform(state, action, now),
        _ => read(state, action, now),
    }
}

/// Reading goes through what the lanes' bodies show.
fn read(state: &mut State, action: Action, now: Instant) -> Effects {
    use Action as A;
    let both = matches!(
        action,
        A::TurnOlder | A::TurnNewer | A::PageUp | A::PageDown | A::Top | A::Bottom | A::Fold | A::CopyTurn
    );
    if tree::reads(state, action) {
        return Effects::new();
    }
    match state.panes {
        Panes::Request if both => request::perform(state, action),
        _ => reading::perform(state, action, now),
    }
}

fn sidebar(state: &mut State, action: Action, now: Instant) -> Effects {
    match action {
        Action::FieldShare | Action::FieldShareAll | Action::FieldToAll => share::perform(state, action, now),
        _ => params::perform(state, action, now),
    }
}

/// Whether an action leads away from a param's value that is being typed.
fn leaves_value(action: Action) -> bool {
    let in_place = action.row().context == Context::Sidebar || matches!(action, Action::Back | Action::Interrupt);
    !in_place
}

fn compose(state: &mut State, action: Action) -> Effects {
    let composer = &mut state.composer;
    match action {
        Action::Newline => composer.editor.newline(),
        Action::HistoryOlder => composer.older(),
        Action::HistoryNewer => composer.newer(),
        Action::Undo => {
            composer.editor.undo();
        }
        Action::Redo => {
            composer.editor.redo();
        }
        Action::SlashCommand => overlay::open_palette(state),
        _ => return vec![Effect::Edit { purpose: EditPurpose::Draft, text: composer.text() }],
    }
    Effects::new()
}

/// Ctrl+C: stops what streams; else clears the draft, which Up brings back; else quits at the second press.
fn interrupt(state: &mut State, now: Instant) -> Effects {
    let stopped = stream::stop_all(state, now);
    if !stopped.is_empty() {
        return stopped;
    }
    if state.overlay.is_some() {
        form::leave(state, now);
        return Effects::new();
    }
    if !state.composer.is_empty() {
        state.composer.take();
        state.composer.editing = None;
        return Effects::new();
    }
    if state.confirmed(Action::Interrupt, "quits.", now) {
        return vec![Effect::Quit(ExitReason::User)];
    }
    Effects::new()
}

/// Esc: one level out, the innermost first.
fn back(state: &mut State, now: Instant) -> Effects {
    if inspect::step_out(state) || inspector::step_out(state) || ledger::step_out(state) {
        return Effects::new();
    }
    if state.overlay.is_some() {
        form::leave(state, now);
        return Effects::new();
    }
    if state.sidebar.typed.take().is_some() {
        return Effects::new();
    }
    if state.finds() {
        find::leave(state);
        return Effects::new();
    }
    // A drawer hides what streams: who leaves it does not mean that.
    let reads = state.is_in_drawer() || state.focus == Focus::Inspector;
    let stopped = if reads { Effects::new() } else { stream::stop(state, state.focused, now) };
    if !stopped.is_empty() {
        return stopped;
    }
    if state.focus != Focus::Composer {
        state.focus = Focus::Composer;
        state.lane_mut().selected = None;
    } else if state.composer.editing.take().is_some() {
        state.notices.withdraw(Topic::Edit);
        state.composer.take();
        state.notices.show(Level::Note, "The edit is left; Up brings its text back.", now);
    } else {
        state.notices.dismiss();
    }
    Effects::new()
}

pub(super) fn focus(state: &mut State, action: Action) {
    const RING: [Focus; 3] = [Focus::Composer, Focus::Transcript, Focus::Sidebar];
    // The box of calls is a part of the sidebar.
    let here = if state.focus == Focus::Inspector { Focus::Sidebar } else { state.focus };
    let place = RING.iter().position(|focus| *focus == here).unwrap_or(0);
    state.overlay = None;
    state.focus = match action {
        Action::FocusNext => RING[(place + 1) % RING.len()],
        Action::FocusPrevious => RING[(place + RING.len() - 1) % RING.len()],
        Action::FocusParameters => Focus::Sidebar,
        Action::FocusTranscript => Focus::Transcript,
        _ => Focus::Composer,
    };
    if state.focus == Focus::Sidebar {
        state.sidebar.shown = true;
    }
}

fn screen(state: &mut State, action: Action, now: Instant) -> Effects {
    match action {
        Action::ToggleSidebar => {
            state.sidebar.shown = !state.sidebar.shown;
            if matches!(state.focus, Focus::Sidebar | Focus::Inspector) {
                state.focus = Focus::Composer;
            }
            Effects::new()
        }
        Action::ToggleLockstep => {
            lockstep::toggle(state, now);
            Effects::new()
        }
        Action::ToggleMouse => {
            state.mouse = !state.mouse;
            let (capture, said) = if state.mouse {
                (Capture::Program, "The mouse works in abreast again.")
            } else {
                (Capture::Terminal, "The mouse is the terminal's: select and copy as usual.")
            };
            state.notices.show(Level::Note, said, now);
            vec![Effect::SetMouse(capture)]
        }
        Action::NextTheme => {
            if let Some(next) = state.themes.after(state.theme.name()).cloned() {
                let said = format!("Theme: {}.", next.name());
                state.notices.show_about(Topic::Theme, said, now, Duration::from_secs(3));
                state.theme = next;
                state.theme_chosen = true;
            }
            Effects::new()
        }
        Action::Suspend => vec![Effect::Suspend],
        _ => vec![Effect::Redraw],
    }
}

/// Whether an overlay that lists things is open.
pub(super) fn is_list(overlay: &Overlay) -> bool {
    matches!(
        overlay,
        Overlay::Palette(_) | Overlay::Models(_) | Overlay::Presets(_) | Overlay::Sessions(_) | Overlay::Tools(_)
    )
}
