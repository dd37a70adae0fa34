//! What goes over the wire is recorded, with times and without the key.

use std::sync::Arc;
use std::time::Duration;

use abreast::api::{ChatBackend, Client, Delta, WireEventKind, wire_events};
use abreast::chat::{Wire, WirePiece, WireRequest, WireTry};
use futures_util::StreamExt;
use tokio::sync::Notify;

use super::{KEY, OK_STREAM, client, endpoint, impatient, limits, recorded, request};
use crate::server::{EVENTS, JSON, PATIENCE, Server, Step, chunk, chunked_head, response, stream_head};

fn pieces(deltas: &[Delta]) -> Vec<WirePiece> {
    let pieces = deltas.iter().filter_map(|delta| match delta {
        Delta::Wire(piece) => Some(piece.clone()),
        _ => None,
    });
    pieces.collect()
}

fn wire(deltas: &[Delta]) -> Wire {
    let mut wire = Wire::default();
    for piece in pieces(deltas) {
        wire.push(piece);
    }
    wire
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
}

fn status(one: &WireTry) -> Option<u16> {
    one.response.as_ref().map(|response| response.status)
}

/// Keeps a paused clock from moving on by itself while the sockets are waited for: it does not while a blocking task
/// runs. The task ends when this is dropped.
fn stopped_clock() -> std::sync::mpsc::Sender<()> {
    let (hold, held) = std::sync::mpsc::channel();
    drop(tokio::task::spawn_blocking(move || held.recv()));
    tokio::time::pause();
    hold
}

#[tokio::test]
async fn a_request_and_its_answer_are_recorded_as_they_went() {
    let headers = [EVENTS, "X-Request-Id: req_1", "Set-Cookie: session=abc", "X-Ratelimit-Remaining-Tokens: 9"];
    let server = Server::answering(&[response(200, &headers, OK_STREAM)]).await;
    let (deltas, error) = recorded(&client(&server), request()).await;
    assert_eq!(error, None);
    let wire = wire(&deltas);
    let asked = &server.asked()[0];
    let [WireTry { request, response: Some(answer), stopped: None, .. }] = wire.tries() else {
        panic!("{:?}", wire.tries());
    };
    let WireRequest { method, url, headers, body_bytes, .. } = request;
    assert_eq!((method.as_str(), *body_bytes), ("POST", asked.body.len()));
    assert_eq!(*url, format!("http://{}/v1/chat/completions", server.address));
    for (name, value) in headers {
        let sent = asked.header(name).unwrap().replace(KEY, "[key]");
        assert_eq!(*value, sent, "{name}");
    }
    let unrecorded: Vec<&str> = asked.head.lines().skip(1).filter_map(|line| Some(line.split_once(':')?.0)).collect();
    let unrecorded: Vec<&str> = unrecorded.into_iter().filter(|name| header(headers, name).is_none()).collect();
    assert_eq!(unrecorded, ["host", "content-length"]);
    assert_eq!((answer.status, answer.version.as_str()), (200, "HTTP/1.1"));
    let said = ["x-request-id", "set-cookie", "x-ratelimit-remaining-tokens"].map(|name| header(&answer.headers, name));
    assert_eq!(said, [Some("req_1"), Some("[key]"), Some("9")]);
    assert_eq!(wire.body(0), OK_STREAM.as_bytes());
}

