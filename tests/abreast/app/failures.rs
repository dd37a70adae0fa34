//! What goes wrong with a run, and the ways on.

use std::time::Duration;

use abreast::api::{ApiError, Delta, ErrorKind, RetryWait};
use abreast::chat::PARAMS;
use serde_json::json;

use super::replay::ScriptedConnect;
use super::*;

pub(super) fn refused(message: &str, param: Option<&str>) -> ApiError {
    ApiError { status: Some(400), param: param.map(str::to_owned), ..ApiError::new(ErrorKind::Http, message) }
}

fn wait(seconds: u64) -> Delta {
    Delta::Retry(RetryWait {
        attempt: 2,
        of: 3,
        wait: Duration::from_secs(seconds),
        cause: "lab is busy (429).".to_owned(),
    })
}

#[tokio::test(start_paused = true)]
async fn a_retry_counts_down_and_the_reply_follows() {
    let desk = Desk::open().await;
    desk.sends("Hello").await;
    desk.delivers(0, wait(8)).await;
    desk.shows("try 2 of 3 in 8.0 s · Esc stops · lab is busy (429).");
    desk.passes(Duration::from_secs(5)).await;
    desk.shows("try 2 of 3 in 3.0 s");
    desk.passes(Duration::from_secs(3)).await;
    desk.answers(0, "At last").await;
    desk.shows("At last");
    desk.hides("try 2 of 3");
}

#[tokio::test(start_paused = true)]
async fn a_wait_for_a_retry_can_be_stopped() {
    let desk = Desk::open().await;
    desk.sends("Hello").await;
    desk.delivers(0, wait(30)).await;
    desk.press("esc").await;
    desk.shows("■ stopped");
    desk.hides("try 2 of 3");
    assert!(!desk.hands(0, Ok(said("no"))), "the stream is closed");
}

#[tokio::test(start_paused = true)]
async fn a_failure_keeps_the_partial_reply_and_the_draft_and_says_what_next() {
    let desk = Desk::open().await;
    desk.sends("Hello").await;
    desk.replies(0, "Half an ans").await;
    desk.types("next question").await;
    let mut error = ApiError::new(ErrorKind::Truncated, "The answer of lab broke off.");
    error.next_step = Some("Press Alt+R to ask again.".to_owned());
    error.request_id = Some("req_77".to_owned());
    desk.fails(0, error).await;
    desk.shows("Half an ans");
    desk.shows("✗ cut off: The answer of lab broke off.");
    desk.shows("Press Alt+R to ask again.");
    desk.shows("req_77");
    desk.shows("next question");
    desk.press("enter").await;
    assert_eq!(desk.messages(1), ["user: Hello", "assistant: Half an ans", "user: next question"]);
}

#[tokio::test(start_paused = true)]
async fn a_failure_before_the_first_word_leaves_no_empty_message_in_the_history() {
    let desk = Desk::open().await;
    desk.sends("Hello").await;
    desk.fails(0, refused("lab refused the request (400).", None)).await;
    desk.shows("✗ lab refused the request (400).");
    desk.shows("Alt+R asks again.");
    desk.press("alt-r").await;
    desk.answers(1, "Hi").await;
    desk.sends("More").await;
    assert_eq!(desk.messages(2), ["user: Hello", "assistant: Hi", "user: More"]);
}

