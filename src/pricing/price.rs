//! A price: rates, and which other rates hold above a length, in a tier of service, or at an hour.
//!
//! Owns the choice among a price's own rates. What tokens come to is the bill's.

use std::fmt::Write as _;

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::bill::Unbillable;
use super::rates::Rates;
use super::window::Window;
use crate::chat::{Currency, Params};

/// What tokens cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    pub currency: Currency,
    /// What holds unless a variant does. Input and output are written.
    pub rates: Rates,
    pub variants: Vec<Variant>,
    /// Whether a longer context changes only the price of the tokens beyond its bound, and not of all of them.
    pub marginal: bool,
    /// Whether the prices hold in every tier of service, also in those that no variant names.
    pub every_tier: bool,
    /// The moment from which the price holds.
    pub valid_from: Option<Timestamp>,
    /// The moment from which it does no longer.
    pub valid_to: Option<Timestamp>,
    /// Nobody is charged this: it is there to be looked at.
    pub notional: bool,
    /// Where the price is from.
    pub source: String,
    /// The day on which it was looked up, as `YYYY-MM-DD`.
    pub checked: String,
}

/// Other rates, and when they hold: all that is named has to be so. What they do not say is as without them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variant {
    /// The tier of service, in lower case.
    pub tier: Option<String>,
    /// More input tokens than this.
    pub above: Option<u64>,
    pub window: Option<Window>,
    pub rates: Rates,
}

/// What a price may depend on beside the tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Circumstances<'a> {
    /// The tier of service that the response tells; without it the one that was asked for.
    pub tier: Option<&'a str>,
    /// When the run started.
    pub at: Option<Timestamp>,
}

impl<'a> Circumstances<'a> {
    /// Those of a run with these params: the tier that was `told`, else the one that was asked for.
    #[must_use]
    pub fn of(told: Option<&'a str>, params: &'a Params, at: Option<Timestamp>) -> Self {
        let wanted = params.get("service_tier").and_then(serde_json::Value::as_str);
        Self { tier: told.or(wanted), at }
    }
}

/// The rates of tokens from one bound to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    /// The first slice begins at 0.
    pub above: u64,
    pub rates: Rates,
}

/// The rates that hold, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// One, but for a price whose bounds are marginal.
    pub slices: Vec<Slice>,
    /// The conditions of the variants that hold, in words; empty where none does.
    pub because: String,
}

/// Words for service as usual, some of them what was asked for and not what it was.
const USUAL: [&str; 7] = ["", "auto", "default", "standard", "standard_only", "on_demand", "none"];

impl Price {
    /// A price without conditions.
    #[must_use]
    pub fn flat(currency: Currency, rates: Rates) -> Self {
        Self {
            currency,
            rates,
            variants: Vec::new(),
            marginal: false,
            every_tier: false,
            valid_from: None,
            valid_to: None,
            notional: false,
            source: String::new(),
            checked: String::new(),
        }
    }

    /// A rate with its currency's sign, to its last digit and with two decimals at least: `¥1.80`.
    #[must_use]
    pub fn figure(&self, rate: Decimal) -> String {
        let exact = rate.normalize();
        let missing = usize::try_from(2_u32.saturating_sub(exact.scale())).unwrap_or(0);
        let point = if exact.scale() == 0 { "." } else { "" };
        format!("{}{exact}{point}{}", self.currency.sign(), "0".repeat(missing))
    }

    /// Whether the price holds at a moment. Where the moment is unknown, one without an end does.
    #[must_use]
    pub fn is_valid(&self, at: Option<Timestamp>) -> bool {
        match at {
            Some(at) => self.valid_from.is_none_or(|from| from <= at) && self.valid_to.is_none_or(|to| at < to),
            None => self.valid_to.is_none(),
        }
    }

