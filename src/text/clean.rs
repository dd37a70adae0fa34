//! Makes untrusted text safe for a terminal, a file and the clipboard.
//!
//! Owns the one state machine that all text of models, servers and tools goes through: escape sequences vanish whole,
//! everything else that would be obeyed or hidden becomes visible. What single characters become is the next stage's.
//! Sources: ECMA-48, xterm's control sequences, CWE-150, gemini-cli#8636, codex#15974.

use std::borrow::Cow;

use super::reveal::{Revealer, plain_prefix};

/// A sequence that is longer than this many bytes is shown instead: it must not swallow the answer.
const LONGEST_SEQUENCE: usize = 4096;

const ESC: char = '\u{1B}';
const BEL: char = '\u{7}';
const CAN: char = '\u{18}';
const SUB: char = '\u{1A}';
const ST: char = '\u{9C}';

/// Cleans a text that comes in parts; a sequence may be split anywhere between them.
///
/// The result has no control characters but line feeds and tabs, and no bidi controls. Cleaning it again changes
/// nothing. Takes linear time and keeps at most 4 KiB.
#[derive(Clone, Debug, Default)]
pub struct Cleaner {
    mode: Mode,
    /// The sequence so far, to be shown if it does not end.
    held: String,
    revealer: Revealer,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mode {
    #[default]
    Ground,
    /// After ESC.
    Escape,
    /// After ESC and an intermediate: only more of them or the final byte may follow.
    Intermediate,
    /// After CSI.
    Control,
    /// In the text of a command that ST ends.
    Text(TextKind),
    /// After an ESC in such a text: `\` makes it ST.
    TextEscape(TextKind),
}

/// Which command a text belongs to: BEL ends an OSC too, and tmux doubles each ESC within a DCS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TextKind {
    Osc,
    Dcs,
    /// SOS, PM, APC.
    Other,
}

impl Cleaner {
    /// Appends the clean form of `raw` to `out`; the start of a sequence is held back until its end is known.
    pub fn push(&mut self, raw: &str, out: &mut String) {
        let mut rest = raw;
        loop {
            if self.mode == Mode::Ground {
                let (plain, after) = rest.split_at(plain_prefix(rest));
                self.revealer.take_plain(plain, out);
                rest = after;
            }
            let Some(c) = rest.chars().next() else { return };
            rest = &rest[c.len_utf8()..];
            self.step(c, out);
        }
    }

    /// Ends the text: an open sequence is shown. The cleaner is then ready for another text.
    pub fn finish(&mut self, out: &mut String) {
        self.release(out);
        self.revealer.finish(out);
    }

    fn step(&mut self, c: char, out: &mut String) {
        match self.mode {
            Mode::Ground => self.start(c, out),
            Mode::Escape => match c {
                '[' => self.hold(c, Mode::Control, out),
                ']' => self.hold(c, Mode::Text(TextKind::Osc), out),
                'P' => self.hold(c, Mode::Text(TextKind::Dcs), out),
                'X' | '^' | '_' => self.hold(c, Mode::Text(TextKind::Other), out),
                ' '..='/' => self.hold(c, Mode::Intermediate, out),
                '0'..='~' => self.vanish(),
                _ => self.give_up(c, out),
            },
            Mode::Intermediate => match c {
                ' '..='/' => self.hold(c, Mode::Intermediate, out),
                '0'..='~' => self.vanish(),
                _ => self.give_up(c, out),
            },
            Mode::Control => match c {
                ' '..='?' => self.hold(c, Mode::Control, out),
                '@'..='~' => self.vanish(),
                _ => self.give_up(c, out),
            },
            Mode::Text(kind) => self.step_text(kind, c, out),
            Mode::TextEscape(kind) => self.step_text_escape(kind, c, out),
        }
    }

    fn start(&mut self, c: char, out: &mut String) {
        let mode = match c {
            ESC => Mode::Escape,
            '\u{9B}' => Mode::Control,
            '\u{9D}' => Mode::Text(TextKind::Osc),
            '\u{90}' => Mode::Text(TextKind::Dcs),
            '\u{98}' | '\u{9E}' | '\u{9F}' => Mode::Text(TextKind::Other),
            _ => return self.revealer.take(c, out),
        };
        self.hold(c, mode, out);
    }

