//! What queries find in a small store, and in which order.

use std::sync::atomic::AtomicBool;

use jiff::tz::TimeZone;

use super::*;

/// A session with a title, and its turns' texts.
fn talk(id: &str, title: &str, texts: &[&str]) -> SavedSession {
    let turns = (0_u32..).zip(texts).map(|(place, text)| {
        turn(place, place.checked_sub(1), if place % 2 == 0 { "user" } else { "assistant" }, text)
    });
    SavedSession { turns: turns.collect(), runs: Vec::new(), title: title.into(), ..session(id, 0) }
}

fn run(id: u32, provider: &str, model: &str, outcome: SavedOutcome, cost: SavedCost) -> SavedRun {
    let settings = SavedSettings { provider: provider.into(), model: model.into(), ..SavedSettings::default() };
    SavedRun { id, settings, outcome, cost, accepted: true, ..SavedRun::default() }
}

fn known(amount: &str, currency: &str) -> SavedCost {
    SavedCost::Known { amount: amount.into(), currency: currency.into() }
}

/// The time of the newest session: 2025-11-23, noon. Each one before it is a day older.
const NEWEST: i64 = 1_763_899_200_000;

/// Keeps sessions, the newest first.
fn shelf(sessions: &[SavedSession]) -> tempfile::TempDir {
    let home = home();
    let (writer, _news) = start(home.path());
    for session in sessions {
        writer.keep(StoreWork { session: session.id.clone().into(), writes: with_ledger(session) });
    }
    writer.kept().blocking_recv().unwrap().unwrap();
    drop(writer);
    let base = Base::open_file(home.path()).unwrap();
    base.connection.execute_batch("PRAGMA synchronous = OFF").unwrap();
    for (session, age) in sessions.iter().zip(0..) {
        let at = NEWEST - age * 86_400_000;
        base.connection.execute("UPDATE sessions SET updated = ?2 WHERE id = ?1", (&session.id, at)).unwrap();
    }
    home
}

fn found_in(home: &Path, query: &str, most: usize) -> ShelfFound {
    let reader = ShelfReader::open(home).unwrap().unwrap();
    let query = Query::parse(query, NEWEST, &TimeZone::UTC);
    reader.find(&query, &TimeZone::UTC, most, &AtomicBool::new(false)).unwrap()
}

/// The ids that a query finds.
fn ids(home: &tempfile::TempDir, query: &str) -> Vec<String> {
    let found = found_in(home.path(), query, 100);
    assert_eq!((found.problem, found.more), (None, false), "{query}");
    found.rows.into_iter().map(|row| row.id).collect()
}

fn change(home: &tempfile::TempDir, id: &str, change: &ShelfChange) {
    let mut base = Base::open_file(home.path()).unwrap();
    super::super::change::change(&mut base.connection, id, change, 1).unwrap();
}

fn shown(row: &ShelfRow) -> String {
    let hit = row.hit.as_ref().unwrap();
    let text: String =
        hit.snippet.iter().map(|(hit, text)| if *hit { format!("[{text}]") } else { text.clone() }).collect();
    format!("{} of turn {} ({}): {text}", hit.role, hit.turn, hit.turns)
}

#[test]
fn words_are_found_in_titles_and_texts_whole_in_part_and_in_scripts_without_blanks() {
    let home = shelf(&[
        talk("code", "Parser", &["use get_user_name here", "GetUserName(42) and refunds"]),
        talk("zh", "搜索", &["我们可以使用数据库", "全文検索の結果"]),
        talk("fr", "Café", &["Élève très forêt", "naïve"]),
    ]);
    for (query, expected) in [
        ("", &["code", "zh", "fr"][..]),
        ("parser", &["code"]),
        ("GET_USER", &["code"]),
        ("username", &["code"]),
        ("fund", &["code"]),
        ("re", &["code"]),
        ("42", &["code"]),
        ("数据库", &["zh"]),
        ("用数", &["zh"]),
        ("索", &["zh"]),
        ("結果", &["zh"]),
        ("eleve foret", &["fr"]),
        ("NAÏVE", &["fr"]),
        ("cafe", &["fr"]),
        ("\"eleve tres\"", &["fr"]),
        ("\"eleve foret\"", &[]),
        ("\"refund\"", &[]),
        ("eleve naive", &[]),
        ("prser", &["code"]),
    ] {
        assert_eq!(ids(&home, query), expected, "{query}");
    }
}

