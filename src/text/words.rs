//! Where the words of a text are, for comparing two texts.
//!
//! Owns what counts as a word: letters and digits in a row, and single characters of scripts that put no blanks between
//! words. Looks nothing up in a dictionary. Never cuts a grapheme cluster.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::kinsoku;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Blank,
    /// Stands alone: punctuation, a symbol, a character of a script without blanks.
    Alone,
    Letter,
    Digit,
}

/// The bytes of each word and of each sign, in order; blanks and line ends are what lies between them.
pub(super) fn words(text: &str) -> Vec<Range<usize>> {
    let mut clusters = text.grapheme_indices(true).map(|(at, cluster)| (at..at + cluster.len(), cluster)).peekable();
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut before = Class::Blank;
    while let Some((place, cluster)) = clusters.next() {
        let class = match (class(cluster), clusters.peek()) {
            (Class::Alone, Some((_, next))) if joins(before, cluster, next) => before,
            (class, _) => class,
        };
        match (found.last_mut(), class) {
            (_, Class::Blank) => {}
            (Some(word), Class::Letter | Class::Digit) if before != Class::Blank && before != Class::Alone => {
                word.end = place.end;
            }
            _ => found.push(place),
        }
        before = class;
    }
    found
}

/// How many words a text has; signs are none.
pub(super) fn count(text: &str) -> usize {
    words(text).into_iter().filter(|place| has_word(&text[place.clone()])).count()
}

/// Whether there is a letter or a digit in the text.
pub(super) fn has_word(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}

fn class(cluster: &str) -> Class {
    if cluster.chars().all(char::is_whitespace) {
        return Class::Blank;
    }
    match cluster.chars().find(|&c| c.is_alphanumeric() || c == '_') {
        Some(c) if is_without_blanks(c) => Class::Alone,
        Some(c) if c.is_numeric() => Class::Digit,
        Some(_) => Class::Letter,
        None => Class::Alone,
    }
}

/// An apostrophe within a word and a point within a number are part of it: `don't`, `1,000.5`.
fn joins(before: Class, sign: &str, next: &str) -> bool {
    match sign {
        "'" | "’" => before == Class::Letter && class(next) == Class::Letter,
        "." | "," => before == Class::Digit && class(next) == Class::Digit,
        _ => false,
    }
}

/// Scripts in which words are not parted by blanks (UAX #29 leaves them to dictionaries), and Hangul, whose endings
/// change within a word.
fn is_without_blanks(c: char) -> bool {
    kinsoku::is_cjk(c)
        || matches!(c, '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{11FF}' | '\u{1780}'..='\u{17FF}' | '\u{1980}'..='\u{19DF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(text: &str) -> Vec<&str> {
        words(text).into_iter().map(|place| &text[place]).collect()
    }

    #[test]
    fn words_stay_whole_and_signs_stand_alone() {
        assert_eq!(
            split("Don't **pay** 1,000.50 €,\n ok_go!"),
            ["Don't", "*", "*", "pay", "*", "*", "1,000.50", "€", ",", "ok_go", "!"]
        );
        assert_eq!(
            split("v2.x 'a' 1. a.b x-y"),
            ["v2", ".", "x", "'", "a", "'", "1", ".", "a", ".", "b", "x", "-", "y"]
        );
    }

    #[test]
    fn scripts_without_blanks_are_taken_by_character() {
        assert_eq!(split("東京 カナ 한글 ไทย iOS版"), ["東", "京", "カ", "ナ", "한", "글", "ไ", "ท", "ย", "iOS", "版"]);
        assert_eq!(split("ที่นี่"), ["ที่", "นี่"]);
    }

    #[test]
    fn signs_are_no_words() {
        assert_eq!(count("one, 2 – 日本!"), 4);
        assert_eq!(count(" ** … \n"), 0);
    }

    proptest! {
        #[test]
        fn words_are_whole_clusters_in_order_with_only_blanks_between_them(text in crate::text::tests::any_text()) {
            let ends: Vec<usize> = text.grapheme_indices(true).map(|(at, _)| at).chain([text.len()]).collect();
            let mut done = 0;
            for place in words(&text) {
                prop_assert!(text[done..place.start].chars().all(char::is_whitespace));
                prop_assert!(!place.is_empty() && ends.contains(&place.start) && ends.contains(&place.end));
                done = place.end;
            }
            prop_assert!(text[done..].chars().all(char::is_whitespace));
        }
    }
}
