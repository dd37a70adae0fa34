//! Where the panes are: a pure function of the state, for the view that draws them and for updates that need widths.

use ratatui::layout::Rect;

use super::attach::{chip_rows, lacks_vision};
use super::{Focus, Size, State};

/// The least terminal in which the panes make sense.
pub const LEAST: Size = Size { columns: 60, rows: 16 };

/// From this width on the sidebar has its own place, if two lanes have theirs beside it; else it is a drawer over them.
const SIDEBAR_FROM: u16 = 100;

/// The least width of a lane that reads well.
const LANE_COLUMNS: u16 = 40;

/// The composer grows with its text to this many rows.
const COMPOSER_ROWS: u16 = 10;

/// Waiting messages that are shown; the last row counts the others.
const QUEUE_ROWS: usize = 3;

/// One lane's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaneArea {
    /// The lane's place in the state's list.
    pub place: usize,
    /// The border and all in it.
    pub frame: Rect,
    /// The rows of the transcript: the first column is for the mark of the selected turn, the last stays free.
    pub body: Rect,
}

/// Every pane's place; the areas lie within the terminal and do not overlap, but for the drawer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    pub status: Rect,
    /// The row of tabs, when not every lane has its column.
    pub tabs: Option<Rect>,
    pub lanes: Vec<LaneArea>,
    /// The box of the calls that wait for answers.
    pub calls: Option<Rect>,
    pub composer: Rect,
    /// The messages that wait, within the composer.
    pub queue: Rect,
    /// The chips of what goes with the draft, within the composer.
    pub chips: Rect,
    /// The composer's text.
    pub editor: Rect,
    pub sidebar: Option<Rect>,
    /// Whether the sidebar lies over the lanes.
    pub drawer: bool,
    pub footer: Rect,
}

impl Layout {
    /// The columns of text in a lane's body: one is for the mark of the selected turn, one stays free.
    #[must_use]
    pub fn text_columns(body: Rect) -> u16 {
        body.width.saturating_sub(2).max(1)
    }

    /// The panes of a terminal; `None` when it is smaller than [`LEAST`].
    #[must_use]
    pub fn of(state: &State) -> Option<Self> {
        let Size { columns, rows } = state.size;
        if columns < LEAST.columns || rows < LEAST.rows {
            return None;
        }
        let drawer = is_drawer(state);
        let sidebar_columns = sidebar_columns(state);
        let main_columns = main_columns(state);
        let editor_columns = main_columns - 4;
        let wanted = state.composer.editor.height(editor_columns);
        let editor_rows = wanted.clamp(1, COMPOSER_ROWS.min(rows / 3));
        let queue_rows = u16::try_from(state.queue.len().min(QUEUE_ROWS)).unwrap_or(0);
        let chip_rows = chip_rows_of(state, editor_columns);
        let composer_rows = editor_rows + queue_rows + chip_rows + 2;
        let calls_rows = calls_rows(state, rows - 2 - composer_rows);
        let body_rows = rows - 2 - composer_rows - calls_rows;
        let calls = (calls_rows > 0).then(|| Rect::new(0, 1 + body_rows, main_columns, calls_rows));
        let composer = Rect::new(0, 1 + body_rows + calls_rows, main_columns, composer_rows);
        let sidebar = (sidebar_columns > 0).then(|| Rect::new(columns - sidebar_columns, 1, sidebar_columns, rows - 2));
        let (tabs, lanes) = lanes(state, Rect::new(0, 1, main_columns, body_rows));
        Some(Self {
            status: Rect::new(0, 0, columns, 1),
            tabs,
            lanes,
            calls,
            composer,
            queue: Rect::new(composer.x + 2, composer.y + 1, editor_columns, queue_rows),
            chips: Rect::new(composer.x + 2, composer.y + 1 + queue_rows, editor_columns, chip_rows),
            editor: Rect::new(composer.x + 2, composer.y + 1 + queue_rows + chip_rows, editor_columns, editor_rows),
            sidebar,
            drawer,
            footer: Rect::new(0, rows - 1, columns, 1),
        })
    }
}

