//! The known word that someone most likely meant.
//!
//! Owns the distance between two words. Does not know what the words are for.

/// The candidate that is closest to `word`, if one is close enough to be worth a suggestion: at most a third of its
/// letters differ (two for short words), case aside. Of equals the first wins.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.chars().flat_map(char::to_lowercase).take(LONGEST).collect();
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let letters: Vec<char> = candidate.chars().flat_map(char::to_lowercase).take(LONGEST).collect();
        let distance = distance(&word, &letters);
        let allowed = (letters.len() / 3).max(2).min(letters.len().saturating_sub(1));
        if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Letters that are looked at: no name of ours is longer, and a hostile one costs no more.
const LONGEST: usize = 64;

/// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment) between the two.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, &left) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &right) in b.iter().enumerate() {
            let replaced = above[j] + usize::from(left != right);
            let mut least = replaced.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && left == b[j - 1] && a[i - 1] == right {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: [&str; 4] = ["base_url", "model", "headers", "mouse"];

    #[test]
    fn a_slip_finds_the_word_that_was_meant() {
        assert_eq!(nearest("base-url", WORDS), Some("base_url"));
        assert_eq!(nearest("baseurl", WORDS), Some("base_url"));
        assert_eq!(nearest("Modle", WORDS), Some("model"));
        assert_eq!(nearest("heders", WORDS), Some("headers"));
    }

    #[test]
    fn a_word_like_none_finds_none() {
        assert_eq!(nearest("temperature", WORDS), None);
        assert_eq!(nearest("", WORDS), None);
        assert_eq!(nearest("x", ["k", "a"]), None);
    }

    #[test]
    fn a_swap_counts_once() {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        assert_eq!(distance(&chars("modle"), &chars("model")), 1);
        assert_eq!(distance(&chars("kitten"), &chars("sitting")), 3);
    }
}
