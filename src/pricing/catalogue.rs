//! The catalogue: which price and which facts go with a model at an endpoint.

use std::net::{IpAddr, Ipv4Addr};

use serde::Deserialize;
use thiserror::Error;

use super::card::{Facts, Feature, Price, Row, Written};

const EMBEDDED: &str = include_str!("../../assets/models.toml");

/// Where an endpoint is. A server of one's own may serve any file under a famous name, so the catalogue's prices are
/// not for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach<'a> {
    /// On this machine or in the local network.
    Local,
    /// At this host.
    Remote(&'a str),
}

/// Why a catalogue cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CatalogueError {
    #[error("the model list cannot be read: {0}")]
    Syntax(String),
    #[error("the price of {0} is below zero")]
    Negative(String),
    #[error("the row of {model} {problem}")]
    Wrong { model: String, problem: String },
}

#[derive(Deserialize)]
struct CatalogueFile {
    models: Vec<Written>,
}

/// Providers that serve files of one's own, under any name.
const FILE_SERVERS: [&str; 4] = ["ollama", "llama.cpp", "lmstudio", "vllm"];

/// Prices and facts, the user's own before those that come with the program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue {
    own: Vec<Row>,
    built_in: Vec<Row>,
}

/// All that is known of one model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card<'a> {
    /// The exact name.
    pub model: &'a str,
    /// The provider that was asked about, or the one that alone has the model.
    pub provider: Option<&'a str>,
    /// The host that charges the price, where only one does.
    pub host: Option<&'a str>,
    pub price: Option<&'a Price>,
    pub facts: Option<&'a Facts>,
}

impl Catalogue {
    /// What comes with the program.
    #[must_use]
    pub fn embedded() -> Self {
        // A list that does not parse prices nothing, which shows as n/a; the tests keep it parsing.
        Self::parse(EMBEDDED).unwrap_or_default()
    }

    /// Reads a list of `[[models]]` rows.
    ///
    /// # Errors
    /// When it does not parse, a price is below zero, or a row cannot be right.
    pub fn parse(text: &str) -> Result<Self, CatalogueError> {
        let file: CatalogueFile =
            toml::from_str(text).map_err(|error| CatalogueError::Syntax(error.message().to_owned()))?;
        let built_in: Vec<Row> = file.models.into_iter().map(Written::row).collect::<Result<_, _>>()?;
        let again = |(place, row): &(usize, &Row)| built_in[..*place].iter().any(|before| before.is_same_as(row));
        match built_in.iter().enumerate().find(again) {
            Some((_, row)) => {
                Err(CatalogueError::Wrong { model: row.model.clone(), problem: "is there twice".to_owned() })
            }
            None => Ok(Self { own: Vec::new(), built_in }),
        }
    }

    /// The same catalogue with the user's own rows before all others.
    #[must_use]
    pub fn with_own(self, own: Vec<Row>) -> Self {
        Self { own, ..self }
    }

    /// The same catalogue with further rows after those that come with the program.
    #[must_use]
    pub fn with_more(mut self, rows: impl IntoIterator<Item = Row>) -> Self {
        self.built_in.extend(rows);
        self
    }

    /// The price of a model at a provider: the first of the user's rows that fits, wherever the endpoint is; then a row
    /// for that very provider; then a row for any, of which a local endpoint takes only those that name a model exactly
    /// and no host.
    #[must_use]
    pub fn price(&self, provider: &str, reach: Reach<'_>, model: &str) -> Option<&Price> {
        let fits = |row: &&Row| row.price.is_some() && row.is_for(provider) && row.fits(model);
        let own = self.own.iter().find(fits);
        let by_provider = || self.built_in.iter().find(|row| row.provider.is_some() && fits(row));
        let by_model = || {
            let anyones = |row: &&Row| row.provider.is_none() && fits(row);
            self.built_in.iter().filter(anyones).find(|row| row.holds_for(provider, reach))
        };
        own.or_else(by_provider).or_else(by_model).and_then(|row| row.price.as_ref())
    }

    /// What is known of a model at a provider; `None` when nothing is. The facts are the vendor's, so they hold for
    /// whoever passes the model on, and not for a server of files.
    #[must_use]
    pub fn card<'a>(&'a self, provider: &'a str, reach: Reach<'_>, model: &'a str) -> Option<Card<'a>> {
        let price = self.price(provider, reach, model);
        let vendors = reach != Reach::Local || !FILE_SERVERS.contains(&provider);
        let described = |row: &&Row| row.facts.is_some() && row.is_for(provider) && row.model == model;
        let facts = self.built_in.iter().find(described).filter(|_| vendors).and_then(|row| row.facts.as_ref());
        (price.is_some() || facts.is_some()).then_some(Card {
            model,
            provider: Some(provider),
            host: None,
            price,
            facts,
        })
    }

