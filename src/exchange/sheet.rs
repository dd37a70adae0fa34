//! A session as it is read by people: what each lane asks with, what was said, and the figures of each reply.
//!
//! Owns the words and figures that Markdown and HTML have in common.

use std::collections::BTreeMap;
use std::time::Duration;

use rust_decimal::Decimal;

use super::branch::Written;
use crate::chat::{Cost, Currency, Money, decode_speed};
use crate::store::{SavedCost, SavedLane, SavedOutcome, SavedRun, SavedSession, SavedSettings, SavedTurn};
use crate::text;

pub(super) struct Sheet<'s> {
    pub(super) title: String,
    /// When it was begun, by the clock of UTC.
    pub(super) begun: String,
    pub(super) lanes: Vec<LaneSheet<'s>>,
    /// What all runs cost, a sum for each currency.
    pub(super) cost: String,
    /// Turns that stand on no lane's branch.
    pub(super) beside: usize,
}

pub(super) struct LaneSheet<'s> {
    pub(super) title: String,
    /// Names and values, unset ones left out.
    pub(super) settings: Vec<(String, String)>,
    pub(super) system: Option<&'s str>,
    pub(super) turns: Vec<TurnSheet<'s>>,
}

pub(super) struct TurnSheet<'s> {
    pub(super) turn: &'s SavedTurn,
    /// What the reply was asked with, if it was.
    pub(super) asked: Option<String>,
    pub(super) figures: Option<String>,
    /// Why it is not whole.
    pub(super) fault: Option<&'s str>,
}

impl<'s> Sheet<'s> {
    pub(super) fn of(session: &'s SavedSession) -> Self {
        let written = Written::of(session);
        let title = if session.title.is_empty() { "Untitled session".to_owned() } else { one_line(&session.title) };
        Self {
            title,
            begun: date(session.created),
            lanes: session.lanes.iter().map(|lane| LaneSheet::of(&written, lane)).collect(),
            cost: sums(session.runs.iter().map(|run| &run.cost)),
            beside: written.beside(),
        }
    }
}

impl<'s> LaneSheet<'s> {
    fn of(written: &Written<'s>, lane: &'s SavedLane) -> Self {
        let name = lane.name.as_deref().map(|name| format!(" {}", one_line(name))).unwrap_or_default();
        let turns = written.branch(lane.tip).into_iter().map(|turn| TurnSheet::of(turn, written.run(turn)));
        Self {
            title: format!("Lane {}{name}", lane.letter),
            settings: settings(&lane.settings),
            system: lane.settings.system.as_deref(),
            turns: turns.collect(),
        }
    }
}

impl<'s> TurnSheet<'s> {
    fn of(turn: &'s SavedTurn, run: Option<&'s SavedRun>) -> Self {
        let asked = run.map(|run| {
            let pairs = settings(&run.settings).into_iter().map(|(name, value)| match name.as_str() {
                "model" => value,
                _ => format!("{name} {value}"),
            });
            pairs.collect::<Vec<_>>().join(" · ")
        });
        let fault = run.and_then(|run| match &run.outcome {
            SavedOutcome::Failed { said } => Some(said.as_str()),
            SavedOutcome::Stopped => Some("Stopped by the user."),
            SavedOutcome::Running => Some("It was still coming."),
            SavedOutcome::Complete => None,
        });
        Self { turn, asked, figures: run.map(figures), fault }
    }
}

/// What is set, in a fixed order: the model first.
fn settings(settings: &SavedSettings) -> Vec<(String, String)> {
    let model = one_line(&format!("{} @ {}", settings.model, settings.provider));
    let params = settings.params.iter().map(|(name, value)| {
        let forced = if settings.forced.contains(name) { " (forced)" } else { "" };
        (one_line(name), format!("{}{forced}", one_line(&value.to_string())))
    });
    let tools: Vec<&str> = settings.tools.iter().map(|tool| tool.name.as_str()).collect();
    let tools = (!tools.is_empty()).then(|| ("tools".to_owned(), one_line(&tools.join(", "))));
    let variables = settings.variables.iter().map(|(name, value)| (format!("{{{{{name}}}}}"), one_line(value)));
    std::iter::once(("model".to_owned(), model)).chain(params).chain(variables).chain(tools).collect()
}

/// A run's figures in one line; what is not known is `n/a`.
fn figures(run: &SavedRun) -> String {
    let time = |nanos: Option<u64>| {
        nanos.map_or_else(|| "n/a".to_owned(), |nanos| text::duration(Duration::from_nanos(nanos)))
    };
    let usage = run.usage.clone().unwrap_or_default();
    let count = |count: Option<u64>| count.map_or_else(|| "n/a".to_owned(), text::grouped);
    let cached = usage.cached.filter(|cached| *cached > 0).map(|cached| format!(" ({} cached)", text::grouped(cached)));
    let reasoning =
        usage.reasoning.filter(|count| *count > 0).map(|count| format!(" ({} reasoning)", text::grouped(count)));
    let speed = speed(run).map_or_else(|| "n/a".to_owned(), |speed| format!("{speed} tok/s"));
    let mut parts = vec![
        format!("first token {}", time(run.first_delta)),
        speed,
        format!("total {}", time(run.finished)),
        format!(
            "{}{} → {}{} tokens",
            count(usage.input),
            cached.unwrap_or_default(),
            count(usage.output),
            reasoning.unwrap_or_default()
        ),
        format!("cost {}", run.cost.cost()),
    ];
    parts.extend(run.finish_reason.as_ref().map(|reason| format!("finish {}", one_line(reason))));
    let other = run.served_by.as_ref().filter(|served| **served != run.settings.model);
    parts.extend(other.map(|served| format!("served by {}", one_line(served))));
    parts.join(" · ")
}

/// Output tokens a second after the first token.
fn speed(run: &SavedRun) -> Option<u64> {
    let decode = Duration::from_nanos(run.finished?.checked_sub(run.first_delta?)?);
    decode_speed(run.usage.as_ref()?.output?, decode)
}

/// What runs cost together. Currencies are never added to each other, and unknown costs are counted, not left out.
fn sums<'c>(costs: impl Iterator<Item = &'c SavedCost>) -> String {
    let mut sums: BTreeMap<Currency, (Decimal, bool)> = BTreeMap::new();
    let mut unknown = 0;
    for saved in costs {
        let cost = saved.cost();
        let Some(money) = cost.money() else {
            unknown += 1;
            continue;
        };
        let sum = sums.entry(money.currency.clone()).or_default();
        sum.0 = sum.0.saturating_add(money.amount);
        sum.1 |= cost.is_estimated();
    }
    let mut parts: Vec<String> = sums
        .into_iter()
        .map(|(currency, (amount, estimated))| {
            let money = Money { amount, currency };
            if estimated { Cost::Estimated(money).to_string() } else { money.to_string() }
        })
        .collect();
    parts.extend((unknown > 0).then(|| format!("{unknown} × n/a")));
    if parts.is_empty() { "n/a".to_owned() } else { parts.join(" + ") }
}

pub(super) fn date(unix_ms: i64) -> String {
    let date = jiff::Timestamp::from_millisecond(unix_ms);
    date.map_or_else(|_| "n/a".to_owned(), |date| date.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

/// A text within a line, without what could end the line or drive a terminal.
fn one_line(text: &str) -> String {
    text::clean_line(text).into_owned()
}
