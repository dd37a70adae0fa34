//! What the focused lane may call, and what became of its last reply's calls.

use std::time::Instant;

use crate::chat::{Role, Tool, ToolCall};
use crate::input::{Action, Context};
use crate::state::{CallState, Lane, State};
use crate::text::{Line, Span, StyleRole, Wrap, clean_line, truncate, width, wrap};

use super::super::call_rows::role;
use super::calls::standing;

/// As far back from the end of a branch the reply is looked for whose calls are shown: its answers come after it.
const ANSWERS: usize = 64;

/// No sidebar has room for more calls.
const MOST: usize = 64;

/// The rows of the tools box.
pub(super) fn rows(state: &State, columns: u16, now: Instant) -> Vec<Line> {
    let lane = state.lane();
    let mut rows: Vec<Line> = calls(state, lane, columns, now);
    rows.extend(lane.settings.tools.iter().map(|tool| offered(state, tool, columns)));
    if rows.is_empty() {
        let edits = state.keymap.chord_in(&[Context::Sidebar], Action::ParamCommit);
        let edits = edits.map_or_else(String::new, |chord| format!(" {chord} on the row of tools writes some,"));
        let chooses = state.key(Action::LaneTools);
        let hint = format!("No tools. {chooses} chooses some,{edits} --tools FILE brings some.");
        wrap(&[Span::new(hint, StyleRole::Dim)], &Wrap::plain(columns), &mut rows);
    }
    rows
}

/// A tool's name, and a word when it runs unasked.
fn offered(state: &State, tool: &Tool, columns: u16) -> Line {
    let trusted = if state.tools.always.contains(&tool.name) { "  always" } else { "" };
    let room = usize::from(columns).saturating_sub(width(trusted));
    let name = truncate(&clean_line(&tool.name), room).into_owned();
    Line { spans: vec![Span::new(name, StyleRole::ToolName), Span::new(trusted, StyleRole::Warning)] }
}

fn calls(state: &State, lane: &Lane, columns: u16, now: Instant) -> Vec<Line> {
    let turns = lane.branch.iter().rev().take(ANSWERS).filter_map(|id| state.session.turns.get(*id));
    let reply = turns.take_while(|turn| turn.role != Role::User).find(|turn| !turn.tool_calls.is_empty());
    let Some(reply) = reply else { return Vec::new() };
    let row = |(index, call)| row(call, state.session.call_state(reply, index), columns, now);
    reply.tool_calls.iter().take(MOST).enumerate().map(row).collect()
}

/// `▸ lookup_order  running 1.2 s`.
fn row(call: &ToolCall, of: &CallState, columns: u16, now: Instant) -> Line {
    let name = clean_line(&call.name);
    let standing = standing(of, now);
    let (mark, says) = standing.split_once(' ').unwrap_or(("", &standing));
    let room = usize::from(columns).saturating_sub(width(says) + 4);
    let spans = vec![
        Span::new(format!("{mark} "), role(of)),
        Span::new(truncate(&name, room), StyleRole::ToolName),
        Span::new(format!("  {says}"), role(of)),
    ];
    Line { spans }
}
