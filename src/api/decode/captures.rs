//! Streams that real servers sent, replayed whole.

use std::collections::BTreeMap;

use super::tests::{assembled, decoded};
use super::*;
use crate::api::{Assembly, Reply};
use crate::chat::ToolCall;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../tests/fixtures/wire/", $name))
    };
}

fn reply(text: &str, finish: Option<&str>) -> Reply {
    Reply { text: text.to_owned(), finish_reason: finish.map(str::to_owned), ..Reply::default() }
}

fn call(id: &str, name: &str, arguments: &str) -> ToolCall {
    ToolCall { id: id.to_owned(), name: name.to_owned(), arguments: arguments.to_owned(), extra: None }
}

/// What a fixture gives: the assembly without its usage, and input, cached and output tokens.
fn replayed(bytes: &[u8]) -> (Assembly, Option<[Option<u64>; 3]>) {
    let mut assembly = assembled(bytes);
    let usage = assembly.usage.take().map(|usage| [usage.input, usage.cached, usage.output]);
    (assembly, usage)
}

fn one(model: &str, reply: Reply) -> Assembly {
    Assembly { choices: BTreeMap::from([(0, reply)]), served_by: Some(model.to_owned()), ..Assembly::default() }
}

const LOCAL: &str = "smollm2-135m-instruct";

#[test]
fn reasoning_before_the_answer() {
    let reply = Reply {
        reasoning: "First I consider the question. Then I answer it.".to_owned(),
        ..reply("The answer is 42.", Some("stop"))
    };
    assert_eq!(replayed(fixture!("reasoning.sse")), (one("gpt-4o", reply), Some([Some(4), None, Some(5)])));
}

#[test]
fn two_calls_in_a_row() {
    let tool_calls = vec![
        call("call_imTBGnnqmn5xgB-I", "get_weather", r#"{"city":"Paris"}"#),
        call("call_xUoGJ0tXHLQKtEby", "get_weather", r#"{"city":"Rome"}"#),
    ];
    let reply = Reply { tool_calls, ..reply("", Some("tool_calls")) };
    assert_eq!(replayed(fixture!("two_calls.sse")), (one("gpt-4o", reply), None));
}

#[test]
fn a_call_of_a_local_server() {
    let tool_calls = vec![call("bo7WJQ3BsMZxGn5bPVon3xDlDDQdovux", "get_weather", r#"{"city": "Paris"}"#)];
    let reply = Reply { tool_calls, ..reply("", Some("tool_calls")) };
    assert_eq!(replayed(fixture!("local_call.sse")), (one(LOCAL, reply), None));
}

#[test]
fn a_gateways_usage_after_the_finish() {
    let reply = reply("The capital of France is Paris.", Some("stop"));
    let expected = (one("smollm2", reply), Some([Some(42), Some(41), Some(8)]));
    assert_eq!(replayed(fixture!("gateway_usage.sse")), expected);
}

#[test]
fn an_emoji_that_was_cut_in_half_is_whole_again() {
    let text = "你好世界 🚀👩\u{200D}👩\u{200D}👧\u{200D}👦 naïve Ελλάδα مرحبا e\u{301}";
    assert_eq!(replayed(fixture!("unicode.sse")), (one("gpt-4o", reply(text, Some("stop"))), None));
}

#[test]
fn two_interleaved_choices() {
    let vast = reply("The vast, blue expanse of the ocean is a symbol of", Some("length"));
    let salty = reply("The salty sea is a boundless realm of endless beauty and mystery", Some("length"));
    let expected = Assembly { choices: BTreeMap::from([(0, vast.clone()), (1, salty)]), ..one(LOCAL, vast) };
    assert_eq!(replayed(fixture!("two_choices.sse")), (expected, None));
}

#[test]
fn log_probabilities_of_every_token() {
    let assembly = assembled(fixture!("logprobs.sse"));
    let logprobs = Value::Object(assembly.first().logprobs.unwrap());
    let tokens: Vec<&str> =
        logprobs["content"].as_array().unwrap().iter().map(|t| t["token"].as_str().unwrap()).collect();
    assert_eq!(tokens, ["The", " capital", " of", " France", " is"]);
}

#[test]
fn a_server_that_was_killed() {
    let (deltas, result) = decoded(fixture!("cut_off.sse"));
    assert_eq!(result.unwrap_err().kind, ErrorKind::Truncated);
    let mut assembly = Assembly::default();
    deltas.iter().for_each(|delta| assembly.apply(delta));
    assert_eq!(assembly, one(LOCAL, reply("Once upon a time, in the bustling", None)));
}

#[test]
fn a_gateway_whose_upstream_was_killed() {
    let (deltas, result) = decoded(fixture!("upstream_died.sse"));
    let error = result.unwrap_err();
    assert_eq!((error.kind, error.code.as_deref()), (ErrorKind::Api, Some("500")));
    assert!(error.message.contains("Response payload is not completed"), "{error}");
    let mut assembly = Assembly::default();
    deltas.iter().for_each(|delta| assembly.apply(delta));
    assert_eq!(assembly, one("smollm2", reply("Once upon a time, in the bustling", None)));
}

#[test]
fn whole_answers() {
    let text = reply("The capital of France is Paris.", Some("stop"));
    let expected = (one(LOCAL, text), Some([Some(42), Some(24), Some(8)]));
    assert_eq!(replayed(fixture!("whole.json")), expected);
    let tool_calls = vec![call("CPMOCSHdu9Mc1s2FPEmm1XK314Ykgeg9", "get_weather", r#"{"city": "Paris"}"#)];
    let reply = Reply { tool_calls, ..reply("", Some("tool_calls")) };
    let expected = (one("smollm2", reply), Some([Some(396), Some(395), Some(31)]));
    assert_eq!(replayed(fixture!("whole_call.json")), expected);
}
