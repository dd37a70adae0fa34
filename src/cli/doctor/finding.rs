//! What was found of one thing.

use std::fmt;

use serde_json::{Value, json};

/// How a thing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Good,
    /// It works, but may not be what was meant.
    Warning,
    Broken,
}

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    /// What it is about, in a word or two.
    pub(super) about: String,
    pub(super) standing: Standing,
    /// What was found, as a clause.
    pub(super) said: String,
    /// What can be done, as a sentence.
    pub(super) next: Option<String>,
}

impl Finding {
    pub(super) fn good(about: impl Into<String>, said: impl Into<String>) -> Self {
        Self { about: about.into(), standing: Standing::Good, said: said.into(), next: None }
    }

    pub(super) fn warning(about: impl Into<String>, said: impl Into<String>, next: impl Into<String>) -> Self {
        Self { standing: Standing::Warning, next: Some(next.into()), ..Self::good(about, said) }
    }

    pub(super) fn broken(about: impl Into<String>, said: impl Into<String>, next: impl Into<String>) -> Self {
        Self { standing: Standing::Broken, next: Some(next.into()), ..Self::good(about, said) }
    }

    pub(super) fn to_json(&self) -> Value {
        let is = match self.standing {
            Standing::Good => "good",
            Standing::Warning => "warning",
            Standing::Broken => "broken",
        };
        json!({"about": self.about, "is": is, "said": self.said, "next": self.next})
    }
}

impl fmt::Display for Finding {
    /// `✓ store: 12 sessions`, and the next step below it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mark, word) = match self.standing {
            Standing::Good => ("✓", ""),
            Standing::Warning => ("!", "look: "),
            Standing::Broken => ("✗", "broken: "),
        };
        write!(f, "{mark} {}: {word}{}", self.about, self.said)?;
        self.next.as_ref().map_or(Ok(()), |next| write!(f, "\n    {next}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_a_mark_a_word_and_the_next_step() {
        assert_eq!(Finding::good("store", "12 sessions").to_string(), "✓ store: 12 sessions");
        let broken = Finding::broken("key", "not set", "Export it.");
        assert_eq!(broken.to_string(), "✗ key: broken: not set\n    Export it.");
        assert_eq!(broken.to_json(), json!({"about": "key", "is": "broken", "said": "not set", "next": "Export it."}));
        assert_eq!(Finding::warning("a", "b", "C.").to_string(), "! a: look: b\n    C.");
    }
}
