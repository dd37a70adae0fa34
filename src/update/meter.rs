//! Keeping the meter: what the draft would count, what a run's request counts, and what a run cost that nobody counted.
//!
//! Owns when something is read to be counted: a turn once for each revision, the draft when it changed.

use super::budget::Asking;
use super::{calls, system};
use crate::chat::{Cost, RunId, Settings, TurnId};
use crate::pricing::{self, Circumstances, Family, MESSAGE_TOKENS, Price, REPLY_TOKENS, Reach};
use crate::state::{
    Before, BranchKey, Charge, FixedKey, Lane, LiveRun, Meter, ReplyPart, ResultsKey, Session, State, Weight,
};

/// Of so many of a lane's newest replies the median is taken.
const REPLIES: usize = 9;

/// Brings what stands at the composer up to date, after an event that may change what would be sent.
pub(super) fn refresh(state: &mut State) {
    state.meter.follow(state.session.serial);
    let blank = state.composer.is_blank();
    let mut before = Vec::new();
    state.meter.held.clear();
    for place in 0..state.lanes.len() {
        let held = held(state, place);
        let lane = &state.lanes[place];
        let (id, window) = (lane.id, card(state, &lane.settings).0);
        state.meter.held.insert(id, held);
        state.meter.windows.insert(id, window);
        if blank || !state.hears(&state.lanes[place]) {
            continue;
        }
        let family = family(&state.lanes[place].settings);
        let State { meter, composer, lanes, .. } = state;
        let text = meter.draft(composer.editor.revision(), family, || composer.text());
        let files = meter.files(&composer.attachments, family, &lanes[place].settings.model);
        let input = above(state, place).and(Weight::of(text + MESSAGE_TOKENS)).and(files);
        before.push(estimate(state, place, input));
    }
    state.meter.before = before;
}

fn family(settings: &Settings) -> Family {
    Family::of(&settings.provider, &settings.model)
}

/// What stands above the draft: all of the conversation, or for an edit what is above the edited turn.
fn above(state: &mut State, place: usize) -> Weight {
    match state.composer.editing {
        None => held(state, place),
        Some(turn) => {
            let parent = state.session.turns.get(turn).and_then(|turn| turn.parent);
            branch(state, place, parent).and(fixed(state, place))
        }
    }
}

/// What a lane's conversation counts without the draft. Of a reply that is coming nothing is counted.
fn held(state: &mut State, place: usize) -> Weight {
    let lane = &state.lanes[place];
    let live = lane.status.live().and_then(|(_, reply)| state.session.turns.get(reply));
    let tip = live.map_or(lane.tip(), |reply| reply.parent);
    let key = BranchKey {
        tip: tip.and_then(|tip| state.session.turns.get(tip)).map(|turn| (turn.id, turn.revision)),
        family: family(&lane.settings),
        model: lane.settings.model.clone(),
    };
    let lane = lane.id;
    let more = fixed(state, place).and(results(state, place, tip));
    if let Some((known, weight)) = state.meter.branches.get(&lane)
        && *known == key
    {
        return weight.and(more);
    }
    let weight = branch(state, place, tip);
    state.meter.branches.insert(lane, (key, weight));
    weight.and(more)
}

/// Whether results of calls go back with what a lane asks below a turn.
pub(super) fn brings_results(state: &State, place: usize, tip: Option<TurnId>) -> bool {
    state.awaited(place).is_some_and(|call| Some(call.reply) == tip)
}

/// What the results of a reply's calls count that are no turns yet and go back with whatever is asked below it.
fn results(state: &mut State, place: usize, tip: Option<TurnId>) -> Weight {
    let Some(reply) = tip.filter(|_| brings_results(state, place, tip)) else { return Weight::default() };
    let State { session, meter, lanes, .. } = state;
    let Lane { id, settings, .. } = &lanes[place];
    let key = ResultsKey { reply, calls_changed: session.calls_changed(), family: family(settings) };
    if let Some((known, weight)) = meter.results.get(id)
        && *known == key
    {
        return *weight;
    }
    let records = session.calls.of(reply).unwrap_or_default();
    let texts = records.iter().map(|record| meter.text(&calls::going_back(&record.state), key.family) + MESSAGE_TOKENS);
    let weight = Weight::of(texts.sum());
    meter.results.insert(*id, (key, weight));
    weight
}

