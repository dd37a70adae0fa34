//! The HTTP client against servers that behave, misbehave and break.

mod cancel;
mod failures;
mod form;
mod network;
mod recording;
mod repairs;
mod retries;
mod streams;

use std::time::Duration;

use abreast::api::{ApiError, ChatBackend, Client, Delta, Endpoint, Limits, Pace};
use abreast::chat::{ChatRequest, Dialect, Secret};
use futures_util::{FutureExt, StreamExt};
use serde_json::{Map, json};
use tokio::time::timeout;

use crate::server::{PATIENCE, Server};

const KEY: &str = "sk-very-secret-1234";

/// Retries at once and without chance.
fn at_once() -> Pace {
    Pace { chance: || 0.0, sleep: |_| std::future::ready(()).boxed() }
}

fn limits(idle: Duration) -> Limits {
    Limits { connect: Duration::from_secs(5), idle, retries: 2 }
}

fn endpoint(base_url: &str) -> Endpoint {
    Endpoint {
        name: "lab".to_owned(),
        base_url: base_url.to_owned(),
        key: Secret::new(KEY),
        headers: Vec::new(),
        extra_body: Map::new(),
        dialect: Dialect::default(),
    }
}

fn client(server: &Server) -> Client {
    client_of(&format!("http://{}/v1", server.address))
}

fn client_of(base_url: &str) -> Client {
    Client::with_pace(endpoint(base_url), limits(PATIENCE), at_once()).unwrap()
}

/// A client that bears only a short silence.
fn impatient(server: &Server) -> Client {
    let endpoint = endpoint(&format!("http://{}/v1", server.address));
    Client::with_pace(endpoint, limits(Duration::from_millis(100)), at_once()).unwrap()
}

fn request() -> ChatRequest {
    ChatRequest::new("m", vec![json!({"role": "user", "content": "hi"})])
}

/// A run to its end: what it said, and the error that ended it.
async fn run(client: &Client, request: ChatRequest) -> (Vec<Delta>, Option<ApiError>) {
    let (mut deltas, error) = recorded(client, request).await;
    deltas.retain(|delta| !matches!(delta, Delta::Wire(_)));
    (deltas, error)
}

/// A run to its end, with what went over the wire.
async fn recorded(client: &Client, request: ChatRequest) -> (Vec<Delta>, Option<ApiError>) {
    let mut stream = client.open(request);
    let mut deltas = Vec::new();
    let all = async {
        while let Some(step) = stream.next().await {
            match step {
                Ok(delta) => deltas.push(delta),
                Err(error) => {
                    assert!(stream.next().await.is_none(), "the stream goes on after {error}");
                    return Some(error);
                }
            }
        }
        None
    };
    let error = timeout(PATIENCE, all).await.expect("the run hangs");
    (deltas, error)
}

/// A run that has to fail.
async fn failed(client: &Client) -> ApiError {
    run(client, request()).await.1.expect("the run should have failed")
}

fn text(deltas: &[Delta]) -> String {
    let text = deltas.iter().filter_map(|delta| match delta {
        Delta::Text { text, .. } => Some(text.as_str()),
        _ => None,
    });
    text.collect()
}

/// A stream of one word.
const OK_STREAM: &str = concat!(
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"ok\"},\"finish_reason\":null}]}\n\n",
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
    "data: [DONE]\n\n",
);
