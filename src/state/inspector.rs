//! The inspector: the calls of a session as a tree of questions, replies and calls, and what is shown of one of them.
//!
//! Owns which rows there are, which one is selected and what is typed. The rows are made when turns, calls or lanes'
//! branches change; a piece of a call that comes changes none. What is read of a call is made in `update`.

mod calls_compared;
mod detail;
mod filter;
mod outline;

use std::collections::HashMap;

use ratatui::layout::Rect;

use super::{Breadth, CallId, Lane, LaneId, Reader, Session, Size, State};
use crate::chat::{Role, Turn, TurnId};
use crate::text::StringForm;

pub use calls_compared::{CallDifference, CallMark, call_differences};
pub use detail::{DetailBody, DetailKey, InspectorDetail};
use filter::CallFilter;
use outline::{Group, Outline};

/// As far back from the end of a branch the reply is looked for whose calls are shown: its answers come after it.
const ANSWERS: usize = 64;

/// From this width on the detail has the larger part.
const WIDE_FROM: u16 = 130;

/// From this width on the detail stands beside the tree.
const BESIDE_FROM: u16 = 96;

/// A row of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InspectorRow {
    /// The question that replies below it answer; `None` where nobody asked one.
    Question(Option<TurnId>),
    Reply(TurnId),
    Call(CallId),
}

/// What is shown of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InspectorTab {
    #[default]
    Arguments,
    Result,
    Schema,
    Errors,
    Wire,
}

impl InspectorTab {
    /// All of them, from the left.
    pub const ALL: [Self; 5] = [Self::Arguments, Self::Result, Self::Schema, Self::Errors, Self::Wire];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Arguments => "arguments",
            Self::Result => "result",
            Self::Schema => "schema",
            Self::Errors => "errors",
            Self::Wire => "wire",
        }
    }

    /// The one so many places on, in a ring.
    #[must_use]
    pub fn turned(self, steps: usize) -> Self {
        let at = Self::ALL.iter().position(|tab| *tab == self).unwrap_or(0);
        Self::ALL[(at + steps) % Self::ALL.len()]
    }
}

/// What the keys move in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InspectorFocus {
    #[default]
    Tree,
    Detail,
}

/// What is being typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InspectorField {
    /// Which calls the tree shows.
    Filter,
    /// What is looked for in the detail.
    Find,
}

/// What the rows depend on, but for how many calls a reply has that still comes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct RowsKey {
    session: u64,
    shape: u64,
    closed: u64,
    calls: u64,
    lanes: Vec<(LaneId, Option<TurnId>)>,
    filter: String,
}

/// The inspector's own state; it stays as it is while something else is on the screen.
#[derive(Debug, Default)]
pub struct Inspector {
    /// The selected call of the sidebar's box.
    pub in_box: usize,
    pub tab: InspectorTab,
    pub focus: InspectorFocus,
    pub filter: String,
    pub find: String,
    pub typing: Option<InspectorField>,
    /// How strings of JSON are shown.
    pub strings: StringForm,
    /// Whether the open form was opened from it, and leads back to it.
    pub under_form: bool,
    pub detail: Option<InspectorDetail>,
    rows: Vec<InspectorRow>,
    selected: usize,
    marks: HashMap<CallId, CallMark>,
    /// All calls, shown or not.
    calls: usize,
    key: Option<RowsKey>,
    /// How many calls of replies that still come have rows.
    coming: Vec<(TurnId, usize)>,
    /// The replies with calls, by their questions, as they were outlined last.
    groups: Vec<Group>,
    work: u64,
}

/// Where the parts of the inspector are on a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InspectorAreas {
    pub frame: Rect,
    /// The row of the filter, above the tree.
    pub filter: Rect,
    pub tree: Rect,
    /// The column or the row between the two.
    pub rule: Rect,
    pub tabs: Rect,
    pub detail: Rect,
    pub keys: Rect,
}