    /// Whether nothing is ever charged.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.rates.are_free() && self.variants.iter().all(|variant| variant.rates.are_free())
    }

    /// The rates that hold for so many input tokens; where bounds are marginal, for so many tokens of one side.
    ///
    /// # Errors
    /// When the price does not say what the tier costs, or depends on a time that is not known.
    pub fn apply(&self, tokens: u64, circumstances: &Circumstances<'_>) -> Result<Applied, Unbillable> {
        let holding = self.holding(circumstances)?;
        let mut bounds: Vec<u64> = holding.iter().filter_map(|variant| variant.above).collect();
        bounds.sort_unstable();
        bounds.dedup();
        let reached = bounds.into_iter().filter(|bound| *bound < tokens);
        let rates = |level: Option<u64>| {
            let of_level = holding.iter().filter(|variant| variant.above.is_none() || variant.above <= level);
            of_level.fold(self.rates.clone(), |rates, variant| rates.under(&variant.rates))
        };
        let slices = if self.marginal {
            let first = Slice { above: 0, rates: rates(None) };
            let further = reached.map(|above| Slice { above, rates: rates(Some(above)) });
            std::iter::once(first).chain(further).collect()
        } else {
            vec![Slice { above: 0, rates: rates(reached.max()) }]
        };
        let at_last = |variant: &&&Variant| variant.above.is_none_or(|bound| bound < tokens);
        let because: Vec<String> = holding.iter().filter(at_last).map(|variant| variant.condition()).collect();
        Ok(Applied { slices, because: because.join("; ") })
    }

    /// The variants whose tier and hours hold, from the widest to the narrowest; their bounds are not looked at.
    fn holding(&self, circumstances: &Circumstances<'_>) -> Result<Vec<&Variant>, Unbillable> {
        let tier = self.tier(circumstances.tier)?;
        let mut holding = Vec::new();
        for variant in self.variants.iter().filter(|variant| variant.tier == tier) {
            let held = match &variant.window {
                None => true,
                Some(window) => {
                    let at = circumstances.at.ok_or(Unbillable::TimeUnknown)?;
                    window.holds(at).ok_or_else(|| Unbillable::ZoneUnknown(window.zone.clone()))?
                }
            };
            if held {
                holding.push(variant);
            }
        }
        if let Some(tier) = tier.filter(|_| holding.iter().all(|variant| variant.above.is_some())) {
            // The usual rates are not this tier's.
            return Err(Unbillable::TierUnpriced(tier));
        }
        // The hour is looked at after the length: vendors lower at night what a long prompt raised.
        holding.sort_by_key(|variant| (variant.window.is_some(), variant.above));
        Ok(holding)
    }

    /// The tier that variants are chosen by; `None` is the usual one.
    fn tier(&self, told: Option<&str>) -> Result<Option<String>, Unbillable> {
        let told = told.unwrap_or_default().trim().to_ascii_lowercase();
        // OpenAI's answer calls `fast` by its other name.
        let told = if told == "fast" { "priority".to_owned() } else { told };
        if USUAL.contains(&told.as_str()) {
            return Ok(None);
        }
        let named = self.variants.iter().any(|variant| variant.tier.as_ref() == Some(&told));
        match (named, self.every_tier) {
            (true, _) => Ok(Some(told)),
            (false, true) => Ok(None),
            (false, false) => Err(Unbillable::TierUnpriced(told)),
        }
    }
}

impl Variant {
    /// When it holds, in words.
    #[must_use]
    pub fn condition(&self) -> String {
        let mut said = String::new();
        if let Some(tier) = &self.tier {
            said.push_str(tier);
        }
        if let Some(above) = self.above {
            let _ = write!(said, "{}above {} input tokens", comma(&said), crate::text::grouped(above));
        }
        if let Some(window) = &self.window {
            let _ = write!(said, "{}{window}", comma(&said));
        }
        said
    }
}

fn comma(said: &str) -> &'static str {
    if said.is_empty() { "" } else { ", " }
}
