//! Changing saved sessions: their titles, tags and pins, deleting them and bringing them back.
//!
//! A change shows at once, and is taken back when the shelf could not make it.

use std::time::Instant;

use super::super::{Effects, form};
use super::{list_mut, open_list};
use crate::input::Action;
use crate::state::{Effect, Form, FormPurpose, Level, Overlay, PendingChange, SavedPlace, ShelfStep, State, Undo};
use crate::store::{ShelfChange, ShelfRow, ShelfWork};
use crate::text::clean_line;

/// The longest title, in characters: more has no room in a list.
const LONGEST_TITLE: usize = 80;
/// The longest tag, in characters, and how many a session has at the most.
const LONGEST_TAG: usize = 24;
const MOST_TAGS: usize = 12;

fn row(state: &mut State) -> Option<ShelfRow> {
    open_list(state).and_then(|list| list.row().cloned())
}

/// Puts a form in the place of the list, which is there again when the form is left.
fn open_form(state: &mut State, mut form: Form) {
    form.under = match state.overlay.take() {
        Some(Overlay::Sessions(list)) => Some(list),
        _ => None,
    };
    form::open(state, form);
}

/// Lets the selected session's title be edited.
pub(super) fn open_title(state: &mut State, now: Instant) {
    let Some(row) = row(state) else { return };
    if let Some(said) = refusal(state, &row.id, &ShelfChange::Rename(String::new())) {
        state.notices.show(Level::Note, said, now);
        return;
    }
    open_form(state, Form::new(FormPurpose::SessionTitle(row.id), &row.title));
}

/// Lets the title of the session on the screen be edited.
pub(in super::super) fn open_title_here(state: &mut State, now: Instant) {
    let (id, title) = (state.session.id.clone(), state.session.title.clone());
    match refusal(state, &id, &ShelfChange::Rename(String::new())) {
        Some(said) => state.notices.show(Level::Note, said, now),
        None => open_form(state, Form::new(FormPurpose::SessionTitle(id), &title)),
    }
}

/// Lets the selected session's tags be edited.
pub(super) fn open_tags(state: &mut State) {
    if let Some(row) = row(state) {
        open_form(state, Form::new(FormPurpose::SessionTags(row.id), &row.tags.join(", ")));
    }
}

/// Takes a title from the form.
pub(in super::super) fn entitle(state: &mut State, id: &str, title: &str, now: Instant) -> Effects {
    let Some(title) = form::taken(title, LONGEST_TITLE) else {
        state.notices.show(Level::Note, "The title stays: an empty one would not be found again.", now);
        return Effects::new();
    };
    let before = match known(state, id) {
        Some(row) => row.title,
        None => state.session.title.clone(),
    };
    if before == title {
        return Effects::new();
    }
    step(state, id, before.clone(), (ShelfChange::Rename(before), ShelfChange::Rename(title)), now)
}

/// Takes tags from the form.
pub(in super::super) fn tag(state: &mut State, id: &str, written: &str, now: Instant) -> Effects {
    let Some(row) = known(state, id) else { return Effects::new() };
    let tags = tags(written);
    if tags == row.tags {
        return Effects::new();
    }
    step(state, id, row.title, (ShelfChange::Tag(row.tags), ShelfChange::Tag(tags)), now)
}

/// `work, #billing` as tags, each once.
fn tags(written: &str) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    let named = written.split(',').filter_map(|tag| form::taken(tag.trim().trim_start_matches('#'), LONGEST_TAG));
    for tag in named {
        if !tags.contains(&tag) && tags.len() < MOST_TAGS {
            tags.push(tag);
        }
    }
    tags
}

/// A session's row in the list.
fn known(state: &mut State, id: &str) -> Option<ShelfRow> {
    let list = list_mut(&mut state.overlay)?;
    list.place_of(id).and_then(|place| list.found.rows.get(place).cloned())
}

pub(super) fn pin(state: &mut State, now: Instant) -> Effects {
    let Some(row) = row(state) else { return Effects::new() };
    if let Some(list) = open_list(state) {
        // Its row goes elsewhere, and the selection with it.
        list.choose(list.selected);
    }
    change(state, &row.id, ShelfChange::Pin(!row.pinned), now)
}

/// Deletes the selected session; brings it back where deleted ones are listed.
pub(super) fn delete(state: &mut State, now: Instant) -> Effects {
    let Some(row) = row(state) else { return Effects::new() };
    if open_list(state).is_some_and(|list| list.shows_deleted()) {
        let steps = (ShelfChange::Delete, ShelfChange::Restore);
        state.notices.show(Level::Note, format!("“{}” is in the list again.", shown(&row.title)), now);
        return step(state, &row.id, row.title, steps, now);
    }
    if let Some(said) = refusal(state, &row.id, &ShelfChange::Delete) {
        state.notices.show(Level::Note, said, now);
        return Effects::new();
    }
    let said = format!("“{}” is deleted; {} brings it back.", shown(&row.title), state.key(Action::LaneUndo));
    state.notices.show(Level::Note, said, now);
    step(state, &row.id, row.title, (ShelfChange::Restore, ShelfChange::Delete), now)
}

/// Makes a change that can be undone.
fn step(
    state: &mut State,
    id: &str,
    title: String,
    (back, forth): (ShelfChange, ShelfChange),
    now: Instant,
) -> Effects {
    let effects = change(state, id, forth.clone(), now);
    // A session that has no name in the store yet gets one later, by which an undo would not find it.
    if !id.is_empty() {
        state.undos.push(Undo::Shelf(Box::new(ShelfStep { id: id.to_owned(), title, back, forth })));
    }
    effects
}

