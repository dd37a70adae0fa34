//! Which models are known to refuse which params.
//!
//! Owns the rules. Uncertain reports are no rules: the endpoint is asked, and its answer is learnt (`sendable`).

use serde_json::Value;

use super::Params;

/// Why a model does not take a param.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// One sentence for the screen, without its full stop: `gpt-5-mini refuses temperature: only the default works`.
    pub reason: String,
}

/// What some models refuse.
#[derive(Debug)]
struct Rule {
    /// Patterns of names; a `*` stands for any letters.
    models: &'static [&'static str],
    except: &'static [&'static str],
    params: &'static [&'static str],
    when: When,
    why: &'static str,
}

/// When a rule holds.
#[derive(Clone, Copy, Debug)]
enum When {
    Always,
    /// Only this number is taken.
    Not(u8),
    /// This word is not taken.
    Word(&'static str),
    /// Another param has a value other than this one; unset is the same as this one.
    Beside(&'static str, &'static str),
}

/// The first of the fifth generation and the o-series.
const EARLY: &[&str] = &["gpt-5", "gpt-5-*", "o1*", "o3*", "o4*"];

/// Those of its models that answer without reasoning first.
const CHAT: &[&str] = &["gpt-5-chat*", "gpt-5*-chat-latest"];

/// Sources: OpenAI's `openapi.json` of 2026-08 (`max_tokens`, `stop`); its page "gpt-5-1-parameter-compatibility" as
/// `openai-language-model-capabilities.ts` of vercel/ai cites it (vercel/ai#10932); `gpt_5_transformation.py` of
/// BerriAI/litellm; openai-agents-python#2089 (`minimal`); fish2018/YPrompt#26 (`max_tokens` on gpt-5.1). That gpt-5.1
/// refuses `stop` is reported both ways (smolagents#1868, litellm#28662), so it is not here.
const RULES: &[Rule] = &[
    Rule {
        models: EARLY,
        except: CHAT,
        params: &["temperature", "top_p"],
        when: When::Not(1),
        why: "only the default works",
    },
    Rule {
        models: EARLY,
        except: CHAT,
        params: &["presence_penalty", "frequency_penalty", "stop", "logprobs", "top_logprobs", "logit_bias"],
        when: When::Always,
        why: "reasoning models do not take it",
    },
    Rule {
        models: &["gpt-5", "gpt-5-*", "gpt-5.*", "o1*", "o3*", "o4*"],
        except: CHAT,
        params: &["max_tokens"],
        when: When::Always,
        why: "it takes max_completion_tokens",
    },
    Rule {
        models: &["gpt-5.*"],
        except: CHAT,
        params: &["temperature", "top_p", "logprobs", "top_logprobs"],
        when: When::Beside("reasoning_effort", "none"),
        why: "it works only with reasoning_effort none",
    },
    Rule {
        models: &["gpt-5.1", "gpt-5.1-*"],
        except: CHAT,
        params: &["reasoning_effort"],
        when: When::Word("minimal"),
        why: "minimal is not among its efforts",
    },
    Rule {
        models: &["gpt-6*"],
        except: &[],
        params: &["temperature", "top_p"],
        when: When::Always,
        why: "it takes no sampling parameters",
    },
];

/// Whether a model is known to refuse a param beside the others that are set, and why. An unset param is refused if
/// setting it would be.
#[must_use]
pub fn refusal(name: &str, model: &str, params: &Params) -> Option<Refusal> {
    let model = served_name(model);
    let rule =
        RULES.iter().find(|rule| rule.params.contains(&name) && rule.is_for(model) && rule.holds(name, params))?;
    Some(Refusal { reason: format!("{model} refuses {name}: {}", rule.why) })
}

/// The models that are known to refuse a param, as patterns, each with the reason.
pub fn refusers(name: &str) -> impl Iterator<Item = (&'static [&'static str], &'static str)> {
    RULES.iter().filter(move |rule| rule.params.contains(&name)).map(|rule| (rule.models, rule.why))
}

/// A model's own name: gateways put vendors before it.
pub(super) fn served_name(model: &str) -> &str {
    model.rsplit('/').next().unwrap_or(model)
}

impl Rule {
    fn is_for(&self, model: &str) -> bool {
        let among = |patterns: &[&str]| patterns.iter().any(|pattern| matches(pattern, model));
        among(self.models) && !among(self.except)
    }

    fn holds(&self, name: &str, params: &Params) -> bool {
        match self.when {
            When::Always => true,
            When::Not(only) => params.get(name).is_none_or(|value| value.as_f64() != Some(f64::from(only))),
            When::Word(refused) => params.get(name).and_then(Value::as_str) == Some(refused),
            When::Beside(other, taken) => params.get(other).is_some_and(|value| value.as_str() != Some(taken)),
        }
    }
}

