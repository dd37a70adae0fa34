//! What became of calls, as it is saved.

use std::time::Duration;

use super::Numbers;
use super::run::nanos;
use crate::state::{Answerer, CallRecord, CallState};
use crate::store::{Fields, SavedAnswerer, SavedCallEnd, SavedCallRecord, SavedCallState};
use crate::tools::CallEnd;

pub(super) fn saved_record(record: &CallRecord) -> SavedCallRecord {
    let ended = |end: &CallEnd, took: &Option<Duration>| (saved_end(end), took.map(nanos));
    SavedCallRecord {
        edited: record.edited.clone(),
        by: record.by.clone().map(|by| match by {
            Answerer::Person => SavedAnswerer::Person,
            Answerer::Canned => SavedAnswerer::Canned,
            Answerer::Command(argv) => SavedAnswerer::Command { argv },
        }),
        state: match &record.state {
            CallState::Arrives | CallState::Invalid { .. } | CallState::Waits => SavedCallState::Waits,
            CallState::CutOff | CallState::Running { .. } => SavedCallState::Running,
            CallState::Large { end, took } => {
                let (end, took) = ended(end, took);
                SavedCallState::Large { end, took }
            }
            CallState::Ended { end, took } => {
                let (end, took) = ended(end, took);
                SavedCallState::Ended { end, took }
            }
            CallState::NotRun => SavedCallState::NotRun,
        },
        answer: record.answer.map(|turn| turn.0),
        other: Fields::new(),
    }
}

/// A record that was saved. One that waits is looked at anew when its lane waits for it.
pub(super) fn restored_record(saved: SavedCallRecord, numbers: &Numbers) -> CallRecord {
    CallRecord {
        edited: saved.edited,
        by: saved.by.map(|by| match by {
            SavedAnswerer::Person => Answerer::Person,
            SavedAnswerer::Canned => Answerer::Canned,
            SavedAnswerer::Command { argv } => Answerer::Command(argv),
        }),
        state: match saved.state {
            // Whether its arguments are valid is found when it is looked at.
            SavedCallState::Waits => CallState::Arrives,
            SavedCallState::Running => CallState::CutOff,
            SavedCallState::Large { end, took } => {
                CallState::Large { end: restored_end(end), took: took.map(Duration::from_nanos) }
            }
            SavedCallState::Ended { end, took } => {
                CallState::Ended { end: restored_end(end), took: took.map(Duration::from_nanos) }
            }
            SavedCallState::NotRun => CallState::NotRun,
        },
        answer: numbers.turn(saved.answer),
    }
}

fn saved_end(end: &CallEnd) -> SavedCallEnd {
    match end.clone() {
        CallEnd::Answered(result) => SavedCallEnd::Answered { result },
        CallEnd::Refused { reason } => SavedCallEnd::Refused { reason },
        CallEnd::Failed { said, output } => SavedCallEnd::Failed { said, output },
        CallEnd::TimedOut { after, output } => SavedCallEnd::TimedOut { after: nanos(after), output },
        CallEnd::Cancelled { output } => SavedCallEnd::Cancelled { output },
    }
}

fn restored_end(saved: SavedCallEnd) -> CallEnd {
    match saved {
        SavedCallEnd::Answered { result } => CallEnd::Answered(result),
        SavedCallEnd::Refused { reason } => CallEnd::Refused { reason },
        SavedCallEnd::Failed { said, output } => CallEnd::Failed { said, output },
        SavedCallEnd::TimedOut { after, output } => CallEnd::TimedOut { after: Duration::from_nanos(after), output },
        SavedCallEnd::Cancelled { output } => CallEnd::Cancelled { output },
    }
}
