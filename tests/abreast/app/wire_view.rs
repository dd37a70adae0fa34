//! Looking into a run: what went over the wire.

use std::time::Duration;

use abreast::api::{ApiError, Delta, ErrorKind};
use abreast::chat::{WirePiece, WireRequest, WireResponse};
use bytes::Bytes;

use super::console::Asked;
use super::hostile::{NASTY, assert_harmless};
use super::*;

fn ms(time: u64) -> Duration {
    Duration::from_millis(time)
}

fn headers(name: &str, value: &str) -> Vec<(String, String)> {
    vec![(name.to_owned(), value.to_owned())]
}

pub(super) fn request(at: u64) -> Delta {
    Delta::Wire(WirePiece::Request(WireRequest {
        at: ms(at),
        method: "POST".to_owned(),
        url: "https://lab.test/v1/chat/completions".to_owned(),
        headers: headers("authorization", "Bearer [key]"),
        body_bytes: 187,
    }))
}

pub(super) fn response(at: u64, status: u16) -> Delta {
    let headers = headers("x-request-id", "req_1");
    Delta::Wire(WirePiece::Response(WireResponse { at: ms(at), status, version: "HTTP/1.1".to_owned(), headers }))
}

pub(super) fn bytes(at: u64, text: &str) -> Delta {
    Delta::Wire(WirePiece::Bytes { at: ms(at), bytes: Bytes::copy_from_slice(text.as_bytes()) })
}

pub(super) fn event(word: &str) -> String {
    format!("data: {{\"word\":\"{word}\"}}\n\n")
}

/// A program whose last reply came in three events, the last after a long gap.
async fn answered() -> Desk {
    let desk = Desk::open().await;
    desk.sends("Go").await;
    for delta in [
        request(0),
        response(312, 200),
        bytes(353, &event("apple")),
        bytes(394, &event("pear")),
        bytes(1_394, &event("quince")),
    ] {
        desk.delivers(0, delta).await;
    }
    desk.answers(0, "apple pear quince").await;
    desk.press("tab").await;
    desk
}

fn copies(desk: &Desk) -> Vec<String> {
    let copied = desk.screen.asked().into_iter().filter_map(|asked| match asked {
        Asked::Copy(text) => Some(text),
        _ => None,
    });
    copied.collect()
}

#[tokio::test(start_paused = true)]
async fn a_run_shows_its_heads_its_events_and_the_gaps_between_them() {
    let desk = answered().await;
    desk.press("i tab").await;
    desk.shows("POST https://lab.test/v1/chat/completions");
    desk.shows("200 HTTP/1.1 · 1.394 s · 72 B · 3 events · longest gap 1.00 s");
    desk.shows("+0.394 s  gap   41 ms      23 B  data {\"word\":\"pear\"}");
    desk.shows("gap  1.00 s!");
    desk.shows("\"word\": \"apple\"");
    desk.hides("req_1");
    desk.press("j").await;
    desk.shows("\"word\": \"pear\"");
    desk.press("space").await;
    desk.shows("authorization: Bearer [key]");
    desk.shows("x-request-id: req_1");
    desk.press("esc").await;
    desk.hides("longest gap");
}

#[tokio::test(start_paused = true)]
async fn what_holds_a_text_stays_and_is_stepped_through() {
    let desk = answered().await;
    desk.press("i tab /").await;
    desk.types("PEA").await;
    desk.shows("1 match");
    desk.shows("\"word\": \"pear\"");
    desk.hides("apple\"}");
    desk.press("backspace backspace backspace").await;
    desk.types("e\"}").await;
    desk.shows("2 match");
    desk.hides("pear\"}");
    desk.types("nonsense").await;
    desk.shows("Nothing holds this text.");
    desk.press("esc").await;
    desk.shows("quince\"}");
    desk.press("/").await;
    desk.types("e\"}").await;
    desk.press("enter n").await;
    desk.shows("\"word\": \"quince\"");
    desk.press("n").await;
    desk.shows("\"word\": \"apple\"");
    desk.press("N").await;
    desk.shows("\"word\": \"quince\"");
    desk.press("esc").await;
    desk.shows("pear\"}");
    desk.shows("\"word\": \"quince\"");
}

#[tokio::test(start_paused = true)]
async fn an_event_and_the_whole_recording_are_copied() {
    let desk = answered().await;
    desk.press("i tab j y Y").await;
    let whole = "> +0.000 s\n> POST https://lab.test/v1/chat/completions\n> authorization: Bearer [key]\n> (187 bytes)\n\n\
                 < +0.312 s\n< HTTP/1.1 200\n< x-request-id: req_1\n\n\
                 +0.353 s  gap 41 ms  24 B\ndata: {\"word\":\"apple\"}\n\n\
                 +0.394 s  gap 41 ms  23 B\ndata: {\"word\":\"pear\"}\n\n\
                 +1.394 s  gap 1.00 s  25 B\ndata: {\"word\":\"quince\"}\n\n";
    assert_eq!(copies(&desk), ["{\"word\":\"pear\"}", whole]);
}

