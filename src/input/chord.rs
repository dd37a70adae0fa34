//! Chords: one key with its modifiers, as it is written, shown and pressed.
//!
//! Owns the one way in which a chord is spelled inside the program, whatever a terminal makes of it. Knows no actions.

use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// One key and its modifiers, in normal form: a letter that Shift made is upper case and has Shift, any other sign has
/// no Shift, Shift+Tab is Tab with Shift, and the control codes 28 to 31 go by their ASCII names (`\ ] ^ _`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Chord {
    code: KeyCode,
    modifiers: KeyModifiers,
}

impl Chord {
    /// Reads a chord as it is written in keymap files: `ctrl-p`, `Ctrl+P`, `alt-enter`, `shift-tab`, `F5`, `[`, `Y`
    /// (which is Shift and y). Letters are the same in either case when a modifier stands before them.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (modifiers, key) = split_modifiers(text);
        let mut letters = key.chars();
        let code = match (letters.next(), letters.next()) {
            (Some(letter), None) if letter.is_control() => return None,
            (Some(letter), None) if modifiers.is_empty() => KeyCode::Char(letter),
            (Some(letter), None) => KeyCode::Char(lower(letter)),
            _ => named(key)?,
        };
        Some(Self::normal(code, modifiers))
    }

    /// The chord of a key press or a repeat; `None` for a release, and for modifiers and locks on their own.
    #[must_use]
    pub fn pressed(key: KeyEvent) -> Option<Self> {
        let own = matches!(
            key.code,
            KeyCode::Modifier(_) | KeyCode::CapsLock | KeyCode::NumLock | KeyCode::ScrollLock | KeyCode::Null
        );
        (key.kind != KeyEventKind::Release && !own).then(|| Self::normal(key.code, key.modifiers))
    }

    /// The sign that this chord types into a text, if it types one.
    #[must_use]
    pub fn types(self) -> Option<char> {
        match self.code {
            KeyCode::Char(sign) if (self.modifiers - KeyModifiers::SHIFT).is_empty() => Some(sign),
            _ => None,
        }
    }

    /// Why the chord is better left alone, if it is: terminals and multiplexers have a use of their own for it.
    #[must_use]
    pub fn trouble(self) -> Option<&'static str> {
        if self.modifiers != KeyModifiers::CONTROL {
            return None;
        }
        match self.code {
            KeyCode::Char('b') => Some("tmux takes Ctrl+B for itself"),
            KeyCode::Char('a') => Some("screen takes Ctrl+A for itself"),
            KeyCode::Char('h') => Some("many terminals send Ctrl+H for Backspace"),
            KeyCode::Char('i') => Some("most terminals send Ctrl+I for Tab"),
            KeyCode::Char('m') => Some("most terminals send Ctrl+M for Enter"),
            _ => None,
        }
    }

    pub(super) fn code(self) -> KeyCode {
        self.code
    }

    pub(super) fn modifiers(self) -> KeyModifiers {
        self.modifiers
    }

    fn normal(code: KeyCode, modifiers: KeyModifiers) -> Self {
        match code {
            KeyCode::BackTab => Self { code: KeyCode::Tab, modifiers: modifiers | KeyModifiers::SHIFT },
            KeyCode::Char(sign) => Self::normal_sign(sign, modifiers),
            _ => Self { code, modifiers },
        }
    }

    fn normal_sign(sign: char, modifiers: KeyModifiers) -> Self {
        let held = modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        match sign {
            '\r' => return Self { code: KeyCode::Enter, modifiers },
            '\n' => return Self { code: KeyCode::Char('j'), modifiers: modifiers | KeyModifiers::CONTROL },
            '\t' => return Self { code: KeyCode::Tab, modifiers },
            _ => {}
        }
        // A plain terminal sends one code for Ctrl+7 and Ctrl+_, and crossterm names it after the digit.
        let sign = match sign {
            '4'..='7' if modifiers.contains(KeyModifiers::CONTROL) => {
                ['\\', ']', '^', '_'][sign as usize - '4' as usize]
            }
            other => other,
        };
        let cased = lower(sign) != upper(sign);
        // With Ctrl or Alt held, a capital without Shift can only be Caps Lock; alone, it is what Shift made.
        let shifted = modifiers.contains(KeyModifiers::SHIFT) || (!held && sign == upper(sign));
        let (sign, shift) = match (cased, shifted) {
            (true, true) => (upper(sign), KeyModifiers::SHIFT),
            (true, false) => (lower(sign), KeyModifiers::NONE),
            (false, _) => (sign, KeyModifiers::NONE),
        };
        Self { code: KeyCode::Char(sign), modifiers: (modifiers - KeyModifiers::SHIFT) | shift }
    }
}

