//! A lane's title: its letter and name, and only what it asks with otherwise than the lanes beside it.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::chat::{Field, Settings};
use crate::state::{Lane, State};
use crate::text::{Emphasis, Ink, Span, StyleRole, clean_line, truncate, width};

/// So much of a text value is enough to tell it from another.
const EXCERPT: usize = 16;

/// A lane's letter, as text.
pub(super) fn letter_of(lane: &Lane) -> String {
    lane.letter.to_string()
}

/// The title of the lane at a place, for some columns: whole parts only, `+2` for those that have no room.
pub(super) fn of(state: &State, place: usize, columns: u16) -> Vec<Span> {
    let Some(lane) = state.lanes.get(place) else { return Vec::new() };
    let role = if place == state.focused { StyleRole::Focus } else { StyleRole::Title };
    let mut spans = vec![Span::new(clean_line(&lane.title()).into_owned(), Ink::from(role).with(Emphasis::BOLD))];
    let parts = parts(state, lane);
    let mut room = usize::from(columns).saturating_sub(width(&spans[0].text));
    let mut left = parts.len();
    for (place, part) in parts.into_iter().enumerate() {
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
    let own = lane.name.as_ref().map(|name| clean_line(name).into_owned());
    let mut parts = own.map_or_else(|| parts(state, lane), |name| vec![name]).into_iter();
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
fn parts(state: &State, lane: &Lane) -> Vec<String> {
    let others: Vec<&Lane> = state.lanes.iter().filter(|other| other.id != lane.id).collect();
    let fields = Settings::fields(state.lanes.iter().map(|lane| &lane.settings));
    let tells = |field: &Field| match others.as_slice() {
        [] => *field != Field::Model && lane.settings.shown(field).is_some(),
        others => others.iter().any(|other| !lane.settings.agree(&other.settings, field)),
    };
    // What may be called says the least of how a lane answers.
    let (tools, others): (Vec<&Field>, Vec<&Field>) = fields.iter().partition(|field| **field == Field::Tools);
    others.into_iter().chain(tools).filter(|field| tells(field)).map(|field| part(state, lane, field)).collect()
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
        Field::System => settings.system.as_ref().map(|text| {
            let line = text.lines().next().unwrap_or_default();
            format!("“{}”", truncate(&clean_line(line), EXCERPT))
        }),
        Field::Tools => (!settings.tools.is_empty()).then(|| settings.tools.len().to_string()),
        Field::Param(name) => {
            let value = settings.params.get(name)?;
            Some(truncate(&clean_line(&value_in_short(value)), EXCERPT).into_owned())
        }
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

/// A value in a few columns: a string without its quotes, an object by its type and the name of what it holds where that
/// tells it.
pub(super) fn value_in_short(value: &Value) -> String {
    let parts = value.as_object().map_or(0, Map::len);
    let held = value.as_object().into_iter().flat_map(Map::values);
    let name = held.filter_map(|part| part.get("name")).find_map(Value::as_str);
    match (value.as_str(), value.get("type").and_then(Value::as_str), name) {
        (Some(word), ..) => word.to_owned(),
        (None, Some(kind), Some(name)) => format!("{kind} {name}"),
        (None, Some(kind), None) if parts == 1 => kind.to_owned(),
        _ => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_told_by_its_type_and_its_name_where_it_has_them() {
        let format = json!({"type": "json_schema", "json_schema": {"name": "person", "schema": {"type": "object"}}});
        let choice = json!({"type": "function", "function": {"name": "pay"}});
        let thinking = json!({"budget": 7, "type": "enabled"});
        let shown =
            [format, choice, json!({"type": "json_object"}), thinking, json!("auto"), json!(["END"]), json!(0.2)];
        assert_eq!(
            shown.each_ref().map(value_in_short),
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
