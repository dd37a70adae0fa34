//! Turns, and the tree they form.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Attachment, RunId, Tokens, ToolCall, parts};

/// A turn's place in its tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TurnId(pub u32);

/// Who speaks in a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    System,
    Developer,
    User,
    Assistant,
    Tool,
}

impl Role {
    /// The role's name on the wire and on the screen.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Developer => "developer",
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Tool => "tool",
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let roles = [Self::System, Self::Developer, Self::User, Self::Assistant, Self::Tool];
        roles.into_iter().find(|role| role.name() == name)
    }
}

/// One message of a session: text as it came (never cleaned, never wrapped) and what came beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    pub id: TurnId,
    pub parent: Option<TurnId>,
    /// How many turns stand above it: its place in its branch.
    pub depth: usize,
    pub role: Role,
    pub text: String,
    pub reasoning: String,
    pub refusal: String,
    /// Files that go with the text.
    pub attachments: Vec<Attachment>,
    pub tool_calls: Vec<ToolCall>,
    /// Its tokens with their log probabilities, where these were asked for.
    pub tokens: Tokens,
    /// The message that it was imported from, where that says more than these fields; it goes back as it came.
    pub as_sent: Option<Value>,
    /// For a tool's answer: the call it answers.
    pub answers: Option<String>,
    /// The run that produced this reply.
    pub run: Option<RunId>,
    /// Whether its text is what the user made of a reply: nobody was asked for it.
    pub edited: bool,
    /// The user's name for the branch that begins here.
    pub name: Option<String>,
    /// Goes up whenever the content changes; text, reasoning and refusal only ever grow at their ends.
    pub revision: u64,
    children: Vec<TurnId>,
}

impl Turn {
    /// The message in wire form, without calls that were cut off; images stand in it as references, which
    /// [`Images`](super::Images) puts in. `None` when there is nothing to send (a reply that failed before its first word).
    #[must_use]
    pub fn to_message(&self) -> Option<Value> {
        if self.as_sent.is_some() {
            return self.as_sent.clone();
        }
        let mut message = Map::new();
        let calls: Vec<&ToolCall> = self.tool_calls.iter().filter(|call| call.is_whole()).collect();
        message.insert("role".to_owned(), json!(self.role.name()));
        if self.text.is_empty() && self.role == Role::Assistant {
            if calls.is_empty() {
                return (!self.refusal.is_empty()).then(|| json!({"role": "assistant", "content": self.refusal}));
            }
            message.insert("content".to_owned(), Value::Null);
        } else {
            message.insert("content".to_owned(), parts::content(&self.text, &self.attachments));
        }
        if !calls.is_empty() {
            let calls = calls.into_iter().map(ToolCall::to_json).collect();
            message.insert("tool_calls".to_owned(), Value::Array(calls));
        }
        if let Some(call) = &self.answers {
            message.insert("tool_call_id".to_owned(), json!(call));
        }
        Some(Value::Object(message))
    }
}

/// All turns of a session. Turns are only ever added: an edit or a retry makes a sibling. What is deleted is hidden.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TurnTree {
    turns: Vec<Turn>,
    /// The first turns that are not hidden.
    roots: Vec<TurnId>,
    /// The heads of the branches that are hidden. They are no children of their parents meanwhile.
    hidden: BTreeSet<TurnId>,
    /// Goes up whenever turns come, go or come back; content does not count.
    shape: u64,
    /// Those that were added or changed since somebody asked.
    changed: BTreeSet<TurnId>,
}

impl TurnTree {
    /// Adds a turn under `parent` and gives its id.
    pub fn add(&mut self, parent: Option<TurnId>, role: Role, text: impl Into<String>) -> TurnId {
        let id = TurnId(u32::try_from(self.turns.len()).unwrap_or(u32::MAX));
        let depth = parent.and_then(|parent| self.get(parent)).map_or(0, |parent| parent.depth + 1);
        match parent.and_then(|parent| self.turns.get_mut(parent.0 as usize)) {
            Some(parent) => parent.children.push(id),
            None => self.roots.push(id),
        }
        self.shape += 1;
        self.changed.insert(id);
        self.turns.push(Turn {
            id,
            parent,
            depth,
            role,
            text: text.into(),
            reasoning: String::new(),
            refusal: String::new(),
            attachments: Vec::new(),
            tool_calls: Vec::new(),
            tokens: Tokens::default(),
            as_sent: None,
            answers: None,
            run: None,
            edited: false,
            name: None,
            revision: 0,
            children: Vec::new(),
        });
        id
    }

    #[must_use]
    pub fn get(&self, id: TurnId) -> Option<&Turn> {
        self.turns.get(id.0 as usize)
    }

    /// The turn to be changed; its revision goes up with the call.
    pub fn change(&mut self, id: TurnId) -> Option<&mut Turn> {
        let turn = self.turns.get_mut(id.0 as usize)?;
        turn.revision += 1;
        self.changed.insert(id);
        Some(turn)
    }

    /// The turns that were added or changed since this was asked before.
    pub fn take_changed(&mut self) -> BTreeSet<TurnId> {
        std::mem::take(&mut self.changed)
    }

    /// The turns from the root down to `tip`.
    #[must_use]
    pub fn branch(&self, tip: Option<TurnId>) -> Vec<TurnId> {
        let mut path: Vec<TurnId> = self.up_from(tip).map(|turn| turn.id).collect();
        path.reverse();
        path
    }

    /// The turns from `tip` up to the root.
    pub fn up_from(&self, tip: Option<TurnId>) -> impl Iterator<Item = &Turn> {
        std::iter::successors(tip.and_then(|id| self.get(id)), |turn| turn.parent.and_then(|id| self.get(id)))
    }

