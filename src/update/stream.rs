//! Streams: deltas into turns and runs. What an older stream still sends is dropped by its generation.

use std::time::Instant;

use super::{Effects, calls, diff, heat, ledger, meter, queue};
use crate::api::{ApiError, Delta, Opening};
use crate::chat::{CallPiece, Cost, Outcome, Role, Run, RunId, Settings, ToolCall, Turn, TurnId, Usage};
use crate::pricing::{self, Asked, Catalogue, Circumstances, Price, Reach};
use crate::state::{Charge, Effect, LaneId, Level, Providers, ReplyPart, State, StreamStatus};
use jiff::Timestamp;

pub(super) fn delta(
    state: &mut State,
    lane: LaneId,
    generation: u64,
    delta: Result<Delta, ApiError>,
    now: Instant,
) -> Effects {
    let Some(place) = current(state, lane, generation) else { return Effects::new() };
    let Some((run, reply)) = state.lanes[place].status.live() else { return Effects::new() };
    match delta {
        Ok(delta) => apply(state, place, run, reply, delta, now),
        Err(error) => fail(state, place, run, reply, error, now),
    }
    Effects::new()
}

/// The lane's place, when this is the stream that it listens to.
fn current(state: &State, lane: LaneId, generation: u64) -> Option<usize> {
    state.lanes.iter().position(|candidate| candidate.id == lane && candidate.generation == generation)
}

fn apply(state: &mut State, place: usize, run: RunId, reply: TurnId, delta: Delta, now: Instant) {
    match delta {
        Delta::Retry(retry) => {
            let until = now + retry.wait;
            state.lanes[place].status = StreamStatus::Waiting { since: now, until, retry, run, reply };
        }
        Delta::Repaired(repair) => {
            change_run(state, run, |run| run.known = run.known.after(&repair));
            state.notices.show(Level::Note, repair.to_string(), now);
        }
        Delta::Warning(text) => state.notices.show(Level::Warning, text, now),
        Delta::Alive => {}
        Delta::Wire(piece) => state.session.record(run, piece),
        Delta::Opened(opening) => {
            learn(state, run, &opening);
            change_run(state, run, |run| {
                run.accepted = true;
                run.known = opening.known;
                run.request_id = opening.request_id;
            });
            state.lanes[place].status = StreamStatus::Opening { since: opened_since(state, run, now), run, reply };
        }
        Delta::ServedBy(model) => change_run(state, run, |run| run.served_by = Some(model)),
        Delta::Tier(tier) => change_run(state, run, |run| run.service_tier = Some(tier)),
        Delta::Usage(usage) => account(state, run, usage),
        Delta::Finish { choice: 0, reason } => change_run(state, run, |run| run.finish_reason = Some(reason)),
        Delta::Finish { .. } => {}
        Delta::Text { choice, text } => {
            state.meter.grew(run, choice, ReplyPart::Text, &text);
            grow(state, place, (run, choice), now, |turn| turn.text.push_str(&text));
            change_run(state, run, |run| run.first_text = run.first_text.or(Some(now)));
        }
        Delta::Reasoning { choice, text } => {
            state.meter.grew(run, choice, ReplyPart::Reasoning, &text);
            grow(state, place, (run, choice), now, |turn| turn.reasoning.push_str(&text));
        }
        Delta::Refusal { choice, text } => {
            state.meter.grew(run, choice, ReplyPart::Refusal, &text);
            grow(state, place, (run, choice), now, |turn| turn.refusal.push_str(&text));
        }
        Delta::Logprobs { choice, logprobs } => {
            grow(state, place, (run, choice), now, |turn| turn.tokens.push(&logprobs));
            heat::grew(state);
        }
        Delta::ToolCall { choice, index, id, name, arguments, extra } => {
            for piece in [name.as_deref().unwrap_or_default(), arguments.as_str()] {
                state.meter.grew(run, choice, ReplyPart::Call(index), piece);
            }
            let (id, name, arguments) = (id.as_deref(), name.as_deref(), arguments.as_str());
            let piece = CallPiece { index, id, name, arguments, extra: extra.as_ref() };
            grow(state, place, (run, choice), now, |turn| ToolCall::collect(&mut turn.tool_calls, piece));
        }
    }
}

/// Keeps what the endpoint was found to take, as its client does: the next body is made with it.
fn learn(state: &mut State, run: RunId, opening: &Opening) {
    let Some(settings) = state.session.run(run).map(|run| &run.settings) else { return };
    if let Some(provider) = state.providers.get_mut(&settings.provider) {
        provider.learn(&settings.model, &opening.learnt);
    }
}

/// The wait for the first token counts from the sending, also over retries.
fn opened_since(state: &State, run: RunId, now: Instant) -> Instant {
    state.session.run(run).map_or(now, |run| run.started)
}

fn change_run(state: &mut State, run: RunId, change: impl FnOnce(&mut crate::chat::Run)) {
    if let Some(run) = state.session.run_mut(run) {
        change(run);
    }
}