impl Layout {
    /// Below this many rows a sidebar has no room for the tools.
    pub const TOOLS_FROM: u16 = 20;

    /// Whether a sidebar of this screen has a box for the tools.
    #[must_use]
    pub fn has_tools(size: Size) -> bool {
        size.rows.saturating_sub(2) >= Self::TOOLS_FROM
    }

    /// The columns of text in the box of the calls.
    #[must_use]
    pub fn box_columns(state: &State) -> u16 {
        main_columns(state).saturating_sub(4).max(1)
    }
}

/// The columns that the sidebar leaves.
fn main_columns(state: &State) -> u16 {
    let columns = state.size.columns;
    if is_drawer(state) { columns } else { columns.saturating_sub(sidebar_columns(state)) }
}

/// The rows of the calls' box: as many as it has to say, with its borders and its keys, but two fifths of the screen at
/// the most. The lanes keep enough to be read.
fn calls_rows(state: &State, room: u16) -> u16 {
    const LANE_ROWS: u16 = 6;
    let Some(open) = &state.call_box else { return 0 };
    let wanted = u16::try_from(open.rows.len()).unwrap_or(u16::MAX).saturating_add(3);
    let most = (state.size.rows * 2 / 5).min(room.saturating_sub(LANE_ROWS)).max(3);
    wanted.clamp(4.min(most), most)
}

impl State {
    /// Whether the keys go to a sidebar that lies over the lanes.
    #[must_use]
    pub fn is_in_drawer(&self) -> bool {
        in_sidebar(self) && is_drawer(self)
    }
}

/// The rows of the draft's chips, and the one about the models' sight.
fn chip_rows_of(state: &State, columns: u16) -> u16 {
    let (rows, _) = chip_rows(state, columns);
    let (blind, unknown) = lacks_vision(state);
    let sight = usize::from(!blind.is_empty() || !unknown.is_empty());
    u16::try_from(rows.len() + sight).unwrap_or(0)
}

/// Whether the keys go to a box of the sidebar.
fn in_sidebar(state: &State) -> bool {
    matches!(state.focus, Focus::Sidebar | Focus::Inspector)
}

/// Nought when the sidebar is not shown.
fn sidebar_columns(state: &State) -> u16 {
    let shown = state.sidebar.shown && (!is_drawer(state) || in_sidebar(state));
    if shown { sidebar_width(state.size.columns) } else { 0 }
}

fn sidebar_width(columns: u16) -> u16 {
    (columns / 5).clamp(36, 44).min(columns - 8)
}

fn is_drawer(state: &State) -> bool {
    let columns = state.size.columns;
    let side_by_side = state.lanes.len() > 1 && !state.zoomed;
    columns < SIDEBAR_FROM || (side_by_side && columns - sidebar_width(columns) < 2 * LANE_COLUMNS)
}

/// As many lanes side by side as read well, the focused one among them; tabs when that is not all of them.
fn lanes(state: &State, area: Rect) -> (Option<Rect>, Vec<LaneArea>) {
    let fit = usize::from((area.width / LANE_COLUMNS).max(1));
    let shown = if state.zoomed { 1 } else { fit.min(state.lanes.len()) };
    let tabs = (shown < state.lanes.len()).then_some(Rect { height: 1, ..area });
    let area = if tabs.is_some() { Rect { y: area.y + 1, height: area.height - 1, ..area } } else { area };
    let first = (state.focused + 1).saturating_sub(shown).min(state.lanes.len() - shown);
    let columns = u16::try_from(shown).unwrap_or(1);
    let lanes = (0..columns).map(|column| {
        let left = area.width * column / columns;
        let right = area.width * (column + 1) / columns;
        let frame = Rect { x: area.x + left, width: right - left, ..area };
        lane(first + usize::from(column), frame)
    });
    (tabs, lanes.collect())
}

fn lane(place: usize, frame: Rect) -> LaneArea {
    let body = Rect {
        x: frame.x + 1,
        y: frame.y + 1,
        width: frame.width.saturating_sub(2),
        height: frame.height.saturating_sub(2),
    };
    LaneArea { place, frame, body }
}
