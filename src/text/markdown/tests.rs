//! What the rows of a document look like, and what holds for any text at all.

use proptest::prelude::*;

use super::*;
use crate::text::{Emphasis, StyleRole, highlight, width};

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

/// Lines that open, continue, interrupt and close blocks.
const LINES: &[&str] = &[
    "",
    "",
    "",
    "word",
    "some *more* words",
    "# head",
    "===",
    "---",
    "- item",
    "- item",
    "* other",
    "1. one",
    "2. two",
    "7) seven",
    "-",
    "1.",
    "> quote",
    "> quote",
    ">",
    "> - item",
    "> # head",
    "> ```",
    "```",
    "```",
    "```rust",
    "~~~",
    "let a = \"b",
    "| a | b |",
    "|---|--:|",
    "| cell | a longer cell |",
    "| [l] | `c` |",
    "c|d",
    "-|-",
    "<div>",
    "</div>",
    "<!-- note",
    "-->",
    "<b>x</b>",
    "[l]: /url",
    "[l]: <",
    "[m]:",
    "/there",
    "'title'",
    "\"title",
    "see [l] and [m]",
    "[text][l]",
    "![i][m]",
    "> [l]: /quoted",
    "- [m]: /item",
    "***",
    "_a",
    "b_",
    "[ ] t",
];

fn any_lines() -> impl Strategy<Value = String> {
    let indent = prop::sample::select(&["", "", "", "", " ", "  ", "   ", "    ", "\t"][..]);
    let line = (indent, prop::sample::select(LINES)).prop_map(|(indent, line)| [indent, line].concat());
    let ending = prop::sample::select(&["\n", "\n", "\n", "\n", "\r\n"][..]);
    prop::collection::vec((line, ending), 0..20)
        .prop_map(|lines| lines.into_iter().map(|(line, ending)| line + ending).collect())
}

/// What may stand in a list's item or a quote, and go on there for many lines.
const INSIDE: &[&str] = &[
    "word",
    "some *more* words",
    "hard  ",
    "back\\",
    "many words that go on and on and on until several rows are full and then some more",
    "日本語の文章はここまで続きます。",
    "see [l] and [m]",
    "[l]: /url",
    "'title'",
    "# head",
    "===",
    "---",
    "- item",
    "- [ ] item",
    "1. one",
    "12) twelve",
    "-",
    "-     code",
    "-\ttab",
    "- - both",
    "- > both",
    "> - both",
    "> quote",
    ">",
    "```rust",
    "- ```rust",
    "```",
    "let a = \"b",
    "    code",
    "\tcode",
    "| a | b |",
    "- | a | b |",
    "|---|--:|",
    "| cell | [l] |",
    "| a longer cell | `c` |",
    "<div>",
    "</div>",
    "<!-- note",
    "-->",
    "<b>x</b>",
    "**open",
];

/// Lines with the margins of a few nested containers, most of them kept from one line to the next.
fn any_nested() -> impl Strategy<Value = String> {
    let margin = prop::sample::select(
        &["", "  ", "  ", "  ", "   ", "    ", "> ", "> ", ">", "  > ", ">   ", "> > ", "     ", "\t", "  \t"][..],
    );
    let lines = prop::collection::vec(prop_oneof![4 => prop::sample::select(INSIDE), 1 => Just("")], 1..6);
    let first = prop::sample::select(
        &["- a", "1. a", "> a", "- a\n  - b", "> - a", "- > a", " - a\n\n   b", "7)  a", "-", "-  ```"][..],
    );
    (first, prop::collection::vec((margin, lines), 1..8)).prop_map(|(first, parts)| {
        let line = |(margin, line): (&str, &str)| [margin, line, "\n"].concat();
        let part = |(margin, lines): (&'static str, Vec<&'static str>)| {
            lines.into_iter().map(move |text| line((margin, text)))
        };
        [first, "\n"].into_iter().map(str::to_owned).chain(parts.into_iter().flat_map(part)).collect()
    })
}

fn any_markdown() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(prop::sample::select(PIECES), 0..60).prop_map(|pieces| pieces.concat());
    prop_oneof![6 => pieces, 6 => any_lines(), 8 => any_nested(), 1 => any::<String>()]
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

fn streamed(source: &str, cuts: &[usize], cells: u16) -> Result<(), TestCaseError> {
    let mut stream = StreamingMarkdown::new(cells);
    let mut ends: Vec<usize> = cuts.iter().map(|&cut| source.floor_char_boundary(cut % (source.len() + 1))).collect();
    ends.sort_unstable();
    ends.push(source.len());
    for end in ends {
        let so_far = &source[..end];
        stream.update(so_far);
        let lines: Vec<&Line> = stream.lines().collect();
        let fresh = render(so_far, cells);
        prop_assert_eq!(plain(&stream.lines().cloned().collect::<Vec<_>>()), plain(&fresh), "{:?}", so_far);
        prop_assert_eq!(lines, fresh.iter().collect::<Vec<_>>());
    }
    Ok(())
}

