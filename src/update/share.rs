//! Sharing: whether a field is the lane's own or the same in all lanes that share it, and copying it to all.

use std::time::{Duration, Instant};

use super::Effects;
use crate::chat::{Field, Params};
use crate::input::Action;
use crate::state::{Level, SidebarRow, State, Topic};

pub(super) fn perform(state: &mut State, action: Action, now: Instant) -> Effects {
    let row = state.sidebar.selected();
    let fields = fields(state, row);
    if fields.is_empty() {
        state.notices.show(Level::Note, "No further field is set.", now);
        return Effects::new();
    }
    let place = state.focused;
    for field in &fields {
        match action {
            Action::FieldShare => state.toggle_share(place, field),
            Action::FieldShareAll => state.toggle_share_all(place, field),
            _ => state.copy_to_all(place, field),
        }
    }
    let said = said(state, action, row.name(), &fields);
    state.notices.show_about(Topic::Share, said, now, Duration::from_secs(8));
    Effects::new()
}

/// The fields behind a row: one, or for the last row those that no table knows, in any lane.
fn fields(state: &State, row: SidebarRow) -> Vec<Field> {
    match row.field() {
        Some(field) => vec![field],
        None => {
            let mut names: Vec<&String> = state
                .lanes
                .iter()
                .flat_map(|lane| Params::unlisted(&lane.settings.params))
                .map(|(name, _)| name)
                .collect();
            names.sort();
            names.dedup();
            names.into_iter().map(|name| Field::param(name)).collect()
        }
    }
}

fn said(state: &State, action: Action, name: &str, fields: &[Field]) -> String {
    let shares = |lane: &crate::state::Lane| fields.iter().all(|field| lane.shares.contains(field));
    let letters: Vec<String> =
        state.lanes.iter().filter(|lane| shares(lane)).map(|lane| lane.letter.to_string()).collect();
    let lane = state.lane();
    let (one, all) = (state.key(Action::FieldShare), state.key(Action::FieldShareAll));
    match action {
        Action::FieldToAll => format!("{name} is the same in all lanes now."),
        _ if !shares(lane) && letters.is_empty() => format!("{name} is each lane's own."),
        _ if !shares(lane) => format!("{name} is lane {}'s own.", lane.letter),
        _ if letters.len() == 1 => {
            format!("{name} is shared by {} alone: {one} in another lane joins it, {all} joins all.", letters[0])
        }
        _ => format!("{name} is shared by {}: changed in one, it changes in all of them.", letters.join(" ")),
    }
}
