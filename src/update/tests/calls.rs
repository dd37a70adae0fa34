//! Tool calls: every decision, every fault, and that each call has exactly one answer in the request.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::chat::{ChatRequest, Role, Tool, TurnId};
use crate::input::Action;
use crate::state::{Answerer, CallForm, CallId, CallState, Focus, Form, FormPurpose, Overlay, Verdict};
use crate::tools::{CallEnd, CannedRule, CommandResponder, Responder};

pub(super) fn tool(name: &str) -> Tool {
    Tool::from_json(&json!({"name": name, "parameters": {"type": "object",
        "properties": {"city": {"type": "string"}}, "required": ["city"]}}))
    .unwrap()
}

/// A lane with two tools that has just asked.
fn asked_with_tools(now: Instant) -> State {
    let mut state = state();
    state.lanes[0].settings.tools = [tool("get_weather"), tool("get_time")].into();
    key(&mut state, KeyCode::Char('x'), now);
    key(&mut state, KeyCode::Enter, now);
    state
}

/// A reply that ends in calls: `(id, name, arguments)` each; what follows from its end.
pub(super) fn called(state: &mut State, calls: &[(&str, &str, &str)], now: Instant) -> Effects {
    let generation = state.lane().generation;
    for (index, (id, name, arguments)) in calls.iter().enumerate() {
        let delta = Delta::ToolCall {
            choice: 0,
            index,
            id: Some((*id).to_owned()),
            name: Some((*name).to_owned()),
            arguments: (*arguments).to_owned(),
            extra: None,
        };
        piece(state, generation, Ok(delta), now);
    }
    update(state, Event::StreamEnded { lane: LANE, generation }, now)
}

pub(super) fn waiting(calls: &[(&str, &str, &str)], now: Instant) -> State {
    let mut state = asked_with_tools(now);
    assert_eq!(called(&mut state, calls, now), []);
    state
}

pub(super) const TOKYO: &str = r#"{"city":"Tokyo"}"#;

pub(super) fn act(state: &mut State, action: Action, now: Instant) -> Effects {
    super::super::action::perform(state, action, now)
        .into_iter()
        .chain(super::super::calls::settle(state, now))
        .collect()
}

/// Opens a form by an action, writes a text into it and takes it.
pub(super) fn writes(state: &mut State, action: Action, text: &str, now: Instant) -> Effects {
    let mut effects = act(state, action, now);
    let Some(Overlay::Form(form)) = &mut state.overlay else { panic!("no form is open") };
    form.editor.set_text("");
    effects.extend(update(state, Event::Paste(text.to_owned()), now));
    effects.extend(act(state, Action::FormAccept, now));
    effects
}

pub(super) fn form(state: &State) -> &Form {
    match &state.overlay {
        Some(Overlay::Form(form)) => form,
        other => panic!("no form: {other:?}"),
    }
}

fn request(effects: &Effects) -> ChatRequest {
    let open = effects.iter().find_map(|effect| match effect {
        Effect::Open { request, .. } => Some(request.as_ref().clone().unwritten()),
        _ => None,
    });
    open.unwrap_or_else(|| panic!("nothing is asked: {effects:?}"))
}

/// What follows the last question: `assistant`, and for an answer its call and content.
pub(super) fn sent(effects: &Effects) -> Vec<String> {
    let messages = &request(effects).messages;
    let from = messages.iter().rposition(|message| message["role"] == "user").unwrap() + 1;
    let said = |message: &Value| match message.get("tool_call_id") {
        Some(id) => format!("{}: {}", id.as_str().unwrap(), message["content"].as_str().unwrap()),
        None => message["role"].as_str().unwrap().to_owned(),
    };
    messages[from..].iter().map(said).collect()
}

fn states(state: &State) -> Vec<CallState> {
    let reply = state.awaited(0).unwrap().reply;
    state.session.calls.of(reply).unwrap().iter().map(|record| record.state.clone()).collect()
}

fn words(state: &State) -> Vec<&'static str> {
    states(state).iter().map(|of| of.words().1).collect()
}

