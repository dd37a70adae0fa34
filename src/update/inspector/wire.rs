//! The pieces in which a call came, with their times, out of the recorded bytes of its run.

use serde_json::Value;

use super::page::{Page, run_of};
use crate::api::{WireEventKind, wire_events};
use crate::chat::{Outcome, WireKept};
use crate::input::Action;
use crate::state::{CallId, DetailBody, State, WireSight, WireStage, wire_data, wire_time};
use crate::text::{Span, StyleRole, Wrap, counted, reveal, wrap_hard};

/// So many pieces are shown; the whole wire has its own page.
const MOST: usize = 2000;

pub(super) fn rows(state: &State, call: CallId, page: &mut Page) {
    let Some(run) = run_of(state, call).and_then(|run| state.session.run(run)) else {
        return page.says("Nothing went over the wire for this call.", StyleRole::Dim);
    };
    if run.outcome == Outcome::Running {
        return page.says("The reply still comes: its pieces are listed when it has ended.", StyleRole::Dim);
    }
    let WireSight { wire, stage } = state.recall.sight(run);
    match &stage {
        WireStage::Here => {}
        WireStage::Reading => return page.says("Reading the wire of this run …", StyleRole::Dim),
        WireStage::Failed(said) => return page.says(said, StyleRole::Error),
    }
    if wire.kept() != WireKept::All {
        page.says("Not all bytes of this run are kept.", StyleRole::Warning);
    }
    let (mut rows, mut count) = (Vec::new(), 0);
    for event in wire_events(wire) {
        let Some(piece) = piece(&event.kind, call.index) else { continue };
        count += 1;
        if count > MOST {
            continue;
        }
        page.source.push_str(&format!("+{} {piece}\n", wire_time(event.at)));
        let first = [Span::new(format!("+{}  ", wire_time(event.at)), StyleRole::Dim)];
        let rest = [Span::new("  ", StyleRole::Text)];
        let within = Wrap { width: page.columns, first: &first, rest: &rest };
        wrap_hard(&[Span::new(reveal(&piece), StyleRole::Code)], &within, &mut rows);
    }
    if count == 0 {
        page.says("No piece of this call is among the bytes that are kept.", StyleRole::Dim);
    } else {
        let opens = state.key(Action::OverlayAccept);
        page.says(
            &format!("{} · {opens} here opens the whole wire of the reply", counted(count as u64, "piece")),
            StyleRole::Dim,
        );
    }
    page.body = Some(DetailBody::Rows(rows));
}

/// What an event says of a call, as compact JSON.
fn piece(kind: &WireEventKind, index: usize) -> Option<String> {
    let data = wire_data(kind);
    if !data.contains("tool_calls") {
        return None;
    }
    let event: Value = serde_json::from_str(data).ok()?;
    let choice = event.get("choices")?.get(0)?;
    let calls = choice.get("delta").or_else(|| choice.get("message"))?.get("tool_calls")?.as_array()?;
    let own = |(place, call): &(usize, &Value)| {
        call.get("index").and_then(Value::as_u64).map_or(*place == index, |at| usize::try_from(at) == Ok(index))
    };
    calls.iter().enumerate().find(own).map(|(_, call)| call.to_string())
}
