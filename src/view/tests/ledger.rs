//! The page of the ledger, and what recent runs cost in the sidebar.

use super::*;
use crate::chat::{Cost, Currency, ExchangeRate, Money};
use crate::pricing::{Exchange, Price};
use crate::state::{Anchor, Overlay, Saving};
use crate::store::{
    LedgerAnswer, LedgerAsk, LedgerGroup, LedgerPrice, LedgerRow, LedgerState, LedgerSums, LedgerTable, LedgerTokens,
    ShelfAnswer, ShelfWork,
};

/// Monday, 23 November 2026, 14:30 UTC.
const NOW: i64 = 1_795_444_200_000;
const SIZES: [(u16, u16); 3] = [(60, 20), (100, 30), (200, 50)];

fn money(amount: &str, currency: &str) -> Money {
    Money { amount: amount.parse().unwrap(), currency: Currency::new(currency).unwrap() }
}

fn run(model: &str, (input, output): (u64, u64), cost: Cost) -> LedgerRow {
    LedgerRow {
        lane: Some('A'),
        tokens: LedgerTokens { input: Some(input), cached: Some(input / 2), output: Some(output), reasoning: None },
        cost,
        ..LedgerRow::new(NOW, "openai", model)
    }
}

fn runs() -> Vec<LedgerRow> {
    let price = r#"{"currency":"CNY","input":"1.8","output":"15"}"#;
    let price = LedgerPrice {
        id: Price::of_canonical(price).unwrap().id().to_string(),
        text: price.into(),
        source: "came with the program: the vendor's page (2026-11-22)".into(),
    };
    let priced = LedgerRow {
        key: 1,
        served_by: Some(MODEL.into()),
        session: "k3".into(),
        usage: serde_json::from_value(json!({"prompt_tokens": 812, "completion_tokens": 204})).unwrap(),
        price: Some(price),
        ..run(MODEL, (812, 204), Cost::Known(money("0.0045216", "CNY")))
    };
    let estimate = Cost::Estimated(money("0.0012", "CNY"));
    vec![
        LedgerRow { tokens: LedgerTokens { cached: Some(0), ..priced.tokens }, ..priced },
        LedgerRow { key: 2, state: Some(LedgerState::Stopped), ..run(MODEL, (120, 60), estimate) },
        LedgerRow { key: 3, ..run("sage-1", (12_345, 3_086), Cost::Reported(money("0.0217", "USD"))) },
        LedgerRow { key: 4, ..run("sage-1", (1, 1), Cost::Known(money("0.0015", "CNY"))) },
        LedgerRow { key: 5, notional: true, ..run("sandbox", (100, 10), Cost::Known(money("0.01", "CNY"))) },
        LedgerRow {
            key: 6,
            tokens: LedgerTokens::default(),
            ..run("\u{1b}[31mevil\u{202e} model with a name that no column is wide enough for", (0, 0), Cost::Unknown)
        },
    ]
}

fn table() -> LedgerTable {
    let mut table = LedgerTable::default();
    for row in runs() {
        let place = table.groups.iter().position(|group| group.key == row.model).unwrap_or_else(|| {
            let (key, label) = (row.model.clone(), row.model.clone());
            table.groups.push(LedgerGroup { key, label, sums: LedgerSums::default() });
            table.groups.len() - 1
        });
        table.groups[place].sums.add(&row);
        table.total.add(&row);
    }
    table
}

/// Answers what is asked of the shelf.
fn answer(scene: &mut Scene, effects: Effects, table: &LedgerTable) {
    for effect in effects {
        let Effect::Shelf(work) = effect else { continue };
        let answer = match &work {
            ShelfWork::Ledger(LedgerAsk::Table { .. }) => LedgerAnswer::Table { table: table.clone(), unsaved: None },
            ShelfWork::Ledger(LedgerAsk::Runs { group, .. }) => {
                let rows = runs().into_iter().filter(|row| row.model == *group).collect();
                LedgerAnswer::Runs { rows, more: true }
            }
            _ => continue,
        };
        scene.event(Event::Shelf { work, answer: ShelfAnswer::Ledger(answer) });
    }
}

fn press(scene: &mut Scene, code: KeyCode, table: &LedgerTable) {
    let effects = scene.event(Event::Key(code.into()));
    answer(scene, effects, table);
}

/// The page by models, over a session of its own.
fn opened(columns: u16, rows: u16, table: &LedgerTable) -> Scene {
    let mut scene = Scene::new(columns, rows);
    let anchor = Anchor { instant: scene.now, unix_ms: NOW };
    scene.state.saving = Some(Box::new(Saving::new("k3".into(), anchor)));
    press(&mut scene, KeyCode::F(4), table);
    for _ in 0..3 {
        press(&mut scene, KeyCode::Tab, table);
    }
    scene
}

