//! Frames of the requests that would be sent and of those that were.

use super::*;

/// Two lanes with other values after two questions, a draft, and the requests shown.
fn asking(columns: u16, rows: u16) -> Scene {
    let mut scene = Scene::new(columns, rows);
    scene.state.providers.all[0].shape.base_url = "https://api.openai.com/v1".into();
    scene.state.lanes[0].settings.system =
        Some("You answer in the customer's language, in two sentences at most.".into());
    scene.alt('a');
    scene.state.lanes[0].settings.params.assign("temperature=0.2").unwrap();
    scene.state.lanes[1].settings.params.assign("top_p=0.8").unwrap();
    scene.send("How long can I return a lamp?");
    for lane in [A, B] {
        scene.says(lane, "For 30 days.");
        scene.ends(lane);
    }
    scene.types("And a \"broken\" one?");
    scene
}

fn snapshots(name: &str, then: impl Fn(&mut Scene)) {
    for (columns, rows) in [(140, 40), (60, 20)] {
        let mut scene = asking(columns, rows);
        then(&mut scene);
        insta::assert_snapshot!(format!("{name}_{columns}x{rows}"), scene.frame());
    }
}

#[test]
fn the_requests_stand_side_by_side_with_their_differences_marked() {
    snapshots("request_pane", |scene| scene.key(KeyCode::F(6)));
}

#[test]
fn the_request_of_a_run_is_read_in_a_box() {
    snapshots("request_page", |scene| {
        scene.key(KeyCode::Tab);
        scene.key(KeyCode::Char('i'));
    });
}

#[test]
fn what_changed_between_two_runs_is_a_list_of_fields() {
    snapshots("request_changes", |scene| {
        scene.state.lanes[1].settings.system = Some("You answer in the customer's language, in one sentence.".into());
        scene.key(KeyCode::Enter);
        scene.says(B, "For 30 days too.");
        scene.key(KeyCode::Tab);
        scene.key(KeyCode::Char('i'));
        scene.key(KeyCode::Char('d'));
    });
}

#[test]
fn a_request_is_drawn_at_every_size_without_harm() {
    for columns in [1, 20, 60, 61, 99, 101] {
        for rows in [1, 16, 17, 24] {
            let mut scene = asking(columns, rows);
            scene.key(KeyCode::F(6));
            scene.frame();
            scene.key(KeyCode::Tab);
            scene.key(KeyCode::Char('G'));
            scene.key(KeyCode::Char('i'));
            scene.frame();
        }
    }
}
