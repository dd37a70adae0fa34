//! Fills a store through the program's own writer, many sessions to a commit, so that it is the file that users have.

use std::io::{self, Write as Out};
use std::path::Path;
use std::time::Instant;

use abreast::store::{
    FORMAT, SavedCall, SavedCost, SavedOutcome, SavedRun, SavedSession, SavedSettings, SavedTurn, Shelf, ShelfChange,
    ShelfWork, Store, StoreWork,
};
use fastrand::Rng;
use jiff::tz::TimeZone;

use super::language::{Language, rare};

/// Turns of one commit.
const COMMIT: usize = 20_000;

/// A run is kept for one reply in so many: they are not what is searched.
const RUN_EACH: usize = 5;

/// The first session's day: 2025-01-01. The next ones follow every half hour.
const FIRST: i64 = 1_735_689_600_000;
const APART: i64 = 1_800_000;

const MODELS: &[(&str, &str)] = &[
    ("openai", "gpt-5.1-2025-11-13"),
    ("openai", "gpt-5.1-mini"),
    ("deepseek", "deepseek-chat"),
    ("ollama", "qwen3:8b"),
    ("openai", "o4-mini"),
];
const TOOLS: &[&str] = &["lookup_order", "search_web", "run_tests", "read_file"];

/// Makes the store if it is not there whole.
pub(super) fn once(home: &Path, sessions: usize, turns: usize, out: &mut impl Out) -> io::Result<()> {
    let whole = home.join("whole");
    if whole.exists() {
        return Ok(());
    }
    if home.exists() {
        std::fs::remove_dir_all(home)?;
    }
    std::fs::create_dir_all(home)?;
    writeln!(out, "filling {} (once) …", home.display())?;
    let begun = Instant::now();
    fill(home, sessions, turns, out)?;
    writeln!(out, "filled in {:.0?}", begun.elapsed())?;
    std::fs::write(whole, "")
}

fn fill(home: &Path, sessions: usize, turns: usize, out: &mut impl Out) -> io::Result<()> {
    let mut dice = Rng::with_seed(7);
    let english = Language::english(&mut dice);
    let others = Language::others(&mut dice);
    let store = Store::start(home.to_owned(), Vec::new(), |_| {});
    let mut waiting = 0;
    for number in 0..sessions {
        let language = match dice.usize(..10) {
            0..7 => &english,
            other => &others[other - 7],
        };
        let session = session(number, turns, language, &english, &mut dice);
        store.keep(StoreWork { session: session.id.clone().into(), writes: session.writes() });
        waiting += turns;
        if waiting >= COMMIT || number + 1 == sessions {
            store.kept().blocking_recv().map_err(io::Error::other)?.map_err(io::Error::other)?;
            waiting = 0;
        }
        if number % 1000 == 999 {
            writeln!(out, "{} sessions", number + 1)?;
        }
    }
    mark(home, &store, sessions);
    Ok(())
}

/// Tags and pins as people have them: on few sessions.
fn mark(home: &Path, store: &Store, sessions: usize) {
    let shelf = Shelf::start(home.to_owned(), store, TimeZone::UTC, |_, _| {});
    for number in (0..sessions).step_by(97) {
        let tag = if number % 10 == 0 { "rare" } else { "work" };
        let change = |change| ShelfWork::Change { id: id(number), change };
        shelf.ask(change(ShelfChange::Tag(vec![tag.to_owned()])));
        if number % 31 == 0 {
            shelf.ask(change(ShelfChange::Pin(true)));
        }
    }
}

fn id(number: usize) -> String {
    format!("s{number:06}")
}

fn session(number: usize, turns: usize, language: &Language, english: &Language, dice: &mut Rng) -> SavedSession {
    let (provider, model) = MODELS[dice.usize(..MODELS.len())];
    let settings = SavedSettings { provider: provider.into(), model: model.into(), ..SavedSettings::default() };
    let created = FIRST + APART * i64::try_from(number).unwrap_or_default();
    let has_tools = dice.usize(..8) == 0;
    let all = 0..u32::try_from(turns).unwrap_or_default();
    let made = all.clone().map(|turn| SavedTurn {
        id: turn,
        parent: turn.checked_sub(1),
        role: if turn % 2 == 0 { "user" } else { "assistant" }.into(),
        text: text(turn, language, english, dice),
        tool_calls: if has_tools && turn % 9 == 1 { vec![call(dice)] } else { Vec::new() },
        ..SavedTurn::default()
    });
    let made: Vec<SavedTurn> = made.collect();
    let replies = all.filter(|turn| turn % 2 == 1).step_by(RUN_EACH);
    let runs = replies.zip(0..).map(|(turn, run)| SavedRun {
        id: run,
        settings: settings.clone(),
        replies: vec![turn],
        started: created,
        accepted: true,
        outcome: if dice.usize(..200) == 0 {
            SavedOutcome::Failed { said: "Overloaded.".into() }
        } else {
            SavedOutcome::Complete
        },
        cost: SavedCost::Known { amount: format!("0.{:04}", dice.u32(..4000)), currency: "CNY".into() },
        ..SavedRun::default()
    });
    SavedSession {
        version: FORMAT,
        id: id(number),
        title: made.first().map(|turn| turn.text.chars().take(60).collect()).unwrap_or_default(),
        created,
        runs: runs.collect(),
        turns: made,
        ..SavedSession::default()
    }
}

/// Questions are short, replies long; some have code.
fn text(turn: u32, language: &Language, english: &Language, dice: &mut Rng) -> String {
    let words = if turn.is_multiple_of(2) { dice.usize(5..40) } else { dice.usize(30..200) };
    let mut text = language.text(words, dice);
    if turn % 2 == 1 && dice.usize(..4) == 0 {
        text.push_str(&english.code(dice.usize(3..20), dice));
    }
    if let Some(rare) = rare(dice) {
        text.push_str(rare);
    }
    text
}

fn call(dice: &mut Rng) -> SavedCall {
    SavedCall {
        id: "call_1".into(),
        name: TOOLS[dice.usize(..TOOLS.len())].into(),
        arguments: "{\"id\":\"A-77\"}".into(),
        ..SavedCall::default()
    }
}
