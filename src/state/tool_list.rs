//! The list of tools that a lane may be offered: those of files and samples, and those that it has.

use crate::chat::Tool;

/// The open list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ToolList {
    pub query: String,
    pub selected: usize,
    /// What matches, best first.
    pub rows: Vec<ToolRow>,
}

/// A tool in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolRow {
    /// As the lane has it, or else as it was found.
    pub tool: Tool,
    /// Where it was found.
    pub from: ToolSource,
    /// Whether the lane offers it.
    pub on: bool,
}

/// Where a tool comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToolSource {
    /// A file of the user's.
    File,
    /// The program brings it along.
    Sample,
    /// Only lanes have it: it was written there, or came with a session.
    Lane,
}

impl ToolSource {
    /// The source in a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Sample => "sample",
            Self::Lane => "lane",
        }
    }
}

impl ToolRow {
    /// Whether the provider is asked to hold the model to the schema.
    #[must_use]
    pub fn is_strict(&self) -> bool {
        self.tool.definition["function"]["strict"] == true
    }
}

impl ToolList {
    #[must_use]
    pub fn chosen(&self) -> Option<&ToolRow> {
        self.rows.get(self.selected)
    }
}
