//! Fixed texts for trying out a client: all of Markdown, a megabyte, and hostile signs.

use super::model::Model;
use super::models::Recital;
use super::piece::{Piece, Pieces, Token};
use super::tokens;

/// The length of the long text in bytes.
const BIG: usize = 1_000_000;

/// All Markdown that a reader may meet.
const MARKDOWN: &str = include_str!("../../assets/sandbox/markdown.md");

/// Signs that a terminal must never see raw: cursor moves, colours, the clipboard, links, titles, bidi, invisible ones.
/// The pieces are the deltas, cut inside the sequences.
const HOSTILE: &[&str] = &[
    "This text tries to harm a terminal. ",
    "Clear screen: \u{1b}",
    "[2J\u{1b}[",
    "H gone? Red: \u{1b}[3",
    "1mred\u{1b}[0m.\n\n",
    "Clipboard: \u{1b}]5",
    "2;c;cm0gLXJmIH4=",
    "\u{7} and \u{1b}]52;c;?\u{1b}",
    "\\ done. Title: \u{1b}]0;owned\u{7}",
    ". Link: \u{1b}]8;;https://evil.example\u{1b}\\",
    "click\u{1b}]8;;\u{1b}\\ open \u{1b}]8;;https://evil.example/never-closed\u{7}.\n\n",
    "C1: \u{9b}31m \u{9d}0;owned\u{9c} \u{90}q\u{9c}. ",
    "Query: \u{1b}[6n\u{1b}[c\u{1b}P+q544e\u{1b}\\. ",
    "Alternate: \u{1b}[?1049h\u{1b}[?25l\u{1b}c. Hidden: \u{1b}[8mrm -rf ~\u{1b}[0m.\n\n",
    "Overwrite: safe\rEVIL and ab\u{8}\u{8}xy, bell \u{7}, null \0, delete \u{7f}, tab\u{b}\u{c}.\n\n",
    "Bidi: access \u{202e}txt.exe",
    "\u{202c} and \u{2066}level\u{2067} user\u{2069}\u{2069}. ",
    "Invisible: ad\u{200b}min, pass\u{ad}word, \u{feff}mark, \u{2060}join, tag\u{e0041}\u{e0042}\u{e007f}.\n\n",
    "Many marks: e\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}. ",
    "Wide: 漢字 👩\u{200d}👩\u{200d}👧 🇫🇷. ",
    "Unclosed: \u{1b}]0;no end",
];

/// The pieces of a fixed text.
pub(crate) fn pieces(model: &'static Model, which: Recital) -> Pieces {
    let whole = |text: &'static str| Piece::Text(Token::certain(text));
    match which {
        Recital::Markdown => Box::new(tokens::split(MARKDOWN).map(whole)),
        Recital::Hostile => Box::new(HOSTILE.iter().copied().map(whole)),
        Recital::Big => Box::new(lines(model).map(whole)),
    }
}

/// All passages again and again, line by line, up to [`BIG`] bytes.
fn lines(model: &'static Model) -> impl Iterator<Item = &'static str> {
    let bodies = model.passages.iter().cycle().flat_map(|passage| passage.body.split_inclusive('\n').chain(["\n\n"]));
    let mut left = BIG;
    bodies.map_while(move |line| {
        left = left.checked_sub(line.len())?;
        Some(line)
    })
}