/// Parts of a long paragraph, of which some wait for a closing mark and some end the paragraph.
const PROSE: &[&str] = &[
    "words ",
    "some longer words ",
    "many words that go on and on and on until several rows are full ",
    "日本語の文章はここまで続きます。",
    "한글 ",
    "snake_case ",
    "2 * 3 ",
    "**bold** ",
    "*it* ",
    "`code` ",
    "[l](/u) ",
    "a < b ",
    "&amp; ",
    "\\* ",
    "~~s~~ ",
    "👩\u{200D}👧 ",
    "e\u{301} ",
    "word",
    "<b>x</b> ",
    "- ",
    "x  \n",
    "\n",
    "\n",
    "\u{1b}[0m",
];
const MARKS: &[&str] = &[
    "*",
    "**",
    "_",
    "`",
    "[",
    "](/u)",
    "[l]",
    "|",
    "| a | b |\n",
    "|-|-|\n",
    "-|-\n",
    "===\n",
    "---\n",
    "\n\n",
    "<",
    "\n[l]: /x\n",
    "- i\n",
];

fn any_prose() -> impl Strategy<Value = String> {
    let prose = prop::collection::vec(prop::sample::select(PROSE), 5..60).prop_map(|parts| parts.concat());
    let mark = prop::sample::select(MARKS).prop_map(str::to_owned);
    let end = prop::sample::select(&["", "end", "\n===\n", "\n---\n", "\n|-|-|\nx", "\n-|-\n", "\n\n[l]: /u\n"][..])
        .prop_map(str::to_owned);
    prop::collection::vec(prop_oneof![3 => prose, 1 => mark], 1..6)
        .prop_flat_map(move |parts| end.clone().prop_map(move |end| parts.concat() + &end))
}

proptest! {
    #[test]
    fn a_long_paragraph_streams_as_it_renders(
        source in any_prose(), cuts in prop::collection::vec(any::<usize>(), 20..60), cells in 8_u16..40,
    ) {
        streamed(&source, &cuts, cells)?;
    }

    #[test]
    fn a_stream_equals_a_fresh_render_at_every_prefix(
        source in any_markdown(), cuts in prop::collection::vec(any::<usize>(), 0..40), cells in 4_u16..60,
    ) {
        streamed(&source, &cuts, cells)?;
    }
}

#[test]
fn the_rich_document_streams_byte_by_byte_as_it_renders() {
    let every: Vec<usize> = (0..RICH.len()).collect();
    for cells in [20, 40, 80] {
        streamed(RICH, &every, cells).unwrap();
    }
}

#[test]
fn each_settled_line_is_written_once() {
    let document = "# Title\n\nA paragraph of text.\nIts second line.\n\n- one\n- two\n- three\n\n```rust\nfn a() {}\n\nfn b() {}\n```\n\n\
        > quoted\n>\n> more\n\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n\nThe end.\n\n";
    let source = document.repeat(50);
    let mut stream = StreamingMarkdown::new(40);
    for end in 0..=source.len() {
        stream.update(&source[..end]);
    }
    assert_eq!(stream.work().lines_rendered, stream.len() as u64);
}

#[test]
fn a_growing_fence_costs_the_same_per_line_however_long_it_is() {
    let line = "let total = left + right; // sum\n";
    let mut source = String::from("```rust\n");
    let mut stream = StreamingMarkdown::new(80);
    let mut parsed_for = |lines: usize| {
        let before = stream.work().bytes_parsed;
        for _ in 0..lines {
            source.push_str(line);
            stream.update(&source);
        }
        stream.work().bytes_parsed - before
    };
    parsed_for(10);
    let early = parsed_for(100);
    parsed_for(1000);
    assert_eq!(parsed_for(100), early);
}

/// The lines that are highlighted for a text that grows line by line, or by this many bytes.
fn highlighted(source: &str, step: Option<usize>) -> u64 {
    let before = highlight::work::LINES.get();
    let mut stream = StreamingMarkdown::new(80);
    let ends: Vec<usize> = match step {
        Some(bytes) => (0..source.len()).step_by(bytes).collect(),
        None => source.match_indices('\n').map(|(at, _)| at + 1).collect(),
    };
    ends.into_iter().for_each(|end| stream.update(&source[..end]));
    stream.update(source);
    highlight::work::LINES.get() - before
}

#[test]
fn each_line_of_code_is_highlighted_once_and_in_a_list_or_a_quote_once_more_when_it_settles() {
    const LINES: usize = 60;
    for (opening, prefix, times) in [("", "", 1), ("- An item:\n", "  ", 2), ("", "> ", 2)] {
        let line = format!("{prefix}let total = left + right;\n");
        let source = format!("{opening}{prefix}```rust\n{}{prefix}```\n\nThe end.\n", line.repeat(LINES));
        let highlighted = highlighted(&source, None);
        assert!((1..=times * LINES as u64).contains(&highlighted), "{highlighted} times after {prefix:?}");
    }
}

