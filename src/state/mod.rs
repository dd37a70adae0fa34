//! What the screen is about: session, lanes, focus, composer, overlays, notices, and the events and effects around them.
//!
//! Owns plain data. How events change it is `update`'s; how it looks is `view`'s.

mod answer_hint;
pub mod attach;
mod budget;
mod calls;
pub mod card;
mod composer;
mod diff;
mod effect;
mod event;
mod exported;
mod find;
mod form;
mod heat;
mod imported;
mod inspect;
mod inspector;
mod lane;
mod layout;
mod ledger;
mod lockstep;
mod meter;
mod notice;
mod overlay;
mod picker;
mod presets;
mod preview;
mod provider;
mod queue;
mod reader;
mod recall;
mod request_page;
mod saved;
mod saving;
mod session;
mod sessions;
mod shared;
mod sidebar;
mod tool_list;
mod tree;
mod undo;
mod wire_page;
mod wire_text;

pub use answer_hint::AnswerHint;
pub use budget::{Budget, BudgetSpan, Filled, MessageNo, Messages};
pub use calls::{Answerer, CallBox, CallBoxKey, CallId, CallRecord, CallState, Calls, ToolDesk, examined};
pub use composer::{Composer, ComposerMark, Draft};
pub use diff::{Diff, Other, Side};
pub use effect::{Capture, EditPurpose, Effect, ExitReason, ScrollMotion};
pub use event::{CopyOutcome, Event, Pointer, PointerKind, Size, Target};
pub use exported::{ExportWork, Exported};
pub use find::{Find, FindPart, FindPhase, FindScope, FindSpot, FindWay};
pub use form::{
    BUDGET_FIELDS, CallForm, EXPORT_FIELDS, Form, FormField, FormFocus, FormPurpose, PRICE_FIELDS, Verdict,
};
pub use heat::{ChanceClass, ChanceFigures, Heat, HeatAreas, Spot, Stretch};
pub use imported::{imported_session, imported_settings, planted};
pub use inspect::Inspect;
pub use inspector::{
    CallDifference, CallMark, DetailBody, DetailKey, Inspector, InspectorAreas, InspectorDetail, InspectorField,
    InspectorFocus, InspectorRow, InspectorTab, call_differences,
};
pub use lane::{Lane, LaneId, MAX_LANES, SILENCE, Scroll, StreamStatus};
pub use layout::{LEAST, LaneArea, Layout};
pub use ledger::{
    LedgerLine, LedgerOrder, LedgerPage, LedgerRuns, LedgerSpans, Spending, SpentAsked, SpentHeard, Unentered,
    bill_rows, worth,
};
pub use lockstep::Lockstep;
pub use meter::{Before, LiveRun, Meter, ReplyPart, Weight, estimated, percent};
pub(crate) use meter::{BranchKey, FixedKey, ResultsKey};
pub use notice::{Level, Notice, Notices, Topic};
pub use overlay::{OpenCard, Overlay, Palette, PaletteRow};
pub use picker::{Favourites, ModelAt, Picker, PickerRow, Standing};
pub use presets::{PresetFiles, PresetList, PresetWork};
pub use preview::{History, HistoryKey, Preview};
pub use provider::{Found, Provider, Providers};
pub use queue::{Queue, Queued};
pub use reader::{Breadth, Reader};
pub use recall::{Recall, WireSight, WireStage};
pub use request_page::{RequestPage, RequestShows};
pub(crate) use saved::CUT_OFF;
pub use saved::{
    Anchor, Restored, of_newer, restored, restored_settings, restored_wire, saved_composer, saved_file, saved_files,
    saved_lane, saved_queue, saved_run, saved_session, saved_settings, saved_tokens, saved_turn, saved_wire,
};
pub use saving::{Grown, GrownCall, Kept, RunMark, SavedPlace, Saving};
pub use session::{Charge, Session, Sum, Totals, title_of};
pub use sessions::{
    OpeningSession, PendingChange, PreviewShows, SessionAreas, SessionList, SessionPreview, Shelf, ShelfStep,
    open_elsewhere,
};
pub use shared::{SettingsBefore, Shared};
pub use sidebar::{Sidebar, SidebarRow};
pub use tool_list::{ToolList, ToolRow, ToolSource};
pub use tree::{TreeHead, TreePage, TreeRow};
pub use undo::{Stand, Undo, Undos, Way};
pub use wire_page::{WireAreas, WireFind, WireFocus, WireHeaders, WirePage, WireRow};
pub use wire_text::{wire_data, wire_gap, wire_size, wire_time};

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;

use crate::chat::{Refusals, Settings, TurnId};
use crate::config::{ColorDepth, Theme, Themes};
use crate::input::{Action, Context, Keymap};
use crate::pricing::{Catalogue, Exchange};

