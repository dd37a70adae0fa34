//! The rows of a turn around its text: who speaks, what was thought, calls, figures, failures.

use std::time::{Duration, Instant};

use crate::api::ApiError;
use crate::chat::{Outcome, Role, Run, Turn};
use crate::state::{Lane, State, StreamStatus};
use crate::text::{Emphasis, Ink, Line, Span, StyleRole, Wrap, clean_line, pretty_json, truncate, wrap};

use super::cache::plain_rows;

/// Reasoning that is under way shows this many rows of its end.
const THOUGHT_ROWS: usize = 3;

const SPINNER: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/// A time as people read it: `312 ms`, `4.2 s`, `3 m 05 s`.
pub(super) fn duration(time: Duration) -> String {
    let millis = time.as_millis();
    match millis {
        0..1000 => format!("{millis} ms"),
        1000..60_000 => format!("{}.{} s", millis / 1000, millis % 1000 / 100),
        _ => format!("{} m {:02} s", millis / 60_000, millis / 1000 % 60),
    }
}

/// The spinner's picture at a time since its start.
fn spinner(since: Duration) -> &'static str {
    let step = usize::try_from(since.as_millis() / 100).unwrap_or(0);
    SPINNER[step % SPINNER.len()]
}

/// The rows above a turn's text: a blank one, the speaker, and the caption of the reasoning.
pub(super) fn above(state: &State, lane: &Lane, turn: &Turn, columns: u16, now: Instant) -> Vec<Line> {
    let mut rows = Vec::new();
    if turn.depth > 0 {
        rows.push(Line::default());
    }
    rows.push(speaker(state, turn, columns));
    if !turn.reasoning.is_empty() {
        thought(state, lane, turn, columns, now, &mut rows);
    }
    rows
}

fn speaker(state: &State, turn: &Turn, columns: u16) -> Line {
    let (name, role) = match turn.role {
        Role::User => ("you", StyleRole::User),
        Role::Assistant => ("assistant", StyleRole::Assistant),
        Role::Tool => ("tool", StyleRole::ToolName),
        Role::System | Role::Developer => ("system", StyleRole::System),
    };
    let mut spans = vec![Span::new(name, Ink::from(role).with(Emphasis::BOLD))];
    let siblings = state.session.turns.siblings(turn.id);
    if siblings.len() > 1 {
        let at = siblings.iter().position(|id| *id == turn.id).unwrap_or(0) + 1;
        spans.push(Span::new(format!("  ‹{at}/{}›", siblings.len()), StyleRole::Chip));
    }
    if let Some(run) = turn.run.and_then(|run| state.session.run(run)) {
        let model = run.served_by.as_deref().unwrap_or(&run.request.model);
        let room = usize::from(columns).saturating_sub(20);
        spans.push(Span::new(format!("  {}", truncate(&clean_line(model), room)), StyleRole::Dim));
    }
    Line { spans }
}

/// `thinking 3.2 s` with the end of it while it comes; after that `thought 3.2 s`, folded.
fn thought(state: &State, lane: &Lane, turn: &Turn, columns: u16, now: Instant, rows: &mut Vec<Line>) {
    let run = turn.run.and_then(|run| state.session.run(run));
    let begun = run.and_then(|run| run.first_delta);
    let ended = run.and_then(|run| run.first_text.or(run.finished));
    let unfolded = lane.unfolded.contains(&turn.id);
    let mark = if unfolded { "▾" } else { "▸" };
    let time = begun.map(|begun| ended.unwrap_or(now).saturating_duration_since(begun));
    let time = time.map_or_else(String::new, |time| format!(" {}", duration(time)));
    let verb = if ended.is_some() || run.is_none() { "thought" } else { "thinking" };
    let hint = if unfolded { "" } else { " · space unfolds" };
    let caption = format!("{mark} {verb}{time}{hint}");
    rows.push(Line::new(truncate(&caption, usize::from(columns)), StyleRole::Reasoning));
    if ended.is_none() && !unfolded {
        rows.extend(end_of_thought(&turn.reasoning, columns));
    }
}

/// The last rows of a text, made from its end alone, however long it is.
fn end_of_thought(reasoning: &str, columns: u16) -> Vec<Line> {
    let enough = usize::from(columns) * (THOUGHT_ROWS + 1) * 4;
    let from = (reasoning.len().saturating_sub(enough)..=reasoning.len()).find(|at| reasoning.is_char_boundary(*at));
    let mut rows = Vec::new();
    plain_rows(&reasoning[from.unwrap_or(0)..], columns.saturating_sub(2), StyleRole::Reasoning, &mut rows);
    let skipped = rows.len().saturating_sub(THOUGHT_ROWS);
    let mut rows = rows.split_off(skipped);
    for row in &mut rows {
        row.spans.insert(0, Span::new("│ ", StyleRole::Border));
    }
    rows
}