/// Changes the turn of one of a run's replies.
fn grow(state: &mut State, place: usize, (run, choice): (RunId, u32), now: Instant, change: impl FnOnce(&mut Turn)) {
    let Some((_, reply)) = state.lanes[place].status.live() else { return };
    if let Some(turn) = turn_of(state, run, reply, choice).and_then(|turn| state.session.turns.change(turn)) {
        change(turn);
    }
    change_run(state, run, |run| run.first_delta = run.first_delta.or(Some(now)));
    state.lanes[place].status = StreamStatus::Streaming { run, reply, last: now };
}

/// The turn of a run's choice. Those beyond the first, which `n` asks for, are siblings of the first reply.
fn turn_of(state: &mut State, run: RunId, reply: TurnId, choice: u32) -> Option<TurnId> {
    /// As many as the API makes at the most.
    const MOST_CHOICES: usize = 128;
    let choice = usize::try_from(choice).ok().filter(|choice| *choice < MOST_CHOICES)?;
    let parent = state.session.turns.get(reply)?.parent;
    while state.session.run(run)?.replies.len() <= choice {
        let turn = state.session.turns.add(parent, Role::Assistant, "");
        state.session.turns.change(turn)?.run = Some(run);
        state.session.run_mut(run)?.replies.push(turn);
    }
    state.session.run(run)?.replies.get(choice).copied()
}

fn account(state: &mut State, id: RunId, usage: Usage) {
    let (cost, charge) = costs(state, id, &usage);
    state.session.account(id, Some(usage), cost, charge);
}

/// What a run's usage comes to, and whether somebody is charged it.
pub(super) fn costs(state: &State, id: RunId, usage: &Usage) -> (Cost, Charge) {
    let Some(run) = state.session.run(id) else { return (Cost::Unknown, Charge::Real) };
    let (found, circumstances) = found(state, run, state.started(run));
    let price = found.map(|found| found.price);
    (pricing::cost(usage, price, &circumstances), charge(price))
}

/// The price of a run, and what else its cost depends on. `at` is when it was sent.
pub(super) fn found<'a>(
    state: &'a State,
    run: &'a Run,
    at: Option<Timestamp>,
) -> (Option<pricing::Found<'a>>, Circumstances<'a>) {
    let address = state.providers.get(&run.settings.provider).map_or("", |provider| provider.base_url.as_str());
    let usual = Asked::new(&run.settings.provider, Reach::of(address), &run.settings.model);
    let asked = Asked { served_by: run.served_by.as_deref(), at, ..usual };
    (state.catalogue.find(&asked), Circumstances::of(run.service_tier.as_deref(), &run.settings.params, at))
}

/// What the model of some settings is known to cost.
pub(super) fn price<'a>(providers: &Providers, catalogue: &'a Catalogue, settings: &Settings) -> Option<&'a Price> {
    let address = providers.get(&settings.provider).map_or("", |provider| provider.base_url.as_str());
    catalogue.price(&settings.provider, Reach::of(address), &settings.model)
}

/// Whether somebody is charged a price.
pub(super) fn charge(price: Option<&Price>) -> Charge {
    Charge::of(price.is_some_and(|price| price.notional))
}

pub(super) fn ended(state: &mut State, lane: LaneId, generation: u64, now: Instant) -> Effects {
    let Some(place) = current(state, lane, generation) else { return Effects::new() };
    let Some((run, reply)) = state.lanes[place].status.live() else { return Effects::new() };
    close(state, run, Outcome::Complete, now);
    let calls = state.session.turns.get(reply).is_some_and(|turn| !turn.tool_calls.is_empty());
    state.lanes[place].status = StreamStatus::Idle;
    let mut effects = if calls { calls::begin(state, place, reply, now) } else { Effects::new() };
    effects.extend(queue::advance(state, now));
    effects
}

fn fail(state: &mut State, place: usize, run: RunId, reply: TurnId, error: ApiError, now: Instant) {
    close(state, run, Outcome::Failed(error.message.clone()), now);
    // The failure shows under the turn, so the turn changed.
    state.session.turns.change(reply);
    state.lanes[place].status = StreamStatus::Failed { error, reply };
    queue::hold(state, now);
}

fn close(state: &mut State, id: RunId, outcome: Outcome, now: Instant) {
    change_run(state, id, |run| {
        run.finished = Some(now);
        run.outcome = outcome;
    });
    let charge = meter::ended(state, id);
    state.session.close_run(id);
    ledger::left(state, id, charge);
    diff::ended(state, id);
}

/// Stops one lane's stream, if it has one; what came is kept.
pub(super) fn stop(state: &mut State, place: usize, now: Instant) -> Effects {
    let Some((run, _)) = state.lanes[place].status.live() else { return calls::cancel(state, place, now) };
    close(state, run, Outcome::Stopped, now);
    let lane = &mut state.lanes[place];
    lane.generation += 1;
    lane.status = StreamStatus::Idle;
    let effects = vec![Effect::Cancel { lane: lane.id }];
    queue::hold(state, now);
    effects
}

pub(super) fn stop_all(state: &mut State, now: Instant) -> Effects {
    (0..state.lanes.len()).flat_map(|place| stop(state, place, now)).collect()
}
