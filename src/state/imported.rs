//! Foreign conversations as turns, settings and sessions.

use super::{Lane, LaneId, Session, saved_files, saved_lane, saved_settings, saved_turn};
use crate::chat::{Settings, TurnId, TurnTree};
use crate::exchange::{Asked, Conversation};
use crate::store::{FORMAT, SavedSession};

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

/// A conversation as a session of one lane. `now` is the time of day in unix milliseconds, for one that has no time.
#[must_use]
pub fn imported_session(conversation: &Conversation, id: String, now: i64) -> SavedSession {
    let mut session = Session::default();
    let tip = planted(conversation, &mut session.turns);
    let mut lane = Lane::new(LaneId(0), imported_settings(&conversation.asked, &Settings::default()));
    lane.branch = session.turns.branch(tip);
    let attached = session.turns.iter().flat_map(|turn| &turn.attachments);
    SavedSession {
        version: FORMAT,
        id,
        files: saved_files(attached),
        title: conversation.title.clone().unwrap_or_default(),
        created: conversation.begun.unwrap_or(now),
        lanes: vec![saved_lane(&lane)],
        focused: Some(lane.letter),
        shared: saved_settings(&lane.settings),
        turns: session.turns.iter().map(|turn| saved_turn(&session.turns, turn)).collect(),
        ..SavedSession::default()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::chat::messages;
    use crate::exchange;
    use crate::state::{Anchor, Charge, restored};

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
            let saved = imported_session(conversation, "i1".into(), 5);
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
