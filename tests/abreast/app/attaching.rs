//! Files that go with a message: chosen, shown, taken out again, sent, edited, queued.

use std::fs;

use abreast::chat::Attachment;
use abreast::state::Size;
use serde_json::{Value, json};

use super::console::Asked;
use super::*;

const GIF: &[u8] = b"GIF89a\x20\x03\x58\x02";
const GIF_URL: &str = "data:image/gif;base64,R0lGODlhIANYAg==";

/// A directory with files, and what its path is written as.
fn home() -> (tempfile::TempDir, String) {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name);
    fs::write(path("report.md"), "one\n".repeat(3000)).unwrap();
    fs::write(path("cat.gif"), GIF).unwrap();
    fs::write(path("tool.bin"), [0, 1, 2]).unwrap();
    fs::write(path(".hidden"), "x").unwrap();
    fs::create_dir(path("sub")).unwrap();
    fs::write(path("sub/deep file.txt"), "deep").unwrap();
    let root = home.path().to_string_lossy().into_owned();
    (home, root)
}

/// The clock stands, and files are read on other threads: lets these come to their end.
async fn reads(desk: &Desk) {
    for _ in 0..20 {
        desk.settle().await;
    }
}

/// The content of a request's last message as it is sent.
fn content(desk: &Desk, place: usize) -> Value {
    let mut request = desk.request(place);
    request.images.fill(&mut request.messages);
    request.messages.pop().unwrap()["content"].take()
}

/// What was copied last.
fn copied(desk: &Desk) -> String {
    let mut copies = desk
        .screen
        .asked()
        .into_iter()
        .filter_map(|asked| if let Asked::Copy(text) = asked { Some(text) } else { None });
    copies.next_back().unwrap()
}

fn framed(name: &str, text: &str) -> Value {
    json!({"type": "text", "text": format!("```{name}\n{text}\n```")})
}

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

#[tokio::test(start_paused = true)]
async fn a_path_is_completed_taken_as_a_chip_and_sent_before_the_text() {
    let (_home, root) = home();
    let desk = Desk::open().await;
    desk.types(&format!("Sum up @{root}/")).await;
    reads(&desk).await;
    desk.shows("4 files");
    desk.shows("▸ sub/");
    desk.shows("report.md");
    desk.hides(".hidden");
    desk.types("REP").await;
    desk.hides("cat.gif");
    desk.press("tab").await;
    reads(&desk).await;
    desk.shows("Sum up report.md");
    desk.shows("⎘ report.md 12 kB ~6.2k tok ✕");
    desk.types("in a line").await;
    desk.press("enter").await;
    assert_eq!(
        content(&desk, 0),
        json!([framed("report.md", &"one\n".repeat(3000)), text("Sum up report.md in a line")])
    );
    desk.hides("tok ✕");
    desk.shows("⎘ report.md 12 kB");
    desk.press("up").await;
    desk.shows("tok ✕");
}

#[tokio::test(start_paused = true)]
async fn the_list_goes_into_directories_and_can_be_left() {
    let (_home, root) = home();
    let desk = Desk::open().await;
    desk.types(&format!("@{root}/")).await;
    reads(&desk).await;
    desk.press("up").await;
    desk.shows("▸ tool.bin");
    desk.press("down enter").await;
    reads(&desk).await;
    desk.shows("▸ deep file.txt");
    desk.press("esc").await;
    desk.hides("▸ deep file.txt");
    desk.types("d").await;
    desk.hides("▸ deep file.txt");
    desk.types(" and ").await;
    desk.press("ctrl-t").await;
    desk.types(&format!("{root}/sub/")).await;
    reads(&desk).await;
    desk.press("tab").await;
    reads(&desk).await;
    desk.shows("⎘ deep file.txt 4 B ~1 tok ✕");
    desk.types(&format!(" @{root}/.h")).await;
    reads(&desk).await;
    desk.shows("▸ .hidden");
}

