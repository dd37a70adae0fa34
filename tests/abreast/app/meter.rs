//! The meter: what is said of tokens and money before, during and after, and what budgets keep from being spent.

use std::time::Duration;

use abreast::api::Delta;
use abreast::app::App;
use abreast::chat::{Cost, Currency, Money, Usage};
use abreast::config::BudgetConfig;
use abreast::pricing::{Catalogue, Exchange, rows};
use abreast::state::{Start, State};

use super::console::ScriptedConsole;
use super::replay::ScriptedConnect;
use super::*;

/// A token of input costs a thousandth of a yuan, one of output two; thyme-2 has no price.
pub(super) const PRICES: &str = "[[models]]\nmodel = \"sage-1\"\nprovider = \"lab\"\ncurrency = \"CNY\"\ninput = \"1000\"\n\
                      output = \"2000\"\ncontext = 400\nmax_output = 100\nsource = \"ours\"\nchecked = \"2026-11-01\"\n";

pub(super) fn priced() -> State {
    let catalogue = Catalogue::embedded().with_own(rows(PRICES).unwrap());
    State::new(Start { catalogue, ..start(WIDE) })
}

async fn desk_of(state: State) -> Desk {
    Desk::with(state, ScriptedConnect::default(), |app: App<ScriptedConsole>| app).await
}

pub(super) fn yuan(amount: &str) -> Money {
    Money { amount: amount.parse().unwrap(), currency: Currency::new("CNY").unwrap() }
}

pub(super) fn used(input: u64, output: u64) -> Delta {
    Delta::Usage(Usage { input: Some(input), output: Some(output), ..Usage::default() })
}

#[tokio::test(start_paused = true)]
async fn the_composer_says_what_enter_will_cost_and_nothing_while_nothing_is_written() {
    let desk = desk_of(priced()).await;
    desk.hides(" tok");
    desk.types("Hello there").await;
    // Two words, four marks of the message, three for the beginning of the reply.
    desk.shows("~9 tok · ~¥0.0090 + reply (at most ~¥0.2090) before it is sent");
    desk.press("enter").await;
    desk.replies(0, "Hello!").await;
    desk.delivers(0, used(9, 30)).await;
    desk.ends(0).await;
    desk.types("Again").await;
    // The reply of before tells how long the next one may be.
    desk.shows("before it is sent");
    desk.hides("+ reply");
}

#[tokio::test(start_paused = true)]
async fn a_window_that_gets_tight_is_told_before_it_is_too_small() {
    let desk = desk_of(priced()).await;
    desk.types(&"word ".repeat(330)).await;
    desk.shows("% of the window");
    desk.types(&"word ".repeat(90)).await;
    desk.shows("of 400 tok: too long");
}

#[tokio::test(start_paused = true)]
async fn a_reply_is_metered_while_it_comes_and_settles_to_what_the_server_counted() {
    let desk = desk_of(priced()).await;
    desk.sends("Hello there").await;
    desk.replies(0, "one two three four").await;
    desk.shows("~9→~4 · ~¥0.0170");
    desk.shows("A ~¥0.0170");
    desk.replies(0, " five six").await;
    // Figures climb four times a second; a reply that pauses soon shows what it came to.
    desk.shows("~9→~4");
    desk.passes(Duration::from_millis(500)).await;
    desk.shows("~9→~6 · ~¥0.0210");
    desk.delivers(0, used(11, 7)).await;
    desk.ends(0).await;
    desk.shows("11→7 · ¥0.0250");
    desk.hides("~¥");
}

#[tokio::test(start_paused = true)]
async fn a_stopped_reply_keeps_its_cost_as_an_estimate() {
    let desk = desk_of(priced()).await;
    desk.sends("Hello there").await;
    desk.replies(0, "one two three four").await;
    desk.press("esc").await;
    desk.shows("~¥0.0170 session");
    let (_, state) = desk.closed().await;
    assert_eq!(state.session.runs()[0].cost, Cost::Estimated(yuan("0.017")));
    assert_eq!((state.session.totals().unknown, state.session.totals().uncounted), (0, 1));
}

fn with_budget(caps: BudgetConfig) -> State {
    let mut state = priced();
    state.budget.caps = caps;
    state
}

