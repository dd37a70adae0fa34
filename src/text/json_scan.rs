//! Splits a whole JSON text into its tokens, as they are written.
//!
//! Owns the grammar of RFC 8259. Keeps its own stack of open brackets, so no depth of nesting is too deep for it.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Open,
    Close,
    Comma,
    Colon,
    Key,
    String,
    Number,
    Constant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
}

/// The tokens of exactly one JSON value, or nothing if the text is anything else.
pub(super) fn scan(text: &str) -> Option<Vec<Token<'_>>> {
    let mut grammar = Grammar { open: Vec::new(), expected: Expected::Value };
    let mut tokens = Vec::new();
    let mut rest = text.trim_start_matches(BLANKS);
    while !rest.is_empty() {
        let len = token_len(rest)?;
        let (text, after) = (rest.get(..len)?, &rest[len..]);
        tokens.push(Token { kind: grammar.accept(text)?, text });
        rest = after.trim_start_matches(BLANKS);
    }
    (grammar.expected == Expected::End).then_some(tokens)
}

const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Expected {
    Value,
    ValueOrClose,
    Key,
    KeyOrClose,
    Colon,
    CommaOrClose,
    End,
}

struct Grammar {
    /// The closing brackets that are still due.
    open: Vec<char>,
    expected: Expected,
}

impl Grammar {
    fn accept(&mut self, token: &str) -> Option<Kind> {
        use Expected::{Colon, CommaOrClose, Key, KeyOrClose, Value, ValueOrClose};
        let first = token.chars().next()?;
        match (self.expected, first) {
            (Value | ValueOrClose, '{') => Some(self.open('}', KeyOrClose)),
            (Value | ValueOrClose, '[') => Some(self.open(']', ValueOrClose)),
            (ValueOrClose | KeyOrClose | CommaOrClose, '}' | ']') => self.close(first),
            (CommaOrClose, ',') => {
                Some(self.go_on(Kind::Comma, if self.open.last() == Some(&'}') { Key } else { Value }))
            }
            (Key | KeyOrClose, '"') => Some(self.go_on(Kind::Key, Colon)),
            (Colon, ':') => Some(self.go_on(Kind::Colon, Value)),
            (Value | ValueOrClose, '"') => Some(self.end_value(Kind::String)),
            (Value | ValueOrClose, 't' | 'f' | 'n') => Some(self.end_value(Kind::Constant)),
            (Value | ValueOrClose, '-' | '0'..='9') => Some(self.end_value(Kind::Number)),
            _ => None,
        }
    }

    fn go_on(&mut self, kind: Kind, expected: Expected) -> Kind {
        self.expected = expected;
        kind
    }

    fn open(&mut self, closing: char, expected: Expected) -> Kind {
        self.open.push(closing);
        self.go_on(Kind::Open, expected)
    }

    fn close(&mut self, closing: char) -> Option<Kind> {
        if self.open.pop() != Some(closing) {
            return None;
        }
        Some(self.end_value(Kind::Close))
    }

    fn end_value(&mut self, kind: Kind) -> Kind {
        let expected = if self.open.is_empty() { Expected::End } else { Expected::CommaOrClose };
        self.go_on(kind, expected)
    }
}

fn token_len(text: &str) -> Option<usize> {
    match text.as_bytes().first()? {
        b'{' | b'}' | b'[' | b']' | b',' | b':' => Some(1),
        b'"' => string_len(text.as_bytes()),
        b'-' | b'0'..=b'9' => number_len(text.as_bytes()),
        _ => ["true", "false", "null"].into_iter().find(|word| text.starts_with(word)).map(str::len),
    }
}

fn string_len(bytes: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += escape_len(&bytes[at..])?,
            0..=0x1F => return None,
            _ => at += 1,
        }
    }
}

fn escape_len(bytes: &[u8]) -> Option<usize> {
    match bytes.get(1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(2),
        b'u' => bytes.get(2..6)?.iter().all(u8::is_ascii_hexdigit).then_some(6),
        _ => None,
    }
}

fn number_len(bytes: &[u8]) -> Option<usize> {
    let sign = usize::from(bytes.first() == Some(&b'-'));
    let whole = match bytes.get(sign)? {
        b'0' => 1,
        _ => digits(&bytes[sign..])?,
    };
    let mut len = sign + whole;
    if bytes.get(len) == Some(&b'.') {
        len += 1 + digits(&bytes[len + 1..])?;
    }
    if matches!(bytes.get(len), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(len + 1), Some(b'+' | b'-')));
        len += 1 + sign + digits(&bytes[len + 1 + sign..])?;
    }
    Some(len)
}

/// How many digits stand here; there must be one at least.
fn digits(bytes: &[u8]) -> Option<usize> {
    let count = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (count > 0).then_some(count)
}
