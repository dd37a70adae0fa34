//! However the program ends or pauses, the terminal is as it was.

use std::collections::BTreeSet;

use rustix::process::Signal;

use super::stream::{modes_left, modes_set};
use super::{Launch, Terminal, ready, sandbox};
use crate::program::Home;

fn assert_clean(terminal: &Terminal) {
    assert_eq!(modes_left(&terminal.stream), BTreeSet::new());
    assert!(terminal.is_cooked());
    let screen = terminal.screen();
    assert!(!screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste());
}

#[test]
fn ctrl_c_twice_quits_with_a_clean_terminal_and_status_0() {
    let mut terminal = ready(sandbox(&[]));
    let modes = modes_set(&terminal.stream);
    for mode in ["1049", "2004", "1000", "1002", "1006", "keyboard"] {
        assert!(modes.contains(mode), "the program does not set {mode}, so this proves nothing: {modes:?}");
    }
    terminal.keys("\x03\x03");
    let (status, said) = terminal.end();
    assert_eq!((status.code(), said.as_str()), (Some(0), ""));
    assert_clean(&terminal);
}

#[test]
fn one_ctrl_c_clears_the_draft_and_quits_nothing() {
    let mut terminal = ready(sandbox(&[]));
    terminal.keys("a draft");
    terminal.wait_for("a draft");
    terminal.keys("\x03");
    terminal.wait("the draft is gone", |terminal| !terminal.shows("a draft"));
    terminal.keys("another");
    terminal.wait_for("another");
}

#[test]
fn a_signal_that_ends_the_program_leaves_the_terminal_clean() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT] {
        let mut terminal = ready(sandbox(&["--model", "sandbox-hang"]));
        terminal.keys("hello\r");
        terminal.wait_for("assistant");
        terminal.signal(signal);
        let (status, said) = terminal.end();
        assert_eq!(status.code(), Some(1), "{signal:?}");
        assert!(said.starts_with("To go on with this session: abreast --resume "), "{said}");
        assert_clean(&terminal);
    }
}

#[cfg(debug_assertions)]
#[test]
fn a_panic_leaves_the_terminal_clean_and_is_told_once() {
    let mut terminal = sandbox(&[]).with("ABREAST_PANIC", "1").start();
    let (status, said) = terminal.end();
    assert_eq!(status.code(), Some(101));
    assert_eq!(said.matches("a panic on demand").count(), 1, "{said}");
    assert_eq!(said.matches("panicked at").count(), 1, "{said}");
    assert_clean(&terminal);
}

#[test]
fn ctrl_z_gives_the_shell_its_terminal_and_fg_brings_the_screen_back() {
    let script = r#"set -m; "$0" --provider sandbox; echo "left $?"; read line; fg >/dev/null; echo "ended $?""#;
    let mut terminal = ready(Launch::shell(script));
    terminal.keys("kept draft");
    terminal.wait_for("kept draft");
    terminal.keys("\x1a");
    // 128 and the number of the signal: the shell saw a stop, not an end.
    let stopped = 128 + Signal::TSTP.as_raw();
    terminal.wait_for(&format!("left {stopped}"));
    assert_clean(&terminal);
    terminal.keys("\n");
    terminal.wait_for("kept draft");
    assert!(terminal.screen().alternate_screen() && terminal.screen().bracketed_paste() && !terminal.is_cooked());
    terminal.keys("\x03");
    terminal.wait("the draft is gone", |terminal| !terminal.shows("kept draft"));
    terminal.keys("\x03\x03");
    terminal.wait_for("ended 0");
    assert_clean(&terminal);
}

#[test]
fn a_dumb_terminal_is_left_alone() {
    let mut terminal = sandbox(&[]).with("TERM", "dumb").start();
    let (status, said) = terminal.end();
    assert_eq!((status.code(), terminal.stream.len()), (Some(2), 0));
    assert!(said.starts_with("This terminal (TERM=dumb) has no screen to draw on."), "{said}");
}

#[test]
fn without_a_terminal_the_program_says_so_and_ends_with_status_2() {
    let run = Home::new().run([""; 0]);
    let sentence =
        "The workstation needs a terminal on standard input and output. Use `abreast ask` in pipes and scripts.\n";
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (Some(2), "", sentence));
}
