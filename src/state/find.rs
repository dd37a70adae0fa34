//! Finding a text inside lanes: what is looked for, where it is, and how much of each turn was searched.
//!
//! A turn is searched once for each query, and what it grows by once. Counts are kept by lane, so that a piece of a reply
//! costs its own length however long the lane is.

use std::collections::{BTreeMap, HashMap};

use super::{Lane, LaneId, Scroll};
use crate::chat::{Turn, TurnId, TurnTree};
use crate::text::Needle;

/// The open search.
#[derive(Clone, Debug)]
pub struct Find {
    pub phase: FindPhase,
    pub scope: FindScope,
    query: String,
    needle: Option<Needle>,
    turns: HashMap<TurnId, TurnHits>,
    lanes: BTreeMap<LaneId, LaneHits>,
    /// The match that was gone to last.
    pub at: Option<FindSpot>,
    /// The turn that was unfolded to show a match in it.
    pub unfolded: Option<(LaneId, TurnId)>,
    searched: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindPhase {
    /// Keys go into the query; who leaves it is back where the lane was.
    Typing {
        lane: LaneId,
        selected: Option<TurnId>,
        scroll: Scroll,
    },
    Kept,
}

/// Where it is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindScope {
    /// In the lane that has the focus.
    Focused,
    All,
}

/// The parts of a turn in which texts are found, in the order in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindPart {
    Reasoning,
    Text,
    Refusal,
    Calls,
}

/// One match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FindSpot {
    pub lane: LaneId,
    pub turn: TurnId,
    pub part: FindPart,
    /// Its number in its part, from 0.
    pub nth: usize,
    /// Its number in its turn, from 0.
    in_turn: usize,
    /// Its number in its lane, from 0.
    pub in_lane: usize,
}

/// Which way matches are gone through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindWay {
    Next,
    Previous,
}

/// The matches in one turn.
#[derive(Clone, Debug, Default)]
struct TurnHits {
    revision: u64,
    /// Reasoning, text, refusal, then name and arguments of each call.
    parts: Vec<PartHits>,
    count: usize,
}

#[derive(Clone, Debug, Default)]
struct PartHits {
    resume: usize,
    places: Vec<u32>,
}

#[derive(Clone, Copy, Debug, Default)]
struct LaneHits {
    tip: Option<TurnId>,
    count: usize,
}

impl Find {
    /// A search that nothing is written for yet; it begins where a lane shows what it does.
    #[must_use]
    pub fn new(lane: &Lane, scroll: Scroll) -> Self {
        let phase = FindPhase::Typing { lane: lane.id, selected: lane.selected, scroll };
        Self {
            phase,
            scope: FindScope::Focused,
            query: String::new(),
            needle: None,
            turns: HashMap::new(),
            lanes: BTreeMap::new(),
            at: None,
            unfolded: None,
            searched: 0,
        }
    }

    #[must_use]
    pub fn query(&self) -> &str {
        &self.query
    }

    #[must_use]
    pub fn needle(&self) -> Option<&Needle> {
        self.needle.as_ref()
    }

    #[must_use]
    pub fn is_typing(&self) -> bool {
        matches!(self.phase, FindPhase::Typing { .. })
    }

    /// How many matches a lane has, as far as it is searched.
    #[must_use]
    pub fn count(&self, lane: LaneId) -> Option<usize> {
        self.lanes.get(&lane).filter(|_| self.needle.is_some()).map(|hits| hits.count)
    }

    /// How many matches there are in all lanes that are searched.
    #[must_use]
    pub fn count_all(&self) -> usize {
        self.lanes.values().map(|hits| hits.count).sum()
    }

    /// The bytes that were searched so far: for tests that watch the work.
    #[must_use]
    pub fn searched(&self) -> u64 {
        self.searched
    }

    /// Looks for another text. What is only longer than before is looked for where the shorter one was.
    pub fn set_query(&mut self, query: String, turns: &TurnTree) {
        let longer = query.len() > self.query.len() && query.starts_with(&self.query) && self.needle.is_some();
        self.query = query;
        self.needle = Needle::new(&self.query);
        self.at = None;
        self.lanes.clear();
        match &self.needle {
            Some(needle) if longer => {
                for (id, hits) in &mut self.turns {
                    if let Some(turn) = turns.get(*id) {
                        self.searched += hits.narrow(needle, turn);
                    }
                }
            }
            _ => self.turns.clear(),
        }
    }

