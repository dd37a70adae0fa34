//! Single tokens of JSON that may be split anywhere: strings, numbers, words.
//!
//! Owns how each goes on and when it is complete. Source: RFC 8259, sections 3, 6 and 7.

/// A token that has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begun {
    Text(Escape),
    Number(Digits),
    Word { word: &'static str, seen: usize },
}

/// Where in a string the text ends so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escape {
    None,
    /// After a backslash.
    Begun,
    /// In `\u`, with so many hexadecimal digits missing.
    Code(u8),
}

/// Where in a number the text ends so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Digits {
    Start,
    Minus,
    Zero,
    Whole,
    Point,
    Fraction,
    E,
    Sign,
    Exponent,
}

/// How far a token goes in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// It takes the whole text and may go on.
    GoesOn(Begun),
    /// It ends after so many bytes.
    Ends(usize),
    /// After so many bytes stands what cannot be there.
    Broken(usize, &'static str),
}

impl Begun {
    /// The token that a byte begins, before that byte is taken.
    pub(super) fn at(first: u8) -> Option<Self> {
        let word = |word| Some(Self::Word { word, seen: 0 });
        match first {
            b'-' | b'0'..=b'9' => Some(Self::Number(Digits::Start)),
            b't' => word("true"),
            b'f' => word("false"),
            b'n' => word("null"),
            _ => None,
        }
    }

    /// How far it goes in the bytes that follow what is taken of it.
    pub(super) fn reach(self, bytes: &[u8]) -> Reach {
        match self {
            Self::Text(escape) => text(escape, bytes),
            Self::Number(digits) => number(digits, bytes),
            Self::Word { word, seen } => rest_of(word, seen, bytes),
        }
    }

    /// Whether it may end here, as a number at the end of a text does.
    pub(super) fn may_end(self) -> bool {
        matches!(self, Self::Number(digits) if digits.are_complete())
    }
}

fn text(mut escape: Escape, bytes: &[u8]) -> Reach {
    for (at, byte) in bytes.iter().enumerate() {
        escape = match (escape, byte) {
            (Escape::None, b'"') => return Reach::Ends(at + 1),
            (Escape::None, b'\\') => Escape::Begun,
            (Escape::None, 0..=0x1F) => return Reach::Broken(at, "a string holds no raw control character"),
            (Escape::None, _) => Escape::None,
            (Escape::Begun, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Escape::None,
            (Escape::Begun, b'u') => Escape::Code(4),
            (Escape::Begun, _) => return Reach::Broken(at, "an escape is expected after the backslash"),
            (Escape::Code(left), byte) if byte.is_ascii_hexdigit() => match left {
                1 => Escape::None,
                left => Escape::Code(left - 1),
            },
            (Escape::Code(_), _) => return Reach::Broken(at, "four hexadecimal digits are expected after \\u"),
        };
    }
    Reach::GoesOn(Begun::Text(escape))
}

fn number(mut digits: Digits, bytes: &[u8]) -> Reach {
    for (at, byte) in bytes.iter().enumerate() {
        match digits.next(*byte) {
            Some(next) => digits = next,
            None if digits.are_complete() => return Reach::Ends(at),
            None => return Reach::Broken(at, "a digit is expected"),
        }
    }
    Reach::GoesOn(Begun::Number(digits))
}

impl Digits {
    fn next(self, byte: u8) -> Option<Self> {
        use Digits::{E, Exponent, Fraction, Minus, Point, Sign, Start, Whole, Zero};
        match (self, byte) {
            (Start, b'-') => Some(Minus),
            (Start | Minus, b'0') => Some(Zero),
            (Start | Minus, b'1'..=b'9') | (Whole, b'0'..=b'9') => Some(Whole),
            (Zero | Whole, b'.') => Some(Point),
            (Point | Fraction, b'0'..=b'9') => Some(Fraction),
            (Zero | Whole | Fraction, b'e' | b'E') => Some(E),
            (E, b'+' | b'-') => Some(Sign),
            (E | Sign | Exponent, b'0'..=b'9') => Some(Exponent),
            _ => None,
        }
    }

    fn are_complete(self) -> bool {
        matches!(self, Self::Zero | Self::Whole | Self::Fraction | Self::Exponent)
    }
}

fn rest_of(word: &'static str, seen: usize, bytes: &[u8]) -> Reach {
    let rest = &word.as_bytes()[seen..];
    let same = rest.iter().zip(bytes).take_while(|(wanted, byte)| wanted == byte).count();
    if same == rest.len() {
        Reach::Ends(same)
    } else if same == bytes.len() {
        Reach::GoesOn(Begun::Word { word, seen: seen + same })
    } else {
        Reach::Broken(same, "a value is expected")
    }
}