/// Whether a name fits a pattern in which each `*` stands for any letters.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => name.strip_prefix(start).is_some_and(|after| {
            let mut ends = after.char_indices().map(|(at, _)| at).chain([after.len()]);
            ends.any(|at| matches(rest, &after[at..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(assignments: &[&str]) -> Params {
        let mut params = Params::default();
        for assignment in assignments {
            params.assign(assignment).unwrap();
        }
        params
    }

    /// The params that a model refuses beside those that are set.
    fn refused(model: &str, assignments: &[&str]) -> Vec<&'static str> {
        let params = set(assignments);
        let names = crate::chat::PARAMS.iter().map(|param| param.name);
        names.filter(|name| refusal(name, model, &params).is_some()).collect()
    }

    const EARLY_ONES: [&str; 9] = [
        "temperature",
        "top_p",
        "max_tokens",
        "presence_penalty",
        "frequency_penalty",
        "stop",
        "logprobs",
        "top_logprobs",
        "logit_bias",
    ];

    #[test]
    fn the_early_reasoning_models_refuse_sampling_and_the_older_name_of_the_limit() {
        let early = ["gpt-5", "gpt-5-mini", "gpt-5-nano-2025-08-07", "openai/gpt-5-mini", "o1", "o3-mini", "o4-mini"];
        for model in early {
            assert_eq!(refused(model, &[]), EARLY_ONES, "{model}");
        }
    }

    #[test]
    fn models_that_answer_without_reasoning_and_strangers_refuse_nothing() {
        let plain = ["gpt-4o", "gpt-5-chat-latest", "gpt-5.1-chat-latest", "olmo-3", "o", "my-gpt-5", "gpt-50", ""];
        for model in plain {
            assert_eq!(refused(model, &["reasoning_effort=minimal"]), [""; 0], "{model}");
        }
    }

    #[test]
    fn the_one_value_that_works_is_not_refused() {
        assert!(
            !refused("gpt-5", &["temperature=1", "top_p=1.0"])
                .iter()
                .any(|name| ["temperature", "top_p"].contains(name))
        );
        assert!(refused("gpt-5", &["temperature=0.5"]).contains(&"temperature"));
    }

    #[test]
    fn later_models_take_sampling_only_while_they_do_not_reason() {
        let without_effort = ["max_tokens"];
        assert_eq!(refused("gpt-5.1", &[]), without_effort);
        assert_eq!(refused("gpt-5.4-2026-03-05", &["reasoning_effort=none"]), without_effort);
        let sampling = ["temperature", "top_p", "max_tokens", "logprobs", "top_logprobs"];
        assert_eq!(refused("gpt-5.4", &["reasoning_effort=high"]), sampling);
        let with_minimal = [&sampling[..], &["reasoning_effort"]].concat();
        assert_eq!(refused("gpt-5.1-codex", &["reasoning_effort=minimal"]), with_minimal);
        assert_eq!(refused("gpt-6-preview", &[]), ["temperature", "top_p"]);
    }

    #[test]
    fn the_reason_is_a_sentence_with_the_models_own_name() {
        let reason = |name, model, assignments| refusal(name, model, &set(assignments)).unwrap().reason;
        assert_eq!(
            [
                reason("temperature", "openai/gpt-5-mini", &[]),
                reason("logprobs", "gpt-5.2", &["reasoning_effort=low"]),
                reason("max_tokens", "o3", &[]),
            ],
            [
                "gpt-5-mini refuses temperature: only the default works",
                "gpt-5.2 refuses logprobs: it works only with reasoning_effort none",
                "o3 refuses max_tokens: it takes max_completion_tokens",
            ]
        );
    }

    #[test]
    fn every_rule_is_about_params_of_the_table() {
        for rule in RULES {
            let beside = match rule.when {
                When::Beside(other, _) => vec![other],
                _ => Vec::new(),
            };
            for name in rule.params.iter().chain(&beside) {
                assert!(crate::chat::param(name).is_some(), "{name}");
            }
        }
        assert_eq!(refusers("reasoning_effort").next().map(|(models, _)| models), Some(&["gpt-5.1", "gpt-5.1-*"][..]));
        assert_eq!(refusers("seed").count(), 0);
    }

    #[test]
    fn a_star_stands_for_any_letters() {
        let fits = |pattern, name| matches(pattern, name);
        assert!(
            fits("a*c", "ac") && fits("a*c", "abcc") && fits("*", "") && fits("gpt-*", "gpt-é") && fits("**a", "ba")
        );
        assert!(!fits("a*c", "ab") && !fits("a", "ab") && !fits("a*", "ba"));
    }
}
