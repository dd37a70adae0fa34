//! The form of a request: what the screen shows, and what a snippet sends, is to the byte what the client sends.

use std::collections::BTreeMap;
use std::process::{Output, Stdio};

use abreast::api::{Client, Delta, Endpoint, KeyOrigin, Language, Repair, RequestShape, snippet};
use abreast::chat::{Attachment, ChatRequest, MaxTokensField, Remembered};
use abreast::state::Provider;
use serde_json::{Map, Value, json};
use tokio::process::Command;
use tokio::time::timeout;

use super::{KEY, OK_STREAM, at_once, endpoint, limits, request, run};
use crate::server::{EVENTS, JSON, PATIENCE, Server, response};

const NO_MAX_TOKENS: &str = r#"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model.","type":"invalid_request_error","param":"max_tokens","code":"unsupported_parameter"}}"#;
const NO_STREAM_OPTIONS: &str =
    r#"{"error":{"message":"Unknown parameter: 'stream_options'.","type":"invalid_request_error"}}"#;

/// What the screen knows of an endpoint.
fn provider(endpoint: &Endpoint) -> Provider {
    Provider {
        name: endpoint.name.clone(),
        base_url: endpoint.base_url.clone(),
        default_model: None,
        models: None,
        candidate: false,
        shape: endpoint.shape(KeyOrigin::Variable("LAB_KEY".to_owned())),
        known: BTreeMap::new(),
    }
}

fn computed(provider: &Provider, request: &ChatRequest) -> Vec<u8> {
    let mut body = provider.shape.body(request, provider.known(&request.model));
    request.images.fill_body(&mut body);
    serde_json::to_vec(&body).unwrap()
}

/// Asks as the program does: the screen learns what the deltas tell.
async fn ask(client: &Client, provider: &mut Provider, request: &ChatRequest) -> Vec<Remembered> {
    let (deltas, error) = run(client, request.clone()).await;
    assert_eq!(error, None);
    let mut known = Vec::new();
    for delta in deltas {
        if let Delta::Opened(opening) = delta {
            provider.learn(&request.model, &opening.learnt);
            known.push(opening.known);
        }
    }
    known
}

fn limited() -> ChatRequest {
    let mut request = request();
    request.params.assign("max_tokens=5").unwrap();
    request.params.assign("temperature=0.20").unwrap();
    request
}

/// A question about an image, which its messages only refer to.
fn with_image() -> ChatRequest {
    let image = Attachment::of("dot.gif", b"GIF89a\x01\0\x01\0".to_vec()).unwrap();
    let mut request = limited();
    let content = abreast::chat::content("What is this?", std::slice::from_ref(&image));
    request.messages = vec![json!({"role": "user", "content": content})];
    request.images.add(&[image]);
    request
}

#[tokio::test]
async fn an_image_is_sent_whole_and_the_request_that_is_kept_holds_none() {
    let server = Server::answering(&[response(200, &[EVENTS], OK_STREAM)]).await;
    let endpoint = endpoint(&format!("http://{}/v1", server.address));
    let mut provider = provider(&endpoint);
    let client = Client::with_pace(endpoint, limits(PATIENCE), at_once()).unwrap();
    let request = with_image();
    ask(&client, &mut provider, &request).await;
    let body: Value = serde_json::from_slice(&server.asked()[0].body).unwrap();
    let url = "data:image/gif;base64,R0lGODlhAQABAA==";
    assert_eq!(body["messages"][0]["content"][0], json!({"type": "image_url", "image_url": {"url": url}}));
    assert!(!serde_json::to_string(&request.messages).unwrap().contains("base64"));
}

