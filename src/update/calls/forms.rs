//! What is written by hand about calls: arguments, results, reasons, and what answers a tool.

use std::time::Instant;

use super::{CallState, Effects, State, again, answer};
use crate::chat::TurnId;
use crate::input::Action;
use crate::state::{Answerer, CallForm, CallId, Effect, Form, FormPurpose, LaneId, Level, Topic, Verdict, examined};
use crate::text;
use crate::tools::{CallEnd, CannedRule, CommandResponder, Responder, answerer, given_twice};
use crate::update::{form, inspector};

fn open(state: &mut State, what: CallForm, text: &str, templates: Vec<String>) {
    let purpose = FormPurpose::Call { lane: state.lane().id, what };
    let mut form = Form::new(purpose, text);
    form.templates = templates;
    form::open(state, form);
    judge(state);
}

/// The arguments as they came, laid out; the next template puts them back.
pub(super) fn open_arguments(state: &mut State, call: CallId) {
    let Some(came) = state.session.call(call).map(|(came, _)| came.arguments.clone()) else { return };
    let arguments = state.session.arguments(call).unwrap_or_default().to_owned();
    open(state, CallForm::Arguments(call), &laid_out(&arguments), vec![came]);
}

/// Arguments as they are written to be edited: JSON over several lines, what is none as it came.
pub(in crate::update) fn laid_out(json: &str) -> String {
    certain(json).map_or_else(|| json.to_owned(), |value| format!("{value:#}"))
}

/// What a JSON text means to every reader; nothing for one that gives a field twice.
fn certain(json: &str) -> Option<serde_json::Value> {
    serde_json::from_str(json).ok().filter(|_| given_twice(json).is_none())
}

/// An empty result, or the one that came and is too large to go back unasked; the last result of the tool is a template.
pub(super) fn open_answer(state: &mut State, call: CallId) {
    let text = match state.session.calls.get(call).map(|record| &record.state) {
        Some(CallState::Large { end, .. }) => end.to_content(),
        _ => String::new(),
    };
    let last = state.session.call(call).and_then(|(came, _)| state.session.last_result(&came.name));
    open(state, CallForm::Answer(call), &text, last.into_iter().collect());
}

pub(super) fn open_refusal(state: &mut State, call: CallId) {
    open(state, CallForm::Refusal(call), "", Vec::new());
}

pub(super) fn open_refusal_of_all(state: &mut State, call: CallId, now: Instant) {
    if state.undecided(state.focused) == 0 {
        state.notices.show(Level::Note, "No call waits any more.", now);
    } else {
        open(state, CallForm::RefusalOfAll(call.reply), "", Vec::new());
    }
}

/// What answers the tool now, as it is written; the templates are the other ways.
pub(super) fn open_responder(state: &mut State, call: CallId) {
    let Some(tool) = state.session.call(call).map(|(came, _)| came.name.clone()) else { return };
    let written = match state.responder(state.focused, call) {
        Responder::Person => "person".to_owned(),
        Responder::Canned(_) => "last result".to_owned(),
        Responder::Command(command) => serde_json::json!(command.argv).to_string(),
    };
    let command = r#"["program", "argument"]"#;
    let templates = ["person", "last result", command].map(ToOwned::to_owned).to_vec();
    open(state, CallForm::Responder(tool), &written, templates);
}

/// The arguments of a call that is over, for another one in its place.
pub(in crate::update) fn open_again(state: &mut State, call: CallId) {
    let Some(arguments) = state.session.arguments(call).map(ToOwned::to_owned) else { return };
    open(state, CallForm::Again(call), &laid_out(&arguments), vec![arguments]);
}

/// The result of a tool's turn, to be sent again with another one.
pub(in crate::update) fn open_result(state: &mut State, turn: TurnId) {
    let text = state.session.turns.get(turn).map(|turn| turn.text.clone()).unwrap_or_default();
    open(state, CallForm::Result(turn), &text, Vec::new());
}

