//! `models import`, `models prices`, and what of the price lists shows in cards and costs.

use serde_json::{Value, json};

use crate::program::{Canned, Finished, Home, finish};
use crate::server::{EVENTS, response};

use super::{OK, asking, json};

fn list(model: &str, rows: usize) -> String {
    let entry = |place: usize| {
        let name = if place == 0 { model.to_owned() } else { format!("filler-{place}") };
        let entry = json!({"litellm_provider": "openai", "mode": "chat", "max_input_tokens": 1000,
            "input_cost_per_token": 1e-6, "output_cost_per_token": "2e-6"});
        (name, entry)
    };
    Value::Object((0..rows).map(entry).collect()).to_string()
}

fn import(home: &Home, file: &str, text: &str) -> Finished {
    let path = home.write(file, text);
    home.run(["models", "import", path.to_str().unwrap()])
}

#[test]
fn an_imported_list_is_in_cards_and_says_where_it_is_from_and_how_old_it_is() {
    let home = Home::new();
    let run = import(&home, "list.json", &list("gpt-x", 2).replace("\"filler-1\":{", "\"sample_spec\":{"));
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{run:?}");
    assert_eq!(
        run.out,
        "1 prices of LiteLLM's price list were taken over; 1 entries were left out: 1 × an example of the list's form.\n"
    );
    let card = home.run(["models", "show", "gpt-x"]);
    for row in ["$1.00", "$2.00", "charged by    api.openai.com", "LiteLLM's price list (", "imported"] {
        assert!(card.out.contains(row), "{row}: {}", card.out);
    }
    let prices = home.run(["models", "prices", "gpt-x"]);
    assert!(
        prices.out.starts_with("gpt-x at api.openai.com  $1.00 / $2.00  ") && prices.out.lines().count() == 1,
        "{prices:?}"
    );
    assert!(prices.err.contains("; 1 of LiteLLM's price list were imported today."), "{prices:?}");
    let all: Value = serde_json::from_str(&home.run(["models", "prices", "--json"]).out).unwrap();
    let imported: Vec<&Value> = all.as_array().unwrap().iter().filter(|row| row["origin"] == "imported").collect();
    assert_eq!(imported.len(), 1);
    assert_eq!(imported[0]["price"], json!({"currency": "USD", "input": "1", "output": "2"}));
}

#[test]
fn a_list_that_cannot_be_read_leaves_the_last_one_as_it_was() {
    let home = Home::new();
    assert_eq!(import(&home, "good.json", &list("gpt-x", 9)).code, Some(0));
    let cut = &list("gpt-x", 9)[..100];
    for (text, problem) in [
        (cut, "it is no JSON (line 1, column "),
        ("{\"a\": 1}", "it is no price list that is known"),
        ("", "it is no JSON"),
        (list("gpt-x", 1).as_str(), "has 1 prices where the last list had 9: it may be damaged."),
    ] {
        let run = import(&home, "bad.json", text);
        assert!(run.code == Some(1) && run.err.contains(problem) && run.out.is_empty(), "{run:?}");
        assert!(home.run(["models", "prices", "filler-8"]).out.starts_with("filler-8 at "), "{problem}");
    }
    let path = home.write("small.json", list("gpt-y", 1));
    assert_eq!(home.run(["models", "import", "--force", path.to_str().unwrap()]).code, Some(0));
    assert_eq!(home.run(["models", "prices", "gpt-x"]).out, "");
    let gone = home.run(["models", "import", "nowhere.json"]);
    assert!(gone.code == Some(1) && gone.err.starts_with("nowhere.json cannot be read: "), "{gone:?}");
}

#[test]
fn a_list_comes_from_standard_input_too() {
    let home = Home::new();
    let run = finish(home.command(["models", "import", "-"]), list("gpt-x", 3).as_bytes());
    assert_eq!(
        (run.code, run.out.as_str()),
        (Some(0), "3 prices of LiteLLM's price list were taken over.\n"),
        "{run:?}"
    );
}

#[test]
fn a_damaged_file_of_imported_prices_prices_nothing_and_is_told_of() {
    let home = Home::new();
    home.write(
        "data/prices.jsonl",
        "{\"abreast_prices\":1,\"from\":\"x\",\"imported\":\"2026-01-01T00:00:00Z\",\"rows\":2}\n{\"mod",
    );
    let run = home.run(["models", "show", "gpt-5"]);
    assert!(run.code == Some(0) && run.err.contains("2 rows cannot be read and price nothing."), "{run:?}");
}

