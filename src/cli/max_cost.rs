//! `--max-cost`: nothing is sent whose input alone costs more, by an estimate.

use rust_decimal::Decimal;
use serde_json::Value;

use super::Problem;
use super::setup::Setup;
use crate::chat::{Currency, Money, Tool, Usage};
use crate::pricing::{
    self, Asked, Circumstances, Exchange, Family, MESSAGE_TOKENS, REPLY_TOKENS, Reach, exact_decimal,
};

/// The most that the input of a request may cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MaxCost {
    amount: Decimal,
    /// That of the model's price where none is named.
    currency: Option<Currency>,
}

impl MaxCost {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (amount, currency) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
        let amount = exact_decimal(amount).filter(|amount| *amount >= Decimal::ZERO);
        let amount = amount.ok_or_else(|| format!("`{text}` is no amount; write 0.05 or 0.05 USD"))?;
        let currency = match currency.trim() {
            "" => None,
            code => Some(Currency::new(code).ok_or_else(|| format!("`{code}` is no currency; write three letters"))?),
        };
        Ok(Self { amount, currency })
    }

    /// Fails when the input of a request costs more, or when that cannot be told.
    pub(super) fn check(&self, setup: &Setup, messages: &[Value], tools: &[Tool]) -> Result<(), Problem> {
        let settings = &setup.settings;
        let reach = Reach::of(setup.base_url(&settings.provider));
        let catalogue = setup.catalogue();
        let found = catalogue.find(&Asked::new(&settings.provider, reach, &settings.model));
        let Some(found) = found else {
            let said = format!("--max-cost: {} has no price, so nothing was sent. ", settings.model);
            return Err(Problem::misuse(said + "`abreast models prices` lists those that are known."));
        };
        let tokens = input(Family::of(&settings.provider, &settings.model), messages, tools);
        let usage = Usage { input: Some(tokens), output: Some(0), ..Usage::default() };
        let cost = pricing::cost(&usage, Some(found.price), &Circumstances::default());
        let Some(cost) = cost.money().cloned() else {
            return Err(Problem::misuse("--max-cost: what the input costs cannot be told, so nothing was sent."));
        };
        let most =
            Money { amount: self.amount, currency: self.currency.clone().unwrap_or_else(|| cost.currency.clone()) };
        let exchange = Exchange { display: Some(most.currency.clone()), rates: setup.config.money.rates.clone() };
        let Some(worth) = exchange.convert(&cost) else {
            let (from, to) = (cost.currency.code(), most.currency.code());
            return Err(Problem::misuse(format!(
                "--max-cost: the price is in {from}, and no rate from {from} to {to} is set, so nothing was sent."
            )));
        };
        if worth.money.amount > most.amount {
            return Err(Problem::misuse(format!(
                "--max-cost: nothing was sent: the input alone, ~{tokens} tokens by an estimate, costs ~{}, more than {most}.",
                worth.money.rough()
            )));
        }
        Ok(())
    }
}

/// About how many tokens a request counts. Images count nothing here, since the rules differ from model to model.
fn input(family: Family, messages: &[Value], tools: &[Tool]) -> u64 {
    let message = |message: &Value| {
        let calls = message.get("tool_calls").map_or(0, |calls| family.tokens(&calls.to_string()));
        MESSAGE_TOKENS + calls + message.get("content").map_or(0, |content| of_content(family, content))
    };
    let tools: u64 = tools.iter().map(|tool| family.tokens(&tool.definition.to_string())).sum();
    REPLY_TOKENS + tools + messages.iter().map(message).sum::<u64>()
}

fn of_content(family: Family, content: &Value) -> u64 {
    match content {
        Value::String(text) => family.tokens(text),
        Value::Array(parts) => {
            let texts = parts.iter().filter_map(|part| part.get("text").and_then(Value::as_str));
            texts.map(|text| family.tokens(text)).sum()
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_may_name_its_currency() {
        let parsed = |text: &str| MaxCost::parse(text).map(|most| (most.amount.to_string(), most.currency));
        assert_eq!(parsed("0.05"), Ok(("0.05".into(), None)));
        assert_eq!(parsed("2 usd"), Ok(("2".into(), Currency::new("USD"))));
        assert!(parsed("-1").is_err() && parsed("free").is_err() && parsed("1 dollar").is_err());
    }
}
