//! A lane's title: its letter and name, and only what it asks with otherwise than the lanes beside it.

use std::borrow::Cow;
use std::io::{self, Write};

use serde_json::{Map, Value};

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
    if state.waits_for_user(place) {
        spans.push(Span::new(" ? waits for you", StyleRole::Warning));
    }
    let fields = telling(state, lane);
    let used: usize = spans.iter().map(|span| width(&span.text)).sum();
    let mut room = usize::from(columns).saturating_sub(used);
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

/// A lane's tab, without its letter, for some columns: its name, or as much as fits of what tells it from the others, or
/// its model.
pub(super) fn tab(state: &State, lane: &Lane, columns: u16) -> String {
    let columns = usize::from(columns);
    if let Some(name) = &lane.name {
        return brief(name, columns);
    }
    let fields = telling(state, lane);
    let mut parts = fields.iter().map(|field| part(state, lane, field));
    let first = parts.next().unwrap_or_else(|| clean_line(&lane.settings.model).into_owned());
    let mut tab = truncate(&first, columns).into_owned();
    for part in parts {
        if width(&tab) + 1 + width(&part) > columns {
            break;
        }
        tab = format!("{tab} {part}");
    }
    tab
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
    if *field == Field::Model {
        return format!("{shared}{}", clean_line(&lane.settings.model));
    }
    let mark = match field {
        Field::Param(name) if lane.settings.params.get(name).is_some() => {
            match (state.refusals.refusal(&lane.settings, name).is_some(), lane.settings.forced.contains(name)) {
                (true, false) => "✗",
                (true, true) => "!",
                (false, _) => "",
            }
        }
        _ => "",
    };
    let value = value_of(&lane.settings, field);
    format!("{} {shared}{mark}{}", short_name(field), value.as_deref().unwrap_or("–"))
}

fn short_name(field: &Field) -> Cow<'_, str> {
    match field.name() {
        "temperature" => "T".into(),
        name => clean_line(name),
    }
}

/// What a field but the model is set to, in a few columns.
fn value_of(settings: &Settings, field: &Field) -> Option<String> {
    match field {
        Field::Model => None,
        Field::System => settings
            .system
            .as_ref()
            .map(|text| format!("“{}”", brief(text.lines().next().unwrap_or_default(), EXCERPT))),
        Field::Tools => (!settings.tools.is_empty()).then(|| settings.tools.len().to_string()),
        Field::Param(name) => settings.params.get(name).map(|value| value_in_short(value, EXCERPT)),
    }
}

/// ` · T 1  top_p –`: what a reply was asked with otherwise than the lane asks now, in whole parts; a sibling may be another
/// lane's. The model is told beside it.
pub(super) fn differing(asked: &Settings, now: &Settings, columns: usize) -> Option<String> {
    let fields = Settings::fields([asked, now]);
    let differs = |field: &&Field| **field != Field::Model && !asked.agree(now, field);
    let mut text = String::new();
    for field in fields.iter().filter(differs) {
        let gap = if text.is_empty() { " · " } else { "  " };
        let part = format!("{gap}{} {}", short_name(field), value_of(asked, field).as_deref().unwrap_or("–"));
        if width(&text) + width(&part) > columns {
            break;
        }
        text.push_str(&part);
    }
    (!text.is_empty()).then_some(text)
}

/// A value in some columns, at the cost of what is shown: a string without its quotes, an object by its type and the name
/// of what it holds where that tells it.
pub(super) fn value_in_short(value: &Value, columns: usize) -> String {
    let parts = value.as_object().map_or(0, Map::len);
    let held = value.as_object().into_iter().flat_map(Map::values);
    let name = held.filter_map(|part| part.get("name")).find_map(Value::as_str);
    match (value.as_str(), value.get("type").and_then(Value::as_str), name) {
        (Some(word), ..) => brief(word, columns),
        (None, Some(kind), Some(name)) => brief(&format!("{} {}", brief(kind, columns), brief(name, columns)), columns),
        (None, Some(kind), None) if parts == 1 => brief(kind, columns),
        _ => brief(&beginning(value, columns.saturating_mul(BYTES_A_CELL)), columns),
    }
}

/// The beginning of a text in some cells, at the cost of what is shown: a prompt's line may be as long as the prompt.
pub(super) fn brief(text: &str, columns: usize) -> String {
    let beginning: String = text.chars().take(columns.saturating_mul(BYTES_A_CELL)).collect();
    truncate(&clean_line(&beginning), columns).into_owned()
}

/// So many bytes of a value's JSON at the most.
fn beginning(value: &Value, most: usize) -> String {
    let mut beginning = Beginning { bytes: Vec::new(), most };
    // It ends in an error where the value is longer.
    let _ = serde_json::to_writer(&mut beginning, value);
    String::from_utf8_lossy(&beginning.bytes).trim_end_matches(char::REPLACEMENT_CHARACTER).to_owned()
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
        assert_eq!(value_in_short(&json!([1, "漢"]), 9), "[1,\"漢\"]");
        assert_eq!(value_in_short(&json!({"a": ["漢".repeat(99)]}), 9), "{\"a\":[\"…");
        assert_eq!([value_in_short(&json!([1]), 0), brief("long enough", 5)], ["", "long…"]);
    }

    #[test]
    fn no_more_of_a_value_is_looked_at_than_could_be_shown() {
        let mut beginning = Beginning { bytes: Vec::new(), most: 7 };
        assert!(serde_json::to_writer(&mut beginning, &json!([1, 2, [3, 4], "five"])).is_err());
        assert_eq!(beginning.bytes, b"[1,2,[3");
    }

    #[test]
    fn a_value_is_told_by_its_type_and_its_name_where_it_has_them() {
        let format = json!({"type": "json_schema", "json_schema": {"name": "person", "schema": {"type": "object"}}});
        let choice = json!({"type": "function", "function": {"name": "pay"}});
        let thinking = json!({"budget": 7, "type": "enabled"});
        let shown =
            [format, choice, json!({"type": "json_object"}), thinking, json!("auto"), json!(["END"]), json!(0.2)];
        assert_eq!(
            shown.each_ref().map(|value| value_in_short(value, 40)),
            [
                "json_schema person",
                "function pay",
                "json_object",
                r#"{"budget":7,"type":"enabled"}"#,
                "auto",
                r#"["END"]"#,
                "0.2"
            ]
        );
    }
}
