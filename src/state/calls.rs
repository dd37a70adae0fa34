//! What becomes of the tool calls of replies: a record for each, by the reply's turn and the call's place in it.
//!
//! Owns the records and what their states mean. Who decides what, and when results go back, is `update`'s.

mod call_box;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::{LaneId, Session, State, StreamStatus, ToolSource};
use crate::chat::{Role, Tool, ToolCall, Turn, TurnId};
use crate::config::MAX_ROUNDS;
use crate::tools::{CallEnd, Responder, Responders, Violation, answerer, check_call};

pub use call_box::{CallBox, CallBoxKey};

/// One call of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId {
    pub reply: TurnId,
    /// Its place among the calls of the reply, from 0.
    pub index: usize,
}

/// What became of a call. What came stays in the reply's turn as it came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CallRecord {
    /// The arguments as the user changed them.
    pub edited: Option<String>,
    /// Who answered it or is about to; `None` while nobody was asked.
    pub by: Option<Answerer>,
    pub state: CallState,
    /// The tool turn that holds its answer, once the results went back.
    pub answer: Option<TurnId>,
}

/// Who answers a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answerer {
    Person,
    Canned,
    /// The program and its arguments, as they were run.
    Command(Vec<String>),
}

/// Where a call stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum CallState {
    /// It still comes.
    #[default]
    Arrives,
    /// Its arguments may not be run: cut, no JSON, against the schema, or there is no such tool.
    Invalid { why: Vec<Violation> },
    /// It waits for the user.
    Waits,
    /// It ran when the program ended: what it did is not known. It waits for the user.
    CutOff,
    Running {
        since: Instant,
        /// The task that runs it; what another one says is stale.
        task: u64,
        /// The lane that runs it.
        lane: LaneId,
    },
    /// It came to its end with more than goes back unasked. It waits for the user.
    Large { end: CallEnd, took: Option<Duration> },
    /// What goes back is known.
    Ended { end: CallEnd, took: Option<Duration> },
    /// The conversation went on without it.
    NotRun,
}

/// Where a call stands that nobody has decided: it waits, or says why it cannot be run.
#[must_use]
pub fn examined(tools: &[Tool], name: &str, arguments: &str) -> CallState {
    let why = check_call(tools, name, arguments).faults();
    if why.is_empty() { CallState::Waits } else { CallState::Invalid { why } }
}

/// All records of a session.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calls {
    of: BTreeMap<TurnId, Vec<CallRecord>>,
    running: BTreeSet<CallId>,
}

/// Whom the user trusts with which tool, and how far a loop of calls goes unasked.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolDesk {
    pub responders: Responders,
    /// What lanes may be offered besides what they have.
    pub offered: Vec<(Tool, ToolSource)>,
    /// Goes up when the responders change.
    pub revision: u64,
    /// The tools whose valid calls run unasked in this session, in every lane that offers them: by what they are, not by
    /// their names, so that another tool of the same name asks.
    pub always: Vec<Tool>,
    /// After so many rounds of calls the user is asked.
    pub max_rounds: usize,
    /// The number of the last task that was begun.
    tasks: u64,
}

impl Default for ToolDesk {
    fn default() -> Self {
        Self {
            responders: Responders::default(),
            offered: Vec::new(),
            revision: 0,
            always: Vec::new(),
            max_rounds: MAX_ROUNDS,
            tasks: 0,
        }
    }
}

impl ToolDesk {
    /// The number of a new task.
    pub fn next_task(&mut self) -> u64 {
        self.tasks += 1;
        self.tasks
    }

    /// Whether valid calls of a tool run unasked.
    #[must_use]
    pub fn trusts(&self, tool: &Tool) -> bool {
        self.always.contains(tool)
    }
}

impl CallState {
    /// Whether the user has to say something.
    #[must_use]
    pub fn is_undecided(&self) -> bool {
        matches!(self, Self::Invalid { .. } | Self::Waits | Self::CutOff | Self::Large { .. })
    }