#[tokio::test]
async fn a_body_that_the_screen_computes_is_what_the_server_gets() {
    let mut with_tools = limited();
    with_tools.tools = vec![json!({"type": "function", "function": {"name": "f"}})];
    let mut whole = limited();
    whole.stream = false;
    whole.extra.insert("user".to_owned(), json!("漢字 \"quoted\"\n"));
    let whole_answer = r#"{"choices":[{"index":0,"message":{"content":"ok"},"finish_reason":"stop"}]}"#;
    for (request, answer) in [
        (with_image(), response(200, &[EVENTS], OK_STREAM)),
        (limited(), response(200, &[EVENTS], OK_STREAM)),
        (with_tools, response(200, &[EVENTS], OK_STREAM)),
        (whole, response(200, &[JSON], whole_answer)),
    ] {
        let server = Server::answering(&[answer]).await;
        let mut endpoint = endpoint(&format!("http://{}/v1", server.address));
        endpoint.extra_body = Map::from_iter([("top_k".to_owned(), json!(3)), ("temperature".to_owned(), json!(1))]);
        endpoint.dialect.max_tokens = MaxTokensField::MaxCompletionTokens;
        let mut provider = provider(&endpoint);
        let expected = computed(&provider, &request);
        let client = Client::with_pace(endpoint, limits(PATIENCE), at_once()).unwrap();
        assert_eq!(ask(&client, &mut provider, &request).await, [Remembered::default()]);
        assert_eq!(server.asked()[0].body, expected);
        assert_eq!(computed(&provider, &request), expected);
    }
}

#[tokio::test]
async fn the_screen_knows_what_a_client_learnt_of_the_endpoint() {
    let ok = response(200, &[EVENTS], OK_STREAM);
    let refused = |body: &str| response(400, &[JSON], body);
    let answers = [refused(NO_MAX_TOKENS), refused(NO_STREAM_OPTIONS), ok.clone(), ok.clone(), ok];
    let server = Server::answering(&answers).await;
    let endpoint = endpoint(&format!("http://{}/v1", server.address));
    let mut provider = provider(&endpoint);
    let client = Client::with_pace(endpoint, limits(PATIENCE), at_once()).unwrap();
    let fresh = computed(&provider, &limited());
    let learnt = Remembered { max_tokens: Some("max_completion_tokens"), without_stream_options: true };
    assert_eq!(ask(&client, &mut provider, &limited()).await, [learnt]);
    let mended = computed(&provider, &limited());
    assert_eq!(ask(&client, &mut provider, &limited()).await, [learnt]);
    let other = ChatRequest { model: "another".to_owned(), ..limited() };
    let fresh_for_other = computed(&provider, &other);
    assert_eq!(ask(&client, &mut provider, &other).await, [Remembered::default()]);
    let bodies: Vec<Vec<u8>> = server.asked().into_iter().map(|asked| asked.body).collect();
    assert_eq!(
        [&bodies[0], &bodies[2], &bodies[3], &bodies[4]],
        [&fresh, &mended, &mended, &fresh_for_other],
        "the second body is half mended"
    );
    assert_eq!(provider.known, BTreeMap::from([("m".to_owned(), learnt)]));
}

#[tokio::test]
async fn only_a_run_that_was_accepted_after_repairs_tells_of_them() {
    let ok = response(200, &[EVENTS], OK_STREAM);
    let server = Server::answering(&[response(400, &[JSON], NO_MAX_TOKENS), ok.clone(), ok]).await;
    let client =
        Client::with_pace(endpoint(&format!("http://{}/v1", server.address)), limits(PATIENCE), at_once()).unwrap();
    let mut learnt = Vec::new();
    for _ in 0..2 {
        let (deltas, _) = run(&client, limited()).await;
        learnt.extend(deltas.into_iter().filter_map(|delta| match delta {
            Delta::Opened(opening) => Some(opening.learnt),
            _ => None,
        }));
    }
    let swap = Repair::RenamedMaxTokens { from: "max_tokens", to: "max_completion_tokens" };
    assert_eq!(learnt, [vec![swap], Vec::new()]);
}

