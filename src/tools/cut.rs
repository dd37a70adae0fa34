//! Texts that are too long for a request, cut with a note of what is missing.

use std::borrow::Cow;

use crate::text::grouped;

/// The first bytes of a text, whole characters only, with a note of how much is left out; a text that fits stays as it
/// is. The note comes on top of the limit.
#[must_use]
pub fn shortened(text: &str, most_bytes: usize) -> Cow<'_, str> {
    let end = text.floor_char_boundary(most_bytes);
    if end == text.len() { Cow::Borrowed(text) } else { Cow::Owned(cut(text[..end].to_owned(), text.len() - end)) }
}

/// A text that was cut, with the note.
pub(super) fn cut(mut text: String, missing: usize) -> String {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(&format!("[cut here; {} more bytes are left out]", grouped(missing as u64)));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_says_how_much_of_it_is_missing() {
        assert_eq!(shortened("fits", 4), "fits");
        assert_eq!(shortened("a€b", 3), "a\n[cut here; 4 more bytes are left out]");
        assert_eq!(shortened("line\nmore", 5), "line\n[cut here; 4 more bytes are left out]");
        assert_eq!(shortened(&"x".repeat(2000), 0), "[cut here; 2,000 more bytes are left out]");
    }
}
