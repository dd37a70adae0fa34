//! A dropped run leaves nothing behind.

use abreast::api::{ChatBackend, Delta};
use abreast::chat::WirePiece;
use futures_util::StreamExt;

use super::{OK_STREAM, client, request};
use crate::server::{Server, Step, stream_head};

#[tokio::test]
async fn dropping_a_run_in_the_middle_closes_its_connection() {
    let half = OK_STREAM.split_inclusive("\n\n").next().unwrap();
    let script = vec![Step::Send(stream_head()), Step::Send(half.into()), Step::AwaitClose];
    let mut server = Server::start(vec![script]).await;
    let mut stream = client(&server).open(request());
    while !matches!(stream.next().await.unwrap().unwrap(), Delta::Text { .. }) {}
    assert!(futures_util::poll!(stream.next()).is_pending());
    drop(stream);
    server.seen_closed().await;
}

#[tokio::test]
async fn dropping_a_run_before_its_answer_closes_its_connection() {
    let mut server = Server::start(vec![vec![Step::AwaitClose]]).await;
    let mut stream = client(&server).open(request());
    assert!(matches!(stream.next().await, Some(Ok(Delta::Wire(WirePiece::Request(_))))));
    while server.asked().is_empty() {
        assert!(futures_util::poll!(stream.next()).is_pending());
        tokio::task::yield_now().await;
    }
    drop(stream);
    server.seen_closed().await;
}

#[tokio::test]
async fn nothing_is_sent_before_the_run_is_polled() {
    let mut server = Server::start(vec![vec![Step::AwaitClose]]).await;
    let client = client(&server);
    drop(client.open(request()));
    let mut polled = client.open(request());
    assert!(matches!(polled.next().await, Some(Ok(Delta::Wire(WirePiece::Request(_))))));
    assert_eq!(server.asked().len(), 0);
    while server.asked().is_empty() {
        assert!(futures_util::poll!(polled.next()).is_pending());
        tokio::task::yield_now().await;
    }
    drop(polled);
    server.seen_closed().await;
    assert_eq!(server.asked().len(), 1);
}
