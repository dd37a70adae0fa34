//! Removing deleted sessions for good: what goes, and what stays.

use bytes::Bytes;

use super::*;
use crate::store::change;
use crate::store::purge::purge;
use crate::store::write::apply;

const DELETED: i64 = 1_790_000_000_000;

/// The hash of a made-up content.
fn hash(digit: char) -> String {
    digit.to_string().repeat(64)
}

/// A session that says a word of its own beside a common one, with files.
fn session(id: &str, word: &str, files: &[char]) -> SavedSession {
    let attachment = |digit: &char| SavedAttachment { name: "a.md".into(), sha256: hash(*digit), ..Default::default() };
    let turn = SavedTurn {
        role: "user".into(),
        text: format!("common {word}"),
        attachments: files.iter().map(attachment).collect(),
        ..SavedTurn::default()
    };
    let file = |digit: &char| SavedFile { sha256: hash(*digit), bytes: Bytes::from(vec![b'x'; 10]) };
    let files = files.iter().map(file).collect();
    SavedSession { version: FORMAT, id: id.into(), turns: vec![turn], files, ..SavedSession::default() }
}

/// A store with these sessions, the first of which is deleted.
fn store(sessions: Vec<SavedSession>) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let mut base = Base::open_file(home.path()).unwrap();
    let first = sessions[0].id.clone();
    for session in sessions {
        let row = LedgerRow { session: session.id.clone(), ..LedgerRow::new(1, "lab", "sage-1") };
        let mut writes = session.clone().writes();
        writes.push(Write::Ledger(Box::new(row)));
        apply(&mut base.connection, &[(session.id, writes)], 1).unwrap();
    }
    change::change(&mut base.connection, &first, &ShelfChange::Delete, DELETED).unwrap();
    home
}

/// How many rows each table has that may hold something of a session, by name.
fn rows(home: &Path) -> Vec<(String, i64)> {
    let base = Base::open_file(home).unwrap();
    let names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'found_*'
        AND name NOT GLOB 'word_parts_*' AND name NOT GLOB 'sqlite_*' AND name NOT IN ('ledger', 'prices')";
    let mut names = base.connection.prepare(names).unwrap();
    let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let count =
        |name: &String| base.connection.query_row(&format!("SELECT count(*) FROM {name}"), [], |row| row.get(0));
    names.iter().map(|name| (name.clone(), count(name).unwrap())).collect()
}

fn ledger_rows(home: &Path) -> i64 {
    let base = Base::open_file(home).unwrap();
    base.connection.query_row("SELECT count(*) FROM ledger", [], |row| row.get(0)).unwrap()
}

#[test]
fn of_a_purged_session_only_its_rows_of_the_ledger_are_left() {
    let home = store(vec![session("gone", "secretword", &['a', 'b']), session("stays", "plainword", &['b'])]);
    let alone = store(vec![session("other", "x", &[]), session("stays", "plainword", &['b'])]);
    purge(alone.path(), i64::MAX, Purge::Done).unwrap().unwrap();
    let purged = Purged { sessions: 1, turns: 1, files: 1, file_bytes: 10, ..Purged::default() };
    assert_eq!(purge(home.path(), DELETED + 1, Purge::Rehearsed), Ok(Some(purged)));
    assert_eq!(purge(home.path(), DELETED + 1, Purge::Done), Ok(Some(purged)));
    assert_eq!(rows(home.path()), rows(alone.path()), "as if it had never been there");
    assert_eq!(ledger_rows(home.path()), 2);
    let left = std::fs::read(home.path().join("abreast.db")).unwrap();
    let log = std::fs::read(home.path().join("abreast.db-wal")).unwrap_or_default();
    let holds = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(
        holds(&left, "common plainword") && !holds(&left, "common secretword") && !holds(&log, "common secretword")
    );
    assert_eq!(load(home.path(), Some("stays")).unwrap().0.files.len(), 1);
    assert_eq!(examine(home.path(), true).unwrap().unwrap().problems, Vec::<String>::new());
}

#[test]
fn what_was_deleted_later_or_is_open_elsewhere_stays_with_every_content() {
    let home = store(vec![session("gone", "x", &['a'])]);
    assert_eq!(purge(home.path(), DELETED, Purge::Done), Ok(Some(Purged::default())));
    let lock = SessionLock::take(home.path(), "gone").unwrap();
    let open = Purged { open_elsewhere: 1, files_stay: true, ..Purged::default() };
    assert_eq!(purge(home.path(), i64::MAX, Purge::Done), Ok(Some(open)));
    drop(lock);
    // Another session that is open may have the same content in a draft that was not written yet.
    let lock = SessionLock::take(home.path(), "new").unwrap();
    let busy = Purged { sessions: 1, turns: 1, files_stay: true, ..Purged::default() };
    assert_eq!(purge(home.path(), i64::MAX, Purge::Done), Ok(Some(busy)));
    drop(lock);
    let rest = Purged { files: 1, file_bytes: 10, ..Purged::default() };
    assert_eq!(purge(home.path(), i64::MAX, Purge::Done), Ok(Some(rest)));
    assert_eq!(purge(&home.path().join("none"), i64::MAX, Purge::Done), Ok(None));
}

#[test]
fn the_health_of_a_store_says_what_deleted_sessions_hold() {
    let home = store(vec![session("gone", "x", &[]), session("stays", "y", &[])]);
    let Held { sessions, bytes } = examine(home.path(), false).unwrap().unwrap().deleted.unwrap();
    assert_eq!(sessions, 1);
    let base = Base::open_file(home.path()).unwrap();
    let sql = "SELECT length(text) + length(body) FROM turns WHERE session = 'gone'";
    assert_eq!(base.connection.query_row(sql, [], |row| row.get::<_, i64>(0)), Ok(bytes.cast_signed()));
}