#[test]
fn a_line_of_code_that_comes_in_pieces_is_highlighted_once_more_for_each_of_them() {
    let line = "let total = left + right; // sum\n";
    for lines in [10, 100] {
        let source = format!("```rust\n{}", line.repeat(lines));
        let pieces = source.len().div_ceil(4) as u64;
        assert!(highlighted(&source, Some(4)) <= pieces + lines as u64, "{lines} lines");
    }
}

/// What was rendered and parsed for a text of so many bytes that grows by 40 at a time.
fn work_of(opening: &str, part: &str, bytes: usize) -> [u64; 2] {
    let source = [opening, &part.repeat(bytes / part.len() + 1)].concat();
    let mut stream = StreamingMarkdown::new(80);
    for end in (0..source.len()).step_by(40) {
        stream.update(&source[..source.floor_char_boundary(end)]);
    }
    let Work { lines_rendered, tail_lines_rendered, bytes_parsed } = stream.work();
    [lines_rendered + tail_lines_rendered, bytes_parsed]
}

#[test]
fn twice_the_text_is_twice_the_work() {
    let shapes = [
        ("", "A sentence with **bold** words and more. "),
        ("", "A line of a paragraph\n"),
        ("", "每一步都要先测量，再修改。"),
        ("", "- an item of it\n"),
        ("", "- an item of it\n\n"),
        ("", "## A heading\n"),
        ("", "See [this] and [that][x].\n\n"),
        ("", "[^1]: a note of it\n\n"),
        ("```rust\n", "let total = left + right;\n"),
        ("| a | b |\n|---|---|\n", "| cell | other |\n"),
        ("$$\n", "x = y + z \\\\\n"),
        ("", "A line that ends hard  \n"),
        ("", "    let total = left + right;\n"),
        ("<div>\n", "a line of it<br>\n"),
        ("<!--\n", "a line of it\n\n"),
        ("- an item\n", "  - an item in it\n"),
        ("- an item\n\n  1. one\n", "     - an item in it\n\n       more of it\n"),
        ("- an item\n", "\n  A paragraph of it.\n"),
        ("- an item\n", "  goes on and on\n"),
        ("- an item\n", "  that ends hard\\\n"),
        ("- ", "A sentence with **bold** words and more. "),
        ("1. Run this:\n\n   ```sh\n", "   cargo build --release\n"),
        ("- ```sh\n", "  cargo build --release\n"),
        ("> ```sh\n", "> cargo build --release\n"),
        ("- Run this:\n\n", "      cargo build --release\n"),
        ("- A table:\n\n  | a | b |\n  |---|---|\n", "  | cell | [other] |\n"),
        ("> | a | b |\n> |---|---|\n", "> | cell | other |\n"),
        ("- <div>\n", "  a line of it<br>\n"),
        ("", "> a line of a quote, with **bold** words\n"),
        ("", "> a paragraph of a quote\n>\n"),
        ("", "> - an item in a quote\n"),
        ("> - an item\n", ">\n>   > quoted in an item\n"),
    ];
    for (opening, part) in shapes {
        let [once, twice] = [8_000, 16_000].map(|bytes| work_of(opening, part, bytes));
        let is_linear = once.into_iter().zip(twice).all(|(once, twice)| twice * 10 <= once * 23);
        assert!(is_linear, "{opening:?} {part:?}: lines and bytes {once:?}, then {twice:?}");
    }
}

#[test]
fn a_late_definition_writes_only_the_part_that_waits_for_it() {
    let mut source = String::new();
    let mut stream = StreamingMarkdown::new(40);
    for part in ["A plain paragraph.\n\n", "See [docs].\n\n", "The end.\n\n"] {
        source.push_str(part);
        stream.update(&source);
    }
    let before = stream.work().lines_rendered;
    for part in ["[docs]: /there\n\n", "More.\n\n"] {
        source.push_str(part);
        stream.update(&source);
    }
    let (see, more) = (2, 2);
    assert_eq!(stream.work().lines_rendered - before, see + more);
    assert_eq!(stream.lines().cloned().collect::<Vec<_>>(), render(&source, 40));
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

#[test]
fn code_that_nobody_looks_at_gets_no_colours() {
    let block = "- an item\n\n  ```rust\n  fn main() {}\n  ```\n\n```py\nprint(1)\n```\n\nA paragraph.\n\n";
    let source = block.repeat(50);
    let mut stream = StreamingMarkdown::new(40);
    stream.update(&source);
    let text: String = (0..stream.len()).filter_map(|at| stream.plain_line(at)).map(Line::plain).collect();
    assert_eq!((text.matches("fn main").count(), stream.deferred.coloured()), (50, 0));
    let at = (0..stream.len()).filter(|at| stream.plain_line(*at).unwrap().plain().contains("print")).nth(20).unwrap();
    assert_eq!(stream.line(at), render(&source, 40).get(at));
    assert_eq!(stream.deferred.coloured(), 1);
}
