//! What the rows of a document look like, and what holds for any text at all.

use proptest::prelude::*;

use super::*;
use crate::text::{Emphasis, StyleRole, width};

/// The rows, each span with its role and emphasis: `⟨Heading+b⟩text`. Plain text goes without.
fn dump(lines: &[Line]) -> String {
    let mut out = String::new();
    for line in lines {
        let mut role = None;
        for span in &line.spans {
            if role != Some(span.ink) && (role.is_some() || span.ink != StyleRole::Text.into()) {
                out.push_str(&format!("⟨{:?}{}⟩", span.ink.role, marks(span.ink.emphasis)));
            }
            role = Some(span.ink);
            out.push_str(&span.text);
        }
        out.push('\n');
    }
    out
}

fn marks(emphasis: Emphasis) -> String {
    let all = [(Emphasis::BOLD, "+b"), (Emphasis::ITALIC, "+i"), (Emphasis::STRIKE, "+s"), (Emphasis::UNDERLINE, "+u")];
    all.into_iter().filter(|(mark, _)| emphasis.has(*mark)).map(|(_, name)| name).collect()
}

fn plain(lines: &[Line]) -> String {
    lines.iter().map(|line| line.plain() + "\n").collect()
}

const PIECES: &[&str] = &[
    "word",
    "a longer run of words ",
    " ",
    "\n",
    "\n\n",
    "- ",
    "* ",
    "1. ",
    "12) ",
    "  ",
    "    ",
    "> ",
    ">",
    "# ",
    "### ",
    "```",
    "```rust\n",
    "~~~\n",
    "```\n",
    "| a | b |\n",
    "|---|:-:|\n",
    "|--|\n",
    "a|b\n",
    "|",
    "---\n",
    "===\n",
    "**",
    "*",
    "_",
    "~~",
    "`",
    "[",
    "]",
    "(http://x.y)",
    "[l]: /u\n",
    "[l]",
    "![",
    "<b>",
    "<!--",
    "-->",
    "<div>\n",
    "&amp;",
    "&#10;",
    "\\",
    "\t",
    "\r\n",
    "\r",
    "\u{1b}[31m",
    "日本語テキスト",
    "👩\u{200D}👧",
    "❤\u{FE0F}",
    "e\u{301}",
    "[ ] ",
    "[x] ",
    "fn main() {}\n",
    "\"str",
    "/* ",
];

fn any_markdown() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(prop::sample::select(PIECES), 0..60).prop_map(|pieces| pieces.concat());
    prop_oneof![6 => pieces, 1 => any::<String>()]
}

proptest! {
    #[test]
    fn any_text_fits_the_width_without_control_characters(source in any_markdown(), cells in 4_u16..100) {
        for line in render(&source, cells) {
            prop_assert!(width(&line.plain()) <= usize::from(cells), "{:?}", line);
            prop_assert!(!line.plain().contains(char::is_control), "{:?}", line);
        }
    }
}

const RICH: &str = include_str!("rich.md");

#[test]
fn a_rich_document_keeps_its_shape_from_20_to_160_columns() {
    for cells in [20, 40, 80, 160] {
        insta::assert_snapshot!(format!("rich_at_{cells}"), plain(&render(RICH, cells)));
    }
}

#[test]
fn the_parts_of_a_rich_document_have_their_roles() {
    insta::assert_snapshot!("rich_roles", dump(&render(RICH, 80)));
}
