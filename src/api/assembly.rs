//! A run put together from its deltas.
//!
//! Owns the rules of what is appended and what is replaced. The same for a stream and for a whole answer.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Delta;
use crate::chat::{CallPiece, ToolCall, Usage};

/// Everything that a run brought so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assembly {
    /// The replies, by choice; more than one only where `n` was set.
    pub choices: BTreeMap<u32, Reply>,
    /// The last one that came: servers send running totals.
    pub usage: Option<Usage>,
    pub served_by: Option<String>,
    pub service_tier: Option<String>,
    pub request_id: Option<String>,
    pub warnings: Vec<String>,
}

/// One choice of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reply {
    pub text: String,
    pub reasoning: String,
    pub refusal: String,
    pub tool_calls: Vec<ToolCall>,
    /// Any word, as the server said it.
    pub finish_reason: Option<String>,
    /// The server's object, its lists joined over all pieces.
    pub logprobs: Option<Map<String, Value>>,
}

impl Assembly {
    /// Takes the next delta of the run.
    pub fn apply(&mut self, delta: &Delta) {
        match delta {
            Delta::Retry(_) | Delta::Repaired(_) | Delta::Alive | Delta::Wire(_) => {}
            Delta::Opened(opening) => self.request_id.clone_from(&opening.request_id),
            Delta::ServedBy(model) => self.served_by = Some(model.clone()),
            Delta::Tier(tier) => self.service_tier = Some(tier.clone()),
            Delta::Text { choice, text } => self.reply(*choice).text.push_str(text),
            Delta::Reasoning { choice, text } => self.reply(*choice).reasoning.push_str(text),
            Delta::Refusal { choice, text } => self.reply(*choice).refusal.push_str(text),
            Delta::ToolCall { choice, index, id, name, arguments, extra } => {
                let piece = CallPiece {
                    index: *index,
                    id: id.as_deref(),
                    name: name.as_deref(),
                    arguments,
                    extra: extra.as_ref(),
                };
                ToolCall::collect(&mut self.reply(*choice).tool_calls, piece);
            }
            Delta::Logprobs { choice, logprobs } => self.reply(*choice).join_logprobs(logprobs),
            Delta::Usage(usage) => self.usage = Some(usage.clone()),
            Delta::Finish { choice, reason } => self.reply(*choice).finish_reason = Some(reason.clone()),
            Delta::Warning(warning) => self.warnings.push(warning.clone()),
        }
    }

    /// The reply that counts where only one was asked for: the first choice, empty if none came.
    #[must_use]
    pub fn first(&self) -> Reply {
        self.choices.values().next().cloned().unwrap_or_default()
    }

    /// Whether the model said anything: words, reasoning, a refusal or a call.
    #[must_use]
    pub fn anything_came(&self) -> bool {
        self.choices.values().any(Reply::says_something)
    }

    fn reply(&mut self, choice: u32) -> &mut Reply {
        self.choices.entry(choice).or_default()
    }
}

impl Reply {
    fn says_something(&self) -> bool {
        let texts = [&self.text, &self.reasoning, &self.refusal];
        texts.into_iter().any(|text| !text.is_empty()) || !self.tool_calls.is_empty()
    }

    fn join_logprobs(&mut self, piece: &Value) {
        let joined = self.logprobs.get_or_insert_default();
        for (key, value) in piece.as_object().into_iter().flatten() {
            match (joined.get_mut(key), value) {
                (Some(Value::Array(list)), Value::Array(more)) => list.extend(more.iter().cloned()),
                (None | Some(Value::Null), value) => {
                    joined.insert(key.clone(), value.clone());
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::Opening;

    fn assembled(deltas: &[Delta]) -> Assembly {
        let mut assembly = Assembly::default();
        deltas.iter().for_each(|delta| assembly.apply(delta));
        assembly
    }

    fn text(choice: u32, text: &str) -> Delta {
        Delta::Text { choice, text: text.to_owned() }
    }

    fn usage(output: u64) -> Usage {
        Usage { output: Some(output), ..Usage::default() }
    }

    #[test]
    fn choices_are_kept_apart() {
        let finish = Delta::Finish { choice: 1, reason: "length".to_owned() };
        let assembly = assembled(&[text(1, "u"), text(0, "o"), text(1, "no"), finish]);
        let one = Reply { text: "o".to_owned(), ..Reply::default() };
        let two = Reply { text: "uno".to_owned(), finish_reason: Some("length".to_owned()), ..Reply::default() };
        assert_eq!(assembly.first(), one);
        assert_eq!(assembly.choices, BTreeMap::from([(0, one), (1, two)]));
    }

    #[test]
    fn usage_is_replaced_and_never_added() {
        let assembly = assembled(&[Delta::Usage(usage(5)), Delta::Usage(usage(7))]);
        assert_eq!(assembly.usage, Some(usage(7)));
    }

    #[test]
    fn the_logprobs_of_all_pieces_are_joined() {
        let piece = |logprobs| Delta::Logprobs { choice: 0, logprobs };
        let assembly = assembled(&[
            piece(json!({"content": [1], "refusal": null})),
            piece(json!({"content": [2, 3], "refusal": null})),
        ]);
        let expected = json!({"content": [1, 2, 3], "refusal": null});
        assert_eq!(assembly.first().logprobs.map(Value::Object), Some(expected));
    }

    #[test]
    fn signs_of_life_and_names_are_not_an_answer() {
        let opening = Opening { status: 200, request_id: Some("r1".to_owned()), ..Opening::default() };
        let mut assembly = assembled(&[Delta::Opened(opening), Delta::Alive, Delta::ServedBy("m".to_owned())]);
        assert!(!assembly.anything_came());
        assert_eq!((assembly.request_id.as_deref(), assembly.served_by.as_deref()), (Some("r1"), Some("m")));
        assembly.apply(&Delta::Reasoning { choice: 0, text: "hm".to_owned() });
        assert!(assembly.anything_came());
    }
}
