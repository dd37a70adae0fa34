use serde_json::Map;

use super::*;
use crate::api::{Endpoint, read_body};
use crate::chat::Dialect;

const SENT: &[&str] = &["model", "messages", "stream", "stream_options", "max_tokens", "temperature", "top_k"];

fn failure(status: u16, body: &str) -> ApiError {
    let endpoint = Endpoint {
        name: "openai".to_owned(),
        base_url: "http://127.0.0.1:1".to_owned(),
        key: None,
        headers: Vec::new(),
        extra_body: Map::new(),
        dialect: Dialect::default(),
    };
    let asked = Asked { provider: "openai", url: "http://h/v1/chat/completions", model: "gpt-5.1", with_key: true };
    let head = Head { status, request_id: Some("req_1".to_owned()), location: None };
    error(asked, &head, &read_body(body), &Mask::of(&endpoint), SENT.iter().copied())
}

fn refused(body: &str) -> Option<String> {
    refused_field(&read_body(body), SENT.iter().copied())
}

#[test]
fn each_status_has_its_sentence() {
    let said = |status, body: &str| failure(status, body).message;
    assert_eq!(
        said(401, r#"{"error":{"message":"Incorrect API key provided.","code":"invalid_api_key"}}"#),
        "openai rejected the key (401): Incorrect API key provided."
    );
    assert_eq!(said(402, ""), "No credit is left at openai (402).");
    assert_eq!(
        said(404, r#"{"detail":"Not Found"}"#),
        "openai has nothing at http://h/v1/chat/completions (404): Not Found"
    );
    assert_eq!(
        said(404, r#"{"error":{"message":"The model `gpt-5.1` does not exist","code":"model_not_found"}}"#),
        "openai has no model gpt-5.1 for you (404): The model `gpt-5.1` does not exist"
    );
    assert_eq!(
        said(400, r#"{"error":{"message":"request (15031 tokens) exceeds the available context size (2048 tokens)"}}"#),
        "The conversation is too long for gpt-5.1 (400): request (15031 tokens) exceeds the available context size (2048 tokens)"
    );
    assert_eq!(
        said(429, r#"{"error":{"message":"You exceeded it.","code":"insufficient_quota"}}"#),
        "The quota at openai is used up (429): You exceeded it."
    );
    assert_eq!(said(429, r#"{"error":"slow down"}"#), "openai limits the rate of requests (429): slow down");
    assert_eq!(said(500, "Internal Server Error"), "openai failed (500): Internal Server Error");
    assert_eq!(
        said(502, "<html><head><title>502 Bad Gateway</title>"),
        "openai is overloaded or down (502): a web page came instead of an answer: 502 Bad Gateway"
    );
    assert_eq!(said(418, ""), "openai refused the request (418).");
}

#[test]
fn an_error_carries_what_the_server_named() {
    let body = r#"{"error":{"message":"Unsupported value: 'temperature' does not support 0.5 with this model.","type":"invalid_request_error","param":"temperature","code":"unsupported_value"}}"#;
    let expected = ApiError {
        kind: ErrorKind::Http,
        message:
            "openai refused the request (400): Unsupported value: 'temperature' does not support 0.5 with this model."
                .to_owned(),
        status: Some(400),
        code: Some("unsupported_value".to_owned()),
        param: Some("temperature".to_owned()),
        request_id: Some("req_1".to_owned()),
        retry_after: None,
        next_step: None,
    };
    assert_eq!(failure(400, body), expected);
}

#[test]
fn a_refused_field_is_found_in_every_shape() {
    let named = |body: &str, field: &str| assert_eq!(refused(body).as_deref(), Some(field), "{body}");
    named(
        r#"{"error":{"message":"Unsupported parameter","param":"max_tokens","code":"unsupported_parameter"}}"#,
        "max_tokens",
    );
    named(r#"{"error":{"message":"Unknown parameter: 'stream_options'."}}"#, "stream_options");
    named(
        r#"{"detail":[{"type":"extra_forbidden","loc":["body","max_tokens"],"msg":"Extra inputs are not permitted"}]}"#,
        "max_tokens",
    );
    named(
        r#"[{"error":{"code":400,"message":"Invalid JSON payload received. Unknown name \"top_k\": Cannot find field.","status":"INVALID_ARGUMENT"}}]"#,
        "top_k",
    );
    named("`temperature` is not supported by this model; neither is `top_k`", "temperature");
}

#[test]
fn a_fault_that_refuses_no_field_names_none() {
    for body in [
        r#"{"error":{"message":"max_tokens is too large: 99999","param":"max_tokens","code":"invalid_value"}}"#,
        r#"{"error":{"message":"'messages' must not be unknown","code":null}}"#,
        r#"{"error":{"message":"Unknown parameter: 'seed'."}}"#,
        "Internal Server Error",
    ] {
        assert_eq!(refused(body), None, "{body}");
    }
}

#[test]
fn a_redirect_says_where_it_points() {
    let head = Head { status: 308, request_id: None, location: Some("https://other.example/v1".to_owned()) };
    let asked = Asked { provider: "lab", url: "", model: "", with_key: false };
    assert_eq!(
        meaning(asked, &head, &Fault::default()),
        "lab points to https://other.example/v1, where nothing was sent"
    );
}
