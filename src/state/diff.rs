//! Two replies that are compared: which they are, and the rows that tell them apart.

use super::{Breadth, Reader};
use crate::chat::TurnId;

/// A reply of the focused lane, and what it can be compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diff {
    /// The lane's title.
    pub lane: String,
    pub turn: TurnId,
    /// The reply's place among the replies to its question, from 1.
    pub number: usize,
    /// What it can be compared with, nearest first; never empty.
    pub others: Vec<Other>,
    /// The place in `others` of what it is compared with.
    pub at: usize,
    pub reader: Reader,
    /// The rows in which changes of the text begin.
    pub changes: Vec<usize>,
}

/// A reply to compare with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Other {
    /// Another lane's.
    Lane { title: String, turn: TurnId },
    /// Another reply to the same question, by its place among them.
    Sibling { number: usize, turn: TurnId },
}

/// One of the two that are compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    pub name: String,
    pub turn: TurnId,
}

impl Other {
    #[must_use]
    pub fn turn(&self) -> TurnId {
        match self {
            Self::Lane { turn, .. } | Self::Sibling { turn, .. } => *turn,
        }
    }
}

impl Diff {
    /// How wide its box is: it is read like prose.
    pub const BREADTH: Breadth = Breadth::Prose;

    /// The two sides, the one that is read as the old text first: the focused lane's, or of siblings the older one.
    #[must_use]
    pub fn sides(&self) -> Option<[Side; 2]> {
        let reply = |number: usize| format!("reply {number}");
        let side = |name: String, turn: TurnId| Side { name, turn };
        Some(match self.others.get(self.at)? {
            Other::Lane { title, turn } => [side(self.lane.clone(), self.turn), side(title.clone(), *turn)],
            Other::Sibling { number, turn } if *number < self.number => {
                [side(reply(*number), *turn), side(reply(self.number), self.turn)]
            }
            Other::Sibling { number, turn } => [side(reply(self.number), self.turn), side(reply(*number), *turn)],
        })
    }

    /// Compares with the one so many places on, in a ring.
    pub fn turn_to(&mut self, steps: isize) {
        let of = isize::try_from(self.others.len().max(1)).unwrap_or(1);
        let at = isize::try_from(self.at).unwrap_or(0);
        self.at = (at + steps).rem_euclid(of).unsigned_abs();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diff() -> Diff {
        let others = vec![
            Other::Lane { title: "B".into(), turn: TurnId(7) },
            Other::Sibling { number: 1, turn: TurnId(3) },
            Other::Sibling { number: 3, turn: TurnId(9) },
        ];
        Diff {
            lane: "A".into(),
            turn: TurnId(5),
            number: 2,
            others,
            at: 0,
            reader: Reader::default(),
            changes: Vec::new(),
        }
    }

    fn names(diff: &Diff) -> [String; 2] {
        diff.sides().unwrap().map(|side| format!("{} {}", side.name, side.turn.0))
    }

    #[test]
    fn the_ring_goes_over_lanes_and_siblings_and_the_older_sibling_comes_first() {
        let mut diff = diff();
        let mut seen = vec![names(&diff)];
        for _ in 0..3 {
            diff.turn_to(1);
            seen.push(names(&diff));
        }
        assert_eq!(seen, [["A 5", "B 7"], ["reply 1 3", "reply 2 5"], ["reply 2 5", "reply 3 9"], ["A 5", "B 7"]]);
        diff.turn_to(-1);
        assert_eq!(diff.at, 2);
    }
}
