//! Messages that are sent while replies still come.

use super::failures::refused;
use super::*;

#[tokio::test(start_paused = true)]
async fn a_message_waits_visibly_for_its_lanes_and_goes_when_they_are_free() {
    let desk = Desk::open().await;
    desk.press("alt-a").await;
    desk.sends("one").await;
    desk.sends("two").await;
    desk.sends("three").await;
    desk.shows("1 waits for A B: two");
    desk.shows("2 waits for A B: three");
    desk.answers(0, "uno").await;
    assert_eq!(desk.connect.count(), 2, "lane B still answers");
    desk.answers(1, "eins").await;
    assert_eq!(desk.messages(2), ["user: one", "assistant: uno", "user: two"]);
    assert_eq!(desk.messages(3), ["user: one", "assistant: eins", "user: two"]);
    desk.shows("1 waits for A B: three");
    desk.answers(2, "due").await;
    desk.answers(3, "zwei").await;
    assert_eq!(desk.messages(5).last().unwrap(), "user: three");
    desk.hides("waits for");
}

#[tokio::test(start_paused = true)]
async fn a_message_to_a_free_lane_does_not_wait_for_another() {
    let desk = Desk::open().await;
    desk.press("alt-a").await;
    desk.sends("both").await;
    desk.answers(1, "done").await;
    desk.press("alt-o").await;
    desk.shows("to B · not A");
    desk.sends("only B").await;
    assert_eq!(desk.messages(2), ["user: both", "assistant: done", "user: only B"]);
}

#[tokio::test(start_paused = true)]
async fn a_waiting_message_can_be_taken_back_and_dropped() {
    let desk = Desk::open().await;
    desk.sends("one").await;
    desk.sends("two").await;
    desk.sends("three").await;
    desk.press("alt-q").await;
    desk.hides("2 waits");
    desk.types(" and a half").await;
    desk.press("enter").await;
    desk.shows("2 waits for A: three and a half");
    desk.press("alt-shift-q").await;
    desk.shows("1 waits for A: three and a half");
    desk.press("up").await;
    desk.clicks("1 waits").await;
    desk.press("ctrl-u ctrl-c ctrl-c").await;
    desk.hides("waits for");
    assert_eq!(desk.connect.count(), 1);
    let (_, mut state) = desk.closed().await;
    let drafts: Vec<String> = std::iter::repeat_with(|| {
        state.composer.older();
        state.composer.text()
    })
    .take(9)
    .collect();
    assert!(drafts.contains(&"two".to_owned()), "what was dropped can be brought back: {drafts:?}");
}

#[tokio::test(start_paused = true)]
async fn what_waits_is_held_when_a_reply_is_stopped_or_fails_and_enter_sends_it_on() {
    let desk = Desk::open().await;
    desk.sends("one").await;
    desk.sends("two").await;
    desk.fails(0, refused("lab is down.", None)).await;
    desk.shows("1 held for A: two");
    desk.shows("Enter in an empty composer sends on");
    assert_eq!(desk.connect.count(), 1);
    desk.press("enter").await;
    assert_eq!(desk.messages(1).last().unwrap(), "user: two");
    desk.sends("three").await;
    desk.press("esc").await;
    desk.shows("1 held for A: three");
    desk.passes(std::time::Duration::from_secs(60)).await;
    assert_eq!(desk.connect.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_waited_for_a_closed_lane_alone_goes_back_to_the_drafts() {
    let desk = Desk::open().await;
    desk.press("alt-a").await;
    desk.sends("one").await;
    desk.press("alt-o").await;
    desk.sends("for B").await;
    desk.press("alt-w").await;
    desk.hides("waits for");
    desk.press("up").await;
    desk.shows("for B");
}

#[tokio::test(start_paused = true)]
async fn a_message_that_is_taken_back_is_no_edit_of_an_older_question() {
    let desk = Desk::open().await;
    desk.sends("one").await;
    desk.answers(0, "uno").await;
    desk.sends("two").await;
    desk.sends("three").await;
    desk.press("tab e").await;
    desk.shows("editing · to A");
    desk.press("alt-q").await;
    desk.shows("three");
    desk.hides("editing");
    desk.answers(1, "due").await;
    desk.press("enter").await;
    assert_eq!(
        desk.messages(2),
        ["user: one", "assistant: uno", "user: two", "assistant: due", "user: three"],
        "it goes where it was to go"
    );
}

#[tokio::test(start_paused = true)]
async fn a_free_lane_does_not_wait_for_what_waits_for_another() {
    let desk = Desk::open().await;
    desk.press("alt-a").await;
    desk.sends("both").await;
    desk.press("alt-1 alt-o").await;
    desk.sends("for A").await;
    desk.press("alt-2 alt-o").await;
    desk.shows("to B · not A");
    desk.sends("for B").await;
    desk.shows("2 waits for B");
    desk.answers(1, "done").await;
    desk.shows("1 waits for A: for A");
    assert_eq!(desk.messages(2), ["user: both", "assistant: done", "user: for B"]);
    desk.answers(0, "at last").await;
    assert_eq!(desk.messages(3), ["user: both", "assistant: at last", "user: for A"]);
}

#[tokio::test(start_paused = true)]
async fn what_waited_behind_a_dropped_message_goes_when_its_lane_is_free() {
    let desk = Desk::open().await;
    desk.press("alt-a").await;
    desk.sends("both").await;
    desk.sends("for both").await;
    desk.press("alt-o").await;
    desk.sends("for B").await;
    desk.answers(1, "done").await;
    assert_eq!(desk.connect.count(), 2, "what is for both comes first");
    desk.press("alt-shift-q").await;
    assert_eq!(desk.messages(2), ["user: both", "assistant: done", "user: for B"]);
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_is_gone_is_not_said_to_wait() {
    let desk = Desk::open().await;
    desk.press("alt-a").await;
    desk.sends("one").await;
    desk.press("alt-o").await;
    desk.sends("for B").await;
    desk.press("alt-w").await;
    desk.hides("The queue waits");
    desk.sends("two").await;
    desk.press("ctrl-n ctrl-n").await;
    desk.hides("The queue waits");
    desk.shows("Nothing said yet.");
}