/// Which pane takes the keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Focus {
    #[default]
    Composer,
    Transcript,
    Sidebar,
    /// The box of the calls that wait.
    Calls,
    /// The calls of the last reply, in the sidebar.
    Inspector,
}

/// What the lanes' bodies show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Panes {
    #[default]
    Transcript,
    /// The request that the next message would make.
    Request,
}

/// Everything the screen shows.
#[derive(Debug)]
pub struct State {
    pub session: Session,
    /// From one to [`MAX_LANES`].
    pub lanes: Vec<Lane>,
    /// What lanes share.
    pub shared: Shared,
    /// What the lanes' bodies show.
    pub panes: Panes,
    /// The requests that lanes would send, while they are shown.
    pub previews: BTreeMap<LaneId, Preview>,
    /// The focused lane's place in `lanes`.
    pub focused: usize,
    /// Whether the focused lane fills the screen.
    pub zoomed: bool,
    pub lockstep: Lockstep,
    pub focus: Focus,
    pub composer: Composer,
    pub queue: Queue,
    /// What is estimated of tokens and money.
    pub meter: Meter,
    pub budget: Budget,
    /// The display currency and the user's rates.
    pub exchange: Exchange,
    /// What is worth a word at the composer about the form of the answer.
    pub answer_hint: AnswerHint,
    /// What the store has of the session, where it is saved.
    pub saving: Option<Box<Saving>>,
    pub undos: Undos,
    pub shelf: Shelf,
    pub spending: Spending,
    /// Where the user's days begin: UTC until somebody knows better.
    pub zone: TimeZone,
    /// A text that is looked for inside lanes.
    pub find: Option<Find>,
    pub sidebar: Sidebar,
    /// Who answers tools, and how far.
    pub tools: ToolDesk,
    /// The box of the focused lane's calls, while it waits for answers.
    pub call_box: Option<CallBox>,
    /// Until then Enter neither sends a draft nor breaks a line: a box of calls has just gone or opened a form, and its key
    /// may still be held.
    pub enter_waits_until: Option<Instant>,
    /// Which calls are looked at, and what of them.
    pub inspector: Inspector,
    pub overlay: Option<Overlay>,
    /// The wire of the run that is looked at, where that is not in memory.
    pub recall: Recall,
    pub notices: Notices,
    pub providers: Providers,
    /// What endpoints refused in this session.
    pub refusals: Refusals,
    pub catalogue: Catalogue,
    pub favourites: Favourites,
    pub keymap: Keymap,
    pub themes: Themes,
    pub theme: Theme,
    /// Whether the user chose the theme, so that the terminal's background no longer does.
    pub theme_chosen: bool,
    pub depth: ColorDepth,
    pub size: Size,
    /// Whether the program takes the mouse (the terminal's own selection needs Shift then).
    pub mouse: bool,
    /// What was asked for once and is done when it is asked for again soon after.
    pub asked_once: Option<(Action, Instant)>,
    lanes_made: u32,
}

/// What a state starts from.
#[derive(Debug)]
pub struct Start {
    /// At least one; more than [`MAX_LANES`] are left out.
    pub lanes: Vec<Lane>,
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

/// What lanes are called.
const LETTERS: [char; MAX_LANES] = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'];

/// What has to be asked for twice has to be so within this time.
fn window(action: Action) -> Duration {
    match action {
        // Long enough for a second Ctrl+C that is meant, too short for one of a ladder of stops and clears.
        Action::Interrupt => Duration::from_millis(1500),
        // Long enough to read what is about to be dropped.
        _ => Duration::from_secs(6),
    }
}

impl State {
    #[must_use]
    pub fn new(start: Start) -> Self {
        let mut lanes = start.lanes;
        if lanes.is_empty() {
            lanes.push(Lane::new(LaneId(0), Settings::default()));
        }
        lanes.truncate(MAX_LANES);
        for (lane, (letter, id)) in lanes.iter_mut().zip(LETTERS.into_iter().zip(0..)) {
            (lane.letter, lane.id) = (letter, LaneId(id));
        }
        Self {
            session: Session::default(),
            lanes_made: u32::try_from(lanes.len()).unwrap_or(u32::MAX),
            shared: Shared::of(&mut lanes),
            lanes,
            panes: Panes::default(),
            previews: BTreeMap::new(),
            focused: 0,
            zoomed: false,
            lockstep: Lockstep::Apart,
            focus: Focus::Composer,
            composer: Composer::default(),
            queue: Queue::default(),
            meter: Meter::default(),
            budget: Budget::default(),
            exchange: Exchange::default(),
            answer_hint: AnswerHint::default(),
            saving: None,
            undos: Undos::default(),
            shelf: Shelf::default(),
            spending: Spending::default(),
            zone: TimeZone::UTC,
            find: None,
            sidebar: Sidebar::default(),
            tools: ToolDesk::default(),
            call_box: None,
            enter_waits_until: None,
            inspector: Inspector::default(),
            overlay: None,
            recall: Recall::default(),
            notices: Notices::default(),
            providers: start.providers,
            refusals: Refusals::default(),
            catalogue: start.catalogue,
            favourites: Favourites::default(),
            keymap: start.keymap,
            themes: start.themes,
            theme: start.theme,
            theme_chosen: start.theme_chosen,
            depth: start.depth,
            size: start.size,
            mouse: start.mouse,
            asked_once: None,
        }
    }

