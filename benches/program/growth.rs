//! What grows with a reply, and with a session: the same figures at sizes far apart, and the slope between them.

use std::time::Duration;

use tempfile::TempDir;

use crate::measure::{Bench, QUIET, asked, asked_until, echoes};
use crate::server::Pace;
use crate::table::{median, megabytes, millis, percentiles, ratio, row};
use crate::terminal::{Terminal, Watch};
use crate::{Outcome, reply, session};

/// The sizes of replies in bytes, what they are called, and how often each is asked for: a short one costs little more than
/// its request, and noise is as long as it is.
const REPLIES: [(usize, &str, usize); 4] =
    [(2_000, "2 KB", 15), (50_000, "50 KB", 7), (1_000_000, "1 MB", 2), (10_000_000, "10 MB", 1)];

const SESSIONS: [u32; 3] = [10, 1_000, 10_000];

/// A further reply in a long session is measured at two lengths: their difference is without what the request costs.
const FURTHER: [(usize, &str); 2] = [(2_000, reply::END), (100_000, "Psi-of-the-reply")];

/// Pages that are scrolled.
const PAGES: usize = 60;

const NEW_SESSION: &str = "\x0e";
const CLEAR: &str = "\x03";
const PAGE_UP: &str = "\x1b[5~";
const PAGE_DOWN: &str = "\x1b[6~";
const TO_THE_END: &str = "\x1b[1;5F";

/// What some tokens cost.
#[derive(Clone, Copy, Debug)]
struct Point {
    cpu: Duration,
    thousands: f64,
}

impl Point {
    /// CPU seconds per 1,000 tokens, from Enter on.
    fn whole(self) -> f64 {
        self.cpu.as_secs_f64() / self.thousands
    }

    /// CPU seconds per 1,000 tokens of those that a longer reply has more.
    fn further(self, longer: Self) -> f64 {
        let cpu = longer.cpu.as_secs_f64() - self.cpu.as_secs_f64();
        cpu / (longer.thousands - self.thousands)
    }
}

/// Longer and longer replies at full speed, each alone in a session of a program that has answered before.
pub(crate) fn replies(bench: &Bench) -> Outcome<()> {
    let mut terminal = bench.abreast_at_rest()?;
    echoes(&mut terminal, "key to the screen, empty session")?;
    terminal.type_keys(CLEAR)?;
    let mut points = Vec::new();
    for (place, (bytes, name, times)) in REPLIES.into_iter().enumerate() {
        let tokens = bench.server.answer_with(&reply::markdown(bytes), Pace::Full);
        if place == 0 {
            // The first reply loads what every later one uses: syntaxes, the client, a connection.
            asked(&mut terminal, "tell me")?;
        }
        let mut cpu = Vec::new();
        for _ in 0..times {
            terminal.type_keys(NEW_SESSION)?;
            terminal.settle(QUIET / 3);
            cpu.push(asked(&mut terminal, "tell me")?.cpu);
        }
        let point = Point { cpu: median(&mut cpu), thousands: tokens as f64 / 1000.0 };
        per_thousand(&format!("{name} at full speed: CPU per 1,000 tokens"), point.whole());
        points.push(point);
    }
    let [tiny, short, long, longest] = points[..] else { return Ok(()) };
    slope("  slope: 10 MB against 50 KB", longest.whole() / short.whole());
    slope("  against 2 KB, whose request counts most", longest.whole() / tiny.whole());
    per_thousand("  of the tokens between 2 KB and 50 KB", tiny.further(short));
    per_thousand("  of the tokens between 1 MB and 10 MB", long.further(longest));
    slope("  slope of further tokens", long.further(longest) / tiny.further(short));
    row(["  memory after it", &megabytes(terminal.process().memory()?.now), "", ""]);
    echoes(&mut terminal, "key to the screen, after a reply of 10 MB")?;
    Ok(())
}

/// What a session of so many turns costs.
struct Figures {
    start: Duration,
    key: Duration,
    page: Duration,
    further: f64,
}

/// Longer and longer sessions, each opened with `--resume`.
pub(crate) fn turns(bench: &Bench) -> Outcome<()> {
    let mut all = Vec::new();
    for turns in SESSIONS {
        all.push(one_session(bench, turns)?);
    }
    let (Some(first), Some(last)) = (all.first(), all.last()) else { return Ok(()) };
    let times = |of: fn(&Figures) -> Duration| of(last).as_secs_f64() / of(first).as_secs_f64();
    let (from, to) = (SESSIONS[0], SESSIONS[SESSIONS.len() - 1]);
    row([&format!("{to} turns against {from}"), "", "", ""]);
    slope("  start", times(|figures| figures.start));
    slope("  key to the screen, p50", times(|figures| figures.key));
    slope("  page to the screen, p50", times(|figures| figures.page));
    slope("  CPU per 1,000 further tokens", last.further / first.further);
    Ok(())
}

fn one_session(bench: &Bench, turns: u32) -> Outcome<Figures> {
    let data = TempDir::new()?;
    let text = session::keep(data.path(), turns)?;
    row([&format!("a session of {turns} turns, {:.1} MB of text", text as f64 / 1e6), "", "", ""]);
    let (mut terminal, frame) = bench.abreast_on(data.path(), &["--resume"], Watch::Frame)?;
    let cpu = terminal.process().cpu()?;
    row(["  start to the first frame, and its CPU", &millis(frame), &millis(cpu), ""]);
    let start = terminal.wait(Watch::Text(session::END))?.saturating_duration_since(terminal.started);
    row(["  start until it is on the screen", &millis(start), "", ""]);
    terminal.settle(QUIET);
    let memory = terminal.process().memory()?;
    row(["  memory, and at its peak", &megabytes(memory.now), &megabytes(memory.peak), ""]);
    let key = echoes(&mut terminal, "  key to the screen")?;
    terminal.type_keys(CLEAR)?;
    terminal.settle(QUIET);
    let page = scrolled(&mut terminal, turns)?;
    let [short, long] = FURTHER.map(|(bytes, end)| -> Outcome<Point> {
        let tokens = bench.server.answer_with(&reply::markdown_until(bytes, end), Pace::Full);
        let cpu = asked_until(&mut terminal, "tell me", end)?.cpu;
        Ok(Point { cpu, thousands: tokens as f64 / 1000.0 })
    });
    let (short, long) = (short?, long?);
    row(["  CPU of a further reply of 2 KB", &millis(short.cpu), "", ""]);
    let further = short.further(long);
    per_thousand("  CPU per 1,000 further tokens", further);
    Ok(Figures { start, key, page, further })
}

/// Scrolls page by page, up through what was never shown; a session too short for that goes up and down. Ends at the end.
fn scrolled(terminal: &mut Terminal, turns: u32) -> Outcome<Duration> {
    let mut times = Vec::new();
    for page in 0..PAGES {
        let keys = if turns > SESSIONS[0] || page % 2 == 0 { PAGE_UP } else { PAGE_DOWN };
        let frames = terminal.screen().frames;
        times.push(terminal.type_until(keys, Watch::FrameAfter(frames))?);
        terminal.settle(QUIET / 10);
    }
    terminal.type_keys(TO_THE_END)?;
    terminal.settle(QUIET);
    Ok(percentiles("  page to the screen", &mut times))
}

fn per_thousand(what: &str, seconds: f64) {
    row([what, &format!("{:.2} ms", seconds * 1e3), "", ""]);
}

fn slope(what: &str, times: f64) {
    row([what, "", "", &ratio(times)]);
}
