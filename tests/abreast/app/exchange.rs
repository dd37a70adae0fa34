//! Requests of others that become lanes, and sessions that become files.

use std::fs;

use abreast::state::Size;
use serde_json::json;

use super::*;

const BODY: &str = r#"{"model": "other-2", "temperature": 3, "vendor": {"x": [1]}, "tools": [{"type": "web_search"}],
    "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "name": "ada",
    "content": [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": "data:x"}}]}]}"#;

#[tokio::test(start_paused = true)]
async fn a_pasted_curl_command_opens_a_lane_that_asks_as_it_was_sent() {
    let desk = Desk::open().await;
    desk.sends("Hello").await;
    desk.answers(0, "Hi.").await;
    let key = "sk-nobody-may-see-this";
    desk.pastes(&format!(
        "curl https://shop.test/v1/chat/completions \\\n  -H 'Authorization: Bearer {key}' -d '{BODY}'"
    ))
    .await;
    desk.shows("This looks like a curl command: Alt+V opens it as a lane.");
    desk.press("alt-v").await;
    desk.hides("This looks like");
    desk.shows("Lane B is as it was sent; Alt+R asks its last question.");
    desk.shows("Not taken over: 1 × the header `Authorization`, which");
    desk.shows("[image_url]");
    desk.press("alt-r").await;
    let request = desk.request(1);
    let body: serde_json::Value = serde_json::from_str(BODY).unwrap();
    assert_eq!(request.messages, *body["messages"].as_array().unwrap());
    assert_eq!((request.model.as_str(), request.tools), ("other-2", vec![json!({"type": "web_search"})]));
    assert_eq!(desk.params(1), json!({"temperature": 3, "vendor": {"x": [1]}}));
    let (_, state) = desk.closed().await;
    assert_eq!(state.lanes.iter().map(|lane| lane.settings.provider.as_str()).collect::<Vec<_>>(), ["lab", "shop"]);
    let lanes = format!("{:?} {:?}", state.lanes, state.session);
    assert!(!lanes.contains(key), "{lanes}");
}

#[tokio::test(start_paused = true)]
async fn a_request_in_an_empty_session_takes_the_lane_that_is_there() {
    let desk = Desk::open().await;
    desk.pastes("curl http://elsewhere.test/v1/chat/completions -d '{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}'").await;
    desk.press("alt-v").await;
    desk.shows("Lane A is as it was sent; Alt+R asks its last question.");
    desk.shows("provider is at http://elsewhere.test/v1, so lab is asked.");
    desk.press("alt-r").await;
    assert_eq!((desk.request(0).model, desk.messages(0)), ("sage-1".to_owned(), vec!["user: Hi".to_owned()]));
}

#[tokio::test(start_paused = true)]
async fn a_draft_that_is_no_request_stays_and_says_where_it_is_wrong() {
    let desk = Desk::open().await;
    desk.press("alt-v").await;
    desk.shows("Paste a request body or a curl command into");
    desk.pastes("{\"messages\": [\n{\"role\": }]}").await;
    desk.press("alt-v").await;
    desk.shows("The draft cannot be opened: line 2, column 10:");
    desk.shows("{\"role\": }]}");
}

/// Opens the form of the export by the palette, and writes a path into it.
pub(super) async fn asks_for(desk: &Desk, path: &str) {
    desk.press("ctrl-p").await;
    desk.types("session.export").await;
    desk.press("enter").await;
    desk.shows("Export to the file");
    desk.press("ctrl-u").await;
    desk.types(path).await;
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_named_without_a_directory_is_written_where_the_program_runs() {
    let desk = Desk::open().await;
    desk.sends("How long?").await;
    desk.answers(0, "Thirty days.").await;
    asks_for(&desk, "kept-here.md").await;
    desk.press("enter").await;
    desk.comes_to_show("kept-here.md").await;
    let written = desk.directory().join("kept-here.md");
    desk.waits_until("the file", |_| written.exists()).await;
    assert!(!std::path::Path::new("kept-here.md").exists());
}

#[tokio::test(start_paused = true)]
async fn a_session_is_written_for_its_owner_alone_and_overwrites_nothing_unless_asked_twice() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("s.md");
    let desk = Desk::of(start(Size { columns: 200, rows: 40 }), super::replay::ScriptedConnect::default()).await;
    desk.sends("How long?").await;
    desk.answers(0, "Thirty days.").await;
    asks_for(&desk, &path.display().to_string()).await;
    desk.shows("✓ the session as Markdown, with settings, figures and costs");
    desk.press("enter").await;
    desk.hides("Export to the file");
    desk.shows("which only you may read.");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("\n### user\n\nHow long?\n\n### assistant\n\nThirty days.\n\n> sage-1 @ lab\n"), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    fs::write(&path, "mine").unwrap();
    asks_for(&desk, &path.display().to_string()).await;
    desk.press("enter").await;
    desk.shows("Enter again overwrites");
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    desk.types("x").await;
    desk.press("backspace enter").await;
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine", "another key takes the question back");
    desk.press("enter").await;
    assert_eq!(fs::read_to_string(&path).unwrap().lines().next(), Some("# How long?"));
}

#[tokio::test(start_paused = true)]
async fn the_form_says_what_is_wrong_and_the_file_leaves_out_what_it_shall() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("s.json");
    let desk = Desk::open().await;
    desk.sends("My name is Ada.").await;
    desk.answers(0, "Hi Ada.").await;
    asks_for(&desk, "notes.pdf").await;
    desk.shows("✗ the end of the name is the format: .md, .compare.md, .html, .json, .jsonl, .har or .sh");
    desk.press("enter ctrl-u").await;
    desk.types(&path.display().to_string()).await;
    desk.press("tab").await;
    desk.types("F").await;
    desk.shows("✗ there is no lane F");
    desk.press("backspace").await;
    desk.types("a").await;
    desk.press("tab").await;
    desk.types("turns").await;
    desk.shows("✗ what is written is `turn` or `branch`, or nothing for all of it");
    desk.press("ctrl-u tab").await;
    desk.types("Ada(").await;
    desk.shows("✗ `Ada(` is no pattern: unclosed group");
    desk.press("backspace enter").await;
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("Hi [redacted].") && !text.contains("Ada"), "{text}");
    let sessions = abreast::exchange::read_sessions(&text).unwrap();
    assert_eq!(sessions[0].turns.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_turn_a_command_and_a_comparison_are_written_from_the_screen() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name).display().to_string();
    let desk = Desk::of(start(Size { columns: 200, rows: 40 }), super::replay::ScriptedConnect::default()).await;
    desk.sends("How long?").await;
    desk.answers(0, "Thirty days.").await;
    desk.press("alt-e ctrl-u").await;
    desk.shows("all of the session; or a letter");
    desk.shows("all; or turn, or branch: of the selected turn, or the last");
    desk.shows("nothing; or a regular expression");
    desk.types(&path("both.compare.md")).await;
    desk.shows("✗ a comparison is of two lanes or more, and of all that they said");
    desk.press("ctrl-u").await;
    desk.types(&path("turn.md")).await;
    desk.press("tab tab").await;
    desk.types("turn").await;
    desk.shows("✓ this turn as Markdown, with settings, figures and costs");
    desk.press("enter").await;
    let text = fs::read_to_string(path("turn.md")).unwrap();
    assert!(text.contains("Thirty days.") && !text.contains("### user"), "{text}");
    asks_for(&desk, &path("ask.sh")).await;
    desk.shows("✓ the last request of the session as a curl command, without the key");
    desk.press("enter").await;
    let command = fs::read_to_string(path("ask.sh")).unwrap();
    let again = abreast::exchange::read(&command).unwrap().conversations.remove(0);
    assert_eq!(again.messages.iter().map(|message| message.text.as_str()).collect::<Vec<_>>(), ["How long?"]);
    desk.press("alt-a").await;
    asks_for(&desk, &path("both.compare.md")).await;
    desk.shows("✓ the lanes side by side, with settings, figures and costs");
    desk.press("enter").await;
    let text = fs::read_to_string(path("both.compare.md")).unwrap();
    assert!(
        text.contains("\n|  | Lane A | Lane B |\n|---|---|---|\n| model | sage-1 @ lab | sage-1 @ lab |\n"),
        "{text}"
    );
}
