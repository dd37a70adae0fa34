//! A lane's title: its letter and name, and only what it asks with otherwise than the lanes beside it.

use std::io::{self, Write};

use serde_json::Value;

use crate::chat::{Field, Settings};
use crate::state::{Lane, State};
use crate::text::{Emphasis, Ink, Span, StyleRole, clean_line, truncate, width};

/// So much of a text value is enough to tell it from another.
const EXCERPT: usize = 16;

/// Of a value so many bytes are looked at for each cell that it has: most are one, some marks take no cell.
const BYTES_A_CELL: usize = 16;

/// A lane's letter, as text.
pub(super) fn letter_of(lane: &Lane) -> String {
    lane.letter.to_string()
}

/// The title of the lane at a place, for some columns: whole parts only, `+2` for those that have no room.
pub(super) fn of(state: &State, place: usize, columns: u16) -> Vec<Span> {
    let Some(lane) = state.lanes.get(place) else { return Vec::new() };
    let role = if place == state.focused { StyleRole::Focus } else { StyleRole::Title };
    let mut spans = vec![Span::new(clean_line(&lane.title()).into_owned(), Ink::from(role).with(Emphasis::BOLD))];
    let fields = telling(state, lane);
    let mut room = usize::from(columns).saturating_sub(width(&spans[0].text));
    let mut left = fields.len();
    for (place, field) in fields.iter().enumerate() {
        let part = part(state, lane, field);
        // The mark of what has no room needs room itself, unless this is the last.
        let kept = if left == 1 { 0 } else { 4 };
        let wide = width(&part) + 2;
        if wide + kept > room {
            break;
        }
        room -= wide;
        left -= 1;
        let role = if place == 0 && state.lanes.len() > 1 { StyleRole::Title } else { StyleRole::Dim };
        spans.push(Span::new(format!("  {part}"), role));
    }
    if left > 0 && room >= 4 {
        spans.push(Span::new(format!("  +{left}"), StyleRole::Dim));
    }
    spans
}

/// What tells the lane from the others; a lone lane is told by what is set in it.
fn telling(state: &State, lane: &Lane) -> Vec<Field> {
    let others: Vec<&Lane> = state.lanes.iter().filter(|other| other.id != lane.id).collect();
    let fields = Settings::fields(state.lanes.iter().map(|lane| &lane.settings));
    let tells = |field: &Field| match others.as_slice() {
        [] => *field != Field::Model && lane.settings.is_set(field),
        others => others.iter().any(|other| !lane.settings.agree(&other.settings, field)),
    };
    // What may be called says the least of how a lane answers.
    let (tools, others): (Vec<Field>, Vec<Field>) =
        fields.into_iter().filter(tells).partition(|field| *field == Field::Tools);
    others.into_iter().chain(tools).collect()
}

/// `T 0.20`, `system “Be brief…”`, `top_p –`; what is shared with other lanes has a `=`, what is set and not sent a `✗`.
fn part(state: &State, lane: &Lane, field: &Field) -> String {
    let shared = if lane.shares.contains(field) { "=" } else { "" };
    let value = match field {
        Field::Model => return format!("{shared}{}", clean_line(&lane.settings.model)),
        Field::System => lane
            .settings
            .system
            .as_ref()
            .map(|text| format!("“{}”", brief(text.lines().next().unwrap_or_default(), EXCERPT))),
        Field::Tools if lane.settings.tools.is_empty() => None,
        Field::Tools => Some(lane.settings.tools.len().to_string()),
        Field::Param(name) => lane.settings.params.get(name).map(|value| {
            let refused = state.refusals.refusal(&lane.settings, name).is_some();
            let mark = match (refused, lane.settings.forced.contains(name)) {
                (true, false) => "✗",
                (true, true) => "!",
                (false, _) => "",
            };
            format!("{mark}{}", word(value, EXCERPT))
        }),
    };
    let name = match field.name() {
        "temperature" => "T".into(),
        name => clean_line(name),
    };
    format!("{name} {shared}{}", value.as_deref().unwrap_or("–"))
}

/// The beginning of a text in some cells, at the cost of what is shown: a prompt's line may be as long as the prompt.
pub(super) fn brief(text: &str, columns: usize) -> String {
    let beginning: String = text.chars().take(columns.saturating_mul(BYTES_A_CELL)).collect();
    truncate(&clean_line(&beginning), columns).into_owned()
}

/// A value as it is sent in some cells, a string without its quotes, at the cost of what is shown.
pub(super) fn word(value: &Value, columns: usize) -> String {
    if let Some(text) = value.as_str() {
        return brief(text, columns);
    }
    let mut beginning = Beginning { bytes: Vec::new(), most: columns.saturating_mul(BYTES_A_CELL) };
    // It ends in an error where the value is longer.
    let _ = serde_json::to_writer(&mut beginning, value);
    let text = String::from_utf8_lossy(&beginning.bytes);
    brief(text.trim_end_matches(char::REPLACEMENT_CHARACTER), columns)
}

/// Takes so many bytes and no more.
struct Beginning {
    bytes: Vec<u8>,
    most: usize,
}

impl Write for Beginning {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.most - self.bytes.len());
        self.bytes.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_written_as_far_as_it_is_shown() {
        assert_eq!([word(&json!("a b"), 9), word(&json!([1, "漢"]), 9)], ["a b", "[1,\"漢\"]"]);
        assert_eq!(word(&json!({"a": ["漢".repeat(99)]}), 9), "{\"a\":[\"…");
        assert_eq!([word(&json!([1]), 0), brief("long enough", 5)], ["", "long…"]);
    }

    #[test]
    fn no_more_of_a_value_is_looked_at_than_could_be_shown() {
        let mut beginning = Beginning { bytes: Vec::new(), most: 7 };
        assert!(serde_json::to_writer(&mut beginning, &json!([1, 2, [3, 4], "five"])).is_err());
        assert_eq!(beginning.bytes, b"[1,2,[3");
    }
}