    /// Whether a model at a provider has a feature; `None` when nobody knows.
    #[must_use]
    pub fn has(&self, provider: &str, reach: Reach<'_>, model: &str, feature: Feature) -> Option<bool> {
        self.card(provider, reach, model).and_then(|card| card.facts).and_then(|facts| facts.has(feature))
    }

    /// What is known of a model wherever it is served: the user's price, else the one that its row lists.
    #[must_use]
    pub fn listed<'a>(&'a self, model: &'a str) -> Option<Card<'a>> {
        let row = self.built_in.iter().find(|row| row.model == model);
        let provider = row.and_then(|row| row.provider.as_deref());
        let own = self.own.iter().find(|row| row.fits(model));
        let everywhere = || self.price(provider?, Reach::Local, model);
        let price = own.or(row).and_then(|row| row.price.as_ref()).or_else(everywhere);
        let host = row.filter(|_| own.is_none()).and_then(|row| row.host.as_deref());
        let facts = row.and_then(|row| row.facts.as_ref());
        (price.is_some() || facts.is_some()).then_some(Card { model, provider, host, price, facts })
    }

    /// The exact names of all models with a row, each once, the user's own first.
    pub fn names(&self) -> Vec<&str> {
        let rows = self.own.iter().chain(&self.built_in);
        let mut names: Vec<&str> = Vec::new();
        for name in rows.map(|row| row.model.as_str()).filter(|name| !name.ends_with('*')) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

impl Row {
    fn is_for(&self, provider: &str) -> bool {
        self.provider.as_deref().is_none_or(|name| name == provider)
    }

    /// Whether a row for any provider is for this endpoint. A price list of one host is that host's alone. A gateway on
    /// one's own machine passes on what the vendor charges, and its models go by their exact names; a beginning of a
    /// name, or a server of files, says nothing there.
    fn holds_for(&self, provider: &str, reach: Reach<'_>) -> bool {
        match (reach, &self.host) {
            (Reach::Remote(at), Some(host)) => at.eq_ignore_ascii_case(host),
            (Reach::Remote(_), None) => true,
            (Reach::Local, Some(_)) => false,
            (Reach::Local, None) => !self.model.ends_with('*') && !FILE_SERVERS.contains(&provider),
        }
    }

    fn fits(&self, model: &str) -> bool {
        match self.model.strip_suffix('*') {
            Some(beginning) => model.starts_with(beginning),
            None => self.model == model,
        }
    }

    fn is_same_as(&self, other: &Self) -> bool {
        (&self.model, &self.provider, &self.host) == (&other.model, &other.provider, &other.host)
    }
}

impl<'a> Reach<'a> {
    /// Of the host in a base URL.
    #[must_use]
    pub fn of(base_url: &'a str) -> Self {
        let at = host(base_url);
        let host = at.to_ascii_lowercase();
        let host = host.trim_matches(['[', ']']).trim_end_matches('.');
        let named = host == "localhost"
            || host.ends_with(".localhost")
            || host.ends_with(".local")
            || matches!(host, "host.docker.internal" | "host.containers.internal");
        let numbered = host.parse::<IpAddr>().is_ok_and(is_local);
        if named || numbered { Self::Local } else { Self::Remote(at.trim_end_matches('.')) }
    }
}

fn is_local(address: IpAddr) -> bool {
    let v4 = |address: Ipv4Addr| {
        address.is_loopback() || address.is_private() || address.is_link_local() || address.is_unspecified()
    };
    match address {
        IpAddr::V4(address) => v4(address),
        IpAddr::V6(address) => {
            let mapped = address.to_ipv4_mapped().is_some_and(v4);
            mapped
                || address.is_loopback()
                || address.is_unspecified()
                || address.is_unique_local()
                || address.is_unicast_link_local()
        }
    }
}

/// The host of a URL, an IPv6 address in its brackets.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    match host.find(']') {
        Some(end) => &host[..=end],
        None => host.split(':').next().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
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
    fn local_is_what_is_on_this_machine_or_in_this_network() {
        for url in [
            "http://localhost:11434/v1",
            "http://127.0.0.9",
            "http://[::1]:8080/v1",
            "http://u:p@192.168.1.5:8000",
            "http://box.local/v1",
            "http://LOCALHOST./v1",
            "http://[::ffff:10.0.0.1]/",
            "http://host.docker.internal:1234",
            "http://0.0.0.0:8000",
        ] {
            assert_eq!(Reach::of(url), Reach::Local, "{url}");
        }
        for url in
            ["https://api.openai.com/v1", "https://localhost.example.com", "http://11.0.0.1", "https://x/?a=localhost"]
        {
            assert!(matches!(Reach::of(url), Reach::Remote(_)), "{url}");
        }
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
}
