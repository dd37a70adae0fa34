//! The figures of two runs side by side, the better of each marked.

use crate::chat::{Measure, Outcome, Run, Usage};
use crate::state::Side;
use crate::text::{self, Emphasis, Ink, Line, Span, StyleRole, clean_line, truncate};

/// Columns for the names of the figures.
const NAMES: usize = 22;
/// Columns for each value, at the most.
const VALUES: usize = 32;
/// Beside the better of two figures.
const BETTER: &str = " ✓";
const UNKNOWN: &str = "n/a";

/// A figure of both runs, and which of them has the better one.
struct Figure {
    name: &'static str,
    shown: [String; 2],
    better: Option<usize>,
}

/// A row for each figure, after one with the title and the names of both sides.
pub(super) fn rows(runs: [&Run; 2], sides: &[Side; 2], width: u16) -> Vec<Line> {
    let wide = (usize::from(width).saturating_sub(NAMES + 4) / 2).min(VALUES);
    let bold = Ink::from(StyleRole::Title).with(Emphasis::BOLD);
    let names = sides.each_ref().map(|side| vec![Span::new(truncate(&clean_line(&side.name), wide), bold)]);
    let heading = Ink::from(StyleRole::Heading).with(Emphasis::UNDERLINE);
    let title = vec![Span::new("Figures", heading), Span::new("  ✓ the better", StyleRole::Dim)];
    let mut rows = vec![row(title, &names, wide)];
    rows.extend(figures(runs).iter().map(|figure| {
        let name = vec![Span::new(format!("  {}", figure.name), StyleRole::Text)];
        row(name, &[value(figure, 0, wide), value(figure, 1, wide)], wide)
    }));
    rows
}

fn value(figure: &Figure, place: usize, wide: usize) -> Vec<Span> {
    let shown = &figure.shown[place];
    let role = if shown == UNKNOWN { StyleRole::Unset } else { StyleRole::Text };
    if figure.better != Some(place) {
        return vec![Span::new(truncate(shown, wide), role)];
    }
    let mark = Span::new(BETTER, Ink::from(StyleRole::Good).with(Emphasis::BOLD));
    vec![Span::new(truncate(shown, wide.saturating_sub(text::width(BETTER))), role), mark]
}

fn row(name: Vec<Span>, [left, right]: &[Vec<Span>; 2], wide: usize) -> Line {
    let mut spans = name;
    let room = |spans: &[Span], cells: usize| {
        let used: usize = spans.iter().map(|span| text::width(&span.text)).sum();
        Span::new(" ".repeat(cells.saturating_sub(used)), StyleRole::Text)
    };
    spans.push(room(&spans, NAMES + 2));
    spans.extend(left.iter().cloned());
    spans.push(room(left, wide + 2));
    spans.extend(right.iter().cloned());
    Line { spans }
}

fn figures(runs: [&Run; 2]) -> Vec<Figure> {
    let unknown = Usage::default();
    let used = runs.map(|run| run.usage.as_ref().unwrap_or(&unknown));
    let speed = |run: &Run| run.finished.and_then(|finished| run.decode_speed(finished));
    let shown = |value: Option<String>| value.unwrap_or_else(|| UNKNOWN.to_owned());
    let plain = |name, shown| Figure { name, shown, better: None };
    let measured = |name, measure, shown| Figure { name, shown, better: better(runs, measure) };
    vec![
        measured(
            "time to first token",
            Measure::TimeToFirstToken,
            runs.map(|run| shown(run.time_to_first_token().map(text::duration))),
        ),
        measured(
            "speed",
            Measure::DecodeSpeed,
            runs.map(|run| shown(speed(run).map(|speed| format!("{speed} tok/s")))),
        ),
        plain("total time", runs.map(|run| shown(run.total_time().map(text::duration)))),
        plain("tokens in", used.map(|usage| counted(usage.input, usage.cached, "cached"))),
        plain("tokens out", used.map(|usage| counted(usage.output, usage.reasoning, "reasoning"))),
        measured("cost", Measure::Cost, runs.map(|run| run.cost.to_string())),
        plain("finish reason", runs.map(finish)),
    ]
}

fn better(runs: [&Run; 2], measure: Measure) -> Option<usize> {
    (0..2).find(|&place| runs[place].is_best(&[runs[1 - place]], measure))
}

/// A count, and what a part of it was, where that is known and not nothing.
fn counted(all: Option<u64>, part: Option<u64>, of: &str) -> String {
    match (all, part) {
        (Some(all), Some(part)) if part > 0 => format!("{all} ({part} {of})"),
        (Some(all), _) => all.to_string(),
        (None, _) => UNKNOWN.to_owned(),
    }
}

fn finish(run: &Run) -> String {
    let reason = run.finish_reason.as_deref().map(|reason| clean_line(reason).into_owned());
    match (&run.outcome, reason) {
        (Outcome::Running, _) => "still coming".to_owned(),
        (Outcome::Stopped, _) => "stopped by you".to_owned(),
        (Outcome::Failed(why), _) => format!("failed: {}", clean_line(why)),
        (Outcome::Complete, reason) => reason.unwrap_or_else(|| UNKNOWN.to_owned()),
    }
}
