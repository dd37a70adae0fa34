//! A user at work: typing, stopping, resizing, editing.

use super::{Launch, ready, sandbox};
use crate::program::Sandbox;

const LIMIT: &str = "cut at the token limit";

#[test]
fn without_any_configuration_the_sandbox_listens() {
    let mut terminal = Launch::new(&[]).start();
    terminal.wait_for("sandbox at sandbox listens.");
    assert!(terminal.screen().alternate_screen());
}

#[test]
fn enter_sends_and_the_reply_streams_in() {
    let mut terminal = ready(sandbox(&["--set", "max_tokens=12"]));
    terminal.keys("hello there\r");
    terminal.wait_for(LIMIT);
    let screen = terminal.screen().contents();
    let (asked, answered) = (screen.find("│ hello there").unwrap(), screen.find("assistant").unwrap());
    assert!(screen.find("│ you").unwrap() < asked && asked < answered, "{screen}");
    terminal.wait("the figures", |terminal| terminal.shows("→12"));
}

#[test]
fn json_mode_extracts_what_the_prompt_states_and_the_reply_conforms() {
    let mut terminal = ready(sandbox(&["--set", "response_format=json_object"]));
    terminal.keys("Extract info as JSON: John is 30 years old\r");
    terminal.wait_for("✓ conforms");
    assert!(terminal.shows("\"name\": \"John\"") && terminal.shows("\"age\": 30"));
}

#[test]
fn esc_stops_a_stream_that_would_never_end() {
    let mut terminal = ready(sandbox(&["--model", "sandbox-hang"]));
    terminal.keys("hello\r");
    terminal.wait("the first words", |terminal| terminal.shows("assistant") && !terminal.shows("waiting"));
    terminal.keys("\x1b");
    terminal.wait_for("stopped");
}

#[test]
fn a_resize_in_the_middle_of_a_stream_takes_the_new_width() {
    let sandbox = Sandbox::start(40);
    let set = ["--base-url", &sandbox.base_url, "--model", "sandbox", "--set", "max_tokens=15"];
    let mut terminal = ready(Launch::new(&set));
    terminal.keys("hello\r");
    terminal.wait("the first words", |terminal| terminal.shows("assistant") && !terminal.shows("waiting"));
    terminal.resize(72, 22);
    terminal.wait_for(LIMIT);
    let screen = terminal.screen();
    let corners: Vec<&str> = (0..22).filter_map(|row| Some(screen.cell(row, 71)?.contents())).collect();
    assert!(corners.contains(&"┐") && corners.contains(&"┘"), "{}", screen.contents());
}

#[test]
fn a_terminal_too_small_for_panes_shows_a_hint_and_comes_back() {
    let mut terminal = sandbox(&[]).sized(10, 3).start();
    terminal.wait_for("abreast");
    for (columns, rows) in [(1, 1), (3, 1), (1, 40), (200, 2), (10, 3)] {
        terminal.resize(columns, rows);
        terminal.keys("x\x1b[A");
    }
    terminal.resize(100, 30);
    terminal.wait_for("xxxxx");
}

#[test]
fn a_pasted_text_stays_one_draft_whatever_is_in_it() {
    let mut terminal = ready(sandbox(&[]));
    terminal.paste("first line\nsecond line\x1b]0;owned\x07 end");
    terminal.wait("the paste", |terminal| terminal.shows("first line") && terminal.shows("second line"));
    terminal.wait_for("end");
    assert!(!terminal.shows("assistant"), "a paste is never a send");
}

/// A terminal without bracketed paste, or a script that types.
#[cfg(target_os = "linux")]
#[test]
fn a_burst_of_keys_is_taken_in_to_its_last() {
    let mut terminal = ready(sandbox(&[]));
    terminal.keys(&format!("{} the end", "keys ".repeat(500)));
    terminal.wait_for("the end");
}

/// As vim takes it: Ctrl+C is a signal to all programs in the foreground.
#[test]
fn ctrl_c_in_the_editor_is_the_editors_alone() {
    let launch = sandbox(&[]);
    let script = "trap '' INT QUIT\nkill -INT 0\nkill -QUIT 0\nprintf ' survives' >> \"$1\"\n";
    let editor = launch.home().write("editor.sh", script);
    let mut terminal = ready(launch.with("EDITOR", format!("sh {}", editor.display())));
    terminal.keys("the draft\x07");
    terminal.wait_for("the draft survives");
    terminal.keys(" and goes on");
    terminal.wait_for("the draft survives and goes on");
}

#[test]
fn ctrl_g_edits_the_draft_in_a_terminal_that_is_the_editors_own() {
    let launch = sandbox(&[]);
    let editor = launch.home().write(
        "editor.sh",
        "stty -a | grep -q -e -icanon && mode=raw || mode=cooked\nprintf ', edited in %s mode' $mode >> \"$1\"\n",
    );
    let mut terminal = ready(launch.with("EDITOR", format!("sh {}", editor.display())));
    terminal.keys("my draft");
    terminal.wait_for("my draft");
    terminal.keys("\x07");
    terminal.wait_for("my draft, edited in cooked mode");
    assert!(terminal.screen().alternate_screen() && !terminal.is_cooked());
}
