//! The catalogue: which price goes with a model at an endpoint.

use std::net::{IpAddr, Ipv4Addr};

use rust_decimal::Decimal;
use serde::Deserialize;
use thiserror::Error;

use crate::chat::Currency;

const EMBEDDED: &str = include_str!("../../assets/models.toml");

/// What tokens cost.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Price {
    pub currency: Currency,
    /// Per 1,000,000 input tokens.
    pub input: Decimal,
    /// Per 1,000,000 input tokens that came from the provider's cache; `None` when they cost what input costs.
    #[serde(default)]
    pub cached: Option<Decimal>,
    /// Per 1,000,000 output tokens, reasoning among them.
    pub output: Decimal,
    /// Nobody is charged this: it is there to be looked at.
    #[serde(default)]
    pub notional: bool,
    /// Where the price is from.
    #[serde(default)]
    pub source: String,
    /// The day on which it was looked up, as `YYYY-MM-DD`.
    #[serde(default)]
    pub checked: String,
}

/// A row of the catalogue: a price and what it is for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Card {
    /// The exact name, or with a `*` at its end the beginning of one.
    pub model: String,
    /// The one provider that the row is for.
    #[serde(default)]
    pub provider: Option<String>,
    #[serde(flatten)]
    pub price: Price,
}

/// Where an endpoint is. A server of one's own may serve any file under a famous name, so the catalogue's prices are
/// not for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// On this machine or in the local network.
    Local,
    Remote,
}

/// Why a catalogue cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CatalogueError {
    #[error("the price list cannot be read: {0}")]
    Syntax(String),
    #[error("the price of {0} is below zero")]
    Negative(String),
}

#[derive(Deserialize)]
struct CatalogueFile {
    models: Vec<Card>,
}

/// Providers that serve files of one's own, under any name.
const FILE_SERVERS: [&str; 4] = ["ollama", "llama.cpp", "lmstudio", "vllm"];

/// Prices, the user's own before those that come with the program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue {
    own: Vec<Card>,
    built_in: Vec<Card>,
}

impl Catalogue {
    /// The prices that come with the program.
    #[must_use]
    pub fn embedded() -> Self {
        // A list that does not parse prices nothing, which shows as n/a; the tests keep it parsing.
        Self::parse(EMBEDDED).unwrap_or_default()
    }

    /// Reads a list of `[[models]]` rows.
    ///
    /// # Errors
    /// When it does not parse or a price is below zero.
    pub fn parse(text: &str) -> Result<Self, CatalogueError> {
        let file: CatalogueFile =
            toml::from_str(text).map_err(|error| CatalogueError::Syntax(error.message().to_owned()))?;
        let negative = |card: &&Card| {
            let prices = [Some(card.price.input), card.price.cached, Some(card.price.output)];
            prices.into_iter().flatten().any(|price| price < Decimal::ZERO)
        };
        match file.models.iter().find(negative) {
            Some(card) => Err(CatalogueError::Negative(card.model.clone())),
            None => Ok(Self { own: Vec::new(), built_in: file.models }),
        }
    }

    /// The same catalogue with the user's own rows before all others.
    #[must_use]
    pub fn with_own(self, own: Vec<Card>) -> Self {
        Self { own, ..self }
    }

    /// The price of a model at a provider: the first of the user's rows that fits, wherever the endpoint is; then a row
    /// for that very provider; then a row for any, of which a local endpoint takes only those that name a model exactly.
    #[must_use]
    pub fn price(&self, provider: &str, reach: Reach, model: &str) -> Option<&Price> {
        let own = self.own.iter().find(|card| card.is_for(provider) && card.fits(model));
        let by_provider =
            || self.built_in.iter().find(|card| card.provider.is_some() && card.is_for(provider) && card.fits(model));
        let by_model = || {
            let anyones = |card: &&Card| card.provider.is_none() && card.fits(model);
            self.built_in.iter().find(anyones).filter(|card| card.holds_for(provider, reach))
        };
        own.or_else(by_provider).or_else(by_model).map(|card| &card.price)
    }
}

