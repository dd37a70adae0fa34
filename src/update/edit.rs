//! Editing what was said: a turn in the composer, and a reply that the user changes without asking anybody.

use std::time::{Duration, Instant};

use super::{Effects, calls};
use crate::chat::{Role, Turn, TurnId};
use crate::input::Action;
use crate::state::{Draft, Focus, Level, Scroll, State, StreamStatus, Topic};

/// Puts the selected question or reply into the composer, without a selection the last question. Sending it makes a
/// sibling branch.
pub(super) fn open(state: &mut State, now: Instant) {
    let answer =
        state.lane().selected.and_then(|id| state.session.turns.get(id)).filter(|turn| turn.role == Role::Tool);
    if let Some(answer) = answer.map(|turn| turn.id) {
        calls::open_result(state, answer);
        return;
    }
    let Some((id, draft, reply)) = turn(state).map(|turn| (turn.id, draft(turn), is_said(turn))) else { return };
    if !state.composer.is_empty() {
        state.composer.take();
    }
    state.composer.set(draft);
    state.composer.editing = Some(id);
    state.focus = Focus::Composer;
    state.lane_mut().selected = None;
    let (sends, leaves) = (state.key(Action::Send), state.key(Action::Back));
    let said = if reply {
        format!("{sends} puts your text in a new branch and asks nobody; {leaves} leaves it.")
    } else {
        format!("{sends} sends the edit as a new branch; {leaves} leaves it.")
    };
    state.notices.show_about(Topic::Edit, said, now, Duration::from_secs(8));
}

fn draft(turn: &Turn) -> Draft {
    Draft { text: turn.text.clone(), attachments: turn.attachments.clone() }
}

fn turn(state: &State) -> Option<&Turn> {
    let lane = state.lane();
    let selected = lane.selected.and_then(|selected| state.session.turns.get(selected)).filter(|turn| is_said(turn));
    let from = lane.selected.or_else(|| lane.tip());
    selected.or_else(|| state.session.turns.up_from(from).find(|turn| turn.role == Role::User))
}

fn is_said(turn: &Turn) -> bool {
    turn.role == Role::Assistant
}

/// Whether a turn is a reply, whose edit asks nobody.
pub(super) fn is_reply(state: &State, turn: TurnId) -> bool {
    state.session.turns.get(turn).is_some_and(is_said)
}

/// Puts what the user made of a reply beside it, and the lanes on it. Its calls stay as they were made.
pub(super) fn keep_reply(state: &mut State, places: &[usize], reply: TurnId, draft: &Draft, now: Instant) -> Effects {
    let Some(before) = state.session.turns.get(reply) else { return Effects::new() };
    let (parent, calls) = (before.parent, before.tool_calls.clone());
    let edited = state.session.turns.add(parent, Role::Assistant, draft.text.as_str());
    let status = if calls.is_empty() { StreamStatus::Idle } else { StreamStatus::awaiting(edited) };
    if let Some(turn) = state.session.turns.change(edited) {
        turn.edited = true;
        turn.attachments.clone_from(&draft.attachments);
        turn.tool_calls = calls;
    }
    let branch = state.session.turns.branch(Some(edited));
    for place in places {
        let lane = &mut state.lanes[*place];
        lane.branch.clone_from(&branch);
        lane.status = status.clone();
        lane.selected = None;
        let lane = lane.id;
        state.scroll_to(lane, Scroll::Follow);
    }
    let again = state.key(Action::Again);
    let said = format!("The edited reply is a branch of its own: write on, or {again} lets the model go on from it.");
    state.notices.show(Level::Note, said, now);
    Effects::new()
}