#[test]
fn the_card_shows_tiers_hours_and_the_identity_of_the_price() {
    let home = Home::new();
    let text = "[[models]]\nmodel = \"house\"\ncurrency = \"CNY\"\ninput = \"2\"\noutput = \"8\"\ncache_write = \"2.5\"\n\
                request = \"0.01\"\nsource = \"our contract\"\nchecked = \"2026-11-01\"\nvalid_from = \"2026-01-01\"\n\
                when = [{ tier = \"flex\", input = \"1\" }, { above = 32000, input = \"4\" },\n\
                { hours = [\"22:00-08:00\"], zone = \"+08:00\", days = [\"sat\"], output = \"4\" }]\n";
    home.write("config/models.toml", text);
    let card = home.run(["models", "show", "house"]).out;
    for row in [
        "cache write   ¥2.50",
        "each request  ¥0.01",
        "when          flex: input ¥1.00",
        "when          above 32,000 input tokens: input ¥4.00",
        "when          22:00-08:00 +08:00 on sat: output ¥4.00",
        "valid from    2026-01-01T00:00:00Z",
        "source        our contract (2026-11-01)",
        ", your own",
        "(1,200 × ¥2.00 + 300 × ¥8.00) / 1,000,000 + ¥0.01 = ¥0.0148",
    ] {
        assert!(card.contains(row), "{row}:\n{card}");
    }
    let object: Value = serde_json::from_str(&home.run(["models", "show", "house", "--json"]).out).unwrap();
    let id = object["price"]["id"].as_str().unwrap();
    assert!(id.len() == 32 && card.contains(&format!("row           {}, your own", &id[..8])), "{id}:\n{card}");
    assert_eq!(object["price"]["row"]["when"][1], json!({"above": 32000, "input": "4"}));
}

#[test]
fn what_is_wrong_with_the_users_rows_is_told() {
    let home = Home::new();
    home.write("config/models.toml", "[[models]]\nmodel = \"m\"\ncurrency = \"USD\"\ninput = \"NaN\"\noutput = 1\n");
    let run = home.run(["models", "prices"]);
    assert!(
        run.code == Some(2)
            && run
                .err
                .ends_with("models.toml:4:9: `models.input` is a number of 0 or more, such as 1.25, not \"NaN\".\n"),
        "{run:?}"
    );
    let check = home.run(["config", "check"]);
    assert!(check.code == Some(1) && check.err.contains("`models.input` is a number of 0 or more"), "{check:?}");
}

#[test]
fn a_local_model_with_a_famous_name_costs_nothing_only_where_its_provider_says_so() {
    let server = Canned::answering([response(200, &[EVENTS], OK), response(200, &[EVENTS], OK)]);
    let cost = |free: &str| {
        let home = Home::new();
        let url = &server.address;
        home.configure(&format!("[providers.ollama]\nbase_url = \"http://{url}/v1\"\n{free}"));
        json(&home.run(["ask", "--provider", "ollama", "--model", "gpt-5.1-2025-11-13", "--json", "hi"]))["cost"]
            .clone()
    };
    assert_eq!(cost(""), Value::Null);
    assert_eq!(cost("free = true\n"), json!({"amount": "0", "currency": "USD", "estimated": false}));
}

#[test]
fn the_model_that_answered_and_its_tier_decide_the_cost_and_what_the_server_says_comes_first() {
    let chunk = |usage: &str| {
        format!(
            "data: {{\"model\":\"served-1\",\"service_tier\":\"priority\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"hi\"}},\
             \"finish_reason\":\"stop\"}}],\"usage\":{usage}}}\n\ndata: [DONE]\n\n"
        )
    };
    let counts = r#"{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100}"#;
    let reported = r#"{"prompt_tokens":1000,"completion_tokens":100,"cost":0.25}"#;
    let server =
        Canned::answering([response(200, &[EVENTS], chunk(counts)), response(200, &[EVENTS], chunk(reported))]);
    let home = Home::new();
    let row = "currency = \"USD\"\ninput = \"1\"\noutput = \"10\"\n";
    let priority = "when = [{ tier = \"priority\", input = \"2\", output = \"20\" }]\n";
    home.write(
        "config/models.toml",
        format!("[[models]]\nmodel = \"m\"\n{row}[[models]]\nmodel = \"served-1\"\n{row}{priority}"),
    );
    let cost = || json(&home.run(asking(&server, &["--json", "hi"])))["cost"].clone();
    assert_eq!(cost(), json!({"amount": "0.004", "currency": "USD", "estimated": false}));
    assert_eq!(cost(), json!({"amount": "0.25", "currency": "USD", "estimated": false, "reported": true}));
}
