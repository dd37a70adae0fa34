use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::chat::Usage;
use crate::pricing::{Asked, Catalogue, Circumstances, Price, Reach, Unbillable, bill};

fn list(value: &Value) -> Import {
    import(&value.to_string(), "2026-11-23").unwrap()
}

fn priced(import: &Import, host: &str, model: &str) -> Option<Price> {
    let catalogue = Catalogue::default().with_imported(import.rows.clone());
    catalogue.price("p", Reach::Remote(host), model).cloned()
}

fn total(price: &Price, input: u64, output: u64, circumstances: &Circumstances<'_>) -> Result<String, Unbillable> {
    let usage = Usage { input: Some(input), output: Some(output), ..Usage::default() };
    bill(&usage, price, circumstances).map(|bill| bill.total.amount.to_string())
}

const USUAL: Circumstances<'_> = Circumstances { tier: None, at: None };

fn litellm() -> Value {
    json!({
        "sample_spec": {"litellm_provider": "one of https://docs", "input_cost_per_token": "0.0000", "mode": "one of chat, …"},
        "gpt-5.4": {
            "litellm_provider": "openai", "mode": "chat", "max_input_tokens": 1_050_000, "max_output_tokens": 128_000,
            "input_cost_per_token": 2.5e-06, "output_cost_per_token": 1.5e-05, "cache_read_input_token_cost": 2.5e-07,
            "input_cost_per_token_above_272k_tokens": 5e-06, "output_cost_per_token_above_272k_tokens": "2.25e-05",
            "input_cost_per_token_priority": 5e-06, "output_cost_per_token_priority": 3e-05,
            "input_cost_per_token_batches": 1.25e-06
        },
        "deepseek/deepseek-x": {
            "litellm_provider": "deepseek", "mode": "chat", "input_cost_per_token": "1e-6", "output_cost_per_token": 2e-6,
            "off_peak_pricing": {"hours_utc": "16:30-00:30", "input_cost_per_token": 5e-7, "output_cost_per_token": 5e-7}
        },
        "dashscope/qwen-t": {
            "litellm_provider": "dashscope", "mode": "chat",
            "tiered_pricing": [
                {"range": [0, 32e3], "input_cost_per_token": 1.2e-6, "output_cost_per_token": 6e-6},
                {"range": [32e3, 128e3], "input_cost_per_token": 2.4e-6}
            ]
        },
        "text-embedding": {"litellm_provider": "openai", "mode": "embedding", "input_cost_per_token": 1e-8},
        "free/zero": {"litellm_provider": "free", "mode": "chat", "input_cost_per_token": 0.0, "output_cost_per_token": 0},
        "nothing": {"litellm_provider": "openai", "mode": "chat"},
        "half": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1e-6, "output_cost_per_token": null},
        "word": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": "free", "output_cost_per_token": 1e-6},
        "nan": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": "NaN", "output_cost_per_token": 1e-6},
        "minus": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": -1e-6, "output_cost_per_token": 1e-6},
        "huge": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1e30, "output_cost_per_token": 1e-6},
        "list": [1, 2],
        "late": {
            "litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1e-6, "output_cost_per_token": 1e-6,
            "off_peak_pricing": {"hours_utc": "whenever", "input_cost_per_token": 5e-7}
        }
    })
}

