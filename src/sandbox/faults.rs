//! Answers that fail outside a stream: HTTP errors, 200 with something that is no stream, whole answers that break.

use std::io;

use bytes::Bytes;
use futures_util::stream;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use hyper::{Response, StatusCode};
use serde_json::Value;

use super::endpoint::{self, Body};
use super::models::{Break, Misfit, Refuses};
use super::refusal::Refusal;

/// The HTTP error of a model that refuses.
pub(crate) fn refusal(how: Refuses) -> Refusal {
    let refusal =
        |status, kind, code, message: &str| Refusal { kind, code: Some(code), ..Refusal::plain(status, message) };
    match how {
        Refuses::RateLimit => Refusal {
            headers: &[("retry-after", "1"), ("retry-after-ms", "200"), ("x-ratelimit-remaining-requests", "0")],
            ..refusal(
                429,
                "requests",
                "rate_limit_exceeded",
                "Rate limit reached for sandbox-429. Please try again in 200ms.",
            )
        },
        Refuses::Quota => refusal(
            429,
            "insufficient_quota",
            "insufficient_quota",
            "You exceeded your current quota, please check your plan and billing details.",
        ),
        Refuses::Key => refusal(401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
        Refuses::Internal => {
            refusal(500, "server_error", "server_error", "The server had an error while processing your request.")
        }
        Refuses::Overloaded => refusal(529, "server_error", "server_is_overloaded", "The sandbox plays overloaded."),
    }
}

/// The 200 of a model that does not answer.
pub(crate) fn misfit(how: Misfit) -> Response<Body> {
    match how {
        Misfit::Html => endpoint::full(
            StatusCode::OK,
            "text/html; charset=utf-8",
            "<!doctype html>\n<html><head><title>Sign in to the network</title></head>\n<body><h1>Sign in</h1></body></html>\n",
        ),
        Misfit::Empty => endpoint::full(StatusCode::OK, "text/event-stream; charset=utf-8", ""),
    }
}

/// A whole answer that breaks in the way its stream would.
pub(crate) async fn broken(how: Break, mut completion: Value) -> Result<Response<Body>, Refusal> {
    let half = |completion: &Value| {
        let text = completion.to_string();
        text.chars().take(text.chars().count() / 2).collect::<String>()
    };
    match how {
        Break::Hang => std::future::pending().await,
        Break::ErrorEvent => Err(refusal(Refuses::Internal)),
        Break::Garbage => Ok(endpoint::full(StatusCode::OK, "application/json", half(&completion))),
        Break::Cut => Ok(cut(half(&completion))),
        Break::NoFinish => {
            completion["choices"][0]["finish_reason"] = Value::Null;
            Ok(endpoint::json_response(StatusCode::OK, &completion))
        }
        Break::NoUsage => {
            completion["usage"] = Value::Null;
            Ok(endpoint::json_response(StatusCode::OK, &completion))
        }
        Break::Slow => Ok(endpoint::json_response(StatusCode::OK, &completion)),
    }
}

/// A body whose connection drops before its end.
fn cut(text: String) -> Response<Body> {
    let body = stream::unfold(Some(text), |text| async {
        if let Some(text) = text {
            return Some((Ok(Frame::data(Bytes::from(text))), None));
        }
        // The first part is flushed only when the body has nothing ready for a moment.
        tokio::task::yield_now().await;
        Some((Err(io::Error::new(io::ErrorKind::ConnectionAborted, "cut on purpose")), None))
    });
    Response::new(StreamBody::new(body).boxed_unsync())
}
