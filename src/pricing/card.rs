//! Model cards: what is known of a model, and how a row of the catalogue is read.
//!
//! Owns the fields of a row and what makes one wrong. Which row holds for a model at an endpoint is the catalogue's.

use rust_decimal::Decimal;
use serde::Deserialize;

use super::CatalogueError;
use crate::chat::Currency;

/// What tokens cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    pub currency: Currency,
    /// Per 1,000,000 input tokens.
    pub input: Decimal,
    /// Per 1,000,000 input tokens that came from the provider's cache; `None` when they cost what input costs.
    pub cached: Option<Decimal>,
    /// Per 1,000,000 output tokens, reasoning among them.
    pub output: Decimal,
    /// Nobody is charged this: it is there to be looked at.
    pub notional: bool,
    /// Where the price is from.
    pub source: String,
    /// The day on which it was looked up, as `YYYY-MM-DD`.
    pub checked: String,
}

impl Price {
    /// A rate with its currency's sign, to its last digit and with two decimals at least: `¥1.80`.
    #[must_use]
    pub fn figure(&self, rate: Decimal) -> String {
        let exact = rate.normalize();
        let missing = usize::try_from(2_u32.saturating_sub(exact.scale())).unwrap_or(0);
        let point = if exact.scale() == 0 { "." } else { "" };
        format!("{}{exact}{point}{}", self.currency.sign(), "0".repeat(missing))
    }
}

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One version that does not change.
    Snapshot,
    /// A name that moves on to newer versions; the one that it led to when that was looked up, if known.
    Alias { points_to: Option<String> },
}

/// What a model may be able to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    Streaming,
    FunctionCalling,
    JsonMode,
    StructuredOutput,
    Vision,
    Reasoning,
}

impl Feature {
    /// All of them, in the order in which a card shows them.
    pub const ALL: [Self; 6] =
        [Self::Streaming, Self::FunctionCalling, Self::JsonMode, Self::StructuredOutput, Self::Vision, Self::Reasoning];

    /// The name in the catalogue and in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Streaming => "streaming",
            Self::FunctionCalling => "function_calling",
            Self::JsonMode => "json_mode",
            Self::StructuredOutput => "structured_output",
            Self::Vision => "vision",
            Self::Reasoning => "reasoning",
        }
    }

    /// The name for people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Streaming => "Streaming",
            Self::FunctionCalling => "Function calling",
            Self::JsonMode => "JSON mode",
            Self::StructuredOutput => "Structured output",
            Self::Vision => "Vision",
            Self::Reasoning => "Reasoning",
        }
    }
}

/// What is known of a model beside its price. Whatever is `None` or in no list is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The name for people.
    pub name: Option<String>,
    /// Who made the model.
    pub vendor: Option<String>,
    pub description: Option<String>,
    pub kind: Option<Kind>,
    /// Badges beside those that follow from the kind.
    pub more_badges: Vec<String>,
    /// How many tokens of context it has, input and output together.
    pub context: Option<u64>,
    /// The most tokens of one reply.
    pub max_output: Option<u64>,
    pub features: Vec<Feature>,
    /// Features that it is known not to have.
    pub lacks: Vec<Feature>,
    /// Where the facts are from.
    pub source: String,
    /// The day of that source, as `YYYY-MM-DD`.
    pub checked: String,
}

impl Facts {
    /// What is said of the model in a word: of a pinned snapshot that it stays as it is, of an alias that it is one.
    #[must_use]
    pub fn badges(&self) -> Vec<&str> {
        let by_kind: &[&str] = match self.kind {
            Some(Kind::Snapshot) => &["Stable", "Reproducible", "Production"],
            Some(Kind::Alias { .. }) => &["Alias"],
            None => &[],
        };
        by_kind.iter().copied().chain(self.more_badges.iter().map(String::as_str)).collect()
    }

    /// Whether the model has a feature; `None` when nobody knows.
    #[must_use]
    pub fn has(&self, feature: Feature) -> Option<bool> {
        let has = self.features.contains(&feature).then_some(true);
        has.or_else(|| self.lacks.contains(&feature).then_some(false))
    }
}

/// A row of the catalogue: what it is for, a price, and what else is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The exact name, or with a `*` at its end the beginning of one.
    pub model: String,
    /// The one provider that the row is for.
    pub provider: Option<String>,
    /// The one host that charges this price.
    pub host: Option<String>,
    pub price: Option<Price>,
    pub facts: Option<Facts>,
}

/// A row as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    model: String,
    provider: Option<String>,
    host: Option<String>,
    currency: Option<Currency>,
    input: Option<Decimal>,
    cached: Option<Decimal>,
    output: Option<Decimal>,
    #[serde(default)]
    notional: bool,
    #[serde(default)]
    source: String,
    #[serde(default)]
    checked: String,
    name: Option<String>,
    vendor: Option<String>,
    description: Option<String>,
    kind: Option<WrittenKind>,
    points_to: Option<String>,
    #[serde(default)]
    badges: Vec<String>,
    context: Option<u64>,
    max_output: Option<u64>,
    #[serde(default)]
    features: Vec<Feature>,
    #[serde(default)]
    lacks: Vec<Feature>,
    #[serde(default)]
    facts_source: String,
    #[serde(default)]
    facts_checked: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WrittenKind {
    Snapshot,
    Alias,
}

impl Written {
    pub(super) fn row(self) -> Result<Row, CatalogueError> {
        self.check()?;
        let price = self.price()?;
        let facts = self.facts();
        Ok(Row { model: self.model, provider: self.provider, host: self.host, price, facts })
    }

