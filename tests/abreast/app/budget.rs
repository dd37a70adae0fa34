//! A day's budget over a real store: what the ledger has, what is under way, and what other programs spend meanwhile. The
//! clock on the wall is the test's.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use abreast::app::App;
use abreast::chat::Cost;
use abreast::config::BudgetConfig;
use abreast::state::{Anchor, Saving};
use abreast::store::{Ledger, LedgerQuery, LedgerRow, enter_rows};
use jiff::tz::TimeZone;

use super::console::ScriptedConsole;
use super::meter::{priced, used, yuan};
use super::replay::ScriptedConnect;
use super::*;

/// Monday, 23 November 2026, 23:59 UTC.
const LATE: i64 = 1_795_478_340_000;
const MINUTE: i64 = 60_000;

/// The clock on the wall: it goes with the program's, and can be put forward.
#[derive(Clone)]
struct Wall(Arc<AtomicI64>);

impl Wall {
    fn goes_forward(&self, minutes: i64) {
        self.0.fetch_add(minutes * MINUTE, Ordering::Relaxed);
    }
}

/// A run of another program.
fn spent(at: i64, amount: &str) -> LedgerRow {
    LedgerRow { cost: Cost::Known(yuan(amount)), session: "other".into(), ..LedgerRow::new(at, "shop", "thyme-2") }
}

/// The runs that are entered one after the other, each with a number of its own.
fn enter(directory: &Path, rows: &[(i64, &str)]) {
    let numbered = |(run, (at, amount)): (u32, &(i64, &str))| LedgerRow { run, ..spent(*at, amount) };
    enter_rows(directory, &(0..).zip(rows).map(numbered).collect::<Vec<_>>()).unwrap();
}

/// A program at one minute before midnight with a day's budget.
async fn with_day(directory: &Path, cap: &str) -> (Desk, Wall) {
    let begun = tokio::time::Instant::now();
    let wall = Wall(Arc::new(AtomicI64::new(LATE)));
    let clock = wall.clone();
    let mut state = priced();
    state.zone = TimeZone::UTC;
    state.budget.caps = BudgetConfig { day: Some(yuan(cap)), ..BudgetConfig::default() };
    let anchor = Anchor { instant: begun.into_std(), unix_ms: LATE };
    state.saving = Some(Box::new(Saving::new("k3".to_owned(), anchor)));
    let directory = directory.to_owned();
    let desk = Desk::with(state, ScriptedConnect::default(), move |app: App<ScriptedConsole>| {
        let unix_ms = move || clock.0.load(Ordering::Relaxed) + i64::try_from(begun.elapsed().as_millis()).unwrap();
        app.with_wall_clock(unix_ms).with_store(directory, Vec::new())
    })
    .await;
    (desk, wall)
}

/// Sends a message, and waits until the request has left, which is after it was kept.
async fn asks(desk: &Desk, place: usize, question: &str) {
    desk.sends(question).await;
    desk.waits_until("a request is sent", |desk| desk.connect.count() > place).await;
}

/// The rows of the ledger that count, as their amounts.
fn entered(directory: &Path) -> Vec<String> {
    let mut rows = Vec::new();
    let ledger = Ledger::open(directory).unwrap();
    let query = LedgerQuery::default();
    ledger.each(&query, &TimeZone::UTC, |day, row| (rows.push(format!("{day} {}", row.cost)), true).1).unwrap();
    rows
}

#[tokio::test(start_paused = true)]
async fn what_an_earlier_session_spent_today_counts_and_what_was_spent_yesterday_does_not() {
    let home = tempfile::tempdir().unwrap();
    enter(home.path(), &[(LATE - 24 * 60 * MINUTE, "0.5"), (LATE - 60 * MINUTE, "0.012")]);
    let (desk, _) = with_day(home.path(), "0.03").await;
    desk.comes_to_show("¥0.0120 today").await;
    asks(&desk, 0, "Hello there").await;
    desk.replies(0, "one two three four").await;
    desk.shows("96 % of today's budget: ~¥0.0290 of ¥0.03.");
    desk.hides("Stopped");
    desk.replies(0, " five").await;
    desk.shows("Stopped: ~¥0.0310 is more than today's budget of ¥0.03, by");
    desk.closed().await;
    assert_eq!(entered(home.path()), ["2026-11-22 ¥0.5000", "2026-11-23 ¥0.0120", "2026-11-23 ~¥0.0190"]);
}

