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

#[tokio::test]
async fn a_question_about_the_program_gets_the_same_useful_answer_at_temperature_zero() {
    let sandbox = Running::start().await;
    let cold = |seed| with(ask("sandbox", "how do I add a lane?"), &json!({"temperature": 0, "seed": seed}));
    let (_, first) = sandbox.whole(cold(1)).await;
    let (_, second) = sandbox.whole(cold(2)).await;
    assert!(content(&first).contains("Alt+A"), "{}", content(&first));
    assert_eq!(content(&first), content(&second));
}

#[tokio::test]
async fn a_seed_reproduces_the_text_and_choices_differ_from_each_other() {
    let sandbox = Running::start().await;
    let body =
        with(ask("sandbox", "Tell me a story"), &json!({"temperature": 1.5, "seed": 9, "n": 3, "max_tokens": 60}));
    let (_, first) = sandbox.whole(body.clone()).await;
    let (_, second) = sandbox.whole(body).await;
    let texts = |whole: &Value| -> Vec<String> {
        let choices = whole["choices"].as_array().unwrap();
        choices.iter().map(|choice| choice["message"]["content"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(texts(&first), texts(&second));
    assert_eq!(texts(&first).len(), 3);
    assert_ne!(texts(&first)[0], texts(&first)[1]);
}

#[tokio::test]
async fn logprobs_are_of_the_tokens_sent_and_end_with_the_limit() {
    let sandbox = Running::start().await;
    let more = json!({"logprobs": true, "top_logprobs": 3, "max_tokens": 7, "temperature": 0});
    let (_, whole) = sandbox.whole(with(ask("sandbox", "how do I add a lane?"), &more)).await;
    let choice = &whole["choices"][0];
    let tokens = choice["logprobs"]["content"].as_array().unwrap();
    let text: String = tokens.iter().map(|token| token["token"].as_str().unwrap()).collect();
    assert_eq!((text.as_str(), tokens.len()), (content(&whole), 7));
    assert_eq!((&choice["finish_reason"], &whole["usage"]["completion_tokens"]), (&json!("length"), &json!(7)));
    for token in tokens {
        let top = token["top_logprobs"].as_array().unwrap();
        assert_eq!((top.len(), &top[0]["token"]), (3, &token["token"]));
        assert!(token["logprob"].as_f64().unwrap() <= 0.0);
        assert_eq!(token["bytes"], json!(token["token"].as_str().unwrap().as_bytes()));
    }
}

#[tokio::test]
async fn a_token_that_could_be_no_other_is_the_only_one_at_its_place() {
    let sandbox = Running::start().await;
    let schema = json!({"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]});
    let format = json!({"type": "json_schema", "json_schema": {"name": "count", "schema": schema}});
    let more = json!({"logprobs": true, "top_logprobs": 3, "response_format": format});
    let (_, whole) = sandbox.whole(with(ask("sandbox", "How many?"), &more)).await;
    let brace = &whole["choices"][0]["logprobs"]["content"][0];
    let alone = json!({"token": brace["token"], "logprob": 0.0, "bytes": brace["bytes"]});
    assert_eq!((&brace["logprob"], &brace["top_logprobs"]), (&json!(0.0), &json!([alone])));
}

#[tokio::test]
async fn a_stream_brings_the_logprobs_of_the_whole_answer_with_their_tokens() {
    let sandbox = Running::start().await;
    let more = json!({"logprobs": true, "top_logprobs": 2, "max_tokens": 40, "temperature": 1.4, "seed": 3});
    let body = with(ask("sandbox", "how do I add a lane?"), &more);
    let (_, whole) = sandbox.whole(body.clone()).await;
    let events = sandbox.events(body).await;
    let chunks: Vec<Value> = events.iter().filter_map(|event| serde_json::from_str(event).ok()).collect();
    let mut streamed = Vec::new();
    for choice in chunks.iter().map(|chunk| &chunk["choices"][0]) {
        let tokens = choice["logprobs"]["content"].as_array().cloned().unwrap_or_default();
        let text: String = tokens.iter().map(|token| token["token"].as_str().unwrap()).collect();
        assert_eq!(text, choice["delta"]["content"].as_str().unwrap_or_default());
        streamed.extend(tokens);
    }
    assert_eq!(Value::Array(streamed), whole["choices"][0]["logprobs"]["content"]);
}

#[tokio::test]
async fn a_stop_string_is_not_sent() {
    let sandbox = Running::start().await;
    let more = json!({"temperature": 0, "stop": ["toy model"]});
    let (_, whole) = sandbox.whole(with(ask("sandbox", "What are you?"), &more)).await;
    assert_eq!(content(&whole), "I am the sandbox: a ");
    assert_eq!(whole["choices"][0]["finish_reason"], "stop");
}

#[tokio::test]
async fn more_goes_on_with_what_was_asked_before() {
    let sandbox = Running::start().await;
    let talk = |messages: Value| json!({"model": "sandbox", "temperature": 0, "messages": messages});
    let (_, first) = sandbox.whole(ask("sandbox", "how do I add a lane?")).await;
    let told =
        content(&sandbox.whole(talk(json!([{"role": "user", "content": "how do I add a lane?"}]))).await.1).to_owned();
    let (_, more) = sandbox
        .whole(talk(json!([
            {"role": "user", "content": "how do I add a lane?"},
            {"role": "assistant", "content": told},
            {"role": "user", "content": "more"},
        ])))
        .await;
    assert_eq!(first["object"], "chat.completion");
    assert!(content(&more) != told && content(&more).contains("lane"), "{}", content(&more));
}

#[tokio::test]
async fn the_reasoner_thinks_first_and_counts_its_thoughts() {
    let sandbox = Running::start().await;
    let events =
        sandbox.events(with(ask("sandbox-reasoner", "how do I add a lane?"), &json!({"temperature": 0}))).await;
    let deltas: Vec<Value> = events[1..events.len() - 2]
        .iter()
        .map(|event| serde_json::from_str::<Value>(event).unwrap()["choices"][0]["delta"].clone())
        .collect();
    let first_word = deltas.iter().position(|delta| delta.get("content").is_some()).unwrap();
    assert!(first_word > 0 && deltas[..first_word].iter().all(|delta| delta.get("reasoning_content").is_some()));
    let (_, whole) =
        sandbox.whole(with(ask("sandbox-reasoner", "how do I add a lane?"), &json!({"temperature": 0}))).await;
    assert!(whole["choices"][0]["message"]["reasoning_content"].as_str().unwrap().contains("How do I add a lane?"));
    assert_eq!(whole["usage"]["completion_tokens_details"]["reasoning_tokens"], json!(first_word));
    let silent = with(ask("sandbox-reasoner", "how do I add a lane?"), &json!({"reasoning_effort": "none"}));
    assert_eq!(sandbox.whole(silent).await.1["choices"][0]["message"].get("reasoning_content"), None);
}

#[tokio::test]
async fn a_call_streams_its_id_and_name_once_and_its_arguments_in_pieces() {
    // given
    let sandbox = Running::start().await;
    let schema = json!({"type": "object", "required": ["city"], "properties": {"city": {"type": "string"}}});
    let tools = json!([{"type": "function", "function": {"name": "get_weather", "parameters": schema}}]);
    let body = with(ask("sandbox", "What is the weather in Oslo?"), &json!({"tools": tools}));
    // when
    let events = sandbox.events(body.clone()).await;
    // then
    let chunks: Vec<Value> =
        events[..events.len() - 1].iter().map(|event| serde_json::from_str(event).unwrap()).collect();
    let calls: Vec<&Value> = chunks.iter().filter_map(|c| c["choices"][0]["delta"]["tool_calls"].get(0)).collect();
    assert!(calls.len() > 3 && calls.iter().all(|call| call["index"] == 0));
    assert_eq!(calls.iter().filter(|call| call.get("id").is_some()).count(), 1);
    let arguments: String = calls.iter().map(|call| call["function"]["arguments"].as_str().unwrap()).collect();
    assert_eq!(serde_json::from_str::<Value>(&arguments).unwrap(), json!({"city": "Oslo"}));
    assert_eq!(chunks.last().unwrap()["choices"][0]["finish_reason"], "tool_calls");
    // and with the result it answers in words
    let (_, whole) = sandbox.whole(body.clone()).await;
    let call = whole["choices"][0]["message"].clone();
    let mut messages = body["messages"].as_array().unwrap().clone();
    let id = call["tool_calls"][0]["id"].clone();
    messages.extend([call, json!({"role": "tool", "tool_call_id": id, "content": "{\"sky\": \"clear\"}"})]);
    let (_, told) = sandbox.whole(with(body, &json!({"messages": messages}))).await;
    assert_eq!(content(&told), "`get_weather` says: sky is clear.");
}

#[tokio::test]
async fn json_answers_conform() {
    let sandbox = Running::start().await;
    let schema = json!({"type": "object", "additionalProperties": false, "required": ["name", "tags", "rating"], "properties": {
        "name": {"type": "string", "maxLength": 30}, "tags": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        "rating": {"type": "integer", "minimum": 1, "maximum": 5}}});
    let format = json!({"type": "json_schema", "json_schema": {"name": "review", "strict": true, "schema": schema}});
    let body = with(ask("sandbox", "Review the hotel \"Sea View\" with 4 stars"), &json!({"response_format": format}));
    let (_, whole) = sandbox.whole(body).await;
    let value: Value = serde_json::from_str(content(&whole)).unwrap();
    assert!(jsonschema::is_valid(&schema, &value), "{value}");
    assert_eq!((&value["name"], &value["rating"]), (&json!("Sea View"), &json!(4)));
    let object = json!({"response_format": {"type": "json_object"}});
    let (_, whole) = sandbox.whole(with(ask("sandbox", "Answer in JSON: what are you?"), &object)).await;
    assert!(serde_json::from_str::<Value>(content(&whole)).unwrap().is_object());
    let (status, refused) = sandbox.whole(with(ask("sandbox", "What are you?"), &object)).await;
    assert_eq!((status, &refused["error"]["param"]), (400, &json!("messages")));
}

#[tokio::test]
async fn invalid_requests_are_refused_in_the_shape_of_the_wire() {
    let sandbox = Running::start().await;
    let hello = |more: Value| with(ask("sandbox", "hello"), &more);
    let long = "word ".repeat(40_000);
    let cases = [
        (json!({"messages": []}), 400, "model", "missing_required_parameter"),
        (json!({"model": "sandbox"}), 400, "messages", "missing_required_parameter"),
        (json!({"model": "sandbox", "messages": []}), 400, "messages", "empty_array"),
        (
            json!({"model": "sandbox", "messages": [{"role": "pirate", "content": "x"}]}),
            400,
            "messages[0].role",
            "invalid_value",
        ),
        (hello(json!({"temperature": 3})), 400, "temperature", "decimal_above_max_value"),
        (hello(json!({"temperature": "hot"})), 400, "temperature", "invalid_type"),
        (hello(json!({"n": 0})), 400, "n", "integer_below_min_value"),
        (hello(json!({"stop": ["a", "b", "c", "d", "e"]})), 400, "stop", "array_above_max_length"),
        (ask("sandbox", &long), 400, "messages", "context_length_exceeded"),
    ];
    for (body, status, param, code) in cases {
        let (got, answer) = sandbox.whole(body).await;
        let error = &answer["error"];
        assert_eq!((got, &error["param"], &error["code"]), (status, &json!(param), &json!(code)), "{answer}");
        assert_eq!(error["type"], "invalid_request_error");
    }
    let (status, answer) = sandbox.whole(ask("gpt-5.1", "hello")).await;
    assert_eq!((status, &answer["error"]["code"]), (404, &json!("model_not_found")));
    let (status, _) = sandbox.get("/nowhere").await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn the_strict_model_refuses_in_the_words_of_gpt_5() {
    let sandbox = Running::start().await;
    let strict = |more: Value| with(ask("sandbox-strict", "hello"), &more);
    assert_eq!(
        sandbox.whole(strict(json!({"max_tokens": 5}))).await,
        (
            400,
            json!({"error": {"message": "Unsupported parameter: 'max_tokens' is not supported with this model. \
            Use 'max_completion_tokens' instead.", "type": "invalid_request_error", "param": "max_tokens",
            "code": "unsupported_parameter"}})
        )
    );
    assert_eq!(
        sandbox.whole(strict(json!({"temperature": 0.5}))).await,
        (
            400,
            json!({"error": {"message": "Unsupported value: 'temperature' does not support 0.5 with this model. \
            Only the default (1) value is supported.", "type": "invalid_request_error", "param": "temperature",
            "code": "unsupported_value"}})
        )
    );
    assert_eq!(sandbox.whole(strict(json!({"temperature": 1, "max_completion_tokens": 5}))).await.0, 200);
}

#[tokio::test]
async fn refusing_models_answer_with_their_status_and_code() {
    let sandbox = Running::start().await;
    for (model, status, code) in [
        ("sandbox-429", 429, "rate_limit_exceeded"),
        ("sandbox-quota", 429, "insufficient_quota"),
        ("sandbox-401", 401, "invalid_api_key"),
        ("sandbox-500", 500, "server_error"),
        ("sandbox-529", 529, "server_is_overloaded"),
    ] {
        let (got, answer) = sandbox.whole(ask(model, "hello")).await;
        assert_eq!((got, &answer["error"]["code"]), (status, &json!(code)));
    }
    let limited = sandbox.post(&ask("sandbox-429", "hello")).await;
    assert_eq!(
        (&limited.headers()["retry-after"], &limited.headers()["retry-after-ms"]),
        (&"1".parse().unwrap(), &"200".parse().unwrap())
    );
    let page = sandbox.post(&ask("sandbox-html", "hello")).await;
    assert_eq!(
        (page.status().as_u16(), &page.headers()["content-type"]),
        (200, &"text/html; charset=utf-8".parse().unwrap())
    );
    assert_eq!(sandbox.post(&ask("sandbox-empty", "hello")).await.text().await.unwrap(), "");
}

#[tokio::test]
async fn broken_streams_break_as_described() {
    let sandbox = Running::start().await;
    let finished = |event: &String| event.contains("\"finish_reason\":\"stop\"");
    // a clean end without any sign of completeness
    let cut_short = sandbox.events(ask("sandbox-nofinish", "What are you?")).await;
    assert!(cut_short.len() > 5 && !cut_short.iter().any(finished) && cut_short.last().unwrap() != "[DONE]");
    // an error as the last event
    let failed = sandbox.events(ask("sandbox-error", "What are you?")).await;
    assert_eq!(serde_json::from_str::<Value>(failed.last().unwrap()).unwrap()["error"]["code"], "server_error");
    // one bad event, a complete answer all the same
    let garbage = sandbox.events(ask("sandbox-garbage", "What are you?")).await;
    let (done, chunks) = garbage.split_last().unwrap();
    assert_eq!(
        (done.as_str(), chunks.iter().filter(|event| serde_json::from_str::<Value>(event).is_err()).count()),
        ("[DONE]", 1)
    );
    assert!(chunks.iter().any(finished));
    // no usage, though asked for
    let usage = with(ask("sandbox-nousage", "What are you?"), &json!({"stream_options": {"include_usage": true}}));
    assert!(!sandbox.events(usage).await.iter().any(|event| event.contains("prompt_tokens")));
    // whole answers break too
    assert_eq!(sandbox.whole(ask("sandbox-error", "What are you?")).await.0, 500);
    assert_eq!(
        sandbox.whole(ask("sandbox-nofinish", "What are you?")).await.1["choices"][0]["finish_reason"],
        json!(null)
    );
    assert!(sandbox.post(&ask("sandbox-garbage", "What are you?")).await.json::<Value>().await.is_err());
    assert!(sandbox.post(&ask("sandbox-cut", "What are you?")).await.text().await.is_err());
    // a connection that drops inside an event
    let mut dropped = sandbox.post(&with(ask("sandbox-cut", "What are you?"), &json!({"stream": true}))).await;
    let mut bytes = Vec::new();
    let end = loop {
        match dropped.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            other => break other,
        }
    };
    assert!(end.is_err() && bytes.len() > 100 && !bytes.ends_with(b"\n\n"));
}

#[tokio::test]
async fn a_hanging_stream_keeps_its_line_open() {
    let sandbox = Running::start().await;
    let mut response = sandbox.post(&with(ask("sandbox-hang", "What are you?"), &json!({"stream": true}))).await;
    let mut seen = String::new();
    while !seen.contains("a toy model") && seen.matches("data: ").count() < 10 {
        seen.push_str(std::str::from_utf8(&response.chunk().await.unwrap().unwrap()).unwrap());
    }
    let more = tokio::time::timeout(std::time::Duration::from_millis(50), response.chunk()).await;
    assert!(more.is_err(), "{more:?}");
}

#[tokio::test]
async fn recitals_are_whole_and_their_tokens_are_counted() {
    let sandbox = Running::start().await;
    let (_, markdown) = sandbox.whole(ask("sandbox-markdown", "go")).await;
    assert!(
        ["# A page", "```rust", "| lane |", "- [x]", "> > A quote"]
            .iter()
            .all(|part| content(&markdown).contains(part))
    );
    let (_, hostile) = sandbox.whole(ask("sandbox-hostile", "go")).await;
    assert!(["\u{1b}]52;c;", "\u{202e}", "\u{200b}", "\u{9b}"].iter().all(|part| content(&hostile).contains(part)));
    let (_, big) = sandbox.whole(ask("sandbox-big", "go")).await;
    assert!((990_000..=1_000_000).contains(&content(&big).len()));
    assert_eq!(big["choices"][0]["finish_reason"], "stop");
}

#[tokio::test]
async fn dropping_the_server_closes_its_connections() {
    let sandbox = Running::start().await;
    let mut response = sandbox.post(&with(ask("sandbox-hang", "What are you?"), &json!({"stream": true}))).await;
    assert!(response.chunk().await.unwrap().is_some());
    sandbox.task.abort();
    while let Ok(Some(_)) = response.chunk().await {}
    assert!(sandbox.client.get(format!("{}/models", sandbox.url)).send().await.is_err());
}
