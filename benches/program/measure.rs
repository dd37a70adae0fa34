//! The parts of the bench, and the table that they print.

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::server::{Pace, Server};
use crate::table::{median, megabytes, millis, percentiles, ratio, row, walls};
use crate::terminal::{Terminal, Watch};
use crate::{Outcome, bare, growth, reply, session};

const PROGRAM: &str = env!("CARGO_BIN_EXE_abreast");

/// Starts of which the median is given.
const STARTS: usize = 10;

/// Keys of which the percentiles are given.
const KEYS: usize = 120;

/// The time between two keys: no multiple of a frame, so that they fall everywhere into one.
const BETWEEN_KEYS: Duration = Duration::from_millis(23);

const LANES: usize = 6;

/// Nothing on the screen moves for so long: it has come to rest.
pub(crate) const QUIET: Duration = Duration::from_millis(300);

type Part = (&'static str, fn(&Bench) -> Outcome<()>);

const PARTS: [Part; 11] = [
    ("start", start),
    ("first", first),
    ("idle", idle),
    ("pace50", pace50),
    ("pace200", pace200),
    ("full50k", full50k),
    ("full1m", full1m),
    ("keys", keys),
    ("lanes", lanes),
    ("growth", growth::replies),
    ("turns", growth::turns),
];

/// Measures the named parts, or all.
pub(crate) fn all(parts: &[String]) -> Outcome<()> {
    let unknown = parts.iter().find(|part| PARTS.iter().all(|(name, _)| name != part));
    if let Some(unknown) = unknown {
        let names: Vec<&str> = PARTS.iter().map(|(name, _)| *name).collect();
        return Err(format!("there is no part `{unknown}`; there are: {}", names.join(", ")).into());
    }
    let bench = Bench { server: Server::start()?, home: TempDir::new()? };
    row(["what", "abreast", "bare reader", "ratio"]);
    for (name, measure) in PARTS {
        if parts.is_empty() || parts.iter().any(|part| part == name) {
            measure(&bench)?;
        }
    }
    Ok(())
}

pub(crate) struct Bench {
    pub(crate) server: Server,
    /// Where the program finds no configuration and begins with an empty store.
    home: TempDir,
}

/// What a reply cost.
pub(crate) struct Cost {
    pub(crate) cpu: Duration,
    pub(crate) wall: Duration,
    pub(crate) bytes: u64,
}

impl Bench {
    /// Starts the program; gives how long its first full frame took, too.
    fn abreast(&self) -> Outcome<(Terminal, Duration)> {
        self.abreast_on(&self.home.path().join("data"), &[], Watch::Frame)
    }

    /// Starts the program on a store with more arguments; gives how long it took until something was there, too.
    pub(crate) fn abreast_on(&self, data: &Path, more: &[&str], there: Watch) -> Outcome<(Terminal, Duration)> {
        let home = self.home.path();
        let url = format!("http://{}/v1", self.server.address);
        let terminal = Terminal::start(PROGRAM, |command| {
            command
                .args(["--base-url", &url, "--provider", session::PROVIDER, "--model", session::MODEL])
                .args(more)
                .env_clear()
                .env("HOME", home)
                .env("ABREAST_CONFIG_DIR", home.join("config"))
                .env("ABREAST_DATA_DIR", data)
                .env("ABREAST_STATE_DIR", home.join("state"))
                .env("LANG", "C.UTF-8")
                .env("TERM", "xterm-256color")
                .env("COLORTERM", "truecolor")
        })?;
        let drawn = terminal.wait(there)?;
        let took = drawn.saturating_duration_since(terminal.started);
        Ok((terminal, took))
    }

    pub(crate) fn bare(&self) -> Outcome<Terminal> {
        let own = std::env::current_exe()?;
        let own = own.to_str().ok_or("the bench's own path is not Unicode")?;
        let terminal = Terminal::start(own, |command| command.args([bare::ARGUMENT, &self.server.address]))?;
        terminal.wait(Watch::Text("ready"))?;
        Ok(terminal)
    }

    /// What a reply costs both, from Enter until its last word is on the screen; CPU until the screen is at rest.
    fn both(&self, bytes: usize, pace: Pace) -> Outcome<(Cost, Cost, f64)> {
        let tokens = self.server.answer_with(&reply::markdown(bytes), pace);
        let ours = asked(&mut self.abreast_at_rest()?, "tell me")?;
        let bare = asked(&mut self.bare()?, "")?;
        Ok((ours, bare, tokens as f64 / 1000.0))
    }

    pub(crate) fn abreast_at_rest(&self) -> Outcome<Terminal> {
        let (terminal, _) = self.abreast()?;
        terminal.settle(QUIET);
        Ok(terminal)
    }
}

/// Sends a message and waits for the end of the reply.
pub(crate) fn asked(terminal: &mut Terminal, message: &str) -> Outcome<Cost> {
    asked_until(terminal, message, reply::END)
}

/// Sends a message and waits for the last word of the reply.
pub(crate) fn asked_until(terminal: &mut Terminal, message: &str, end: &'static str) -> Outcome<Cost> {
    if !message.is_empty() {
        terminal.type_keys(message)?;
        terminal.settle(QUIET);
    }
    let (process, bytes) = (terminal.process(), terminal.screen().bytes);
    let cpu = process.cpu()?;
    let wall = terminal.type_until("\r", Watch::Text(end))?;
    terminal.settle(QUIET);
    let bytes = terminal.screen().bytes - bytes;
    Ok(Cost { cpu: process.cpu()?.saturating_sub(cpu), wall, bytes })
}

fn start(bench: &Bench) -> Outcome<()> {
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let (terminal, took) = bench.abreast()?;
        times.push(took);
        terminal.settle(QUIET / 3);
    }
    times.sort_unstable();
    row(["start to the first full frame", &millis(times[STARTS / 2]), "", ""]);
    row(["  the slowest of them", &millis(times[STARTS - 1]), "", ""]);
    Ok(())
}

