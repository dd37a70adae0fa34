//! Tokens: words with their leading space, punctuation, newlines.
//!
//! Owns the cutting of text into tokens, which loses no byte, and the numbering of those the model knows.

use std::collections::HashMap;

/// The longest token in characters, so that a megabyte without a space is not one token.
const LONGEST: usize = 24;

/// Cuts text into tokens; joined they are the text again.
pub(crate) fn split(text: &str) -> Split<'_> {
    Split { rest: text }
}

/// How many tokens a text has.
pub(crate) fn count(text: &str) -> usize {
    split(text).count()
}

/// The tokens of a text, front to back.
#[derive(Clone, Debug)]
pub(crate) struct Split<'t> {
    rest: &'t str,
}

impl<'t> Iterator for Split<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        if self.rest.is_empty() {
            return None;
        }
        let (token, rest) = self.rest.split_at_checked(token_len(self.rest))?;
        self.rest = rest;
        Some(token)
    }
}

/// The length in bytes of the first token; at least one character of a text that is not empty.
fn token_len(text: &str) -> usize {
    let spaces = text.bytes().take_while(|byte| *byte == b' ').count();
    let body = &text[spaces..];
    match (spaces, body.chars().next()) {
        (_, None | Some('\n')) if spaces > 0 => spaces.min(LONGEST),
        (0 | 1, Some(first)) => spaces + body_len(body, first),
        // Of a wider gap the last space belongs to the word after it.
        _ => (spaces - 1).min(LONGEST),
    }
}

fn body_len(body: &str, first: char) -> usize {
    if stands_alone(first) {
        return first.len_utf8();
    }
    if first.is_alphanumeric() || first == '_' {
        return word_len(body);
    }
    let longest = if first == '\n' { 2 } else { LONGEST };
    body.chars().take(longest).take_while(|next| *next == first).map(char::len_utf8).sum()
}

fn word_len(body: &str) -> usize {
    let mut len = 0;
    let mut chars = body.char_indices().take(LONGEST).peekable();
    while let Some((at, next)) = chars.next() {
        let inside = (next.is_alphanumeric() && !stands_alone(next)) || next == '_';
        let joins = next == '\'' && chars.peek().is_some_and(|(_, after)| after.is_alphabetic());
        if !inside && !joins {
            break;
        }
        len = at + next.len_utf8();
    }
    len
}

/// Scripts without spaces between words: one token a sign.
fn stands_alone(sign: char) -> bool {
    matches!(u32::from(sign), 0x0E00..=0x0EFF | 0x2E80..=0x9FFF | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

/// The number of a token the model knows.
pub(crate) type TokenId = u32;

/// Ends every passage; its text is empty and never sent.
pub(crate) const END: TokenId = 0;

/// The tokens that the model knows, by number and by text.
#[derive(Debug)]
pub(crate) struct Vocabulary {
    words: Vec<&'static str>,
    ids: HashMap<&'static str, TokenId>,
}

impl Vocabulary {
    /// Only [`END`].
    pub(crate) fn new() -> Self {
        Self { words: vec![""], ids: HashMap::new() }
    }

    /// The number of `word`, a new one at its first sight.
    pub(crate) fn learn(&mut self, word: &'static str) -> TokenId {
        let next = TokenId::try_from(self.words.len()).unwrap_or(END);
        let id = *self.ids.entry(word).or_insert(next);
        if id == next {
            self.words.push(word);
        }
        id
    }

    /// The text of a token; empty for [`END`] and for numbers never given out.
    pub(crate) fn text(&self, id: TokenId) -> &'static str {
        self.words.get(id as usize).copied().unwrap_or_default()
    }

    /// How many tokens are known, with [`END`].
    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        split(text).collect()
    }

    #[test]
    fn words_carry_their_leading_space_and_markdown_keeps_its_marks() {
        assert_eq!(cut("Don't set top_p, **please**."), ["Don't", " set", " top_p", ",", " **", "please", "**", "."]);
        assert_eq!(cut("- a\n\n```sh\n    ls\n```"), ["-", " a", "\n\n", "```", "sh", "\n", "   ", " ls", "\n", "```"]);
        assert_eq!(cut("天気 ok  \n"), ["天", "気", " ok", "  ", "\n"]);
        assert_eq!(cut("'quoted'"), ["'", "quoted", "'"]);
    }

    #[test]
    fn a_long_run_is_several_tokens() {
        assert_eq!(count(&"a".repeat(48)), 2);
        assert_eq!(count(&"=".repeat(25)), 2);
    }

    #[test]
    fn a_vocabulary_numbers_each_word_once() {
        let mut known = Vocabulary::new();
        let (a, b, again) = (known.learn("a"), known.learn(" b"), known.learn("a"));
        assert_eq!((a, b, again, known.len()), (1, 2, 1, 3));
        assert_eq!((known.text(b), known.text(END), known.text(99)), (" b", "", ""));
    }

    proptest! {
        #[test]
        fn tokens_joined_are_the_text(text in "(?s).{0,80}|[ \n'a_-]{0,40}") {
            prop_assert_eq!(split(&text).collect::<String>(), text);
        }
    }
}
