//! The ledger in a real file: only ever added to, by several programs at once, and brought over from older files.

use std::thread;

use jiff::tz::TimeZone;
use proptest::prelude::*;
use rusqlite::Connection;
use serde_json::Map;

use super::*;
use crate::chat::{Cost, Currency, Money};
use crate::pricing::Price;

fn rows(directory: &Path) -> Vec<LedgerRow> {
    let mut rows = Vec::new();
    let ledger = Ledger::open(directory).unwrap();
    ledger
        .each(&LedgerQuery::default(), &TimeZone::UTC, |_, row| {
            rows.push(row);
            true
        })
        .unwrap();
    rows
}

/// The rows without their numbers.
fn unnumbered(directory: &Path) -> Vec<LedgerRow> {
    rows(directory).into_iter().map(|row| LedgerRow { key: 0, ..row }).collect()
}

fn cost(kind: &str, amount: &str, currency: &str) -> Cost {
    let money = Money { amount: amount.parse().unwrap(), currency: Currency::new(currency).unwrap() };
    match kind {
        "known" => Cost::Known(money),
        "reported" => Cost::Reported(money),
        _ => Cost::Estimated(money),
    }
}

/// What a run of a session cost.
fn entry(session: &str, run: u32, amount: &str) -> LedgerRow {
    LedgerRow {
        session: session.into(),
        run,
        cost: cost("known", amount, "CNY"),
        ..LedgerRow::new(1_790_000_000_000, "lab", "m")
    }
}

/// A row with something in every field.
fn full() -> LedgerRow {
    let usage: Map<String, serde_json::Value> =
        serde_json::from_value(json!({"prompt_tokens": 812, "z": [1.50, "\u{1b}"], "a": null})).unwrap();
    let price = r#"{"currency":"CNY","input":"1.8","output":"15"}"#;
    LedgerRow {
        served_by: Some("m-2026-01-01".into()),
        lane: Some('B'),
        preset: Some("terse".into()),
        state: Some(LedgerState::Stopped),
        tier: Some("flex".into()),
        tokens: LedgerTokens { input: Some(812), cached: Some(12), output: Some(204), reasoning: Some(0) },
        usage: Some(usage),
        cost: cost("known", "0.00452160", "CNY"),
        notional: true,
        price: Some(LedgerPrice {
            id: Price::of_canonical(price).unwrap().id().to_string(),
            text: price.into(),
            source: "your own (2026-11-01)".into(),
        }),
        ..entry("one", 3, "1")
    }
}

#[test]
fn a_row_is_read_as_it_was_entered_and_its_price_is_kept_once() {
    let home = home();
    let ask = LedgerRow { session: String::new(), ..full() };
    let unknown = LedgerRow { state: None, ..LedgerRow::new(5, "lab", "m") };
    let all = [full(), ask, unknown];
    enter_rows(home.path(), &all).unwrap();
    assert_eq!(unnumbered(home.path()), all);
    let base = Base::open_file(home.path()).unwrap();
    assert_eq!(base.connection.query_row("SELECT count(*) FROM prices", [], |row| row.get::<_, u32>(0)).unwrap(), 1);
}

#[test]
fn no_row_and_no_price_is_ever_changed_replaced_or_deleted() {
    let home = home();
    enter_rows(home.path(), &[full()]).unwrap();
    let before = rows(home.path());
    let base = Base::open_file(home.path()).unwrap();
    for sql in
        ["UPDATE ledger SET amount = '0'", "DELETE FROM ledger", "UPDATE prices SET price = ''", "DELETE FROM prices"]
    {
        let refused = base.connection.execute(sql, []).unwrap_err().to_string();
        assert!(refused.contains("the ledger is never") || refused.contains("in the ledger is never"), "{refused}");
    }
    for sql in [
        "INSERT OR REPLACE INTO ledger (key, session, run, at, provider, model, cost) VALUES (1, '', 0, 0, '', '', 'unknown')",
        "INSERT OR REPLACE INTO prices (id, price) SELECT id, '' FROM prices",
    ] {
        assert_eq!(base.connection.execute(sql, []).unwrap(), 0, "{sql}");
    }
    assert_eq!(rows(home.path()), before);
}

