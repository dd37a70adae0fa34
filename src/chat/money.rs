//! Money in exact decimals, never a float.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// An ISO 4217 code, upper case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(String);

impl Currency {
    /// Takes three ASCII letters, in either case; anything else is no currency.
    #[must_use]
    pub fn new(code: &str) -> Option<Self> {
        let fits = code.len() == 3 && code.bytes().all(|b| b.is_ascii_alphabetic());
        fits.then(|| Self(code.to_ascii_uppercase()))
    }

    /// The code, such as `CNY`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.0
    }

    /// The sign that stands before an amount: `¥`, `$`, `€`, `£`, or the code and a space.
    #[must_use]
    pub fn sign(&self) -> String {
        match self.0.as_str() {
            "CNY" | "JPY" => "¥".to_owned(),
            "USD" => "$".to_owned(),
            "EUR" => "€".to_owned(),
            "GBP" => "£".to_owned(),
            code => format!("{code} "),
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = String;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        Self::new(&code).ok_or_else(|| format!("`{code}` is no currency code; write three letters, such as CNY"))
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.0
    }
}

/// An amount in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Money {
    pub amount: Decimal,
    pub currency: Currency,
}

impl Money {
    /// About as much, as an estimate is shown: with four decimals, or where that is little with two digits that say
    /// something.
    #[must_use]
    pub fn rough(&self) -> Self {
        const LITTLE: Decimal = Decimal::from_parts(1, 0, 0, false, 3);
        let amount = if self.amount.abs() < LITTLE { self.amount.round_sf(2) } else { Some(self.amount.round_dp(4)) };
        Self { amount: amount.unwrap_or(self.amount), currency: self.currency.clone() }
    }
}

impl fmt::Display for Money {
    /// At least four decimals and never fewer than the amount has: a cost is shown to its last digit.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Padded by hand: formatting with a precision panics on amounts near the largest.
        let exact = self.amount.normalize();
        let missing = usize::try_from(4_u32.saturating_sub(exact.scale())).unwrap_or(0);
        let point = if exact.scale() == 0 { "." } else { "" };
        write!(f, "{}{exact}{point}{}", self.currency.sign(), "0".repeat(missing))
    }
}

/// What one unit of a currency is worth in another, as the user says, and of which day that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExchangeRate {
    pub from: Currency,
    pub to: Currency,
    /// How many units of `to` one unit of `from` is; above zero.
    pub rate: Decimal,
    /// `YYYY-MM-DD`.
    pub date: String,
}

/// What something cost, or what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cost {
    /// From the server's own usage and a price row.
    Known(Money),
    /// What the server itself says that it charges.
    Reported(Money),
    /// From a count of our own; shown with `~`.
    Estimated(Money),
    /// No price or no usage: shown as `n/a`, never as 0.
    Unknown,
}

impl Cost {
    /// The amount, also where it is an estimate; `None` where nothing is known.
    #[must_use]
    pub fn money(&self) -> Option<&Money> {
        match self {
            Self::Known(money) | Self::Reported(money) | Self::Estimated(money) => Some(money),
            Self::Unknown => None,
        }
    }

    /// The amount, where it is no estimate.
    #[must_use]
    pub fn exact(&self) -> Option<&Money> {
        self.money().filter(|_| !self.is_estimated())
    }

    #[must_use]
    pub fn is_estimated(&self) -> bool {
        matches!(self, Self::Estimated(_))
    }

    #[must_use]
    pub fn is_reported(&self) -> bool {
        matches!(self, Self::Reported(_))
    }
}

/// A sum to its last digit; `None` where the digits of a decimal do not hold it.
#[must_use]
pub fn exact_sum(left: Decimal, right: Decimal) -> Option<Decimal> {
    let (left, right) = (left.normalize(), right.normalize());
    let sum = left.checked_add(right)?;
    // A decimal that has no room for the last digits rounds them away; the way back tells.
    (sum.checked_sub(right)? == left && sum.checked_sub(left)? == right).then(|| sum.normalize())
}

/// A product to its last digit; `None` where the digits of a decimal do not hold it.
#[must_use]
pub fn exact_product(left: Decimal, right: Decimal) -> Option<Decimal> {
    let (left, right) = (left.normalize(), right.normalize());
    if left.is_zero() || right.is_zero() {
        return Some(Decimal::ZERO);
    }
    let product = left.checked_mul(right)?;
    // One that has no room for the last digits has fewer decimals than its factors together.
    (product.scale() == left.scale() + right.scale()).then(|| product.normalize())
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(money) | Self::Reported(money) => money.fmt(f),
            Self::Estimated(money) => write!(f, "~{money}"),
            Self::Unknown => f.write_str("n/a"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yuan(amount: &str) -> Money {
        Money { amount: amount.parse().unwrap(), currency: Currency::new("cny").unwrap() }
    }

    #[test]
    fn an_amount_keeps_every_digit_and_shows_at_least_four() {
        assert_eq!(yuan("0.0045").to_string(), "¥0.0045");
        assert_eq!(yuan("1.5").to_string(), "¥1.5000");
        assert_eq!(yuan("0.00001230").to_string(), "¥0.0000123");
        assert_eq!(yuan("7").to_string(), "¥7.0000");
        assert_eq!(yuan("79228162514264337593543950335").to_string(), "¥79228162514264337593543950335.0000");
    }

    #[test]
    fn an_estimate_is_shown_with_the_digits_that_say_something() {
        let rough = |amount: &str| yuan(amount).rough().to_string();
        assert_eq!(
            ["1.23456", "0.00456789", "0.000045678", "0"].map(rough),
            ["¥1.2346", "¥0.0046", "¥0.000046", "¥0.0000"]
        );
    }

    #[test]
    fn an_estimate_is_marked_and_an_unknown_is_no_zero() {
        assert_eq!(Cost::Estimated(yuan("0.2")).to_string(), "~¥0.2000");
        assert_eq!(Cost::Unknown.to_string(), "n/a");
    }

    #[test]
    fn a_sum_or_a_product_is_exact_or_is_none() {
        let decimal = |text: &str| text.parse::<Decimal>().unwrap();
        let huge = decimal("79228162514264337593543950335");
        assert_eq!(exact_sum(decimal("0.1"), decimal("0.20")), Some(decimal("0.3")));
        let last = decimal("0.0000000000000000000000000001");
        assert_eq!([exact_sum(decimal("7"), last), exact_sum(decimal("8"), last)], [Some(decimal("7") + last), None]);
        assert_eq!([exact_sum(huge, decimal("0.1")), exact_sum(huge, decimal("1"))], [None, None]);
        assert_eq!(exact_product(decimal("812"), decimal("0.0000018")), Some(decimal("0.0014616")));
        let small = decimal("0.000000000000001");
        assert_eq!([exact_product(small, small), exact_product(huge, decimal("2"))], [None, None]);
        assert_eq!(exact_product(huge, Decimal::ZERO), Some(Decimal::ZERO));
    }

    #[test]
    fn what_a_server_reports_is_exact_and_told_apart() {
        let reported = Cost::Reported(yuan("0.2"));
        assert_eq!((reported.to_string().as_str(), reported.exact()), ("¥0.2000", Some(&yuan("0.2"))));
        assert_eq!(Cost::Estimated(yuan("0.2")).exact(), None);
        assert_ne!(reported, Cost::Known(yuan("0.2")));
    }

    #[test]
    fn a_currency_is_three_letters() {
        assert_eq!(Currency::new("usd").unwrap().code(), "USD");
        assert_eq!(Currency::new("yuan"), None);
        assert_eq!(Currency::new("C¥"), None);
    }
}
