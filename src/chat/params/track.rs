//! The track of a numeric param: where its values lie between the ends of its range.

use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive as _, ToPrimitive as _};

use super::{Param, ParamKind};

/// A range wider than this says nothing as a track: a seed is not more or less.
const WIDEST: i64 = 1_000_000;

/// From this many times the least value on, equal ways along the track are equal factors: half of all limits that people
/// set lie in the first hundredth of the range.
const LOGARITHMIC_FROM: i64 = 1000;

/// A range and its scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Track {
    pub min: Decimal,
    pub max: Decimal,
    step: Decimal,
    scale: Scale,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scale {
    Linear,
    Logarithmic,
}

impl Track {
    /// Of a param whose values lie on a track.
    #[must_use]
    pub fn of(param: &Param) -> Option<Self> {
        match param.kind {
            ParamKind::Number { min, max, step } => {
                let [min, max, step] = [min, max, step].map(|text| text.parse().ok());
                Some(Self { min: min?, max: max?, step: step?, scale: Scale::Linear })
            }
            ParamKind::Integer { min, max, step } if max.saturating_sub(min) <= WIDEST => {
                let wide = min > 0 && max / min >= LOGARITHMIC_FROM;
                let scale = if wide { Scale::Logarithmic } else { Scale::Linear };
                // On a linear track every whole number has its place.
                let step = if wide { step } else { 1 };
                Some(Self { min: min.into(), max: max.into(), step: step.into(), scale })
            }
            _ => None,
        }
    }

    /// How far along the track a value lies, from 0 to 1; a value beyond an end lies at that end.
    #[must_use]
    pub fn share(&self, value: Decimal) -> f64 {
        let value = value.clamp(self.min, self.max);
        let share = match self.scale {
            // The range is more than nothing: the test of the table sees to it.
            Scale::Linear => ((value - self.min) / (self.max - self.min)).to_f64(),
            Scale::Logarithmic => self.factor(value).zip(self.factor(self.max)).map(|(at, end)| at.ln() / end.ln()),
        };
        share.unwrap_or(0.0)
    }

    /// The value at a place of the track, in thousandths, on a whole step.
    #[must_use]
    pub fn at(&self, thousandths: u16) -> Decimal {
        let thousandths = thousandths.min(1000);
        let exact = match self.scale {
            Scale::Linear => self.min + (self.max - self.min) * Decimal::from(thousandths) / Decimal::ONE_THOUSAND,
            Scale::Logarithmic => {
                let end = self.factor(self.max).unwrap_or(1.0);
                let factor = end.powf(f64::from(thousandths) / 1000.0);
                Decimal::from_f64(factor).map_or(self.min, |factor| self.min * factor)
            }
        };
        self.on_step(exact).clamp(self.min, self.max)
    }

    /// The nearest whole step; on a logarithmic track, where steps are wide near its beginning, a whole number there.
    fn on_step(&self, exact: Decimal) -> Decimal {
        match self.scale {
            Scale::Linear => self.min + ((exact - self.min) / self.step).round() * self.step,
            Scale::Logarithmic if exact < self.step => exact.round(),
            Scale::Logarithmic => (exact / self.step).round() * self.step,
        }
    }

    fn factor(&self, value: Decimal) -> Option<f64> {
        (value / self.min).to_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::{PARAMS, param};

    fn track(name: &str) -> Track {
        Track::of(param(name).unwrap()).unwrap()
    }

    fn at(name: &str, thousandths: &[u16]) -> Vec<String> {
        thousandths.iter().map(|place| track(name).at(*place).normalize().to_string()).collect()
    }

    #[test]
    fn a_place_is_a_whole_step_between_the_ends() {
        assert_eq!(at("temperature", &[0, 501, 1000, u16::MAX]), ["0", "1", "2", "2"]);
        assert_eq!(at("presence_penalty", &[0, 500, 513]), ["-2", "0", "0.1"]);
        assert_eq!(at("n", &[0, 500, 1000]), ["1", "65", "128"]);
    }

    #[test]
    fn a_wide_range_goes_by_factors() {
        assert_eq!(at("max_tokens", &[0, 250, 500, 750, 900, 1000]), ["1", "19", "384", "6912", "40320", "131072"]);
    }

    #[test]
    fn the_ends_and_everything_beyond_them_lie_at_the_ends() {
        for param in PARAMS {
            let Some(track) = Track::of(param) else { continue };
            let shares = [track.min, track.max, track.min - Decimal::TEN, track.max + Decimal::TEN]
                .map(|value| track.share(value).to_string());
            assert_eq!(shares, ["0", "1", "0", "1"], "{}", param.name);
        }
    }

    #[test]
    fn a_value_lies_where_it_was_put() {
        for param in PARAMS {
            let Some(track) = Track::of(param) else { continue };
            for thousandths in 0..=1000 {
                let share = track.share(track.at(thousandths)) * 1000.0;
                assert!((share - f64::from(thousandths)).abs() < 60.0, "{} {thousandths}: {share}", param.name);
            }
        }
    }

    #[test]
    fn what_has_no_sensible_range_has_no_track() {
        let tracks: Vec<&str> =
            PARAMS.iter().filter(|param| Track::of(param).is_some()).map(|param| param.name).collect();
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
