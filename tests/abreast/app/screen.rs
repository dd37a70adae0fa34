//! The terminal's own matters: mouse, suspension, redrawing, themes, background.

use abreast::state::{Capture, ExitReason};

use super::console::Asked;
use super::*;

#[tokio::test(start_paused = true)]
async fn the_mouse_is_given_to_the_terminal_and_taken_back() {
    let desk = Desk::open().await;
    desk.press("alt-m alt-m").await;
    assert_eq!(desk.screen.asked(), [Asked::Mouse(Capture::Terminal), Asked::Mouse(Capture::Program)]);
}

#[tokio::test(start_paused = true)]
async fn a_suspended_program_comes_back_to_the_same_screen() {
    let desk = Desk::open().await;
    desk.types("a draft").await;
    let before = desk.screen.text();
    desk.press("ctrl-z").await;
    assert_eq!(desk.screen.asked(), [Asked::Suspend]);
    assert_eq!(desk.screen.text(), before);
    desk.press("alt-l").await;
    assert_eq!(desk.screen.asked(), [Asked::Suspend, Asked::Redraw]);
}

#[tokio::test(start_paused = true)]
async fn the_background_chooses_the_theme_unless_the_user_did() {
    for (chosen, theme) in [(false, "light"), (true, "dark")] {
        let mut start = start(WIDE);
        start.theme_chosen = chosen;
        let desk = Desk::of(start, super::replay::ScriptedConnect::default()).await;
        desk.press("alt-]").await;
        desk.types("11;rgb:ffff/ffff/ffff").await;
        desk.press("alt-\\").await;
        desk.hides("rgb");
        assert_eq!(desk.closed().await.1.theme.name(), theme);
    }
}

#[tokio::test(start_paused = true)]
async fn help_opens_over_everything_and_closes_again() {
    let desk = Desk::open().await;
    let before = desk.screen.text();
    desk.press("f1").await;
    desk.shows("Ctrl+P");
    assert_ne!(desk.screen.text(), before);
    desk.press("f1").await;
    assert_eq!(desk.screen.text(), before);
    desk.press("f1 pagedown down esc").await;
    assert_eq!(desk.screen.text(), before);
}

#[tokio::test(start_paused = true)]
async fn the_program_ends_when_the_terminal_is_gone() {
    let desk = Desk::open().await;
    desk.sends("Hello").await;
    assert_eq!(desk.hung_up().await.0, ExitReason::Signal);
}
