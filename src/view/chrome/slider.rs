//! A slider: one track with every lane's knob on it.

use ratatui::layout::Rect;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::chat::{Param, Track};
use crate::state::{Lane, State, Target};
use crate::text::{Emphasis, Ink, StyleRole, grouped};

use super::super::canvas::Canvas;
use super::super::hits::Hits;
use super::super::title::letter_of;
use super::cells;

/// The cell of a value on a track of some cells, which the ends of the range end.
fn cell(track: &Track, value: Decimal, cells: u16) -> u16 {
    let last = cells.saturating_sub(1);
    let at = (track.share(value) * f64::from(last)).round();
    at.to_u16().unwrap_or(0).min(last)
}

/// A slider's place: its row on the screen, and in the table of params.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) area: Rect,
    pub(super) row: usize,
}

/// Draws `0 ━━━A─────B─── 2`: the track is filled up to the focused lane's knob; a lane in which the param is unset has
/// no knob.
pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, param: &Param, range: Track, place: Place, hits: &mut Hits) {
    let area = place.area;
    let (low, high) = (label(range.min), label(range.max));
    let track = Rect {
        x: area.x + cells(&low).max(2) + 1,
        width: area.width.saturating_sub(cells(&low).max(2) + cells(&high) + 2),
        height: 1,
        ..area
    };
    canvas.text(area.x, area.y, area.width, &format!("{low:>2}"), StyleRole::Dim);
    canvas.text(track.right() + 1, area.y, cells(&high), &high, StyleRole::Dim);
    let knob = |lane: &Lane| lane.settings.params.decimal(param.name).map(|value| cell(&range, value, track.width));
    let focused = knob(state.lane());
    let filled = focused.unwrap_or(0);
    let rest = track.width.saturating_sub(filled);
    canvas.text(track.x, track.y, filled, &"━".repeat(usize::from(filled)), StyleRole::SliderFilled);
    canvas.text(track.x + filled, track.y, rest, &"─".repeat(usize::from(rest)), StyleRole::SliderEmpty);
    hits.add_track(track, place.row);
    // The first lanes lie over the later ones, and the focused one over all.
    for lane in state.lanes.iter().rev() {
        if let Some(cell) = knob(lane) {
            let ink = Ink::from(StyleRole::Title).with(Emphasis::BOLD);
            canvas.text(track.x + cell, track.y, 1, &letter_of(lane), ink);
        }
    }
    if let Some(cell) = focused {
        let knob = Rect { x: track.x + cell, width: 1, ..track };
        let ink = Ink::from(StyleRole::SliderKnob).with(Emphasis::UNDERLINE);
        canvas.clear(knob);
        canvas.text(knob.x, knob.y, 1, &letter_of(state.lane()), ink);
        // A cell stands for many values: who takes the knob leaves it where it is until the mouse moves on.
        hits.add(knob, Target::Param { row: place.row });
    }
}

/// An end of a range: thousands are grouped.
fn label(end: Decimal) -> String {
    match end.to_u64() {
        Some(whole) => grouped(whole),
        None => end.normalize().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use crate::chat::param;

    use super::*;

    fn cells_of(name: &str, values: &[&str], cells: u16) -> Vec<u16> {
        let track = Track::of(param(name).unwrap()).unwrap();
        values.iter().map(|value| cell(&track, value.parse().unwrap(), cells)).collect()
    }

    #[test]
    fn the_ends_of_a_range_are_the_ends_of_its_track() {
        assert_eq!(cells_of("temperature", &["0", "1", "2", "-7", "9"], 27), [0, 13, 26, 0, 26]);
        assert_eq!(cells_of("presence_penalty", &["-2", "0", "2"], 21), [0, 10, 20]);
        assert_eq!(cells_of("max_tokens", &["1", "256", "4096", "131072"], 25), [0, 11, 17, 24]);
    }

    #[test]
    fn a_track_without_cells_has_its_knob_in_the_first() {
        assert_eq!([cells_of("top_p", &["0.5"], 0), cells_of("top_p", &["0.5"], 1)], [[0], [0]]);
    }
}
