//! What a program wrote to its terminal, taken apart into text and sequences.

use std::collections::BTreeSet;

/// A piece of the byte stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    /// `ESC [`, the private sign if there is one, the parameters, the final byte.
    Csi {
        private: Option<char>,
        params: String,
        last: char,
    },
    /// `ESC ]` up to its end, without both.
    Osc(String),
    /// `ESC` and anything else.
    Other(char),
}

/// Takes a stream apart. A sequence without an end is given as it stands.
pub(super) fn pieces(bytes: &[u8]) -> Vec<Piece> {
    let text = String::from_utf8_lossy(bytes);
    let mut pieces = Vec::new();
    let mut rest = text.as_ref();
    while !rest.is_empty() {
        let Some(after) = rest.strip_prefix('\x1b') else {
            let end = rest.find('\x1b').unwrap_or(rest.len());
            pieces.push(Piece::Text(rest[..end].to_owned()));
            rest = &rest[end..];
            continue;
        };
        let (piece, next) = sequence(after);
        pieces.push(piece);
        rest = next;
    }
    pieces
}

/// The sequence after an ESC, and what follows it.
fn sequence(after: &str) -> (Piece, &str) {
    if let Some(body) = after.strip_prefix('[') {
        let end = body.find(|sign| ('\x40'..='\x7e').contains(&sign)).unwrap_or(body.len());
        let (head, rest) = body.split_at(end);
        let mut signs = rest.chars();
        let last = signs.next().unwrap_or('\0');
        let params = head.trim_start_matches(['?', '>', '<', '=']);
        let private = head.chars().next().filter(|_| params.len() < head.len());
        return (Piece::Csi { private, params: params.to_owned(), last }, signs.as_str());
    }
    if let Some(body) = after.strip_prefix(']') {
        let bell = body.find('\x07').map(|at| (at, 1));
        let st = body.find("\x1b\\").map(|at| (at, 2));
        let (end, long) = [bell, st].into_iter().flatten().min().unwrap_or((body.len(), 0));
        return (Piece::Osc(body[..end].to_owned()), &body[end + long..]);
    }
    let mut signs = after.chars();
    (Piece::Other(signs.next().unwrap_or('\0')), signs.as_str())
}

/// The modes that a stream leaves set on a terminal that was as new before it: private modes by their number, `cursor
/// hidden`, `keyboard` for the kitty protocol (each screen has a stack of its own), `style` for what SGR set.
pub(super) fn modes_left(bytes: &[u8]) -> BTreeSet<String> {
    let mut set = BTreeSet::new();
    let mut keyboard = [0_usize; 2];
    for piece in pieces(bytes) {
        let Piece::Csi { private, params, last } = piece else { continue };
        let screen = usize::from(set.contains("1049"));
        match (private, last) {
            (Some('?'), 'h' | 'l') => params.split(';').for_each(|mode| switch(&mut set, mode, last == 'h')),
            (Some('>'), 'u') => keyboard[screen] += 1,
            (Some('<'), 'u') => keyboard[screen] = keyboard[screen].saturating_sub(params.parse().unwrap_or(1)),
            (None, 'm') if matches!(params.as_str(), "" | "0") => {
                set.remove("style");
            }
            (None, 'm') => {
                set.insert("style".to_owned());
            }
            _ => {}
        }
    }
    if keyboard != [0, 0] {
        set.insert("keyboard".to_owned());
    }
    set
}

/// The cursor is shown at first, so its mode is one to restore when it is off.
fn switch(set: &mut BTreeSet<String>, mode: &str, on: bool) {
    let (name, restored) = if mode == "25" { ("cursor hidden", on) } else { (mode, !on) };
    if restored {
        set.remove(name);
    } else {
        set.insert(name.to_owned());
    }
}

/// The private modes that a stream ever set.
pub(super) fn modes_set(bytes: &[u8]) -> BTreeSet<String> {
    let set = pieces(bytes).into_iter().filter_map(|piece| match piece {
        Piece::Csi { private: Some('?'), params, last: 'h' } => Some(params),
        Piece::Csi { private: Some('>'), last: 'u', .. } => Some("keyboard".to_owned()),
        _ => None,
    });
    set.collect()
}

/// The SGR parameters that set a colour.
pub(super) fn colours(bytes: &[u8]) -> BTreeSet<String> {
    let mut colours = BTreeSet::new();
    for piece in pieces(bytes) {
        let Piece::Csi { private: None, params, last: 'm' } = piece else { continue };
        let first = params.split([';', ':']).next().and_then(|first| first.parse::<u16>().ok()).unwrap_or(0);
        let coloured = |code| matches!(code, 30..=38 | 40..=48 | 58 | 90..=97 | 100..=107);
        if coloured(first) {
            colours.insert(params);
        }
    }
    colours
}

#[test]
fn a_stream_is_taken_apart_into_text_and_sequences() {
    let csi = |private, params: &str, last| Piece::Csi { private, params: params.to_owned(), last };
    let text = |text: &str| Piece::Text(text.to_owned());
    assert_eq!(
        pieces(b"a\x1b[?25lb\x1b[1;31m\x1b]0;t\x07\x1b]11;?\x1b\\\x1b7c\x1b[<1u"),
        [
            text("a"),
            csi(Some('?'), "25", 'l'),
            text("b"),
            csi(None, "1;31", 'm'),
            Piece::Osc("0;t".to_owned()),
            Piece::Osc("11;?".to_owned()),
            Piece::Other('7'),
            text("c"),
            csi(Some('<'), "1", 'u'),
        ]
    );
}

#[test]
fn a_mode_is_left_unless_it_was_undone_on_its_own_screen() {
    let left = |bytes: &[u8]| modes_left(bytes).into_iter().collect::<Vec<_>>();
    assert!(left(b"\x1b[?1049h\x1b[>1u\x1b[?25l\x1b[31m\x1b[0m\x1b[<1u\x1b[?1049l\x1b[?25h").is_empty());
    assert_eq!(left(b"\x1b[?1049h\x1b[>1u\x1b[?1049l\x1b[<1u\x1b[?25l\x1b[1m"), ["cursor hidden", "keyboard", "style"]);
}
