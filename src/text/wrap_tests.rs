use proptest::prelude::*;

use super::*;
use crate::text::ink::StyleRole;
use crate::text::tests::any_text;

fn rows(text: &str, cells: u16) -> Vec<String> {
    let mut out = Vec::new();
    wrap(&[Span::new(text, StyleRole::Text)], &Wrap::plain(cells), &mut out);
    out.iter().map(Line::plain).collect()
}

fn hard_rows(text: &str, cells: u16) -> Vec<String> {
    let mut out = Vec::new();
    wrap_hard(&[Span::new(text, StyleRole::Code)], &Wrap::plain(cells), &mut out);
    out.iter().map(Line::plain).collect()
}

/// As the screen draws it: span by span.
fn drawn_cells(line: &Line) -> usize {
    line.spans.iter().map(|span| width(&span.text)).sum()
}

#[test]
fn prose_breaks_at_spaces_and_drops_only_those() {
    assert_eq!(rows("one two  three", 8), ["one two", "three"]);
    assert_eq!(rows("one  two three", 8), ["one  two", "three"]);
    assert_eq!(rows("  indented text", 10), ["  indented", "text"]);
}

#[test]
fn a_word_longer_than_a_row_starts_a_row_and_is_broken_by_grapheme() {
    assert_eq!(rows("an abcdefghijkl end", 5), ["an", "abcde", "fghij", "kl", "end"]);
    assert_eq!(rows("e\u{301}e\u{301}e\u{301}", 2), ["e\u{301}e\u{301}", "e\u{301}"]);
    assert_eq!(rows("   abcdefg", 5), ["   ab", "cdefg"]);
}

#[test]
fn cjk_breaks_between_characters_but_not_before_a_closing_mark_or_after_an_opening_one() {
    assert_eq!(rows("日本語です。", 4), ["日本", "語で", "す。"]);
    assert_eq!(rows("日本語。次", 6), ["日本", "語。次"]);
    assert_eq!(rows("日本「語」", 6), ["日本", "「語」"]);
    assert_eq!(rows("中文and英文", 7), ["中文and", "英文"]);
}

#[test]
fn a_row_that_is_exactly_full_takes_no_extra_row() {
    assert_eq!(rows("abcd efgh", 4), ["abcd", "efgh"]);
    assert_eq!(rows("abcd ", 4), ["abcd"]);
    assert_eq!(rows("abcd", 4), ["abcd"]);
}

#[test]
fn a_character_wider_than_the_row_is_replaced_and_the_text_goes_on() {
    assert_eq!(rows("a日b", 1), ["a", "…", "b"]);
    assert_eq!(rows("🇯🇵", 1).concat().chars().count(), 2);
}

#[test]
fn line_feeds_tabs_and_stray_controls_keep_the_rows_straight() {
    assert_eq!(rows("a\nb\r\nc", 9), ["a", "b", "c"]);
    assert_eq!(hard_rows("a\tb", 9), ["a   b"]);
    assert_eq!(rows("a\u{7}b", 9), ["a\u{FFFD}b"]);
}

#[test]
fn code_breaks_at_the_cell_limit_and_keeps_every_space() {
    assert_eq!(hard_rows("if x  { y }   ", 5), ["if x ", " { y ", "}   "]);
    assert_eq!(hard_rows("", 5), [""]);
}

#[test]
fn prefixes_stand_before_the_first_and_the_further_rows() {
    let wrapped = {
        let mut out = Vec::new();
        let (first, rest) = ([Span::new("1. ", StyleRole::ListMark)], [Span::new("   ", StyleRole::Text)]);
        wrap(&[Span::new("one two", StyleRole::Text)], &Wrap { width: 7, first: &first, rest: &rest }, &mut out);
        out
    };
    let expected = [
        Line { spans: vec![Span::new("1. ", StyleRole::ListMark), Span::new("one", StyleRole::Text)] },
        Line { spans: vec![Span::new("   ", StyleRole::Text), Span::new("two", StyleRole::Text)] },
    ];
    assert_eq!(wrapped, expected);
}

