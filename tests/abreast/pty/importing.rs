//! `abreast import` on a terminal: how far it is can be seen, and whatever it is given it ends with a sentence.

use std::fs::OpenOptions;
use std::io::Write;
use std::process::Command;

use super::Launch;

/// A conversation of one message on a line of its own.
fn conversation(said: &str) -> String {
    format!("{{\"messages\": [{{\"role\": \"user\", \"content\": \"{said}\"}}]}}\n")
}

#[test]
fn how_much_is_read_and_how_many_sessions_are_in_is_seen_while_it_goes_on() {
    // On a terminal, unlike what the harness makes of it.
    let launch = Launch::shell("\"$0\" import chats 2>&1");
    let pipe = launch.home().path().join("chats");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut terminal = launch.start();
    let mut far = OpenOptions::new().write(true).open(&pipe).unwrap();
    let blanks = vec![b'\n'; 3 << 20];
    far.write_all(conversation("One?").as_bytes()).unwrap();
    far.write_all(&blanks).unwrap();
    // The rest waits until it was seen.
    terminal.wait_for("chats: 1 MiB read");
    far.write_all(conversation("Two?").as_bytes()).unwrap();
    drop(far);
    terminal.wait_for("Imported: 2 sessions, 2 turns.");
    let (status, _) = terminal.end();
    assert_eq!(status.code(), Some(0));
    let sent = String::from_utf8_lossy(&terminal.stream).into_owned();
    assert!(sent.contains("chats: ──────────────────── 0/2 sessions"), "{sent}");
    // The line is gone when all is said.
    assert_eq!(terminal.screen().contents().trim(), "Imported: 2 sessions, 2 turns.");
}
