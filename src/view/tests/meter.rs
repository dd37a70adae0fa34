//! The meter on the screen: before, while a reply comes, at a budget.

use crossterm::event::KeyCode;

use super::{A, Scene, frames};
use crate::chat::{Currency, ExchangeRate, Money};
use crate::config::BudgetConfig;
use crate::pricing::Exchange;

fn yuan(amount: &str) -> Money {
    Money { amount: amount.parse().unwrap(), currency: Currency::new("CNY").unwrap() }
}

fn metered(columns: u16, rows: u16) -> Scene {
    let mut scene = Scene::new(columns, rows);
    let [from, to] = ["CNY", "USD"].map(|code| Currency::new(code).unwrap());
    let rate = ExchangeRate { from, to: to.clone(), rate: "0.14".parse().unwrap(), date: "2026-11-01".into() };
    scene.state.exchange = Exchange { display: Some(to), rates: vec![rate] };
    scene.state.budget.caps = BudgetConfig { session: Some(yuan("0.02")), ..BudgetConfig::default() };
    scene.send("Summarise the refund policy in three bullet points.");
    scene.passes(312);
    scene.says(A, "Refunds within 30 days, with the order number.");
    scene.used(A, 812, 204);
    scene.ends(A);
    scene
}

#[test]
fn a_draft_shows_what_it_will_cost_beside_what_was_spent() {
    frames("meter_before", |columns, rows| {
        let mut scene = metered(columns, rows);
        scene.types("And what of gift cards?");
        scene
    });
}

#[test]
fn a_reply_that_comes_shows_its_estimate_in_every_sum() {
    frames("meter_during", |columns, rows| {
        let mut scene = metered(columns, rows);
        scene.send("And what of gift cards?");
        scene.passes(200);
        scene.says(A, &"Gift cards cannot be returned. ".repeat(20));
        scene.passes(1000);
        scene
    });
}

#[test]
fn a_spent_budget_and_the_form_of_a_price_say_what_to_do() {
    frames("meter_budget", |columns, rows| {
        let mut scene = metered(columns, rows);
        scene.state.budget.caps.session = Some(yuan("0.004"));
        scene.send("And what of gift cards?");
        scene
    });
    frames("meter_price", |columns, rows| {
        let mut scene = metered(columns, rows);
        scene.alt('j');
        scene.key(KeyCode::Tab);
        scene
    });
}
