//! The tree of turns as rows: their order, their rails, and what each branch cost in sum.
//!
//! Made when turns come or go and when a run ends, never while drawing. What a row says of its turn is read when it is
//! drawn, since only the rows in the window are.

use std::collections::HashMap;

use ratatui::layout::Rect;

use super::{Breadth, Charge, Reader, Session, Size, Totals};
use crate::chat::{Run, TurnId};

/// The open tree.
#[derive(Clone, Debug, Default)]
pub struct TreePage {
    rows: Vec<TreeRow>,
    /// The row of each turn that has one.
    places: HashMap<TurnId, usize>,
    selected: usize,
    made_of: TreeKey,
    made: u64,
}

/// A turn in the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeRow {
    pub turn: TurnId,
    /// How many forks lead here.
    pub level: usize,
    pub head: TreeHead,
    /// The levels, as bits, whose fork has further branches below this row. Deeper ones than there are bits have none.
    pub rails: u64,
    /// The turns from here to the ends of the branch, this one among them.
    pub turns: usize,
    /// The runs among them, and what they cost.
    pub runs: usize,
    pub totals: Totals,
}

/// Whether a branch begins with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TreeHead {
    /// The turn follows the row above it.
    Inner,
    /// A branch of a fork, and others follow.
    Branch,
    /// The last branch of a fork.
    LastBranch,
}

/// What the rows were made of: as long as it is the same, so are they.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct TreeKey {
    session: u64,
    shape: u64,
    closed: u64,
}

impl TreePage {
    /// A rule and the detail of the selected row stand below the rows.
    const DETAIL: u16 = 2;

    /// Makes the rows of a session anew if they are others now; whoever reads on stays at the same turn.
    pub fn refresh(&mut self, session: &Session, charge: impl FnMut(&Run) -> Charge) {
        let key = TreeKey { session: session.serial, shape: session.turns.shape(), closed: session.closed_runs() };
        if self.made > 0 && self.made_of == key {
            return;
        }
        let turn = self.turn();
        self.rows = rows(session, charge);
        self.places = self.rows.iter().enumerate().map(|(place, row)| (row.turn, place)).collect();
        (self.made_of, self.made) = (key, self.made + 1);
        self.select(turn.and_then(|turn| self.place_of(turn)).unwrap_or(self.selected));
    }

    #[must_use]
    pub fn rows(&self) -> &[TreeRow] {
        &self.rows
    }

    #[must_use]
    pub fn selected(&self) -> usize {
        self.selected
    }

    /// The selected turn.
    #[must_use]
    pub fn turn(&self) -> Option<TurnId> {
        self.rows.get(self.selected).map(|row| row.turn)
    }

    #[must_use]
    pub fn place_of(&self, turn: TurnId) -> Option<usize> {
        self.places.get(&turn).copied()
    }

    pub fn select(&mut self, row: usize) {
        self.selected = row.min(self.rows.len().saturating_sub(1));
    }

    pub fn select_turn(&mut self, turn: Option<TurnId>) {
        if let Some(place) = turn.and_then(|turn| self.place_of(turn)) {
            self.selected = place;
        }
    }

    /// How often the rows were made: for tests that watch the work.
    #[must_use]
    pub fn made(&self) -> u64 {
        self.made
    }

    /// The place of the rows on a screen.
    #[must_use]
    pub fn list(size: Size) -> Rect {
        let body = Reader::body(size, Breadth::Whole);
        Rect { height: body.height.saturating_sub(Self::DETAIL), ..body }
    }
}

/// The rows of a session's turns, each above those that follow it, older branches first.
fn rows(session: &Session, mut charge: impl FnMut(&Run) -> Charge) -> Vec<TreeRow> {
    let mut rows: Vec<TreeRow> = Vec::with_capacity(session.turns.len());
    let mut parents: Vec<Option<usize>> = Vec::with_capacity(session.turns.len());
    let mut waiting: Vec<(TreeRow, Option<usize>)> = Vec::new();
    follow(session, None, (0, 0), None, &mut waiting);
    while let Some((row, parent)) = waiting.pop() {
        let (place, turn, at) = (rows.len(), row.turn, (row.level, row.rails));
        rows.push(row);
        parents.push(parent);
        follow(session, Some(turn), at, Some(place), &mut waiting);
    }
    for place in (0..rows.len()).rev() {
        count(session, &mut rows[place], &mut charge);
        let (above, below) = rows.split_at_mut(place);
        if let (Some(parent), Some(row)) = (parents[place].and_then(|parent| above.get_mut(parent)), below.first()) {
            parent.turns += row.turns;
            parent.runs += row.runs;
            parent.totals.join(&row.totals);
        }
    }
    rows
}