/// Says of what is written whether it can be taken.
pub(in crate::update) fn judge(state: &mut State) {
    let Some(form) = form::open_form(state) else { return };
    let FormPurpose::Call { lane, what } = form.purpose.clone() else { return };
    let written = form.editor.text();
    let verdict = match what {
        CallForm::Arguments(call) | CallForm::Again(call) => Some(on_arguments(state, lane, call, &written)),
        CallForm::Answer(_) | CallForm::Result(_) => on_result(&written),
        CallForm::Refusal(_) | CallForm::RefusalOfAll(_) => {
            Some(Verdict::Good("the reason goes to the model; it may be empty".to_owned()))
        }
        CallForm::Responder(tool) => Some(match responder(state, lane, &tool, &written) {
            Ok(Responder::Person) => Verdict::Good("you type or paste each result".to_owned()),
            Ok(Responder::Canned(_)) => Verdict::Good("each call gets the last result again".to_owned()),
            Ok(Responder::Command(command)) => {
                let count = command.argv.len() - 1;
                Verdict::Good(format!("runs {} with {count} arguments, no shell between", command.argv[0]))
            }
            Err(said) => Verdict::Bad(said),
        }),
    };
    if let Some(form) = form::open_form(state) {
        form.verdict = verdict;
    }
}

fn on_arguments(state: &State, lane: LaneId, call: CallId, written: &str) -> Verdict {
    match found(state, lane, call, written) {
        Some(CallState::Invalid { why }) => Verdict::Bad(super::told(&why)),
        Some(_) => Verdict::Good("valid by the tool's schema".to_owned()),
        None => Verdict::Bad("this call is gone".to_owned()),
    }
}

/// What is found about arguments as they are written.
fn found(state: &State, lane: LaneId, call: CallId, written: &str) -> Option<CallState> {
    let place = super::place_of(state, lane)?;
    let turn = state.session.turns.get(call.reply)?;
    let name = &turn.tool_calls.get(call.index)?.name;
    Some(examined(state.offered(place, turn), name, written))
}

/// Nothing is said of nothing.
fn on_result(written: &str) -> Option<Verdict> {
    if written.trim().is_empty() {
        return None;
    }
    let json = serde_json::from_str::<serde::de::IgnoredAny>(written).is_ok();
    Some(Verdict::Good(if json { "JSON" } else { "text, as it is" }.to_owned()))
}

/// What a text says about who answers a tool.
fn responder(state: &State, lane: LaneId, tool: &str, written: &str) -> Result<Responder, String> {
    match written.trim() {
        "" | "person" => return Ok(Responder::Person),
        "last result" => {
            let result = state.session.last_result(tool);
            let rule = |result| Responder::Canned(vec![CannedRule { when: std::collections::BTreeMap::new(), result }]);
            return result.map(rule).ok_or_else(|| "this tool has no result yet".to_owned());
        }
        _ => {}
    }
    let argv: Vec<String> = serde_json::from_str(written).map_err(|_| {
        "write person, last result, or a command as a JSON list of words: [\"python3\", \"weather.py\"]".to_owned()
    })?;
    if argv.first().is_none_or(String::is_empty) {
        return Err("the list is empty: its first word is the program".to_owned());
    }
    let of_lane = state.lane_by_id(lane).and_then(|lane| lane.settings.tools.iter().find(|it| it.name == tool));
    Ok(Responder::Command(match answerer(&state.tools.responders, tool, of_lane) {
        Responder::Command(before) => CommandResponder { argv, ..before.clone() },
        _ => CommandResponder::new(argv),
    }))
}

/// Takes what is written; what is wrong stays to be mended.
pub(in crate::update) fn accept(state: &mut State, now: Instant) -> Effects {
    let Some(form) = form::open_form(state) else { return Effects::new() };
    let FormPurpose::Call { lane, what } = form.purpose.clone() else { return Effects::new() };
    let (written, bad) = (form.editor.text(), matches!(form.verdict, Some(Verdict::Bad(_))));
    let Some(place) = super::place_of(state, lane).filter(|_| !bad) else { return Effects::new() };
    if matches!(what, CallForm::Answer(_) | CallForm::Result(_)) && !means_nothing(state, &written, now) {
        return Effects::new();
    }
    if let CallForm::Result(turn) = what
        && !again::is_admitted(state, place, turn, &written, now)
    {
        return Effects::new();
    }
    state.overlay = None;
    match what {
        CallForm::Arguments(call) => run_with(state, place, call, written, now),
        CallForm::Again(call) => inspector::make_again(state, place, call, Some(&written), now),
        CallForm::Answer(call) if waits(state, call, now) => {
            answer(state, place, call, Answerer::Person, CallEnd::Answered(written), now)
        }
        CallForm::Refusal(call) if waits(state, call, now) => refuse(state, place, call, &written, now),
        CallForm::Answer(_) | CallForm::Refusal(_) => Effects::new(),
        CallForm::RefusalOfAll(reply) => {
            let count = state.session.calls.of(reply).map_or(0, <[_]>::len);
            let calls: Vec<CallId> = (0..count).map(|index| CallId { reply, index }).collect();
            let undecided = |call: &CallId| state.session.calls.get(*call).is_some_and(|it| it.state.is_undecided());
            let waiting: Vec<CallId> = calls.into_iter().filter(undecided).collect();
            waiting.into_iter().flat_map(|call| refuse(state, place, call, &written, now)).collect()
        }
        CallForm::Responder(tool) => keep_responder(state, lane, tool, &written, now),
        CallForm::Result(turn) => again::send(state, place, turn, written, now),
    }
}

