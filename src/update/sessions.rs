//! The list of sessions: what is asked of the shelf while it is open, what of the answers is shown, and what keys do.
//!
//! Changing sessions and opening them have files of their own. Nothing here waits: a question has a number, and what
//! answers an older one is dropped.

mod change;
mod open;
mod preview;

use std::cmp::Reverse;
use std::time::Instant;

use super::Effects;
use crate::input::Action;
use crate::state::{Effect, Level, Overlay, PreviewShows, SessionAreas, SessionList, SessionPreview, State};
use crate::store::{ShelfAnswer, ShelfFound, ShelfPreview, ShelfWork};

pub(super) use change::{entitle, open_title_here, refusal, said_of, step_back, tag};
pub(super) use open::left;

/// Opens the list. Where it is open it stays: who presses the key once too often and then Enter sends no draft.
pub(super) fn open(state: &mut State, now: Instant) -> Effects {
    if state.saving.is_none() {
        state.notices.show(Level::Note, "Nothing is saved here, so there are no sessions to choose from.", now);
    } else if !matches!(state.overlay, Some(Overlay::Sessions(_))) {
        state.overlay = Some(Overlay::Sessions(Box::default()));
    }
    Effects::new()
}

/// The list, open or under a form that was opened from it.
fn list_mut(overlay: &mut Option<Overlay>) -> Option<&mut SessionList> {
    match overlay {
        Some(Overlay::Sessions(list)) => Some(list),
        Some(Overlay::Form(form)) => form.under.as_deref_mut(),
        _ => None,
    }
}

/// The open list, if it has the keys.
pub(super) fn open_list(state: &mut State) -> Option<&mut SessionList> {
    match &mut state.overlay {
        Some(Overlay::Sessions(list)) => Some(list),
        _ => None,
    }
}

/// Asks for what the list shows and has not asked for yet: other sessions where the query changed, another preview where
/// another row is selected.
pub(super) fn follow(state: &mut State) -> Effects {
    let room = SessionAreas::of(state.size).preview.is_some();
    let State { overlay: Some(Overlay::Sessions(list)), shelf, .. } = state else { return Effects::new() };
    let mut effects = Effects::new();
    if list.asked.as_ref().is_none_or(|(query, _)| *query != list.query) {
        shelf.serial += 1;
        list.asked = Some((list.query.clone(), shelf.serial));
        effects.push(Effect::Shelf(ShelfWork::Find { query: list.query.clone(), serial: shelf.serial }));
    }
    let wanted = list.row().filter(|_| room).map(|row| (row.id.clone(), row.hit.as_ref().map(|hit| hit.turn)));
    if wanted != list.preview.of {
        list.preview = SessionPreview { of: wanted.clone(), ..SessionPreview::default() };
        effects.extend(wanted.map(|(id, turn)| Effect::Shelf(ShelfWork::Preview { id, turn })));
    }
    effects
}

pub(super) fn perform(state: &mut State, action: Action, now: Instant) -> Effects {
    match action {
        Action::SessionRename => change::open_title(state, now),
        Action::SessionTag => change::open_tags(state),
        Action::SessionPin => return change::pin(state, now),
        Action::SessionDelete => return change::delete(state, now),
        Action::SessionPreviewUp => scroll(state, -1),
        _ => scroll(state, 1),
    }
    Effects::new()
}

/// Takes the selected row.
pub(super) fn accept(state: &mut State, now: Instant) -> Effects {
    open::accept(state, now)
}

/// A click on a row selects it; on the selected one it opens it.
pub(super) fn click(state: &mut State, row: usize, now: Instant) -> Effects {
    match open_list(state) {
        Some(list) if list.selected == row => return open::accept(state, now),
        Some(list) => list.choose(row),
        None => {}
    }
    Effects::new()
}

/// Scrolls the preview by half of what it shows, or by rows of the wheel.
fn scroll(state: &mut State, way: isize) {
    let Some(area) = SessionAreas::of(state.size).preview else { return };
    if let Some(list) = open_list(state) {
        list.preview.reader.scroll_by(way * isize::try_from(area.height / 2).unwrap_or(1).max(1), area.height);
    }
}