#[tokio::test(start_paused = true)]
async fn a_refused_parameter_is_left_out_by_alt_x_and_from_then_on_until_it_is_forced() {
    let desk = Desk::open().await;
    desk.press("f2 left esc").await;
    desk.sends("Hello").await;
    assert_eq!(desk.params(0), json!({"temperature": 0.95}));
    desk.fails(0, refused("lab refuses temperature.", Some("temperature"))).await;
    desk.shows("Alt+X resends without temperature.");
    desk.press("alt-x").await;
    assert_eq!(desk.params(1), json!({}));
    assert_eq!(desk.messages(1), ["user: Hello"]);
    desk.shows("temperature is not sent to sage-1 from now on");
    desk.shows("T ✗0.95");
    desk.answers(1, "Hi").await;
    desk.press("alt-x").await;
    desk.shows("No parameter of this lane was refused.");
    assert_eq!(desk.connect.count(), 2);
    desk.sends("More").await;
    assert_eq!(desk.params(2), json!({}));
    desk.answers(2, "Ok").await;
    desk.press("f2").await;
    desk.shows("✗ not sent: sage-1");
    desk.shows("f sends it");
    desk.press("f esc").await;
    desk.shows("T !0.95");
    desk.sends("Again").await;
    assert_eq!(desk.params(3), json!({"temperature": 0.95}));
    desk.fails(3, refused("lab refuses temperature.", Some("temperature"))).await;
    desk.press("alt-x").await;
    assert_eq!(desk.params(4), json!({}));
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_cannot_be_used_fails_the_run_with_its_sentence() {
    let connect = super::replay::ScriptedConnect::default();
    connect.is_unusable("lab", ApiError::new(ErrorKind::Network, "No key for lab. Set LAB_API_KEY."));
    let desk = Desk::of(start(WIDE), connect).await;
    desk.sends("Hello").await;
    desk.shows("✗ No key for lab. Set LAB_API_KEY.");
}

#[tokio::test(start_paused = true)]
async fn what_a_model_is_known_to_refuse_is_not_sent_and_says_why() {
    let mut start = start(WIDE);
    start.lanes[0].settings.model = "openai/gpt-5-mini".to_owned();
    let desk = Desk::of(start, ScriptedConnect::default()).await;
    desk.press("f2 0 . 5 enter").await;
    desk.shows("✗ 0.5");
    desk.shows("gpt-5-mini refuses");
    desk.press("f6").await;
    desk.shows("✗ temperature is set and not sent: gpt-5-mini refuses temperature: only the default works.");
    desk.press("f6 esc").await;
    desk.sends("Hello").await;
    assert_eq!(desk.params(0), json!({}));
    desk.answers(0, "Hi").await;
    desk.press("f2 f").await;
    desk.shows("temperature is sent all the same");
    desk.press("esc").await;
    desk.sends("More").await;
    assert_eq!(desk.params(1), json!({"temperature": 0.5}));
    desk.answers(1, "Ok").await;
    desk.press("f2 backspace 0 . 7 enter esc").await;
    desk.sends("Unset is not forced").await;
    assert_eq!(desk.params(2), json!({}));
}

#[tokio::test(start_paused = true)]
async fn a_word_that_is_stepped_away_and_back_is_no_longer_forced() {
    let desk = Desk::open().await;
    let place = PARAMS.iter().position(|param| param.name == "verbosity").unwrap();
    desk.press(&format!("f2{} right esc", " down".repeat(place))).await;
    desk.sends("Hello").await;
    desk.fails(0, refused("lab refuses verbosity.", Some("verbosity"))).await;
    desk.press("alt-x").await;
    desk.answers(1, "Hi").await;
    desk.press("f2 f esc").await;
    desk.sends("Forced").await;
    assert_eq!(desk.params(2), json!({"verbosity": "low"}));
    desk.answers(2, "Ok").await;
    desk.press("f2 left right esc").await;
    desk.sends("Unset is not forced").await;
    assert_eq!(desk.params(3), json!({}));
}

#[tokio::test(start_paused = true)]
async fn what_one_model_refused_is_not_learnt_of_the_model_that_the_lane_asks_now() {
    let connect = ScriptedConnect::default();
    connect.lists("shop", Ok(&["thyme-2"]));
    let desk = Desk::of(start(WIDE), connect).await;
    desk.press("f2 left esc").await;
    desk.sends("Hello").await;
    desk.fails(0, refused("lab refuses temperature.", Some("temperature"))).await;
    desk.press("ctrl-l").await;
    desk.types("thyme").await;
    desk.press("enter alt-x").await;
    desk.shows("No parameter of this lane was refused.");
    desk.press("alt-r").await;
    assert_eq!(desk.params(1), json!({"temperature": 0.95}));
}
