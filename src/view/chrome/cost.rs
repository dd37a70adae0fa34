//! What was spent: each lane's last run, the session's sums beside what they are worth elsewhere, its tokens, the budget.
//!
//! What is under way is in it as an estimate.

use crate::chat::{Cost, Run};
use crate::pricing::Exchange;
use crate::state::{BudgetSpan, Filled, Lane, State, Sum, Totals};
use crate::text::{Emphasis, Ink, Line, Span, StyleRole, counted, grouped, width};

use super::super::title::letter_of;
use super::bars::sparkline;
use super::flow::flow;

/// `n/a: 2 runs`, when there are runs whose cost is unknown.
pub(super) fn unknown_runs(totals: &Totals) -> Option<String> {
    (totals.unknown > 0).then(|| format!("n/a: {}", counted(totals.unknown as u64, "run")))
}

/// The rows of the cost box.
pub(super) fn rows(state: &State, columns: u16) -> Vec<Line> {
    let budget = state.fullest().map(|filled| flow([budget(&filled)], columns)).unwrap_or_default();
    if state.session.runs().is_empty() {
        let nothing = Line::new("Nothing spent yet.", StyleRole::Dim);
        return std::iter::once(nothing).chain(budget).collect();
    }
    let lanes = state.lanes.iter().map(|lane| last_cost(state, lane));
    let mut rows = flow(lanes, columns);
    rows.extend(flow(sums(state), columns));
    rows.extend(flow(tokens(state.session.totals()), columns));
    rows.extend(recent(state, columns));
    rows.extend(budget);
    rows
}

/// Runs that the sparkline looks at, at the most: a frame costs the same in a session of any length.
const RECENT: usize = 24;

/// `▁▂▃█  last ¥0.0045`: what the last runs cost, in the currency of the newest; others, and unknown ones, are a `?`.
fn recent(state: &State, columns: u16) -> Option<Line> {
    let runs = state.session.runs();
    let newest = &runs[runs.len().saturating_sub(RECENT)..];
    let over: Vec<&Run> = newest.iter().filter(|run| run.finished.is_some() && !run.is_refused()).collect();
    let last = over.last()?;
    let currency = over.iter().rev().find_map(|run| run.cost.money()).map(|money| &money.currency);
    let amount =
        |run: &&Run| run.cost.money().filter(|money| Some(&money.currency) == currency).map(|money| money.amount);
    let said = format!("last {}", last.cost);
    let room = usize::from(columns).saturating_sub(width(&said) + 2);
    let amounts: Vec<_> = over.iter().skip(over.len().saturating_sub(room)).map(amount).collect();
    let bars = sparkline(&amounts, state.spending.plain_signs);
    let spans = vec![
        Span::new(bars, StyleRole::SliderFilled),
        Span::new("  ", StyleRole::Dim),
        Span::new(said, StyleRole::Cost),
    ];
    (room > 0 && over.len() > 1).then_some(Line { spans })
}

/// `budget ▓▓░░░░ 18 % of ¥2`: of the one that is spent most; `today` or `month` where it is not the session's.
fn budget(filled: &Filled) -> Vec<Span> {
    const CELLS: u64 = 6;
    let percent = filled.percent();
    let full = usize::try_from((percent * CELLS / 100).min(CELLS)).unwrap_or(0);
    let role = match percent {
        ..80 => StyleRole::Cost,
        80..100 => StyleRole::Warning,
        _ => StyleRole::CostOverBudget,
    };
    let bar = format!("{}{}", "▓".repeat(full), "░".repeat(usize::try_from(CELLS).unwrap_or(0) - full));
    let mark = if filled.estimated { "~" } else { "" };
    let head = if filled.span == BudgetSpan::Session { "budget" } else { filled.span.name() };
    let said = format!(" {mark}{percent} % of {}", filled.cap_shown());
    let mut spans = vec![Span::new(format!("{head} "), StyleRole::Dim), Span::new(bar, role), Span::new(said, role)];
    let apart: Vec<String> = filled.apart.iter().map(ToString::to_string).collect();
    if !apart.is_empty() {
        spans.push(Span::new(format!(" + {} not in it", apart.join(" + ")), StyleRole::Warning));
    }
    spans
}

/// The last run that a lane itself asked for: `A ¥0.0045`; while it comes an estimate, or `…`; `–` before the first.
fn last_cost(state: &State, lane: &Lane) -> Vec<Span> {
    let text = match lane.last_run.and_then(|run| state.session.run(run)) {
        None => "–".to_owned(),
        Some(run) => {
            let live = state.meter.live(run.id).map(|live| live.cost(run.usage.as_ref()));
            match live.unwrap_or_else(|| run.cost.clone()) {
                Cost::Estimated(money) => format!("~{}", money.rough()),
                Cost::Unknown if run.finished.is_none() => "…".to_owned(),
                cost => cost.to_string(),
            }
        }
    };
    let letter = Ink::from(StyleRole::Title).with(Emphasis::BOLD);
    let reported = lane.last_run.and_then(|run| state.session.run(run)).is_some_and(|run| run.cost.is_reported());
    let mut spans = vec![Span::new(letter_of(lane), letter), Span::new(format!(" {text}"), StyleRole::Cost)];
    spans.extend(reported.then(|| Span::new(" reported", StyleRole::Dim)));
    spans
}

fn sums(state: &State) -> Vec<Vec<Span>> {
    let totals = state.running_totals();
    let unknown = unknown_runs(&totals).map(|text| vec![Span::new(text, StyleRole::Warning)]);
    totals.sums.iter().flat_map(|sum| self::sum(sum, &state.exchange)).chain(unknown).collect()
}

/// `Σ ¥0.0184` and `= $0.0026 (rate of 2026-11-01)`: first what is charged, then what the user says that it is worth.
fn sum(sum: &Sum, exchange: &Exchange) -> Vec<Vec<Span>> {
    let mut spans = vec![Span::new("Σ ", StyleRole::Dim), Span::new(shown(sum), StyleRole::Cost)];
    if sum.notional {
        spans.push(Span::new(" notional", StyleRole::Dim));
    }
    let converted = exchange.convert(&sum.money).filter(|converted| !converted.dates.is_empty());
    let worth = converted.map(|converted| {
        let (money, dates) = (converted.money.rough(), converted.dates.join(", "));
        vec![Span::new(format!("= {money} (rate of {dates})"), StyleRole::Dim)]
    });
    std::iter::once(spans).chain(worth).collect()
}

/// A sum to its last digit; an estimate with the digits that say something.
pub(super) fn shown(sum: &Sum) -> String {
    match sum.cost() {
        Cost::Estimated(money) => format!("~{}", money.rough()),
        cost => cost.to_string(),
    }
}

fn tokens(totals: &Totals) -> Vec<Vec<Span>> {
    let counts = [("in", totals.input), ("cached", totals.cached), ("out", totals.output)];
    // Where some run's tokens are unknown, the sums are the least that was used.
    let least = if totals.uncounted > 0 { "≥" } else { "" };
    let entry = |(name, count): (&str, Option<u64>)| {
        let count = count.map_or_else(|| "n/a".to_owned(), |count| format!("{least}{}", grouped(count)));
        vec![Span::new(format!("{name} {count}"), StyleRole::Dim)]
    };
    counts.into_iter().map(entry).collect()
}
