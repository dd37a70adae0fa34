//! What a frame costs, from the state to its cells: alone, and while replies come.
//!
//! `cargo bench --bench frame`. The comparison with the frame before and the writing are not in it.

#![expect(clippy::expect_used, reason = "a bench that has nothing to measure says so and ends")]

use std::fmt;

use abreast::api::Delta;
use abreast::state::ScrollMotion;
use crossterm::event::KeyCode;
use divan::Bencher;
use divan::counter::ItemsCount;

#[path = "shared/reply.rs"]
mod reply;
#[path = "shared/session.rs"]
#[expect(dead_code, reason = "sessions on disk are for others")]
mod session;
#[path = "shared/workstation.rs"]
#[expect(dead_code, reason = "a saved session is resumed by the bench of sessions")]
mod workstation;

use workstation::Workstation;

fn main() {
    divan::main();
}

/// A terminal and how many lanes are in it.
#[derive(Clone, Copy)]
struct Shape {
    columns: u16,
    rows: u16,
    lanes: u32,
}

impl fmt::Display for Shape {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { columns, rows, lanes } = self;
        write!(out, "{columns}x{rows}, {lanes} lanes")
    }
}

const SHAPES: [Shape; 6] = [
    Shape { columns: 80, rows: 24, lanes: 1 },
    Shape { columns: 80, rows: 24, lanes: 6 },
    Shape { columns: 200, rows: 50, lanes: 1 },
    Shape { columns: 200, rows: 50, lanes: 6 },
    Shape { columns: 300, rows: 80, lanes: 1 },
    Shape { columns: 300, rows: 80, lanes: 6 },
];

/// Every lane with a reply of so many bytes that fills it, on the screen.
fn answered(shape: Shape, bytes: usize) -> Workstation {
    let mut desk = asked(shape);
    let text = reply::markdown(bytes);
    for place in 0..desk.state.lanes.len() {
        desk.says(place, Delta::Text { choice: 0, text: text.clone() });
        desk.ends(place);
    }
    desk.draw();
    desk
}

fn asked(shape: Shape) -> Workstation {
    let mut desk = Workstation::new(shape.lanes, shape.columns, shape.rows);
    desk.asks();
    desk.draw();
    desk
}

/// A whole frame of what was rendered before, as after a key.
#[divan::bench(args = SHAPES)]
fn whole(bencher: Bencher<'_, '_>, shape: Shape) {
    let mut desk = answered(shape, 20_000);
    bencher.bench_local(|| desk.draw());
}

/// A key in the composer, and its frame.
#[divan::bench(args = SHAPES)]
fn typed(bencher: Bencher<'_, '_>, shape: Shape) {
    let mut desk = answered(shape, 20_000);
    let mut keys = [KeyCode::Char('x'), KeyCode::Backspace].into_iter().cycle();
    bencher.bench_local(|| {
        desk.key(keys.next().expect("a cycle has no end"));
        desk.draw();
    });
}

/// A page up, and its frame; from the first row on again from the end.
#[divan::bench(args = SHAPES)]
fn scrolled(bencher: Bencher<'_, '_>, shape: Shape) {
    let mut desk = answered(shape, 20_000);
    let mut page = 0;
    bencher.bench_local(|| {
        page = (page + 1) % 4;
        desk.scroll(if page == 0 { ScrollMotion::Pages(3) } else { ScrollMotion::Pages(-1) });
        desk.draw();
    });
}

/// A reply of 2 KB in every lane, and a frame for each token of all: patches, and whole frames where rows move.
#[divan::bench(args = SHAPES, sample_count = 20, sample_size = 1)]
fn streamed_2_kb(bencher: Bencher<'_, '_>, shape: Shape) {
    let text = reply::markdown(2_000);
    let tokens = reply::tokens(&text);
    bencher.counter(ItemsCount::new(tokens.len())).with_inputs(|| asked(shape)).bench_local_values(|mut desk| {
        for token in &tokens {
            for place in 0..desk.state.lanes.len() {
                desk.says(place, Delta::Text { choice: 0, text: (*token).to_owned() });
            }
            desk.grow();
        }
        desk
    });
}
