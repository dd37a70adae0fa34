//! Fuzzy matching of what is typed against names; the one place that knows the matcher.

use frizbee::{Config, Matcher};

/// The places of the names that match, best first; all of them in their own order when nothing is typed. Words of the
/// query match in any order; one missing or wrong letter in four is forgiven.
#[must_use]
pub fn rank(query: &str, names: &[String]) -> Vec<usize> {
    let query = query.trim();
    if query.is_empty() {
        return (0..names.len()).collect();
    }
    let typos = u16::try_from(query.chars().count() / 4).unwrap_or(u16::MAX).min(2);
    let config = Config { max_typos: Some(typos), ..Config::default() };
    let matches = Matcher::from_query(query, &config).match_list(names);
    matches.into_iter().filter_map(|found| usize::try_from(found.index).ok()).collect()
}

/// A letter of a word that is written without a slip scores at least so much.
const PER_LETTER: usize = 16;

/// The places of the names that have every word, or nearly: three quarters of what it would score without a slip, and
/// within one word of the name. In their own order.
#[must_use]
pub fn near(words: &[&str], names: &[&str]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..names.len()).collect();
    for word in words {
        let length = word.chars().count();
        // Shorter words are near to everything.
        if length < 4 {
            places.retain(|place| names[*place].contains(word));
            continue;
        }
        let mut matcher = Matcher::new(*word, &Config { max_typos: Some(1), ..Config::default() });
        let mut is_near = |text: &str| {
            let found = matcher.match_one(text, 0);
            found.is_some_and(|found| usize::from(found.score) * 4 >= length * PER_LETTER * 3)
        };
        // The whole name first: most are out then.
        places.retain(|place| is_near(names[*place]) && names[*place].split_whitespace().any(&mut is_near));
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranked(query: &str, names: &[&str]) -> Vec<usize> {
        rank(query, &names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn nothing_typed_leaves_the_order() {
        assert_eq!(ranked(" ", &["b", "a"]), [0, 1]);
    }

    #[test]
    fn letters_in_order_match_and_others_do_not() {
        assert_eq!(ranked("nxtthm", &["Quit", "Switch to the next theme"]), [1]);
    }

    #[test]
    fn a_name_is_near_with_one_slip_and_not_with_letters_from_everywhere() {
        let names = ["refund policy", "read the funny diff", "policies of refunds", "cost"];
        assert_eq!(near(&["refnd"], &names), [0, 2]);
        assert_eq!(near(&["refumd", "policy"], &names), [0, 2]);
        assert_eq!(near(&["parser"], &names), [0; 0]);
    }

    #[test]
    fn a_slip_is_forgiven() {
        assert_eq!(ranked("parmeters", &["Focus the parameters", "Quit"]), [0]);
    }
}
