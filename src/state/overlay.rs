//! What lies over the panes: help, the command palette, the model picker.

use crate::input::Action;

/// The one overlay that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Overlay {
    /// The keys and what they do, scrolled by rows.
    Help {
        scroll: usize,
    },
    Palette(Palette),
    Models(Picker),
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
