//! Failures below HTTP, in sentences: names that do not resolve, ports that do not answer, handshakes, silence.

use std::error::Error;
use std::io;
use std::time::Duration;

use super::{ApiError, ErrorKind};

/// The `code` of a failure below HTTP, by which the next step is chosen.
pub(super) mod code {
    pub(in crate::api) const REFUSED: &str = "connection_refused";
    pub(in crate::api) const UNKNOWN_HOST: &str = "unknown_host";
    pub(in crate::api) const TLS: &str = "tls";
    /// The provider's settings do not make a request.
    pub(in crate::api) const UNUSABLE: &str = "unusable_provider";
    pub(in crate::api) const CLOSED: &str = "connection_closed";
}

/// The failure of a request that brought no response. `server` is the URL as it may be shown, `host` its host.
pub(super) fn unanswered(error: &reqwest::Error, server: &str, host: &str, connect: Duration) -> ApiError {
    let failed = |code: &str, message: String| {
        let mut failure = ApiError::new(ErrorKind::Network, message);
        failure.code = Some(code.to_owned());
        failure
    };
    if error.is_dns() {
        return failed(code::UNKNOWN_HOST, format!("The host {host} is not known."));
    }
    if error.is_connect() && error.is_timeout() {
        let limit = in_words(connect);
        return ApiError::new(ErrorKind::Timeout, format!("{server} did not take the connection within {limit}."));
    }
    match fault(error) {
        Some(io::ErrorKind::ConnectionRefused) => failed(code::REFUSED, format!("Nothing answers at {server}.")),
        Some(io::ErrorKind::InvalidData) if error.is_connect() => {
            failed(code::TLS, format!("No secure connection to {host} came about: {}.", deepest(error)))
        }
        _ if error.is_connect() => {
            ApiError::new(ErrorKind::Network, format!("{server} cannot be reached: {}.", deepest(error)))
        }
        _ if error.is_builder() => {
            ApiError::new(ErrorKind::Network, format!("The request cannot be made: {}.", deepest(error)))
        }
        _ => failed(code::CLOSED, format!("{server} closed the connection without an answer: {}.", deepest(error))),
    }
}

/// A response that broke off: cut short, whatever the transport says of it. What is no fault of the connection is one of
/// the compression: nothing else is decoded.
pub(super) fn broken(error: &reqwest::Error, provider: &str) -> ApiError {
    let cause = deepest(error);
    if causes(error).any(<dyn Error>::is::<hyper::Error>) {
        let sentence = format!("The connection to {provider} broke before the answer was complete: {cause}.");
        return ApiError::new(ErrorKind::Truncated, sentence);
    }
    ApiError::new(ErrorKind::Protocol, format!("The compressed answer of {provider} cannot be read: {cause}."))
}

/// Nothing came, before the answer or within it, for the longest silence that is borne.
pub(super) fn silent(provider: &str, limit: Duration, when: Silence) -> ApiError {
    let limit = in_words(limit);
    let sentence = match when {
        Silence::BeforeAnswer => format!("{provider} did not answer within {limit}."),
        Silence::WithinAnswer => format!("{provider} fell silent for {limit} in the middle of its answer."),
    };
    ApiError::new(ErrorKind::Timeout, sentence)
}

/// Where a silence fell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Silence {
    BeforeAnswer,
    WithinAnswer,
}

/// A duration as a sentence has it: `250 ms`, `5 s`, `3 min`, `12 h`.
pub(super) fn in_words(duration: Duration) -> String {
    match duration.as_millis() {
        milliseconds @ ..1000 => format!("{milliseconds} ms"),
        milliseconds @ ..120_000 => format!("{} s", milliseconds.div_ceil(1000)),
        milliseconds @ ..7_200_000 => format!("{} min", milliseconds.div_ceil(60_000)),
        milliseconds => format!("{} h", milliseconds.div_ceil(3_600_000)),
    }
}

/// An error and what is behind it. The standard library's `io::Error` names its inner error's source as its own: here the
/// inner one is not skipped, for it is there that TLS and the connection tell their faults.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner as &(dyn Error + 'static)),
        None => error.source(),
    })
}

fn fault(error: &reqwest::Error) -> Option<io::ErrorKind> {
    causes(error).filter_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind).last()
}

/// The innermost cause says the most; the outer ones only repeat that a request failed.
pub(super) fn deepest(error: &reqwest::Error) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default().trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use reqwest::dns::{Name, Resolve, Resolving};

    use super::*;

    struct KnowsNoHost;

    impl Resolve for KnowsNoHost {
        fn resolve(&self, _: Name) -> Resolving {
            Box::pin(async { Err(io::Error::other("failed to lookup address information").into()) })
        }
    }

    #[tokio::test]
    async fn an_unknown_host_is_named() {
        let builder = reqwest::Client::builder().no_proxy().tls_certs_only([]).dns_resolver(Arc::new(KnowsNoHost));
        let error = builder.build().unwrap().get("http://api.opnai.com/v1").send().await.unwrap_err();
        let failure = unanswered(&error, "http://api.opnai.com/v1", "api.opnai.com", Duration::from_secs(5));
        assert_eq!(failure.message, "The host api.opnai.com is not known.");
        assert_eq!(failure.code.as_deref(), Some(code::UNKNOWN_HOST));
    }

    #[test]
    fn durations_are_rounded_up_to_a_fitting_unit() {
        let words = [250, 5_000, 61_001, 120_000, 43_200_000].map(|ms| in_words(Duration::from_millis(ms)));
        assert_eq!(words, ["250 ms", "5 s", "62 s", "2 min", "12 h"]);
    }
}
