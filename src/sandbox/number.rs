//! Numbers that a schema allows: bounds, steps, whole or not.

use serde_json::{Number, Value};

/// Where nothing bounds a number, it stays below this.
const USUAL_SPAN: f64 = 10.0;

/// What a schema demands of a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bounds {
    least: Option<(f64, Edge)>,
    most: Option<(f64, Edge)>,
    step: Option<f64>,
    whole: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edge {
    Included,
    Excluded,
}

impl Bounds {
    /// Reads the keywords of a schema.
    pub(crate) fn read(schema: &Value, whole: bool) -> Self {
        let number = |key: &str| schema.get(key).and_then(Value::as_f64);
        let edge = |key: &str, exclusive: &str, tighter: fn(f64, f64) -> bool| {
            let draft4 = schema.get(exclusive).and_then(Value::as_bool).unwrap_or(false);
            let included = number(key).map(|at| (at, if draft4 { Edge::Excluded } else { Edge::Included }));
            match (included, number(exclusive)) {
                (Some((a, _)), Some(b)) if tighter(b, a) => Some((b, Edge::Excluded)),
                (None, Some(b)) => Some((b, Edge::Excluded)),
                (included, _) => included,
            }
        };
        Self {
            least: edge("minimum", "exclusiveMinimum", |new, old| new >= old),
            most: edge("maximum", "exclusiveMaximum", |new, old| new <= old),
            step: number("multipleOf").filter(|step| *step > 0.0),
            whole,
        }
    }

    /// Whether a number is allowed.
    pub(crate) fn fits(&self, number: f64) -> bool {
        let above = self.least.is_none_or(|(at, edge)| number > at || (edge == Edge::Included && number >= at));
        let below = self.most.is_none_or(|(at, edge)| number < at || (edge == Edge::Included && number <= at));
        let stepped = self.step.is_none_or(|step| ((number / step).round() - number / step).abs() < 1e-9);
        above && below && stepped && (!self.whole || number.fract().abs() < f64::EPSILON)
    }

    /// Makes an allowed number, a small one where nothing says otherwise.
    pub(crate) fn make(&self, random: &mut fastrand::Rng) -> f64 {
        let grain = self.grain();
        let low = self.least.map(|(at, _)| at);
        let high = self.most.map(|(at, _)| at);
        let (low, high) = match (low, high) {
            (Some(low), Some(high)) => (low, high),
            (Some(low), None) => (low, low + USUAL_SPAN.max(grain * 2.0)),
            (None, Some(high)) => (high - USUAL_SPAN.max(grain * 2.0), high),
            (None, None) => (0.0, USUAL_SPAN.max(grain * 2.0)),
        };
        let (first, last) = ((low / grain).ceil(), (high / grain).floor());
        let count = (last - first).clamp(0.0, 1e9);
        let start = (random.f64() * (count + 1.0)).floor();
        let candidates =
            [start, 1.0, count - 1.0, 0.0].into_iter().map(|offset| decimal((first + offset) * grain, grain));
        let mut candidates = candidates.chain([(low + high) / 2.0]);
        candidates.find(|number| self.fits(*number)).unwrap_or(low)
    }

    /// The distance of the numbers to choose from.
    fn grain(&self) -> f64 {
        match self.step {
            None if self.whole => 1.0,
            None => 0.5,
            Some(step) if self.whole => {
                (1..=1000).map(|times| f64::from(times) * step).find(|grain| grain.fract().abs() < 1e-9).unwrap_or(step)
            }
            Some(step) => step,
        }
    }
}

/// Takes away what floating point left: 3 * 0.1 is 0.3.
fn decimal(number: f64, grain: f64) -> f64 {
    let text = grain.to_string();
    let digits = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    format!("{number:.digits$}").parse().unwrap_or(number)
}

/// The JSON of a number, without `.0` where it is whole.
pub(crate) fn json(number: f64) -> Value {
    if number.fract().abs() < f64::EPSILON && number.abs() < 9e15 {
        return Value::from(number as i64);
    }
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    proptest! {
        #[test]
        fn what_is_made_is_what_a_validator_allows(
            low in -50i32..50, span in 0i32..40, whole in any::<bool>(), exclusive in any::<bool>(),
            step in prop::sample::select(vec![None, Some(1.0), Some(0.1), Some(0.25), Some(3.0)]), seed in any::<u64>(),
        ) {
            let span = if step == Some(3.0) || exclusive { span + 7 } else { span };
            let (least, most) = if exclusive { ("exclusiveMinimum", "exclusiveMaximum") } else { ("minimum", "maximum") };
            let mut schema = json!({"type": if whole { "integer" } else { "number" }, least: low, most: low + span});
            if let Some(step) = step {
                schema["multipleOf"] = json!(step);
            }
            let made = super::json(Bounds::read(&schema, whole).make(&mut fastrand::Rng::with_seed(seed)));
            prop_assert!(jsonschema::is_valid(&schema, &made), "{schema} {made}");
        }
    }
}
