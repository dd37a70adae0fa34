//! Replies that come as they should, and those that come otherwise but can be read.

use std::sync::Arc;

use abreast::api::{ChatBackend, Delta, Opening, list_models};
use futures_util::StreamExt;
use serde_json::json;
use tokio::sync::Notify;

use super::{OK_STREAM, client, request, run, text};
use crate::server::{EVENTS, JSON, Server, Step, chunk, chunked_head, response, stream_head};

const USAGE: &str = include_str!("../../fixtures/http/llamacpp-usage.sse");
const WHOLE: &str = include_str!("../../fixtures/http/llamacpp-whole.json");

#[tokio::test]
async fn a_stream_comes_piece_by_piece_with_its_usage() {
    let server = Server::answering(&[response(200, &[EVENTS, "X-Request-Id: req_1"], USAGE)]).await;
    let (deltas, error) = run(&client(&server), request()).await;
    assert_eq!(error, None);
    assert_eq!(
        deltas[0],
        Delta::Opened(Opening { status: 200, request_id: Some("req_1".to_owned()), ..Opening::default() })
    );
    assert_eq!(text(&deltas), "The capital of France is Paris.");
    assert!(deltas.contains(&Delta::Finish { choice: 0, reason: "stop".to_owned() }));
    let usage = deltas.iter().find_map(|delta| match delta {
        Delta::Usage(usage) => Some((usage.input, usage.cached, usage.output)),
        _ => None,
    });
    assert_eq!(usage, Some((Some(42), Some(41), Some(8))));
}

#[tokio::test]
async fn a_request_says_what_it_wants_and_no_more() {
    let server = Server::answering(&[response(200, &[EVENTS], OK_STREAM)]).await;
    run(&client(&server), request()).await;
    let asked = &server.asked()[0];
    assert_eq!(asked.line, "POST /v1/chat/completions HTTP/1.1");
    let headers = ["authorization", "content-type", "accept", "accept-encoding", "user-agent"];
    let agent = concat!("abreast/", env!("CARGO_PKG_VERSION"));
    let bearer = format!("Bearer {}", super::KEY);
    let expected = [bearer.as_str(), "application/json", "text/event-stream", "identity", agent].map(Some);
    assert_eq!(headers.map(|name| asked.header(name)), expected);
    assert_eq!(
        asked.json(),
        json!({"model": "m", "messages": [{"role": "user", "content": "hi"}], "stream": true,
            "stream_options": {"include_usage": true}})
    );
}

#[tokio::test]
async fn a_whole_reply_gives_the_same_kinds_of_deltas() {
    let server = Server::answering(&[response(200, &[JSON], WHOLE)]).await;
    let mut request = request();
    request.stream = false;
    let (deltas, error) = run(&client(&server), request).await;
    assert_eq!(error, None);
    let said: serde_json::Value = serde_json::from_str(WHOLE).unwrap();
    assert_eq!(text(&deltas), said["choices"][0]["message"]["content"].as_str().unwrap());
    assert!(deltas.iter().any(|delta| matches!(delta, Delta::Finish { .. })));
    let asked = &server.asked()[0];
    assert_eq!(asked.header("accept"), Some("application/json"));
    assert_eq!(asked.json(), json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]}));
}

#[tokio::test]
async fn a_whole_reply_in_place_of_a_stream_is_taken_and_a_stream_in_place_of_a_whole_reply() {
    let stream = response(200, &[JSON], OK_STREAM);
    let server = Server::answering(&[response(200, &[EVENTS], WHOLE), stream]).await;
    let client = client(&server);
    let (deltas, error) = run(&client, request()).await;
    assert!(error.is_none() && !text(&deltas).is_empty(), "{error:?}");
    let mut whole = request();
    whole.stream = false;
    let (deltas, error) = run(&client, whole).await;
    assert_eq!((text(&deltas).as_str(), error), ("ok", None));
}

#[tokio::test]
async fn a_piece_is_handed_on_before_the_next_one_is_sent() {
    let signal = Arc::new(Notify::new());
    let (first, rest) = OK_STREAM.split_at(OK_STREAM.find("\n\n").unwrap() + 2);
    let script = vec![
        Step::Send(chunked_head()),
        Step::Send(chunk(first)),
        Step::AwaitSignal(signal.clone()),
        Step::Send(chunk(rest)),
        Step::Send(b"0\r\n\r\n".to_vec()),
    ];
    let server = Server::start(vec![script]).await;
    let mut stream = client(&server).open(request());
    while let Some(step) = stream.next().await {
        if matches!(step.unwrap(), Delta::Text { .. }) {
            signal.notify_one();
        }
    }
}

#[tokio::test]
async fn a_stream_compressed_unasked_is_read() {
    let body = include_bytes!("../../fixtures/http/llamacpp-usage.sse.gz");
    let server = Server::answering(&[response(200, &[EVENTS, "Content-Encoding: gzip"], body)]).await;
    let (deltas, error) = run(&client(&server), request()).await;
    assert_eq!((text(&deltas).as_str(), error), ("The capital of France is Paris.", None));
}

#[tokio::test]
async fn reading_stops_at_the_word_done_though_the_server_holds_on() {
    let script = vec![Step::Send(stream_head()), Step::Send(OK_STREAM.into()), Step::AwaitClose];
    let mut server = Server::start(vec![script]).await;
    let (deltas, error) = run(&client(&server), request()).await;
    assert_eq!((text(&deltas).as_str(), error), ("ok", None));
    server.seen_closed().await;
}

#[tokio::test]
async fn a_connection_is_used_again_by_the_next_run() {
    let answer = [chunked_head(), chunk(OK_STREAM), b"0\r\n\r\n".to_vec()].concat();
    let script = vec![Step::Send(answer.clone()), Step::AwaitRequest, Step::Send(answer)];
    let server = Server::start(vec![script]).await;
    let client = client(&server);
    for run_number in 1..=2 {
        let (deltas, error) = run(&client.clone(), request()).await;
        assert_eq!((text(&deltas).as_str(), error), ("ok", None), "run {run_number}");
        tokio::task::yield_now().await;
    }
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn a_line_of_20_megabytes_is_one_piece() {
    let long = "x".repeat(20 << 20);
    let body = OK_STREAM.replace("\"ok\"", &format!("\"{long}\""));
    let server = Server::answering(&[response(200, &[EVENTS], body)]).await;
    let (deltas, error) = run(&client(&server), request()).await;
    assert_eq!((text(&deltas).len(), error), (long.len(), None));
}

#[tokio::test]
async fn the_models_are_listed() {
    let list = include_str!("../../fixtures/http/litellm-models.json");
    let server = Server::answering(&[response(200, &[JSON], list), response(401, &[JSON], "{}")]).await;
    let client = client(&server);
    let ids: Vec<String> = list_models(&client).await.unwrap().into_iter().map(|entry| entry.id).collect();
    let said: serde_json::Value = serde_json::from_str(list).unwrap();
    let expected: Vec<_> = said["data"].as_array().unwrap().iter().map(|model| model["id"].as_str().unwrap()).collect();
    assert_eq!(ids, expected);
    assert_eq!(server.asked()[0].line, "GET /v1/models HTTP/1.1");
    assert_eq!(list_models(&client).await.unwrap_err().status, Some(401));
}
