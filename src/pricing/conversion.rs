//! Exchange: what an amount is worth in another currency, at the rates that the user sets.
//!
//! Owns the conversion, exact; rounding is for the screen. An amount keeps its own currency wherever it is kept: what is
//! converted is shown beside it.

use rust_decimal::Decimal;

use crate::chat::{Currency, ExchangeRate, Money, exact_product, exact_sum};

/// A display currency and the rates that lead to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    pub display: Option<Currency>,
    pub rates: Vec<ExchangeRate>,
}

/// An amount in another currency, and by which rates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Converted {
    pub money: Money,
    /// The days of the rates that were used, from the oldest, each once; none where nothing had to be converted.
    pub dates: Vec<String>,
}

/// What several amounts come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worth {
    /// The sum of what could be converted; `None` where nothing could, or where the digits do not hold it.
    pub together: Option<Converted>,
    /// The amounts without a rate, as they are.
    pub apart: Vec<Money>,
}

impl Exchange {
    /// An amount in the display currency; `None` where no currency is chosen, or no rate leads there. A rate counts in
    /// the direction in which it is written: the other way would have to be rounded.
    #[must_use]
    pub fn convert(&self, money: &Money) -> Option<Converted> {
        Self::convert_by(&self.rates, money, self.display.as_ref()?)
    }

    /// An amount in a currency, by some rates; `None` where none leads there.
    #[must_use]
    pub fn convert_by(rates: &[ExchangeRate], money: &Money, to: &Currency) -> Option<Converted> {
        if money.currency == *to {
            return Some(Converted { money: money.clone(), dates: Vec::new() });
        }
        let leads = |rate: &&ExchangeRate| rate.from == money.currency && rate.to == *to;
        let rate = rates.iter().find(leads)?;
        let money = Money { amount: exact_product(money.amount, rate.rate)?, currency: to.clone() };
        Some(Converted { money, dates: vec![rate.date.clone()] })
    }

    /// What amounts of several currencies are worth together. Those without a rate are listed, never added.
    #[must_use]
    pub fn worth<'m>(&self, amounts: impl IntoIterator<Item = &'m Money>) -> Worth {
        self.worth_in(self.display.as_ref(), amounts)
    }

    /// The same in a currency that is not the chosen one.
    #[must_use]
    pub fn worth_in<'m>(&self, to: Option<&Currency>, amounts: impl IntoIterator<Item = &'m Money>) -> Worth {
        let (mut together, mut dates, mut apart) = (None::<Decimal>, Vec::new(), Vec::new());
        for money in amounts {
            let converted = to.and_then(|to| Self::convert_by(&self.rates, money, to));
            let sum = converted.and_then(|converted| {
                let sum = exact_sum(together.unwrap_or_default(), converted.money.amount)?;
                Some((sum, converted.dates))
            });
            match sum {
                Some((sum, days)) => {
                    together = Some(sum);
                    dates.extend(days);
                }
                None => apart.push(money.clone()),
            }
        }
        dates.sort();
        dates.dedup();
        let converted = |amount| Some(Converted { money: Money { amount, currency: to?.clone() }, dates });
        Worth { together: together.and_then(converted), apart }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(amount: &str, currency: &str) -> Money {
        Money { amount: amount.parse().unwrap(), currency: Currency::new(currency).unwrap() }
    }

    fn exchange(display: Option<&str>) -> Exchange {
        let rate = |from: &str, to: &str, rate: &str, date: &str| ExchangeRate {
            from: Currency::new(from).unwrap(),
            to: Currency::new(to).unwrap(),
            rate: rate.parse().unwrap(),
            date: date.to_owned(),
        };
        Exchange {
            display: display.and_then(Currency::new),
            rates: vec![rate("CNY", "USD", "0.14", "2026-11-01"), rate("EUR", "USD", "1.085", "2026-10-02")],
        }
    }

    #[test]
    fn an_amount_is_converted_to_its_last_digit_and_says_of_which_day_the_rate_is() {
        let converted = exchange(Some("USD")).convert(&money("0.0045216", "CNY"));
        assert_eq!(converted, Some(Converted { money: money("0.000633024", "USD"), dates: vec!["2026-11-01".into()] }));
        let same = exchange(Some("USD")).convert(&money("0.5", "USD"));
        assert_eq!(same, Some(Converted { money: money("0.5", "USD"), dates: Vec::new() }));
    }

    #[test]
    fn without_a_rate_there_or_a_display_currency_nothing_is_converted() {
        assert_eq!(exchange(Some("USD")).convert(&money("1", "GBP")), None);
        assert_eq!(exchange(Some("CNY")).convert(&money("1", "USD")), None, "no rate is turned round");
        assert_eq!(exchange(None).convert(&money("1", "USD")), None);
    }

    #[test]
    fn amounts_without_a_rate_are_listed_and_not_added() {
        let amounts = [money("1", "CNY"), money("2", "USD"), money("3", "GBP"), money("2", "EUR")];
        let worth = exchange(Some("USD")).worth(&amounts);
        let dates = vec!["2026-10-02".into(), "2026-11-01".into()];
        assert_eq!(worth.together, Some(Converted { money: money("4.31", "USD"), dates }));
        assert_eq!(worth.apart, [money("3", "GBP")]);
        let none = exchange(None).worth(&amounts);
        assert_eq!((none.together, none.apart), (None, amounts.to_vec()));
    }
}