impl Card {
    fn is_for(&self, provider: &str) -> bool {
        self.provider.as_deref().is_none_or(|name| name == provider)
    }

    /// Whether a row for any endpoint is for this one. A gateway on one's own machine passes on what the vendor charges,
    /// and its models go by their exact names; a beginning of a name, or a server of files, says nothing there.
    fn holds_for(&self, provider: &str, reach: Reach) -> bool {
        reach == Reach::Remote || (!self.model.ends_with('*') && !FILE_SERVERS.contains(&provider))
    }

    fn fits(&self, model: &str) -> bool {
        match self.model.strip_suffix('*') {
            Some(beginning) => model.starts_with(beginning),
            None => self.model == model,
        }
    }
}

impl Reach {
    /// Of the host in a base URL.
    #[must_use]
    pub fn of(base_url: &str) -> Self {
        let host = host(base_url).to_ascii_lowercase();
        let host = host.trim_matches(['[', ']']).trim_end_matches('.');
        let named = host == "localhost"
            || host.ends_with(".localhost")
            || host.ends_with(".local")
            || matches!(host, "host.docker.internal" | "host.containers.internal");
        let numbered = host.parse::<IpAddr>().is_ok_and(is_local);
        if named || numbered { Self::Local } else { Self::Remote }
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
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn the_embedded_list_parses_and_holds_the_prices_of_our_users() {
        let catalogue = Catalogue::parse(EMBEDDED).unwrap();
        let price = catalogue.price("openai", Reach::Remote, "gpt-5.1-2025-11-13").unwrap();
        assert_eq!((price.input, price.cached, price.output), (decimal("1.80"), None, decimal("15.00")));
        assert_eq!((price.currency.code(), price.notional), ("CNY", false));
        assert!(!price.source.is_empty() && !price.checked.is_empty());
        assert_eq!(Catalogue::embedded(), catalogue);
    }

    #[test]
    fn a_model_that_is_not_listed_has_no_price() {
        let catalogue = Catalogue::embedded();
        assert_eq!(catalogue.price("openai", Reach::Remote, "gpt-5.1"), None);
        assert_eq!(catalogue.price("openai", Reach::Remote, "gpt-5.1-2025-11-13-mini"), None);
    }

    #[test]
    fn a_local_server_with_a_famous_name_is_not_priced_unless_the_user_says_so() {
        let catalogue = Catalogue::embedded();
        assert_eq!(catalogue.price("ollama", Reach::Local, "gpt-5.1-2025-11-13"), None);
        let card = Card { model: "gpt-5.1*".into(), provider: Some("ollama".into()), price: own_price() };
        let catalogue = catalogue.with_own(vec![card]);
        assert_eq!(catalogue.price("ollama", Reach::Local, "gpt-5.1-2025-11-13"), Some(&own_price()));
        assert_eq!(catalogue.price("vllm", Reach::Local, "gpt-5.1-2025-11-13"), None);
    }

    #[test]
    fn a_gateway_on_ones_own_machine_is_priced_by_exact_names_alone() {
        let catalogue = Catalogue::embedded();
        assert!(catalogue.price("127.0.0.1:4000", Reach::Local, "gpt-5.1-2025-11-13").is_some());
        let row = "[[models]]\nmodel = \"m*\"\ncurrency = \"USD\"\ninput = \"1\"\noutput = \"2\"\n";
        let wide = Catalogue::parse(row).unwrap();
        assert!(wide.price("gateway", Reach::Remote, "m-1").is_some());
        assert_eq!(wide.price("gateway", Reach::Local, "m-1"), None);
    }

    #[test]
    fn the_users_price_comes_before_the_programs() {
        let card = Card { model: "gpt-5.1-2025-11-13".into(), provider: None, price: own_price() };
        let catalogue = Catalogue::embedded().with_own(vec![card]);
        assert_eq!(catalogue.price("openai", Reach::Remote, "gpt-5.1-2025-11-13"), Some(&own_price()));
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
            assert_eq!(Reach::of(url), Reach::Remote, "{url}");
        }
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
