//! Every fault that the sandbox plays, as `ask --json` tells it.

use serde_json::{Value, json};

use super::json;
use crate::program::{Home, Sandbox};

/// How the run with a model has to end.
struct Case {
    model: &'static str,
    more: &'static [&'static str],
    /// The error's kind and status; `Null` for none.
    error: Value,
    /// Whether text came.
    text: bool,
}

const fn case(model: &'static str, error: Value, text: bool) -> Case {
    Case { model, more: &[], error, text }
}

#[test]
fn every_model_of_the_sandbox_ends_as_its_description_says() {
    let sandbox = Sandbox::start(0);
    // What is sent at full speed may be lost in the cut.
    let paced = Sandbox::start(200);
    let http = |status: u16| json!(["http", status]);
    let short = &["--idle-timeout", "0.3"];
    let cases = [
        case("sandbox", Value::Null, true),
        case("sandbox-reasoner", Value::Null, true),
        Case { more: &["--set", "max_tokens=9"], ..case("sandbox-strict", Value::Null, true) },
        case("sandbox-markdown", Value::Null, true),
        case("sandbox-big", Value::Null, true),
        case("sandbox-hostile", Value::Null, true),
        Case { more: &["--retries", "1"], ..case("sandbox-429", http(429), false) },
        case("sandbox-quota", http(429), false),
        case("sandbox-401", http(401), false),
        Case { more: &["--retries", "0"], ..case("sandbox-500", http(500), false) },
        Case { more: &["--retries", "0"], ..case("sandbox-529", http(529), false) },
        case("sandbox-html", json!(["protocol", null]), false),
        case("sandbox-empty", json!(["protocol", null]), false),
        case("sandbox-cut", json!(["truncated", null]), true),
        case("sandbox-nofinish", json!(["truncated", null]), true),
        case("sandbox-error", json!(["api", null]), true),
        Case { more: short, ..case("sandbox-slow", json!(["timeout", null]), false) },
        Case { more: short, ..case("sandbox-hang", json!(["timeout", null]), true) },
        case("sandbox-garbage", Value::Null, true),
        case("sandbox-nousage", Value::Null, true),
    ];
    let home = Home::new();
    let listed = home.run(["sandbox", "--list"]).out;
    let names: Vec<&str> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names, cases.iter().map(|case| case.model).collect::<Vec<_>>());
    for Case { model, more, error, text } in cases {
        let base_url = if model == "sandbox-cut" { &paced.base_url } else { &sandbox.base_url };
        let set = ["ask", "--base-url", base_url, "--model", model, "--json", "hello"];
        let run = home.run([&set, more].concat());
        let object = json(&run);
        let found = match &object["error"] {
            Value::Null => Value::Null,
            error => json!([error["kind"], error["status"]]),
        };
        assert_eq!((&found, run.code), (&error, Some(i32::from(!error.is_null()))), "{model}: {object}");
        let came = object["text"] != "";
        assert_eq!((came, &object["partial"]), (text, &json!(text && !error.is_null())), "{model}: {object}");
        assert_eq!(object["usage"].is_null(), model == "sandbox-nousage" || !error.is_null(), "{model}: {object}");
    }
}

#[test]
fn a_cut_connection_is_told_with_the_transports_own_words() {
    let sandbox = Sandbox::start(200);
    let run = Home::new().run(["ask", "--base-url", &sandbox.base_url, "--model", "sandbox-cut", "hello"]);
    assert_eq!(run.code, Some(1));
    assert!(!run.out.trim().is_empty(), "what came is printed: {run:?}");
    let address = sandbox.base_url.trim_start_matches("http://").trim_end_matches("/v1");
    let sentence =
        format!("The answer was cut off: The connection to {address} broke before the answer was complete: ");
    assert!(
        run.err.lines().last().is_some_and(|last| last.starts_with(&sentence))
            && run.err.ends_with("Send it again; what came is kept.\n"),
        "{run:?}"
    );
}
