//! How long it takes until the first results of a search are there, in a store of 10,000 sessions and 1,000,000 turns.
//!
//! `cargo bench --bench search`, or `-- SESSIONS TURNS` for another size (turns of one session, 100 without). The store is
//! made once and kept below `target/tmp`. `-- SESSIONS TURNS WORD…` asks for these words alone. After
//! `sync; echo 3 > /proc/sys/vm/drop_caches` the first of each is asked as after a start of the machine; with
//! `ABREAST_BENCH_UNPREPARED` set, without the reading ahead that the program does while its list of sessions is open.

mod fill;
mod language;

use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use abreast::store::{Query, ShelfReader};
use jiff::tz::TimeZone;

/// Sessions that a screen asks for.
const PAGE: usize = 100;

/// Each query is asked so often; the first time its pages come from the system's cache, or from the disk.
const TIMES: usize = 5;

/// A moment after all sessions of the store.
const NOW: i64 = 1_900_000_000_000;

/// What is measured: a name, and the queries of that kind.
const KINDS: &[(&str, &[&str])] = &[
    ("empty", &[""]),
    ("commonest word", &["the", "to", "de", "der"]),
    ("common word", &["because", "people", "return", "函数"]),
    ("rare word", &["xylophonics", "quizzical", "zanzibar"]),
    ("no such word", &["qqqzzzxxx", "嫑嫑嫑"]),
    ("two words", &["the return", "people because", "xylophonics the", "time value"]),
    ("five words", &["the people of this time"]),
    ("phrase", &["\"of the\"", "\"return value\"", "\"people of time\"", "\"the the\""]),
    ("Chinese", &["的", "函数", "数据库", "我们可以", "錯"]),
    ("beginning", &["t", "th", "kub", "inter", "ca"]),
    ("part", &["ylopho", "ation", "ubernet", "and"]),
    (
        "filters",
        &["model:gpt", "has:error", "tool:lookup", "cost>¥2", "tag:work", "after:2025-06-01 before:2025-07-01"],
    ),
    ("filter and word", &["model:mini the", "has:error return", "tag:rare the", "cost>1 people", "tag:rare 函数"]),
    ("without", &["people -the", "-people", "-xylophonics", "the -return"]),
    ("slip of the hand", &["xylofonics", "refudn"]),
];

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let size = |place: usize, usual| arguments.get(place).and_then(|size| size.parse().ok()).unwrap_or(usual);
    let (sessions, turns) = (size(0, 10_000), size(1, 100));
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("search-{sessions}-{turns}"));
    let mut out = io::stdout();
    fill::once(&home, sessions, turns, &mut out)?;
    let bytes = std::fs::metadata(home.join("abreast.db"))?.len();
    writeln!(out, "{sessions} sessions, {} turns, {:.1} MB", sessions * turns, bytes as f64 / 1e6)?;
    let (reader, opened) = timed(|| ShelfReader::open(&home).map_err(io::Error::other));
    let reader = reader?.ok_or_else(|| io::Error::other("no store"))?;
    writeln!(out, "opened in {opened:.1?}")?;
    read_ahead(&reader, &mut out)?;
    writeln!(out, "{:18} {:>10} {:>10} {:>10} {:>10}", "", "median", "max", "whole max", "first max")?;
    if arguments.len() > 2 {
        for word in &arguments[2..] {
            row(&mut out, &reader, word, &[word])?;
        }
        return Ok(());
    }
    for (name, queries) in KINDS {
        row(&mut out, &reader, name, queries)?;
    }
    Ok(())
}

/// What the program does when the list of sessions was opened: it shows the newest, and reads what the next search needs.
fn read_ahead(reader: &ShelfReader, out: &mut impl Write) -> io::Result<()> {
    let never = AtomicBool::new(false);
    let empty = Query::parse("", NOW, &TimeZone::UTC);
    let (listed, took) = timed(|| reader.find(&empty, &TimeZone::UTC, PAGE, &never));
    listed.map_err(io::Error::other)?;
    writeln!(out, "listed the newest in {took:.1?}")?;
    if std::env::var_os("ABREAST_BENCH_UNPREPARED").is_none() {
        let (read, took) = timed(|| reader.read_ahead(&never));
        read.map_err(io::Error::other)?;
        writeln!(out, "read ahead in {took:.1?}")?;
    }
    writeln!(out)
}

fn row(out: &mut impl Write, reader: &ShelfReader, name: &str, queries: &[&str]) -> io::Result<()> {
    let (mut all, mut first, mut whole) = (Vec::new(), Duration::ZERO, Duration::ZERO);
    let mut slowest = (Duration::ZERO, String::new());
    for query in queries {
        for time in 0..TIMES {
            let begun = Instant::now();
            let mut shown = None;
            let mut beginning = |_| shown = Some(begun.elapsed());
            let parsed = Query::parse(query, NOW, &TimeZone::UTC);
            let found = reader.find_in_parts(&parsed, &TimeZone::UTC, (PAGE, &mut beginning), &AtomicBool::new(false));
            let found = found.map_err(io::Error::other)?;
            whole = whole.max(begun.elapsed());
            // The beginning of a longer list is what is on the screen first.
            let took = shown.unwrap_or_else(|| begun.elapsed());
            if time == 0 {
                first = first.max(took);
            }
            if took > slowest.0 {
                let more = if found.more { " and more" } else { "" };
                slowest = (took, format!("{query}: {} sessions{more}", found.rows.len()));
            }
            all.push(took);
        }
    }
    all.sort_unstable();
    let shown = [all[all.len() / 2], slowest.0, whole, first].map(|took| format!("{took:>10.1?}")).join(" ");
    writeln!(out, "{name:18} {shown}  {}", slowest.1)
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let before = Instant::now();
    let done = work();
    (done, before.elapsed())
}
