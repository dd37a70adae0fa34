//! Standard output and standard error. What goes to a terminal is made safe first.

use std::io::{self, IsTerminal, Write};

use serde_json::Value;

use crate::text::{Cleaner, clean, contains_hidden};

/// Prints a sentence of our own to standard error. Parts of it may be a server's, so a terminal gets it cleaned.
pub(super) fn say(sentence: &str) {
    let sentence = if io::stderr().is_terminal() { clean(sentence) } else { sentence.into() };
    // Nobody is left to be told when standard error is closed.
    let _ = writeln!(io::stderr(), "{sentence}");
}

/// An error as a sentence, so that another may follow it: with a full stop where it has no end of its own.
pub(super) fn sentence(error: &impl ToString) -> String {
    let text = error.to_string();
    if text.ends_with(['.', '!', '?', '…']) { text } else { format!("{text}.") }
}

/// A stream that text is written to as it comes.
pub(super) struct Sink<W> {
    out: W,
    cleaner: Option<Cleaner>,
    ends_line: bool,
}

impl Sink<io::Stdout> {
    pub(super) fn stdout() -> Self {
        Self::new(io::stdout(), io::stdout().is_terminal())
    }
}

impl Sink<io::Stderr> {
    pub(super) fn stderr() -> Self {
        Self::new(io::stderr(), io::stderr().is_terminal())
    }
}

impl<W: Write> Sink<W> {
    fn new(out: W, terminal: bool) -> Self {
        Self { out, cleaner: terminal.then(Cleaner::default), ends_line: true }
    }

    /// Writes a piece of a text; a terminal gets it without what could drive it, even when that is split over pieces.
    pub(super) fn write(&mut self, piece: &str) -> io::Result<()> {
        let mut safe = String::new();
        let shown = match &mut self.cleaner {
            Some(cleaner) => {
                cleaner.push(piece, &mut safe);
                safe.as_str()
            }
            None => piece,
        };
        self.put(shown)
    }

    /// Ends the text: with a newline, if it does not end in one.
    pub(super) fn end(&mut self) -> io::Result<()> {
        let mut rest = String::new();
        if let Some(cleaner) = &mut self.cleaner {
            cleaner.finish(&mut rest);
        }
        self.put(&rest)?;
        if !self.ends_line {
            self.put("\n")?;
        }
        Ok(())
    }

    fn put(&mut self, text: &str) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        self.ends_line = text.ends_with('\n');
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }
}

/// Prints a line to standard output; a reader that went away is no error.
pub(super) fn print_line(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// Prints a value as a line of JSON. A terminal gets what could drive or deceive it as `\u` escapes, which are the same
/// JSON.
pub(super) fn print_json(value: &Value) {
    let line = value.to_string();
    if io::stdout().is_terminal() { print_line(&escaped(&line)) } else { print_line(&line) }
}

fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut units = [0; 2];
    for sign in json.chars() {
        if sign.is_control() || contains_hidden(sign.encode_utf8(&mut [0; 4])) {
            out.extend(sign.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            out.push(sign);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(terminal: bool, pieces: &[&str]) -> String {
        let mut sink = Sink::new(Vec::new(), terminal);
        for piece in pieces {
            sink.write(piece).unwrap();
        }
        sink.end().unwrap();
        String::from_utf8(sink.out).unwrap()
    }

    #[test]
    fn a_terminal_never_gets_an_escape_sequence_even_in_pieces() {
        assert_eq!(written(true, &["a\x1b", "[31", "mred"]), "ared\n");
    }

    #[test]
    fn json_for_a_terminal_is_the_same_json_in_visible_characters() {
        let value = serde_json::json!({"text": "a\u{9b}31m\u{202e}\u{e0041}\u{7f}\n日本 👩‍👩‍👧"});
        let shown = escaped(&value.to_string());
        assert!(!shown.chars().any(char::is_control) && shown.contains("\\u009b31m\\u202e"), "{shown}");
        assert_eq!(serde_json::from_str::<Value>(&shown).unwrap(), value);
    }

    #[test]
    fn a_pipe_gets_the_bytes_as_they_came() {
        assert_eq!(written(false, &["a\x1b[31mred\n"]), "a\x1b[31mred\n");
    }
}
