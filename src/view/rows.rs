//! The rows of a turn around its text: who speaks, what was thought, calls, figures, failures.

use std::time::Duration;

use crate::api::ApiError;
use crate::chat::{Outcome, Role, Run, Turn};
use crate::input::Action;
use crate::state::attach::chip_text;
use crate::state::{SILENCE, State, StreamStatus};
use crate::text::{Emphasis, Ink, Line, Span, StyleRole, Wrap, clean_line, duration, truncate, width, wrap};

use super::cache::plain_rows;
use super::call_rows;
use super::figures;
use super::scroll::Pane;
use super::title;

/// Reasoning that is under way shows this many rows of its end.
const THOUGHT_ROWS: usize = 3;

const SPINNER: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/// The spinner's picture at a time since its start.
fn spinner(since: Duration) -> &'static str {
    let step = usize::try_from(since.as_millis() / 100).unwrap_or(0);
    SPINNER[step % SPINNER.len()]
}

/// The rows above a turn's text: a blank one, the speaker, and the caption of the reasoning.
pub(super) fn above(pane: &Pane<'_>, turn: &Turn, thought: &str) -> Vec<Line> {
    if turn.role == Role::Tool {
        return vec![call_rows::answer(pane, turn)];
    }
    let mut rows = Vec::new();
    if turn.depth > 0 {
        rows.push(Line::default());
    }
    rows.push(speaker(pane, turn));
    let chip = |attachment| Line::new(truncate(&chip_text(attachment), usize::from(pane.columns)), StyleRole::Chip);
    rows.extend(turn.attachments.iter().map(chip));
    if !turn.reasoning.is_empty() {
        reasoning(pane, turn, thought, &mut rows);
    }
    rows
}

fn speaker(pane: &Pane<'_>, turn: &Turn) -> Line {
    let Pane { state, lane, columns, .. } = *pane;
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
    if turn.edited {
        spans.push(Span::new("  ✎ edited", StyleRole::Warning));
    }
    if let Some(run) = turn.run.and_then(|run| state.session.run(run)) {
        let model = run.served_by.as_deref().unwrap_or(&run.settings.model);
        let room = usize::from(columns).saturating_sub(20);
        spans.push(Span::new(format!("  {}", truncate(&clean_line(model), room)), StyleRole::Dim));
        if siblings.len() > 1 {
            let used: usize = spans.iter().map(|span| width(&span.text)).sum();
            let others = title::differing(&run.settings, &lane.settings, usize::from(columns).saturating_sub(used));
            spans.extend(others.map(|text| Span::new(text, StyleRole::Dim)));
        }
    }
    Line { spans }
}

/// `thinking 3.2 s` with the end of it while it comes; after that `thought 3.2 s`, folded.
fn reasoning(pane: &Pane<'_>, turn: &Turn, thought: &str, rows: &mut Vec<Line>) {
    let Pane { state, lane, columns, now, .. } = *pane;
    let run = turn.run.and_then(|run| state.session.run(run));
    let begun = run.and_then(|run| run.first_delta);
    let ended = run.and_then(|run| run.first_text.or(run.finished));
    let unfolded = lane.unfolded.contains(&turn.id);
    let mark = if unfolded { "▾" } else { "▸" };
    let time = begun.map(|begun| ended.unwrap_or(now).saturating_duration_since(begun));
    let time = time.map_or_else(String::new, |time| format!(" {}", duration(time)));
    let verb = if ended.is_some() || run.is_none() { "thought" } else { "thinking" };
    let hint = if unfolded { String::new() } else { format!(" · {} unfolds", state.key(Action::Fold)) };
    let caption = format!("{mark} {verb}{time}{hint}");
    rows.push(Line::new(truncate(&caption, usize::from(columns)), StyleRole::Reasoning));
    if ended.is_none() && !unfolded {
        rows.extend(end_of_thought(thought, columns));
    }
}

/// The last rows of a clean text, made from its end alone, however long it is.
fn end_of_thought(thought: &str, columns: u16) -> Vec<Line> {
    let enough = usize::from(columns) * (THOUGHT_ROWS + 1) * 4;
    let from = (thought.len().saturating_sub(enough)..=thought.len()).find(|at| thought.is_char_boundary(*at));
    let mut rows = Vec::new();
    plain_rows(&thought[from.unwrap_or(0)..], columns.saturating_sub(2), StyleRole::Reasoning, &mut rows);
    let skipped = rows.len().saturating_sub(THOUGHT_ROWS);
    let mut rows = rows.split_off(skipped);
    for row in &mut rows {
        row.spans.insert(0, Span::new("│ ", StyleRole::Border));
    }
    rows
}

