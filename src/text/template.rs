//! `{{variables}}` in a text.
//!
//! Owns what a variable looks like and the filling of them. Does not know where values are kept.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

const OPEN: &str = "{{";
const CLOSE: &str = "}}";

/// The names of the variables in a text, in the order in which they first stand there.
///
/// A variable is a name of letters, digits, `_`, `-` and `.` between double braces, with blanks around it or without.
#[must_use]
pub fn variables(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for slot in slots(text) {
        if seen.insert(slot.name) {
            names.push(slot.name);
        }
    }
    names
}

/// The text with the values in the places of their variables; what has no value stays as it is written.
///
/// A value goes in as it is: variables in it are not filled.
#[must_use]
pub fn fill<'t>(text: &'t str, values: &BTreeMap<String, String>) -> Cow<'t, str> {
    let mut filled = String::new();
    let mut done = 0;
    for slot in slots(text) {
        if let Some(value) = values.get(slot.name) {
            filled.push_str(&text[done..slot.place.start]);
            filled.push_str(value);
            done = slot.place.end;
        }
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    filled.push_str(&text[done..]);
    Cow::Owned(filled)
}

/// A variable where it stands, its braces included.
struct Slot<'t> {
    place: Range<usize>,
    name: &'t str,
}

fn slots(text: &str) -> impl Iterator<Item = Slot<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(found) = text[at..].find(OPEN) {
            let start = at + found;
            if let Some(slot) = slot_at(text, start) {
                at = slot.place.end;
                return Some(slot);
            }
            // By one brace only: `{{{name}}}` holds a variable.
            at = start + 1;
        }
        at = text.len();
        None
    })
}

fn slot_at(text: &str, start: usize) -> Option<Slot<'_>> {
    let inside = text[start + OPEN.len()..].trim_start_matches(is_blank);
    let name = &inside[..inside.find(|c| !is_of_a_name(c))?];
    let after = inside[name.len()..].trim_start_matches(is_blank);
    let rest = after.strip_prefix(CLOSE)?;
    (!name.is_empty()).then(|| Slot { place: start..text.len() - rest.len(), name })
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

fn is_of_a_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    #[test]
    fn names_come_in_order_and_each_once() {
        let text = "Write in {{ language }} for {{user.name}}, {{tone-2}}, in {{language}} and {{größe}}.";
        assert_eq!(variables(text), ["language", "user.name", "tone-2", "größe"]);
    }

    #[test]
    fn what_is_no_name_is_no_variable() {
        for text in ["{{}}", "{{ }}", "{{a b}}", "{{a\n}}", "{{a}", "{a}}", "{ {a}}", "{{a/b}}", "{{a", "{{", ""] {
            assert_eq!(variables(text), [""; 0], "{text:?}");
        }
    }

    #[test]
    fn values_take_the_places_of_their_variables_and_the_rest_stays_as_written() {
        let values = values(&[("a", "1"), ("b", "{{a}}"), ("empty", "")]);
        assert_eq!(fill("{{a}} {{ a }}, {{b}}, {{ c }}, <{{empty}}>", &values), "1 1, {{a}}, {{ c }}, <>");
        assert_eq!(fill("{{{a}}} {{x {{a}}", &values), "{1} {{x 1");
    }

    proptest! {
        #[test]
        fn without_values_nothing_changes_and_each_name_filled_is_gone(text in "[{} a.\\n-]{0,40}") {
            prop_assert_eq!(fill(&text, &BTreeMap::new()), text.as_str());
            let filled: BTreeMap<_, _> = variables(&text).into_iter().map(|name| (name.to_owned(), "|".to_owned())).collect();
            let result = fill(&text, &filled).into_owned();
            prop_assert_eq!(variables(&result), Vec::<&str>::new());
            prop_assert_eq!(result.contains('|'), !filled.is_empty());
        }

        #[test]
        fn a_variable_is_found_in_any_surroundings(before in "[^{}]{0,9}", name in "[a-z][a-z0-9_.-]{0,5}", after in "[^{}]{0,9}") {
            let text = format!("{before}{{{{{name}}}}}{after}");
            prop_assert_eq!(variables(&text), [name.as_str()]);
            prop_assert_eq!(fill(&text, &values(&[(&name, "X")])), format!("{before}X{after}"));
        }
    }
}