#[tokio::test(start_paused = true)]
async fn a_page_stands_while_its_run_streams_until_it_is_read_anew() {
    let desk = Desk::open().await;
    desk.sends("Go").await;
    desk.delivers(0, request(0)).await;
    desk.delivers(0, response(312, 200)).await;
    desk.delivers(0, bytes(353, &event("apple"))).await;
    desk.press("tab i tab").await;
    desk.shows("1 event");
    desk.delivers(0, bytes(394, &event("pear"))).await;
    desk.shows("1 event");
    desk.shows("r reads it anew");
    desk.press("r").await;
    desk.shows("2 events");
    desk.shows("Event 1 of 2");
    desk.ends(0).await;
    desk.press("r").await;
    desk.hides("reads it anew");
}

#[tokio::test(start_paused = true)]
async fn each_try_of_a_run_that_failed_is_shown() {
    let desk = Desk::open().await;
    desk.sends("Go").await;
    let broke = Delta::Wire(WirePiece::Stopped { at: ms(700), why: "Nothing answers.".to_owned() });
    for delta in [request(0), response(20, 503), bytes(21, "{\"error\":\"busy\"}"), request(521), broke] {
        desk.delivers(0, delta).await;
    }
    desk.fails(0, ApiError::new(ErrorKind::Network, "Nothing answers.")).await;
    desk.press("tab i tab").await;
    desk.shows("no answer · 2 tries · 0.700 s");
    desk.shows("← 503 HTTP/1.1");
    desk.shows("body {\"error\":\"busy\"}");
    desk.shows("■ Nothing answers.");
}

#[tokio::test(start_paused = true)]
async fn the_selected_reply_is_looked_into_or_the_reply_to_the_selected_question() {
    let desk = answered().await;
    desk.press("tab tab").await;
    desk.sends("More").await;
    desk.delivers(1, request(0)).await;
    desk.delivers(1, response(1, 200)).await;
    desk.delivers(1, bytes(2, &event("medlar"))).await;
    desk.answers(1, "medlar").await;
    desk.press("tab i tab").await;
    desk.shows("medlar\"}");
    desk.press("esc k k k i tab").await;
    desk.shows("quince\"}");
    desk.press("esc k i tab").await;
    desk.shows("quince\"}");
}

#[tokio::test(start_paused = true)]
async fn without_a_reply_there_is_nothing_to_look_into() {
    let desk = Desk::open().await;
    desk.press("tab i").await;
    desk.shows("There is no reply to look into yet.");
}

#[tokio::test(start_paused = true)]
async fn no_byte_of_a_server_reaches_the_terminal_as_a_command() {
    let desk = Desk::open().await;
    desk.sends("Go").await;
    let nasty = NASTY.replace('\r', "");
    let mut head = WireResponse { at: ms(1), status: 200, version: nasty.clone(), headers: headers("x", NASTY) };
    head.headers[0].0 = nasty.clone();
    for delta in [
        request(0),
        Delta::Wire(WirePiece::Response(head)),
        bytes(2, &format!("event: {nasty}\ndata: {nasty}\n\n: {nasty}\n\ndata: {nasty}")),
        Delta::Wire(WirePiece::Stopped { at: ms(3), why: NASTY.to_owned() }),
    ] {
        desk.delivers(0, delta).await;
    }
    desk.ends(0).await;
    desk.press("tab i tab space").await;
    for _ in 0..9 {
        assert_harmless(&desk);
        desk.press("y j").await;
    }
    desk.press("Y").await;
    for copied in copies(&desk) {
        assert!(!copied.contains(['\x1b', '\u{9b}', '\u{202e}', '\x07', '\0']), "{copied:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn more_than_is_kept_is_said() {
    let desk = Desk::open().await;
    desk.sends("Go").await;
    desk.delivers(0, request(0)).await;
    desk.delivers(0, response(1, 200)).await;
    let long = "x".repeat((1 << 20) + 5_000);
    desk.delivers(0, bytes(2, &format!("data: {long}\n\n"))).await;
    desk.ends(0).await;
    desk.press("tab i tab").await;
    desk.shows("Only the beginning is kept: 5008 B of 1 read are not here.");
    desk.shows("cut data: xxx");
}
