//! Log probabilities: the tokens of a reply, how likely each was, and what could have stood in its place.
//!
//! Reads the API's `logprobs` object as servers write it. A token may hold only some bytes of a character; the character
//! then stands in the token that completes it, so that the texts of all tokens joined are the reply's text.

use serde_json::Value;

/// What servers write for a token that is too unlikely to be listed (API reference, `logprob`), with room for rounding.
const SLIGHT: f64 = -9998.0;

/// How likely the model held a token.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Chance {
    /// The natural logarithm of its probability, 0 at the most.
    Known(f64),
    /// Less likely than those that the server lists; it does not say how much.
    Slight,
    /// The server did not tell.
    Unknown,
}

/// A token that stands at a place, or could have stood there.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The characters that end in it, as they came.
    pub text: String,
    /// Its bytes of a character that goes on in the next token.
    pub unfinished: Vec<u8>,
    pub chance: Chance,
}

/// One token of a reply.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    pub said: Candidate,
    /// The likeliest at its place, as the server lists them: most often the one that was said is among them.
    pub top: Vec<Candidate>,
}

/// The tokens of a reply, as far as they came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tokens {
    all: Vec<Token>,
    /// Bytes of a character that is not complete yet.
    unfinished: Vec<u8>,
}

impl Chance {
    fn read(value: Option<&Value>) -> Self {
        match value.and_then(Value::as_f64) {
            Some(slight) if slight <= SLIGHT => Self::Slight,
            // Rounding can lift a certain token a little above 0.
            Some(logprob) => Self::Known(logprob.min(0.0)),
            None => Self::Unknown,
        }
    }

    /// From 0 to 1, where the server told.
    #[must_use]
    pub fn probability(self) -> Option<f64> {
        match self {
            Self::Known(logprob) => Some(logprob.exp()),
            Self::Slight | Self::Unknown => None,
        }
    }
}

impl Tokens {
    /// Takes in one `logprobs` object: the tokens of the text, and those of a refusal. What is no token is passed over.
    pub fn push(&mut self, logprobs: &Value) {
        let lists = ["content", "refusal"].into_iter().filter_map(|key| logprobs.get(key)?.as_array());
        for token in lists.flatten().filter(|token| token.is_object()) {
            let top = token.get("top_logprobs").and_then(Value::as_array);
            let top = top.into_iter().flatten().map(|other| self.candidate(other).0).collect();
            let (said, unfinished) = self.candidate(token);
            self.unfinished = unfinished;
            self.all.push(Token { said, top });
        }
    }

    /// Tokens that were kept elsewhere.
    #[must_use]
    pub fn restored(all: Vec<Token>, unfinished: Vec<u8>) -> Self {
        Self { all, unfinished }
    }

    /// The bytes of a character that is not complete yet.
    #[must_use]
    pub fn unfinished(&self) -> &[u8] {
        &self.unfinished
    }

    #[must_use]
    pub fn all(&self) -> &[Token] {
        &self.all
    }

    /// A token in the API's form, read as what follows the bytes so far, and the bytes that are unfinished after it.
    fn candidate(&self, value: &Value) -> (Candidate, Vec<u8>) {
        let chance = Chance::read(value.get("logprob"));
        let Some(bytes) = bytes(value) else {
            let broken = if self.unfinished.is_empty() { "" } else { "\u{FFFD}" };
            let token = value.get("token").and_then(Value::as_str).unwrap_or_default();
            return (Candidate { text: format!("{broken}{token}"), unfinished: Vec::new(), chance }, Vec::new());
        };
        let (text, rest) = decoded([self.unfinished.as_slice(), &bytes].concat());
        let own = rest.get(rest.len().saturating_sub(bytes.len())..).unwrap_or_default().to_vec();
        (Candidate { text, unfinished: own, chance }, rest)
    }
}

/// A token's bytes, where the server lists them.
fn bytes(value: &Value) -> Option<Vec<u8>> {
    let list = value.get("bytes")?.as_array()?;
    list.iter().map(|byte| byte.as_u64().and_then(|byte| u8::try_from(byte).ok())).collect()
}

