use serde_json::json;

use super::*;
use crate::store::{SavedCost, SavedOutcome, SavedRun, SavedUsage, load};

fn session(id: &str, texts: &[&str]) -> SavedSession {
    let turn = |(id, text): (u32, &&str)| SavedTurn {
        id,
        parent: id.checked_sub(1),
        role: "user".into(),
        text: (*text).into(),
        ..SavedTurn::default()
    };
    let lane = json!({"letter": "A", "tip": texts.len() - 1});
    SavedSession {
        version: FORMAT,
        id: id.into(),
        created: 1_700_000_000_000,
        lanes: vec![serde_json::from_value(lane).unwrap()],
        turns: (0..).zip(texts).map(turn).collect(),
        ..SavedSession::default()
    }
}

fn take(directory: &Path, session: SavedSession) -> Result<Imported, StoreFault> {
    Import::open(directory).unwrap().0.take(session)
}

fn count(directory: &Path, table: &str) -> u32 {
    let base = Base::open_file(directory).unwrap();
    base.connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

#[test]
fn a_session_comes_in_whole_once_and_writes_over_nothing() {
    let home = tempfile::tempdir().unwrap();
    let new = |id: &str| Ok(Imported::New(id.to_owned()));
    let there = |id: &str| Ok(Imported::There(id.to_owned()));
    let one = session("one", &["a", "b"]);
    assert_eq!(take(home.path(), one.clone()), new("one"));
    assert_eq!(load(home.path(), Some("one")).unwrap().0, one);
    assert_eq!(take(home.path(), one), there("one"));
    assert_eq!(take(home.path(), session("one", &["a"])), there("one"), "an older state of it");
    assert_eq!(take(home.path(), session("one", &["a", "c"])), new("one-2"), "another conversation of its name");
    assert_eq!(take(home.path(), session("one", &["a", "c"])), there("one-2"));
    assert_eq!(load(home.path(), Some("one")).unwrap().0.turns[1].text, "b");
    assert_eq!((count(home.path(), "sessions"), count(home.path(), "turns")), (2, 4));
}

#[test]
fn to_find_a_session_again_only_the_turns_that_it_says_are_read() {
    let home = tempfile::tempdir().unwrap();
    let run = SavedRun { outcome: SavedOutcome::Complete, ..SavedRun::default() };
    take(home.path(), SavedSession { runs: vec![run], ..session("one", &["a", "b", "c"]) }).unwrap();
    let base = Base::open_file(home.path()).unwrap();
    // Whoever reads these finds that they cannot be read.
    let spoil = "UPDATE runs SET body = '{'; UPDATE lanes SET body = '{'; UPDATE drafts SET body = '{';
        UPDATE turns SET body = '[]' WHERE turn = 2;
        UPDATE turns SET text = 'b, as far as it ' WHERE turn = 1;
        INSERT INTO pieces (session, turn, part, piece) VALUES ('one', 1, 'text', 'came'), ('one', 2, 'call', '{');";
    base.connection.execute_batch(spoil).unwrap();
    drop(base);
    let there = Ok(Imported::There("one".to_owned()));
    assert_eq!(take(home.path(), session("one", &["a", "b, as far as it came"])), there);
    let new = Ok(Imported::New("one-2".to_owned()));
    assert_eq!(take(home.path(), session("one", &["a", "b, as far as it came", "c"])), new, "a turn that is spoilt");
}

#[test]
fn what_was_spent_elsewhere_is_not_in_the_ledger_and_what_was_used_last_stays_the_last() {
    let home = tempfile::tempdir().unwrap();
    let run = SavedRun {
        accepted: true,
        outcome: SavedOutcome::Complete,
        started: 1_600_000_000_000,
        finished: Some(2_000_000_000),
        usage: Some(SavedUsage { output: Some(7), ..SavedUsage::default() }),
        cost: SavedCost::Known { amount: "1".into(), currency: "CNY".into() },
        ..SavedRun::default()
    };
    take(home.path(), session("mine", &["a"])).unwrap();
    take(home.path(), SavedSession { runs: vec![run], created: 0, ..session("other", &["b"]) }).unwrap();
    assert_eq!((count(home.path(), "runs"), count(home.path(), "ledger")), (1, 0));
    assert_eq!(load(home.path(), None).unwrap().0.id, "mine");
    let base = Base::open_file(home.path()).unwrap();
    let sql = "SELECT updated FROM sessions WHERE id = 'other'";
    assert_eq!(base.connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap(), 1_600_000_002_000);
}

#[test]
fn an_id_that_is_no_plain_word_names_no_file_and_a_broken_session_is_refused() {
    let home = tempfile::tempdir().unwrap();
    for odd in ["../../evil", "", "a b", "x".repeat(65).as_str()] {
        let id = fingerprint(&session(odd, &[odd, "x"])).unwrap();
        assert_eq!(take(home.path(), session(odd, &[odd, "x"])), Ok(Imported::New(id.clone())));
        assert!(id.len() == 17 && id.chars().all(|sign| sign.is_ascii_alphanumeric()), "{id}");
    }
    let mut twice = session("twice", &["a", "b"]);
    twice.turns[1].id = 0;
    let newer = SavedSession { version: FORMAT + 1, ..session("newer", &["a"]) };
    let before = count(home.path(), "turns");
    assert_eq!(take(home.path(), twice), Err(StoreFault::Unfit("turn 0 is in it twice".into())));
    assert!(matches!(take(home.path(), newer), Err(StoreFault::Unfit(_))));
    assert_eq!((count(home.path(), "sessions"), count(home.path(), "turns")), (4, before));
}

#[test]
fn a_disk_that_gets_full_leaves_whole_sessions_only() {
    let home = tempfile::tempdir().unwrap();
    let (mut store, _) = Import::open(home.path()).unwrap();
    store.take(session("one", &["a"])).unwrap();
    let base = store.base.as_ref().unwrap();
    base.connection.pragma_update(None, "max_page_count", 1).unwrap();
    assert_eq!(store.take(session("two", &["b", &"long ".repeat(100_000)])), Err(StoreFault::Full));
    drop(store);
    assert_eq!((count(home.path(), "sessions"), count(home.path(), "turns")), (1, 1));
}

#[test]
fn a_rehearsal_tells_the_same_and_makes_nothing() {
    let home = tempfile::tempdir().unwrap();
    let directory = home.path().join("data");
    let mut rehearsal = Import::rehearse(&directory).unwrap();
    assert_eq!(rehearsal.take(session("one", &["a"])), Ok(Imported::New("one".into())));
    assert_eq!(rehearsal.take(session("one", &["a"])), Ok(Imported::There("one".into())));
    assert!(!directory.exists());
    take(&directory, session("one", &["a"])).unwrap();
    let mut rehearsal = Import::rehearse(&directory).unwrap();
    assert_eq!(rehearsal.take(session("one", &["a"])), Ok(Imported::There("one".into())));
    assert_eq!(rehearsal.take(session("two", &["b"])), Ok(Imported::New("two".into())));
    assert_eq!(count(&directory, "sessions"), 1);
}

#[test]
fn the_beginning_of_an_id_is_enough_while_no_other_begins_so() {
    let home = tempfile::tempdir().unwrap();
    for id in ["abc1", "abc2", "abc", "x-y"] {
        take(home.path(), session(id, &[id])).unwrap();
    }
    let id = |beginning: &str| load(home.path(), Some(beginning)).map(|(session, _)| session.turns[0].text.clone());
    assert_eq!((id("abc1"), id("abc"), id("x")), (Ok("abc1".into()), Ok("abc".into()), Ok("x-y".into())));
    assert!(matches!(id("ab"), Err(StoreFault::Ambiguous { some, .. }) if some.len() == 3));
    assert_eq!(id("%"), Err(StoreFault::NoSession("%".into())));
}
