//! The workstation without a terminal and a network: a state, the view that draws it, and the cells of the last frame.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use abreast::api::{Delta, RequestShape};
use abreast::chat::Settings;
use abreast::config::{ColorDepth, Themes};
use abreast::input::Keymap;
use abreast::pricing::Catalogue;
use abreast::state::{Anchor, Event, Lane, LaneId, Provider, Providers, ScrollMotion, Size, Start, State};
use abreast::store::SavedSession;
use abreast::update::update;
use abreast::view::View;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::session::{MODEL, PROVIDER};

/// The time between two frames: as far apart as streams cause them.
const FRAME: Duration = Duration::from_millis(33);

pub(crate) struct Workstation {
    pub(crate) state: State,
    pub(crate) view: View,
    terminal: Terminal<TestBackend>,
    now: Instant,
}

/// What a frame was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Drawn {
    Whole,
    /// Only what pieces of replies changed.
    Patch,
}

impl Workstation {
    /// Lanes without a turn.
    pub(crate) fn new(lanes: u32, columns: u16, rows: u16) -> Self {
        let settings = Settings { provider: PROVIDER.to_owned(), model: MODEL.to_owned(), ..Settings::default() };
        let lanes = (0..lanes).map(|lane| Lane::new(LaneId(lane), settings.clone()));
        let themes = Themes::built_in();
        let start = Start {
            lanes: lanes.collect(),
            providers: Providers { all: vec![provider()], undecided: false },
            catalogue: Catalogue::embedded(),
            keymap: Keymap::default(),
            theme: themes.get("dark").expect("there is a dark theme").clone(),
            themes,
            theme_chosen: true,
            depth: ColorDepth::True,
            size: Size { columns, rows },
            mouse: true,
        };
        let Ok(terminal) = Terminal::new(TestBackend::new(columns, rows));
        Self { state: State::new(start), view: View::default(), terminal, now: Instant::now() }
    }

    /// Puts a session in the place of the empty one.
    pub(crate) fn resume(&mut self, saved: SavedSession) {
        let anchor = Anchor { instant: self.now, unix_ms: saved.created };
        self.state.resume(saved, anchor, true).expect("a session of this version");
    }

    pub(crate) fn event(&mut self, event: Event) {
        update(&mut self.state, event, self.now);
    }

    pub(crate) fn press(&mut self, code: KeyCode, modifiers: KeyModifiers) {
        self.event(Event::Key(KeyEvent::new(code, modifiers)));
    }

    pub(crate) fn key(&mut self, code: KeyCode) {
        self.press(code, KeyModifiers::NONE);
    }

    /// Sends a message to every lane.
    pub(crate) fn asks(&mut self) {
        "tell me".chars().for_each(|letter| self.key(KeyCode::Char(letter)));
        self.key(KeyCode::Enter);
    }

    /// Brings a piece of the reply of the lane at a place.
    pub(crate) fn says(&mut self, place: usize, delta: Delta) {
        let (lane, generation) = (self.state.lanes[place].id, self.state.lanes[place].generation);
        self.event(Event::Stream { lane, generation, delta: Ok(delta) });
    }

    /// Ends the reply of the lane at a place.
    pub(crate) fn ends(&mut self, place: usize) {
        self.says(place, Delta::Finish { choice: 0, reason: "stop".to_owned() });
        let (lane, generation) = (self.state.lanes[place].id, self.state.lanes[place].generation);
        self.event(Event::StreamEnded { lane, generation });
    }

    pub(crate) fn scroll(&mut self, motion: ScrollMotion) {
        let lane = self.state.lane().id;
        let scroll = self.view.scroll(&self.state, lane, motion, self.now);
        self.state.scroll_to(lane, scroll);
    }

    /// Draws a whole frame, without the comparison with the one before.
    pub(crate) fn draw(&mut self) {
        let mut frame = self.terminal.get_frame();
        frame.buffer_mut().reset();
        self.view.draw(&mut frame, &self.state, self.now);
    }

    /// Draws the next frame after pieces of replies, as the loop does: a patch where that is enough.
    pub(crate) fn grow(&mut self) -> Drawn {
        self.now += FRAME;
        if self.view.patch(self.terminal.current_buffer_mut(), &self.state, self.now).is_some() {
            return Drawn::Patch;
        }
        self.draw();
        Drawn::Whole
    }
}

fn provider() -> Provider {
    Provider {
        name: PROVIDER.to_owned(),
        base_url: "https://bench.test/v1".to_owned(),
        default_model: Some(MODEL.to_owned()),
        models: None,
        candidate: false,
        shape: RequestShape::default(),
        known: BTreeMap::new(),
    }
}
