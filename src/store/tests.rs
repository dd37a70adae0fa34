//! The store on a real file, and what becomes of it when the disk, another program or a kill gets in its way.

use std::fs;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};

use serde_json::json;

use super::base::{Base, file};
use super::*;
use crate::chat::WirePlace;

fn home() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn start(directory: &Path) -> (Store, Receiver<StoreNews>) {
    let (sender, news) = channel();
    (Store::start(directory.to_owned(), Vec::new(), move |told| drop(sender.send(told))), news)
}

fn keep(store: &Store, session: &str, writes: Vec<Write>) -> Result<(), StoreFault> {
    store.keep(StoreWork { session: session.into(), writes });
    store.kept().blocking_recv().unwrap()
}

fn turn(id: u32, parent: Option<u32>, role: &str, text: &str) -> SavedTurn {
    SavedTurn { id, parent, role: role.into(), text: text.into(), ..SavedTurn::default() }
}

/// All of a session, and what its runs cost.
fn with_ledger(session: &SavedSession) -> Vec<Write> {
    let rows = spent(session).into_iter().map(|row| Write::Ledger(Box::new(row)));
    session.clone().writes().into_iter().chain(rows).collect()
}

fn spent(session: &SavedSession) -> Vec<LedgerRow> {
    let row = |run: &SavedRun| {
        let usage = run.usage.clone().unwrap_or_default();
        let SavedUsage { input, cached, output, reasoning, .. } = usage;
        LedgerRow {
            session: session.id.clone(),
            run: run.id,
            tokens: LedgerTokens { input, cached, output, reasoning },
            cost: run.cost.cost(),
            notional: run.settings.provider == "sandbox",
            ..LedgerRow::new(run.started, &run.settings.provider, &run.settings.model)
        }
    };
    let over = session.runs.iter().filter(|run| run.outcome != SavedOutcome::Running && run.accepted);
    over.map(row).collect()
}

/// A session with a question, its reply and the run between them.
fn session(id: &str, turns: u32) -> SavedSession {
    let lane = json!({"letter": "A", "tip": 1, "settings": {"model": "m", "params": {"temperature": 0.35}}, "mood": 7});
    let wire = SavedWire { reads: vec![(5, 3)], bytes: b"abc".to_vec(), until: 5, ..SavedWire::default() };
    let run = SavedRun {
        outcome: SavedOutcome::Complete,
        accepted: true,
        usage: Some(SavedUsage { output: Some(7), ..SavedUsage::default() }),
        cost: SavedCost::Known { amount: "0.0045".into(), currency: "CNY".into() },
        wire: Some(wire),
        ..SavedRun::default()
    };
    let text = |place: u32| format!("turn {place} of {id} {}", "word ".repeat(80));
    SavedSession {
        version: FORMAT,
        id: id.into(),
        title: format!("On {id}"),
        created: 1_790_000_000_000,
        lanes: vec![serde_json::from_value(lane).unwrap()],
        focused: Some('A'),
        turns: (0..turns).map(|place| turn(place, place.checked_sub(1), "user", &text(place))).collect(),
        runs: vec![run],
        composer: SavedComposer { draft: "next".into(), history: vec!["old".into()], ..SavedComposer::default() },
        queue: SavedQueue {
            waiting: vec![SavedQueued { text: "later".into(), to: vec!['A'], ..SavedQueued::default() }],
            held: true,
        },
        ..SavedSession::default()
    }
}

fn store(directory: &Path, sessions: &[SavedSession]) {
    let (store, news) = start(directory);
    for session in sessions {
        keep(&store, &session.id, with_ledger(session)).unwrap();
    }
    drop(store);
    assert_eq!(news.try_iter().collect::<Vec<_>>(), []);
}

/// The same as it is opened: its wires stay in the store.
fn unread(session: &SavedSession) -> SavedSession {
    let place = |run: &SavedRun| WirePlace { session: session.id.as_str().into(), run: run.id };
    let left =
        |run: &SavedRun| SavedRun { wire: None, wire_place: run.wire.as_ref().map(|_| place(run)), ..run.clone() };
    SavedSession { runs: session.runs.iter().map(left).collect(), ..session.clone() }
}

fn loaded(directory: &Path, id: &str) -> SavedSession {
    load(directory, Some(id)).unwrap().0
}