#[test]
fn litellms_list_is_read_with_its_bounds_tiers_and_hours() {
    let list = list(&litellm());
    assert_eq!(list.form, ListForm::LiteLlm);
    let names: Vec<&str> = list.rows.iter().map(|row| row.model.as_str()).collect();
    assert_eq!(names, ["gpt-5.4", "deepseek-x", "qwen-t", "zero"]);
    let gpt = priced(&list, "api.openai.com", "gpt-5.4").unwrap();
    assert_eq!(total(&gpt, 1_000_000, 0, &USUAL), Ok("5".into()));
    assert_eq!(total(&gpt, 272_000, 1_000_000, &USUAL), Ok("15.68".into()));
    assert_eq!(total(&gpt, 272_001, 1_000_000, &USUAL), Ok("23.860005".into()));
    let tier = |tier| total(&gpt, 1000, 1000, &Circumstances { tier: Some(tier), at: None });
    assert_eq!(tier("priority"), Ok("0.035".into()));
    assert_eq!(tier("batches"), Err(Unbillable::TierUnpriced("batches".into())));
    let deepseek = priced(&list, "api.deepseek.com", "deepseek-x").unwrap();
    let night = Circumstances { tier: None, at: Some("2026-11-23T16:30:00Z".parse().unwrap()) };
    assert_eq!(total(&deepseek, 1_000_000, 1_000_000, &night), Ok("1".into()));
    let qwen = priced(&list, "dashscope-intl.aliyuncs.com", "qwen-t").unwrap();
    assert_eq!(total(&qwen, 32_000, 1000, &USUAL), Ok("0.0444".into()));
    assert_eq!(
        total(&qwen, 32_001, 1000, &USUAL),
        Ok("0.0828024".into()),
        "a tier without an output price has the usual"
    );
    assert_eq!(list.rows[3].provider.as_deref(), Some("free"));
    assert!(list.rows[3].price.as_ref().unwrap().is_free());
}

#[test]
fn what_cannot_be_read_is_left_out_whole_and_counted_with_its_reason() {
    let expected = [
        ("a number that cannot be read", 3),
        ("a price below zero", 1),
        ("an example of the list's form", 1),
        ("hours that cannot be read", 1),
        ("no chat model", 1),
        ("no object", 1),
        ("no price for input and output tokens", 2),
    ];
    assert_eq!(list(&litellm()).skipped, BTreeMap::from(expected));
}

#[test]
fn models_dev_is_read_by_provider_with_its_longer_contexts() {
    let list = list(&json!({
        "google": {"id": "google", "models": {
            "gemini-2.5-pro": {"id": "gemini-2.5-pro", "name": "Gemini 2.5 Pro", "limit": {"context": 1_048_576, "output": 65_536},
                "cost": {"input": 1.25, "output": 10, "cache_read": 0.31,
                    "context_over_200k": {"input": 2.5, "output": 15, "cache_read": 0.625}}},
            "gemma-free": {"id": "gemma-free", "limit": {"context": 8000, "output": 9000}, "cost": {"input": 0, "output": 0}},
            "unpriced": {"id": "unpriced"}
        }},
        "lab": {"id": "lab", "api": "https://llm.lab.example/v1", "models": {
            "deep/m": {"cost": {"input": 1, "output": 2, "reasoning": 3,
                "tiers": [{"input": 2, "output": 4, "tier": {"type": "context", "size": 32000}}]}},
            "odd": {"cost": {"input": 1, "output": 2, "tiers": [{"input": 2, "tier": {"type": "moon", "size": 1}}]}}
        }},
        "nowhere": {"id": "nowhere", "models": {"m": {"cost": {"input": 1, "output": 1}}}}
    }));
    assert_eq!((list.form, list.rows.len()), (ListForm::ModelsDev, 4));
    let gemini = priced(&list, "generativelanguage.googleapis.com", "gemini-2.5-pro").unwrap();
    assert_eq!(total(&gemini, 200_001, 0, &USUAL), Ok("0.5000025".into()));
    let deep = priced(&list, "llm.lab.example", "deep/m").unwrap();
    assert_eq!(total(&deep, 32_001, 1_000_000, &USUAL), Ok("4.064002".into()));
    assert_eq!(priced(&list, "elsewhere.example", "deep/m"), None);
    assert_eq!(list.rows[3].provider.as_deref(), Some("nowhere"));
    let limits: Vec<_> =
        list.rows.iter().map(|row| row.facts.as_ref().map(|facts| (facts.context, facts.max_output))).collect();
    assert_eq!(limits[..2], [Some((Some(1_048_576), Some(65_536))), Some((Some(8000), None))]);
    assert_eq!(
        list.skipped,
        BTreeMap::from([("no price for input and output tokens", 1), ("a number that cannot be read", 1)])
    );
}

