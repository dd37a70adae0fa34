//! `abreast` without a command: the full screen.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

use futures_util::FutureExt;
use jiff::tz::TimeZone;
use tokio::sync::oneshot;

use super::configure::keymap;
use super::resume::{Opened, opened, saving};
use super::setup::Setup;
use super::source::{shown, text_of};
use super::{Arguments, Ended, Problem};
use crate::app::{
    App, Arrival, Console, Lendings, LimitOverrides, Tty, child_environment, load_offered, load_responders, shape_of,
    shape_of_sandbox,
};
use crate::chat::Settings;
use crate::config::{Background, ColorDepth, ConfigError, Environment, LOCAL, SANDBOX, ThemeChoice, Themes};
use crate::exchange::{self, Foreign};
use crate::pricing::Exchange;
use crate::sandbox::MODELS;
use crate::state::{Capture, ExitReason, Found, Lane, Level, Provider, Providers, Size, Start, State};
use crate::store::SessionLock;
use crate::text;
use crate::update::open_foreign;

pub(super) async fn run(arguments: Arguments, environment: Environment) -> Result<Ended, Problem> {
    let Arguments { endpoint: options, tools, lanes, open, session, .. } = arguments;
    // What is piped in has an end; the keys come from the terminal all the same.
    let piped = open.as_deref() == Some("-");
    if !io::stdout().is_terminal() || !(piped || io::stdin().is_terminal()) {
        return Err(Problem::misuse(
            "The workstation needs a terminal on standard input and output. Use `abreast ask` in pipes and scripts.",
        ));
    }
    if environment.get("TERM") == Some("dumb") {
        return Err(Problem::misuse(
            "This terminal (TERM=dumb) has no screen to draw on. Use `abreast ask`, or another terminal.",
        ));
    }
    let foreign = open.as_deref().map(foreign).transpose()?;
    let setup = Setup::of(&options, &environment)?;
    let settings = Settings { tools: tools.load()?.into(), ..setup.settings.clone() };
    let data = session.data.directory(&setup.paths);
    // It is read while all else is prepared.
    let opened = opened(session.resume.as_deref(), &data)?;
    let mut state = State::new(start(&setup, super::lanes::lanes(&setup, &settings, &lanes)?, &environment)?);
    state.zone = TimeZone::system();
    state.budget.caps = setup.config.budget.clone();
    let money = &setup.config.money;
    state.exchange = Exchange { display: money.display.clone(), rates: money.rates.clone() };
    state.spending.plain_signs = !environment.is_unicode();
    state.tools.max_rounds = setup.config.max_rounds;
    state.tools.responders =
        load_responders(&setup.paths.responders_file()).map_err(|error| Problem::misuse(format!("{error}.")))?;
    let (offered, problems) = load_offered(&setup.paths.tools());
    state.tools.offered = offered;
    for problem in problems {
        state.notices.show(Level::Warning, problem, Instant::now());
    }
    state.saving = Some(Box::new(saving()));
    let (arrival, held) = begun(&mut state, opened, foreign);
    let mouse = if state.mouse { Capture::Program } else { Capture::Terminal };
    let children = child_environment(&setup.providers);
    let connections = Arc::new(setup.connections(environment, LimitOverrides::default()));
    let terminal = |error: io::Error| Problem::failure(format!("The terminal cannot be used: {error}."));
    let mut tty = Tty::take(mouse).map_err(terminal)?;
    // A session that begins empty has nothing to say yet: the title is the shell's until then.
    if !state.session.title.is_empty() {
        tty.set_title(&text::clean_line(&state.session.window_title())).map_err(terminal)?;
    }
    let ends = in_a_task(end_signal(tty.lendings())).map(|_| ());
    let app = App::new(state, tty, connections)
        .with_presets(setup.paths.presets())
        .with_store(data, held)
        .with_arrival(arrival);
    let app = app.with_models(setup.paths.models_file()).with_tools(setup.paths.responders_file(), children);
    // Whatever wakes the future that the runtime itself waits for costs a write to wake its thread, though it is awake.
    let ran = in_a_task(app.run(ends)).await;
    let (reason, state) = ran.unwrap_or_else(|| Err(io::ErrorKind::Interrupted.into())).map_err(terminal)?;
    super::resume::tell(&state);
    Ok(match reason {
        ExitReason::User => Ended::Well,
        ExitReason::Signal => Ended::Failed,
    })
}

/// Runs something on this thread, looked at when it is woken and not whenever its neighbours are; `None` where it panicked.
fn in_a_task<T: 'static>(work: impl Future<Output = T> + 'static) -> impl Future<Output = Option<T>> {
    let (done, result) = oneshot::channel();
    tokio::task::spawn_local(async move { done.send(work.await) });
    result.map(Result::ok)
}

