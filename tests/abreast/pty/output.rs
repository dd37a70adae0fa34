//! What is written to the terminal: frame by frame, and never more than what changed.

use std::time::Duration;

use super::drip::Drip;
use super::stream::{Piece, pieces};
use super::{Launch, Terminal, ready};

/// Bytes of a frame in which one word came, 65 when this was written: the word, its colours, and the cursor.
const WORD_BYTES: usize = 100;

/// Bytes of a frame that paints what a reply has cost, too, which happens four times a second.
const FIGURES_BYTES: usize = 600;

const SYNC_BEGIN: &[u8] = b"\x1b[?2026h";
const SYNC_END: &[u8] = b"\x1b[?2026l";

fn asked(drip: &Drip) -> Terminal {
    let mut terminal = ready(Launch::new(&["--base-url", &drip.base_url, "--model", "m"]));
    terminal.keys("Go\r");
    drip.says("Begun.");
    terminal.wait_for("Begun.");
    terminal
}

fn find(bytes: &[u8], mark: &[u8]) -> Option<usize> {
    bytes.windows(mark.len()).position(|window| window == mark)
}

/// The synchronized updates of a stream, without their marks, and all that is outside of them.
fn frames(mut bytes: &[u8]) -> (Vec<&[u8]>, Vec<u8>) {
    let (mut frames, mut outside) = (Vec::new(), Vec::new());
    while let Some(begin) = find(bytes, SYNC_BEGIN) {
        outside.extend_from_slice(&bytes[..begin]);
        let frame = &bytes[begin + SYNC_BEGIN.len()..];
        let end = find(frame, SYNC_END).expect("an update that is begun is ended");
        assert_eq!(find(&frame[..end], SYNC_BEGIN), None, "an update within an update");
        frames.push(&frame[..end]);
        bytes = &frame[end + SYNC_END.len()..];
    }
    outside.extend_from_slice(bytes);
    (frames, outside)
}

/// How often all of the screen is cleared.
fn clears(bytes: &[u8]) -> usize {
    let all = Piece::Csi { private: None, params: "2".to_owned(), last: 'J' };
    pieces(bytes).iter().filter(|piece| **piece == all).count()
}

#[test]
fn every_frame_is_one_synchronized_update_and_only_a_resize_clears_the_screen() {
    let drip = Drip::start();
    let mut terminal = asked(&drip);
    let begun = clears(&terminal.stream);
    for line in 0..40 {
        drip.says(&format!("Line {line}.\n\n"));
        terminal.wait_for(&format!("Line {line}."));
    }
    for keys in ["a draft", "\x1b[5~", "\x1b[6~", "\x1bOP", "\x1b"] {
        terminal.keys(keys);
        terminal.watch(Duration::from_millis(20));
    }
    drip.ends();
    terminal.wait("the draft without help over it", |terminal| terminal.shows("a draft") && terminal.shows("Line 39."));
    assert_eq!(clears(&terminal.stream), begun, "cleared though the size stayed");
    terminal.resize(90, 28);
    terminal
        .wait("a screen for the new size", |terminal| clears(&terminal.stream) > begun && terminal.shows("Line 39."));
    terminal.watch(Duration::from_millis(60));
    let (frames, outside) = frames(&terminal.stream);
    assert!(frames.len() > 40, "{} frames", frames.len());
    let written: Vec<Piece> = pieces(&outside).into_iter().filter(|piece| matches!(piece, Piece::Text(_))).collect();
    assert_eq!(written, [], "text outside of a frame");
}

#[test]
fn a_word_of_a_reply_costs_the_terminal_a_few_bytes() {
    let drip = Drip::start();
    let mut terminal = asked(&drip);
    let before = terminal.stream.len();
    let words: Vec<String> = (10..22).map(|word| format!(" w{word}")).collect();
    for word in &words {
        drip.says(word);
        terminal.wait_for(word);
    }
    // What the reply has cost is painted a little later.
    let came = frames(&terminal.stream[before..]).0.len();
    terminal.wait("the figures", |terminal| frames(&terminal.stream[before..]).0.len() > came);
    let (frames, outside) = frames(&terminal.stream[before..]);
    let mut sizes: Vec<usize> = frames.iter().map(|frame| frame.len()).collect();
    sizes.sort_unstable();
    assert_eq!(outside, b"", "bytes outside of a frame");
    let (least, most) = (sizes[0], sizes[sizes.len() - 1]);
    assert!(least <= WORD_BYTES && most <= FIGURES_BYTES, "bytes of frames: {sizes:?}");
}

#[test]
fn a_key_that_changes_nothing_costs_no_byte() {
    let mut terminal = ready(Launch::new(&["--provider", "sandbox"]));
    terminal.watch(Duration::from_millis(60));
    terminal.keys("\x1b[D");
    assert!(terminal.is_silent_for(Duration::from_millis(150)));
}