pub(super) fn command(state: &mut State, tool: &str) {
    let responder = Responder::Command(CommandResponder::new(vec!["weather".into(), "{/city}".into()]));
    state.tools.responders.0.insert(tool.to_owned(), responder);
}

fn task(effects: &Effects) -> (CallId, u64) {
    let run = effects.iter().find_map(|effect| match effect {
        Effect::RunTool { call, task, .. } => Some((*call, *task)),
        _ => None,
    });
    run.unwrap_or_else(|| panic!("nothing runs: {effects:?}"))
}

fn ended(state: &mut State, (call, task): (CallId, u64), end: CallEnd, now: Instant) -> Effects {
    update(state, Event::ToolEnded { call, task, end }, now)
}

fn answered(text: &str) -> CallEnd {
    CallEnd::Answered(text.to_owned())
}

#[test]
fn results_go_back_in_call_order_whatever_the_order_of_the_decisions() {
    let now = Instant::now();
    let mut state = waiting(&[("a", "get_weather", TOKYO), ("b", "get_time", TOKYO)], now);
    assert_eq!(state.undecided(0), 2);
    act(&mut state, Action::CallNext, now);
    assert_eq!(writes(&mut state, Action::CallAnswer, "noon", now), []);
    assert_eq!(state.awaited(0).unwrap().index, 0, "the next undecided call is selected");
    let effects = writes(&mut state, Action::CallAnswer, "clear", now);
    assert_eq!(sent(&effects), ["assistant", "a: clear", "b: noon"]);
    let records = state.session.calls.of(TurnId(1)).unwrap();
    assert_eq!(records.iter().map(|record| record.answer).collect::<Vec<_>>(), [Some(TurnId(2)), Some(TurnId(3))]);
    assert!(records.iter().all(|record| record.by == Some(Answerer::Person)));
}

#[test]
fn a_refusal_takes_its_reason_to_the_model() {
    let now = Instant::now();
    let mut state = waiting(&[("a", "get_weather", TOKYO)], now);
    let effects = writes(&mut state, Action::CallRefuse, "not today", now);
    assert_eq!(sent(&effects), ["assistant", "a: The user refused to run this tool: not today"]);
}

#[test]
fn all_calls_that_wait_are_refused_with_one_reason() {
    let now = Instant::now();
    let mut state = waiting(&[("a", "get_weather", TOKYO), ("b", "get_time", "{"), ("c", "get_time", TOKYO)], now);
    writes(&mut state, Action::CallAnswer, "clear", now);
    let effects = writes(&mut state, Action::CallRefuseAll, "", now);
    let refused = "The user refused to run this tool.";
    assert_eq!(sent(&effects), ["assistant", "a: clear", &format!("b: {refused}"), &format!("c: {refused}")]);
}

#[test]
fn invalid_arguments_are_never_run_and_by_default_the_model_is_told() {
    let now = Instant::now();
    for arguments in [r#"{"city":7}"#, "{}", "", "null", "{}{", r#"{"city":"To"#, "[]"] {
        let mut state = asked_with_tools(now);
        command(&mut state, "get_weather");
        state.tools.always.push(tool("get_weather"));
        assert_eq!(called(&mut state, &[("a", "get_weather", arguments)], now), [], "{arguments}");
        assert_eq!(words(&state), ["invalid"], "{arguments}");
        assert_eq!(act(&mut state, Action::CallRun, now), [], "{arguments}");
        let effects = act(&mut state, Action::CallAccept, now);
        let sent = sent(&effects);
        assert_eq!(sent.len(), 2, "{sent:?}");
        assert!(sent[1].starts_with("a: The tool failed: it was not run, because "), "{sent:?}");
        let messages = request(&effects).messages;
        let call = &messages.iter().rev().find(|it| it["role"] == "assistant").unwrap()["tool_calls"];
        let json = serde_json::from_str::<Value>(call[0]["function"]["arguments"].as_str().unwrap());
        assert!(json.is_ok() || arguments.is_empty(), "{call}");
    }
}

