//! Rows as they are written, in TOML and in JSON, both ways.
//!
//! Owns the names of the fields and what makes a row wrong. What a row means is elsewhere.

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::CatalogueError;
use super::card::{Facts, Feature, Kind, Row};
use super::price::{Price, Variant};
use super::rates::{Dimension, Rates, checked_rate, exact_decimal};
use super::window::{Hours, Window, time_zone, weekday, weekday_name};
use crate::chat::Currency;

/// A row as it is written.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Written {
    model: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aliases: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<Currency>,
    #[serde(skip_serializing_if = "is_not")]
    marginal: bool,
    #[serde(skip_serializing_if = "is_not")]
    every_tier: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_to: Option<String>,
    #[serde(skip_serializing_if = "is_not")]
    notional: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    source: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    checked: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    when: Vec<WrittenWhen>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vendor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<WrittenKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    points_to: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    badges: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_output: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    features: Vec<Feature>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lacks: Vec<Feature>,
    #[serde(skip_serializing_if = "String::is_empty")]
    facts_source: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    facts_checked: String,
    /// The rates by their names, and whatever else stands there.
    #[serde(flatten)]
    rates: Map<String, Value>,
}

/// A variant as it is written.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct WrittenWhen {
    #[serde(skip_serializing_if = "Option::is_none")]
    tier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    above: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hours: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    days: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    except: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
    #[serde(flatten)]
    rates: Map<String, Value>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WrittenKind {
    Snapshot,
    Alias,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_not(flag: &bool) -> bool {
    !flag
}

impl Written {
    pub(super) fn row(self) -> Result<Row, CatalogueError> {
        let model = self.model.clone();
        self.read().map_err(|problem| match problem {
            Problem::Negative => CatalogueError::Negative(model),
            Problem::Wrong(problem) => CatalogueError::Wrong { model, problem },
        })
    }

    fn read(self) -> Result<Row, Problem> {
        self.check()?;
        let price = self.price()?;
        let facts = self.facts();
        let host = self.host.map(|host| host.to_ascii_lowercase());
        Ok(Row { model: self.model, aliases: self.aliases, provider: self.provider, host, price, facts })
    }

    fn check(&self) -> Result<(), Problem> {
        if self.model.is_empty() {
            return wrong("names no model");
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
    fn price(&self) -> Result<Option<Price>, Problem> {
        let rates = rates(&self.rates)?;
        let whole = rates.written(Dimension::Input).is_some() && rates.written(Dimension::Output).is_some();
        match &self.currency {
            Some(currency) if whole => {
                let (valid_from, valid_to) = (moment(self.valid_from.as_ref())?, moment(self.valid_to.as_ref())?);
                if let (Some(from), Some(to)) = (valid_from, valid_to)
                    && from >= to
                {
                    return wrong("ends before it begins");
                }
                Ok(Some(Price {
                    currency: currency.clone(),
                    rates,
                    variants: self.when.iter().map(WrittenWhen::variant).collect::<Result<_, _>>()?,
                    marginal: self.marginal,
                    every_tier: self.every_tier,
                    valid_from,
                    valid_to,
                    notional: self.notional,
                    source: self.source.clone(),
                    checked: self.checked.clone(),
                }))
            }
            None if rates.is_empty() && self.when.is_empty() => Ok(None),
            _ => wrong("has a price without its currency, input or output"),
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

    /// The row as it would be written.
    pub(super) fn of(row: &Row) -> Self {
        let mut written = row.price.as_ref().map(Self::of_price).unwrap_or_default();
        written.model.clone_from(&row.model);
        written.aliases.clone_from(&row.aliases);
        written.provider.clone_from(&row.provider);
        written.host.clone_from(&row.host);
        if let Some(facts) = row.facts.clone() {
            (written.name, written.vendor, written.description) = (facts.name, facts.vendor, facts.description);
            (written.kind, written.points_to) = match facts.kind {
                Some(Kind::Snapshot) => (Some(WrittenKind::Snapshot), None),
                Some(Kind::Alias { points_to }) => (Some(WrittenKind::Alias), points_to),
                None => (None, None),
            };
            (written.badges, written.features, written.lacks) = (facts.more_badges, facts.features, facts.lacks);
            (written.context, written.max_output) = (facts.context, facts.max_output);
            (written.facts_source, written.facts_checked) = (facts.source, facts.checked);
        }
        written
    }

    fn of_price(price: &Price) -> Self {
        Self {
            currency: Some(price.currency.clone()),
            marginal: price.marginal,
            every_tier: price.every_tier,
            valid_from: price.valid_from.map(|at| at.to_string()),
            valid_to: price.valid_to.map(|at| at.to_string()),
            notional: price.notional,
            source: price.source.clone(),
            checked: price.checked.clone(),
            when: price.variants.iter().map(WrittenWhen::of).collect(),
            rates: written_rates(&price.rates),
            ..Self::default()
        }
    }
}

/// What a price says, without the model that it is for and without where it is from.
pub(super) fn canonical(price: &Price) -> String {
    let written = Written { source: String::new(), checked: String::new(), ..Written::of_price(price) };
    let mut value = serde_json::to_value(written).unwrap_or_default();
    if let Some(fields) = value.as_object_mut() {
        fields.shift_remove("model");
    }
    value.to_string()
}

/// Undoes [`canonical`].
pub(super) fn of_canonical(text: &str) -> Option<Price> {
    serde_json::from_str::<Written>(text).ok()?.price().ok()?
}

impl WrittenWhen {
    fn variant(&self) -> Result<Variant, Problem> {
        let rates = rates(&self.rates)?;
        if rates.is_empty() {
            return wrong("has a condition without a price");
        }
        if self.tier.is_none() && self.above.is_none() && self.hours.is_empty() {
            return wrong("has other prices without saying when: tier, above or hours");
        }
        let tier = self.tier.as_ref().map(|tier| tier.to_ascii_lowercase());
        Ok(Variant { tier, above: self.above, window: self.window()?, rates })
    }

    fn window(&self) -> Result<Option<Window>, Problem> {
        if self.hours.is_empty() {
            let alone = self.days.is_empty() && self.except.is_empty() && self.zone.is_none();
            return if alone {
                Ok(None)
            } else {
                wrong("has days or a zone without hours; write \"00:00-24:00\" for all")
            };
        }
        let read = |text: &String| {
            Hours::parse(text).ok_or_else(|| bad(&format!("has hours `{text}`; write them as 22:00-08:00")))
        };
        let hours = self.hours.iter().map(read).collect::<Result<_, _>>()?;
        let read = |name: &String| {
            weekday(name).ok_or_else(|| bad(&format!("has a day `{name}`; write mon, tue, wed, thu, fri, sat or sun")))
        };
        let days = self.days.iter().map(read).collect::<Result<_, _>>()?;
        let read = |day: &String| day.parse::<Date>().map_err(|_| bad("has a day that is not written as YYYY-MM-DD"));
        let except = self.except.iter().map(read).collect::<Result<_, _>>()?;
        let name = self.zone.clone().unwrap_or_else(|| "UTC".to_owned());
        // A name may be known to another system; an offset is right or wrong everywhere.
        if name.starts_with(['+', '-']) && time_zone(&name).is_none() {
            return wrong(&format!(
                "has a zone `{name}`; write an offset such as +08:00, or a name such as Asia/Shanghai"
            ));
        }
        Ok(Some(Window { hours, days, except, zone: name }))
    }

    fn of(variant: &Variant) -> Self {
        let window = variant.window.as_ref();
        let list = |of: &dyn Fn(&Window) -> Vec<String>| window.map(of).unwrap_or_default();
        Self {
            tier: variant.tier.clone(),
            above: variant.above,
            hours: list(&|window| window.hours.iter().map(ToString::to_string).collect()),
            days: list(&|window| window.days.iter().map(|day| weekday_name(*day).to_owned()).collect()),
            except: list(&|window| window.except.iter().map(ToString::to_string).collect()),
            zone: window.map(|window| window.zone.clone()),
            rates: written_rates(&variant.rates),
        }
    }
}

/// Why a row cannot be right.
enum Problem {
    Negative,
    Wrong(String),
}

fn bad(problem: &str) -> Problem {
    Problem::Wrong(problem.to_owned())
}

fn wrong<T>(problem: &str) -> Result<T, Problem> {
    Err(bad(problem))
}

fn rates(fields: &Map<String, Value>) -> Result<Rates, Problem> {
    let mut rates = Rates::default();
    for (name, value) in fields {
        let Some(dimension) = Dimension::named(name) else {
            let known = Dimension::ALL.map(Dimension::name);
            let near = crate::text::nearest(name, known).map(|near| format!("; did you mean `{near}`?"));
            return wrong(&format!("has a field `{name}` that is not known{}", near.unwrap_or_default()));
        };
        let number = match value {
            Value::Number(number) => exact_decimal(&number.to_string()),
            Value::String(text) => exact_decimal(text),
            _ => None,
        };
        let number: Decimal = number.ok_or_else(|| bad(&format!("has a price `{name}` that is no number")))?;
        let rate = checked_rate(number).map_err(|error| match error {
            super::rates::BadRate::Negative => Problem::Negative,
            error => bad(&format!("has a price `{name}` that {error}")),
        })?;
        rates.set(dimension, rate);
    }
    Ok(rates)
}

fn written_rates(rates: &Rates) -> Map<String, Value> {
    rates.all().map(|(dimension, rate)| (dimension.name().to_owned(), Value::String(rate.to_string()))).collect()
}

/// A day, from its beginning in UTC, or a moment.
fn moment(text: Option<&String>) -> Result<Option<Timestamp>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let day = || text.parse::<Date>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok();
    let read = if is_day(text) { day().map(|day| day.timestamp()) } else { text.parse().ok() };
    let problem = || bad(&format!("has a moment `{text}`; write 2026-08-16 or 2026-08-16T16:00:00Z"));
    read.map(Some).ok_or_else(problem)
}

/// `YYYY-MM-DD`, by its shape.
pub(super) fn is_day(text: &str) -> bool {
    let fits = |(place, byte): (usize, u8)| if matches!(place, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
    text.len() == 10 && text.bytes().enumerate().all(fits)
}
