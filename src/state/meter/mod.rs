//! The meter: what is estimated of tokens and money until the server has counted them.
//!
//! Owns the counts of turns, each made once, and the runs whose replies are coming. What is asked for comes from `update`.

mod live;

pub use live::{LiveRun, ReplyPart, estimated};

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::{LaneId, Sum, Totals};
use crate::chat::{Attachment, AttachmentKind, Cost, Role, RunId, Tool, Turn, TurnId};
use crate::pricing::{Family, MESSAGE_TOKENS, SAMPLE};

/// What the server has not counted yet.
#[derive(Debug, Default)]
pub struct Meter {
    /// The session that the counts are of.
    pub serial: u64,
    /// What the next message would count in each lane that hears it, in the lanes' order; empty while nothing is written.
    pub before: Vec<Before>,
    /// What each lane's conversation counts without the draft.
    pub held: BTreeMap<LaneId, Weight>,
    /// How large the window of each lane's model is, where that is known.
    pub windows: BTreeMap<LaneId, Option<u64>>,
    /// Of turns, by the family that counted them.
    turns: HashMap<(TurnId, Family), Counted>,
    /// Of text files, by their content and the family that counted them.
    files: HashMap<(String, Family), Weight>,
    pub(crate) branches: BTreeMap<LaneId, (BranchKey, Weight)>,
    pub(crate) fixed: BTreeMap<LaneId, (FixedKey, Weight)>,
    pub(crate) results: BTreeMap<LaneId, (ResultsKey, Weight)>,
    live: BTreeMap<RunId, LiveRun>,
    /// What the draft's text counts in each family, at a revision of it.
    draft: (u64, Vec<(Family, u64)>),
    /// The bytes of text that were read to be counted: for tests that watch the draw path.
    pub read: u64,
    /// The turns that were looked at to be counted, for the same tests.
    pub looked: u64,
}

/// A number of tokens, and how many parts (images, lost files) are not in it because nobody knows what they count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    pub tokens: u64,
    pub unknown: u64,
}

/// What a lane would ask with the draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    pub lane: LaneId,
    pub letter: char,
    pub input: Weight,
    /// With a reply as long as the median of the lane's; without one, of the input alone.
    pub cost: Cost,
    /// Whether the cost has a reply in it.
    pub with_reply: bool,
    /// With the longest reply.
    pub most_cost: Cost,
    /// Whether nobody is charged the cost.
    pub notional: bool,
    /// The model's window in tokens.
    pub window: Option<u64>,
}

/// What a turn counts.
#[derive(Clone, Copy, Debug)]
struct Counted {
    revision: u64,
    weight: u64,
}

/// What the count of a branch depends on: its end, that one's revision, and the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BranchKey {
    pub(crate) tip: Option<(TurnId, u64)>,
    pub(crate) family: Family,
    pub(crate) model: String,
}

/// What the count of results that have not gone back depends on: their reply, and what became of calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ResultsKey {
    pub(crate) reply: TurnId,
    pub(crate) calls_changed: u64,
    pub(crate) family: Family,
}

/// What the count of a lane's system prompt and tools depends on.
#[derive(Clone, Debug)]
pub(crate) struct FixedKey {
    pub(crate) system: Option<Arc<str>>,
    pub(crate) variables: BTreeMap<String, String>,
    pub(crate) tools: Arc<[Tool]>,
    pub(crate) family: Family,
}

impl Weight {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { tokens: self.tokens.saturating_add(other.tokens), unknown: self.unknown.saturating_add(other.unknown) }
    }

    #[must_use]
    pub fn of(tokens: u64) -> Self {
        Self { tokens, unknown: 0 }
    }
}

impl Before {
    /// How full the window is, in percent; `None` where its size is not known.
    #[must_use]
    pub fn full(&self) -> Option<u64> {
        percent(self.input.tokens, self.window?)
    }
}

/// A part of a whole in percent, rounded up: a little is not nought.
#[must_use]
pub fn percent(part: u64, whole: u64) -> Option<u64> {
    (whole > 0).then(|| part.saturating_mul(100).div_ceil(whole))
}

impl FixedKey {
    /// Whether nothing changed. What may be long is told by where it lies.
    pub(crate) fn holds(&self, other: &Self) -> bool {
        let system = match (&self.system, &other.system) {
            (Some(own), Some(others)) => Arc::ptr_eq(own, others),
            (None, None) => true,
            _ => false,
        };
        system
            && Arc::ptr_eq(&self.tools, &other.tools)
            && (self.family, &self.variables) == (other.family, &other.variables)
    }
}

impl Meter {
    /// Forgets what it knows of another session.
    pub(crate) fn follow(&mut self, serial: u64) {
        if self.serial != serial {
            let (live, read, looked) = (BTreeMap::new(), self.read, self.looked);
            *self = Self { serial, live, read, looked, ..Self::default() };
        }
    }

    /// What a turn counts in a request, its images apart. It is read once for each revision.
    pub(crate) fn turn(&mut self, turn: &Turn, family: Family) -> u64 {
        self.looked += 1;
        let known = self.turns.get(&(turn.id, family)).filter(|known| known.revision == turn.revision);
        if let Some(known) = known {
            return known.weight;
        }
        let weight = self.message(turn, family);
        self.turns.insert((turn.id, family), Counted { revision: turn.revision, weight });
        weight
    }

