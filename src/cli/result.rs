//! A run as JSON: what `ask --json` prints at the end and `ask --events` as it comes.

use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};

use super::ask_schema::verdict_json;
use crate::api::{ApiError, Assembly, Delta, Reply};
use crate::chat::{Cost, Usage};
use crate::tools::AnswerCheck;

/// A run that is being followed.
#[derive(Debug)]
pub(super) struct Followed {
    pub(super) assembly: Assembly,
    pub(super) error: Option<ApiError>,
    /// What was found of the answer's form, where one was asked for.
    pub(super) check: Option<AnswerCheck>,
    /// The requests before the last one.
    pub(super) earlier: Vec<Round>,
    /// The calls that were answered.
    pub(super) calls: Vec<Value>,
    /// When the last request was sent, by the clock on the wall.
    sent: SystemTime,
    /// Whether the server took it.
    is_taken: bool,
    started: Instant,
    first: Option<Instant>,
    ended: Option<Instant>,
}

/// What one request's cost depends on.
#[derive(Clone, Debug)]
pub(super) struct Round {
    pub(super) usage: Option<Usage>,
    pub(super) served_by: Option<String>,
    pub(super) service_tier: Option<String>,
    pub(super) sent: SystemTime,
    /// Whether the server took it: what it refused costs nothing.
    pub(super) is_taken: bool,
}

impl Followed {
    pub(super) fn since(started: Instant, sent: SystemTime) -> Self {
        Self {
            assembly: Assembly::default(),
            error: None,
            check: None,
            earlier: Vec::new(),
            calls: Vec::new(),
            sent,
            is_taken: false,
            started,
            first: None,
            ended: None,
        }
    }

    pub(super) fn apply(&mut self, delta: &Delta, now: Instant) {
        self.assembly.apply(delta);
        self.is_taken |= matches!(delta, Delta::Opened(_)) || self.assembly.anything_came();
        if self.first.is_none() && self.assembly.anything_came() {
            self.first = Some(now);
        }
    }

    /// The last request.
    pub(super) fn round(&self) -> Round {
        Round {
            usage: self.assembly.usage.clone(),
            served_by: self.assembly.served_by.clone(),
            service_tier: self.assembly.service_tier.clone(),
            sent: self.sent,
            is_taken: self.is_taken,
        }
    }

    /// The model is asked again: what came so far belongs to the calls.
    pub(super) fn begin_round(&mut self, sent: SystemTime) {
        self.earlier.push(self.round());
        self.assembly = Assembly::default();
        (self.sent, self.is_taken) = (sent, false);
    }

    pub(super) fn end(&mut self, error: Option<ApiError>, now: Instant) {
        self.error = error;
        self.ended = Some(now);
    }

    /// The object of `ask --json`. The text is the first choice's; with more than one, all of them stand in `choices`.
    pub(super) fn to_json(&self, model: &str, cost: &Cost) -> Value {
        let reply = self.assembly.first();
        let request_id = self.assembly.request_id.clone().or_else(|| self.error.as_ref()?.request_id.clone());
        let mut object = reply_json(&reply);
        let usage = self.assembly.usage.as_ref().map(|usage| Value::Object(usage.raw.clone()));
        let end = self.ended.unwrap_or(self.started);
        let rest = json!({
            "usage": usage,
            "cost": cost_json(cost),
            "error": self.error.as_ref().map(error_json),
            "partial": self.error.is_some() && self.assembly.anything_came(),
            "model": self.assembly.served_by.as_deref().unwrap_or(model),
            "request_id": request_id,
            "ttft_ms": self.first.map(|first| millis(first.saturating_duration_since(self.started))),
            "seconds": seconds(end.saturating_duration_since(self.started)),
        });
        extend(&mut object, rest);
        if !self.calls.is_empty() {
            let raw = |usage: &Option<Usage>| usage.as_ref().map(|usage| Value::Object(usage.raw.clone()));
            let earlier: Vec<Option<Value>> = self.earlier.iter().map(|round| raw(&round.usage)).collect();
            extend(&mut object, json!({"calls": self.calls, "earlier_usage": earlier}));
        }
        if let Some(check) = &self.check {
            extend(&mut object, verdict_json(check));
        }
        if self.assembly.choices.len() > 1 {
            let choices: Vec<Value> = self.assembly.choices.values().map(reply_json).collect();
            extend(&mut object, json!({"choices": choices}));
        }
        object
    }
}

/// Puts the fields of one object behind those of another.
pub(super) fn extend(object: &mut Value, more: Value) {
    if let (Value::Object(object), Value::Object(more)) = (object, more) {
        object.extend(more);
    }
}

fn reply_json(reply: &Reply) -> Value {
    let calls = reply.tool_calls.iter();
    let calls: Vec<Value> =
        calls.map(|call| json!({"id": call.id, "name": call.name, "arguments": call.arguments})).collect();
    let mut object = json!({
        "text": reply.text,
        "reasoning": reply.reasoning,
        "refusal": reply.refusal,
        "tool_calls": calls,
        "finish_reason": reply.finish_reason,
    });
    if let Some(logprobs) = &reply.logprobs {
        object["logprobs"] = Value::Object(logprobs.clone());
    }
    object
}

fn cost_json(cost: &Cost) -> Option<Value> {
    let money = cost.money()?;
    let amount = money.amount.normalize().to_string();
    let mut object = json!({"amount": amount, "currency": money.currency.code(), "estimated": cost.is_estimated()});
    if cost.is_reported() {
        object["reported"] = true.into();
    }
    Some(object)
}

fn error_json(error: &ApiError) -> Value {
    json!({"kind": error.kind.name(), "message": error.message, "status": error.status})
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Seconds to the millisecond.
fn seconds(time: Duration) -> f64 {
    Duration::from_millis(millis(time)).as_secs_f64()
}

/// A delta as one line of `ask --events`; what went over the wire below the deltas is none.
pub(super) fn event_json(delta: &Delta) -> Option<Value> {
    Some(match delta {
        Delta::Retry(retry) => json!({"type": "retry", "attempt": retry.attempt, "of": retry.of,
            "wait_ms": millis(retry.wait), "cause": retry.cause}),
        Delta::Repaired(repair) => json!({"type": "repaired", "message": repair.to_string()}),
        Delta::Opened(opening) => json!({"type": "opened", "status": opening.status, "request_id": opening.request_id}),
        Delta::Alive => json!({"type": "alive"}),
        Delta::ServedBy(model) => json!({"type": "model", "model": model}),
        Delta::Tier(tier) => json!({"type": "service_tier", "service_tier": tier}),
        Delta::Text { choice, text } => json!({"type": "text", "choice": choice, "text": text}),
        Delta::Reasoning { choice, text } => json!({"type": "reasoning", "choice": choice, "text": text}),
        Delta::Refusal { choice, text } => json!({"type": "refusal", "choice": choice, "text": text}),
        Delta::ToolCall { choice, index, id, name, arguments, .. } => json!({"type": "tool_call", "choice": choice,
            "index": index, "id": id, "name": name, "arguments": arguments}),
        Delta::Logprobs { choice, logprobs } => json!({"type": "logprobs", "choice": choice, "logprobs": logprobs}),
        Delta::Usage(usage) => json!({"type": "usage", "usage": usage.raw}),
        Delta::Finish { choice, reason } => json!({"type": "finish", "choice": choice, "reason": reason}),
        Delta::Warning(message) => json!({"type": "warning", "message": message}),
        Delta::Wire(_) => return None,
    })
}
