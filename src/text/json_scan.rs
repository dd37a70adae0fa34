//! Splits a JSON text into its tokens, as they are written, also while it comes.
//!
//! Owns the grammar of RFC 8259 and the code fence that models put around an answer. Keeps its own stack of open
//! brackets, so no depth of nesting is too deep for it; of a text that comes in parts it never looks at a byte twice.

use std::ops::Range;

use super::json_token::{Begun, Escape, Reach};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonKind {
    Open,
    Close,
    Comma,
    Colon,
    Key,
    String,
    Number,
    Constant,
    /// The line of a code fence around the JSON.
    Fence,
    /// What follows the place where the text stopped being JSON.
    Raw,
}

/// A token, or a part of one: strings, numbers and words may come in parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonPiece<'a> {
    pub kind: JsonKind,
    /// May be empty where only the end of a number became known.
    pub text: &'a str,
    pub begins: bool,
    pub ends: bool,
}

/// Where a text stops being JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonFault {
    /// In bytes from the start.
    pub at: usize,
    /// Half a sentence.
    pub said: &'static str,
}

/// The state between two parts of a text.
#[derive(Clone, Debug)]
pub struct JsonScanner {
    fence: Fence,
    grammar: Grammar,
    token: Option<(JsonKind, Begun)>,
    /// Bytes taken.
    at: usize,
    /// Where the value begins, and where it ends so far.
    value: Range<usize>,
    fault: Option<JsonFault>,
}

/// Where the text is in a code fence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fence {
    /// None is looked for, or something else came first.
    None,
    /// Only blanks came so far.
    Possible,
    /// So many of the backticks came.
    Begun(u8),
    /// In the line of the opening one.
    Line,
    Inside,
    /// After the JSON so many of the closing backticks came.
    Closing(u8),
}

/// The tokens of exactly one JSON value, or nothing if the text is anything else.
pub(super) fn scan(text: &str) -> Option<Vec<JsonPiece<'_>>> {
    let mut scanner = JsonScanner::bare();
    let mut tokens = Vec::new();
    scanner.push(text, &mut |piece| {
        if !piece.text.is_empty() {
            tokens.push(piece);
        }
    });
    scanner.finish(&mut |_| {});
    scanner.is_whole().then_some(tokens)
}

const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    Value,
    ValueOrClose,
    Key,
    KeyOrClose,
    Colon,
    CommaOrClose,
    End,
}

#[derive(Clone, Debug)]
struct Grammar {
    /// The closing brackets that are still due.
    open: Vec<char>,
    expected: Expected,
}

impl JsonScanner {
    /// For JSON alone.
    #[must_use]
    pub fn bare() -> Self {
        let grammar = Grammar { open: Vec::new(), expected: Expected::Value };
        Self { fence: Fence::None, grammar, token: None, at: 0, value: 0..0, fault: None }
    }

    /// For a model's answer, which may stand in a code fence.
    #[must_use]
    pub fn of_answer() -> Self {
        Self { fence: Fence::Possible, ..Self::bare() }
    }

    /// Takes the whole text for no JSON.
    pub(super) fn unread() -> Self {
        Self { fault: Some(JsonFault { at: 0, said: "it is not read" }), ..Self::bare() }
    }

    /// Takes the next part of the text.
    pub fn push<'t>(&mut self, text: &'t str, each: &mut impl FnMut(JsonPiece<'t>)) {
        let mut rest = text;
        while !rest.is_empty() {
            let taken = match self.fault {
                None => self.step(rest, each),
                Some(_) => {
                    each(JsonPiece { kind: JsonKind::Raw, text: rest, begins: false, ends: false });
                    rest.len()
                }
            };
            self.at += taken;
            rest = &rest[taken..];
        }
    }

