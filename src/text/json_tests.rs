use proptest::prelude::*;

use super::*;
use crate::text::tests::any_text;
use crate::text::width as cells;

fn rows(text: &str, width: u16) -> Vec<String> {
    pretty_json(text, width).iter().map(Line::plain).collect()
}

fn without_blanks_outside_strings(tokens: &[crate::text::JsonPiece<'_>]) -> String {
    tokens.iter().map(|token| token.text).collect()
}

#[test]
fn members_stand_one_a_row_in_their_order_with_numbers_as_written() {
    let text = r#" {"z":1.0,"a":[12345678901234567890123,-0.50E+3],"n":{"deep":null},"e":{},"f":[ ]} "#;
    let expected = [
        "{",
        r#"  "z": 1.0,"#,
        r#"  "a": ["#,
        "    12345678901234567890123,",
        "    -0.50E+3",
        "  ],",
        r#"  "n": {"#,
        r#"    "deep": null"#,
        "  },",
        r#"  "e": {},"#,
        r#"  "f": []"#,
        "}",
    ];
    assert_eq!(rows(text, 80), expected);
}

#[test]
fn a_part_is_printed_as_it_stands_in_the_whole() {
    let value = r#"{"b":[1,{"c":"one  two three four"}],"e":{}}"#;
    let whole = pretty_json(&format!(r#"{{"a":{value},"z":[{value},7]}}"#), 20);
    let a = Member { key: Some(r#""a""#), value, depth: 1, comma: true };
    let item = Member { key: None, value, depth: 2, comma: true };
    let (a, item) = (pretty_member(&a, 20), pretty_member(&item, 20));
    assert_eq!(whole[1..=a.len()], a);
    assert_eq!(whole[a.len() + 2..a.len() + 2 + item.len()], item);
}

#[test]
fn each_part_has_the_ink_of_what_it_is() {
    let lines = pretty_json(r#"{"k":"v"}"#, 40);
    let expected = Line {
        spans: vec![
            Span::new("  ", StyleRole::Text),
            Span::new(r#""k""#, StyleRole::SyntaxVariable),
            Span::new(": ", StyleRole::SyntaxPunctuation),
            Span::new(r#""v""#, StyleRole::SyntaxString),
        ],
    };
    assert_eq!(lines[1], expected);
    assert_eq!(pretty_json("7", 9), [Line::new("7", StyleRole::SyntaxNumber)]);
    assert_eq!(pretty_json("true", 9), [Line::new("true", StyleRole::SyntaxConstant)]);
}

#[test]
fn a_long_string_goes_on_under_its_key_and_keeps_its_spaces() {
    assert_eq!(rows(r#"{"k":"one  two three"}"#, 12), ["{", r#"  "k": "one "#, "   two three", r#"  ""#, "}"]);
}

#[test]
fn arguments_that_are_not_whole_yet_are_shown_as_they_came() {
    for text in [r#"{"city": "Par"#, "{\"a\": 1,}", "[1 2]", "nul", "{} {}", "01", "\"a\u{1b}[31mb\"", "[}", ""] {
        let lines = pretty_json(text, 80);
        assert_eq!(lines.len(), 1, "{text:?}");
        assert_eq!(lines[0].plain(), reveal(text));
        assert!(lines[0].spans.iter().all(|span| span.ink == StyleRole::Code.into()));
    }
}

#[test]
fn hidden_characters_in_strings_are_seen_and_escapes_stay_escapes() {
    assert_eq!(
        rows("[\"a\u{202e}b\u{9b}2Kc\\u001b[2K\u{2028}\"]", 80)[1],
        "  \"a⟨U+202E⟩b⟨U+009B⟩2Kc\\u001b[2K⟨U+2028⟩\""
    );
}

#[test]
fn a_hundred_thousand_brackets_are_printed_without_a_deep_stack_or_a_wide_row() {
    let lines = pretty_json(&["[".repeat(100_000), "]".repeat(100_000)].concat(), 40);
    assert_eq!(lines.len(), 199_999);
    assert_eq!(lines[99_999].plain(), [&" ".repeat(20), "[]"].concat());
    assert_eq!(pretty_json(&"[".repeat(100_000), 40).len(), 2_500);
}

proptest! {
    #[test]
    fn what_is_json_is_what_serde_reads(text in r#"[\[\]{}",:0-9eE+.\-tnul\\ ]{0,14}"#) {
        let read = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        prop_assert_eq!(scan(&text).is_some(), read);
    }

    #[test]
    fn any_value_is_printed_whole(keys in prop::collection::vec("[a-z \\\\\"é]{0,6}", 0..6), text in any_text(), number in any::<i64>()) {
        let mut value = serde_json::json!([text, number]);
        for key in keys {
            value = serde_json::json!({ key: value, "list": [1, []] });
        }
        let written = value.to_string();
        let tokens = scan(&written);
        prop_assert_eq!(tokens.as_deref().map(without_blanks_outside_strings), Some(written.clone()));
        let printed: String = rows(&reveal(&written), 4000).iter().map(|row| row.trim_start()).collect();
        let compact: String = serde_json::from_str::<serde_json::Value>(&printed).map(|same| same.to_string()).unwrap_or_default();
        prop_assert_eq!(compact, reveal(&written).into_owned());
    }

    #[test]
    fn no_row_is_wider_than_asked(text in any_text(), width in 1u16..30) {
        let nested = serde_json::json!({ "k": [text, { text.clone(): [] }] }).to_string();
        for line in pretty_json(&nested, width).iter().chain(&pretty_json(&text, width)) {
            let wide: usize = line.spans.iter().map(|span| cells(&span.text)).sum();
            prop_assert!(wide <= usize::from(width), "{line:?}");
        }
    }
}
