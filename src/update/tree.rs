//! The tree view: going through the turns, putting lanes on branches, naming and deleting these.

use std::collections::HashMap;
use std::time::Instant;

use super::{Effects, ask, form, lanes, stream, undo};
use crate::chat::TurnId;
use crate::input::Action;
use crate::state::{Charge, Effect, Form, FormPurpose, Level, Overlay, Panes, ScrollMotion, State, TreePage, Undo};

/// The longest name of a branch, in characters: more would leave its first words no room.
const LONGEST_NAME: usize = 40;

/// Opens the tree at the selected turn of the focused lane, or at its tip.
pub(super) fn open(state: &mut State, now: Instant) -> Effects {
    if state.session.turns.children(None).is_empty() {
        state.notices.show(Level::Note, "No turn has been made yet.", now);
        return Effects::new();
    }
    let at = state.lane().selected.or_else(|| state.lane().tip());
    open_at(state, at);
    Effects::new()
}

/// Opens the tree at a turn.
pub(super) fn open_at(state: &mut State, turn: Option<TurnId>) {
    state.overlay = Some(Overlay::Tree(Box::default()));
    refresh(state);
    if let Some(page) = page(state) {
        page.select_turn(turn);
    }
}

fn page(state: &mut State) -> Option<&mut TreePage> {
    match &mut state.overlay {
        Some(Overlay::Tree(page)) => Some(page),
        _ => None,
    }
}

/// Makes the rows anew where turns came or went, or a run ended.
pub(super) fn refresh(state: &mut State) {
    let State { overlay, session, providers, catalogue, .. } = state;
    let Some(Overlay::Tree(page)) = overlay else { return };
    let mut known: HashMap<(String, String), Charge> = HashMap::new();
    page.refresh(session, |run| {
        let settings = &run.settings;
        let asked = (settings.provider.clone(), settings.model.clone());
        *known.entry(asked).or_insert_with(|| stream::charge(stream::price(providers, catalogue, settings)))
    });
}

/// Whether the tree is open and takes an action that scrolls what is read elsewhere.
pub(super) fn reads(state: &mut State, action: Action) -> bool {
    let Some(page) = page(state) else { return false };
    match action {
        Action::Top => page.select(0),
        Action::Bottom => page.select(usize::MAX),
        _ => return false,
    }
    true
}

pub(super) fn perform(state: &mut State, action: Action, now: Instant) -> Effects {
    let Some(turn) = page(state).and_then(|page| page.turn()) else { return Effects::new() };
    match action {
        Action::TreeLane => return open_lane(state, turn, now),
        Action::TreeName => open_name(state, turn),
        Action::TreeDelete => delete(state, now),
        _ => {
            let to = neighbour(state, turn, action);
            if let Some(page) = page(state) {
                page.select_turn(to);
            }
        }
    }
    Effects::new()
}

/// The turn that an action leads to. Of several that follow, the one on the focused lane's branch, or else the newest.
fn neighbour(state: &State, turn: TurnId, action: Action) -> Option<TurnId> {
    let (turns, lane) = (&state.session.turns, state.lane());
    let here = turns.get(turn)?;
    let siblings = turns.siblings(turn);
    let at = siblings.iter().position(|sibling| *sibling == turn)?;
    match action {
        Action::TreeParent => here.parent,
        Action::TreeSiblingOlder => at.checked_sub(1).and_then(|at| siblings.get(at)).copied(),
        Action::TreeSiblingNewer => siblings.get(at + 1).copied(),
        _ => {
            let children = turns.children(Some(turn));
            let own = lane.branch.get(here.depth + 1).filter(|next| children.contains(next));
            own.or(children.last()).copied()
        }
    }
}

/// The end of the branch that goes through a turn: the lane's own, where it stands on the turn.
fn tip_through(state: &State, turn: TurnId) -> Option<TurnId> {
    let stands = state.standing_on(turn).any(|lane| lane.id == state.lane().id);
    if stands { state.lane().tip() } else { Some(state.session.turns.newest_leaf(turn)) }
}

/// Puts the focused lane on the branch of the selected turn and shows the turn.
pub(super) fn accept(state: &mut State, now: Instant) -> Effects {
    let Some(turn) = page(state).and_then(|page| page.turn()) else { return Effects::new() };
    let tip = tip_through(state, turn);
    if tip != state.lane().tip() {
        if state.lane().status.live().is_some() {
            state.notices.show(Level::Note, ask::still_coming(state), now);
            return Effects::new();
        }
        let stand = state.lane().stand();
        state.undos.push(Undo::Branches(vec![stand]));
        let branch = state.session.turns.branch(tip);
        lanes::give_branch(state.lane_mut(), branch);
    }
    show(state, turn)
}

/// Closes the tree and shows a turn of the focused lane.
fn show(state: &mut State, turn: TurnId) -> Effects {
    state.overlay = None;
    state.panes = Panes::Transcript;
    let lane = state.lane_mut();
    lane.selected = Some(turn);
    vec![Effect::Scroll { lane: lane.id, motion: ScrollMotion::ToTurn(turn) }]
}

fn open_lane(state: &mut State, turn: TurnId, now: Instant) -> Effects {
    if lanes::is_full(state, now) {
        return Effects::new();
    }
    let branch = state.session.turns.branch(tip_through(state, turn));
    lanes::put_beside(state);
    lanes::give_branch(state.lane_mut(), branch);
    let lane = state.lane();
    let said = format!("Lane {} stands on this branch.", lane.letter);
    let id = lane.id;
    state.undos.push(Undo::Open(id));
    state.notices.show(Level::Note, said, now);
    show(state, turn)
}

fn open_name(state: &mut State, turn: TurnId) {
    let name = state.session.turns.get(turn).and_then(|turn| turn.name.clone()).unwrap_or_default();
    form::open(state, Form::new(FormPurpose::BranchName(turn), &name));
}

/// Takes the name of a branch, and shows it in the tree.
pub(super) fn name(state: &mut State, turn: TurnId, name: &str) {
    let name = form::taken(name, LONGEST_NAME);
    if let Some(turn) = state.session.turns.change(turn) {
        turn.name = name;
    }
    open_at(state, Some(turn));
}

/// Hides the selected turn and what follows it, unless a lane stands there.
pub(super) fn delete(state: &mut State, now: Instant) {
    let Some((turn, count)) = page(state).and_then(|page| Some((page.turn()?, page.rows()[page.selected()].turns)))
    else {
        return;
    };
    if let Some(said) = undo::stands_on(state, turn) {
        state.notices.show(Level::Note, said, now);
        return;
    }
    let next = neighbour(state, turn, Action::TreeSiblingNewer)
        .or_else(|| neighbour(state, turn, Action::TreeSiblingOlder))
        .or_else(|| neighbour(state, turn, Action::TreeParent));
    if state.session.turns.hide(turn) {
        state.undos.push(Undo::Delete(turn));
        let undo = state.key(Action::LaneUndo);
        let said = match count {
            1 => format!("The turn is deleted; {undo} brings it back."),
            count => format!("{count} turns are deleted; {undo} brings them back."),
        };
        state.notices.show(Level::Note, said, now);
    }
    if let Some(page) = page(state) {
        page.select_turn(next);
    }
}
