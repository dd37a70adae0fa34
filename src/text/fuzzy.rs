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
    fn a_slip_is_forgiven() {
        assert_eq!(ranked("parmeters", &["Focus the parameters", "Quit"]), [0]);
    }
}
