//! `ask --max-cost`, and how far the estimate of tokens is off from what servers count.

use serde::Deserialize;
use serde_json::Value;

use crate::program::Home;

fn ask(most: &str, prompt: &str) -> crate::program::Finished {
    Home::new().run(["ask", "--provider", "sandbox", "--max-cost", most, prompt])
}

#[test]
fn an_input_that_costs_more_is_not_sent_and_the_sentence_says_that_it_is_an_estimate() {
    let refused = ask("0", "Hello there");
    assert_eq!(refused.code, Some(2));
    let said = "--max-cost: nothing was sent: the input alone, ~9 tokens by an estimate, costs ~";
    assert!(refused.err.contains(said), "{}", refused.err);
    assert_eq!(refused.out, "");
    let sent = ask("1", "Hello there");
    assert_eq!(sent.code, Some(0), "{}", sent.err);
}

#[derive(Deserialize)]
struct Fixture {
    texts: Vec<Measured>,
}

#[derive(Deserialize)]
struct Measured {
    kind: String,
    text: String,
}

/// What a server counts of a text with a system prompt, by the built program.
fn counted(endpoint: &[&str], text: &str) -> u64 {
    let more = ["--system", "Be brief.", "--set", "max_tokens=1", "--json", text];
    let told = Home::new().run([&["ask"], endpoint, &more].concat());
    let told: Value = serde_json::from_str(&told.out).unwrap();
    told["usage"]["prompt_tokens"].as_u64().unwrap()
}

/// Prints the table of docs/money.md. `ABREAST_MEASURE_URL` and `ABREAST_MEASURE_MODEL` name a server beside the sandbox:
/// `cargo test --test abreast -- --ignored --nocapture how_far_the_estimate`.
#[test]
#[ignore = "asks a server that has to run; it prints what it finds"]
fn how_far_the_estimate_is_off() {
    use abreast::pricing::{Family, MESSAGE_TOKENS, REPLY_TOKENS};
    let texts: Fixture = toml::from_str(include_str!("../../fixtures/tokens.toml")).unwrap();
    let url = std::env::var("ABREAST_MEASURE_URL").ok();
    let model = std::env::var("ABREAST_MEASURE_MODEL").unwrap_or_default();
    for Measured { kind, text } in &texts.texts {
        let off = |family: Family, endpoint: &[&str]| {
            let estimate = family.tokens(text) + family.tokens("Be brief.") + 2 * MESSAGE_TOKENS + REPLY_TOKENS;
            let truth = counted(endpoint, text);
            let off = (estimate as f64 - truth as f64) / truth as f64 * 100.0;
            format!("{estimate} for {truth}, {off:+.1} %")
        };
        let sandbox = off(Family::Sandbox, &["--provider", "sandbox"]);
        let server =
            url.as_deref().map(|url| off(Family::of("server", &model), &["--base-url", url, "--model", &model]));
        println!("{kind}: sandbox {sandbox}; server {}", server.unwrap_or_default());
    }
}

/// `gpt-4o` counts an image of one tile 85 + 170; of `made-up-1` no rule is known.
#[test]
fn images_count_by_the_published_rule_and_where_none_is_known_it_is_said() {
    let home = Home::new();
    let rows = ["gpt-4o", "made-up-1"].map(|model| {
        format!(
            "[[models]]\nmodel = \"{model}\"\ncurrency = \"USD\"\ninput = \"1\"\noutput = \"1\"\nsource = \"ours\"\n\
             checked = \"2026-11-01\"\n"
        )
    });
    home.write("config/models.toml", rows.concat());
    let image = home.write("cat.gif", b"GIF89a\x20\x00\x20\x00");
    let ask = |model: &str, most: &str| {
        let address = ["--base-url", "http://127.0.0.1:9/v1", "--retries", "0", "--model", model, "--no-ledger"];
        let more = ["--max-cost", most, "--attach", image.to_str().unwrap(), "Hi"];
        home.run([&["ask"], &address[..], &more].concat())
    };
    let refused = ask("gpt-4o", "0.0001 USD");
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.err.contains("the input alone, ~263 tokens by an estimate"), "{}", refused.err);
    assert!(!refused.err.contains("not counted"), "{}", refused.err);
    let unknown = ask("made-up-1", "1 USD");
    assert!(unknown.err.contains("--max-cost: 1 image is not counted."), "{}", unknown.err);
}
