//! Where a request goes and how.

use std::fmt;
use std::time::Duration;

use serde_json::{Map, Value};

use super::mask;
use super::request;
use super::{KeyOrigin, RequestShape};
use crate::chat::{ChatRequest, Dialect, Remembered, Secret};

/// An endpoint that is ready to be asked: the key is resolved.
#[derive(Clone, PartialEq)]
pub struct Endpoint {
    /// The provider's name, for messages to the user.
    pub name: String,
    /// With or without `/v1`, with or without a final `/`; a query (`?api-version=…`) is kept.
    pub base_url: String,
    pub key: Option<Secret>,
    /// Further headers, sent as they are.
    pub headers: Vec<(String, String)>,
    /// Merged into every body.
    pub extra_body: Map<String, Value>,
    pub dialect: Dialect,
}

impl Endpoint {
    /// All of it that is no secret, with what the caller knows of the key: that one may not be resolved yet.
    #[must_use]
    pub fn shape(&self, key: KeyOrigin) -> RequestShape {
        RequestShape {
            base_url: mask::address(&self.base_url),
            dialect: self.dialect.clone(),
            extra_body: self.extra_body.clone(),
            key,
            headers: self.headers.iter().map(|(name, _)| name.clone()).collect(),
            preparation: None,
        }
    }

    /// The body that a request is sent with, when this is known of the endpoint.
    #[must_use]
    pub fn body(&self, request: &ChatRequest, known: Remembered) -> Map<String, Value> {
        request::body(request, &self.dialect, &self.extra_body, known)
    }

    /// The same without the messages that are written already.
    pub(super) fn fields(&self, request: &ChatRequest, known: Remembered) -> Map<String, Value> {
        request::fields(request, &self.dialect, &self.extra_body, known)
    }
}

/// Shows no value of a header and no query: keys are kept there too.
impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Endpoint")
            .field("name", &self.name)
            .field("base_url", &self.base_url.split('?').next())
            .field("key", &self.key)
            .field("headers", &headers)
            .field("dialect", &self.dialect)
            .finish_non_exhaustive()
    }
}

/// How long to wait and how often to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For the TCP and TLS handshakes.
    pub connect: Duration,
    /// The longest silence, before the first byte and between bytes; comments and pings count as life.
    pub idle: Duration,
    /// Further tries after the first one.
    pub retries: u32,
}

impl Default for Limits {
    /// 5 s to connect and 2 tries as the official SDKs have it; 120 s of silence, since a reasoning model may think long.
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), idle: Duration::from_secs(120), retries: 2 }
    }
}
