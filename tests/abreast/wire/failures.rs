//! Answers that are errors, in every dress they come in.

use abreast::api::{Client, Delta, ErrorKind, Limits};

use super::{KEY, OK_STREAM, client, endpoint, failed, request, run, text};
use crate::server::{EVENTS, HTML, JSON, Server, Step, chunk, chunked_head, response, stream_head};

/// The failure of a run that is answered with one response, however often it is tried.
async fn after(response: Vec<u8>) -> abreast::api::ApiError {
    let server = Server::answering(&[response.clone(), response.clone(), response]).await;
    failed(&client(&server)).await
}

#[tokio::test]
async fn every_shape_of_error_is_read_over_http() {
    let cases = [
        (
            400,
            r#"{"error":{"message":"Too hot.","type":"t","param":"temperature","code":"c"}}"#,
            "lab refused the request (400): Too hot.",
        ),
        (
            400,
            r#"{"object":"error","message":"Too hot.","type":"t","param":null,"code":400}"#,
            "lab refused the request (400): Too hot.",
        ),
        (
            400,
            r#"[{"error":{"code":400,"message":"Too hot.","status":"INVALID_ARGUMENT"}}]"#,
            "lab refused the request (400): Too hot.",
        ),
        (500, r#"{"error":"out of memory"}"#, "lab failed (500): out of memory"),
        (404, r#"{"detail":"Not Found"}"#, "lab has nothing at http://{}/v1/chat/completions (404): Not Found"),
        (503, "upstream connect error", "lab is overloaded or down (503): upstream connect error"),
        (
            529,
            r#"{"error":{"message":"Overloaded","type":"overloaded_error"}}"#,
            "lab is overloaded or down (529): Overloaded",
        ),
    ];
    for (status, body, sentence) in cases {
        let answer = response(status, &[JSON], body);
        let server = Server::answering(&[answer.clone(), answer.clone(), answer]).await;
        let error = failed(&client(&server)).await;
        assert_eq!(
            (error.kind, error.status, error.message),
            (ErrorKind::Http, Some(status), sentence.replace("{}", &server.address))
        );
    }
}

#[tokio::test]
async fn a_rejected_key_is_masked_and_the_next_step_named() {
    let body = format!(r#"{{"error":{{"message":"Incorrect API key provided: {KEY}.","code":"invalid_api_key"}}}}"#);
    let error = after(response(401, &[JSON, "X-Request-Id: req_9"], body)).await;
    assert_eq!(error.message, "lab rejected the key (401): Incorrect API key provided: [key].");
    assert_eq!((error.code.as_deref(), error.request_id.as_deref()), (Some("invalid_api_key"), Some("req_9")));
    assert_eq!(
        error.next_step.as_deref(),
        Some("Check the key of lab in config.toml, or name its variable with --api-key-env.")
    );
    assert!(!format!("{error:?}").contains(KEY));
}

#[tokio::test]
async fn a_key_is_masked_in_a_stream_as_well() {
    let body = format!("data: {{\"error\":{{\"message\":\"no {KEY} here\"}}}}\n\n");
    let error = after(response(200, &[EVENTS], body)).await;
    assert!(error.message.contains("no [key] here"), "{error:?}");
}

#[tokio::test]
async fn a_page_of_any_length_stays_a_sentence() {
    let error = after(response(400, &[HTML], format!("x{}", "<p>".repeat(100_000)))).await;
    assert!(error.message.len() < 8192, "{}", error.message.len());
}

#[tokio::test]
async fn an_error_within_a_stream_ends_it_after_what_came() {
    let body = include_str!("../../fixtures/http/litellm-upstream-killed.sse");
    let server = Server::answering(&[response(200, &[EVENTS, "X-Generation-Id: gen-1"], body)]).await;
    let (deltas, error) = run(&client(&server), request()).await;
    let error = error.unwrap();
    assert!(text(&deltas).ends_with(" the bustling"), "{deltas:?}");
    assert_eq!((error.kind, error.code.as_deref()), (ErrorKind::Api, Some("500")));
    assert_eq!(error.request_id.as_deref(), Some("gen-1"));
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn an_error_in_place_of_a_stream_is_an_error() {
    let body = r#"{"error":{"code":400,"message":"the request exceeds the available context size"}}"#;
    let error = after(response(200, &[EVENTS], body)).await;
    assert_eq!((error.kind, error.code.as_deref()), (ErrorKind::Api, Some("400")));
    assert!(error.message.contains("the request exceeds the available context size"), "{error}");
    assert_eq!(
        error.next_step.as_deref(),
        Some("Go on from an earlier turn, or choose a model with a larger context.")
    );
}

#[tokio::test]
async fn what_is_no_reply_is_named() {
    let page = "<!DOCTYPE html><html><head><title>Sign in to  the Wi-Fi</title></head></html>";
    let sign_in = "A web page (“Sign in to the Wi-Fi”) came instead of an answer";
    let text = "Content-Type: text/plain";
    let cases = [
        (response(200, &[HTML], page), sign_in),
        (response(200, &[EVENTS], page), sign_in),
        (response(200, &[text], "Hello."), "The server sent no answer but this: Hello."),
        (response(200, &[EVENTS], ""), "The server sent an empty answer: not a single byte."),
        (response(200, &[JSON], "\n\n"), "The server ended its answer before the first word: it is empty."),
        (response(200, &[EVENTS, "Content-Encoding: gzip"], "plain"), "The compressed answer of lab cannot be read: "),
    ];
    for (response, sentence) in cases {
        let error = after(response).await;
        assert_eq!(error.kind, ErrorKind::Protocol);
        assert!(error.message.starts_with(sentence), "{error}");
    }
}

#[tokio::test]
async fn a_body_that_is_broken_json_is_unreadable() {
    let error = after(response(200, &[JSON], "{malformed json: <<<chaos>>>")).await;
    assert_eq!(error.kind, ErrorKind::Protocol);
}

#[tokio::test]
async fn a_stream_without_an_end_is_cut_off_though_the_transport_is_content() {
    let body = include_str!("../../fixtures/http/llamacpp-killed.sse");
    let server = Server::answering(&[response(200, &[EVENTS], body)]).await;
    let (deltas, error) = run(&client(&server), request()).await;
    assert!(!text(&deltas).is_empty());
    assert_eq!(error.unwrap().kind, ErrorKind::Truncated);
}

#[tokio::test]
async fn a_cut_connection_keeps_what_came_and_is_no_end() {
    let half = OK_STREAM.split_inclusive("\n\n").next().unwrap();
    let script = vec![Step::Send(chunked_head()), Step::Send(chunk(half))];
    let server = Server::start(vec![script]).await;
    let (deltas, error) = run(&client(&server), request()).await;
    let error = error.unwrap();
    assert_eq!((text(&deltas).as_str(), error.kind), ("ok", ErrorKind::Truncated));
    assert!(error.message.starts_with("The connection to lab broke before the answer was complete: "), "{error}");
    assert_eq!(server.asked().len(), 1, "a run is not tried again after its first byte");
}

#[tokio::test]
async fn a_body_shorter_than_it_said_is_cut_off_even_before_the_first_word() {
    let head = format!("HTTP/1.1 200 OK\r\n{EVENTS}\r\nContent-Length: 900\r\n\r\n: queued\n\n");
    let server = Server::answering(&[head.into_bytes()]).await;
    let error = failed(&client(&server)).await;
    assert_eq!(error.kind, ErrorKind::Truncated);
    assert!(error.message.starts_with("The connection to lab broke before the answer was complete: "), "{error}");
    assert_eq!(server.asked().len(), 1, "a run is not tried again after its first byte");
}

#[tokio::test]
async fn a_connection_cut_after_the_finish_is_a_complete_reply() {
    let finished: String = OK_STREAM.split_inclusive("\n\n").take(2).collect();
    let server = Server::start(vec![vec![Step::Send(chunked_head()), Step::Send(chunk(&finished))]]).await;
    let (deltas, error) = run(&client(&server), request()).await;
    assert_eq!((text(&deltas).as_str(), error), ("ok", None));
}

#[tokio::test]
async fn a_redirect_is_shown_and_not_followed() {
    let target = Server::answering(&[response(200, &[EVENTS], OK_STREAM)]).await;
    let location = format!("Location: http://{}/v1/chat/completions?token=abc", target.address);
    let server = Server::answering(&[response(308, &[&location], "")]).await;
    let error = failed(&client(&server)).await;
    let sentence =
        format!("lab points to http://{}/v1/chat/completions, where nothing was sent (308).", target.address);
    assert_eq!(error.message, sentence);
    assert_eq!(error.next_step.as_deref(), Some("Set base_url in config.toml to that address, if you trust it."));
    assert_eq!((server.asked().len(), target.asked().len()), (1, 0));
}

#[tokio::test]
async fn a_refused_field_is_named_and_the_request_not_sent_again() {
    let body = r#"{"error":{"message":"Unsupported value: 'temperature' does not support 0.5 with this model.","code":"unsupported_value","param":"temperature"}}"#;
    let server = Server::answering(&[response(400, &[JSON], body)]).await;
    let mut request = request();
    request.params.assign("temperature=0.5").unwrap();
    let error = run(&client(&server), request).await.1.unwrap();
    assert_eq!(error.param.as_deref(), Some("temperature"));
    assert_eq!(error.next_step.as_deref(), Some("Send it again without temperature."));
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn no_secret_of_the_endpoint_is_in_a_debug_dump() {
    let mut endpoint = endpoint("http://127.0.0.1:1/v1?key=AIza-12345678");
    endpoint.headers = vec![("X-Api-Key".to_owned(), "token-12345678".to_owned())];
    let client = Client::new(endpoint.clone(), Limits::default()).unwrap();
    let shown = format!("{client:?} {endpoint:?}");
    assert!(shown.contains("X-Api-Key"), "{shown}");
    for secret in [KEY, "AIza-12345678", "token-12345678"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[tokio::test]
async fn signs_of_life_are_passed_on() {
    let script =
        vec![Step::Send(stream_head()), Step::Send(b": PROCESSING\n\n".to_vec()), Step::Send(OK_STREAM.into())];
    let server = Server::start(vec![script]).await;
    let (deltas, error) = run(&client(&server), request()).await;
    assert!(error.is_none() && deltas.contains(&Delta::Alive), "{deltas:?}");
}
