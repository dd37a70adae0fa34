//! The gesture that the program is for: another lane, one knob, one question, both answers, their difference, the better
//! one for all, and back again.

use super::*;
use abreast::api::Delta;
use abreast::chat::Usage;
use serde_json::json;
use std::time::Duration;

/// An answer with its tokens, after some time.
async fn answers(desk: &Desk, place: usize, text: &str, (wait, output): (u64, u64)) {
    desk.passes(Duration::from_millis(wait)).await;
    desk.replies(place, text).await;
    desk.passes(Duration::from_secs(1)).await;
    let usage = Usage { input: Some(20), output: Some(output), ..Usage::default() };
    desk.delivers(place, Delta::Usage(usage)).await;
    desk.answers(place, ".").await;
}

#[tokio::test(start_paused = true)]
async fn clone_nudge_send_compare_promote_undo() {
    let desk = Desk::open().await;
    desk.press("f2 0 . 2 enter esc alt-a f2 shift-right esc").await;
    desk.shows("A  T 0.2");
    desk.shows("B  T 0.7");
    desk.sends("Name a colour").await;
    assert_eq!((desk.params(0), desk.params(1)), (json!({"temperature": 0.2}), json!({"temperature": 0.7})));
    answers(&desk, 0, "Deep blue, like the sea", (100, 10)).await;
    answers(&desk, 1, "Deep red, like the sea", (300, 50)).await;
    desk.shows("✓");
    // Lane B has the focus.
    desk.press("tab d").await;
    desk.shows("temperature");
    desk.shows("[-red-]{+blue+}");
    desk.press("y esc m").await;
    desk.hides("Deep blue");
    desk.press("u").await;
    desk.shows("Deep blue");
    desk.press("u alt-1").await;
    desk.shows("There is nothing to undo.");
    desk.press("m esc").await;
    desk.sends("Why?").await;
    for place in [2, 3] {
        let said = ["user: Name a colour", "assistant: Deep blue, like the sea.", "user: Why?"];
        assert_eq!(desk.messages(place), said);
    }
}
