use proptest::prelude::*;

use super::*;
use crate::text::tests::any_text;

/// The scanner after a text, and the text it gave back.
fn after(text: &str) -> (JsonScanner, String) {
    let mut scanner = JsonScanner::of_answer();
    let mut seen = String::new();
    scanner.push(text, &mut |piece| seen.push_str(piece.text));
    scanner.finish(&mut |_| {});
    (scanner, seen)
}

#[test]
fn a_fault_is_found_at_its_byte() {
    let table = [
        ("Sure: {}", 0, "a value is expected"),
        ("{\"a\" 1}", 5, "a colon is expected"),
        ("{a: 1}", 1, "a field's name in quotes or } is expected"),
        ("{\"a\":1,}", 7, "a field's name in quotes is expected"),
        ("[1 2]", 3, "a comma or a closing bracket is expected"),
        ("[1}", 2, "a comma or a closing bracket is expected"),
        ("{} {}", 3, "nothing more is expected"),
        ("01", 1, "nothing more is expected"),
        ("-x", 1, "a digit is expected"),
        ("[1.]", 3, "a digit is expected"),
        ("nulL", 3, "a value is expected"),
        ("\"a\nb\"", 2, "a string holds no raw control character"),
        ("\"\\x\"", 2, "an escape is expected after the backslash"),
        ("\"\\u12G4\"", 5, "four hexadecimal digits are expected after \\u"),
        ("`{}`", 1, "a value is expected"),
        ("```json\n{}\n``` done", 15, "nothing more is expected"),
    ];
    for (text, at, said) in table {
        assert_eq!(after(text).0.fault(), Some(JsonFault { at, said }), "{text:?}");
    }
}

#[test]
fn a_fence_around_the_json_is_no_fault() {
    for text in ["```json\n{\"a\": \"```\"}\n```\n", "\n```\n[1]```", "```JSON\n7\n```"] {
        let (scanner, _) = after(text);
        assert!(scanner.is_whole() && scanner.is_fenced(), "{text:?} {scanner:?}");
        assert!(serde_json::from_str::<serde_json::Value>(&text[scanner.value()]).is_ok(), "{text:?} {scanner:?}");
    }
    assert!(!after("{}").0.is_fenced());
}

proptest! {
    #[test]
    fn it_is_whole_exactly_when_it_is_json(text in any_text()) {
        let is_json = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        prop_assert_eq!(scan(&text).is_some(), is_json);
    }

    #[test]
    fn parts_say_what_the_whole_says(text in any_text(), cut in any::<prop::sample::Index>()) {
        let text = format!("{{\"k\": [\"{text}\", -1.5e3, tru");
        let cuts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let cut = cuts[cut.index(cuts.len())];
        let mut scanner = JsonScanner::of_answer();
        let mut seen = String::new();
        for part in [&text[..cut], &text[cut..]] {
            scanner.push(part, &mut |piece| seen.push_str(piece.text));
        }
        let (whole, same) = after(&text);
        prop_assert_eq!((scanner.fault(), seen), (whole.fault(), same));
    }
}
