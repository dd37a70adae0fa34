//! The endpoints: from a request to the response that answers it.

use std::io;

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited, StreamBody};
use hyper::body::Incoming;
use hyper::header::CONTENT_TYPE;
use hyper::{Method, Request, Response, StatusCode};
use serde_json::{Value, json};

use super::answer;
use super::ask::{Ask, Delivery};
use super::chunk::{Count, Gathered, Head};
use super::faults;
use super::model::Model;
use super::models::{self, Behaviour, OWNER};
use super::pacing;
use super::piece::Bounded;
use super::refusal::Refusal;
use super::script::{self, Pace, Script};

/// The largest request body in bytes.
const LARGEST_BODY: usize = 32 * 1024 * 1024;

/// The distance of the seeds of two choices, so that they meet no neighbouring seed's (2^64 divided by the golden ratio).
const SEED_STRIDE: u64 = 0x9E37_79B9_7F4A_7C15;

/// The body of any response.
pub(crate) type Body = UnsyncBoxBody<Bytes, io::Error>;

/// What all connections share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Site {
    pub pace: Pace,
    pub seed: Option<u64>,
}

/// Answers one request; an error is an answer too.
pub(crate) async fn answer(site: Site, request: Request<Incoming>) -> Response<Body> {
    let path = request.uri().path().trim_end_matches('/').to_owned();
    match (request.method(), path.as_str()) {
        (&Method::POST, "/v1/chat/completions") => chat(site, request).await.unwrap_or_else(|refusal| refuse(&refusal)),
        (&Method::GET, "/v1/models") => json_response(StatusCode::OK, &models::list()),
        (&Method::GET, "/health") => json_response(StatusCode::OK, &json!({"status": "ok", "owned_by": OWNER})),
        (&Method::GET, path) if path.starts_with("/v1/models/") => one_model(path),
        (method, path) => refuse(&no_endpoint(method, path)),
    }
}

fn one_model(path: &str) -> Response<Body> {
    let id = path.trim_start_matches("/v1/models/");
    match models::find(id) {
        Some(model) => json_response(StatusCode::OK, &model.to_json()),
        None => refuse(&Refusal::no_model(id)),
    }
}

fn no_endpoint(method: &Method, path: &str) -> Refusal {
    let known = ["/v1/chat/completions", "/v1/models", "/health"].contains(&path);
    if known {
        let text = format!("Not allowed to {method} on {path}.");
        return Refusal { code: Some("method_not_supported"), ..Refusal::plain(405, text) };
    }
    let text =
        format!("Invalid URL ({method} {path}). The sandbox serves /v1/chat/completions, /v1/models and /health.");
    Refusal { code: Some("unknown_url"), ..Refusal::plain(404, text) }
}

async fn chat(site: Site, request: Request<Incoming>) -> Result<Response<Body>, Refusal> {
    let body = read_body(request.into_body()).await?;
    let ask = Ask::parse(&body)?;
    drop(body);
    match ask.model.behaviour {
        Behaviour::Refuses(how) => return Err(faults::refusal(how)),
        Behaviour::Misfit(how) => return Ok(faults::misfit(how)),
        _ => {}
    }
    let model = load().await?;
    let seed = ask.seed.or(site.seed).unwrap_or_else(|| fastrand::u64(..));
    let seeds = (0..u64::from(ask.choices)).map(|index| seed.wrapping_add(index.wrapping_mul(SEED_STRIDE)));
    let choices: Vec<Bounded> = seeds.map(|seed| answer::choice(model, &ask, seed)).collect();
    let head = Head::new(&ask, fastrand::u64(..), jiff::Timestamp::now().as_second());
    let pace = script::pace(ask.model.behaviour, site.pace);
    match ask.delivery {
        Delivery::Whole => {
            let completion = whole(&ask, &head, choices, pace).await;
            match ask.model.behaviour {
                Behaviour::Breaks(how) => faults::broken(how, completion).await,
                _ => Ok(json_response(StatusCode::OK, &completion)),
            }
        }
        Delivery::Stream | Delivery::StreamWithUsage => Ok(streamed(Script::new(&ask, head, choices), pace)),
    }
}

/// The model; the first request of a process waits until it is read.
async fn load() -> Result<&'static Model, Refusal> {
    let loaded = tokio::task::spawn_blocking(Model::shipped).await;
    loaded.map_err(|_| Refusal { kind: "server_error", ..Refusal::plain(500, "The sandbox could not read its text.") })
}

async fn read_body(body: Incoming) -> Result<Bytes, Refusal> {
    match Limited::new(body, LARGEST_BODY).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            Err(Refusal::plain(413, format!("The request body is larger than {LARGEST_BODY} bytes.")))
        }
        Err(_) => Err(Refusal::plain(400, "The request body broke off.")),
    }
}

/// A whole answer takes as long as its stream would.
async fn whole(ask: &Ask, head: &Head, choices: Vec<Bounded>, pace: Pace) -> Value {
    let mut count = Count { prompt: ask.prompt_tokens, ..Count::default() };
    let mut gathered = Vec::with_capacity(choices.len());
    for choice in choices {
        let mut parts = Gathered::default();
        for piece in choice {
            count.add(&piece);
            parts.push(piece, ask.logprobs);
            tokio::task::consume_budget().await;
        }
        gathered.push(parts);
    }
    tokio::time::sleep(pacing::after(pace, count.completion)).await;
    head.completion(gathered, count)
}

fn streamed(script: Script, pace: Pace) -> Response<Body> {
    let body = StreamBody::new(pacing::paced(script, pace)).boxed_unsync();
    let mut response = Response::new(body);
    set_header(&mut response, CONTENT_TYPE.as_str(), "text/event-stream; charset=utf-8");
    set_header(&mut response, "cache-control", "no-cache");
    response
}

/// A response with a whole body.
pub(crate) fn full(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Response<Body> {
    let mut response = Response::new(Full::new(body.into()).map_err(|never| match never {}).boxed_unsync());
    *response.status_mut() = status;
    set_header(&mut response, CONTENT_TYPE.as_str(), content_type);
    response
}

/// A response with a JSON body.
pub(crate) fn json_response(status: StatusCode, body: &Value) -> Response<Body> {
    full(status, "application/json", body.to_string())
}

fn refuse(refusal: &Refusal) -> Response<Body> {
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = json_response(status, &refusal.to_json());
    for (name, value) in refusal.headers {
        set_header(&mut response, name, value);
    }
    response
}

fn set_header(response: &mut Response<Body>, name: &str, value: &'static str) {
    use hyper::header::{HeaderName, HeaderValue};
    if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) {
        response.headers_mut().insert(name, value);
    }
}
