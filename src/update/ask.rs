//! Asking: a draft, a retry or an edit becomes turns, a run and a request.

use std::time::Instant;

use super::budget::Asking;
use super::{Effects, attach, budget, calls, edit, meter, queue, system};
pub use crate::chat::messages;
use crate::chat::{
    ChatRequest, Field, Images, Refusals, Role, Run, Settings, Turn, TurnId, TurnTree, WrittenMessages, sendable,
};
use crate::input::Action;
use crate::state::{Draft, Effect, LaneId, Level, Scroll, State, StreamStatus, Topic, Undo, title_of};
use crate::text;

pub(super) fn perform(state: &mut State, action: Action, now: Instant) -> Effects {
    match action {
        Action::Send => send(state, now),
        Action::EditTurn => {
            edit::open(state, now);
            Effects::new()
        }
        Action::RetryTurn => again(state, state.lane().selected, now),
        Action::ResendWithout => resend_without(state, now),
        _ => again(state, None, now),
    }
}

/// Sends the draft to the lanes that it is addressed to, or lets it wait for those that still answer.
fn send(state: &mut State, now: Instant) -> Effects {
    if state.composer.is_blank() {
        if state.awaited(state.focused).is_some() {
            calls::enter(state, now);
            return Effects::new();
        }
        return if state.queue.is_empty() { Effects::new() } else { queue::release(state, now) };
    }
    let places: Vec<usize> = (0..state.lanes.len()).filter(|place| state.hears(&state.lanes[*place])).collect();
    if places.is_empty() {
        let said = "No lane holds the edited turn any more: Enter sends this as a new message.";
        state.notices.show(Level::Note, said, now);
        state.composer.editing = None;
        return Effects::new();
    }
    let reply = state.composer.editing.filter(|turn| edit::is_reply(state, *turn));
    let no_model = |place: &&usize| reply.is_none() && state.lanes[**place].settings.model.is_empty();
    if let Some(place) = places.iter().find(no_model) {
        let lane = state.lanes[*place].letter;
        let said = format!("Lane {lane} has no model yet: {} chooses one.", state.key(Action::Models));
        state.notices.show(Level::Warning, said, now);
        return Effects::new();
    }
    if let Some(look) = attach::before_sending(state).filter(|_| reply.is_none()) {
        return vec![look];
    }
    let to: Vec<LaneId> = places.iter().map(|place| state.lanes[*place].id).collect();
    if queue::must_wait(state, &to) {
        if state.composer.editing.is_some() {
            state.notices.show(Level::Note, still_coming(state), now);
            return Effects::new();
        }
        queue::add(state, to);
        return Effects::new();
    }
    if reply.is_none() && !admits_draft(state, &places, now) {
        return Effects::new();
    }
    state.notices.withdraw(Topic::Edit);
    let edited = state.composer.editing.take();
    let question = state.composer.take();
    if edited.is_some() {
        remember_stands(state, &places);
    }
    match reply {
        Some(reply) => edit::keep_reply(state, &places, reply, &question, now),
        None => ask(state, &places, edited, &question, now),
    }
}

/// Whether the budgets let the draft go to its lanes.
fn admits_draft(state: &mut State, places: &[usize], now: Instant) -> bool {
    let (draft, edited) = (state.composer.shown(), state.composer.editing);
    let tip = |place: &usize| parent_of_question(state, *place, edited);
    let asking: Vec<Asking<'_>> =
        places.iter().map(|place| Asking { place: *place, tip: tip(place), draft: Some(&draft) }).collect();
    budget::admits(state, &asking, now)
}

/// Asks a question in some lanes at once; lanes at the same turn share it.
pub(super) fn ask(
    state: &mut State,
    places: &[usize],
    edited: Option<TurnId>,
    question: &Draft,
    now: Instant,
) -> Effects {
    state.providers.undecided = false;
    let mut effects = title(state, titled(question));
    let mut asked: Vec<(Option<TurnId>, TurnId)> = Vec::new();
    for &place in places {
        if edited.is_none() {
            effects.extend(calls::leave(state, place, now));
        }
        let parent = parent_of_question(state, place, edited);
        let shared = asked.iter().find(|(at, _)| *at == parent).map(|(_, turn)| *turn);
        let turn = shared.unwrap_or_else(|| put(&mut state.session.turns, parent, question));
        asked.push((parent, turn));
        effects.extend(open(state, place, turn, now));
    }
    effects
}

