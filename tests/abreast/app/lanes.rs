//! Lanes side by side, and where they ask.

use super::replay::ScriptedConnect;
use super::*;
use abreast::api::{ApiError, ErrorKind};
use abreast::state::Start;

#[tokio::test(start_paused = true)]
async fn a_message_goes_to_every_lane_and_each_shows_its_own_reply() {
    let desk = Desk::open().await;
    desk.press("alt-a").await;
    desk.shows("to A B");
    desk.sends("Hello").await;
    assert_eq!(desk.connect.count(), 2);
    desk.replies(0, "first lane").await;
    desk.replies(1, "second lane").await;
    desk.shows("first lane");
    desk.shows("second lane");
    let (_, state) = desk.closed().await;
    assert_eq!(state.session.turns.len(), 3, "one question, two replies");
}

#[tokio::test(start_paused = true)]
async fn closing_a_lane_stops_its_reply_alone() {
    let desk = Desk::open().await;
    desk.press("alt-a").await;
    desk.sends("Hello").await;
    desk.replies(0, "first").await;
    desk.replies(1, "second").await;
    desk.press("alt-w").await;
    assert!(!desk.hands(1, Ok(said(" gone"))), "the closed lane's stream is closed");
    desk.replies(0, " goes on").await;
    desk.shows("first goes on");
    desk.hides("second");
    desk.press("alt-w").await;
    desk.shows("The last lane stays.");
}

#[tokio::test(start_paused = true)]
async fn esc_stops_the_focused_lane_alone_and_ctrl_c_all() {
    let desk = Desk::open().await;
    desk.press("alt-a").await;
    desk.sends("Hello").await;
    desk.press("alt-1 esc").await;
    assert!(!desk.hands(0, Ok(said("no"))));
    desk.replies(1, "yes").await;
    desk.press("ctrl-c").await;
    assert!(!desk.hands(1, Ok(said("no"))));
    assert!(!desk.has_ended());
}

#[tokio::test(start_paused = true)]
async fn eight_lanes_are_the_most_and_each_can_be_focused() {
    let desk = Desk::open().await;
    desk.press("alt-a alt-a alt-a alt-a alt-a alt-a alt-a").await;
    desk.shows("to A B C D E F G H");
    desk.press("alt-a").await;
    desk.shows("8 lanes are the most.");
    desk.press("alt-3 f2").await;
    desk.shows("Parameters · C");
    desk.sends("").await;
    let (_, state) = desk.closed().await;
    assert_eq!((state.lanes.len(), state.focused), (8, 2));
}

#[tokio::test(start_paused = true)]
async fn the_palette_runs_what_is_typed() {
    let desk = Desk::open().await;
    desk.press("ctrl-p").await;
    desk.types("lane.add").await;
    desk.press("enter").await;
    desk.shows("to A B");
    desk.types("/").await;
    desk.types("app.quit").await;
    desk.press("enter").await;
    assert!(desk.has_ended());
}

#[tokio::test(start_paused = true)]
async fn what_is_typed_into_the_palette_does_not_reach_the_draft() {
    let desk = Desk::open().await;
    desk.types("draft").await;
    desk.press("ctrl-p").await;
    desk.types("zzzz").await;
    desk.pastes("pasted").await;
    desk.press("esc enter").await;
    assert_eq!(desk.messages(0), ["user: draft"]);
}

#[tokio::test(start_paused = true)]
async fn the_model_picker_switches_the_lane_to_another_provider() {
    let connect = ScriptedConnect::default();
    connect.lists("lab", Ok(&["sage-1", "sage-2"]));
    connect.lists("shop", Ok(&["thyme-2", "basil-9"]));
    let desk = Desk::of(start(WIDE), connect).await;
    desk.press("ctrl-l").await;
    desk.shows("basil-9");
    desk.types("basil").await;
    desk.press("enter").await;
    desk.shows("This lane asks basil-9 at shop.");
    desk.sends("Hello").await;
    assert_eq!(desk.connect.with(0, |sent| (sent.provider.clone(), sent.request.model.clone())), {
        ("shop".to_owned(), "basil-9".to_owned())
    });
}

