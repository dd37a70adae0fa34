//! Questions and their branches.

use super::console::Asked;
use super::*;
use crossterm::event::{MouseButton, MouseEventKind};
use serde_json::json;

#[tokio::test(start_paused = true)]
async fn a_sent_message_streams_its_reply_to_the_screen() {
    let desk = Desk::open().await;
    desk.sends("What is thyme?").await;
    desk.shows("What is thyme?");
    desk.shows("waiting for the first token");
    desk.replies(0, "Thyme is ").await;
    desk.shows("Thyme is");
    desk.answers(0, "a herb.").await;
    desk.shows("Thyme is a herb.");
    desk.hides("waiting for the first token");
    assert_eq!(desk.messages(0), ["user: What is thyme?"]);
    assert_eq!(desk.connect.with(0, |sent| (sent.provider.clone(), sent.request.model.clone())), {
        ("lab".to_owned(), "sage-1".to_owned())
    });
    assert_eq!(desk.screen.asked(), [Asked::Title("abreast · What is thyme?".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn the_next_message_carries_what_was_said_before() {
    let desk = Desk::open().await;
    desk.sends("one").await;
    desk.answers(0, "uno").await;
    desk.sends("two").await;
    assert_eq!(desk.messages(1), ["user: one", "assistant: uno", "user: two"]);
}

#[tokio::test(start_paused = true)]
async fn asking_again_makes_a_sibling_and_the_brackets_step_between_them() {
    let desk = Desk::open().await;
    desk.sends("Pick a number").await;
    desk.answers(0, "Seven").await;
    desk.press("alt-r").await;
    desk.answers(1, "Eleven").await;
    desk.shows("‹2/2›");
    desk.shows("Eleven");
    desk.hides("Seven");
    assert_eq!(desk.messages(1), ["user: Pick a number"]);
    desk.press("tab [").await;
    desk.shows("‹1/2›");
    desk.shows("Seven");
    desk.press("]").await;
    desk.shows("‹2/2›");
    desk.shows("Eleven");
    desk.press("[ [ [").await;
    desk.shows("Seven");
    desk.press("esc").await;
    desk.sends("And another").await;
    assert_eq!(desk.messages(2), ["user: Pick a number", "assistant: Seven", "user: And another"]);
}

#[tokio::test(start_paused = true)]
async fn an_edited_question_is_sent_as_a_branch_with_its_own_history() {
    let desk = Desk::open().await;
    desk.sends("first").await;
    desk.answers(0, "prime").await;
    desk.sends("second").await;
    desk.answers(1, "zweite").await;
    desk.press("tab k k e").await;
    desk.shows("Enter sends the edit as a new branch");
    desk.sends(" mended").await;
    assert_eq!(desk.messages(2), ["user: first", "assistant: prime", "user: second mended"]);
    desk.answers(2, "better").await;
    desk.shows("‹2/2›");
    desk.hides("zweite");
    desk.press("tab k k [").await;
    desk.shows("zweite");
}

#[tokio::test(start_paused = true)]
async fn an_edit_that_is_left_gives_its_text_back_to_up() {
    let desk = Desk::open().await;
    desk.sends("first").await;
    desk.answers(0, "prime").await;
    desk.types("unsent").await;
    desk.press("tab e").await;
    desk.types(" changed").await;
    desk.press("esc").await;
    desk.hides("first changed");
    desk.press("up").await;
    desk.shows("first changed");
    desk.press("up").await;
    desk.shows("unsent");
}

#[tokio::test(start_paused = true)]
async fn an_edit_whose_question_left_the_lane_is_kept_and_not_swallowed() {
    let desk = Desk::open().await;
    desk.sends("first").await;
    desk.answers(0, "prime").await;
    desk.press("tab e").await;
    desk.types(" mended").await;
    desk.press("ctrl-n enter").await;
    assert_eq!(desk.connect.count(), 2);
    assert_eq!(desk.messages(1), ["user: first mended"]);
}

#[tokio::test(start_paused = true)]
async fn an_edit_of_a_lane_that_was_closed_stays_in_the_composer() {
    let desk = Desk::open().await;
    desk.sends("shared").await;
    desk.answers(0, "prime").await;
    desk.press("alt-a").await;
    desk.press("alt-r").await;
    desk.answers(1, "seconde").await;
    desk.sends("apart").await;
    desk.answers(2, "one").await;
    desk.answers(3, "two").await;
    desk.press("tab k k e").await;
    desk.types(" mended").await;
    desk.press("alt-w enter").await;
    desk.shows("apart mended");
    assert_eq!(desk.connect.count(), 4, "nobody holds the edited question, so nobody is asked");
    desk.press("enter").await;
    assert_eq!(desk.messages(4).last().unwrap(), "user: apart mended");
}

#[tokio::test(start_paused = true)]
async fn a_paste_is_never_a_send() {
    let desk = Desk::open().await;
    desk.pastes("one\r\ntwo\nthree\n").await;
    assert_eq!(desk.connect.count(), 0);
    desk.shows("two");
    desk.press("enter").await;
    assert_eq!(desk.messages(0), ["user: one\ntwo\nthree\n"]);
}

#[tokio::test(start_paused = true)]
async fn a_paste_goes_to_the_composer_wherever_the_focus_was() {
    let desk = Desk::open().await;
    desk.press("tab").await;
    desk.pastes("e r y").await;
    desk.press("enter").await;
    assert_eq!(desk.messages(0), ["user: e r y"]);
}

#[tokio::test(start_paused = true)]
async fn the_system_prompt_is_edited_in_a_box_and_sent_first() {
    let desk = Desk::open().await;
    desk.press("alt-s").await;
    desk.types("Answer in verse.").await;
    desk.press("ctrl-s").await;
    desk.shows("The system prompt is set.");
    desk.sends("Hello").await;
    assert_eq!(desk.messages(0), ["system: Answer in verse.", "user: Hello"]);
    desk.answers(0, "Hail").await;
    desk.screen.editor_answers(Ok("\n"));
    desk.press("alt-s ctrl-g ctrl-s").await;
    desk.sends("Bye").await;
    assert_eq!(desk.messages(1), ["user: Hello", "assistant: Hail", "user: Bye"]);
    let edits: Vec<Asked> = desk.screen.asked().into_iter().filter(|asked| matches!(asked, Asked::Edit(_))).collect();
    assert_eq!(edits, [Asked::Edit("Answer in verse.".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn a_changed_system_prompt_is_not_dropped_by_one_esc() {
    let desk = Desk::open().await;
    desk.press("alt-s").await;
    desk.types("Be brief.").await;
    desk.press("esc").await;
    desk.shows("Esc again drops what you changed here.");
    desk.press("! ctrl-s").await;
    desk.sends("Hello").await;
    assert_eq!(desk.messages(0), ["system: Be brief.!", "user: Hello"]);
    desk.press("alt-s x esc esc").await;
    desk.hides("System prompt ·");
}

#[tokio::test(start_paused = true)]
async fn nothing_takes_the_place_of_a_text_that_is_being_written() {
    let desk = Desk::open().await;
    desk.press("alt-s").await;
    desk.types("Be brief.").await;
    desk.press("f1 ctrl-p ctrl-l ctrl-d alt-c alt-n tab").await;
    desk.points((MouseEventKind::Down(MouseButton::Left), 0, 0)).await;
    assert!(!desk.has_ended());
    desk.press("ctrl-s").await;
    desk.sends("Hello").await;
    assert_eq!(desk.messages(0), ["system: Be brief.", "user: Hello"]);
}

#[tokio::test(start_paused = true)]
async fn streams_go_on_while_the_editor_has_the_terminal() {
    let desk = Desk::open().await;
    desk.sends("Count").await;
    desk.screen.editor_answers(Ok("from the editor"));
    let ends = desk.screen.editor_stays();
    desk.press("ctrl-g ! enter").await;
    let frames = desk.screen.frames();
    for count in 0..5000 {
        assert!(desk.hands(0, Ok(said(&format!("{count} ")))));
    }
    desk.answers(0, "all counted").await;
    assert_eq!(desk.screen.frames(), frames, "nothing is drawn over the editor");
    drop(ends);
    desk.settle().await;
    desk.shows("all counted");
    assert_eq!(desk.messages(1).last().unwrap(), "user: from the editor!", "what was typed behind comes after");
}

#[tokio::test(start_paused = true)]
async fn an_editor_that_fails_leaves_the_draft_alone() {
    let desk = Desk::open().await;
    desk.types("keep me").await;
    desk.screen.editor_answers(Err("The editor `nope` does not start: gone. Set EDITOR to one that does."));
    desk.press("ctrl-g").await;
    desk.shows("The editor `nope` does not start");
    desk.shows("keep me");
    desk.screen.editor_answers(Ok("kept and grown\n"));
    desk.press("ctrl-g enter").await;
    assert_eq!(desk.messages(0), ["user: kept and grown"]);
}

#[tokio::test(start_paused = true)]
async fn calls_that_nobody_ran_are_answered_in_the_history() {
    let desk = Desk::open().await;
    desk.sends("Where is my order?").await;
    let call = abreast::api::Delta::ToolCall {
        choice: 0,
        index: 0,
        id: Some("call_1".to_owned()),
        name: Some("lookup_order".to_owned()),
        arguments: "{\"id\":\"A-77\"}".to_owned(),
        extra: None,
    };
    desk.delivers(0, call).await;
    desk.ends(0).await;
    desk.shows("lookup_order");
    desk.sends("Never mind").await;
    let request = desk.request(1);
    assert_eq!(request.messages.len(), 4);
    assert_eq!(request.messages[2]["tool_call_id"], json!("call_1"));
    assert_eq!(request.messages[2]["role"], json!("tool"));
}

#[tokio::test(start_paused = true)]
async fn a_new_session_forgets_the_turns_and_keeps_the_settings_and_the_draft() {
    let desk = Desk::open().await;
    desk.press("f2 right esc").await;
    desk.sends("old question").await;
    desk.replies(0, "old ans").await;
    desk.types("a draft").await;
    desk.press("ctrl-n").await;
    desk.shows("Ctrl+N again drops this conversation: it is not saved.");
    desk.shows("old question");
    desk.press("ctrl-n").await;
    desk.hides("old question");
    desk.shows("a draft");
    assert!(!desk.hands(0, Ok(said("wer"))), "the old stream is closed");
    desk.press("enter").await;
    assert_eq!(desk.messages(1), ["user: a draft"]);
    assert_eq!(desk.params(1), desk.params(0));
    assert_ne!(desk.params(1), json!({}));
}
