//! `models show`: the card of one model.

use serde_json::{Value, json};

use crate::program::Home;

fn shown(home: &Home, arguments: &[&str]) -> String {
    let run = home.run([&["models", "show"], arguments].concat());
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{run:?}");
    run.out
}

fn has(text: &str, row: &str) -> bool {
    text.lines().any(|line| line.split_whitespace().collect::<Vec<_>>().join(" ") == row)
}

#[test]
fn the_card_of_a_pinned_snapshot_is_printed_for_a_pipe() {
    let text = shown(&Home::new(), &["gpt-5.1-2025-11-13"]);
    for row in [
        "[Stable] [Reproducible] [Production]",
        "id gpt-5.1-2025-11-13",
        "vendor OpenAI",
        "input ¥1.80",
        "output ¥15.00",
        "context 400,000 tokens",
        "max output 128,000 tokens",
        "Streaming yes",
        "Function calling yes",
        "JSON mode yes",
        "\"response_format\": {",
        "messages array, required",
        "temperature number from 0 to 2, optional",
        "(1,200 × ¥1.80 + 300 × ¥15.00) / 1,000,000 = ¥0.00666",
    ] {
        assert!(has(&text, row), "{row} is not in:\n{text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 100 && !line.contains('\x1b')));
}

#[test]
fn a_card_as_json_has_exact_prices_and_the_bodies() {
    let out = shown(&Home::new(), &["gpt-5.1-2025-11-13", "--json"]);
    let card: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(card["badges"], json!(["Stable", "Reproducible", "Production"]));
    assert_eq!(card["limits"], json!({"context": 400_000, "max_output": 128_000}));
    assert_eq!((&card["price"]["input"], &card["price"]["output"]), (&json!("1.80"), &json!("15.00")));
    assert_eq!(card["price"]["cached_input"], Value::Null);
    let streaming = &card["features"]["streaming"];
    assert_eq!(
        (&streaming["supported"], &streaming["request"]["model"], &streaming["request"]["stream"]),
        (&json!(true), &json!("gpt-5.1-2025-11-13"), &json!(true))
    );
    assert_eq!(card["parameters"][0]["name"], "model");
    assert_eq!(card["billing"]["example"]["cost"], "¥0.00666");
}

#[test]
fn an_alias_is_called_one_and_a_price_of_one_host_is_not_anothers() {
    let home = Home::new();
    home.configure("[providers.gate]\nbase_url = \"https://gate.example/v1\"\n");
    let listed = shown(&home, &["gpt-5.1"]);
    assert!(
        has(&listed, "[Alias]") && has(&listed, "charged by api.openai.com") && has(&listed, "input $1.25"),
        "{listed}"
    );
    let there = shown(&home, &["gpt-5.1", "--provider", "gate"]);
    assert!(has(&there, "input n/a") && has(&there, "context 400,000 tokens"), "{there}");
}

#[test]
fn the_users_own_price_is_in_the_card() {
    let home = Home::new();
    home.configure("[[prices]]\nmodel = \"house-*\"\ncurrency = \"EUR\"\ninput = \"0.5\"\noutput = \"2\"\n");
    let text = shown(&home, &["house-1"]);
    assert!(has(&text, "input €0.50") && has(&text, "source config.toml") && has(&text, "context n/a"), "{text}");
}

#[test]
fn a_model_of_the_sandbox_has_a_card() {
    for arguments in [&["sandbox-reasoner"][..], &["sandbox-reasoner", "--provider", "sandbox"]] {
        let text = shown(&Home::new(), arguments);
        assert!(has(&text, "Notional: nobody is charged this.") && has(&text, "Reasoning yes"), "{text}");
    }
}

#[test]
fn an_unknown_id_is_told_with_names_that_are_near() {
    let run = Home::new().run(["models", "show", "gpt-5.1-2025-11-31"]);
    assert_eq!((run.code, run.out.as_str()), (Some(1), ""));
    assert!(
        run.err.starts_with("Nothing is known of the model `gpt-5.1-2025-11-31`. There are: gpt-5.1-2025-11-13"),
        "{run:?}"
    );
    let far = Home::new().run(["models", "show", "zzzzzzzz"]);
    assert_eq!(far.err, "Nothing is known of the model `zzzzzzzz`. abreast models lists what a provider serves.\n");
}
