//! How fast bytes become events, and events become deltas.
//!
//! `cargo bench --bench wire`. The bytes come in pieces of 16 KiB, as from a socket.

use abreast::api::{Decoder, SseParser};
use divan::counter::BytesCount;
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

const PIECE_BYTES: usize = 16 << 10;
const STREAM_BYTES: usize = 4 << 20;

/// Chunks as a server sends them, with `words` words in each.
fn stream(words: usize) -> Vec<u8> {
    let text = "the capital of France is ".repeat(words.div_ceil(5));
    let event = format!(
        "data: {{\"id\":\"chatcmpl-KH6Gn2e7Kl0pKdXavqYFnJ484kePbuVW\",\"object\":\"chat.completion.chunk\",\
         \"created\":1795361299,\"model\":\"gpt-5.1-2025-11-13\",\"service_tier\":\"default\",\"system_fingerprint\":null,\
         \"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\\n\"}},\"logprobs\":null,\"finish_reason\":null}}],\
         \"usage\":null,\"obfuscation\":\"Xk29fLq\"}}\n\n"
    );
    let mut stream = event.repeat(STREAM_BYTES.div_ceil(event.len())).into_bytes();
    stream.extend_from_slice(b"data: [DONE]\n\n");
    stream
}

/// One event that holds the whole text.
fn giant() -> Vec<u8> {
    stream(STREAM_BYTES / 5)
}

#[divan::bench(args = [1, 50, 1000])]
fn parse(bencher: Bencher<'_, '_>, words: usize) {
    parse_all(bencher, &stream(words));
}

#[divan::bench]
fn parse_one_giant_event(bencher: Bencher<'_, '_>) {
    parse_all(bencher, &giant());
}

#[divan::bench(args = [1, 50, 1000])]
fn decode(bencher: Bencher<'_, '_>, words: usize) {
    decode_all(bencher, &stream(words));
}

#[divan::bench]
fn decode_one_giant_event(bencher: Bencher<'_, '_>) {
    decode_all(bencher, &giant());
}

fn parse_all(bencher: Bencher<'_, '_>, stream: &[u8]) {
    bencher.counter(BytesCount::new(stream.len())).bench(|| {
        let mut parser = SseParser::new();
        let mut events = Vec::new();
        for piece in black_box(stream).chunks(PIECE_BYTES) {
            events.clear();
            let _ = black_box(parser.push(piece, &mut events));
        }
        events
    });
}

fn decode_all(bencher: Bencher<'_, '_>, stream: &[u8]) {
    bencher.counter(BytesCount::new(stream.len())).bench(|| {
        let mut decoder = Decoder::new();
        let mut deltas = Vec::new();
        for piece in black_box(stream).chunks(PIECE_BYTES) {
            deltas.clear();
            let _ = black_box(decoder.push(piece, &mut deltas));
        }
        deltas
    });
}