    fn check(&self) -> Result<(), CatalogueError> {
        let wrong =
            |problem: &str| Err(CatalogueError::Wrong { model: self.model.clone(), problem: problem.to_owned() });
        let rates = [self.input, self.cached, self.output];
        if rates.into_iter().flatten().any(|rate| rate < Decimal::ZERO) {
            return Err(CatalogueError::Negative(self.model.clone()));
        }
        if [&self.checked, &self.facts_checked].into_iter().any(|day| !day.is_empty() && !is_day(day)) {
            return wrong("has a day that is not written as YYYY-MM-DD");
        }
        if self.points_to.is_some() && self.kind != Some(WrittenKind::Alias) {
            return wrong("points to another model and is no alias");
        }
        if let (Some(context), Some(output)) = (self.context, self.max_output)
            && output > context
        {
            return wrong("has a max_output above its context");
        }
        match self.features.iter().find(|feature| self.lacks.contains(feature)) {
            Some(feature) => wrong(&format!("both has and lacks {}", feature.name())),
            None => Ok(()),
        }
    }

    /// The price, when its three parts are there; some of them alone are a slip.
    fn price(&self) -> Result<Option<Price>, CatalogueError> {
        match (&self.currency, self.input, self.output) {
            (Some(currency), Some(input), Some(output)) => Ok(Some(Price {
                currency: currency.clone(),
                input,
                cached: self.cached,
                output,
                notional: self.notional,
                source: self.source.clone(),
                checked: self.checked.clone(),
            })),
            (None, None, None) if self.cached.is_none() => Ok(None),
            _ => {
                let problem = "has a price without its currency, input or output".to_owned();
                Err(CatalogueError::Wrong { model: self.model.clone(), problem })
            }
        }
    }

    fn facts(&self) -> Option<Facts> {
        let kind = self.kind.map(|kind| match kind {
            WrittenKind::Snapshot => Kind::Snapshot,
            WrittenKind::Alias => Kind::Alias { points_to: self.points_to.clone() },
        });
        let facts = Facts {
            name: self.name.clone(),
            vendor: self.vendor.clone(),
            description: self.description.clone(),
            kind,
            more_badges: self.badges.clone(),
            context: self.context,
            max_output: self.max_output,
            features: self.features.clone(),
            lacks: self.lacks.clone(),
            source: self.facts_source.clone(),
            checked: self.facts_checked.clone(),
        };
        (facts != Facts::default()).then_some(facts)
    }
}

/// `YYYY-MM-DD`, by its shape.
fn is_day(text: &str) -> bool {
    let fits = |(place, byte): (usize, u8)| if matches!(place, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
    text.len() == 10 && text.bytes().enumerate().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pricing::{Catalogue, Reach};

    fn complaint(fields: &str) -> String {
        Catalogue::parse(&format!("[[models]]\nmodel = \"m\"\n{fields}")).unwrap_err().to_string()
    }

    fn facts(fields: &str) -> Facts {
        let catalogue = Catalogue::parse(&format!("[[models]]\nmodel = \"m\"\n{fields}")).unwrap();
        catalogue.card("p", Reach::of("https://x.io"), "m").unwrap().facts.unwrap().clone()
    }

    #[test]
    fn a_rate_is_shown_to_its_last_digit_with_two_decimals_at_least() {
        let text =
            "[[models]]\nmodel = \"m\"\ncurrency = \"CNY\"\ninput = \"1.80\"\ncached = \"0.0180\"\noutput = \"15\"";
        let catalogue = Catalogue::parse(text).unwrap();
        let price = catalogue.price("p", Reach::of("https://x.io"), "m").unwrap();
        let shown = [price.input, price.cached.unwrap(), price.output].map(|rate| price.figure(rate));
        assert_eq!(shown, ["¥1.80", "¥0.018", "¥15.00"]);
    }

    #[test]
    fn badges_follow_from_what_the_name_stands_for() {
        assert_eq!(facts("kind = \"snapshot\"").badges(), ["Stable", "Reproducible", "Production"]);
        assert_eq!(facts("kind = \"alias\"\nbadges = [\"Preview\"]").badges(), ["Alias", "Preview"]);
        assert_eq!(facts("context = 1").badges(), Vec::<&str>::new());
    }

    #[test]
    fn a_feature_that_is_in_no_list_is_unknown() {
        let facts = facts("features = [\"streaming\"]\nlacks = [\"vision\"]");
        let known = [Feature::Streaming, Feature::Vision, Feature::Reasoning].map(|feature| facts.has(feature));
        assert_eq!(known, [Some(true), Some(false), None]);
    }

    #[test]
    fn a_row_that_cannot_be_right_is_refused_in_a_sentence() {
        assert_eq!(
            complaint("input = 1\noutput = 2"),
            "the row of m has a price without its currency, input or output"
        );
        assert_eq!(complaint("cached = 1"), "the row of m has a price without its currency, input or output");
        assert_eq!(complaint("points_to = \"n\""), "the row of m points to another model and is no alias");
        assert_eq!(complaint("context = 1\nmax_output = 2"), "the row of m has a max_output above its context");
        assert_eq!(
            complaint("features = [\"vision\"]\nlacks = [\"vision\"]"),
            "the row of m both has and lacks vision"
        );
        let day = "the row of m has a day that is not written as YYYY-MM-DD";
        assert_eq!(complaint("checked = \"yesterday\""), day);
        assert_eq!(complaint("facts_checked = \"2026-1-22\""), day);
        for unknown in ["contxt = 1", "kind = \"nickname\"", "features = [\"magic\"]"] {
            assert!(complaint(unknown).starts_with("the model list cannot be read: "), "{unknown}");
        }
    }

    #[test]
    fn every_feature_has_the_name_that_the_catalogue_reads() {
        for feature in Feature::ALL {
            assert_eq!(facts(&format!("features = [\"{}\"]", feature.name())).features, [feature]);
        }
    }
}
