//! Answers that fail before a stream begins: HTTP errors, and 200 with something that is no stream.

use hyper::{Response, StatusCode};

use super::endpoint::{self, Body};
use super::models::{Misfit, Refuses};
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