#[tokio::test(start_paused = true)]
async fn a_spent_budget_refuses_in_a_sentence_and_a_key_raises_it() {
    let desk = desk_of(with_budget(BudgetConfig { session: Some(yuan("0.03")), ..BudgetConfig::default() })).await;
    desk.sends("Hello there").await;
    desk.replies(0, "one two").await;
    desk.delivers(0, used(11, 7)).await;
    desk.ends(0).await;
    desk.shows("83 % of the session's budget: ~¥0.0250 of ¥0.03.");
    desk.sends("And what else").await;
    desk.shows("Not sent: by an estimate it costs ~¥0.");
    desk.shows("of the session's budget of ¥0.03.");
    desk.shows("And what else");
    assert_eq!(desk.connect.count(), 1);
    desk.press("alt-g").await;
    desk.hides("Not sent");
    desk.shows("now; Alt+G once more takes any amount.");
    desk.shows("% of ¥0.045");
    desk.press("enter").await;
    assert_eq!(desk.connect.count(), 1);
    desk.press("alt-g").await;
    desk.shows("% of ¥0.0675");
    desk.press("enter").await;
    assert_eq!(desk.connect.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_form_takes_any_budget_and_says_what_is_wrong_with_an_amount() {
    let desk = desk_of(with_budget(BudgetConfig { day: Some(yuan("2")), ..BudgetConfig::default() })).await;
    desk.press("alt-g").await;
    desk.shows("The session's budget, until the program ends");
    desk.shows("✓ today ¥2");
    // It begins where most is spent: at the day.
    for (typed, said) in [
        ("backspace", "✓ no budget is set, so nothing is refused"),
        ("0", "✗ today's budget is above zero; an empty field sets none"),
        ("x", "✗ `0x` is no amount for today's budget; write a number such as 2.50, or nothing"),
        ("backspace", "✗ today's budget is above zero"),
        (".", "✗ today's budget is above zero"),
        ("5", "✓ today ¥0.5"),
    ] {
        desk.press(typed).await;
        desk.shows(said);
    }
    desk.press("tab tab").await;
    desk.press("backspace").await;
    desk.shows("✗ a currency has three letters, such as CNY");
    desk.press("enter").await;
    desk.shows("The session's budget, until the program ends");
    desk.press("Y").await;
    desk.press("tab").await;
    desk.types("1.25").await;
    desk.shows("✓ session ¥1.25, today ¥0.5");
    desk.press("enter").await;
    desk.hides("The session's budget, until the program ends");
    desk.shows("Until the program ends: session ¥1.25, today ¥0.5.");
    let (_, state) = desk.closed().await;
    let caps = BudgetConfig { session: Some(yuan("1.25")), day: Some(yuan("0.5")), ..BudgetConfig::default() };
    assert_eq!(state.budget.caps, caps);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_goes_over_its_budget_is_stopped() {
    let desk = desk_of(with_budget(BudgetConfig { day: Some(yuan("0.02")), ..BudgetConfig::default() })).await;
    desk.sends("Hello there").await;
    desk.replies(0, "one two three four").await;
    desk.hides("Stopped");
    desk.replies(0, " five six").await;
    desk.shows("Stopped: ~¥0.0210 is more than today's budget of ¥0.02, by");
    desk.shows("an estimate. Alt+G raises the budget by half.");
    desk.shows("today ▓▓▓▓▓▓ ~105 % of ¥0.02");
    assert!(!desk.hands(0, Ok(said(" seven"))), "the stream is closed");
}

#[tokio::test(start_paused = true)]
async fn a_message_to_several_lanes_is_checked_as_one() {
    let desk = desk_of(with_budget(BudgetConfig { request: Some(yuan("0.015")), ..BudgetConfig::default() })).await;
    desk.press("alt-a").await;
    desk.sends("Hello there").await;
    desk.shows("Not sent: by an estimate it costs ~¥0.0180, more than the");
    desk.shows("request's budget of ¥0.015. Alt+G raises the budget by");
    assert_eq!(desk.connect.count(), 0);
    desk.press("alt-o").await;
    desk.press("enter").await;
    assert_eq!(desk.connect.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_budget_that_cannot_count_a_model_says_so_once() {
    let mut state = with_budget(BudgetConfig { session: Some(yuan("1")), ..BudgetConfig::default() });
    state.lanes[0].settings.model = "thyme-2".into();
    let desk = desk_of(state).await;
    desk.sends("Hello").await;
    desk.shows("Not sent: thyme-2 (lane A) has no price, so the budget");
    desk.press("enter").await;
    assert_eq!(desk.connect.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_price_is_entered_where_none_is_known_and_holds_for_the_runs_to_come() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("models.toml");
    let kept = file.clone();
    let desk = Desk::with(State::new(start(WIDE)), ScriptedConnect::default(), move |app: App<ScriptedConsole>| {
        app.with_models(kept)
    })
    .await;
    desk.sends("Hello").await;
    desk.replies(0, "Hi").await;
    desk.delivers(0, used(100, 10)).await;
    desk.ends(0).await;
    desk.shows("n/a: 1 run");
    desk.press("alt-j").await;
    desk.shows("What 1M input tokens of sage-1 @ lab cost");
    desk.types("1.80").await;
    desk.press("tab").await;
    desk.types("15").await;
    desk.press("tab tab").await;
    desk.types("cny").await;
    desk.shows("¥1.80 in, ¥15.00 out, for 1M tokens");
    desk.press("enter").await;
    desk.waits_until("the file is written", |_| file.exists()).await;
    desk.sends("Hello").await;
    desk.replies(1, "Hi").await;
    desk.delivers(1, used(100, 10)).await;
    desk.ends(1).await;
    desk.shows("¥0.00033 session · n/a: 1 run");
    let written = std::fs::read_to_string(&file).unwrap();
    assert!(
        written.contains("model = \"sage-1\"\nprovider = \"lab\"\ncurrency = \"CNY\"\ninput = \"1.8\""),
        "{written}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_an_amount_is_worth_elsewhere_stands_behind_it_with_the_day_of_the_rate() {
    let mut state = priced();
    let [from, to] = ["CNY", "USD"].map(|code| Currency::new(code).unwrap());
    let rate =
        abreast::chat::ExchangeRate { from, to: to.clone(), rate: "0.14".parse().unwrap(), date: "2026-11-01".into() };
    state.exchange = Exchange { display: Some(to), rates: vec![rate] };
    let desk = desk_of(state).await;
    desk.sends("Hello there").await;
    desk.delivers(0, used(1000, 500)).await;
    desk.ends(0).await;
    desk.shows("Σ ¥2.0000");
    desk.shows("= $0.2800 (rate of 2026-11-01)");
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_another_lane_goes_on_from_while_it_comes_counts_as_a_whole_once_it_is_whole() {
    let desk = desk_of(priced()).await;
    desk.sends("Hello there").await;
    desk.replies(0, "one two three").await;
    desk.press("alt-a alt-o").await;
    desk.sends("Go on").await;
    assert_eq!(desk.connect.count(), 2);
    desk.replies(0, &" four".repeat(100)).await;
    desk.ends(0).await;
    desk.replies(1, "Well").await;
    desk.ends(1).await;
    desk.types("x").await;
    desk.shows("~135 tok");
}