#[test]
fn the_page_shows_groups_with_bars_the_runs_of_one_and_what_must_be_said_of_the_sums() {
    for (columns, rows) in SIZES {
        let mut scene = opened(columns, rows, &table());
        press(&mut scene, KeyCode::Enter, &table());
        press(&mut scene, KeyCode::Down, &table());
        insta::assert_snapshot!(format!("ledger_{columns}x{rows}"), scene.frame());
    }
}

#[test]
fn the_bill_of_a_run_says_how_its_tokens_come_to_its_cost_and_which_price_it_was() {
    for (columns, rows) in SIZES {
        let mut scene = opened(columns, rows, &table());
        for code in [KeyCode::Enter, KeyCode::Down, KeyCode::Enter] {
            press(&mut scene, code, &table());
        }
        insta::assert_snapshot!(format!("ledger_bill_{columns}x{rows}"), scene.frame());
    }
}

#[test]
fn another_currency_stands_below_with_the_day_of_its_rate() {
    let mut scene = opened(120, 30, &table());
    let rate = |from: &str, rate: &str, date: &str| ExchangeRate {
        from: Currency::new(from).unwrap(),
        to: Currency::new("EUR").unwrap(),
        rate: rate.parse().unwrap(),
        date: date.into(),
    };
    let rates = vec![rate("CNY", "0.12", "2026-11-01")];
    scene.state.exchange = Exchange { display: Currency::new("EUR"), rates };
    let frame = scene.frame();
    assert!(frame.contains("= €0.000866592 + $0.0217  at the rate of 2026-11-01"), "{frame}");
}

#[test]
fn what_is_empty_failed_or_not_on_the_disk_yet_is_said() {
    let mut scene = opened(120, 30, &LedgerTable::default());
    assert!(scene.frame().contains("Nothing is spent yet. Every run that a server takes is entered here."));
    press(&mut scene, KeyCode::Char('x'), &LedgerTable::default());
    assert!(scene.frame().contains("No run has these words in its names."));
    let Some(Overlay::Ledger(page)) = &mut scene.state.overlay else { panic!("closed") };
    page.unsaved = Some("The disk is full.".into());
    page.failed = Some("The file is damaged.".into());
    let frame = scene.frame();
    assert!(frame.contains("✗ The newest runs are not saved yet and are missing here: The disk is full."), "{frame}");
    assert!(frame.contains("✗ The file is damaged."), "{frame}");
}

#[test]
fn keys_sort_otherwise_and_a_terminal_without_blocks_gets_plain_bars() {
    let mut scene = opened(120, 30, &table());
    let first = |scene: &mut Scene| {
        let frame = scene.frame();
        let line = frame.lines().find(|line| line.contains('▸')).unwrap();
        line.split('▸').nth(2).unwrap().split_whitespace().next().unwrap().to_owned()
    };
    assert_eq!(first(&mut scene), MODEL, "the dearest first");
    scene.ctrl('s');
    scene.key(KeyCode::Up);
    scene.key(KeyCode::Up);
    let frame = scene.frame();
    assert!(frame.contains("by name") && !frame.contains('#'), "{frame}");
    scene.state.spending.plain_signs = true;
    assert!(scene.frame().contains("####"));
}

#[test]
fn a_frame_looks_at_as_many_lines_as_it_has_room_for_however_many_groups_there_are() {
    let of = |groups: usize| {
        let sums = table().groups[0].sums.clone();
        let group = |place: usize| LedgerGroup {
            key: format!("m{place:06}"),
            label: format!("m{place:06}"),
            sums: sums.clone(),
        };
        let table = LedgerTable { groups: (0..groups).map(group).collect(), total: sums.clone() };
        let mut scene = opened(100, 30, &table);
        scene.frame().lines().filter(|line| line.contains("¥0.0057216")).count()
    };
    assert_eq!(of(100), of(20_000));
}

#[test]
fn recent_runs_are_a_row_of_bars_with_the_newest_in_words() {
    let mut scene = Scene::new(160, 40);
    for tokens in [100, 2000, 500] {
        scene.send("Again");
        scene.says(A, "Yes.");
        scene.used(A, 100, tokens);
        scene.ends(A);
    }
    let frame = scene.frame();
    let line = frame.lines().find(|line| line.contains("last")).unwrap_or_else(|| panic!("{frame}"));
    let shown = line.split('│').rev().nth(1).unwrap().trim();
    assert_eq!(shown, "▁█▃  last ¥0.00768");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]
    #[test]
    fn no_size_breaks_the_page(columns in 1u16..=220, rows in 1u16..=60, steps in 0usize..9, bill in any::<bool>()) {
        let mut scene = opened(100, 30, &table());
        press(&mut scene, KeyCode::Enter, &table());
        (0..steps).for_each(|_| scene.key(KeyCode::Down));
        if bill {
            press(&mut scene, KeyCode::Enter, &table());
        }
        scene.event(Event::Resized(Size { columns, rows }));
        let frame = scene.frame();
        let control = frame.chars().find(|sign| sign.is_control() && *sign != '\n' || *sign == '\u{202e}');
        prop_assert_eq!(control, None);
    }
}
