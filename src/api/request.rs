//! A chat request as one endpoint takes it: the body, the address and the headers.
//!
//! Owns the rule that an unset field is absent. Does not send anything.

use reqwest::Url;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value, json};

use super::{ApiError, Endpoint, ErrorKind};
use crate::chat::{self, ChatRequest, Dialect, MaxTokensField, Remembered, WrittenMessages};

/// The older and the newer name of the limit of output tokens.
pub(super) const MAX_TOKENS: &str = "max_tokens";
pub(super) const MAX_COMPLETION_TOKENS: &str = "max_completion_tokens";
pub(super) const STREAM_OPTIONS: &str = "stream_options";

const MESSAGES: &str = "messages";

/// Room for the fields beside the messages; tools may need more.
const FIELDS: usize = 4096;

/// The exact body of a request: what is not set is absent, and nothing is added but `stream` and its usage option.
///
/// The endpoint's `extra_body` comes over the params, and the request's own `extra` over everything.
pub(super) fn body(
    request: &ChatRequest,
    dialect: &Dialect,
    extra_body: &Map<String, Value>,
    remembered: Remembered,
) -> Map<String, Value> {
    let mut body = fields(request, dialect, extra_body, remembered);
    if let (Some(written), Some(Value::Array(all))) = (further(request, &body), body.get_mut(MESSAGES)) {
        all.extend(written.to_values());
    }
    body
}

/// The same body as it is sent.
pub(super) fn json(body: &Map<String, Value>, written: Option<&WrittenMessages>) -> serde_json::Result<Vec<u8>> {
    let Some(written) = written else { return serde_json::to_vec(body) };
    let mut json = Vec::with_capacity(written.as_bytes().len() + FIELDS);
    for (name, value) in body {
        json.push(if json.is_empty() { b'{' } else { b',' });
        serde_json::to_writer(&mut json, name)?;
        json.push(b':');
        serde_json::to_writer(&mut json, value)?;
        if name == MESSAGES {
            // Before the bracket that closes the list.
            json.pop();
            if !json.ends_with(b"[") {
                json.push(b',');
            }
            json.extend_from_slice(written.as_bytes());
            json.push(b']');
        }
    }
    json.push(b'}');
    Ok(json)
}

/// The written messages that belong into a body: none where an extra field gave it other messages.
pub(super) fn further<'r>(request: &'r ChatRequest, body: &Map<String, Value>) -> Option<&'r WrittenMessages> {
    let is_ours = || body.get(MESSAGES).and_then(Value::as_array) == Some(&request.messages);
    Some(&request.written).filter(|written| !written.is_empty() && is_ours())
}

/// A body without the messages that are written already.
pub(super) fn fields(
    request: &ChatRequest,
    dialect: &Dialect,
    extra_body: &Map<String, Value>,
    remembered: Remembered,
) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("model".to_owned(), json!(request.model));
    body.insert(MESSAGES.to_owned(), json!(request.messages));
    if !request.tools.is_empty() {
        body.insert("tools".to_owned(), json!(request.tools));
    }
    if request.stream {
        body.insert("stream".to_owned(), json!(true));
        if dialect.stream_usage && !remembered.without_stream_options {
            body.insert(STREAM_OPTIONS.to_owned(), json!({"include_usage": true}));
        }
    }
    add_params(&mut body, request, output_limit_name(dialect, remembered));
    let extra = extra_body.iter().chain(&request.extra);
    body.extend(extra.map(|(name, value)| (name.clone(), value.clone())));
    body
}

fn output_limit_name(dialect: &Dialect, remembered: Remembered) -> Option<&'static str> {
    remembered.max_tokens.or(match dialect.max_tokens {
        MaxTokensField::AsSet => None,
        MaxTokensField::MaxTokens => Some(MAX_TOKENS),
        MaxTokensField::MaxCompletionTokens => Some(MAX_COMPLETION_TOKENS),
    })
}