    /// Says that nothing follows: a number is complete then.
    pub fn finish<'t>(&mut self, each: &mut impl FnMut(JsonPiece<'t>)) {
        if let Some((kind, _)) = self.token.filter(|(_, begun)| begun.may_end()) {
            self.token = None;
            each(JsonPiece { kind, text: "", begins: false, ends: true });
        }
    }

    /// Whether exactly one value came, whole.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.fault.is_none() && self.token.is_none() && self.grammar.expected == Expected::End
    }

    /// The bytes of the value so far, without blanks or a fence around it.
    #[must_use]
    pub fn value(&self) -> Range<usize> {
        self.value.clone()
    }

    #[must_use]
    pub fn fault(&self) -> Option<JsonFault> {
        self.fault
    }

    /// Whether the JSON stands in a code fence.
    #[must_use]
    pub fn is_fenced(&self) -> bool {
        matches!(self.fence, Fence::Line | Fence::Inside | Fence::Closing(_))
    }

    /// How many bytes it has taken.
    #[must_use]
    pub fn len(&self) -> usize {
        self.at
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.at == 0
    }

    /// Takes at least one character, or finds the fault; gives the bytes that were taken.
    fn step<'t>(&mut self, rest: &'t str, each: &mut impl FnMut(JsonPiece<'t>)) -> usize {
        if let Some((kind, begun)) = self.token {
            return self.go_on(kind, begun, rest, false, each);
        }
        if let Some(taken) = self.fenced(rest, each) {
            return taken;
        }
        let blanks = rest.len() - rest.trim_start_matches(BLANKS).len();
        if blanks > 0 {
            return blanks;
        }
        self.token(rest, each)
    }

    /// Takes what belongs to a fence.
    fn fenced<'t>(&mut self, rest: &'t str, each: &mut impl FnMut(JsonPiece<'t>)) -> Option<usize> {
        let tick = rest.starts_with('`');
        let blank = rest.starts_with(BLANKS);
        let (fence, taken) = match self.fence {
            Fence::None => return None,
            Fence::Possible if tick => (Fence::Begun(1), 1),
            Fence::Possible if blank => return None,
            Fence::Possible => {
                self.fence = Fence::None;
                return None;
            }
            Fence::Begun(2) if tick => (Fence::Line, 1),
            Fence::Begun(ticks) if tick => (Fence::Begun(ticks + 1), 1),
            Fence::Begun(_) => return Some(self.broken(0, "a value is expected")),
            Fence::Line => match rest.find('\n') {
                Some(end) => (Fence::Inside, end + 1),
                None => (Fence::Line, rest.len()),
            },
            Fence::Inside if tick && self.grammar.expected == Expected::End => (Fence::Closing(1), 1),
            Fence::Closing(ticks) if tick => (Fence::Closing(ticks.saturating_add(1)), 1),
            Fence::Inside | Fence::Closing(_) => return None,
        };
        let begins = matches!(fence, Fence::Begun(1) | Fence::Closing(1));
        self.fence = fence;
        let text = rest[..taken].trim_end_matches('\n');
        each(JsonPiece { kind: JsonKind::Fence, text, begins, ends: fence == Fence::Inside });
        Some(taken)
    }

    fn token<'t>(&mut self, rest: &'t str, each: &mut impl FnMut(JsonPiece<'t>)) -> usize {
        let Some(first) = rest.bytes().next() else { return 0 };
        let Some(kind) = self.grammar.accept(first) else {
            let said = self.grammar.expected.said();
            return self.broken(0, said);
        };
        if self.value.is_empty() {
            self.value.start = self.at;
        }
        self.value.end = self.at + 1;
        match first {
            b'"' => {
                each(JsonPiece { kind, text: &rest[..1], begins: true, ends: false });
                self.token = Some((kind, Begun::Text(Escape::None)));
                1
            }
            first => match Begun::at(first) {
                Some(begun) => self.go_on(kind, begun, rest, true, each),
                None => {
                    each(JsonPiece { kind, text: &rest[..1], begins: true, ends: true });
                    1
                }
            },
        }
    }

    fn go_on<'t>(
        &mut self,
        kind: JsonKind,
        begun: Begun,
        rest: &'t str,
        begins: bool,
        each: &mut impl FnMut(JsonPiece<'t>),
    ) -> usize {
        let (taken, ends) = match begun.reach(rest.as_bytes()) {
            Reach::GoesOn(begun) => {
                self.token = Some((kind, begun));
                (rest.len(), false)
            }
            Reach::Ends(taken) => {
                self.token = None;
                (taken, true)
            }
            Reach::Broken(taken, said) => {
                self.broken(taken, said);
                (taken, false)
            }
        };
        self.value.end = self.at + taken;
        each(JsonPiece { kind, text: &rest[..taken], begins, ends });
        taken
    }

    fn broken(&mut self, after: usize, said: &'static str) -> usize {
        self.fault = Some(JsonFault { at: self.at + after, said });
        self.token = None;
        0
    }
}

impl Expected {
    fn said(self) -> &'static str {
        match self {
            Self::Value => "a value is expected",
            Self::ValueOrClose => "a value or ] is expected",
            Self::Key => "a field's name in quotes is expected",
            Self::KeyOrClose => "a field's name in quotes or } is expected",
            Self::Colon => "a colon is expected",
            Self::CommaOrClose => "a comma or a closing bracket is expected",
            Self::End => "nothing more is expected",
        }
    }
}

impl Grammar {
    /// Takes the token that a byte begins; nothing when it cannot stand here.
    fn accept(&mut self, first: u8) -> Option<JsonKind> {
        use Expected::{Colon, CommaOrClose, Key, KeyOrClose, Value, ValueOrClose};
        match (self.expected, first) {
            (Value | ValueOrClose, b'{') => Some(self.open('}', KeyOrClose)),
            (Value | ValueOrClose, b'[') => Some(self.open(']', ValueOrClose)),
            (ValueOrClose | KeyOrClose | CommaOrClose, b'}' | b']') => self.close(char::from(first)),
            (CommaOrClose, b',') => {
                Some(self.go_on(JsonKind::Comma, if self.open.last() == Some(&'}') { Key } else { Value }))
            }
            (Key | KeyOrClose, b'"') => Some(self.go_on(JsonKind::Key, Colon)),
            (Colon, b':') => Some(self.go_on(JsonKind::Colon, Value)),
            (Value | ValueOrClose, b'"') => Some(self.end_value(JsonKind::String)),
            (Value | ValueOrClose, b't' | b'f' | b'n') => Some(self.end_value(JsonKind::Constant)),
            (Value | ValueOrClose, b'-' | b'0'..=b'9') => Some(self.end_value(JsonKind::Number)),
            _ => None,
        }
    }

    fn go_on(&mut self, kind: JsonKind, expected: Expected) -> JsonKind {
        self.expected = expected;
        kind
    }

    fn open(&mut self, closing: char, expected: Expected) -> JsonKind {
        self.open.push(closing);
        self.go_on(JsonKind::Open, expected)
    }

    fn close(&mut self, closing: char) -> Option<JsonKind> {
        if self.open.last() != Some(&closing) {
            return None;
        }
        self.open.pop();
        Some(self.end_value(JsonKind::Close))
    }

    fn end_value(&mut self, kind: JsonKind) -> JsonKind {
        let expected = if self.open.is_empty() { Expected::End } else { Expected::CommaOrClose };
        self.go_on(kind, expected)
    }
}

#[cfg(test)]
#[path = "json_scan_tests.rs"]
mod tests;
