//! Records what goes over the wire in one run, with times, and without secrets.
//!
//! Makes the pieces; what is kept of them is the run's.

use bytes::Bytes;
use reqwest::header::HeaderMap;
use reqwest::{Request, Response, Url};
use tokio::time::Instant;

use super::byte_mask::{ByteMask, MASKED};
use super::mask::{LONGEST_QUOTE, Mask, bounded, is_private};
use super::{Delta, request};
use crate::chat::{Secret, WirePiece, WireRequest, WireResponse};

/// The recorder of one run, over all of its tries.
pub(super) struct Recorder {
    since: Instant,
    /// The endpoint's secrets; those of the request that is on its way come to them.
    secrets: Vec<Secret>,
    mask: ByteMask,
}

impl Recorder {
    /// Times count from now.
    pub(super) fn start(mask: &Mask) -> Self {
        let secrets = mask.secrets().to_vec();
        Self { since: Instant::now(), mask: ByteMask::of(secrets.clone()), secrets }
    }

    pub(super) fn request(&mut self, request: &Request) -> Delta {
        self.mask = ByteMask::of(self.secrets.iter().cloned().chain(carried(request)));
        Delta::Wire(WirePiece::Request(WireRequest {
            at: self.since.elapsed(),
            method: request.method().to_string(),
            url: bounded(&self.mask.text(&shown(request.url())), LONGEST_QUOTE),
            headers: self.headers(request.headers(), is_private),
            body_bytes: request.body().and_then(reqwest::Body::as_bytes).map_or(0, <[u8]>::len),
        }))
    }

    pub(super) fn response(&self, response: &Response) -> Delta {
        Delta::Wire(WirePiece::Response(WireResponse {
            at: self.since.elapsed(),
            status: response.status().as_u16(),
            version: format!("{:?}", response.version()),
            headers: self.headers(response.headers(), is_private_answer),
        }))
    }

    /// One read of a body; nothing while all of it may be the beginning of a secret.
    pub(super) fn bytes(&mut self, bytes: &Bytes) -> Option<Delta> {
        let bytes = self.mask.push(bytes);
        self.piece(bytes)
    }

    /// What was held back, once nothing can follow it.
    pub(super) fn end(&mut self) -> Option<Delta> {
        let bytes = self.mask.finish();
        self.piece(bytes)
    }

    pub(super) fn stopped(&self, why: &str) -> Delta {
        Delta::Wire(WirePiece::Stopped { at: self.since.elapsed(), why: bounded(&self.mask.text(why), LONGEST_QUOTE) })
    }

    fn piece(&self, bytes: Bytes) -> Option<Delta> {
        (!bytes.is_empty()).then(|| Delta::Wire(WirePiece::Bytes { at: self.since.elapsed(), bytes }))
    }

    fn headers(&self, headers: &HeaderMap, is_private: fn(&str) -> bool) -> Vec<(String, String)> {
        let shown = headers.iter().map(|(name, value)| {
            let text = String::from_utf8_lossy(value.as_bytes());
            let text = if value.is_sensitive() || is_private(name.as_str()) {
                format!("{}{MASKED}", scheme(&text))
            } else {
                self.mask.text(&text)
            };
            (name.to_string(), bounded(&text, LONGEST_QUOTE))
        });
        shown.collect()
    }
}

/// The secrets that the request itself carries: in its headers, and in the query of its address.
fn carried(request: &Request) -> impl Iterator<Item = Secret> {
    let headers = request.headers().iter().filter(|(name, value)| value.is_sensitive() || is_private(name.as_str()));
    let headers = headers.filter_map(|(_, value)| {
        let text = value.to_str().ok()?;
        Secret::new(&text[scheme(text).len()..])
    });
    let query = request.url().query_pairs().filter(|(name, _)| is_private(name));
    headers.chain(query.filter_map(|(_, value)| Secret::new(&value)))
}

