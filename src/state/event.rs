//! What can happen to the program, as plain data.

use crossterm::event::KeyEvent;

use super::attach::{AttachWork, FileRows, FoundFile};
use super::{CallId, EditPurpose, ExportWork, Exported, Found, LaneId, PresetWork, Scroll, State};
use crate::api::{ApiError, Delta};
use crate::chat::TurnId;
use crate::config::ConfigError;
use crate::config::presets::PresetFile;
use crate::store::{ShelfAnswer, ShelfWork, StoreNews};
use crate::tools::CallEnd;

/// Something happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Key(KeyEvent),
    /// One bracketed paste.
    Paste(String),
    Pointer(Pointer),
    Resized(Size),
    /// A piece of a lane's reply, or the error that ended it. Stale when the generation is not the lane's.
    Stream {
        lane: LaneId,
        generation: u64,
        delta: Result<Delta, ApiError>,
    },
    /// A lane's reply ended well.
    StreamEnded {
        lane: LaneId,
        generation: u64,
    },
    /// A command that answers a call came to its end. Stale when the call is not run by this task.
    ToolEnded {
        call: CallId,
        task: u64,
        end: CallEnd,
    },
    /// Who answers a tool was kept, or a sentence about why not.
    ResponderSaved {
        tool: String,
        result: Result<(), String>,
    },
    /// A price was kept in the user's list, or a sentence about why not.
    PriceSaved(Result<(), String>),
    /// The view worked out where a scroll leads.
    Scrolled {
        lane: LaneId,
        scroll: Scroll,
    },
    /// The view worked out where the help is scrolled to.
    HelpScrolled(usize),
    /// `$EDITOR` came back with the text, or with what went wrong.
    Edited {
        purpose: EditPurpose,
        result: Result<String, String>,
    },
    Copied(CopyOutcome),
    /// The terminal told its background, as 8-bit red, green and blue.
    Background([u8; 3]),
    /// A provider listed its models, or did not.
    Models {
        provider: String,
        found: Found,
    },
    /// What became of work on presets, and all presets after it.
    Presets {
        work: PresetWork,
        outcome: Result<(), ConfigError>,
        files: Result<Vec<PresetFile>, ConfigError>,
    },
    /// A file that was read for the open form, or a sentence about what went wrong.
    FileRead {
        path: String,
        result: Result<String, String>,
    },
    /// What the words of the draft are, one by one.
    Attached {
        work: AttachWork,
        found: Vec<FoundFile>,
    },
    /// What a directory holds; nothing when it cannot be read.
    FilesListed {
        directory: String,
        files: FileRows,
    },
    /// What became of a file that was to be written.
    Exported {
        work: Box<ExportWork>,
        outcome: Exported,
    },
    /// What came of work on the shelf of sessions.
    Shelf {
        work: ShelfWork,
        answer: ShelfAnswer,
    },
    /// The store says how it goes.
    Store(StoreNews),
    /// Nothing but time passed.
    Tick,
    /// The system asks the program to end.
    Terminate,
}

impl Event {
    /// Whether it does no more than let a reply grow that has begun.
    #[must_use]
    pub fn only_grows(&self, state: &State) -> bool {
        let Self::Stream { lane, delta: Ok(delta), .. } = self else { return false };
        let grows = matches!(
            delta,
            Delta::Text { .. } | Delta::Reasoning { .. } | Delta::Logprobs { .. } | Delta::Wire(_) | Delta::Alive
        );
        grows && state.lane_by_id(*lane).is_none_or(|lane| lane.status.has_begun())
    }

    /// Whether it brings what is waited for: the first piece of a reply, or its end.
    #[must_use]
    pub fn is_awaited(&self, state: &State) -> bool {
        let Self::Stream { lane, delta: Ok(delta), .. } = self else { return matches!(self, Self::StreamEnded { .. }) };
        let says = matches!(delta, Delta::Text { .. } | Delta::Reasoning { .. } | Delta::ToolCall { .. });
        says && state.lane_by_id(*lane).is_some_and(|lane| !lane.status.has_begun())
    }
}

/// The terminal's size in cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    pub columns: u16,
    pub rows: u16,
}

/// A mouse event, and what lies under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pointer {
    pub kind: PointerKind,
    pub target: Target,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointerKind {
    Press,
    Drag,
    Release,
    WheelUp,
    WheelDown,
}

/// What the view drew at a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Nothing,
    /// A cell of the composer's text, counted from the upper left of the screen.
    Composer {
        x: u16,
        y: u16,
    },
    Transcript {
        lane: LaneId,
        turn: Option<TurnId>,
    },
    /// The line that folds and unfolds a turn's reasoning.
    Fold {
        lane: LaneId,
        turn: TurnId,
    },
    /// The box of the calls that wait.
    Calls,
    /// The chip that says how much came below.
    NewLines {
        lane: LaneId,
    },
    LaneTab {
        lane: LaneId,
    },
    /// A param's row, by its place in the table.
    Param {
        row: usize,
    },
    /// A place on a param's track, in thousandths of its length.
    Track {
        row: usize,
        thousandths: u16,
    },
    /// A lane's letter in the composer's border.
    Address {
        lane: LaneId,
    },
    /// A message that waits, by its place in the queue.
    Queued {
        place: usize,
    },
    /// The cross of a file that goes with the draft, by its place.
    Chip {
        place: usize,
    },
    /// A file that is offered for an `@path`.
    File {
        row: usize,
    },
    /// A call in the sidebar, by its place in the reply.
    CallRow {
        index: usize,
    },
    /// A page of what is read, by its place.
    Tab {
        place: usize,
    },
    /// A row of what is read beside a list.
    DetailRow {
        row: usize,
    },
    OverlayRow {
        row: usize,
    },
    Overlay,
}

/// What became of a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CopyOutcome {
    /// Handed to the terminal, which may or may not take it.
    SentToTerminal {
        characters: usize,
    },
    /// Too large for the terminal; written to this file instead.
    Written {
        path: String,
    },
    Failed(String),
}
