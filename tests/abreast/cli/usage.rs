//! `usage`: sums, rows and comparisons of a ledger that the test made, and what `ask` enters into it.

use std::path::Path;

use abreast::chat::{Cost, Currency, Money};
use abreast::pricing::Price;
use abreast::store::{LedgerPrice, LedgerRow, LedgerState, LedgerTokens, enter_rows};
use serde_json::{Value, json};

use crate::program::{Canned, Finished, Home};
use crate::server::{EVENTS, response};

use super::{OK, asking, json, ok};

/// Monday, 23 November 2026, 23:30 UTC: in Shanghai it is Tuesday.
const LATE: i64 = 1_795_476_600_000;
const DAY: i64 = 86_400_000;

fn yuan(amount: &str) -> Cost {
    Cost::Known(money(amount, "CNY"))
}

fn money(amount: &str, currency: &str) -> Money {
    Money { amount: amount.parse().unwrap(), currency: Currency::new(currency).unwrap() }
}

fn run(at: i64, model: &str, (input, output): (u64, u64), cost: Cost) -> LedgerRow {
    LedgerRow {
        tokens: LedgerTokens { input: Some(input), cached: Some(0), output: Some(output), reasoning: None },
        cost,
        ..LedgerRow::new(at, "lab", model)
    }
}

/// Five runs: two of known cost, an estimate, one in dollars that the server told, one of unknown cost; and a notional one.
fn fill(directory: &Path) {
    let price = r#"{"currency":"CNY","input":"1.8","output":"15"}"#;
    let price = LedgerPrice {
        id: Price::of_canonical(price).unwrap().id().to_string(),
        text: price.into(),
        source: "your own".into(),
    };
    let rows = [
        LedgerRow {
            price: Some(price),
            lane: Some('A'),
            session: "one".into(),
            usage: serde_json::from_value(json!({"prompt_tokens": 812, "completion_tokens": 204})).unwrap(),
            ..run(LATE - DAY, "sage-1", (812, 204), yuan("0.0045216"))
        },
        LedgerRow { session: "one".into(), run: 1, ..run(LATE, "sage-1", (10, 1), yuan("0.0000330")) },
        LedgerRow {
            state: Some(LedgerState::Stopped),
            ..run(LATE, "sage-1", (5, 0), Cost::Estimated(money("0.000009", "CNY")))
        },
        run(LATE, "=1+1,\"x\"", (7, 3), Cost::Reported(money("0.02", "USD"))),
        LedgerRow { tokens: LedgerTokens::default(), ..run(LATE, "thyme", (0, 0), Cost::Unknown) },
        LedgerRow { provider: "sandbox".into(), notional: true, ..run(LATE, "sandbox", (100, 10), yuan("0.01")) },
    ];
    enter_rows(directory, &rows).unwrap();
}

fn filled() -> Home {
    let home = Home::new();
    fill(&home.path().join("data"));
    home
}

fn usage(home: &Home, more: &[&str]) -> Finished {
    home.run([&["usage", "--timezone", "UTC"], more].concat())
}

