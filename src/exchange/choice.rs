//! What of a session is meant: all of it, a lane, a branch, or a single turn.

use crate::text::counted;
use std::collections::BTreeSet;

use super::branch::Written;
use crate::store::{SavedSession, SavedTurn};

/// What of a session is to be written; without anything, all of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// The letter of the lane that is meant.
    pub lane: Option<char>,
    /// The name of the branch that is meant instead of the lane's.
    pub branch: Option<String>,
    pub span: Option<Span>,
}

/// How much of a branch is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// One turn alone.
    Turn(Spot),
    /// The branch down to a turn.
    Until(Spot),
}

/// Which turn of a branch is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spot {
    /// Counted from 1, the oldest, or from -1, the newest.
    Place(i32),
    /// By its number in the session.
    Turn(u32),
}

impl Choice {
    /// Leaves only what is meant in a session, and of the runs only those that came of it. `keeps_asked` leaves the turns
    /// above a single turn in it, for formats that say what its run was asked.
    ///
    /// # Errors
    /// A clause, when the session has no such lane, branch or turn.
    pub fn apply(&self, session: &mut SavedSession, keeps_asked: bool) -> Result<(), String> {
        if *self == Self::default() {
            return Ok(());
        }
        let letter = self.lane.or(session.focused).or_else(|| session.lanes.first().map(|lane| lane.letter));
        session.lanes.retain(|lane| letter.is_some_and(|letter| lane.letter.eq_ignore_ascii_case(&letter)));
        let Some(lane) = session.lanes.first() else {
            return Err(format!("it has no lane {}", letter.unwrap_or_default()));
        };
        let mut tip = match &self.branch {
            Some(name) => Some(end_of_branch(session, name)?),
            None => lane.tip,
        };
        let path: Vec<u32> = Written::of(session).branch(tip).iter().map(|turn| turn.id).collect();
        let spot = match &self.span {
            None => None,
            Some(Span::Turn(spot) | Span::Until(spot)) => Some(turn_at(session, &path, spot)?),
        };
        tip = spot.or(tip);
        let alone = spot.filter(|_| matches!(self.span, Some(Span::Turn(_))));
        let whole: BTreeSet<u32> = Written::of(session).branch(tip).iter().map(|turn| turn.id).collect();
        let runs_of = |turn: &SavedTurn| turn.run.filter(|_| alone.is_none_or(|alone| alone == turn.id));
        let runs: BTreeSet<u32> =
            session.turns.iter().filter(|turn| whole.contains(&turn.id)).filter_map(runs_of).collect();
        session.turns.retain(|turn| match alone {
            Some(alone) if !keeps_asked => turn.id == alone,
            _ => whole.contains(&turn.id),
        });
        session.runs.retain(|run| runs.contains(&run.id));
        session.focused = session.lanes.first().map(|lane| lane.letter);
        for lane in &mut session.lanes {
            lane.tip = tip;
            if alone.is_some() && !keeps_asked {
                // A turn by itself is no conversation that begins with a system prompt.
                lane.settings.system = None;
            }
        }
        session.drop_files();
        Ok(())
    }
}

/// The newest turn at the end of the branch that begins with a turn of that name.
fn end_of_branch(session: &SavedSession, name: &str) -> Result<u32, String> {
    let named = |turn: &&SavedTurn| turn.other.get("name").and_then(|name| name.as_str()) == Some(name);
    let Some(first) = session.turns.iter().find(named) else { return Err(format!("it has no branch `{name}`")) };
    let (mut below, mut last) = (BTreeSet::from([first.id]), first.id);
    // Every turn stands after the one that it hangs on.
    for turn in &session.turns {
        if turn.parent.is_some_and(|parent| below.contains(&parent)) {
            below.insert(turn.id);
            last = turn.id;
        }
    }
    Ok(last)
}

fn turn_at(session: &SavedSession, path: &[u32], spot: &Spot) -> Result<u32, String> {
    match spot {
        Spot::Turn(id) => {
            let found = session.turns.iter().any(|turn| turn.id == *id);
            if found { Ok(*id) } else { Err(format!("it has no turn {id}")) }
        }
        Spot::Place(place) => {
            let from_end = usize::try_from(place.unsigned_abs()).unwrap_or(usize::MAX);
            let at = if *place < 0 { path.len().checked_sub(from_end) } else { from_end.checked_sub(1) };
            let turn = at.and_then(|at| path.get(at)).copied();
            turn.ok_or_else(|| format!("the branch has {} and no turn {place}", counted(path.len() as u64, "turn")))
        }
    }
}
