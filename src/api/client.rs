//! The HTTP client of one endpoint.
//!
//! Owns the connection pool, what the endpoint was found to take, and the sending of one request. The course of a run
//! with its retries and repairs is in `run`.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION, USER_AGENT};
use reqwest::{Method, Request, Response, Url, redirect};
use serde_json::{Map, Value};

use super::fault;
use super::mask::Mask;
use super::network::{self, Silence};
use super::next_step::next_step;
use super::refusal::{self, Asked, Head};
use super::request;
use super::retry::Wish;
use super::run::Exchange;
use super::{ApiError, ChatBackend, Delta, Endpoint, ErrorKind, Limits, Pace, Repair, incoming};
use crate::chat::{ChatRequest, Remembered, WrittenMessages};

const AGENT: &str = concat!("abreast/", env!("CARGO_PKG_VERSION"));

/// Headers by which servers and gateways name a request, the commonest first.
const REQUEST_IDS: &[&str] = &[
    "x-request-id",
    "request-id",
    "x-generation-id",
    "apim-request-id",
    "x-ms-request-id",
    "x-amzn-requestid",
    "x-litellm-call-id",
];

/// A chat endpoint over HTTP. Clones share their connections and what was learnt of the endpoint.
#[derive(Clone)]
pub struct Client(Arc<Shared>);

struct Shared {
    http: reqwest::Client,
    endpoint: Endpoint,
    chat_url: Url,
    headers: HeaderMap,
    limits: Limits,
    pace: Pace,
    mask: Mask,
    remembered: Mutex<HashMap<String, Remembered>>,
}

/// A response with an error status, read to its end.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    pub(super) error: ApiError,
    pub(super) wish: Wish,
}

impl Client {
    /// A client that waits and retries as a user wants it.
    ///
    /// # Errors
    /// When the endpoint's URL or headers cannot be used, or when this machine has no certificates to trust.
    pub fn new(endpoint: Endpoint, limits: Limits) -> Result<Self, ApiError> {
        Self::with_pace(endpoint, limits, Pace::default())
    }

    /// A client whose retries take time and chance from elsewhere.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn with_pace(endpoint: Endpoint, limits: Limits, pace: Pace) -> Result<Self, ApiError> {
        let mask = Mask::of(&endpoint);
        let (http, chat_url, headers) = prepare(&endpoint, limits.connect).map_err(|error| {
            let mut error = mask.error(error);
            error.next_step = next_step(&error, &endpoint);
            error
        })?;
        let remembered = Mutex::default();
        Ok(Self(Arc::new(Shared { http, endpoint, chat_url, headers, limits, pace, mask, remembered })))
    }

    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.0.endpoint
    }

    /// The body that this request would be sent with now, with all that was learnt of the endpoint.
    #[must_use]
    pub fn body(&self, request: &ChatRequest) -> Map<String, Value> {
        let mut body = self.0.endpoint.body(request, self.recall(&request.model));
        request.images.fill_body(&mut body);
        body
    }

    pub(super) fn limits(&self) -> Limits {
        self.0.limits
    }

    pub(super) fn pace(&self) -> Pace {
        self.0.pace
    }

    pub(super) fn mask(&self) -> &Mask {
        &self.0.mask
    }

    pub(super) fn recall(&self, model: &str) -> Remembered {
        let remembered = self.0.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.get(model).copied().unwrap_or_default()
    }

    pub(super) fn remember(&self, model: &str, learnt: &[Repair]) {
        if learnt.is_empty() {
            return;
        }
        let mut remembered = self.0.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        let known = remembered.entry(model.to_owned()).or_default();
        *known = learnt.iter().fold(*known, Remembered::after);
    }

    /// A chat request, ready to be sent, with what is written already of its messages.
    pub(super) fn chat(
        &self,
        body: &Map<String, Value>,
        written: Option<&WrittenMessages>,
    ) -> Result<Request, ApiError> {
        let json = request::json(body, written)
            .map_err(|error| ApiError::new(ErrorKind::Protocol, format!("The request is no JSON: {error}.")))?;
        let mut headers = request::accept(body);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.build(Method::POST, &self.0.chat_url, headers, json)
    }

    /// Asks for what lies at a path below the base URL.
    pub(super) async fn get(&self, path: &str) -> Result<Response, ApiError> {
        let url = request::address(&self.0.endpoint, path)?;
        self.send(self.build(Method::GET, &url, request::accept(&Map::new()), Vec::new())?).await
    }

    fn build(&self, method: Method, url: &Url, ours: HeaderMap, body: Vec<u8>) -> Result<Request, ApiError> {
        let mut all = ours;
        all.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        for (name, value) in &self.0.headers {
            all.insert(name, value.clone());
        }
        let request = self.0.http.request(method, url.clone()).headers(all).body(body);
        request.build().map_err(|error| self.unanswered(&error, url))
    }

    /// Sends a request; any response is a success, whatever its status.
    pub(super) async fn send(&self, request: Request) -> Result<Response, ApiError> {
        let Shared { http, endpoint, limits, .. } = &*self.0;
        let url = request.url().clone();
        match tokio::time::timeout(limits.idle, http.execute(request)).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(self.unanswered(&error, &url)),
            Err(_) => Err(network::silent(&endpoint.name, limits.idle, Silence::BeforeAnswer)),
        }
    }

    fn unanswered(&self, error: &reqwest::Error, url: &Url) -> ApiError {
        let host = url.host_str().unwrap_or_default();
        self.0.mask.error(network::unanswered(error, &server(url), host, self.0.limits.connect))
    }

    /// Reads a response with an error status to a request without a body.
    pub(super) async fn refused(&self, mut response: Response) -> Refused {
        let body = incoming::read_some(&mut response, incoming::LARGEST_ERROR, self.0.limits.idle).await;
        self.judge(&response, &body, "", &[])
    }

    /// What an error response and what was read of its body amount to. `sent` are the fields of the body it refuses.
    pub(super) fn judge(&self, response: &Response, body: &[u8], model: &str, sent: &[String]) -> Refused {
        let Shared { endpoint, mask, .. } = &*self.0;
        let wish = Wish::read(response.headers(), jiff::Timestamp::now());
        let head = head(response, mask);
        let url = request::shown(response.url());
        let fault = fault::read_body(&mask.text(&String::from_utf8_lossy(body)));
        let asked = Asked { provider: &endpoint.name, url: &url, model, with_key: endpoint.key.is_some() };
        let mut error = refusal::error(asked, &head, &fault, mask, sent.iter().map(String::as_str));
        error.retry_after = wish.wait;
        Refused { error, wish }
    }
}

