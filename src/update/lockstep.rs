//! Lock-step scrolling: joining the lanes' places, and parting them again where they are.

use std::time::Instant;

use crate::input::Action;
use crate::state::{Lane, Level, Lockstep, Scroll, State};

pub(super) fn toggle(state: &mut State, now: Instant) {
    let key = state.key(Action::ToggleLockstep);
    let said = match state.lockstep {
        Lockstep::Apart => {
            state.lockstep = Lockstep::Together(state.lane().scroll);
            format!("All lanes scroll together, turn by turn; {key} parts them.")
        }
        Lockstep::Together(scroll) => {
            state.lockstep = Lockstep::Apart;
            part(state, scroll);
            format!("Each lane scrolls by itself; {key} joins them.")
        }
    };
    state.notices.show(Level::Note, said, now);
}

/// Leaves each lane at the turn that it shows beside the shared place, or at its end where its branch is shorter.
fn part(state: &mut State, shared: Scroll) {
    let own = |lane: &Lane| {
        let Scroll::At { turn, row, columns } = shared else { return Scroll::Follow };
        let depth = state.session.turns.get(turn).map(|turn| turn.depth);
        let turn = depth.and_then(|depth| lane.branch.get(depth)).copied();
        turn.map_or(Scroll::Follow, |turn| Scroll::At { turn, row, columns })
    };
    let places: Vec<Scroll> = state.lanes.iter().map(own).collect();
    for (lane, scroll) in state.lanes.iter_mut().zip(places) {
        lane.scroll = scroll;
    }
}