/// Adds the set params. Where one name of the output limit is demanded, a limit under the other name moves to it, unless
/// the demanded one is set as well.
fn add_params(body: &mut Map<String, Value>, request: &ChatRequest, limit: Option<&'static str>) {
    for (name, value) in request.params.iter() {
        let name = match (name.as_str(), limit) {
            (MAX_TOKENS | MAX_COMPLETION_TOKENS, Some(demanded)) if name != demanded => {
                if request.params.get(demanded).is_some() {
                    continue;
                }
                demanded
            }
            (name, _) => name,
        };
        body.insert(name.to_owned(), value.clone());
    }
}

/// The address of `path` below the endpoint's base URL. A final `/` of the base does not matter, its query is kept, and
/// a base that already ends in the chat path is taken as the part before it.
///
/// # Errors
/// When the base URL is no `http` or `https` URL.
pub(super) fn address(endpoint: &Endpoint, path: &str) -> Result<Url, ApiError> {
    Ok(below(base(endpoint)?, &endpoint.dialect, path))
}

/// The address of `path` below a base.
pub(super) fn below(base: Url, dialect: &Dialect, path: &str) -> Url {
    let mut url = base;
    let chat_path = dialect.chat_path.split('?').next().unwrap_or_default().trim_matches('/');
    let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
    let below = url.path().trim_end_matches('/');
    let below = below.strip_suffix(chat_path).filter(|rest| rest.ends_with('/')).unwrap_or(below);
    let joined = format!("{}/{}", below.trim_end_matches('/'), path.trim_matches('/'));
    url.set_path(&joined);
    if let Some(query) = query {
        let both = url.query().map_or_else(|| query.to_owned(), |kept| format!("{kept}&{query}"));
        url.set_query(Some(&both));
    }
    url
}

fn base(endpoint: &Endpoint) -> Result<Url, ApiError> {
    let url = Url::parse(endpoint.base_url.trim()).ok();
    url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host()).ok_or_else(|| {
        let wanted = "a URL such as https://api.example.com/v1";
        unusable(endpoint, &format!("its base_url is not {wanted}"))
    })
}

/// Whether a URL leads to this machine: what is sent there must not go through a proxy.
pub(super) fn is_loopback(url: &Url) -> bool {
    chat::is_loopback(url.host_str().unwrap_or_default())
}

/// The URL without what may be secret in it: user, password, query.
pub(super) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.as_str().trim_end_matches('/').to_owned()
}

/// The headers of every request to the endpoint: its key, then its own, which win.
///
/// # Errors
/// When a header's name or value cannot be sent.
pub(super) fn headers(endpoint: &Endpoint) -> Result<HeaderMap, ApiError> {
    let mut headers = HeaderMap::new();
    if let Some(key) = &endpoint.key {
        let name = endpoint.dialect.key_header.as_str();
        let bearer = name.eq_ignore_ascii_case(AUTHORIZATION.as_str());
        let value = if bearer { format!("Bearer {}", key.expose()) } else { key.expose().to_owned() };
        let (name, mut value) = header(endpoint, name, &value)?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    for (name, value) in &endpoint.headers {
        let (name, value) = header(endpoint, name, value)?;
        headers.insert(name, value);
    }
    Ok(headers)
}

/// The headers that a streamed or a whole answer is asked with. A stream is asked for uncompressed: gateways that
/// compress hold events back (fabio#739).
pub(super) fn accept(body: &Map<String, Value>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if body.get("stream") == Some(&Value::Bool(true)) {
        headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    } else {
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    }
    headers
}

fn header(endpoint: &Endpoint, name: &str, value: &str) -> Result<(HeaderName, HeaderValue), ApiError> {
    let sendable = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value));
    match sendable {
        (Ok(name), Ok(value)) => Ok((name, value)),
        (Err(_), _) => Err(unusable(endpoint, &format!("`{name}` cannot be a header's name"))),
        (_, Err(_)) => Err(unusable(endpoint, &format!("the value of its header `{name}` holds a control character"))),
    }
}

