//! What of a session is written: the lanes that are meant, and their branches.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::chat::{Attachment, Images, Role, ToolCall, TurnId, TurnTree, messages};
use crate::store::{AS_SENT, SavedAttachment, SavedLane, SavedRun, SavedSession, SavedTurn};
use crate::text;

/// A session to be written, its turns by their numbers.
pub(super) struct Written<'s> {
    pub(super) session: &'s SavedSession,
    turns: BTreeMap<u32, &'s SavedTurn>,
    runs: BTreeMap<u32, &'s SavedRun>,
}

impl<'s> Written<'s> {
    pub(super) fn of(session: &'s SavedSession) -> Self {
        Self {
            session,
            turns: session.turns.iter().map(|turn| (turn.id, turn)).collect(),
            runs: session.runs.iter().map(|run| (run.id, run)).collect(),
        }
    }

    pub(super) fn run(&self, of: &SavedTurn) -> Option<&'s SavedRun> {
        self.runs.get(&of.run?).copied()
    }

    /// The turns down to one, oldest first. Each counts once, whatever a file says of its parents.
    pub(super) fn branch(&self, tip: Option<u32>) -> Vec<&'s SavedTurn> {
        let above = |turn: &&SavedTurn| turn.parent.and_then(|parent| self.turns.get(&parent)).copied();
        let tip = tip.and_then(|tip| self.turns.get(&tip)).copied();
        let mut path: Vec<&SavedTurn> = std::iter::successors(tip, above).take(self.turns.len()).collect();
        path.reverse();
        path
    }

    /// The branch of a lane as an endpoint is sent it, the system prompt first.
    pub(super) fn messages(&self, lane: &SavedLane) -> Vec<Value> {
        let settings = &lane.settings;
        let system = settings.system.as_deref().map(|system| text::fill(system, &settings.variables));
        let (tree, tip) = self.tree(&self.branch(lane.tip));
        whole(&tree, tip, system.as_deref())
    }

    /// The conversation that a run was asked with, which is the branch above its reply.
    pub(super) fn asked(&self, run: &SavedRun) -> Vec<Value> {
        let reply = run.replies.first().and_then(|reply| self.turns.get(reply));
        let (tree, tip) = self.tree(&self.branch(reply.and_then(|reply| reply.parent)));
        let mut all = run.form.messages.clone();
        all.extend(whole(&tree, tip, None));
        all
    }

    /// Turns that no lane's branch reaches.
    pub(super) fn beside(&self) -> usize {
        let lanes = self.session.lanes.iter().flat_map(|lane| self.branch(lane.tip));
        let reached: std::collections::BTreeSet<u32> = lanes.map(|turn| turn.id).collect();
        self.turns.len() - reached.len()
    }

    /// A branch as living turns. What has an unknown role is passed over.
    fn tree(&self, branch: &[&SavedTurn]) -> (TurnTree, Option<TurnId>) {
        let mut tree = TurnTree::default();
        let mut tip = None;
        for saved in branch {
            let Some(role) = Role::of_name(&saved.role) else { continue };
            let id = tree.add(tip, role, saved.text.as_str());
            if let Some(turn) = tree.change(id) {
                turn.attachments = self.attachments(saved);
                turn.refusal.clone_from(&saved.refusal);
                turn.answers.clone_from(&saved.answers);
                turn.as_sent = saved.other.get(AS_SENT).cloned();
                turn.tool_calls = saved.tool_calls.iter().cloned().map(ToolCall::from).collect();
            }
            tip = Some(id);
        }
        (tree, tip)
    }

    /// What is attached to a turn; a file that the session lacks is lost.
    pub(super) fn attachments(&self, turn: &SavedTurn) -> Vec<Attachment> {
        let attachment = |saved: &SavedAttachment| {
            let bytes = self.session.file(saved).map(|file| file.bytes.clone());
            let whole = bytes.and_then(|bytes| Attachment::of(saved.name.as_str(), bytes).ok());
            whole.unwrap_or_else(|| Attachment::lost(saved.name.clone(), saved.sha256.clone(), saved.size))
        };
        turn.attachments.iter().map(attachment).collect()
    }
}

/// A branch as it is sent, its images whole.
fn whole(turns: &TurnTree, tip: Option<TurnId>, system: Option<&str>) -> Vec<Value> {
    let mut messages = messages(turns, tip, system);
    Images::of(turns, tip).fill(&mut messages);
    messages
}
