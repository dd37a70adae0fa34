//! Budgets by hand: a form that takes any amount, until the program ends.

use std::time::Instant;

use rust_decimal::Decimal;

use crate::chat::{Currency, Money};
use crate::config::BudgetConfig;
use crate::pricing::{checked_rate, exact_decimal};
use crate::state::{BUDGET_FIELDS, BudgetSpan, Form, FormFocus, FormPurpose, Level, State, Verdict};
use crate::text::clean_line;
use crate::update::form::{open, open_form};

/// The budgets in the form's order: its text, then its fields.
const SPANS: [BudgetSpan; 4] = [BudgetSpan::Session, BudgetSpan::Request, BudgetSpan::Day, BudgetSpan::Month];

/// Where the form asks for the currency.
const CURRENCY: FormFocus = FormFocus::Field(3);

fn place(at: usize) -> FormFocus {
    at.checked_sub(1).map_or(FormFocus::Text, FormFocus::Field)
}

/// Opens the form with the budgets as they hold now, at the one that is spent most.
pub(super) fn show(state: &mut State) {
    let cap = |span| state.budget.cap(span);
    let amount = |span| cap(span).map(|cap| cap.amount.normalize().to_string()).unwrap_or_default();
    let [session, request, day, month] = SPANS.map(amount);
    let currency = SPANS.into_iter().find_map(cap).map(|cap| &cap.currency).or(state.exchange.display.as_ref());
    let currency = currency.or_else(|| state.session.totals().sums.first().map(|sum| &sum.money.currency));
    let currency = currency.map_or_else(String::new, |currency| currency.code().to_owned());
    let fullest = state.fullest().map(|filled| filled.span);
    let mut form = Form::new(FormPurpose::Budgets, &session);
    form.set_aside(&BUDGET_FIELDS.map(str::to_owned).into_iter().zip([request, day, month, currency]).collect());
    form.name_fields(&BUDGET_FIELDS);
    form.at = place(SPANS.into_iter().position(|span| Some(span) == fullest).unwrap_or(0));
    open(state, form);
    judge(state);
}

/// Says what the budgets would be, or what is wrong.
pub(in crate::update) fn judge(state: &mut State) {
    let Some(open) = open_form(state) else { return };
    open.verdict = Some(match read(open) {
        Ok(caps) => Verdict::Good(told(&caps)),
        Err((_, said)) => Verdict::Bad(said),
    });
}

/// Takes the budgets, or says what is wrong.
pub(in crate::update) fn accept(state: &mut State, now: Instant) {
    let Some(open) = open_form(state) else { return };
    let caps = match read(open) {
        Ok(caps) => caps,
        Err((at, said)) => {
            open.at = at;
            open.verdict = Some(Verdict::Bad(said));
            return;
        }
    };
    state.overlay = None;
    let said = format!("Until the program ends: {}. [budget] in config.toml keeps it.", told(&caps));
    state.budget.put(caps);
    state.notices.show(Level::Note, said, now);
}

/// `session ¥2, today ¥10`.
fn told(caps: &BudgetConfig) -> String {
    let all = [(BudgetSpan::Request, &caps.request), (BudgetSpan::Session, &caps.session)];
    let all = all.into_iter().chain([(BudgetSpan::Day, &caps.day), (BudgetSpan::Month, &caps.month)]);
    let told = |(span, cap): (BudgetSpan, &Option<Money>)| {
        cap.as_ref().map(|cap| format!("{} {}{}", span.name(), cap.currency.sign(), cap.amount))
    };
    let told: Vec<String> = all.filter_map(told).collect();
    if told.is_empty() { "no budget is set, so nothing is refused".to_owned() } else { told.join(", ") }
}

/// What the form says, or which field says it wrongly and how.
fn read(form: &Form) -> Result<BudgetConfig, (FormFocus, String)> {
    let field = |at: FormFocus| match at {
        FormFocus::Text => form.editor.text(),
        FormFocus::Field(at) => form.fields.get(at).map(|field| field.editor.text()).unwrap_or_default(),
    };
    let mut amounts = [None; SPANS.len()];
    for (at, span) in SPANS.into_iter().enumerate() {
        amounts[at] = amount(&field(place(at)), span).map_err(|said| (place(at), said))?;
    }
    let code = field(CURRENCY);
    let currency = Currency::new(code.trim());
    if currency.is_none() && (amounts.iter().any(Option::is_some) || !code.trim().is_empty()) {
        return Err((CURRENCY, "a currency has three letters, such as CNY".to_owned()));
    }
    let money = |amount: Option<Decimal>| Some(Money { amount: amount?, currency: currency.clone()? });
    let [session, request, day, month] = amounts.map(money);
    Ok(BudgetConfig { request, session, day, month })
}

/// An amount above zero, or none where nothing is written.
fn amount(text: &str, span: BudgetSpan) -> Result<Option<Decimal>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let owner = span.owner();
    let written = clean_line(text);
    let Some(amount) = exact_decimal(text) else {
        return Err(format!("`{written}` is no amount for {owner} budget; write a number such as 2.50, or nothing"));
    };
    if amount <= Decimal::ZERO {
        return Err(format!("{owner} budget is above zero; an empty field sets none"));
    }
    let fits = checked_rate(amount).map(Some);
    fits.map_err(|_| format!("`{written}` is too large or too fine for {owner} budget: at most 1,000,000,000"))
}