#[test]
fn a_call_of_an_unknown_tool_has_an_answer_too() {
    let now = Instant::now();
    let mut state = waiting(&[("a", "get_wether", TOKYO)], now);
    assert_eq!(words(&state), ["invalid"]);
    let effects = act(&mut state, Action::CallAccept, now);
    assert!(sent(&effects)[1].contains("no tool `get_wether` is offered; did the model mean `get_weather`?"));
}

#[test]
fn a_reply_that_was_cut_at_its_limit_does_not_run_its_last_call() {
    let now = Instant::now();
    let mut state = asked_with_tools(now);
    let generation = state.lane().generation;
    piece(&mut state, generation, Ok(Delta::Finish { choice: 0, reason: "length".into() }), now);
    called(&mut state, &[("a", "get_weather", TOKYO), ("b", "get_weather", TOKYO)], now);
    assert_eq!(words(&state), ["waits for you", "invalid"]);
}

#[test]
fn duplicate_and_missing_ids_become_unique_before_anything_is_sent() {
    let now = Instant::now();
    let calls = [("x", "get_weather", TOKYO), ("x", "get_weather", TOKYO), ("", "get_time", TOKYO)];
    let mut state = waiting(&calls, now);
    let effects = writes(&mut state, Action::CallRefuseAll, "no", now);
    let ids: Vec<String> = sent(&effects)[1..].iter().map(|line| line.split(':').next().unwrap().to_owned()).collect();
    assert_eq!(ids, ["x", "x_1", "call_2"]);
}

