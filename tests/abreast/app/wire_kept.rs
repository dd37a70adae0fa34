//! The wire of runs of before: it stays in the store until it is looked at, written to a file or copied.

use std::fs;
use std::path::Path;

use abreast::store::{SavedSession, load};

use super::exchange::asks_for;
use super::wire_view::{bytes, event, request, response};
use super::*;

/// Opens a session of before from the list, by its title.
async fn opens(desk: &Desk, title: &'static str) {
    desk.press("ctrl-o").await;
    desk.comes_to_show(title).await;
    desk.press("enter").await;
    let is_open = |desk: &Desk| desk.screen.text().lines().next().is_some_and(|line| line.contains(title));
    desk.waits_until("the session opens", is_open).await;
}

/// Leaves a session in the store whose one reply came in two events; gives it as it is there.
async fn left(directory: &Path) -> SavedSession {
    let desk = Desk::with_store(directory, "k3").await;
    desk.sends("Which fruit?").await;
    desk.waits_until("a request is sent", |desk| desk.connect.count() == 1).await;
    for delta in [request(0), response(312, 200), bytes(353, &event("apple")), bytes(394, &event("pear"))] {
        desk.delivers(0, delta).await;
    }
    desk.answers(0, "apple pear").await;
    desk.closed().await;
    let kept = load(directory, Some("k3")).unwrap().0;
    assert_eq!(kept.runs[0].wire.as_ref().map(|wire| wire.reads.len()), Some(2));
    kept
}

#[tokio::test(start_paused = true)]
async fn the_wire_of_a_run_of_before_is_read_when_its_page_is_opened() {
    let home = tempfile::tempdir().unwrap();
    left(home.path()).await;
    let later = Desk::with_store(home.path(), "m9").await;
    opens(&later, "Which fruit?").await;
    later.press("tab i tab").await;
    later.comes_to_show("200 HTTP/1.1 · 0.394 s · 47 B · 2 events · longest gap 41 ms").await;
    later.shows("\"word\": \"apple\"");
    later.press("j").await;
    later.shows("\"word\": \"pear\"");
    let (_, state) = later.closed().await;
    assert!(state.session.runs()[0].wire.is_empty(), "what was looked at is no part of the session");
}

#[tokio::test(start_paused = true)]
async fn a_wire_that_cannot_be_read_says_so_and_is_tried_again() {
    let home = tempfile::tempdir().unwrap();
    left(home.path()).await;
    let base = rusqlite::Connection::open(home.path().join("abreast.db")).unwrap();
    base.execute_batch("CREATE TABLE aside AS SELECT wire FROM runs; UPDATE runs SET wire = x'00'").unwrap();
    let later = Desk::with_store(home.path(), "m9").await;
    opens(&later, "Which fruit?").await;
    later.press("tab i tab").await;
    later.comes_to_show("The store holds no record of this run's wire that can be read").await;
    later.hides("Nothing was recorded");
    base.execute_batch("UPDATE runs SET wire = (SELECT wire FROM aside)").unwrap();
    later.press("r").await;
    later.comes_to_show("2 events").await;
    later.hides("The store holds no record");
}

#[tokio::test(start_paused = true)]
async fn a_session_of_before_is_exported_with_all_that_the_store_has_of_it() {
    let home = tempfile::tempdir().unwrap();
    let kept = left(home.path()).await;
    let later = Desk::with_store(home.path(), "m9").await;
    opens(&later, "Which fruit?").await;
    for name in ["s.json", "s.har"] {
        let path = home.path().join(name).display().to_string();
        asks_for(&later, &path).await;
        later.press("enter").await;
        later.waits_until("the file is written", |desk| !desk.screen.text().contains("Export to the file")).await;
        later.shows("· Written to ");
        let text = fs::read_to_string(&path).unwrap();
        match name {
            "s.json" => {
                let mut written = abreast::exchange::read_sessions(&text).unwrap().remove(0);
                // The clock of the test's program runs ahead of the one on the wall.
                written.runs[0].started = kept.runs[0].started;
                assert_eq!(written.runs, kept.runs);
            }
            _ => assert!(text.contains("pear"), "{text}"),
        }
    }
    let base = rusqlite::Connection::open(home.path().join("abreast.db")).unwrap();
    base.execute_batch("UPDATE runs SET wire = x'00'").unwrap();
    let path = home.path().join("without.json").display().to_string();
    asks_for(&later, &path).await;
    later.press("enter").await;
    later.comes_to_show("without the wire of").await;
    assert!(fs::read_to_string(&path).unwrap().contains("apple pear"));
}

#[tokio::test(start_paused = true)]
async fn a_copy_of_a_session_that_is_open_elsewhere_has_the_wires_of_its_runs() {
    let home = tempfile::tempdir().unwrap();
    let kept = left(home.path()).await;
    let first = Desk::with_store(home.path(), "m8").await;
    opens(&first, "Which fruit?").await;
    let second = Desk::with_store(home.path(), "m9").await;
    opens(&second, "Which fruit?").await;
    second.comes_to_show("This session is open in another Abreast (process").await;
    second.sends("Mine now").await;
    second.waits_until("a request is sent", |desk| desk.connect.count() == 1).await;
    second.answers(0, "A copy.").await;
    second.press("tab k k k i tab").await;
    second.comes_to_show("2 events").await;
    let (_, state) = second.closed().await;
    let copy = load(home.path(), Some(&state.session.id)).unwrap().0;
    assert_ne!(copy.id, kept.id);
    assert_eq!((&copy.runs[0].wire, copy.runs.len()), (&kept.runs[0].wire, 2));
    first.closed().await;
}
