//! Budgets: what is not sent, what is stopped, and what is said of it.
//!
//! Owns the sentences. What is not known exactly is called an estimate in each of them.

mod form;

use std::time::Instant;

use super::{Effects, meter, stream};
use crate::chat::{RunId, TurnId};
use crate::input::Action;
use crate::state::{Before, BudgetSpan, Draft, Filled, LaneId, Level, MessageNo, State, Sum, Topic, Totals};
use crate::text::clean_line;

pub(super) use form::{accept, judge};

/// From so many percent on it is said that a budget is nearly spent.
const NEARLY_SPENT: u64 = 80;

/// What a lane is about to be asked: a branch, and what follows it.
pub(super) struct Asking<'d> {
    pub(super) place: usize,
    pub(super) tip: Option<TurnId>,
    pub(super) draft: Option<&'d Draft>,
}

/// Whether the budgets let requests go out, all of them together as one. Says why not.
pub(super) fn admits(state: &mut State, asking: &[Asking<'_>], now: Instant) -> bool {
    if !state.budget.is_set() {
        return true;
    }
    let unpriced = asking.iter().map(|asking| asking.place).find(|place| is_uncounted(state, *place));
    if let Some(place) = unpriced {
        ask_about_price(state, place, now);
        return false;
    }
    let estimates: Vec<Before> = asking.iter().map(|asking| meter::of(state, asking)).collect();
    let more = sums(&estimates);
    let refusing = BudgetSpan::ALL.into_iter().find_map(|span| {
        let now = match span {
            BudgetSpan::Request => state.filled_by(goes_on(state, asking))?,
            _ => state.filled(span)?,
        };
        let with = now.clone().with(&more, &state.exchange);
        (now.is_over() || with.is_over()).then_some((now, with))
    });
    let Some((before, with)) = refusing else { return true };
    state.budget.hit.insert(before.span);
    let along =
        if asking.iter().any(|asking| brings_results(state, asking)) { " with the results of the tools" } else { "" };
    let said = format!("Not sent: {} {}", reason(&before, &with, (&more, along)), raises(state));
    state.notices.refuse(Topic::Budget, said, now);
    false
}

/// The message that a request goes on with: results of tools are no message of their own.
fn goes_on(state: &State, asking: &[Asking<'_>]) -> Option<MessageNo> {
    let going_on = asking.iter().find(|asking| asking.draft.is_none() && brings_results(state, asking))?;
    state.budget.messages.of(state.lanes[going_on.place].id)
}

fn brings_results(state: &State, asking: &Asking<'_>) -> bool {
    meter::brings_results(state, asking.place, asking.tip)
}

/// A message goes to some lanes: what they ask from here on counts together.
pub(super) fn begin(state: &mut State, places: &[usize]) {
    let to: Vec<LaneId> = places.iter().map(|place| state.lanes[*place].id).collect();
    let open: Vec<LaneId> = state.lanes.iter().map(|lane| lane.id).collect();
    state.budget.messages.begin(state.session.serial, &to, &open);
}

fn sums(estimates: &[Before]) -> Vec<Sum> {
    let mut totals = Totals::default();
    for before in estimates {
        totals.add_estimate(before);
    }
    totals.sums
}

fn reason(before: &Filled, with: &Filled, (more, along): (&[Sum], &str)) -> String {
    let (owner, cap) = (before.span.owner(), before.cap_shown());
    if before.is_over() {
        return format!("{owner} budget of {cap} is spent ({}).", before.shown());
    }
    let more: Vec<String> =
        more.iter().filter(|sum| !sum.notional).map(|sum| format!("~{}", sum.money.rough())).collect();
    let more = more.join(" + ");
    match before.span {
        BudgetSpan::Request if before.spent.is_zero() => {
            format!("by an estimate it costs {more}{along}, more than {owner} budget of {cap}.")
        }
        _ => format!("by an estimate it costs {more}{along}, which makes {} of {owner} budget of {cap}.", with.shown()),
    }
}

fn raises(state: &State) -> String {
    format!("{} raises the budget by half.", state.key(Action::BudgetRaise))
}

/// Whether a lane's model has no price, and nobody said that this does not matter.
fn is_uncounted(state: &State, place: usize) -> bool {
    let settings = &state.lanes[place].settings;
    let known = stream::price(&state.providers, &state.catalogue, settings).is_some();
    !known && !state.budget.uncounted.contains(&(settings.provider.clone(), settings.model.clone()))
}

/// Says once that a budget cannot count a model; the next time it is asked.
fn ask_about_price(state: &mut State, place: usize, now: Instant) {
    let lane = &state.lanes[place];
    let (letter, settings) = (lane.letter, lane.settings.clone());
    let (model, enters) = (clean_line(&settings.model), state.key(Action::EnterPrice));
    let said = format!(
        "Not sent: {model} (lane {letter}) has no price, so the budget cannot count it. Once more sends it all the \
         same; {enters} enters a price."
    );
    state.budget.uncounted.insert((settings.provider, settings.model));
    state.notices.show(Level::Warning, said, now);
}

/// After an event that may have cost something: near ends are told, and what goes beyond is stopped.
pub(super) fn follow(state: &mut State, now: Instant) -> Effects {
    if !state.budget.is_set() {
        return Effects::new();
    }
    let mut effects = Effects::new();
    for filled in BudgetSpan::ALL.into_iter().filter_map(|span| state.filled(span)).collect::<Vec<_>>() {
        let span = filled.span;
        if filled.percent() < NEARLY_SPENT {
            state.budget.warned.remove(&span);
        } else if let (true, spending @ [_, ..]) = (filled.is_over(), &*state.spending_from(span)) {
            state.budget.warned.insert(span);
            effects.extend(stop(state, &filled, spending, now));
        } else if state.budget.warned.insert(span) && !filled.is_over() {
            let (percent, owner) = (filled.percent(), span.owner());
            let said = format!("{percent} % of {owner} budget: {} of {}.", filled.shown(), filled.cap_shown());
            state.notices.show(Level::Warning, said, now);
        }
    }
    effects
}

/// Stops what costs more than it may.
fn stop(state: &mut State, filled: &Filled, spending: &[RunId], now: Instant) -> Effects {
    state.budget.hit.insert(filled.span);
    let spends = |place: &usize| {
        let live = state.lanes[*place].status.live();
        live.is_some_and(|(run, _)| spending.contains(&run))
    };
    let places: Vec<usize> = (0..state.lanes.len()).filter(spends).collect();
    let effects = places.into_iter().flat_map(|place| stream::stop(state, place, now)).collect();
    let word = if filled.estimated { ", by an estimate" } else { "" };
    let (owner, spent, cap) = (filled.span.owner(), filled.shown(), filled.cap_shown());
    let said = format!("Stopped: {spent} is more than {owner} budget of {cap}{word}. {}", raises(state));
    state.notices.refuse(Topic::Budget, said, now);
    effects
}

/// Raises by half what refused or stopped something; where nothing did, a form takes any amount.
pub(super) fn raise(state: &mut State, now: Instant) {
    state.notices.withdraw(Topic::Budget);
    let hit: Vec<BudgetSpan> = state.budget.hit.iter().copied().collect();
    if hit.is_empty() {
        form::show(state);
        return;
    }
    let raised: Vec<String> = hit
        .into_iter()
        .filter_map(|span| {
            let cap = state.budget.raise(span)?;
            Some(format!("{} budget is {}{} now", span.owner(), cap.currency.sign(), cap.amount))
        })
        .collect();
    let (raised, key) = (raised.join(", "), state.key(Action::BudgetRaise));
    let said = format!("Until the program ends, {raised}; {key} once more takes any amount.");
    state.notices.show(Level::Note, said, now);
}