#[test]
fn the_same_said_twice_counts_once_and_a_correction_takes_the_place_of_what_it_corrects() {
    let home = home();
    let first = LedgerRow { cost: Cost::Unknown, ..entry("one", 0, "1") };
    let estimated = LedgerRow { cost: cost("estimated", "0.02", "CNY"), ..first.clone() };
    let later = LedgerRow { at: first.at + 60_000, ..first.clone() };
    for row in [&first, &first, &estimated, &estimated, &later] {
        let (store, _news) = start(home.path());
        keep(&store, "one", vec![Write::Ledger(Box::new(row.clone()))]).unwrap();
    }
    let counted = rows(home.path());
    assert_eq!(counted.iter().map(|row| row.key).collect::<Vec<_>>(), [2, 3], "another moment is another run");
    assert_eq!((counted[0].corrects, &counted[0].cost), (Some(1), &estimated.cost));
    let base = Base::open_file(home.path()).unwrap();
    assert_eq!(base.connection.query_row("SELECT count(*) FROM ledger", [], |row| row.get::<_, u32>(0)).unwrap(), 3);
    let sql =
        "SELECT group_concat(cost || ' ' || runs || ' ' || amount, '; ') FROM (SELECT * FROM spent ORDER BY cost)";
    let spent: String = base.connection.query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!(spent, "estimated 1 0.02; unknown 1 0");
}

#[test]
fn two_programs_that_write_at_once_lose_no_row_and_a_clock_set_back_changes_no_order() {
    let home = home();
    enter_rows(home.path(), &[]).unwrap();
    let writers: Vec<_> = (0..4_i64)
        .map(|writer| {
            let directory = home.path().to_owned();
            thread::spawn(move || {
                for place in 0..10 {
                    let row = LedgerRow {
                        run: place,
                        ..LedgerRow::new(1_000 - i64::from(place), "lab", &writer.to_string())
                    };
                    enter_rows(&directory, &[row]).unwrap();
                }
            })
        })
        .collect();
    writers.into_iter().for_each(|writer| writer.join().unwrap());
    let rows = rows(home.path());
    assert_eq!(rows.len(), 40);
    for writer in 0..4 {
        let runs: Vec<u32> = rows.iter().filter(|row| row.model == writer.to_string()).map(|row| row.run).collect();
        assert_eq!(runs, (0..10).collect::<Vec<_>>(), "in the order in which they were entered");
    }
}

#[test]
fn a_copy_of_a_session_is_no_new_spending_and_a_deleted_session_leaves_its_rows() {
    let home = home();
    store(home.path(), &[session("one", 2)]);
    let (store, _news) = start(home.path());
    keep(&store, "two", SavedSession { id: "two".into(), ..session("one", 2) }.writes()).unwrap();
    let shelf = Shelf::start(home.path().to_owned(), &store, TimeZone::UTC, |_, _| {});
    shelf.ask(ShelfWork::Change { id: "one".into(), change: ShelfChange::Delete });
    drop(shelf);
    assert_eq!(unnumbered(home.path()), spent(&session("one", 2)));
}

