//! What is wrong with a text that is no TOML, in the words of who wrote it.

use toml::Spanned;
use toml::de::DeTable;

use super::{Refusal, shown};

/// What the parser says, by its beginning, and what is said instead.
const SAYINGS: &[(&str, &str)] = &[
    ("unclosed array table", "the head of the table is not closed; end it with `]]`"),
    ("unclosed table", "the head of the table is not closed; end it with `]`"),
    ("key with no value", "this stands alone; write NAME = VALUE"),
    ("missing value", "there is no value after the `=`"),
    ("string values must be quoted", "a text stands in quotes: write \"…\" around it"),
    ("invalid basic string", "the text is not closed; end it with \" in the same line"),
    ("invalid literal string", "the text is not closed; end it with ' in the same line"),
    ("invalid multi-line basic string", "the text is not closed; end it with \"\"\""),
    ("invalid multi-line literal string", "the text is not closed; end it with '''"),
    ("missing escaped value", BACKSLASH),
    ("too few unicode", BACKSLASH),
    ("invalid value", BACKSLASH),
    ("unclosed array", "the list is not closed; end it with `]`"),
    ("unclosed inline table", "the table is not closed; end it with `}`"),
    ("missing comma", "a comma is missing before this"),
    ("extra comma", "there is a comma too many"),
    ("extra `=`", "there is an `=` too many"),
    ("missing opening quote", "the text does not begin with a quote; write \"…\" around it"),
    ("carriage return", "a carriage return stands alone; let the editor end lines with LF or CRLF"),
    ("unquoted keys cannot be empty", NAMELESS),
    ("missing key", NAMELESS),
    ("invalid key", NAMELESS),
    ("invalid unquoted key", "a name with other signs than letters, digits, - and _ stands in quotes"),
    ("cannot recurse", "tables and lists lie too deep in each other here"),
    ("cannot extend value", "this adds to something that is written whole above; write it in one place"),
    ("unexpected content", "nothing more can stand in this line; begin a new one"),
    ("unexpected key or value", "nothing more can stand in this line; begin a new one"),
    ("unexpected leading zero", NUMBER),
    ("unexpected sign", NUMBER),
    ("redundant", NUMBER),
    ("radix must be", NUMBER),
    ("integers with a radix", NUMBER),
    ("`_` may only", NUMBER),
    ("invalid integer", NUMBER),
    ("invalid hexadecimal", NUMBER),
    ("invalid octal", NUMBER),
    ("invalid binary", NUMBER),
    ("invalid mantissa", NUMBER),
    ("invalid fraction", NUMBER),
    ("invalid float", NUMBER),
    ("invalid exponent", NUMBER),
    ("invalid date-time", "this is neither a number nor a date; a text stands in quotes"),
    ("invalid boolean", "this is neither true nor false; a text stands in quotes"),
];

const BACKSLASH: &str = "`\\` begins an escape such as \\n or \\u001b; write `\\\\` for one that stands for itself";
const NAMELESS: &str = "the name is missing; write NAME = VALUE, and [NAME] above a table";
const NUMBER: &str = "this is no number; write it like 42 or 1.25";

/// The text's table.
///
/// # Errors
/// Where the text stops being TOML, and why.
pub(super) fn table(text: &str) -> Result<Spanned<DeTable<'_>>, Refusal> {
    let is_stray = |sign: &char| sign.is_ascii_control() && !matches!(sign, '\t' | '\n' | '\r');
    if let Some((offset, sign)) = text.char_indices().find(|(_, sign)| is_stray(sign)) {
        let number = u32::from(sign);
        let instead =
            format!("there is a control sign (U+{number:04X}) here; remove it, or write \\u{number:04x} in a text");
        return Err((offset, instead));
    }
    DeTable::parse(text).map_err(|error| {
        let span = error.span().unwrap_or_default();
        (span.start, said(error.message(), text.get(span).unwrap_or_default()))
    })
}

fn said(message: &str, there: &str) -> String {
    if message.starts_with("duplicate key") {
        return format!(
            "`{}` is there twice; keep one of the two",
            shown(there.trim_matches(['"', '\'', '[', ']', ' ']))
        );
    }
    if there.trim().is_empty() && message.starts_with("string values") {
        return "there is no value after the `=`".to_owned();
    }
    let known = SAYINGS.iter().find(|(begins, _)| message.starts_with(begins));
    known.map_or_else(|| format!("this is no TOML: {}", shown(message)), |(_, said)| (*said).to_owned())
}
