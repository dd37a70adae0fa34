//! Another result in the place of one that went back: a branch of its own, asked anew.

use std::time::Instant;

use super::{Effects, State, results};
use crate::chat::{Role, TurnId};
use crate::input::Action;
use crate::state::{Draft, Level, Scroll, Undo};
use crate::update::ask;
use crate::update::budget::{self, Asking};

/// Whether another result can go back in the place of one: the lane is free, and the budgets let it.
pub(super) fn is_admitted(state: &mut State, place: usize, turn: TurnId, written: &str, now: Instant) -> bool {
    if state.lanes[place].status.live().is_some() {
        state.notices.show(Level::Note, ask::still_coming(state), now);
        return false;
    }
    let Some((parent, going)) = answers(state, place, turn, written.to_owned()) else { return true };
    let texts: Vec<String> = going.into_iter().map(|(_, text)| text).collect();
    let draft = Draft { text: texts.join("\n"), attachments: Vec::new() };
    budget::admits(state, &[Asking { place, tip: Some(parent), draft: Some(&draft) }], now)
}

/// What goes back where another result takes the place of one: the turn above, and the answers with their calls. Those
/// that followed go along.
fn answers(state: &State, place: usize, turn: TurnId, written: String) -> Option<(TurnId, Vec<(String, String)>)> {
    let before = state.session.turns.get(turn)?;
    let (parent, call) = (before.parent?, before.answers.clone()?);
    let branch = if state.holds(&state.lanes[place], turn) {
        state.lanes[place].branch.clone()
    } else {
        state.session.turns.branch(Some(state.session.turns.newest_leaf(turn)))
    };
    let after = branch.into_iter().skip(before.depth + 1).map_while(|next| {
        let next = state.session.turns.get(next).filter(|turn| turn.role == Role::Tool)?;
        Some((next.answers.clone()?, next.text.clone()))
    });
    Some((parent, std::iter::once((call, written)).chain(after).collect()))
}

/// Puts another result beside one that went back, and asks on from there.
pub(super) fn send(state: &mut State, place: usize, turn: TurnId, written: String, now: Instant) -> Effects {
    let Some((parent, going)) = answers(state, place, turn, written) else { return Effects::new() };
    let stand = state.lanes[place].stand();
    state.undos.push(Undo::Branches(vec![stand]));
    let mut last = parent;
    for (at, (call, text)) in going.into_iter().enumerate() {
        last = results::add(state, last, call, text);
        if let Some(turn) = state.session.turns.change(last).filter(|_| at == 0) {
            turn.edited = true;
        }
    }
    let lane = state.lanes[place].id;
    state.scroll_to(lane, Scroll::Follow);
    let undo = state.key(Action::LaneUndo);
    state.notices.show(
        Level::Note,
        format!("Sent again with your result, as a branch of its own; {undo} goes back."),
        now,
    );
    budget::begin(state, &[place]);
    ask::open(state, place, last, now)
}