fn put(turns: &mut TurnTree, parent: Option<TurnId>, question: &Draft) -> TurnId {
    let id = turns.add(parent, Role::User, question.text.as_str());
    if let (false, Some(turn)) = (question.attachments.is_empty(), turns.change(id)) {
        turn.attachments.clone_from(&question.attachments);
    }
    id
}

/// What a session that begins with a question is called by.
fn titled(question: &Draft) -> &str {
    let name = question.attachments.first().map(|attachment| attachment.name.as_str());
    name.filter(|_| question.text.trim().is_empty()).unwrap_or(&question.text)
}

/// Lets undo put lanes back where they stand now.
fn remember_stands(state: &mut State, places: &[usize]) {
    let stands = places.iter().map(|place| state.lanes[*place].stand()).collect();
    state.undos.push(Undo::Branches(stands));
}

/// What is said to who asks a lane that still answers.
pub(super) fn still_coming(state: &State) -> String {
    format!("A reply is still coming: {} stops it.", state.key(Action::Back))
}

pub(super) fn parent_of_question(state: &State, place: usize, edited: Option<TurnId>) -> Option<TurnId> {
    match edited {
        Some(turn) => state.session.turns.get(turn).and_then(|turn| turn.parent),
        None => state.lanes[place].tip(),
    }
}

/// The session's title comes from its first message.
pub(super) fn title(state: &mut State, question: &str) -> Effects {
    if !state.session.title.is_empty() {
        return Effects::new();
    }
    state.session.title = title_of(question);
    vec![Effect::SetTitle(state.session.window_title())]
}

/// Asks again from the question at or above a turn of the focused lane. The old reply stays as a sibling. A reply that
/// the user wrote is no answer to ask again for: the model goes on from it.
fn again(state: &mut State, from: Option<TurnId>, now: Instant) -> Effects {
    if state.lane().status.live().is_some() {
        state.notices.show(Level::Note, still_coming(state), now);
        return Effects::new();
    }
    let from = from.or_else(|| state.lane().tip());
    let asks = |turn: &&Turn| matches!(turn.role, Role::User | Role::Tool) || turn.edited;
    let question = state.session.turns.up_from(from).find(asks).map(|turn| turn.id);
    match question {
        Some(question) => {
            let question = last_answer(state, question);
            let asking = Asking { place: state.focused, tip: Some(question), draft: None };
            if !budget::admits(state, &[asking], now) {
                return Effects::new();
            }
            remember_stands(state, &[state.focused]);
            open(state, state.focused, question, now)
        }
        None => {
            state.notices.show(Level::Note, "There is no question yet: type one and press Enter.", now);
            Effects::new()
        }
    }
}

/// Of the answers of tools that follow each other in the focused lane the last one: all of them go back together.
fn last_answer(state: &State, from: TurnId) -> TurnId {
    let is_answer = |turn: &&Turn| turn.role == Role::Tool;
    let Some(first) = state.session.turns.get(from).filter(is_answer) else { return from };
    let below = state.lane().branch.iter().skip(first.depth).filter_map(|id| state.session.turns.get(*id));
    below.take_while(is_answer).last().map_or(from, |turn| turn.id)
}

/// Asks again without the param that the endpoint named in its refusal, and remembers for the model that it is refused.
fn resend_without(state: &mut State, now: Instant) -> Effects {
    let refused = match &state.lane().status {
        StreamStatus::Failed { error, reply } => error.param.clone().zip(run_of(state, *reply)),
        _ => None,
    };
    // Who asks another model by now knows nothing of what that one refuses.
    let sent = |(name, run): &(String, &Run)| {
        let settings = &state.lane().settings;
        settings.agree(&run.settings, &Field::Model) && sendable(settings, &state.refusals).0.get(name).is_some()
    };
    let Some((name, Settings { provider, model, .. })) =
        refused.filter(sent).map(|(name, run)| (name, run.settings.clone()))
    else {
        state.notices.show(Level::Note, "No parameter of this lane was refused.", now);
        return Effects::new();
    };
    let place = state.focused;
    state.refusals.learn(&provider, &model, &name);
    state.change(place, &Field::param(&name), |settings| settings.force(&name, false));
    let force = state.key(Action::ParamForce);
    let (name, model) = (text::clean_line(&name), text::clean_line(&model));
    let said = format!("{name} is not sent to {model} from now on; {force} in the parameters sends it all the same.");
    state.notices.show(Level::Note, said, now);
    again(state, None, now)
}

