//! The `@path` words of a draft, and paths that a terminal pasted.
//!
//! Owns what may be the name of a file. Whether there is such a file is found out elsewhere.

/// One word of a draft that may name a file, the likeliest spelling first: what stands in the text, and the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtWord {
    pub spellings: Vec<(String, String)>,
}

impl AtWord {
    /// A word of one spelling.
    #[must_use]
    pub fn new(word: impl Into<String>, path: impl Into<String>) -> Self {
        Self { spellings: vec![(word.into(), path.into())] }
    }

    /// The word of a path, in quotes where it has spaces.
    #[must_use]
    pub fn of_path(path: &str) -> Self {
        let word = if path.contains(char::is_whitespace) { format!("@\"{path}\"") } else { format!("@{path}") };
        Self::new(word, path)
    }
}

/// Words that are looked up at the most: a pasted source full of decorators names no files.
const MOST_WORDS: usize = 64;

/// The longest path that systems take.
const LONGEST_PATH: usize = 4096;

/// The words of a draft that may name files: an `@` where a word begins, and what follows it up to a space, or up to the
/// closing quote of `@"a path"`.
#[must_use]
pub fn at_words(text: &str) -> Vec<AtWord> {
    let mut words: Vec<AtWord> = Vec::new();
    for (at, _) in text.match_indices('@').filter(|(at, _)| begins_word(text, *at)) {
        let Some(word) = word(&text[at + 1..]) else { continue };
        if !words.contains(&word) {
            words.push(word);
        }
        if words.len() == MOST_WORDS {
            break;
        }
    }
    words
}

/// Whether a word begins at a byte: at the beginning, or behind a space or an opening bracket or quote.
fn begins_word(text: &str, at: usize) -> bool {
    text[..at].chars().next_back().is_none_or(|sign| sign.is_whitespace() || "([{<\"'“‘«".contains(sign))
}

fn word(rest: &str) -> Option<AtWord> {
    if let Some(quoted) = rest.strip_prefix('"') {
        let path = &quoted[..quoted.find(['"', '\n'])?];
        let closed = quoted[path.len()..].starts_with('"') && !path.is_empty() && path.len() <= LONGEST_PATH;
        return closed.then(|| AtWord::new(format!("@\"{path}\""), path));
    }
    let path = rest.split(char::is_whitespace).next().unwrap_or_default();
    // A sentence goes on behind a name: its punctuation is tried without, from the whole word down.
    let bare = path.trim_end_matches(|sign: char| ".,;:!?)]}>\"'”’»".contains(sign));
    let mut spellings = vec![path];
    spellings.extend((bare != path).then_some(bare));
    spellings.retain(|path| !path.is_empty() && path.len() <= LONGEST_PATH);
    let spellings: Vec<_> = spellings.into_iter().map(|path| (format!("@{path}"), path.to_owned())).collect();
    (!spellings.is_empty()).then_some(AtWord { spellings })
}

/// What stands between the `@` of a word and a place behind it; `None` where no such word is being written.
#[must_use]
pub fn open_word(before: &str) -> Option<&str> {
    let at = before.rfind('@').filter(|at| begins_word(before, *at))?;
    let word = &before[at + 1..];
    (!word.contains(char::is_whitespace) && !word.starts_with('"') && word.len() <= LONGEST_PATH).then_some(word)
}

/// The path in a paste that is nothing but one, as terminals write the files that are dropped on them: absolute, with
/// spaces behind backslashes or in quotes, or as a `file://` address.
#[must_use]
pub fn dropped_path(paste: &str) -> Option<String> {
    let text = paste.trim();
    if text.is_empty() || text.contains('\n') || text.len() > LONGEST_PATH {
        return None;
    }
    let quoted = |sign: char| text.strip_prefix(sign).and_then(|rest| rest.strip_suffix(sign));
    let path = if let Some(address) = text.strip_prefix("file://") {
        percent_decoded(&address[address.find('/')?..])?
    } else if let Some(path) = quoted('\'').or_else(|| quoted('"')) {
        path.to_owned()
    } else {
        unescaped(text)?
    };
    (path.starts_with('/') || path.starts_with("~/")).then_some(path)
}

/// A path as a shell would read it; `None` for several words.
fn unescaped(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut signs = text.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '\\' => out.push(signs.next()?),
            sign if sign.is_whitespace() => return None,
            sign => out.push(sign),
        }
    }
    Some(out)
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            let (high, low) = (digit(bytes.next()?)?, digit(bytes.next()?)?);
            out.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn paths(text: &str) -> Vec<String> {
        let join = |word: AtWord| word.spellings.into_iter().map(|(_, path)| path).collect::<Vec<_>>().join("|");
        at_words(text).into_iter().map(join).collect()
    }

    #[test]
    fn a_word_begins_with_its_sign_and_an_address_has_it_within() {
        assert_eq!(paths("See @a.md, (@b/c.rs) and @~/d."), ["a.md,|a.md", "b/c.rs)|b/c.rs", "~/d.|~/d"]);
        assert_eq!(paths("ada@example.org @ @@x @a.md @a.md"), ["@x", "a.md"]);
        assert_eq!(paths("@\"my notes.md\" @\"open"), ["my notes.md"]);
        assert_eq!(paths("@override\n@é.txt"), ["override", "é.txt"]);
        assert_eq!(at_words(&"@a1 @a2 @b ".repeat(99)).len(), 3);
        assert_eq!(at_words(&(0..99).map(|n| format!("@{n} ")).collect::<String>()).len(), MOST_WORDS);
    }

    #[test]
    fn a_word_is_open_up_to_its_first_space() {
        assert_eq!(open_word("See @src/ma"), Some("src/ma"));
        assert_eq!(open_word("@"), Some(""));
        for none in ["", "ada@exa", "@a b", "@\"a"] {
            assert_eq!(open_word(none), None, "{none}");
        }
    }

    #[test]
    fn a_dropped_file_is_a_path_and_nothing_else() {
        for (paste, path) in [
            ("/home/ada/cat.png ", "/home/ada/cat.png"),
            ("/home/ada/my\\ cat.png", "/home/ada/my cat.png"),
            ("'/home/ada/my cat.png'", "/home/ada/my cat.png"),
            ("file:///home/ada/my%20cat%C3%A9.png\n", "/home/ada/my caté.png"),
            ("file://localhost/cat.png", "/cat.png"),
            ("~/cat.png", "~/cat.png"),
        ] {
            assert_eq!(dropped_path(paste).as_deref(), Some(path), "{paste}");
        }
        for none in ["cat.png", "/etc is a directory", "see /a.png", "/a\n/b", "file://x", "file:///%zz", "", "/a\\"] {
            assert_eq!(dropped_path(none), None, "{none}");
        }
    }

    proptest! {
        #[test]
        fn every_spelling_stands_in_the_text(text in "([@\"'. ()a-c/~\n]|\\PC){0,40}") {
            for (word, _) in at_words(&text).into_iter().flat_map(|word| word.spellings) {
                prop_assert!(text.contains(&word), "{word} in {text}");
            }
            let _ = (open_word(&text), dropped_path(&text));
        }
    }
}