/// Whether an empty result is meant: it is asked for twice. Any other is.
fn means_nothing(state: &mut State, written: &str, now: Instant) -> bool {
    if !written.trim().is_empty() || state.confirmed(Action::FormAccept, "sends an empty result.", now) {
        return true;
    }
    // It is said in the form, where the eyes are.
    state.notices.withdraw(Topic::AskAgain);
    let said = format!("nothing is written; {} again sends an empty result", state.key(Action::FormAccept));
    if let Some(form) = form::open_form(state) {
        form.verdict = Some(Verdict::Asks(said));
    }
    false
}

/// Whether a call still waits; says so if not.
fn waits(state: &mut State, call: CallId, now: Instant) -> bool {
    let waits = state.session.calls.get(call).is_some_and(|record| record.state.is_undecided());
    if !waits {
        state.notices.show(Level::Note, "This call was decided about meanwhile.", now);
    }
    waits
}

fn refuse(state: &mut State, place: usize, call: CallId, reason: &str, now: Instant) -> Effects {
    let end = CallEnd::Refused { reason: reason.trim().to_owned() };
    answer(state, place, call, Answerer::Person, end, now)
}

/// Runs a call with the arguments that the user wrote. The ones that came stay beside them.
fn run_with(state: &mut State, place: usize, call: CallId, written: String, now: Instant) -> Effects {
    if !waits(state, call, now) {
        return Effects::new();
    }
    let Some((came, _)) = state.session.call(call) else { return Effects::new() };
    let value = certain(&written);
    let same = value.is_some() && certain(&came.arguments) == value;
    // One line, as models write them.
    let compact = value.map_or(written, |value| value.to_string());
    state.session.change_call(call, |record| {
        record.edited = (!same).then_some(compact);
        record.state = CallState::Waits;
    });
    super::decide::run(state, place, call, now)
}

fn keep_responder(state: &mut State, lane: LaneId, tool: String, written: &str, now: Instant) -> Effects {
    let Ok(responder) = responder(state, lane, &tool, written) else { return Effects::new() };
    let who = match &responder {
        Responder::Person => "a person",
        Responder::Canned(_) => "its last result",
        Responder::Command(_) => "a command",
    };
    put_responder(state, tool, responder, who, now)
}

/// Has another responder answer the calls of a tool, and keeps it.
pub(in crate::update) fn put_responder(
    state: &mut State,
    tool: String,
    responder: Responder,
    who: &str,
    now: Instant,
) -> Effects {
    let shown = text::clean_line(&tool).into_owned();
    // Whom the user trusted was another one.
    state.tools.always.retain(|trusted| trusted.name != tool);
    state.tools.responders.0.insert(tool.clone(), responder.clone());
    state.tools.revision += 1;
    state.notices.show(Level::Note, format!("{shown} is answered by {who} from now on."), now);
    vec![Effect::SaveResponder { tool, responder: Box::new(responder) }]
}

/// Says so where a choice holds for this session alone.
pub(in crate::update) fn responder_saved(state: &mut State, tool: &str, result: Result<(), String>, now: Instant) {
    if let Err(problem) = result {
        let said = format!("What answers {} is not saved: {problem}", text::clean_line(tool));
        state.notices.show(Level::Error, said, now);
    }
}
