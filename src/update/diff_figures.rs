//! The figures of two runs side by side, the better of each marked.

use std::cmp::Ordering;
use std::time::Duration;

use crate::chat::{Cost, Outcome, Run, Usage};
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
    let usage = runs.map(|run| run.usage.as_ref());
    vec![
        measured("time to first token", runs.map(first_token), duration, Ordering::Less),
        measured("speed", runs.map(speed), |speed| format!("{speed} tok/s"), Ordering::Greater),
        measured("total time", runs.map(total_time), duration, Ordering::Less),
        counted("tokens in", usage, |usage| (usage.input, usage.cached, "cached")),
        counted("tokens out", usage, |usage| (usage.output, usage.reasoning, "reasoning")),
        cost(runs),
        Figure { name: "finish reason", shown: runs.map(finish), better: None },
    ]
}

fn measured<T: Ord + Copy>(
    name: &'static str,
    values: [Option<T>; 2],
    show: fn(T) -> String,
    good: Ordering,
) -> Figure {
    let better = match values {
        [Some(left), Some(right)] if left != right => Some(usize::from(left.cmp(&right) != good)),
        _ => None,
    };
    Figure { name, shown: values.map(|value| value.map_or_else(|| UNKNOWN.to_owned(), show)), better }
}

/// A count that is neither good nor bad, and what a part of it was, where that is known and not nothing.
fn counted(
    name: &'static str,
    usage: [Option<&Usage>; 2],
    count: fn(&Usage) -> (Option<u64>, Option<u64>, &'static str),
) -> Figure {
    let shown = usage.map(|usage| match usage.map(count) {
        Some((Some(all), Some(part), of)) if part > 0 => format!("{all} ({part} {of})"),
        Some((Some(all), ..)) => all.to_string(),
        _ => UNKNOWN.to_owned(),
    });
    Figure { name, shown, better: None }
}

fn cost(runs: [&Run; 2]) -> Figure {
    let better = match runs.map(|run| &run.cost) {
        [Cost::Known(left), Cost::Known(right)] if left.currency == right.currency && left.amount != right.amount => {
            Some(usize::from(right.amount < left.amount))
        }
        _ => None,
    };
    Figure { name: "cost", shown: runs.map(|run| run.cost.to_string()), better }
}

fn first_token(run: &Run) -> Option<Duration> {
    run.first_delta.map(|first| first.saturating_duration_since(run.started))
}

/// Output tokens over the time after the first one.
fn speed(run: &Run) -> Option<u64> {
    let decode = run.finished?.saturating_duration_since(run.first_delta?).as_millis();
    let output = run.usage.as_ref()?.output?;
    u64::try_from((u128::from(output) * 1000).checked_div(decode)?).ok()
}

fn total_time(run: &Run) -> Option<Duration> {
    run.finished.map(|finished| finished.saturating_duration_since(run.started))
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

/// `312 ms`, `4.2 s`, `3 m 05 s`.
fn duration(time: Duration) -> String {
    let millis = time.as_millis();
    match millis {
        0..1000 => format!("{millis} ms"),
        1000..60_000 => format!("{}.{} s", millis / 1000, millis % 1000 / 100),
        _ => format!("{} m {:02} s", millis / 60_000, millis / 1000 % 60),
    }
}
