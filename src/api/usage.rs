//! Token counts as the wire gives them.
//!
//! Owns the many names of the same counts. Knows no prices.

use serde_json::{Map, Value};

use crate::chat::{Usage, UsageParts};

impl Usage {
    /// Reads a server's usage object; `None` for anything else and for an empty one.
    ///
    /// Output is `max(completion, total - prompt)`: xAI leaves reasoning out of the completion count but not out of
    /// the total (wire: vercel/ai#12425).
    #[must_use]
    pub fn from_json(value: &Value) -> Option<Self> {
        value.as_object().cloned().and_then(Self::from_object)
    }

    pub(super) fn from_object(raw: Map<String, Value>) -> Option<Self> {
        if raw.is_empty() {
            return None;
        }
        let at = |path: &[&str]| count(&raw, path);
        let prompt = Prompt::read(&raw);
        let completion = at(&["completion_tokens"]).or_else(|| at(&["output_tokens"]));
        let rest = at(&["total_tokens"]).zip(prompt.input).map(|(total, input)| total.saturating_sub(input));
        let (cached, reasoning) = (prompt.cached, at_either(&raw, OUTPUT, "reasoning_tokens"));
        let reasoning = reasoning.or_else(|| at(&["reasoning_tokens"]));
        let part = |details, name| at_either(&raw, details, name).unwrap_or(0);
        let parts = UsageParts {
            written: prompt.written.unwrap_or(0),
            written_for_an_hour: at(&["cache_creation", "ephemeral_1h_input_tokens"]).unwrap_or(0),
            audio_input: part(INPUT, "audio_tokens"),
            image_input: part(INPUT, "image_tokens"),
            audio_output: part(OUTPUT, "audio_tokens"),
            image_output: part(OUTPUT, "image_tokens"),
        };
        Some(Self { input: prompt.input, cached, output: completion.max(rest), reasoning, parts, raw })
    }
}

/// The objects that tell more of the input, and of the output: of chat completions and of the Responses API.
const INPUT: [&str; 2] = ["prompt_tokens_details", "input_tokens_details"];
const OUTPUT: [&str; 2] = ["completion_tokens_details", "output_tokens_details"];

/// The counts of the input side.
struct Prompt {
    /// All of it, with what was read from a cache or written to one.
    input: Option<u64>,
    cached: Option<u64>,
    written: Option<u64>,
}

impl Prompt {
    fn read(raw: &Map<String, Value>) -> Self {
        let at = |path: &[&str]| count(raw, path);
        let within = at_either(raw, INPUT, "cached_tokens");
        // DeepSeek splits its prompt into tokens that hit and missed its cache.
        let hit = at(&["prompt_cache_hit_tokens"]);
        let split = hit.zip(at(&["prompt_cache_miss_tokens"])).map(|(hit, miss)| hit.saturating_add(miss));
        let told = at(&["prompt_tokens"]).or_else(|| at(&["input_tokens"])).or(split);
        // Anthropic's own names (docs.anthropic.com, prompt caching).
        let read = at(&["cache_read_input_tokens"]);
        let created = at(&["cache_creation_input_tokens"]);
        let written = at_either(raw, INPUT, "cache_write_tokens")
            .or_else(|| at_either(raw, INPUT, "cache_creation_tokens"))
            .or_else(|| at_either(raw, INPUT, "cache_creation_input_tokens"))
            .or(created);
        let aside = read.unwrap_or(0).saturating_add(created.unwrap_or(0));
        let apart = within.is_none() && told.is_some_and(|told| is_aside(raw, told, aside));
        let input = if apart { told.map(|told| told.saturating_add(aside)) } else { told };
        let cached = within.or(hit).or(read).or_else(|| at(&["cached_tokens"]));
        Self { input, cached, written }
    }
}

/// Whether what a cache read and wrote comes on top of the prompt, as Anthropic counts, and is no part of it, as
/// `OpenAI` counts. Gateways send the one's names in the other's object, so their sums decide: a total that only comes
/// out with them, or more of them than there is prompt.
fn is_aside(raw: &Map<String, Value>, told: u64, aside: u64) -> bool {
    if aside == 0 {
        return false;
    }
    if !raw.contains_key("prompt_tokens") {
        return raw.contains_key("input_tokens");
    }
    let completion = count(raw, &["completion_tokens"]).unwrap_or(0);
    let with = told.saturating_add(aside).saturating_add(completion);
    count(raw, &["total_tokens"]) == Some(with) || aside > told
}

/// A count in whichever of two objects has it.
fn at_either(raw: &Map<String, Value>, objects: [&str; 2], name: &str) -> Option<u64> {
    objects.iter().find_map(|object| count(raw, &[object, name]))
}

