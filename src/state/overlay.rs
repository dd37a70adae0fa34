//! What lies over the panes: help, the command palette, the model picker, readers and forms.

use super::{
    Breadth, Diff, Form, Heat, Inspect, LedgerPage, ModelAt, Picker, PresetList, Reader, RequestPage, SessionList,
    ToolList, TreePage,
};
use crate::input::{Action, Context};

/// The one overlay that is open.
#[derive(Clone, Debug)]
pub enum Overlay {
    /// The keys and what they do, scrolled by rows.
    Help {
        scroll: usize,
    },
    Palette(Palette),
    Models(Picker),
    Presets(Box<PresetList>),
    /// The tools that the lane offers.
    Tools(Box<ToolList>),
    Card(Box<OpenCard>),
    Form(Box<Form>),
    Diff(Box<Diff>),
    /// The request of a run.
    Request(Box<RequestPage>),
    /// A run looked into.
    Inspect(Box<Inspect>),
    /// The calls of the session; what is read of them is the state's own.
    Inspector,
    /// A reply's tokens by their probability.
    Heat(Box<Heat>),
    /// The session's turns.
    Tree(Box<TreePage>),
    /// All sessions that are saved.
    Sessions(Box<SessionList>),
    /// What was spent.
    Ledger(Box<LedgerPage>),
}

impl Overlay {
    /// The contexts whose keys are listened to while it is open, narrow to wide.
    #[must_use]
    pub fn contexts(&self) -> &'static [Context] {
        match self {
            Self::Help { .. } | Self::Card(_) | Self::Diff(_) | Self::Request(_) | Self::Inspect(_) | Self::Heat(_) => {
                &[Context::Reader, Context::Overlay, Context::Global]
            }
            Self::Palette(_) | Self::Models(_) | Self::Presets(_) | Self::Tools(_) => {
                &[Context::Overlay, Context::Global]
            }
            Self::Inspector => &[Context::Inspector, Context::Overlay, Context::Global],
            Self::Form(_) => &[Context::Form, Context::Global],
            Self::Tree(_) => &[Context::Tree, Context::Overlay, Context::Global],
            Self::Sessions(_) => &[Context::Sessions, Context::Overlay, Context::Global],
            Self::Ledger(_) => &[Context::Ledger, Context::Overlay, Context::Global],
        }
    }

    /// The rows that are read in it, and the width of its box, if it is a reader. A new reader is one arm here.
    #[must_use]
    pub fn reader(&self) -> Option<(&Reader, Breadth)> {
        match self {
            Self::Card(card) => Some((&card.reader, Breadth::Prose)),
            Self::Diff(open) => Some((&open.reader, Diff::BREADTH)),
            Self::Request(page) => Some((&page.reader, Breadth::Prose)),
            Self::Ledger(page) => page.bill.as_ref().map(|(_, reader)| (reader, Breadth::Prose)),
            _ => None,
        }
    }

    /// As [`Overlay::reader`], to be scrolled.
    pub fn reader_mut(&mut self) -> Option<(&mut Reader, Breadth)> {
        match self {
            Self::Card(card) => Some((&mut card.reader, Breadth::Prose)),
            Self::Diff(open) => Some((&mut open.reader, Diff::BREADTH)),
            Self::Request(page) => Some((&mut page.reader, Breadth::Prose)),
            Self::Ledger(page) => page.bill.as_mut().map(|(_, reader)| (reader, Breadth::Prose)),
            _ => None,
        }
    }
}

/// The command palette: every action, by what is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Palette {
    pub query: String,
    pub selected: usize,
    /// What matches, best first.
    pub rows: Vec<PaletteRow>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaletteRow {
    pub action: Action,
}

/// The card of a model, and the picker that it lies over, if it was opened there.
#[derive(Clone, Debug)]
pub struct OpenCard {
    pub at: ModelAt,
    pub reader: Reader,
    pub picker: Option<Picker>,
}