/// `Bearer ` or `Basic `: what stands before the secret of a header.
fn scheme(value: &str) -> &str {
    ["Bearer ", "Basic "].into_iter().find(|scheme| value.starts_with(scheme)).unwrap_or_default()
}

/// What a server says of its limits has `tokens` and `key` in its names, so less is hidden than of a request.
fn is_private_answer(name: &str) -> bool {
    ["cookie", "authorization", "secret", "signature"].iter().any(|word| name.contains(word))
}

/// The address with the names of its query, and with the values that are versions: under any other name a key may stand.
fn shown(url: &Url) -> String {
    let address = request::shown(url);
    let pairs = url.query_pairs().map(|(name, value)| {
        let value = if name.contains("version") { &*value } else { MASKED };
        format!("{name}={value}")
    });
    match pairs.collect::<Vec<_>>().join("&") {
        query if query.is_empty() => address,
        query => format!("{address}?{query}"),
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;
    use reqwest::{Body, Method};

    use super::*;
    use crate::api::Endpoint;
    use crate::chat::Dialect;

    fn recorder() -> Recorder {
        Recorder::start(&Mask::of(&Endpoint {
            name: "lab".to_owned(),
            base_url: "https://x.io".to_owned(),
            key: Secret::new("sk-12345678"),
            headers: Vec::new(),
            extra_body: serde_json::Map::new(),
            dialect: Dialect::default(),
        }))
    }

    fn request(url: &str, headers: &[(&'static str, &'static str)]) -> Request {
        let mut request = Request::new(Method::POST, Url::parse(url).unwrap());
        for (name, value) in headers {
            request.headers_mut().insert(*name, HeaderValue::from_static(value));
        }
        *request.body_mut() = Some(Body::from("{\"a\":1}"));
        request
    }

    #[test]
    fn a_request_is_recorded_without_what_is_secret_in_it() {
        let headers = [
            ("authorization", "Basic dXNlcjpwYXNzd29yZA=="),
            ("x-api-key", "k"),
            ("content-type", "application/json"),
            ("x-title", "about sk-12345678"),
        ];
        let url = "https://me:password@x.io/v1/chat?api-version=2026-01-01&code=abc&sig=12345678";
        let Delta::Wire(WirePiece::Request(request)) = recorder().request(&request(url, &headers)) else {
            panic!("no request");
        };
        let masked = [
            ("authorization", "Basic [key]"),
            ("x-api-key", "[key]"),
            ("content-type", "application/json"),
            ("x-title", "about [key]"),
        ];
        assert_eq!(request.headers, masked.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(request.url, "https://x.io/v1/chat?api-version=2026-01-01&code=[key]&sig=[key]");
        assert_eq!((request.method.as_str(), request.body_bytes), ("POST", 7));
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_request_carries_is_masked_in_its_answer() {
        let mut recorder = recorder();
        tokio::time::advance(std::time::Duration::from_millis(5)).await;
        recorder.request(&request("https://x.io/?sig=12345678", &[("authorization", "Basic dXNlcjpw")]));
        let said = Bytes::from_static(b"you sent dXNlcjpw, 12345678 and sk-12345678; s");
        let at = std::time::Duration::from_millis(5);
        let piece = |bytes: &'static [u8]| Some(Delta::Wire(WirePiece::Bytes { at, bytes: Bytes::from_static(bytes) }));
        assert_eq!(recorder.bytes(&said), piece(b"you sent [key], [key] and [key]; "));
        assert_eq!(recorder.bytes(&Bytes::from_static(b"k")), None);
        assert_eq!(recorder.end(), piece(b"sk"));
        assert_eq!(recorder.end(), None);
    }

    #[test]
    fn limits_that_a_server_tells_are_not_hidden_and_its_cookies_are() {
        let hidden = |name: &str| is_private_answer(name);
        assert_eq!(["set-cookie", "authorization"].map(hidden), [true, true]);
        assert_eq!(["x-ratelimit-remaining-tokens", "www-authenticate", "x-request-id"].map(hidden), [false; 3]);
    }
}
