//! Calls and their answers in the transcript: a row each, whole when they are unfolded.

use crate::chat::{Role, ToolCall, Turn};
use crate::state::{CallId, CallState, State};
use crate::text::{
    Emphasis, Ink, Line, Span, StyleRole, clean, clean_line, counted, duration, grouped, pretty_json, truncate, width,
};

use super::cache::plain_rows;
use super::scroll::Pane;

/// Rows of a result below its call.
const RESULT_ROWS: usize = 12;

/// Rows of a tool's answer when it is unfolded.
const ANSWER_ROWS: usize = 200;

/// Of a text so much is looked at for each row that is shown of it: rows of 64 cells in the mean.
const BYTES_A_ROW: usize = 256;

/// How much of a call is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// As much as fits beside the name. While they come that is all, since making them pretty costs their whole length.
    Beginning,
    Whole,
}

/// A row for each call of a reply: `▸ get_weather {"city":"Tokyo"} ✓ 120 ms`; arguments and result below it when all is
/// shown.
pub(super) fn calls(state: &State, turn: &Turn, columns: u16, shown: Shown) -> Vec<Line> {
    let mut rows = Vec::new();
    for (index, call) in turn.tool_calls.iter().enumerate() {
        let of = state.session.call_state(turn, index);
        let id = CallId { reply: turn.id, index };
        let arguments = state.session.arguments(id).unwrap_or(&call.arguments);
        let ending = Span::new(ending(of), role(of));
        if shown == Shown::Beginning {
            rows.push(row(call, arguments, ending, columns));
            continue;
        }
        let mark = Span::new("▾ ", StyleRole::Dim);
        rows.push(Line { spans: vec![mark, Span::new(clean_line(&call.name), StyleRole::ToolName), ending] });
        rows.extend(pretty_json(arguments, columns.saturating_sub(2)).into_iter().map(indented));
        if let CallState::Ended { end, .. } | CallState::Large { end, .. } = of {
            rows.extend(bounded(&end.to_content(), columns.saturating_sub(2), RESULT_ROWS).into_iter().map(indented));
        }
    }
    rows
}

fn row(call: &ToolCall, arguments: &str, ending: Span, columns: u16) -> Line {
    let columns = usize::from(columns).saturating_sub(3);
    let name = truncate(&clean_line(&call.name), columns.saturating_sub(width(&ending.text)).max(8)).into_owned();
    let room = columns.saturating_sub(width(&name) + width(&ending.text));
    // Eight characters for each cell are enough, even with marks that take none.
    let beginning: String = arguments.chars().take(room * 8).collect();
    let beginning = truncate(&clean_line(&beginning), room).into_owned();
    let spans = vec![
        Span::new("▸ ", StyleRole::Dim),
        Span::new(name, StyleRole::ToolName),
        Span::new(format!(" {beginning}"), StyleRole::Dim),
        ending,
    ];
    Line { spans }
}

/// ` ✓ 120 ms` for what went well, a word for all else; nothing while it comes. Time that runs is the box's to show: these
/// rows are kept.
fn ending(of: &CallState) -> String {
    let (mark, word) = of.words();
    match (of, of.took()) {
        (CallState::Arrives, _) => String::new(),
        (_, Some(took)) if mark == "✓" => format!(" {mark} {}", duration(took)),
        (_, Some(took)) => format!(" {mark} {word} {}", duration(took)),
        (_, None) => format!(" {mark} {word}"),
    }
}

/// The ink of a state.
pub(super) fn role(of: &CallState) -> StyleRole {
    use crate::tools::CallEnd;
    match of {
        CallState::Arrives | CallState::NotRun => StyleRole::Dim,
        CallState::Invalid { .. } => StyleRole::Error,
        CallState::Waits | CallState::CutOff | CallState::Large { .. } | CallState::Running { .. } => {
            StyleRole::Warning
        }
        CallState::Ended { end, .. } => match end {
            CallEnd::Answered(_) => StyleRole::Good,
            CallEnd::Refused { .. } | CallEnd::Cancelled { .. } => StyleRole::Dim,
            CallEnd::Failed { .. } | CallEnd::TimedOut { .. } => StyleRole::Error,
        },
    }
}

fn indented(mut row: Line) -> Line {
    row.spans.insert(0, Span::new("  ", StyleRole::Text));
    row
}

/// The row of a tool's answer: `↳ get_weather  24 °C, clear`.
pub(super) fn answer(pane: &Pane<'_>, turn: &Turn) -> Line {
    let state = pane.state;
    let call =
        state.session.answered_by(turn).and_then(|id| state.session.turns.get(id.reply)?.tool_calls.get(id.index));
    let name = call.map_or("tool", |call| call.name.as_str());
    let mark = if pane.lane.unfolded.contains(&turn.id) { "▾ " } else { "↳ " };
    let mut spans = vec![
        Span::new(mark, StyleRole::Dim),
        Span::new(
            truncate(&clean_line(name), usize::from(pane.columns) / 2),
            Ink::from(StyleRole::ToolName).with(Emphasis::BOLD),
        ),
    ];
    let siblings = state.session.turns.siblings(turn.id);
    if siblings.len() > 1 {
        let at = siblings.iter().position(|id| *id == turn.id).unwrap_or(0) + 1;
        spans.push(Span::new(format!("  ‹{at}/{}›", siblings.len()), StyleRole::Chip));
    }
    if turn.edited {
        spans.push(Span::new("  ✎ edited", StyleRole::Warning));
    }
    let used: usize = spans.iter().map(|span| width(&span.text)).sum();
    let room = usize::from(pane.columns).saturating_sub(used + 2);
    let beginning: String = turn.text.chars().take(room * 8).collect();
    spans.push(Span::new(format!("  {}", truncate(&clean_line(&beginning), room)), StyleRole::Dim));
    Line { spans }
}

/// The rows of a tool's answer below its own, when it is unfolded.
pub(super) fn whole_answer(turn: &Turn, columns: u16, unfolded: bool) -> Vec<Line> {
    if turn.role != Role::Tool || !unfolded {
        return Vec::new();
    }
    bounded(&turn.text, columns.saturating_sub(2), ANSWER_ROWS).into_iter().map(indented).collect()
}

/// A hostile text made safe, so many rows of it, and how much is hidden.
fn bounded(text: &str, columns: u16, most: usize) -> Vec<Line> {
    let end = (0..=text.len().min(most * BYTES_A_ROW)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let mut rows = Vec::new();
    plain_rows(&clean(&text[..end]), columns, StyleRole::Text, &mut rows);
    if rows.len() <= most && end == text.len() {
        return rows;
    }
    rows.truncate(most);
    let lines = text.lines().count().saturating_sub(most).max(1);
    rows.push(Line::new(
        format!("… about {} of {} bytes", counted(lines as u64, "more line"), grouped(text.len() as u64)),
        StyleRole::Dim,
    ));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_result_says_how_much_is_hidden() {
        let text: String = (0..1000).map(|line| format!("line {line}\n")).collect();
        let rows = bounded(&text, 40, 3);
        let shown: Vec<String> = rows.iter().map(Line::plain).collect();
        assert_eq!(shown, ["line 0", "line 1", "line 2", "… about 997 more lines of 8,890 bytes"]);
        assert_eq!(bounded("one\u{1b}[31m", 40, 3).len(), 1);
        assert_eq!(bounded("", 40, 3), []);
    }
}
