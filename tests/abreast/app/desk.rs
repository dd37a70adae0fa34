//! A running program in front of a test: the real loop, with a scripted terminal, scripted providers and a clock that
//! stands still unless the test lets time pass.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use abreast::api::{ApiError, Delta, RequestShape};
use abreast::app::App;
use abreast::chat::{ChatRequest, Settings};
use abreast::config::{ColorDepth, Themes};
use abreast::input::Keymap;
use abreast::pricing::Catalogue;
use abreast::state::{Anchor, ExitReason, Lane, LaneId, Provider, Providers, Saving, Size, Start, State};
use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, LocalSet};
use tokio::time::sleep;

use super::console::{Screen, ScriptedConsole, console};
use super::replay::ScriptedConnect;

/// Longer than the least time between two frames, shorter than everything else that time does.
const SETTLE: Duration = Duration::from_millis(80);

pub(super) struct Desk {
    pub(super) screen: Screen,
    pub(super) connect: ScriptedConnect,
    end: Option<oneshot::Sender<()>>,
    /// Runs the loop, which stays on its thread.
    local: LocalSet,
    running: JoinHandle<std::io::Result<(ExitReason, State)>>,
    /// Where files are written that are named without a directory; gone when the desk is.
    directory: tempfile::TempDir,
}

pub(super) const WIDE: Size = Size { columns: 160, rows: 40 };

/// What a program starts with: one lane at the provider `lab`, and the providers `lab` and `shop`.
pub(super) fn start(size: Size) -> Start {
    let themes = Themes::built_in();
    let settings = Settings { provider: "lab".to_owned(), model: "sage-1".to_owned(), ..Settings::default() };
    Start {
        lanes: vec![Lane::new(LaneId(0), settings)],
        providers: Providers { all: vec![provider("lab", "sage-1"), provider("shop", "thyme-2")], undecided: false },
        catalogue: Catalogue::embedded(),
        keymap: Keymap::default(),
        theme: themes.get("dark").unwrap().clone(),
        themes,
        theme_chosen: true,
        depth: ColorDepth::True,
        size,
        mouse: true,
    }
}

pub(super) fn provider(name: &str, model: &str) -> Provider {
    Provider {
        name: name.to_owned(),
        base_url: format!("https://{name}.test/v1"),
        default_model: Some(model.to_owned()),
        models: None,
        candidate: false,
        shape: RequestShape::default(),
        known: BTreeMap::new(),
    }
}

impl Desk {
    pub(super) async fn open() -> Self {
        Self::of(start(WIDE), ScriptedConnect::default()).await
    }

    pub(super) async fn of(start: Start, connect: ScriptedConnect) -> Self {
        Self::with(State::new(start), connect, |app| app).await
    }

    /// As [`Self::of`], with presets in a directory.
    pub(super) async fn with_presets(start: Start, directory: &Path) -> Self {
        Self::with(State::new(start), ScriptedConnect::default(), |app| app.with_presets(directory.to_owned())).await
    }

    /// As [`Self::open`], with sessions in a directory; those that it begins have ids that begin with `stem`.
    pub(super) async fn with_store(directory: &Path, stem: &str) -> Self {
        Self::with_store_and(directory, stem, |app| app).await
    }

    /// As [`Self::with_store`], with more than that.
    pub(super) async fn with_store_and(
        directory: &Path,
        stem: &str,
        made: impl FnOnce(App<ScriptedConsole>) -> App<ScriptedConsole>,
    ) -> Self {
        let mut state = State::new(start(WIDE));
        let anchor = Anchor { instant: tokio::time::Instant::now().into_std(), unix_ms: 0 };
        state.saving = Some(Box::new(Saving::new(stem.to_owned(), anchor)));
        let stored = |app: App<ScriptedConsole>| made(app.with_store(directory.to_owned(), Vec::new()));
        Self::with(state, ScriptedConnect::default(), stored).await
    }

