//! The inspector of tool calls.

use super::*;

/// Two lanes that asked the same: one call is the same in both, one has other arguments, one is A's alone.
fn called(columns: u16, rows: u16) -> Scene {
    let mut scene = Scene::new(columns, rows);
    let schema = json!({"type": "object", "properties": {"location": {"type": "string"}}, "required": ["location"]});
    scene.state.change(0, &Field::Tools, |settings| {
        let tool = json!({"name": "get_weather", "description": "The weather of a place", "parameters": schema});
        settings.tools = Tool::from_json(&tool).into_iter().collect();
    });
    scene.alt('a');
    scene.alt('1');
    scene.send("What's the weather in Tokyo?");
    let calls = [
        (A, 0, r#"{"location":"Tokyo, Japan","unit":"celsius"}"#),
        (A, 1, r#"{"location":"Kyoto"}"#),
        (A, 2, r#"{"place":7}"#),
        (B, 0, r#"{"unit": "celsius", "location": "Tokyo, Japan"}"#),
        (
            B,
            1,
            r#"{"location":"Osaka","days":[1,2],"note":"long \u001b[31m words, which go on and on, further than a row can hold them"}"#,
        ),
    ];
    for (lane, index, arguments) in calls {
        scene.streams(
            lane,
            Delta::ToolCall {
                choice: 0,
                index,
                id: Some(format!("call_{index}")),
                name: Some("get_weather".to_owned()),
                arguments: arguments.to_owned(),
                extra: None,
            },
        );
    }
    scene.passes(1200);
    scene.ends(A);
    scene.ends(B);
    scene.key(KeyCode::Enter);
    scene.key(KeyCode::Enter);
    scene.types(r#"{"sky":"clear","celsius":21}"#);
    scene.ctrl('s');
    scene.key(KeyCode::Esc);
    scene
}

const SIZES: [(u16, u16); 3] = [(60, 20), (100, 30), (200, 50)];

#[test]
fn calls_of_both_lanes_are_compared_and_the_selected_one_is_read_beside_them() {
    for (columns, rows) in SIZES {
        let mut scene = called(columns, rows);
        scene.key(KeyCode::F(3));
        if rows > 20 {
            scene.key(KeyCode::F(3));
        }
        for _ in 0..10 {
            scene.key(KeyCode::Down);
        }
        insta::assert_snapshot!(format!("inspector_{columns}x{rows}"), scene.frame());
        scene.key(KeyCode::Enter);
        scene.key(KeyCode::End);
        scene.key(KeyCode::Up);
        scene.key(KeyCode::Char(' '));
        insta::assert_snapshot!(format!("inspector_detail_{columns}x{rows}"), scene.frame());
    }
}

#[test]
fn the_first_key_gives_the_calls_in_the_sidebar_the_keys() {
    let mut scene = called(200, 50);
    scene.key(KeyCode::F(3));
    scene.key(KeyCode::Down);
    insta::assert_snapshot!("inspector_sidebar_200x50", scene.frame());
}

#[test]
fn without_a_call_it_says_how_a_lane_comes_to_tools() {
    for (columns, rows) in SIZES {
        let mut scene = Scene::new(columns, rows);
        scene.key(KeyCode::F(3));
        insta::assert_snapshot!(format!("inspector_empty_{columns}x{rows}"), scene.frame());
    }
}

#[test]
fn invalid_arguments_and_the_schema_have_pages_of_their_own() {
    let mut scene = called(100, 30);
    scene.key(KeyCode::F(3));
    for _ in 0..2 {
        scene.key(KeyCode::Down);
    }
    scene.key(KeyCode::Enter);
    for _ in 0..2 {
        scene.key(KeyCode::Tab);
    }
    insta::assert_snapshot!("inspector_schema_100x30", scene.frame());
    scene.key(KeyCode::Tab);
    insta::assert_snapshot!("inspector_errors_100x30", scene.frame());
}

#[test]
fn a_click_selects_a_second_one_opens_and_the_wheel_moves() {
    let mut scene = called(160, 40);
    scene.key(KeyCode::F(3));
    scene.key(KeyCode::F(3));
    let frame = scene.frame();
    let y = u16::try_from(frame.lines().position(|line| line.contains("Kyoto")).unwrap()).unwrap();
    assert!(matches!(scene.view.target(8, y), Target::OverlayRow { .. }));
    scene.click(8, y);
    assert_eq!(scene.state.inspector.focus, crate::state::InspectorFocus::Tree);
    assert!(scene.frame().contains(r#""location": "Kyoto""#), "{}", scene.frame());
    scene.click(8, y);
    assert_eq!(scene.state.inspector.focus, crate::state::InspectorFocus::Detail);
    let at = scene.state.inspector.detail.as_ref().unwrap().at();
    let target = scene.view.target(110, 4);
    assert!(matches!(target, Target::DetailRow { .. }), "{target:?}");
    scene.event(Event::Pointer(Pointer { kind: PointerKind::WheelDown, target }));
    assert!(scene.state.inspector.detail.as_ref().unwrap().at() > at);
    let y = u16::try_from(scene.frame().lines().position(|line| line.contains("  schema  ")).unwrap()).unwrap();
    let target = (0..160).map(|x| scene.view.target(x, y)).find(|target| *target == Target::Tab { place: 2 });
    scene.event(Event::Pointer(Pointer { kind: PointerKind::Press, target: target.unwrap() }));
    assert_eq!(scene.state.inspector.tab, crate::state::InspectorTab::Schema);
}

#[test]
fn a_frame_costs_what_is_in_sight_of_200_calls_after_5000_turns() {
    let mut scene = called(100, 30);
    let mut tip = scene.state.lane().tip();
    for _ in 0..5000 {
        tip = Some(scene.state.session.turns.add(tip, crate::chat::Role::User, "Words"));
    }
    let reply = scene.state.session.turns.add(tip, crate::chat::Role::Assistant, "");
    let arguments = format!("[{}1]", "1,".repeat(50_000));
    let call = |index| crate::chat::ToolCall {
        id: format!("c{index}"),
        name: "f".into(),
        arguments: arguments.clone(),
        extra: None,
    };
    scene.state.session.turns.change(reply).unwrap().tool_calls = (0..200).map(call).collect();
    scene.state.lanes[0].branch = scene.state.session.turns.branch(Some(reply));
    scene.key(KeyCode::F(3));
    scene.key(KeyCode::F(3));
    scene.key(KeyCode::End);
    scene.frame();
    let (work, detail) = (scene.state.inspector.work(), scene.state.inspector.detail.as_ref().unwrap());
    assert!(detail.len() > 50_000 && scene.state.inspector.rows().len() > 200);
    let body = detail.body.len();
    let targets = |scene: &Scene| {
        let at = (0..30).flat_map(|y| (0..100).map(move |x| (x, y)));
        let mut rows: Vec<Target> = at.map(|(x, y)| scene.view.target(x, y)).collect();
        rows.retain(|target| matches!(target, Target::OverlayRow { .. } | Target::DetailRow { .. }));
        rows.dedup();
        rows.len()
    };
    assert!(targets(&scene) < 120, "rows of the window alone");
    for _ in 0..20 {
        scene.event(Event::Tick);
        scene.key(KeyCode::Up);
        scene.frame();
    }
    assert_eq!(scene.state.inspector.work(), work, "going through the rows makes none");
    assert_eq!(scene.state.inspector.detail.as_ref().unwrap().body.len(), body);
}