/// What the workstation begins with: a session of before is still on its way, a conversation of elsewhere is there.
fn begun(state: &mut State, opened: Option<Opened>, foreign: Option<Foreign>) -> (Option<Arrival>, Vec<SessionLock>) {
    let Some(Opened { arrival, held, said }) = opened else {
        if let Some(foreign) = &foreign {
            // All that follows from it is the terminal's title, which is set when the terminal is there.
            open_foreign(state, foreign, Instant::now());
        }
        return (None, Vec::new());
    };
    if let Some(said) = said {
        state.notices.show(Level::Warning, said, Instant::now());
    }
    (Some(arrival.followed_by(foreign)), held)
}

/// The conversation that is to be opened.
fn foreign(from: &str) -> Result<Foreign, Problem> {
    let text = text_of(from, exchange::MOST_BYTES, |_| {})?;
    exchange::read(&text).map_err(|error| Problem::misuse(format!("--open: {} cannot be read: {error}.", shown(from))))
}

fn start(setup: &Setup, lanes: Vec<Lane>, environment: &Environment) -> Result<Start, Problem> {
    let wrong = |error: ConfigError| Problem::misuse(format!("{error}."));
    let depth = ColorDepth::of(environment);
    let themes = Themes::load(&setup.paths.themes()).map_err(wrong)?;
    let background = Background::of(environment).unwrap_or_default();
    let theme = setup.config.theme(&themes, background, depth).map_err(wrong)?.cloned();
    let theme = theme.ok_or_else(|| Problem::failure("No theme is there."))?;
    let (columns, rows) = crossterm::terminal::size().unwrap_or((80, 24));
    Ok(Start {
        lanes,
        providers: providers(setup),
        catalogue: setup.build_catalogue(),
        keymap: keymap(&setup.paths)?,
        themes,
        theme,
        theme_chosen: setup.config.theme != ThemeChoice::Auto,
        depth,
        size: Size { columns, rows },
        mouse: setup.config.mouse,
    })
}

/// Every provider as the screen knows it, the sandbox last.
fn providers(setup: &Setup) -> Providers {
    let configured = |name: &str| setup.config.providers.iter().any(|provider| provider.name == name);
    let known = setup.providers.iter().map(|provider| Provider {
        name: provider.name.clone(),
        base_url: provider.base_url.as_str().to_owned(),
        default_model: provider.model.clone(),
        models: None,
        candidate: LOCAL.iter().any(|(name, _)| *name == provider.name)
            && !configured(&provider.name)
            && provider.name != setup.settings.provider,
        shape: shape_of(provider),
        known: BTreeMap::new(),
    });
    let sandbox = Provider {
        name: SANDBOX.to_owned(),
        base_url: "in this program".to_owned(),
        default_model: Some(SANDBOX.to_owned()),
        models: Some(Found::Models(MODELS.iter().map(|model| model.id.to_owned()).collect())),
        candidate: false,
        shape: shape_of_sandbox(),
        known: BTreeMap::new(),
    };
    Providers { all: known.chain([sandbox]).collect(), undecided: setup.undecided }
}

/// Completes when the system wants the program to end: its terminal closes, or somebody asks it to.
#[cfg(unix)]
async fn end_signal(lendings: Lendings) {
    use tokio::signal::unix::{SignalKind, signal};
    let waiting = |kind| async move {
        match signal(kind) {
            Ok(mut signals) => {
                signals.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = waiting(SignalKind::terminate()) => {}
        () = waiting(SignalKind::hangup()) => {}
        () = keys_of_ours(SignalKind::interrupt(), &lendings) => {}
        () = keys_of_ours(SignalKind::quit(), &lendings) => {}
    }
}

/// How long after the terminal came back a signal is still taken for one of the time before.
#[cfg(unix)]
const AFTER_LENDING: std::time::Duration = std::time::Duration::from_millis(300);

/// Completes at a signal that a key can cause. Ctrl+C in `$EDITOR` (vim keeps it on) sends it to this program too: what
/// came while the terminal was lent is not meant for it.
#[cfg(unix)]
async fn keys_of_ours(kind: tokio::signal::unix::SignalKind, lendings: &Lendings) {
    let Ok(mut signals) = tokio::signal::unix::signal(kind) else { return std::future::pending().await };
    let mut known = lendings.count();
    let mut turn = None;
    std::future::poll_fn(|context| {
        let lent = lendings.count();
        while let Poll::Ready(Some(())) = signals.poll_recv(context) {
            if lent == known {
                return Poll::Ready(());
            }
        }
        if lent != known {
            // While the terminal was lent nothing ran on this thread: what came meanwhile is handed out some turns later.
            let next = turn.get_or_insert_with(|| Box::pin(tokio::time::sleep(AFTER_LENDING)));
            if next.as_mut().poll(context).is_ready() {
                (known, turn) = (lent, None);
            }
        }
        Poll::Pending
    })
    .await;
}

#[cfg(not(unix))]
async fn end_signal(_: Lendings) {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}
