//! An answer as a row of pieces, and what ends it: the text's own end, a stop string, the limit.

use std::borrow::Cow;
use std::collections::VecDeque;

use super::tokens;

/// One token of an answer, with its log-probabilities.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token {
    pub text: Cow<'static, str>,
    /// 0 for a token that could be no other, such as a brace that the schema demands.
    pub logprob: f64,
    pub top: Vec<(&'static str, f64)>,
}

impl Token {
    /// A token without an alternative.
    pub(crate) fn certain(text: impl Into<Cow<'static, str>>) -> Self {
        Self { text: text.into(), logprob: 0.0, top: Vec::new() }
    }
}

/// A piece of an answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Piece {
    Reasoning(String),
    Text(Token),
    /// A call begins.
    Call {
        index: usize,
        id: String,
        name: String,
    },
    Arguments {
        index: usize,
        text: String,
    },
    /// The last piece.
    Finish(Finish),
}

impl Piece {
    /// How many tokens of usage it is; a call's name counts as one.
    pub(crate) fn tokens(&self) -> usize {
        match self {
            Self::Text(token) => tokens::count(&token.text),
            Self::Reasoning(text) | Self::Arguments { text, .. } => tokens::count(text),
            Self::Call { .. } => 1,
            Self::Finish(_) => 0,
        }
    }
}

/// Why an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finish {
    Stop,
    Length,
    ToolCalls,
}

impl Finish {
    /// The wire's word.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Length => "length",
            Self::ToolCalls => "tool_calls",
        }
    }
}

/// A source of pieces.
pub(crate) type Pieces = Box<dyn Iterator<Item = Piece> + Send>;

/// Ends a source in time and says why.
pub(crate) struct Bounded {
    source: Pieces,
    stops: Vec<String>,
    left: usize,
    called: bool,
    /// Text that may turn out to be the beginning of a stop string.
    held: VecDeque<Token>,
    ready: VecDeque<Piece>,
    ended: bool,
}

impl Bounded {
    /// `limit` counts all tokens; a stop string and what follows it is not sent.
    pub(crate) fn new(source: Pieces, limit: usize, stops: Vec<String>) -> Self {
        Self { source, stops, left: limit, called: false, held: VecDeque::new(), ready: VecDeque::new(), ended: false }
    }

    fn step(&mut self) {
        let Some(piece) = self.source.next() else {
            return self.end(if self.called { Finish::ToolCalls } else { Finish::Stop });
        };
        let Some(left) = self.left.checked_sub(piece.tokens()) else { return self.end(Finish::Length) };
        self.left = left;
        match piece {
            Piece::Text(token) if !self.stops.is_empty() => self.hold(token),
            other => {
                self.called |= matches!(other, Piece::Call { .. });
                self.ready.push_back(other);
            }
        }
    }

    fn hold(&mut self, token: Token) {
        self.held.push_back(token);
        let text: String = self.held.iter().map(|token| token.text.as_ref()).collect();
        if let Some(at) = self.stops.iter().filter_map(|stop| text.find(stop.as_str())).min() {
            self.release(at);
            self.held.clear();
            return self.end(Finish::Stop);
        }
        let risk = self.stops.iter().map(|stop| overlap(&text, stop)).max().unwrap_or(0);
        let safe = text.len() - risk;
        let mut whole = 0;
        for token in &self.held {
            if whole + token.text.len() > safe {
                break;
            }
            whole += token.text.len();
        }
        self.release(whole);
    }

    /// Sends the first `len` bytes of the held text.
    fn release(&mut self, mut len: usize) {
        while len > 0 {
            let Some(mut token) = self.held.pop_front() else { return };
            if token.text.len() > len {
                token.text = Cow::Owned(token.text.get(..len).unwrap_or_default().to_owned());
            }
            len -= token.text.len();
            self.ready.push_back(Piece::Text(token));
        }
    }

    fn end(&mut self, why: Finish) {
        self.ended = true;
        let held = std::mem::take(&mut self.held);
        self.ready.extend(held.into_iter().map(Piece::Text));
        self.ready.push_back(Piece::Finish(why));
    }
}

/// The longest end of `text` that begins `stop`.
fn overlap(text: &str, stop: &str) -> usize {
    let longest = text.len().min(stop.len() - 1);
    (1..=longest).rev().find(|len| stop.is_char_boundary(*len) && text.ends_with(&stop[..*len])).unwrap_or(0)
}

impl Iterator for Bounded {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        while self.ready.is_empty() && !self.ended {
            self.step();
        }
        self.ready.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn run(text: &'static str, limit: usize, stops: &[&str]) -> (String, usize, Vec<Finish>) {
        let source = Box::new(tokens::split(text).map(|token| Piece::Text(Token::certain(token))));
        let stops = stops.iter().map(|stop| (*stop).to_owned()).collect();
        let (mut out, mut count, mut ends) = (String::new(), 0, Vec::new());
        for piece in Bounded::new(source, limit, stops) {
            match piece {
                Piece::Text(token) => {
                    out.push_str(&token.text);
                    count += 1;
                }
                Piece::Finish(why) => ends.push(why),
                _ => {}
            }
        }
        (out, count, ends)
    }

    #[test]
    fn the_limit_counts_tokens_and_names_the_length() {
        assert_eq!(run("one two three", 2, &[]), ("one two".to_owned(), 2, vec![Finish::Length]));
        assert_eq!(run("one two three", 3, &[]), ("one two three".to_owned(), 3, vec![Finish::Stop]));
        assert_eq!(run("one two stop", 2, &["stop"]), ("one two".to_owned(), 2, vec![Finish::Length]));
    }

    #[test]
    fn a_stop_string_is_cut_even_across_tokens_and_inside_one() {
        assert_eq!(run("one two three", 9, &["wo th"]).0, "one t");
        assert_eq!(run("one two three", 9, &["xyz", " two"]), ("one".to_owned(), 1, vec![Finish::Stop]));
        assert_eq!(run("one two thr", 9, &["three"]).0, "one two thr");
    }

    proptest! {
        #[test]
        fn the_text_is_that_before_the_stop_string(stop in "[a-c ]{1,4}") {
            const TEXT: &str = "ab ca bbc aac cab abc b a ccb";
            let first = TEXT.find(stop.as_str()).unwrap_or(TEXT.len());
            prop_assert_eq!(run(TEXT, 99, &[&stop]).0, &TEXT[..first]);
        }
    }
}
