//! What the draw path and a piece of a reply allocate: counted by thread, so that no clock and no other test matters.
//!
//! A crate of its own, since the counting allocator takes the place of the usual one in all that it links.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use abreast::api::Decoder;
use allocation_counter::{AllocationInfo, measure};
use crossterm::event::KeyCode;

#[path = "../benches/shared/reply.rs"]
#[expect(dead_code, reason = "whole replies are for benches")]
mod reply;
#[path = "../benches/shared/session.rs"]
#[expect(dead_code, reason = "sessions on disk are for benches")]
mod session;
#[path = "../benches/shared/workstation.rs"]
#[expect(dead_code, reason = "scrolling is for benches")]
mod workstation;

use workstation::{Drawn, Workstation};

/// Pieces after which everything that is loaded once is loaded, and every buffer has its size.
const WARM: usize = 200;

/// A reply whose every part is like the ones before, as the events of its tokens.
fn events(opening: &str, part: &str, count: usize) -> Vec<String> {
    let text = [opening, &part.repeat(count * 5 / part.len() + 1)].concat();
    let events = reply::tokens(&text).into_iter().map(reply::event);
    events.take(count).collect()
}

/// Parses a piece, takes it in, and draws the frame that shows it.
fn piece(desk: &mut Workstation, decoder: &mut Decoder, event: &str) -> Drawn {
    let mut deltas = Vec::new();
    decoder.push(event.as_bytes(), &mut deltas).expect("a chunk");
    for delta in deltas {
        desk.says(0, delta);
    }
    desk.grow()
}

/// What the pieces of a reply allocate: the first `pieces`, and as many after them.
fn streamed(opening: &str, part: &str, pieces: usize) -> [AllocationInfo; 2] {
    let events = events(opening, part, WARM + 2 * pieces);
    let (mut desk, mut decoder) = (Workstation::new(1, 120, 40), Decoder::new());
    desk.asks();
    desk.draw();
    let mut patches = 0;
    let mut some = |events: &[String]| {
        for event in events {
            patches += usize::from(piece(&mut desk, &mut decoder, event) == Drawn::Patch);
        }
    };
    some(&events[..WARM]);
    let (first, second) = events[WARM..].split_at(pieces);
    let counted = [first, second].map(|events| measure(|| some(events)));
    assert!(patches * 2 > events.len(), "most frames are patches: {patches} of {}", events.len());
    counted
}

/// What a piece may cost, its frame included.
struct Most {
    allocations: u64,
    bytes: u64,
}

/// Each piece of a reply costs this or less, and those of its second half no more than those of its first.
fn is_flat(opening: &str, part: &str, most: &Most) {
    const PIECES: u64 = 400;
    let [first, second] = streamed(opening, part, PIECES as usize);
    let counts = [first, second].map(|info| info.count_total);
    let bytes = [first, second].map(|info| info.bytes_total);
    let costs = format!("allocations {counts:?}, bytes {bytes:?} for {PIECES} pieces and {PIECES} more");
    assert!(counts[1] * 100 <= counts[0] * 105, "a later piece allocates more often: {costs}");
    assert!(bytes[1] * 100 <= bytes[0] * 105, "a later piece allocates more: {costs}");
    assert!(counts[0] <= most.allocations * PIECES, "more than {} for each piece: {costs}", most.allocations);
    assert!(bytes[0] <= most.bytes * PIECES, "more than {} bytes for each piece: {costs}", most.bytes);
}

#[test]
fn a_piece_of_prose_allocates_the_same_however_long_the_reply_is() {
    let most = Most { allocations: 90, bytes: 40_000 };
    is_flat("", "A sentence with **bold** words, `code` and snake_case in it, and then one more.\n\n", &most);
}

#[test]
fn a_piece_of_code_allocates_the_same_however_long_its_block_is() {
    let most = Most { allocations: 200, bytes: 72_000 };
    is_flat("```rust\n", "    let total = left + right; // sum\n", &most);
}

#[test]
fn a_piece_of_a_table_allocates_the_same_however_long_the_reply_is() {
    let most = Most { allocations: 260, bytes: 68_000 };
    is_flat("", "| a | b |\n|---|---|\n| a cell | **another** one |\n\nAnd a line.\n\n", &most);
}

#[test]
fn an_event_is_decoded_with_few_allocations_and_no_more_in_a_long_stream() {
    let counted = |count: usize| {
        let bytes = events("", "word ", count).concat();
        let mut deltas = Vec::with_capacity(count);
        let mut decoder = Decoder::new();
        measure(|| {
            for piece in bytes.as_bytes().chunks(16 << 10) {
                decoder.push(piece, &mut deltas).expect("chunks");
            }
        })
        .count_total
    };
    let (some, more) = (counted(1_000), counted(2_000));
    assert!(more <= some * 2, "{some} allocations for 1,000 events, {more} for 2,000");
    assert!(some <= 3_050, "{some} allocations for 1,000 events");
}

/// The allocations of a frame when nothing changed, and of a key with its frame, in a session of so many turns.
fn frame_and_key(turns: u32) -> [u64; 2] {
    let mut desk = Workstation::new(1, 120, 40);
    desk.resume(session::saved(turns));
    desk.draw();
    // The first key finds turns that were never counted.
    desk.key(KeyCode::Char('a'));
    desk.draw();
    let frame = measure(|| desk.draw());
    desk.key(KeyCode::Char('b'));
    desk.draw();
    let key = measure(|| {
        desk.key(KeyCode::Char('c'));
        desk.draw();
    });
    [frame.count_total, key.count_total]
}

#[test]
fn a_frame_and_a_key_allocate_the_same_in_a_session_of_10_turns_and_of_1000() {
    let [small, large] = [frame_and_key(10), frame_and_key(1_000)];
    assert!(small[0] > 0, "the allocations of this thread are counted");
    // Sums of more digits are written with separators.
    for (large, small) in large.into_iter().zip(small) {
        assert!(large.abs_diff(small) * 50 <= small, "{small} allocations with 10 turns, {large} with 1,000");
    }
}

/// What it takes to send a message in a session of so many turns: what is allocated, how many turns are looked at to be
/// counted, and the bytes of the session's text.
fn sent(turns: u32) -> (AllocationInfo, u64, u64) {
    let mut desk = Workstation::new(1, 120, 40);
    desk.resume(session::saved(turns));
    "tell me".chars().for_each(|letter| desk.key(KeyCode::Char(letter)));
    let looked = desk.state.meter.looked;
    let counted = measure(|| desk.key(KeyCode::Enter));
    assert!(desk.state.lanes[0].status.live().is_some(), "the message is sent");
    let text = desk.state.session.turns.iter().map(|turn| turn.text.len() as u64).sum();
    (counted, desk.state.meter.looked - looked, text)
}

#[test]
fn a_message_in_a_session_of_1000_turns_copies_its_text_once_and_takes_nothing_of_it_apart() {
    let [(small, _, _), (large, looked, text)] = [sent(10), sent(1_000)];
    assert!(looked <= 4, "{looked} turns are looked at to be counted");
    let more = large.count_total.saturating_sub(small.count_total);
    // Lists of turns that grow.
    assert!(more <= 60, "{} allocations with 10 turns, {} with 1,000", small.count_total, large.count_total);
    let bytes = large.bytes_total.saturating_sub(small.bytes_total);
    assert!(bytes * 10 <= text * 13, "{bytes} bytes more for {text} bytes of text");
}
