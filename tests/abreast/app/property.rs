//! Whatever happens in whatever order: nothing panics, and no draft is lost.

use std::collections::BTreeSet;
use std::time::Duration;

use abreast::api::{Delta, RetryWait};
use abreast::chat::{Role, WirePiece, WireRequest, WireResponse};
use abreast::state::{Composer, Size, State};
use crossterm::event::{Event, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::desk::key;
use super::failures::refused;
use super::replay::ScriptedConnect;
use super::*;

/// Keys that take nothing away from a draft.
const KEPT: &[&str] = &[
    "enter",
    "enter",
    "up",
    "up",
    "down",
    "down",
    "left",
    "right",
    "home",
    "end",
    "esc",
    "tab",
    "shift-tab",
    "space",
    "pageup",
    "pagedown",
    "ctrl-c",
    "ctrl-d",
    "ctrl-g",
    "ctrl-j",
    "ctrl-l",
    "ctrl-n",
    "ctrl-p",
    "ctrl-s",
    "ctrl-z",
    "f1",
    "f2",
    "alt-a",
    "alt-b",
    "alt-k",
    "alt-l",
    "alt-m",
    "alt-p",
    "alt-r",
    "alt-s",
    "alt-t",
    "alt-w",
    "alt-x",
    "alt-y",
    "alt-i",
    "alt-o",
    "alt-u",
    "alt-shift-u",
    "alt-/",
    "alt-q",
    "alt-shift-q",
    "alt-n",
    "alt-p",
    "alt-c",
    "f6",
    "alt-shift-left",
    "alt-shift-right",
    "ctrl-s",
    "d",
    "i",
    "m",
    "h",
    "s",
    "u",
    "o",
    "O",
    "=",
    "f",
    "<",
    ">",
    "n",
    "alt-1",
    "alt-2",
    "shift-right",
    "e",
    "r",
    "y",
    "z",
    "i",
    "n",
    "[",
    "]",
    "g",
    "G",
    "j",
    "k",
    "/",
    "/",
    "n",
    "N",
    "b",
    "b",
    "x",
    "a",
    "U",
    "1",
    ".",
    "alt-]",
];

/// Keys that do.
const TAKING: &[&str] =
    &["backspace", "delete", "ctrl-w", "ctrl-u", "ctrl-k", "ctrl-h", "alt-d", "alt-z", "ctrl-backspace", "ctrl-7"];

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

fn step(keys: &'static [&'static str]) -> impl Strategy<Value = Step> {
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
        1 => (1..140_u16, 1..40_u16).prop_map(|(columns, rows)| Step::Resize(columns, rows)),
        3 => (mouse, 0..120_u16, 0..36_u16).prop_map(|(kind, column, row)| Step::Mouse(kind, column, row)),
        4 => (0..4_usize, piece()).prop_map(|(back, delta)| Step::Piece(back, delta)),
        1 => (0..4_usize).prop_map(Step::Fail),
        1 => (0..4_usize).prop_map(Step::End),
        2 => (0..3000_u64).prop_map(Step::Wait),
    ]
}

/// Takes the steps in a program that begins with the mark as its draft; gives what it knew at its end.
fn taken(steps: &[Step]) -> State {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
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

proptest! {
    #![proptest_config(cases(32))]

    #[test]
    fn a_draft_is_never_lost(steps in prop::collection::vec(step(KEPT), 1..40)) {
        let mut state = taken(&steps);
        let asked = (0..state.session.turns.len()).filter_map(|place| {
            state.session.turns.get(abreast::chat::TurnId(u32::try_from(place).ok()?))
        });
        let in_turn = asked.filter(|turn| turn.role == Role::User || turn.edited).any(|turn| holds_mark(&turn.text));
        let waits = state.queue.iter().any(|queued| holds_mark(&queued.text));
        prop_assert!(in_turn || waits || drafts(&mut state.composer).iter().any(|draft| holds_mark(draft)));
    }

    #[test]
    fn nothing_that_happens_panics(
        steps in prop::collection::vec(prop_oneof![step(KEPT), step(TAKING)], 1..40),
    ) {
        let state = taken(&steps);
        prop_assert!(!state.lanes.is_empty() && state.focused < state.lanes.len());
        prop_assert!(state.shares_hold(), "a lane has not the value that it shares");
        prop_assert!(state.lanes.iter().any(|lane| lane.addressed));
        let letters: BTreeSet<char> = state.lanes.iter().map(|lane| lane.letter).collect();
        prop_assert_eq!(letters.len(), state.lanes.len());
        for lane in &state.lanes {
            prop_assert_eq!(&state.session.turns.branch(lane.tip()), &lane.branch);
            let hidden: Vec<_> = state.session.turns.hidden().collect();
            prop_assert!(lane.branch.iter().all(|turn| !hidden.contains(turn)), "a lane stands on what is deleted");
        }
    }
}