/// The modifiers that stand before the key, and the key. `-` and `+` both join, and both can be the key.
fn split_modifiers(text: &str) -> (KeyModifiers, &str) {
    let mut modifiers = KeyModifiers::NONE;
    let mut rest = text;
    while let Some(join) = rest.find(['-', '+']) {
        let (word, key) = (&rest[..join], &rest[join + 1..]);
        let modifier = match word.to_ascii_lowercase().as_str() {
            "ctrl" | "control" => KeyModifiers::CONTROL,
            "alt" | "option" => KeyModifiers::ALT,
            "shift" => KeyModifiers::SHIFT,
            "cmd" | "super" => KeyModifiers::SUPER,
            _ => break,
        };
        if key.is_empty() {
            break;
        }
        modifiers |= modifier;
        rest = key;
    }
    (modifiers, rest)
}

/// A key that goes by a name, in crokey's spelling; crokey also takes several keys at once, which no plain terminal
/// can tell apart, so those are refused.
fn named(key: &str) -> Option<KeyCode> {
    if key.eq_ignore_ascii_case("plus") {
        return Some(KeyCode::Char('+'));
    }
    let combination = crokey::parse(key).ok()?;
    match combination.codes {
        crokey::OneToThree::One(code) => Some(code),
        _ => None,
    }
}

/// The small letter of a capital, where the two are each other's only counterpart; else the sign itself.
fn lower(sign: char) -> char {
    let small = single(sign.to_lowercase(), sign);
    if single(small.to_uppercase(), small) == sign { small } else { sign }
}

/// The capital of a small letter, where the two are each other's only counterpart; else the sign itself.
fn upper(sign: char) -> char {
    let capital = single(sign.to_uppercase(), sign);
    if single(capital.to_lowercase(), capital) == sign { capital } else { sign }
}

fn single(mut letters: impl Iterator<Item = char>, sign: char) -> char {
    match (letters.next(), letters.next()) {
        (Some(letter), None) => letter,
        _ => sign,
    }
}

