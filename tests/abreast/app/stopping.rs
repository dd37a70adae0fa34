//! Stopping, clearing and quitting, and what becomes of drafts.

use std::time::Duration;

use abreast::chat::Outcome;
use abreast::state::{ExitReason, Size};
use crossterm::event::Event;

use super::desk::key;
use super::replay::ScriptedConnect;
use super::*;

#[tokio::test(start_paused = true)]
async fn esc_stops_the_reply_and_keeps_what_came() {
    let desk = Desk::open().await;
    desk.sends("Count").await;
    desk.replies(0, "one two").await;
    desk.press("esc").await;
    desk.shows("one two");
    desk.shows("■ stopped");
    assert!(!desk.hands(0, Ok(said(" three"))), "the stream is closed");
    let (_, state) = desk.closed().await;
    assert_eq!(state.session.runs()[0].outcome, Outcome::Stopped);
}

#[tokio::test(start_paused = true)]
async fn what_a_stopped_stream_still_sends_changes_nothing() {
    let desk = Desk::open().await;
    desk.sends("Count").await;
    desk.replies(0, "one").await;
    // These are under way when the key comes: the key is handled first.
    for _ in 0..5 {
        desk.hands(0, Ok(said(" LATE")));
    }
    desk.press("esc").await;
    let stopped = desk.screen.text();
    let late = stopped.matches("LATE").count();
    desk.passes(Duration::from_secs(1)).await;
    assert_eq!(desk.screen.text().matches("LATE").count(), late);
    desk.press("alt-r").await;
    desk.hides("LATE");
    desk.answers(1, "fresh").await;
    desk.shows("fresh");
    desk.hides("LATE");
}

#[tokio::test(start_paused = true)]
async fn ctrl_c_stops_then_clears_then_asks_then_quits() {
    let desk = Desk::open().await;
    desk.sends("Count").await;
    desk.replies(0, "one").await;
    desk.types("my draft").await;
    desk.press("ctrl-c").await;
    desk.shows("■ stopped");
    desk.shows("my draft");
    desk.press("ctrl-c").await;
    desk.hides("my draft");
    desk.press("up").await;
    desk.shows("my draft");
    desk.press("ctrl-c ctrl-c").await;
    desk.shows("Ctrl+C again quits.");
    assert!(!desk.has_ended());
    desk.passes(Duration::from_millis(1400)).await;
    desk.press("ctrl-c").await;
    assert_eq!(desk.ended().await.0, ExitReason::User);
}

#[tokio::test(start_paused = true)]
async fn a_second_ctrl_c_that_comes_late_only_asks_again() {
    let desk = Desk::open().await;
    desk.press("ctrl-c").await;
    desk.passes(Duration::from_millis(1500)).await;
    desk.press("ctrl-c").await;
    assert!(!desk.has_ended());
    desk.press("ctrl-c").await;
    assert!(desk.has_ended());
}

#[tokio::test(start_paused = true)]
async fn ctrl_c_clears_what_was_typed_after_the_first_one_and_does_not_quit() {
    let desk = Desk::open().await;
    desk.press("ctrl-c").await;
    desk.types("second thoughts").await;
    desk.press("ctrl-c").await;
    desk.hides("second thoughts");
    assert!(!desk.has_ended());
}

#[tokio::test(start_paused = true)]
async fn ctrl_d_quits_only_with_an_empty_draft() {
    let desk = Desk::open().await;
    desk.types("x").await;
    desk.press("ctrl-d").await;
    assert!(!desk.has_ended());
    desk.press("backspace ctrl-d").await;
    assert_eq!(desk.ended().await.0, ExitReason::User);
}

#[tokio::test(start_paused = true)]
async fn the_systems_wish_ends_the_program_in_the_middle_of_a_reply() {
    let desk = Desk::open().await;
    desk.sends("Count").await;
    desk.replies(0, "one two").await;
    let (reason, state) = desk.closed().await;
    assert_eq!(reason, ExitReason::Signal);
    assert_eq!(state.session.turns.get(state.lane().tip().unwrap()).unwrap().text, "one two");
}

#[tokio::test(start_paused = true)]
async fn keys_that_come_at_once_are_handled_in_their_order_and_drawn_once() {
    let desk = Desk::open().await;
    let before = desk.screen.frames();
    for chord in ["h", "i", "alt-enter", "y", "o"] {
        desk.screen.feed(Event::Key(key(chord)));
    }
    desk.settle().await;
    assert_eq!(desk.screen.frames(), before + 1);
    desk.press("enter").await;
    assert_eq!(desk.messages(0), ["user: hi\nyo"]);
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_grows_is_painted_over_the_last_frame() {
    let desk = Desk::open().await;
    desk.sends("Count").await;
    for word in ["one ", "two ", "three "] {
        desk.replies(0, word).await;
    }
    assert_eq!(desk.screen.patches(), 2, "the first word changes more than its lane");
    assert!(desk.screen.text().contains("one two three"));
    desk.press("f1").await;
    desk.replies(0, "four").await;
    assert_eq!(desk.screen.patches(), 2, "help lies over the lane");
}

#[tokio::test(start_paused = true)]
async fn an_idle_program_draws_nothing() {
    let desk = Desk::open().await;
    desk.sends("Hello").await;
    desk.answers(0, "Hi").await;
    desk.passes(Duration::from_secs(60)).await;
    let frames = desk.screen.frames();
    desk.passes(Duration::from_secs(3600)).await;
    assert_eq!(desk.screen.frames(), frames);
}

#[tokio::test(start_paused = true)]
async fn a_draft_that_is_left_for_an_older_one_is_not_lost_when_that_is_sent() {
    let desk = Desk::open().await;
    desk.sends("older").await;
    desk.answers(0, "ok").await;
    desk.types("half a thought").await;
    desk.press("up enter").await;
    assert_eq!(desk.messages(1).last().unwrap(), "user: older");
    desk.answers(1, "ok").await;
    desk.press("up up").await;
    desk.shows("half a thought");
}

#[tokio::test(start_paused = true)]
async fn a_change_of_an_older_draft_is_not_lost_by_stepping_on() {
    let desk = Desk::open().await;
    desk.sends("first").await;
    desk.answers(0, "ok").await;
    desk.sends("second").await;
    desk.answers(1, "ok").await;
    desk.press("up").await;
    desk.types(" changed").await;
    desk.press("up up down down down").await;
    desk.shows("second changed");
}

#[tokio::test(start_paused = true)]
async fn esc_in_a_drawer_leaves_it_and_stops_nothing() {
    let desk = Desk::of(start(Size { columns: 70, rows: 24 }), ScriptedConnect::default()).await;
    desk.sends("one").await;
    desk.replies(0, "uno").await;
    desk.press("f2").await;
    desk.shows("Parameters · A");
    desk.press("esc").await;
    desk.hides("Parameters · A");
    desk.replies(0, " and more").await;
    desk.shows("uno and more");
    desk.press("esc").await;
    desk.shows("stopped");
}