#[test]
fn sums_are_exact_each_currency_by_itself_and_what_is_unknown_estimated_or_notional_is_said() {
    let home = filled();
    let run = usage(&home, &[]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(
        run.out,
        "\
day         runs    in  cached   out  reasoning                                             cost
2026-11-22     1   812       0   204          0                                       ¥0.0045216
2026-11-23     5  ≥122      ≥0   ≥14         ≥0   ~¥0.000042 + $0.0200 (¥0.0100 notional) n/a: 1
total          6  ≥934      ≥0  ≥218         ≥0  ~¥0.0045636 + $0.0200 (¥0.0100 notional) n/a: 1
"
    );
    assert_eq!(
        run.err,
        "1 run of unknown cost (n/a).\n1 run of estimated cost: sums with them have a ~.\n\
         1 run told no tokens: sums with them are the least that was used (≥).\n"
    );
}

#[test]
fn json_and_csv_say_the_same_and_no_run_twice() {
    let home = filled();
    let object = json(&usage(&home, &["--by", "model", "--json"]));
    let cost = |amount: &str, currency: &str, notional: bool, [runs, estimated, reported]: [u64; 3]| {
        json!({"amount": amount, "currency": currency, "notional": notional, "runs": runs,
            "estimated_runs": estimated, "reported_runs": reported, "rounded": false})
    };
    assert_eq!(
        object["total"],
        json!({"runs": 6, "input": 934, "cached": 0, "output": 218, "reasoning": 0, "uncounted_runs": 1,
            "costs": [cost("0.0045636", "CNY", false, [3, 1, 0]), cost("0.02", "USD", false, [1, 0, 1]),
                cost("0.01", "CNY", true, [1, 0, 0])],
            "unknown_runs": 1})
    );
    let csv = usage(&home, &["--by", "model", "--csv"]).out;
    assert_eq!(
        csv,
        "\
model,title,runs,input,cached,output,reasoning,uncounted_runs,amount,currency,notional,estimated_runs,reported_runs
\"=1+1,\"\"x\"\"\",\"=1+1,\"\"x\"\"\",1,7,0,3,0,0,0.02,USD,false,0,1
sage-1,sage-1,3,827,0,205,0,0,0.0045636,CNY,false,1,0
sandbox,sandbox,1,100,0,10,0,0,0.01,CNY,true,0,0
thyme,thyme,1,0,0,0,0,1,,,false,0,0
"
    );
}

#[test]
fn days_are_those_of_the_zone_and_both_ends_belong_to_the_span() {
    let home = filled();
    let days = |more: &[&str]| -> Vec<(String, u64)> {
        let object = json(&home.run([&["usage", "--json"], more].concat()));
        let groups = object["groups"].as_array().unwrap().clone();
        groups
            .iter()
            .map(|group| (group["day"].as_str().unwrap().to_owned(), group["runs"].as_u64().unwrap()))
            .collect()
    };
    let day = |day: &str, runs| (day.to_owned(), runs);
    assert_eq!(days(&["--timezone", "+08:00"]), [day("2026-11-23", 1), day("2026-11-24", 5)]);
    assert_eq!(days(&["--timezone", "-05:00"]), [day("2026-11-22", 1), day("2026-11-23", 5)]);
    let span = ["--since", "2026-11-23", "--until", "2026-11-23"];
    assert_eq!(days(&[&span[..], &["--timezone", "UTC"]].concat()), [day("2026-11-23", 5)]);
    assert_eq!(days(&[&span[..], &["--timezone", "+08:00"]].concat()), [day("2026-11-23", 1)]);
    for (by, first) in [("week", "2026-W47"), ("month", "2026-11"), ("lane", ""), ("provider", "lab"), ("session", "")]
    {
        let object = json(&usage(&home, &["--json", "--by", by]));
        assert_eq!(object["groups"][0][by], first);
    }
}

#[test]
fn rows_are_told_with_the_price_that_was_used() {
    let home = filled();
    let object = json(&usage(&home, &["--rows", "--json", "--session", "one"]));
    assert_eq!(object["rows"].as_array().unwrap().len(), 2);
    assert_eq!(
        object["rows"][0],
        json!({"key": 1, "time": "2026-11-22T23:30:00.000+00:00", "provider": "lab", "model": "sage-1",
            "served_by": null, "session": "one", "lane": "A", "run": 0, "preset": null, "state": "complete",
            "service_tier": null, "input": 812, "cached": 0, "output": 204, "reasoning": null, "known": "known",
            "amount": "0.0045216", "currency": "CNY", "notional": false, "price": "bc7d750055f26a53604900ee2da37d14",
            "price_source": "your own", "corrects": null,
            "usage": {"prompt_tokens": 812, "completion_tokens": 204}})
    );
    assert_eq!(usage(&home, &["--rows", "--csv"]).out.lines().count(), 7);
    let text = usage(&home, &["--rows"]).out;
    assert!(text.lines().nth(6).unwrap().ends_with("0.01       CNY  known notional"), "{text}");
}

#[test]
fn another_currency_stands_beside_with_its_rate_and_its_day_and_only_where_rates_are() {
    let home = filled();
    home.configure(
        "[money]\ndisplay = \"USD\"\n[[money.rates]]\nfrom = \"CNY\"\nto = \"USD\"\nrate = \"0.14\"\ndate = \"2026-11-01\"\n",
    );
    let run = usage(&home, &["--by", "provider"]);
    let lab = run.out.lines().nth(1).unwrap();
    assert!(lab.ends_with("~¥0.0045636 + $0.0200 n/a: 1  ~$0.020638904"), "{}", run.out);
    assert!(run.err.ends_with("Rates: 1 CNY = 0.14 USD (2026-11-01).\n"), "{}", run.err);
    let object = json(&usage(&home, &["--json"]));
    let worth = json!({"amount": "0.000638904", "currency": "USD", "rate_dates": ["2026-11-01"]});
    assert_eq!(object["total"]["costs"][0]["worth"], worth);
}

#[test]
fn past_runs_are_priced_as_another_model_and_what_cannot_be_is_counted() {
    let home = filled();
    home.configure("[[prices]]\nmodel = \"basil\"\ncurrency = \"CNY\"\ninput = \"1\"\noutput = \"2\"\n");
    let object = json(&usage(&home, &["--what-if", "basil", "--json", "--by", "model"]));
    let total = &object["total"];
    // (812 + 10 + 5 + 7) x 1 + (204 + 1 + 0 + 3) x 2, by a million; the sandbox's run stays notional: 100 + 20.
    let amounts = |sums: &Value| -> Vec<(String, bool)> {
        let costs = sums["costs"].as_array().unwrap();
        let one = |cost: &Value| (cost["amount"].as_str().unwrap().to_owned(), cost["notional"].as_bool().unwrap());
        costs.iter().map(one).collect()
    };
    assert_eq!(amounts(&total["would_be"]), [("0.00125".into(), false), ("0.00012".into(), true)]);
    assert_eq!(amounts(&total["was"]), [("0.0045636".into(), false), ("0.02".into(), false), ("0.01".into(), true)]);
    assert_eq!(
        total["difference"],
        json!([{"amount": "-0.0033266", "currency": "CNY", "notional": false},
            {"amount": "-0.00988", "currency": "CNY", "notional": true}])
    );
    assert_eq!(total["not_compared_runs"], 1, "the one in dollars");
    assert_eq!(total["not_priced"], json!({"the server did not tell how many tokens it counted": 1}));
    let text = usage(&home, &["--what-if", "basil", "--by", "model"]);
    assert!(text.out.contains("sage-1       3                               ~¥0.0045636"), "{}", text.out);
    assert!(text.err.contains("Not priced: 1 × the server did not tell how many tokens it counted.\n"), "{}", text.err);
    let unknown = usage(&home, &["--what-if", "nonesuch"]);
    assert_eq!(
        (unknown.code, unknown.err.as_str()),
        (Some(1), "--what-if: no price is known for nonesuch; `abreast models prices` lists those that are known.\n")
    );
}

#[test]
fn ask_enters_what_a_server_took_and_nothing_else() {
    let home = Home::new();
    home.configure("[[prices]]\nmodel = \"served\"\ncurrency = \"CNY\"\ninput = \"1\"\noutput = \"2\"\n");
    let refused = || response(401, &["content-type: application/json"], "{\"error\": {\"message\": \"no\"}}");
    let cut = || response(200, &[EVENTS], OK.split("data: {\"choices\":[],").next().unwrap().trim_end_matches("\n\n"));
    let server = Canned::answering([ok(), refused(), ok(), cut()]);
    for more in [&["hi"][..], &["hi"], &["hi", "--no-ledger"], &["hi"]] {
        home.run(asking(&server, more));
    }
    let object = json(&usage(&home, &["--rows", "--json"]));
    let rows = object["rows"].as_array().unwrap();
    let told = |row: &Value| {
        ["model", "served_by", "session", "state", "input", "output", "known", "amount"].map(|name| row[name].clone())
    };
    assert_eq!(rows.len(), 2, "{rows:?}");
    let whole = [json!("m"), json!("served"), json!(""), json!("complete"), json!(3), json!(1), json!("known")];
    assert_eq!(told(&rows[0]), [&whole[..], &[json!("0.000005")]].concat()[..]);
    assert_eq!(
        (&rows[1]["known"], &rows[1]["amount"], &rows[1]["input"]),
        (&json!("unknown"), &json!(null), &json!(null))
    );
}

#[test]
fn what_cannot_be_understood_is_told_and_where_nothing_was_spent_that_is_said() {
    let home = Home::new();
    let empty = usage(&home, &[]);
    let said = "Nothing was spent there. Every run that a server takes is entered here.\n";
    assert_eq!((empty.code, empty.out.as_str(), empty.err.as_str()), (Some(0), "", said));
    assert!(!home.path().join("data").exists(), "to look makes no store");
    let zone = home.run(["usage", "--timezone", "Mars/Olympus"]);
    assert_eq!(zone.code, Some(2));
    assert!(
        zone.err.starts_with("--timezone: `Mars/Olympus` is no time zone that this system knows; "),
        "{}",
        zone.err
    );
    for wrong in
        [&["--by", "mood"][..], &["--since", "yesterday"], &["--json", "--csv"], &["--what-if-provider", "lab"]]
    {
        assert_eq!(usage(&home, wrong).code, Some(2), "{wrong:?}");
    }
    home.write("data/abreast.db", "rubbish");
    let damaged = usage(&home, &[]);
    assert!(damaged.code == Some(1) && damaged.err.starts_with("The ledger cannot be read: "), "{damaged:?}");
}
