//! The inspector: calls of two lanes compared, made again, answered anew, copied, kept.

use abreast::chat::TurnId;
use abreast::state::CallId;
use abreast::tools::{CannedRule, Responder};
use serde_json::{Value, json};

use super::calls::{call, called, desk, result};
use super::console::Asked;
use super::*;

const TOKYO: &str = r#"{"city":"Tokyo"}"#;

/// One lane whose call was answered by hand, and the model's word after it.
async fn answered() -> Desk {
    let desk = desk(1).await;
    desk.sends("Where?").await;
    desk.calls(0, &[TOKYO, r#"{"city":"Kyoto"}"#]).await;
    desk.press("enter").await;
    desk.answers_by_hand("clear").await;
    desk.answers_by_hand("rain").await;
    desk.answers(1, "Clear and rain.").await;
    desk
}

fn copied(desk: &Desk) -> String {
    let mut copies = desk.screen.asked().into_iter().filter_map(|asked| match asked {
        Asked::Copy(text) => Some(text),
        _ => None,
    });
    copies.next_back().expect("something was copied")
}

#[tokio::test(start_paused = true)]
async fn calls_of_two_lanes_are_told_apart_by_what_their_arguments_mean() {
    let desk = desk(2).await;
    desk.sends("What's the weather in Tokyo?").await;
    desk.calls(0, &[TOKYO, r#"{"city":"Kyoto","days":1}"#]).await;
    desk.press("f3 f3").await;
    desk.hides("not B");
    desk.calls(1, &[r#"{ "city": "Tokyo" }"#, r#"{"city":"Osaka","days":1}"#, r#"{"city":"Nara"}"#]).await;
    desk.shows("=B");
    desk.shows("≠B");
    desk.shows("not A");
    desk.press("g j j j").await;
    desk.shows("≠ lane B called it with other arguments:");
    desk.shows(r#"/city "Kyoto" here, "Osaka" in B"#);
    desk.hides("/days");
    desk.press("f").await;
    desk.types("lane:b nara").await;
    desk.press("enter").await;
    desk.hides("=A");
    desk.shows("not A");
    desk.press("esc esc").await;
    desk.hides("tool:get_weather state:failed");
}

#[tokio::test(start_paused = true)]
async fn the_first_key_is_for_the_last_reply_the_second_for_all_of_them_and_esc_leads_back() {
    let desk = answered().await;
    desk.press("f3 j").await;
    desk.hides("arguments  result  schema");
    desk.press("z").await;
    desk.shows("arguments  result  schema  errors  wire");
    desk.shows(r#""city": "Kyoto""#);
    desk.press("tab").await;
    desk.shows("answered by you");
    desk.shows("rain");
    desk.press("f3").await;
    desk.hides("arguments  result  schema");
    desk.press("f3 esc esc").await;
    desk.types("a draft").await;
    desk.shows("a draft");
}

#[tokio::test(start_paused = true)]
async fn other_arguments_are_sent_from_a_branch_of_their_own_once_they_are_approved() {
    let desk = answered().await;
    desk.press("f3 z e").await;
    desk.shows("Arguments of get_weather, in a branch of its own");
    desk.screen.editor_answers(Ok(r#"{"city": "Sapporo"}"#));
    desk.press("ctrl-g ctrl-s").await;
    assert_eq!(desk.connect.count(), 2, "nothing goes out unasked");
    desk.shows("✎ edited: before and after");
    desk.shows("[-Tokyo-]{+Sapporo+}");
    desk.shows("? waits for you");
    desk.press("alt-d enter").await;
    desk.types("snow").await;
    desk.press("ctrl-s").await;
    let both = [call("c0", r#"{"city":"Sapporo"}"#), call("c1", r#"{"city":"Kyoto"}"#)];
    assert_eq!(desk.loop_of(2), [called(&both), result("c0", "snow"), result("c1", "rain")]);
    desk.answers(2, "Snow and rain.").await;
    let (_, state) = desk.closed().await;
    let before = CallId { reply: TurnId(1), index: 0 };
    assert_eq!(state.session.arguments(before), Some(TOKYO), "the original stands beside it");
    assert_eq!(state.session.turns.siblings(TurnId(1)).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_call_is_run_again_through_approval_and_undo_leads_back() {
    let desk = answered().await;
    desk.press("f3 j r").await;
    desk.shows("It waits in lane A: Alt+D decides about it, Alt+U goes back.");
    desk.shows("made again with the arguments that came");
    assert_eq!(desk.connect.count(), 2);
    desk.press("u").await;
    desk.press("esc esc").await;
    desk.shows("Clear and rain.");
    desk.hides("waits for you");
    desk.press("f3 j r alt-d enter").await;
    desk.types("dry").await;
    desk.press("ctrl-s").await;
    assert_eq!(desk.loop_of(2)[1..], [result("c0", "clear"), result("c1", "dry")]);
}

#[tokio::test(start_paused = true)]
async fn another_result_is_sent_from_its_place_and_both_are_compared() {
    let desk = answered().await;
    desk.press("f3 z a ctrl-a ctrl-k").await;
    desk.types("hail").await;
    desk.press("ctrl-s").await;
    assert_eq!(desk.loop_of(2)[1..], [result("c0", "hail"), result("c1", "rain")]);
    desk.answers(2, "Hail and rain.").await;
    desk.press("tab").await;
    // A notice lies over it for a while.
    desk.passes(std::time::Duration::from_secs(10)).await;
    desk.shows("✎ another result was sent: before and after");
    desk.shows("[-clear-]{+hail+}");
}

#[tokio::test(start_paused = true)]
async fn a_result_is_kept_for_the_tool_or_for_these_arguments() {
    let desk = answered().await;
    desk.press("f3 s j S").await;
    let (_, state) = desk.closed().await;
    let rule = |when: &[(&str, Value)], result: &str| CannedRule {
        when: when.iter().map(|(pointer, value)| ((*pointer).to_owned(), value.clone())).collect(),
        result: result.to_owned(),
    };
    let rules = vec![rule(&[("/city", json!("Kyoto"))], "rain"), rule(&[], "clear")];
    assert_eq!(state.tools.responders.of("get_weather"), &Responder::Canned(rules));
}

#[tokio::test(start_paused = true)]
async fn arguments_results_calls_and_messages_are_copied_as_they_are() {
    let desk = answered().await;
    desk.press("f3 z y").await;
    assert_eq!(copied(&desk), TOKYO);
    desk.press("enter j y").await;
    assert_eq!(copied(&desk), "\"Tokyo\"", "the selected member");
    desk.press("left tab y").await;
    assert_eq!(copied(&desk), "clear");
    desk.press("Y").await;
    assert_eq!(serde_json::from_str::<Value>(&copied(&desk)).unwrap(), call("c0", TOKYO));
    desk.press("p").await;
    let pair: Value = serde_json::from_str(&copied(&desk)).unwrap();
    assert_eq!(pair, json!([called(&[call("c0", TOKYO)]), result("c0", "clear")]));
}

#[tokio::test(start_paused = true)]
async fn the_page_is_read_in_the_editor_and_nothing_changes_by_it() {
    let desk = answered().await;
    desk.screen.editor_answers(Ok("changed"));
    desk.press("f3 z o").await;
    assert!(desk.screen.asked().contains(&Asked::Edit(TOKYO.to_owned())), "{:?}", desk.screen.asked());
    desk.shows(r#""city": "Tokyo""#);
    desk.hides("changed");
}

#[tokio::test(start_paused = true)]
async fn json_is_folded_searched_and_its_strings_shown_both_ways() {
    let desk = desk(1).await;
    desk.sends("Where?").await;
    desk.calls(0, &[r#"{"city":"To\nkyo","at":{"lat":35,"tags":["x","needle"]}}"#]).await;
    desk.press("f3 z").await;
    desk.shows("\"city\": \"To↵kyo\"");
    desk.press("t").await;
    desk.shows(r#""city": "To\nkyo""#);
    desk.press("l - -").await;
    desk.shows(r#""at": { … 2 }"#);
    desk.hides("needle");
    desk.press("/").await;
    desk.types("needle").await;
    desk.shows("1 hit");
    desk.press("enter").await;
    desk.shows("\"needle\"");
    desk.press("esc").await;
    desk.shows("/at/tags/1");
}

#[tokio::test(start_paused = true)]
async fn arguments_that_come_are_seen_as_they_come() {
    use abreast::api::Delta;
    let desk = desk(1).await;
    desk.sends("Where?").await;
    let piece = |arguments: &str| Delta::ToolCall {
        choice: 0,
        index: 0,
        id: Some("c0".to_owned()),
        name: Some("get_weather".to_owned()),
        arguments: arguments.to_owned(),
        extra: None,
    };
    desk.delivers(0, piece(r#"{"ci"#)).await;
    desk.press("f3 f3").await;
    desk.shows("… arrives");
    desk.shows(r#"  "ci"#);
    desk.delivers(0, piece(r#"ty":"Tok"#)).await;
    desk.shows(r#"  "city": "Tok"#);
    desk.delivers(0, piece(r#"yo"}"#)).await;
    desk.delivers(0, Delta::Finish { choice: 0, reason: "tool_calls".to_owned() }).await;
    desk.ends(0).await;
    desk.shows("? waits for you");
    desk.press("tab tab tab").await;
    desk.shows("✓ The arguments conform");
    desk.press("shift-tab").await;
    desk.shows("The weather of a city");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_is_decided_about_from_the_inspector() {
    let desk = desk(1).await;
    desk.sends("Where?").await;
    desk.calls(0, &[TOKYO, r#"{"city":"Kyoto"}"#]).await;
    desk.press("f3 j a").await;
    desk.shows("Result of get_weather");
    desk.types("rain").await;
    desk.press("ctrl-s").await;
    desk.answers_by_hand("clear").await;
    assert_eq!(desk.loop_of(1)[1..], [result("c0", "clear"), result("c1", "rain")]);
}

#[tokio::test(start_paused = true)]
async fn without_calls_it_says_how_to_come_to_some() {
    let desk = Desk::open().await;
    desk.press("f3").await;
    desk.shows("No tool was called in this session yet.");
    desk.shows("sample:get_weather");
    desk.press("esc").await;
    desk.hides("No tool was called");
}
