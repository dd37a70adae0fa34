//! The ledger by keys over a real store: F4 shows what was spent, a filter and groups, the runs of a group and a bill.

use std::path::Path;

use abreast::api::{ApiError, Delta, ErrorKind};
use abreast::chat::{Cost, Currency, Money, Usage};
use abreast::store::{LedgerQuery, LedgerRow, LedgerTokens, enter_rows};
use jiff::tz::TimeZone;
use serde_json::json;

use super::*;

fn yuan(amount: &str) -> Cost {
    Cost::Known(Money { amount: amount.parse().unwrap(), currency: Currency::new("CNY").unwrap() })
}

/// Sends a message and has it answered; the server says what it cost.
async fn spends(desk: &Desk, place: usize, question: &str, cost: &str) {
    desk.sends(question).await;
    desk.waits_until("a request is sent", |desk| desk.connect.count() > place).await;
    let usage = json!({"prompt_tokens": 812, "completion_tokens": 204, "cost": cost});
    desk.delivers(place, Delta::Usage(Usage::from_json(&usage).unwrap())).await;
    desk.answers(place, "Yes.").await;
}

/// A program over a store that has a run of long ago and one of just now: the program looks at the clock on the wall.
async fn with_past(directory: &Path) -> Desk {
    let row = |at: i64, amount: &str| LedgerRow {
        tokens: LedgerTokens { input: Some(100), cached: Some(0), output: Some(10), reasoning: None },
        cost: yuan(amount),
        ..LedgerRow::new(at, "shop", "thyme-2")
    };
    let now = jiff::Timestamp::now().as_millisecond();
    enter_rows(directory, &[row(-1, "0.5"), row(now, "0.25")]).unwrap();
    Desk::with_store(directory, "k3").await
}

#[tokio::test(start_paused = true)]
async fn the_status_line_says_what_today_cost_from_the_store_and_adds_what_is_spent() {
    let home = tempfile::tempdir().unwrap();
    let desk = with_past(home.path()).await;
    desk.comes_to_show("¥0.2500 today").await;
    spends(&desk, 0, "Hello?", "0.02").await;
    desk.comes_to_show("$0.0200 session · ¥0.2500 + $0.0200 today").await;
    desk.closed().await;
}

#[tokio::test(start_paused = true)]
async fn f4_shows_groups_the_runs_of_one_and_the_bill_of_a_run_and_esc_leads_back() {
    let home = tempfile::tempdir().unwrap();
    let desk = with_past(home.path()).await;
    spends(&desk, 0, "Hello?", "0.02").await;
    desk.press("f4").await;
    desk.comes_to_show("1969-12-31").await;
    desk.shows("[day]");
    desk.shows("Σ ¥0.7500 + $0.0200");
    desk.press("tab tab tab").await;
    desk.comes_to_show("▸ thyme-2").await;
    desk.shows("[model]");
    desk.types("sage").await;
    desk.waits_until("the other model goes", |desk| !desk.screen.text().contains("▸ thyme-2")).await;
    desk.press("enter").await;
    desk.comes_to_show("▾ sage-1").await;
    desk.comes_to_show("lab reported").await;
    desk.press("down enter").await;
    desk.shows("Bill of a run");
    desk.shows("The server itself told this cost.");
    desk.shows("lane, run     A, 0");
    desk.press("esc").await;
    desk.shows("▾ sage-1");
    desk.press("left").await;
    desk.shows("▸ sage-1");
    desk.press("backspace backspace backspace backspace ctrl-t").await;
    desk.comes_to_show("this session").await;
    desk.hides("thyme-2");
    desk.press("f4").await;
    desk.hides("Ledger  ");
    desk.closed().await;
}

#[tokio::test(start_paused = true)]
async fn a_stopped_and_a_failed_run_are_entered_and_a_refused_one_is_not() {
    let home = tempfile::tempdir().unwrap();
    let desk = Desk::with_store(home.path(), "k3").await;
    for (place, text) in ["One", "Two", "Three"].into_iter().enumerate() {
        desk.sends(text).await;
        desk.waits_until("a request is sent", |desk| desk.connect.count() > place).await;
        match place {
            0 => {
                desk.replies(place, "Well").await;
                desk.press("esc").await;
            }
            1 => {
                desk.replies(place, "We").await;
                desk.fails(place, ApiError::new(ErrorKind::Truncated, "The line broke.")).await;
            }
            _ => desk.fails(place, ApiError::new(ErrorKind::Http, "No such model.")).await,
        }
    }
    desk.closed().await;
    let mut entered = Vec::new();
    let ledger = abreast::store::Ledger::open(home.path()).unwrap();
    ledger
        .each(&LedgerQuery::default(), &TimeZone::UTC, |_, row| {
            entered.push((row.run, row.lane, row.state.unwrap().name(), row.cost));
            true
        })
        .unwrap();
    assert_eq!(entered, [(0, Some('A'), "stopped", Cost::Unknown), (1, Some('A'), "failed", Cost::Unknown)]);
}