    /// The turns with the same parent, oldest first, the turn itself among them.
    #[must_use]
    pub fn siblings(&self, id: TurnId) -> &[TurnId] {
        let parent = self.get(id).and_then(|turn| turn.parent).and_then(|parent| self.get(parent));
        parent.map_or(self.roots.as_slice(), |parent| &parent.children)
    }

    /// The turns that follow a turn, oldest first; without one, the first turns of the session.
    #[must_use]
    pub fn children(&self, id: Option<TurnId>) -> &[TurnId] {
        id.map_or(&self.roots, |id| self.get(id).map_or(&[], |turn| &turn.children))
    }

    /// Hides a turn and all that follows it; whether it was to be seen before.
    pub fn hide(&mut self, id: TurnId) -> bool {
        let Some(place) = self.siblings(id).iter().position(|sibling| *sibling == id) else { return false };
        self.beside(id).remove(place);
        self.shape += 1;
        self.changed.insert(id);
        self.hidden.insert(id)
    }

    /// Brings a hidden turn back to its place, and all that follows it; whether it was hidden.
    pub fn show(&mut self, id: TurnId) -> bool {
        if !self.hidden.remove(&id) {
            return false;
        }
        // Turns are numbered as they come, so that siblings are in order by their numbers.
        let place = self.siblings(id).partition_point(|sibling| *sibling < id);
        self.beside(id).insert(place, id);
        self.shape += 1;
        self.changed.insert(id);
        true
    }

    #[must_use]
    pub fn is_hidden(&self, id: TurnId) -> bool {
        self.hidden.contains(&id)
    }

    /// The heads of the branches that are hidden.
    pub fn hidden(&self) -> impl Iterator<Item = TurnId> + '_ {
        self.hidden.iter().copied()
    }

    /// A number that is another one whenever turns came, went or came back.
    #[must_use]
    pub fn shape(&self) -> u64 {
        self.shape
    }

    /// The list that a turn belongs into.
    fn beside(&mut self, id: TurnId) -> &mut Vec<TurnId> {
        let parent = self.get(id).and_then(|turn| turn.parent);
        match parent.and_then(|parent| self.turns.get_mut(parent.0 as usize)) {
            Some(parent) => &mut parent.children,
            None => &mut self.roots,
        }
    }

    /// The end of the newest branch below a turn.
    #[must_use]
    pub fn newest_leaf(&self, id: TurnId) -> TurnId {
        let newest_child = |id: &TurnId| self.get(*id).and_then(|turn| turn.children.last().copied());
        std::iter::successors(Some(id), newest_child).last().unwrap_or(id)
    }

    /// All turns, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Turn> {
        self.turns.iter()
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.turns.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_makes_a_sibling_and_the_old_branch_stays() {
        let mut tree = TurnTree::default();
        let first = tree.add(None, Role::User, "one");
        let reply = tree.add(Some(first), Role::Assistant, "uno");
        let edited = tree.add(None, Role::User, "two");
        assert_eq!(tree.branch(Some(reply)), [first, reply]);
        assert_eq!(tree.branch(Some(edited)), [edited]);
        assert_eq!(tree.siblings(edited), [first, edited]);
        assert_eq!(tree.newest_leaf(first), reply);
        assert_eq!(tree.get(reply).unwrap().depth, 1);
    }

    #[test]
    fn a_hidden_branch_is_nobodys_sibling_until_it_is_shown_again_in_its_place() {
        let mut tree = TurnTree::default();
        let question = tree.add(None, Role::User, "one");
        let replies = ["uno", "eins", "un"].map(|text| tree.add(Some(question), Role::Assistant, text));
        let before = tree.clone();
        assert!(tree.hide(replies[1]) && !tree.hide(replies[1]));
        assert_eq!(tree.siblings(replies[0]), [replies[0], replies[2]]);
        assert!(tree.hide(replies[2]));
        assert_eq!(tree.newest_leaf(question), replies[0]);
        assert!(tree.show(replies[1]) && !tree.show(replies[1]));
        assert_eq!(tree.children(Some(question)), &replies[..2]);
        assert!(tree.show(replies[2]));
        assert_eq!(tree.children(Some(question)), before.children(Some(question)));
        assert_eq!(tree.get(replies[1]).unwrap().text, "eins", "nothing is gone");
        assert!(tree.hide(question) && tree.children(None).is_empty());
        assert_eq!(tree.hidden().collect::<Vec<_>>(), [question]);
    }

    #[test]
    fn a_change_raises_the_revision() {
        let mut tree = TurnTree::default();
        let id = tree.add(None, Role::Assistant, "");
        tree.change(id).unwrap().text.push_str("word");
        assert_eq!(tree.get(id).unwrap().revision, 1);
    }

    #[test]
    fn calls_go_back_unchanged_with_a_null_content() {
        let mut tree = TurnTree::default();
        let id = tree.add(None, Role::Assistant, "");
        let call = ToolCall { id: "c1".into(), name: "f".into(), arguments: "{ }".into(), extra: None };
        tree.change(id).unwrap().tool_calls.push(call);
        assert_eq!(
            tree.get(id).unwrap().to_message().unwrap(),
            json!({"role": "assistant", "content": null, "tool_calls":
                [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{ }"}}]})
        );
    }

    #[test]
    fn a_reply_without_a_word_is_not_sent_back() {
        let mut tree = TurnTree::default();
        let id = tree.add(None, Role::Assistant, "");
        assert_eq!(tree.get(id).unwrap().to_message(), None);
    }
}
