use rust_decimal::Decimal;

use super::*;
use crate::chat::Currency;
use crate::pricing::{Dimension, Feature, Kind};

const OPENAI: Reach<'_> = Reach::Remote("api.openai.com");
const GATEWAY: Reach<'_> = Reach::Remote("gateway.example");

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[test]
fn the_embedded_list_parses_and_holds_the_prices_of_our_users() {
    let catalogue = Catalogue::parse(EMBEDDED).unwrap();
    let price = catalogue.price("openai", OPENAI, "gpt-5.1-2025-11-13").unwrap();
    let rates: Vec<(Dimension, Decimal)> = price.rates.all().collect();
    assert_eq!(rates, [(Dimension::Input, decimal("1.80")), (Dimension::Output, decimal("15.00"))]);
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
    let figure = |reach| {
        catalogue
            .price("openai", reach, "gpt-5-mini")
            .map(|price| price.figure(price.rates.written(Dimension::Output).unwrap()))
    };
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
    for row in Catalogue::embedded().built_in.into_rows() {
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
    assert_eq!(Catalogue::parse(&twice).unwrap_err().to_string(), "the row of m is there twice; keep one of the two");
}

fn own(model: &str, provider: Option<&str>) -> Row {
    let provider = provider.map(ToOwned::to_owned);
    Row { model: model.to_owned(), aliases: Vec::new(), provider, host: None, price: Some(own_price()), facts: None }
}

fn own_price() -> Price {
    let rates = [(Dimension::Input, decimal("0.1")), (Dimension::Output, decimal("0.2"))].into_iter().collect();
    Price { source: "config.toml".into(), ..Price::flat(Currency::new("USD").unwrap(), rates) }
}

fn asked<'a>(model: &'a str, served_by: Option<&'a str>) -> Asked<'a> {
    Asked { served_by, ..Asked::new("p", Reach::Remote("x.io"), model) }
}

fn found(catalogue: &Catalogue, asked: &Asked<'_>) -> Option<(String, Origin)> {
    catalogue.find(asked).map(|found| (found.row.to_owned(), found.origin))
}

fn row(fields: &str) -> String {
    format!("[[models]]\ncurrency = \"USD\"\ninput = \"1\"\noutput = \"2\"\n{fields}\n")
}

#[test]
fn the_model_that_answered_counts_before_the_one_that_was_asked_where_it_has_a_price() {
    let text = row("model = \"new-2026-01-01\"") + &row("model = \"new\"");
    let catalogue = Catalogue::parse(&text).unwrap();
    let name = |served| found(&catalogue, &asked("new", served)).unwrap().0;
    assert_eq!([name(Some("new-2026-01-01")), name(Some("new-2027")), name(None)], ["new-2026-01-01", "new", "new"]);
}

#[test]
fn the_users_rows_count_before_the_programs_and_those_before_imported_ones() {
    let catalogue = Catalogue::parse(&row("model = \"a\"")).unwrap();
    let imported = rows(&(row("model = \"a\"") + &row("model = \"b\""))).unwrap();
    let catalogue = catalogue.with_imported(imported).with_own(rows(&row("model = \"a-1\"")).unwrap());
    assert_eq!(found(&catalogue, &asked("a", Some("b"))), Some(("a".into(), Origin::BuiltIn)), "asked, but no import");
    assert_eq!(found(&catalogue, &asked("a-1", Some("a"))), Some(("a-1".into(), Origin::Own)));
    assert_eq!(found(&catalogue, &asked("b", None)), Some(("b".into(), Origin::Imported)));
}

#[test]
fn dated_snapshots_and_aliases_lead_to_each_others_prices() {
    let alias =
        "model = \"nano\"\nhost = \"x.io\"\nkind = \"alias\"\npoints_to = \"nano-2025-08-07\"\naliases = [\"nano-1\"]";
    let bare = "[[models]]\nmodel = \"big\"\nkind = \"alias\"\npoints_to = \"big-2026\"\n";
    let catalogue = Catalogue::parse(&(row(alias) + bare + &row("model = \"big-2026\""))).unwrap();
    let name = |model| found(&catalogue, &asked(model, None)).map(|(row, _)| row);
    assert_eq!(name("nano-2025-08-07").as_deref(), Some("nano"));
    assert_eq!(name("nano-1").as_deref(), Some("nano"));
    assert_eq!(name("big").as_deref(), Some("big-2026"));
    assert_eq!(name("nano-2"), None);
    let elsewhere = Asked { reach: Reach::Remote("y.io"), ..asked("nano-2025-08-07", None) };
    assert_eq!(found(&catalogue, &elsewhere), None, "its price is one host's");
}

#[test]
fn of_several_beginnings_the_longest_counts_and_an_exact_name_before_them() {
    let text = row("model = \"m*\"") + &row("model = \"m-large*\"") + &row("model = \"m-large-2\"");
    let catalogue = Catalogue::parse(&text).unwrap();
    let name = |model| found(&catalogue, &asked(model, None)).unwrap().0;
    assert_eq!([name("m-large-2"), name("m-large-3"), name("m-small")], ["m-large-2", "m-large*", "m*"]);
}

#[test]
fn a_row_holds_from_its_day_to_its_end_and_without_a_time_the_one_without_an_end() {
    let text = row("model = \"m\"\nvalid_to = \"2026-08-16T16:00:00Z\"")
        + &row("model = \"m\"\nvalid_from = \"2026-08-16T16:00:00Z\"\ncached = \"0.5\"");
    let catalogue = Catalogue::parse(&text).unwrap();
    let cached = |at: Option<&str>| {
        let asked = Asked { at: at.map(|at| at.parse().unwrap()), ..asked("m", None) };
        catalogue.find(&asked).unwrap().price.rates.written(Dimension::CachedInput).is_some()
    };
    assert_eq!(
        [cached(Some("2026-08-16T15:59:59Z")), cached(Some("2026-08-16T16:00:00Z")), cached(None)],
        [false, true, true]
    );
}

#[test]
fn what_is_wrong_with_a_condition_is_told() {
    let complaint = |when: &str| rows(&row(&format!("model = \"m\"\nwhen = [{{ {when} }}]"))).unwrap_err().to_string();
    for (when, problem) in [
        ("input = 1", "the row of m has other prices without saying when: tier, above or hours"),
        ("above = 5", "the row of m has a condition without a price"),
        ("input = 1, hours = [\"late\"]", "the row of m has hours `late`; write them as 22:00-08:00"),
        (
            "input = 1, tier = \"x\", days = [\"mon\"]",
            "the row of m has days or a zone without hours; write \"00:00-24:00\" for all",
        ),
        (
            "input = 1, hours = [\"01:00-02:00\"], days = [\"someday\"]",
            "the row of m has a day `someday`; write mon, tue, wed, thu, fri, sat or sun",
        ),
        ("tier = \"x\", input = \"NaN\"", "the row of m has a price `input` that is no number"),
        ("tier = \"x\", input = -1", "the price of m is below zero"),
    ] {
        assert_eq!(complaint(when), problem);
    }
    let ends = rows(&row("model = \"m\"\nvalid_from = \"2026-02-01\"\nvalid_to = \"2026-01-01\"")).unwrap_err();
    assert_eq!(ends.to_string(), "the row of m ends before it begins");
}

#[test]
fn a_famous_name_at_the_sandbox_is_charged_to_nobody() {
    let catalogue = Catalogue::embedded();
    assert!(catalogue.price("sandbox", Reach::Local, "gpt-5.1-2025-11-13").unwrap().notional);
}