/// What a branch down to a turn counts: its turns are looked at up to where the lane's conversation was counted, and
/// those are read that never were.
fn branch(state: &mut State, place: usize, tip: Option<TurnId>) -> Weight {
    let State { session, meter, lanes, .. } = state;
    let Lane { id, settings, .. } = &lanes[place];
    let counted =
        meter.branches.get(id).filter(|(key, _)| key.family == family(settings) && key.model == settings.model);
    let counted = counted.and_then(|(key, weight)| Some((key.tip?, *weight)));
    branch_of(session, meter, (settings, tip), counted)
}

/// The same for any settings; `counted` is a turn at a revision down to which a conversation was counted with them.
fn branch_of(
    session: &Session,
    meter: &mut Meter,
    (settings, tip): (&Settings, Option<TurnId>),
    counted: Option<((TurnId, u64), Weight)>,
) -> Weight {
    let family = family(settings);
    let mut weight = Weight::default();
    for turn in session.turns.up_from(tip) {
        if let Some((_, above)) = counted.filter(|(tip, _)| *tip == (turn.id, turn.revision)) {
            return weight.and(above);
        }
        weight = weight.and(Weight::of(meter.turn(turn, family)));
        if !turn.attachments.is_empty() {
            weight = weight.and(meter.files(&turn.attachments, family, &settings.model));
        }
    }
    weight
}

/// What a lane's system prompt and tools count, and the beginning of the reply.
fn fixed(state: &mut State, place: usize) -> Weight {
    let State { meter, lanes, .. } = state;
    let Lane { id, settings, .. } = &lanes[place];
    let key = FixedKey {
        system: settings.system.clone(),
        variables: settings.variables.clone(),
        tools: settings.tools.clone(),
        family: family(settings),
    };
    if let Some((known, weight)) = meter.fixed.get(id)
        && known.holds(&key)
    {
        return *weight;
    }
    let weight = fixed_of(meter, settings);
    meter.fixed.insert(*id, (key, weight));
    weight
}

/// The same for any settings, counted anew.
fn fixed_of(meter: &mut Meter, settings: &Settings) -> Weight {
    let family = family(settings);
    let prompt = system::sent(settings).map_or(0, |text| meter.text(&text, family) + MESSAGE_TOKENS);
    let tools = settings.tools.iter().map(|tool| meter.text(&tool.definition.to_string(), family)).sum::<u64>();
    Weight::of(prompt + tools + REPLY_TOKENS)
}

/// What is about to be asked counts and costs.
pub(super) fn of(state: &mut State, asking: &Asking<'_>) -> Before {
    state.meter.follow(state.session.serial);
    let Asking { place, tip, draft } = asking;
    let mut input = branch(state, *place, *tip).and(fixed(state, *place)).and(results(state, *place, *tip));
    if let Some(draft) = draft {
        let settings = &state.lanes[*place].settings;
        let (family, model) = (family(settings), settings.model.clone());
        let text = state.meter.text(&draft.text, family);
        input = input.and(Weight::of(text + MESSAGE_TOKENS)).and(state.meter.files(&draft.attachments, family, &model));
    }
    estimate(state, *place, input)
}

/// What a lane would be charged for a request that counts so much.
fn estimate(state: &State, place: usize, input: Weight) -> Before {
    let lane = &state.lanes[place];
    let settings = &lane.settings;
    let card = card(state, settings);
    let asked_for = ["max_completion_tokens", "max_tokens"].into_iter();
    let asked_for = asked_for.filter_map(|name| settings.params.get(name)?.as_u64()).min();
    let replies = settings.params.get("n").and_then(serde_json::Value::as_u64).unwrap_or(1).max(1);
    let most_output = asked_for.or(card.1).map(|tokens| tokens.saturating_mul(replies));
    let median = median(state, lane);
    let price = super::stream::price(&state.providers, &state.catalogue, settings);
    let cost = |output: Option<u64>| cost(settings, price, input, output);
    Before {
        lane: lane.id,
        letter: lane.letter,
        input,
        cost: cost(Some(median.unwrap_or(0))),
        with_reply: median.is_some(),
        most_cost: cost(most_output),
        notional: super::stream::charge(price) == Charge::Notional,
        window: card.0,
    }
}

/// The model's window and its longest reply, as far as its card tells.
fn card(state: &State, settings: &Settings) -> (Option<u64>, Option<u64>) {
    let address = state.providers.get(&settings.provider).map_or("", |provider| provider.base_url.as_str());
    let card = state.catalogue.card(&settings.provider, Reach::of(address), &settings.model);
    let facts = card.and_then(|card| card.facts);
    facts.map_or((None, None), |facts| (facts.context, facts.max_output))
}