#[test]
fn edited_arguments_make_a_reply_beside_the_one_that_came() {
    let now = Instant::now();
    let mut state = waiting(&[("a", "get_weather", r#"{"city":"Tokio"}"#)], now);
    command(&mut state, "get_weather");
    let effects = writes(&mut state, Action::CallEdit, r#"{ "city": "Tokyo" }"#, now);
    let run = task(&effects);
    assert!(matches!(&effects[..], [.., Effect::RunTool { arguments, .. }] if arguments == TOKYO));
    let effects = ended(&mut state, run, answered("clear"), now);
    let messages = request(&effects).messages;
    let calls = &messages[1]["tool_calls"][0];
    assert_eq!(calls["function"]["arguments"], TOKYO, "what ran is what the model reads");
    let turns = &state.session.turns;
    let siblings = turns.siblings(TurnId(1));
    assert_eq!(turns.get(siblings[0]).unwrap().tool_calls[0].arguments, r#"{"city":"Tokio"}"#, "the original stays");
    assert!(turns.get(siblings[1]).unwrap().edited);
}

#[test]
fn arguments_that_say_a_field_twice_are_edited_as_they_came_and_run_as_they_are_mended() {
    let now = Instant::now();
    let twice = r#"{"city":"Oslo","city":"Tokyo"}"#;
    let mut state = waiting(&[("a", "get_weather", twice)], now);
    command(&mut state, "get_weather");
    assert_eq!(words(&state), ["invalid"]);
    act(&mut state, Action::CallEdit, now);
    assert_eq!(form(&state).editor.text(), twice, "both are shown");
    state.overlay = None;
    let effects = writes(&mut state, Action::CallEdit, TOKYO, now);
    assert!(matches!(&effects[..], [.., Effect::RunTool { arguments, .. }] if arguments == TOKYO), "{effects:?}");
}

#[test]
fn arguments_that_are_invalid_as_written_are_not_taken() {
    let now = Instant::now();
    let mut state = waiting(&[("a", "get_weather", "{")], now);
    command(&mut state, "get_weather");
    for wrong in [r#"{"city":"#, r#"{"city":7}"#] {
        assert_eq!(writes(&mut state, Action::CallEdit, wrong, now), []);
        assert!(matches!(form(&state).verdict, Some(Verdict::Bad(_))), "{wrong}");
        state.overlay = None;
    }
    task(&writes(&mut state, Action::CallEdit, TOKYO, now));
}

#[test]
fn a_command_runs_only_when_it_is_told_to_and_a_stale_end_changes_nothing() {
    let now = Instant::now();
    let mut state = asked_with_tools(now);
    command(&mut state, "get_weather");
    assert_eq!(called(&mut state, &[("a", "get_weather", TOKYO)], now), []);
    let run = task(&act(&mut state, Action::CallAccept, now));
    assert_eq!(words(&state), ["running"]);
    assert!(state.next_change(now).is_some(), "the time that it takes is shown");
    assert_eq!(ended(&mut state, (run.0, run.1 + 1), answered("stale"), now), []);
    let later = now + Duration::from_millis(120);
    let effects = ended(&mut state, run, answered("clear"), later);
    assert_eq!(sent(&effects), ["assistant", "a: clear"]);
    let record = state.session.calls.get(run.0).unwrap();
    assert_eq!(record.by, Some(Answerer::Command(vec!["weather".into(), "Tokyo".into()])));
    assert_eq!(record.state.took(), Some(Duration::from_millis(120)));
    assert_eq!(ended(&mut state, run, answered("again"), later), []);
}

#[test]
fn esc_cancels_what_runs_and_the_results_wait_for_the_user() {
    let now = Instant::now();
    let mut state = asked_with_tools(now);
    command(&mut state, "get_weather");
    called(&mut state, &[("a", "get_weather", TOKYO), ("b", "get_time", TOKYO)], now);
    let run = task(&act(&mut state, Action::CallAccept, now));
    writes(&mut state, Action::CallAnswer, "noon", now);
    assert_eq!(key(&mut state, KeyCode::Esc, now), [Effect::CancelTool { task: run.1 }]);
    assert_eq!(words(&state), ["cancelled", "ok"]);
    assert_eq!(ended(&mut state, run, answered("late"), now), []);
    assert!(state.waits_for_user(0));
    let effects = act(&mut state, Action::CallAccept, now);
    assert_eq!(sent(&effects), ["assistant", "a: The user stopped this tool while it ran.", "b: noon"]);
}

#[test]
fn a_new_question_takes_the_results_along_and_tells_of_what_was_not_run() {
    let now = Instant::now();
    let mut state = waiting(&[("a", "get_weather", TOKYO), ("b", "get_time", TOKYO)], now);
    act(&mut state, Action::CallNext, now);
    writes(&mut state, Action::CallAnswer, "noon", now);
    state.focus = Focus::Composer;
    key(&mut state, KeyCode::Char('y'), now);
    let effects = key(&mut state, KeyCode::Enter, now);
    let messages = request(&effects).messages;
    let said: Vec<&str> = messages.iter().map(|message| message["content"].as_str().unwrap_or("-")).collect();
    assert_eq!(said, ["x", "-", "noon", "The user did not run this tool.", "y"]);
    let records = state.session.calls.of(TurnId(1)).unwrap();
    assert_eq!(records[0].state, CallState::NotRun);
}

#[test]
fn a_lane_that_steps_back_to_calls_that_were_passed_over_waits_with_them_again() {
    let now = Instant::now();
    let mut state = waiting(&[("a", "get_weather", TOKYO)], now);
    let stand = state.lane().stand();
    state.undos.push(crate::state::Undo::Branches(vec![stand]));
    key(&mut state, KeyCode::Char('y'), now);
    key(&mut state, KeyCode::Enter, now);
    key(&mut state, KeyCode::Esc, now);
    update(&mut state, Event::Key(KeyEvent::new(KeyCode::Char('u'), KeyModifiers::ALT)), now);
    assert_eq!(words(&state), ["waits for you"]);
}

#[test]
fn closing_or_leaving_the_lane_cancels_what_runs_in_it() {
    let now = Instant::now();
    let mut state = asked_with_tools(now);
    command(&mut state, "get_weather");
    called(&mut state, &[("a", "get_weather", TOKYO)], now);
    let run = task(&act(&mut state, Action::CallAccept, now));
    let effects = update(&mut state, Event::Key(KeyEvent::new(KeyCode::Char('r'), KeyModifiers::ALT)), now);
    assert!(effects.contains(&Effect::CancelTool { task: run.1 }), "{effects:?}");
    assert_eq!(ended(&mut state, run, answered("late"), now), []);
}

#[test]
fn after_ten_rounds_the_user_is_asked_before_the_results_go_back() {
    let now = Instant::now();
    let mut state = asked_with_tools(now);
    let rule = CannedRule { result: "clear".into(), ..CannedRule::default() };
    state.tools.responders.0.insert("get_weather".into(), Responder::Canned(vec![rule]));
    state.tools.always.push(tool("get_weather"));
    for round in 1..=10 {
        let arguments = json!({"city": round.to_string()}).to_string();
        let effects = called(&mut state, &[("a", "get_weather", &arguments)], now);
        assert_eq!(effects.is_empty(), round == 10, "{round}");
    }
    assert!(state.waits_for_user(0));
    assert_eq!(request(&act(&mut state, Action::CallAccept, now)).messages.len(), 21);
    assert_eq!(state.session.rounds(state.lane().tip()), 10);
}

#[test]
fn the_same_call_for_the_third_time_in_a_row_is_told() {
    let now = Instant::now();
    let mut state = asked_with_tools(now);
    let rule = CannedRule { result: "clear".into(), ..CannedRule::default() };
    state.tools.responders.0.insert("get_weather".into(), Responder::Canned(vec![rule]));
    state.tools.always.push(tool("get_weather"));
    let told =
        |state: &State| state.notices.iter().any(|notice| notice.text.contains("the same call 3 times in a row"));
    for _ in 0..2 {
        called(&mut state, &[("a", "get_weather", TOKYO)], now);
        assert!(!told(&state));
    }
    called(&mut state, &[("a", "get_weather", TOKYO)], now);
    assert!(told(&state));
}

#[test]
fn always_is_not_offered_for_what_is_invalid_or_answered_by_a_person_and_can_be_revoked() {
    let now = Instant::now();
    let mut state = waiting(&[("a", "get_weather", TOKYO), ("b", "get_time", "{}")], now);
    act(&mut state, Action::CallAlways, now);
    assert!(state.tools.always.is_empty());
    command(&mut state, "get_weather");
    command(&mut state, "get_time");
    task(&act(&mut state, Action::CallAlways, now));
    assert!(state.tools.trusts(&tool("get_weather")));
    assert_eq!(state.awaited(0).unwrap().index, 1);
    act(&mut state, Action::CallAlways, now);
    assert!(!state.tools.trusts(&tool("get_time")), "its arguments are invalid");
    act(&mut state, Action::CallPrevious, now);
    act(&mut state, Action::CallAlways, now);
    assert!(state.tools.always.is_empty());
}

#[test]
fn trust_is_in_a_definition_so_that_another_tool_of_its_name_asks() {
    let now = Instant::now();
    let mut state = asked_with_tools(now);
    command(&mut state, "get_weather");
    let other = Tool::from_json(&json!({"name": "get_weather", "parameters": {"type": "object"}})).unwrap();
    state.tools.always.push(other);
    assert_eq!(called(&mut state, &[("a", "get_weather", TOKYO)], now), []);
    assert_eq!(words(&state), ["waits for you"]);
    // Once it is trusted as it is, it runs, and so does the next call of it.
    task(&act(&mut state, Action::CallAlways, now));
    assert!(state.tools.trusts(&tool("get_weather")));
}

#[test]
fn the_command_of_a_sample_answers_that_definition_and_no_other_of_its_name() {
    let now = Instant::now();
    let own = Tool::from_json(&json!({"name": "clock", "parameters": {"type": "object"}})).unwrap();
    let sample = crate::tools::sample("clock").unwrap().tool;
    let arguments = json!({}).to_string();
    for (offered, runs) in [(sample, true), (own, false)] {
        let mut state = state();
        state.lanes[0].settings.tools = [offered].into();
        key(&mut state, KeyCode::Char('x'), now);
        key(&mut state, KeyCode::Enter, now);
        called(&mut state, &[("a", "clock", &arguments)], now);
        let effects = act(&mut state, Action::CallAccept, now);
        assert_eq!(matches!(&effects[..], [Effect::RunTool { .. }]), runs, "{effects:?}");
        assert_eq!(state.overlay.is_some(), !runs, "a person is asked");
    }
}

#[test]
fn the_last_result_of_a_tool_is_its_newest_in_the_session_wherever_it_was_given() {
    let now = Instant::now();
    let mut state = waiting(&[("a", "get_weather", TOKYO), ("b", "get_weather", TOKYO)], now);
    assert_eq!(state.session.last_result("get_weather"), None);
    writes(&mut state, Action::CallAnswer, "clear", now);
    act(&mut state, Action::CallAnswer, now);
    assert_eq!(form(&state).templates, ["clear"], "also before it went back");
    state.overlay = None;
    writes(&mut state, Action::CallAnswer, "rain", now);
    key(&mut state, KeyCode::Esc, now);
    // Another branch, which holds none of it.
    let first = state.session.turns.add(None, Role::User, "again");
    state.lanes[0].branch = vec![first];
    assert_eq!(state.session.last_result("get_weather").as_deref(), Some("rain"));
    assert_eq!(state.session.last_result("get_time"), None);
}

#[test]
fn a_large_result_asks_what_goes_back() {
    let now = Instant::now();
    let large = "x".repeat(40_000);
    for (action, length) in [(Action::CallRun, 40_000), (Action::CallAccept, 32_768)] {
        let mut state = asked_with_tools(now);
        command(&mut state, "get_weather");
        called(&mut state, &[("a", "get_weather", TOKYO)], now);
        let run = task(&act(&mut state, Action::CallAccept, now));
        assert_eq!(ended(&mut state, run, answered(&large), now), []);
        assert_eq!(words(&state), ["large result"]);
        let effects = act(&mut state, action, now);
        let content = sent(&effects)[1].strip_prefix("a: ").unwrap().to_owned();
        assert_eq!(content.chars().take_while(|sign| *sign == 'x').count(), length);
        assert_eq!(content.len() > length, action == Action::CallAccept, "it says what is left out");
    }
}

#[test]
fn who_answers_is_chosen_and_kept() {
    let now = Instant::now();
    let mut state = waiting(&[("a", "get_weather", TOKYO)], now);
    let effects = writes(&mut state, Action::CallResponder, r#"["weather", "--json"]"#, now);
    let command = CommandResponder::new(vec!["weather".into(), "--json".into()]);
    let responder = Box::new(Responder::Command(command));
    assert_eq!(effects, [Effect::SaveResponder { tool: "get_weather".into(), responder }]);
    assert_eq!(writes(&mut state, Action::CallResponder, "weather --json", now), []);
    assert!(matches!(form(&state).verdict, Some(Verdict::Bad(_))));
}

#[test]
fn another_result_is_sent_as_a_branch_of_its_own() {
    let now = Instant::now();
    let mut state = waiting(&[("a", "get_weather", TOKYO), ("b", "get_time", TOKYO)], now);
    writes(&mut state, Action::CallAnswer, "clear", now);
    writes(&mut state, Action::CallAnswer, "noon", now);
    key(&mut state, KeyCode::Esc, now);
    state.lane_mut().selected = Some(TurnId(2));
    state.focus = Focus::Transcript;
    key(&mut state, KeyCode::Char('e'), now);
    assert_eq!(form(&state).purpose, FormPurpose::Call { lane: LANE, what: CallForm::Result(TurnId(2)) });
    update(&mut state, Event::Paste("ish".to_owned()), now);
    let effects = act(&mut state, Action::FormAccept, now);
    assert_eq!(sent(&effects), ["assistant", "a: clearish", "b: noon"]);
    let turns = &state.session.turns;
    assert_eq!(turns.get(TurnId(2)).unwrap().text, "clear", "nothing is overwritten");
    assert_eq!(turns.siblings(TurnId(2)).len(), 2);
    update(&mut state, Event::Key(KeyEvent::new(KeyCode::Char('r'), KeyModifiers::ALT)), now);
}

#[test]
fn asking_again_after_results_asks_from_the_results() {
    let now = Instant::now();
    let mut state = waiting(&[("a", "get_weather", TOKYO), ("b", "get_time", TOKYO)], now);
    writes(&mut state, Action::CallRefuseAll, "", now);
    key(&mut state, KeyCode::Esc, now);
    let effects = update(&mut state, Event::Key(KeyEvent::new(KeyCode::Char('r'), KeyModifiers::ALT)), now);
    assert_eq!(sent(&effects).len(), 3);
}

#[test]
fn two_hundred_calls_in_one_turn_are_answered_one_by_one_or_at_once() {
    let now = Instant::now();
    let ids: Vec<String> = (0..200).map(|place| format!("c{place}")).collect();
    let calls: Vec<(&str, &str, &str)> = ids.iter().map(|id| (id.as_str(), "get_weather", TOKYO)).collect();
    let mut state = waiting(&calls, now);
    assert_eq!(state.undecided(0), 200);
    writes(&mut state, Action::CallAnswer, "clear", now);
    let effects = writes(&mut state, Action::CallRefuseAll, "too many", now);
    assert_eq!(sent(&effects).len(), 201);
}

#[test]
fn a_call_that_ran_when_the_program_ended_is_cut_off_and_not_run_again_unasked() {
    let now = Instant::now();
    let mut state = asked_with_tools(now);
    command(&mut state, "get_weather");
    called(&mut state, &[("a", "get_weather", TOKYO), ("b", "get_time", TOKYO)], now);
    act(&mut state, Action::CallAccept, now);
    writes(&mut state, Action::CallAnswer, "noon", now);
    let anchor = crate::state::Anchor { instant: now, unix_ms: 5 };
    let saved = crate::state::saved_session(&state, anchor);
    let text = crate::exchange::write_sessions(std::slice::from_ref(&saved)).unwrap();
    assert_eq!(crate::exchange::read_sessions(&text).unwrap(), std::slice::from_ref(&saved), "an export loses nothing");
    let mut later = self::state();
    command(&mut later, "get_weather");
    later.tools.always.push(tool("get_weather"));
    later.resume(saved.clone(), anchor, true).unwrap();
    assert!(later.tools.always.is_empty(), "trust is of one session");
    later.tools.always.push(tool("get_weather"));
    assert_eq!(crate::state::saved_session(&later, anchor).turns, saved.turns);
    assert_eq!(update(&mut later, Event::Tick, now), []);
    assert_eq!(words(&later), ["was cut off", "ok"]);
    task(&act(&mut later, Action::CallRun, now));
}

#[test]
fn a_message_that_waits_for_a_running_call_is_held_when_the_user_has_to_decide() {
    let now = Instant::now();
    let mut state = asked_with_tools(now);
    command(&mut state, "get_weather");
    called(&mut state, &[("a", "get_weather", TOKYO)], now);
    let run = task(&act(&mut state, Action::CallAccept, now));
    state.focus = Focus::Composer;
    key(&mut state, KeyCode::Char('y'), now);
    assert_eq!(key(&mut state, KeyCode::Enter, now), []);
    assert_eq!(state.queue.len(), 1);
    assert_eq!(ended(&mut state, run, answered(&"x".repeat(40_000)), now), []);
    assert!(state.queue.held);
    assert_eq!(words(&state), ["large result"]);
}

#[test]
fn a_refused_or_finished_call_of_a_lane_in_the_background_leaves_the_focus_alone() {
    let now = Instant::now();
    let mut state = waiting(&[("a", "get_weather", TOKYO)], now);
    assert_eq!(state.focus, Focus::Composer, "keys that are typed never decide by accident");
    key(&mut state, KeyCode::Enter, now);
    assert_eq!(state.focus, Focus::Calls);
    writes(&mut state, Action::CallRefuse, "no", now);
    assert_eq!(state.focus, Focus::Composer);
    assert_eq!(state.call_box, None);
}

/// Something that the user, or a command, does while calls wait.
#[derive(Clone, Debug)]
enum Step {
    Act(Action),
    Write(Action, String),
    End(usize),
    Cancel,
    Reply(Vec<(u8, u8)>),
    Ask,
}

fn steps() -> impl Strategy<Value = Step> {
    let acts = prop::sample::select(vec![
        Action::CallAccept,
        Action::CallNext,
        Action::CallPrevious,
        Action::CallRun,
        Action::CallAlways,
    ]);
    let forms =
        prop::sample::select(vec![Action::CallEdit, Action::CallAnswer, Action::CallRefuse, Action::CallRefuseAll]);
    prop_oneof![
        4 => acts.prop_map(Step::Act),
        4 => (forms, prop::sample::select(vec![TOKYO, "", "{", "7"])).prop_map(|(action, text)| Step::Write(action, text.to_owned())),
        3 => (0..4_usize).prop_map(Step::End),
        1 => Just(Step::Cancel),
        3 => prop::collection::vec((0..3_u8, 0..4_u8), 1..4).prop_map(Step::Reply),
        1 => Just(Step::Ask),
    ]
}

/// Does a step; what is asked by it.
fn does(state: &mut State, step: &Step, now: Instant) -> Effects {
    match step {
        Step::Act(action) => {
            let effects = act(state, *action, now);
            state.overlay = None;
            effects
        }
        Step::Write(action, text) => {
            let mut effects = act(state, *action, now);
            if let Some(Overlay::Form(form)) = &mut state.overlay {
                form.editor.set_text("");
                effects.extend(update(state, Event::Paste(text.clone()), now));
                effects.extend(act(state, Action::FormAccept, now));
                state.overlay = None;
            }
            effects
        }
        Step::End(place) => {
            let running: Vec<(CallId, u64)> = state
                .session
                .calls
                .running()
                .filter_map(|call| match state.session.calls.get(call)?.state {
                    CallState::Running { task, .. } => Some((call, task)),
                    _ => None,
                })
                .collect();
            running.get(*place).map(|run| ended(state, *run, answered("done"), now)).unwrap_or_default()
        }
        Step::Cancel => key(state, KeyCode::Esc, now),
        Step::Reply(calls) if state.lane().status.live().is_some() => {
            let names = ["get_weather", "get_time", "no_such"];
            let arguments = [TOKYO, "{}{", "", "null"];
            let calls: Vec<(&str, &str, &str)> = calls
                .iter()
                .map(|(name, of)| ("same", names[usize::from(*name)], arguments[usize::from(*of)]))
                .collect();
            called(state, &calls, now)
        }
        Step::Reply(_) => Effects::new(),
        Step::Ask => {
            state.focus = Focus::Composer;
            key(state, KeyCode::Char('y'), now);
            key(state, KeyCode::Enter, now)
        }
    }
}

/// Whether each call of a request has exactly one answer, right after the reply that made it, in its order.
fn is_answered(request: &ChatRequest) -> Result<(), String> {
    let mut open: Vec<String> = Vec::new();
    for message in &request.messages {
        match message.get("tool_call_id").and_then(Value::as_str) {
            Some(id) if open.contains(&id.to_owned()) => open.retain(|call| call != id),
            Some(id) => return Err(format!("{id} is answered twice, or was never called")),
            None if !open.is_empty() => return Err(format!("{open:?} have no answer")),
            None => {}
        }
        let calls = message["tool_calls"].as_array().into_iter().flatten();
        let ids: Vec<String> = calls.map(|call| call["id"].as_str().unwrap().to_owned()).collect();
        open.extend(ids);
    }
    if open.is_empty() { Ok(()) } else { Err(format!("{open:?} have no answer at the end")) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn after_any_decisions_every_call_has_exactly_one_answer_in_every_request(
        steps in prop::collection::vec(steps(), 1..24),
        commands in any::<bool>(),
    ) {
        let now = Instant::now();
        let mut state = asked_with_tools(now);
        state.tools.max_rounds = 3;
        if commands {
            command(&mut state, "get_weather");
        }
        for step in &steps {
            for effect in does(&mut state, step, now) {
                if let Effect::Open { request, .. } = effect {
                    let request = request.unwritten();
                    prop_assert_eq!(is_answered(&request), Ok(()), "{:?}", request.messages);
                }
            }
            let running = state.session.calls.running().count();
            prop_assert!(running == 0 || state.awaited(0).is_some(), "nothing runs that nobody waits for");
        }
        let messages = crate::chat::messages(&state.session.turns, state.lane().tip(), None);
        prop_assert_eq!(is_answered(&ChatRequest::new("m", messages)), Ok(()));
        prop_assert!(state.session.turns.iter().filter(|turn| turn.role == Role::Tool).all(|turn| turn.answers.is_some()));
    }
}