    fn step_text(&mut self, kind: TextKind, c: char, out: &mut String) {
        match c {
            ST => self.vanish(),
            BEL if kind == TextKind::Osc => self.vanish(),
            ESC => self.hold(c, Mode::TextEscape(kind), out),
            '\n' | '\r' | '\u{2028}' | '\u{2029}' | CAN | SUB | '\u{80}'..='\u{9F}' => self.give_up(c, out),
            _ => self.hold(c, Mode::Text(kind), out),
        }
    }

    fn step_text_escape(&mut self, kind: TextKind, c: char, out: &mut String) {
        match c {
            '\\' => self.vanish(),
            ESC if kind == TextKind::Dcs => self.hold(c, Mode::Text(kind), out),
            _ => {
                self.held.pop();
                self.release(out);
                self.start(ESC, out);
                self.step(c, out);
            }
        }
    }

    fn hold(&mut self, c: char, mode: Mode, out: &mut String) {
        self.held.push(c);
        self.mode = mode;
        if self.held.len() >= LONGEST_SEQUENCE {
            self.release(out);
        }
    }

    fn vanish(&mut self) {
        self.held.clear();
        self.mode = Mode::Ground;
        self.revealer.note_hidden();
    }

    /// No sequence after all: shows what was held and takes `c` afresh.
    fn give_up(&mut self, c: char, out: &mut String) {
        self.release(out);
        self.start(c, out);
    }

    /// Shows what was held, its controls as pictures. It starts no sequence again, so no character is taken thrice.
    fn release(&mut self, out: &mut String) {
        for c in self.held.chars() {
            self.revealer.take(c, out);
        }
        self.held.clear();
        self.mode = Mode::Ground;
    }
}

/// The clean form of a whole text, lines kept.
#[must_use]
pub fn clean(raw: &str) -> Cow<'_, str> {
    if plain_prefix(raw) == raw.len() {
        return Cow::Borrowed(raw);
    }
    let mut cleaner = Cleaner::default();
    let mut out = String::with_capacity(raw.len());
    cleaner.push(raw, &mut out);
    cleaner.finish(&mut out);
    if out == raw { Cow::Borrowed(raw) } else { Cow::Owned(out) }
}

/// The clean form on one line, for names, titles and errors: line ends and tabs become spaces.
#[must_use]
pub fn clean_line(raw: &str) -> Cow<'_, str> {
    match clean(raw) {
        cleaned if !cleaned.contains(['\n', '\t']) => cleaned,
        cleaned => Cow::Owned(cleaned.replace(['\n', '\t'], " ")),
    }
}

/// All of a text with nothing left out: sequences are shown too, their controls (CR as well) as pictures or numbers.
///
/// For what a person approves: arguments of a tool call must be seen in full (gemini-cli#8636).
#[must_use]
pub fn reveal(raw: &str) -> Cow<'_, str> {
    if plain_prefix(raw) == raw.len() {
        return Cow::Borrowed(raw);
    }
    let mut revealer = Revealer::default();
    let mut out = String::with_capacity(raw.len());
    for c in raw.chars() {
        revealer.take_literally(c, &mut out);
    }
    revealer.finish(&mut out);
    if out == raw { Cow::Borrowed(raw) } else { Cow::Owned(out) }
}

/// Whether a text holds anything that a terminal would obey or not show: sequences, controls, bidi and invisible
/// characters, floods of marks, returns that overwrite.
#[must_use]
pub fn contains_hidden(raw: &str) -> bool {
    if plain_prefix(raw) == raw.len() {
        return false;
    }
    let mut cleaner = Cleaner::default();
    let mut unread = String::with_capacity(raw.len());
    cleaner.push(raw, &mut unread);
    cleaner.finish(&mut unread);
    cleaner.revealer.found_hidden()
}

#[cfg(test)]
#[path = "clean_tests.rs"]
mod tests;
