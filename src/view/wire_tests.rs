//! The page of a run's wire, on a wide and on the smallest screen.

use bytes::Bytes;

use super::*;
use crate::chat::{WirePiece, WireRequest, WireResponse};

/// A reply that was tried twice, with a ping, an error's body, sequences for the terminal, and a long gap.
fn recorded(columns: u16, rows: u16) -> Scene {
    let mut scene = Scene::new(columns, rows);
    scene.send("Hello");
    let chunk =
        |text: &str| format!("data: {{\"id\":\"c-1\",\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n");
    let at = Duration::from_millis;
    let headers = |lines: &[(&str, &str)]| {
        lines.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>()
    };
    let request = |at| {
        WirePiece::Request(WireRequest {
            at,
            method: "POST".to_owned(),
            url: "https://api.openai.com/v1/chat/completions".to_owned(),
            headers: headers(&[("authorization", "Bearer [key]"), ("accept", "text/event-stream")]),
            body_bytes: 187,
        })
    };
    let response = |at, status, kind: &str| {
        let (version, headers) = ("HTTP/1.1".to_owned(), headers(&[("content-type", kind)]));
        WirePiece::Response(WireResponse { at, status, version, headers })
    };
    let bytes = |at, text: &str| WirePiece::Bytes { at, bytes: Bytes::copy_from_slice(text.as_bytes()) };
    let pieces = [
        request(at(0)),
        response(at(80), 503, "application/json"),
        bytes(at(81), "{\"error\":{\"message\":\"Overloaded\"}}"),
        request(at(581)),
        response(at(893), 200, "text/event-stream"),
        bytes(at(900), ": ping\n\n"),
        bytes(at(941), &chunk("In")),
        bytes(at(982), &chunk(" two\u{1b}[2Jsteps")),
        bytes(at(1_023), &chunk(" and")),
        bytes(at(2_023), &format!("event: error\n{}data: [DONE]\n\n", chunk(" more"))),
        WirePiece::Stopped { at: at(2_100), why: "The connection broke.".to_owned() },
    ];
    for piece in pieces {
        scene.streams(A, Delta::Wire(piece));
    }
    scene.says(A, "In two steps and more");
    scene.ends(A);
    scene.key(KeyCode::Tab);
    scene.key(KeyCode::Char('i'));
    scene.key(KeyCode::Tab);
    scene
}

#[test]
fn the_wire_of_a_run_is_shown_event_by_event() {
    for (columns, rows) in [(100, 30), (60, 20)] {
        let mut scene = recorded(columns, rows);
        insta::assert_snapshot!(format!("wire_{columns}x{rows}"), scene.frame());
    }
}

#[test]
fn an_event_is_shown_in_full_and_its_sequences_as_text() {
    let mut scene = recorded(100, 30);
    scene.key(KeyCode::Char('/'));
    scene.types("TWO");
    scene.key(KeyCode::Enter);
    scene.key(KeyCode::Enter);
    insta::assert_snapshot!("wire_event_100x30", scene.frame());
}

#[test]
fn headers_unfold_and_the_search_keeps_what_holds_the_text() {
    let mut scene = recorded(100, 30);
    scene.key(KeyCode::Char(' '));
    insta::assert_snapshot!("wire_headers_100x30", scene.frame());
    scene.key(KeyCode::Char('/'));
    scene.types("event-stream");
    insta::assert_snapshot!("wire_find_100x30", scene.frame());
}

#[test]
fn the_page_is_made_for_a_screen_that_changes() {
    let mut scene = recorded(100, 30);
    scene.event(Event::Resized(Size { columns: 60, rows: 20 }));
    assert_eq!(scene.frame(), recorded(60, 20).frame());
}

#[test]
fn a_click_selects_a_row_and_a_click_beside_the_box_closes_it() {
    let mut scene = recorded(100, 30);
    scene.frame();
    let row = scene.frame().lines().position(|line| line.contains("[DONE]")).unwrap();
    scene.click(30, u16::try_from(row).unwrap());
    assert!(scene.frame().contains("Event 7 of 7"), "{}", scene.frame());
    scene.click(0, 5);
    assert!(scene.state.overlay.is_none());
}

#[test]
fn a_page_whose_bytes_are_in_the_store_says_that_it_reads_them_or_why_it_cannot() {
    let mut scene = recorded(100, 30);
    let place = crate::chat::WirePlace { session: "k3".into(), run: 0 };
    let run = scene.state.session.run_mut(crate::chat::RunId(0)).unwrap();
    run.stored = Some(place.clone());
    run.wire.forget();
    scene.key(KeyCode::Char('r'));
    insta::assert_snapshot!("wire_reading_100x30", scene.frame());
    let (work, said) = (crate::store::ShelfWork::Wire(place), "The disk\u{1b}[2J is gone.".to_owned());
    scene.event(Event::Shelf { work, answer: crate::store::ShelfAnswer::Failed(said) });
    let frame = scene.frame();
    assert!(frame.contains("The disk") && frame.contains(" is gone."), "{frame}");
}
