//! What goes with the draft: its chips, what is known of the models' sight, and the list of an unfinished `@path`.

use ratatui::layout::Rect;

use crate::state::attach::{Chip, Completion, chip_rows, lacks_vision};
use crate::state::{Layout, State, Target};
use crate::text::{Span, StyleRole, clean_line, counted, file_size, truncate, width};

use super::super::canvas::Canvas;
use super::super::hits::Hits;

/// Rows of the list, its borders left out.
const MOST_ROWS: usize = 10;

/// The widest that the list gets.
const WIDEST: u16 = 72;

/// Draws the chips above the text, the last row about the models' sight where that has something to say.
pub(super) fn chips(canvas: &mut Canvas<'_>, state: &State, area: Rect, hits: &mut Hits) {
    let (rows, more) = chip_rows(state, area.width);
    let last = rows.len().saturating_sub(1);
    for ((place, row), y) in rows.iter().enumerate().zip(area.y..area.bottom()) {
        for chip in row {
            draw_chip(canvas, chip, (area.x + chip.x, y), hits);
        }
        if place == last && more > 0 {
            let row = Rect { y, height: 1, ..area };
            canvas.right(row, &[Span::new(format!(" +{more} more"), StyleRole::Chip)]);
        }
    }
    let below = area.y + u16::try_from(rows.len()).unwrap_or(0);
    if below < area.bottom() {
        canvas.spans(area.x, below, area.width, &sight(state));
    }
}

fn draw_chip(canvas: &mut Canvas<'_>, chip: &Chip, (x, y): (u16, u16), hits: &mut Hits) {
    let end = canvas.text(x, y, chip.columns, chip.text.trim_end_matches('✕'), StyleRole::Chip);
    canvas.text(end, y, 1, "✕", StyleRole::Dim);
    let cross =
        Rect { x: (x + chip.columns).saturating_sub(Chip::CROSS_COLUMNS), y, width: Chip::CROSS_COLUMNS, height: 1 };
    hits.add(cross, Target::Chip { place: chip.place });
}

/// `✗ B takes no images · ? C: unknown whether it takes images`.
fn sight(state: &State) -> Vec<Span> {
    let (blind, unknown) = lacks_vision(state);
    let mut spans = Vec::new();
    if !blind.is_empty() {
        spans.push(Span::new(format!("✗ {blind}: the model is known to take no images"), StyleRole::Warning));
    }
    if !unknown.is_empty() {
        let gap = if spans.is_empty() { "" } else { " · " };
        spans.push(Span::new(format!("{gap}? {unknown}: not known whether the model takes images"), StyleRole::Dim));
    }
    spans
}

/// Draws the files that an `@path` may mean, over the lanes, right above the composer.
pub(super) fn completion(canvas: &mut Canvas<'_>, state: &State, layout: &Layout, hits: &mut Hits) {
    let Some(completion) = state.composer.offers().filter(|_| state.overlay.is_none()) else { return };
    let shown = completion.len().min(MOST_ROWS).min(usize::from(layout.composer.y.saturating_sub(3)));
    let height = u16::try_from(shown).unwrap_or(0) + 2;
    let columns = layout.composer.width.min(WIDEST);
    let area = Rect { x: layout.composer.x, y: layout.composer.y.saturating_sub(height), width: columns, height };
    if shown == 0 {
        return;
    }
    canvas.clear(area);
    canvas.frame(area, StyleRole::Focus, &[Span::new(title(completion, columns), StyleRole::Title)]);
    hits.add(area, Target::Overlay);
    let first = (completion.selected + 1).saturating_sub(shown);
    for (place, y) in (first..first + shown).zip(area.y + 1..) {
        let Some(file) = completion.rows().nth(place) else { continue };
        let row = Rect { x: area.x + 1, y, width: columns - 2, height: 1 };
        if place == completion.selected {
            canvas.ground(row, StyleRole::Selection);
        }
        let size = if file.is_directory { "directory".to_owned() } else { file_size(file.size) };
        let room = usize::from(row.width).saturating_sub(width(&size) + 4);
        let mark = if place == completion.selected { "▸ " } else { "  " };
        let end = if file.is_directory { "/" } else { "" };
        let name = format!("{mark}{}{end}", truncate(&clean_line(&file.name), room));
        canvas.text(row.x, y, row.width, &name, StyleRole::Text);
        canvas.right(Rect { width: row.width - 1, ..row }, &[Span::new(size, StyleRole::Dim)]);
        hits.add(row, Target::File { row: place });
    }
}

/// `@docs/ · 12 files`, as many of its signs as there is room for.
fn title(completion: &Completion, columns: u16) -> String {
    let more = if completion.is_cut() { ", and more than were read" } else { "" };
    let count = counted(completion.len() as u64, "file") + more;
    let directory = clean_line(completion.directory());
    let room = usize::from(columns).saturating_sub(count.len() + 8);
    format!("@{} · {count}", truncate(&directory, room))
}
