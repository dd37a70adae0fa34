//! Fields that an endpoint refuses.

use abreast::api::{Delta, Repair};
use abreast::chat::ChatRequest;
use serde_json::Value;

use super::{OK_STREAM, client, request, run, text};
use crate::server::{EVENTS, JSON, Server, response};

fn limited(name: &str) -> ChatRequest {
    let mut request = request();
    request.params.assign(&format!("{name}=5")).unwrap();
    request
}

fn repairs(deltas: &[Delta]) -> Vec<Repair> {
    let repairs = deltas.iter().filter_map(|delta| match delta {
        Delta::Repaired(repair) => Some(repair.clone()),
        _ => None,
    });
    repairs.collect()
}

fn limits_of(server: &Server) -> Vec<(Option<Value>, Option<Value>)> {
    let both = |body: Value| (body.get("max_tokens").cloned(), body.get("max_completion_tokens").cloned());
    server.asked().iter().map(|asked| both(asked.json())).collect()
}

const OPENAI_REFUSAL: &str = r#"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","type":"invalid_request_error","param":"max_tokens","code":"unsupported_parameter"}}"#;
const MISTRAL_REFUSAL: &str = r#"{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","max_completion_tokens"],"msg":"Extra inputs are not permitted","input":5}]},"type":"invalid_request_error","param":null,"code":null}"#;

#[tokio::test]
async fn a_refused_output_limit_goes_by_its_other_name_and_that_is_remembered() {
    let ok = response(200, &[EVENTS], OK_STREAM);
    let server = Server::answering(&[response(400, &[JSON], OPENAI_REFUSAL), ok.clone(), ok.clone(), ok]).await;
    let client = client(&server);
    let (deltas, error) = run(&client, limited("max_tokens")).await;
    assert_eq!((text(&deltas).as_str(), error), ("ok", None));
    assert_eq!(repairs(&deltas), [Repair::RenamedMaxTokens { from: "max_tokens", to: "max_completion_tokens" }]);
    let (deltas, _) = run(&client.clone(), limited("max_tokens")).await;
    assert_eq!(repairs(&deltas), []);
    let mut other = limited("max_tokens");
    other.model = "another".to_owned();
    run(&client, other).await;
    let (old, new) = ((Some(5.into()), None), (None, Some(5.into())));
    assert_eq!(limits_of(&server), [old.clone(), new.clone(), new, old]);
    assert_eq!(client.body(&limited("max_tokens")).get("max_completion_tokens"), Some(&5.into()));
}

#[tokio::test]
async fn the_newer_name_is_swapped_for_the_older_where_that_is_the_one_taken() {
    let ok = response(200, &[EVENTS], OK_STREAM);
    let server = Server::answering(&[response(422, &[JSON], MISTRAL_REFUSAL), ok]).await;
    let (deltas, error) = run(&client(&server), limited("max_completion_tokens")).await;
    assert_eq!((text(&deltas).as_str(), error), ("ok", None));
    assert_eq!(repairs(&deltas), [Repair::RenamedMaxTokens { from: "max_completion_tokens", to: "max_tokens" }]);
}

#[tokio::test]
async fn an_endpoint_that_refuses_both_names_is_asked_twice_and_nothing_is_remembered() {
    let server = Server::answering(&[
        response(400, &[JSON], OPENAI_REFUSAL),
        response(
            400,
            &[JSON],
            OPENAI_REFUSAL.replace("'max_tokens'", "'it'").replace("\"max_tokens\"", "\"max_completion_tokens\""),
        ),
    ])
    .await;
    let client = client(&server);
    let error = run(&client, limited("max_tokens")).await.1.unwrap();
    assert_eq!(error.param.as_deref(), Some("max_completion_tokens"));
    assert_eq!(server.asked().len(), 2);
    assert_eq!(client.body(&limited("max_tokens")).get("max_tokens"), Some(&5.into()));
}

#[tokio::test]
async fn refused_stream_options_are_left_out_beside_a_renamed_limit() {
    let unknown = r#"{"error":{"message":"Unknown parameter: 'stream_options'.","type":"invalid_request_error"}}"#;
    let ok = response(200, &[EVENTS], OK_STREAM);
    let server =
        Server::answering(&[response(400, &[JSON], unknown), response(400, &[JSON], OPENAI_REFUSAL), ok.clone(), ok])
            .await;
    let client = client(&server);
    let (deltas, error) = run(&client, limited("max_tokens")).await;
    assert_eq!(error, None);
    let swap = Repair::RenamedMaxTokens { from: "max_tokens", to: "max_completion_tokens" };
    assert_eq!(repairs(&deltas), [Repair::WithoutStreamOptions, swap]);
    run(&client, request()).await;
    let with: Vec<bool> = server.asked().iter().map(|asked| asked.json().get("stream_options").is_some()).collect();
    assert_eq!(with, [true, false, false, false]);
}
