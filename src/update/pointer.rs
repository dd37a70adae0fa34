//! The mouse: what is under it decides, and the view said what that is.

use std::time::Instant;

use super::params::Settled;
use super::{
    Effects, action, attach, calls, form, inspector, lanes, overlay, params, queue, reading, request, sessions,
};
use crate::chat::TurnId;
use crate::input::Action;
use crate::state::{Effect, Focus, LaneId, Overlay, Panes, Pointer, PointerKind, Scroll, ScrollMotion, State, Target};

/// Rows that one notch of the wheel moves.
const NOTCH: i32 = 3;

pub(super) fn pointer(state: &mut State, pointer: Pointer, now: Instant) -> Effects {
    match pointer.kind {
        PointerKind::Press => press(state, pointer.target, now),
        PointerKind::Drag => {
            if let (Target::Track { row, thousandths }, Focus::Sidebar, None) =
                (pointer.target, state.focus, &state.overlay)
                && row == state.sidebar.row
            {
                params::place(state, thousandths);
            }
            Effects::new()
        }
        PointerKind::Release => Effects::new(),
        PointerKind::WheelUp => wheel(state, pointer.target, Notches(-1), now),
        PointerKind::WheelDown => wheel(state, pointer.target, Notches(1), now),
    }
}

/// Turns of the wheel; negative ones lead up.
#[derive(Clone, Copy, Debug)]
struct Notches(i32);

fn press(state: &mut State, target: Target, now: Instant) -> Effects {
    if state.overlay.is_some() {
        return press_overlay(state, target, now);
    }
    let elsewhere = !matches!(target, Target::Param { .. } | Target::Track { .. } | Target::Nothing);
    if elsewhere && params::settle(state, now) == Settled::No {
        return Effects::new();
    }
    match target {
        Target::Composer { x, y } => {
            state.focus = Focus::Composer;
            state.composer.editor.click((x, y).into());
        }
        Target::Transcript { lane, turn } => select(state, lane, turn),
        Target::Fold { lane, turn } => {
            select(state, lane, Some(turn));
            reading::toggle_fold(state, turn);
        }
        Target::Address { lane } => {
            if let Some(place) = state.lanes.iter().position(|candidate| candidate.id == lane) {
                lanes::address(state, place, now);
            }
        }
        Target::Queued { place } => return queue::edit(state, place, now),
        Target::Chip { place } => attach::detach(state, place, now),
        Target::File { row } => {
            if let Some(completion) = &mut state.composer.completion {
                completion.selected = row;
            }
            return action::perform(state, Action::FileTake, now);
        }
        Target::NewLines { lane } => state.scroll_to(lane, Scroll::Follow),
        Target::LaneTab { lane } => focus_lane(state, lane),
        Target::Calls => {
            calls::focus(state, now);
        }
        Target::CallRow { index } => inspector::click_in_box(state, index),
        Target::Param { row } => {
            state.focus = Focus::Sidebar;
            params::select(state, row, now);
        }
        Target::Track { row, thousandths } => {
            state.focus = Focus::Sidebar;
            params::select(state, row, now);
            params::place(state, thousandths);
        }
        Target::Nothing
        | Target::Overlay
        | Target::OverlayRow { .. }
        | Target::Tab { .. }
        | Target::DetailRow { .. } => {}
    }
    Effects::new()
}

fn press_overlay(state: &mut State, target: Target, now: Instant) -> Effects {
    match target {
        Target::OverlayRow { row } if matches!(state.overlay, Some(Overlay::Sessions(_))) => {
            sessions::click(state, row, now)
        }
        Target::OverlayRow { row } if matches!(state.overlay, Some(Overlay::Inspector)) => {
            inspector::click(state, row);
            Effects::new()
        }
        Target::DetailRow { row } => {
            inspector::click_detail(state, row);
            Effects::new()
        }
        Target::Tab { place } => {
            inspector::click_tab(state, place);
            Effects::new()
        }
        Target::OverlayRow { row } => {
            overlay::select(state, row);
            // In a list a click takes the row, in a page it only selects.
            if state.overlay.as_ref().is_some_and(action::is_list) {
                return overlay::perform(state, Action::OverlayAccept, now);
            }
            Effects::new()
        }
        Target::Overlay => Effects::new(),
        _ => {
            form::leave(state, now);
            Effects::new()
        }
    }
}

fn focus_lane(state: &mut State, lane: LaneId) {
    if let Some(place) = state.lanes.iter().position(|candidate| candidate.id == lane) {
        lanes::focus(state, place);
    }
}

fn select(state: &mut State, lane: LaneId, turn: Option<TurnId>) {
    focus_lane(state, lane);
    state.focus = Focus::Transcript;
    state.lane_mut().selected = turn;
}

fn wheel(state: &mut State, target: Target, notches: Notches, now: Instant) -> Effects {
    if target == Target::Overlay && matches!(state.overlay, Some(Overlay::Sessions(_))) {
        sessions::wheel(state, notches.0 * NOTCH);
        return Effects::new();
    }
    if matches!(target, Target::DetailRow { .. }) {
        inspector::scroll_detail(state, isize::try_from(notches.0 * NOTCH).unwrap_or(0));
        return Effects::new();
    }
    if state.overlay.is_some() {
        return overlay::step(state, if notches.0 < 0 { -1 } else { 1 });
    }
    match target {
        Target::Track { row, .. } | Target::Param { row } => {
            state.focus = Focus::Sidebar;
            params::select(state, row, now);
            let action = if notches.0 < 0 { Action::ParamMore } else { Action::ParamLess };
            params::perform(state, action, now)
        }
        Target::Transcript { lane, .. } if state.panes == Panes::Request => {
            request::scroll(state, lane, isize::try_from(notches.0 * NOTCH).unwrap_or(0))
        }
        Target::Transcript { lane, .. } | Target::Fold { lane, .. } | Target::NewLines { lane } => {
            vec![Effect::Scroll { lane, motion: ScrollMotion::Rows(notches.0 * NOTCH) }]
        }
        Target::Calls => {
            calls::scroll(state, isize::try_from(notches.0).unwrap_or(0));
            Effects::new()
        }
        _ => Effects::new(),
    }
}