#[test]
fn a_shape_holds_no_secret() {
    let mut endpoint = endpoint("https://me:password-1@x.io/v1?api-version=1&api_key=AIza-12345678");
    endpoint.headers = vec![("X-Auth-Token".to_owned(), "token-12345".to_owned())];
    let shape = endpoint.shape(KeyOrigin::Variable("LAB_KEY".to_owned()));
    let body = shape.body(&request(), Remembered::default());
    let mut said = format!("{shape:?}");
    for language in [Language::Json, Language::Curl, Language::Python, Language::JavaScript] {
        said.push_str(&snippet(&shape, &body, language));
    }
    for secret in [KEY, "password-1", "AIza-12345678", "token-12345"] {
        assert!(!said.contains(secret), "{secret}: {said}");
    }
    assert_eq!(shape.chat_url(), "https://x.io/v1/chat/completions?api-version=1&api_key=YOUR_API_KEY");
}

/// A request whose text means something to every shell and language.
fn nasty() -> ChatRequest {
    let mut request = limited();
    request
        .messages
        .push(json!({"role": "user", "content": "it's `id` $HOME \\ \"q\" !! \n\r\t\u{0}\u{1b} 漢字 👩‍🚀 '''"}));
    request
}

/// Runs a program with the variables that a snippet reads; `None` where there is no such program.
async fn run_snippet(program: &str, arguments: &[&str]) -> Option<Output> {
    let output = Command::new(program)
        .args(arguments)
        .env("LAB_KEY", KEY)
        .env("X_TITLE", "a title")
        .stdin(Stdio::null())
        .output();
    timeout(PATIENCE, output).await.expect("the snippet hangs").ok()
}

fn shape_for(server: &Server) -> RequestShape {
    let mut endpoint = endpoint(&format!("http://{}/v1", server.address));
    endpoint.headers = vec![("X-Title".to_owned(), "secret".to_owned())];
    endpoint.shape(KeyOrigin::Variable("LAB_KEY".to_owned()))
}

#[tokio::test]
async fn curl_sends_the_body_to_the_byte_with_the_key_of_the_environment() {
    if run_snippet("curl", &["--version"]).await.is_none() {
        return;
    }
    let mut long = nasty();
    long.messages.push(json!({"role": "user", "content": "long '".repeat(40_000)}));
    for request in [nasty(), long] {
        let server = Server::answering(&[response(200, &[EVENTS], OK_STREAM)]).await;
        let shape = shape_for(&server);
        let body = shape.body(&request, Remembered::default());
        let output = run_script("sh", "request.sh", &snippet(&shape, &body, Language::Curl)).await.unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), OK_STREAM, "{output:?}");
        let asked = &server.asked()[0];
        assert_eq!(asked.line, "POST /v1/chat/completions HTTP/1.1");
        let headers = ["authorization", "x-title", "content-type"].map(|name| asked.header(name));
        assert_eq!(headers, [Some(format!("Bearer {KEY}").as_str()), Some("a title"), Some("application/json")]);
        assert_eq!(asked.body, serde_json::to_vec(&body).unwrap());
    }
}

#[tokio::test]
async fn node_sends_the_body_and_prints_the_stream() {
    if run_snippet("node", &["--version"]).await.is_none() {
        return;
    }
    let server = Server::answering(&[response(200, &[EVENTS], OK_STREAM)]).await;
    let shape = shape_for(&server);
    let body = shape.body(&nasty(), Remembered::default());
    let output = run_script("node", "request.mjs", &snippet(&shape, &body, Language::JavaScript)).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "ok\n", "{output:?}");
    let asked = &server.asked()[0];
    assert_eq!(asked.header("authorization"), Some(format!("Bearer {KEY}").as_str()));
    assert_eq!(asked.json(), Value::Object(body));
}

/// Runs a snippet from a file, as its reader would.
async fn run_script(program: &str, name: &str, text: &str) -> Option<Output> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(name);
    std::fs::write(&path, text).unwrap();
    run_snippet(program, &[path.to_str().unwrap()]).await
}
