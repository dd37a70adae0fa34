//! Which replies made calls, below the questions that they answer.

use std::collections::HashMap;

use super::Session;
use crate::chat::{Role, Turn, TurnId};

/// Replies with calls, by their questions, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) groups: Vec<Group>,
    /// For each turn where it stands.
    stands: Vec<Stands>,
    group_of: HashMap<TurnId, usize>,
}

/// A question, and the replies to it that made calls. Lanes that ask the same at the same place are one group, also where
/// what they said before is not the same.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) questions: Vec<TurnId>,
    pub(super) replies: Vec<TurnId>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Stands {
    question: Option<TurnId>,
    /// How many questions stand above it, its own among them.
    ordinal: usize,
    /// How many replies with calls stand between it and its question.
    round: usize,
    hidden: bool,
}

impl Outline {
    /// In one pass over the turns: each comes after the one that it follows.
    pub(super) fn of(session: &Session) -> Self {
        let mut outline = Self { stands: Vec::with_capacity(session.turns.len()), ..Self::default() };
        let mut by_text: HashMap<(usize, &str), usize> = HashMap::new();
        for turn in session.turns.iter() {
            let stands = outline.below(session, turn);
            outline.stands.push(stands);
            let calls = turn.role == Role::Assistant && !turn.tool_calls.is_empty();
            if !calls || stands.hidden {
                continue;
            }
            let text = stands.question.and_then(|id| session.turns.get(id)).map_or("", |turn| turn.text.as_str());
            let place = *by_text.entry((stands.ordinal, text)).or_insert_with(|| {
                outline.groups.push(Group { questions: Vec::new(), replies: Vec::new() });
                outline.groups.len() - 1
            });
            outline.groups[place].replies.push(turn.id);
        }
        outline.find_questions(session, &by_text);
        outline
    }

    fn below(&self, session: &Session, turn: &Turn) -> Stands {
        let parent = turn.parent.and_then(|parent| self.stands.get(parent.0 as usize)).copied().unwrap_or_default();
        let hidden = parent.hidden || session.turns.is_hidden(turn.id);
        if turn.role == Role::User {
            return Stands { question: Some(turn.id), ordinal: parent.ordinal + 1, round: 0, hidden };
        }
        let above = turn.parent.and_then(|parent| session.turns.get(parent));
        let called = above.is_some_and(|turn| !turn.tool_calls.is_empty());
        Stands { round: parent.round + usize::from(called), hidden, ..parent }
    }

    /// Also the questions whose replies made no calls.
    fn find_questions(&mut self, session: &Session, by_text: &HashMap<(usize, &str), usize>) {
        for turn in session.turns.iter().filter(|turn| turn.role == Role::User) {
            let stands = self.stands[turn.id.0 as usize];
            if let Some(place) = by_text.get(&(stands.ordinal, turn.text.as_str())).filter(|_| !stands.hidden) {
                self.groups[*place].questions.push(turn.id);
                self.group_of.insert(turn.id, *place);
            }
        }
    }

    /// Which group a question belongs to.
    pub(super) fn group_of(&self, question: TurnId) -> Option<usize> {
        self.group_of.get(&question).copied()
    }

    pub(super) fn question_of(&self, turn: TurnId) -> Option<TurnId> {
        self.stands.get(turn.0 as usize)?.question
    }

    pub(super) fn round_of(&self, turn: TurnId) -> usize {
        self.stands.get(turn.0 as usize).map_or(0, |stands| stands.round)
    }
}