#[tokio::test(start_paused = true)]
async fn a_run_counts_once_while_it_comes_when_it_ends_and_when_the_ledger_has_it() {
    let home = tempfile::tempdir().unwrap();
    enter(home.path(), &[(LATE - 60 * MINUTE, "0.012")]);
    let (desk, _) = with_day(home.path(), "0.055").await;
    desk.comes_to_show("¥0.0120 today").await;
    asks(&desk, 0, "Hello there").await;
    // It waits for the first, and is held against the budget in the very moment in which that one ends.
    desk.sends("What else is there to say?").await;
    desk.replies(0, "Hi").await;
    desk.delivers(0, used(11, 7)).await;
    desk.shows("~67 % of ¥0.055");
    desk.ends(0).await;
    desk.shows("67 % of ¥0.055");
    desk.shows("Not sent: by an estimate it costs ~¥0.0");
    desk.shows("¥0.0370 today");
    desk.press("f4").await;
    desk.comes_to_show("Σ ¥0.0370").await;
    desk.press("f4").await;
    desk.shows("¥0.0370 today");
    desk.shows("67 % of ¥0.055");
    assert_eq!(desk.connect.count(), 1);
    desk.closed().await;
    assert_eq!(entered(home.path()), ["2026-11-23 ¥0.0120", "2026-11-23 ¥0.0250"]);
}

#[tokio::test(start_paused = true)]
async fn at_midnight_a_day_s_budget_begins_anew_and_a_run_belongs_to_the_day_on_which_it_was_sent() {
    let home = tempfile::tempdir().unwrap();
    let (desk, _) = with_day(home.path(), "0.06").await;
    asks(&desk, 0, "Hello there").await;
    desk.delivers(0, used(11, 7)).await;
    desk.ends(0).await;
    desk.shows("41 % of ¥0.06");
    desk.sends(&"word ".repeat(40)).await;
    desk.shows("Not sent: by an estimate it costs ~¥0.0");
    desk.press("ctrl-c").await;
    asks(&desk, 1, "No").await;
    desk.replies(1, "one").await;
    desk.passes(std::time::Duration::from_secs(90)).await;
    desk.hides("¥0.0250 today");
    desk.delivers(1, used(9, 1)).await;
    desk.ends(1).await;
    desk.shows("0 % of ¥0.06");
    asks(&desk, 2, &"word ".repeat(10)).await;
    desk.delivers(2, used(2, 3)).await;
    desk.ends(2).await;
    desk.shows("13 % of ¥0.06");
    desk.closed().await;
    assert_eq!(entered(home.path()), ["2026-11-23 ¥0.0250", "2026-11-23 ¥0.0110", "2026-11-24 ¥0.0080"]);
}

#[tokio::test(start_paused = true)]
async fn who_wakes_the_machine_on_another_day_is_not_held_against_yesterday() {
    let home = tempfile::tempdir().unwrap();
    let (desk, wall) = with_day(home.path(), "0.04").await;
    asks(&desk, 0, "Hello there").await;
    desk.delivers(0, used(11, 7)).await;
    desk.ends(0).await;
    desk.sends("And what else is there to be said?").await;
    desk.shows("Not sent");
    // The clock that counts stood still meanwhile.
    wall.goes_forward(8 * 60);
    desk.press("enter").await;
    desk.waits_until("a request is sent", |desk| desk.connect.count() == 2).await;
}