fn run_of(state: &State, reply: TurnId) -> Option<&Run> {
    state.session.turns.get(reply)?.run.and_then(|run| state.session.run(run))
}

/// Opens a run that answers `question` in the lane at `place`.
pub(super) fn open(state: &mut State, place: usize, question: TurnId, now: Instant) -> Effects {
    let lane = &state.lanes[place];
    let form = form(&lane.settings, &state.refusals);
    let request = sent(form.clone(), &state.session.turns, question);
    let provider = lane.settings.provider.clone();
    let known = state.providers.get(&provider).map(|provider| provider.known(&form.model)).unwrap_or_default();
    let (settings, before) = (lane.settings.clone(), lane.last_run);
    let kept = ChatRequest { messages: Vec::new(), tools: Vec::new(), ..form };
    let preset = state.spending.preset(lane.id, &settings);
    let run = state.session.add_run(|id| Run { preset, before, known, ..Run::new(id, settings, kept, now) });
    let reply = state.session.turns.add(Some(question), Role::Assistant, "");
    if let Some(turn) = state.session.turns.change(reply) {
        turn.run = Some(run);
    }
    if let Some(run) = state.session.run_mut(run) {
        run.replies.push(reply);
    }
    let branch = state.session.turns.branch(Some(reply));
    let lane = &mut state.lanes[place];
    lane.branch = branch;
    lane.generation += 1;
    lane.last_run = Some(run);
    lane.selected = None;
    lane.status = StreamStatus::Opening { since: now, run, reply };
    let (lane, generation) = (lane.id, lane.generation);
    meter::opened(state, place, run, question);
    state.scroll_to(lane, Scroll::Follow);
    vec![Effect::Open { lane, generation, provider, request: Box::new(request) }]
}

/// The request that settings make, without a conversation. What the model is known to refuse is left out.
pub(super) fn form(settings: &Settings, refusals: &Refusals) -> ChatRequest {
    let (mut params, _) = sendable(settings, refusals);
    // `stream` is the client's to decide, so it travels as its own field; everything else goes as it was set.
    let stream = params.unset("stream").and_then(|value| value.as_bool()).unwrap_or(true);
    with_long_parts(ChatRequest { params, stream, ..ChatRequest::new(&settings.model, Vec::new()) }, settings)
}

/// A form with what the settings tell in full: the system prompt and the tools.
pub(super) fn with_long_parts(form: ChatRequest, settings: &Settings) -> ChatRequest {
    ChatRequest {
        messages: messages(&TurnTree::default(), None, system::sent(settings).as_deref()),
        tools: settings.tools.iter().map(|tool| tool.definition.clone()).collect(),
        ..form
    }
}

/// A form with the conversation down to a question, as it is sent.
fn sent(form: ChatRequest, turns: &TurnTree, question: TurnId) -> ChatRequest {
    if Images::of(turns, Some(question)).is_empty() {
        return ChatRequest { written: WrittenMessages::of(turns, Some(question)), ..form };
    }
    request(form, turns, Some(question))
}

