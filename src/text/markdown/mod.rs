//! Markdown into lines for a terminal, at once or while it streams in.
//!
//! Owns how each block looks and what of a growing text is settled. Parsing is `pulldown-cmark`'s, breaking rows is
//! [`wrap()`](crate::text::wrap())'s. Model text is hostile: any text gives lines that fit and hold no control character.

mod blocks;
mod code;
mod containers;
mod deferred;
mod figures;
mod frame;
mod inline;
mod late;
mod links;
mod margin;
mod memory;
mod mode;
mod outline;
mod paragraph;
mod pass;
mod settle;
mod stream;
mod table;

use pulldown_cmark::Options;

use self::frame::Opening;
use self::links::Definitions;
use self::pass::{Colours, Pass, StandIn, Until};
pub use self::stream::{StreamingMarkdown, Work};
use crate::text::Line;

/// The whole text as lines of at most `width` cells (of 1, where `width` is 0).
#[must_use]
pub fn render(source: &str, width: u16) -> Vec<Line> {
    let mut lines = Vec::new();
    let none = Definitions::default();
    let pass = Pass {
        text: source,
        stand_in: StandIn::default(),
        until: Until::End,
        width,
        started: false,
        known: &none,
        later: None,
        colours: Colours::Now,
    };
    pass.write(Opening::default(), &mut lines);
    lines
}

fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS
}

#[cfg(test)]
mod tests;
