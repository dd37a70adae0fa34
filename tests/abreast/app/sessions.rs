//! The list of sessions over a real store: what was said is found, opened where it was left, named, deleted and brought
//! back.

use std::path::Path;

use super::console::Asked;
use super::*;

/// Sends a message and has it answered; with a store the request waits for the disk.
async fn talks(desk: &Desk, place: usize, question: &str, answer: &str) {
    desk.sends(question).await;
    desk.waits_until("a request is sent", |desk| desk.connect.count() > place).await;
    desk.answers(place, answer).await;
}

/// A program with two sessions, the second of which is on the screen with a draft.
async fn two(directory: &Path) -> Desk {
    let desk = Desk::with_store(directory, "k3").await;
    talks(&desk, 0, "What of refunds?", "Within thirty days.").await;
    desk.press("ctrl-n").await;
    talks(&desk, 1, "What is a heron?", "A patient bird.").await;
    desk.types("a draft").await;
    desk
}

/// Opens the list and waits for what is in it.
async fn lists(desk: &Desk, text: &str) {
    desk.press("ctrl-o").await;
    desk.comes_to_show(text).await;
}

fn titles(desk: &Desk) -> Vec<String> {
    let title = |asked: Asked| match asked {
        Asked::Title(title) => Some(title),
        _ => None,
    };
    desk.screen.asked().into_iter().filter_map(title).collect()
}

#[tokio::test(start_paused = true)]
async fn the_list_and_enter_lead_to_the_other_session_and_back_to_the_draft() {
    let home = tempfile::tempdir().unwrap();
    let desk = two(home.path()).await;
    lists(&desk, "What of refunds?").await;
    desk.shows("● on the screen");
    desk.comes_to_show("Within thirty days.").await;
    desk.press("enter").await;
    desk.waits_until("the list closes", |desk| !desk.screen.text().contains("● on the screen")).await;
    desk.shows("Within thirty days.");
    desk.hides("a draft");
    lists(&desk, "What is a heron?").await;
    desk.press("enter").await;
    desk.comes_to_show("a draft").await;
    desk.shows("A patient bird.");
    let ours = titles(&desk);
    assert_eq!(ours[ours.len() - 2..], ["abreast · What of refunds?", "abreast · What is a heron?"]);
    let (_, state) = desk.closed().await;
    assert_eq!(state.saving.unwrap().place.session(), Some("k3-1"), "what the quit line names");
}

#[tokio::test(start_paused = true)]
async fn what_is_typed_finds_a_session_by_its_text_and_enter_goes_to_the_place() {
    let home = tempfile::tempdir().unwrap();
    let desk = two(home.path()).await;
    lists(&desk, "What of refunds?").await;
    desk.types("thirty").await;
    desk.comes_to_show("Sessions  1 ").await;
    desk.shows("▸   What of refunds?");
    desk.comes_to_show("Within thirty days.").await;
    desk.press("enter").await;
    desk.comes_to_show("/thirty · 1 of 1").await;
    desk.shows("Within thirty days.");
    let (_, state) = desk.closed().await;
    assert_eq!(state.lanes[0].selected.map(|turn| turn.0), Some(1));
}

#[tokio::test(start_paused = true)]
async fn a_title_tags_a_pin_and_a_deletion_last_and_the_deletion_is_undone() {
    let home = tempfile::tempdir().unwrap();
    let desk = two(home.path()).await;
    lists(&desk, "What of refunds?").await;
    desk.press("ctrl-r").await;
    desk.types(" (the shop)").await;
    desk.press("enter").await;
    desk.shows("What of refunds? (the shop)");
    desk.press("ctrl-t").await;
    desk.types("work").await;
    desk.press("enter ctrl-f").await;
    desk.shows("★ What of refunds? (the shop)");
    desk.shows("#work");
    desk.press("delete").await;
    desk.hides("(the shop)  ");
    desk.press("alt-u").await;
    desk.comes_to_show("★ What of refunds? (the shop)").await;
    desk.press("esc").await;
    desk.closed().await;

    let later = Desk::with_store(home.path(), "m9").await;
    lists(&later, "★ What of refunds? (the shop)").await;
    later.shows("#work");
    later.press("up enter").await;
    // The preview in the list has the same text.
    let opened =
        |desk: &Desk| desk.screen.text().contains("Within thirty days.") && !desk.screen.text().contains("#work");
    later.waits_until("the session opens", opened).await;
    let (_, state) = later.closed().await;
    assert_eq!(state.session.title, "What of refunds? (the shop)");
}

#[tokio::test(start_paused = true)]
async fn the_session_on_the_screen_has_the_title_that_it_was_given_also_later() {
    let home = tempfile::tempdir().unwrap();
    let desk = two(home.path()).await;
    desk.press("ctrl-o").await;
    desk.comes_to_show("● on the screen").await;
    desk.press("up").await;
    if !desk.screen.text().contains("▸   What is a heron?") {
        desk.press("down").await;
    }
    desk.press("ctrl-r").await;
    desk.types("!").await;
    desk.press("enter esc").await;
    desk.press("ctrl-c").await;
    talks(&desk, 2, "And an egret?", "A white one.").await;
    desk.closed().await;
    let later = Desk::with_store(home.path(), "m9").await;
    lists(&later, "What is a heron?!").await;
    later.press("esc").await;
    later.closed().await;
}

#[tokio::test(start_paused = true)]
async fn a_session_that_another_program_has_open_is_read_and_copied() {
    let home = tempfile::tempdir().unwrap();
    let first = two(home.path()).await;
    let second = Desk::with_store(home.path(), "m9").await;
    lists(&second, "What is a heron?").await;
    second.press("enter").await;
    second.comes_to_show("This session is open in another Abreast (process").await;
    second.shows("A patient bird.");
    talks(&second, 0, "Mine now", "A copy.").await;
    let (_, state) = second.closed().await;
    assert_eq!(state.session.id, "m9-1");
    lists(&first, "4 turns").await;
    first.closed().await;
}

#[tokio::test(start_paused = true)]
async fn a_deleted_session_that_is_opened_says_so_and_comes_back_when_something_is_sent_in_it() {
    let home = tempfile::tempdir().unwrap();
    let desk = two(home.path()).await;
    lists(&desk, "What of refunds?").await;
    desk.press("ctrl-x esc").await;
    // A look at it and a draft bring nothing back.
    for _ in 0..2 {
        lists(&desk, "Sessions").await;
        desk.types("is:deleted").await;
        desk.comes_to_show("▸   What of refunds?").await;
        desk.press("enter").await;
        desk.waits_until("the list closes", |desk| !desk.screen.text().contains("is:deleted")).await;
        desk.shows("This session is deleted.");
        desk.types("x").await;
        lists(&desk, "What is a heron?").await;
        desk.hides("▸   What of refunds?");
        desk.press("enter").await;
        desk.comes_to_show("a draft").await;
    }
    lists(&desk, "Sessions").await;
    desk.types("is:deleted").await;
    desk.comes_to_show("▸   What of refunds?").await;
    desk.press("enter").await;
    desk.waits_until("the list closes", |desk| !desk.screen.text().contains("is:deleted")).await;
    desk.sends("And gifts?").await;
    desk.comes_to_show("This session was deleted").await;
    desk.hides("This session is deleted");
    desk.waits_until("a request is sent", |desk| desk.connect.count() > 2).await;
    desk.answers(2, "The same.").await;
    desk.press("ctrl-n").await;
    lists(&desk, "▸   What of refunds?").await;
    desk.closed().await;
}
