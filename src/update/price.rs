//! Entering a price where none is known: a form, used at once for the runs to come and kept in the user's list.

use std::time::Instant;

use rust_decimal::Decimal;

use super::{Effects, form};
use crate::chat::Currency;
use crate::config::PriceRow;
use crate::input::Action;
use crate::pricing::{checked_rate, exact_decimal};
use crate::state::card::own_price;
use crate::state::{Effect, Form, FormFocus, FormPurpose, Level, Overlay, PRICE_FIELDS, State, Verdict};
use crate::text::clean_line;

/// Opens the form for the focused lane's model, with what is known of its price.
pub(super) fn open(state: &mut State, now: Instant) {
    let settings = state.lane().settings.clone();
    if settings.model.is_empty() {
        let said = format!("This lane has no model yet: {} chooses one.", state.key(Action::Models));
        state.notices.show(Level::Note, said, now);
        return;
    }
    let price = super::stream::price(&state.providers, &state.catalogue, &settings);
    let known = price.filter(|price| !price.notional);
    let rate = |dimension| known.and_then(|price| price.rates.written(dimension)).map(|rate| rate.to_string());
    let [input, output, cached] =
        [crate::pricing::Dimension::Input, crate::pricing::Dimension::Output, crate::pricing::Dimension::CachedInput]
            .map(|dimension| rate(dimension).unwrap_or_default());
    let usual = || state.session.totals().sums.first().map(|sum| sum.money.currency.clone());
    let currency = known.map(|price| price.currency.clone()).or_else(usual);
    let currency = currency.map_or_else(String::new, |currency| currency.code().to_owned());
    let mut new = Form::new(FormPurpose::Price { provider: settings.provider, model: settings.model }, &input);
    new.set_aside(&PRICE_FIELDS.map(str::to_owned).into_iter().zip([output, cached, currency]).collect());
    new.name_fields(&PRICE_FIELDS);
    form::open(state, new);
    judge(state);
}

/// Says what the price would be, or what is missing.
pub(super) fn judge(state: &mut State) {
    let Some(open) = form::open_form(state) else { return };
    open.verdict = Some(match read(open) {
        Ok(price) => {
            let row = own_price(&price, "").price;
            let figure = |rate| row.as_ref().map_or_else(String::new, |row| row.figure(rate));
            let cached = price.cached.map(|rate| format!(", {} cached", figure(rate))).unwrap_or_default();
            Verdict::Good(format!("{} in, {} out{cached}, for 1M tokens", figure(price.input), figure(price.output)))
        }
        Err((_, said)) => Verdict::Bad(said),
    });
}

/// Takes the price, or says what is wrong with it.
pub(super) fn accept(state: &mut State, now: Instant) -> Effects {
    let Some(open) = form::open_form(state) else { return Effects::new() };
    let price = match read(open) {
        Ok(price) => price,
        Err((at, said)) => {
            open.at = at;
            open.verdict = Some(Verdict::Bad(said));
            return Effects::new();
        }
    };
    if let Some(Overlay::Form(_)) = &state.overlay {
        state.overlay = None;
    }
    state.catalogue.prefer(own_price(&price, "models.toml"));
    let model = clean_line(&price.model).into_owned();
    let said = format!("{model} has this price from now on; runs of before stay as they are.");
    state.notices.show(Level::Note, said, now);
    vec![Effect::SavePrice(Box::new(price))]
}

/// The file was written, or not.
pub(super) fn saved(state: &mut State, result: Result<(), String>, now: Instant) {
    if let Err(problem) = result {
        let said = format!("The price holds until the program ends, and is not in models.toml: {problem}");
        state.notices.show(Level::Error, said, now);
    }
}

/// What the form says, or which field says it wrongly and how.
fn read(form: &Form) -> Result<PriceRow, (FormFocus, String)> {
    let FormPurpose::Price { provider, model } = &form.purpose else {
        return Err((FormFocus::Text, String::new()));
    };
    let field = |place: usize| form.fields.get(place).map(|field| field.editor.text()).unwrap_or_default();
    let input = rate(&form.editor.text(), "input").map_err(|said| (FormFocus::Text, said))?;
    let input = input.ok_or_else(|| (FormFocus::Text, "the price of 1M input tokens is missing".to_owned()))?;
    let output = rate(&field(0), "output").map_err(|said| (FormFocus::Field(0), said))?;
    let output = output.ok_or_else(|| (FormFocus::Field(0), "the price of 1M output tokens is missing".to_owned()))?;
    let cached = rate(&field(1), "cached input").map_err(|said| (FormFocus::Field(1), said))?;
    let currency = Currency::new(field(2).trim())
        .ok_or_else(|| (FormFocus::Field(2), "a currency has three letters, such as CNY".to_owned()))?;
    Ok(PriceRow { model: model.clone(), provider: Some(provider.clone()), currency, input, cached, output })
}

fn rate(text: &str, what: &str) -> Result<Option<Decimal>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let rate = exact_decimal(text).and_then(|rate| checked_rate(rate).ok());
    rate.map(Some).ok_or_else(|| format!("`{}` is no price of {what}; write a number such as 1.80", clean_line(text)))
}
