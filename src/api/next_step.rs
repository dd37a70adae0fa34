//! What a user can do about a failure, in one sentence.

use reqwest::Url;

use super::network::code;
use super::refusal::is_too_long;
use super::{ApiError, Endpoint, ErrorKind, request};

/// The next step after a failed run, if there is one that may help.
#[must_use]
pub fn next_step(error: &ApiError, endpoint: &Endpoint) -> Option<String> {
    let step = match error.kind {
        ErrorKind::Http => return after_status(error, endpoint),
        ErrorKind::Api if is_too_long(error.code.as_deref().unwrap_or_default(), &error.message) => SHORTEN,
        ErrorKind::Api => "Send it again, or choose another model.",
        ErrorKind::Truncated => "Send it again; what came is kept.",
        ErrorKind::Network => return Some(after_network(error, endpoint)),
        ErrorKind::Timeout => "Send it again, or allow a longer silence.",
        ErrorKind::Protocol => "Check base_url in config.toml: something else than the chat API may answer there.",
    };
    Some(step.to_owned())
}

const SHORTEN: &str = "Go on from an earlier turn, or choose a model with a larger context.";

fn after_status(error: &ApiError, endpoint: &Endpoint) -> Option<String> {
    let code = error.code.as_deref().unwrap_or_default();
    let name = &endpoint.name;
    let step = match error.status? {
        300..=399 => "Set base_url in config.toml to that address, if you trust it.".to_owned(),
        _ if is_too_long(code, &error.message) => SHORTEN.to_owned(),
        400..=499 if error.param.as_deref() == Some("model") => "Choose another model.".to_owned(),
        400 | 422 => {
            return error
                .param
                .as_ref()
                .filter(|param| can_go(param))
                .map(|param| format!("Send it again without {param}."));
        }
        // The one variable that is read unasked.
        401 if name == "openai" => "Set OPENAI_API_KEY, or check the provider's key in config.toml.".to_owned(),
        401 => format!("Check the key of {name} in config.toml, or name its variable with --api-key-env."),
        402 => format!("Add credit at {name}, or choose another provider."),
        403 => "Check what the key may do, or choose another model.".to_owned(),
        404 | 405 => no_such_address(endpoint),
        413 => SHORTEN.to_owned(),
        429 if matches!(code, "insufficient_quota" | "credit_balance_exhausted") => {
            format!("Check the plan and the billing at {name}; to wait does not help.")
        }
        408 | 409 | 429 => "Wait a little, then send it again.".to_owned(),
        500.. => "Send it again later, or choose another model.".to_owned(),
        _ => return None,
    };
    Some(step)
}

/// Whether a request makes sense without the field.
fn can_go(param: &str) -> bool {
    !(param.starts_with("messages") || param == "request_body")
}

fn no_such_address(endpoint: &Endpoint) -> String {
    let has_version = endpoint.base_url.contains("/v1");
    let hint = if has_version { "" } else { ": many servers want it to end in /v1" };
    format!("Check base_url in config.toml{hint}.")
}

fn after_network(error: &ApiError, endpoint: &Endpoint) -> String {
    let url = Url::parse(&endpoint.base_url).ok();
    let here = url.as_ref().is_some_and(request::is_loopback);
    let step = match error.code.as_deref() {
        Some(code::REFUSED) if here => "Start the server, or check the port of base_url in config.toml.",
        Some(code::REFUSED | code::UNKNOWN_HOST) => "Check base_url in config.toml, and your network.",
        Some(code::TLS) if here => "Write http:// in base_url if the server speaks no TLS.",
        Some(code::TLS) => "Check base_url, the date of this machine and its certificates; a proxy may be in between.",
        Some(code::UNUSABLE) => "Correct the provider in config.toml.",
        _ => "Check your network, then send it again.",
    };
    step.to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;
    use crate::chat::Dialect;

    fn endpoint(name: &str, base_url: &str) -> Endpoint {
        Endpoint {
            name: name.to_owned(),
            base_url: base_url.to_owned(),
            key: None,
            headers: Vec::new(),
            extra_body: Map::new(),
            dialect: Dialect::default(),
        }
    }

    fn after(status: u16, code: Option<&str>, param: Option<&str>) -> Option<String> {
        let mut error = ApiError::new(ErrorKind::Http, "refused");
        error.status = Some(status);
        error.code = code.map(ToOwned::to_owned);
        error.param = param.map(ToOwned::to_owned);
        next_step(&error, &endpoint("my-lab", "https://api.x.io"))
    }

    #[test]
    fn a_status_leads_to_its_step() {
        let cases = [
            (401, None, None, "Check the key of my-lab in config.toml, or name its variable with --api-key-env."),
            (404, None, None, "Check base_url in config.toml: many servers want it to end in /v1."),
            (404, None, Some("model"), "Choose another model."),
            (400, None, Some("top_k"), "Send it again without top_k."),
            (400, Some("context_length_exceeded"), Some("messages"), SHORTEN),
            (429, Some("insufficient_quota"), None, "Check the plan and the billing at my-lab; to wait does not help."),
            (429, None, None, "Wait a little, then send it again."),
            (503, None, None, "Send it again later, or choose another model."),
        ];
        for (status, code, param, step) in cases {
            assert_eq!(after(status, code, param).as_deref(), Some(step), "{status} {code:?} {param:?}");
        }
        assert_eq!(after(400, None, Some("messages.0")), None);
        assert_eq!(after(418, None, None), None);
    }

    #[test]
    fn a_failure_below_http_leads_to_the_server_the_address_or_the_network() {
        let after = |code: &str, base_url: &str| {
            let mut error = ApiError::new(ErrorKind::Network, "broken");
            error.code = Some(code.to_owned());
            next_step(&error, &endpoint("lab", base_url)).unwrap()
        };
        let (here, there) = ("http://localhost:8080/v1", "https://api.x.io/v1");
        assert_eq!(after(code::REFUSED, here), "Start the server, or check the port of base_url in config.toml.");
        assert_eq!(after(code::REFUSED, there), "Check base_url in config.toml, and your network.");
        assert_eq!(after(code::UNKNOWN_HOST, there), "Check base_url in config.toml, and your network.");
        assert_eq!(after(code::TLS, here), "Write http:// in base_url if the server speaks no TLS.");
        assert_eq!(after(code::CLOSED, there), "Check your network, then send it again.");
    }
}
