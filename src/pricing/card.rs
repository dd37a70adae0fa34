//! Model cards: what is known of a model beside its price.
//!
//! Which row holds for a model at an endpoint is the catalogue's.

use serde::{Deserialize, Serialize};

use super::price::Price;

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One version that does not change.
    Snapshot,
    /// A name that moves on to newer versions; the one that it led to when that was looked up, if known.
    Alias { points_to: Option<String> },
}

/// What a model may be able to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Further exact names of the same, such as its dated snapshots.
    pub aliases: Vec<String>,
    /// The one provider that the row is for.
    pub provider: Option<String>,
    /// The one host that charges this price.
    pub host: Option<String>,
    pub price: Option<Price>,
    pub facts: Option<Facts>,
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
        let shown: Vec<String> = price.rates.all().map(|(_, rate)| price.figure(rate)).collect();
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
        assert_eq!(
            complaint("outptu = 1"),
            "the row of m has a field `outptu` that is not known; did you mean `output`?"
        );
        for unknown in ["kind = \"nickname\"", "features = [\"magic\"]"] {
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
