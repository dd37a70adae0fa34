//! Errors in the shape of the wire: a status and `{"error": {message, type, param, code}}`.

use serde_json::{Value, json};

/// An answer that is an error.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal {
    pub status: u16,
    pub kind: &'static str,
    pub message: String,
    pub param: Option<String>,
    pub code: Option<&'static str>,
    /// Extra headers, such as `retry-after-ms`.
    pub headers: &'static [(&'static str, &'static str)],
}

impl Refusal {
    /// A 400 about one param.
    pub(crate) fn invalid(param: &str, code: &'static str, message: impl Into<String>) -> Self {
        Self { param: Some(param.to_owned()), code: Some(code), ..Self::plain(400, message) }
    }

    /// An `invalid_request_error` about nothing in particular.
    pub(crate) fn plain(status: u16, message: impl Into<String>) -> Self {
        let kind = "invalid_request_error";
        Self { status, kind, message: message.into(), param: None, code: None, headers: &[] }
    }

    /// The 404 for a model that is not served.
    pub(crate) fn no_model(name: &str) -> Self {
        let message = format!("The model `{name}` does not exist or you do not have access to it.");
        Self { code: Some("model_not_found"), ..Self::plain(404, message) }
    }

    /// The body on the wire.
    pub(crate) fn to_json(&self) -> Value {
        json!({"error": {"message": self.message, "type": self.kind, "param": self.param, "code": self.code}})
    }
}
