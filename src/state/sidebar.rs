//! The sidebar: which param is selected and what is typed for it.

use crate::chat::{PARAMS, Param};

/// The sidebar's own state; the values live in the lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sidebar {
    /// The selected param's place in [`PARAMS`].
    pub row: usize,
    /// A value that is being typed and not yet taken.
    pub typed: Option<String>,
    /// Whether the user wants the sidebar; where the screen is narrow it shows as a drawer while it has the focus.
    pub shown: bool,
}

impl Default for Sidebar {
    fn default() -> Self {
        Self { row: 0, typed: None, shown: true }
    }
}

impl Sidebar {
    /// The selected param.
    #[must_use]
    pub fn param(&self) -> &'static Param {
        &PARAMS[self.row.min(PARAMS.len() - 1)]
    }
}
