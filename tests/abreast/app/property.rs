//! Whatever happens in whatever order: nothing panics, and no draft is lost.

use std::collections::BTreeSet;
use std::time::Duration;

use abreast::api::{Delta, RetryWait};
use abreast::chat::{Role, WirePiece, WireRequest, WireResponse};
use abreast::state::{Composer, Lane, Overlay, Panes, Size, State};
use crossterm::event::{Event, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::desk::key;
use super::failures::refused;
use super::replay::ScriptedConnect;
use super::*;

/// Every key that is bound to something, as the default keymap writes it.
fn bound() -> Vec<&'static str> {
    static KEYMAP: &str = include_str!("../../../assets/keymap.toml");
    let keys = KEYMAP.lines().filter_map(|line| line.strip_prefix('"')?.split_once("\" = \""));
    keys.map(|(key, _)| key).collect()
}

/// Keys that take something away from a draft.
const TAKING: &[&str] = &[
    "backspace",
    "delete",
    "ctrl-w",
    "ctrl-u",
    "ctrl-k",
    "ctrl-h",
    "alt-d",
    "alt-z",
    "ctrl-_",
    "ctrl-backspace",
    "ctrl-7",
];

/// Keys that take nothing away from it: those that are bound, often those by which one gets about, and letters.
fn kept() -> Vec<&'static str> {
    let often = ["enter", "enter", "up", "up", "down", "down", "esc", "tab", "f2", "alt-a", "1", "."];
    bound().into_iter().filter(|key| !TAKING.contains(key)).chain(often).collect()
}

fn all() -> Vec<&'static str> {
    kept().into_iter().chain(TAKING.iter().copied()).collect()
}

