//! What stands around the words of a query in a text, in pieces that can go on a screen as they are.

use super::query::Term;
use super::words;
use crate::text::clean_line;

/// A snippet has so many signs at the most, and so many before its first match.
const LONGEST: usize = 200;
const BEFORE: usize = 40;

/// A text is searched so far; a match beyond is found, but its text is shown from the front.
const SEARCHED_BYTES: usize = 256 << 10;

/// Matches that are looked at to find the densest place.
const MOST_MATCHES: usize = 256;

/// A text as it is compared: words in plain signs, one blank between two of them.
struct Folded {
    signs: Vec<char>,
    /// The byte of the text where each sign stands.
    places: Vec<usize>,
}

impl Folded {
    fn of(text: &str) -> Self {
        let mut out = Self { signs: Vec::new(), places: Vec::new() };
        for (place, sign) in words::folded(text) {
            let sign = if words::is_between(sign) { ' ' } else { sign };
            if sign != ' ' || out.signs.last() != Some(&' ') {
                out.signs.push(sign);
                out.places.push(place);
            }
        }
        out
    }

    /// Where a needle stands, in signs.
    fn matches(&self, needle: &[char], whole: bool, found: &mut Vec<(usize, usize)>) {
        let Some(first) = needle.first() else { return };
        let mut at = 0;
        while let Some(next) = self.signs[at..].iter().position(|sign| sign == first) {
            let from = at + next;
            let to = from + needle.len();
            if self.signs[from..].starts_with(needle) && (!whole || self.is_whole(from, to)) {
                found.push((from, to));
                at = to;
            } else {
                at = from + 1;
            }
            if found.len() >= MOST_MATCHES {
                return;
            }
        }
    }

    /// Whether no word goes on over either end.
    fn is_whole(&self, from: usize, to: usize) -> bool {
        let goes_on = |left: Option<&char>, right: Option<&char>| {
            let is_letter = |sign: Option<&char>| sign.is_some_and(|sign| *sign != ' ' && !words::is_dense(*sign));
            is_letter(left) && is_letter(right)
        };
        !goes_on(from.checked_sub(1).and_then(|before| self.signs.get(before)), self.signs.get(from))
            && !goes_on(self.signs.get(to - 1), self.signs.get(to))
    }
}

/// The place with the most words of a query, with what stands around it. Without any word in it, the text's beginning.
pub(super) fn snippet(text: &str, terms: &[&Term]) -> Vec<(bool, String)> {
    let folded = Folded::of(&text[..text.floor_char_boundary(SEARCHED_BYTES)]);
    let mut found: Vec<(usize, usize)> = Vec::new();
    for term in terms {
        let mut places = Vec::new();
        let needle: Vec<char> = words::needle(&term.text).chars().collect();
        folded.matches(&needle, term.phrase, &mut places);
        found.extend(places);
    }
    found.sort_unstable();
    let best = densest(&found);
    // To the start of a word, if one begins on the way.
    let start = best.map_or(0, |(from, _)| {
        let earliest = from.saturating_sub(BEFORE);
        let blank = folded.signs[earliest..from].iter().position(|sign| *sign == ' ');
        if earliest == 0 { 0 } else { earliest + blank.map_or(0, |blank| blank + 1) }
    });
    let end = (start + LONGEST).min(folded.signs.len());
    let byte = |place: usize| folded.places.get(place).copied();
    let until = byte(end).unwrap_or_else(|| text.len().min(text.floor_char_boundary(SEARCHED_BYTES)));
    let mut pieces = Vec::new();
    if start > 0 {
        pieces.push((false, "…".to_owned()));
    }
    let mut at = byte(start).unwrap_or(0);
    for (from, to) in found.into_iter().filter(|(from, to)| *from >= start && *to <= end) {
        let (Some(from), to) = (byte(from), byte(to).unwrap_or(until)) else { continue };
        // A mark of emphasis or a blank after the last word is no part of it.
        let to = from + text[from..to.max(from)].trim_end_matches(|sign: char| !sign.is_alphanumeric()).len();
        if from >= at && to > from {
            push(&mut pieces, false, &text[at..from]);
            push(&mut pieces, true, &text[from..to]);
            at = to;
        }
    }
    push(&mut pieces, false, &text[at.min(until)..until]);
    if until < text.len() {
        pieces.push((false, "…".to_owned()));
    }
    pieces
}

fn push(pieces: &mut Vec<(bool, String)>, marked: bool, text: &str) {
    let clean = clean_line(text);
    if !clean.is_empty() {
        pieces.push((marked, clean.into_owned()));
    }
}

/// The match with the most others close behind it.
fn densest(found: &[(usize, usize)]) -> Option<(usize, usize)> {
    let close = |place: usize| {
        let limit = found[place].0 + LONGEST - BEFORE;
        found[place..].partition_point(|(_, to)| *to <= limit)
    };
    let places = 0..found.len();
    // The first of those that are equal.
    places.rev().max_by_key(|place| close(*place)).map(|place| found[place])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, words: &[(&str, bool)]) -> String {
        let terms: Vec<Term> =
            words.iter().map(|(text, phrase)| Term { text: (*text).into(), phrase: *phrase, negated: false }).collect();
        let pieces = snippet(text, &terms.iter().collect::<Vec<_>>());
        pieces.iter().map(|(hit, text)| if *hit { format!("[{text}]") } else { text.clone() }).collect()
    }

    #[test]
    fn what_matches_is_marked_where_it_is_densest() {
        let filler = "filler ".repeat(60);
        let text = format!("An alpha first. {filler}Then Alpha and béta-gamma, plus alphabet. {filler}");
        let shown = marked(&text, &[("alpha", false), ("beta_gamma", false)]);
        let expected = "…filler filler filler filler Then [Alpha] and [béta-gamma], plus [alpha]bet. filler ";
        assert!(shown.starts_with(expected), "{shown}");
        assert!(shown.ends_with('…'), "{shown}");
    }

    #[test]
    fn a_phrase_is_marked_in_whole_words_only() {
        assert_eq!(
            marked("refunds refund, a refund  policy", &[("refund", true)]),
            "refunds [refund], a [refund]  policy"
        );
        assert_eq!(marked("全文検索の結果", &[("検索", true)]), "全文[検索]の結果");
    }

    #[test]
    fn a_hostile_text_leaves_nothing_that_drives_a_terminal() {
        let shown = marked(
            "a\u{1b}[31m red\u{7}\u{202e}\r\nword \u{1b}]0;x\u{7} e\u{301}nd",
            &[("red", false), ("end", false)],
        );
        assert!(!shown.chars().any(char::is_control) && !shown.contains('\u{202e}'), "{shown:?}");
        assert!(shown.contains("[red]") && shown.contains("nd]"), "{shown}");
    }

    #[test]
    fn without_a_match_the_beginning_is_shown() {
        assert_eq!(marked("short", &[("none", false)]), "short");
        assert_eq!(marked("", &[("none", false)]), "");
        assert_eq!(marked(&"語".repeat(1000), &[]), format!("{}…", "語".repeat(LONGEST)));
    }

    proptest::proptest! {
        #[test]
        fn no_text_and_no_word_breaks_it(text in "(\\PC|[\\x00-\\x20]|ab|é|e\u{301}|語){0,80}", word in "\\PC{0,4}|ab|語") {
            let shown = marked(&text, &[(&word, false)]);
            proptest::prop_assert!(!shown.chars().any(char::is_control));
        }
    }
}
