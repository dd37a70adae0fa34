//! A text that is looked for inside lanes: its marks on the rows, and its line at the lane's lower edge.

use super::*;
use crate::state::ScrollMotion;

const REPLY: &str = "## Refunds\n\nRefunds are made within **30 days** of the purchase. The order number is enough.\n\n\
                     1. Digital goods get no refund.\n2. A `refund` of shipping is a gift.\n\n返金は三十日以内です。\n";

fn asked(columns: u16, rows: u16) -> Scene {
    let mut scene = Scene::new(columns, rows);
    scene.alt('a');
    scene.alt('1');
    scene.send("What is the refund policy?");
    scene.streams(
        A,
        Delta::Reasoning { choice: 0, text: "The user asks about a refund. I recall the refund page.".into() },
    );
    scene.says(A, REPLY);
    scene.says(B, "You have a month. Then a refund is made.");
    for lane in [A, B] {
        scene.ends(lane);
    }
    scene.key(KeyCode::Tab);
    scene
}

/// Types and does what the loop does with a scroll.
fn finds(scene: &mut Scene, keys: &str) {
    for key in keys.chars() {
        let code = if key == '\n' { KeyCode::Enter } else { KeyCode::Char(key) };
        for effect in scene.event(Event::Key(code.into())) {
            let Effect::Scroll { lane, motion } = effect else { continue };
            assert!(matches!(motion, ScrollMotion::ToFound(_)));
            let scroll = scene.view.scroll(&scene.state, lane, motion, scene.now);
            scene.event(Event::Scrolled { lane, scroll });
        }
    }
}

#[test]
fn matches_are_marked_and_counted() {
    for (columns, rows) in [(60, 20), (100, 30)] {
        let mut scene = asked(columns, rows);
        finds(&mut scene, "/refund\nn");
        insta::assert_snapshot!(format!("find_{columns}x{rows}"), scene.frame());
    }
}

#[test]
fn marks_are_more_than_colour_and_the_one_that_was_gone_to_is_told_from_the_others() {
    let mut scene = asked(100, 30);
    scene.alt('2');
    scene.alt('w');
    scene.state.notices = crate::state::Notices::default();
    finds(&mut scene, "/30 days");
    insta::assert_snapshot!("find_marks_100x30", scene.emphasised());
}

#[test]
fn all_lanes_are_looked_in_at_once() {
    let mut scene = asked(100, 30);
    finds(&mut scene, "/refund");
    scene.press(KeyCode::Char('/'), KeyModifiers::ALT);
    insta::assert_snapshot!("find_lanes_100x30", scene.frame());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_size_breaks_what_is_found(
        columns in 1u16..=200, rows in 1u16..=60, query in "[a-z30* は]{0,4}", steps in "[nN]{0,9}",
    ) {
        let mut scene = asked(100, 30);
        finds(&mut scene, &format!("/{query}\n{steps}"));
        scene.event(Event::Resized(Size { columns, rows }));
        scene.frame();
    }
}
