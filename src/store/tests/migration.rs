//! A file of the first version becomes one of this version, and a damaged one of this version is recovered.

use rusqlite::Connection;

use super::super::schema;
use super::*;

/// Everything that follows from the other tables, and what the user chose.
fn derived(home: &Path) -> Vec<String> {
    let base = Base::open_file(home).unwrap();
    let queries = [
        "SELECT concat_ws('|', session, title, plain, created, updated, pinned, deleted, turns, failed) FROM shelf ORDER BY session",
        "SELECT concat_ws('|', session, provider, model, runs) FROM answered JOIN shelf ON key = shelf ORDER BY 1",
        "SELECT concat_ws('|', session, tool) FROM called JOIN shelf ON key = shelf ORDER BY 1",
        "SELECT concat_ws('|', session, cost, currency, runs, amount) FROM spent JOIN shelf ON key = shelf ORDER BY 1",
        "SELECT word FROM words ORDER BY 1",
        "SELECT concat_ws('|', session, found.rowid & 1048575) FROM found JOIN shelf ON key = found.rowid >> 20
            WHERE found MATCH 'turn OR text' ORDER BY 1",
        "SELECT count(*) FROM word_parts WHERE word GLOB '*ord*'",
        "SELECT concat_ws('|', session, run, preset) FROM presets_used ORDER BY 1",
        "SELECT concat_ws('|', session, tag) FROM tags ORDER BY 1",
        "SELECT concat_ws('|', session, title, pinned, deleted) FROM marks ORDER BY 1",
    ];
    let rows = |sql: &&str| {
        let mut statement = base.connection.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get_ref(0).map(|value| format!("{value:?}"))).unwrap();
        rows.map(Result::unwrap).collect::<Vec<_>>().join("\n")
    };
    queries.iter().map(rows).collect()
}

fn rich() -> Vec<SavedSession> {
    let mut one = session("one", 3);
    let call = SavedCall { name: "look".into(), ..SavedCall::default() };
    one.turns.push(SavedTurn { tool_calls: vec![call], ..turn(3, Some(2), "assistant", "text 検索") });
    let failed = SavedOutcome::Failed { said: "No.".into() };
    let preset = Some("brief".to_owned());
    one.runs.push(SavedRun { id: 1, outcome: failed, accepted: true, preset, ..one.runs[0].clone() });
    vec![one, session("two", 2)]
}

#[test]
fn a_file_of_the_first_version_gets_all_that_a_new_one_has() {
    let [old, new] = [home(), home()];
    let connection = Connection::open(file(old.path())).unwrap();
    connection.execute_batch(schema::STEPS[0]).unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
    drop(connection);
    store(new.path(), &rich());
    // The same rows as the first version had them.
    let path = file(new.path());
    let connection = Connection::open(file(old.path())).unwrap();
    connection.execute("ATTACH ?1 AS other", [path.to_str().unwrap()]).unwrap();
    for table in ["sessions", "lanes", "turns", "pieces", "runs", "drafts"] {
        connection.execute(&format!("INSERT INTO {table} SELECT * FROM other.{table}"), []).unwrap();
    }
    let columns = "key, session, run, at, provider, model, input, cached, output, cost, amount, currency";
    connection.execute(&format!("INSERT INTO ledger SELECT {columns} FROM other.ledger"), []).unwrap();
    drop(connection);
    assert_eq!(derived(old.path()), derived(new.path()));
    assert_eq!(loaded(old.path(), "one"), rich()[0]);
}

#[test]
fn a_body_that_is_damaged_does_not_keep_a_file_of_the_first_version_from_being_opened() {
    let home = home();
    let connection = Connection::open(file(home.path())).unwrap();
    connection.execute_batch(schema::STEPS[0]).unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
    for (session, body) in [("one", "{}"), ("two", "{\"tool_c")] {
        let head = "INSERT INTO sessions (id, title, created, updated, body) VALUES (?1, ?1, 1, 1, '{\"version\":1}')";
        connection.execute(head, [session]).unwrap();
        let turn = "INSERT INTO turns (session, turn, role, text, body) VALUES (?1, 0, 'user', 'word', ?2)";
        connection.execute(turn, [session, body]).unwrap();
        let run = "INSERT INTO runs (session, run, started, provider, model, outcome, body)
            VALUES (?1, 0, 1, 'p', 'm', 'complete', ?2)";
        connection.execute(run, [session, body]).unwrap();
    }
    drop(connection);
    let base = Base::open_file(home.path()).unwrap();
    let sql = "SELECT group_concat(session || ' ' || turns, ', ' ORDER BY session) FROM shelf";
    let shelf: String = base.connection.query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!(shelf, "one 1, two 1");
}

#[test]
fn a_reader_brings_an_older_file_up_to_this_version_too() {
    let home = home();
    let connection = Connection::open(file(home.path())).unwrap();
    connection.execute_batch(schema::STEPS[0]).unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
    drop(connection);
    assert!(ShelfReader::open(home.path()).unwrap().is_some());
    let base = Base::open_file(home.path()).unwrap();
    assert!(schema::is_current(&base.connection).unwrap());
}

#[test]
fn what_the_user_chose_is_recovered_and_the_rest_is_counted_anew() {
    let home = home();
    store(home.path(), &rich());
    let mut base = Base::open_file(home.path()).unwrap();
    for change in [
        ShelfChange::Rename("Chosen".into()),
        ShelfChange::Tag(vec!["a".into(), "b".into()]),
        ShelfChange::Pin(true),
        ShelfChange::Delete,
    ] {
        super::super::change::change(&mut base.connection, "one", &change, 5).unwrap();
    }
    drop(base);
    let before = derived(home.path());
    let mut bytes = fs::read(file(home.path())).unwrap();
    bytes[..16].fill(b'x');
    fs::write(file(home.path()), &bytes).unwrap();
    assert!(load(home.path(), Some("two")).unwrap().1.is_some());
    assert_eq!(derived(home.path()), before);
}

#[test]
fn a_cost_that_becomes_known_later_is_counted_once() {
    let home = home();
    let cost =
        |cost| SavedSession { runs: vec![SavedRun { cost, ..session("one", 0).runs[0].clone() }], ..session("one", 1) };
    let known = |amount: &str| SavedCost::Known { amount: amount.into(), currency: "USD".into() };
    store(home.path(), &[cost(SavedCost::Unknown), cost(known("0.1")), cost(known("0.25"))]);
    let base = Base::open_file(home.path()).unwrap();
    let sql = "SELECT concat_ws(' ', cost, currency, runs, amount) FROM spent WHERE runs > 0";
    let spent: String = base.connection.query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!(spent, "known USD 1 0.25");
}

#[test]
fn the_sandbox_costs_nobody_anything() {
    assert!(include_str!("../step_2.sql").contains(&format!("new.provider <> '{}'", crate::config::SANDBOX)));
}