/// What replies begin with whose first token is waited for, each another.
const BEGINNINGS: [&str; 9] = ["Qza1", "Qzb2", "Qzc3", "Qzd4", "Qze5", "Qzf6", "Qzg7", "Qzh8", "Qzi9"];

/// From Enter until the first token is on the screen: the message saved, its request sent, and the answer of a
/// server that takes a millisecond.
fn first(bench: &Bench) -> Outcome<()> {
    let reply = |beginning: &str| format!("{beginning} and then some more words.");
    let wait = |terminal: &mut Terminal, message: &str, beginning: &'static str| -> Outcome<Duration> {
        bench.server.answer_with(&reply(beginning), Pace::PerSecond(1_000));
        terminal.type_keys(message)?;
        terminal.settle(QUIET);
        let took = terminal.type_until("\r", Watch::Text(beginning))?;
        terminal.settle(QUIET);
        Ok(took)
    };
    let mut terminal = bench.abreast_at_rest()?;
    let ours: Outcome<Vec<Duration>> =
        BEGINNINGS.iter().map(|beginning| wait(&mut terminal, "go", beginning)).collect();
    let bare: Outcome<Vec<Duration>> =
        BEGINNINGS.iter().map(|beginning| wait(&mut bench.bare()?, "", beginning)).collect();
    let (mut ours, mut bare) = (ours?, bare?);
    let (mine, floor) = (median(&mut ours), median(&mut bare));
    let times = ratio(mine.as_secs_f64() / floor.as_secs_f64());
    row(["Enter to the first token on the screen", &millis(mine), &millis(floor), &times]);
    row(["  the slowest of them", &millis(ours[ours.len() - 1]), &millis(bare[bare.len() - 1]), ""]);
    Ok(())
}

fn idle(bench: &Bench) -> Outcome<()> {
    let terminal = bench.abreast_at_rest()?;
    sleep(Duration::from_secs(1));
    let process = terminal.process();
    let (cpu, switches) = (process.cpu()?, process.switches()?);
    sleep(Duration::from_secs(2));
    let cpu = process.cpu()?.saturating_sub(cpu);
    let switches = process.switches()? - switches;
    row(["idle for 2 s: CPU", &millis(cpu), "", ""]);
    row(["idle for 2 s: context switches", &switches.to_string(), "", ""]);
    row(["memory at rest", &megabytes(process.memory()?.now), "", ""]);
    Ok(())
}

fn pace50(bench: &Bench) -> Outcome<()> {
    paced(bench, "2 KB at 50 tok/s", 2_000, 50)
}

fn pace200(bench: &Bench) -> Outcome<()> {
    paced(bench, "10 KB at 200 tok/s", 10_000, 200)
}

/// The last word of a further reply: that of the first one stays on the screen.
const NEXT_END: &str = "Omega-of-the-next";

