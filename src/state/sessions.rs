//! The list of saved sessions: what was asked for and found, which one is selected, and what of it is shown beside.
//!
//! Owns plain data. Whoever finds, changes and opens sessions is the store's shelf; what keys do here is `update`'s.

use ratatui::layout::Rect;

use super::{Breadth, Reader, Size};
use crate::store::{OpenElsewhere, ShelfChange, ShelfFound, ShelfHit, ShelfRow};

/// The open list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SessionList {
    /// What is typed: words and filters.
    pub query: String,
    pub found: ShelfFound,
    /// Why nothing could be looked for, in a sentence.
    pub failed: Option<String>,
    pub selected: usize,
    /// The session that was selected by hand, which stays selected wherever its row is.
    pub chosen: Option<String>,
    /// The last question and its number.
    pub asked: Option<(String, u64)>,
    /// The number of the question that `found` answers.
    pub answered: Option<u64>,
    /// When it was answered, in unix milliseconds: dates are told by it.
    pub today: i64,
    pub preview: SessionPreview,
}

/// Some turns of the selected session.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SessionPreview {
    /// The session and the turn that were asked for.
    pub of: Option<(String, Option<u32>)>,
    pub shows: PreviewShows,
    /// The rows, made for the width of the list's preview.
    pub reader: Reader,
}

/// How much of a preview there is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PreviewShows {
    #[default]
    Waiting,
    Turns(crate::store::ShelfPreview),
    /// A sentence that says what went wrong.
    Failed(String),
}

/// What is known of the shelf whether the list is open or not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shelf {
    /// The number of the last question.
    pub serial: u64,
    /// Changes that were not acknowledged yet, oldest first.
    pub pending: Vec<PendingChange>,
    /// The session that is being opened.
    pub opening: Option<OpeningSession>,
    /// The session that was on the screen before this one.
    pub before: Option<String>,
}

/// A change that shows already, and what was there before it.
#[derive(Clone, Debug, PartialEq)]
pub struct PendingChange {
    pub id: String,
    pub change: ShelfChange,
    /// Its row in the list and the row's place, where it was in it.
    pub before: Option<(usize, ShelfRow)>,
    /// The former title, where it is the session on the screen that was renamed.
    pub title: Option<String>,
}

/// A session on its way to the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpeningSession {
    pub id: String,
    pub title: String,
    /// The place in it that was found.
    pub hit: Option<ShelfHit>,
    /// The letters of the lanes whose replies were stopped for it.
    pub stopped: Vec<char>,
}

/// A change of a session on the shelf, there and back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShelfStep {
    pub id: String,
    /// What the session was called when it was changed.
    pub title: String,
    /// What leads back, and what leads forth again.
    pub back: ShelfChange,
    pub forth: ShelfChange,
}

/// The places of the list's parts on a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionAreas {
    /// The box with its border.
    pub frame: Rect,
    /// The line of the query, then one for what is to be said of it.
    pub query: Rect,
    pub list: Rect,
    /// Where the preview is shown, if there is room.
    pub preview: Option<Rect>,
    /// The last row, for the keys.
    pub keys: Rect,
}

/// From this width of the box on the preview stands beside the list.
const BESIDE_FROM: u16 = 110;

/// From so many rows for both on it stands below, where there is no room beside.
const BELOW_FROM: u16 = 20;

impl SessionAreas {
    /// The places on a screen of this size.
    #[must_use]
    pub fn of(size: Size) -> Self {
        let (frame, body) = (Reader::frame(size, Breadth::Whole), Reader::body(size, Breadth::Whole));
        let query = Rect { height: body.height.min(2), ..body };
        let rest = Rect { y: query.bottom(), height: body.height - query.height, ..body };
        let keys = Rect { y: body.bottom(), height: 1, ..body };
        let (list, preview) = if rest.width >= BESIDE_FROM {
            let width = rest.width * 9 / 20;
            // A blank column, the rule, another blank column.
            let beside = Rect { x: rest.x + width + 3, width: rest.width - width - 3, ..rest };
            (Rect { width, ..rest }, Some(beside))
        } else if rest.height >= BELOW_FROM {
            let height = rest.height / 3;
            let below = Rect { y: rest.bottom() - height, height, ..rest };
            // One row is the rule's.
            (Rect { height: rest.height - height - 1, ..rest }, Some(below))
        } else {
            (rest, None)
        };
        Self { frame, query, list, preview, keys }
    }
}

impl SessionList {
    /// The selected session.
    #[must_use]
    pub fn row(&self) -> Option<&ShelfRow> {
        self.found.rows.get(self.selected)
    }

