//! The list of sessions.

use jiff::tz::TimeZone;

use super::*;
use crate::state::{Anchor, Saving};
use crate::store::{SavedCost, ShelfAnswer, ShelfFound, ShelfHit, ShelfPreview, ShelfRow, ShelfTurn, ShelfWork};

/// Monday, 23 November 2026, 14:30 UTC.
const NOW: i64 = 1_795_444_200_000;
const HOUR: i64 = 3_600_000;

fn cost(amount: &str) -> SavedCost {
    SavedCost::Known { amount: amount.into(), currency: "CNY".into() }
}

fn rows() -> Vec<ShelfRow> {
    let row = |id: &str, title: &str, hours: i64, turns, models: &[&str]| ShelfRow {
        id: id.into(),
        title: title.into(),
        updated: NOW - hours * HOUR,
        turns,
        models: models.iter().map(|model| (*model).to_owned()).collect(),
        ..ShelfRow::default()
    };
    vec![
        ShelfRow {
            pinned: true,
            tags: vec!["work".into(), "billing".into()],
            costs: vec![cost("0.0184"), SavedCost::Unknown],
            ..row("a", "Refund policy in three bullet points", 30, 12, &["gpt-5.1-2025-11-13", "sage-1", "thyme"])
        },
        ShelfRow { costs: vec![cost("1.2")], ..row("k3", "What changed, was it luck?", 1, 340, &["gpt-5.1"]) },
        ShelfRow {
            costs: vec![cost("0.3")], ..row("b", "返金ポリシーを三点でまとめる", 5, 4, &["qwen3:32b"])
        },
        row("c", "", 260, 1, &[]),
        row(
            "d",
            "\u{1b}[31mevil\u{202e} title that is much longer than any list of sessions is wide, really, it is",
            9000,
            2,
            &["m"],
        ),
    ]
}

/// The list over a session of its own, with what was found.
fn listed(columns: u16, rows: u16, found: ShelfFound, query: &str) -> Scene {
    let mut scene = Scene::new(columns, rows);
    let anchor = Anchor { instant: scene.now, unix_ms: NOW };
    scene.state.saving = Some(Box::new(Saving::new("k3".into(), anchor)));
    scene.state.zone = TimeZone::UTC;
    scene.send("What changed, was it luck?");
    scene.says(A, "It was the temperature.");
    scene.ends(A);
    scene.ctrl('o');
    let mut serial = 1;
    for sign in query.chars() {
        scene.key(KeyCode::Char(sign));
        serial += 1;
    }
    let work = ShelfWork::Find { query: query.into(), serial };
    let effects = scene.event(Event::Shelf { work, answer: ShelfAnswer::Found(found) });
    for effect in effects {
        if let Effect::Shelf(ShelfWork::Preview { id, turn }) = effect {
            let said = [
                ("user", "Summarise the refund policy in three bullet points."),
                (
                    "assistant",
                    "- Refunds within **30 days**.\n- Digital goods are excluded.\n- The giver of a gift decides what the refund policy says of it, and nobody else.",
                ),
            ];
            let turns =
                (0..).zip(said).map(|(turn, (role, text))| ShelfTurn { turn, role: role.into(), text: text.into() });
            let answer = ShelfAnswer::Preview(ShelfPreview { id: id.clone(), turns: turns.collect() });
            scene.event(Event::Shelf { work: ShelfWork::Preview { id, turn }, answer });
        }
    }
    scene
}

fn all() -> ShelfFound {
    ShelfFound { rows: rows(), ..ShelfFound::default() }
}

/// What is found for some words.
fn matching() -> ShelfFound {
    let piece = |matches, text: &str| (matches, text.to_owned());
    let snippet = vec![
        piece(false, "… decides what the "),
        piece(true, "refund"),
        piece(false, " "),
        piece(true, "policy"),
        piece(false, " says of it, and nobody else."),
    ];
    let hit = ShelfHit { turn: 1, role: "assistant".into(), snippet, turns: 3 };
    let mut rows = rows();
    rows.truncate(3);
    rows[0].hit = Some(ShelfHit { turns: 1, ..hit.clone() });
    rows[2].hit = Some(hit);
    ShelfFound { rows, more: true, problem: Some("`cost>much` is no amount: write cost>0.5.".into()) }
}