/// The rows below a turn's text: what it waits for, how it ended.
pub(super) fn below(pane: &Pane<'_>, turn: &Turn) -> Vec<Line> {
    let mut rows = Vec::new();
    if pane.lane.status.live().is_some_and(|(_, reply)| reply == turn.id) {
        rows.extend(waiting(pane));
    } else if let Some(run) = turn.run.and_then(|run| pane.state.session.run(run)) {
        ending(pane, turn, run, &mut rows);
        older(pane, run, &mut rows);
    }
    rows
}

/// The figures of a reply that is not the newest, whose figures stand in the lane's border.
fn older(pane: &Pane<'_>, run: &Run, rows: &mut Vec<Line>) {
    let in_border = figures::newest(pane.state, pane.lane).is_some_and(|newest| newest.id == run.id);
    if in_border || run.first_delta.is_none() {
        return;
    }
    let spans = figures::strip((run, None), &[], usize::from(pane.columns), pane.now);
    if !spans.is_empty() {
        rows.push(Line { spans });
    }
}

fn waiting(pane: &Pane<'_>) -> Option<Line> {
    let now = pane.now;
    let stop = pane.state.key(Action::Back);
    let text = match &pane.lane.status {
        StreamStatus::Opening { since, .. } => {
            let time = now.saturating_duration_since(*since);
            format!("{} waiting for the first token · {} · {stop} stops", spinner(time), duration(time))
        }
        StreamStatus::Waiting { since, until, retry, .. } => {
            let left = until.saturating_duration_since(now);
            let spin = spinner(now.saturating_duration_since(*since));
            let (attempt, of, cause) = (retry.attempt, retry.of, clean_line(&retry.cause));
            if left.is_zero() {
                // The try has begun; nothing tells of it until the server answers.
                let time = duration(now.saturating_duration_since(*until));
                format!("{spin} try {attempt} of {of} · {time} · {stop} stops · {cause}")
            } else {
                format!("{spin} try {attempt} of {of} in {} · {stop} stops · {cause}", duration(left))
            }
        }
        StreamStatus::Streaming { last, .. } => {
            let silent = now.saturating_duration_since(*last);
            if silent < SILENCE {
                return None;
            }
            format!("nothing came for {} s · {stop} stops", silent.as_secs())
        }
        _ => return None,
    };
    Some(Line::new(truncate(&text, usize::from(pane.columns)), StyleRole::Dim))
}

fn ending(pane: &Pane<'_>, turn: &Turn, run: &Run, rows: &mut Vec<Line>) {
    match &run.outcome {
        Outcome::Running => {}
        Outcome::Stopped => rows.push(Line::new("■ stopped", StyleRole::Warning)),
        Outcome::Failed(sentence) => failure(pane, turn, sentence, rows),
        Outcome::Complete => {
            if let Some(said) = odd_finish(pane.state, turn, run) {
                wrap(&[Span::new(said, StyleRole::Warning)], &Wrap::plain(pane.columns), rows);
            }
        }
    }
}

/// What a reader has to know of a finish reason; `stop` and calls explain themselves.
fn odd_finish(state: &State, turn: &Turn, run: &Run) -> Option<String> {
    let empty = turn.text.is_empty() && turn.refusal.is_empty() && turn.tool_calls.is_empty();
    match run.finish_reason.as_deref() {
        Some("length") => Some("■ cut at the token limit: raise max_tokens, or ask it to go on".to_owned()),
        Some("content_filter") => Some("■ cut by the provider's content filter".to_owned()),
        _ if empty => Some(format!("■ the model ended without a word: {} asks again", state.key(Action::Again))),
        None | Some("stop" | "tool_calls" | "function_call" | "eos" | "eos_token") => None,
        Some(other) => Some(format!("■ ended: {}", clean_line(other))),
    }
}

fn failure(pane: &Pane<'_>, turn: &Turn, sentence: &str, rows: &mut Vec<Line>) {
    let Pane { lane, columns, .. } = *pane;
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
        let step = next_step(pane, error);
        wrap(&[Span::new(step, StyleRole::Dim)], &Wrap::plain(columns), rows);
        if let Some(id) = &error.request_id {
            wrap(&[Span::new(format!("request id {}", clean_line(id)), StyleRole::Dim)], &Wrap::plain(columns), rows);
        }
    }
}

fn next_step(pane: &Pane<'_>, error: &ApiError) -> String {
    let state = pane.state;
    let refused = error.param.as_deref().filter(|name| pane.lane.settings.params.get(name).is_some());
    if let Some(name) = refused {
        return format!("{} resends without {}.", state.key(Action::ResendWithout), clean_line(name));
    }
    let again = format!("{} asks again.", state.key(Action::Again));
    match &error.next_step {
        Some(step) => format!("{} {again}", clean_line(step)),
        None => again,
    }
}
