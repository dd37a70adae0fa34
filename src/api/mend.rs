//! JSON that is broken in the ways that servers break it.
//!
//! Owns the repair of single faults that would cost a whole event. Never guesses structure: a cut document stays cut.

/// A document whose known faults are gone.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mended {
    pub(super) json: String,
    /// Whether something of the text is lost for good.
    pub(super) lossy: bool,
    /// The first half of a surrogate pair at the end of a string: taken out, for the second half may follow in the next
    /// event (servers that cut UTF-16 text into pieces do that).
    pub(super) half: Option<u32>,
}

/// The document with its known faults replaced, or `None` when it has none of them:
/// - the second half of a surrogate pair at the start of a string joins `before`, the half of the previous event;
/// - any other half becomes U+FFFD;
/// - a raw control character in a string becomes its escape;
/// - a backslash that escapes nothing known becomes a backslash;
/// - `NaN` and `Infinity` become null: Python writes them.
pub(super) fn mend(json: &str, before: Option<u32>) -> Option<Mended> {
    let mut mender = Mender { before, half: None, lossy: false };
    let mut mended = String::with_capacity(json.len() + 16);
    let mut rest = json;
    let mut in_string = false;
    while let Some(first) = rest.chars().next() {
        let at_start = mended.ends_with('"');
        let (taken, put) = if in_string { mender.in_text(rest, first, at_start) } else { outside(rest) };
        if first == '"' {
            in_string = !in_string;
        }
        mended.push_str(put.as_deref().unwrap_or(&rest[..taken]));
        rest = &rest[taken..];
    }
    let lossy = mender.lossy || mender.before.is_some();
    (mended != json).then_some(Mended { json: mended, lossy, half: mender.half })
}

struct Mender {
    before: Option<u32>,
    half: Option<u32>,
    lossy: bool,
}

impl Mender {
    /// How many bytes the next piece of a string takes, and what replaces them.
    fn in_text(&mut self, rest: &str, first: char, at_start: bool) -> (usize, Option<String>) {
        match first {
            '\\' => self.escape(rest, at_start),
            control if control < ' ' => (1, Some(format!("\\u{:04x}", u32::from(control)))),
            '"' => (1, None),
            _ => (rest.find(|c: char| c == '\\' || c == '"' || c < ' ').unwrap_or(rest.len()), None),
        }
    }

    fn escape(&mut self, rest: &str, at_start: bool) -> (usize, Option<String>) {
        match rest.as_bytes().get(1) {
            Some(b'u') => match (unit(rest), rest.get(6..).and_then(unit)) {
                (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => (12, None),
                (Some(half @ 0xD800..=0xDFFF), _) => (6, Some(self.halved(half, at_start, &rest[6..]))),
                (Some(_), _) => (6, None),
                (None, _) => (1, Some("\\\\".to_owned())),
            },
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => (2, None),
            _ => (1, Some("\\\\".to_owned())),
        }
    }

    /// What stands for half a pair.
    fn halved(&mut self, half: u32, at_start: bool, rest: &str) -> String {
        let first_half = half < 0xDC00;
        if first_half && rest.starts_with('"') && self.half.is_none() {
            self.half = Some(half);
            return String::new();
        }
        match self.before.filter(|_| at_start && !first_half) {
            Some(before) => {
                self.before = None;
                format!("\\u{before:04x}\\u{half:04x}")
            }
            None => {
                self.lossy = true;
                "\\ufffd".to_owned()
            }
        }
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
        serde_json::from_str(&mend(json, None).unwrap().json).unwrap()
    }

    #[test]
    fn half_a_surrogate_pair_becomes_a_replacement_character() {
        assert_eq!(value(r#"{"a":"x\ud83dy"}"#), json!({"a": "x\u{FFFD}y"}));
        assert_eq!(value(r#"{"a":"\ude00\ud83d\ud83d\ude00"}"#), json!({"a": "\u{FFFD}\u{FFFD}😀"}));
        assert!(mend(r#""\ude00""#, None).unwrap().lossy);
    }

    #[test]
    fn the_halves_of_a_pair_in_two_documents_are_joined() {
        let first = mend(r#"{"a":"x\ud83d"}"#, None).unwrap();
        assert_eq!(first, Mended { json: r#"{"a":"x"}"#.to_owned(), lossy: false, half: Some(0xD83D) });
        let second = mend(r#"{"a":"\ude00y"}"#, first.half).unwrap();
        assert_eq!(second, Mended { json: r#"{"a":"\ud83d\ude00y"}"#.to_owned(), lossy: false, half: None });
    }

    #[test]
    fn a_half_whose_mate_does_not_follow_is_lost() {
        assert!(mend(r#"{"a":"x\ude00"}"#, Some(0xD83D)).unwrap().lossy);
        assert!(mend("\"\t\"", Some(0xD83D)).unwrap().lossy);
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
            assert_eq!(mend(json, None), None, "{json}");
        }
    }
}