/// A count under a path of keys; some servers send it as `3.0` or `"3"`.
fn count(raw: &Map<String, Value>, path: &[&str]) -> Option<u64> {
    let (first, rest) = path.split_first()?;
    let value = rest.iter().try_fold(raw.get(*first)?, |value, key| value.get(*key))?;
    serde_json::from_value::<super::shape::Count>(value.clone()).ok()?.0
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Input, cached, output, reasoning.
    fn counts(value: &Value) -> Option<[Option<u64>; 4]> {
        let usage = Usage::from_json(value)?;
        assert_eq!(Some(&usage.raw), value.as_object());
        Some([usage.input, usage.cached, usage.output, usage.reasoning])
    }

    #[test]
    fn the_reference_object_gives_all_counts() {
        let value = json!({"prompt_tokens": 20, "completion_tokens": 10, "total_tokens": 30,
            "prompt_tokens_details": {"cached_tokens": 5, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 7}});
        assert_eq!(counts(&value), Some([Some(20), Some(5), Some(10), Some(7)]));
    }

    #[test]
    fn a_count_that_is_not_given_is_unknown_and_not_zero() {
        assert_eq!(counts(&json!({"prompt_tokens": 3})), Some([Some(3), None, None, None]));
        assert_eq!(counts(&json!({"completion_tokens": 0})), Some([None, None, Some(0), None]));
    }

    #[test]
    fn an_empty_object_and_null_are_no_usage() {
        assert_eq!(counts(&json!({})), None);
        assert_eq!(counts(&json!(null)), None);
    }

    #[test]
    fn reasoning_left_out_of_the_completion_is_found_in_the_total() {
        let xai = json!({"prompt_tokens": 32, "completion_tokens": 9, "total_tokens": 135,
            "completion_tokens_details": {"reasoning_tokens": 94}});
        assert_eq!(counts(&xai), Some([Some(32), None, Some(103), Some(94)]));
    }

    #[test]
    fn a_total_below_the_sum_changes_nothing() {
        let odd = json!({"prompt_tokens": 32, "completion_tokens": 9, "total_tokens": 0});
        assert_eq!(counts(&odd), Some([Some(32), None, Some(9), None]));
    }

    #[test]
    fn the_cache_counts_of_deepseek_are_read() {
        let value = json!({"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12,
            "prompt_cache_hit_tokens": 8, "prompt_cache_miss_tokens": 2});
        assert_eq!(counts(&value), Some([Some(10), Some(8), Some(2), None]));
        let split = json!({"completion_tokens": 2, "prompt_cache_hit_tokens": 8, "prompt_cache_miss_tokens": 2});
        assert_eq!(counts(&split), Some([Some(10), Some(8), Some(2), None]));
    }

    fn parts(value: &Value) -> (Option<u64>, Option<u64>, UsageParts) {
        let usage = Usage::from_json(value).unwrap();
        (usage.input, usage.cached, usage.parts)
    }

    #[test]
    fn what_anthropic_reads_from_its_cache_and_writes_to_it_comes_on_top_of_its_input() {
        let own = json!({"input_tokens": 50, "cache_creation_input_tokens": 248, "cache_read_input_tokens": 1800,
            "cache_creation": {"ephemeral_5m_input_tokens": 148, "ephemeral_1h_input_tokens": 100},
            "output_tokens": 503});
        let written = UsageParts { written: 248, written_for_an_hour: 100, ..UsageParts::default() };
        assert_eq!(parts(&own), (Some(2098), Some(1800), written));
        assert_eq!(counts(&own), Some([Some(2098), Some(1800), Some(503), None]));
    }

    #[test]
    fn a_gateways_sums_tell_whether_the_cache_is_in_the_prompt() {
        let written = UsageParts { written: 30, ..UsageParts::default() };
        let names = |prompt: u64, total: u64| {
            json!({"prompt_tokens": prompt, "completion_tokens": 5, "total_tokens": total,
                "cache_creation_input_tokens": 30, "cache_read_input_tokens": 60})
        };
        assert_eq!(parts(&names(100, 105)), (Some(100), Some(60), written), "part of the prompt");
        assert_eq!(parts(&names(100, 195)), (Some(190), Some(60), written), "the total counts them beside it");
        assert_eq!(parts(&names(10, 15)), (Some(100), Some(60), written), "more than the prompt");
        assert_eq!(counts(&names(100, 195)), Some([Some(190), Some(60), Some(5), None]));
        let mut both = names(10, 15);
        both["prompt_tokens_details"] = json!({"cached_tokens": 4});
        assert_eq!(counts(&both), Some([Some(10), Some(4), Some(5), None]));
    }

    #[test]
    fn tokens_of_pictures_and_sounds_and_cache_writes_are_read() {
        let value = json!({"prompt_tokens": 20, "completion_tokens": 10,
            "prompt_tokens_details": {"cached_tokens": 5, "audio_tokens": 2, "image_tokens": 3, "cache_write_tokens": 4},
            "completion_tokens_details": {"audio_tokens": 6, "image_tokens": 1}});
        let told = UsageParts {
            written: 4,
            written_for_an_hour: 0,
            audio_input: 2,
            image_input: 3,
            audio_output: 6,
            image_output: 1,
        };
        assert_eq!(parts(&value), (Some(20), Some(5), told));
    }

    #[test]
    fn other_names_and_types_of_counts_are_read() {
        let value =
            json!({"input_tokens": 4.0, "output_tokens": "6", "output_tokens_details": {"reasoning_tokens": 1}});
        assert_eq!(counts(&value), Some([Some(4), None, Some(6), Some(1)]));
        assert_eq!(counts(&json!({"prompt_tokens": -1, "cached_tokens": 2})), Some([None, Some(2), None, None]));
    }
}
