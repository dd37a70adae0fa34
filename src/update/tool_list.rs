//! The list of tools: each on or off in the focused lane, and in those that share its tools; strict or not; named as the
//! choice.

use std::time::Instant;

use serde_json::{Value, json};

use super::Effects;
use crate::chat::{Field, Tool};
use crate::input::Action;
use crate::state::{Level, Overlay, State, ToolList, ToolRow, ToolSource};
use crate::text;

pub(super) fn open(state: &mut State) -> Effects {
    state.overlay = Some(Overlay::Tools(Box::default()));
    refresh(state);
    Effects::new()
}

fn list(state: &mut State) -> Option<&mut ToolList> {
    match &mut state.overlay {
        Some(Overlay::Tools(list)) => Some(list),
        _ => None,
    }
}

/// Fills the list anew, by what is typed.
pub(super) fn refresh(state: &mut State) {
    let all = rows(state);
    let Some(list) = list(state) else { return };
    let told = |row: &ToolRow| {
        let description = row.tool.definition["function"]["description"].as_str().unwrap_or_default();
        format!("{} {description}", row.tool.name)
    };
    let names: Vec<String> = all.iter().map(told).collect();
    list.rows = text::rank(list.query.trim(), &names).into_iter().filter_map(|place| all.get(place).cloned()).collect();
    list.selected = list.selected.min(list.rows.len().saturating_sub(1));
}

/// The lane's tools, then those of other lanes, then what else could be offered.
fn rows(state: &State) -> Vec<ToolRow> {
    let mut rows: Vec<ToolRow> = Vec::new();
    let offered = &state.tools.offered;
    let from =
        |name: &str| offered.iter().find(|(tool, _)| tool.name == name).map_or(ToolSource::Lane, |(_, from)| *from);
    let mut add = |tool: &Tool, from: ToolSource, on: bool| {
        if rows.iter().all(|row| row.tool.name != tool.name) {
            rows.push(ToolRow { tool: tool.clone(), from, on });
        }
    };
    for tool in state.lane().settings.tools.iter() {
        add(tool, from(&tool.name), true);
    }
    for (tool, from) in offered {
        add(tool, *from, false);
    }
    for tool in state.lanes.iter().flat_map(|lane| lane.settings.tools.iter()) {
        add(tool, from(&tool.name), false);
    }
    rows
}

/// Does something with the selected tool; the list stays open.
pub(super) fn perform(state: &mut State, action: Action, now: Instant) -> Effects {
    let Some(row) = list(state).and_then(|list| list.chosen().cloned()) else { return Effects::new() };
    match action {
        Action::OverlayStrict => strict(state, &row),
        Action::OverlayToolChoice => choose(state, &row, now),
        _ => toggle(state, &row),
    }
    refresh(state);
    keep_selected(state, &row.tool.name);
    Effects::new()
}

fn keep_selected(state: &mut State, name: &str) {
    if let Some(list) = list(state)
        && let Some(place) = list.rows.iter().position(|row| row.tool.name == name)
    {
        list.selected = place;
    }
}

fn toggle(state: &mut State, row: &ToolRow) {
    let name = row.tool.name.as_str();
    let before = state.lane().settings.tools.iter().filter(|tool| tool.name != name).cloned();
    let tools: Vec<Tool> = if row.on { before.collect() } else { before.chain([row.tool.clone()]).collect() };
    state.change(state.focused, &Field::Tools, |settings| settings.tools = tools.into());
}

/// Asks the provider to hold the model to the tool's schema, or not to.
fn strict(state: &mut State, row: &ToolRow) {
    let mut changed = row.tool.clone();
    if let Some(function) = changed.definition.get_mut("function").and_then(Value::as_object_mut) {
        if row.is_strict() {
            function.shift_remove("strict");
        } else {
            function.insert("strict".to_owned(), Value::Bool(true));
        }
    }
    let tools: Vec<Tool> = if row.on {
        let own = state.lane().settings.tools.iter();
        own.map(|tool| if tool.name == changed.name { changed.clone() } else { tool.clone() }).collect()
    } else {
        state.lane().settings.tools.iter().cloned().chain([changed]).collect()
    };
    state.change(state.focused, &Field::Tools, |settings| settings.tools = tools.into());
}

/// Makes the model call this tool, or leaves it the choice again.
fn choose(state: &mut State, row: &ToolRow, now: Instant) {
    const NAME: &str = "tool_choice";
    let choice = json!({"type": "function", "function": {"name": row.tool.name}});
    let chosen = state.lane().settings.params.get(NAME) == Some(&choice);
    if !row.on {
        toggle(state, row);
    }
    let shown = text::clean_line(&row.tool.name).into_owned();
    let said =
        if chosen { format!("{shown} is no longer the choice.") } else { format!("The model has to call {shown}.") };
    state.change(state.focused, &Field::param(NAME), |settings| {
        if chosen {
            settings.params.unset(NAME);
        } else {
            settings.params.set(NAME, choice);
        }
    });
    state.notices.show(Level::Note, said, now);
}