#[test]
fn every_filter_leaves_the_sessions_that_it_says() {
    let failed = SavedOutcome::Failed { said: "No.".into() };
    let mut one = talk("one", "First", &["text"]);
    one.runs = vec![
        run(0, "openai", "gpt-5.1", SavedOutcome::Complete, known("0.4", "USD")),
        run(1, "openai", "gpt-5.1", SavedOutcome::Complete, known("0.2", "USD")),
        run(2, "local", "qwen3", failed, SavedCost::Unknown),
    ];
    let mut two = talk("two", "Second", &["text"]);
    two.runs = vec![
        run(0, "deepseek", "deepseek-chat", SavedOutcome::Complete, known("3", "CNY")),
        run(1, "sandbox", "sandbox", SavedOutcome::Complete, known("9", "USD")),
    ];
    let look = SavedCall { name: "lookup_order".into(), ..SavedCall::default() };
    two.turns.push(SavedTurn { tool_calls: vec![look], ..turn(1, Some(0), "assistant", "") });
    let three = talk("three", "Third", &["other"]);
    let home = shelf(&[one, two, three]);
    change(&home, "three", &ShelfChange::Tag(vec!["Work".into(), "a b".into()]));
    change(&home, "two", &ShelfChange::Pin(true));
    for (query, expected) in [
        ("", &["two", "one", "three"][..]),
        ("model:GPT", &["one"]),
        ("-model:gpt", &["two", "three"]),
        ("provider:deep", &["two"]),
        ("after:2025-11-23", &["one"]),
        ("after:1d", &["two", "one"]),
        ("before:2025-11-22", &["three"]),
        ("before:today", &["two", "three"]),
        ("cost>0.5", &["two", "one"]),
        ("cost>0.6", &["two"]),
        ("cost<$1", &["one"]),
        ("cost>¥2", &["two"]),
        ("cost>2USD", &[]),
        ("-cost>0", &["three"]),
        ("tool:lookup", &["two"]),
        ("has:tool", &["two"]),
        ("has:error", &["one"]),
        ("-has:error", &["two", "three"]),
        ("is:pinned", &["two"]),
        ("tag:work", &["three"]),
        ("tag:\"a b\"", &["three"]),
        ("model:gpt has:error text", &["one"]),
        ("model:gpt other", &[]),
        ("text -has:tool", &["one"]),
        ("-other", &["two", "one"]),
        ("-third", &["two", "one"]),
        ("text -\"text\"", &[]),
    ] {
        assert_eq!(ids(&home, query), expected, "{query}");
    }
    change(&home, "one", &ShelfChange::Delete);
    assert_eq!(ids(&home, "is:deleted"), ids(&home, "deleted:yes"));
    assert_eq!((ids(&home, "deleted:yes"), ids(&home, "deleted:yes text")), (vec!["one".into()], vec!["one".into()]));
    assert_eq!(ids(&home, "text"), ["two"]);
    change(&home, "one", &ShelfChange::Restore);
    assert_eq!(ids(&home, "text"), ["two", "one"]);
}

#[test]
fn a_row_tells_what_was_counted_and_where_the_words_stand() {
    let mut one =
        talk("one", "First", &["A refund?", "The refund policy:\nrefunds take days.", "No", "a refunded order"]);
    one.runs = vec![
        run(
            0,
            "b",
            "rare",
            SavedOutcome::Complete,
            SavedCost::Estimated { amount: "0.1".into(), currency: "USD".into() },
        ),
        run(1, "a", "usual", SavedOutcome::Complete, known("0.20", "USD")),
        run(2, "b", "usual", SavedOutcome::Complete, SavedCost::Unknown),
        run(3, "b", "usual", SavedOutcome::Complete, known("2", "CNY")),
    ];
    let home = shelf(&[one]);
    let found = found_in(home.path(), "refund", 10);
    let [row] = found.rows.as_slice() else { panic!("{found:?}") };
    assert_eq!(shown(row), "assistant of turn 1 (2): The [refund] policy: [refund]s take days.");
    let estimated = SavedCost::Estimated { amount: "0.3".into(), currency: "USD".into() };
    assert_eq!(row.costs, [known("2", "CNY"), estimated, SavedCost::Unknown]);
    assert_eq!((row.turns, row.models.as_slice()), (4, &["usual".to_owned(), "rare".to_owned()][..]));
    let part = found_in(home.path(), "fund", 10);
    assert_eq!(shown(&part.rows[0]), "assistant of turn 3 (3): a re[fund]ed order");
    let phrase = found_in(home.path(), "\"refund policy\"", 10);
    assert_eq!(shown(&phrase.rows[0]), "assistant of turn 1 (1): The [refund policy]: refunds take days.");
}

