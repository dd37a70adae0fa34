//! What can be undone and redone beyond the draft: lanes that were closed or opened, branches that lanes left, settings
//! that were replaced, branches that were deleted, sessions that were changed.

use super::{Lane, LaneId, Scroll, SettingsBefore, ShelfStep, State, StreamStatus};
use crate::chat::TurnId;

/// What was done, with all that it takes to go back. Who goes back gets the step that leads forth again.
#[derive(Clone, Debug, PartialEq)]
pub enum Undo {
    /// A lane was closed at a place.
    Close { place: usize, lane: Box<Lane> },
    /// A lane was opened.
    Open(LaneId),
    /// Lanes went to other branches; these are where they stood.
    Branches(Vec<Stand>),
    /// A lane's settings were replaced by others.
    Settings(Box<SettingsBefore>),
    /// The branch that begins with this turn was deleted.
    Delete(TurnId),
    /// The branch that begins with this turn was brought back.
    Restore(TurnId),
    /// A saved session was renamed, tagged, deleted or brought back.
    Shelf(Box<ShelfStep>),
}

/// Where a lane stood in the tree, and what it showed there.
#[derive(Clone, Debug, PartialEq)]
pub struct Stand {
    pub lane: LaneId,
    pub tip: Option<TurnId>,
    /// What became of the last reply there.
    status: StreamStatus,
    selected: Option<TurnId>,
    scroll: Scroll,
}

/// Which way the steps are gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Back,
    Forth,
}

/// The steps that can be taken back, and those that were and can be taken again; the latest last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Undos {
    back: Vec<Undo>,
    forth: Vec<Undo>,
}

/// More steps back than anybody counts on.
const MOST: usize = 50;

impl Way {
    #[must_use]
    pub fn reverse(self) -> Self {
        match self {
            Self::Back => Self::Forth,
            Self::Forth => Self::Back,
        }
    }
}

impl Undos {
    /// Keeps a step that was just made. What was undone before it can no longer be redone.
    pub fn push(&mut self, undo: Undo) {
        self.forth.clear();
        self.give(Way::Back, undo);
    }

    /// The next step that way.
    pub fn take(&mut self, way: Way) -> Option<Undo> {
        self.steps(way).pop()
    }

    /// Keeps a step for who goes that way.
    pub fn give(&mut self, way: Way, undo: Undo) {
        let steps = self.steps(way);
        if steps.len() >= MOST {
            steps.remove(0);
        }
        steps.push(undo);
    }

    #[must_use]
    pub fn is_empty(&self, way: Way) -> bool {
        match way {
            Way::Back => self.back.is_empty(),
            Way::Forth => self.forth.is_empty(),
        }
    }

    /// Forgets what was done in the session: the turns and lanes it speaks of are gone. What was done to saved sessions
    /// stays, so that one that was deleted can be brought back from another.
    pub fn clear(&mut self) {
        for steps in [&mut self.back, &mut self.forth] {
            steps.retain(|step| matches!(step, Undo::Shelf(_)));
        }
    }

    fn steps(&mut self, way: Way) -> &mut Vec<Undo> {
        match way {
            Way::Back => &mut self.back,
            Way::Forth => &mut self.forth,
        }
    }
}

impl Lane {
    /// Where the lane stands now.
    #[must_use]
    pub fn stand(&self) -> Stand {
        Stand {
            lane: self.id,
            tip: self.tip(),
            status: self.status.clone(),
            selected: self.selected,
            scroll: self.scroll,
        }
    }
}

impl State {
    /// Puts a lane where it stood. What was deleted there meanwhile is shown again: a lane never stands on what is not.
    pub fn put_on(&mut self, stand: Stand) {
        let branch = self.session.turns.branch(stand.tip);
        for turn in &branch {
            self.session.turns.show(*turn);
        }
        if let Some(lane) = self.lane_by_id_mut(stand.lane) {
            lane.branch = branch;
            lane.status = stand.status;
            lane.selected = stand.selected;
            lane.scroll = stand.scroll;
        }
    }

    /// The lanes whose branch holds a turn.
    pub fn standing_on(&self, turn: TurnId) -> impl Iterator<Item = &Lane> {
        self.lanes.iter().filter(move |lane| self.holds(lane, turn))
    }
}