/// A file of version 3, as it was before the ledger was only added to.
fn older(directory: &Path) {
    drop(Base::open_file(directory).unwrap());
    for suffix in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(super::super::base::with_suffix(&file(directory), suffix));
    }
    let connection = Connection::open(file(directory)).unwrap();
    schema::add_functions(&connection).unwrap();
    for step in &schema::STEPS[..3] {
        connection.execute_batch(step).unwrap();
    }
    connection.pragma_update(None, "user_version", 3).unwrap();
    let run = r#"{"id": 0, "served_by": "m-1", "service_tier": "flex",
        "usage": {"input": 3, "reasoning": 2, "raw": {"prompt_tokens": 3, "x": 1}}}"#;
    let insert = |sql: &str| connection.execute(sql, []).unwrap();
    insert("INSERT INTO sessions VALUES ('one', 'On one', 1, 1, '{\"version\": 1}')");
    insert(&format!("INSERT INTO runs VALUES (1, 'one', 0, 1, 'lab', 'm', 'stopped', '{run}', NULL)"));
    insert("INSERT INTO presets_used VALUES ('one', 0, 'terse')");
    insert("INSERT INTO ledger VALUES (7, 'one', 0, 5, 'lab', 'm', 3, 1, 4, 'known', '0.00010', 'CNY')");
    insert("INSERT INTO ledger VALUES (9, 'gone', 2, 6, 'sandbox', 'm', NULL, NULL, NULL, 'unknown', NULL, NULL)");
}

fn of_older() -> [LedgerRow; 2] {
    let known = LedgerRow {
        key: 7,
        tokens: LedgerTokens { input: Some(3), cached: Some(1), output: Some(4), reasoning: Some(2) },
        cost: cost("known", "0.00010", "CNY"),
        session: "one".into(),
        served_by: Some("m-1".into()),
        preset: Some("terse".into()),
        state: Some(LedgerState::Stopped),
        tier: Some("flex".into()),
        usage: serde_json::from_value(json!({"prompt_tokens": 3, "x": 1})).unwrap(),
        ..LedgerRow::new(5, "lab", "m")
    };
    let gone =
        LedgerRow { session: "gone".into(), run: 2, state: None, notional: true, ..LedgerRow::new(6, "sandbox", "m") };
    [known, LedgerRow { key: 9, ..gone }]
}

#[test]
fn the_rows_of_an_older_file_keep_their_numbers_and_learn_what_their_runs_say() {
    let home = home();
    older(home.path());
    let spent = |connection: &Connection| {
        let sql = "SELECT group_concat(cost || ' ' || runs || ' ' || amount) FROM spent";
        connection.query_row(sql, [], |row| row.get::<_, Option<String>>(0)).unwrap()
    };
    let before = spent(&Connection::open(file(home.path())).unwrap());
    assert_eq!(rows(home.path()), of_older());
    assert_eq!(spent(&Base::open_file(home.path()).unwrap().connection), before);
    enter_rows(home.path(), &[full()]).unwrap();
    assert_eq!(rows(home.path())[2].key, 10);
}

#[test]
fn a_damaged_file_loses_no_row_that_can_be_read_also_where_it_is_an_older_one() {
    let home = home();
    older(home.path());
    damage(home.path());
    let (base, said) = Base::open(home.path()).unwrap();
    assert!(said.is_some());
    drop(base);
    let bare = |row: LedgerRow| LedgerRow {
        tokens: LedgerTokens { reasoning: None, ..row.tokens },
        usage: None,
        served_by: None,
        preset: None,
        state: None,
        tier: None,
        ..row
    };
    assert_eq!(rows(home.path()), of_older().map(bare));

    let newer = self::home();
    enter_rows(newer.path(), &[full(), LedgerRow { cost: cost("known", "0.5", "USD"), ..full() }]).unwrap();
    let kept = rows(newer.path());
    damage(newer.path());
    assert!(Base::open(newer.path()).unwrap().1.is_some());
    assert_eq!(rows(newer.path()), kept);
}

/// Spoils the head of a file that nobody has open.
fn damage(directory: &Path) {
    let checkpoint = Connection::open(file(directory)).unwrap();
    checkpoint.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(checkpoint);
    let mut bytes = fs::read(file(directory)).unwrap();
    bytes[..16].copy_from_slice(b"no longer SQLite");
    fs::write(file(directory), bytes).unwrap();
}

