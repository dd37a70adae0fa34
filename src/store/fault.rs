//! What can go wrong with the store, each in a sentence with the next step.

use std::path::PathBuf;

use rusqlite::ErrorCode;
use thiserror::Error;

/// Why something could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StoreFault {
    /// Another program holds the store for longer than a write waits.
    #[error("another program holds the store: close it, or wait; this program tries again by itself")]
    Locked,
    #[error("the disk is full: free some room; this program tries again by itself")]
    Full,
    #[error("the store may not be written: check the permissions of its folder, or start with --data-dir")]
    ReadOnly,
    #[error("the store cannot be opened: check that its folder is there and yours, or start with --data-dir")]
    Unopened,
    #[error("the store is damaged: restart Abreast, which sets it aside and recovers what can be read")]
    Damaged,
    #[error(
        "the store was written by a newer Abreast (schema {found}, this one knows {known}): update Abreast, or start with --data-dir"
    )]
    Newer { found: u32, known: u32 },
    #[error("there is no session `{0}`: `abreast sessions` lists the newest")]
    NoSession(String),
    #[error("`{beginning}` begins several sessions ({}): give more of the id", .some.join(", "))]
    Ambiguous { beginning: String, some: Vec<String> },
    #[error("there is no saved session yet: `abreast` begins one")]
    Empty,
    #[error("{} cannot be set up ({reason}): check its permissions, or start with --data-dir", path.display())]
    Directory { path: PathBuf, reason: String },
    /// A session that would be deleted is open in another program.
    #[error("the session is open in another Abreast{}: close it there first", process.map_or_else(String::new, |it| format!(" (process {it})")))]
    OpenElsewhere { process: Option<u32> },
    /// The session on the screen cannot be left: what is new in it would wait in memory alone.
    #[error("the session on the screen is not saved yet: {0}")]
    Unsaved(Box<StoreFault>),
    #[error("the store holds no record of this run's wire that can be read: `abreast doctor` looks at the store")]
    NoWire,
    /// A newer question came before this one was answered.
    #[error("the search was overtaken by a newer one")]
    Overtaken,
    /// Something that is not of this program's making was to be put into the store.
    #[error("{0}")]
    Unfit(String),
    #[error("the store failed ({0}): this program tries again by itself")]
    Other(String),
}

impl From<rusqlite::Error> for StoreFault {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly,
            Some(ErrorCode::CannotOpen) => Self::Unopened,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged,
            Some(ErrorCode::OperationInterrupted) => Self::Overtaken,
            _ => Self::Other(error.to_string()),
        }
    }
}

impl From<serde_json::Error> for StoreFault {
    /// What is read back was written by this program, so JSON that does not parse is damage.
    fn from(_: serde_json::Error) -> Self {
        Self::Damaged
    }
}

impl From<std::io::Error> for StoreFault {
    fn from(error: std::io::Error) -> Self {
        Self::Other(error.to_string())
    }
}