/// Lets the turns after a turn wait, the one that comes first on top.
fn follow(
    session: &Session,
    turn: Option<TurnId>,
    (level, rails): (usize, u64),
    parent: Option<usize>,
    waiting: &mut Vec<(TreeRow, Option<usize>)>,
) {
    let children = session.turns.children(turn);
    let forks = children.len() > 1;
    let level = level + usize::from(forks);
    for (place, child) in children.iter().enumerate().rev() {
        let last = place + 1 == children.len();
        let head = match (forks, last) {
            (false, _) => TreeHead::Inner,
            (true, false) => TreeHead::Branch,
            (true, true) => TreeHead::LastBranch,
        };
        let bit = u32::try_from(level).ok().and_then(|level| 1_u64.checked_shl(level)).unwrap_or(0);
        let rails = match head {
            TreeHead::Inner => rails,
            TreeHead::Branch => rails | bit,
            TreeHead::LastBranch => rails & !bit,
        };
        let row = TreeRow { turn: *child, level, head, rails, turns: 1, runs: 0, totals: Totals::default() };
        waiting.push((row, parent));
    }
}

/// Counts the run of a row's turn. Several replies of one run cost it once: the first of them.
fn count(session: &Session, row: &mut TreeRow, charge: &mut impl FnMut(&Run) -> Charge) {
    let run = session.turns.get(row.turn).and_then(|turn| turn.run).and_then(|run| session.run(run));
    if let Some(run) = run.filter(|run| run.replies.first() == Some(&row.turn)) {
        row.runs += 1;
        row.totals.count(run, charge(run));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::chat::Role;

    fn tree(parents: &[Option<u32>]) -> Session {
        let mut session = Session::default();
        for parent in parents {
            session.turns.add(parent.map(TurnId), Role::User, "");
        }
        session
    }

    fn page(session: &Session) -> TreePage {
        let mut page = TreePage::default();
        page.refresh(session, |_| Charge::Real);
        page
    }

    /// A row as its rails and its turn.
    fn drawn(session: &Session) -> Vec<String> {
        let page = page(session);
        let line = |row: &TreeRow| {
            let rail = |level: usize| if row.rails >> level & 1 == 1 { "│" } else { " " };
            let mut text: String = (1..row.level.max(1)).map(rail).collect();
            text += match row.head {
                TreeHead::Inner if row.level == 0 => "",
                TreeHead::Inner => rail(row.level),
                TreeHead::Branch => "├",
                TreeHead::LastBranch => "└",
            };
            format!("{text}{}", row.turn.0)
        };
        page.rows().iter().map(line).collect()
    }

    #[test]
    fn only_forks_lead_to_the_right_and_their_rails_go_down_to_the_last_branch() {
        // 0 - 1 - 2, and 3 beside 1 with 4 and 5 after it; 6 beside 3.
        let session = tree(&[None, Some(0), Some(1), Some(0), Some(3), Some(3), Some(0)]);
        assert_eq!(drawn(&session), ["0", "├1", "│2", "├3", "│├4", "│└5", "└6"]);
    }

    #[test]
    fn what_is_hidden_has_no_row_and_the_place_stays_at_its_turn() {
        let mut session = tree(&[None, Some(0), Some(0), Some(2), Some(0)]);
        let mut page = page(&session);
        page.select_turn(Some(TurnId(4)));
        session.turns.hide(TurnId(2));
        page.refresh(&session, |_| Charge::Real);
        let turns: Vec<u32> = page.rows().iter().map(|row| row.turn.0).collect();
        assert_eq!((turns.as_slice(), page.turn(), page.made()), (&[0, 1, 4][..], Some(TurnId(4)), 2));
        page.refresh(&session, |_| Charge::Real);
        assert_eq!(page.made(), 2, "nothing changed");
    }

    proptest! {
        #[test]
        fn every_turn_that_is_not_hidden_has_one_row_below_its_parents(
            links in prop::collection::vec(any::<Option<u8>>(), 1..60),
            hidden in prop::collection::vec(any::<u8>(), 0..4),
        ) {
            let link = |(place, link): (usize, &Option<u8>)| {
                link.filter(|_| place > 0).map(|link| u32::from(link) % u32::try_from(place).unwrap())
            };
            let parents: Vec<Option<u32>> = links.iter().enumerate().map(link).collect();
            let mut session = tree(&parents);
            for id in hidden {
                session.turns.hide(TurnId(u32::from(id) % u32::try_from(links.len()).unwrap()));
            }
            let page = page(&session);
            let gone: Vec<TurnId> = session.turns.hidden().collect();
            let seen = |id: TurnId| session.turns.up_from(Some(id)).all(|turn| !gone.contains(&turn.id));
            let mut wanted: Vec<TurnId> =
                (0..links.len()).map(|id| TurnId(u32::try_from(id).unwrap())).filter(|id| seen(*id)).collect();
            for (place, row) in page.rows().iter().enumerate() {
                let parent = session.turns.get(row.turn).unwrap().parent;
                prop_assert!(parent.is_none_or(|parent| page.place_of(parent).unwrap() < place));
                let below = wanted.iter().filter(|id| session.turns.up_from(Some(**id)).any(|turn| turn.id == row.turn));
                prop_assert_eq!(row.turns, below.count());
            }
            let mut turns: Vec<TurnId> = page.rows().iter().map(|row| row.turn).collect();
            turns.sort();
            wanted.sort();
            prop_assert_eq!(turns, wanted);
        }
    }
}