    /// Whether an action was asked for before, soon enough; if not, it is remembered, and a notice says what comes of it
    /// for as long as it holds.
    pub fn confirmed(&mut self, action: Action, said: &str, now: Instant) -> bool {
        let before = self.asked_once.replace((action, now));
        let again = before.is_some_and(|(asked, at)| asked == action && now.duration_since(at) < window(action));
        if again {
            self.asked_once = None;
            self.notices.withdraw(Topic::AskAgain);
        } else {
            let said = format!("{} again {said}", self.key(action));
            self.notices.show_about(Topic::AskAgain, said, now, window(action));
        }
        again
    }

    /// An id that no lane ever had: a stream of a closed lane must not reach another.
    pub fn next_lane_id(&mut self) -> LaneId {
        let id = LaneId(self.lanes_made);
        self.lanes_made += 1;
        id
    }

    /// The first letter that no lane has.
    #[must_use]
    pub fn free_letter(&self) -> char {
        let free = |letter: &char| self.lanes.iter().all(|lane| lane.letter != *letter);
        LETTERS.into_iter().find(free).unwrap_or('?')
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

    /// Whether what is sent now goes to a lane: it is addressed, and for an edit its branch holds the edited turn.
    #[must_use]
    pub fn hears(&self, lane: &Lane) -> bool {
        lane.addressed && self.composer.editing.is_none_or(|turn| self.holds(lane, turn))
    }

    /// Whether a lane's branch holds a turn. A turn's depth is its place in every branch that holds it, so that no branch
    /// is searched through.
    #[must_use]
    pub fn holds(&self, lane: &Lane, turn: TurnId) -> bool {
        let depth = self.session.turns.get(turn).map(|turn| turn.depth);
        depth.and_then(|depth| lane.branch.get(depth)) == Some(&turn)
    }

    /// The key that asks for an action, as it is written on the screen.
    #[must_use]
    pub fn key(&self, action: Action) -> String {
        let chord = self.keymap.chords_of(action).first();
        chord.map_or_else(|| format!("`{}`", action.row().name), ToString::to_string)
    }

    /// The contexts whose keys are listened to now, narrow to wide.
    #[must_use]
    pub fn contexts(&self) -> &'static [Context] {
        match (&self.overlay, self.focus) {
            (Some(overlay), _) => overlay.contexts(),
            (None, Focus::Composer) if self.composer.offers().is_some() => {
                &[Context::Completion, Context::Composer, Context::Global]
            }
            (None, Focus::Composer) => &[Context::Composer, Context::Global],
            (None, Focus::Transcript) if self.find.as_ref().is_some_and(Find::is_typing) => {
                &[Context::Overlay, Context::Global]
            }
            (None, Focus::Transcript) => &[Context::Transcript, Context::Global],
            (None, Focus::Sidebar) => &[Context::Sidebar, Context::Global],
            (None, Focus::Calls) => &[Context::Calls, Context::Global],
            (None, Focus::Inspector) => &[Context::Inspector, Context::Overlay, Context::Global],
        }
    }

    /// Whether the keys go to what is looked for inside lanes.
    #[must_use]
    pub fn finds(&self) -> bool {
        self.find.is_some() && self.overlay.is_none() && self.focus == Focus::Transcript
    }

    /// When what today cost is what yesterday cost, where that is on the screen.
    fn next_day(&self) -> Option<Instant> {
        let spans = self.spending.spans.filter(|_| !self.spending.today.is_empty())?;
        Some(self.saving.as_ref()?.anchor.instant(spans.today.1))
    }

    /// When the screen changes by itself, if it does: an elapsed time, a countdown, a notice that goes. An idle program has none.
    #[must_use]
    pub fn next_change(&self, now: Instant) -> Option<Instant> {
        let changes = self.lanes.iter().filter_map(|lane| lane.status.next_change(now));
        let running = self.session.calls.running().next().map(|_| now + lane::WAIT_FRAME);
        let held = self.call_box.as_ref().and_then(CallBox::held_until).filter(|until| *until > now);
        changes.chain(self.notices.next_expiry()).chain(running).chain(held).chain(self.next_day()).min()
    }
}
