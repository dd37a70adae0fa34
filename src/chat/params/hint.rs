//! Combinations of params that the API refuses, or in which one of them does nothing.

use serde_json::Value;

use super::refusal::{matches, served_name};
use crate::chat::Settings;

/// Models that do not reason before they call functions in chat completions (itzcrazykns/vane#1173, and
/// `gpt_5_transformation.py` of BerriAI/litellm).
const REASON_OR_CALL: [&str; 2] = ["gpt-5.4*", "gpt-5.6*"];

/// What is worth a word about fields that are set together: whole sentences without their full stop. None of them keeps
/// a request from being sent: other endpoints may take it.
#[must_use]
pub fn hints(settings: &Settings) -> Vec<String> {
    let Settings { params, tools, .. } = settings;
    let set = |name: &str| params.get(name).is_some();
    let mut hints = Vec::new();
    let mut hint = |holds: bool, sentence: &str| {
        if holds {
            hints.push(sentence.to_owned());
        }
    };
    hint(
        set("top_logprobs") && params.get("logprobs") != Some(&Value::Bool(true)),
        "top_logprobs needs logprobs to be true",
    );
    hint(set("temperature") && set("top_p"), "temperature and top_p are both set; the API advises to change only one");
    hint(
        set("max_tokens") && set("max_completion_tokens"),
        "max_tokens and max_completion_tokens are both set; they are two names of one limit",
    );
    for name in ["tool_choice", "parallel_tool_calls"] {
        let idle = name == "tool_choice" && params.get(name).and_then(Value::as_str) == Some("none");
        hint(set(name) && tools.is_empty() && !idle, &format!("{name} needs tools, and the lane offers none"));
    }
    let model = served_name(&settings.model);
    let reasons = params.get("reasoning_effort").is_some_and(|effort| effort != "none");
    hint(
        reasons && !tools.is_empty() && REASON_OR_CALL.iter().any(|pattern| matches(pattern, model)),
        &format!("{model} refuses tools beside a reasoning_effort other than none"),
    );
    if let Some(kind) = params.get("response_format").and_then(|format| format["type"].as_str()) {
        let known = ["text", "json_object", "json_schema"];
        hint(
            !known.contains(&kind),
            &format!("response_format goes as it is: its type is none of {}", known.join(", ")),
        );
    }
    hints
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::chat::Tool;

    fn said(assignments: &[&str], tools: &[Tool]) -> Vec<String> {
        let mut settings = Settings { model: "openai/gpt-5.4".into(), tools: tools.into(), ..Settings::default() };
        for assignment in assignments {
            settings.params.assign(assignment).unwrap();
        }
        hints(&settings)
    }

    #[test]
    fn what_does_not_go_together_is_told() {
        let all = [
            "top_logprobs=3",
            "logprobs=false",
            "temperature=0",
            "top_p=0.5",
            "max_tokens=1",
            "max_completion_tokens=1",
            "tool_choice=auto",
            "parallel_tool_calls=false",
            "response_format={\"type\":\"grammar\"}",
        ];
        assert_eq!(
            said(&all, &[]),
            [
                "top_logprobs needs logprobs to be true",
                "temperature and top_p are both set; the API advises to change only one",
                "max_tokens and max_completion_tokens are both set; they are two names of one limit",
                "tool_choice needs tools, and the lane offers none",
                "parallel_tool_calls needs tools, and the lane offers none",
                "response_format goes as it is: its type is none of text, json_object, json_schema",
            ]
        );
    }

    #[test]
    fn what_goes_together_is_not_spoken_of() {
        assert_eq!(said(&[], &[]), [""; 0]);
        let tools = Vec::from_iter(Tool::from_json(&json!({"name": "f"})));
        assert_eq!(
            said(&["reasoning_effort=low"], &tools),
            ["gpt-5.4 refuses tools beside a reasoning_effort other than none"]
        );
        let fine = [
            "reasoning_effort=none",
            "top_logprobs=3",
            "logprobs=true",
            "temperature=0",
            "max_tokens=1",
            "tool_choice=auto",
        ];
        assert_eq!(said(&fine, &tools), [""; 0]);
        assert_eq!(said(&["tool_choice=none", "response_format=text"], &[]), [""; 0]);
    }
}