    pub(super) async fn with(
        state: State,
        connect: ScriptedConnect,
        made: impl FnOnce(App<ScriptedConsole>) -> App<ScriptedConsole>,
    ) -> Self {
        let (screen, console) = console(state.size);
        let (end, ends) = oneshot::channel::<()>();
        let directory = tempfile::tempdir().unwrap();
        let app = App::new(state, console, std::sync::Arc::new(connect.clone()));
        let app = made(app.with_directory(directory.path().to_owned()));
        let ended = async move {
            if ends.await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        let local = LocalSet::new();
        let running = local.spawn_local(app.run(ended));
        let desk = Self { screen, connect, end: Some(end), local, running, directory };
        desk.settle().await;
        desk
    }

    pub(super) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Lets the program do all that it can do now, and draw it. The paused clock moves on only when every task waits, so
    /// this ends after the last of the work, however much there is.
    pub(super) async fn settle(&self) {
        self.passes(SETTLE).await;
    }

    pub(super) async fn passes(&self, time: Duration) {
        self.local.run_until(sleep(time)).await;
    }

    /// Waits for what threads do that the clock of the program knows nothing of, such as those that write to the disk.
    /// Little of the program's time passes meanwhile.
    #[track_caller]
    pub(super) fn waits_until(&self, what: &str, holds: impl Fn(&Self) -> bool) -> impl Future<Output = ()> {
        const MOST: Duration = Duration::from_secs(60);
        const STEP: Duration = Duration::from_millis(2);
        let caller = std::panic::Location::caller();
        async move {
            let begun = Instant::now();
            while !holds(self) {
                let shown = self.screen.text();
                assert!(begun.elapsed() < MOST, "{caller}: never {what}\n{shown}");
                let step = Instant::now();
                let waits = async {
                    while step.elapsed() < STEP {
                        tokio::task::yield_now().await;
                    }
                };
                self.local.run_until(waits).await;
                self.settle().await;
            }
        }
    }

    /// Waits until a text is on the screen.
    #[track_caller]
    pub(super) fn comes_to_show(&self, text: &str) -> impl Future<Output = ()> {
        self.waits_until(text, move |desk| desk.screen.text().contains(text))
    }

    // What the user does

    /// Presses keys by their names in keymap files, separated by spaces.
    pub(super) async fn press(&self, chords: &str) {
        for chord in chords.split(' ') {
            self.screen.feed(Event::Key(key(chord)));
        }
        self.settle().await;
    }

    pub(super) async fn types(&self, text: &str) {
        for sign in text.chars() {
            self.screen.feed(Event::Key(KeyEvent::new(KeyCode::Char(sign), KeyModifiers::NONE)));
        }
        self.settle().await;
    }

    pub(super) async fn sends(&self, text: &str) {
        self.types(text).await;
        self.press("enter").await;
    }

    pub(super) async fn pastes(&self, text: &str) {
        self.screen.feed(Event::Paste(text.to_owned()));
        self.settle().await;
    }

    pub(super) async fn resizes(&self, columns: u16, rows: u16) {
        self.screen.resize(Size { columns, rows });
        self.settle().await;
    }

    /// Clicks on the first cell of a text on the screen.
    pub(super) async fn clicks(&self, text: &str) {
        self.clicks_at(text, 0).await;
    }

    /// Clicks on the cell after a text on the screen.
    pub(super) async fn clicks_behind(&self, text: &str) {
        self.clicks_at(text, text.chars().count()).await;
    }

    async fn clicks_at(&self, text: &str, offset: usize) {
        let shown = self.screen.text();
        let found = shown.lines().enumerate().find_map(|(row, line)| {
            let column = line[..line.find(text)?].chars().count() + offset;
            Some((u16::try_from(column).ok()?, u16::try_from(row).ok()?))
        });
        let (column, row) = found.unwrap_or_else(|| panic!("no `{text}` to click on in\n{shown}"));
        self.points((MouseEventKind::Down(MouseButton::Left), column, row)).await;
    }

    /// Does something with the mouse at a column and a row.
    pub(super) async fn points(&self, (kind, column, row): (MouseEventKind, u16, u16)) {
        self.screen.feed(Event::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
        self.settle().await;
    }

    // What providers do

    pub(super) fn request(&self, place: usize) -> ChatRequest {
        self.connect.with(place, |sent| sent.request.clone().unwritten())
    }

    /// A request's messages as `role: content`.
    pub(super) fn messages(&self, place: usize) -> Vec<String> {
        let said = |message: &Value| {
            format!("{}: {}", message["role"].as_str().unwrap(), message["content"].as_str().unwrap_or("-"))
        };
        self.request(place).messages.iter().map(said).collect()
    }

    pub(super) fn params(&self, place: usize) -> Value {
        self.request(place).params.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// Hands a piece to a reply without letting the program look at it yet; `false` when nobody listens any more.
    pub(super) fn hands(&self, place: usize, piece: Result<Delta, ApiError>) -> bool {
        self.connect.with(place, |sent| sent.reply.as_ref().is_some_and(|reply| reply.send(piece).is_ok()))
    }

    pub(super) async fn delivers(&self, place: usize, delta: Delta) {
        assert!(self.hands(place, Ok(delta)), "reply {place} is no longer read");
        self.settle().await;
    }

    pub(super) async fn replies(&self, place: usize, text: &str) {
        self.delivers(place, said(text)).await;
    }

    pub(super) async fn ends(&self, place: usize) {
        self.connect.with(place, |sent| sent.reply = None);
        self.settle().await;
    }

    pub(super) async fn answers(&self, place: usize, text: &str) {
        self.replies(place, text).await;
        self.delivers(place, Delta::Finish { choice: 0, reason: "stop".to_owned() }).await;
        self.ends(place).await;
    }

    pub(super) async fn fails(&self, place: usize, error: ApiError) {
        assert!(self.hands(place, Err(error)), "reply {place} is no longer read");
        self.settle().await;
    }

    // What is seen

    #[track_caller]
    pub(super) fn shows(&self, text: &str) {
        let shown = self.screen.text();
        assert!(shown.contains(text), "`{text}` is not on the screen:\n{shown}");
    }

    #[track_caller]
    pub(super) fn hides(&self, text: &str) {
        let shown = self.screen.text();
        assert!(!shown.contains(text), "`{text}` is on the screen:\n{shown}");
    }

    pub(super) fn has_ended(&self) -> bool {
        self.running.is_finished()
    }

    /// Takes the terminal away, and waits for the end of the program.
    pub(super) async fn hung_up(self) -> (ExitReason, State) {
        let Self { screen, local, running, .. } = self;
        drop(screen);
        local.run_until(running).await.expect("the program does not panic").expect("no failure of the terminal")
    }

    /// Waits for the program's own end.
    pub(super) async fn ended(self) -> (ExitReason, State) {
        self.local.run_until(self.running).await.expect("the program does not panic").expect("the terminal stays")
    }

    /// Ends the program as the system does, and gives what it knew.
    pub(super) async fn closed(mut self) -> (ExitReason, State) {
        let _ = self.end.take().map(|end| end.send(()));
        self.ended().await
    }
}

pub(super) fn said(text: &str) -> Delta {
    Delta::Text { choice: 0, text: text.to_owned() }
}

/// A key by its name in keymap files: `ctrl-c`, `alt-a`, `G`, `pageup`.
pub(super) fn key(chord: &str) -> KeyEvent {
    let mut signs = chord.chars();
    if let (Some(sign), None) = (signs.next(), signs.next()) {
        return KeyEvent::new(KeyCode::Char(sign), KeyModifiers::NONE);
    }
    let combination = crokey::parse(chord).unwrap_or_else(|_| panic!("`{chord}` is no key"));
    let crokey::OneToThree::One(code) = combination.codes else { panic!("`{chord}` is several keys") };
    KeyEvent::new(code, combination.modifiers)
}
