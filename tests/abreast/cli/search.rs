//! `search` and `sessions`.

use abreast::store::{FORMAT, SavedSession, SavedTurn, Shelf, ShelfChange, ShelfWork, Store, StoreWork};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::program::{Finished, Home};

/// A home with two sessions: about a refund, and about tea, which is pinned.
fn home() -> Home {
    let home = Home::new();
    let directory = home.path().join("data");
    let store = Store::start(directory.clone(), Vec::new(), |_| {});
    for (id, title, text) in [("tea", "On tea", "Steep it"), ("refund", "A \u{1b}[31mclaim", "Where is my refund?")] {
        let turn = SavedTurn { role: "user".into(), text: text.into(), ..SavedTurn::default() };
        let (id, title) = (id.to_owned(), title.to_owned());
        let session = SavedSession { version: FORMAT, id, title, turns: vec![turn], ..SavedSession::default() };
        store.keep(StoreWork { session: session.id.clone().into(), writes: session.writes() });
    }
    store.kept().blocking_recv().unwrap().unwrap();
    let shelf = Shelf::start(directory, &store, TimeZone::UTC, |_, _| {});
    shelf.ask(ShelfWork::Change { id: "tea".into(), change: ShelfChange::Pin(true) });
    shelf.ask(ShelfWork::Change { id: "tea".into(), change: ShelfChange::Tag(vec!["kitchen".into()]) });
    home
}

/// What was printed, without the day, which no test can know.
fn lines(run: &Finished) -> Vec<String> {
    let without_day = |line: &str| match line.split_once("  ") {
        Some((id, rest)) if !id.is_empty() => format!("{id}{}", &rest[10..]),
        _ => line.to_owned(),
    };
    run.out.lines().map(without_day).collect()
}

#[test]
fn the_newest_sessions_are_listed_with_pinned_ones_first() {
    let home = home();
    let listed = home.run(["sessions"]);
    assert_eq!((listed.code, listed.err.as_str()), (Some(0), ""));
    assert_eq!(lines(&listed), ["tea  On tea [pinned] #kitchen", "refund  A claim"]);
    let first = home.run(["sessions", "--limit", "1"]);
    assert_eq!((lines(&first).len(), first.err.as_str()), (1, "There are more: --limit N prints more than 1.\n"));
}

#[test]
fn a_search_prints_where_the_words_stand_and_never_drives_a_terminal() {
    let found = home().run(["search", "fund", "-l", "x"]);
    assert_eq!(found.code, Some(2), "{found:?}");
    let found = home().run(["search", "fund where"]);
    assert_eq!((found.code, found.err.as_str()), (Some(0), ""));
    assert_eq!(lines(&found), ["refund  A claim", "    user: Where is my refund?"]);
}

#[test]
fn a_search_for_programs_prints_one_object_a_line() {
    let found = home().run(["search", "refund", "--json"]);
    assert_eq!(found.code, Some(0));
    let mut object: Value = serde_json::from_str(&found.out).unwrap();
    let updated = object.as_object_mut().unwrap().remove("updated").unwrap();
    assert!(updated.as_str().unwrap().ends_with('Z'), "{updated}");
    let snippet = json!([
        {"text": "Where is my ", "match": false}, {"text": "refund", "match": true}, {"text": "?", "match": false}
    ]);
    assert_eq!(
        object,
        json!({
            "id": "refund", "title": "A \u{1b}[31mclaim", "created": "1970-01-01T00:00:00Z", "pinned": false, "tags": [],
            "turns": 1, "models": [], "costs": [], "hit": {"turn": 0, "role": "user", "turns": 1, "snippet": snippet}
        })
    );
}

#[test]
fn the_status_tells_whether_something_was_found() {
    let home = home();
    let none = home.run(["search", "nowhere"]);
    assert_eq!((none.code, none.out.as_str(), none.err.as_str()), (Some(1), "", "No session was found.\n"));
    let empty = Home::new();
    assert_eq!(empty.run(["search", "x"]).code, Some(1));
    let listed = empty.run(["sessions"]);
    let said = "There is no saved session yet: `abreast` begins one.\n";
    assert_eq!((listed.code, listed.out.as_str(), listed.err.as_str()), (Some(0), "", said));
    assert!(!empty.path().join("data").exists());
    assert_eq!(home.run(["search"]).code, Some(2));
}

#[test]
fn a_filter_is_used_and_one_that_is_none_is_told() {
    let home = home();
    assert_eq!(lines(&home.run(["search", "tag:kitchen", "is:pinned"])), ["tea  On tea [pinned] #kitchen"]);
    assert_eq!(lines(&home.run(["search", "--", "-refund"])), ["tea  On tea [pinned] #kitchen"]);
    let odd = home.run(["search", "colour:red"]);
    assert_eq!(odd.code, Some(1));
    assert!(odd.err.starts_with("`colour:` is no filter, so `colour:red` is looked for in the text."), "{odd:?}");
}

#[test]
fn deleted_sessions_are_purged_only_when_that_is_confirmed_and_only_after_their_time() {
    let home = home();
    let directory = home.path().join("data");
    let store = Store::start(directory.clone(), Vec::new(), |_| {});
    let shelf = Shelf::start(directory, &store, TimeZone::UTC, |_, _| {});
    shelf.ask(ShelfWork::Change { id: "refund".into(), change: ShelfChange::Delete });
    drop((shelf, store));
    let doctor = home.run(["doctor", "--offline"]);
    assert!(doctor.out.contains("deleted sessions 1, which hold "), "{doctor:?}");
    let early = home.run(["sessions", "purge"]);
    let said = "Nothing was deleted more than 30 days ago.\n";
    assert_eq!((early.code, early.out.as_str(), early.err.as_str()), (Some(0), said, ""));
    let unasked = home.run(["sessions", "purge", "--older-than", "0"]);
    let would = "Would be removed for good: sessions 1 with 1 turn, attached contents 0 (0 B). The ledger stays.\n";
    let wants = "Nothing was removed: --yes removes it without asking.\n";
    assert_eq!((unasked.code, unasked.out.as_str(), unasked.err.as_str()), (Some(2), would, wants));
    assert_eq!(lines(&home.run(["search", "is:deleted"])), ["refund  A claim"]);
    let removed = home.run(["sessions", "purge", "--older-than", "0", "--yes"]);
    assert_eq!((removed.code, removed.out.as_str()), (Some(0), would.replace("Would be removed", "Removed").as_str()));
    assert_eq!(home.run(["search", "is:deleted"]).code, Some(1));
    assert_eq!(lines(&home.run(["sessions"])), ["tea  On tea [pinned] #kitchen"]);
    assert_eq!(home.run(["sessions", "purge", "--older-than", "0"]).out, "Nothing was deleted more than 0 days ago.\n");
}