#[test]
fn genai_prices_are_read_with_their_dates_hours_and_names() {
    let list = list(&json!([
        {"id": "anthropic", "api_pattern": "https://api\\.anthropic\\.com", "models": [
            {"id": "claude-sonnet-5", "match": {"or": [{"starts_with": "claude-sonnet-5"}, {"equals": "sonnet-5"}, {"contains": "x"}]},
             "prices": [
                {"prices": {"input_mtok": 2, "output_mtok": 10}},
                {"constraint": {"start_date": "2026-09-01"}, "prices": {"input_mtok": 3, "output_mtok": 15}}]},
            {"id": "long", "match": {"equals": "long"}, "context_window": 1_000_000,
             "prices": {"input_mtok": {"base": 3, "tiers": [{"start": 200_000, "price": 6}]}, "output_mtok": 15, "requests_kcount": 5}}
        ]},
        {"id": "lab", "api_pattern": "https://(a|b)\\.lab\\.example", "models": [
            {"id": "night", "match": {"equals": "night"}, "prices": [
                {"prices": {"input_mtok": 2, "output_mtok": 4}},
                {"constraint": {"start_time": "16:30:00Z", "end_time": "00:30:00Z"}, "prices": {"input_mtok": 1, "output_mtok": 2}}]},
            {"id": "both", "match": {"equals": "both"}, "prices": [
                {"prices": {"input_mtok": 2, "output_mtok": 4}},
                {"constraint": {"start_date": "2026-01-01"}, "prices": {"input_mtok": 2, "output_mtok": 4}},
                {"constraint": {"start_time": "16:30:00Z", "end_time": "00:30:00Z"}, "prices": {"input_mtok": 1, "output_mtok": 2}}]}
        ]}
    ]));
    assert_eq!(list.form, ListForm::GenaiPrices);
    let catalogue = Catalogue::default().with_imported(list.rows.clone());
    let at = |model, at: &str| {
        let at = Some(at.parse().unwrap());
        let asked = Asked { at, ..Asked::new("p", Reach::Remote("api.anthropic.com"), model) };
        total(catalogue.find(&asked).unwrap().price, 1_000_000, 0, &Circumstances { tier: None, at })
    };
    for name in ["claude-sonnet-5", "claude-sonnet-5-20260801", "sonnet-5"] {
        assert_eq!(
            [at(name, "2026-08-31T23:59:59Z"), at(name, "2026-09-01T00:00:00Z")],
            [Ok("2".into()), Ok("3".into())],
            "{name}"
        );
    }
    assert_eq!(at("long", "2026-01-01T00:00:00Z"), Ok("6.005".into()));
    let night = catalogue.price("lab", Reach::Remote("a.lab.example"), "night").unwrap();
    let night_at = Circumstances { tier: None, at: Some("2026-01-01T00:29:59Z".parse().unwrap()) };
    assert_eq!(total(night, 1_000_000, 0, &night_at), Ok("1".into()));
    assert_eq!(list.skipped, BTreeMap::from([("prices by date and by hour together", 1)]));
}

#[test]
fn what_is_no_list_is_refused_in_words() {
    let refusal = |text: &str| import(text, "2026-11-23").unwrap_err().to_string();
    assert_eq!(
        refusal("{\"a\": {\"litellm_provider\": \"x\""),
        "it is no JSON (line 1, column 30): it may have been cut off"
    );
    for other in ["{}", "[]", "3", "\"x\"", "{\"a\": 1}", "[{\"id\": 1}]", "null"] {
        assert!(refusal(other).starts_with("it is no price list that is known"), "{other}");
    }
    assert_eq!(refusal("{\"a\": {\"litellm_provider\": \"x\"}}"), ImportError::Empty.to_string());
    assert!(refusal("").starts_with("it is no JSON"));
    assert!(refusal(&"[".repeat(100_000)).starts_with("it is no JSON"));
}

