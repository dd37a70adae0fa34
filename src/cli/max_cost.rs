//! `--max-cost`: nothing is sent whose input alone costs more, by an estimate.

use rust_decimal::Decimal;
use serde_json::Value;

use super::Problem;
use super::setup::Setup;
use crate::chat::{Currency, Images, Money, Tool, Usage};
use crate::pricing::{
    self, Asked, Circumstances, Exchange, Family, MESSAGE_TOKENS, REPLY_TOKENS, Reach, exact_decimal,
};
use crate::text::counted;

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

    /// Fails when the input of a request costs more, or when that cannot be told. Gives how many images are not counted,
    /// since no rule is known for them.
    pub(super) fn check(
        &self,
        setup: &Setup,
        (messages, images): (&[Value], &Images),
        tools: &[Tool],
    ) -> Result<u64, Problem> {
        let settings = &setup.settings;
        let reach = Reach::of(setup.base_url(&settings.provider));
        let catalogue = setup.catalogue();
        let found = catalogue.find(&Asked::new(&settings.provider, reach, &settings.model));
        let Some(found) = found else {
            let said = format!("--max-cost: {} has no price, so nothing was sent. ", settings.model);
            return Err(Problem::misuse(said + "`abreast models prices` lists those that are known."));
        };
        let model = (Family::of(&settings.provider, &settings.model), settings.model.as_str());
        let (tokens, uncounted) = input(model, (messages, images), tools);
        let usage = Usage { input: Some(tokens), output: Some(0), ..Usage::default() };
        let cost = pricing::cost(&usage, Some(found.price), &Circumstances::default());
        let Some(cost) = cost.money().cloned() else {
            return Err(Problem::misuse("--max-cost: what the input costs cannot be told, so nothing was sent."));
        };
        let most =
            Money { amount: self.amount, currency: self.currency.clone().unwrap_or_else(|| cost.currency.clone()) };
        let Some(worth) = Exchange::convert_by(&setup.config.money.rates, &cost, &most.currency) else {
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
        Ok(uncounted)
    }
}

/// `1 image is`, `2 images are`.
pub(super) fn images(count: u64) -> String {
    format!("{} {}", counted(count, "image"), if count == 1 { "is" } else { "are" })
}

/// About how many tokens a request counts, and how many images are not among them: those of other servers, and those of
/// models whose rule is not known.
fn input((family, model): (Family, &str), (messages, images): (&[Value], &Images), tools: &[Tool]) -> (u64, u64) {
    let (mut tokens, mut uncounted) = (REPLY_TOKENS, 0);
    tokens += tools.iter().map(|tool| family.tokens(&tool.definition.to_string())).sum::<u64>();
    for message in messages {
        tokens += MESSAGE_TOKENS + message.get("tool_calls").map_or(0, |calls| family.tokens(&calls.to_string()));
        match message.get("content") {
            Some(Value::String(text)) => tokens += family.tokens(text),
            Some(Value::Array(parts)) => {
                for part in parts {
                    tokens += part.get("text").and_then(Value::as_str).map_or(0, |text| family.tokens(text));
                    let Some(address) = part.pointer("/image_url/url").and_then(Value::as_str) else { continue };
                    let image = images.referred(address).and_then(|image| family.attachment(image, model));
                    tokens += image.unwrap_or(0);
                    uncounted += u64::from(image.is_none());
                }
            }
            _ => {}
        }
    }
    (tokens, uncounted)
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
