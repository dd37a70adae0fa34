//! Text that wants to do something to the terminal.

use abreast::api::Delta;

use super::failures::refused;
use super::replay::ScriptedConnect;
use super::*;

/// Sequences that move, retitle, write the clipboard or reorder text, in 7 and 8 bits.
pub(super) const NASTY: &str =
    "a\x1b[2J\x1b]52;c;eA==\x07\x1b]0;owned\x1b\\b\u{9b}31m\u{202e}c\u{85}d\x08\x08\x7f\r\x00\u{feff}\u{2066}z";

#[track_caller]
pub(super) fn assert_harmless(desk: &Desk) {
    for cell in desk.screen.buffer().content() {
        let hidden = |sign: char| {
            sign.is_control() || matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        };
        assert!(!cell.symbol().contains(hidden), "a cell holds {:?}", cell.symbol());
    }
    for asked in desk.screen.asked() {
        if let super::console::Asked::Title(title) = asked {
            assert!(!title.contains(char::is_control), "the title holds {title:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn no_part_of_a_reply_reaches_the_terminal_as_a_command() {
    let desk = Desk::open().await;
    desk.sends("Go").await;
    desk.delivers(0, Delta::ServedBy(NASTY.to_owned())).await;
    desk.delivers(0, Delta::Reasoning { choice: 0, text: NASTY.to_owned() }).await;
    assert_harmless(&desk);
    let text = format!(
        "{NASTY}\n\n```{NASTY}\n{NASTY}\n```\n\n| {NASTY} |\n|---|\n| {NASTY} |\n\n[{NASTY}](http://x/{NASTY})"
    );
    // One character at a time, so that every sequence is also seen in halves.
    for sign in text.chars() {
        desk.hands(0, Ok(said(&sign.to_string())));
    }
    desk.settle().await;
    desk.shows("⟨U+202E⟩");
    assert_harmless(&desk);
    desk.delivers(0, Delta::Refusal { choice: 0, text: NASTY.to_owned() }).await;
    desk.delivers(0, Delta::Warning(NASTY.to_owned())).await;
    let (name, arguments) = (Some(NASTY.to_owned()), format!("{{\"a\":\"{NASTY}\"}}"));
    desk.delivers(0, Delta::ToolCall { choice: 0, index: 0, id: name.clone(), name, arguments, extra: None }).await;
    desk.delivers(0, Delta::Finish { choice: 0, reason: NASTY.to_owned() }).await;
    desk.ends(0).await;
    assert_harmless(&desk);
    desk.press("tab space").await;
    assert_harmless(&desk);
}

#[tokio::test(start_paused = true)]
async fn no_error_reaches_the_terminal_as_a_command() {
    let desk = Desk::open().await;
    desk.sends("Go").await;
    let mut error = refused(NASTY, Some(NASTY));
    error.next_step = Some(NASTY.to_owned());
    error.request_id = Some(NASTY.to_owned());
    desk.fails(0, error).await;
    desk.shows("✗");
    desk.shows("⟨U+202E⟩");
    assert_harmless(&desk);
}

#[tokio::test(start_paused = true)]
async fn no_models_name_reaches_the_terminal_as_a_command() {
    let connect = ScriptedConnect::default();
    connect.lists("lab", Ok(&[NASTY]));
    connect.lists("shop", Err(refused(NASTY, None)));
    let desk = Desk::of(start(WIDE), connect).await;
    desk.press("ctrl-l").await;
    desk.types("52").await;
    assert_harmless(&desk);
    desk.press("enter").await;
    desk.shows("This lane asks");
    assert_harmless(&desk);
    desk.sends("Go").await;
    assert_eq!(desk.request(0).model, NASTY);
    assert_harmless(&desk);
}

#[tokio::test(start_paused = true)]
async fn no_paste_reaches_the_terminal_as_a_command() {
    let desk = Desk::open().await;
    desk.pastes(NASTY).await;
    assert_harmless(&desk);
    desk.press("enter").await;
    assert_harmless(&desk);
}
