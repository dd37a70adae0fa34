//! A session as it is read by people: what each lane asks with, what was said, and the figures of each reply.
//!
//! Owns the words and figures that Markdown and HTML have in common.

use std::collections::BTreeMap;
use std::time::Duration;

use rust_decimal::Decimal;

use super::branch::Written;
use crate::chat::{Attachment, Cost, Currency, Money, decode_speed};
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
    pub(super) attachments: Vec<Attachment>,
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
        let turns = written.branch(lane.tip).into_iter().map(|turn| TurnSheet::of(written, turn));
        Self {
            title: lane_title(lane),
            settings: settings(&lane.settings),
            system: lane.settings.system.as_deref(),
            turns: turns.collect(),
        }
    }
}

impl<'s> TurnSheet<'s> {
    fn of(written: &Written<'s>, turn: &'s SavedTurn) -> Self {
        let run = written.run(turn);
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
        Self { turn, attachments: written.attachments(turn), asked, figures: run.map(figures_line), fault }
    }
}

/// `Lane B`, and its name where it has one.
pub(super) fn lane_title(lane: &SavedLane) -> String {
    let name = lane.name.as_deref().map(|name| format!(" {}", one_line(name))).unwrap_or_default();
    format!("Lane {}{name}", lane.letter)
}

/// What is set, in a fixed order: the model first.
fn settings(settings: &SavedSettings) -> Vec<(String, String)> {
    // Of a run that another program made, nobody may know the provider.
    let at = if settings.provider.is_empty() { String::new() } else { format!(" @ {}", settings.provider) };
    let model = one_line(&format!("{}{at}", settings.model));
    let params = settings.params.iter().map(|(name, value)| {
        let forced = if settings.forced.contains(name) { " (forced)" } else { "" };
        (one_line(name), format!("{}{forced}", one_line(&value.to_string())))
    });
    let tools: Vec<&str> = settings.tools.iter().map(|tool| tool.name.as_str()).collect();
    let tools = (!tools.is_empty()).then(|| ("tools".to_owned(), one_line(&tools.join(", "))));
    let variables = settings.variables.iter().map(|(name, value)| (format!("{{{{{name}}}}}"), one_line(value)));
    std::iter::once(("model".to_owned(), model)).chain(params).chain(variables).chain(tools).collect()
}

/// A run's figures by their names; what is not known is `n/a`.
pub(super) fn figures(run: &SavedRun) -> Vec<(&'static str, String)> {
    let time = |nanos: Option<u64>| {
        nanos.map_or_else(|| "n/a".to_owned(), |nanos| text::duration(Duration::from_nanos(nanos)))
    };
    let usage = run.usage.clone().unwrap_or_default();
    let count = |count: Option<u64>| count.map_or_else(|| "n/a".to_owned(), text::grouped);
    let cached = usage.cached.filter(|cached| *cached > 0).map(|cached| format!(" ({} cached)", text::grouped(cached)));
    let reasoning =
        usage.reasoning.filter(|count| *count > 0).map(|count| format!(" ({} reasoning)", text::grouped(count)));
    let tokens = format!(
        "{}{} → {}{}",
        count(usage.input),
        cached.unwrap_or_default(),
        count(usage.output),
        reasoning.unwrap_or_default()
    );
    let mut figures = vec![
        ("first token", time(run.first_delta)),
        ("speed", speed(run).map_or_else(|| "n/a".to_owned(), |speed| format!("{speed} tok/s"))),
        ("total", time(run.finished)),
        ("tokens", tokens),
        ("cost", run.cost.cost().to_string()),
    ];
    figures.extend(run.finish_reason.as_ref().map(|reason| ("finish", one_line(reason))));
    let other = run.served_by.as_ref().filter(|served| **served != run.settings.model);
    figures.extend(other.map(|served| ("served by", one_line(served))));
    figures
}

/// The figures in one line. Two of them say what they are by their unit.
fn figures_line(run: &SavedRun) -> String {
    let figure = |(name, value): (&str, String)| match name {
        "speed" => value,
        "tokens" => format!("{value} tokens"),
        name => format!("{name} {value}"),
    };
    figures(run).into_iter().map(figure).collect::<Vec<_>>().join(" · ")
}

/// Output tokens a second after the first token.
fn speed(run: &SavedRun) -> Option<u64> {
    let decode = Duration::from_nanos(run.finished?.checked_sub(run.first_delta?)?);
    decode_speed(run.usage.as_ref()?.output?, decode)
}

/// What is known of an attachment: `image/png · 1.2 MB · 800×600`.
#[must_use]
pub fn described(attachment: &Attachment) -> String {
    let mut parts = vec![attachment.media_type().to_owned(), text::file_size(attachment.size())];
    parts.extend(attachment.picture().map(|picture| {
        picture.dimensions.map_or_else(|| "n/a".to_owned(), |(width, height)| format!("{width}×{height}"))
    }));
    if attachment.bytes().is_none() {
        parts = vec!["lost".to_owned()];
    }
    parts.join(" · ")
}

/// What runs cost together. Currencies are never added to each other, and unknown costs are counted, not left out.
pub(super) fn sums<'c>(costs: impl Iterator<Item = &'c SavedCost>) -> String {
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
