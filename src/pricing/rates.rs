//! Rates: what each kind of token costs.
//!
//! Owns the kinds that vendors price apart, which price holds where one has none of its own, and what a number has to be
//! like to be a price. Which rates hold when is the price's.

use rust_decimal::Decimal;

/// A kind of tokens that may have a price of its own; all but the last are priced per 1,000,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dimension {
    Input,
    CachedInput,
    CacheWrite,
    CacheWriteHour,
    AudioInput,
    ImageInput,
    Output,
    Reasoning,
    AudioOutput,
    ImageOutput,
    /// A fee for each request, however long.
    Request,
}

impl Dimension {
    /// All of them, in the order in which a bill shows them.
    pub const ALL: [Self; 11] = [
        Self::Input,
        Self::CachedInput,
        Self::CacheWrite,
        Self::CacheWriteHour,
        Self::AudioInput,
        Self::ImageInput,
        Self::Output,
        Self::Reasoning,
        Self::AudioOutput,
        Self::ImageOutput,
        Self::Request,
    ];

    /// The name in price files and in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::CachedInput => "cached",
            Self::CacheWrite => "cache_write",
            Self::CacheWriteHour => "cache_write_1h",
            Self::AudioInput => "audio_input",
            Self::ImageInput => "image_input",
            Self::Output => "output",
            Self::Reasoning => "reasoning",
            Self::AudioOutput => "audio_output",
            Self::ImageOutput => "image_output",
            Self::Request => "request",
        }
    }

    /// The name for people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::CachedInput => "cached input",
            Self::CacheWrite => "cache write",
            Self::CacheWriteHour => "cache write 1 h",
            Self::AudioInput => "audio input",
            Self::ImageInput => "image input",
            Self::Output => "output",
            Self::Reasoning => "reasoning",
            Self::AudioOutput => "audio output",
            Self::ImageOutput => "image output",
            Self::Request => "each request",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dimension| dimension.name() == name)
    }

    /// The kind whose price holds where this one has none.
    fn otherwise(self) -> Option<Self> {
        match self {
            Self::Input | Self::Output | Self::Request => None,
            Self::CacheWriteHour => Some(Self::CacheWrite),
            Self::CachedInput | Self::CacheWrite | Self::AudioInput | Self::ImageInput => Some(Self::Input),
            Self::Reasoning | Self::AudioOutput | Self::ImageOutput => Some(Self::Output),
        }
    }
}

/// The prices that are written, by kind of tokens. What is not written is not zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rates([Option<Decimal>; Dimension::ALL.len()]);

impl Rates {
    /// The price that is written for a kind.
    #[must_use]
    pub fn written(&self, dimension: Dimension) -> Option<Decimal> {
        self.0[dimension as usize]
    }

    /// The price that a kind is charged: its own, or that of the kind it is part of.
    #[must_use]
    pub fn charged(&self, dimension: Dimension) -> Option<Decimal> {
        let otherwise = || dimension.otherwise().and_then(|wider| self.charged(wider));
        self.written(dimension).or_else(otherwise)
    }

    pub fn set(&mut self, dimension: Dimension, rate: Decimal) {
        self.0[dimension as usize] = Some(rate.normalize());
    }

    /// Those that are written, in the order of a bill.
    pub fn all(&self) -> impl Iterator<Item = (Dimension, Decimal)> + '_ {
        Dimension::ALL.into_iter().filter_map(|dimension| Some((dimension, self.written(dimension)?)))
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all().next().is_none()
    }

    /// Whether prices are written, and all of them are zero.
    #[must_use]
    pub fn are_free(&self) -> bool {
        !self.is_empty() && self.all().all(|(_, rate)| rate.is_zero())
    }

    /// These rates with those of another list in the place of their own.
    #[must_use]
    pub fn under(&self, over: &Self) -> Self {
        let mut rates = self.clone();
        for (dimension, rate) in over.all() {
            rates.set(dimension, rate);
        }
        rates
    }
}

impl FromIterator<(Dimension, Decimal)> for Rates {
    fn from_iter<I: IntoIterator<Item = (Dimension, Decimal)>>(rates: I) -> Self {
        let mut all = Self::default();
        rates.into_iter().for_each(|(dimension, rate)| all.set(dimension, rate));
        all
    }
}

