//! Parameters: by steps, by typing, by mouse, and absent.

use crossterm::event::{MouseButton, MouseEventKind};
use serde_json::json;

use super::*;

#[tokio::test(start_paused = true)]
async fn what_nobody_set_is_absent_from_the_request() {
    let desk = Desk::open().await;
    desk.sends("Hello").await;
    assert_eq!(desk.params(0), json!({}));
}

#[tokio::test(start_paused = true)]
async fn steps_change_the_next_request_and_backspace_unsets() {
    let desk = Desk::open().await;
    desk.press("f2 right shift-right down left esc").await;
    desk.sends("one").await;
    assert_eq!(desk.params(0), json!({"temperature": 1.55, "top_p": 0.95}));
    desk.answers(0, "uno").await;
    desk.press("f2 backspace up end esc").await;
    desk.sends("two").await;
    assert_eq!(desk.params(1), json!({"temperature": 2}));
}

#[tokio::test(start_paused = true)]
async fn a_typed_value_is_taken_by_enter_and_left_by_esc() {
    let desk = Desk::open().await;
    desk.press("f2 0 . 3 5 enter").await;
    desk.shows("0.35");
    desk.press("1 . 9 esc esc").await;
    desk.sends("Hello").await;
    assert_eq!(desk.params(0), json!({"temperature": 0.35}));
}

#[tokio::test(start_paused = true)]
async fn a_typed_value_that_does_not_fit_says_so_and_stays_to_be_mended() {
    let desk = Desk::open().await;
    desk.press("f2 3 enter").await;
    desk.shows("temperature goes from 0 to 2, so `3` does not fit.");
    desk.press("backspace 1 enter esc").await;
    desk.sends("Hello").await;
    assert_eq!(desk.params(0), json!({"temperature": 1}));
}

#[tokio::test(start_paused = true)]
async fn each_lane_has_its_own_values() {
    let desk = Desk::open().await;
    desk.press("f2 home esc alt-a f2 end esc").await;
    desk.sends("Hello").await;
    assert_eq!(desk.params(0), json!({"temperature": 0}));
    assert_eq!(desk.params(1), json!({"temperature": 2}));
}

#[tokio::test(start_paused = true)]
async fn a_click_on_a_name_selects_the_parameter() {
    let desk = Desk::open().await;
    desk.clicks("presence_penalty").await;
    desk.press("right esc").await;
    desk.sends("Hello").await;
    assert_eq!(desk.params(0), json!({"presence_penalty": 0.1}));
}

#[tokio::test(start_paused = true)]
async fn a_click_on_a_track_puts_the_value_there_and_the_wheel_moves_it() {
    let desk = Desk::open().await;
    // The right end of the first track, which is the one of temperature.
    let shown = desk.screen.text();
    let track = shown.lines().position(|line| line.contains("temperature ")).unwrap() + 1;
    let line: Vec<char> = shown.lines().nth(track).unwrap().chars().collect();
    let last = line.iter().rposition(|sign| *sign == '─').unwrap();
    let at = |kind| (kind, u16::try_from(last).unwrap(), u16::try_from(track).unwrap());
    desk.points(at(MouseEventKind::Down(MouseButton::Left))).await;
    desk.press("esc").await;
    desk.sends("one").await;
    assert_eq!(desk.params(0), json!({"temperature": 2}));
    desk.answers(0, "uno").await;
    desk.points(at(MouseEventKind::ScrollDown)).await;
    desk.press("esc").await;
    desk.sends("two").await;
    assert_eq!(desk.params(1), json!({"temperature": 1.95}));
}
