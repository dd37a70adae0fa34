//! Frames of which only some rows are painted: they equal whole ones.

use std::time::Duration;

use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use serde_json::json;

use super::{A, B, Scene, View, two_lanes};
use crate::api::Delta;
use crate::state::attach::{FileRow, FileRows};
use crate::state::{Event, Scroll, Size};

/// A whole frame of a state as a new view draws it.
fn whole(scene: &Scene, view: &mut View) -> Buffer {
    let Size { columns, rows } = scene.state.size;
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    let mut painted = Buffer::default();
    let paint = |frame: &mut ratatui::Frame<'_>| {
        view.draw(frame, &scene.state, scene.now);
        painted.clone_from(frame.buffer_mut());
    };
    terminal.draw(paint).unwrap();
    painted
}

/// What the terminal shows, kept as the loop keeps it.
struct Shown {
    cells: Buffer,
    patches: usize,
}

impl Shown {
    fn of(scene: &mut Scene) -> Self {
        let mut view = std::mem::take(&mut scene.view);
        let cells = whole(scene, &mut view);
        scene.view = view;
        Self { cells, patches: 0 }
    }

    /// The next frame, after replies grew.
    fn grow(&mut self, scene: &mut Scene) {
        let before = self.cells.clone();
        let now = scene.now;
        match scene.view.patch(&mut self.cells, &scene.state, now) {
            Some(opened) => {
                self.patches += 1;
                let mut undone = self.cells.clone();
                for part in opened {
                    part.area.positions().for_each(|at| undone[at] = part[at].clone());
                }
                assert_eq!(undone, before, "what was painted over is given as it was");
            }
            None => {
                assert_eq!(self.cells, before, "a frame that is not patched is left alone");
                self.cells = Self::of(scene).cells;
            }
        }
    }

    fn check(&self, scene: &Scene) {
        assert_eq!(self.cells, whole(scene, &mut View::default()));
    }

    /// Also what a click would hit.
    fn check_all(&self, scene: &Scene) {
        let mut fresh = View::default();
        assert_eq!(self.cells, whole(scene, &mut fresh));
        for at in self.cells.area.positions() {
            assert_eq!(scene.view.target(at.x, at.y), fresh.target(at.x, at.y), "{at}");
        }
    }
}

const PIECES: [&str; 12] = [
    "word ",
    "two words, ",
    "\n\n",
    "# Heading\n",
    "- item with **strong** text\n",
    "```rust\nfn main() {",
    "}\n```\n",
    "日本語 ",
    "👩‍👩‍👧 हिन्दी ",
    "| a | b |\n|---|---|\n| 1 |",
    "[link][x] ",
    "\n\n[x]: https://example.org\n\n",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]
    #[test]
    fn a_patched_frame_equals_a_whole_one(
        size in prop::sample::select(vec![(120, 32), (100, 24), (60, 20)]),
        steps in prop::collection::vec((0usize..16, any::<bool>(), 250u64..3_000), 1..30),
        from_above in any::<bool>(),
    ) {
        let mut scene = two_lanes(size.0, size.1);
        scene.send("Go on");
        for lane in [A, B] {
            scene.says(lane, "It begins. ");
        }
        if from_above {
            let turn = scene.state.lanes[0].branch[0];
            scene.event(Event::Scrolled { lane: A, scroll: Scroll::At { turn, row: 0, columns: 1 } });
        }
        let mut shown = Shown::of(&mut scene);
        for (piece, first, millis) in steps {
            scene.passes(millis);
            let lane = if first { A } else { B };
            match PIECES.get(piece) {
                Some(text) => scene.says(lane, text),
                None if piece < 14 => scene.streams(lane, Delta::Reasoning { choice: 0, text: "hm, ".to_owned() }),
                None => {
                    let logprobs = json!({"content": [{"token": "word ", "logprob": -0.5, "top_logprobs": []}]});
                    scene.streams(lane, Delta::Logprobs { choice: 0, logprobs });
                }
            }
            shown.grow(&mut scene);
            shown.check(&scene);
        }
        shown.check_all(&scene);
    }
}

#[test]
fn a_reply_that_grows_in_its_last_row_costs_that_row() {
    let mut scene = Scene::new(200, 50);
    scene.send("Go on");
    scene.says(A, "It begins. ");
    let mut shown = Shown::of(&mut scene);
    for _ in 0..5 {
        scene.says(A, "word ");
        shown.grow(&mut scene);
    }
    assert_eq!(shown.patches, 5);
    scene.says(A, "more ");
    let now = scene.now;
    let opened = scene.view.patch(&mut shown.cells, &scene.state, now).unwrap();
    assert_eq!(opened.len(), 1, "figures climb four times a second: the row of text alone");
    assert_eq!(scene.view.owes_figures(), Some(now + Duration::from_millis(500)), "should nothing more come");
    scene.passes(250);
    scene.says(A, "last");
    let now = scene.now;
    let opened = scene.view.patch(&mut shown.cells, &scene.state, now).unwrap();
    assert_eq!(opened.len(), 4, "the status line, what was spent, the row of text and the figures");
    assert_eq!(scene.view.owes_figures(), None);
}

#[test]
fn a_screen_that_is_too_small_for_figures_owes_none() {
    let mut scene = Scene::new(120, 32);
    scene.send("Go on");
    scene.says(A, "It begins. ");
    let mut shown = Shown::of(&mut scene);
    scene.says(A, "word ");
    shown.grow(&mut scene);
    assert!(scene.view.owes_figures().is_some());
    scene.event(Event::Resized(Size { columns: 40, rows: 10 }));
    Shown::of(&mut scene);
    assert_eq!(scene.view.owes_figures(), None);
}

#[test]
fn what_lies_over_the_lanes_asks_for_a_whole_frame() {
    let mut scene = Scene::new(200, 50);
    scene.send("Go on");
    scene.says(A, "It begins. ");
    scene.key(crossterm::event::KeyCode::F(1));
    let mut shown = Shown::of(&mut scene);
    scene.says(A, "word ");
    shown.grow(&mut scene);
    assert_eq!(shown.patches, 0);
}

#[test]
fn files_that_are_offered_lie_over_the_lanes_while_a_reply_grows_behind_them() {
    let mut scene = Scene::new(100, 24);
    scene.send("Go on");
    scene.says(A, &"A line.\n\n".repeat(20));
    scene.types("@");
    let row = |name: &str| FileRow { name: name.to_owned(), is_directory: false, size: 1 };
    let files = FileRows { rows: vec![row("one.md"), row("two.md")], cut: false };
    scene.event(Event::FilesListed { directory: String::new(), files });
    assert!(scene.state.composer.offers().is_some());
    let mut shown = Shown::of(&mut scene);
    for _ in 0..3 {
        scene.passes(300);
        scene.says(A, "More.\n\n");
        shown.grow(&mut scene);
        shown.check(&scene);
    }
}
