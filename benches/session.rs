//! What a session of 5,000 turns and 5 MB costs: to open, to scroll, to type in, to look for something in, to save.
//!
//! `cargo bench --bench session`. The store is in a folder of its own, made when it is first needed, with the wire of every
//! run. Beside it stands a session of 50 turns: what a key, a page and a reply cost is to be the same in both.

#![expect(clippy::expect_used, reason = "a bench that has nothing to measure says so and ends")]

use std::sync::LazyLock;
use std::time::Instant;

use abreast::api::Delta;
use abreast::state::{Anchor, ScrollMotion, saved_session};
use abreast::store::{SavedPart, SavedSession, SavedTurn, Store, StoreWork, Write, load_without_wires};
use crossterm::event::{KeyCode, KeyModifiers};
use divan::{Bencher, black_box};
use tempfile::TempDir;

#[path = "shared/reply.rs"]
mod reply;
#[path = "shared/session.rs"]
mod session;
#[path = "shared/workstation.rs"]
mod workstation;

use workstation::Workstation;

const TURNS: [u32; 2] = [50, 5_000];

const COLUMNS: u16 = 200;
const ROWS: u16 = 50;

/// Pages up in a session before it starts from the end again: all of them in what was not shown before.
const PAGES: usize = 40;

static STORES: LazyLock<[TempDir; 2]> = LazyLock::new(|| {
    TURNS.map(|turns| {
        let home = TempDir::new().expect("a folder of its own");
        session::keep(home.path(), turns).expect("the store takes the session");
        home
    })
});

fn main() {
    divan::main();
}

fn read(turns: u32) -> SavedSession {
    let store = TURNS.iter().position(|size| *size == turns).expect("a store of this size");
    load_without_wires(STORES[store].path(), Some(session::ID)).expect("the session is there").0
}

/// The session as it is after its first frame.
fn opened(turns: u32) -> Workstation {
    let mut desk = Workstation::new(1, COLUMNS, ROWS);
    desk.resume(session::saved(turns));
    desk.draw();
    desk
}

/// From the store to plain values, with the wire of every run.
#[divan::bench(args = TURNS, sample_count = 5, sample_size = 1)]
fn opened_read(bencher: Bencher<'_, '_>, turns: u32) {
    drop(black_box(read(turns)));
    bencher.bench_local(|| read(turns));
}

/// From plain values to the state.
#[divan::bench(args = TURNS, sample_count = 5, sample_size = 1)]
fn opened_resumed(bencher: Bencher<'_, '_>, turns: u32) {
    let made = || (Workstation::new(1, COLUMNS, ROWS), read(turns));
    bencher.with_inputs(made).bench_local_values(|(mut desk, saved)| {
        desk.resume(saved);
        desk
    });
}

/// The first frame of the state.
#[divan::bench(args = TURNS, sample_count = 20, sample_size = 1)]
fn opened_drawn(bencher: Bencher<'_, '_>, turns: u32) {
    let made = || {
        let mut desk = Workstation::new(1, COLUMNS, ROWS);
        desk.resume(session::saved(turns));
        desk
    };
    bencher.with_inputs(made).bench_local_values(|mut desk| {
        desk.draw();
        desk
    });
}

#[divan::bench(args = TURNS)]
fn typed(bencher: Bencher<'_, '_>, turns: u32) {
    let mut desk = opened(turns);
    let mut keys = [KeyCode::Char('x'), KeyCode::Backspace].into_iter().cycle();
    // The first key finds turns that were never counted.
    desk.key(KeyCode::Char('x'));
    bencher.bench_local(|| {
        desk.key(keys.next().expect("a cycle has no end"));
        desk.draw();
    });
}

/// Page by page up: a session of 50 turns shows again what it had shown, a long one what it never had.
#[divan::bench(args = TURNS, sample_count = 40, sample_size = 1)]
fn scrolled(bencher: Bencher<'_, '_>, turns: u32) {
    let mut desk = opened(turns);
    let mut page = 0;
    bencher.bench_local(|| {
        page = (page + 1) % PAGES;
        desk.scroll(if page == 0 { ScrollMotion::Pages(1_000) } else { ScrollMotion::Pages(-1) });
        desk.draw();
    });
}

/// A word that each reply has, letter by letter, and a frame for each.
#[divan::bench(args = TURNS, sample_count = 20, sample_size = 1)]
fn found(bencher: Bencher<'_, '_>, turns: u32) {
    let made = || {
        let mut desk = opened(turns);
        desk.press(KeyCode::Char('/'), KeyModifiers::ALT);
        desk.key(KeyCode::Esc);
        desk.key(KeyCode::Char('/'));
        desk
    };
    bencher.with_inputs(made).bench_local_values(|mut desk| {
        for letter in "digest".chars() {
            desk.key(KeyCode::Char(letter));
            desk.draw();
        }
        assert!(desk.state.find.is_some(), "something is looked for");
        desk
    });
}

/// A further reply of 2 KB, a frame for each token.
#[divan::bench(args = TURNS, sample_count = 10, sample_size = 1)]
fn answered(bencher: Bencher<'_, '_>, turns: u32) {
    let text = reply::markdown(2_000);
    let asked = || {
        let mut desk = opened(turns);
        desk.asks();
        desk.draw();
        desk
    };
    bencher.with_inputs(asked).bench_local_values(|mut desk| {
        for token in reply::tokens(&text) {
            desk.says(0, Delta::Text { choice: 0, text: token.to_owned() });
            desk.grow();
        }
        desk.ends(0);
        desk
    });
}

/// What is written of one more exchange, until it is on the disk: the question, the pieces of a reply, the reply.
#[divan::bench(args = TURNS, sample_count = 20, sample_size = 1)]
fn saved_exchange(bencher: Bencher<'_, '_>, turns: u32) {
    let home = TempDir::new().expect("a folder of its own");
    session::keep(home.path(), turns).expect("the store takes the session");
    let store = Store::start(home.path().to_owned(), Vec::new(), |_| {});
    let text = reply::markdown(2_000);
    let mut last = turns - 1;
    bencher.bench_local(|| {
        let [question, reply] = [last + 1, last + 2];
        let turn = |id: u32, role: &str, text: &str| {
            let turn =
                SavedTurn { id, parent: Some(id - 1), role: role.into(), text: text.into(), ..SavedTurn::default() };
            Write::Turn(Box::new(turn))
        };
        let piece = |token: &str| Write::Append { turn: reply, part: SavedPart::Text(token.into()) };
        let begun = [turn(question, "user", "And now?"), turn(reply, "assistant", "")];
        let pieces = reply::tokens(&text).into_iter().map(piece);
        let writes = begun.into_iter().chain(pieces).chain([turn(reply, "assistant", &text)]).collect();
        store.keep(StoreWork { session: session::ID.into(), writes });
        last = reply;
        store.kept().blocking_recv().expect("the writer is there").expect("the disk takes it");
    });
}

/// The whole session as plain values: what an export makes, and the copy of a session that is open elsewhere.
#[divan::bench(args = TURNS, sample_count = 10, sample_size = 1)]
fn saved_whole(bencher: Bencher<'_, '_>, turns: u32) {
    let desk = opened(turns);
    let anchor = Anchor { instant: Instant::now(), unix_ms: 0 };
    bencher.bench_local(|| saved_session(black_box(&desk.state), anchor));
}