impl RowsKey {
    /// Whether only the filter is another one.
    fn differs_by_filter(&self, other: &Self) -> bool {
        let filtered = Self { filter: other.filter.clone(), ..self.clone() };
        filtered == *other
    }
}

impl Inspector {
    #[must_use]
    pub fn areas(&self, size: Size) -> InspectorAreas {
        let frame = Reader::frame(size, Breadth::Whole);
        let body = Reader::body(size, Breadth::Whole);
        let keys = Rect { y: body.bottom(), height: 1, ..body };
        let filter = |area: Rect| Rect { height: 1.min(area.height), ..area };
        let below = |area: Rect| Rect { y: area.y + 1.min(area.height), height: area.height.saturating_sub(1), ..area };
        let (left, rule, right) = if size.columns >= BESIDE_FROM {
            let share = if size.columns < WIDE_FROM { body.width / 2 } else { body.width * 2 / 5 };
            let wide = share.clamp(34, 72);
            let rule = Rect { x: body.x + wide, width: 1, ..body };
            let right = Rect { x: rule.x + 2, width: body.width.saturating_sub(wide + 2), ..body };
            (Rect { width: wide.saturating_sub(1), ..body }, rule, right)
        } else {
            let high = match self.focus {
                InspectorFocus::Tree => body.height / 2,
                InspectorFocus::Detail => 4.min(body.height / 2),
            };
            let rule = Rect { x: frame.x, width: frame.width, y: body.y + high, height: 1 };
            let right = Rect { y: rule.y + 1, height: body.height.saturating_sub(high + 1), ..body };
            (Rect { height: high, ..body }, rule, right)
        };
        InspectorAreas {
            frame,
            filter: filter(left),
            tree: below(left),
            rule,
            tabs: filter(right),
            detail: below(right),
            keys,
        }
    }

    #[must_use]
    pub fn rows(&self) -> &[InspectorRow] {
        &self.rows
    }

    #[must_use]
    pub fn selected(&self) -> usize {
        self.selected
    }

    #[must_use]
    pub fn row(&self) -> Option<InspectorRow> {
        self.rows.get(self.selected).copied()
    }

    /// The selected call.
    #[must_use]
    pub fn call(&self) -> Option<CallId> {
        match self.row()? {
            InspectorRow::Call(call) => Some(call),
            _ => None,
        }
    }

    /// How many calls the session has, shown or not.
    #[must_use]
    pub fn all_calls(&self) -> usize {
        self.calls
    }

    pub fn select(&mut self, row: usize) {
        self.selected = row.min(self.rows.len().saturating_sub(1));
    }

    /// Selects a call, if it has a row.
    pub fn select_call(&mut self, call: CallId) {
        self.select_row(InspectorRow::Call(call));
    }

    fn select_row(&mut self, row: InspectorRow) {
        // What was done last stands at the end.
        if let Some(place) = self.rows.iter().rposition(|candidate| *candidate == row) {
            self.selected = place;
        }
    }

    /// How a call compares with those of other lanes.
    #[must_use]
    pub fn mark(&self, call: CallId) -> Option<&CallMark> {
        self.marks.get(&call)
    }

    /// How many turns were looked at and rows were made so far: for tests that watch the work.
    #[must_use]
    pub fn work(&self) -> u64 {
        self.work
    }

    /// Makes the rows anew when turns, calls or branches changed, and adds those of calls that came.
    pub fn refresh(&mut self, session: &Session, lanes: &[Lane]) {
        let key = RowsKey {
            session: session.serial,
            shape: session.turns.shape(),
            closed: session.closed_runs(),
            calls: session.calls_changed(),
            lanes: lanes.iter().map(|lane| (lane.id, lane.tip())).collect(),
            filter: self.filter.clone(),
        };
        let coming = coming(session, lanes);
        if self.key.as_ref() != Some(&key) {
            if coming == self.coming && self.key.as_ref().is_some_and(|before| before.differs_by_filter(&key)) {
                self.fill(session, lanes, self.row());
            } else {
                self.rebuild(session, lanes);
            }
            (self.key, self.coming) = (Some(key), coming);
        } else if coming != self.coming {
            for &(reply, count) in &coming {
                self.grow(session, lanes, reply, count);
            }
            self.coming = coming;
        }
    }

