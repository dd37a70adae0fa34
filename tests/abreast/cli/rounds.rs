//! `ask --respond`: calls are checked, answered and sent back, until an answer comes.

use serde_json::{Value, json};

use super::{asking, json, ok};
use crate::program::{Canned, Finished, Home};
use crate::server::{EVENTS, response};

const TOOLS: &str = r#"[{"name": "weather", "parameters": {"type": "object", "required": ["city"],
    "properties": {"city": {"type": "string"}, "other": {"type": "string"}}}}, {"name": "clock"}]"#;

/// A stream of calls, each of a tool with arguments.
fn calls(calls: &[(&str, &str)]) -> Vec<u8> {
    let call = |(index, (name, arguments)): (usize, &(&str, &str))| {
        json!({"index": index, "id": format!("c{index}"), "type": "function",
            "function": {"name": name, "arguments": arguments}})
    };
    let calls: Vec<Value> = calls.iter().enumerate().map(call).collect();
    let piece = json!({"choices": [{"index": 0, "delta": {"tool_calls": calls}, "finish_reason": "tool_calls"}]});
    response(200, &[EVENTS], format!("data: {piece}\n\ndata: [DONE]\n\n"))
}

/// Asks a server that gives these answers; gives what came of it, and each body that was sent.
fn ask(answers: Vec<Vec<u8>>, more: &[&str]) -> (Finished, Vec<Value>) {
    let home = Home::new();
    let file = home.write("tools.json", TOOLS);
    let server = Canned::answering(answers);
    let run = home.run(asking(&server, &[&["--tools", file.to_str().unwrap(), "hi"], more].concat()));
    let body = |asked: &String| serde_json::from_str(asked.split_once("\r\n\r\n").unwrap().1).unwrap();
    let bodies = server.asked().iter().map(body).collect();
    (run, bodies)
}

/// Takes the times of calls out, which no test can know.
fn timeless(mut calls: Value) -> Value {
    for call in calls.as_array_mut().unwrap() {
        assert!(call.as_object_mut().unwrap().remove("ms").unwrap().is_u64());
    }
    calls
}

#[test]
fn a_call_is_answered_by_a_command_and_the_answer_follows() {
    let tokyo = r#"{"city":"Tokyo"}"#;
    let (run, bodies) = ask(vec![calls(&[("weather", tokyo)]), ok()], &["--respond", "weather=cat", "--json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let result = json(&run);
    assert_eq!(result["text"], "ok");
    assert_eq!(
        timeless(result["calls"].clone()),
        json!([{"round": 1, "id": "c0", "name": "weather", "arguments": tokyo, "outcome": "answered", "result": tokyo}])
    );
    assert!(run.err.starts_with("weather {\"city\":\"Tokyo\"} · answered ") && run.err.lines().count() == 1, "{run:?}");
    assert_eq!(
        bodies[1]["messages"].as_array().unwrap()[1..],
        [
            json!({"role": "assistant", "content": null, "tool_calls": [{"id": "c0", "type": "function",
                "function": {"name": "weather", "arguments": tokyo}}]}),
            json!({"role": "tool", "tool_call_id": "c0", "content": tokyo}),
        ]
    );
}

#[test]
fn what_does_not_conform_is_never_run_and_the_model_is_told() {
    let home = Home::new();
    let mark = home.path().join("was-run");
    let respond = format!("weather=touch {}", mark.display());
    let wrong = calls(&[("weather", r#"{"city":7}"#), ("weather", "{}{"), ("wether", "{}")]);
    let (run, bodies) = ask(vec![wrong, ok()], &["--respond", &respond]);
    assert_eq!((run.code, run.out.as_str(), mark.exists()), (Some(0), "ok\n", false), "{run:?}");
    let told = |at: usize| bodies[1]["messages"][at]["content"].as_str().unwrap().to_owned();
    assert_eq!(told(2), "The call was not run: /city is 7, a number, where a string is wanted.");
    assert!(told(3).starts_with("The call was not run: the arguments are not JSON at 1:3"), "{}", told(3));
    assert_eq!(told(4), "The call was not run: no tool `wether` is offered; did the model mean `weather`?");
}

#[cfg(unix)]
#[test]
fn the_calls_of_one_reply_run_together() {
    let home = Home::new();
    // Each waits until the other has begun: one after the other they would never end.
    let script = r#"sh -c 'touch "$0/$1"; until [ -e "$0/$2" ]; do :; done; echo "$1"'"#;
    let respond = format!("weather={script} {} {{/city}} {{/other}}", home.path().display());
    let both = calls(&[("weather", r#"{"city":"a","other":"b"}"#), ("weather", r#"{"city":"b","other":"a"}"#)]);
    let (run, bodies) = ask(vec![both, ok()], &["--respond", &respond]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let results: Vec<&Value> = (2..4).map(|at| &bodies[1]["messages"][at]["content"]).collect();
    assert_eq!(results, ["a\n", "b\n"]);
}

#[test]
fn a_model_that_calls_for_ever_is_stopped() {
    let home = Home::new();
    let file = home.write("noon.txt", "12:00");
    let respond = format!("clock=@{}", file.display());
    let call = || calls(&[("clock", "")]);
    let (run, bodies) = ask(vec![call(), call(), call()], &["--respond", &respond, "--max-rounds", "2"]);
    assert_eq!((run.code, bodies.len()), (Some(1), 3), "{run:?}");
    assert_eq!(run.err.lines().last(), Some("The model still calls tools after 2 rounds; --max-rounds allows more."));
    assert_eq!(bodies[1]["messages"][2]["content"], "12:00");
}

#[test]
fn without_a_responder_nothing_runs_and_the_calls_are_shown() {
    let (run, bodies) = ask(vec![calls(&[("clock", "{}")])], &[]);
    assert_eq!((run.code, run.out.as_str(), bodies.len()), (Some(0), "clock {}\n", 1), "{run:?}");
    let (run, bodies) = ask(vec![calls(&[("clock", "{}"), ("weather", "{}")])], &["--respond", "clock=date"]);
    assert_eq!((run.code, bodies.len()), (Some(1), 1), "{run:?}");
    assert_eq!(run.err, "Nothing answers weather: --respond weather=… does.\n");
}

#[test]
fn events_carry_each_call_with_its_result() {
    let call = calls(&[("weather", r#"{"city":"Oslo"}"#)]);
    let (run, _) = ask(vec![call, ok()], &["--respond", "weather=false", "--events"]);
    let lines: Vec<Value> = run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let call = lines.iter().find(|line| line["type"] == "call").unwrap();
    assert_eq!((&call["name"], &call["outcome"]), (&json!("weather"), &json!("failed")), "{call}");
    assert_eq!(lines.last().unwrap()["calls"][0]["id"], "c0");
}

#[test]
fn a_responder_that_cannot_be_is_told_before_anything_is_asked() {
    let home = Home::new();
    let tools = home.write("t.json", TOOLS);
    for (respond, said) in [
        ("clock", "NAME=COMMAND"),
        ("other=date", "no tool `other` is offered"),
        ("clock=date | cat", "no shell is run"),
        ("clock=", "there is no command"),
        ("clock=@/nowhere/at/all", "cannot be read"),
    ] {
        let arguments =
            ["ask", "--provider", "sandbox", "--tools", tools.to_str().unwrap(), "--respond", respond, "hi"];
        let run = home.run(arguments);
        assert!(run.code == Some(2) && run.err.contains(said), "{run:?}");
    }
}