/// Takes a step back; gives the one that leads forth again.
pub(in super::super) fn step_back(state: &mut State, step: ShelfStep, now: Instant) -> (Undo, Effects) {
    let effects = change(state, &step.id, step.back.clone(), now);
    (Undo::Shelf(Box::new(ShelfStep { back: step.forth, forth: step.back, ..step })), effects)
}

/// What is said of a step that was taken back, by the one that leads forth again.
pub(in super::super) fn said_of(step: &ShelfStep) -> String {
    match &step.forth {
        ShelfChange::Rename(title) => format!("The session is called “{}” again.", shown(title)),
        ShelfChange::Tag(_) => format!("“{}” has its former tags.", shown(&step.title)),
        ShelfChange::Pin(_) => format!("“{}” is where it was in the list.", shown(&step.title)),
        ShelfChange::Delete => format!("“{}” is deleted again.", shown(&step.title)),
        ShelfChange::Restore => format!("“{}” is in the list again.", shown(&step.title)),
    }
}

/// A title as it stands in a sentence.
fn shown(title: &str) -> String {
    if title.is_empty() { "Untitled".to_owned() } else { clean_line(title).into_owned() }
}

/// Why a session cannot be changed so, with what to do instead.
pub(in super::super) fn refusal(state: &State, id: &str, change: &ShelfChange) -> Option<String> {
    // One that is about to be shown is as good as shown.
    let comes = state.shelf.opening.as_ref().is_some_and(|opening| opening.id == id) && *change == ShelfChange::Delete;
    if id != state.session.id && !comes {
        return None;
    }
    let looked = state.saving.as_ref().is_some_and(|saving| matches!(saving.place, SavedPlace::Looked { .. }));
    match change {
        ShelfChange::Delete => {
            let key = state.key(Action::NewSession);
            Some(format!("This session is on the screen: {key} begins another one, then it can be deleted."))
        }
        ShelfChange::Rename(_) if looked => Some(
            "This session is only read here: the first message makes a copy, which can have a title of its own."
                .to_owned(),
        ),
        _ => None,
    }
}

/// Asks the shelf for a change, which shows already.
fn change(state: &mut State, id: &str, change: ShelfChange, now: Instant) -> Effects {
    if let Some(said) = refusal(state, id, &change) {
        state.notices.show(Level::Note, said, now);
        return Effects::new();
    }
    let before = list_mut(&mut state.overlay).and_then(|list| {
        if change == ShelfChange::Restore {
            // It is selected as soon as it is found again.
            list.chosen = Some(id.to_owned());
        }
        list.show_change(id, &change)
    });
    let (mut effects, mut title) = (Effects::new(), None);
    if id == state.session.id
        && let ShelfChange::Rename(given) = &change
    {
        title = Some(std::mem::replace(&mut state.session.title, given.clone()));
        effects.push(Effect::SetTitle(state.session.window_title()));
    }
    // A session that the store has nothing of yet takes its title along when it gets there.
    if !id.is_empty() {
        state.shelf.pending.push(PendingChange { id: id.to_owned(), change: change.clone(), before, title });
        effects.push(Effect::Shelf(ShelfWork::Change { id: id.to_owned(), change }));
    }
    effects
}

/// Forgets a change that was answered, and looks again: what is pinned stands elsewhere now.
fn settle(state: &mut State, id: &str, change: &ShelfChange) -> Option<PendingChange> {
    let place = state.shelf.pending.iter().position(|pending| pending.id == id && pending.change == *change)?;
    if let Some(list) = list_mut(&mut state.overlay) {
        list.asked = None;
    }
    Some(state.shelf.pending.remove(place))
}

pub(super) fn changed(state: &mut State, id: &str, change: &ShelfChange) {
    settle(state, id, change);
}

pub(super) fn failed(state: &mut State, id: &str, change: &ShelfChange, said: &str, now: Instant) -> Effects {
    let (before, former) = settle(state, id, change).map_or((None, None), |pending| (pending.before, pending.title));
    let mut effects = Effects::new();
    if let Some(former) = former.filter(|_| id == state.session.id) {
        state.session.title = former;
        effects.push(Effect::SetTitle(state.session.window_title()));
    }
    let title = before.as_ref().map(|(_, row)| shown(&row.title));
    let title = title.map_or_else(|| "The session".to_owned(), |title| format!("“{title}”"));
    let what = match change {
        ShelfChange::Rename(_) => "keeps its title",
        ShelfChange::Tag(_) => "keeps its tags",
        ShelfChange::Pin(_) => "stays where it is",
        ShelfChange::Delete => "is not deleted",
        ShelfChange::Restore => "is not brought back",
    };
    if let (Some(list), Some(before)) = (list_mut(&mut state.overlay), before) {
        list.take_back(before);
    }
    state.notices.show(Level::Error, format!("{title} {what}: {said}"), now);
    effects
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_parted_by_commas_and_each_is_there_once() {
        assert_eq!(tags(" work, #billing,, work ,two words"), ["work", "billing", "two words"]);
        assert_eq!(tags(" , "), Vec::<String>::new());
        assert_eq!(tags("a\x1b[31mb"), ["ab"]);
        assert_eq!(tags(&"x".repeat(99))[0].len(), LONGEST_TAG);
        assert_eq!(tags(&(0..99).map(|tag| tag.to_string()).collect::<Vec<_>>().join(",")).len(), MOST_TAGS);
    }
}