#[test]
fn an_empty_text_is_one_row_of_the_prefix() {
    let mut out = Vec::new();
    let bar = [Span::new("▎ ", StyleRole::Quote)];
    wrap(&[], &Wrap { width: 20, first: &bar, rest: &bar }, &mut out);
    assert_eq!(out, [Line { spans: bar.to_vec() }]);
}

#[test]
fn neighbours_of_one_ink_become_one_span_and_a_word_may_change_ink() {
    let spans = [Span::new("a", StyleRole::Text), Span::new("b ", StyleRole::Text), Span::new("co", StyleRole::Code)];
    let mut out = Vec::new();
    wrap(&[&spans[..], &[Span::new("de", StyleRole::Text)]].concat(), &Wrap::plain(6), &mut out);
    let expected = [
        Line::new("ab", StyleRole::Text),
        Line { spans: vec![Span::new("co", StyleRole::Code), Span::new("de", StyleRole::Text)] },
    ];
    assert_eq!(out, expected);
}

#[test]
fn a_word_is_carried_whole_though_it_changes_ink_within() {
    let spans = [Span::new("see ab", StyleRole::Text), Span::new("cd", StyleRole::Code)];
    let mut out = Vec::new();
    wrap(&spans, &Wrap::plain(7), &mut out);
    assert_eq!(out.iter().map(Line::plain).collect::<Vec<_>>(), ["see", "abcd"]);
}

#[test]
fn truncate_keeps_what_fits_and_says_that_more_was_there() {
    let vectors = [
        ("hello", 5, "hello"),
        ("hello", 4, "hel…"),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日…"),
        ("ab", 1, "…"),
        ("ab", 0, ""),
    ];
    for (text, cells, expected) in vectors {
        assert_eq!(truncate(text, cells), expected);
    }
}

proptest! {
    #[test]
    fn no_row_is_wider_than_asked(text in any_text(), more in any_text(), mark in any_text(), cells in 1u16..24) {
        let (first, rest) = ([Span::new("• ", StyleRole::ListMark)], [Span::new(mark, StyleRole::Quote)]);
        let spans = [Span::new(text, StyleRole::Text), Span::new(more, StyleRole::Code)];
        let mut out = Vec::new();
        wrap(&spans, &Wrap { width: cells, first: &first, rest: &rest }, &mut out);
        wrap_hard(&spans, &Wrap { width: cells, first: &first, rest: &rest }, &mut out);
        for line in &out {
            prop_assert!(drawn_cells(line) <= usize::from(cells), "{line:?}");
        }
    }

    #[test]
    fn prose_loses_nothing_but_spaces(text in "[a-zA-Z日本。「」é👍 ]{0,120}", cells in 2u16..20) {
        let kept: String = rows(&text, cells).concat().split(' ').collect();
        let given: String = text.split(' ').collect();
        prop_assert_eq!(kept, given);
    }

    #[test]
    fn rows_of_words_that_fit_are_the_words_in_order(words in prop::collection::vec("[a-z]{1,8}", 1..30), cells in 8u16..30) {
        let joined = rows(&words.join(" "), cells).join(" ");
        prop_assert_eq!(joined, words.join(" "));
    }

    #[test]
    fn no_word_that_fits_could_have_gone_up_a_row(words in prop::collection::vec("[a-z]{1,8}", 1..30), cells in 8u16..30) {
        for pair in rows(&words.join(" "), cells).windows(2) {
            let next_word = pair[1].split(' ').next().unwrap_or_default();
            prop_assert!(pair[0].len() + 1 + next_word.len() > usize::from(cells));
        }
    }

    #[test]
    fn code_loses_nothing_at_all(text in "[a-z日 {}é👍]{0,120}", cells in 2u16..20) {
        prop_assert_eq!(hard_rows(&text, cells).concat(), text);
    }

    #[test]
    fn a_truncated_text_fits(text in any_text(), cells in 0usize..40) {
        prop_assert!(width(&truncate(&text, cells)) <= cells);
    }
}
