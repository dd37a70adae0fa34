//! What the focused lane may call, and what became of its last reply's calls.

use std::time::Instant;

use crate::chat::{Tool, ToolCall};
use crate::input::{Action, Context};
use crate::state::{CallState, Focus, Lane, State};
use crate::text::{Line, Span, StyleRole, Wrap, clean_line, truncate, width, wrap};

use super::super::call_rows::role;
use super::calls::standing;

/// Calls above the selected one that stay in sight.
const BEFORE: usize = 2;

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

/// `  lookup_order  offered`: what may be called, told from the calls above it by its word, and one more when it runs
/// unasked.
fn offered(state: &State, tool: &Tool, columns: u16) -> Line {
    const WORD: &str = "  offered";
    let trusted = if state.tools.trusts(tool) { ", runs unasked" } else { "" };
    let room = usize::from(columns).saturating_sub(width(WORD) + width(trusted) + 2);
    let name = truncate(&clean_line(&tool.name), room).into_owned();
    let spans = vec![
        Span::new("  ", StyleRole::Dim),
        Span::new(name, StyleRole::ToolName),
        Span::new(WORD, StyleRole::Dim),
        Span::new(trusted, StyleRole::Warning),
    ];
    Line { spans }
}

fn calls(state: &State, lane: &Lane, columns: u16, now: Instant) -> Vec<Line> {
    let Some(reply) = state.last_called(lane) else { return Vec::new() };
    let row = |(index, call)| row(call, state.session.call_state(reply, index), columns, now);
    reply.tool_calls.iter().enumerate().skip(first(state)).take(MOST).map(row).collect()
}

/// The first call that is shown: the selected one is always in sight.
pub(super) fn first(state: &State) -> usize {
    selected_call(state).map_or(0, |at| at.saturating_sub(BEFORE))
}

/// The row of the selected call, while the box has the keys.
pub(super) fn selected(state: &State) -> Option<usize> {
    selected_call(state).map(|at| at - first(state))
}

fn selected_call(state: &State) -> Option<usize> {
    let reply = state.last_called(state.lane()).filter(|_| state.focus == Focus::Inspector)?;
    Some(state.inspector.in_box.min(reply.tool_calls.len() - 1))
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
