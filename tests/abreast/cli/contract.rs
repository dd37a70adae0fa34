//! The object of `ask --json`: the same fields on success and on failure.

use serde_json::json;

use super::{OK, ask, json, without_times};
use crate::program::{Canned, Home};
use crate::server::{EVENTS, JSON, response, stream_head};

#[test]
fn a_success_has_every_field() {
    let server = Canned::answering([response(200, &[EVENTS, "X-Request-Id: req_7"], OK)]);
    let run = ask(&server, &["--json", "hi"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    assert_eq!(
        without_times(json(&run)),
        json!({"text": "ok", "reasoning": "", "refusal": "", "tool_calls": [], "finish_reason": "stop",
            "usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}, "cost": null, "error": null,
            "partial": false, "model": "served", "request_id": "req_7"})
    );
}

#[test]
fn a_failure_before_the_answer_has_the_same_fields() {
    let body = r#"{"error":{"message":"No such thing.","type":"invalid_request_error","param":null,"code":null}}"#;
    let server = Canned::answering([response(400, &[JSON, "X-Request-Id: req_8"], body)]);
    let run = ask(&server, &["--json", "hi"]);
    assert_eq!(run.code, Some(1));
    let message = format!("{} refused the request (400): No such thing.", server.address);
    assert_eq!(
        without_times(json(&run)),
        json!({"text": "", "reasoning": "", "refusal": "", "tool_calls": [], "finish_reason": null, "usage": null,
            "cost": null, "error": {"kind": "http", "message": message, "status": 400}, "partial": false,
            "model": "m", "request_id": "req_8"})
    );
}

#[test]
fn calls_that_came_before_the_failure_make_the_answer_partial() {
    let call = r#"{"index":0,"id":"call_1","type":"function","function":{"name":"look","arguments":"{\"a\":"}}"#;
    let think = r#"data: {"choices":[{"index":0,"delta":{"reasoning_content":"Hm."}}]}"#;
    let mut bytes = stream_head();
    bytes.extend(
        format!("{think}\n\ndata: {{\"choices\":[{{\"index\":0,\"delta\":{{\"tool_calls\":[{call}]}}}}]}}\n\n").bytes(),
    );
    let run = ask(&Canned::answering([bytes]), &["--json", "hi"]);
    assert_eq!(run.code, Some(1));
    let object = json(&run);
    assert_eq!(object["tool_calls"], json!([{"id": "call_1", "name": "look", "arguments": "{\"a\":"}]));
    assert_eq!((&object["reasoning"], &object["partial"]), (&json!("Hm."), &json!(true)));
    assert_eq!(object["error"]["kind"], "truncated");
    assert!(object["ttft_ms"].is_u64());
}

#[test]
fn a_refusal_is_no_text() {
    let stream = concat!(
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"refusal\":\"I will not.\"}}]}\n\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
    );
    let run = ask(&Canned::answering([response(200, &[EVENTS], stream)]), &["--json", "hi"]);
    let object = json(&run);
    assert_eq!((run.code, &object["text"], &object["refusal"]), (Some(0), &json!(""), &json!("I will not.")));
}

/// What a model costs at an address that is not of this machine. The address is reached through a proxy, which is the
/// canned server: nothing leaves loopback.
#[test]
fn the_listed_price_of_a_model_is_exact() {
    let usage = r#"{"prompt_tokens":1624,"completion_tokens":581,"total_tokens":2205}"#;
    let stream = OK.replace(r#"{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4}"#, usage);
    let server = Canned::answering([response(200, &[EVENTS], stream)]);
    let home = Home::new();
    let url = ["--base-url", "http://gateway.example/v1", "--model", "gpt-5.1-2025-11-13"];
    let mut command = home.command([&["ask"], &url[..], &["--json", "hi"]].concat());
    command.env("http_proxy", format!("http://{}", server.address));
    let object = json(&crate::program::finish(command, b""));
    // (1624 x 1.80 + 581 x 15.00) / 1,000,000
    assert_eq!(object["cost"], json!({"amount": "0.0116382", "currency": "CNY", "estimated": false}), "{object}");
}

#[test]
fn a_price_of_ones_own_holds_for_a_local_server_too() {
    let home = Home::new();
    home.configure("[[prices]]\nmodel = \"m\"\ncurrency = \"EUR\"\ninput = \"0.10\"\noutput = \"0.3\"\n");
    let server = Canned::answering([response(200, &[EVENTS], OK)]);
    let run = home.run(super::asking(&server, &["--json", "hi"]));
    assert_eq!(json(&run)["cost"], json!({"amount": "0.0000006", "currency": "EUR", "estimated": false}));
}

#[test]
fn several_choices_are_all_given() {
    let choice = |index: u32, text: &str| {
        format!(r#"{{"index":{index},"message":{{"role":"assistant","content":"{text}"}},"finish_reason":"stop"}}"#)
    };
    let body = format!(r#"{{"choices":[{},{}]}}"#, choice(0, "one"), choice(1, "two"));
    let server = Canned::answering([response(200, &[JSON], body)]);
    let object = json(&ask(&server, &["--json", "--no-stream", "--set", "n=2", "hi"]));
    assert_eq!((&object["text"], &object["choices"][1]["text"]), (&json!("one"), &json!("two")));
}

#[test]
fn a_key_that_the_server_echoes_is_masked_wherever_it_comes_back() {
    let body = r#"{"error":{"message":"Incorrect API key provided: sk-secret-1234567.","code":"invalid_api_key"}}"#;
    let answer = || response(401, &[JSON, "X-Request-Id: sk-secret-1234567"], body);
    let server = Canned::answering([answer(), answer()]);
    let home = Home::new();
    for plain in [true, false] {
        let output = if plain { "--no-stream" } else { "--json" };
        let mut command = home.command(super::asking(&server, &["--api-key-env", "MY_KEY", output, "hi"]));
        command.env("MY_KEY", "sk-secret-1234567");
        let run = crate::program::finish(command, b"");
        assert_eq!(run.code, Some(1));
        assert!(!format!("{run:?}").contains("sk-secret"), "{run:?}");
        assert!(format!("{run:?}").contains("provided: [key]."), "{run:?}");
    }
    assert!(server.asked()[0].contains("Bearer sk-secret-1234567"), "the key was sent, so this proves something");
}