#[test]
fn a_session_is_read_as_it_was_kept_and_the_last_one_is_found_without_its_name() {
    let home = home();
    let kept = [session("one", 2), session("two", 3)];
    store(home.path(), &kept);
    assert_eq!(loaded(home.path(), "one"), kept[0]);
    assert_eq!(load(home.path(), None).unwrap(), (kept[1].clone(), None));
    assert_eq!(load(home.path(), Some("three")).unwrap_err(), StoreFault::NoSession("three".into()));
    assert_eq!(load(self::home().path(), None).unwrap_err(), StoreFault::Empty);
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_any_of_its_files() {
    use std::os::unix::fs::PermissionsExt;
    let home = home();
    let directory = home.path().join("data");
    let (store, _news) = start(&directory);
    keep(&store, "one", session("one", 2).writes()).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let files = fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().path());
    let modes: Vec<u32> = files.filter(|path| path.is_file()).map(|path| mode(&path)).collect();
    assert_eq!(modes, [0o600; 3]);
    assert_eq!([mode(&directory), mode(&directory.join("open"))], [0o700; 2]);
    assert_eq!(mode(&directory.join("open/one.lock")), 0o600);
}

#[test]
fn a_reply_that_never_ended_has_all_the_pieces_that_were_kept() {
    let home = home();
    let (store, _news) = start(home.path());
    let whole = SavedSession { turns: vec![turn(0, None, "assistant", "")], ..session("one", 0) };
    keep(&store, "one", whole.writes()).unwrap();
    let piece = |arguments: &str| SavedCallPiece {
        index: 0,
        call: SavedCall { id: "c1".into(), name: "f".into(), arguments: arguments.into(), extra: None },
    };
    let token = SavedToken::default();
    let tokens = SavedTokens { all: vec![token.clone()], unfinished: vec![0xE2] };
    for part in [
        SavedPart::Text("Hel".into()),
        SavedPart::Text("lo".into()),
        SavedPart::Reasoning("Hm".into()),
        SavedPart::Tokens(tokens.clone()),
        SavedPart::Tokens(tokens),
        SavedPart::Call(piece("{\"a\"")),
        SavedPart::Call(piece(":1}")),
        SavedPart::Text("!".into()),
    ] {
        keep(&store, "one", vec![Write::Append { turn: 0, part }]).unwrap();
    }
    let call = SavedCall { id: "c1".into(), name: "f".into(), arguments: "{\"a\":1}".into(), extra: None };
    let expected = SavedTurn {
        reasoning: "Hm".into(),
        tokens: SavedTokens { all: vec![token.clone(), token], unfinished: vec![0xE2] },
        tool_calls: vec![call],
        ..turn(0, None, "assistant", "Hello!")
    };
    assert_eq!(loaded(home.path(), "one").turns, std::slice::from_ref(&expected));
    keep(&store, "one", vec![Write::Turn(Box::new(expected.clone()))]).unwrap();
    assert_eq!(loaded(home.path(), "one").turns, [expected]);
}

#[test]
fn a_long_reply_costs_a_small_multiple_of_its_length_in_writing() {
    let home = home();
    let (store, _news) = start(home.path());
    keep(&store, "one", vec![Write::Turn(Box::new(turn(0, None, "assistant", "")))]).unwrap();
    let piece = "0123456789abcdef ".repeat(240);
    let pieces = 256;
    for _ in 0..pieces {
        let part = SavedPart::Text(piece.clone());
        keep(&store, "one", vec![Write::Append { turn: 0, part }]).unwrap();
    }
    let base = Base::open_file(home.path()).unwrap();
    let pages: u32 = base.connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    let length = u32::try_from(piece.len() * pieces).unwrap();
    assert!(pages * 4096 < length * 2, "{pages} pages for {length} bytes");
    let count = |table: &str| -> u32 {
        base.connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    };
    assert_eq!(count("pieces"), 256);
    keep(&store, "one", vec![Write::Turn(Box::new(turn(0, None, "assistant", &piece.repeat(pieces))))]).unwrap();
    assert_eq!(count("pieces"), 0);
}

