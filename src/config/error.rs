//! What can be wrong with the user's files.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::theme::ThemeError;
use crate::text::Place;

/// A file of the user's that cannot be used: where, what is wrong, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConfigError {
    #[error("{}:{place}: {problem}", .file.display())]
    Wrong { file: PathBuf, place: Place, problem: String },
    #[error("{} cannot be read: {reason}", .file.display())]
    Unreadable { file: PathBuf, reason: String },
    #[error("{} cannot be written: {reason}", .file.display())]
    Unwritable { file: PathBuf, reason: String },
    #[error("{} is there already and was left as it is; remove it first to start anew", .0.display())]
    Exists(PathBuf),
    #[error("{variable}: {problem}")]
    Variable { variable: &'static str, problem: String },
    #[error("there is no home directory; set {variable} to a directory")]
    NoHome { variable: &'static str },
}

impl ConfigError {
    pub(super) fn unreadable(file: &Path, error: &io::Error) -> Self {
        Self::Unreadable { file: file.to_owned(), reason: error.to_string() }
    }

    pub(super) fn theme(file: &Path, error: &ThemeError) -> Self {
        Self::Wrong { file: file.to_owned(), place: error.place, problem: error.problem.to_string() }
    }
}
