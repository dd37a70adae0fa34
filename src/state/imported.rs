//! Foreign conversations as turns, settings and sessions.

use super::saved::saved_usage;
use super::{Lane, LaneId, Session, saved_files, saved_lane, saved_settings, saved_turn, title_of};
use crate::chat::{Role, Settings, TurnId, TurnTree};
use crate::exchange::{Asked, Conversation};
use crate::store::{FORMAT, SavedForm, SavedOutcome, SavedRun, SavedSession, SavedTurn, StoreFault, fingerprint};
use serde_json::json;

/// Adds a conversation to a tree, beside what is there; gives the end of the branch that was open.
pub fn planted(conversation: &Conversation, turns: &mut TurnTree) -> Option<TurnId> {
    let mut ids: Vec<TurnId> = Vec::with_capacity(conversation.messages.len());
    for message in &conversation.messages {
        let parent = message.parent.and_then(|parent| ids.get(parent).copied());
        let id = turns.add(parent, message.role, message.text.as_str());
        if let Some(turn) = turns.change(id) {
            turn.reasoning.clone_from(&message.reasoning);
            turn.refusal.clone_from(&message.refusal);
            turn.attachments.clone_from(&message.attachments);
            turn.tool_calls.clone_from(&message.tool_calls);
            turn.answers.clone_from(&message.answers);
            if message.original.is_some() && turn.to_message() != message.original {
                turn.as_sent.clone_from(&message.original);
            }
        }
        ids.push(id);
    }
    ids.get(conversation.tip?).copied()
}

/// What a conversation was asked with. What it does not say of the model and the provider is taken from `before`.
#[must_use]
pub fn imported_settings(asked: &Asked, before: &Settings) -> Settings {
    Settings {
        provider: before.provider.clone(),
        model: asked.model.clone().unwrap_or_else(|| before.model.clone()),
        system: asked.system.as_deref().map(Into::into),
        params: asked.params.clone(),
        tools: asked.tools.clone().into(),
        ..Settings::default()
    }
}

/// A conversation as a session of one lane, whose id comes from what was said in it. `now` is the time of day in unix
/// milliseconds, for one that has no time; `before` says whom its lane asks where the conversation does not.
///
/// # Errors
/// When it holds what cannot be saved.
pub fn imported_session(conversation: &Conversation, now: i64, before: &Settings) -> Result<SavedSession, StoreFault> {
    let mut session = Session::default();
    let tip = planted(conversation, &mut session.turns);
    let created = conversation.begun.unwrap_or(now);
    let mut lane = Lane::new(LaneId(0), imported_settings(&conversation.asked, &Settings::default()));
    lane.branch = session.turns.branch(tip);
    let mut turns: Vec<SavedTurn> = session.turns.iter().map(|turn| saved_turn(&session, turn)).collect();
    let runs = runs(conversation, &mut turns, created);
    let mut saved = SavedSession {
        version: FORMAT,
        files: saved_files(session.turns.iter().flat_map(|turn| &turn.attachments)),
        title: titled(conversation),
        created,
        lanes: vec![saved_lane(&lane)],
        focused: Some(lane.letter),
        shared: saved_settings(&lane.settings),
        turns,
        runs,
        ..SavedSession::default()
    };
    saved.id = fingerprint(&saved)?;
    let settings = saved.lanes.iter_mut().map(|lane| &mut lane.settings).chain([&mut saved.shared]);
    for settings in settings {
        settings.provider.clone_from(&before.provider);
        if settings.model.is_empty() {
            settings.model.clone_from(&before.model);
        }
    }
    Ok(saved)
}

/// Its title, or the beginning of its first question.
fn titled(conversation: &Conversation) -> String {
    let question = conversation.messages.iter().find(|message| message.role == Role::User);
    let title = conversation.title.as_ref().or(question.map(|question| &question.text));
    title.map(|title| title_of(title)).unwrap_or_default()
}

