use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::pricing::{Catalogue, Reach};
use crate::text::width;

const PINNED: &str = "gpt-5.1-2025-11-13";

fn catalogue() -> Catalogue {
    Catalogue::embedded().with_more(sandbox_rows())
}

fn plain(card: &Card<'_>, columns: u16) -> String {
    let rows = card_rows(card, &Dialect::default(), columns);
    rows.iter().map(|row| format!("{}\n", row.plain().trim_end())).collect()
}

#[test]
fn the_card_of_a_pinned_snapshot_says_all_that_is_known() {
    insta::assert_snapshot!("pinned_at_100", plain(&catalogue().listed(PINNED).unwrap(), 100));
    insta::assert_snapshot!("alias_at_56", plain(&catalogue().listed("gpt-5.1").unwrap(), 56));
}

#[test]
fn what_nobody_knows_is_not_made_up() {
    let bare = Card { provider: None, ..Card::unknown("", "a\u{1b}[2Jb\u{202e}") };
    let text = plain(&bare, 60);
    assert!(text.contains("  input         n/a\n") && text.contains("  context       n/a\n"), "{text}");
    assert!(text.contains("Streaming          n/a") && !text.contains(['\u{1b}', '\u{202e}']), "{text}");
    assert!(text.contains("Without prices there is nothing to compute: n/a."), "{text}");
}

#[test]
fn a_feature_comes_with_the_body_that_uses_it() {
    let body = |feature, dialect: &Dialect| request(feature, "m", dialect);
    let usual = Dialect::default();
    assert_eq!(
        body(Feature::Streaming, &usual).to_string(),
        r#"{"model":"m","messages":[{"role":"user","content":"Count from one to ten."}],"stream":true,"stream_options":{"include_usage":true}}"#
    );
    let old = Dialect { stream_usage: false, ..Dialect::default() };
    assert_eq!(body(Feature::Streaming, &old).get("stream_options"), None);
    let calling = body(Feature::FunctionCalling, &usual);
    assert_eq!(calling["tools"][0]["function"]["name"], "forecast");
    assert_eq!((calling.get("stream"), calling.get("tool_choice")), (None, None));
    let mode = body(Feature::JsonMode, &usual);
    assert_eq!(mode["response_format"], json!({"type": "json_object"}));
    assert!(mode["messages"][0]["content"].as_str().unwrap().contains("JSON"));
}

#[test]
fn every_body_fits_the_table_of_params() {
    for feature in Feature::ALL {
        let body = request(feature, "m", &Dialect::default());
        for (name, value) in body.as_object().unwrap() {
            match crate::chat::param(name) {
                Some(param) => assert_eq!(param.check(value.clone()).as_ref(), Ok(value), "{name}"),
                None => assert!(fields().iter().any(|field| field.name == name) || name == "stream_options", "{name}"),
            }
        }
    }
}

#[test]
fn the_worked_example_is_exact() {
    let catalogue = catalogue();
    let working = |model: &str| example(catalogue.listed(model).unwrap().price.unwrap()).unwrap().working;
    assert_eq!(working(PINNED), "(1,200 × ¥1.80 + 300 × ¥15.00) / 1,000,000 = ¥0.00666");
    assert_eq!(working("gpt-5.1"), "(800 × $1.25 + 400 × $0.125 + 300 × $10.00) / 1,000,000 = $0.00405");
}

#[test]
fn the_reference_has_every_field_once_and_only_two_are_required() {
    let fields = fields();
    let required: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    assert_eq!(required, ["model", "messages"]);
    for (place, field) in fields.iter().enumerate() {
        assert_eq!(fields.iter().position(|other| other.name == field.name), Some(place));
    }
    let kind = |name: &str| fields.iter().find(|field| field.name == name).unwrap().kind.clone();
    assert_eq!(kind("temperature"), "number from 0 to 2");
    assert_eq!(kind("seed"), "integer from 0");
}

#[test]
fn every_model_of_the_sandbox_has_a_card_with_notional_prices() {
    let catalogue = catalogue();
    for model in crate::sandbox::MODELS {
        let card = catalogue.card("sandbox", Reach::Local, model.id).unwrap();
        assert!(card.price.unwrap().notional);
        assert_eq!(card.facts.unwrap().description.as_deref(), Some(model.description));
    }
    let has = |id: &str| catalogue.card("sandbox", Reach::Local, id).unwrap().facts.unwrap().has(Feature::Reasoning);
    assert_eq!(["sandbox", "sandbox-reasoner", "sandbox-401"].map(has), [Some(false), Some(true), None]);
}

proptest! {
    #[test]
    fn no_row_is_wider_than_the_page(columns in 8_u16..120, model in "\\PC{0,40}") {
        let catalogue = catalogue();
        let card = Card { model: &model, ..catalogue.listed("gpt-5.1").unwrap() };
        for row in card_rows(&card, &Dialect::default(), columns) {
            prop_assert!(width(&row.plain()) <= usize::from(columns), "{:?}", row.plain());
        }
    }
}
