//! Takes secrets out of bytes that come in pieces, also where a secret is cut by the end of a piece.
//!
//! Holds back no more than the end of a piece that is the beginning of a secret.

use std::mem;

use bytes::Bytes;
use memchr::{memchr_iter, memmem};

use super::mask::SHORTEST_SECRET;
use crate::chat::Secret;

/// What stands in the place of a secret.
pub(super) const MASKED: &str = "[key]";

/// A masker of one body. What comes out is the same however the body is cut.
pub(super) struct ByteMask {
    /// Each at least [`SHORTEST_SECRET`] long.
    secrets: Vec<Secret>,
    held: Vec<u8>,
}

impl ByteMask {
    /// Each secret is known as it is and as JSON may spell it: with its quotes and backslashes escaped, or its slashes.
    pub(super) fn of(secrets: impl IntoIterator<Item = Secret>) -> Self {
        let mut all: Vec<Secret> = Vec::new();
        for secret in secrets {
            let escaped = serde_json::Value::from(secret.expose()).to_string();
            let escaped = &escaped[1..escaped.len() - 1];
            let spellings = [Secret::new(escaped), Secret::new(&escaped.replace('/', "\\/")), Some(secret)];
            for spelling in spellings.into_iter().flatten() {
                if spelling.expose().len() >= SHORTEST_SECRET && !all.contains(&spelling) {
                    all.push(spelling);
                }
            }
        }
        Self { secrets: all, held: Vec::new() }
    }

    /// The next bytes, masked; without a secret in them they are handed on as they are.
    pub(super) fn push(&mut self, bytes: &Bytes) -> Bytes {
        let bytes = if self.held.is_empty() {
            bytes.clone()
        } else {
            let mut joined = mem::take(&mut self.held);
            joined.extend_from_slice(bytes);
            Bytes::from(joined)
        };
        if self.spellings().any(|secret| memmem::find(&bytes, secret).is_some()) {
            let (masked, open) = self.replaced(&bytes, |rest| self.may_begin(rest));
            self.held = bytes[open..].to_vec();
            return masked;
        }
        let open = self.open(&bytes);
        self.held = bytes[open..].to_vec();
        bytes.slice(..open)
    }

    /// What was held back, at the end of the body.
    pub(super) fn finish(&mut self) -> Bytes {
        let held = mem::take(&mut self.held);
        self.replaced(&held, |_| false).0
    }

    /// A text that is whole.
    pub(super) fn text(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.replaced(text.as_bytes(), |_| false).0).into_owned()
    }

    fn spellings(&self) -> impl Iterator<Item = &[u8]> {
        self.secrets.iter().map(|secret| secret.expose().as_bytes())
    }

    /// Where the last bytes are the beginning of a secret; the end when they are none.
    fn open(&self, bytes: &[u8]) -> usize {
        let beginning = |secret: &[u8]| {
            let from = bytes.len().saturating_sub(secret.len() - 1);
            let mut places = memchr_iter(*secret.first()?, &bytes[from..]).map(|place| from + place);
            places.find(|place| secret.starts_with(&bytes[*place..]))
        };
        self.spellings().filter_map(beginning).min().unwrap_or(bytes.len())
    }

    fn may_begin(&self, rest: &[u8]) -> bool {
        self.spellings().any(|secret| secret.len() > rest.len() && secret.starts_with(rest))
    }

    /// The bytes with each secret replaced, the first one first and the longest of those that begin there, up to the
    /// place where `open` says that more has to come.
    fn replaced(&self, bytes: &[u8], open: impl Fn(&[u8]) -> bool) -> (Bytes, usize) {
        let mut out = Vec::with_capacity(bytes.len());
        let mut place = 0;
        while place < bytes.len() && !open(&bytes[place..]) {
            let here = self.spellings().filter(|secret| bytes[place..].starts_with(secret)).map(<[u8]>::len).max();
            match here {
                Some(length) => {
                    out.extend_from_slice(MASKED.as_bytes());
                    place += length;
                }
                None => {
                    out.push(bytes[place]);
                    place += 1;
                }
            }
        }
        (Bytes::from(out), place)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mask(secrets: &[&str]) -> ByteMask {
        ByteMask::of(secrets.iter().filter_map(|secret| Secret::new(secret)))
    }

    fn masked(secrets: &[&str], pieces: &[&[u8]]) -> Vec<String> {
        let mut mask = mask(secrets);
        let mut out: Vec<Bytes> = pieces.iter().map(|piece| mask.push(&Bytes::copy_from_slice(piece))).collect();
        out.push(mask.finish());
        out.iter().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect()
    }

    #[test]
    fn a_secret_is_masked_whole_or_cut_and_nothing_else_is_held_back() {
        let key = "sk-12345678";
        assert_eq!(masked(&[key], &[b"a sk-12345678 b"]), ["a [key] b", ""]);
        assert_eq!(masked(&[key], &[b"a sk-123", b"45678 b"]), ["a ", "[key] b", ""]);
        assert_eq!(masked(&[key], &[b"risk", b"-free"]), ["ri", "sk-free", ""]);
        assert_eq!(masked(&[key], &[b"data: {}\n\n", b"ask"]), ["data: {}\n\n", "a", "sk"]);
    }

    #[test]
    fn a_secret_is_known_as_json_spells_it() {
        let spelled = br#"{"a":"ab\/cd\/efgh","b":"say \"12345678\"","c":"ab/cd/efgh"}"#;
        let known = masked(&["ab/cd/efgh", r#"say "12345678""#], &[spelled]);
        assert_eq!(known[0], r#"{"a":"[key]","b":"[key]","c":"[key]"}"#);
    }

    #[test]
    fn of_two_secrets_that_begin_alike_the_longer_one_goes() {
        let secrets = ["aaaaaaaa", "aaaaaaaabb"];
        assert_eq!(masked(&secrets, &[b"aaaaaaaa", b"bb!"]), ["", "[key]!", ""]);
        assert_eq!(masked(&secrets, &[b"aaaaaaaab", b"c"]), ["", "[key]bc", ""]);
        assert_eq!(masked(&secrets, &[b"aaaaaaaa"]), ["", "[key]"]);
    }

    #[test]
    fn bytes_without_a_secret_are_not_copied() {
        let bytes = Bytes::from_static(b"data: {\"choices\":[]}\n\n");
        assert_eq!(mask(&["sk-12345678"]).push(&bytes).as_ptr(), bytes.as_ptr());
    }

    proptest! {
        #[test]
        fn no_cut_lets_a_secret_through_or_changes_what_comes_out(
            secrets in prop::collection::vec("[ab]{8,11}", 1..4),
            filling in prop::collection::vec((0..4_usize, "[abc]{0,9}"), 0..12),
            cuts in prop::collection::vec(0..200_usize, 0..8),
        ) {
            let body: String =
                filling.iter().flat_map(|(place, text)| [secrets.get(*place).map_or("", |s| s.as_str()), text]).collect();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut % (body.len() + 1)).collect();
            cuts.extend([0, body.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|pair| &body.as_bytes()[pair[0]..pair[1]]).collect();
            let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
            let out = masked(&secrets, &pieces).concat();
            prop_assert_eq!(&out, &mask(&secrets).text(&body));
            prop_assert!(secrets.iter().all(|secret| !out.contains(secret)), "{}", out);
        }
    }
}
