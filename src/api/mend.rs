//! JSON that is broken in the ways that servers break it.
//!
//! Owns the repair of single faults that would cost a whole event. Never guesses structure: a cut document stays cut.

/// The document with its known faults replaced, or `None` when it has none of them:
/// - half of a surrogate pair becomes U+FFFD: the tokenizer split an emoji;
/// - a raw control character in a string becomes its escape;
/// - a backslash that escapes nothing known becomes a backslash;
/// - `NaN` and `Infinity` become null: Python writes them.
pub(super) fn mend(json: &str) -> Option<String> {
    let mut mended = String::with_capacity(json.len() + 16);
    let mut rest = json;
    let mut in_string = false;
    while let Some(first) = rest.chars().next() {
        let (taken, put) = if in_string { in_text(rest, first) } else { outside(rest) };
        if first == '"' {
            in_string = !in_string;
        }
        mended.push_str(put.as_deref().unwrap_or(&rest[..taken]));
        rest = &rest[taken..];
    }
    (mended != json).then_some(mended)
}

/// How many bytes the next piece of a string takes, and what replaces them.
fn in_text(rest: &str, first: char) -> (usize, Option<String>) {
    match first {
        '\\' => escape(rest),
        control if control < ' ' => (1, Some(format!("\\u{:04x}", u32::from(control)))),
        '"' => (1, None),
        _ => (rest.find(|c: char| c == '\\' || c == '"' || c < ' ').unwrap_or(rest.len()), None),
    }
}

fn escape(rest: &str) -> (usize, Option<String>) {
    match rest.as_bytes().get(1) {
        Some(b'u') => match (unit(rest), rest.get(6..).and_then(unit)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => (12, None),
            (Some(0xD800..=0xDFFF), _) => (6, Some("\\ufffd".to_owned())),
            (Some(_), _) => (6, None),
            (None, _) => (1, Some("\\\\".to_owned())),
        },
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => (2, None),
        _ => (1, Some("\\\\".to_owned())),
    }
}

/// The UTF-16 unit of an escape such as `\u00e9`.
fn unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    hexadecimal.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

fn outside(rest: &str) -> (usize, Option<String>) {
    for word in ["NaN", "-Infinity", "Infinity"] {
        if rest.starts_with(word) {
            return (word.len(), Some("null".to_owned()));
        }
    }
    (rest.chars().next().map_or(1, char::len_utf8), None)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn value(json: &str) -> Value {
        serde_json::from_str::<Value>(json).unwrap_err();
        serde_json::from_str(&mend(json).unwrap()).unwrap()
    }

    #[test]
    fn half_a_surrogate_pair_becomes_a_replacement_character() {
        assert_eq!(value(r#"{"a":"x\ud83dy"}"#), json!({"a": "x\u{FFFD}y"}));
        assert_eq!(value(r#"{"a":"\ude00\ud83d\ud83d\ude00"}"#), json!({"a": "\u{FFFD}\u{FFFD}😀"}));
        assert_eq!(value(r#"{"a":"\ud83d"}"#), json!({"a": "\u{FFFD}"}));
    }

    #[test]
    fn raw_control_characters_become_escapes() {
        assert_eq!(value("{\"a\":\"x\ty\nz\"}"), json!({"a": "x\ty\nz"}));
    }

    #[test]
    fn unknown_escapes_are_backslashes() {
        assert_eq!(value(r#"{"a":"\d\'\u12"}"#), json!({"a": r"\d\'\u12"}));
    }

    #[test]
    fn what_is_no_number_becomes_null_outside_of_strings() {
        assert_eq!(value(r#"[NaN,-Infinity,Infinity,"NaN"]"#), json!([null, null, null, "NaN"]));
    }

    #[test]
    fn a_sound_or_a_cut_document_is_left_alone() {
        for json in [r#"{"a":"\\ud83d \" é漢 \ud83d\ude00 \u0041"}"#, r#"{"a":"cut"#, "", "漢"] {
            assert_eq!(mend(json), None, "{json}");
        }
    }
}