/// The characters in some bytes, and the bytes of one that is not complete. What is no character becomes U+FFFD.
fn decoded(mut bytes: Vec<u8>) -> (String, Vec<u8>) {
    let mut text = String::new();
    loop {
        let (valid, skip) = match std::str::from_utf8(&bytes) {
            Ok(rest) => {
                text.push_str(rest);
                return (text, Vec::new());
            }
            Err(fault) => (fault.valid_up_to(), fault.error_len()),
        };
        text.push_str(&String::from_utf8_lossy(&bytes[..valid]));
        let Some(skip) = skip else { return (text, bytes.split_off(valid)) };
        text.push('\u{FFFD}');
        bytes.drain(..valid + skip);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn plain(text: &str, chance: Chance) -> Candidate {
        Candidate { text: text.to_owned(), unfinished: Vec::new(), chance }
    }

    fn read(pieces: &[Value]) -> Vec<Token> {
        let mut tokens = Tokens::default();
        pieces.iter().for_each(|piece| tokens.push(piece));
        tokens.all
    }

    #[test]
    fn tokens_and_their_alternatives_are_read_in_the_order_they_come() {
        let first = json!({"content": [{"token": "Hi", "logprob": -0.5, "bytes": [72, 105], "top_logprobs": [
            {"token": "Hi", "logprob": -0.5, "bytes": [72, 105]}, {"token": "Yo", "logprob": -1.5, "bytes": null}]}],
            "refusal": null});
        let second = json!({"content": null, "refusal": [{"token": " no", "logprob": -0.25, "top_logprobs": []}]});
        let hi = plain("Hi", Chance::Known(-0.5));
        assert_eq!(
            read(&[first, second]),
            [
                Token { said: hi.clone(), top: vec![hi, plain("Yo", Chance::Known(-1.5))] },
                Token { said: plain(" no", Chance::Known(-0.25)), top: Vec::new() },
            ]
        );
    }

    #[test]
    fn what_the_server_does_not_tell_is_unknown_and_its_least_value_is_no_figure() {
        let chances = |logprob: Value| read(&[json!({"content": [{"token": "a", "logprob": logprob}]})])[0].said.chance;
        assert_eq!(chances(json!(-9999.0)), Chance::Slight);
        assert_eq!(chances(json!(null)), Chance::Unknown);
        assert_eq!(chances(json!("-1")), Chance::Unknown);
        assert_eq!(chances(json!(0.000_001)), Chance::Known(0.0));
    }

    #[test]
    fn odd_objects_give_the_tokens_that_they_hold() {
        let odd = json!({"content": [null, 5, {"token": "a"}, {"logprob": -1, "bytes": [300]}], "refusal": "no"});
        assert_eq!(
            read(&[odd]),
            [("a", Chance::Unknown), ("", Chance::Known(-1.0))]
                .map(|(text, chance)| Token { said: plain(text, chance), top: Vec::new() })
        );
        assert_eq!(read(&[json!(null), json!([1]), json!({"content": {}})]), []);
    }

    #[test]
    fn a_character_in_two_tokens_stands_in_the_second_one_and_so_does_its_alternative() {
        let piece = json!({"content": [
            {"token": "\\xf0\\x9f", "logprob": -1.0, "bytes": [0xF0, 0x9F]},
            {"token": "\\x98\\x80!", "logprob": -2.0, "bytes": [0x98, 0x80, 0x21],
                "top_logprobs": [{"token": "?", "logprob": -0.5, "bytes": [0x98, 0x8E]}]},
        ]});
        let opening = Candidate { text: String::new(), unfinished: vec![0xF0, 0x9F], chance: Chance::Known(-1.0) };
        assert_eq!(
            read(&[piece]),
            [
                Token { said: opening, top: Vec::new() },
                Token { said: plain("😀!", Chance::Known(-2.0)), top: vec![plain("😎", Chance::Known(-0.5))] },
            ]
        );
    }

    #[test]
    fn bytes_that_make_no_character_are_marked() {
        let piece = json!({"content": [{"bytes": [0xFF, 0x41]}, {"bytes": [0xE2]}, {"token": "b"}]});
        let texts: Vec<String> = read(&[piece]).into_iter().map(|token| token.said.text).collect();
        assert_eq!(texts, ["\u{FFFD}A", "", "\u{FFFD}b"]);
    }

    proptest! {
        #[test]
        fn the_texts_of_all_tokens_joined_are_the_reply(text in "(a|é|漢|😀|\n){0,12}", cuts in prop::collection::vec(1usize..4, 1..60)) {
            let mut rest = text.as_bytes();
            let mut tokens = Tokens::default();
            let mut cuts = cuts.iter().cycle();
            while !rest.is_empty() {
                let (piece, after) = rest.split_at((*cuts.next().unwrap()).min(rest.len()));
                tokens.push(&json!({"content": [{"token": "?", "logprob": -1, "bytes": piece}]}));
                rest = after;
            }
            prop_assert_eq!(tokens.all.iter().map(|token| token.said.text.as_str()).collect::<String>(), text);
            prop_assert!(tokens.unfinished.is_empty());
        }
    }
}