/// The keys that lead from the composer to something that lies over the lanes or in their place, and whether it is there.
type Surface = (&'static str, fn(&State) -> bool);

const SURFACES: &[Surface] = &[
    ("f1", |state| matches!(state.overlay, Some(Overlay::Help { .. }))),
    ("ctrl-p", |state| matches!(state.overlay, Some(Overlay::Palette(_)))),
    ("ctrl-l", |state| matches!(state.overlay, Some(Overlay::Models(_)))),
    ("alt-p", |state| matches!(state.overlay, Some(Overlay::Presets(_)))),
    ("alt-c", |state| matches!(state.overlay, Some(Overlay::Card(_)))),
    ("alt-s", |state| matches!(state.overlay, Some(Overlay::Form(_)))),
    ("alt-n", |state| matches!(state.overlay, Some(Overlay::Form(_)))),
    ("f2 up enter", |state| matches!(state.overlay, Some(Overlay::Form(_)))),
    ("f2 up up up up enter", |state| matches!(state.overlay, Some(Overlay::Form(_)))),
    ("tab d", |state| matches!(state.overlay, Some(Overlay::Diff(_)))),
    ("tab i", |state| matches!(state.overlay, Some(Overlay::Inspect(_) | Overlay::Request(_)))),
    ("tab i tab", |state| matches!(state.overlay, Some(Overlay::Inspect(_) | Overlay::Request(_)))),
    ("tab h", |state| matches!(state.overlay, Some(Overlay::Heat(_)))),
    ("f6", |state| state.panes == Panes::Request),
];

/// Letters that no other event types.
const MARK: &str = "αβγδε";

#[derive(Clone, Debug)]
enum Step {
    Key(&'static str),
    Type(String),
    Paste(String),
    Resize(u16, u16),
    Mouse(MouseEventKind, u16, u16),
    Piece(usize, Delta),
    Fail(usize),
    End(usize),
    Wait(u64),
}

fn piece() -> impl Strategy<Value = Delta> {
    prop_oneof![
        4 => "[a-z`*#|\\-\n \u{1b}漢\u{202e}]{0,60}".prop_map(|text| said(&text)),
        1 => "[a-z\n ]{1,40}".prop_map(|text| Delta::Reasoning { choice: 0, text }),
        1 => (0..3_usize, "[a-z{}\":]{0,12}").prop_map(|(index, text)| Delta::ToolCall {
            choice: 0, index, id: Some(text.clone()), name: Some(text.clone()), arguments: text, extra: None,
        }),
        1 => (0..5_u64).prop_map(|seconds| Delta::Retry(RetryWait {
            attempt: 2, of: 3, wait: Duration::from_secs(seconds), cause: "busy".to_owned(),
        })),
        2 => prop::collection::vec(("[a-z \n\u{1b}漢]{0,9}", -20.0..0.5_f64), 0..9).prop_map(|tokens| {
            let token = |(text, logprob)| json!({"token": text, "logprob": logprob, "top_logprobs": [{"token": "x"}]});
            let content: Vec<Value> = tokens.into_iter().map(token).collect();
            Delta::Logprobs { choice: 0, logprobs: json!({"content": content}) }
        }),
        1 => Just(Delta::Finish { choice: 0, reason: "length".to_owned() }),
        2 => wire_piece().prop_map(Delta::Wire),
    ]
}

fn wire_piece() -> impl Strategy<Value = WirePiece> {
    let at = Duration::from_millis(5);
    let text = |text: &str| text.to_owned();
    let headers = vec![(text("accept"), text("*/*"))];
    let request =
        WireRequest { at, method: text("POST"), url: text("http://x"), headers: headers.clone(), body_bytes: 9 };
    let response = WireResponse { at, status: 200, version: text("HTTP/1.1"), headers };
    prop_oneof![
        1 => Just(WirePiece::Request(request)),
        1 => Just(WirePiece::Response(response)),
        3 => "(data|: c)[a-z:\\{漢\u{1b}]{0,80}\n{0,2}".prop_map(move |text| WirePiece::Bytes { at, bytes: text.into() }),
        1 => Just(WirePiece::Stopped { at, why: text("It broke.") }),
    ]
}

/// From nothing to more than a screen has; often the ends, and what the panes just fit into.
fn size() -> impl Strategy<Value = (u16, u16)> {
    prop_oneof![
        3 => (1..140_u16, 1..40_u16),
        1 => (1..=300_u16, 1..=90_u16),
        1 => prop::sample::select(vec![(1, 1), (59, 16), (60, 16), (60, 90), (300, 16), (300, 90)]),
    ]
}

fn step(keys: Vec<&'static str>) -> impl Strategy<Value = Step> {
    let mouse = prop::sample::select(vec![
        MouseEventKind::Down(MouseButton::Left),
        MouseEventKind::Drag(MouseButton::Left),
        MouseEventKind::ScrollUp,
        MouseEventKind::ScrollDown,
    ]);
    prop_oneof![
        12 => prop::sample::select(keys).prop_map(Step::Key),
        2 => "[a-z /漢]{1,6}".prop_map(Step::Type),
        1 => "[a-z\r\n\t\u{1b}]{0,20}".prop_map(Step::Paste),
        1 => size().prop_map(|(columns, rows)| Step::Resize(columns, rows)),
        3 => (mouse, 0..120_u16, 0..36_u16).prop_map(|(kind, column, row)| Step::Mouse(kind, column, row)),
        4 => (0..4_usize, piece()).prop_map(|(back, delta)| Step::Piece(back, delta)),
        1 => (0..4_usize).prop_map(Step::Fail),
        1 => (0..4_usize).prop_map(Step::End),
        2 => (0..3000_u64).prop_map(Step::Wait),
    ]
}

fn paused() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
}

/// Takes the steps in a program that begins with the mark as its draft; gives what it knew at its end.
fn taken(steps: &[Step]) -> State {
    paused().block_on(async {
        let connect = ScriptedConnect::default();
        connect.lists("shop", Ok(&["thyme-2", "basil-9"]));
        let desk = Desk::of(start(Size { columns: 110, rows: 30 }), connect).await;
        for older in ["older", "old"] {
            desk.types(older).await;
            desk.press("ctrl-c").await;
        }
        // A text from the editor begins a new history of changes, so that undo cannot take it away.
        desk.screen.editor_answers(Ok(MARK));
        desk.press("ctrl-g").await;
        for step in steps {
            take(&desk, step).await;
        }
        desk.closed().await.1
    })
}

async fn take(desk: &Desk, step: &Step) {
    // The newest reply is number 0.
    let reply = |back: usize| desk.connect.count().checked_sub(back + 1);
    match step {
        Step::Key(chord) => desk.screen.feed(Event::Key(key(chord))),
        Step::Type(text) => desk.types(text).await,
        Step::Paste(text) => desk.screen.feed(Event::Paste(text.clone())),
        Step::Resize(columns, rows) => desk.screen.resize(Size { columns: *columns, rows: *rows }),
        Step::Mouse(kind, column, row) => {
            let mouse = MouseEvent { kind: *kind, column: *column, row: *row, modifiers: KeyModifiers::NONE };
            desk.settle().await;
            desk.screen.feed(Event::Mouse(mouse));
        }
        Step::Piece(back, delta) => {
            if let Some(place) = reply(*back) {
                desk.hands(place, Ok(delta.clone()));
            }
        }
        Step::Fail(back) => {
            if let Some(place) = reply(*back) {
                desk.hands(place, Err(refused("no", Some("temperature"))));
            }
        }
        Step::End(back) => {
            if let Some(place) = reply(*back) {
                desk.connect.with(place, |sent| sent.reply = None);
            }
        }
        Step::Wait(millis) => desk.passes(Duration::from_millis(*millis)).await,
    }
}

/// What is known after some steps over what `opens` opens, in front of two lanes that have a system prompt, fields that
/// no table knows, and a reply each that has tokens and a wire.
async fn surfaced(opens: &str, steps: &[Step]) -> State {
    let mut before = start(WIDE);
    let settings = &mut before.lanes[0].settings;
    settings.system = Some(("Be brief. ".repeat(90) + "{{who}}").into());
    settings.params.set("vendor\u{1b}field", json!({"deep": [{"er": "漢".repeat(200)}]}));
    let desk = Desk::of(before, ScriptedConnect::default()).await;
    desk.press("alt-a").await;
    desk.sends("Which?").await;
    for place in [0, 1] {
        for delta in [Delta::Wire(request_piece()), Delta::Wire(bytes_piece()), tokens()] {
            desk.delivers(place, delta).await;
        }
        desk.answers(place, &format!("Reply {place} `said` 漢字\n\n| a | b |\n|---|---|\n| 1 | 2 |")).await;
    }
    desk.press(opens).await;
    for step in steps {
        take(&desk, step).await;
        desk.settle().await;
    }
    desk.closed().await.1
}

fn request_piece() -> WirePiece {
    let (method, url) = ("POST".to_owned(), "http://x/v1".to_owned());
    WirePiece::Request(WireRequest { at: Duration::ZERO, method, url, headers: Vec::new(), body_bytes: 9 })
}

fn bytes_piece() -> WirePiece {
    let at = Duration::from_millis(5);
    WirePiece::Bytes { at, bytes: "data: {\"a\":\"漢\u{1b}[2J\"}\n\ndata: [DONE]\n\n".into() }
}

fn tokens() -> Delta {
    let token = |text: &str| json!({"token": text, "logprob": -0.5, "top_logprobs": [{"token": "x", "logprob": -2}]});
    let content: Vec<Value> = ["Re", "ply\n", "漢", "\u{202e}"].into_iter().map(token).collect();
    Delta::Logprobs { choice: 0, logprobs: json!({"content": content}) }
}

/// Every draft that the user can still reach from the composer.
fn drafts(composer: &mut Composer) -> Vec<String> {
    let mut found = vec![composer.text()];
    for _ in 0..200 {
        composer.newer();
        found.push(composer.text());
    }
    for _ in 0..200 {
        composer.older();
        found.push(composer.text());
    }
    found.dedup();
    found
}

/// Whether a text still holds the mark, maybe with other signs typed in between.
fn holds_mark(text: &str) -> bool {
    let mut signs = text.chars();
    MARK.chars().all(|wanted| signs.any(|sign| sign == wanted))
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 500, ..ProptestConfig::default() }
}

