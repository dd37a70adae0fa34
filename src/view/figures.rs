//! A run's figures in one row: time to first token, speed, tokens in and out, cost, finish reason.

use std::time::Instant;

use ratatui::layout::Rect;

use crate::chat::{Cost, Measure, Run, Usage};
use crate::state::{Lane, LaneArea, LiveRun, State};
use crate::text::{Emphasis, Ink, Span, StyleRole, clean_line, duration, grouped, width};

use super::canvas::Canvas;

/// Beside the best of a figure that the lanes have in common.
const BEST: &str = "✓";

const GAP: &str = " · ";

/// How much a row of figures tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Detail {
    /// The cached and the reasoning tokens, and the finish reason.
    Whole,
    /// The finish reason only where it is not the usual one.
    Short,
}

/// Draws the figures of a lane's newest reply into its lower border.
pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, area: &LaneArea, now: Instant) {
    let Some(run) = newest(state, &state.lanes[area.place]) else { return };
    let others: Vec<&Run> = state.lanes.iter().filter_map(|lane| newest(state, lane)).collect();
    let row = Rect { x: area.frame.x + 1, y: area.frame.bottom() - 1, width: area.frame.width - 2, height: 1 };
    let spans = strip((run, state.meter.live(run.id)), &others, usize::from(row.width.saturating_sub(3)), now);
    if spans.is_empty() {
        return;
    }
    let x = canvas.text(row.x + 1, row.y, 1, " ", StyleRole::Dim);
    let x = canvas.spans(x, row.y, row.right().saturating_sub(x), &spans);
    canvas.text(x, row.y, 1, " ", StyleRole::Dim);
}

/// The run of a lane's last reply.
pub(super) fn newest<'a>(state: &'a State, lane: &Lane) -> Option<&'a Run> {
    let replied = |id: &crate::chat::TurnId| state.session.turns.get(*id).and_then(|turn| turn.run);
    lane.branch.iter().rev().take(2).find_map(replied).and_then(|run| state.session.run(run))
}

/// `✓312 ms · 61 tok/s · 812→204 · ¥0.0045 · stop` for some columns: with all that is known where it fits, else less of
/// it; whole figures only, since half a price reads as a price. The cost goes last.
/// While the reply comes, what has come of it is estimated.
pub(super) fn strip(run: Metered<'_>, others: &[&Run], columns: usize, now: Instant) -> Vec<Span> {
    let fits = |figures: &[Figure]| figures.iter().map(Figure::width).sum::<usize>() <= columns + width(GAP);
    let mut figures = figures(run, others, Detail::Whole, now);
    if !fits(&figures) {
        figures = self::figures(run, others, Detail::Short, now);
    }
    while !figures.is_empty() && !fits(&figures) {
        figures.remove(0);
    }
    let mut spans = Vec::new();
    for figure in figures {
        if !spans.is_empty() {
            spans.push(Span::new(GAP, StyleRole::Dim));
        }
        spans.extend(figure.into_spans());
    }
    spans
}

/// A run, and while its reply comes what is estimated of it.
pub(super) type Metered<'a> = (&'a Run, Option<&'a LiveRun>);

struct Figure {
    text: String,
    best: bool,
}

impl Figure {
    /// The columns that it takes with the gap before or after it.
    fn width(&self) -> usize {
        width(&self.text) + if self.best { width(BEST) } else { 0 } + width(GAP)
    }

    fn into_spans(self) -> Vec<Span> {
        if !self.best {
            return vec![Span::new(self.text, StyleRole::Dim)];
        }
        let ink = Ink::from(StyleRole::Good).with(Emphasis::BOLD);
        vec![Span::new(BEST, ink), Span::new(self.text, ink)]
    }
}

/// What is known of the run; the cost of a finished one is `n/a` where it is not.
fn figures((run, live): Metered<'_>, others: &[&Run], detail: Detail, now: Instant) -> Vec<Figure> {
    let measured = |text: String, measure: Measure| Figure { text, best: run.is_best(others, measure) };
    let plain = |text: String| Figure { text, best: false };
    let mut figures = Vec::new();
    if let Some(time) = run.time_to_first_token() {
        figures.push(measured(duration(time), Measure::TimeToFirstToken));
    }
    if let Some(speed) = run.decode_speed(now) {
        figures.push(measured(format!("{speed} tok/s"), Measure::DecodeSpeed));
    }
    match (live, &run.usage) {
        (Some(live), told) if run.first_delta.is_some() => figures.push(plain(coming(live, told.as_ref()))),
        (_, Some(usage)) => figures.push(plain(tokens(usage, detail))),
        (_, None) => {}
    }
    if let Some(live) = live {
        figures.extend(match live.cost(run.usage.as_ref()) {
            Cost::Estimated(money) => Some(plain(format!("~{}", money.rough()))),
            Cost::Unknown => None,
            cost => Some(plain(cost.to_string())),
        });
    }
    if run.finished.is_some() {
        figures.push(measured(run.cost.to_string(), Measure::Cost));
    }
    if let Some(reason) = run.finish_reason.as_deref().filter(|reason| detail == Detail::Whole || *reason != "stop") {
        // A server's word is shown as far as words go.
        figures.push(plain(clean_line(&reason.chars().take(24).collect::<String>()).into_owned()));
    }
    figures
}

/// `~812→~204` while the reply comes; the input without its mark once the server told it.
fn coming(live: &LiveRun, told: Option<&Usage>) -> String {
    let input = match told.and_then(|told| told.input) {
        Some(input) => grouped(input),
        None => format!("~{}{}", grouped(live.input.tokens), if live.input.unknown > 0 { "+n/a" } else { "" }),
    };
    format!("{input}→~{}", grouped(live.usage(told).output.unwrap_or(0)))
}

/// `812→204`, or `812 (512 cached)→204 (64 reasoning)`.
fn tokens(usage: &Usage, detail: Detail) -> String {
    let count = |tokens: Option<u64>| tokens.map_or_else(|| "n/a".to_owned(), grouped);
    let part = |tokens: Option<u64>, name: &str| {
        let shown = tokens.filter(|tokens| *tokens > 0 && detail == Detail::Whole);
        shown.map_or_else(String::new, |tokens| format!(" ({} {name})", grouped(tokens)))
    };
    let (cached, reasoning) = (part(usage.cached, "cached"), part(usage.reasoning, "reasoning"));
    format!("{}{cached}→{}{reasoning}", count(usage.input), count(usage.output))
}
