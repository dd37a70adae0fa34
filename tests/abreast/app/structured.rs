//! Replies in JSON that was asked for: pretty while they come, and checked.

use abreast::api::Delta;
use abreast::state::{LaneId, Size, Start};
use serde_json::{Value, json};

use super::console::Asked;
use super::replay::ScriptedConnect;
use super::*;

fn person() -> Value {
    json!({"type": "json_schema", "json_schema": {"name": "person", "strict": true, "schema": {
        "type": "object", "required": ["name", "age"], "additionalProperties": false,
        "properties": {"name": {"type": "string"}, "age": {"type": "integer"}, "home": {"type": "object"}}}}})
}

/// Two lanes that want a person; lane A may say no more than 512 tokens.
fn two_lanes(size: Size) -> Start {
    let mut start = start(size);
    start.lanes[0].settings.params.set("response_format", person());
    start.lanes.push(start.lanes[0].clone_as(LaneId(1), 'B'));
    start.lanes[0].settings.params.set("max_tokens", json!(512));
    start
}

async fn asked(size: Size) -> Desk {
    let desk = Desk::of(two_lanes(size), ScriptedConnect::default()).await;
    desk.sends("Extract as JSON: John is 30 years old").await;
    desk
}

fn finish(reason: &str) -> Delta {
    Delta::Finish { choice: 0, reason: reason.to_owned() }
}

#[tokio::test(start_paused = true)]
async fn json_is_pretty_and_checked_while_it_streams_in_each_lane() {
    let desk = asked(WIDE).await;
    desk.replies(0, r#"{"name": "John", "a"#).await;
    desk.replies(1, r#"{"name": "John", "age": ""#).await;
    desk.shows(r#"  "name": "John","#);
    desk.shows("… conforms to person so far");
    desk.shows("✗ /age is a string, where an integer is wanted");
    desk.replies(0, r#"ge": 30}"#).await;
    desk.delivers(0, finish("stop")).await;
    desk.ends(0).await;
    desk.replies(1, r#"30", "x": 1}"#).await;
    desk.delivers(1, finish("stop")).await;
    desk.ends(1).await;
    desk.shows("✓ conforms to person");
    desk.shows(r#"✗ 2 errors by person, first: /age is "30", a string,"#);
    desk.hides("/x is no field of the schema");
    desk.press("tab alt-2 space").await;
    desk.shows("  /x is no field of the schema");
}

#[tokio::test(start_paused = true)]
async fn a_cut_answer_says_so_and_so_does_one_in_a_fence() {
    let desk = asked(WIDE).await;
    desk.replies(0, r#"{"name": "Jo"#).await;
    desk.delivers(0, finish("length")).await;
    desk.ends(0).await;
    desk.answers(1, "```json\n{\"name\": \"John\", \"age\": 30}\n```").await;
    desk.shows("✗ the JSON is cut off: max_tokens was reached at 512");
    desk.shows("fence, which is no JSON; the JSON in it conforms");
}

#[tokio::test(start_paused = true)]
async fn the_raw_text_is_a_key_away_and_is_what_is_copied() {
    let desk = asked(WIDE).await;
    let raw = r#"{"name":"John","age":30}"#;
    desk.answers(0, raw).await;
    desk.hides(raw);
    desk.press("tab t").await;
    desk.shows(raw);
    desk.press("t").await;
    desk.hides(raw);
    desk.press("y").await;
    assert!(desk.screen.asked().contains(&Asked::Copy(raw.to_owned())), "the source is copied, not the rows");
}

#[tokio::test(start_paused = true)]
async fn narrow_lanes_show_json_too() {
    let desk = asked(Size { columns: 60, rows: 20 }).await;
    desk.answers(0, r#"{"name": "John", "age": 30}"#).await;
    desk.shows(r#"  "age": 30"#);
    desk.shows("✓ conforms to person");
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_was_not_asked_for_as_json_is_as_ever() {
    let desk = Desk::open().await;
    desk.sends("hi").await;
    desk.answers(0, r#"{"name": "John"}"#).await;
    desk.shows(r#"{"name": "John"}"#);
    desk.hides("conforms");
}

#[tokio::test(start_paused = true)]
async fn json_mode_without_the_word_is_told_before_it_is_sent() {
    let mut start = start(WIDE);
    start.lanes[0].settings.params.set("response_format", json!({"type": "json_object"}));
    let desk = Desk::of(start, ScriptedConnect::default()).await;
    let hint = "! JSON mode wants the word JSON in a message";
    desk.hides(hint);
    desk.types("John is 30").await;
    desk.shows(hint);
    desk.types(" as json").await;
    desk.hides(hint);
    desk.press("enter").await;
    desk.answers(0, r#"{"name": "John"}"#).await;
    desk.shows("✓ conforms to JSON mode");
    desk.types("and Ann is 4").await;
    desk.hides(hint);
}