#[test]
fn words_find_runs_by_their_names_and_a_span_by_their_moments() {
    let home = home();
    store(home.path(), &[session("one", 2)]);
    let other = LedgerRow { at: 9, served_by: Some("Sage-1".into()), ..LedgerRow::new(9, "shop", "alias") };
    enter_rows(home.path(), &[other, full()]).unwrap();
    let ledger = Ledger::open(home.path()).unwrap();
    let runs = |words: &str, since, until| {
        let query = LedgerQuery { words: words.into(), since, until, ..LedgerQuery::default() };
        ledger.table(&query, &TimeZone::UTC).unwrap().total.all().runs
    };
    assert_eq!([runs("", None, None), runs("sage SHOP", None, None), runs("sage lab", None, None)], [3, 1, 0]);
    assert_eq!(
        [runs("on one", None, None), runs("terse stopped", None, None), runs("notional", None, None)],
        [2, 1, 1]
    );
    assert_eq!([runs("", Some(9), Some(10)), runs("", None, Some(9)), runs("", Some(10), None)], [1, 1, 1]);
}

fn any_row() -> impl Strategy<Value = LedgerRow> {
    let cost = prop_oneof![
        Just(Cost::Unknown),
        (0..3_usize, 0..10_000_000_u64, 0..12_u32, 0..2_usize).prop_map(|(kind, amount, scale, currency)| {
            let amount = rust_decimal::Decimal::from_i128_with_scale(amount.into(), scale).to_string();
            cost(["known", "reported", "estimated"][kind], &amount, ["CNY", "USD"][currency])
        })
    ];
    let count = || prop::option::of(0..1_000_000_u64);
    let names = (0..3_usize, 0..3_usize, prop::option::of(prop::char::range('A', 'C')));
    (cost, names, (count(), count(), count()), -100_000..100_000_i64, any::<bool>()).prop_map(
        |(cost, (model, preset, lane), (input, cached, output), minutes, notional)| LedgerRow {
            cost,
            lane,
            preset: ["", "terse", "long"].get(preset).filter(|name| !name.is_empty()).map(|name| (*name).to_owned()),
            session: ["", "one", "two"][model].into(),
            run: u32::try_from(minutes + 100_000).unwrap(),
            tokens: LedgerTokens { input, cached, output, reasoning: None },
            notional,
            ..LedgerRow::new(1_790_000_000_000 + minutes * 60_000, ["lab", "shop"][preset % 2], ["a", "b", "c"][model])
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_sums_of_any_grouping_come_to_the_sum_of_the_rows_to_the_last_digit(all in prop::collection::vec(any_row(), 0..40)) {
        let home = home();
        enter_rows(home.path(), &all).unwrap();
        let ledger = Ledger::open(home.path()).unwrap();
        let kept = rows(home.path());
        let mut exact = std::collections::BTreeMap::<(bool, Option<String>), (u64, rust_decimal::Decimal)>::new();
        for row in &kept {
            let money = row.cost.money();
            let part = exact.entry((row.notional, money.map(|money| money.currency.code().to_owned()))).or_default();
            part.0 += 1;
            part.1 += money.map(|money| money.amount).unwrap_or_default();
        }
        for by in LedgerBy::ALL {
            let query = LedgerQuery { by, ..LedgerQuery::default() };
            let table = ledger.table(&query, &TimeZone::fixed(jiff::tz::offset(8))).unwrap();
            let mut joined = LedgerSums::default();
            table.groups.iter().for_each(|group| joined.join(&group.sums));
            prop_assert_eq!(&joined, &table.total);
            let found: std::collections::BTreeMap<_, _> = table.total.parts.iter().map(|(part, tally)| {
                let currency = part.currency.as_ref().map(|currency| currency.code().to_owned());
                ((part.notional, currency), (tally.runs, tally.amount))
            }).collect();
            prop_assert_eq!(&found, &exact);
        }
    }
}