/// A row for each tool call; its arguments below it when the turn is unfolded.
pub(super) fn calls(turn: &Turn, columns: u16, unfolded: bool) -> Vec<Line> {
    let mut rows = Vec::new();
    for call in &turn.tool_calls {
        let mark = if unfolded { "▾" } else { "▸" };
        let name = clean_line(&call.name);
        let room = usize::from(columns).saturating_sub(crate::text::width(&name) + 3);
        let mut spans = vec![Span::new(format!("{mark} "), StyleRole::Dim), Span::new(name, StyleRole::ToolName)];
        if unfolded {
            rows.push(Line { spans });
            rows.extend(pretty_json(&call.arguments, columns.saturating_sub(2)).into_iter().map(indented));
        } else {
            let arguments = clean_line(&call.arguments);
            spans.push(Span::new(format!(" {}", truncate(&arguments, room)), StyleRole::Dim));
            rows.push(Line { spans });
        }
    }
    rows
}

fn indented(mut row: Line) -> Line {
    row.spans.insert(0, Span::new("  ", StyleRole::Text));
    row
}

/// The rows below a turn's text: what it waits for, how it ended.
pub(super) fn below(state: &State, lane: &Lane, turn: &Turn, columns: u16, now: Instant) -> Vec<Line> {
    let mut rows = Vec::new();
    if lane.status.live().is_some_and(|(_, reply)| reply == turn.id) {
        rows.extend(waiting(&lane.status, columns, now));
    } else if let Some(run) = turn.run.and_then(|run| state.session.run(run)) {
        ending(lane, turn, run, columns, &mut rows);
    }
    rows
}

fn waiting(status: &StreamStatus, columns: u16, now: Instant) -> Option<Line> {
    let text = match status {
        StreamStatus::Opening { since, .. } => {
            let time = now.saturating_duration_since(*since);
            format!("{} waiting for the first token · {} · Esc stops", spinner(time), duration(time))
        }
        StreamStatus::Waiting { since, until, retry, .. } => {
            let left = until.saturating_duration_since(now);
            let spin = spinner(now.saturating_duration_since(*since));
            let (attempt, of) = (retry.attempt, retry.of);
            format!("{spin} try {attempt} of {of} in {} · {} · Esc stops", duration(left), clean_line(&retry.cause))
        }
        _ => return None,
    };
    Some(Line::new(truncate(&text, usize::from(columns)), StyleRole::Dim))
}

fn ending(lane: &Lane, turn: &Turn, run: &Run, columns: u16, rows: &mut Vec<Line>) {
    match &run.outcome {
        Outcome::Running => {}
        Outcome::Stopped => rows.push(Line::new("■ stopped", StyleRole::Warning)),
        Outcome::Failed(sentence) => failure(lane, turn, sentence, columns, rows),
        Outcome::Complete => {
            if let Some(said) = odd_finish(turn, run) {
                wrap(&[Span::new(said, StyleRole::Warning)], &Wrap::plain(columns), rows);
            }
        }
    }
}

/// What a reader has to know of a finish reason; `stop` and calls explain themselves.
fn odd_finish(turn: &Turn, run: &Run) -> Option<String> {
    let empty = turn.text.is_empty() && turn.refusal.is_empty() && turn.tool_calls.is_empty();
    match run.finish_reason.as_deref() {
        Some("length") => Some("■ cut at the token limit: raise max_tokens, or ask it to go on".to_owned()),
        Some("content_filter") => Some("■ cut by the provider's content filter".to_owned()),
        _ if empty => Some("■ the model ended without a word: r asks again".to_owned()),
        None | Some("stop" | "tool_calls" | "function_call" | "eos" | "eos_token") => None,
        Some(other) => Some(format!("■ ended: {}", clean_line(other))),
    }
}

fn failure(lane: &Lane, turn: &Turn, sentence: &str, columns: u16, rows: &mut Vec<Line>) {
    let partial = !turn.text.is_empty() || !turn.reasoning.is_empty() || !turn.tool_calls.is_empty();
    let mark = if partial { "✗ cut off: " } else { "✗ " };
    let spans = [
        Span::new(mark, Ink::from(StyleRole::Error).with(Emphasis::BOLD)),
        Span::new(clean_line(sentence), StyleRole::Error),
    ];
    wrap(&spans, &Wrap::plain(columns), rows);
    if let StreamStatus::Failed { error, reply } = &lane.status
        && *reply == turn.id
    {
        let step = next_step(lane, error);
        wrap(&[Span::new(step, StyleRole::Dim)], &Wrap::plain(columns), rows);
        if let Some(id) = &error.request_id {
            wrap(&[Span::new(format!("request id {}", clean_line(id)), StyleRole::Dim)], &Wrap::plain(columns), rows);
        }
    }
}

fn next_step(lane: &Lane, error: &ApiError) -> String {
    let refused = error.param.as_deref().filter(|name| lane.settings.params.get(name).is_some());
    if let Some(name) = refused {
        return format!("Alt+X resends without {}.", clean_line(name));
    }
    let step = error.next_step.as_deref().unwrap_or("Alt+R asks again.");
    clean_line(step).into_owned()
}
