//! How many cells a text takes on the screen.
//!
//! Owns the one measure that layout, wrapping, the caret and selection share. It is the measure that ratatui draws
//! by, so that what was laid out is what fits; it does not know a terminal that disagrees.

use ratatui::buffer::CellWidth;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// The width of a text in cells; control characters take none, as ratatui does not draw them.
#[must_use]
pub fn width(text: &str) -> usize {
    if text.is_ascii() {
        return text.bytes().filter(|byte| !byte.is_ascii_control()).count();
    }
    graphemes(text).map(|(_, cells)| cells).sum()
}

/// The grapheme clusters of a text, each with its cells (0 for control characters and lone marks).
pub fn graphemes(text: &str) -> impl Iterator<Item = (&str, usize)> {
    Clusters { rest: text }
}

struct Clusters<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Clusters<'a> {
    type Item = (&'a str, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let end = first_cluster_len(self.rest)?;
        let (cluster, rest) = self.rest.split_at(end);
        self.rest = rest;
        Some((cluster, cluster_cells(cluster)))
    }
}

/// Whether a character takes one cell and stands alone beside its like: printable ASCII, and the lines of boxes and rules.
#[must_use]
pub fn is_plain(sign: char) -> bool {
    matches!(sign, ' '..='~' | '\u{2500}'..='\u{257f}')
}

/// Between two ASCII characters there is always a boundary, save within CR LF, and between the lines of boxes: no table is
/// needed for plain text.
fn first_cluster_len(text: &str) -> Option<usize> {
    match text.as_bytes() {
        [] => None,
        [b'\r', b'\n', ..] => Some(2),
        [first, rest @ ..] if first.is_ascii() && rest.first().is_none_or(u8::is_ascii) => Some(1),
        _ => {
            let mut signs = text.chars();
            let first = signs.next().filter(|first| is_plain(*first) && signs.next().is_none_or(is_plain));
            first.map(char::len_utf8).or_else(|| text.graphemes(true).next().map(str::len))
        }
    }
}

/// ratatui counts in 16 bits: a cluster of 65,536 cells would seem to be none, and flood the screen.
const LONGEST_COUNTED_BYTES: usize = 16 * 1024;

fn cluster_cells(cluster: &str) -> usize {
    if cluster.chars().all(is_plain) {
        cluster.chars().count()
    } else if cluster.contains(char::is_control) {
        0
    } else if cluster.len() > LONGEST_COUNTED_BYTES {
        UnicodeWidthStr::width(cluster)
    } else {
        usize::from(cluster.cell_width())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    /// What ratatui really advances when it draws the text.
    fn drawn(text: &str) -> usize {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 2000, 1));
        usize::from(buffer.set_stringn(0, 0, text, 2000, Style::default()).0)
    }

    #[test]
    fn known_texts_take_the_cells_a_terminal_gives_them() {
        let vectors = [
            ("", 0),
            ("plain", 5),
            ("café", 4),
            ("cafe\u{301}", 4),
            ("日本語", 6),
            ("한글", 4),
            ("👍", 2),
            ("👍🏽", 2),
            ("👩\u{200D}👩\u{200D}👧\u{200D}👦", 2),
            ("❤", 1),
            ("❤\u{FE0F}", 2),
            ("1\u{FE0F}\u{20E3}", 2),
            ("🇯🇵🇩🇪", 4),
            ("\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}", 2),
            ("a\tb\r\nc", 3),
            ("\u{200B}", 0),
        ];
        let measured = vectors.map(|(text, _)| (text, width(text)));
        assert_eq!(measured, vectors);
    }

    #[test]
    fn a_flag_and_a_family_are_one_grapheme_each() {
        let clusters: Vec<_> = graphemes("a🇯🇵👩\u{200D}👧é").collect();
        assert_eq!(clusters, [("a", 1), ("🇯🇵", 2), ("👩\u{200D}👧", 2), ("é", 1)]);
    }

    #[test]
    fn a_cluster_too_long_for_sixteen_bits_is_not_taken_for_nothing() {
        assert_eq!(width(&"\u{600}".repeat(65_536)), 65_536);
    }

    proptest! {
        #[test]
        fn the_width_is_what_ratatui_draws(text in crate::text::tests::any_text()) {
            prop_assert_eq!(width(&text), drawn(&text));
        }

        #[test]
        fn the_graphemes_are_those_of_the_standard_and_lose_nothing(text in crate::text::tests::any_text()) {
            let ours: Vec<&str> = graphemes(&text).map(|(cluster, _)| cluster).collect();
            let standard: Vec<&str> = text.graphemes(true).collect();
            prop_assert_eq!(ours, standard);
        }
    }
}
