//! The ledger: the row of a run that is over, what today cost, and what keys do on the page that shows it.
//!
//! Nothing here waits: the shelf is asked, and an answer to an older question is dropped.

use std::time::Instant;

use jiff::Timestamp;

use super::{Effects, stream};
use crate::chat::{Cost, Outcome, Run, RunId};
use crate::input::Action;
use crate::pricing;
use crate::state::{
    Anchor, Breadth, CUT_OFF, Charge, Effect, LedgerLine, LedgerPage, LedgerRuns, Level, Overlay, Reader, State,
    Unentered, bill_rows,
};
use crate::store::{
    LedgerAnswer, LedgerAsk, LedgerBy, LedgerPrice, LedgerRow, LedgerState, LedgerTable, ShelfAnswer, ShelfWork,
};

/// The letter of the lane that asked a run, which has just begun.
pub(super) fn asker(state: &State, run: &Run) -> Option<char> {
    state.lanes.iter().find(|lane| lane.last_run == Some(run.id)).map(|lane| lane.letter)
}

/// What the ledger says of a run that is over; nothing of one that no server took, which costs nothing.
pub(super) fn row(
    state: &State,
    id: RunId,
    (session, anchor): (&str, Anchor),
    asker: Option<Option<char>>,
) -> Option<LedgerRow> {
    let run = state.session.run(id).filter(|run| !run.is_refused() || run.usage.is_some())?;
    let at = anchor.unix_ms(run.started);
    let (found, circumstances) = stream::found(state, run, Timestamp::from_millisecond(at).ok());
    let lane = asker.unwrap_or_else(|| self::asker(state, run));
    let used = found.filter(|found| match (&run.cost, &run.usage) {
        (Cost::Known(_), Some(usage)) => pricing::cost(usage, Some(found.price), &circumstances) == run.cost,
        (Cost::Estimated(_), _) => true,
        _ => false,
    });
    let row = LedgerRow {
        session: session.to_owned(),
        run: id.0,
        served_by: run.served_by.clone(),
        lane,
        preset: run.preset.clone(),
        state: Some(match &run.outcome {
            Outcome::Complete => LedgerState::Complete,
            Outcome::Stopped => LedgerState::Stopped,
            Outcome::Failed(said) if said == CUT_OFF => LedgerState::CutOff,
            Outcome::Running | Outcome::Failed(_) => LedgerState::Failed,
        }),
        tier: circumstances.tier.map(str::to_owned),
        cost: run.cost.clone(),
        notional: found.is_some_and(|found| found.price.notional),
        price: used.map(|found| LedgerPrice::of(&found)),
        ..LedgerRow::new(at, &run.settings.provider, &run.settings.model)
    };
    Some(row.with_usage(run.usage.as_ref()))
}

/// Before anything else happens: whether the day is another one, so that nothing is held against yesterday's sums.
pub(super) fn roll(state: &mut State, tick: bool, now: Instant) {
    let moment = state.saving.as_ref().map(|saving| saving.anchor.unix_ms(now));
    if let Some(moment) = moment.filter(|_| tick || state.spending.spans.is_some()) {
        state.spending.roll(moment, &state.zone);
    }
}

/// A run is over: until its row is entered, it counts all the same.
pub(super) fn left(state: &mut State, id: RunId, charge: Charge) {
    state.spending.wanted = true;
    let Some(run) = state.session.run(id) else { return };
    let Some(at) = state.started(run).map(Timestamp::as_millisecond) else { return };
    let cost = run.cost.clone();
    state.spending.unentered.push(Unentered { at, cost, charge });
}

/// Asks for what today and this month cost: at the start, when the day is another one, when a draft is begun, when a run
/// begins or ends, and when the page is opened, since other programs may have spent something. And for what the open page
/// shows and has not asked for yet.
pub(super) fn follow(state: &mut State) -> Effects {
    let mut effects = Effects::new();
    let drafting = !state.composer.is_empty();
    let spending = &mut state.spending;
    spending.wanted |= drafting && !spending.drafting;
    spending.drafting = drafting;
    if let Some((spans, serial)) = spending.question() {
        effects.push(ask(LedgerAsk::Spent { today: spans.today, month: spans.month, serial }));
    }
    let State { overlay: Some(Overlay::Ledger(page)), spending, session, .. } = state else { return effects };
    let query = page.query(&session.id);
    if page.asked.as_ref().is_none_or(|(asked, _)| *asked != query) {
        spending.serial += 1;
        page.asked = Some((query.clone(), spending.serial));
        page.runs.clear();
        effects.push(ask(LedgerAsk::Table { query, serial: spending.serial }));
    }
    effects
}

fn ask(ask: LedgerAsk) -> Effect {
    Effect::Shelf(ShelfWork::Ledger(ask))
}

