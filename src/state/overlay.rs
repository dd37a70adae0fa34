//! What lies over the panes: help, the command palette, the model picker, readers and forms.

use super::{Breadth, Form, Heat, Reader};
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
    Form(Box<Form>),
    /// A reply's tokens by their probability.
    Heat(Box<Heat>),
}

impl Overlay {
    /// The contexts whose keys are listened to while it is open, narrow to wide.
    #[must_use]
    pub fn contexts(&self) -> &'static [Context] {
        match self {
            Self::Help { .. } | Self::Heat(_) => &[Context::Reader, Context::Overlay, Context::Global],
            Self::Palette(_) | Self::Models(_) => &[Context::Overlay, Context::Global],
            Self::Form(_) => &[Context::Form, Context::Global],
        }
    }

    /// The rows that are read in it, and the width of its box, if it is a reader. A new reader is one arm here.
    #[must_use]
    pub fn reader(&self) -> Option<(&Reader, Breadth)> {
        match self {
            Self::Help { .. } | Self::Palette(_) | Self::Models(_) | Self::Form(_) | Self::Heat(_) => None,
        }
    }

    /// As [`Overlay::reader`], to be scrolled.
    pub fn reader_mut(&mut self) -> Option<(&mut Reader, Breadth)> {
        match self {
            Self::Help { .. } | Self::Palette(_) | Self::Models(_) | Self::Form(_) | Self::Heat(_) => None,
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

/// The model picker: every known model, and a name that is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picker {
    pub query: String,
    pub selected: usize,
    pub rows: Vec<PickerRow>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PickerRow {
    pub provider: String,
    pub model: String,
    /// Whether the model is only what the user typed, not one that the provider listed.
    pub typed: bool,
}
