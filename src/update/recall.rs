//! Wires that are not in memory: asked for when a page shows one, and taken in when the store gives it.

use super::{Effects, inspect, inspector};
use crate::chat::WirePlace;
use crate::state::{Effect, InspectorTab, Overlay, State, restored_wire};
use crate::store::{ShelfAnswer, ShelfWork};

/// Asks for the wire that is on the screen now, unless it is in memory or was asked for. What is no longer looked at is
/// let go.
pub(super) fn follow(state: &mut State) -> Effects {
    let run = match &state.overlay {
        Some(Overlay::Inspect(inspect)) => Some(inspect.run),
        Some(Overlay::Inspector) if state.inspector.tab == InspectorTab::Wire => inspector::selected_run(state),
        _ => None,
    };
    let State { session, recall, .. } = state;
    let place = run.and_then(|run| session.run(run)).and_then(|run| run.wire_elsewhere());
    recall.look_at(place).map(|place| Effect::Shelf(ShelfWork::Wire(place))).into_iter().collect()
}

/// The store's answer.
pub(super) fn answered(state: &mut State, place: &WirePlace, answer: ShelfAnswer) {
    let read = match answer {
        ShelfAnswer::Wire(wire) => {
            restored_wire(*wire).ok_or_else(|| "The record of this run's wire does not fit together.".to_owned())
        }
        ShelfAnswer::Failed(said) => Err(said),
        // An answer to something else was not asked for.
        _ => return,
    };
    if state.recall.take(place, read) {
        inspect::recalled(state);
    }
}
