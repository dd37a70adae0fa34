//! Runs: their times as spans, their costs as decimals, and their wire.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::settings::{restored_params, restored_settings, saved_params, saved_settings};
use super::{Anchor, Numbers};
use crate::chat::{
    ChatRequest, Cost, Images, Money, Outcome, Remembered, Run, RunId, Usage, Wire, WireKept, WireLoss, WireRequest,
    WireResponse, WireTry, WrittenMessages, limit_name,
};
use crate::store::{
    Fields, SavedCost, SavedForm, SavedKnown, SavedOutcome, SavedRequest, SavedResponse, SavedRun, SavedStop, SavedTry,
    SavedUsage, SavedWire, SavedWireKept,
};

/// One run as it is saved, with its wire or, where that still grows or is kept already, without. A wire that is not in
/// memory is named by its place.
#[must_use]
pub fn saved_run(run: &Run, with_wire: bool, anchor: Anchor) -> SavedRun {
    let elsewhere = run.wire_elsewhere();
    let span = |at: Option<Instant>| at.map(|at| nanos(at.saturating_duration_since(run.started)));
    SavedRun {
        id: run.id.0,
        settings: saved_settings(&run.settings),
        preset: run.preset.clone(),
        before: run.before.map(|run| run.0),
        form: saved_form(&run.form),
        known: SavedKnown {
            max_tokens: run.known.max_tokens.map(str::to_owned),
            without_stream_options: run.known.without_stream_options,
        },
        replies: run.replies.iter().map(|turn| turn.0).collect(),
        started: anchor.unix_ms(run.started),
        first_delta: span(run.first_delta),
        first_text: span(run.first_text),
        finished: span(run.finished),
        finish_reason: run.finish_reason.clone(),
        accepted: run.accepted,
        served_by: run.served_by.clone(),
        service_tier: run.service_tier.clone(),
        request_id: run.request_id.clone(),
        usage: run.usage.as_ref().map(saved_usage),
        cost: saved_cost(&run.cost),
        outcome: match &run.outcome {
            Outcome::Running => SavedOutcome::Running,
            Outcome::Complete => SavedOutcome::Complete,
            Outcome::Stopped => SavedOutcome::Stopped,
            Outcome::Failed(said) => SavedOutcome::Failed { said: said.clone() },
        },
        wire: if with_wire && elsewhere.is_none() { saved_wire(&run.wire) } else { None },
        wire_place: elsewhere.filter(|_| with_wire).cloned(),
        other: Fields::new(),
    }
}

pub(super) fn nanos(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}

fn saved_form(form: &ChatRequest) -> SavedForm {
    SavedForm {
        model: form.model.clone(),
        messages: form.messages.clone(),
        params: saved_params(&form.params),
        tools: form.tools.clone(),
        stream: form.stream,
        extra: form.extra.clone(),
    }
}

pub(in crate::state) fn saved_usage(usage: &Usage) -> SavedUsage {
    let Usage { input, cached, output, reasoning, raw, .. } = usage.clone();
    SavedUsage { input, cached, output, reasoning, raw, other: Fields::new() }
}

fn saved_cost(cost: &Cost) -> SavedCost {
    let parts = |money: &Money| (money.amount.to_string(), money.currency.code().to_owned());
    match cost {
        Cost::Known(money) => {
            let (amount, currency) = parts(money);
            SavedCost::Known { amount, currency }
        }
        Cost::Reported(money) => {
            let (amount, currency) = parts(money);
            SavedCost::Reported { amount, currency }
        }
        Cost::Estimated(money) => {
            let (amount, currency) = parts(money);
            SavedCost::Estimated { amount, currency }
        }
        Cost::Unknown => SavedCost::Unknown,
    }
}

/// The record of a run's wire; `None` when nothing was recorded.
#[must_use]
pub fn saved_wire(wire: &Wire) -> Option<SavedWire> {
    (*wire != Wire::default()).then(|| SavedWire {
        tries: wire.tries().iter().map(saved_try).collect(),
        reads: wire.all_reads().map(|(at, end)| (nanos(at), end)).collect(),
        bytes: wire.bytes().to_vec(),
        kept: match wire.kept() {
            WireKept::All => SavedWireKept::All,
            WireKept::Beginning(WireLoss { bytes, reads }) => SavedWireKept::Beginning { bytes, reads },
            WireKept::Heads(WireLoss { bytes, reads }) => SavedWireKept::Heads { bytes, reads },
        },
        until: nanos(wire.until()),
    })
}