#[test]
fn small_pieces_that_come_together_become_one_row() {
    let home = home();
    let (store, _news) = start(home.path());
    for _ in 0..1000 {
        let part = SavedPart::Text("ab".into());
        store.keep(StoreWork { session: "one".into(), writes: vec![Write::Append { turn: 0, part }] });
    }
    store.kept().blocking_recv().unwrap().unwrap();
    let base = Base::open_file(home.path()).unwrap();
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let found: (u32, u32) =
        base.connection.query_row("SELECT count(*), sum(length(piece)) FROM pieces", [], row).unwrap();
    assert!(found.0 < 20 && found.1 == 2000, "{found:?}");
}

#[test]
fn the_ledger_has_a_row_for_each_run_that_is_over_and_the_index_finds_the_text_once() {
    let home = home();
    let kept = session("one", 2);
    store(home.path(), &[kept.clone(), kept]);
    let base = Base::open_file(home.path()).unwrap();
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let entry: (String, String, u32) =
        base.connection.query_row("SELECT amount, currency, output FROM ledger", [], row).unwrap();
    assert_eq!(entry, ("0.0045".into(), "CNY".into(), 7));
    let sql = "SELECT count(*) FROM found WHERE found MATCH 'turn'";
    assert_eq!(base.connection.query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap(), 2);
    base.connection.execute("INSERT INTO found (found) VALUES ('integrity-check')", []).unwrap();
}

#[test]
fn while_another_program_writes_it_is_told_and_everything_is_kept_afterwards() {
    let home = home();
    store(home.path(), &[session("one", 2)]);
    let other = Base::open_file(home.path()).unwrap();
    other.connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (store, news) = start(home.path());
    let written = keep(&store, "one", vec![Write::Turn(Box::new(turn(2, Some(1), "user", "more")))]);
    assert_eq!(written, Err(StoreFault::Locked));
    assert_eq!(news.recv().unwrap(), StoreNews::Failing(StoreFault::Locked));
    other.connection.execute_batch("ROLLBACK").unwrap();
    assert_eq!(news.recv().unwrap(), StoreNews::Saved);
    assert_eq!(loaded(home.path(), "one").turns.len(), 3);
}

#[test]
fn a_full_disk_loses_nothing_that_was_kept_and_takes_the_rest_when_there_is_room() {
    let home = home();
    store(home.path(), &[session("one", 2)]);
    let mut base = Base::open_file(home.path()).unwrap();
    base.connection.pragma_update(None, "max_page_count", 1).unwrap();
    let long = [("one", vec![Write::Turn(Box::new(turn(2, Some(1), "user", &"long ".repeat(100_000))))])];
    assert_eq!(write::apply(&mut base.connection, &long, 1), Err(StoreFault::Full));
    assert_eq!(loaded(home.path(), "one").turns, session("one", 2).turns);
    base.connection.pragma_update(None, "max_page_count", 1_000_000).unwrap();
    assert_eq!(write::apply(&mut base.connection, &long, 1), Ok(()));
    assert_eq!(loaded(home.path(), "one").turns.len(), 3);
}

#[test]
fn a_folder_that_cannot_be_had_is_told() {
    let home = home();
    let taken = home.path().join("taken");
    fs::write(&taken, "a file").unwrap();
    let (store, news) = start(&taken.join("data"));
    let written = keep(&store, "one", session("one", 1).writes());
    assert!(matches!(&written, Err(StoreFault::Directory { .. })), "{written:?}");
    assert_eq!(news.recv().unwrap(), StoreNews::Failing(written.unwrap_err()));
}

#[test]
fn a_store_that_may_not_be_written_is_told_and_can_be_read() {
    let home = home();
    store(home.path(), &[session("one", 2)]);
    let mut base = Base::open_file(home.path()).unwrap();
    base.connection.pragma_update(None, "query_only", true).unwrap();
    let more = [("one", vec![Write::Turn(Box::new(turn(2, Some(1), "user", "more")))])];
    assert_eq!(write::apply(&mut base.connection, &more, 1), Err(StoreFault::ReadOnly));
    assert_eq!(loaded(home.path(), "one"), session("one", 2));
}

