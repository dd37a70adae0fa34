//! The rows of a preview: some turns of a session as plain text, with what was looked for marked.

use std::ops::Range;

use crate::chat::Role;
use crate::state::{PreviewShows, SessionAreas, SessionList};
use crate::store::{ShelfHit, ShelfPreview, ShelfTurn};
use crate::text::{Emphasis, Ink, Line, Needle, Span, StyleRole, Wrap, clean, wrap};

/// The most that is laid out of one turn, in characters: some screens of text.
const LONGEST: usize = 20_000;

/// Rows above the hit that stay in sight.
const ABOVE: usize = 3;

/// What matches in the snippet of a hit, in small letters: matches with nothing but a blank between them are one.
pub(super) fn words(hit: &ShelfHit) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut goes_on = false;
    for (matches, piece) in &hit.snippet {
        match (matches, piece.trim().is_empty()) {
            (true, true) | (false, true) => {}
            (false, false) => goes_on = false,
            (true, false) => {
                let piece = piece.trim().to_lowercase();
                match words.last_mut().filter(|_| goes_on) {
                    Some(last) => *last = format!("{last} {piece}"),
                    None => words.push(piece),
                }
                goes_on = true;
            }
        }
    }
    words
}

/// Makes the rows anew for the room that the preview has, and shows the hit, or else the end.
pub(super) fn lay_out(list: &mut SessionList, areas: SessionAreas) {
    let hit = list.row().and_then(|row| row.hit.clone());
    let (PreviewShows::Turns(turns), Some(area)) = (&list.preview.shows, areas.preview) else { return };
    let (rows, at) = rows(turns, hit.as_ref(), area.width);
    let end = rows.len();
    list.preview.reader.set_rows(rows);
    list.preview.reader.scroll_to(at.map_or(end, |at| at.saturating_sub(ABOVE)), area.height);
}

/// The rows, and the one that holds the first match of the turn that was hit.
fn rows(preview: &ShelfPreview, hit: Option<&ShelfHit>, width: u16) -> (Vec<Line>, Option<usize>) {
    let needles: Vec<Needle> = hit.map(words).unwrap_or_default().iter().filter_map(|word| Needle::new(word)).collect();
    let mut rows = Vec::new();
    let mut at = None;
    for turn in &preview.turns {
        if !rows.is_empty() {
            rows.push(Line::default());
        }
        rows.push(heading(turn));
        let begins = rows.len();
        wrap(&marked(turn, &needles), &Wrap::plain(width), &mut rows);
        if hit.is_some_and(|hit| hit.turn == turn.turn) {
            let marked = |row: &Line| row.spans.iter().any(|span| span.ink.role == StyleRole::SearchHit);
            at = Some(begins + rows[begins..].iter().position(marked).unwrap_or(0));
        }
    }
    (rows, at)
}

fn heading(turn: &ShelfTurn) -> Line {
    let (name, role) = match Role::of_name(&turn.role) {
        Some(Role::User) => ("you", StyleRole::User),
        Some(Role::Assistant) => ("assistant", StyleRole::Assistant),
        Some(Role::Tool) => ("tool", StyleRole::ToolName),
        Some(Role::System | Role::Developer) | None => ("system", StyleRole::System),
    };
    Line::new(name, Ink::from(role).with(Emphasis::BOLD))
}

/// A turn's text with every match marked.
fn marked(turn: &ShelfTurn, needles: &[Needle]) -> Vec<Span> {
    let text: String = clean(&turn.text).trim_end().chars().take(LONGEST).collect();
    let mut found: Vec<Range<usize>> = needles.iter().flat_map(|needle| needle.matches(&text)).collect();
    found.sort_by_key(|range| range.start);
    let mut spans = Vec::new();
    let mut from = 0;
    for range in found {
        let start = range.start.max(from);
        if range.end <= start {
            continue;
        }
        spans.push(Span::new(&text[from..start], StyleRole::Text));
        spans.push(Span::new(&text[start..range.end], HIT));
        from = range.end;
    }
    spans.push(Span::new(&text[from..], StyleRole::Text));
    spans.retain(|span| !span.text.is_empty());
    spans
}

/// A match, also where there are no colours.
const HIT: Ink = Ink { role: StyleRole::SearchHit, emphasis: Emphasis::BOLD.with(Emphasis::UNDERLINE) };

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(snippet: &[(bool, &str)]) -> ShelfHit {
        let snippet = snippet.iter().map(|(matches, piece)| (*matches, (*piece).to_owned())).collect();
        ShelfHit { turn: 3, snippet, ..ShelfHit::default() }
    }

    #[test]
    fn matches_with_only_a_blank_between_them_are_one_to_look_for() {
        let snippet =
            [(false, "… the "), (true, "Refund"), (false, " "), (true, "policy"), (false, " of a "), (true, "shop")];
        assert_eq!(words(&hit(&snippet)), ["refund policy", "shop"]);
        assert_eq!(words(&hit(&[])), Vec::<String>::new());
    }

    #[test]
    fn the_row_of_the_first_match_in_the_turn_that_was_hit_is_known_and_hostile_text_is_made_harmless() {
        let turn = |turn, role: &str, text: &str| ShelfTurn { turn, role: role.into(), text: text.into() };
        let turns = vec![turn(2, "user", "a refund?"), turn(3, "assistant", "first\x1b[31m line\nno REFUND here")];
        let preview = ShelfPreview { id: "k".into(), turns };
        let (rows, at) = rows(&preview, Some(&hit(&[(true, "refund")])), 40);
        let plain: Vec<String> = rows.iter().map(Line::plain).collect();
        assert_eq!(plain, ["you", "a refund?", "", "assistant", "first line", "no REFUND here"]);
        assert_eq!(at, Some(5));
        let marked: Vec<&str> = rows
            .iter()
            .flat_map(|row| &row.spans)
            .filter(|span| span.ink == HIT)
            .map(|span| span.text.as_str())
            .collect();
        assert_eq!(marked, ["refund", "REFUND"]);
    }
}
