//! What was not taken over from a foreign text, counted by reason.

use std::collections::BTreeMap;
use std::fmt;

use crate::text;

/// As many different reasons as are told apart: a hostile text could bring one for each of its messages.
const MOST_REASONS: usize = 24;

/// As much of a foreign word as a reason repeats.
const WORD_CHARACTERS: usize = 40;

/// Why something was not taken over.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// A message without anything in it.
    Empty,
    /// A message that its program does not show.
    Hidden,
    /// A message of a role that no conversation knows.
    Role(String),
    /// A part that is not text, by its type.
    Part(String),
    /// A tool's answer that stands below no call.
    Unasked,
    /// A message that no path from a first one reaches.
    Unreachable,
    /// A conversation in which nothing was said.
    Silent,
    /// What a reply was asked with, of a kind that no request here has.
    Asked(&'static str),
    /// A header that carries a key.
    Key(String),
    /// Another header.
    Header(String),
    /// A variable or a command of the shell, whose value is not known: it stays as it is written.
    Expansion,
    /// Whatever there are too many different ones of to be told apart.
    Other,
}

/// How many things were not taken over, by reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Skipped(BTreeMap<Why, usize>);

impl Skipped {
    pub(super) fn count(&mut self, why: Why) {
        let known = self.0.len() < MOST_REASONS || self.0.contains_key(&why);
        *self.0.entry(if known { why } else { Why::Other }).or_default() += 1;
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The reasons in a fixed order, each with its count.
    pub fn iter(&self) -> impl Iterator<Item = (&Why, usize)> {
        self.0.iter().map(|(why, count)| (why, *count))
    }
}

/// A foreign word as a reason repeats it: short, and safe to be shown.
pub(super) fn word(text: &str) -> String {
    let short: String = text.chars().take(WORD_CHARACTERS).collect();
    text::clean_line(&short).into_owned()
}

impl fmt::Display for Skipped {
    /// A clause for each reason: `2 × an empty message, 1 × …`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (why, count)) in self.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(f, "{comma}{count} × {why}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("an empty message"),
            Self::Hidden => f.write_str("a hidden message"),
            Self::Role(role) => write!(f, "a message of the unknown role `{role}`"),
            Self::Part(kind) => write!(f, "a part of the type `{kind}`"),
            Self::Unasked => f.write_str("a tool's answer without its call"),
            Self::Unreachable => f.write_str("a message that hangs on nothing"),
            Self::Silent => f.write_str("a conversation without messages"),
            Self::Asked(what) => f.write_str(what),
            Self::Key(name) => write!(f, "the header `{name}`, which carries a key"),
            Self::Header(name) => write!(f, "the header `{name}`"),
            Self::Expansion => f.write_str("a shell variable, left as it is written"),
            Self::Other => f.write_str("something else"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_counted_and_said_in_a_fixed_order() {
        let mut skipped = Skipped::default();
        [Why::Role(word("narrator")), Why::Empty, Why::Empty].into_iter().for_each(|why| skipped.count(why));
        assert_eq!(skipped.to_string(), "2 × an empty message, 1 × a message of the unknown role `narrator`");
    }

    #[test]
    fn a_text_with_a_reason_for_each_message_does_not_make_the_list_long() {
        let mut skipped = Skipped::default();
        for place in 0..1000 {
            skipped.count(Why::Role(place.to_string()));
        }
        assert_eq!(skipped.iter().count(), MOST_REASONS + 1);
        assert_eq!(skipped.iter().map(|(_, count)| count).sum::<usize>(), 1000);
    }

    #[test]
    fn a_foreign_word_is_cut_and_safe() {
        let shown = word(&format!("\u{1b}[31m{}", "x".repeat(100)));
        assert!(shown.chars().count() <= 2 * WORD_CHARACTERS && !shown.contains('\u{1b}'), "{shown}");
    }
}
