//! The tree of turns.

use super::*;

/// A conversation with forks, a failure, a stop, an edit and a name.
pub(super) fn grown(columns: u16, rows: u16) -> Scene {
    let mut scene = Scene::new(columns, rows);
    scene.alt('a');
    scene.alt('1');
    scene.send("Summarise the refund policy in three bullet points.");
    scene.says(A, "Refunds are made within **30 days**.\n\n- Digital goods are excluded.");
    scene.says(B, "You have a month to change your mind.");
    for (lane, output) in [(A, 204), (B, 377)] {
        scene.used(lane, 812, output);
        scene.ends(lane);
    }
    scene.send("And for gifts?");
    scene.says(A, "The giver decides.");
    scene.used(A, 1020, 40);
    scene.ends(A);
    scene.says(B, "The same holds");
    scene.ctrl('c');
    scene.alt('r');
    let failed = ApiError::new(ErrorKind::Network, "The connection broke.");
    let generation = scene.generation(A);
    scene.event(Event::Stream { lane: A, generation, delta: Err(failed) });
    scene.key(KeyCode::Tab);
    scene.key(KeyCode::Char('k'));
    scene.key(KeyCode::Char('['));
    scene.key(KeyCode::Char('e'));
    scene.types(" 返金は贈り主に。");
    scene.key(KeyCode::Enter);
    scene.key(KeyCode::Tab);
    scene.key(KeyCode::Char('b'));
    scene
}

#[test]
fn the_tree_tells_branches_lanes_and_costs() {
    for (columns, rows) in [(60, 20), (100, 30)] {
        let mut scene = grown(columns, rows);
        insta::assert_snapshot!(format!("tree_{columns}x{rows}"), scene.frame());
    }
}

#[test]
fn a_click_selects_a_row_of_the_tree() {
    let mut scene = grown(100, 30);
    scene.frame();
    let (x, y) = (20, 4);
    let target = scene.view.target(x, y);
    assert!(matches!(target, Target::OverlayRow { row: 2 }), "{target:?}");
    scene.event(Event::Pointer(Pointer { kind: PointerKind::Press, target }));
    let Some(crate::state::Overlay::Tree(page)) = &scene.state.overlay else { panic!("the tree is closed") };
    assert_eq!(page.selected(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_size_breaks_the_tree(columns in 1u16..=200, rows in 1u16..=60, at in 0usize..12) {
        let mut scene = grown(100, 30);
        for _ in 0..at {
            scene.key(KeyCode::Up);
        }
        scene.event(Event::Resized(Size { columns, rows }));
        scene.frame();
    }
}