#[test]
fn a_store_of_a_newer_program_is_left_alone() {
    let home = home();
    store(home.path(), &[session("one", 2)]);
    Base::open_file(home.path()).unwrap().connection.pragma_update(None, "user_version", 99).unwrap();
    let before = fs::read(file(home.path())).unwrap();
    let fault = StoreFault::Newer { found: 99, known: schema::known() };
    assert_eq!(load(home.path(), None).unwrap_err(), fault);
    let (store, news) = start(home.path());
    assert_eq!(keep(&store, "one", session("one", 3).writes()), Err(fault.clone()));
    assert_eq!(news.recv().unwrap(), StoreNews::Failing(fault));
    drop(store);
    assert_eq!(fs::read(file(home.path())).unwrap(), before);
}

#[test]
fn a_copy_of_the_files_at_any_length_of_the_log_opens_with_whole_commits() {
    let home = home();
    let (store, _news) = start(home.path());
    for turns in 1..8 {
        keep(&store, "one", session("one", turns).writes()).unwrap();
    }
    let log = fs::read(home.path().join("abreast.db-wal")).unwrap();
    let body = fs::read(file(home.path())).unwrap();
    let mut last = 0;
    for cut in (0..=log.len()).step_by(1 + log.len() / 60).chain([log.len()]) {
        let copy = self::home();
        fs::write(file(copy.path()), &body).unwrap();
        fs::write(copy.path().join("abreast.db-wal"), &log[..cut]).unwrap();
        let turns = match load(copy.path(), None) {
            Ok((session, None)) => session.turns.len(),
            Err(StoreFault::Empty) => 0,
            other => panic!("cut at {cut}: {other:?}"),
        };
        assert!(turns >= last, "cut at {cut}: {turns} after {last}");
        last = turns;
    }
    assert_eq!(last, 7);
}

#[test]
fn a_file_with_a_broken_head_is_set_aside_whole_and_its_sessions_are_recovered() {
    for width in [16, 100] {
        let home = home();
        let kept = [session("one", 40), session("two", 3)];
        store(home.path(), &kept);
        let mut bytes = fs::read(file(home.path())).unwrap();
        bytes[..width].fill(b'x');
        fs::write(file(home.path()), &bytes).unwrap();
        let (session, said) = load(home.path(), Some("one")).unwrap();
        let aside = home.path().join("abreast.db.damaged-1");
        assert_eq!(session, kept[0]);
        assert_eq!(
            said.unwrap(),
            format!(
                "The store was damaged. It was set aside as {}; 2 sessions and 43 turns were recovered from it.",
                aside.display()
            )
        );
        assert_eq!(fs::read(aside).unwrap(), bytes);
        assert_eq!(loaded(home.path(), "two"), kept[1]);
    }
}

#[test]
fn pages_of_rubbish_cost_their_rows_and_nothing_else() {
    let home = home();
    let kept: Vec<SavedSession> = (0..30).map(|place| session(&format!("s{place}"), 30)).collect();
    store(home.path(), &kept);
    let mut bytes = fs::read(file(home.path())).unwrap();
    let pages = bytes.len() / 4096;
    let middle = pages / 2 * 4096;
    bytes[middle..middle + 4096].fill(0xFF);
    bytes[..16].fill(0);
    fs::write(file(home.path()), &bytes).unwrap();
    let (_, said) = load(home.path(), None).unwrap();
    assert!(said.is_some());
    let base = Base::open_file(home.path()).unwrap();
    let count: u32 = base.connection.query_row("SELECT count(*) FROM turns", [], |row| row.get(0)).unwrap();
    assert!(count > 600, "{count} of 900 turns");
}

#[test]
fn a_session_that_is_open_elsewhere_is_told_with_the_program_that_has_it() {
    let home = home();
    let lock = SessionLock::take(home.path(), "one").unwrap().unwrap();
    let other = SessionLock::take(home.path(), "one").unwrap_err();
    assert_eq!(other, OpenElsewhere { process: Some(std::process::id()) });
    assert!(SessionLock::take(home.path(), "two").is_ok());
    drop(lock);
    assert!(SessionLock::take(home.path(), "one").unwrap().is_some());
    assert_eq!(fs::read_dir(home.path().join("open")).unwrap().count(), 0);
}