/// A reply at a pace, and the next one in the same program: the first pays for what is loaded and compiled once.
fn paced(bench: &Bench, what: &str, bytes: usize, tokens: u32) -> Outcome<()> {
    let pace = Pace::PerSecond(tokens);
    let thousands = bench.server.answer_with(&reply::markdown(bytes), pace) as f64 / 1000.0;
    let mut terminal = bench.abreast_at_rest()?;
    let first = asked(&mut terminal, "tell me")?;
    let bare = asked(&mut bench.bare()?, "")?;
    bench.server.answer_with(&reply::markdown_until(bytes, NEXT_END), pace);
    let next = asked_until(&mut terminal, "tell me more", NEXT_END)?;
    let per_thousand = |cost: &Cost| cost.cpu.as_secs_f64() / thousands;
    let floor = per_thousand(&bare);
    let figures = |cost: &Cost| {
        let mine = per_thousand(cost);
        [format!("{mine:.4} s"), format!("{floor:.4} s"), ratio(mine / floor)]
    };
    let [mine, floor_shown, times] = figures(&first);
    row([&format!("{what}: CPU per 1,000 tokens"), &mine, &floor_shown, &times]);
    let [mine, floor_shown, times] = figures(&next);
    row(["  of the next reply in the same program", &mine, &floor_shown, &times]);
    let kilobytes = |cost: &Cost| format!("{:.1} kB", cost.bytes as f64 / 1000.0);
    row(["  bytes to the terminal", &kilobytes(&first), "", ""]);
    row(["  of the next reply, on a screen that is full", &kilobytes(&next), "", ""]);
    Ok(())
}

fn full50k(bench: &Bench) -> Outcome<()> {
    full(bench, "50 KB at full speed", 50_000)
}

fn full(bench: &Bench, what: &str, bytes: usize) -> Outcome<()> {
    let (ours, bare, thousands) = bench.both(bytes, Pace::Full)?;
    walls(what, ours.wall, bare.wall);
    let (mine, floor) = (ours.cpu.as_secs_f64() / thousands, bare.cpu.as_secs_f64() / thousands);
    let cells = [format!("{:.2} ms", mine * 1e3), format!("{:.2} ms", floor * 1e3), ratio(mine / floor)];
    row(["  CPU per 1,000 tokens", &cells[0], &cells[1], &cells[2]]);
    Ok(())
}

fn full1m(bench: &Bench) -> Outcome<()> {
    full(bench, "1 MB at full speed", 1_000_000)?;
    let mut terminal = bench.abreast_at_rest()?;
    asked(&mut terminal, "tell me")?;
    let memory = terminal.process().memory()?;
    row(["  memory after it", &megabytes(memory.now), "", ""]);
    row(["  memory at its peak", &megabytes(memory.peak), "", ""]);
    Ok(())
}

fn keys(bench: &Bench) -> Outcome<()> {
    let mut terminal = bench.abreast_at_rest()?;
    bench.server.answer_with(&reply::markdown(20_000), Pace::PerSecond(200));
    terminal.type_keys("tell me\r")?;
    sleep(QUIET);
    echoes(&mut terminal, "key to the screen, one lane at 200 tok/s")?;
    Ok(())
}

fn lanes(bench: &Bench) -> Outcome<()> {
    let (mut terminal, cpu) = six(bench, Pace::PerSecond(200))?;
    let (process, since) = (terminal.process(), Instant::now());
    echoes(&mut terminal, "key to the screen, six lanes at 200 tok/s")?;
    let spent = process.cpu()?.saturating_sub(cpu).as_secs_f64();
    let thousands = since.elapsed().as_secs_f64() * 200.0 * LANES as f64 / 1000.0;
    row(["  CPU per 1,000 tokens, keys included", &format!("{:.4} s", spent / thousands), "", ""]);
    // Its streams go on, and would be measured with the next one's.
    drop(terminal);
    let (mut terminal, _) = six(bench, Pace::Endless)?;
    echoes(&mut terminal, "key to the screen, six lanes at full speed")?;
    Ok(())
}

/// A program with six lanes that stream; gives its CPU time so far, too.
fn six(bench: &Bench, pace: Pace) -> Outcome<(Terminal, Duration)> {
    bench.server.answer_with(&reply::markdown(50_000), pace);
    let mut terminal = bench.abreast_at_rest()?;
    for _ in 1..LANES {
        terminal.type_keys("\x1ba")?;
        terminal.settle(QUIET / 3);
    }
    terminal.type_keys("tell me\r")?;
    sleep(QUIET);
    let cpu = terminal.process().cpu()?;
    Ok((terminal, cpu))
}

/// Types keys into the composer, whatever streams meanwhile; gives the median of their times.
pub(crate) fn echoes(terminal: &mut Terminal, what: &str) -> Outcome<Duration> {
    let mut times = Vec::new();
    let first = terminal.cursor_column();
    for column in first + 1..=first + u16::try_from(KEYS)? {
        times.push(terminal.type_until("x", Watch::CursorAt(column))?);
        sleep(BETWEEN_KEYS);
    }
    Ok(percentiles(what, &mut times))
}
