//! Tool calls: decided about by keys, answered, sent back, and the conversation goes on.

use std::sync::Arc;
use std::time::Duration;

use abreast::api::Delta;
use abreast::chat::{Settings, Tool};
use abreast::state::{Lane, LaneId, Size, Start};
use serde_json::{Value, json};

use super::desk::{Desk, WIDE, start};
use super::replay::ScriptedConnect;

/// Longer than what takes a place in the box waits for keys that decide.
pub(super) const HASTE: Duration = Duration::from_millis(800);

pub(super) fn weather() -> Tool {
    Tool::from_json(&json!({"name": "get_weather", "description": "The weather of a city", "parameters": {
        "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}))
    .unwrap()
}

fn with_tools(size: Size, lanes: u32) -> Start {
    let mut start = start(size);
    let settings = Settings { tools: Arc::from([weather()]), ..start.lanes[0].settings.clone() };
    start.lanes = (0..lanes).map(|lane| Lane::new(LaneId(lane), settings.clone())).collect();
    start
}

pub(super) async fn desk(lanes: u32) -> Desk {
    Desk::of(with_tools(WIDE, lanes), ScriptedConnect::default()).await
}

impl Desk {
    /// A reply that ends in calls of `get_weather`, each with its arguments.
    pub(super) async fn calls(&self, place: usize, calls: &[&str]) {
        for (index, arguments) in calls.iter().enumerate() {
            let (id, name) = (Some(format!("c{index}")), Some("get_weather".to_owned()));
            let arguments = (*arguments).to_owned();
            self.delivers(place, Delta::ToolCall { choice: 0, index, id, name, arguments, extra: None }).await;
        }
        self.delivers(place, Delta::Finish { choice: 0, reason: "tool_calls".to_owned() }).await;
        self.ends(place).await;
    }

    /// Writes a result by hand into the form that the focused box opens.
    pub(super) async fn answers_by_hand(&self, result: &str) {
        self.press("enter").await;
        self.types(result).await;
        self.press("ctrl-s").await;
    }

    /// The messages of a request after the question: roles, calls and answers.
    pub(super) fn loop_of(&self, place: usize) -> Vec<Value> {
        self.request(place).messages.into_iter().skip(1).collect()
    }
}

pub(super) fn call(id: &str, arguments: &str) -> Value {
    json!({"id": id, "type": "function", "function": {"name": "get_weather", "arguments": arguments}})
}

pub(super) fn called(calls: &[Value]) -> Value {
    json!({"role": "assistant", "content": null, "tool_calls": calls})
}

pub(super) fn result(id: &str, content: &str) -> Value {
    json!({"role": "tool", "content": content, "tool_call_id": id})
}

#[tokio::test(start_paused = true)]
async fn a_call_is_answered_by_hand_and_the_conversation_goes_on_by_itself() {
    let desk = desk(1).await;
    desk.sends("What's the weather in Tokyo?").await;
    desk.calls(0, &[r#"{"city":"Tokyo"}"#]).await;
    desk.shows("Call 1 of 1 · A · get_weather · ? waits for you");
    desk.shows("Enter decides");
    assert_eq!(desk.connect.count(), 1, "nothing goes out unasked");
    desk.press("enter").await;
    desk.answers_by_hand("24 °C, clear").await;
    assert_eq!(desk.loop_of(1), [called(&[call("c0", r#"{"city":"Tokyo"}"#)]), result("c0", "24 °C, clear")]);
    desk.hides("Call 1 of 1");
    desk.answers(1, "It is 24 °C and clear in Tokyo.").await;
    desk.shows("It is 24 °C and clear in Tokyo.");
    assert_eq!(desk.connect.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn two_lanes_wait_at_once_and_each_is_decided_about_by_itself() {
    let desk = desk(2).await;
    desk.sends("What's the weather in Tokyo?").await;
    desk.calls(0, &[r#"{"city":"Tokyo"}"#]).await;
    desk.calls(1, &[r#"{"city":"Kyoto"}"#]).await;
    desk.shows("? B waits for you");
    desk.press("enter").await;
    desk.answers_by_hand("clear").await;
    assert_eq!(desk.loop_of(2), [called(&[call("c0", r#"{"city":"Tokyo"}"#)]), result("c0", "clear")]);
    assert_eq!(desk.connect.count(), 3, "lane B still waits");
    // The key that decides goes to the lane that waits.
    desk.press("alt-d").await;
    desk.shows("Call 1 of 1 · B · get_weather");
    desk.press("x").await;
    desk.types("no").await;
    desk.press("enter").await;
    assert_eq!(
        desk.loop_of(3),
        [called(&[call("c0", r#"{"city":"Kyoto"}"#)]), result("c0", "The user refused to run this tool: no")]
    );
    desk.answers(2, "Clear in Tokyo.").await;
    desk.answers(3, "I cannot tell.").await;
    desk.shows("Clear in Tokyo.");
    desk.shows("I cannot tell.");
}

impl Desk {
    pub(super) async fn choose(&self, responder: &str) {
        self.press("c ctrl-a ctrl-k").await;
        self.types(responder).await;
        self.press("enter").await;
        self.passes(HASTE).await;
    }

    /// Waits for a process, whose time is not the test's.
    pub(super) async fn until(&self, is_so: impl Fn(&Self) -> bool) {
        for _ in 0..20_000 {
            if is_so(self) {
                return;
            }
            std::thread::yield_now();
            self.settle().await;
        }
        panic!("it never came:\n{}", self.screen.text());
    }
}

#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn calls_that_are_approved_run_side_by_side_and_go_back_in_their_order() {
    let desk = desk(1).await;
    desk.sends("Where?").await;
    desk.calls(0, &[r#"{"city":"Tokyo"}"#, r#"{"city":"Kyoto"}"#]).await;
    desk.press("enter").await;
    desk.choose(r#"["cat"]"#).await;
    desk.shows("runs \"cat\"");
    assert_eq!(desk.connect.count(), 1, "nothing runs by being chosen");
    desk.press("R").await;
    desk.until(|desk| desk.connect.count() == 2).await;
    let results = desk.loop_of(1);
    assert_eq!(results[1..], [result("c0", r#"{"city":"Tokyo"}"#), result("c1", r#"{"city":"Kyoto"}"#)]);
}

#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn esc_kills_what_runs_and_the_conversation_can_go_on() {
    let desk = desk(1).await;
    desk.sends("Where?").await;
    desk.calls(0, &[r#"{"city":"Tokyo"}"#]).await;
    desk.press("enter").await;
    desk.choose(r#"["sleep", "600"]"#).await;
    desk.press("r").await;
    desk.shows("▸ running");
    desk.press("esc").await;
    desk.shows("■ cancelled");
    desk.shows("the results wait to be sent");
    desk.passes(HASTE).await;
    desk.press("alt-d enter").await;
    assert_eq!(desk.loop_of(1)[1], result("c0", "The user stopped this tool while it ran."));
}

#[tokio::test(start_paused = true)]
async fn a_message_that_is_sent_while_calls_wait_goes_on_without_them() {
    let desk = desk(1).await;
    desk.sends("Where?").await;
    desk.calls(0, &[r#"{"city":"Tokyo"}"#]).await;
    desk.sends("Never mind.").await;
    assert_eq!(
        desk.messages(1),
        ["user: Where?", "assistant: -", "tool: The user did not run this tool.", "user: Never mind."]
    );
    desk.hides("Call 1 of 1");
}

#[tokio::test(start_paused = true)]
async fn a_model_that_calls_for_ever_is_stopped_by_a_question() {
    let desk = desk(1).await;
    desk.sends("Where?").await;
    for round in 0..10 {
        desk.calls(round, &[&format!("{{\"city\":\"{round}\"}}")]).await;
        desk.press("enter").await;
        desk.answers_by_hand("clear").await;
    }
    desk.shows("10 rounds of calls in a row. Go on?");
    assert_eq!(desk.connect.count(), 10);
    desk.passes(HASTE).await;
    desk.press("alt-d enter").await;
    assert_eq!(desk.connect.count(), 11);
}

#[tokio::test(start_paused = true)]
async fn a_call_is_one_line_and_opens_to_its_arguments_and_its_result() {
    let desk = desk(1).await;
    desk.sends("Where?").await;
    desk.calls(0, &[r#"{"city":"Tokyo"}"#]).await;
    desk.press("enter").await;
    desk.answers_by_hand("clear\u{7} skies").await;
    desk.answers(1, "Clear.").await;
    desk.shows(r#"▸ get_weather {"city":"Tokyo"} ✓ ok"#);
    desk.shows("↳ get_weather  clear");
    // The keys go to the transcript: from the reply up over the answer to the call.
    desk.press("tab k k k space").await;
    desk.shows("▾ get_weather ✓ ok");
    desk.shows(r#""city": "Tokyo""#);
}
