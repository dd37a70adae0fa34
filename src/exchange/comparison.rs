//! Lanes side by side as Markdown: what each asks with, the figures and the cost of its last reply, and what it said.

use super::branch::Written;
use super::markdown::{inline, write_turn};
use super::sheet::{LaneSheet, Sheet, figures, sums};
use crate::store::{SavedRun, SavedSession};

/// Where a lane has nothing to say.
const UNSET: &str = "unset";

pub(super) fn write(session: &SavedSession) -> Result<String, String> {
    if session.lanes.len() < 2 {
        return Err("it has but one lane, and a comparison takes two".to_owned());
    }
    let sheet = Sheet::of(session);
    let written = Written::of(session);
    let mut out = format!("# {}\n\n{} · cost {}\n\n", inline(&sheet.title), sheet.begun, sheet.cost);
    row(&mut out, "", &each(&sheet.lanes, |lane| inline(&lane.title)));
    out.push_str(&format!("|---|{}\n", "---|".repeat(sheet.lanes.len())));
    write_settings(&mut out, &sheet.lanes);
    write_figures(&mut out, session, &written);
    let shared = shared(&sheet.lanes);
    if shared > 0 {
        out.push_str("\n## What all were told\n");
        sheet.lanes[0].turns[..shared].iter().for_each(|turn| write_turn(turn, &mut out));
    }
    for lane in &sheet.lanes {
        out.push_str(&format!("\n## {}\n", inline(&lane.title)));
        lane.turns[shared..].iter().for_each(|turn| write_turn(turn, &mut out));
        if lane.turns.len() == shared {
            out.push_str("\nNothing yet.\n");
        }
    }
    Ok(out)
}

fn row(out: &mut String, name: &str, cells: &[String]) {
    out.push_str(&format!("| {} | {} |\n", inline(name), cells.join(" | ")));
}

/// A cell for each lane.
fn each<T>(lanes: &[T], cell: impl Fn(&T) -> String) -> Vec<String> {
    lanes.iter().map(cell).collect()
}

/// A row for each setting that any lane has, in the order of the first that has it.
fn write_settings(out: &mut String, lanes: &[LaneSheet<'_>]) {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in lanes.iter().flat_map(|lane| &lane.settings) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    for name in names {
        let value = |lane: &LaneSheet<'_>| {
            let found = lane.settings.iter().find(|(known, _)| known == name);
            found.map_or_else(|| UNSET.to_owned(), |(_, value)| inline(value))
        };
        row(out, name, &each(lanes, value));
    }
    if lanes.iter().any(|lane| lane.system.is_some()) {
        let value = |lane: &LaneSheet<'_>| {
            lane.system.map_or_else(|| UNSET.to_owned(), |system| inline(&system.replace('\n', " ")))
        };
        row(out, "system", &each(lanes, value));
    }
}

/// The figures of each lane's last run, and what its branch cost.
fn write_figures(out: &mut String, session: &SavedSession, written: &Written<'_>) {
    let runs: Vec<Vec<&SavedRun>> = session
        .lanes
        .iter()
        .map(|lane| written.branch(lane.tip).into_iter().filter_map(|turn| written.run(turn)).collect())
        .collect();
    let last: Vec<Vec<(&str, String)>> =
        runs.iter().map(|runs| runs.last().map(|run| figures(run)).unwrap_or_default()).collect();
    for name in ["first token", "speed", "total", "tokens", "finish", "served by", "cost"] {
        let value = |figures: &Vec<(&str, String)>| {
            let found = figures.iter().find(|(known, _)| *known == name);
            found.map_or_else(|| "n/a".to_owned(), |(_, value)| inline(value))
        };
        if last.iter().flatten().any(|(known, _)| *known == name) {
            row(out, name, &each(&last, value));
        }
    }
    row(out, "cost of the branch", &each(&runs, |runs| inline(&sums(runs.iter().map(|run| &run.cost)))));
}

/// How many of the first turns all lanes have in common.
fn shared(lanes: &[LaneSheet<'_>]) -> usize {
    let Some((first, rest)) = lanes.split_first() else { return 0 };
    let same = |place: &usize| {
        let turn = first.turns[*place].turn.id;
        rest.iter().all(|lane| lane.turns.get(*place).is_some_and(|other| other.turn.id == turn))
    };
    (0..first.turns.len()).take_while(same).count()
}