#[test]
fn pinned_ones_come_first_then_titles_then_texts_then_titles_that_are_near_each_the_newest_first() {
    let home = shelf(&[
        talk("near", "Refnud order", &["none"]),
        talk("text", "Other", &["a refund"]),
        talk("title", "Refund policy", &["none"]),
        talk("both", "On refunds", &["a refund too"]),
        talk("pinned", "Old", &["an old refund"]),
    ]);
    change(&home, "pinned", &ShelfChange::Pin(true));
    assert_eq!(ids(&home, "refund"), ["pinned", "title", "both", "text", "near"]);
    let found = found_in(home.path(), "refund", 3);
    assert_eq!((found.rows.len(), found.more), (3, true));
    assert_eq!(shown(&found.rows[2]), "user of turn 0 (1): a [refund] too");
    assert_eq!(found.rows[1].hit, None);
}

#[test]
fn a_common_word_is_found_in_the_order_of_the_list_whatever_the_order_of_the_hits() {
    let mut sessions: Vec<SavedSession> =
        (0..250).map(|place| talk(&format!("s{place:03}"), "x", &["common"; 85])).collect();
    // What was begun first changed last.
    sessions.push(talk("rare", "x", &["uncommon"]));
    let home = shelf(&sessions);
    let found = found_in(home.path(), "\"common\"", 100);
    let expected: Vec<String> = (0..100).map(|place| format!("s{place:03}")).collect();
    assert_eq!(found.rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>(), expected);
    assert!(found.more && found.rows.iter().all(|row| row.hit.as_ref().unwrap().turns == 85));
    let without = found_in(home.path(), "\"common\" -s003 -uncommon", 100);
    assert_eq!((without.rows.len(), without.more), (100, true));
}

#[test]
fn nothing_of_a_query_gets_into_the_language_of_the_index() {
    let home = shelf(&[talk("one", "a", &["AND OR NOT NEAR text col drop table"])]);
    for query in [
        "\"",
        "''",
        "text*",
        "text AND",
        "OR",
        "NOT",
        "NEAR(text)",
        "NEAR/3",
        "{text}",
        "text : x",
        "^text",
        "text\"",
        "(text",
        "text)",
        "*",
        "-",
        "--",
        "-\"",
        "\0",
        "text; DROP TABLE turns",
        "%",
        "_",
        "[te]xt",
        "text?",
        "\u{1b}[31m",
        "text:text",
        "a\u{301}",
        "\u{202e}text",
        "'text'",
        "+text",
        "text\\",
        "col:text",
    ] {
        found_in(home.path(), query, 10);
    }
    for query in ["text AND", "OR", "NOT near", "(text", "text*", "'text'", "text; DROP TABLE", "^text"] {
        assert_eq!(ids(&home, query), ["one"], "{query}");
    }
}

#[test]
fn hostile_text_is_shown_without_what_could_drive_a_terminal() {
    let home = shelf(&[talk("one", "a", &["\u{1b}]0;title\u{7} needle \u{1b}[2J\u{202e}end"])]);
    let found = found_in(home.path(), "needle", 10);
    let shown = shown(&found.rows[0]);
    assert!(!shown.chars().any(char::is_control) && !shown.contains('\u{202e}'), "{shown:?}");
    assert!(shown.contains("[needle]"), "{shown}");
}

#[test]
fn a_text_that_changes_is_found_by_its_new_words_alone() {
    let home = shelf(&[talk("one", "a", &["before"])]);
    let (writer, _news) = start(home.path());
    keep(&writer, "one", vec![Write::Turn(Box::new(turn(0, None, "user", "afterwards")))]).unwrap();
    assert_eq!((ids(&home, "before"), ids(&home, "afterwards")), (vec![], vec!["one".to_owned()]));
}

