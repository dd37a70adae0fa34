//! The sidebar: which row is selected and what is typed for it.

use std::sync::LazyLock;

use crate::chat::{Field, PARAMS, Param};

/// The sidebar's own state; the values live in the lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sidebar {
    /// The selected row's place in [`SidebarRow::all`].
    pub row: usize,
    /// A value that is being typed and not yet taken.
    pub typed: Option<String>,
    /// Whether the user wants the sidebar; where the screen is narrow it shows as a drawer while it has the focus.
    pub shown: bool,
}

/// One row of the sidebar: a field, or all that no table knows.
#[derive(Clone, Copy, Debug)]
pub enum SidebarRow {
    Model,
    System,
    Tools,
    Param(&'static Param),
    /// The set params outside the table, as one JSON object.
    Extra,
}

static ROWS: LazyLock<Vec<SidebarRow>> = LazyLock::new(|| {
    let params = PARAMS.iter().map(SidebarRow::Param);
    let fixed = [SidebarRow::Model, SidebarRow::System, SidebarRow::Tools];
    fixed.into_iter().chain(params).chain([SidebarRow::Extra]).collect()
});

/// The place of the first param: what is turned most often is selected at the start.
const FIRST_PARAM: usize = 3;

impl Default for Sidebar {
    fn default() -> Self {
        Self { row: FIRST_PARAM, typed: None, shown: true }
    }
}

impl SidebarRow {
    /// Every row, from the top.
    #[must_use]
    pub fn all() -> &'static [Self] {
        &ROWS
    }

    /// The row's name on the screen.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::System => "system",
            Self::Tools => "tools",
            Self::Param(param) => param.name,
            Self::Extra => "other fields",
        }
    }

    /// The field behind it; the last row stands for many.
    #[must_use]
    pub fn field(self) -> Option<Field> {
        match self {
            Self::Model => Some(Field::Model),
            Self::System => Some(Field::System),
            Self::Tools => Some(Field::Tools),
            Self::Param(param) => Some(Field::param(param.name)),
            Self::Extra => None,
        }
    }

    /// What it does, in a line.
    #[must_use]
    pub fn help(self) -> &'static str {
        match self {
            Self::Model => "Which model of which provider is asked.",
            Self::System => "What the model is told before the conversation; it may hold {{variables}}.",
            Self::Tools => "The functions that the model may call.",
            Self::Param(param) => param.help,
            Self::Extra => "Any further fields of the request, as one JSON object.",
        }
    }

    #[must_use]
    pub fn param(self) -> Option<&'static Param> {
        match self {
            Self::Param(param) => Some(param),
            _ => None,
        }
    }
}

impl Sidebar {
    /// The selected row.
    #[must_use]
    pub fn selected(&self) -> SidebarRow {
        let rows = SidebarRow::all();
        rows[self.row.min(rows.len() - 1)]
    }

    /// The selected param, if the row is one.
    #[must_use]
    pub fn param(&self) -> Option<&'static Param> {
        self.selected().param()
    }
}