    /// A mark and a word for it.
    #[must_use]
    pub fn words(&self) -> (&'static str, &'static str) {
        match self {
            Self::Arrives => ("…", "arrives"),
            Self::Invalid { .. } => ("✗", "invalid"),
            Self::Waits => ("?", "waits for you"),
            Self::CutOff => ("?", "was cut off"),
            Self::Running { .. } => ("▸", "running"),
            Self::Large { .. } => ("?", "large result"),
            Self::Ended { end, .. } => match end {
                CallEnd::Answered(_) => ("✓", "ok"),
                CallEnd::Refused { .. } => ("–", "refused"),
                CallEnd::Failed { .. } => ("✗", "failed"),
                CallEnd::TimedOut { .. } => ("✗", "timed out"),
                CallEnd::Cancelled { .. } => ("■", "cancelled"),
            },
            Self::NotRun => ("–", "not run"),
        }
    }

    /// How long it took, where that is known.
    #[must_use]
    pub fn took(&self) -> Option<Duration> {
        match self {
            Self::Ended { took, .. } | Self::Large { took, .. } => *took,
            _ => None,
        }
    }
}

impl Calls {
    /// The records of a reply's calls, in their order; none before it ended.
    #[must_use]
    pub fn of(&self, reply: TurnId) -> Option<&[CallRecord]> {
        self.of.get(&reply).map(Vec::as_slice)
    }

    #[must_use]
    pub fn get(&self, call: CallId) -> Option<&CallRecord> {
        self.of.get(&call.reply)?.get(call.index)
    }

    /// The calls that run now.
    pub fn running(&self) -> impl Iterator<Item = CallId> + '_ {
        self.running.iter().copied()
    }

    /// Puts the records of a reply in their place.
    pub(super) fn put(&mut self, reply: TurnId, records: Vec<CallRecord>) {
        self.of.insert(reply, records);
    }
}

impl Session {
    /// Begins the records of a reply's calls.
    pub fn begin_calls(&mut self, reply: TurnId, records: Vec<CallRecord>) {
        self.calls.put(reply, records);
        self.calls_changed += 1;
        // They are saved with their turn.
        self.turns.change(reply);
    }

    /// Changes a call's record; its turn counts as changed, since the record is shown and saved with it.
    pub fn change_call(&mut self, call: CallId, change: impl FnOnce(&mut CallRecord)) {
        let Some(record) = self.calls.of.get_mut(&call.reply).and_then(|records| records.get_mut(call.index)) else {
            return;
        };
        change(record);
        self.calls_changed += 1;
        match record.state {
            CallState::Running { .. } => self.calls.running.insert(call),
            _ => self.calls.running.remove(&call),
        };
        self.turns.change(call.reply);
    }

    /// A call as it came, and its record.
    #[must_use]
    pub fn call(&self, id: CallId) -> Option<(&ToolCall, &CallRecord)> {
        let call = self.turns.get(id.reply)?.tool_calls.get(id.index)?;
        Some((call, self.calls.get(id)?))
    }

    /// The arguments that a call is run with: as they came, or as the user changed them.
    #[must_use]
    pub fn arguments(&self, id: CallId) -> Option<&str> {
        let (call, record) = self.call(id)?;
        Some(record.edited.as_deref().unwrap_or(&call.arguments))
    }

    /// Where a call stands. One that has no record still comes, or came to nothing.
    #[must_use]
    pub fn call_state(&self, turn: &Turn, index: usize) -> &CallState {
        const ARRIVES: &CallState = &CallState::Arrives;
        const NOT_RUN: &CallState = &CallState::NotRun;
        let over = || turn.run.and_then(|run| self.run(run)).is_none_or(|run| run.finished.is_some());
        match self.calls.get(CallId { reply: turn.id, index }) {
            Some(record) if record.state != CallState::Arrives => &record.state,
            _ if over() => NOT_RUN,
            _ => ARRIVES,
        }
    }

    /// The call that a tool's answer belongs to.
    #[must_use]
    pub fn answered_by(&self, answer: &Turn) -> Option<CallId> {
        let id = answer.answers.as_ref()?;
        let mut above = self.turns.up_from(answer.parent);
        let reply = above.find(|turn| turn.role != Role::Tool)?;
        let index = reply.tool_calls.iter().position(|call| call.id == *id)?;
        Some(CallId { reply: reply.id, index })
    }

