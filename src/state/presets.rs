//! The list of presets: what is in the user's files, what of it matches, and what the selected one would change.

use crate::chat::Difference;
use crate::config::presets::{Existing, Preset, PresetFile, PresetName};

/// The open list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PresetList {
    /// What is typed: it finds presets, and names one that is to be saved.
    pub query: String,
    pub selected: usize,
    pub files: PresetFiles,
    /// What matches, best first: places in the files.
    pub rows: Vec<usize>,
    /// What the selected preset would change in the focused lane: before and after.
    pub differences: Vec<Difference>,
    /// The preset that was to be overwritten or deleted, and was asked about.
    pub asked: Option<String>,
}

/// The files as far as they are known.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum PresetFiles {
    #[default]
    Reading,
    Read(Vec<PresetFile>),
    /// A sentence for the user.
    Unreadable(String),
}

/// Work on the files, in the order in which it was asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum PresetWork {
    List,
    Save { name: PresetName, preset: Box<Preset>, existing: Existing },
    Delete(PresetName),
}

impl PresetList {
    /// Every preset that there is.
    #[must_use]
    pub fn all(&self) -> &[PresetFile] {
        match &self.files {
            PresetFiles::Read(files) => files,
            PresetFiles::Reading | PresetFiles::Unreadable(_) => &[],
        }
    }

    /// The preset in a row of the list.
    #[must_use]
    pub fn row(&self, row: usize) -> Option<&PresetFile> {
        self.rows.get(row).and_then(|place| self.all().get(*place))
    }

    /// The selected preset.
    #[must_use]
    pub fn chosen(&self) -> Option<&PresetFile> {
        self.row(self.selected)
    }
}
