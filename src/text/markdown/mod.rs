//! Markdown into lines for a terminal, at once or while it streams in.
//!
//! Owns how each block looks and what of a growing text is settled. Parsing is `pulldown-cmark`'s, breaking rows is
//! [`wrap`](crate::text::wrap)'s. Model text is hostile: any text gives lines that fit and hold no control character.

mod blocks;
mod code;
mod inline;
mod margin;
mod table;

use pulldown_cmark::{Options, Parser};

use self::blocks::Writer;
use crate::text::Line;

/// The whole text as lines of at most `width` cells (of 1, where `width` is 0).
#[must_use]
pub fn render(source: &str, width: u16) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut writer = Writer::new(width, &mut lines);
    for (event, _) in Parser::new_ext(source, options()).into_offset_iter() {
        writer.take(event);
    }
    writer.finish();
    lines
}

fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS
}

#[cfg(test)]
mod tests;
