//! Hints about the form of the answer, before anything is sent: what an endpoint would refuse of a `response_format`.
//!
//! Owns when a hint stands at the composer. None of them keeps a message from being sent.

use memchr::memmem::Finder;
use serde_json::Value;

use crate::chat::{Params, TurnId};
use crate::pricing::Feature;
use crate::state::{AnswerHint, Lane, LaneId, MAX_LANES, ModelAt, State};
use crate::text::clean_line;
use crate::tools::{Schema, strict_faults};

/// Brings the hint up to date, after an event that may change what would be sent.
pub(super) fn refresh(state: &mut State) {
    let asking: Vec<LaneId> = state.lanes.iter().filter(|lane| hears_json(state, lane)).map(|lane| lane.id).collect();
    let mut said = None;
    for id in asking {
        said = said.or_else(|| hint(state, id));
    }
    state.answer_hint.said = said;
}

fn hears_json(state: &State, lane: &Lane) -> bool {
    lane.settings.params.get("response_format").is_some() && state.hears(lane)
}

/// The first hint of a lane, with its letter where there are several.
fn hint(state: &mut State, id: LaneId) -> Option<String> {
    let format = state.lane_by_id(id)?.settings.params.get("response_format")?.clone();
    let wrong = known(&mut state.answer_hint, &format);
    let lane = state.lane_by_id(id)?;
    let said = wrong.or_else(|| lacking(state, lane, &format)).or_else(|| unsaid(state, id))?;
    let letter = state.lane_by_id(id).filter(|_| state.lanes.len() > 1).map(|lane| format!("{}: ", lane.letter));
    Some(format!("{}{said}", letter.unwrap_or_default()))
}

/// As [`of_format`], which is asked once for each format.
fn known(hint: &mut AnswerHint, format: &Value) -> Option<String> {
    if let Some((_, said)) = hint.formats.iter().find(|(of, _)| of == format) {
        return said.clone();
    }
    let said = of_format(format);
    if hint.formats.len() >= MAX_LANES {
        hint.formats.remove(0);
    }
    hint.formats.push((format.clone(), said.clone()));
    said
}

/// What an endpoint would refuse of a `response_format` by itself.
pub(super) fn of_format(format: &Value) -> Option<String> {
    if format["type"] != "json_schema" {
        return None;
    }
    let form = &format["json_schema"];
    if form["name"].as_str().is_none_or(str::is_empty) {
        return Some("response_format: json_schema needs a name".to_owned());
    }
    let Some(schema) = form.get("schema") else {
        return Some("response_format: json_schema has no schema".to_owned());
    };
    if let Err(fault) = Schema::of(schema) {
        return Some(format!("response_format: the schema cannot be used: {}", fault.said));
    }
    let fault = strict_faults(schema).into_iter().next().filter(|_| form["strict"] == true)?;
    let place = if fault.pointer.is_empty() { "the schema".into() } else { clean_line(&fault.pointer) };
    Some(format!("response_format is strict, and at {place} {}", fault.said))
}

/// A feature that the model's card says it lacks.
fn lacking(state: &State, lane: &Lane, format: &Value) -> Option<String> {
    let feature = match format["type"].as_str()? {
        "json_object" => Feature::JsonMode,
        "json_schema" => Feature::StructuredOutput,
        _ => return None,
    };
    let at = ModelAt { provider: lane.settings.provider.clone(), model: lane.settings.model.clone() };
    let lacks = state.card(&at).facts.and_then(|facts| facts.has(feature)) == Some(false);
    lacks.then(|| format!("{} has no {} by its card", clean_line(&at.model), feature.title()))
}

/// JSON mode is refused unless a message says the word (OpenAI's reference, `response_format`).
fn unsaid(state: &mut State, id: LaneId) -> Option<String> {
    let lane = state.lane_by_id(id)?;
    let is_mode = lane.settings.params.get("response_format").is_some_and(|format| format["type"] == "json_object");
    if !is_mode || lane.settings.system.as_deref().is_some_and(says_json) {
        return None;
    }
    let draft = state.composer.text();
    if draft.trim().is_empty() || says_json(&draft) {
        return None;
    }
    if branch_says_json(state, id) {
        return None;
    }
    Some("JSON mode wants the word JSON in a message".to_owned())
}

/// Whether a message of the lane's branch says the word. It is read anew only when the end of the branch is another one.
fn branch_says_json(state: &mut State, id: LaneId) -> bool {
    let Some(lane) = state.lane_by_id(id) else { return false };
    let tip: Option<TurnId> = lane.tip();
    let key = tip.and_then(|tip| state.session.turns.get(tip)).map(|turn| (turn.id, turn.revision));
    if let Some((known, says)) = state.answer_hint.branches.get(&id)
        && *known == key
    {
        return *says;
    }
    let says = state.session.turns.up_from(tip).any(|turn| says_json(&turn.text));
    state.answer_hint.branches.insert(id, (key, says));
    says
}

fn says_json(text: &str) -> bool {
    ["json", "JSON", "Json"].iter().any(|word| Finder::new(word).find(text.as_bytes()).is_some())
}

/// Whether a changed value is one that hints are about.
pub(super) fn of_value(name: &str, params: &Params) -> Option<String> {
    if name == "response_format" { of_format(params.get(name)?) } else { None }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_schema_that_would_be_refused_is_told() {
        let format = |form: Value| of_format(&json!({"type": "json_schema", "json_schema": form}));
        let open = json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]});
        assert_eq!(format(json!({"schema": open})).unwrap(), "response_format: json_schema needs a name");
        assert_eq!(format(json!({"name": "n"})).unwrap(), "response_format: json_schema has no schema");
        assert_eq!(format(json!({"name": "n", "schema": open})), None);
        assert_eq!(
            format(json!({"name": "n", "schema": open, "strict": true})).unwrap(),
            "response_format is strict, and at the schema a strict object needs \"additionalProperties\": false"
        );
        let nowhere = format(json!({"name": "n", "schema": {"$ref": "#/x"}})).unwrap();
        assert!(nowhere.starts_with("response_format: the schema cannot be used: "), "{nowhere}");
        assert_eq!(of_format(&json!({"type": "text"})), None);
    }
}