impl fmt::Display for Chord {
    /// As the help and the footer show it: `Ctrl+J`, `Shift+Tab`, `PageUp`, `Y`. It parses back into the same chord.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = self.modifiers - KeyModifiers::SHIFT;
        for (modifier, name) in
            [(KeyModifiers::CONTROL, "Ctrl+"), (KeyModifiers::ALT, "Alt+"), (KeyModifiers::SUPER, "Cmd+")]
        {
            if held.contains(modifier) {
                f.write_str(name)?;
            }
        }
        let letter_alone = held.is_empty() && matches!(self.code, KeyCode::Char(_));
        if self.modifiers.contains(KeyModifiers::SHIFT) && !letter_alone {
            f.write_str("Shift+")?;
        }
        match self.code {
            KeyCode::Char(' ') => f.write_str("Space"),
            KeyCode::Char('-') => f.write_str("Minus"),
            KeyCode::Char('+') => f.write_str("Plus"),
            KeyCode::Char(sign) if held.is_empty() => write!(f, "{sign}"),
            KeyCode::Char(sign) => write!(f, "{}", upper(sign)),
            KeyCode::Esc => f.write_str("Esc"),
            KeyCode::Delete => f.write_str("Delete"),
            KeyCode::Insert => f.write_str("Insert"),
            KeyCode::PageUp => f.write_str("PageUp"),
            KeyCode::PageDown => f.write_str("PageDown"),
            KeyCode::F(number) => write!(f, "F{number}"),
            code => write!(f, "{code:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossterm::event::KeyEventState;
    use proptest::prelude::*;

    fn event(code: KeyCode, modifiers: KeyModifiers) -> Option<Chord> {
        Chord::pressed(KeyEvent::new(code, modifiers))
    }

    #[test]
    fn a_chord_reads_the_same_however_it_is_written() {
        for [one, other] in [
            ["ctrl-p", "Ctrl+P"],
            ["shift-tab", "backtab"],
            ["shift-y", "Y"],
            ["ctrl-7", "Ctrl+_"],
            ["alt-ENTER", "alt-enter"],
            ["ctrl--", "ctrl-minus"],
            ["alt-+", "Alt+Plus"],
            ["-", "Hyphen"],
        ] {
            assert_eq!(Chord::parse(one), Chord::parse(other), "{one} {other}");
            assert!(Chord::parse(one).is_some(), "{one}");
        }
        for wrong in ["", "ctrl-", "ctrl-pp", "hyper-x", "a-b", "f99", "ctrl", "\u{7}"] {
            assert_eq!(Chord::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_terminals_send_differently_is_the_same_chord() {
        let (none, shift, ctrl) = (KeyModifiers::NONE, KeyModifiers::SHIFT, KeyModifiers::CONTROL);
        assert_eq!(event(KeyCode::Char('Y'), shift), Chord::parse("Y"));
        assert_eq!(event(KeyCode::Char('Y'), none), Chord::parse("Y"));
        assert_eq!(event(KeyCode::Char('y'), shift), Chord::parse("Y"));
        assert_eq!(event(KeyCode::Char('?'), shift), Chord::parse("?"));
        assert_eq!(event(KeyCode::BackTab, none), Chord::parse("shift-tab"));
        assert_eq!(event(KeyCode::BackTab, shift), Chord::parse("shift-tab"));
        assert_eq!(event(KeyCode::Tab, shift), Chord::parse("shift-tab"));
        assert_eq!(event(KeyCode::Char('\n'), none), Chord::parse("ctrl-j"));
        assert_eq!(event(KeyCode::Char('7'), ctrl), Chord::parse("ctrl-_"));
        assert_eq!(event(KeyCode::Char('P'), ctrl), Chord::parse("ctrl-p"));
        assert_eq!(event(KeyCode::Char('A'), shift | KeyModifiers::ALT), Chord::parse("alt-shift-a"));
    }

    #[test]
    fn a_release_is_no_chord_and_a_repeat_or_a_keypad_key_is() {
        let key = |kind, state| KeyEvent { code: KeyCode::Enter, modifiers: KeyModifiers::NONE, kind, state };
        assert_eq!(Chord::pressed(key(KeyEventKind::Release, KeyEventState::NONE)), None);
        assert_eq!(Chord::pressed(key(KeyEventKind::Repeat, KeyEventState::KEYPAD)), Chord::parse("enter"));
        let shift_alone = KeyCode::Modifier(crossterm::event::ModifierKeyCode::LeftShift);
        assert_eq!(event(shift_alone, KeyModifiers::SHIFT), None);
    }

    #[test]
    fn a_chord_shows_itself_in_words() {
        for shown in ["Ctrl+J", "Alt+Enter", "Shift+Tab", "Up", "PageDown", "Y", "y", "Ctrl+_", "Space", "F12", "Esc"] {
            assert_eq!(Chord::parse(shown).unwrap().to_string(), shown);
        }
        assert_eq!(Chord::parse("ctrl-alt-shift-left").unwrap().to_string(), "Ctrl+Alt+Shift+Left");
    }

    #[test]
    fn letters_without_a_counterpart_of_their_own_are_left_as_they_are() {
        // The micro sign's capital is that of mu; the Kelvin sign's small letter is k; the sharp s has two capitals.
        for sign in ['µ', '\u{212a}', 'ß', 'ſ'] {
            let chord = event(KeyCode::Char(sign), KeyModifiers::ALT).unwrap();
            assert_eq!(chord.to_string(), format!("Alt+{sign}"));
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_parses_back(sign in any::<char>().prop_filter("visible", |c| !c.is_control() && !c.is_whitespace()), bits in 0u8..8) {
            let modifiers = KeyModifiers::from_bits_truncate(bits);
            let chord = event(KeyCode::Char(sign), modifiers).unwrap();
            prop_assert_eq!(Chord::parse(&chord.to_string()), Some(chord));
        }
    }
}
