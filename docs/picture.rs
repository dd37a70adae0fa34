//! Draws the README's picture, `assets/workstation.svg`: `cargo run --example picture`.
//!
//! The real program runs with a scripted user on a terminal in memory, two lanes ask the sandbox, and the screen is kept
//! in the middle of their second answers. Time is simulated and the seed is fixed, so the picture comes out the same.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use abreast::api::{ApiError, ChatBackend};
use abreast::app::{App, Connect, Connections, Console, LimitOverrides, shape_of_sandbox};
use abreast::chat::{Params, Settings};
use abreast::config::{Background, ColorDepth, Environment, SANDBOX, Themes};
use abreast::input::Keymap;
use abreast::pricing::Catalogue;
use abreast::sandbox::MODELS;
use abreast::state::{Capture, CopyOutcome, Found, Lane, LaneId, Provider, Providers, Size, Start, State};
use abreast::view::Before;
use anyhow::Context as _;
use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use futures_util::future::BoxFuture;
use ratatui::backend::{Backend as _, TestBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::Position;
use ratatui::{Frame, Terminal};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

#[path = "picture/boxes.rs"]
mod boxes;
#[path = "picture/svg.rs"]
mod svg;

/// Milliseconds after the second question: the sandbox has said about 130 tokens.
const MOMENT: u64 = 3_300;

const SIZE: Size = Size { columns: 160, rows: 44 };

/// The last frame.
type Screen = Arc<Mutex<Option<(Buffer, Position)>>>;

/// A terminal in memory, whose keys come from the script.
struct Memory {
    terminal: Terminal<TestBackend>,
    keys: UnboundedReceiver<Event>,
    screen: Screen,
}

impl Console for Memory {
    fn poll_event(&mut self, context: &mut TaskContext<'_>) -> Poll<Option<io::Result<Event>>> {
        self.keys.poll_recv(context).map(|event| event.map(Ok))
    }

    fn draw(&mut self, paint: &mut dyn FnMut(&mut Frame<'_>)) -> io::Result<()> {
        let Ok(_) = self.terminal.draw(|frame| paint(frame));
        let Ok(cursor) = self.terminal.backend_mut().get_cursor_position();
        let kept = (self.terminal.backend().buffer().clone(), cursor);
        *self.screen.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
        Ok(())
    }

    fn patch(&mut self, _paint: &mut dyn FnMut(&mut Buffer) -> Option<Vec<Before>>) -> io::Result<bool> {
        // A picture is of a whole frame.
        Ok(false)
    }

    fn redraw(&mut self) -> io::Result<()> {
        let Ok(()) = self.terminal.clear();
        Ok(())
    }

    fn set_title(&mut self, _title: &str) -> io::Result<()> {
        Ok(())
    }

    fn set_mouse(&mut self, _capture: Capture) -> io::Result<()> {
        Ok(())
    }

    fn copy(&mut self, text: &str) -> CopyOutcome {
        CopyOutcome::SentToTerminal { characters: text.chars().count() }
    }

    fn edit(&mut self, text: &str) -> io::Result<BoxFuture<'static, Result<String, String>>> {
        Ok(Box::pin(std::future::ready(Ok(text.to_owned()))))
    }

    fn take_back(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn suspend(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The sandbox, as far away as an endpoint on the network is.
struct Distant {
    connections: Connections,
}

/// How long a first byte takes from afar.
const DISTANCE: Duration = Duration::from_millis(312);

impl Connect for Distant {
    fn backend<'a>(&'a self, provider: &'a str) -> BoxFuture<'a, Result<Arc<dyn ChatBackend>, ApiError>> {
        Box::pin(async move {
            tokio::time::sleep(DISTANCE).await;
            self.connections.backend(provider).await
        })
    }

    fn models<'a>(&'a self, provider: &'a str) -> BoxFuture<'a, Result<Vec<String>, ApiError>> {
        self.connections.models(provider)
    }
}

/// What the user does, over time.
struct Script(UnboundedSender<Event>);

impl Script {
    fn press(&self, code: KeyCode, modifiers: KeyModifiers) {
        // The program has ended when nobody listens; then the rest of the script is idle.
        let _ = self.0.send(Event::Key(KeyEvent::new(code, modifiers)));
    }

    fn key(&self, code: KeyCode) {
        self.press(code, KeyModifiers::NONE);
    }

    fn alt(&self, character: char) {
        self.press(KeyCode::Char(character), KeyModifiers::ALT);
    }

    fn write(&self, text: &str) {
        text.chars().for_each(|character| self.key(KeyCode::Char(character)));
    }

    /// Two lanes with two models at two temperatures: one question answered, the second one half, a third one begun.
    async fn play(self) {
        self.key(KeyCode::F(2));
        self.write("0.2");
        self.key(KeyCode::Enter);
        self.alt('a');
        self.write("0.7");
        self.key(KeyCode::Enter);
        self.press(KeyCode::Char('l'), KeyModifiers::CONTROL);
        self.write("reasoner");
        self.key(KeyCode::Enter);
        self.key(KeyCode::Esc);
        self.alt('1');
        self.write("How do I bisect a bug with git?");
        self.key(KeyCode::Enter);
        tokio::time::sleep(Duration::from_secs(60)).await;
        self.write("Write a Rust function that counts words");
        self.key(KeyCode::Enter);
        tokio::time::sleep(Duration::from_millis(MOMENT)).await;
        self.write("And with a trie?");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn state() -> anyhow::Result<State> {
    let themes = Themes::built_in();
    let depth = ColorDepth::True;
    let theme = themes.auto(Background::Dark, depth).context("there is no dark theme")?.clone();
    let mut params = Params::default();
    params.assign("seed=7")?;
    let settings = Settings { provider: SANDBOX.to_owned(), model: SANDBOX.to_owned(), params, ..Settings::default() };
    let sandbox = Provider {
        name: SANDBOX.to_owned(),
        base_url: "in this program".to_owned(),
        default_model: Some(SANDBOX.to_owned()),
        models: Some(Found::Models(MODELS.iter().map(|model| model.id.to_owned()).collect())),
        candidate: false,
        shape: shape_of_sandbox(),
        known: BTreeMap::new(),
    };
    Ok(State::new(Start {
        lanes: vec![Lane::new(LaneId(0), settings)],
        providers: Providers { all: vec![sandbox], undecided: false },
        catalogue: Catalogue::embedded(),
        keymap: Keymap::default(),
        themes,
        theme,
        theme_chosen: true,
        depth,
        size: SIZE,
        mouse: true,
    }))
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> anyhow::Result<()> {
    let (keys, pressed) = unbounded_channel();
    let screen = Screen::default();
    let terminal = Terminal::new(TestBackend::new(SIZE.columns, SIZE.rows))?;
    let console = Memory { terminal, keys: pressed, screen: Arc::clone(&screen) };
    let connections = Connections::new(Vec::new(), Environment::default(), LimitOverrides::default());
    let app = App::new(state()?, console, Arc::new(Distant { connections }));
    Box::pin(app.run(Script(keys).play())).await?;
    let kept = screen.lock().unwrap_or_else(PoisonError::into_inner).take();
    let (buffer, cursor) = kept.context("nothing was drawn")?;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/workstation.svg");
    std::fs::write(&file, svg::picture(&buffer, Some(cursor), "Two lanes of abreast, mid-stream"))
        .with_context(|| format!("{} cannot be written", file.display()))
}