    fn message(&mut self, turn: &Turn, family: Family) -> u64 {
        let mut count = family.count();
        let mut read = 0;
        let mut push = |text: &str| {
            count.push(text);
            count.cut();
            read += text.len() as u64;
        };
        let mut calls = 0;
        if let Some(message) = &turn.as_sent {
            push(&message.to_string());
        } else {
            push(&turn.text);
            for call in turn.tool_calls.iter().filter(|call| call.is_whole()) {
                push(&call.name);
                push(&call.arguments);
                calls += 1;
            }
            if turn.text.is_empty() && calls == 0 {
                push(&turn.refusal);
            }
        }
        self.read += read;
        let text = count.tokens();
        let silent = text == 0 && turn.role == Role::Assistant;
        if silent { 0 } else { text + MESSAGE_TOKENS * (1 + calls) }
    }

    /// What files count in a request. Texts are told apart by their content, and each is read once.
    pub(crate) fn files(&mut self, files: &[Attachment], family: Family, model: &str) -> Weight {
        let mut weight = Weight::default();
        for file in files {
            weight = weight.and(match file.kind {
                AttachmentKind::Text => self.text_file(file, family),
                AttachmentKind::Image(_) => known_or_not(family.attachment(file, model)),
            });
        }
        weight
    }

    fn text_file(&mut self, file: &Attachment, family: Family) -> Weight {
        let key = (file.hash().to_owned(), family);
        if let Some(known) = self.files.get(&key) {
            return *known;
        }
        self.read += file.bytes().map_or(0, |bytes| bytes.len().min(SAMPLE) as u64);
        let weight = known_or_not(family.attachment(file, ""));
        self.files.insert(key, weight);
        weight
    }

    /// What a file counts in a request to a model, where that is known; of a text only what was counted before, since
    /// nothing is read here.
    #[must_use]
    pub fn file(&self, file: &Attachment, family: Family, model: &str) -> Option<u64> {
        match file.kind {
            AttachmentKind::Text => {
                let known = self.files.get(&(file.hash().to_owned(), family));
                known.filter(|weight| weight.unknown == 0).map(|weight| weight.tokens)
            }
            AttachmentKind::Image(_) => family.attachment(file, model),
        }
    }

    /// What the draft's text counts. It is read once for each revision.
    pub(crate) fn draft(&mut self, revision: u64, family: Family, text: impl FnOnce() -> String) -> u64 {
        if self.draft.0 != revision {
            self.draft = (revision, Vec::new());
        }
        if let Some((_, known)) = self.draft.1.iter().find(|(of, _)| *of == family) {
            return *known;
        }
        let tokens = self.text(&text(), family);
        self.draft.1.push((family, tokens));
        tokens
    }

    /// What a text counts; what was read is noted.
    pub(crate) fn text(&mut self, text: &str, family: Family) -> u64 {
        self.read += text.len() as u64;
        family.tokens(text)
    }

    /// A run whose reply is coming.
    #[must_use]
    pub fn live(&self, run: RunId) -> Option<&LiveRun> {
        self.live.get(&run)
    }

    /// All runs whose replies are coming.
    pub fn all_live(&self) -> impl Iterator<Item = (RunId, &LiveRun)> {
        self.live.iter().map(|(run, live)| (*run, live))
    }

    pub(crate) fn begin(&mut self, run: RunId, live: LiveRun) {
        self.live.insert(run, live);
    }

    /// A reply grew by a piece: only that is read.
    pub(crate) fn grew(&mut self, run: RunId, choice: u32, part: ReplyPart, piece: &str) {
        if let Some(live) = self.live.get_mut(&run) {
            live.grow(choice, part, piece);
            self.read += piece.len() as u64;
        }
    }

    pub(crate) fn end(&mut self, run: RunId) -> Option<LiveRun> {
        self.live.remove(&run)
    }

    /// What the lanes that hear the draft would be charged together, a sum for each currency, and how many have no price.
    #[must_use]
    pub fn cost_before(&self) -> (Vec<Sum>, usize) {
        sums(self.before.iter().map(|before| (&before.cost, before.notional)))
    }

    /// The same with the longest replies.
    #[must_use]
    pub fn most_cost_before(&self) -> (Vec<Sum>, usize) {
        sums(self.before.iter().map(|before| (&before.most_cost, before.notional)))
    }
}

fn known_or_not(tokens: Option<u64>) -> Weight {
    tokens.map_or(Weight { tokens: 0, unknown: 1 }, Weight::of)
}

impl Totals {
    /// Adds what a request is estimated to cost.
    pub(crate) fn add_estimate(&mut self, before: &Before) {
        self.add(&before.cost, super::Charge::of(before.notional));
    }
}

/// Costs together: a sum for each currency, and how many are not known.
fn sums<'c>(costs: impl Iterator<Item = (&'c Cost, bool)>) -> (Vec<Sum>, usize) {
    let (mut totals, mut unknown) = (Totals::default(), 0);
    for (cost, notional) in costs {
        totals.add(cost, super::Charge::of(notional));
        unknown += usize::from(*cost == Cost::Unknown);
    }
    (totals.sums, unknown)
}
