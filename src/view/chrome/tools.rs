//! What the focused lane may call, and what became of its last reply's calls.

use crate::chat::{Role, ToolCall, Turn};
use crate::input::{Action, Context};
use crate::state::{Lane, State, StreamStatus};
use crate::text::{Line, Span, StyleRole, Wrap, clean_line, truncate, width, wrap};

/// As far back from the end of a branch the reply is looked for whose calls are shown: its answers come after it.
const ANSWERS: usize = 64;

/// The rows of the tools box.
pub(super) fn rows(state: &State, columns: u16) -> Vec<Line> {
    let lane = state.lane();
    let mut rows: Vec<Line> = calls(state, lane, columns);
    let name = |name: &str| truncate(&clean_line(name), usize::from(columns)).into_owned();
    rows.extend(lane.settings.tools.iter().map(|tool| Line::new(name(&tool.name), StyleRole::ToolName)));
    if rows.is_empty() {
        let edits = state.keymap.chord_in(&[Context::Sidebar], Action::ParamCommit);
        let edits = edits.map_or_else(String::new, |chord| format!(" {chord} on the row of tools writes some,"));
        let hint = format!("No tools.{edits} --tools FILE brings some.");
        wrap(&[Span::new(hint, StyleRole::Dim)], &Wrap::plain(columns), &mut rows);
    }
    rows
}

fn calls(state: &State, lane: &Lane, columns: u16) -> Vec<Line> {
    let turns = lane.branch.iter().rev().take(ANSWERS).filter_map(|id| state.session.turns.get(*id));
    let mut answered: Vec<&str> = Vec::new();
    for turn in turns {
        match turn.role {
            Role::Tool => answered.extend(turn.answers.as_deref()),
            Role::Assistant => {
                let calls = turn.tool_calls.iter();
                return calls.map(|call| row(call, &fate(lane, turn, call, &answered), columns)).collect();
            }
            _ => {}
        }
    }
    Vec::new()
}

/// What became of a call: a mark, the words for it, and a shorter word.
struct Fate {
    mark: &'static str,
    words: &'static str,
    word: &'static str,
    role: StyleRole,
}

fn fate(lane: &Lane, turn: &Turn, call: &ToolCall, answered: &[&str]) -> Fate {
    let waits = matches!(&lane.status, StreamStatus::AwaitingTools { reply, .. } if *reply == turn.id);
    let comes = lane.status.live().is_some_and(|(_, reply)| reply == turn.id);
    let (mark, words, word, role) = if answered.contains(&call.id.as_str()) {
        ("✓", "answered", "answered", StyleRole::Good)
    } else if comes {
        ("…", "arrives", "arrives", StyleRole::Dim)
    } else if waits {
        ("▸", "waits for an answer", "waits", StyleRole::Warning)
    } else {
        ("–", "not run", "not run", StyleRole::Dim)
    };
    Fate { mark, words, word, role }
}

/// `▸ lookup_order  waits for an answer`, with the shorter word where the name needs the room.
fn row(call: &ToolCall, fate: &Fate, columns: u16) -> Line {
    let name = clean_line(&call.name);
    let room = |says: &str| usize::from(columns).saturating_sub(width(says) + 4);
    let says = if width(&name) <= room(fate.words) { fate.words } else { fate.word };
    let spans = vec![
        Span::new(format!("{} ", fate.mark), fate.role),
        Span::new(truncate(&name, room(says)), StyleRole::ToolName),
        Span::new(format!("  {says}"), fate.role),
    ];
    Line { spans }
}
