//! What can be undone beyond the draft: a lane that was closed, a branch that was given to all, settings that were replaced.

use super::{Lane, LaneId, SettingsBefore};
use crate::chat::TurnId;

/// A step back.
#[derive(Clone, Debug, PartialEq)]
pub enum Undo {
    /// Puts a closed lane back in its place.
    Close { place: usize, lane: Box<Lane> },
    /// Gives the lanes that had another branch theirs back.
    Promote(Vec<(LaneId, Vec<TurnId>)>),
    /// Gives a lane the settings back that it had.
    Settings(Box<SettingsBefore>),
}

/// The steps that can be taken back, the latest last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Undos(Vec<Undo>);

/// More steps back than anybody counts on.
const MOST: usize = 50;

impl Undos {
    pub fn push(&mut self, undo: Undo) {
        if self.0.len() >= MOST {
            self.0.remove(0);
        }
        self.0.push(undo);
    }

    pub fn pop(&mut self) -> Option<Undo> {
        self.0.pop()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Forgets everything: the turns it speaks of are gone.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}