/// Why a number is no price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRate {
    #[error("is no number")]
    NoNumber,
    #[error("is below zero")]
    Negative,
    #[error("is larger than any price")]
    Huge,
    #[error("has more digits than a price")]
    TooFine,
}

/// The largest price per 1,000,000 tokens: no vendor comes near a thousandth of it in any currency.
const MOST: Decimal = Decimal::from_parts(1_000_000_000, 0, 0, false, 0);

/// The most decimals of a price per 1,000,000 tokens; a 64-bit float that was written out has fewer.
const FINEST: u32 = 18;

/// Checks that a number may be a price.
///
/// # Errors
/// When it is negative, absurdly large, or too fine to be computed with exactly.
pub fn checked_rate(rate: Decimal) -> Result<Decimal, BadRate> {
    let rate = rate.normalize();
    match rate {
        _ if rate < Decimal::ZERO => Err(BadRate::Negative),
        _ if rate > MOST => Err(BadRate::Huge),
        _ if rate.scale() > FINEST => Err(BadRate::TooFine),
        _ => Ok(rate),
    }
}

/// A number as text, with or without an exponent, exactly; `None` for anything else and for one that would be rounded.
#[must_use]
pub fn exact_decimal(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let plain = digits.strip_prefix(['+', '-']).unwrap_or(digits);
    // The parser of decimals takes underscores too, which no price list means.
    if !plain.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') || !plain.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let number = Decimal::from_str_exact(digits).ok()?.normalize();
    if number.is_zero() {
        return Some(Decimal::ZERO);
    }
    let scale = i64::from(number.scale()) - i64::from(exponent);
    let (places, scale) = if scale < 0 { (u32::try_from(-scale).ok()?, 0) } else { (0, u32::try_from(scale).ok()?) };
    let mantissa = number.mantissa().checked_mul(10_i128.checked_pow(places)?)?;
    Decimal::try_from_i128_with_scale(mantissa, scale).ok().map(|number| number.normalize())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn a_kind_without_a_price_is_charged_as_what_it_is_part_of() {
        use Dimension::{CacheWriteHour, CachedInput, Input, Output, Reasoning, Request};
        let rates: Rates = [(Input, decimal("3")), (Output, decimal("15"))].into_iter().collect();
        let charged = [CacheWriteHour, CachedInput, Reasoning, Request].map(|kind| rates.charged(kind));
        assert_eq!(charged, [Some(decimal("3")), Some(decimal("3")), Some(decimal("15")), None]);
        assert_eq!(rates.written(CachedInput), None);
    }

    #[test]
    fn numbers_are_read_exactly_or_not_at_all() {
        for (text, number) in [
            ("2.5e-06", "0.0000025"),
            ("1.4E-7", "0.00000014"),
            ("5e3", "5000"),
            (" 0.15 ", "0.15"),
            ("+1", "1"),
            ("0e99", "0"),
            ("-3", "-3"),
        ] {
            assert_eq!(exact_decimal(text), Some(decimal(number)), "{text}");
        }
        for text in [
            "",
            "NaN",
            "inf",
            "1_000",
            "1e",
            "e5",
            ".",
            "1e400",
            "1e-400",
            "--1",
            "0x10",
            "1,5",
            "free",
            "1e99999999999",
        ] {
            assert_eq!(exact_decimal(text), None, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_a_price_is_refused() {
        assert_eq!(checked_rate(decimal("-0.1")), Err(BadRate::Negative));
        assert_eq!(checked_rate(decimal("1000000001")), Err(BadRate::Huge));
        assert_eq!(checked_rate(decimal("0.0000000000000000001")), Err(BadRate::TooFine));
        assert_eq!(checked_rate(decimal("0.50")), Ok(decimal("0.5")));
    }

    proptest! {
        #[test]
        fn any_text_gives_a_number_or_none_and_never_a_panic(text in "[-+0-9.eE_ NaNinf]{0,40}") {
            if let Some(number) = exact_decimal(&text) {
                prop_assert_eq!(exact_decimal(&number.to_string()), Some(number));
            }
        }
    }
}
