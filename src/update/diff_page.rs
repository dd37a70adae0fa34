//! The page of a diff: what both replies were asked with, what their runs came to, and how their texts differ.

use super::diff_figures;
use crate::chat::{Difference, Outcome, Role, Run, Settings, Turn};
use crate::input::Action;
use crate::state::{Side, State};
use crate::text::{
    self, Emphasis, Ink, Line, Piece, Span, StyleRole, Tally, Wrap, clean_line, diff_rows, word_diff, wrap,
};

/// The widest column for the names of fields and figures.
const NAMES: usize = 22;
/// Texts longer than this are compared by words; shorter ones stand beside each other.
const SHORT: usize = 48;
const INDENT: &str = "  ";

/// Rows, and which of them begin a change of the text.
pub(super) struct Page {
    pub(super) rows: Vec<Line>,
    pub(super) changes: Vec<usize>,
}

/// The page for rows of `width` cells.
pub(super) fn page(state: &State, sides: &[Side; 2], width: u16) -> Page {
    let mut rows = head(state, sides, width);
    let sources = sources(state, sides);
    let pieces = word_diff(&sources[0], &sources[1]);
    rows.extend(summary(state, sides, &pieces, width));
    rows.push(Line::default());
    let texts = diff_rows(&pieces, width);
    let changes = changes(&texts).into_iter().map(|row| row + rows.len()).collect();
    rows.extend(texts);
    Page { rows, changes }
}

/// The page as text for a clipboard: no row is broken, and the texts are the source.
pub(super) fn plain(state: &State, sides: &[Side; 2]) -> String {
    let sources = sources(state, sides);
    let pieces = word_diff(&sources[0], &sources[1]);
    let mut rows = head(state, sides, u16::MAX);
    rows.extend(summary(state, sides, &pieces, u16::MAX));
    let rows: Vec<String> = rows.iter().map(|row| row.plain().trim_end().to_owned()).collect();
    format!("{}\n\n{}", rows.join("\n"), text::reveal(&text::marked(&pieces)))
}

/// The first row of each run of rows with a change.
fn changes(rows: &[Line]) -> Vec<usize> {
    let changed = |row: &Line| {
        let role = |span: &Span| matches!(span.ink.role, StyleRole::SyntaxDeleted | StyleRole::SyntaxInserted);
        row.spans.iter().any(role)
    };
    let flags: Vec<bool> = rows.iter().map(changed).collect();
    (0..flags.len()).filter(|&row| flags[row] && (row == 0 || !flags[row - 1])).collect()
}

fn head(state: &State, sides: &[Side; 2], width: u16) -> Vec<Line> {
    let mut rows = vec![heading("Sent with")];
    let [left, right] = sides.each_ref().map(|side| run_of(state, side));
    match (left, right) {
        (Some(left), Some(right)) if left.id == right.id => {
            rows.push(note("One request brought both replies."));
            rows.push(Line::default());
        }
        (Some(left), Some(right)) => {
            rows.extend(settings(&left.settings, &right.settings, width));
            rows.extend(asked(state, sides).map(note));
            rows.push(Line::default());
            rows.extend(diff_figures::rows([left, right], sides, width));
            rows.push(Line::default());
        }
        _ => {
            rows.push(note("n/a: what these replies were asked with is not known."));
            rows.push(Line::default());
        }
    }
    rows
}

fn heading(text: &str) -> Line {
    Line::new(text, Ink::from(StyleRole::Heading).with(Emphasis::UNDERLINE))
}

fn note(text: &str) -> Line {
    Line::new(format!("{INDENT}{text}"), StyleRole::Dim)
}

fn run_of<'s>(state: &'s State, side: &Side) -> Option<&'s Run> {
    state.session.turns.get(side.turn).and_then(|turn| turn.run).and_then(|run| state.session.run(run))
}

fn settings(left: &Settings, right: &Settings, width: u16) -> Vec<Line> {
    let differences = left.differences(right);
    if differences.is_empty() {
        return vec![note("Both were sent with the same settings.")];
    }
    let wide = differences.iter().map(|difference| text::width(&clean_line(difference.field.name()))).max();
    let wide = wide.unwrap_or(0).min(NAMES);
    differences.iter().flat_map(|difference| difference_rows(difference, wide, width)).collect()
}