    /// Searches what is new in some lanes, the only ones that are searched from now on.
    pub fn refresh<'a>(&mut self, lanes: impl Iterator<Item = &'a Lane> + Clone, turns: &TurnTree) {
        let Some(needle) = self.needle.clone() else { return };
        self.lanes.retain(|id, _| lanes.clone().any(|lane| lane.id == *id));
        // What grows is at the end of a branch. Lanes that share it count it both.
        for tip in lanes.clone().filter_map(Lane::tip) {
            let Some((turn, hits)) = turns.get(tip).zip(self.turns.get_mut(&tip)) else { continue };
            let before = hits.count;
            self.searched += hits.search(&needle, turn);
            let grown = hits.count;
            for (id, hits) in &mut self.lanes {
                if lanes.clone().any(|lane| lane.id == *id && lane.branch.get(turn.depth) == Some(&tip)) {
                    hits.count = (hits.count + grown).saturating_sub(before);
                }
            }
        }
        for lane in lanes {
            if self.lanes.get(&lane.id).is_none_or(|hits| hits.tip != lane.tip()) {
                self.count_anew(&needle, lane, turns);
            }
        }
    }

    fn count_anew(&mut self, needle: &Needle, lane: &Lane, turns: &TurnTree) {
        let mut count = 0;
        for turn in lane.branch.iter().filter_map(|id| turns.get(*id)) {
            let hits = self.turns.entry(turn.id).or_default();
            self.searched += hits.search(needle, turn);
            count += hits.count;
        }
        self.lanes.insert(lane.id, LaneHits { tip: lane.tip(), count });
        if self.at.is_some_and(|at| at.lane == lane.id && !lane.branch.contains(&at.turn)) {
            self.at = None;
        }
    }

    /// The match after or before the last one in a lane; `None` past its end.
    #[must_use]
    pub fn beside(&self, lane: &Lane, way: FindWay) -> Option<FindSpot> {
        let at = self.at.filter(|at| at.lane == lane.id)?;
        let depth = lane.branch.iter().position(|turn| *turn == at.turn)?;
        let in_turn = match way {
            FindWay::Next => Some(at.in_turn + 1).filter(|next| *next < self.in_turn(at.turn)),
            FindWay::Previous => at.in_turn.checked_sub(1),
        };
        match (in_turn, way) {
            (Some(in_turn), _) => self.spot(lane, depth, in_turn),
            (None, FindWay::Next) => self.first_from(lane, depth + 1),
            (None, FindWay::Previous) => self.last_before(lane, depth),
        }
    }

    /// The first match at a depth of a lane or below it.
    #[must_use]
    pub fn first_from(&self, lane: &Lane, depth: usize) -> Option<FindSpot> {
        let depth = (depth..lane.branch.len()).find(|depth| self.in_turn(lane.branch[*depth]) > 0)?;
        self.spot(lane, depth, 0)
    }

    /// The last match above a depth of a lane.
    #[must_use]
    pub fn last_before(&self, lane: &Lane, depth: usize) -> Option<FindSpot> {
        let depth = (0..depth).rev().find(|depth| self.in_turn(lane.branch[*depth]) > 0)?;
        self.spot(lane, depth, self.in_turn(lane.branch[depth]) - 1)
    }

    fn in_turn(&self, turn: TurnId) -> usize {
        self.turns.get(&turn).map_or(0, |hits| hits.count)
    }

    fn spot(&self, lane: &Lane, depth: usize, in_turn: usize) -> Option<FindSpot> {
        let turn = *lane.branch.get(depth)?;
        let (part, nth) = self.turns.get(&turn)?.part_of(in_turn)?;
        let above: usize = lane.branch[..depth].iter().map(|turn| self.in_turn(*turn)).sum();
        Some(FindSpot { lane: lane.id, turn, part, nth, in_turn, in_lane: above + in_turn })
    }
}

/// The texts of a turn in the order in which they are shown.
fn texts(turn: &Turn) -> impl Iterator<Item = &str> {
    let calls = turn.tool_calls.iter().flat_map(|call| [call.name.as_str(), call.arguments.as_str()]);
    [turn.reasoning.as_str(), turn.text.as_str(), turn.refusal.as_str()].into_iter().chain(calls)
}

impl TurnHits {
    /// Searches what came since; gives how many bytes were looked at.
    fn search(&mut self, needle: &Needle, turn: &Turn) -> u64 {
        if !self.parts.is_empty() && self.revision == turn.revision {
            return 0;
        }
        self.revision = turn.revision;
        let mut searched = 0;
        for (place, text) in texts(turn).enumerate() {
            if place >= self.parts.len() {
                self.parts.push(PartHits::default());
            }
            searched += self.parts[place].search(needle, text);
        }
        self.count = self.parts.iter().map(|part| part.places.len()).sum();
        searched
    }

    /// Keeps the matches that are matches of a longer text as well.
    fn narrow(&mut self, needle: &Needle, turn: &Turn) -> u64 {
        let mut searched = 0;
        for (part, text) in self.parts.iter_mut().zip(texts(turn)) {
            searched += part.places.len() as u64;
            part.resume = needle.narrow(text, part.resume, &mut part.places);
            searched += part.search(needle, text);
        }
        self.count = self.parts.iter().map(|part| part.places.len()).sum();
        searched
    }

    fn part_of(&self, in_turn: usize) -> Option<(FindPart, usize)> {
        let lengths = |from: usize, to: usize| -> usize {
            self.parts.iter().take(to).skip(from).map(|part| part.places.len()).sum()
        };
        let mut left = in_turn;
        let parts = [FindPart::Reasoning, FindPart::Text, FindPart::Refusal];
        for (place, part) in parts.into_iter().enumerate() {
            let length = lengths(place, place + 1);
            if left < length {
                return Some((part, left));
            }
            left -= length;
        }
        (left < lengths(3, self.parts.len())).then_some((FindPart::Calls, left))
    }
}

impl PartHits {
    fn search(&mut self, needle: &Needle, text: &str) -> u64 {
        let from = self.resume.min(text.len());
        self.places.retain(|place| (*place as usize) < from);
        self.resume = needle.scan(text, from, &mut self.places);
        (text.len() - from) as u64
    }
}