    /// The newest result of a tool in the session, whatever the branch: one that went back, or one that waits for those of
    /// the other calls beside it.
    #[must_use]
    pub fn last_result(&self, tool: &str) -> Option<String> {
        let waiting = |reply: &Turn| {
            let calls = reply.tool_calls.iter().zip(self.calls.of(reply.id)?).rev();
            calls.filter(|(call, record)| call.name == tool && record.answer.is_none()).find_map(|(_, record)| {
                match &record.state {
                    CallState::Ended { end: CallEnd::Answered(result), .. } => Some(result.clone()),
                    _ => None,
                }
            })
        };
        let went_back = |answer: &Turn| {
            let (called, _) = self.call(self.answered_by(answer)?)?;
            (called.name == tool).then(|| answer.text.clone())
        };
        self.turns.iter().rev().find_map(|turn| if turn.role == Role::Tool { went_back(turn) } else { waiting(turn) })
    }

    /// How many replies in a row ended in calls, up from a turn to the last question.
    #[must_use]
    pub fn rounds(&self, tip: Option<TurnId>) -> usize {
        let since = self.turns.up_from(tip).take_while(|turn| turn.role != Role::User);
        since.filter(|turn| !turn.tool_calls.is_empty()).count()
    }

    /// How many replies in a row made the very same calls, the one at `tip` among them.
    #[must_use]
    pub fn repeats(&self, tip: TurnId) -> usize {
        let said = |turn: &Turn| -> Vec<(String, String)> {
            turn.tool_calls.iter().map(|call| (call.name.clone(), call.arguments.clone())).collect()
        };
        let Some(last) = self.turns.get(tip).map(&said).filter(|calls| !calls.is_empty()) else { return 0 };
        let replies = self.turns.up_from(Some(tip)).filter(|turn| turn.role != Role::Tool);
        replies.take_while(|turn| turn.role == Role::Assistant && said(turn) == last).count()
    }
}

impl State {
    /// The reply whose calls a lane waits with, and the selected one of them.
    #[must_use]
    pub fn awaited(&self, place: usize) -> Option<CallId> {
        match self.lanes.get(place)?.status {
            StreamStatus::AwaitingTools { reply, selected, .. } => Some(CallId { reply, index: selected }),
            _ => None,
        }
    }

    /// The tools that the model knew when it made the calls of a reply. A reply that no run brought has the lane's.
    #[must_use]
    pub fn offered(&self, place: usize, reply: &Turn) -> &[Tool] {
        let run = reply.run.and_then(|run| self.session.run(run));
        run.map_or(&self.lanes[place].settings.tools, |run| &run.settings.tools)
    }

    /// The tool that a call is of, as the model was offered it.
    #[must_use]
    pub fn called_tool(&self, place: usize, call: CallId) -> Option<&Tool> {
        let reply = self.session.turns.get(call.reply)?;
        let name = &reply.tool_calls.get(call.index)?.name;
        self.offered(place, reply).iter().find(|tool| tool.name == *name)
    }

    /// What answers a call of a lane.
    #[must_use]
    pub fn responder(&self, place: usize, call: CallId) -> &Responder {
        let name = self.session.call(call).map_or("", |(came, _)| &came.name);
        answerer(&self.tools.responders, name, self.called_tool(place, call))
    }

    /// Whether a call's tool runs unasked.
    #[must_use]
    pub fn trusts(&self, place: usize, call: CallId) -> bool {
        self.called_tool(place, call).is_some_and(|tool| self.tools.trusts(tool))
    }

    /// How many calls of a lane wait for the user.
    #[must_use]
    pub fn undecided(&self, place: usize) -> usize {
        let records = self.awaited(place).and_then(|call| self.session.calls.of(call.reply));
        records.unwrap_or_default().iter().filter(|record| record.state.is_undecided()).count()
    }

    /// Whether calls of a lane run.
    #[must_use]
    pub fn runs_calls(&self, place: usize) -> bool {
        let Some(CallId { reply, .. }) = self.awaited(place) else { return false };
        self.session.calls.running().any(|call| call.reply == reply)
    }

    /// Whether a lane waits for the user: calls are undecided, or their results wait to be sent.
    #[must_use]
    pub fn waits_for_user(&self, place: usize) -> bool {
        self.undecided(place) > 0 || (self.awaited(place).is_some() && !self.runs_calls(place))
    }
}
