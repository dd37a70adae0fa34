//! Wires stay in the store until they are asked for, and go where their runs go.

use jiff::tz::TimeZone;

use super::*;

/// A session of three runs: with a wire, without one, and with another one.
fn wired(id: &str) -> SavedSession {
    let mut session = session(id, 2);
    let first = session.runs.remove(0);
    let bare = SavedRun { id: 1, wire: None, ..first.clone() };
    let wire = SavedWire { reads: vec![(9, 4)], bytes: b"last".to_vec(), until: 9, ..SavedWire::default() };
    let last = SavedRun { id: 2, wire: Some(wire), ..first.clone() };
    session.runs = vec![first, bare, last];
    session
}

fn damage(directory: &Path, run: u32) {
    let base = Base::open_file(directory).unwrap();
    base.connection.execute("UPDATE runs SET wire = x'00' WHERE run = ?1", [run]).unwrap();
}

#[test]
fn a_session_is_opened_without_its_wires_and_has_them_all_once_they_are_read() {
    let home = home();
    let kept = wired("one");
    store(home.path(), std::slice::from_ref(&kept));
    let found = Awaited::find(home.path(), None).unwrap();
    assert_eq!((found.id.as_str(), found.title, found.version), ("one", kept.title.clone(), kept.version));
    assert_eq!(load_without_wires(home.path(), None), Ok((unread(&kept), None)));
    let (mut text, _) = load_without_wires(home.path(), Some("one")).unwrap();
    assert_eq!((&text, text.unread_wires()), (&unread(&kept), 2));
    read_wires(home.path(), &mut text).unwrap();
    assert_eq!((&text, &loaded(home.path(), "one")), (&kept, &kept));
}

#[test]
fn a_wire_that_cannot_be_read_stays_where_it_is_and_costs_nothing_else() {
    let home = home();
    let kept = wired("one");
    store(home.path(), std::slice::from_ref(&kept));
    damage(home.path(), 0);
    let mut whole = kept;
    whole.runs[0] = unread(&whole).runs[0].clone();
    assert_eq!(loaded(home.path(), "one"), whole);
}

#[test]
fn a_copy_under_another_name_has_the_wires_that_it_names_and_keeps_those_it_has() {
    let home = home();
    let kept = wired("one");
    store(home.path(), std::slice::from_ref(&kept));
    let (store, _news) = start(home.path());
    let mut copy = unread(&kept);
    copy.runs[2].id = 5;
    keep(&store, "two", SavedSession { id: "two".into(), ..copy.clone() }.writes()).unwrap();
    let mut found = kept.clone();
    (found.id, found.runs[2].id) = ("two".into(), 5);
    assert_eq!(loaded(home.path(), "two"), found);
    // Run 5 names the wire of run 0 now, and has one already.
    let other = SavedRun { wire_place: copy.runs[0].wire_place.clone(), ..copy.runs[2].clone() };
    keep(&store, "two", vec![Write::Run(Box::new(other))]).unwrap();
    assert_eq!(loaded(home.path(), "two"), found);
}

#[test]
fn the_shelf_reads_one_wire_once_it_is_on_the_disk() {
    let home = home();
    let kept = wired("one");
    let (store, _news) = start(home.path());
    let (sender, answers) = channel();
    let shelf = Shelf::start(home.path().to_owned(), &store, TimeZone::UTC, move |_, answer| {
        drop(sender.send(answer));
    });
    let ask = |run| {
        shelf.ask(ShelfWork::Wire(WirePlace { session: "one".into(), run }));
        answers.recv().unwrap()
    };
    let gone = "The store holds no record of this run's wire that can be read: `abreast doctor` looks at the store.";
    assert_eq!(ask(2), ShelfAnswer::Failed(gone.into()));
    store.keep(StoreWork { session: "one".into(), writes: kept.clone().writes() });
    assert_eq!(ask(2), ShelfAnswer::Wire(Box::new(kept.runs[2].wire.clone().unwrap())));
    assert_eq!(ask(1), ShelfAnswer::Failed(gone.into()));
    damage(home.path(), 2);
    assert_eq!(ask(2), ShelfAnswer::Failed(gone.into()));
}
