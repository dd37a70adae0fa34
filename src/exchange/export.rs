//! The forms that sessions are written in, and what of a session is meant.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::branch::Written;
use super::{har, html, markdown, own};
use crate::store::{SavedLane, SavedSession};

/// What an export is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// For readers: settings, turns, figures, cost.
    Markdown,
    /// Our own form, lossless.
    Json,
    /// The messages that an endpoint is sent, a lane on each line.
    Jsonl,
    /// One page for a browser.
    Html,
    /// The wire of every run.
    Har,
}

impl ExportFormat {
    pub const ALL: [Self; 5] = [Self::Markdown, Self::Json, Self::Jsonl, Self::Html, Self::Har];

    /// What it is called in options and forms.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Markdown => "markdown",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Html => "html",
            Self::Har => "har",
        }
    }

    /// How the names of its files end.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            other => other.name(),
        }
    }

    /// The format that a file's name asks for by its end.
    #[must_use]
    pub fn of_file(name: &str) -> Option<Self> {
        let (_, end) = name.rsplit_once('.')?;
        let end = end.to_ascii_lowercase();
        let end = if end == "htm" { "html" } else { &end };
        Self::ALL.into_iter().find(|format| format.extension() == end || format.name() == end)
    }
}

/// Leaves only the lane of a letter in a session, and of the turns and runs only those of its branch.
///
/// # Errors
/// A clause, when no lane has that letter.
pub fn only_lane(session: &mut SavedSession, letter: char) -> Result<(), String> {
    session.lanes.retain(|lane| lane.letter.eq_ignore_ascii_case(&letter));
    let Some(tip) = session.lanes.first().map(|lane| lane.tip) else {
        return Err(format!("it has no lane {letter}"));
    };
    let kept: BTreeSet<u32> = Written::of(session).branch(tip).iter().map(|turn| turn.id).collect();
    session.turns.retain(|turn| kept.contains(&turn.id));
    let runs: BTreeSet<u32> = session.turns.iter().filter_map(|turn| turn.run).collect();
    session.runs.retain(|run| runs.contains(&run.id));
    session.focused = session.lanes.first().map(|lane| lane.letter);
    session.drop_files();
    Ok(())
}

/// A session as a text of one format.
///
/// # Errors
/// A clause, when it cannot be said in that format.
pub fn export(session: &SavedSession, format: ExportFormat) -> Result<String, String> {
    match format {
        ExportFormat::Markdown => Ok(markdown::write(session)),
        ExportFormat::Html => Ok(html::write(session)),
        ExportFormat::Json => own::write_sessions(std::slice::from_ref(session)),
        ExportFormat::Jsonl => Ok(lines(session)),
        ExportFormat::Har => serde_json::to_string_pretty(&har::write(session))
            .map(|text| text + "\n")
            .map_err(|error| error.to_string()),
    }
}

/// A line for each lane: its messages, and the tools that it offers.
fn lines(session: &SavedSession) -> String {
    let written = Written::of(session);
    let line = |lane: &SavedLane| {
        let mut line = Map::new();
        line.insert("messages".to_owned(), Value::Array(written.messages(lane)));
        let tools: Vec<Value> = lane.settings.tools.iter().map(|tool| tool.definition.clone()).collect();
        if !tools.is_empty() {
            line.insert("tools".to_owned(), Value::Array(tools));
        }
        format!("{}\n", Value::Object(line))
    };
    session.lanes.iter().map(line).collect()
}

#[cfg(test)]
mod tests;
