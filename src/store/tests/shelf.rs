//! The shelf beside the writer: answers in order, sessions that are opened and given back, changes that stay.

use jiff::tz::TimeZone;

use super::*;

/// The shelf of a directory, and what it answers.
struct Asked {
    shelf: Shelf,
    answers: Receiver<(ShelfWork, ShelfAnswer)>,
    store: Store,
}

fn ask_in(directory: &Path) -> Asked {
    let (store, _news) = start(directory);
    let (sender, answers) = channel();
    let tell = move |work, answer| drop(sender.send((work, answer)));
    Asked { shelf: Shelf::start(directory.to_owned(), &store, TimeZone::UTC, tell), answers, store }
}

impl Asked {
    fn ask(&self, work: &ShelfWork) -> ShelfAnswer {
        self.shelf.ask(work.clone());
        let (asked, answer) = self.answers.recv().unwrap();
        assert_eq!(asked, *work);
        answer
    }

    fn found(&self, query: &str) -> Vec<String> {
        match self.ask(&ShelfWork::Find { query: query.into(), serial: 1 }) {
            ShelfAnswer::Found(found) => found.rows.into_iter().map(|row| row.id).collect(),
            other => panic!("{other:?}"),
        }
    }

    fn change(&self, id: &str, change: ShelfChange) -> ShelfAnswer {
        self.ask(&ShelfWork::Change { id: id.into(), change })
    }

    fn open(&self, id: &str) -> ShelfAnswer {
        self.ask(&ShelfWork::Open { id: id.into() })
    }
}

fn opened(session: &SavedSession) -> ShelfAnswer {
    ShelfAnswer::Opened { session: Box::new(unread(session)), elsewhere: None }
}

#[test]
fn an_empty_query_lists_all_sessions_with_what_was_counted_of_them() {
    let home = home();
    store(home.path(), &[session("one", 2), session("two", 3)]);
    let asked = ask_in(home.path());
    let ShelfAnswer::Found(mut found) = asked.ask(&ShelfWork::Find { query: String::new(), serial: 1 }) else {
        panic!("no list");
    };
    assert!(found.rows.iter().all(|row| row.updated > 1_790_000_000_000));
    found.rows.iter_mut().for_each(|row| row.updated = 0);
    let row = |id: &str, turns| ShelfRow {
        id: id.into(),
        title: format!("On {id}"),
        created: 1_790_000_000_000,
        turns,
        models: vec![String::new()],
        costs: vec![SavedCost::Known { amount: "0.0045".into(), currency: "CNY".into() }],
        ..ShelfRow::default()
    };
    assert_eq!(found, ShelfFound { rows: vec![row("two", 3), row("one", 2)], more: false, problem: None });
}

#[test]
fn without_a_file_nothing_is_found_and_none_is_made() {
    let home = home();
    let asked = ask_in(home.path());
    assert_eq!(asked.found(""), [""; 0]);
    let none = ShelfAnswer::Failed("There is no session `one`: `abreast sessions` lists the newest.".into());
    assert_eq!(asked.open("one"), none);
    assert_eq!(asked.change("one", ShelfChange::Pin(true)), none);
    assert_eq!(asked.ask(&ShelfWork::Preview { id: "one".into(), turn: None }), none);
    assert!(!file(home.path()).exists());
}

#[test]
fn a_chosen_title_stays_whatever_the_program_that_has_it_open_writes() {
    let home = home();
    store(home.path(), &[session("one", 2)]);
    let asked = ask_in(home.path());
    assert_eq!(asked.change("one", ShelfChange::Rename(" Chosen \n title ".into())), ShelfAnswer::Changed);
    let (other, _news) = start(home.path());
    keep(&other, "one", SavedSession { title: "The first message".into(), ..session("one", 3) }.writes()).unwrap();
    assert_eq!(loaded(home.path(), "one").title, "Chosen title");
    assert_eq!(asked.found("chosen"), ["one"]);
    assert_eq!(asked.found("message"), [""; 0]);
    assert_eq!(asked.change("one", ShelfChange::Rename(String::new())), ShelfAnswer::Changed);
    assert_eq!(asked.found("message"), ["one"]);
}

#[test]
fn pinned_sessions_come_first_and_deleted_ones_not_at_all_until_they_are_restored() {
    let home = home();
    store(home.path(), &[session("one", 1), session("two", 1), session("three", 1)]);
    let asked = ask_in(home.path());
    asked.change("one", ShelfChange::Pin(true));
    asked.change("three", ShelfChange::Delete);
    assert_eq!(asked.found(""), ["one", "two"]);
    assert_eq!(load(home.path(), None).unwrap().0.id, "two");
    assert_eq!(loaded(home.path(), "three"), SavedSession { deleted: true, ..session("three", 1) });
    asked.change("three", ShelfChange::Restore);
    asked.change("one", ShelfChange::Pin(false));
    assert_eq!(asked.found(""), ["three", "two", "one"]);
}

#[test]
fn opening_a_session_gives_the_former_one_to_others() {
    let home = home();
    store(home.path(), &[session("one", 1), session("two", 2)]);
    let asked = ask_in(home.path());
    assert_eq!(asked.open("one"), opened(&session("one", 1)));
    let mine = OpenElsewhere { process: Some(std::process::id()) };
    assert_eq!(SessionLock::take(home.path(), "one").unwrap_err(), mine);
    keep(&asked.store, "one", vec![Write::Turn(Box::new(turn(1, Some(0), "user", "more")))]).unwrap();
    assert!(matches!(asked.open("one"), ShelfAnswer::Opened { elsewhere: None, .. }));
    assert_eq!(asked.open("two"), opened(&session("two", 2)));
    drop(SessionLock::take(home.path(), "one").unwrap().unwrap());
    let other = SessionLock::take(home.path(), "one").unwrap();
    let ShelfAnswer::Opened { session, elsewhere } = asked.open("one") else { panic!("not opened") };
    assert_eq!((session.turns.len(), elsewhere), (2, Some(mine)));
    assert!(SessionLock::take(home.path(), "two").is_ok());
    drop(other);
}

