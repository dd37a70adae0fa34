//! What is done with calls that are looked at: each act, and what it leaves alone.

use super::calls::{TOKYO, act, called, command, form, sent, waiting, writes};
use super::*;
use crate::chat::{TurnId, WirePlace};
use crate::input::Action;
use crate::state::{CallId, CallState, EditPurpose, Focus, InspectorRow, InspectorTab, Level, Overlay, Verdict};
use crate::store::{SavedResponse, SavedTry, SavedWire, ShelfAnswer, ShelfWork};
use crate::tools::{CannedRule, Responder};

const KYOTO: &str = r#"{"city":"Kyoto"}"#;
const REPLY: TurnId = TurnId(1);

/// Both calls of a reply are answered, the model has answered too, and the first call is looked at.
fn looked_at(now: Instant) -> State {
    let mut state = waiting(&[("a", "get_weather", TOKYO), ("b", "get_weather", KYOTO)], now);
    writes(&mut state, Action::CallAnswer, "clear", now);
    writes(&mut state, Action::CallAnswer, "rain", now);
    let generation = state.lane().generation;
    piece(&mut state, generation, said("Clear and rain."), now);
    update(&mut state, Event::StreamEnded { lane: LANE, generation }, now);
    opened(&mut state, now);
    state
}

fn opened(state: &mut State, now: Instant) {
    while !matches!(state.overlay, Some(Overlay::Inspector)) {
        key(state, KeyCode::F(3), now);
    }
    state.inspector.select_call(CallId { reply: REPLY, index: 0 });
    update(state, Event::Tick, now);
}

fn notices(state: &State) -> Vec<String> {
    state.notices.iter().map(|notice| notice.text.clone()).collect()
}

fn call(state: &State) -> CallId {
    state.inspector.call().unwrap()
}

#[test]
fn a_call_that_is_made_again_has_a_reply_of_its_own_with_the_results_of_the_others() {
    let now = Instant::now();
    let mut state = looked_at(now);
    let before = state.session.turns.get(REPLY).cloned();
    let effects = act(&mut state, Action::InspectorRun, now);
    assert_eq!(effects, [], "nothing is sent and nothing runs");
    let made = call(&state);
    assert_ne!(made.reply, REPLY);
    assert_eq!(state.session.turns.get(REPLY).cloned(), before);
    let records = state.session.calls.of(made.reply).unwrap();
    assert!(records[0].state == CallState::Waits && matches!(records[1].state, CallState::Ended { .. }));
    state.overlay = None;
    state.focus = Focus::Calls;
    assert_eq!(sent(&writes(&mut state, Action::CallAnswer, "dry", now)), ["assistant", "a: dry", "b: rain"]);
}

