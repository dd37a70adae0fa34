//! The queue: messages that wait for their lanes, sent in their order, lane by lane, as soon as those are free.

use std::time::Instant;

use super::budget::{self, Asking};
use super::{Effects, ask};
use crate::input::Action;
use crate::state::{Focus, Lane, LaneId, Level, Queued, State, Topic};

pub(super) fn perform(state: &mut State, action: Action, now: Instant) -> Effects {
    match action {
        Action::QueueEdit => edit(state, state.queue.len().saturating_sub(1), now),
        _ => drop_next(state, now),
    }
}

/// Whether a message to these lanes has to wait: one of them still answers, or others wait for it.
pub(super) fn must_wait(state: &State, to: &[LaneId]) -> bool {
    let waits = |queued: &Queued| queued.to.iter().any(|lane| to.contains(lane));
    to.iter().any(|lane| is_live(state, *lane)) || state.queue.iter().any(waits)
}

fn is_live(state: &State, lane: LaneId) -> bool {
    let place = state.lanes.iter().position(|candidate| candidate.id == lane);
    place.is_some_and(|place| state.lanes[place].status.live().is_some() || state.runs_calls(place))
}

/// Lets the draft wait.
pub(super) fn add(state: &mut State, to: Vec<LaneId>) {
    let draft = state.composer.take();
    state.queue.push(Queued { draft, to });
}

/// Sends what has nothing more to wait for.
pub(super) fn advance(state: &mut State, now: Instant) -> Effects {
    let mut effects = Effects::new();
    while let Some(place) = due(state).filter(|_| !state.queue.held) {
        if !admits(state, place, now) {
            state.queue.held = true;
            break;
        }
        let Some(queued) = state.queue.take(place) else { break };
        effects.extend(send(state, &queued, now));
    }
    effects
}

/// Whether the budgets let a message go that waits.
fn admits(state: &mut State, place: usize, now: Instant) -> bool {
    let Some(queued) = state.queue.iter().nth(place).cloned() else { return false };
    let asks = |place: &usize| queued.to.contains(&state.lanes[*place].id);
    let places = (0..state.lanes.len()).filter(asks);
    let asking: Vec<Asking<'_>> =
        places.map(|place| Asking { place, tip: state.lanes[place].tip(), draft: Some(&queued.draft) }).collect();
    budget::admits(state, &asking, now)
}

/// The first message whose lanes are free and wait for no message before it.
fn due(state: &State) -> Option<usize> {
    let mut taken = Vec::new();
    state.queue.iter().position(|queued| {
        let free = queued.to.iter().all(|lane| !is_live(state, *lane) && !taken.contains(lane));
        taken.extend(&queued.to);
        free
    })
}

/// Sends the next message although the queue was held, if its lanes are free.
pub(super) fn release(state: &mut State, now: Instant) -> Effects {
    state.queue.held = false;
    advance(state, now)
}

fn send(state: &mut State, queued: &Queued, now: Instant) -> Effects {
    let asks = |lane: &Lane| queued.to.contains(&lane.id);
    let places = (0..state.lanes.len()).filter(|place| asks(&state.lanes[*place])).collect::<Vec<_>>();
    ask::ask(state, &places, None, &queued.draft, now)
}

/// Holds the queue after a reply that did not end well: what follows it may not be meant any more.
pub(super) fn hold(state: &mut State, now: Instant) {
    if state.queue.is_empty() || state.queue.held {
        return;
    }
    state.queue.held = true;
    let (send, edit) = (state.key(Action::Send), state.key(Action::QueueEdit));
    let said = format!("The queue waits: {send} in an empty composer sends on, {edit} takes the last message back.");
    state.notices.show(Level::Note, said, now);
}

/// Puts a waiting message back into the composer; a draft that was there goes into the history.
pub(super) fn edit(state: &mut State, place: usize, now: Instant) -> Effects {
    let Some(queued) = state.queue.take(place) else {
        state.notices.show(Level::Note, "No message waits.", now);
        return Effects::new();
    };
    if !state.composer.is_empty() {
        state.composer.take();
    }
    state.composer.set(queued.draft);
    // It was never an edit: those do not wait.
    if state.composer.editing.take().is_some() {
        state.notices.withdraw(Topic::Edit);
    }
    state.focus = Focus::Composer;
    // What waited behind it may have nothing more to wait for.
    advance(state, now)
}

fn drop_next(state: &mut State, now: Instant) -> Effects {
    let Some(queued) = state.queue.take(0) else {
        state.notices.show(Level::Note, "No message waits.", now);
        return Effects::new();
    };
    state.composer.keep(&queued.draft);
    state.notices.show(Level::Note, "The message is out of the queue; Up brings its text back.", now);
    advance(state, now)
}