#[tokio::test(start_paused = true)]
async fn a_draft_is_looked_up_when_it_is_sent_and_what_names_no_file_stays_text() {
    let (_home, root) = home();
    let desk = Desk::open().await;
    let written = format!("Mail ada@example.org, @override; see (@{root}/cat.gif). @src");
    desk.pastes(&written).await;
    desk.press("enter").await;
    reads(&desk).await;
    // Nobody has seen yet that a file would go out.
    desk.shows("cat.gif goes with the message: Enter sends it.");
    desk.shows("⎘ cat.gif 10 B 800×600 n/a tok ✕");
    assert_eq!(desk.connect.count(), 0);
    desk.press("enter").await;
    let image = json!({"type": "image_url", "image_url": {"url": GIF_URL}});
    let said = "Mail ada@example.org, @override; see (cat.gif). @src";
    assert_eq!(content(&desk, 0), json!([image, text(said)]));
    desk.shows("⎘ cat.gif 10 B 800×600");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_while_a_named_file_cannot_be() {
    let (_home, root) = home();
    let desk = Desk::open().await;
    for (name, why) in
        [("tool.bin", "cannot be attached: it is binary."), ("sub", "cannot be attached: it is a directory.")]
    {
        desk.pastes(&format!("See @{root}/cat.gif and @{root}/{name}")).await;
        desk.press("enter").await;
        reads(&desk).await;
        desk.shows("Nothing was sent");
        desk.shows(why.split(": ").last().unwrap());
        desk.shows(&format!("@{root}/{name}"));
        desk.press("ctrl-c").await;
    }
    desk.types(&format!("@{root}/report")).await;
    reads(&desk).await;
    fs::remove_file(format!("{root}/report.md")).unwrap();
    desk.press("enter").await;
    reads(&desk).await;
    desk.shows("there any more.");
    desk.hides("tok ✕");
    assert_eq!(desk.connect.count(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_chip_is_taken_out_by_a_key_and_by_the_mouse() {
    let (_home, root) = home();
    let desk = Desk::open().await;
    desk.pastes(&format!("@{root}/cat.gif @{root}/report.md @{root}/none")).await;
    desk.press("home").await;
    desk.types("x ").await;
    // Sending attaches them; the lane has no model, so that nothing goes out.
    for name in ["cat.gif", "report.md"] {
        desk.press("ctrl-c").await;
        desk.types(&format!("@{root}/{name}")).await;
        reads(&desk).await;
        desk.press("tab").await;
        reads(&desk).await;
        desk.shows("✕");
        if name == "cat.gif" {
            desk.press("home backspace").await;
            desk.shows("cat.gif does not go with the message any more.");
        } else {
            desk.clicks_behind("~6.2k tok ").await;
            desk.shows("report.md does not go with the message any more.");
        }
        desk.hides("✕");
        desk.shows(name);
    }
}

/// Two lanes, the first at `lab`, the second at `shop`.
async fn two_lanes() -> Desk {
    let desk = Desk::of(start(Size { columns: 200, rows: 50 }), super::replay::ScriptedConnect::default()).await;
    desk.press("alt-a").await;
    desk
}

async fn attaches(desk: &Desk, root: &str, name: &str) {
    desk.types(&format!("@{root}/{name}")).await;
    reads(desk).await;
    desk.press("tab").await;
    reads(desk).await;
}

#[tokio::test(start_paused = true)]
async fn two_lanes_share_the_bytes_and_an_edit_brings_the_file_back() {
    let (_home, root) = home();
    let desk = two_lanes().await;
    attaches(&desk, &root, "cat.gif").await;
    desk.shows("? A B: not known whether the model takes images");
    desk.types("what?").await;
    desk.press("enter").await;
    assert_eq!(content(&desk, 0), content(&desk, 1));
    assert!(serde_json::to_string(&desk.request(0).messages).unwrap().len() < 300, "the message holds no image");
    desk.answers(0, "A cat.").await;
    desk.answers(1, "A dog.").await;
    desk.press("shift-tab shift-tab e").await;
    desk.shows("editing · to");
    desk.shows("⎘ cat.gif 10 B 800×600 n/a tok ✕");
    desk.types(" Again.").await;
    desk.press("enter").await;
    assert_eq!(content(&desk, 2)[1], text("cat.gif what? Again."));
    let (_, state) = desk.closed().await;
    let places: Vec<*const u8> = (state.session.turns.iter().flat_map(|turn| &turn.attachments))
        .map(|image: &Attachment| image.bytes().unwrap().as_ptr())
        .collect();
    assert!(places.len() >= 2 && places.iter().all(|place| *place == places[0]), "{places:?}");
}

#[tokio::test(start_paused = true)]
async fn a_message_that_waits_keeps_its_files_and_gives_them_back() {
    let (_home, root) = home();
    let desk = Desk::open().await;
    desk.sends("Hello").await;
    attaches(&desk, &root, "cat.gif").await;
    desk.press("enter").await;
    desk.shows("waits for A: ⎘1 cat.gif");
    desk.press("alt-q").await;
    desk.shows("n/a tok ✕");
    desk.press("enter").await;
    desk.hides("✕");
    desk.answers(0, "Hi.").await;
    assert_eq!(content(&desk, 1)[1], text("cat.gif "));
}

#[tokio::test(start_paused = true)]
async fn a_dropped_image_is_offered_and_other_paths_are_not() {
    let (_home, root) = home();
    let desk = Desk::open().await;
    desk.pastes(&format!("{root}/report.md ")).await;
    reads(&desk).await;
    desk.hides("attaches it");
    desk.press("ctrl-c").await;
    desk.types("See ").await;
    desk.pastes(&format!("file://{root}/cat.gif")).await;
    reads(&desk).await;
    desk.shows("cat.gif is an image (10 B, 800×600): Ctrl+T attaches it.");
    desk.press("ctrl-t").await;
    desk.hides("attaches it");
    desk.shows("See cat.gif");
    desk.shows("⎘ cat.gif 10 B 800×600 n/a tok ✕");
}

#[tokio::test(start_paused = true)]
async fn the_request_shows_the_beginning_of_an_image_and_copies_the_whole() {
    let (_home, root) = home();
    let desk = Desk::of(start(Size { columns: 200, rows: 50 }), super::replay::ScriptedConnect::default()).await;
    attaches(&desk, &root, "cat.gif").await;
    desk.press("f6").await;
    desk.shows("data:image/gif;base64,R0lGODlhIANY… (10 bytes, sha256 ");
    desk.press("shift-tab shift-tab y").await;
    assert!(copied(&desk).contains(GIF_URL));
    desk.press("c").await;
    assert!(copied(&desk).contains(GIF_URL));
    desk.press("f6 esc enter").await;
    desk.answers(0, "A cat.").await;
    desk.press("shift-tab shift-tab i").await;
    desk.shows("⎘ cat.gif · image/gif · 10 B · 800×600");
    desk.shows("data:image/gif;base64,R0lGODlhIANY… (10 bytes, sha256 ");
    desk.press("y").await;
    assert!(copied(&desk).contains(GIF_URL));
}

#[tokio::test(start_paused = true)]
async fn a_request_with_an_image_is_opened_as_a_chip_and_sent_as_it_was() {
    let desk = Desk::open().await;
    let body = json!({"model": "m", "messages": [{"role": "user", "content": [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": GIF_URL, "detail": "low"}}]}]});
    desk.pastes(&body.to_string()).await;
    desk.press("alt-v").await;
    desk.shows("⎘ image-1.gif 10 B 800×600");
    desk.hides("base64");
    desk.press("alt-r").await;
    assert_eq!(content(&desk, 0), body["messages"][0]["content"]);
}
