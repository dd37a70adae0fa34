//! Tries that fail before their first byte.

use std::time::Duration;

use abreast::api::{ChatBackend, Client, Delta, ErrorKind, RetryWait};
use futures_util::StreamExt;

use super::{OK_STREAM, client, endpoint, failed, impatient, limits, request, run, text};
use crate::server::{EVENTS, JSON, PATIENCE, Server, Step, response, stream_head};

fn waits(deltas: &[Delta]) -> Vec<(u32, u32, u128, &str)> {
    let waits = deltas.iter().filter_map(|delta| match delta {
        Delta::Retry(RetryWait { attempt, of, wait, cause }) => Some((*attempt, *of, wait.as_millis(), cause.as_str())),
        _ => None,
    });
    waits.collect()
}

#[tokio::test]
async fn a_rate_limit_is_waited_out_as_the_server_asks() {
    let busy = r#"{"error":{"message":"Slow down.","code":"rate_limit_exceeded"}}"#;
    let server = Server::answering(&[
        response(429, &[JSON, "Retry-After: 7"], busy),
        response(503, &[JSON], "{}"),
        response(200, &[EVENTS], OK_STREAM),
    ])
    .await;
    let (deltas, error) = run(&client(&server), request()).await;
    assert_eq!((text(&deltas).as_str(), error), ("ok", None));
    let causes = waits(&deltas);
    assert_eq!(causes[0], (2, 3, 7000, "lab limits the rate of requests (429): Slow down."));
    assert_eq!((causes[1].0, causes[1].1, causes[1].2, causes.len()), (3, 3, 1000, 2));
    let bodies: Vec<_> = server.asked().iter().map(|asked| asked.body.clone()).collect();
    assert!(bodies.len() == 3 && bodies.windows(2).all(|pair| pair[0] == pair[1]));
}

#[tokio::test]
async fn after_the_last_try_the_failure_stands() {
    let down = response(500, &[JSON], r#"{"error":"down"}"#);
    let server = Server::answering(&[down.clone(), down.clone(), down]).await;
    let (deltas, error) = run(&client(&server), request()).await;
    assert_eq!(waits(&deltas).len(), 2);
    assert_eq!(error.unwrap().message, "lab failed (500): down");
    assert_eq!(server.asked().len(), 3);
}

#[tokio::test]
async fn a_spent_quota_is_not_tried_again() {
    let body = r#"{"error":{"message":"You exceeded your current quota.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#;
    let server = Server::answering(&[response(429, &[JSON], body)]).await;
    let error = failed(&client(&server)).await;
    assert_eq!(error.message, "The quota at lab is used up (429): You exceeded your current quota.");
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_long_wait_is_left_to_the_user() {
    let server = Server::answering(&[response(429, &[JSON, "Retry-After: 600"], r#"{"error":"busy"}"#)]).await;
    let error = failed(&client(&server)).await;
    assert_eq!(
        error.message,
        "lab limits the rate of requests (429): busy (it asks to wait 10 min, which is too long to wait unasked)"
    );
    assert_eq!((error.retry_after, server.asked().len()), (Some(Duration::from_secs(600)), 1));
}

#[tokio::test]
async fn a_server_that_forbids_to_try_again_is_obeyed() {
    let server = Server::answering(&[response(500, &[JSON, "x-should-retry: false"], "{}")]).await;
    assert_eq!(failed(&client(&server)).await.status, Some(500));
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn silence_before_the_answer_is_tried_again() {
    let server = Server::start(vec![vec![Step::AwaitClose], vec![Step::AwaitClose], vec![Step::AwaitClose]]).await;
    let (deltas, error) = run(&impatient(&server), request()).await;
    let error = error.unwrap();
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Timeout, "lab did not answer within 100 ms."));
    assert_eq!(waits(&deltas).len(), 2);
    assert_eq!(server.asked().len(), 3);
}

#[tokio::test]
async fn a_connection_closed_without_an_answer_is_tried_again() {
    let server = Server::start(vec![vec![], vec![Step::Send(response(200, &[EVENTS], OK_STREAM))]]).await;
    let (deltas, error) = run(&client(&server), request()).await;
    assert_eq!((text(&deltas).as_str(), error), ("ok", None));
    assert_eq!(waits(&deltas).len(), 1);
}

#[tokio::test]
async fn silence_within_an_answer_ends_it_and_is_not_tried_again() {
    let half = OK_STREAM.split_inclusive("\n\n").next().unwrap();
    let script = vec![Step::Send(stream_head()), Step::Send(half.into()), Step::AwaitClose];
    let mut server = Server::start(vec![script]).await;
    let (deltas, error) = run(&impatient(&server), request()).await;
    let error = error.unwrap();
    assert_eq!(text(&deltas), "ok");
    assert_eq!(error.kind, ErrorKind::Timeout);
    assert_eq!(error.message, "lab fell silent for 100 ms in the middle of its answer.");
    server.seen_closed().await;
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_wait_is_shown_before_it_is_waited_and_ends_with_the_run() {
    let server = Server::answering(&[response(503, &[JSON], "{}"), response(200, &[EVENTS], OK_STREAM)]).await;
    let pace = abreast::api::Pace { chance: || 0.0, sleep: |_| Box::pin(std::future::pending()) };
    let endpoint = endpoint(&format!("http://{}/v1", server.address));
    let mut stream = Client::with_pace(endpoint, limits(PATIENCE), pace).unwrap().open(request());
    while !matches!(stream.next().await.unwrap().unwrap(), Delta::Retry(_)) {}
    assert!(futures_util::poll!(stream.next()).is_pending());
    drop(stream);
    assert_eq!(server.asked().len(), 1);
}
