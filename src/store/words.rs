//! The words of a text as the index has them, so that a text and a query are cut in the same way.
//!
//! Letters without case and accents; whatever is neither letter nor digit stands between words. Scripts that write no
//! blanks between words are cut into pairs of signs that overlap, so that any part of them is found as a phrase.

use std::collections::BTreeSet;

use icu_normalizer::properties::{CanonicalDecompositionBorrowed, Decomposed};

/// A word counts up to so many signs: what is longer is a key or a picture.
const LONGEST: usize = 64;

/// Words that parts are looked for in have so many signs.
const VOCABULARY: std::ops::RangeInclusive<usize> = 2..=32;

/// What a sign of a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Letter,
    /// Of a script without blanks between words.
    Dense,
    /// Belongs to the letter before it and does not count.
    Mark,
    Between,
}

fn kind(sign: char) -> Kind {
    match u32::from(sign) {
        0..=0x7F => {
            if sign.is_ascii_alphanumeric() {
                Kind::Letter
            } else {
                Kind::Between
            }
        }
        0x0300..=0x036F | 0x200B..=0x200F | 0xFE00..=0xFE0F => Kind::Mark,
        0x0E01..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17D3 => Kind::Dense,
        0x1100..=0x11FF | 0x3005..=0x3007 | 0x3041..=0x30FA | 0x30FC..=0x31BF | 0x31F0..=0x31FF => Kind::Dense,
        0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xAC00..=0xD7FF | 0xF900..=0xFAFF => Kind::Dense,
        0xFF66..=0xFF9F | 0x20000..=0x3FFFF => Kind::Dense,
        _ if sign.is_alphanumeric() => Kind::Letter,
        _ => Kind::Between,
    }
}

/// A sign without case and accents.
fn plain(sign: char) -> char {
    if sign.is_ascii() {
        return sign.to_ascii_lowercase();
    }
    let mut base = match u32::from(sign) {
        // Wide Latin.
        wide @ 0xFF01..=0xFF5E => char::from_u32(wide - 0xFEE0).unwrap_or(sign),
        _ => sign,
    };
    if matches!(u32::from(base), 0x00C0..=0x058F | 0x1E00..=0x1FFF) {
        while let Decomposed::Expansion(first, _) = CanonicalDecompositionBorrowed::new().decompose(base) {
            base = first;
        }
    }
    let mut lower = base.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(lower), None) => lower,
        // `İ`: an i and a dot above.
        (Some(lower), Some(_)) => lower,
        _ => base,
    }
}

/// A text as it is compared: plain signs, and for each the byte where it stands.
pub(super) fn folded(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    text.char_indices().filter(|(_, sign)| kind(*sign) != Kind::Mark).map(|(place, sign)| (place, plain(sign)))
}

/// Whether a plain sign stands between words.
pub(super) fn is_between(sign: char) -> bool {
    kind(sign) == Kind::Between
}

/// Whether a plain sign is of a script without blanks between words.
pub(super) fn is_dense(sign: char) -> bool {
    kind(sign) == Kind::Dense
}

/// A query's term as it stands in a folded text: plain words, one blank between two of them.
pub(super) fn needle(term: &str) -> String {
    let plain: String = folded(term).map(|(_, sign)| if is_between(sign) { ' ' } else { sign }).collect();
    plain.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words in their order. The last sign of dense text stands alone too where more follows or `ends` says so: in a
/// text, so that it is found; not at the end of a query, where the text may go on.
fn cut(text: &str, ends: bool, mut word: impl FnMut(&str)) {
    let mut letters = String::new();
    let mut count = 0;
    let mut dense: Option<char> = None;
    let mut pairs = false;
    for (_, sign) in folded(text) {
        let kind = kind(sign);
        if kind != Kind::Letter && count > 0 {
            word(&letters);
            letters.clear();
            count = 0;
        }
        if kind != Kind::Dense
            && let Some(last) = dense.take()
        {
            word(last.encode_utf8(&mut [0; 4]));
            pairs = false;
        }
        match kind {
            Kind::Letter => {
                if count < LONGEST {
                    letters.push(sign);
                }
                count += 1;
            }
            Kind::Dense => {
                if let Some(before) = dense.replace(sign) {
                    word(&String::from_iter([before, sign]));
                    pairs = true;
                }
            }
            Kind::Mark | Kind::Between => {}
        }
    }
    if count > 0 {
        word(&letters);
    }
    if let Some(last) = dense
        && (ends || !pairs)
    {
        word(last.encode_utf8(&mut [0; 4]));
    }
}

/// A text as the index takes it: its words with blanks between them.
pub(super) fn indexed(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    cut(text, true, |word| {
        out.push_str(word);
        out.push(' ');
    });
    out
}

/// The different words of a text that can be found by a part of them.
pub(super) fn vocabulary(text: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    cut(text, true, |word| {
        let fits = VOCABULARY.contains(&word.chars().count()) && !word.bytes().all(|sign| sign.is_ascii_digit());
        if fits && !out.contains(word) {
            out.insert(word.to_owned());
        }
    });
    out
}

/// The words of a query's term.
pub(super) fn of_term(term: &str) -> Vec<String> {
    let mut out = Vec::new();
    cut(term, false, |word| out.push(word.to_owned()));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_neither_case_nor_accents() {
        assert_eq!(of_term("Ǖber-Café_NAÏVE ＡＢＣ Йод"), ["uber", "cafe", "naive", "abc", "иод"]);
        assert_eq!(of_term("e\u{301}tude"), ["etude"]);
    }

    #[test]
    fn dense_scripts_are_cut_into_pairs_and_the_last_sign_of_a_text_stands_alone() {
        assert_eq!(indexed("検索する、GPTの"), "検索 索す する る gpt の ");
        assert_eq!(of_term("検索"), ["検索"]);
        assert_eq!(of_term("検"), ["検"]);
        assert_eq!(of_term("検索GPT"), ["検索", "索", "gpt"]);
    }

    #[test]
    fn a_key_as_long_as_a_page_is_one_short_word() {
        assert_eq!(indexed(&"x".repeat(5000)).len(), LONGEST + 1);
    }

    #[test]
    fn the_vocabulary_has_each_word_once_and_no_numbers() {
        let expected: BTreeSet<String> = ["two", "words", "a1"].map(str::to_owned).into();
        assert_eq!(vocabulary("two words, Two a a1 2025"), expected);
    }
}
