//! Tool calls decided about by keys, against the sandbox.

use super::{Terminal, ready, sandbox};

/// The workstation with the sample of the weather, after a question that calls it; the box has the keys.
pub(super) fn called(more: &[&str]) -> Terminal {
    let mut terminal = ready(sandbox(more));
    terminal.keys("\x1bf");
    terminal.wait_for("type to find a tool");
    terminal.keys("get_weather\r");
    terminal.wait_for("[✓] get_weather");
    terminal.keys("\x1b");
    terminal.wait("the list to close", |terminal| !terminal.shows("[✓] get_weather"));
    terminal.keys("What's the weather in Tokyo?\r");
    terminal.wait_for("get_weather · ? waits for you");
    terminal.keys("\r");
    terminal.wait_for("who answers");
    terminal
}

#[test]
fn a_call_is_answered_by_keys_and_the_answer_comes() {
    let mut terminal = called(&[]);
    terminal.keys("a");
    terminal.wait_for("Result of get_weather");
    terminal.keys("24 degrees and clear\x13");
    terminal.wait_for("says: 24 degrees and clear");
}

#[cfg(unix)]
#[test]
fn enter_that_is_held_gives_the_box_the_keys_and_decides_nothing() {
    let mut terminal = called(&[]);
    terminal.keys("c");
    terminal.wait_for("What answers get_weather");
    terminal.keys("\x01\x0b[\"cat\"]\r");
    terminal.wait_for("runs \"cat\"");
    terminal.keys("\x1b");
    terminal.wait_for("Enter decides");
    terminal.keys("\r\r\r\r\r\r");
    terminal.wait_for("no key decides for a moment");
    terminal.wait_for("who answers");
    assert!(terminal.shows("? waits for you"));
    terminal.keys("\r");
    terminal.wait_for("says: location is Tokyo");
}

#[cfg(unix)]
#[test]
fn a_command_that_is_approved_by_keys_answers_with_what_it_prints() {
    let mut terminal = called(&[]);
    terminal.keys("c");
    terminal.wait_for("What answers get_weather");
    // Ctrl+A, Ctrl+K: an empty line.
    terminal.keys("\x01\x0b[\"cat\"]\r");
    terminal.wait_for("runs \"cat\"");
    terminal.keys("\r");
    terminal.wait_for("says: location is Tokyo");
}