#[test]
fn arguments_that_would_be_invalid_make_no_branch() {
    let now = Instant::now();
    let mut state = looked_at(now);
    let turns = state.session.turns.len();
    writes(&mut state, Action::InspectorEdit, r#"{"city":7}"#, now);
    assert!(matches!(form(&state).verdict, Some(Verdict::Bad(_))));
    assert_eq!(state.session.turns.len(), turns);
    key(&mut state, KeyCode::Esc, now);
    key(&mut state, KeyCode::Esc, now);
    assert!(matches!(state.overlay, Some(Overlay::Inspector)), "the form leads back");
}

#[test]
fn a_branch_that_no_lane_stands_on_takes_another_result_too() {
    let now = Instant::now();
    let mut state = looked_at(now);
    state.lanes[0].branch.truncate(1);
    update(&mut state, Event::Tick, now);
    assert_eq!(sent(&writes(&mut state, Action::InspectorAnswer, "hail", now)), ["assistant", "a: hail", "b: rain"]);
}

#[test]
fn a_reply_that_still_comes_is_not_disturbed() {
    let now = Instant::now();
    let mut state = looked_at(now);
    state.overlay = None;
    state.focus = Focus::Composer;
    update(&mut state, Event::Paste("More?".into()), now);
    key(&mut state, KeyCode::Enter, now);
    opened(&mut state, now);
    let turns = state.session.turns.len();
    for action in [Action::InspectorRun, Action::InspectorEdit, Action::InspectorAnswer] {
        assert_eq!(act(&mut state, action, now), []);
        assert!(
            notices(&state).iter().any(|said| said.starts_with("A reply is still coming")),
            "{:?}",
            notices(&state)
        );
    }
    assert_eq!((state.session.turns.len(), matches!(state.overlay, Some(Overlay::Inspector))), (turns, true));
}

#[test]
fn a_result_is_kept_beside_the_rules_that_are_there_and_the_file_is_told() {
    let now = Instant::now();
    let mut state = looked_at(now);
    command(&mut state, "get_weather");
    let effects = act(&mut state, Action::InspectorCanned, now);
    let rule = |when: &[&str], result: &str| CannedRule {
        when: when.iter().map(|city| ("/city".to_owned(), (*city).into())).collect(),
        result: result.to_owned(),
    };
    let saved = |rules: Vec<CannedRule>| Effect::SaveResponder {
        tool: "get_weather".into(),
        responder: Box::new(Responder::Canned(rules)),
    };
    assert_eq!(effects, [saved(vec![rule(&[], "clear")])]);
    let effects = act(&mut state, Action::InspectorCannedRule, now);
    assert_eq!(effects, [saved(vec![rule(&["Tokyo"], "clear"), rule(&[], "clear")])]);
    key(&mut state, KeyCode::Down, now);
    let effects = act(&mut state, Action::InspectorCanned, now);
    assert_eq!(
        effects,
        [saved(vec![rule(&["Tokyo"], "clear"), rule(&[], "rain")])],
        "a rule for the same calls gives way"
    );
}

#[test]
fn a_call_without_a_result_has_none_to_keep_and_its_pair_says_what_the_model_is_told() {
    let now = Instant::now();
    let mut state = waiting(&[("a", "get_weather", TOKYO)], now);
    opened(&mut state, now);
    assert_eq!(act(&mut state, Action::InspectorCanned, now), []);
    assert_eq!(notices(&state).last().unwrap(), "This call has no result that could be kept.");
    let effects = act(&mut state, Action::InspectorCopyPair, now);
    let Some(Effect::Copy(pair)) = effects.first() else { panic!("{effects:?}") };
    assert!(pair.contains("The user did not run this tool."), "{pair}");
}

#[test]
fn the_page_is_copied_and_read_elsewhere() {
    let now = Instant::now();
    let mut state = looked_at(now);
    key(&mut state, KeyCode::Tab, now);
    assert_eq!(state.inspector.tab, InspectorTab::Result);
    assert_eq!(act(&mut state, Action::InspectorCopy, now), [Effect::Copy("clear".into())]);
    let look = Effect::Edit { purpose: EditPurpose::Look, text: "clear".into() };
    assert_eq!(act(&mut state, Action::InspectorOpen, now), [look]);
    let turns = state.session.turns.len();
    update(&mut state, Event::Edited { purpose: EditPurpose::Look, result: Ok("other".into()) }, now);
    assert_eq!((state.session.turns.len(), state.inspector.detail.as_ref().unwrap().source.as_str()), (turns, "clear"));
}

#[test]
fn a_call_that_waits_leads_to_its_own_box() {
    let now = Instant::now();
    let mut state = waiting(&[("a", "get_weather", TOKYO), ("b", "get_weather", KYOTO)], now);
    opened(&mut state, now);
    key(&mut state, KeyCode::Down, now);
    command(&mut state, "get_weather");
    let effects = act(&mut state, Action::InspectorRun, now);
    assert!(matches!(&effects[..], [Effect::RunTool { call: CallId { index: 1, .. }, .. }]), "{effects:?}");
    assert_eq!((state.focus, state.overlay.is_none()), (Focus::Calls, true));
}

#[test]
fn the_pieces_of_a_call_cost_what_they_bring_while_it_is_looked_at() {
    let now = Instant::now();
    let mut state = waiting(&[("a", "get_weather", TOKYO)], now);
    state.lanes[0].status = StreamStatus::Idle;
    update(&mut state, Event::Paste("More?".into()), now);
    key(&mut state, KeyCode::Enter, now);
    let generation = state.lane().generation;
    let arguments = |text: &str| Delta::ToolCall {
        choice: 0,
        index: 0,
        id: Some("c".into()),
        name: Some("get_weather".into()),
        arguments: text.into(),
        extra: None,
    };
    piece(&mut state, generation, Ok(arguments("{\"list\":[0")), now);
    key(&mut state, KeyCode::F(3), now);
    key(&mut state, KeyCode::F(3), now);
    assert!(matches!(state.inspector.row(), Some(InspectorRow::Call(_))));
    let work = |state: &State| match &state.inspector.detail.as_ref().unwrap().body {
        crate::state::DetailBody::Coming(json) => json.work(),
        other => panic!("{other:?}"),
    };
    let (before, rows) = (work(&state), state.inspector.work());
    for _ in 0..500 {
        piece(&mut state, generation, Ok(arguments(",1")), now);
    }
    assert!(work(&state) - before <= 1500, "each row once, the open one with each piece: {}", work(&state) - before);
    assert_eq!(state.inspector.work(), rows);
}

#[test]
fn nothing_is_done_without_a_call() {
    let now = Instant::now();
    let mut state = state();
    key(&mut state, KeyCode::F(3), now);
    for letter in "eraysSYpo".chars() {
        assert_eq!(key(&mut state, KeyCode::Char(letter), now), []);
    }
    assert!(state.notices.iter().all(|notice| notice.level == Level::Note));
    assert!(called(&mut state, &[], now).is_empty() && matches!(state.overlay, Some(Overlay::Inspector)));
}

/// What the detail says, and what is asked of the store.
fn detail(state: &State) -> String {
    let detail = state.inspector.detail.as_ref().unwrap();
    let text = |line: &crate::text::Line| line.spans.iter().map(|span| &*span.text).collect::<String>();
    detail.head.iter().map(text).collect::<Vec<_>>().join("\n")
}

fn asked(effects: &[Effect]) -> Vec<WirePlace> {
    let place = |effect: &Effect| match effect {
        Effect::Shelf(ShelfWork::Wire(place)) => Some(place.clone()),
        _ => None,
    };
    effects.iter().filter_map(place).collect()
}

#[test]
fn a_wire_that_is_in_the_store_is_asked_for_once_while_its_page_is_shown_and_let_go_after() {
    let now = Instant::now();
    let mut state = looked_at(now);
    let place = WirePlace { session: "k3".into(), run: 7 };
    let run = state.session.turns.get(REPLY).and_then(|turn| turn.run).unwrap();
    state.session.run_mut(run).unwrap().stored = Some(place.clone());
    assert_eq!(asked(&update(&mut state, Event::Tick, now)), [], "another page is shown");
    state.inspector.tab = InspectorTab::Wire;
    assert_eq!(asked(&update(&mut state, Event::Tick, now)), std::slice::from_ref(&place));
    assert_eq!(asked(&update(&mut state, Event::Tick, now)), []);
    assert_eq!(detail(&state), "Reading the wire of this run …");

    let answer = |answer| Event::Shelf { work: ShelfWork::Wire(place.clone()), answer };
    assert_eq!(asked(&update(&mut state, answer(ShelfAnswer::Failed("It is gone.".into())), now)), []);
    assert_eq!(detail(&state), "It is gone.");

    let chunk = r#"data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a"}]}}]}"#;
    let bytes = format!("{chunk}\n\n").into_bytes();
    let response = Some(SavedResponse { status: 200, ..SavedResponse::default() });
    let tries = vec![SavedTry { response, ..SavedTry::default() }];
    let wire = SavedWire { tries, reads: vec![(5, bytes.len())], bytes, until: 5, ..SavedWire::default() };
    update(&mut state, answer(ShelfAnswer::Wire(Box::new(wire))), now);
    assert!(detail(&state).starts_with("1 piece · "), "{}", detail(&state));
    assert!(state.session.run(run).unwrap().wire.is_empty());

    state.inspector.tab = InspectorTab::Result;
    assert_eq!(asked(&update(&mut state, Event::Tick, now)), []);
    state.inspector.tab = InspectorTab::Wire;
    assert_eq!(asked(&update(&mut state, Event::Tick, now)), [place], "it was let go meanwhile");
}
