//! A session as Markdown: settings, turns, and the figures and the cost of each reply.
//!
//! What was said is Markdown already and goes in as it is, below headings of ours; what was sent as data goes into fences
//! that it cannot close.

use super::sheet::{LaneSheet, Sheet, TurnSheet, described};
use crate::store::SavedSession;
use crate::text;

pub(super) fn write(session: &SavedSession) -> String {
    let sheet = Sheet::of(session);
    let mut out = format!("# {}\n\n{} · cost {}\n", inline(&sheet.title), sheet.begun, sheet.cost);
    for lane in &sheet.lanes {
        write_lane(lane, &mut out);
    }
    if sheet.beside > 0 {
        let count = sheet.beside;
        out.push_str(&format!("\n---\n\nTurns on other branches, which are in the JSON alone: {count}.\n"));
    }
    out
}

fn write_lane(lane: &LaneSheet<'_>, out: &mut String) {
    out.push_str(&format!("\n## {}\n\n| setting | value |\n|---|---|\n", inline(&lane.title)));
    for (name, value) in &lane.settings {
        out.push_str(&format!("| {} | {} |\n", inline(name), inline(value)));
    }
    if let Some(system) = lane.system {
        out.push_str(&format!("\n### system\n\n{}\n", said(system)));
    }
    for turn in &lane.turns {
        write_turn(turn, out);
    }
}

pub(super) fn write_turn(sheet: &TurnSheet<'_>, out: &mut String) {
    let turn = sheet.turn;
    let answers = turn.answers.as_ref().map(|call| format!(" · answers {}", inline(call))).unwrap_or_default();
    out.push_str(&format!("\n### {}{answers}\n", inline(&turn.role)));
    if !turn.reasoning.is_empty() {
        out.push_str(&format!("\nReasoning:\n\n{}\n", quoted(&turn.reasoning)));
    }
    for attachment in &sheet.attachments {
        out.push_str(&format!("\nAttached: {} ({})\n", inline(&attachment.name), described(attachment)));
    }
    match turn.role.as_str() {
        "tool" => out.push_str(&format!("\n{}\n", fenced("", &turn.text))),
        _ if !turn.text.is_empty() => out.push_str(&format!("\n{}\n", said(&turn.text))),
        _ => {}
    }
    if !turn.refusal.is_empty() {
        out.push_str(&format!("\nRefusal:\n\n{}\n", quoted(&turn.refusal)));
    }
    for call in &turn.tool_calls {
        out.push_str(&format!(
            "\nCall {} ({}):\n\n{}\n",
            inline(&call.name),
            inline(&call.id),
            fenced("json", &call.arguments)
        ));
    }
    let lines = [sheet.fault, sheet.asked.as_deref(), sheet.figures.as_deref()];
    for line in lines.into_iter().flatten() {
        out.push_str(&format!("\n> {}\n", inline(line)));
    }
}

/// What was said, with a fence that it left open closed, so that the rest of the page stays out of it.
fn said(text: &str) -> String {
    let mut open: Option<(char, usize)> = None;
    for line in text.lines() {
        let line = line.trim_start();
        let Some(sign) = line.chars().next().filter(|sign| matches!(sign, '`' | '~')) else { continue };
        let length = line.chars().take_while(|other| *other == sign).count();
        let rest = line[length..].trim();
        match open {
            Some((of, least)) if of == sign && length >= least && rest.is_empty() => open = None,
            None if length >= 3 && !(sign == '`' && rest.contains('`')) => open = Some((sign, length)),
            _ => {}
        }
    }
    let close = open.map(|(sign, length)| format!("\n{}", sign.to_string().repeat(length))).unwrap_or_default();
    format!("{}{close}", text.trim_end())
}

fn quoted(text: &str) -> String {
    text.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n")
}

/// A fence longer than any row of backticks in the text.
fn fenced(language: &str, text: &str) -> String {
    let longest = text.split(|sign| sign != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat((longest + 1).max(3));
    let newline = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
    format!("{fence}{language}\n{text}{newline}{fence}")
}

/// A text within a line, none of whose signs means anything.
pub(super) fn inline(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text::clean_line(text).chars() {
        if matches!(sign, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '!') {
            out.push('\\');
        }
        out.push(sign);
    }
    out
}
