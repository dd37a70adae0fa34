//! What is written to the terminal, byte by byte: colours, hostile replies, how much and when.

use std::io::Write;
use std::net::TcpListener;
use std::time::Duration;

use super::stream::{Piece, colours, pieces};
use super::{Launch, Terminal, ready, sandbox};
use crate::program::take_request;
use crate::server::stream_head;

const WELCOME: &str = "Type a message";

#[test]
fn a_light_background_brings_the_light_theme() {
    let mute = ready(sandbox(&[])).colour(WELCOME);
    let mut dark = ready(sandbox(&[]).answering("rgb:1111/1111/1111"));
    dark.keys("x");
    dark.wait_for("│ x ");
    assert_eq!(dark.colour(WELCOME), mute, "an unknown background is taken for a dark one");
    let mut light = ready(sandbox(&[]).answering("rgb:ffff/ffff/ffff"));
    light.wait("other colours", |terminal| terminal.shows(WELCOME) && terminal.colour(WELCOME) != mute);
    assert!(!light.shows("rgb"), "the answer is not typed into the draft");
}

#[test]
fn no_color_means_no_colour() {
    let mut coloured = talked(sandbox(&["--model", "sandbox-markdown"]));
    assert!(!colours(&coloured.stream).is_empty());
    let mut plain = talked(sandbox(&["--model", "sandbox-markdown"]).with("NO_COLOR", "1"));
    assert_eq!(colours(&plain.stream).into_iter().collect::<Vec<_>>(), [""; 0]);
    for terminal in [&mut coloured, &mut plain] {
        terminal.keys("\x03\x03");
    }
}

/// A session with one question and its whole answer.
fn talked(launch: Launch) -> Terminal {
    let mut terminal = ready(launch);
    terminal.keys("hello\r");
    terminal.wait("the figures", |terminal| terminal.shows("→") && terminal.shows("tok/s"));
    terminal
}

#[test]
fn a_hostile_reply_puts_nothing_of_its_own_into_the_stream() {
    let mut terminal = ready(sandbox(&["--model", "sandbox-hostile"]).with("NO_COLOR", "1"));
    terminal.keys("hello\r");
    terminal.wait("the answer's end", |terminal| terminal.shows("Unclosed"));
    terminal.keys("\x1b[5~\x1b[5~\x1b[6~");
    terminal.wait("the figures", |terminal| terminal.shows("→"));
    assert!(terminal.screen().alternate_screen(), "still on its screen");
    for piece in pieces(&terminal.stream) {
        match piece {
            Piece::Text(text) => assert!(!text.chars().any(is_dangerous), "{:?}", text.escape_unicode().to_string()),
            Piece::Csi { private: None, params, last } => {
                let title = last == 't' && (params == "22;0" || params == "23;0");
                let own = title || matches!(last, 'G' | 'H' | 'X' | 'm' | 'J' | 'K' | 'A' | 'B' | 'C' | 'D');
                assert!(own && !params.split(';').any(|param| last == 'm' && param == "8"), "CSI {params}{last}");
            }
            Piece::Csi { private, params, last } => {
                let modes = ["1049h", "2004h", "1000h", "1002h", "1006h", "25h", "25l", "2026h", "2026l", "1u"];
                assert!(modes.contains(&format!("{params}{last}").as_str()), "CSI {private:?}{params}{last}");
            }
            Piece::Osc(body) => assert!(body == "11;?" || body.contains("abreast"), "OSC {body}"),
            Piece::Other(sign) => panic!("ESC {sign}"),
        }
    }
}

/// What drives a terminal or hides in a text: controls, C1 controls, bidi, invisible signs.
fn is_dangerous(sign: char) -> bool {
    let invisible = matches!(sign, '\u{200b}' | '\u{ad}' | '\u{feff}' | '\u{2060}'..='\u{2064}');
    let bidi = matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let tag = matches!(sign, '\u{e0000}'..='\u{e007f}');
    sign.is_control() || invisible || bidi || tag
}

/// The worst case: each delta has a frame of its own, since the next one comes only when the screen shows the last.
#[test]
fn a_reply_of_2_kb_costs_less_than_40_kb_on_a_wide_terminal() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
    let mut terminal = ready(Launch::new(&["--base-url", &base_url, "--model", "m"]).sized(200, 50));
    let before = terminal.stream.len();
    terminal.keys("hello\r");
    let (mut socket, _) = listener.accept().unwrap();
    take_request(&mut socket);
    socket.write_all(&stream_head()).unwrap();
    let mut reply = 0;
    for number in 100..328 {
        let word = format!("word {number}{}", if number % 50 == 0 { ".\n\n" } else { " " });
        reply += word.len();
        socket.write_all(&delta(&word)).unwrap();
        terminal.wait_for(&format!("word {number}"));
    }
    socket.write_all(b"data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n").unwrap();
    terminal.wait_for("n/a");
    let written = terminal.stream.len() - before;
    println!("{written} bytes to the terminal for a reply of {reply} bytes at 200x50");
    assert!(reply >= 2048 && written < 40_000, "{written} bytes for {reply}");
}

fn delta(text: &str) -> Vec<u8> {
    format!("data: {}\n\n", serde_json::json!({"choices": [{"index": 0, "delta": {"content": text}}]})).into_bytes()
}

/// Needs a quiet second: no timer, no poll, no frame. The kernel counts the switches.
#[cfg(target_os = "linux")]
#[test]
fn an_idle_program_neither_writes_nor_wakes() {
    let mut terminal = ready(sandbox(&["--set", "max_tokens=12"]));
    terminal.keys("hello\r");
    terminal.wait_for("cut at the token limit");
    // The first seconds are not idle: connections to local servers are tried, threads end. One quiet second proves that
    // nothing recurs.
    let quiet = (0..15).any(|_| {
        let before = switches(&terminal);
        terminal.is_silent_for(Duration::from_secs(1)) && switches(&terminal) == before
    });
    assert!(quiet, "the program wakes up every second");
}

/// How often the program's threads went to sleep so far.
#[cfg(target_os = "linux")]
fn switches(terminal: &Terminal) -> u64 {
    let tasks = format!("/proc/{}/task", terminal.pid());
    let statuses = std::fs::read_dir(tasks).unwrap().filter_map(|task| {
        let status = std::fs::read_to_string(task.ok()?.path().join("status")).ok()?;
        let count = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?;
        count.trim().parse::<u64>().ok()
    });
    statuses.sum()
}