/// The id that the server gave the request.
pub(super) fn request_id(headers: &HeaderMap, mask: &Mask) -> Option<String> {
    let first = REQUEST_IDS.iter().find_map(|name| headers.get(*name)?.to_str().ok());
    first.map(|id| mask.name(id))
}

fn head(response: &Response, mask: &Mask) -> Head {
    let status = response.status();
    let target = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let target = target.filter(|_| status.is_redirection()).map(|target| match response.url().join(target) {
        Ok(url) => mask.name(&request::shown(&url)),
        Err(_) => mask.name(target),
    });
    Head { status: status.as_u16(), request_id: request_id(response.headers(), mask), location: target }
}

/// The scheme, host and port: what does or does not answer.
fn server(url: &Url) -> String {
    url.origin().ascii_serialization()
}

fn prepare(endpoint: &Endpoint, connect: Duration) -> Result<(reqwest::Client, Url, HeaderMap), ApiError> {
    let chat_url = request::address(endpoint, &endpoint.dialect.chat_path)?;
    let headers = request::headers(endpoint)?;
    let http = http(&chat_url, connect).map_err(|error| unbuilt(&error))?;
    Ok((http, chat_url, headers))
}

/// Redirects are not followed: the body would go with them, and so would keys in headers of their own. A loopback host is
/// asked directly, past any proxy; over plain HTTP no certificates are loaded for it, since no TLS can happen.
fn http(url: &Url, connect: Duration) -> Result<reqwest::Client, reqwest::Error> {
    let builder = reqwest::Client::builder()
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(connect);
    let builder = match (request::is_loopback(url), url.scheme()) {
        (true, "http") => builder.no_proxy().tls_certs_only([]),
        (true, _) => builder.no_proxy(),
        (false, _) => builder,
    };
    builder.build()
}

fn unbuilt(error: &reqwest::Error) -> ApiError {
    let cause = network::deepest(error);
    ApiError::new(ErrorKind::Network, format!("No connection can be made from this machine: {cause}."))
}

impl ChatBackend for Client {
    fn open(&self, request: ChatRequest) -> BoxStream<'static, Result<Delta, ApiError>> {
        let exchange = Box::new(Exchange::new(self.clone(), request));
        stream::unfold(exchange, |mut exchange| async move { exchange.next().await.map(|step| (step, exchange)) })
            .boxed()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("endpoint", &self.0.endpoint.name).finish_non_exhaustive()
    }
}
