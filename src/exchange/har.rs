//! The wire of runs as an HTTP archive, version 1.2, as browsers and proxies read it.
//!
//! Owns the second look at secrets: a header that carries one by its name has no value in here, whatever a file says.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::branch::Written;
use crate::api::{RequestShape, address_without_secrets, is_private};
use crate::chat::{ChatRequest, Params, Remembered};
use crate::store::{SavedRun, SavedSession, SavedTry, SavedWire, SavedWireKept};

/// What stands for the value of a private header.
const MASKED: &str = "[key]";

pub(super) fn write(session: &SavedSession) -> Value {
    let written = Written::of(session);
    let entries: Vec<Value> = session.runs.iter().flat_map(|run| entries(&written, run)).collect();
    json!({"log": {
        "version": "1.2",
        "creator": {"name": "abreast", "version": env!("CARGO_PKG_VERSION")},
        "pages": [],
        "entries": entries,
    }})
}

fn entries(written: &Written<'_>, run: &SavedRun) -> Vec<Value> {
    let Some(wire) = &run.wire else { return Vec::new() };
    let bodies = bodies(written, run);
    let entry = |(place, one): (usize, &SavedTry)| {
        let until = wire.tries.get(place + 1).map_or(wire.until, |next| next.request.at);
        entry(run, wire, place, one, until, &bodies)
    };
    wire.tries.iter().enumerate().map(entry).collect()
}

fn entry(run: &SavedRun, wire: &SavedWire, place: usize, one: &SavedTry, until: u64, bodies: &[String]) -> Value {
    let head = one.response.as_ref().map_or(until, |response| response.at);
    let started = run.started.saturating_add(i64::try_from(one.request.at / 1_000_000).unwrap_or(i64::MAX));
    let started = jiff::Timestamp::from_millisecond(started).map_or_else(|_| String::new(), |at| at.to_string());
    let (wait, receive) = (milliseconds(one.request.at, head), milliseconds(head, until));
    let mut entry = json!({
        "startedDateTime": started,
        "time": wait + receive,
        "request": request(one, bodies),
        "response": response(wire, place, one),
        "cache": {},
        "timings": {"send": 0, "wait": wait, "receive": receive},
        "_run": run.id,
    });
    if let Some(stop) = &one.stopped {
        entry["comment"] = json!(stop.why);
    }
    entry
}

fn request(one: &SavedTry, bodies: &[String]) -> Value {
    let body = bodies.iter().find(|body| body.len() == one.request.body_bytes);
    let mut post = json!({"mimeType": "application/json", "params": [], "text": body.or(bodies.first())});
    if body.is_none() {
        post["comment"] = json!(
            "Made anew from the session: it is not as long as what was sent, which had fields of the endpoint's own."
        );
    }
    json!({
        "method": one.request.method,
        "url": address_without_secrets(&one.request.url),
        "httpVersion": one.response.as_ref().map_or("HTTP/1.1", |response| &response.version),
        "cookies": [],
        "headers": headers(&one.request.headers),
        "queryString": [],
        "postData": post,
        "headersSize": -1,
        "bodySize": one.request.body_bytes,
    })
}

fn response(wire: &SavedWire, place: usize, one: &SavedTry) -> Value {
    let Some(response) = &one.response else {
        return json!({"status": 0, "statusText": "", "httpVersion": "", "cookies": [], "headers": [],
            "content": {"size": 0, "mimeType": ""}, "redirectURL": "", "headersSize": -1, "bodySize": -1});
    };
    let named = |wanted: &str| response.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
    let body = body(wire, place);
    let mut content = json!({
        "size": body.len(),
        "mimeType": named("content-type").map_or("", |(_, value)| value),
        "text": String::from_utf8_lossy(body),
    });
    if wire.kept != SavedWireKept::All {
        content["comment"] = json!("Not all of what came is kept.");
    }
    json!({
        "status": response.status,
        "statusText": "",
        "httpVersion": response.version,
        "cookies": [],
        "headers": headers(&response.headers),
        "content": content,
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    })
}

fn headers(all: &[(String, String)]) -> Vec<Value> {
    let value = |(name, value): &(String, String)| {
        let value = if is_private(name) { MASKED } else { value };
        json!({"name": name, "value": value})
    };
    all.iter().map(value).collect()
}

/// The bytes of a try's answer, as far as they are there and the places in the file fit them.
fn body(wire: &SavedWire, place: usize) -> &[u8] {
    let first = |place: usize| wire.tries.get(place).map_or(wire.reads.len(), |one| one.first_read);
    let start = |read: usize| read.checked_sub(1).and_then(|read| wire.reads.get(read)).map_or(0, |(_, end)| *end);
    wire.bytes.get(start(first(place))..start(first(place + 1))).unwrap_or_default()
}

fn milliseconds(from: u64, to: u64) -> f64 {
    Duration::from_nanos(to.saturating_sub(from)).as_secs_f64() * 1000.0
}

/// The bodies that the run's requests may have had: a repair in between changes them, and the endpoint's own fields are
/// not in the session.
fn bodies(written: &Written<'_>, run: &SavedRun) -> Vec<String> {
    let request = request_of(written, run);
    let known =
        |max_tokens: Option<&'static str>, without_stream_options| Remembered { max_tokens, without_stream_options };
    let limits = [None, Some("max_completion_tokens"), Some("max_tokens")];
    let ways = limits.into_iter().flat_map(|limit| {
        [known(limit, run.known.without_stream_options), known(limit, !run.known.without_stream_options)]
    });
    let shape = RequestShape::default();
    let mut bodies: Vec<String> = Vec::new();
    for way in ways {
        let body: Map<String, Value> = shape.body(&request, way);
        let body = Value::Object(body).to_string();
        if !bodies.contains(&body) {
            bodies.push(body);
        }
    }
    bodies
}

pub(super) fn request_of(written: &Written<'_>, run: &SavedRun) -> ChatRequest {
    let form = &run.form;
    let mut params = Params::default();
    form.params.iter().for_each(|(name, value)| params.set(name, value.clone()));
    ChatRequest {
        params,
        tools: form.tools.clone(),
        stream: form.stream,
        extra: form.extra.clone(),
        ..ChatRequest::new(form.model.clone(), written.asked(run))
    }
}
