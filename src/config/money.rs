//! The user's own prices and exchange rates in `config.toml`.

use rust_decimal::Decimal;
use toml::Spanned;

use super::schema::{BudgetFile, MoneyFile, PriceFile, RateFile};
use super::shape::{Refusal, shown};
use super::{BudgetConfig, MoneyConfig, PriceRow};
use crate::chat::{Currency, ExchangeRate, Money};

pub(super) fn prices(rows: &[Spanned<PriceFile>], usual: Option<&Currency>) -> Result<Vec<PriceRow>, Refusal> {
    let row = |row: &Spanned<PriceFile>| {
        let (offset, raw) = (row.span().start, row.get_ref());
        let refuse = |problem: &str| (offset, problem.to_owned());
        let currency = raw.currency.as_ref().or(usual);
        let currency = currency.ok_or_else(|| refuse("this price needs a currency, such as currency = \"CNY\""))?;
        Ok(PriceRow {
            model: raw.model.clone(),
            provider: raw.provider.clone(),
            currency: currency.clone(),
            input: raw.input,
            cached: raw.cached,
            output: raw.output,
        })
    };
    rows.iter().map(row).collect()
}

/// The display currency and the rates; one that would not say what a currency is worth is a slip.
pub(super) fn exchange(raw: &MoneyFile) -> Result<MoneyConfig, Refusal> {
    let mut rates: Vec<ExchangeRate> = Vec::new();
    for row in &raw.rates {
        let refuse = |problem: String| (row.span().start, problem);
        let RateFile { from, to, rate, date } = row.get_ref();
        if from == to {
            return Err(refuse("an exchange rate is between two currencies".to_owned()));
        }
        if date.len() != 10 || date.parse::<jiff::civil::Date>().is_err() {
            return Err(refuse(format!("`{}` is no day; write it as 2026-11-01", shown(date))));
        }
        let same = |known: &ExchangeRate| (&known.from, &known.to) == (from, to);
        if rates.iter().any(same) {
            return Err(refuse(format!("the rate from {} to {} is there twice", from.code(), to.code())));
        }
        rates.push(ExchangeRate { from: from.clone(), to: to.clone(), rate: rate.normalize(), date: date.clone() });
    }
    Ok(MoneyConfig { display: raw.display.clone(), rates })
}

/// The budgets, in their currency or the usual one.
pub(super) fn budget(raw: &BudgetFile, usual: Option<&Currency>) -> Result<BudgetConfig, Refusal> {
    let currency = raw.currency.as_ref().or(usual);
    let cap = |cap: &Option<Spanned<Decimal>>| {
        let Some(cap) = cap else { return Ok(None) };
        let refuse = |problem: &str| (cap.span().start, problem.to_owned());
        let currency = currency.ok_or_else(|| refuse("a budget needs a currency, such as currency = \"CNY\""))?.clone();
        Ok(Some(Money { amount: cap.get_ref().normalize(), currency }))
    };
    Ok(BudgetConfig {
        request: cap(&raw.request)?,
        session: cap(&raw.session)?,
        day: cap(&raw.day)?,
        month: cap(&raw.month)?,
    })
}