fn saved_try(one: &WireTry) -> SavedTry {
    let WireRequest { at, method, url, headers, body_bytes } = one.request.clone();
    SavedTry {
        request: SavedRequest { at: nanos(at), method, url, headers, body_bytes },
        response: one.response.clone().map(|WireResponse { at, status, version, headers }| SavedResponse {
            at: nanos(at),
            status,
            version,
            headers,
        }),
        stopped: one.stopped.clone().map(|(at, why)| SavedStop { at: nanos(at), why }),
        first_read: one.first_read(),
    }
}

pub(super) fn restored_run(saved: SavedRun, id: RunId, numbers: &Numbers, anchor: Anchor) -> Run {
    let started = anchor.instant(saved.started);
    let moment = |span: Option<u64>| span.and_then(|span| started.checked_add(Duration::from_nanos(span)));
    let form = restored_form(saved.form);
    Run {
        preset: saved.preset,
        before: numbers.run(saved.before),
        known: Remembered {
            max_tokens: saved.known.max_tokens.and_then(|name| limit_name(&name)),
            without_stream_options: saved.known.without_stream_options,
        },
        replies: saved.replies.into_iter().filter_map(|turn| numbers.turn(Some(turn))).collect(),
        first_delta: moment(saved.first_delta),
        first_text: moment(saved.first_text),
        finished: moment(saved.finished),
        finish_reason: saved.finish_reason,
        accepted: saved.accepted,
        served_by: saved.served_by,
        service_tier: saved.service_tier,
        request_id: saved.request_id,
        usage: saved.usage.map(restored_usage),
        cost: saved.cost.cost(),
        outcome: match saved.outcome {
            SavedOutcome::Running => Outcome::Running,
            SavedOutcome::Complete => Outcome::Complete,
            SavedOutcome::Stopped => Outcome::Stopped,
            SavedOutcome::Failed { said } => Outcome::Failed(said),
        },
        wire: saved.wire.and_then(restored_wire).unwrap_or_default(),
        stored: saved.wire_place,
        ..Run::new(id, restored_settings(saved.settings), form, started)
    }
}

/// The counts as they were saved; what else is in the server's object is read from it anew.
fn restored_usage(saved: SavedUsage) -> Usage {
    let SavedUsage { input, cached, output, reasoning, raw, .. } = saved;
    let raw = Value::Object(raw);
    let read = Usage::from_json(&raw).unwrap_or_default();
    Usage { input, cached, output, reasoning, ..read }
}

fn restored_form(saved: SavedForm) -> ChatRequest {
    ChatRequest {
        model: saved.model,
        messages: saved.messages,
        written: WrittenMessages::default(),
        images: Images::default(),
        params: restored_params(saved.params),
        tools: saved.tools,
        stream: saved.stream,
        extra: saved.extra,
    }
}

/// Undoes [`saved_wire`]; `None` when the places of its reads do not fit its bytes.
#[must_use]
pub fn restored_wire(saved: SavedWire) -> Option<Wire> {
    let loss = |bytes, reads| WireLoss { bytes, reads };
    let kept = match saved.kept {
        SavedWireKept::All => WireKept::All,
        SavedWireKept::Beginning { bytes, reads } => WireKept::Beginning(loss(bytes, reads)),
        SavedWireKept::Heads { bytes, reads } => WireKept::Heads(loss(bytes, reads)),
    };
    let reads = saved.reads.into_iter().map(|(at, end)| (Duration::from_nanos(at), end));
    let tries = saved.tries.into_iter().map(restored_try).collect();
    Wire::restored(tries, reads, saved.bytes, kept, Duration::from_nanos(saved.until))
}

fn restored_try(saved: SavedTry) -> WireTry {
    let SavedRequest { at, method, url, headers, body_bytes } = saved.request;
    let request = WireRequest { at: Duration::from_nanos(at), method, url, headers, body_bytes };
    let response = saved.response.map(|SavedResponse { at, status, version, headers }| WireResponse {
        at: Duration::from_nanos(at),
        status,
        version,
        headers,
    });
    let stopped = saved.stopped.map(|SavedStop { at, why }| (Duration::from_nanos(at), why));
    WireTry::restored(request, response, stopped, saved.first_read)
}