#[test]
fn a_row_that_is_there_twice_or_has_no_printable_name_is_left_out() {
    let entry = json!({"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1e-6, "output_cost_per_token": 1e-6});
    let list = list(&json!({"m": entry, "openai/m": entry, "a\u{1b}[2J": entry, "": entry, "x".repeat(300): entry}));
    assert_eq!(list.rows.len(), 1);
    assert_eq!(
        list.skipped,
        BTreeMap::from([("there twice", 1), ("a name that is empty, too long or not printable", 3)])
    );
}

#[test]
fn a_damaged_line_of_the_file_costs_that_row_alone() {
    let text = list(&litellm()).print("2026-11-20T10:00:00Z");
    let kept = Imported::parse(&text).unwrap();
    assert_eq!((kept.rows.len(), kept.damaged, kept.from.as_str()), (4, 0, "LiteLLM's price list"));
    assert_eq!(kept.age_in_days("2026-11-23T09:00:00Z".parse().unwrap()), Some(2));
    let damaged: Vec<String> = text
        .lines()
        .enumerate()
        .map(|(place, line)| if place == 2 { line[..20].to_owned() } else { line.to_owned() })
        .collect();
    let kept = Imported::parse(&damaged.join("\n")).unwrap();
    assert_eq!((kept.rows.len(), kept.damaged), (3, 1));
    let cut: Vec<&str> = text.lines().take(3).collect();
    assert_eq!(Imported::parse(&cut.join("\n")).unwrap().damaged, 2);
    for other in ["", "{}", "{\"abreast_prices\": 2}", "\u{0}"] {
        assert!(Imported::parse(other).is_err(), "{other:?}");
    }
}

/// A price as it may stand in somebody's list: right, wrong, or hostile.
fn any_number() -> impl Strategy<Value = Value> {
    prop_oneof![
        (0_u32..100_000).prop_map(|number| json!(f64::from(number) / 1e9)),
        any::<f64>().prop_map(|number| json!(number)),
        "[-+0-9.eE]{0,12}".prop_map(|text| json!(text)),
        Just(json!("NaN")),
        Just(Value::Null),
        Just(json!([1])),
        any::<i64>().prop_map(|number| json!(number)),
    ]
}

fn any_entry() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "input_cost_per_token",
        "output_cost_per_token",
        "cache_read_input_token_cost",
        "input_cost_per_request",
        "input_cost_per_token_above_200k_tokens",
        "output_cost_per_token_flex",
        "output_cost_per_reasoning_token",
        "input_cost_per_token_above_99999999999999999999k_tokens",
        "max_input_tokens",
        "off_peak_pricing",
        "tiered_pricing",
    ]);
    prop::collection::btree_map(names, any_number(), 0..9).prop_map(|fields| {
        let mut entry = json!({"litellm_provider": "openai", "mode": "chat"});
        for (name, value) in fields {
            entry[name] = value;
        }
        entry
    })
}

proptest! {
    #[test]
    fn any_list_is_read_without_a_panic_and_what_is_kept_of_it_is_read_back_the_same(
        entries in prop::collection::btree_map("[a-z]{1,6}", any_entry(), 1..12)
    ) {
        let text = serde_json::to_string(&entries).unwrap();
        if let Ok(list) = import(&text, "2026-11-23") {
            let skipped: usize = list.skipped.values().sum();
            prop_assert_eq!(list.rows.len() + skipped, entries.len());
            let kept = Imported::parse(&list.print("2026-11-23T00:00:00Z")).unwrap();
            prop_assert_eq!((kept.rows, kept.damaged), (list.rows, 0));
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        let _ = import(&text, "2026-11-23");
        let _ = Imported::parse(&text);
    }
}
