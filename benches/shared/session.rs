//! A long session as the program saves one: questions, replies in Markdown, and each reply's run with its wire.

use std::io;
use std::path::Path;

use abreast::store::{
    FORMAT, Fields, SavedCost, SavedForm, SavedLane, SavedOutcome, SavedRequest, SavedResponse, SavedRun, SavedScroll,
    SavedSession, SavedSettings, SavedTry, SavedTurn, SavedUsage, SavedWire, SavedWireKept, Store, StoreWork, Write,
};

use crate::reply;

/// What it is called in the store.
pub(crate) const ID: &str = "bench";

/// Whom the session's lane asks.
pub(crate) const PROVIDER: &str = "bench";
pub(crate) const MODEL: &str = "bench-1";

/// The last word of the session, by which it is seen on the screen.
pub(crate) const END: &str = "Omikron-of-the-session";

/// Bytes of a reply: with its question, some 1,000 bytes for each turn.
const REPLY_BYTES: usize = 1_950;

/// The first question's time: 2025-01-01, in unix milliseconds; the next ones follow each minute.
const FIRST: i64 = 1_735_689_600_000;
const APART: i64 = 60_000;

/// Nanoseconds between two tokens.
const TOKEN_NANOS: u64 = 20_000_000;

/// Writes that are handed over at once: what is made of the wire of a reply takes a hundred times its text.
const AT_ONCE: usize = 500;

/// Puts a session of so many turns into the store of a directory, with the wire of every run; gives the bytes of its text.
pub(crate) fn keep(directory: &Path, turns: u32) -> io::Result<usize> {
    let saved = saved(turns);
    let texts: Vec<String> = saved.turns.iter().map(|turn| turn.text.clone()).collect();
    let store = Store::start(directory.to_owned(), Vec::new(), |_| {});
    let mut writes = saved.writes().into_iter().map(|mut write| {
        if let Write::Run(run) = &mut write {
            let reply = run.replies.first().and_then(|turn| texts.get(*turn as usize));
            run.wire = reply.map(|text| wire(&reply::tokens(text)));
        }
        write
    });
    loop {
        let some: Vec<Write> = writes.by_ref().take(AT_ONCE).collect();
        if some.is_empty() {
            return Ok(texts.iter().map(String::len).sum());
        }
        store.keep(StoreWork { session: ID.into(), writes: some });
        store.kept().blocking_recv().map_err(io::Error::other)?.map_err(io::Error::other)?;
    }
}

/// A session of one lane with so many turns, the last one a reply; without the wire of its runs.
pub(crate) fn saved(turns: u32) -> SavedSession {
    let last = turns.saturating_sub(1);
    let made: Vec<SavedTurn> = (0..turns).map(|turn| saved_turn(turn, last)).collect();
    let runs = made.iter().filter(|turn| turn.run.is_some()).map(saved_run).collect();
    SavedSession {
        version: FORMAT,
        id: ID.into(),
        title: "What grows".into(),
        created: FIRST,
        lanes: vec![lane(last)],
        focused: Some('A'),
        turns: made,
        runs,
        ..SavedSession::default()
    }
}

fn settings() -> SavedSettings {
    SavedSettings { provider: PROVIDER.into(), model: MODEL.into(), ..SavedSettings::default() }
}

fn lane(tip: u32) -> SavedLane {
    SavedLane {
        letter: 'A',
        name: None,
        settings: settings(),
        shares: Vec::new(),
        addressed: true,
        tip: Some(tip),
        last_run: Some(tip / 2),
        scroll: SavedScroll::End,
        selected: None,
        unfolded: Vec::new(),
        other: Fields::new(),
    }
}

fn saved_turn(turn: u32, last: u32) -> SavedTurn {
    let parent = turn.checked_sub(1);
    if turn.is_multiple_of(2) {
        let text = format!("What does step {turn} cost?");
        return SavedTurn { id: turn, parent, role: "user".into(), text, ..SavedTurn::default() };
    }
    let text = reply::markdown_until(REPLY_BYTES, if turn == last { END } else { "Next." });
    SavedTurn { id: turn, parent, role: "assistant".into(), text, run: Some(turn / 2), ..SavedTurn::default() }
}

fn saved_run(reply: &SavedTurn) -> SavedRun {
    let id = reply.id / 2;
    let output = reply::tokens(&reply.text).len() as u64;
    SavedRun {
        id,
        settings: settings(),
        before: id.checked_sub(1),
        form: SavedForm { model: MODEL.into(), stream: true, ..SavedForm::default() },
        replies: vec![reply.id],
        started: FIRST + APART * i64::from(id),
        first_delta: Some(TOKEN_NANOS),
        first_text: Some(TOKEN_NANOS),
        finished: Some(TOKEN_NANOS * (output + 1)),
        finish_reason: Some("stop".into()),
        accepted: true,
        usage: Some(SavedUsage { input: Some(9 * u64::from(id)), output: Some(output), ..SavedUsage::default() }),
        cost: SavedCost::Known { amount: format!("0.{output:05}"), currency: "USD".into() },
        outcome: SavedOutcome::Complete,
        ..SavedRun::default()
    }
}

/// The record of a reply's wire, each token read by itself.
fn wire(tokens: &[&str]) -> SavedWire {
    let mut wire = SavedWire { kept: SavedWireKept::All, until: TOKEN_NANOS, ..SavedWire::default() };
    for token in tokens {
        wire.bytes.extend_from_slice(reply::event(token).as_bytes());
        wire.reads.push((wire.until, wire.bytes.len()));
        wire.until += TOKEN_NANOS;
    }
    let request = SavedRequest {
        at: 0,
        method: "POST".into(),
        url: "http://127.0.0.1/v1/chat/completions".into(),
        headers: vec![("content-type".into(), "application/json".into())],
        body_bytes: 1_000,
    };
    let response = SavedResponse { at: 1, status: 200, version: "HTTP/1.1".into(), headers: Vec::new() };
    wire.tries = vec![SavedTry { request, response: Some(response), stopped: None, first_read: 0 }];
    wire
}
