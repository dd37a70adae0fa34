//! The forms that sessions are written in.

use crate::text::counted;
use serde_json::{Map, Value};

use super::branch::Written;
use super::{comparison, curl_of_run, har, html, markdown, own};
use crate::api::RequestShape;
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
    /// For readers: the lanes side by side.
    Comparison,
    /// The last request of each lane, as a command.
    Curl,
}

impl ExportFormat {
    pub const ALL: [Self; 7] =
        [Self::Markdown, Self::Json, Self::Jsonl, Self::Html, Self::Har, Self::Comparison, Self::Curl];

    /// What it is called in options and forms.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Markdown => "markdown",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Html => "html",
            Self::Har => "har",
            Self::Comparison => "comparison",
            Self::Curl => "curl",
        }
    }

    /// How the names of its files end.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Comparison => "compare.md",
            Self::Curl => "sh",
            other => other.name(),
        }
    }

    /// The format that a file's name asks for by its end.
    #[must_use]
    pub fn of_file(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        if name.ends_with(&format!(".{}", Self::Comparison.extension())) {
            return Some(Self::Comparison);
        }
        let (_, end) = name.rsplit_once('.')?;
        let end = if end == "htm" { "html" } else { end };
        Self::ALL.into_iter().find(|format| format.extension() == end || format.name() == end)
    }

    /// Whether it holds anything of the wire, so that wires are to be read for it.
    #[must_use]
    pub fn has_wire(self) -> bool {
        matches!(self, Self::Json | Self::Har | Self::Curl)
    }

    /// Forgets where the wires are that it holds nothing of, so that only those are read that it needs.
    pub fn forget_other_wires(self, session: &mut SavedSession) {
        if self == Self::Curl {
            curl_of_run::forget_other_wires(session);
        }
    }

    /// Whether it says of a reply what its run was asked, so that a single turn keeps the turns above it.
    #[must_use]
    pub fn says_asked(self) -> bool {
        matches!(self, Self::Har | Self::Curl)
    }
}

/// How it is said that so many runs were written without their wires.
#[must_use]
pub fn without_wires(runs: usize) -> String {
    format!("without the wire of {}, which cannot be read from the store", counted(runs as u64, "run"))
}

/// What is known of the requests to a provider, by its name.
pub type Shapes<'s> = &'s dyn Fn(&str) -> Option<RequestShape>;

/// A session as a text of one format.
///
/// # Errors
/// A clause, when it cannot be said in that format.
pub fn export(session: &SavedSession, format: ExportFormat, shapes: Shapes<'_>) -> Result<String, String> {
    match format {
        ExportFormat::Markdown => Ok(markdown::write(session)),
        ExportFormat::Html => Ok(html::write(session)),
        ExportFormat::Json => own::write_sessions(std::slice::from_ref(session)),
        ExportFormat::Jsonl => Ok(lines(session)),
        ExportFormat::Comparison => comparison::write(session),
        ExportFormat::Curl => curl_of_run::write(session, shapes),
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
