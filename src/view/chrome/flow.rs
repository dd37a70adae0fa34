//! Fitting: entries set side by side in as many rows as they need, rows cut to as many as there is room for.

use crate::text::{Line, Span, StyleRole, truncate, width};

/// Columns between two entries.
const GAP: usize = 2;

/// Packs entries into rows of `columns`; an entry is never broken, so one that is too wide is cut where it is drawn.
pub(super) fn flow(entries: impl IntoIterator<Item = Vec<Span>>, columns: u16) -> Vec<Line> {
    let mut rows: Vec<Line> = Vec::new();
    let mut used = 0;
    for entry in entries {
        let wide: usize = entry.iter().map(|span| width(&span.text)).sum();
        match rows.last_mut() {
            Some(row) if used + GAP + wide <= usize::from(columns) => {
                row.spans.push(Span::new(" ".repeat(GAP), StyleRole::Text));
                row.spans.extend(entry);
                used += GAP + wide;
            }
            _ => {
                rows.push(Line { spans: entry });
                used = wide;
            }
        }
    }
    rows
}

/// Keeps as many rows as there is room for; when there are more, the last one kept ends in `…`.
pub(super) fn at_most(rows: &mut Vec<Line>, room: usize, columns: u16) {
    if rows.len() <= room {
        return;
    }
    rows.truncate(room);
    if let Some(last) = rows.last_mut() {
        let ink = last.spans.last().map(|span| span.ink).unwrap_or_default();
        let text = format!("{} …", last.plain());
        *last = Line::new(truncate(&text, usize::from(columns)), ink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(rows: &[Line]) -> Vec<String> {
        rows.iter().map(Line::plain).collect()
    }

    #[test]
    fn entries_share_a_row_as_long_as_they_fit_whole() {
        let entries = ["A ¥0.0045", "B ¥0.0071", "C n/a"].map(|text| vec![Span::new(text, StyleRole::Cost)]);
        assert_eq!(plain(&flow(entries.clone(), 20)), ["A ¥0.0045  B ¥0.0071", "C n/a"]);
        assert_eq!(plain(&flow(entries, 5)), ["A ¥0.0045", "B ¥0.0071", "C n/a"]);
    }

    #[test]
    fn rows_that_are_left_out_leave_a_mark() {
        let cut = |text: &str, columns| {
            let mut rows = vec![Line::new(text, StyleRole::Dim), Line::new("more", StyleRole::Dim)];
            at_most(&mut rows, 1, columns);
            plain(&rows)
        };
        assert_eq!(cut("short", 9), ["short …"]);
        assert_eq!(cut("quite long", 10), ["quite lon…"]);
    }
}