    /// Whether an answer is still to come.
    #[must_use]
    pub fn awaits(&self) -> bool {
        self.asked.as_ref().map(|(_, serial)| *serial) != self.answered
    }

    /// Whether those that were deleted are looked for.
    #[must_use]
    pub fn shows_deleted(&self) -> bool {
        let is_asked =
            |word: &str| ["is:deleted", "deleted:yes"].iter().any(|filter| word.eq_ignore_ascii_case(filter));
        self.query.split_whitespace().any(is_asked)
    }

    /// The place of a session in the list.
    #[must_use]
    pub fn place_of(&self, id: &str) -> Option<usize> {
        self.found.rows.iter().position(|row| row.id == id)
    }

    /// Selects a row by hand.
    pub fn choose(&mut self, row: usize) {
        self.selected = row.min(self.found.rows.len().saturating_sub(1));
        self.chosen = self.row().map(|row| row.id.clone());
    }

    /// Shows a change before it is acknowledged. Gives the row that it changed as it was, and its place.
    pub fn show_change(&mut self, id: &str, change: &ShelfChange) -> Option<(usize, ShelfRow)> {
        let place = self.place_of(id)?;
        let before = self.found.rows[place].clone();
        let row = &mut self.found.rows[place];
        match change {
            ShelfChange::Rename(title) => row.title.clone_from(title),
            ShelfChange::Tag(tags) => row.tags.clone_from(tags),
            ShelfChange::Pin(pinned) => row.pinned = *pinned,
            ShelfChange::Restore => {}
            ShelfChange::Delete => {
                self.found.rows.remove(place);
                if self.selected > place {
                    self.selected -= 1;
                }
                let selected = self.selected;
                self.choose(selected);
            }
        }
        Some((place, before))
    }

    /// Takes a change back that failed.
    pub fn take_back(&mut self, (place, before): (usize, ShelfRow)) {
        match self.place_of(&before.id) {
            Some(place) => self.found.rows[place] = before,
            None => {
                let place = place.min(self.found.rows.len());
                self.found.rows.insert(place, before);
                self.choose(place);
            }
        }
    }
}

/// What is said of a session that another program has open.
#[must_use]
pub fn open_elsewhere(elsewhere: OpenElsewhere) -> String {
    let other = elsewhere.process.map_or_else(String::new, |process| format!(" (process {process})"));
    format!(
        "This session is open in another Abreast{other}. You can read it here; the first message you send makes a copy \
         of it."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_the_list_lie_in_its_box_and_apart_on_every_screen() {
        for (columns, rows) in [(1, 1), (60, 16), (60, 20), (100, 30), (113, 30), (118, 24), (200, 50), (300, 90)] {
            let areas = SessionAreas::of(Size { columns, rows });
            let parts = [Some(areas.query), Some(areas.list), areas.preview, Some(areas.keys)];
            let parts: Vec<Rect> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
            for (place, part) in parts.iter().enumerate() {
                if columns >= 60 {
                    assert_eq!(areas.frame.intersection(*part), *part, "{columns}x{rows} {areas:?}");
                }
                assert!(parts[place + 1..].iter().all(|other| part.intersection(*other).is_empty()), "{areas:?}");
            }
        }
        let preview = |columns, rows| SessionAreas::of(Size { columns, rows }).preview;
        assert_eq!(preview(60, 20), None);
        assert_eq!(preview(100, 30).map(|area| (area.width, area.height)), Some((92, 7)));
        assert_eq!(preview(200, 50).map(|area| (area.width, area.height)), Some((103, 43)));
    }

    #[test]
    fn a_deleted_row_leaves_the_selection_on_the_next_one_and_comes_back_to_its_place() {
        let row = |id: &str| ShelfRow { id: id.to_owned(), ..ShelfRow::default() };
        let rows = vec![row("a"), row("b"), row("c")];
        let mut list = SessionList { found: ShelfFound { rows, ..ShelfFound::default() }, ..SessionList::default() };
        list.choose(1);
        let before = list.show_change("b", &ShelfChange::Delete).unwrap();
        assert_eq!(list.row().unwrap().id, "c");
        list.take_back(before);
        assert_eq!((list.row().unwrap().id.as_str(), list.selected), ("b", 1));
        list.show_change("a", &ShelfChange::Delete);
        assert_eq!((list.row().unwrap().id.as_str(), list.selected), ("b", 0));
        list.choose(9);
        list.show_change("c", &ShelfChange::Delete);
        assert_eq!(list.row().unwrap().id, "b");
    }
}
