//! Tool calls: decided about by keys, answered, sent back, and the conversation goes on.

use std::sync::Arc;

use abreast::api::Delta;
use abreast::chat::{Settings, Tool};
use abreast::state::{Lane, LaneId, Size, Start};
use serde_json::{Value, json};

use super::desk::{Desk, WIDE, start};
use super::replay::ScriptedConnect;

fn weather() -> Tool {
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

async fn desk(lanes: u32) -> Desk {
    Desk::of(with_tools(WIDE, lanes), ScriptedConnect::default()).await
}

impl Desk {
    /// A reply that ends in calls of `get_weather`, each with its arguments.
    async fn calls(&self, place: usize, calls: &[&str]) {
        for (index, arguments) in calls.iter().enumerate() {
            let (id, name) = (Some(format!("c{index}")), Some("get_weather".to_owned()));
            let arguments = (*arguments).to_owned();
            self.delivers(place, Delta::ToolCall { choice: 0, index, id, name, arguments, extra: None }).await;
        }
        self.delivers(place, Delta::Finish { choice: 0, reason: "tool_calls".to_owned() }).await;
        self.ends(place).await;
    }

    /// Writes a result by hand into the form that the focused box opens.
    async fn answers_by_hand(&self, result: &str) {
        self.press("enter").await;
        self.types(result).await;
        self.press("ctrl-s").await;
    }

    /// The messages of a request after the question: roles, calls and answers.
    fn loop_of(&self, place: usize) -> Vec<Value> {
        self.request(place).messages.into_iter().skip(1).collect()
    }
}

fn call(id: &str, arguments: &str) -> Value {
    json!({"id": id, "type": "function", "function": {"name": "get_weather", "arguments": arguments}})
}

fn called(calls: &[Value]) -> Value {
    json!({"role": "assistant", "content": null, "tool_calls": calls})
}

fn result(id: &str, content: &str) -> Value {
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
