//! Work to be done outside the core, as plain data.

use super::attach::AttachWork;
use super::{CallId, ExportWork, FindSpot, LaneId, PresetWork};
use crate::chat::{ChatRequest, TurnId};
use crate::config::PriceRow;
use crate::store::{ShelfWork, StoreWork};
use crate::tools::{CommandResponder, Responder};

/// Something to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Send a request for a lane; its deltas come back with this generation.
    Open {
        lane: LaneId,
        generation: u64,
        provider: String,
        request: Box<ChatRequest>,
    },
    /// Drop a lane's stream, which closes its socket.
    Cancel {
        lane: LaneId,
    },
    /// Run a command that answers a call; how it ended comes back with the task's number.
    RunTool {
        call: CallId,
        task: u64,
        command: Box<CommandResponder>,
        tool: String,
        arguments: String,
    },
    /// Kill what a task runs.
    CancelTool {
        task: u64,
    },
    /// Keep who answers which tool.
    SaveResponder {
        tool: String,
        responder: Box<Responder>,
    },
    /// Keep a price in the user's list.
    SavePrice(Box<PriceRow>),
    /// Work out where a scroll leads; only the view knows how rows wrap.
    Scroll {
        lane: LaneId,
        motion: ScrollMotion,
    },
    /// Work out where a scroll of the help leads, in rows down.
    ScrollHelp {
        from: usize,
        rows: isize,
    },
    /// Put text on the clipboard.
    Copy(String),
    /// Open `$EDITOR` on a text.
    Edit {
        purpose: EditPurpose,
        text: String,
    },
    /// Ask a provider for its models.
    ListModels {
        provider: String,
    },
    /// Read, write or delete presets.
    Presets(PresetWork),
    /// Read a file for the open form.
    ReadFile {
        path: String,
    },
    /// Read files for the draft.
    Attach(AttachWork),
    /// Read what a directory holds; the path is as the user wrote it, relative to the working directory.
    ListFiles {
        directory: String,
    },
    /// Write the session, or a lane of it, to a file.
    Export(Box<ExportWork>),
    /// Look for sessions, change or open one.
    Shelf(ShelfWork),
    /// Keep something on disk.
    Store(StoreWork),
    SetTitle(String),
    SetMouse(Capture),
    Suspend,
    /// Forget what is on the terminal and draw all of it again.
    Redraw,
    Quit(ExitReason),
}

/// Whether the program or the terminal has the mouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capture {
    Program,
    Terminal,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScrollMotion {
    /// Rows up (negative) or down.
    Rows(i32),
    /// Pages up (negative) or down; a page is the window less two rows, so that a reader keeps the place.
    Pages(i32),
    /// Show this turn from its first row.
    ToTurn(TurnId),
    Top,
    /// Show the row of a match.
    ToFound(FindSpot),
}

/// What a text is edited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditPurpose {
    Draft,
    /// What takes the keys in the open form.
    Form,
    /// It is only read: nothing changes by it.
    Look,
}

/// Why the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitReason {
    User,
    Signal,
}
