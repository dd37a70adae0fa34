//! A session that the program is started with: the first frame waits for none of it, and what is typed waits for it.

use std::path::Path;
use std::sync::mpsc::{Sender, channel};

use abreast::app::Arrival;
use abreast::state::{Anchor, ExitReason, Saving, State};
use abreast::store::{Awaited, SavedSession, StoreFault, load_without_wires};

use super::replay::ScriptedConnect;
use super::*;

/// A store with one session, which has a draft.
async fn left(directory: &Path) {
    let desk = Desk::with_store(directory, "k3").await;
    desk.sends("What is a heron?").await;
    desk.waits_until("a request is sent", |desk| desk.connect.count() == 1).await;
    desk.answers(0, "A patient bird.").await;
    desk.types("half a draft").await;
    desk.closed().await;
}

fn unbegun() -> State {
    let mut state = State::new(start(WIDE));
    let anchor = Anchor { instant: tokio::time::Instant::now().into_std(), unix_ms: 0 };
    state.saving = Some(Box::new(Saving::new("m9".to_owned(), anchor)));
    state
}

type Read = Result<(SavedSession, Option<String>), StoreFault>;

/// A program that is started with the session of a store, which is read when what is given is sent to.
async fn held_up(
    directory: &Path,
    read: impl FnOnce(Read) -> Read + Send + 'static,
    made: impl FnOnce(Arrival) -> Arrival,
    connect: ScriptedConnect,
) -> (Desk, Sender<()>) {
    let (go, held) = channel::<()>();
    let Awaited { id, title, mark, .. } = Awaited::find(directory, None).unwrap();
    let (directory, locks) = (directory.to_owned(), mark.unwrap().into_iter().collect());
    let (place, name) = (directory.clone(), id.clone());
    let arrival = Arrival::begin((id, title), None, move || {
        held.recv().unwrap();
        read(load_without_wires(&place, Some(&name)))
    });
    let arrival = made(arrival);
    let desk = Desk::with(unbegun(), connect, |app| app.with_store(directory, locks).with_arrival(Some(arrival))).await;
    (desk, go)
}

async fn waiting(directory: &Path) -> (Desk, Sender<()>) {
    held_up(directory, |read| read, |arrival| arrival, ScriptedConnect::default()).await
}

#[tokio::test(start_paused = true)]
async fn the_first_frame_is_there_before_a_turn_is_read_and_what_is_typed_goes_to_the_session() {
    let home = tempfile::tempdir().unwrap();
    left(home.path()).await;
    let (desk, go) = waiting(home.path()).await;
    desk.shows("Opening What is a heron? …");
    desk.hides("A patient bird.");
    desk.types(" and more").await;
    desk.pastes(" of it").await;
    desk.press("enter").await;
    desk.resizes(120, 30).await;
    desk.shows("Opening What is a heron? …");
    desk.hides("and more");
    assert_eq!(desk.connect.count(), 0);
    go.send(()).unwrap();
    desk.waits_until("the message is sent", |desk| desk.connect.count() == 1).await;
    let sent = ["user: What is a heron?", "assistant: A patient bird.", "user: half a draft and more of it"];
    assert_eq!(desk.messages(0), sent);
    desk.shows("A patient bird.");
    desk.hides("Opening");
    let (_, state) = desk.closed().await;
    assert_eq!(state.saving.unwrap().place.session(), Some("k3"), "it goes on in the same place");
}

#[tokio::test(start_paused = true)]
async fn while_a_session_is_read_ctrl_c_twice_ends_the_program() {
    let home = tempfile::tempdir().unwrap();
    left(home.path()).await;
    let (desk, _go) = waiting(home.path()).await;
    desk.press("ctrl-d ctrl-c").await;
    desk.shows("Ctrl+C again quits.");
    desk.press("ctrl-c").await;
    assert_eq!(desk.ended().await.0, ExitReason::User);
}

#[tokio::test(start_paused = true)]
async fn a_session_that_cannot_be_read_says_so_and_what_was_typed_is_the_draft_of_a_new_one() {
    let home = tempfile::tempdir().unwrap();
    left(home.path()).await;
    let failing = |_| Err(StoreFault::Damaged);
    let (desk, go) = held_up(home.path(), failing, |arrival| arrival, ScriptedConnect::default()).await;
    desk.types("anew").await;
    desk.press("enter").await;
    desk.types("and more").await;
    go.send(()).unwrap();
    desk.comes_to_show("The session cannot be opened: ").await;
    desk.shows("Nothing said yet.");
    desk.shows("anew");
    assert_eq!(desk.connect.count(), 0, "without its conversation it is not sent");
    let (_, state) = desk.closed().await;
    assert_eq!(state.composer.text(), "anew\nand more");
    assert_eq!(state.saving.unwrap().place.session(), Some("m9"), "the other one is left as it is");
}

#[tokio::test(start_paused = true)]
async fn the_models_that_its_lanes_ask_for_and_a_conversation_of_elsewhere_wait_for_the_session() {
    let home = tempfile::tempdir().unwrap();
    left(home.path()).await;
    let connect = ScriptedConnect::default();
    connect.lists("lab", Ok(&["sage-9"]));
    let nameless = |read: Read| {
        read.map(|(mut session, said)| {
            session.lanes[0].settings.model.clear();
            session.shared.model.clear();
            (session, said)
        })
    };
    let foreign = abreast::exchange::read(r#"{"model": "sage-1", "messages": [{"role": "user", "content": "Why?"}]}"#);
    let foreign = foreign.unwrap();
    let (desk, go) = held_up(home.path(), nameless, |arrival| arrival.followed_by(Some(foreign)), connect).await;
    desk.hides("Why?");
    go.send(()).unwrap();
    desk.comes_to_show("Why?").await;
    desk.comes_to_show("sage-9").await;
    let (_, state) = desk.closed().await;
    let models: Vec<&str> = state.lanes.iter().map(|lane| lane.settings.model.as_str()).collect();
    assert_eq!(models, ["sage-9", "sage-1"]);
}