#[tokio::test(start_paused = true)]
async fn that_a_day_s_budget_is_nearly_spent_is_said_once() {
    let home = tempfile::tempdir().unwrap();
    let (desk, _) = with_day(home.path(), "0.03").await;
    asks(&desk, 0, "Hello there").await;
    desk.delivers(0, used(11, 7)).await;
    desk.shows("83 % of today's budget: ~¥0.0250 of ¥0.03.");
    // Long enough for the notice to go, before midnight.
    desk.passes(std::time::Duration::from_secs(30)).await;
    desk.hides("83 % of today's budget");
    desk.ends(0).await;
    desk.press("f4").await;
    desk.comes_to_show("Σ ¥0.0250").await;
    desk.press("f4").await;
    desk.types("Well").await;
    desk.shows("83 % of ¥0.03");
    desk.hides("83 % of today's budget");
}

#[tokio::test(start_paused = true)]
async fn two_programs_hold_one_day_s_budget_together() {
    let home = tempfile::tempdir().unwrap();
    let (desk, _) = with_day(home.path(), "0.03").await;
    enter(home.path(), &[(LATE, "0.012")]);
    desk.shows("0 % of ¥0.03");
    // Who begins to write looks at what the others spent.
    desk.types("Hello there").await;
    desk.comes_to_show("40 % of ¥0.03").await;
    desk.press("enter").await;
    desk.waits_until("a request is sent", |desk| desk.connect.count() == 1).await;
    desk.delivers(0, used(4, 1)).await;
    enter(home.path(), &[(LATE, "0.012"), (LATE, "0.004")]);
    desk.ends(0).await;
    desk.comes_to_show("73 % of ¥0.03").await;
    enter(home.path(), &[(LATE, "0.012"), (LATE, "0.004"), (LATE, "0.006")]);
    desk.press("f4").await;
    desk.comes_to_show("Σ ¥0.0280").await;
    desk.press("f4").await;
    desk.comes_to_show("93 % of ¥0.03").await;
    desk.sends("Hello there").await;
    desk.shows("Not sent: by an estimate it costs ~¥0.0");
    assert_eq!(desk.connect.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_stopped_where_another_program_has_spent_the_day_s_budget_when_it_was_sent() {
    let home = tempfile::tempdir().unwrap();
    let (desk, _) = with_day(home.path(), "0.03").await;
    desk.types("Hello there").await;
    desk.settle().await;
    enter(home.path(), &[(LATE, "0.029")]);
    desk.press("enter").await;
    desk.comes_to_show("Stopped: ~¥0.0380 is more than today's budget of ¥0.03, by").await;
}

#[tokio::test(start_paused = true)]
async fn results_of_tools_are_counted_before_they_go_back_and_wait_for_the_key_where_they_are_too_dear() {
    let mut state = priced();
    state.lanes[0].settings.tools = std::sync::Arc::from([super::calls::weather()]);
    state.budget.caps = BudgetConfig { session: Some(yuan("0.4")), ..BudgetConfig::default() };
    let desk = Desk::with(state, ScriptedConnect::default(), |app: App<ScriptedConsole>| app).await;
    desk.sends("What's the weather in Tokyo?").await;
    desk.delivers(0, used(50, 7)).await;
    desk.calls(0, &[r#"{"city":"Tokyo"}"#]).await;
    desk.shows("~25% (100)");
    desk.press("enter").await;
    desk.answers_by_hand(&"rain ".repeat(300)).await;
    desk.shows("results of the tools, which makes ~¥0.4790 of the");
    desk.shows("Alt+G raises the budget by half.");
    assert_eq!(desk.connect.count(), 1);
    // They are in the window's fill too, since they go along with whatever is asked next.
    desk.shows("~101% (401)");
    desk.press("alt-g").await;
    desk.passes(super::calls::HASTE).await;
    desk.press("enter").await;
    assert_eq!(desk.connect.count(), 2);
    assert_eq!(desk.loop_of(1)[1]["content"].as_str().map(str::len), Some(1500));
}