/// A form with the conversation down to a turn.
pub(super) fn request(mut form: ChatRequest, turns: &TurnTree, tip: Option<TurnId>) -> ChatRequest {
    form.messages.extend(messages(turns, tip, None));
    form.images = Images::of(turns, tip);
    form
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::chat::{Attachment, ToolCall};

    fn called(turns: &mut TurnTree, parent: TurnId, ids: &[&str]) -> TurnId {
        let turn = turns.add(Some(parent), Role::Assistant, "");
        turns.change(turn).unwrap().tool_calls = ids
            .iter()
            .map(|id| ToolCall { id: (*id).to_owned(), name: "f".into(), arguments: "{}".into(), extra: None })
            .collect();
        turn
    }

    fn answered(turns: &mut TurnTree, parent: TurnId, call: &str) -> TurnId {
        let turn = turns.add(Some(parent), Role::Tool, "42");
        turns.change(turn).unwrap().answers = Some(call.to_owned());
        turn
    }

    /// A message as its role, and for an answer the call and what was said.
    fn shown(messages: &[Value]) -> Vec<String> {
        let text = |message: &Value, field: &str| message[field].as_str().unwrap_or("-").to_owned();
        let line = |message: &Value| match message.get("tool_call_id") {
            Some(_) => format!("tool {} {}", text(message, "tool_call_id"), text(message, "content")),
            None => text(message, "role"),
        };
        messages.iter().map(line).collect()
    }

    #[test]
    fn every_call_is_answered_before_anything_else_is_said() {
        let mut turns = TurnTree::default();
        let question = turns.add(None, Role::User, "Go");
        let calls = called(&mut turns, question, &["a", "b", "c"]);
        let answer = answered(&mut turns, calls, "b");
        let next = turns.add(Some(answer), Role::User, "Well?");
        let not_run = |call: &str| format!("tool {call} The user did not run this tool.");
        assert_eq!(
            shown(&messages(&turns, Some(next), Some("Be brief"))),
            ["system", "user", "assistant", "tool b 42", &not_run("a"), &not_run("c"), "user"]
        );
        assert_eq!(
            shown(&messages(&turns, Some(calls), None)),
            ["user", "assistant", &not_run("a"), &not_run("b"), &not_run("c")]
        );
    }

    #[test]
    fn a_reply_that_never_said_a_word_is_not_in_the_history() {
        let mut turns = TurnTree::default();
        let question = turns.add(None, Role::User, "Go");
        let silent = turns.add(Some(question), Role::Assistant, "");
        let next = turns.add(Some(silent), Role::User, "Well?");
        assert_eq!(shown(&messages(&turns, Some(next), None)), ["user", "user"]);
        assert_eq!(messages(&turns, None, None), Vec::<Value>::new());
    }

    #[test]
    fn a_conversation_is_sent_as_the_messages_that_it_consists_of() {
        let mut turns = TurnTree::default();
        let question = turns.add(None, Role::User, "Say \"hi\"\n\u{7} 你好");
        let calls = called(&mut turns, question, &["a", "b"]);
        let answer = answered(&mut turns, calls, "b");
        let silent = turns.add(Some(answer), Role::Assistant, "");
        let refused = turns.add(Some(silent), Role::Assistant, "");
        turns.change(refused).unwrap().refusal = "No.".to_owned();
        let imported = turns.add(Some(refused), Role::User, "Hm");
        turns.change(imported).unwrap().as_sent = Some(json!({"role": "user", "content": "Hm", "name": "ada"}));
        let last = turns.add(Some(imported), Role::User, "");
        for tip in turns.branch(Some(last)) {
            let request = sent(ChatRequest::new("m", vec![json!({"role": "system"})]), &turns, tip);
            assert_eq!(request.messages.len(), 1, "the rest is written");
            let plain = super::request(ChatRequest::new("m", vec![json!({"role": "system"})]), &turns, Some(tip));
            assert_eq!(request.unwritten(), plain);
        }
        let image = Attachment::of("a.gif", b"GIF89a\x01\0\x01\0".to_vec()).unwrap();
        turns.change(last).unwrap().attachments.push(image);
        assert!(sent(ChatRequest::new("m", Vec::new()), &turns, last).written.is_empty(), "images are put into values");
    }

    #[test]
    fn stream_travels_as_its_own_field_and_everything_else_as_it_was_set() {
        let mut settings = Settings { model: "m".into(), ..Settings::default() };
        settings.params.set("stream", json!(false));
        settings.params.set("vendor_field", json!({"x": 1}));
        let mut turns = TurnTree::default();
        let question = turns.add(None, Role::User, "Go");
        let request = request(form(&settings, &Refusals::default()), &turns, Some(question));
        assert!(!request.stream);
        assert_eq!(request.params.iter().collect::<Vec<_>>(), [(&"vendor_field".to_owned(), &json!({"x": 1}))]);
    }
}
