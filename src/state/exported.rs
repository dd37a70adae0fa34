//! A session that is to be written to a file.

use std::collections::BTreeMap;

use crate::api::RequestShape;
use crate::config::presets::Existing;
use crate::exchange::{Choice, ExportFormat};
use crate::input::Action;

/// What is written, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportWork {
    /// As the user wrote it; `~` is the home directory.
    pub path: String,
    pub format: ExportFormat,
    pub choice: Choice,
    /// What is known of the requests to providers, where the format says it.
    pub shapes: BTreeMap<String, RequestShape>,
    /// A pattern of what is left out.
    pub redact: Option<String>,
    pub existing: Existing,
    /// What asked for it, and has to again before a file is overwritten.
    pub asked_by: Action,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exported {
    Written,
    /// Written, but so many runs have a wire that could not be read.
    WithoutWires(usize),
    /// A file of that name is there and was left as it is.
    Exists,
    /// A sentence for the user.
    Failed(String),
}
