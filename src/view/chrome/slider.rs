//! A slider: one track with every lane's knob on it.

use ratatui::layout::Rect;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::chat::{Param, ParamKind};
use crate::state::{Lane, State, Target};
use crate::text::{Emphasis, Ink, StyleRole};

use super::super::canvas::Canvas;
use super::super::hits::Hits;
use super::super::title::letter_of;
use super::{cells, grouped};

/// A range wider than this says nothing as a track: a seed is not more or less.
const WIDEST: i64 = 1_000_000;

/// The ends of a param's range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    min: Decimal,
    max: Decimal,
}

impl Bounds {
    /// Of a param whose values lie on a track.
    pub(super) fn of(param: &Param) -> Option<Self> {
        match param.kind {
            ParamKind::Number { min, max, .. } => Some(Self { min: min.parse().ok()?, max: max.parse().ok()? }),
            ParamKind::Integer { min, max, .. } if max.saturating_sub(min) <= WIDEST => {
                Some(Self { min: min.into(), max: max.into() })
            }
            _ => None,
        }
    }

    /// The cell of a value on a track of some cells, which the ends of the range end.
    fn cell(self, value: Decimal, cells: u16) -> u16 {
        let last = cells.saturating_sub(1);
        let along = self.along(value) * Decimal::from(last) / self.range();
        along.round().to_u16().unwrap_or(0).min(last)
    }

    /// A value's place in thousandths, rounded up: what is put at that place and rounded to a step, or down to a whole
    /// number, is the value again.
    fn thousandths(self, value: Decimal) -> u16 {
        let along = self.along(value) * Decimal::ONE_THOUSAND / self.range();
        along.ceil().to_u16().unwrap_or(0).min(1000)
    }

    fn along(self, value: Decimal) -> Decimal {
        value.clamp(self.min, self.max) - self.min
    }

    /// More than nothing: the test of the table of params sees to it.
    fn range(self) -> Decimal {
        self.max - self.min
    }
}

/// A slider's place: its row on the screen, and in the table of params.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) area: Rect,
    pub(super) row: usize,
}

/// Draws `0 ━━━A─────B─── 2`: the track is filled up to the focused lane's knob; a lane in which the param is unset has
/// no knob.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    state: &State,
    param: &Param,
    bounds: Bounds,
    place: Place,
    hits: &mut Hits,
) {
    let area = place.area;
    let (low, high) = (label(bounds.min), label(bounds.max));
    let track = Rect {
        x: area.x + cells(&low).max(2) + 1,
        width: area.width.saturating_sub(cells(&low).max(2) + cells(&high) + 2),
        height: 1,
        ..area
    };
    canvas.text(area.x, area.y, area.width, &format!("{low:>2}"), StyleRole::Dim);
    canvas.text(track.right() + 1, area.y, cells(&high), &high, StyleRole::Dim);
    let knob = |lane: &Lane| lane.settings.params.decimal(param.name).map(|value| bounds.cell(value, track.width));
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
    if let (Some(cell), Some(value)) = (focused, state.lane().settings.params.decimal(param.name)) {
        let knob = Rect { x: track.x + cell, width: 1, ..track };
        let ink = Ink::from(StyleRole::SliderKnob).with(Emphasis::UNDERLINE);
        canvas.clear(knob);
        canvas.text(knob.x, knob.y, 1, &letter_of(state.lane()), ink);
        hits.add(knob, Target::Track { row: place.row, thousandths: bounds.thousandths(value) });
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
    use crate::chat::{PARAMS, param};

    use super::*;

    fn bounds(name: &str) -> Bounds {
        Bounds::of(param(name).unwrap()).unwrap()
    }

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn the_ends_of_a_range_are_the_ends_of_its_track() {
        let temperature = bounds("temperature");
        let cells = ["0", "1", "2", "-7", "9"].map(|value| temperature.cell(decimal(value), 27));
        assert_eq!(cells, [0, 13, 26, 0, 26]);
        let penalty = bounds("presence_penalty");
        assert_eq!(["-2", "0", "2"].map(|value| penalty.cell(decimal(value), 21)), [0, 10, 20]);
    }

    #[test]
    fn a_track_without_cells_has_its_knob_in_the_first() {
        assert_eq!((bounds("top_p").cell(decimal("0.5"), 0), bounds("top_p").cell(decimal("0.5"), 1)), (0, 0));
    }

    #[test]
    fn what_has_no_sensible_range_has_no_track() {
        let tracks: Vec<&str> =
            PARAMS.iter().filter(|param| Bounds::of(param).is_some()).map(|param| param.name).collect();
        assert_eq!(
            tracks,
            [
                "temperature",
                "top_p",
                "max_tokens",
                "max_completion_tokens",
                "presence_penalty",
                "frequency_penalty",
                "n",
                "top_logprobs"
            ]
        );
    }
}
