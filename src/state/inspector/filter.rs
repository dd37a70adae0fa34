//! Which calls the inspector shows: `tool:get_weather state:failed lane:A text`.

use super::{CallId, Lane, Session};
use crate::chat::ToolCall;
use crate::state::CallState;

/// What a call has to be or to hold; several words all have to fit.
#[derive(Debug, Default)]
pub(super) struct CallFilter {
    words: Vec<Word>,
}

#[derive(Debug)]
enum Word {
    Tool(String),
    State(String),
    Lane(String),
    Text(String),
}

impl CallFilter {
    pub(super) fn of(typed: &str) -> Self {
        let words = typed.to_lowercase();
        let word = |word: &str| match word.split_once(':') {
            Some(("tool", name)) => Word::Tool(name.to_owned()),
            Some(("state", state)) => Word::State(said(state).to_owned()),
            Some(("lane", letters)) => Word::Lane(letters.to_owned()),
            _ => Word::Text(word.to_owned()),
        };
        Self { words: words.split_whitespace().map(word).collect() }
    }

    pub(super) fn takes(&self, session: &Session, lanes: &[Lane], id: CallId) -> bool {
        let Some(turn) = session.turns.get(id.reply).filter(|_| !self.words.is_empty()) else { return true };
        let Some(call) = turn.tool_calls.get(id.index) else { return false };
        let state = session.call_state(turn, id.index);
        let stands = |lane: &Lane| lane.branch.get(turn.depth) == Some(&turn.id);
        self.words.iter().all(|word| match word {
            Word::Tool(name) => call.name.to_lowercase().contains(name),
            Word::State(word) => state.words().1.contains(word.as_str()),
            Word::Lane(letters) => {
                lanes.iter().filter(|lane| stands(lane)).any(|lane| letters.contains(lane.letter.to_ascii_lowercase()))
            }
            Word::Text(text) => holds(session, id, call, state, text),
        })
    }
}

/// Other words for states, as a person may type them.
fn said(state: &str) -> &str {
    match state {
        "streaming" => "arrives",
        "waiting" => "waits",
        "timeout" | "timed_out" | "timed-out" => "timed",
        "cutoff" | "cut-off" => "cut",
        "not-run" => "not",
        state => state,
    }
}

fn holds(session: &Session, id: CallId, call: &ToolCall, state: &CallState, text: &str) -> bool {
    let holds = |said: &str| said.to_lowercase().contains(text);
    let edited = session.arguments(id).is_some_and(holds);
    let result = || match state {
        CallState::Ended { end, .. } | CallState::Large { end, .. } => holds(&end.to_content()),
        _ => false,
    };
    holds(&call.name) || holds(&call.arguments) || edited || result()
}
