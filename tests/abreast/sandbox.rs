//! The sandbox over loopback, as a client sees it.

use abreast::sandbox::{MODELS, OWNER, Server, ServerOptions};
use serde_json::{Value, json};

/// A sandbox that serves as long as it lives.
struct Running {
    url: String,
    client: reqwest::Client,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Running {
    async fn start() -> Self {
        let options = ServerOptions { rate: None, seed: Some(1), ..ServerOptions::default() };
        let server = Server::bind(options).await.unwrap();
        let url = server.base_url();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { url, client, task: tokio::spawn(server.serve()) }
    }

    async fn post(&self, body: &Value) -> reqwest::Response {
        self.client.post(format!("{}/chat/completions", self.url)).json(body).send().await.unwrap()
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        let response = self.client.get(format!("{}{path}", self.url)).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    async fn whole(&self, body: Value) -> (u16, Value) {
        let response = self.post(&body).await;
        (response.status().as_u16(), response.json().await.unwrap())
    }

    /// The events of a stream, without `data: `.
    async fn events(&self, mut body: Value) -> Vec<String> {
        body["stream"] = json!(true);
        let text = self.post(&body).await.text().await.unwrap();
        text.split_terminator("\n\n").map(|event| event.strip_prefix("data: ").unwrap().to_owned()).collect()
    }
}

fn ask(model: &str, question: &str) -> Value {
    json!({"model": model, "messages": [{"role": "user", "content": question}]})
}

fn with(mut body: Value, more: &Value) -> Value {
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

fn content(completion: &Value) -> &str {
    completion["choices"][0]["message"]["content"].as_str().unwrap()
}

#[tokio::test]
async fn a_stream_has_a_role_then_one_token_per_chunk_then_finish_usage_and_done() {
    // given
    let sandbox = Running::start().await;
    let body =
        with(ask("sandbox", "What are you?"), &json!({"temperature": 0, "stream_options": {"include_usage": true}}));
    // when
    let events = sandbox.events(body.clone()).await;
    // then
    let (done, chunks) = events.split_last().unwrap();
    assert_eq!(done, "[DONE]");
    let chunks: Vec<Value> = chunks.iter().map(|event| serde_json::from_str(event).unwrap()).collect();
    assert_eq!(chunks[0]["choices"][0]["delta"], json!({"role": "assistant", "content": ""}));
    assert!(chunks.iter().all(|chunk| chunk["id"] == chunks[0]["id"] && chunk["system_fingerprint"] == OWNER));
    let [text @ .., finish, usage] = &chunks[1..] else { panic!("too few chunks") };
    assert_eq!(finish["choices"][0]["delta"], json!({}));
    assert_eq!(finish["choices"][0]["finish_reason"], "stop");
    assert_eq!(usage["choices"], json!([]));
    assert_eq!(usage["usage"]["completion_tokens"], json!(text.len()));
    assert!(chunks[..chunks.len() - 1].iter().all(|chunk| chunk["usage"].is_null()));
    // and the text is the one that comes whole
    let joined: String = text.iter().map(|chunk| chunk["choices"][0]["delta"]["content"].as_str().unwrap()).collect();
    let (status, mut whole) = sandbox.whole(with(ask("sandbox", "What are you?"), &json!({"temperature": 0}))).await;
    assert_eq!((status, content(&whole)), (200, joined.as_str()));
    assert_eq!(whole["usage"].take(), usage["usage"]);
    assert!(joined.starts_with("I am the sandbox"));
}

#[tokio::test]
async fn models_are_listed_with_the_answering_ones_first_and_each_can_be_asked_for() {
    let sandbox = Running::start().await;
    let (status, list) = sandbox.get("/models").await;
    let ids: Vec<&str> = list["data"].as_array().unwrap().iter().map(|model| model["id"].as_str().unwrap()).collect();
    assert_eq!((status, &ids[..3]), (200, &["sandbox", "sandbox-reasoner", "sandbox-strict"][..]));
    assert_eq!(ids.len(), MODELS.len());
    assert_eq!(sandbox.get("/models/sandbox-cut").await.1["owned_by"], OWNER);
    assert_eq!(sandbox.get("/models/gpt-5.1").await.0, 404);
}