/// What other programs kept of their requests, as runs; their replies get the numbers. What a request cost is not known,
/// since nobody says what its provider asked for it.
fn runs(conversation: &Conversation, turns: &mut [SavedTurn], created: i64) -> Vec<SavedRun> {
    let mut runs = Vec::new();
    let replies = conversation.messages.iter().zip(turns);
    for (recorded, turn) in replies.filter_map(|(message, turn)| Some((message.run.as_ref()?, turn))) {
        let id = u32::try_from(runs.len()).unwrap_or(u32::MAX);
        turn.run = Some(id);
        let settings = imported_settings(&recorded.asked, &Settings::default());
        runs.push(SavedRun {
            id,
            form: SavedForm {
                model: settings.model.clone(),
                params: saved_settings(&settings).params,
                tools: settings.tools.iter().map(|tool| tool.definition.clone()).collect(),
                messages: settings.system.iter().map(|system| json!({"role": "system", "content": **system})).collect(),
                ..SavedForm::default()
            },
            settings: saved_settings(&settings),
            replies: vec![turn.id],
            started: recorded.started.unwrap_or(created),
            finished: recorded.lasted.map(|ms| ms.saturating_mul(1_000_000)),
            accepted: true,
            served_by: recorded.served_by.clone(),
            usage: recorded.usage.as_ref().map(saved_usage),
            outcome: SavedOutcome::Complete,
            ..SavedRun::default()
        });
    }
    runs
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::chat::{Usage, messages};
    use crate::exchange::{self, ForeignRun};
    use crate::state::{Anchor, Charge, restored};
    use crate::store::SavedCost;

    #[test]
    fn what_another_program_recorded_of_a_reply_becomes_its_run_without_a_cost() {
        let list = json!([{"role": "user", "content": "Who?\nSay."}, {"role": "assistant", "content": "Ada."}]);
        let mut conversation = exchange::read(&list.to_string()).unwrap().conversations.remove(0);
        let asked = Asked { model: Some("m-1".into()), system: Some("Be brief.".into()), ..Asked::default() };
        let usage = Usage { input: Some(7), ..Usage::default() };
        conversation.messages[1].run = Some(Box::new(ForeignRun {
            asked,
            started: Some(1_700_000_000_000),
            lasted: Some(1500),
            usage: Some(usage),
            ..ForeignRun::default()
        }));
        let before = Settings { provider: "lab".into(), model: "usual".into(), ..Settings::default() };
        let saved = imported_session(&conversation, 5, &before).unwrap();
        assert_eq!((saved.title.as_str(), saved.created), ("Who?", 5));
        assert_eq!((saved.lanes[0].settings.provider.as_str(), saved.shared.model.as_str()), ("lab", "usual"));
        let [run] = saved.runs.as_slice() else { panic!("{:?}", saved.runs) };
        assert_eq!((saved.turns[1].run, &run.replies), (Some(0), &vec![1]));
        assert_eq!((run.settings.model.as_str(), run.settings.provider.as_str()), ("m-1", ""));
        assert_eq!((run.started, run.finished, run.first_delta), (1_700_000_000_000, Some(1_500_000_000), None));
        assert_eq!((&run.cost, run.usage.as_ref().and_then(|usage| usage.input)), (&SavedCost::Unknown, Some(7)));
        assert_eq!(run.form.messages, [json!({"role": "system", "content": "Be brief."})]);
        let other = Settings { provider: "shop".into(), ..Settings::default() };
        let again = imported_session(&conversation, 6, &other).unwrap();
        assert_eq!(again.id, saved.id, "whoever is asked next");
        conversation.messages[1].text.push('!');
        assert_ne!(imported_session(&conversation, 5, &before).unwrap().id, saved.id);
    }

    fn message() -> impl Strategy<Value = Value> {
        let text = "\\PC{0,12}";
        prop_oneof![
            text.prop_map(|text| json!({"role": "user", "content": text})),
            text.prop_map(|text| json!({"role": "user", "name": "ada", "content": [{"type": "text", "text": text},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}}]})),
            text.prop_map(|text| json!({"role": "assistant", "content": text, "reasoning_content": "hm"})),
            Just(json!({"role": "assistant", "content": "", "refusal": null})),
            text.prop_map(|text| json!({"role": "system", "content": text})),
            text.prop_map(|text| json!({"role": "developer", "content": text, "cache": {"x": 1}})),
            text.prop_map(|text| json!({"role": "function", "name": "f", "content": text})),
        ]
    }

    proptest! {
        #[test]
        fn a_body_is_sent_again_as_it_was_sent_also_after_it_was_saved(list in prop::collection::vec(message(), 1..8)) {
            let body = json!({"model": "m", "messages": list, "vendor": 1});
            let read = exchange::read(&body.to_string()).unwrap();
            let conversation = &read.conversations[0];
            let mut turns = TurnTree::default();
            let tip = planted(conversation, &mut turns);
            let again = messages(&turns, tip, conversation.asked.system.as_deref());
            prop_assert_eq!(&again, body["messages"].as_array().unwrap());
            let saved = imported_session(conversation, 5, &Settings::default()).unwrap();
            let text = exchange::write_sessions(&[saved]).unwrap();
            let saved = exchange::read_sessions(&text).unwrap().remove(0);
            let anchor = Anchor { instant: Instant::now(), unix_ms: 5 };
            let living = restored(saved, anchor, 0, |_| Charge::Real).unwrap();
            let lane = &living.lanes[0];
            prop_assert_eq!(messages(&living.session.turns, lane.tip(), lane.settings.system.as_deref()), again);
            prop_assert_eq!(lane.settings.params.get("vendor"), Some(&json!(1)));
        }
    }
}