#[tokio::test(start_paused = true)]
async fn what_lies_over_the_lanes_is_reached_by_its_keys() {
    for (opens, opened) in SURFACES {
        let state = surfaced(opens, &[]).await;
        assert!(opened(&state), "`{opens}` leads to {:?} and {:?}", state.overlay, state.panes);
    }
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn a_draft_is_never_lost(steps in prop::collection::vec(step(kept()), 1..40)) {
        let mut state = taken(&steps);
        let asked = (0..state.session.turns.len()).filter_map(|place| {
            state.session.turns.get(abreast::chat::TurnId(u32::try_from(place).ok()?))
        });
        let in_turn = asked.filter(|turn| turn.role == Role::User || turn.edited).any(|turn| holds_mark(&turn.text));
        let waits = state.queue.iter().any(|queued| holds_mark(&queued.draft.text));
        prop_assert!(in_turn || waits || drafts(&mut state.composer).iter().any(|draft| holds_mark(draft)));
    }

    #[test]
    fn nothing_that_happens_panics(
        steps in prop::collection::vec(step(all()), 1..40),
    ) {
        let state = taken(&steps);
        prop_assert!(!state.lanes.is_empty() && state.focused < state.lanes.len());
        prop_assert!(state.shares_hold(), "a lane has not the value that it shares");
        prop_assert!(state.lanes.iter().any(|lane| lane.addressed));
        let idle = |lane: &Lane| lane.settings.forced.iter().find(|name| lane.settings.params.get(name).is_none()).cloned();
        prop_assert_eq!(state.lanes.iter().find_map(idle), None, "what is unset is not forced");
        let letters: BTreeSet<char> = state.lanes.iter().map(|lane| lane.letter).collect();
        prop_assert_eq!(letters.len(), state.lanes.len());
        for lane in &state.lanes {
            prop_assert_eq!(&state.session.turns.branch(lane.tip()), &lane.branch);
            let hidden: Vec<_> = state.session.turns.hidden().collect();
            prop_assert!(lane.branch.iter().all(|turn| !hidden.contains(turn)), "a lane stands on what is deleted");
        }
    }

    #[test]
    fn whatever_lies_over_the_lanes_is_drawn_at_every_size(
        surface in prop::sample::select(SURFACES),
        (columns, rows) in size(),
        steps in prop::collection::vec(step(all()), 1..12),
    ) {
        let resized = Step::Resize(columns, rows);
        let state = paused().block_on(surfaced(surface.0, &[&[resized], steps.as_slice()].concat()));
        prop_assert!(state.focused < state.lanes.len());
    }
}
