//! Keys that are held, or pressed in haste, do not decide about a call that nobody has read.

use std::time::Duration;

use crossterm::event::{Event, KeyEvent, KeyEventKind};

use super::calls::{HASTE, desk, result};
use super::desk::{Desk, key};

const TOKYO: &str = r#"{"city":"Tokyo"}"#;
const KYOTO: &str = r#"{"city":"Kyoto"}"#;
const OSAKA: &str = r#"{"city":"Osaka"}"#;

const HELD: &str = "Read it first: no key decides for a moment.";

/// A lane that waits with three calls, which a command answers that takes its time; the box has the keys.
async fn waiting() -> Desk {
    let desk = desk(1).await;
    desk.sends("Where?").await;
    desk.calls(0, &[TOKYO, KYOTO, OSAKA]).await;
    desk.press("alt-d").await;
    desk.choose(r#"["sleep", "600"]"#).await;
    desk.shows("Call 1 of 3 · A · get_weather · ? waits for you");
    desk
}

impl Desk {
    /// Holds a key as most terminals report it: a press, after a while another one, then many.
    async fn holds(&self, chord: &str, times: usize) {
        self.screen.feed(Event::Key(key(chord)));
        self.passes(Duration::from_millis(660)).await;
        for _ in 0..times {
            self.screen.feed(Event::Key(key(chord)));
            self.passes(Duration::from_millis(30)).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_held_key_decides_about_the_call_that_it_was_pressed_for_and_no_other() {
    for chord in ["enter", "r"] {
        let desk = waiting().await;
        desk.holds(chord, 100).await;
        desk.shows("Call 2 of 3 · A · get_weather · ? waits for you");
        desk.shows(HELD);
        desk.passes(HASTE).await;
        desk.hides(HELD);
        desk.press(chord).await;
        desk.shows("Call 3 of 3 · A · get_weather · ? waits for you");
    }
}

#[tokio::test(start_paused = true)]
async fn keys_that_come_at_once_decide_about_one_call() {
    let desk = waiting().await;
    desk.press("enter enter r enter").await;
    desk.shows("Call 2 of 3 · A · get_weather · ? waits for you");
}

#[tokio::test(start_paused = true)]
async fn a_key_that_the_terminal_reports_as_held_never_decides() {
    let desk = waiting().await;
    let repeated = |chord| Event::Key(KeyEvent { kind: KeyEventKind::Repeat, ..key(chord) });
    for chord in ["enter", "r", "R", "A"] {
        desk.screen.feed(repeated(chord));
        desk.passes(HASTE).await;
        desk.shows("Call 1 of 3 · A · get_weather · ? waits for you");
    }
    desk.press("x").await;
    desk.screen.feed(repeated("enter"));
    desk.settle().await;
    desk.shows("Why get_weather is refused");
}

#[tokio::test(start_paused = true)]
async fn the_enter_that_gives_the_box_the_keys_does_not_decide_when_it_is_held() {
    let desk = waiting().await;
    desk.press("esc").await;
    desk.holds("enter", 100).await;
    desk.shows("Call 1 of 3 · A · get_weather · ? waits for you");
    desk.passes(HASTE).await;
    desk.press("enter").await;
    desk.shows("Call 2 of 3 · A · get_weather");
}

#[tokio::test(start_paused = true)]
async fn another_lanes_calls_wait_for_a_key_that_was_pressed_in_this_one() {
    let desk = desk(2).await;
    desk.sends("Where?").await;
    desk.calls(0, &[TOKYO]).await;
    desk.press("alt-d").await;
    desk.choose(r#"["sleep", "600"]"#).await;
    desk.calls(1, &[KYOTO]).await;
    desk.passes(HASTE).await;
    desk.press("alt-2 alt-d enter").await;
    desk.shows("Call 1 of 1 · B · get_weather · ? waits for you");
    desk.shows(HELD);
}

#[tokio::test(start_paused = true)]
async fn who_selects_a_call_may_decide_about_it_at_once() {
    let desk = waiting().await;
    desk.press("down down enter").await;
    desk.press("up up").await;
    desk.shows("Call 1 of 3 · A · get_weather · ? waits for you");
    desk.press("down down").await;
    desk.shows("Call 3 of 3 · A · get_weather · ▸ running");
}

#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn one_key_runs_all_calls_that_wait_and_leaves_those_that_are_invalid() {
    let desk = desk(1).await;
    desk.sends("Where?").await;
    desk.calls(0, &[TOKYO, r#"{"city":7}"#, KYOTO]).await;
    desk.press("alt-d").await;
    desk.choose(r#"["cat"]"#).await;
    desk.press("R").await;
    desk.shows("Call 2 of 3 · A · get_weather · ✗ invalid");
    desk.passes(HASTE).await;
    desk.press("R").await;
    desk.shows("No call that waits can be run");
    desk.press("x enter").await;
    desk.until(|desk| desk.connect.count() == 2).await;
    let refused = result("c1", "The user refused to run this tool.");
    assert_eq!(desk.loop_of(1)[1..], [result("c0", TOKYO), refused, result("c2", KYOTO)]);
}

#[tokio::test(start_paused = true)]
async fn an_empty_result_is_asked_for_twice() {
    let desk = desk(1).await;
    desk.sends("Where?").await;
    desk.calls(0, &[TOKYO]).await;
    desk.press("alt-d a ctrl-s").await;
    desk.shows("? nothing is written; Ctrl+S again sends an empty result");
    desk.types("x").await;
    desk.press("backspace ctrl-s").await;
    assert_eq!(desk.connect.count(), 1, "what was typed between takes the first time back");
    desk.press("ctrl-s").await;
    assert_eq!(desk.loop_of(1)[1], result("c0", ""));
}

#[tokio::test(start_paused = true)]
async fn a_key_that_settled_the_last_call_and_is_still_held_sends_no_draft() {
    let desk = desk(1).await;
    desk.sends("Where?").await;
    desk.calls(0, &[r#"{"city":"#]).await;
    desk.types("half a thou").await;
    desk.press("alt-d").await;
    desk.passes(HASTE).await;
    desk.shows("Call 1 of 1 · A · get_weather · ✗ invalid");
    desk.holds("enter", 30).await;
    assert_eq!(desk.connect.count(), 2, "what was wrong goes back to the model");
    desk.ends(1).await;
    desk.shows("half a thou");
    desk.passes(HASTE).await;
    desk.press("enter").await;
    assert_eq!(desk.connect.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_held_key_that_opened_a_form_breaks_no_lines_in_it() {
    let desk = desk(1).await;
    desk.sends("Where?").await;
    desk.calls(0, &[TOKYO]).await;
    desk.press("alt-d").await;
    desk.passes(HASTE).await;
    desk.holds("enter", 30).await;
    desk.shows("Result of get_weather");
    desk.press("esc").await;
    desk.hides("Result of get_weather");
}