/// Input at a price, and a reply of a length; unknown where one of them is, or a part of the input.
fn cost(settings: &Settings, price: Option<&Price>, input: Weight, output: Option<u64>) -> Cost {
    let Some(output) = output.filter(|_| input.unknown == 0) else { return Cost::Unknown };
    let usage = crate::chat::Usage { input: Some(input.tokens), output: Some(output), ..Default::default() };
    crate::state::estimated(pricing::cost(&usage, price, &Circumstances::of(None, &settings.params, None)))
}

/// The median length of the lane's newest replies that were counted.
fn median(state: &State, lane: &Lane) -> Option<u64> {
    let runs = std::iter::successors(lane.last_run.and_then(|run| state.session.run(run)), |run| {
        run.before.and_then(|before| state.session.run(before))
    });
    let counted = runs.take(2 * REPLIES).filter_map(|run| run.usage.as_ref()?.output);
    let mut lengths: Vec<u64> = counted.take(REPLIES).collect();
    lengths.sort_unstable();
    lengths.get(lengths.len().checked_sub(1)? / 2).copied()
}

/// A run was sent that answers a question: what its request counts is known from here on.
pub(super) fn opened(state: &mut State, place: usize, run: RunId, question: TurnId) {
    state.meter.follow(state.session.serial);
    let input = branch(state, place, Some(question)).and(fixed(state, place));
    let settings = &state.lanes[place].settings;
    let price = super::stream::price(&state.providers, &state.catalogue, settings).cloned();
    let tier = settings.params.get("service_tier").and_then(serde_json::Value::as_str).map(str::to_owned);
    let at = state.session.run(run).and_then(|run| state.started(run));
    let live = LiveRun::new(input, family(settings), price, (tier, at));
    state.meter.begin(run, live);
    state.spending.wanted = true;
}

/// A run came to its end. Where the server took it and told no counts that make a bill, what it cost is estimated. Says
/// whether somebody is charged it.
pub(super) fn ended(state: &mut State, id: RunId) -> Charge {
    let Some(live) = state.meter.end(id) else { return Charge::Real };
    settle(state, id, &live);
    live.charge()
}

/// A run was still coming when its program ended: what it cost is estimated by what is kept of it.
pub(super) fn cut_off(state: &mut State, id: RunId) {
    state.meter.follow(state.session.serial);
    let Some(run) = state.session.run(id).filter(|run| run.cost == Cost::Unknown) else { return };
    let (settings, replies) = (run.settings.clone(), run.replies.clone());
    let question = replies.first().and_then(|reply| state.session.turns.get(*reply)).and_then(|reply| reply.parent);
    let State { session, meter, .. } = state;
    let input = branch_of(session, meter, (&settings, question), None).and(fixed_of(meter, &settings));
    meter.begin(id, LiveRun::new(input, family(&settings), None, (None, None)));
    for (choice, reply) in (0..).zip(replies.iter().filter_map(|reply| session.turns.get(*reply))) {
        meter.grew(id, choice, ReplyPart::Reasoning, &reply.reasoning);
        meter.grew(id, choice, ReplyPart::Text, &reply.text);
        meter.grew(id, choice, ReplyPart::Refusal, &reply.refusal);
        for (index, call) in reply.tool_calls.iter().enumerate() {
            meter.grew(id, choice, ReplyPart::Call(index), &call.name);
            meter.grew(id, choice, ReplyPart::Call(index), &call.arguments);
        }
    }
    let Some(live) = meter.end(id) else { return };
    let usage = live.usage(state.session.run(id).and_then(|run| run.usage.as_ref()));
    if let (Cost::Known(money), charge) = super::stream::costs(state, id, &usage) {
        state.session.account_late(id, Cost::Estimated(money), charge);
    }
}

fn settle(state: &mut State, id: RunId, live: &LiveRun) {
    let Some(run) = state.session.run(id).filter(|run| !run.is_refused() && run.cost == Cost::Unknown) else { return };
    let usage = live.usage(run.usage.as_ref());
    let (cost, charge) = super::stream::costs(state, id, &usage);
    let told = run.usage.clone();
    if let Cost::Known(_) = cost {
        state.session.account(id, told, crate::state::estimated(cost), charge);
    }
}
