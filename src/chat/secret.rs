//! A key that never shows itself.

use std::fmt;

use zeroize::Zeroizing;

/// An API key. `Debug` hides it, it has no `Display`, and its memory is wiped when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a key, without the white space around it; an empty one is no key.
    #[must_use]
    pub fn new(key: &str) -> Option<Self> {
        let key = key.trim();
        (!key.is_empty()).then(|| Self(Zeroizing::new(key.to_owned())))
    }

    /// The key itself, for the one header that carries it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// `text` with every occurrence of the key replaced: servers echo keys in their errors.
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        text.replace(self.0.as_str(), "[key]")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_shows_itself_nowhere_but_where_it_is_asked_for() {
        let key = Secret::new(" sk-12345 \n").unwrap();
        assert_eq!(format!("{key:?}"), "Secret(…)");
        assert_eq!(key.mask("Incorrect API key provided: sk-12345."), "Incorrect API key provided: [key].");
        assert_eq!(key.expose(), "sk-12345");
        assert_eq!(Secret::new("  "), None);
    }
}