/// `temperature  0.2 → 0.9`; long texts by their words.
fn difference_rows(difference: &Difference, wide: usize, width: u16) -> Vec<Line> {
    let name = clean_line(difference.field.name());
    let name = text::truncate(&name, wide);
    let gap = " ".repeat(wide + 2 - text::width(&name));
    let first = [Span::new(format!("{INDENT}{name}{gap}"), StyleRole::Text)];
    let rest = [Span::new(" ".repeat(INDENT.len() + wide + 2), StyleRole::Text)];
    let mut rows = Vec::new();
    let within = Wrap { width, first: &first, rest: &rest };
    match (&difference.left, &difference.right) {
        (Some(left), Some(right)) if is_long(left) || is_long(right) => {
            let pieces = word_diff(left, right);
            wrap(&[Span::new(Tally::of(&pieces).to_string(), StyleRole::Dim)], &within, &mut rows);
            rows.extend(diff_rows(&pieces, width.saturating_sub(2)).into_iter().map(indented));
        }
        (left, right) => {
            let mut spans = vec![value(left.as_deref()), Span::new(" → ", StyleRole::Dim), value(right.as_deref())];
            if left == right {
                spans.push(Span::new(" (written alike, but not the same)", StyleRole::Dim));
            }
            wrap(&spans, &within, &mut rows);
        }
    }
    rows
}

fn is_long(text: &str) -> bool {
    text.contains('\n') || text.len() > SHORT
}

fn value(text: Option<&str>) -> Span {
    text.map_or_else(|| Span::new("unset", StyleRole::Unset), |text| Span::new(clean_line(text), StyleRole::Text))
}

fn indented(mut row: Line) -> Line {
    row.spans.insert(0, Span::new(INDENT, StyleRole::Text));
    row
}

/// What else was not the same when both were asked.
fn asked(state: &State, sides: &[Side; 2]) -> Option<&'static str> {
    let turns = &state.session.turns;
    let [left, right] = sides.each_ref().map(|side| turns.get(side.turn).and_then(|turn| turn.parent));
    if left == right {
        return None;
    }
    let question = |from| turns.up_from(from).find(|turn| turn.role == Role::User).map(|turn| &turn.text);
    Some(if question(left) == question(right) {
        "The conversations before them are not the same."
    } else {
        "They answer different questions."
    })
}

/// How much differs, what is still to come, and how to read the marks.
fn summary(state: &State, sides: &[Side; 2], pieces: &[Piece<'_>], width: u16) -> Vec<Line> {
    let mut rows = Vec::new();
    let tally = Tally::of(pieces);
    let mut spans = heading("Replies").spans;
    spans.push(Span::new("  ", StyleRole::Text));
    spans.push(Span::new(tally.to_string(), Ink::from(StyleRole::Text).with(Emphasis::BOLD)));
    if tally.differs {
        let [left, right] = sides.each_ref().map(|side| format!("only {}", clean_line(&side.name)));
        spans.push(Span::new(": ", StyleRole::Dim));
        let legend = [Piece::Removed(&left), Piece::Same(" "), Piece::Added(&right)];
        // The first span is the gutter's.
        spans.extend(diff_rows(&legend, u16::MAX).into_iter().flat_map(|row| row.spans).skip(1));
    }
    let indent = [Span::new(INDENT, StyleRole::Text)];
    wrap(&spans, &Wrap { width, first: &[], rest: &indent }, &mut rows);
    let within = Wrap { width, first: &indent, rest: &indent };
    for side in sides.iter().filter(|side| run_of(state, side).is_some_and(|run| run.outcome == Outcome::Running)) {
        let (name, key) = (clean_line(&side.name), state.key(Action::ReaderRefresh));
        let said = format!("{name} is still coming: {key} compares what has come, and all of it follows at its end.");
        wrap(&[Span::new(said, StyleRole::Warning)], &within, &mut rows);
    }
    rows
}

fn sources(state: &State, sides: &[Side; 2]) -> [String; 2] {
    sides.each_ref().map(|side| state.session.turns.get(side.turn).map(source).unwrap_or_default())
}

/// A reply's Markdown as it came, its refusal and its calls after it.
fn source(turn: &Turn) -> String {
    let calls = turn.tool_calls.iter().map(|call| format!("{} {}", call.name, call.arguments));
    let parts = [turn.text.clone(), turn.refusal.clone()].into_iter().chain(calls);
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}
