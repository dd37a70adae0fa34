//! Reasoning that a model wrote into its content between `<think>` and `</think>`.
//!
//! Owns the split at the head of a reply (wire: vercel/ai#8072); tags further on are the model's words.

use std::borrow::Cow;

use memchr::memmem;

const OPEN: &str = "<think>";
const CLOSE: &str = "</think>";

/// White space before a tag beyond this is the reply itself.
const MAX_HELD_BYTES: usize = 256;

/// A piece of content, told apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Reasoning(String),
}

/// Where in a reply's content the next piece stands.
#[derive(Debug)]
pub(super) enum Think {
    /// Nothing but white space or the start of a tag came so far: held back.
    Head(String),
    /// Within the reasoning; what may be the start of the closing tag is held back.
    Inside(String),
    /// Right after the closing tag, whose line breaks are dropped.
    Closed,
    /// The rest is text.
    Plain,
}

impl Default for Think {
    fn default() -> Self {
        Self::Head(String::new())
    }
}

impl Think {
    /// Takes the next piece of content, which is not empty.
    pub(super) fn push(&mut self, text: Cow<'_, str>, mut out: impl FnMut(Piece)) {
        match self {
            Self::Plain => out(Piece::Text(text.into_owned())),
            Self::Head(held) => {
                held.push_str(&text);
                let held = std::mem::take(held);
                self.read_head(held, &mut out);
            }
            Self::Inside(held) => {
                held.push_str(&text);
                let held = std::mem::take(held);
                self.read_inside(&held, &mut out);
            }
            Self::Closed => self.read_closed(&text, &mut out),
        }
    }

    /// Gives out what is held back: no more will come.
    pub(super) fn flush(&mut self, mut out: impl FnMut(Piece)) {
        match std::mem::replace(self, Self::Plain) {
            Self::Head(held) if !held.is_empty() => out(Piece::Text(held)),
            Self::Inside(held) if !held.is_empty() => out(Piece::Reasoning(held)),
            Self::Head(_) | Self::Inside(_) | Self::Closed | Self::Plain => {}
        }
    }

    fn read_head(&mut self, held: String, out: &mut impl FnMut(Piece)) {
        let content = held.trim_start();
        if let Some(rest) = content.strip_prefix(OPEN) {
            *self = Self::Inside(String::new());
            self.read_inside(rest, out);
        } else if OPEN.starts_with(content) && held.len() <= MAX_HELD_BYTES {
            *self = Self::Head(held);
        } else {
            *self = Self::Plain;
            out(Piece::Text(held));
        }
    }

    fn read_inside(&mut self, text: &str, out: &mut impl FnMut(Piece)) {
        if let Some(end) = memmem::find(text.as_bytes(), CLOSE.as_bytes()) {
            give(&text[..end], out);
            *self = Self::Closed;
            self.read_closed(&text[end + CLOSE.len()..], out);
            return;
        }
        let held = (1..CLOSE.len()).rev().find(|&length| text.ends_with(&CLOSE[..length])).unwrap_or(0);
        let (reasoning, start_of_tag) = text.split_at(text.len() - held);
        give(reasoning, out);
        *self = Self::Inside(start_of_tag.to_owned());
    }

    fn read_closed(&mut self, text: &str, out: &mut impl FnMut(Piece)) {
        let text = text.trim_start_matches(['\r', '\n']);
        if !text.is_empty() {
            *self = Self::Plain;
            out(Piece::Text(text.to_owned()));
        }
    }
}

fn give(reasoning: &str, out: &mut impl FnMut(Piece)) {
    if !reasoning.is_empty() {
        out(Piece::Reasoning(reasoning.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reasoning and text of a reply that comes in the given pieces.
    fn split<'a>(pieces: impl IntoIterator<Item = &'a str>) -> (String, String) {
        let (mut reasoning, mut text) = (String::new(), String::new());
        let mut sort = |piece| match piece {
            Piece::Text(piece) => text.push_str(&piece),
            Piece::Reasoning(piece) => reasoning.push_str(&piece),
        };
        let mut think = Think::default();
        for piece in pieces {
            think.push(Cow::Borrowed(piece), &mut sort);
        }
        think.flush(&mut sort);
        (reasoning, text)
    }

    #[test]
    fn the_split_is_the_same_for_every_cut() {
        for (content, reasoning, text) in [
            ("<think>a < b </thin b</think>\n\nyes </think> <think>", "a < b </thin b", "yes </think> <think>"),
            ("\n <think></think>yes", "", "yes"),
            ("<think>never closed </th", "never closed </th", ""),
            ("<thinking>no", "", "<thinking>no"),
            ("  plain <think>x</think>", "", "  plain <think>x</think>"),
            ("<thi", "", "<thi"),
            ("\n\n", "", "\n\n"),
            ("<think>漢</think>字", "漢", "字"),
        ] {
            let expected = (reasoning.to_owned(), text.to_owned());
            assert_eq!(split([content]), expected);
            let letters: Vec<String> = content.chars().map(String::from).collect();
            assert_eq!(split(letters.iter().map(String::as_str)), expected, "{content}");
        }
    }

    #[test]
    fn plain_text_is_given_out_at_once() {
        let mut pieces = Vec::new();
        let mut think = Think::default();
        think.push(Cow::Borrowed("H"), |piece| pieces.push(piece));
        think.push(Cow::Borrowed("i <"), |piece| pieces.push(piece));
        assert_eq!(pieces, [Piece::Text("H".to_owned()), Piece::Text("i <".to_owned())]);
    }
}