#[test]
fn a_search_sees_whole_commits_while_another_connection_writes() {
    let home = shelf(&[talk("one", "a", &["word"])]);
    let reader = ShelfReader::open(home.path()).unwrap().unwrap();
    let query = Query::parse("word", NEWEST, &TimeZone::UTC);
    let turns = || {
        let found = reader.find(&query, &TimeZone::UTC, 10, &AtomicBool::new(false)).unwrap();
        found.rows[0].hit.as_ref().unwrap().turns
    };
    let (writer, _news) = start(home.path());
    for count in 1..20 {
        assert_eq!(turns(), u64::from(count));
        keep(&writer, "one", vec![Write::Turn(Box::new(turn(count, Some(count - 1), "user", "word")))]).unwrap();
    }
    let other = Base::open_file(home.path()).unwrap();
    other.connection.execute_batch("BEGIN IMMEDIATE; UPDATE turns SET text = 'gone'").unwrap();
    assert_eq!(turns(), 20);
}

#[test]
fn a_search_that_was_overtaken_ends() {
    let home = shelf(&[talk("one", "a", &["word"])]);
    let reader = ShelfReader::open(home.path()).unwrap().unwrap();
    let query = Query::parse("word", NEWEST, &TimeZone::UTC);
    let found = reader.find(&query, &TimeZone::UTC, 10, &AtomicBool::new(true));
    assert_eq!(found, Err(StoreFault::Overtaken));
}

#[test]
fn the_beginning_of_a_long_list_comes_before_the_rest_of_it() {
    let ids: Vec<String> = (0..30).map(|number| format!("s{number:02}")).collect();
    let home = shelf(&ids.iter().map(|id| talk(id, "a", &["word"])).collect::<Vec<_>>());
    let reader = ShelfReader::open(home.path()).unwrap().unwrap();
    let parts = |query: &str, most| {
        let query = Query::parse(query, NEWEST, &TimeZone::UTC);
        let mut parts = Vec::new();
        let mut first = |found: ShelfFound| parts.push(found);
        let whole = reader.find_in_parts(&query, &TimeZone::UTC, (most, &mut first), &AtomicBool::new(false)).unwrap();
        parts.push(whole);
        parts
    };
    let both = parts("word", 100);
    assert_eq!((both.len(), both[0].more, both[1].more), (2, true, false));
    assert_eq!((both[0].rows.len(), both[1].rows.len()), (20, 30));
    assert_eq!(both[0].rows[..], both[1].rows[..20]);
    assert_eq!(both[1].rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>(), ids);
    assert_eq!(parts("", 20).len(), 1, "all of it is no more than the beginning");
}

#[test]
fn what_a_search_needs_is_read_ahead_unless_something_else_is_wanted() {
    let home = shelf(&[talk("one", "a", &["word"])]);
    let reader = ShelfReader::open(home.path()).unwrap().unwrap();
    assert_eq!(reader.read_ahead(&AtomicBool::new(true)), Err(StoreFault::Overtaken));
    assert_eq!(reader.read_ahead(&AtomicBool::new(false)), Ok(()));
}

#[test]
fn the_index_is_left_when_many_pages_are_found_and_what_changed_last_still_comes_first() {
    // The newest of the list were begun first, so the index has them last.
    let ids: Vec<String> = (0..30).map(|number| format!("s{number:02}")).collect();
    let home = shelf(&ids.iter().map(|id| talk(id, "a", &["word other"])).collect::<Vec<_>>());
    change(&home, "s07", &ShelfChange::Tag(vec!["rare".into()]));
    let found = |query: &str| {
        let found = found_in(home.path(), query, 2);
        (found.rows.into_iter().map(|row| row.id).collect::<Vec<_>>(), found.more)
    };
    assert_eq!(found("word"), (ids[..2].to_vec(), true));
    assert_eq!(found("word -none"), (ids[..2].to_vec(), true));
    assert_eq!(found("tag:rare wor oth"), (vec!["s07".to_owned()], false), "sessions that are not listed do not count");
}