const SIZES: [(u16, u16); 3] = [(60, 20), (100, 30), (200, 50)];

#[test]
fn the_list_tells_sessions_apart_and_shows_the_end_of_the_selected_one() {
    for (columns, rows) in SIZES {
        let frame = listed(columns, rows, all(), "").frame();
        insta::assert_snapshot!(format!("sessions_{columns}x{rows}"), frame);
    }
}

#[test]
fn what_was_looked_for_is_shown_with_its_place_in_the_text() {
    for (columns, rows) in SIZES {
        let frame = listed(columns, rows, matching(), "refund policy cost>much").emphasised();
        insta::assert_snapshot!(format!("sessions_found_{columns}x{rows}"), frame);
    }
}

#[test]
fn an_empty_list_says_what_to_do() {
    let line = |query: &str| {
        let frame = listed(100, 30, ShelfFound::default(), query).frame();
        frame.lines().nth(4).unwrap().trim_matches(['│', ' ']).to_owned()
    };
    assert_eq!(line(""), "No session is saved yet. What you send is saved by itself, and is found here.");
    assert_eq!(line("zebra"), "Nothing matches “zebra”. Fewer words or filters find more.");
    let mut waiting = Scene::new(100, 30);
    waiting.state.saving = Some(Box::new(Saving::new("k3".into(), Anchor { instant: waiting.now, unix_ms: NOW })));
    waiting.ctrl('o');
    assert!(waiting.frame().contains("Looking …"));
}

#[test]
fn what_was_done_to_a_session_is_told_below_the_first_rows_and_above_the_keys() {
    for (columns, rows) in SIZES {
        let mut scene = listed(columns, rows, all(), "");
        let now = scene.now;
        scene.state.notices.show(Level::Note, "“Lanes” is deleted.", now);
        let frame = scene.frame();
        let place = |text: &str| frame.lines().position(|line| line.contains(text)).expect(text);
        let places = ["type to find", "filters", "Refund policy", "is deleted.", "Enter opens"].map(place);
        assert!(places.is_sorted(), "{frame}");
    }
}

#[test]
fn a_click_selects_a_session_a_second_one_opens_it_and_the_wheel_moves() {
    let mut scene = listed(200, 50, all(), "");
    let selected = |scene: &Scene| match &scene.state.overlay {
        Some(crate::state::Overlay::Sessions(list)) => list.selected,
        other => panic!("{other:?}"),
    };
    scene.frame();
    let target = scene.view.target(20, 5);
    assert_eq!(target, Target::OverlayRow { row: 0 });
    let mut pointer = |kind| scene.event(Event::Pointer(Pointer { kind, target }));
    assert!(pointer(PointerKind::Press).iter().all(|effect| !matches!(effect, Effect::Shelf(ShelfWork::Open { .. }))));
    let effects = pointer(PointerKind::Press);
    assert!(effects.contains(&Effect::Shelf(ShelfWork::Open { id: "a".into() })), "{effects:?}");
    pointer(PointerKind::WheelDown);
    assert_eq!(selected(&scene), 1);
    scene.frame();
    assert_eq!(scene.view.target(150, 20), Target::Overlay);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn no_size_breaks_the_list(columns in 1u16..=220, rows in 1u16..=60, at in 0usize..6, words in any::<bool>()) {
        let mut scene = if words { listed(100, 30, matching(), "x") } else { listed(100, 30, all(), "") };
        (0..at).for_each(|_| scene.key(KeyCode::Down));
        scene.event(Event::Resized(Size { columns, rows }));
        let frame = scene.frame();
        let control = frame.chars().find(|sign| sign.is_control() && *sign != '\n' || *sign == '\u{202e}');
        prop_assert_eq!(control, None);
    }
}