#[tokio::test(start_paused = true)]
async fn a_model_that_no_list_names_can_be_typed() {
    let connect = ScriptedConnect::default();
    connect.lists("lab", Err(ApiError::new(ErrorKind::Http, "lab lists no models (404).")));
    let desk = Desk::of(start(WIDE), connect).await;
    desk.press("ctrl-l").await;
    desk.types("secret-model").await;
    desk.press("up enter").await;
    desk.sends("Hello").await;
    assert_eq!(desk.request(0).model, "secret-model");
}

/// A start at the sandbox with a guess at a local server.
fn local(undecided: bool) -> Start {
    let mut start = start(WIDE);
    let mut ollama = super::desk::provider("ollama", "");
    ollama.default_model = None;
    ollama.candidate = true;
    start.providers.all.push(ollama);
    start.providers.undecided = undecided;
    start
}

#[tokio::test(start_paused = true)]
async fn a_local_server_that_answers_becomes_lane_a_s_when_nothing_was_chosen() {
    let connect = ScriptedConnect::default();
    connect.lists("ollama", Ok(&["llama-7", "llama-8"]));
    let desk = Desk::of(local(true), connect).await;
    desk.shows("ollama answers at https://ollama.test/v1: lane A asks it.");
    desk.sends("Hello").await;
    assert_eq!(desk.connect.with(0, |sent| (sent.provider.clone(), sent.request.model.clone())), {
        ("ollama".to_owned(), "llama-7".to_owned())
    });
}

#[tokio::test(start_paused = true)]
async fn a_local_server_changes_nothing_when_something_was_chosen_or_it_fails() {
    let answers = ScriptedConnect::default();
    answers.lists("ollama", Ok(&["llama-7"]));
    let fails = ScriptedConnect::default();
    fails.lists("ollama", Err(ApiError::new(ErrorKind::Network, "Nobody answers.")));
    for (start, connect) in [(local(false), answers), (local(true), fails)] {
        let desk = Desk::of(start, connect).await;
        desk.hides("Nobody answers.");
        desk.sends("Hello").await;
        assert_eq!(desk.connect.with(0, |sent| sent.provider.clone()), "lab");
    }
}

/// A start at a provider for which nobody named a model.
fn nameless() -> Start {
    let mut start = start(WIDE);
    start.lanes[0].settings.model = String::new();
    start.providers.all[0].default_model = None;
    start
}

#[tokio::test(start_paused = true)]
async fn a_lane_without_a_model_takes_the_first_that_its_provider_lists() {
    let connect = ScriptedConnect::default();
    connect.lists("lab", Ok(&["sage-7", "sage-1"]));
    let desk = Desk::of(nameless(), connect).await;
    desk.sends("Hello").await;
    assert_eq!(desk.request(0).model, "sage-7");
}

#[tokio::test(start_paused = true)]
async fn nobody_is_asked_without_the_name_of_a_model() {
    let desk = Desk::of(nameless(), ScriptedConnect::default()).await;
    desk.shows("No model at lab listens.");
    desk.sends("Hello").await;
    desk.shows("Lane A has no model yet: Ctrl+L chooses one.");
    assert_eq!(desk.connect.count(), 0);
    desk.press("ctrl-l").await;
    desk.types("sage-3").await;
    desk.press("up enter enter").await;
    assert_eq!(desk.messages(0), ["user: Hello"]);
    assert_eq!(desk.request(0).model, "sage-3");
}

#[tokio::test(start_paused = true)]
async fn an_empty_lane_names_the_model_that_it_asks_itself() {
    let desk = Desk::open().await;
    desk.press("alt-a ctrl-l").await;
    desk.types("basil").await;
    desk.press("up enter").await;
    desk.shows("sage-1 at lab listens.");
    desk.shows("basil at lab listens.");
}