#[tokio::test]
async fn a_whole_answer_is_recorded_with_all_that_was_asked_for_it() {
    let server = Server::answering(&[response(200, &[JSON], r#"{"choices":[{"message":{"content":"ok"}}]}"#)]).await;
    let mut request = request();
    request.stream = false;
    let (deltas, _) = recorded(&client(&server), request).await;
    let wire = wire(&deltas);
    let headers = &wire.tries()[0].request.headers;
    let asked = &server.asked()[0];
    for name in ["accept", "accept-encoding", "user-agent"] {
        assert_eq!(header(headers, name), asked.header(name), "{name}");
    }
    assert!(matches!(&wire_events(&wire)[..], [one] if matches!(one.kind, WireEventKind::Document(_))));
}

#[tokio::test]
async fn every_read_has_its_time_from_the_start_of_the_run() {
    let (answer, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (first, rest) = OK_STREAM.split_at(OK_STREAM.find("\n\n").unwrap() + 2);
    let script = vec![
        Step::AwaitSignal(answer.clone()),
        Step::Send(chunked_head()),
        Step::Send(chunk(first)),
        Step::AwaitSignal(go_on.clone()),
        Step::Send(chunk(rest)),
        Step::Send(b"0\r\n\r\n".to_vec()),
    ];
    let server = Server::start(vec![script]).await;
    let _clock = stopped_clock();
    let mut stream = client(&server).open(request());
    let mut deltas = vec![stream.next().await.unwrap().unwrap()];
    tokio::time::advance(Duration::from_millis(312)).await;
    answer.notify_one();
    while let Some(step) = stream.next().await {
        deltas.push(step.unwrap());
        if matches!(deltas.last(), Some(Delta::Text { .. })) {
            tokio::time::advance(Duration::from_millis(41)).await;
            go_on.notify_one();
        }
    }
    let time = |piece: &WirePiece| match piece {
        WirePiece::Request(WireRequest { at, .. }) | WirePiece::Bytes { at, .. } | WirePiece::Stopped { at, .. } => *at,
        WirePiece::Response(response) => response.at,
    };
    let times: Vec<u128> = pieces(&deltas).iter().map(|piece| time(piece).as_millis()).collect();
    assert_eq!(times, [0, 312, 312, 353]);
    let gaps: Vec<u128> = wire_events(&wire(&deltas)).iter().map(|event| event.gap.as_millis()).collect();
    assert_eq!(gaps, [0, 41, 0]);
}

#[tokio::test]
async fn each_try_is_recorded_with_the_body_of_its_error() {
    let busy = r#"{"error":{"message":"Slow down."}}"#;
    let server = Server::start(vec![
        vec![Step::Send(response(429, &[JSON, "Retry-After: 7"], busy))],
        vec![],
        vec![Step::Send(response(200, &[EVENTS], OK_STREAM))],
    ])
    .await;
    let (deltas, error) = recorded(&client(&server), request()).await;
    assert_eq!(error, None);
    let wire = wire(&deltas);
    assert_eq!(wire.tries().iter().map(status).collect::<Vec<_>>(), [Some(429), None, Some(200)]);
    assert_eq!([0, 1, 2].map(|place| wire.body(place)), [busy.as_bytes(), b"", OK_STREAM.as_bytes()]);
    let why = wire.tries()[1].stopped.as_ref().map(|(_, why)| why.as_str()).unwrap_or_default();
    assert!(why.contains("closed the connection without an answer"), "{why}");
}

#[tokio::test]
async fn a_repair_is_a_second_request_with_another_body() {
    let refusal = r#"{"error":{"message":"Unknown parameter","param":"stream_options","code":"unknown_parameter"}}"#;
    let server = Server::answering(&[response(400, &[JSON], refusal), response(200, &[EVENTS], OK_STREAM)]).await;
    let (deltas, error) = recorded(&client(&server), request()).await;
    assert_eq!(error, None);
    let wire = wire(&deltas);
    let lengths: Vec<usize> = wire.tries().iter().map(|one| one.request.body_bytes).collect();
    assert_eq!(lengths, server.asked().iter().map(|asked| asked.body.len()).collect::<Vec<_>>());
    assert_eq!(wire.body(0), refusal.as_bytes());
}

#[tokio::test]
async fn a_run_that_is_stopped_has_what_came() {
    let half = OK_STREAM.split_inclusive("\n\n").next().unwrap();
    let script = vec![Step::Send(stream_head()), Step::Send(half.into()), Step::AwaitClose];
    let mut server = Server::start(vec![script]).await;
    let mut stream = client(&server).open(request());
    let mut deltas = Vec::new();
    while !matches!(deltas.last(), Some(Delta::Text { .. })) {
        deltas.push(stream.next().await.unwrap().unwrap());
    }
    drop(stream);
    server.seen_closed().await;
    let wire = wire(&deltas);
    assert_eq!((wire.body(0), wire.tries()[0].stopped.as_ref()), (half.as_bytes(), None));
}

#[tokio::test]
async fn an_error_that_stalls_is_recorded_before_it_is_given_up() {
    let head = format!("HTTP/1.1 400 Bad Request\r\n{JSON}\r\nContent-Length: 99\r\n\r\n{{\"err");
    let mut server = Server::start(vec![vec![Step::Send(head.into_bytes()), Step::AwaitClose]]).await;
    let (deltas, error) = recorded(&impatient(&server), request()).await;
    assert_eq!(error.unwrap().status, Some(400));
    server.seen_closed().await;
    let wire = wire(&deltas);
    let why = wire.tries()[0].stopped.as_ref().map(|(_, why)| why.as_str());
    assert_eq!((wire.body(0), why), (&b"{\"err"[..], Some("Nothing more came within 100 ms.")));
}

#[tokio::test]
async fn a_connection_that_breaks_is_said_after_what_came() {
    let script = vec![Step::Send(chunked_head()), Step::Send(chunk("data: {\"choi"))];
    let server = Server::start(vec![script]).await;
    let (deltas, error) = recorded(&client(&server), request()).await;
    assert!(error.is_some());
    let wire = wire(&deltas);
    assert_eq!(wire.body(0), b"data: {\"choi");
    assert!(wire.tries()[0].stopped.is_some());
    assert!(matches!(pieces(&deltas).last(), Some(WirePiece::Stopped { .. })));
}

#[tokio::test]
async fn a_key_that_is_echoed_in_two_reads_is_masked() {
    let (first, second) = KEY.split_at(9);
    let signal = Arc::new(Notify::new());
    let script = vec![
        Step::Send(chunked_head()),
        Step::Send(chunk(&format!(": hello\n\n: {first}"))),
        Step::AwaitSignal(signal.clone()),
        Step::Send(chunk(&format!("{second} was sent\n\n{OK_STREAM}"))),
        Step::Send(b"0\r\n\r\n".to_vec()),
    ];
    let server = Server::start(vec![script]).await;
    let mut stream = client(&server).open(request());
    let mut deltas = Vec::new();
    while let Some(step) = stream.next().await {
        deltas.push(step.unwrap());
        if matches!(deltas.last(), Some(Delta::Alive)) {
            signal.notify_one();
        }
    }
    let body = format!(": hello\n\n: [key] was sent\n\n{OK_STREAM}");
    assert_eq!(String::from_utf8_lossy(wire(&deltas).body(0)), body);
    assert!(!format!("{:?}", pieces(&deltas)).contains(KEY));
}

#[tokio::test]
async fn a_key_in_an_address_or_a_header_of_ones_own_is_masked_too() {
    let echo = r#"{"error":{"message":"AIza-12345678 and team-token-1 are wrong"}}"#;
    let server = Server::answering(&[response(401, &[JSON, "X-Echo: AIza-12345678"], echo)]).await;
    let mut endpoint = endpoint(&format!("http://{}/v1?api-version=1&key=AIza-12345678", server.address));
    endpoint.headers = vec![("X-Auth".to_owned(), "team-token-1".to_owned())];
    let client = Client::with_pace(endpoint, limits(PATIENCE), super::at_once()).unwrap();
    let (deltas, _) = recorded(&client, request()).await;
    let wire = wire(&deltas);
    let WireTry { request, response, .. } = &wire.tries()[0];
    assert!(request.url.ends_with("/v1/chat/completions?api-version=1&key=[key]"), "{}", request.url);
    assert_eq!(header(&request.headers, "x-auth"), Some("[key]"));
    assert_eq!(header(&response.as_ref().unwrap().headers, "x-echo"), Some("[key]"));
    let masked = r#"{"error":{"message":"[key] and [key] are wrong"}}"#;
    assert_eq!(String::from_utf8_lossy(wire.body(0)), masked);
}
