//! Token counts as the wire gives them.
//!
//! Owns the many names of the same counts. Knows no prices.

use serde_json::{Map, Value};

use crate::chat::Usage;

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
        // DeepSeek splits its prompt into tokens that hit and missed its cache.
        let hit = at(&["prompt_cache_hit_tokens"]);
        let split = hit.zip(at(&["prompt_cache_miss_tokens"])).map(|(hit, miss)| hit.saturating_add(miss));
        let input = at(&["prompt_tokens"]).or_else(|| at(&["input_tokens"])).or(split);
        let completion = at(&["completion_tokens"]).or_else(|| at(&["output_tokens"]));
        let rest = at(&["total_tokens"]).zip(input).map(|(total, input)| total.saturating_sub(input));
        let cached = at(&["prompt_tokens_details", "cached_tokens"])
            .or_else(|| at(&["input_tokens_details", "cached_tokens"]))
            .or(hit)
            .or_else(|| at(&["cached_tokens"]));
        let reasoning = at(&["completion_tokens_details", "reasoning_tokens"])
            .or_else(|| at(&["output_tokens_details", "reasoning_tokens"]))
            .or_else(|| at(&["reasoning_tokens"]));
        Some(Self { input, cached, output: completion.max(rest), reasoning, raw })
    }
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

    #[test]
    fn other_names_and_types_of_counts_are_read() {
        let value =
            json!({"input_tokens": 4.0, "output_tokens": "6", "output_tokens_details": {"reasoning_tokens": 1}});
        assert_eq!(counts(&value), Some([Some(4), None, Some(6), Some(1)]));
        assert_eq!(counts(&json!({"prompt_tokens": -1, "cached_tokens": 2})), Some([None, Some(2), None, None]));
    }
}
