use rust_decimal::Decimal;

use super::*;
use crate::chat::Currency;
use crate::pricing::{Feature, Kind};

const OPENAI: Reach<'_> = Reach::Remote("api.openai.com");
const GATEWAY: Reach<'_> = Reach::Remote("gateway.example");

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[test]
fn the_embedded_list_parses_and_holds_the_prices_of_our_users() {
    let catalogue = Catalogue::parse(EMBEDDED).unwrap();
    let price = catalogue.price("openai", OPENAI, "gpt-5.1-2025-11-13").unwrap();
    assert_eq!((price.input, price.cached, price.output), (decimal("1.80"), None, decimal("15.00")));
    assert_eq!((price.currency.code(), price.notional), ("CNY", false));
    assert!(!price.source.is_empty() && !price.checked.is_empty());
    assert_eq!(Catalogue::embedded(), catalogue);
}

#[test]
fn a_model_that_is_not_listed_has_no_price() {
    let catalogue = Catalogue::embedded();
    assert_eq!(catalogue.price("openai", OPENAI, "gpt-5.1-2024-11-13"), None);
    assert_eq!(catalogue.price("openai", OPENAI, "gpt-5.1-2025-11-13-mini"), None);
}

#[test]
fn a_local_server_with_a_famous_name_is_not_priced_unless_the_user_says_so() {
    let catalogue = Catalogue::embedded();
    assert_eq!(catalogue.price("ollama", Reach::Local, "gpt-5.1-2025-11-13"), None);
    let row = own("gpt-5.1*", Some("ollama"));
    let catalogue = catalogue.with_own(vec![row]);
    assert_eq!(catalogue.price("ollama", Reach::Local, "gpt-5.1-2025-11-13"), Some(&own_price()));
    assert_eq!(catalogue.price("vllm", Reach::Local, "gpt-5.1-2025-11-13"), None);
}

#[test]
fn a_gateway_on_ones_own_machine_is_priced_by_exact_names_alone() {
    let catalogue = Catalogue::embedded();
    assert!(catalogue.price("127.0.0.1:4000", Reach::Local, "gpt-5.1-2025-11-13").is_some());
    let row = "[[models]]\nmodel = \"m*\"\ncurrency = \"USD\"\ninput = \"1\"\noutput = \"2\"\n";
    let wide = Catalogue::parse(row).unwrap();
    assert!(wide.price("gateway", GATEWAY, "m-1").is_some());
    assert_eq!(wide.price("gateway", Reach::Local, "m-1"), None);
}

#[test]
fn the_users_price_comes_before_the_programs() {
    let row = own("gpt-5.1-2025-11-13", None);
    let catalogue = Catalogue::embedded().with_own(vec![row]);
    assert_eq!(catalogue.price("openai", OPENAI, "gpt-5.1-2025-11-13"), Some(&own_price()));
}

#[test]
fn the_sandbox_has_notional_prices_though_it_is_local() {
    let price = Catalogue::embedded().price("sandbox", Reach::Local, "anything").cloned().unwrap();
    assert!(price.notional);
}

#[test]
fn a_list_that_pays_the_user_is_refused() {
    let text = "[[models]]\nmodel = \"m\"\ncurrency = \"USD\"\ninput = \"-1\"\noutput = 2.5\n";
    assert_eq!(Catalogue::parse(text), Err(CatalogueError::Negative("m".into())));
    assert!(matches!(Catalogue::parse("models = 3"), Err(CatalogueError::Syntax(_))));
}

#[test]
fn a_price_list_of_one_host_is_that_hosts_alone() {
    let catalogue = Catalogue::embedded();
    let figure = |reach| catalogue.price("openai", reach, "gpt-5-mini").map(|price| price.figure(price.output));
    assert_eq!(figure(Reach::of("https://API.openai.com:443/v1")), Some("$2.00".to_owned()));
    assert_eq!([figure(GATEWAY), figure(Reach::Local)], [None, None]);
    assert_eq!(catalogue.listed("gpt-5-mini").unwrap().host, Some("api.openai.com"));
}

#[test]
fn the_pinned_snapshot_has_its_card() {
    let catalogue = Catalogue::embedded();
    let card = catalogue.card("openai", OPENAI, "gpt-5.1-2025-11-13").unwrap();
    let facts = card.facts.unwrap();
    assert_eq!((facts.vendor.as_deref(), facts.kind.as_ref()), (Some("OpenAI"), Some(&Kind::Snapshot)));
    assert_eq!((facts.context, facts.max_output), (Some(400_000), Some(128_000)));
    assert_eq!(facts.badges(), ["Stable", "Reproducible", "Production"]);
    for feature in [Feature::Streaming, Feature::FunctionCalling, Feature::JsonMode] {
        assert_eq!(facts.has(feature), Some(true), "{}", feature.name());
    }
}

#[test]
fn facts_hold_at_a_gateway_and_not_at_a_server_of_files() {
    let catalogue = Catalogue::embedded();
    let card = catalogue.card("gateway", GATEWAY, "gpt-4o").unwrap();
    assert_eq!((card.price, card.facts.unwrap().context), (None, Some(128_000)));
    assert_eq!(catalogue.card("ollama", Reach::Local, "gpt-4o"), None);
    assert_eq!(catalogue.card("gateway", GATEWAY, "nobody-knows"), None);
}

#[test]
fn every_row_that_comes_with_the_program_says_where_it_is_from() {
    for row in Catalogue::embedded().built_in {
        let sourced = |source: &str, day: &str| !source.is_empty() && !day.is_empty();
        assert!(row.price.is_none_or(|price| sourced(&price.source, &price.checked)), "{}", row.model);
        assert!(row.facts.is_none_or(|facts| sourced(&facts.source, &facts.checked)), "{}", row.model);
    }
}

#[test]
fn a_model_is_found_wherever_it_is_served_and_the_users_price_comes_first() {
    let catalogue = Catalogue::embedded().with_own(vec![own("gpt-4*", Some("lab"))]);
    let card = catalogue.listed("gpt-4o").unwrap();
    assert_eq!((card.price, card.host), (Some(&own_price()), None));
    assert_eq!(catalogue.listed("gpt-4-none").unwrap().facts, None);
    assert_eq!(catalogue.listed("nobody-knows"), None);
}

#[test]
fn a_row_that_is_there_twice_is_refused() {
    let text = "[[models]]\nmodel = \"m\"\n[[models]]\nmodel = \"m\"\nprovider = \"p\"\n";
    assert!(Catalogue::parse(text).is_ok());
    let twice = format!("{text}[[models]]\nmodel = \"m\"\n");
    assert_eq!(Catalogue::parse(&twice).unwrap_err().to_string(), "the row of m is there twice");
}

fn own(model: &str, provider: Option<&str>) -> Row {
    let provider = provider.map(ToOwned::to_owned);
    Row { model: model.to_owned(), provider, host: None, price: Some(own_price()), facts: None }
}

fn own_price() -> Price {
    Price {
        currency: Currency::new("USD").unwrap(),
        input: decimal("0.1"),
        cached: None,
        output: decimal("0.2"),
        notional: false,
        source: "config.toml".into(),
        checked: String::new(),
    }
}
