use rusqlite::params;

use super::*;
use crate::store::base::Base;
use crate::store::load;

/// A store with so many sessions, open as a program has it, a part of it still in the log.
fn open(directory: &Path, sessions: u32) -> Base {
    let base = Base::open_file(directory).unwrap();
    for id in 0..sessions {
        let sql =
            "INSERT INTO sessions (id, title, created, updated, body) VALUES (?1, 't', ?2, ?2, '{\"version\": 1}')";
        base.connection.execute(sql, params![format!("s{id}"), id]).unwrap();
        let sql = "INSERT INTO turns (session, turn, role, text, body) VALUES (?1, 0, 'user', 'said', '{\"id\": 0, \"role\": \"user\"}')";
        base.connection.execute(sql, [format!("s{id}")]).unwrap();
    }
    base
}

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_backup_has_all_that_was_committed_while_another_program_writes_and_opens_in_its_place() {
    let (home, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let base = open(home.path(), 3);
    base.connection.execute_batch("BEGIN IMMEDIATE; UPDATE sessions SET title = 'not yet';").unwrap();
    let to = other.path().join("abreast.db");
    let made = backup(home.path(), &to, false).unwrap();
    assert_eq!(made, Backup { sessions: 3, bytes: fs::metadata(&to).unwrap().len() });
    assert_eq!(names(other.path()), ["abreast.db"], "one file, and nothing beside it");
    let (session, said) = load(other.path(), Some("s2")).unwrap();
    assert_eq!((session.title.as_str(), session.turns[0].text.as_str(), said), ("t", "said", None));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&to).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_file_that_is_there_is_replaced_only_when_asked_and_only_by_a_whole_backup() {
    let home = tempfile::tempdir().unwrap();
    let to = home.path().join("backup.db");
    fs::write(&to, "mine").unwrap();
    let data = home.path().join("data");
    assert_eq!(backup(&data, &to, true), Err(StoreFault::Empty));
    let base = open(&data, 1);
    let refused = backup(&data, &to, false).unwrap_err().to_string();
    assert!(refused.starts_with(&format!("{} cannot be written: ", to.display())), "{refused}");
    assert_eq!(fs::read(&to).unwrap(), b"mine");
    assert_eq!(backup(&data, &to, true).unwrap().sessions, 1);
    assert!(matches!(backup(&data, &file(&data), true), Err(StoreFault::Unfit(_))));
    drop(base);
    let good = fs::read(&to).unwrap();
    fs::write(file(&data), "rubbish").unwrap();
    assert_eq!(backup(&data, &to, true), Err(StoreFault::Damaged));
    assert_eq!(backup(&data, &home.path().join("new.db"), false), Err(StoreFault::Damaged));
    assert_eq!(fs::read(&to).unwrap(), good);
    assert_eq!(names(home.path()), ["backup.db", "data"]);
}