fn unusable(endpoint: &Endpoint, why: &str) -> ApiError {
    let mut error = ApiError::new(ErrorKind::Network, format!("{} cannot be asked: {why}.", endpoint.name));
    error.code = Some(super::network::code::UNUSABLE.to_owned());
    error
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::{Role, Secret, TurnTree};

    fn endpoint() -> Endpoint {
        Endpoint {
            name: "lab".to_owned(),
            base_url: "http://127.0.0.1:1/v1".to_owned(),
            key: None,
            headers: Vec::new(),
            extra_body: Map::new(),
            dialect: Dialect::default(),
        }
    }

    fn asked(assignments: &[&str]) -> ChatRequest {
        let mut request = ChatRequest::new("m", vec![json!({"role": "user", "content": "hi"})]);
        for assignment in assignments {
            request.params.assign(assignment).unwrap();
        }
        request
    }

    fn sent(request: &ChatRequest, endpoint: &Endpoint, remembered: Remembered) -> String {
        let mut body = body(request, &endpoint.dialect, &endpoint.extra_body, remembered);
        body.shift_remove("model");
        body.shift_remove("messages");
        Value::Object(body).to_string()
    }

    #[test]
    fn what_is_not_set_is_absent() {
        let mut request = asked(&[]);
        request.stream = false;
        let body = body(&request, &Dialect::default(), &Map::new(), Remembered::default());
        assert_eq!(Value::Object(body), json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]}));
    }

    #[test]
    fn usage_is_asked_for_on_streams_unless_the_endpoint_does_not_take_it() {
        let request = asked(&[]);
        let mut gateway = endpoint();
        let asks = r#"{"stream":true,"stream_options":{"include_usage":true}}"#;
        assert_eq!(sent(&request, &gateway, Remembered::default()), asks);
        let refused = Remembered { without_stream_options: true, ..Remembered::default() };
        assert_eq!(sent(&request, &gateway, refused), r#"{"stream":true}"#);
        gateway.dialect.stream_usage = false;
        assert_eq!(sent(&request, &gateway, Remembered::default()), r#"{"stream":true}"#);
    }

    #[test]
    fn the_output_limit_goes_by_the_name_that_the_endpoint_takes() {
        let mut request = asked(&["max_tokens=5", "seed=7"]);
        request.stream = false;
        let mut endpoint = endpoint();
        assert_eq!(sent(&request, &endpoint, Remembered::default()), r#"{"max_tokens":5,"seed":7}"#);
        endpoint.dialect.max_tokens = MaxTokensField::MaxCompletionTokens;
        assert_eq!(sent(&request, &endpoint, Remembered::default()), r#"{"max_completion_tokens":5,"seed":7}"#);
        let learnt = Remembered { max_tokens: Some(MAX_TOKENS), ..Remembered::default() };
        assert_eq!(sent(&request, &endpoint, learnt), r#"{"max_tokens":5,"seed":7}"#);
        request.params.assign("max_completion_tokens=9").unwrap();
        assert_eq!(sent(&request, &endpoint, Remembered::default()), r#"{"seed":7,"max_completion_tokens":9}"#);
    }

    #[test]
    fn extra_fields_come_last_and_the_requests_own_win() {
        let mut request = asked(&["temperature=0.5", "tool_choice=none"]);
        request.stream = false;
        request.tools = vec![json!({"type": "function"})];
        request.extra.insert("top_k".to_owned(), json!(3));
        let mut endpoint = endpoint();
        endpoint.extra_body = Map::from_iter([("top_k".to_owned(), json!(1)), ("temperature".to_owned(), json!(1))]);
        assert_eq!(
            sent(&request, &endpoint, Remembered::default()),
            r#"{"tools":[{"type":"function"}],"temperature":1,"tool_choice":"none","top_k":3}"#
        );
    }

    #[test]
    fn written_messages_are_sent_behind_the_others_as_they_stand() {
        let mut turns = TurnTree::default();
        let question = turns.add(None, Role::User, "Say \"hi\"\n");
        let reply = turns.add(Some(question), Role::Assistant, "Hi");
        let written = WrittenMessages::of(&turns, Some(reply));
        let prompts = |count: usize| vec![json!({"role": "system", "content": "Be brief"}); count];
        let is_body = |request: &ChatRequest, endpoint: &Endpoint| {
            let fields = fields(request, &endpoint.dialect, &endpoint.extra_body, Remembered::default());
            let whole = body(request, &endpoint.dialect, &endpoint.extra_body, Remembered::default());
            let sent = json(&fields, further(request, &fields)).unwrap();
            assert_eq!(String::from_utf8(sent).unwrap(), Value::Object(whole.clone()).to_string());
            whole["messages"].as_array().unwrap().len()
        };
        let mut endpoint = endpoint();
        for count in [0, 1, 2] {
            let request = ChatRequest { written: written.clone(), messages: prompts(count), ..asked(&["seed=7"]) };
            assert_eq!(is_body(&request, &endpoint), count + 2);
        }
        assert_eq!(is_body(&asked(&[]), &endpoint), 1);
        endpoint.extra_body.insert("messages".to_owned(), json!(prompts(1)));
        let request = ChatRequest { written, messages: Vec::new(), ..asked(&[]) };
        assert_eq!(is_body(&request, &endpoint), 1, "an extra field is as it was given");
    }

    #[test]
    fn a_path_joins_the_base_url_whatever_its_end() {
        let joined = |base: &str, path: &str| {
            let endpoint = Endpoint { base_url: base.to_owned(), ..endpoint() };
            address(&endpoint, path).map(|url| url.to_string())
        };
        let chat = "chat/completions";
        assert_eq!(joined("https://api.x.io", chat).unwrap(), "https://api.x.io/chat/completions");
        assert_eq!(joined("https://api.x.io/v1/", "/models").unwrap(), "https://api.x.io/v1/models");
        assert_eq!(joined("https://x.io/v1/chat/completions", chat).unwrap(), "https://x.io/v1/chat/completions");
        assert_eq!(joined("https://x.io/v1/chat/completions", "models").unwrap(), "https://x.io/v1/models");
        assert_eq!(joined("http://x/d?api-version=1", "c?k=2").unwrap(), "http://x/d/c?api-version=1&k=2");
        for wrong in ["api.x.io/v1", "ftp://x.io", "localhost:8080", ""] {
            assert_eq!(
                joined(wrong, chat).unwrap_err().message,
                "lab cannot be asked: its base_url is not a URL such as https://api.example.com/v1.",
                "{wrong}"
            );
        }
    }

    #[test]
    fn loopback_is_judged_by_the_parsed_host() {
        let loopback = |url: &str| is_loopback(&Url::parse(url).unwrap());
        for near in ["http://localhost:1/v1", "http://127.9.0.1", "http://[::1]:8080/", "http://a.localhost"] {
            assert!(loopback(near), "{near}");
        }
        for far in ["http://localhost.evil.example/", "http://evil.example/127.0.0.1", "http://127.0.0.1@evil.example"]
        {
            assert!(!loopback(far), "{far}");
        }
    }

    #[test]
    fn a_shown_url_holds_nothing_that_may_be_secret() {
        let url = Url::parse("https://me:pw@x.io/v1/?key=abc#frag").unwrap();
        assert_eq!(shown(&url), "https://x.io/v1");
    }

    #[test]
    fn the_key_goes_as_a_bearer_token_or_bare() {
        let mut endpoint = Endpoint { key: Secret::new("sk-1"), ..endpoint() };
        assert_eq!(headers(&endpoint).unwrap()["authorization"], "Bearer sk-1");
        endpoint.dialect.key_header = "api-key".to_owned();
        let sent = headers(&endpoint).unwrap();
        assert_eq!((&sent["api-key"], sent.get("authorization")), (&HeaderValue::from_static("sk-1"), None));
        endpoint.headers = vec![("X-Title".to_owned(), "a\nb".to_owned())];
        assert_eq!(
            headers(&endpoint).unwrap_err().message,
            "lab cannot be asked: the value of its header `X-Title` holds a control character."
        );
    }
}
