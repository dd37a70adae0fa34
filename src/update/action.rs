//! What each action does, by domain; this file only routes.

use std::time::{Duration, Instant};

use super::params::Settled;
use super::{Effects, ask, form, lanes, lockstep, overlay, params, queue, reader, reading, share, stream};
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
        Action::FormEnter => form::is_line(state),
        _ => true,
    }
}

pub(super) fn perform(state: &mut State, action: Action, now: Instant) -> Effects {
    use Action as A;
    if leaves_value(action) && params::settle(state, now) == Settled::No {
        return Effects::new();
    }
    match action {
        A::Send | A::Again | A::RetryTurn | A::EditTurn | A::ResendWithout => ask::perform(state, action, now),
        A::Newline | A::HistoryOlder | A::HistoryNewer | A::Undo | A::Redo | A::EditInEditor | A::SlashCommand => {
            compose(state, action)
        }
        A::Interrupt => interrupt(state, now),
        A::QuitIfEmpty | A::Quit => vec![Effect::Quit(ExitReason::User)],
        A::Back => back(state, now),
        A::FocusNext | A::FocusPrevious | A::FocusParameters | A::FocusTranscript | A::FocusComposer => {
            focus(state, action);
            Effects::new()
        }
        A::Palette
        | A::Help
        | A::Models
        | A::OverlayUp
        | A::OverlayDown
        | A::OverlayPageUp
        | A::OverlayPageDown
        | A::OverlayAccept => overlay::perform(state, action, now),
        A::ModelCard | A::Presets | A::OverlayFavourite | A::OverlaySave | A::OverlayDelete => Effects::new(),
        A::EditSystem => form::open_system(state),
        A::QueueEdit | A::QueueDrop => queue::perform(state, action, now),
        A::LaneAdd
        | A::LaneClose
        | A::LaneRename
        | A::LaneLeft
        | A::LaneRight
        | A::LaneAddress
        | A::LaneOnly
        | A::LaneUndo
        | A::LaneZoom
        | A::Promote
        | A::TakeSettings
        | A::NewSession
        | A::Lane1
        | A::Lane2
        | A::Lane3
        | A::Lane4
        | A::Lane5
        | A::Lane6
        | A::Lane7
        | A::Lane8 => lanes::perform(state, action, now),
        A::RequestPane
        | A::ToggleSidebar
        | A::ToggleLockstep
        | A::ToggleMouse
        | A::NextTheme
        | A::Redraw
        | A::Suspend => screen(state, action, now),
        A::TurnOlder
        | A::TurnNewer
        | A::PageUp
        | A::PageDown
        | A::Top
        | A::Bottom
        | A::Fold
        | A::CopyTurn
        | A::CopyCode
        | A::SiblingOlder
        | A::SiblingNewer
        | A::Heat => reading::perform(state, action, now),
        A::ParamUp
        | A::ParamDown
        | A::ParamLess
        | A::ParamMore
        | A::ParamMuchLess
        | A::ParamMuchMore
        | A::ParamLeast
        | A::ParamMost
        | A::ParamUnset
        | A::ParamCommit => params::perform(state, action, now),
        A::FieldShare | A::FieldShareAll | A::FieldToAll => share::perform(state, action, now),
        A::ParamForce => Effects::new(),
        A::Diff | A::Inspect => Effects::new(),
        A::CopyBody | A::CopyCurl | A::CopyPython | A::CopyJavaScript => Effects::new(),
        A::ReaderTop
        | A::ReaderBottom
        | A::ReaderLeft
        | A::ReaderRight
        | A::ReaderPrevious
        | A::ReaderNext
        | A::ReaderPage
        | A::ReaderFold
        | A::ReaderFind
        | A::ReaderFindNext
        | A::ReaderFindPrevious
        | A::ReaderCompare
        | A::ReaderRefresh
        | A::ReaderCopy
        | A::ReaderCopyAll => reader::perform(state, action, now),
        A::FormAccept | A::FormEnter | A::FormNext | A::FormPrevious | A::FormEditor => {
            form::perform(state, action, now)
        }
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
    if state.overlay.is_some() {
        form::leave(state, now);
        return Effects::new();
    }
    if state.sidebar.typed.take().is_some() {
        return Effects::new();
    }
    let stopped = stream::stop(state, state.focused, now);
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

fn focus(state: &mut State, action: Action) {
    const RING: [Focus; 3] = [Focus::Composer, Focus::Transcript, Focus::Sidebar];
    let place = RING.iter().position(|focus| *focus == state.focus).unwrap_or(0);
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
        Action::RequestPane => {
            state.panes = if state.panes == Panes::Request { Panes::Transcript } else { Panes::Request };
            Effects::new()
        }
        Action::ToggleSidebar => {
            state.sidebar.shown = !state.sidebar.shown;
            if state.focus == Focus::Sidebar {
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
                let until = now + Duration::from_secs(3);
                state.notices.show_about(Topic::Theme, format!("Theme: {}.", next.name()), until);
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
    matches!(overlay, Overlay::Palette(_) | Overlay::Models(_))
}
