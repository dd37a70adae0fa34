//! The diff of two replies, and the system prompt's form.

use super::*;

const LEFT: &str = "## Refunds\n\nRefunds are made within **30 days** of the purchase. The order number is enough; you do not \
                    need a receipt.\n\n- Digital goods are excluded.\n- Shipping is not paid back.\n\n返金は三十日以内です。\n";
const RIGHT: &str = "## Refunds\n\nYou have a month to change your mind: refunds are made within **30 days** of delivery. The \
                     order number is enough.\n\n- Digital goods are excluded.\n- Shipping is paid back for gifts.\n- Cards take \
                     a week.\n\n返金は三十日以内にします。\n";

fn compared(columns: u16, rows: u16) -> Scene {
    let mut scene = Scene::new(columns, rows);
    scene.alt('a');
    scene.alt('1');
    set(&mut scene, 0, &["temperature=0.2", "seed=7"]);
    set(&mut scene, 1, &["temperature=0.9", "top_p=0.8"]);
    scene.state.lanes[1].settings.system = Some("Be generous.".into());
    scene.send("Summarise the refund policy.");
    for (lane, text, waits) in [(A, LEFT, 312), (B, RIGHT, 120)] {
        scene.passes(waits);
        scene.says(lane, text);
    }
    scene.passes(2000);
    scene.used(A, 812, 204);
    scene.used(B, 820, 377);
    for lane in [A, B] {
        scene.streams(lane, Delta::Finish { choice: 0, reason: "stop".into() });
        scene.ends(lane);
    }
    scene.key(KeyCode::Tab);
    scene.key(KeyCode::Char('d'));
    scene
}

#[test]
fn a_diff_tells_settings_figures_and_words() {
    for (columns, rows) in [(60, 20), (100, 30)] {
        insta::assert_snapshot!(format!("diff_{columns}x{rows}"), compared(columns, rows).frame());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_size_breaks_the_page_and_it_follows_the_screen(columns in 1u16..=200, rows in 1u16..=60, down in 0usize..40) {
        let mut scene = compared(100, 30);
        for _ in 0..down {
            scene.key(KeyCode::Down);
        }
        scene.event(Event::Resized(Size { columns, rows }));
        let resized = scene.frame();
        let fresh = compared(columns, rows).frame();
        prop_assert_eq!(resized.lines().count(), fresh.lines().count());
        scene.key(KeyCode::Home);
        prop_assert_eq!(scene.frame(), fresh);
    }
}

#[test]
fn the_end_of_a_diff_shows_what_was_added_there() {
    for (columns, rows) in [(60, 20), (100, 30)] {
        let mut scene = compared(columns, rows);
        scene.key(KeyCode::End);
        insta::assert_snapshot!(format!("diff_end_{columns}x{rows}"), scene.frame());
    }
}

#[test]
fn a_system_prompt_has_a_field_for_each_of_its_variables() {
    for (columns, rows) in [(60, 20), (100, 30)] {
        let mut scene = Scene::new(columns, rows);
        scene.alt('a');
        scene.alt('s');
        scene.types("You answer for {{ company }}.");
        scene.key(KeyCode::Enter);
        scene.types("Write {{tone}} and in {{language}}.");
        scene.key(KeyCode::Tab);
        scene.types("Löwe & Söhne");
        scene.key(KeyCode::Tab);
        insta::assert_snapshot!(format!("system_{columns}x{rows}"), scene.frame());
    }
}