/// What the shelf answers.
pub(super) fn answered(state: &mut State, ask: LedgerAsk, answer: ShelfAnswer, now: Instant) {
    match (ask, answer) {
        (LedgerAsk::Spent { serial, .. }, ShelfAnswer::Ledger(LedgerAnswer::Spent { today, month, all })) => {
            state.spending.learn(serial, (today, month), all);
        }
        (LedgerAsk::Spent { serial, .. }, ShelfAnswer::Failed(said)) => {
            cannot_tell(state, serial, &said, now);
        }
        (LedgerAsk::Table { serial, .. }, ShelfAnswer::Ledger(LedgerAnswer::Table { table, unsaved })) => {
            let Some(page) = page_of(state, serial) else { return };
            (page.answered, page.table, page.unsaved, page.failed) = (Some(serial), table, unsaved, None);
            page.arrange();
        }
        (LedgerAsk::Table { serial, .. } | LedgerAsk::Runs { serial, .. }, ShelfAnswer::Failed(said)) => {
            let Some(page) = page_of(state, serial) else { return };
            (page.answered, page.table, page.failed) = (Some(serial), LedgerTable::default(), Some(said));
            page.arrange();
        }
        (LedgerAsk::Runs { serial, group, .. }, ShelfAnswer::Ledger(LedgerAnswer::Runs { rows, more })) => {
            let Some(page) = page_of(state, serial) else { return };
            if let Some(runs) = page.runs.get_mut(&group) {
                *runs = Some(LedgerRuns { rows, more });
                page.arrange();
            }
        }
        // An answer to something else was not asked for.
        _ => {}
    }
}

/// What today cost cannot be read, which is said once.
fn cannot_tell(state: &mut State, serial: u64, why: &str, now: Instant) {
    if state.spending.fail(serial) {
        state.notices.show(Level::Warning, format!("What today cost cannot be told: {why}"), now);
    }
}

/// The open page, if this is the number of its question.
fn page_of(state: &mut State, serial: u64) -> Option<&mut LedgerPage> {
    page(state).filter(|page| page.asked.as_ref().is_some_and(|(_, asked)| *asked == serial))
}

fn page(state: &mut State) -> Option<&mut LedgerPage> {
    match &mut state.overlay {
        Some(Overlay::Ledger(page)) => Some(page),
        _ => None,
    }
}

/// Opens the page, or closes it.
pub(super) fn open(state: &mut State, now: Instant) {
    if matches!(state.overlay, Some(Overlay::Ledger(_))) {
        state.overlay = None;
    } else if state.saving.is_none() {
        state.notices.show(Level::Note, "Nothing is saved here, so there is no ledger to show.", now);
    } else {
        state.overlay = Some(Overlay::Ledger(Box::default()));
        state.spending.wanted = true;
    }
}

pub(super) fn perform(state: &mut State, action: Action) -> Effects {
    let Some(page) = page(state).filter(|page| page.bill.is_none()) else { return Effects::new() };
    match action {
        Action::LedgerNext => regroup(page, 1),
        Action::LedgerPrevious => regroup(page, LedgerBy::ALL.len() - 1),
        Action::LedgerScope => page.here = !page.here,
        Action::LedgerUnfold => return unfold(state),
        Action::LedgerFold => fold(page),
        _ => {
            page.order = page.order.next();
            page.arrange();
        }
    }
    Effects::new()
}

fn regroup(page: &mut LedgerPage, steps: usize) {
    let place = LedgerBy::ALL.iter().position(|by| *by == page.by).unwrap_or(0);
    page.by = LedgerBy::ALL[(place + steps) % LedgerBy::ALL.len()];
    page.selected = 0;
    page.lines.clear();
}

fn fold(page: &mut LedgerPage) {
    let group = page.selected_line().and_then(|line| page.group(line)).map(|group| group.key.clone());
    let Some(group) = group else { return };
    page.runs.remove(&group);
    // What was selected may be hidden now: its group is what is left of it.
    let place = page.table.groups.iter().position(|other| other.key == group);
    page.arrange();
    let line = page.lines.iter().position(|line| Some(*line) == place.map(LedgerLine::Group));
    page.choose(line.unwrap_or(0));
}

fn unfold(state: &mut State) -> Effects {
    let Some(page) = page(state) else { return Effects::new() };
    let Some(group) = page.selected_line().and_then(|line| page.group(line)).map(|group| group.key.clone()) else {
        return Effects::new();
    };
    let Some((query, serial)) = page.asked.clone().filter(|_| !page.runs.contains_key(&group)) else {
        return Effects::new();
    };
    page.runs.insert(group.clone(), None);
    page.arrange();
    vec![ask(LedgerAsk::Runs { query, group, serial })]
}

/// Enter: unfolds or folds a group, shows the bill of a run.
pub(super) fn accept(state: &mut State) -> Effects {
    let Some(page) = page(state).filter(|page| page.bill.is_none()) else { return Effects::new() };
    let Some(line) = page.selected_line() else { return Effects::new() };
    if let Some(run) = page.run(line).cloned() {
        page.bill = Some((Box::new(run), Reader::default()));
        resized(state);
        return Effects::new();
    }
    let unfolded = page.group(line).is_some_and(|group| page.runs.contains_key(&group.key));
    if unfolded {
        fold(page);
        return Effects::new();
    }
    unfold(state)
}

/// Makes the open bill's rows for the screen's width.
pub(super) fn resized(state: &mut State) {
    let width = Reader::body(state.size, Breadth::Prose).width;
    let State { overlay: Some(Overlay::Ledger(page)), zone, exchange, session, .. } = state else { return };
    if let Some((row, reader)) = &mut page.bill {
        let title = if row.session == session.id { session.title.as_str() } else { "" };
        reader.set_rows(bill_rows(row, title, (zone, &*exchange), width));
    }
}

/// Steps out of an open bill, back to the list; says whether there was one.
pub(super) fn step_out(state: &mut State) -> bool {
    page(state).is_some_and(|page| page.bill.take().is_some())
}
