//! Turns and their tokens.

use serde_json::Value;

use super::Numbers;
use super::calls::{restored_record, saved_record};
use super::files::{Contents, saved_attachments};
use crate::chat::{Candidate, Chance, Token, Tokens, ToolCall, Turn, TurnTree};
use crate::state::Session;
use crate::store::{AS_SENT, Fields, SavedCall, SavedCandidate, SavedToken, SavedTokens, SavedTurn};

/// What became of a turn beside its text, among the other fields of its saved form.
const EDITED: &str = "edited";
const NAME: &str = "name";
const HIDDEN: &str = "hidden";

/// One turn of a session as it is saved, with what became of its calls.
#[must_use]
pub fn saved_turn(session: &Session, turn: &Turn) -> SavedTurn {
    SavedTurn {
        id: turn.id.0,
        parent: turn.parent.map(|parent| parent.0),
        role: turn.role.name().to_owned(),
        text: turn.text.clone(),
        reasoning: turn.reasoning.clone(),
        refusal: turn.refusal.clone(),
        attachments: saved_attachments(&turn.attachments),
        tool_calls: turn.tool_calls.iter().map(saved_call).collect(),
        calls: session.calls.of(turn.id).unwrap_or_default().iter().map(saved_record).collect(),
        answers: turn.answers.clone(),
        run: turn.run.map(|run| run.0),
        tokens: saved_tokens(&turn.tokens, 0),
        other: other(&session.turns, turn),
    }
}

fn other(turns: &TurnTree, turn: &Turn) -> Fields {
    let as_sent = turn.as_sent.clone().map(|message| (AS_SENT, message));
    let edited = turn.edited.then_some((EDITED, Value::Bool(true)));
    let name = turn.name.clone().map(|name| (NAME, Value::String(name)));
    let hidden = turns.is_hidden(turn.id).then_some((HIDDEN, Value::Bool(true)));
    let fields = [as_sent, edited, name, hidden].into_iter().flatten();
    fields.map(|(name, value)| (name.to_owned(), value)).collect()
}

fn saved_call(call: &ToolCall) -> SavedCall {
    let ToolCall { id, name, arguments, extra } = call.clone();
    SavedCall { id, name, arguments, extra }
}

/// A reply's tokens as they are saved, those before `from` left out.
#[must_use]
pub fn saved_tokens(tokens: &Tokens, from: usize) -> SavedTokens {
    let token = |token: &Token| SavedToken {
        said: saved_candidate(&token.said),
        top: token.top.iter().map(saved_candidate).collect(),
    };
    SavedTokens { all: tokens.all().iter().skip(from).map(token).collect(), unfinished: tokens.unfinished().to_vec() }
}

fn saved_candidate(candidate: &Candidate) -> SavedCandidate {
    let (logprob, slight) = match candidate.chance {
        Chance::Known(logprob) => (Some(logprob), false),
        Chance::Slight => (None, true),
        Chance::Unknown => (None, false),
    };
    SavedCandidate { text: candidate.text.clone(), unfinished: candidate.unfinished.clone(), logprob, slight }
}

/// Gives a turn of the tree what it had beside its text.
pub(super) fn fill(session: &mut Session, mut saved: SavedTurn, numbers: &Numbers, contents: &Contents) {
    let Some(turn) = numbers.turn(Some(saved.id)).and_then(|id| session.turns.change(id)) else { return };
    turn.reasoning = saved.reasoning;
    turn.refusal = saved.refusal;
    turn.attachments = contents.restored(saved.attachments);
    turn.tool_calls = saved.tool_calls.into_iter().map(ToolCall::from).collect();
    turn.as_sent = saved.other.shift_remove(AS_SENT);
    turn.edited = saved.other.shift_remove(EDITED) == Some(Value::Bool(true));
    turn.name = saved.other.shift_remove(NAME).and_then(|name| name.as_str().map(ToOwned::to_owned));
    turn.answers = saved.answers;
    turn.run = numbers.run(saved.run);
    turn.tokens = restored_tokens(saved.tokens);
    let id = turn.id;
    if !saved.calls.is_empty() {
        let records = saved.calls.into_iter().map(|record| restored_record(record, numbers)).collect();
        session.calls.put(id, records);
    }
    if saved.other.shift_remove(HIDDEN) == Some(Value::Bool(true)) {
        session.turns.hide(id);
    }
}

fn restored_tokens(saved: SavedTokens) -> Tokens {
    let token = |token: SavedToken| Token {
        said: restored_candidate(token.said),
        top: token.top.into_iter().map(restored_candidate).collect(),
    };
    Tokens::restored(saved.all.into_iter().map(token).collect(), saved.unfinished)
}

fn restored_candidate(saved: SavedCandidate) -> Candidate {
    let chance = match saved.logprob {
        Some(logprob) => Chance::Known(logprob),
        None if saved.slight => Chance::Slight,
        None => Chance::Unknown,
    };
    Candidate { text: saved.text, unfinished: saved.unfinished, chance }
}
