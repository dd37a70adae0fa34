//! Sessions that are left and opened again.

use abreast::store::{Shelf, ShelfChange, ShelfWork, Store};
use jiff::tz::TimeZone;

use super::{Launch, Terminal, ready, sandbox};
use crate::program::Home;

fn launch(data: &Home, more: &[&str]) -> Launch {
    let data = data.path().display().to_string();
    sandbox(&[&["--set", "max_tokens=4", "--data-dir", &data], more].concat())
}

/// Asks, waits for the answer, and leaves a draft.
fn asked(data: &Home, question: &str) -> Terminal {
    let mut terminal = ready(launch(data, &[]));
    terminal.keys(&format!("{question}\r"));
    terminal.wait_for("cut at the token limit");
    terminal.keys("half a draft");
    terminal.wait_for("half a draft");
    terminal
}

/// Ends the program as a closed terminal does; gives what it said.
fn left(mut terminal: Terminal) -> String {
    terminal.signal(rustix::process::Signal::HUP);
    terminal.end().1
}

#[test]
fn a_session_opens_again_with_its_turns_and_its_draft_by_the_line_that_is_told_at_the_end() {
    let data = Home::new();
    let said = left(asked(&data, "what is a refund"));
    let id = said.trim().strip_prefix("To go on with this session: abreast --resume ").unwrap().to_owned();
    left(asked(&data, "another question"));
    let mut last = launch(&data, &["--resume"]).start();
    last.wait("the last one", |terminal| terminal.shows("another question") && terminal.shows("half a draft"));
    left(last);
    let mut first = launch(&data, &["--resume", &id]).start();
    first.wait("the first one", |terminal| {
        terminal.shows("what is a refund") && terminal.shows("cut at the token limit")
    });
}

#[test]
fn a_session_that_is_open_already_can_be_read_and_says_so() {
    let data = Home::new();
    let first = asked(&data, "what is a refund");
    let mut second = launch(&data, &["--resume"]).start();
    second.wait("the warning", |terminal| {
        terminal.shows("what is a refund") && terminal.shows("open in another Abreast")
    });
    drop(first);
}

#[test]
fn a_deleted_session_that_is_resumed_by_its_id_says_so() {
    let data = Home::new();
    let said = left(asked(&data, "what is a refund"));
    let id = said.trim().strip_prefix("To go on with this session: abreast --resume ").unwrap().to_owned();
    let store = Store::start(data.path().to_owned(), Vec::new(), |_| {});
    let shelf = Shelf::start(data.path().to_owned(), &store, TimeZone::UTC, |_, _| {});
    shelf.ask(ShelfWork::Change { id: id.clone(), change: ShelfChange::Delete });
    drop((shelf, store));
    let mut terminal = launch(&data, &["--resume", &id]).start();
    terminal.wait_for("This session is deleted.");
}

#[test]
fn what_cannot_be_resumed_is_said_in_a_sentence() {
    let data = Home::new();
    let mut terminal = launch(&data, &["--resume"]).start();
    let (status, said) = terminal.end();
    assert_eq!(
        (status.code(), said.as_str()),
        (Some(1), "--resume: there is no saved session yet: `abreast` begins one.\n")
    );
}

#[test]
fn where_nothing_can_be_saved_the_screen_says_so_and_the_program_works() {
    let data = Home::new();
    data.write("data", "a file where the folder should be");
    let path = data.path().join("data").display().to_string();
    let mut terminal = ready(sandbox(&["--set", "max_tokens=4", "--data-dir", &path]));
    terminal.keys("hello\r");
    terminal.wait_for("✗ not saved");
    terminal.wait_for("cut at the token limit");
    terminal.wait_for("Alt+E writes it");
    terminal.keys("\x1be");
    terminal.wait_for("the session as JSON, with all that abreast knows");
    let elsewhere = data.path().join("elsewhere.json");
    terminal.keys(&format!("\x15{}\r", elsewhere.display()));
    terminal.wait_for("Written to");
    let written = abreast::exchange::read_sessions(&std::fs::read_to_string(elsewhere).unwrap()).unwrap();
    assert_eq!((written[0].turns.len(), written[0].turns[0].text.as_str()), (2, "hello"));
    let said = left(terminal);
    assert!(said.starts_with("The end of this session is not saved: "), "{said}");
}