/// Scrolls the preview by the wheel.
pub(super) fn wheel(state: &mut State, rows: i32) {
    let Some(area) = SessionAreas::of(state.size).preview else { return };
    if let Some(list) = open_list(state) {
        list.preview.reader.scroll_by(isize::try_from(rows).unwrap_or(0), area.height);
    }
}

/// Makes the preview's rows for another width.
pub(super) fn resized(state: &mut State) {
    let areas = SessionAreas::of(state.size);
    if let Some(list) = list_mut(&mut state.overlay) {
        preview::lay_out(list, areas);
    }
}

/// What came of what was asked of the shelf.
pub(super) fn answered(state: &mut State, work: ShelfWork, answer: ShelfAnswer, now: Instant) -> Effects {
    match (work, answer) {
        (ShelfWork::Find { serial, .. }, ShelfAnswer::Found(rows)) => found(state, serial, Ok(rows), now),
        (ShelfWork::Find { serial, .. }, ShelfAnswer::Failed(said)) => found(state, serial, Err(said), now),
        (ShelfWork::Preview { id, turn }, ShelfAnswer::Preview(turns)) => previewed(state, &(id, turn), Ok(turns)),
        (ShelfWork::Preview { id, turn }, ShelfAnswer::Failed(said)) => previewed(state, &(id, turn), Err(said)),
        (ShelfWork::Change { id, change }, ShelfAnswer::Changed) => change::changed(state, &id, &change),
        (ShelfWork::Change { id, change }, ShelfAnswer::Failed(said)) => {
            return change::failed(state, &id, &change, &said, now);
        }
        (ShelfWork::Open { id }, ShelfAnswer::Opened { session, elsewhere }) => {
            return open::opened(state, &id, *session, elsewhere, now);
        }
        (ShelfWork::Open { id }, ShelfAnswer::Failed(said)) => open::failed(state, &id, said, now),
        // An answer to something else was not asked for.
        _ => {}
    }
    Effects::new()
}

fn found(state: &mut State, serial: u64, found: Result<ShelfFound, String>, now: Instant) {
    let State { overlay, shelf, session, saving, .. } = state;
    let Some(list) = list_mut(overlay).filter(|list| list.asked.as_ref().is_some_and(|(_, last)| *last == serial))
    else {
        return;
    };
    let goes_on = list.answered.replace(serial) == Some(serial);
    list.today = saving.as_ref().map_or(list.today, |saving| saving.anchor.unix_ms(now));
    list.failed = None;
    match found {
        Ok(found) => list.found = found,
        Err(said) => list.failed = Some(said),
    }
    for pending in &shelf.pending {
        list.show_change(&pending.id, &pending.change);
    }
    // The session on the screen is named here; the store may not have heard of it yet.
    if let Some(place) = list.place_of(&session.id).filter(|_| !session.title.is_empty()) {
        list.found.rows[place].title.clone_from(&session.title);
    }
    let kept = list.chosen.as_ref().and_then(|id| list.place_of(id));
    match kept {
        Some(row) => list.choose(row),
        None => {
            // It may be in the rest of a list whose beginning this is.
            list.chosen.take_if(|_| goes_on || !list.found.more);
            list.selected = first(list, &session.id, shelf.before.as_deref());
        }
    }
}

/// The row that is selected while nobody chose one: never that of the session on the screen. While nothing is looked
/// for it is the session before this one, so that who opens it twice is where they were.
fn first(list: &SessionList, here: &str, before: Option<&str>) -> usize {
    let others = || list.found.rows.iter().enumerate().filter(|(_, row)| row.id != here);
    let before = before.filter(|id| *id != here).and_then(|id| list.place_of(id));
    let row = if list.query.trim().is_empty() {
        before.or_else(|| others().min_by_key(|(_, row)| Reverse(row.updated)).map(|(place, _)| place))
    } else {
        others().map(|(place, _)| place).next()
    };
    row.unwrap_or(0)
}

fn previewed(state: &mut State, of: &(String, Option<u32>), turns: Result<ShelfPreview, String>) {
    let areas = SessionAreas::of(state.size);
    let Some(list) = list_mut(&mut state.overlay).filter(|list| list.preview.of.as_ref() == Some(of)) else { return };
    list.preview.shows = match turns {
        Ok(turns) => PreviewShows::Turns(turns),
        Err(said) => PreviewShows::Failed(said),
    };
    preview::lay_out(list, areas);
}