    fn rebuild(&mut self, session: &Session, lanes: &[Lane]) {
        let before = self.row().filter(|_| self.key.as_ref().is_some_and(|key| key.session == session.serial));
        let outline = Outline::of(session);
        self.work += session.turns.len() as u64;
        self.marks = calls_compared::marks(session, lanes, &outline);
        self.groups = outline.groups;
        self.fill(session, lanes, before);
    }

    /// Makes the rows of the calls that the filter lets through; a key that is typed into it costs no outline.
    fn fill(&mut self, session: &Session, lanes: &[Lane], before: Option<InspectorRow>) {
        let filter = CallFilter::of(&self.filter);
        self.rows.clear();
        self.calls = 0;
        for group in &self.groups {
            let first = self.rows.len();
            for &reply in &group.replies {
                let count = session.turns.get(reply).map_or(0, |turn| turn.tool_calls.len());
                self.calls += count;
                let calls = (0..count).map(|index| CallId { reply, index });
                let shown: Vec<CallId> = calls.filter(|call| filter.takes(session, lanes, *call)).collect();
                if shown.is_empty() {
                    continue;
                }
                if self.rows.len() == first {
                    self.rows.push(InspectorRow::Question(group.questions.first().copied()));
                }
                self.rows.push(InspectorRow::Reply(reply));
                self.rows.extend(shown.into_iter().map(InspectorRow::Call));
            }
        }
        self.work += self.rows.len() as u64;
        self.select(self.selected);
        if let Some(row) = before {
            self.select_row(row);
        }
    }

    /// Adds the rows of calls that came to a reply, which stands near the end.
    fn grow(&mut self, session: &Session, lanes: &[Lane], reply: TurnId, count: usize) {
        let of = |row: &InspectorRow| match row {
            InspectorRow::Reply(turn) => *turn == reply,
            InspectorRow::Call(call) => call.reply == reply,
            InspectorRow::Question(_) => false,
        };
        let last = self.rows.iter().rposition(of).filter(|_| self.filter.is_empty());
        let Some(last) = last else { return self.rebuild(session, lanes) };
        let had = match self.rows[last] {
            InspectorRow::Call(call) => call.index + 1,
            _ => 0,
        };
        let new = (had..count).map(|index| InspectorRow::Call(CallId { reply, index }));
        self.rows.splice(last + 1..last + 1, new);
        self.calls += count.saturating_sub(had);
        self.work += count.saturating_sub(had) as u64;
        if self.selected > last {
            self.selected += count.saturating_sub(had);
        }
    }
}

/// The replies that still come, and how many calls each has so far.
fn coming(session: &Session, lanes: &[Lane]) -> Vec<(TurnId, usize)> {
    let runs = lanes.iter().filter_map(|lane| lane.status.live()).filter_map(|(run, _)| session.run(run));
    let replies = runs.flat_map(|run| run.replies.iter().copied());
    let count = |reply| session.turns.get(reply).map_or(0, |turn: &Turn| turn.tool_calls.len());
    replies.map(|reply| (reply, count(reply))).filter(|(_, count)| *count > 0).collect()
}

impl State {
    /// The last reply with calls to a lane's last question, whose calls the sidebar shows.
    #[must_use]
    pub fn last_called(&self, lane: &Lane) -> Option<&Turn> {
        let turns = lane.branch.iter().rev().take(ANSWERS).filter_map(|id| self.session.turns.get(*id));
        turns.take_while(|turn| turn.role != Role::User).find(|turn| !turn.tool_calls.is_empty())
    }

    /// The letters of the lanes whose branches hold a turn.
    #[must_use]
    pub fn lanes_with(&self, turn: TurnId) -> Vec<char> {
        self.lanes.iter().filter(|lane| self.holds(lane, turn)).map(|lane| lane.letter).collect()
    }
}

#[cfg(test)]
mod tests;
