//! What a streamed reply costs: parsed and rendered in small deltas, and in one go; and what the wrapping of it costs.
//!
//! `cargo bench --bench markdown`.

use abreast::text::markdown::{StreamingMarkdown, render};
use abreast::text::{Span, StyleRole, Wrap, wrap};
use divan::counter::BytesCount;
use divan::{Bencher, black_box};

/// Bytes that a delta of a streamed reply brings.
const DELTA_BYTES: usize = 5;
const LANE_CELLS: u16 = 80;

fn main() {
    divan::main();
}

const MIXED: &str = include_str!("../src/text/markdown/rich.md");

fn repeated(part: &str, bytes: usize) -> String {
    part.repeat(bytes / part.len() + 1)
}

fn stream(source: &str) -> usize {
    let mut stream = StreamingMarkdown::new(LANE_CELLS);
    for end in (0..source.len()).step_by(DELTA_BYTES) {
        stream.update(&source[..source.floor_char_boundary(end)]);
    }
    stream.update(source);
    stream.len()
}

/// Streams a text twice as long to show whether the time doubles with it.
#[divan::bench(sample_count = 1, args = [500_000, 1_000_000])]
fn streamed_mixed(bencher: Bencher<'_, '_>, bytes: usize) {
    // `[^1]: The` is a link definition until the line goes on: each copy would have all notes above written again.
    let source = repeated(&MIXED.replace("[^1]", "(1)"), bytes);
    bencher.bench_local(|| stream(black_box(&source)));
}

#[divan::bench(sample_count = 1, args = [100_000, 200_000])]
fn streamed_paragraph(bencher: Bencher<'_, '_>, bytes: usize) {
    let source = repeated("A sentence with **bold** words, `code` and snake_case in it. ", bytes);
    bencher.bench_local(|| stream(black_box(&source)));
}

#[divan::bench(sample_count = 1, args = [100_000, 200_000])]
fn streamed_list(bencher: Bencher<'_, '_>, bytes: usize) {
    let source = repeated("- an item with **bold** words\n", bytes);
    bencher.bench_local(|| stream(black_box(&source)));
}

#[divan::bench(sample_count = 1, args = [100_000, 200_000])]
fn streamed_table(bencher: Bencher<'_, '_>, bytes: usize) {
    let source = "| a | b |\n|---|---|\n".to_owned() + &repeated("| a cell | **another** one |\n", bytes);
    bencher.bench_local(|| stream(black_box(&source)));
}

#[divan::bench(sample_count = 1, args = [100_000, 200_000])]
fn streamed_fence(bencher: Bencher<'_, '_>, bytes: usize) {
    let source = "```rust\n".to_owned() + &repeated("    let total = left + right; // sum\n", bytes);
    bencher.bench_local(|| stream(black_box(&source)));
}

/// Not what the tops of documents are: the blocks of one item settle with the item.
#[divan::bench(sample_count = 1, args = [10_000, 20_000])]
fn streamed_fence_in_an_item(bencher: Bencher<'_, '_>, bytes: usize) {
    let source = "1. Run this:\n\n   ```sh\n".to_owned() + &repeated("   cargo build --release # and wait\n", bytes);
    bencher.bench_local(|| stream(black_box(&source)));
}

#[divan::bench(sample_count = 1, args = [10_000, 20_000])]
fn streamed_quote(bencher: Bencher<'_, '_>, bytes: usize) {
    let source = repeated("> a line of a long quote, with **bold** words\n", bytes);
    bencher.bench_local(|| stream(black_box(&source)));
}

#[divan::bench(sample_count = 1, args = [100_000, 200_000])]
fn streamed_cjk(bencher: Bencher<'_, '_>, bytes: usize) {
    let source = repeated(
        "キャッシュは、まず**鍵**を調べます。值が古いときは、もう一度取りに行きます。\n\n每一步都要先测量。 한국어.\n\n",
        bytes,
    );
    bencher.bench_local(|| stream(black_box(&source)));
}

/// Rows of one long paragraph, in a wide lane and in one of six.
#[divan::bench(args = [LANE_CELLS, 32])]
fn wrap_latin(bencher: Bencher<'_, '_>, columns: u16) {
    wrapped(bencher, "A sentence with words, code and snake_case in it. ", columns);
}

#[divan::bench(args = [LANE_CELLS, 32])]
fn wrap_cjk(bencher: Bencher<'_, '_>, columns: u16) {
    wrapped(bencher, "キャッシュは、まず鍵を調べます。每一步都要先测量。", columns);
}

fn wrapped(bencher: Bencher<'_, '_>, part: &str, columns: u16) {
    let text = repeated(part, 50_000);
    let spans = [Span::new(text.as_str(), StyleRole::Text)];
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| {
        let mut rows = Vec::new();
        wrap(black_box(&spans), &Wrap::plain(columns), &mut rows);
        rows
    });
}

#[divan::bench]
fn render_50_kb(bencher: Bencher<'_, '_>) {
    let source = repeated(MIXED, 50_000);
    bencher.bench_local(|| render(black_box(&source), LANE_CELLS).len());
}