#[test]
fn a_file_is_kept_once_however_often_it_is_attached_and_before_what_needs_it() {
    let home = tempfile::tempdir().unwrap();
    let attached =
        |name: &str| SavedAttachment { name: name.into(), sha256: "ab".into(), ..SavedAttachment::default() };
    let file = SavedFile { sha256: "ab".into(), bytes: vec![7; 100_000].into() };
    let of = |id: &str| {
        let mut session = session(id, 2);
        session.turns.iter_mut().for_each(|turn| turn.attachments = vec![attached("a.png")]);
        session.composer.attachments = vec![attached("draft.png")];
        session.queue.waiting[0].attachments = vec![attached("queued.png")];
        session.files = vec![file.clone()];
        session
    };
    let writes = of("one").writes();
    let place = |wanted: fn(&Write) -> bool| writes.iter().position(wanted).unwrap();
    assert!(place(|write| matches!(write, Write::File(_))) < place(|write| matches!(write, Write::Turn(_))));
    store(home.path(), &[of("one"), of("two")]);
    assert_eq!([loaded(home.path(), "one"), loaded(home.path(), "two")], [of("one"), of("two")]);
    let connection = rusqlite::Connection::open(home.path().join("abreast.db")).unwrap();
    let count: u32 = connection.query_row("SELECT count(*) FROM files", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 1);
}

/// Rubbish in the text index, which only writing and searching come across.
fn break_index(directory: &Path) {
    let connection = rusqlite::Connection::open(file(directory)).unwrap();
    let sql = "UPDATE found_data SET block = x'ffffffffffffffffffffffff' WHERE id = 10";
    assert_eq!(connection.execute(sql, []), Ok(1));
}

#[test]
fn damage_that_shows_only_when_something_is_written_is_recovered_then_and_nothing_is_lost() {
    let home = home();
    let kept = [session("one", 2), session("two", 3)];
    store(home.path(), &kept);
    break_index(home.path());
    let (store, news) = start(home.path());
    assert_eq!(keep(&store, "one", vec![Write::Turn(Box::new(turn(2, Some(1), "user", "more")))]), Ok(()));
    drop(store);
    let said: Vec<StoreNews> = news.try_iter().collect();
    assert!(
        matches!(said.as_slice(), [StoreNews::Recovered(said)] if said.contains("2 sessions and 5 turns")),
        "{said:?}"
    );
    let more = loaded(home.path(), "one").turns.pop().unwrap();
    assert_eq!((more.text.as_str(), loaded(home.path(), "two")), ("more", kept[1].clone()));
}

#[test]
fn a_program_whose_file_was_set_aside_by_another_one_goes_on_in_the_new_one() {
    let home = home();
    let (first, _) = start(home.path());
    keep(&first, "one", session("one", 2).writes()).unwrap();
    break_index(home.path());
    let (second, _) = start(home.path());
    keep(&second, "two", session("two", 2).writes()).unwrap();
    keep(&first, "one", vec![Write::Turn(Box::new(turn(2, Some(1), "user", "more")))]).unwrap();
    keep(&second, "two", vec![Write::Turn(Box::new(turn(2, Some(1), "user", "more")))]).unwrap();
    assert_eq!(loaded(home.path(), "one").turns.len(), 3);
    assert_eq!(loaded(home.path(), "two").turns.len(), 3);
    assert!(!home.path().join("abreast.db.damaged-2").exists());
}

#[test]
fn a_table_that_cannot_be_read_at_all_does_not_take_the_others_along() {
    let home = home();
    store(home.path(), &[session("one", 2)]);
    let root = |name: &str| -> u32 {
        let connection = rusqlite::Connection::open(file(home.path())).unwrap();
        let sql = "SELECT rootpage FROM sqlite_schema WHERE name = ?1";
        connection.query_row(sql, [name], |row| row.get(0)).unwrap()
    };
    let at = usize::try_from(root("runs") - 1).unwrap() * 4096;
    let mut bytes = fs::read(file(home.path())).unwrap();
    bytes[at..at + 4096].fill(0xFF);
    fs::write(file(home.path()), &bytes).unwrap();
    let (session, said) = load(home.path(), None).unwrap();
    assert_eq!((session.turns.len(), session.runs.len(), said.is_some()), (2, 0, true));
    assert_eq!(load(home.path(), None).unwrap(), (session, None));
}

mod find;
mod ledger;
mod migration;
mod purge;
mod shelf;
mod wires;
