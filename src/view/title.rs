//! A lane's title: its letter and name, and only what it asks with otherwise than the lanes beside it.

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
    let value = match field {
        Field::Model => return format!("{shared}{}", clean_line(&lane.settings.model)),
        Field::System => lane.settings.system.as_ref().map(|text| {
            let line = text.lines().next().unwrap_or_default();
            format!("“{}”", truncate(&clean_line(line), EXCERPT))
        }),
        Field::Tools if lane.settings.tools.is_empty() => None,
        Field::Tools => Some(lane.settings.tools.len().to_string()),
        Field::Param(name) => lane.settings.params.get(name).map(|value| {
            let word = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
            let refused = state.refusals.refusal(&lane.settings, name).is_some();
            let mark = match (refused, lane.settings.forced.contains(name)) {
                (true, false) => "✗",
                (true, true) => "!",
                (false, _) => "",
            };
            format!("{mark}{}", truncate(&clean_line(&word), EXCERPT))
        }),
    };
    let name = match field.name() {
        "temperature" => "T".into(),
        name => clean_line(name),
    };
    format!("{name} {shared}{}", value.as_deref().unwrap_or("–"))
}
