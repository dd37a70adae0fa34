//! What the screen is about: session, lanes, focus, composer, overlays, notices, and the events and effects around them.
//!
//! Owns plain data. How events change it is `update`'s; how it looks is `view`'s.

mod composer;
mod effect;
mod event;
mod lane;
mod layout;
mod notice;
mod overlay;
mod provider;
mod session;
mod sidebar;

pub use composer::Composer;
pub use effect::{Capture, EditPurpose, Effect, ExitReason, ScrollMotion};
pub use event::{CopyOutcome, Event, Pointer, PointerKind, Size, Target};
pub use lane::{Lane, LaneId, MAX_LANES, Scroll, StreamStatus};
pub use layout::{LEAST, LaneArea, Layout};
pub use notice::{Level, Notice, Notices};
pub use overlay::{Overlay, Palette, PaletteRow, Picker, PickerRow};
pub use provider::{Found, Provider, Providers};
pub use session::{Charge, Session, Sum, Totals};
pub use sidebar::Sidebar;

use std::time::{Duration, Instant};

use crate::config::{ColorDepth, Theme, Themes};
use crate::input::{Context, Keymap};
use crate::pricing::Catalogue;

/// Which pane takes the keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Focus {
    #[default]
    Composer,
    Transcript,
    Sidebar,
}

/// Everything the screen shows.
#[derive(Debug)]
pub struct State {
    pub session: Session,
    /// From one to [`MAX_LANES`].
    pub lanes: Vec<Lane>,
    /// The focused lane's place in `lanes`.
    pub focused: usize,
    /// Whether the focused lane fills the screen.
    pub zoomed: bool,
    pub focus: Focus,
    pub composer: Composer,
    pub sidebar: Sidebar,
    pub overlay: Option<Overlay>,
    pub notices: Notices,
    pub providers: Providers,
    pub catalogue: Catalogue,
    pub keymap: Keymap,
    pub themes: Themes,
    pub theme: Theme,
    /// Whether the user chose the theme, so that the terminal's background no longer does.
    pub theme_chosen: bool,
    pub depth: ColorDepth,
    pub size: Size,
    /// Whether the program takes the mouse (the terminal's own selection needs Shift then).
    pub mouse: bool,
    /// When Ctrl+C last found nothing to stop or clear: a second one soon after quits.
    pub interrupted_at: Option<Instant>,
}

/// What a state starts from.
#[derive(Debug)]
pub struct Start {
    pub lane: Lane,
    pub providers: Providers,
    pub catalogue: Catalogue,
    pub keymap: Keymap,
    pub themes: Themes,
    pub theme: Theme,
    pub theme_chosen: bool,
    pub depth: ColorDepth,
    pub size: Size,
    pub mouse: bool,
}

/// A second Ctrl+C within this time of the first quits; longer ago, and the first is forgotten.
pub const QUIT_WINDOW: Duration = Duration::from_millis(1500);

/// While something waits without bytes, its elapsed time is drawn this often.
const WAIT_FRAME: Duration = Duration::from_millis(100);

impl State {
    #[must_use]
    pub fn new(start: Start) -> Self {
        Self {
            session: Session::default(),
            lanes: vec![start.lane],
            focused: 0,
            zoomed: false,
            focus: Focus::Composer,
            composer: Composer::default(),
            sidebar: Sidebar::default(),
            overlay: None,
            notices: Notices::default(),
            providers: start.providers,
            catalogue: start.catalogue,
            keymap: start.keymap,
            themes: start.themes,
            theme: start.theme,
            theme_chosen: start.theme_chosen,
            depth: start.depth,
            size: start.size,
            mouse: start.mouse,
            interrupted_at: None,
        }
    }

    /// The focused lane. `lanes` is never empty and `focused` always within it: [`State::new`] and the lane actions see to it.
    #[must_use]
    pub fn lane(&self) -> &Lane {
        &self.lanes[self.focused]
    }

    pub fn lane_mut(&mut self) -> &mut Lane {
        &mut self.lanes[self.focused]
    }

    #[must_use]
    pub fn lane_by_id(&self, id: LaneId) -> Option<&Lane> {
        self.lanes.iter().find(|lane| lane.id == id)
    }

    pub fn lane_by_id_mut(&mut self, id: LaneId) -> Option<&mut Lane> {
        self.lanes.iter_mut().find(|lane| lane.id == id)
    }

    /// The contexts whose keys are listened to now, narrow to wide.
    #[must_use]
    pub fn contexts(&self) -> &'static [Context] {
        match (&self.overlay, self.focus) {
            (Some(_), _) => &[Context::Overlay, Context::Global],
            (None, Focus::Composer) => &[Context::Composer, Context::Global],
            (None, Focus::Transcript) => &[Context::Transcript, Context::Global],
            (None, Focus::Sidebar) => &[Context::Sidebar, Context::Global],
        }
    }

    /// When the screen changes by itself, if it does: an elapsed time, a countdown, a notice that goes. An idle program has none.
    #[must_use]
    pub fn next_change(&self, now: Instant) -> Option<Instant> {
        let waiting = self.lanes.iter().any(|lane| lane.status.is_waiting()).then(|| now + WAIT_FRAME);
        [waiting, self.notices.next_expiry()].into_iter().flatten().min()
    }
}