#[test]
fn a_session_that_is_begun_gives_the_one_before_it_to_others() {
    let home = home();
    let (store, _news) = start(home.path());
    keep(&store, "one", session("one", 1).writes()).unwrap();
    assert!(SessionLock::take(home.path(), "one").is_err());
    keep(&store, "one-1", session("one-1", 1).writes()).unwrap();
    assert!(SessionLock::take(home.path(), "one").is_ok());
    keep(&store, "one", vec![Write::Turn(Box::new(turn(1, Some(0), "user", "late")))]).unwrap();
    assert!(SessionLock::take(home.path(), "one-1").is_err());
}

#[test]
fn what_comes_late_of_a_session_that_was_left_is_kept_and_the_session_stays_free_for_others() {
    let home = home();
    store(home.path(), &[session("one", 1), session("two", 2)]);
    let asked = ask_in(home.path());
    assert_eq!(asked.open("one"), opened(&session("one", 1)));
    assert_eq!(asked.open("two"), opened(&session("two", 2)));
    keep(&asked.store, "one", vec![Write::Turn(Box::new(turn(1, Some(0), "user", "late")))]).unwrap();
    assert_eq!(loaded(home.path(), "one").turns.len(), 2);
    assert!(SessionLock::take(home.path(), "one").is_ok());
    assert!(SessionLock::take(home.path(), "two").is_err());
}

#[test]
fn a_session_that_is_open_elsewhere_is_not_deleted() {
    let home = home();
    store(home.path(), &[session("one", 1), session("two", 1)]);
    let lock = SessionLock::take(home.path(), "one").unwrap();
    let asked = ask_in(home.path());
    let process = std::process::id();
    let said = format!("The session is open in another Abreast (process {process}): close it there first.");
    assert_eq!(asked.change("one", ShelfChange::Delete), ShelfAnswer::Failed(said));
    assert_eq!(asked.change("one", ShelfChange::Pin(true)), ShelfAnswer::Changed);
    assert_eq!(asked.change("two", ShelfChange::Delete), ShelfAnswer::Changed);
    drop(lock);
    assert_eq!(asked.found(""), ["one"]);
}

#[test]
fn what_cannot_be_saved_keeps_its_session_on_the_screen() {
    let home = home();
    store(home.path(), &[session("one", 1), session("two", 1)]);
    let other = Base::open_file(home.path()).unwrap();
    let asked = ask_in(home.path());
    asked.open("one");
    other.connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    let more = vec![Write::Turn(Box::new(turn(1, Some(0), "user", "more")))];
    asked.store.keep(StoreWork { session: "one".into(), writes: more });
    let said = "The session on the screen is not saved yet: another program holds the store: close it, or wait; this \
                program tries again by itself.";
    assert_eq!(asked.open("two"), ShelfAnswer::Failed(said.into()));
    other.connection.execute_batch("ROLLBACK").unwrap();
    asked.store.kept().blocking_recv().unwrap().unwrap();
    assert_eq!(asked.open("two"), opened(&session("two", 1)));
}

#[test]
fn a_preview_follows_one_branch_around_a_turn_or_to_the_end() {
    let home = home();
    let mut kept = session("one", 40);
    kept.turns.push(turn(40, Some(9), "assistant", "another answer"));
    kept.turns.push(SavedTurn {
        tool_calls: vec![SavedCall { name: "look".into(), arguments: "{}".into(), ..SavedCall::default() }],
        ..turn(41, Some(40), "assistant", "")
    });
    store(home.path(), &[kept]);
    let asked = ask_in(home.path());
    let shown = |turn| match asked.ask(&ShelfWork::Preview { id: "one".into(), turn }) {
        ShelfAnswer::Preview(shown) => shown.turns,
        other => panic!("{other:?}"),
    };
    let places = |turn| shown(turn).iter().map(|turn| turn.turn).collect::<Vec<_>>();
    assert_eq!(places(Some(20)), (12..=28).collect::<Vec<_>>());
    assert_eq!(places(None), (0..10).chain([40, 41]).collect::<Vec<_>>());
    assert_eq!(shown(None).last().unwrap().text, "look {}");
    assert_eq!(places(Some(99)), [0; 0]);
}

#[test]
fn a_damaged_file_is_told_and_left_for_the_writer() {
    let home = home();
    store(home.path(), &[session("one", 40)]);
    let mut bytes = fs::read(file(home.path())).unwrap();
    bytes[..100].fill(b'x');
    fs::write(file(home.path()), &bytes).unwrap();
    let asked = ask_in(home.path());
    let answer = asked.ask(&ShelfWork::Find { query: String::new(), serial: 1 });
    let said = "The store is damaged: restart Abreast, which sets it aside and recovers what can be read.";
    assert_eq!(answer, ShelfAnswer::Failed(said.into()));
    assert_eq!(fs::read(file(home.path())).unwrap(), bytes);
}

#[test]
fn changes_that_were_asked_for_are_made_before_the_shelf_ends() {
    let home = home();
    store(home.path(), &[session("one", 1)]);
    let Asked { shelf, answers, store } = ask_in(home.path());
    for pinned in [true, false, true] {
        shelf.ask(ShelfWork::Change { id: "one".into(), change: ShelfChange::Pin(pinned) });
    }
    drop(shelf);
    drop(store);
    assert_eq!(answers.iter().count(), 3);
    assert!(load(home.path(), Some("one")).is_ok());
}
