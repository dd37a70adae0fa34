//! An error response, read into one sentence of the user's words.
//!
//! Owns what each status means and which request field a server refused. Does not decide on retries.

use super::fault::Fault;
use super::mask::Mask;
use super::{ApiError, ErrorKind};

/// What was asked, as far as a sentence about the refusal needs it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) provider: &'a str,
    /// The URL as it may be shown.
    pub(super) url: &'a str,
    pub(super) model: &'a str,
    pub(super) with_key: bool,
}

/// The head of an error response.
#[derive(Clone, Debug, Default)]
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) request_id: Option<String>,
    /// Where a redirect points.
    pub(super) location: Option<String>,
}

/// The error that an error response amounts to. `sent` are the names of the body's fields.
pub(super) fn error<'a>(
    asked: Asked<'_>,
    head: &Head,
    fault: &Fault,
    mask: &Mask,
    sent: impl Iterator<Item = &'a str>,
) -> ApiError {
    let mut error = ApiError::new(ErrorKind::Http, sentence(asked, head, fault, mask));
    error.status = Some(head.status);
    error.code.clone_from(&fault.code);
    let about_model = || (head.status == 404 && is_about_model(fault, asked.model)).then(|| "model".to_owned());
    error.param = refused_field(fault, sent).or_else(|| fault.param.clone()).or_else(about_model);
    error.request_id.clone_from(&head.request_id);
    mask.error(error)
}

fn sentence(asked: Asked<'_>, head: &Head, fault: &Fault, mask: &Mask) -> String {
    let (what, status) = (meaning(asked, head, fault), head.status);
    match mask.quote(&fault.message) {
        said if said.is_empty() => format!("{what} ({status})."),
        said => format!("{what} ({status}): {said}"),
    }
}

/// What a status means (OpenAI's and OpenRouter's lists of errors), told from its code where that says more.
fn meaning(asked: Asked<'_>, head: &Head, fault: &Fault) -> String {
    let Asked { provider, url, model, .. } = asked;
    let code = fault.code.as_deref().unwrap_or_default();
    match head.status {
        300..=399 => redirected(asked, head),
        _ if is_too_long(code, &fault.message) => format!("The conversation is too long for {model}"),
        _ if code == "content_filter" => format!("The content filter of {provider} stopped the request"),
        401 if asked.with_key => format!("{provider} rejected the key"),
        401 => format!("{provider} wants a key"),
        402 => format!("No credit is left at {provider}"),
        403 => format!("{provider} does not allow this"),
        404 if is_about_model(fault, model) => format!("{provider} has no model {model} for you"),
        404 | 405 => format!("{provider} has nothing at {url}"),
        408 => format!("{provider} waited too long for the request"),
        409 => format!("{provider} is busy with the same thing"),
        413 => format!("The request is too large for {provider}"),
        429 if matches!(code, "insufficient_quota" | "credit_balance_exhausted") => {
            format!("The quota at {provider} is used up")
        }
        429 => format!("{provider} limits the rate of requests"),
        502..=504 | 520..=529 => format!("{provider} is overloaded or down"),
        500.. => format!("{provider} failed"),
        _ => format!("{provider} refused the request"),
    }
}

fn redirected(asked: Asked<'_>, head: &Head) -> String {
    let provider = asked.provider;
    match &head.location {
        Some(target) => format!("{provider} points to {target}, where nothing was sent"),
        None => format!("{provider} points elsewhere without saying where"),
    }
}

/// Whether the server says that the prompt does not fit the model's context (OpenAI, llama.cpp, vLLM, LiteLLM).
pub(super) fn is_too_long(code: &str, message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    matches!(code, "context_length_exceeded" | "exceed_context_size_error")
        || ["maximum context length", "available context size", "context window"].iter().any(|it| message.contains(it))
}

fn is_about_model(fault: &Fault, model: &str) -> bool {
    fault.code.as_deref() == Some("model_not_found")
        || fault.param.as_deref() == Some("model")
        || (!model.is_empty() && fault.message.contains(model))
}

/// Ways in which servers say that they do not take a field.
const REFUSALS: &[&str] = &[
    "unsupported",
    "not supported",
    "does not support",
    "unknown",
    "unrecognized",
    "unexpected",
    "not permitted",
    "not allowed",
    "only allowed",
    "extra inputs",
    "extra_forbidden",
];

/// The field of the body that the server does not take at all, or not with this value: the one that it names as `param`,
/// else one that its message quotes.
pub(super) fn refused_field<'a>(fault: &Fault, mut sent: impl Iterator<Item = &'a str>) -> Option<String> {
    let words = [&fault.code, &fault.kind].into_iter().flatten().chain([&fault.message]);
    let words = words.map(|word| word.to_ascii_lowercase()).collect::<Vec<_>>();
    if !REFUSALS.iter().any(|refusal| words.iter().any(|word| word.contains(refusal))) {
        return None;
    }
    match &fault.param {
        Some(param) => sent.find(|name| param.split(['.', '[']).any(|part| part == *name)).map(ToOwned::to_owned),
        None => quoted(&fault.message, sent),
    }
}

/// The body's field that a message quotes first; `model` and `messages` are never what can be left out.
fn quoted<'a>(message: &str, sent: impl Iterator<Item = &'a str>) -> Option<String> {
    let place = |name: &str| {
        let quotes = [('\'', '\''), ('"', '"'), ('`', '`'), ('[', ']')];
        quotes.iter().filter_map(|(open, close)| message.find(&format!("{open}{name}{close}"))).min()
    };
    let droppable = sent.filter(|name| !matches!(*name, "model" | "messages"));
    let first = droppable.filter_map(|name| place(name).map(|at| (at, name))).min();
    first.map(|(_, name)| name.to_owned())
}

#[cfg(test)]
mod tests;
