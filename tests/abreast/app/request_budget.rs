//! The request's budget: what one message costs in all its lanes, with the results of tools that it brings back.

use std::sync::Arc;

use abreast::api::Delta;
use abreast::app::App;
use abreast::chat::Settings;
use abreast::config::BudgetConfig;
use abreast::pricing::{Catalogue, rows};
use abreast::state::{Lane, LaneId};

use super::calls::{HASTE, weather};
use super::console::ScriptedConsole;
use super::meter::{PRICES, priced, used, yuan};
use super::replay::ScriptedConnect;
use super::*;

const TOKYO: &str = r#"{"city":"Tokyo"}"#;

/// One lane with a tool, whose every message may cost so much.
async fn with_cap(cap: &str) -> Desk {
    let mut state = priced();
    state.lanes[0].settings.tools = Arc::from([weather()]);
    state.budget.caps = BudgetConfig { request: Some(yuan(cap)), ..BudgetConfig::default() };
    Desk::with(state, ScriptedConnect::default(), |app: App<ScriptedConsole>| app).await
}

#[tokio::test(start_paused = true)]
async fn what_one_lane_came_to_still_counts_while_another_answers_the_same_message() {
    let desk = with_cap("0.165").await;
    desk.press("alt-a").await;
    desk.sends("Hello there").await;
    desk.delivers(0, used(67, 10)).await;
    desk.ends(0).await;
    // ¥0.0870 of the first lane, and of the second ~¥0.0670 before a word has come.
    desk.replies(1, "one two three").await;
    desk.shows("81 % of the request's budget: ~¥0.1340 of ¥0.165.");
    desk.replies(1, " four five six seven").await;
    desk.shows("Stopped: ~¥0.1680 is more than the request's budget of");
    desk.press("alt-g").await;
    desk.shows("the request's budget is ¥0.2475");
    // The next message begins anew.
    desk.sends("Hi").await;
    assert_eq!(desk.connect.count(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_is_whole_is_not_called_stopped_where_its_bill_goes_beyond_the_budget() {
    let desk = with_cap("0.1").await;
    desk.sends("Hello there").await;
    desk.replies(0, "one two three").await;
    desk.delivers(0, Delta::Finish { choice: 0, reason: "stop".to_owned() }).await;
    desk.delivers(0, used(67, 100)).await;
    desk.ends(0).await;
    desk.hides("topped");
    desk.shows("67→100 · ¥0.2670 · stop");
}

#[tokio::test(start_paused = true)]
async fn two_messages_under_way_at_once_have_a_budget_each() {
    let desk = with_cap("0.1").await;
    desk.press("alt-a alt-o").await;
    desk.sends("Hello there").await;
    desk.replies(0, "one two three four").await;
    desk.press("alt-1 alt-o").await;
    desk.sends("Hello there").await;
    desk.replies(1, "one two three four").await;
    desk.hides("budget");
    // What goes beyond is stopped alone.
    desk.replies(1, " five six seven".repeat(5).as_str()).await;
    desk.shows("Stopped: ~¥0.1070 is more than the request's budget of");
    desk.replies(0, " five").await;
    assert!(!desk.hands(1, Ok(said(" more"))));
}

#[tokio::test(start_paused = true)]
async fn a_dear_message_of_which_only_a_free_lane_still_answers_hides_no_other() {
    let free = "[[models]]\nmodel = \"toy\"\nprovider = \"lab\"\ncurrency = \"CNY\"\ninput = \"1000\"\noutput = \"2000\"\n\
                notional = true\nsource = \"ours\"\nchecked = \"2026-11-01\"\n";
    let mut state = priced();
    state.catalogue = Catalogue::embedded().with_own(rows(&format!("{PRICES}{free}")).unwrap());
    let toy = Settings { model: "toy".to_owned(), ..state.lanes[0].settings.clone() };
    state.lanes.push(Lane { letter: 'B', ..Lane::new(LaneId(1), toy) });
    state.budget.caps = BudgetConfig { request: Some(yuan("0.1")), ..BudgetConfig::default() };
    let desk = Desk::with(state, ScriptedConnect::default(), |app: App<ScriptedConsole>| app).await;
    desk.sends("Hello there").await;
    desk.replies(1, "one").await;
    desk.replies(0, &"one ".repeat(70)).await;
    desk.shows("Stopped: ");
    assert!(!desk.hands(0, Ok(said(" more"))));
    desk.press("alt-1 alt-o").await;
    desk.sends("Hello there").await;
    assert_eq!(desk.connect.count(), 3);
    desk.replies(2, &"one ".repeat(15)).await;
    assert!(!desk.hands(2, Ok(said(" more"))));
    assert!(desk.hands(1, Ok(said(" two"))));
}

#[tokio::test(start_paused = true)]
async fn results_of_tools_go_on_with_the_message_that_asked_for_them() {
    let desk = with_cap("0.4").await;
    desk.sends("What's the weather in Tokyo?").await;
    desk.delivers(0, used(50, 100)).await;
    desk.calls(0, &[TOKYO]).await;
    desk.press("enter").await;
    desk.answers_by_hand("rain").await;
    desk.shows("Not sent: by an estimate it costs ~¥0.");
    desk.shows("results of the tools, which makes ~¥0.5430 of the");
    assert_eq!(desk.connect.count(), 1);
    desk.press("alt-g").await;
    desk.passes(HASTE).await;
    desk.press("enter").await;
    assert_eq!(desk.connect.count(), 2);
    // Asked again it is a message of its own.
    desk.delivers(1, used(50, 100)).await;
    desk.answers(1, "Rain.").await;
    desk.press("alt-r").await;
    assert_eq!(desk.connect.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_result_that_is_sent_again_asks_the_budget_too_and_stays_written_where_it_is_too_dear() {
    let desk = with_cap("0.8").await;
    desk.sends("What's the weather in Tokyo?").await;
    desk.calls(0, &[TOKYO]).await;
    desk.press("enter").await;
    desk.answers_by_hand("rain").await;
    desk.answers(1, "Rain.").await;
    desk.press("f3 z a ctrl-a ctrl-k").await;
    desk.types(&"hail ".repeat(900)).await;
    desk.press("ctrl-s").await;
    desk.shows("Not sent: by an estimate it costs ~¥");
    assert_eq!(desk.connect.count(), 2);
    desk.press("alt-g ctrl-s").await;
    assert_eq!(desk.connect.count(), 3);
    assert_eq!(desk.loop_of(2)[1]["content"].as_str().map(str::len), Some(4500));
}
