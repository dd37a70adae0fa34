//! Replies in the JSON that was asked for.

use super::*;

const ORDER: &str = r#"{"id":"A-77","state":"paid","items":[{"name":"lamp","price":12.5,"parts":[{"id":1},{"id":2}]},{"name":"bulb","price":"2"}],"#;

/// Three replies to one question: one that streams, one that fails, one that is cut; A's first one conforms.
fn orders(columns: u16, rows: u16) -> Scene {
    let mut scene = Scene::new(columns, rows);
    scene.alt('a');
    scene.alt('1');
    let schema = json!({"type": "object", "required": ["id", "state", "items", "total"], "additionalProperties": false,
        "properties": {"id": {"type": "string"}, "state": {"enum": ["paid", "sent"]}, "total": {"type": "number"},
            "items": {"type": "array", "items": {"properties": {"price": {"type": "number"}}}}}});
    let format = json!({"type": "json_schema", "json_schema": {"name": "order", "schema": schema}});
    for place in 0..2 {
        scene.state.lanes[place].settings.params.set("response_format", format.clone());
    }
    scene.send("Order A-77 as JSON");
    scene.passes(300);
    scene.says(A, r#"{"id":"A-77","state":"paid","items":[],"total":0}"#);
    scene.ends(A);
    scene.says(B, ORDER);
    scene.says(B, r#""note":"fragile"}"#);
    scene.ends(B);
    scene.send("And A-78?");
    scene.says(A, &ORDER.replace("\"2\"", "2"));
    scene.says(B, &ORDER[..80]);
    scene.streams(B, Delta::Finish { choice: 0, reason: "length".to_owned() });
    scene.ends(B);
    scene
}

#[test]
fn json_is_shown_pretty_with_a_verdict_below_it() {
    for (columns, rows) in [(60, 30), (160, 40)] {
        insta::assert_snapshot!(format!("structured_{columns}x{rows}"), orders(columns, rows).frame());
    }
}

#[test]
fn unfolded_it_shows_all_levels_and_lists_its_errors() {
    let mut scene = orders(160, 60);
    scene.alt('2');
    scene.key(KeyCode::Tab);
    scene.key(KeyCode::Char('k'));
    scene.key(KeyCode::Char('k'));
    scene.key(KeyCode::Char('k'));
    scene.key(KeyCode::Char(' '));
    insta::assert_snapshot!("structured_unfolded_160x60", scene.frame());
}
