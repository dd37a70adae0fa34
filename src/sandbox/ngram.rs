//! The word-level n-gram model: how likely each token is after the last few.
//!
//! Counts are not stored: the positions of the text are sorted by what stands before them, so that all places where a
//! context occurs are one range, and its continuations are counted when asked. That is a few hundred kilobytes.
//! Contexts are blended from short to long after Witten and Bell: a context that is followed by many different tokens
//! leaves more of the probability to the shorter one.

use std::cmp::Ordering;
use std::ops::Range;

use super::tokens::{END, TokenId};

/// The longest context in tokens: a 5-gram model.
const CONTEXT: usize = 4;

/// A place counts as so many: the text is small, and with the original 1 half of what was seen once goes to tokens that
/// were never seen there.
const TRUST: f64 = 3.0;

/// The read text and its order by context.
#[derive(Debug)]
pub(crate) struct NgramModel {
    /// All passages, an [`END`] before the first and after each.
    text: Vec<TokenId>,
    /// Positions 1.., sorted by the tokens before them, nearest first.
    by_context: Vec<u32>,
    /// The probability of each token when nothing is known.
    alone: Vec<f64>,
}

/// Room for counting, reused from token to token.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    of: Vec<u32>,
    seen: Vec<TokenId>,
}

impl NgramModel {
    /// Reads `text` over a vocabulary of `size` tokens.
    pub(crate) fn new(text: Vec<TokenId>, size: usize) -> Self {
        let last = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let mut by_context: Vec<u32> = (1..last).collect();
        by_context.sort_unstable_by(|a, b| compare(&text, *a as usize, *b as usize));
        let alone = alone(&text, size);
        Self { text, by_context, alone }
    }

    /// The token at a position of the read text; [`END`] behind it.
    pub(crate) fn token(&self, position: usize) -> TokenId {
        self.text.get(position).copied().unwrap_or(END)
    }

    /// Fills `chance` with the probability of every token after `context`. The sum is 1.
    pub(crate) fn predict(&self, context: &[TokenId], counts: &mut Counts, chance: &mut Vec<f64>) {
        chance.clear();
        chance.extend_from_slice(&self.alone);
        let mut range = 0..self.by_context.len();
        for (back, token) in (1..=CONTEXT).zip(context.iter().rev()) {
            range = self.narrow(range, back, *token);
            if range.is_empty() {
                break;
            }
            self.blend(range.clone(), counts, chance);
            if *token == END {
                break;
            }
        }
    }

    /// The places of `range` that have `token` also `back` places before them.
    fn narrow(&self, range: Range<usize>, back: usize, token: TokenId) -> Range<usize> {
        let start = range.start;
        let Some(places) = self.by_context.get(range) else { return 0..0 };
        let before = |place: &u32| (*place as usize).checked_sub(back).map_or(END, |at| self.token(at));
        let low = places.partition_point(|place| before(place) < token);
        let high = low + places[low..].partition_point(|place| before(place) == token);
        start + low..start + high
    }

    fn blend(&self, range: Range<usize>, counts: &mut Counts, chance: &mut [f64]) {
        let places = self.by_context.get(range).unwrap_or_default();
        counts.of.resize(chance.len(), 0);
        for place in places {
            let next = self.token(*place as usize);
            let Some(count) = counts.of.get_mut(next as usize) else { continue };
            if *count == 0 {
                counts.seen.push(next);
            }
            *count += 1;
        }
        let kinds = counts.seen.len() as f64;
        let total = TRUST * places.len() as f64 + kinds;
        let left = kinds / total;
        chance.iter_mut().for_each(|value| *value *= left);
        for next in counts.seen.drain(..) {
            chance[next as usize] += TRUST * f64::from(counts.of[next as usize]) / total;
            counts.of[next as usize] = 0;
        }
    }
}

/// Orders two places by the tokens before them, up to the start of their passages.
fn compare(text: &[TokenId], a: usize, b: usize) -> Ordering {
    for back in 1..=CONTEXT {
        let of = |place: usize| place.checked_sub(back).and_then(|at| text.get(at)).copied().unwrap_or(END);
        let (left, right) = (of(a), of(b));
        if left != right {
            return left.cmp(&right);
        }
        if left == END {
            return Ordering::Equal;
        }
    }
    Ordering::Equal
}

/// Counts without context; a share goes evenly to all, so that nothing is impossible.
fn alone(text: &[TokenId], size: usize) -> Vec<f64> {
    let mut chance = vec![0.0; size];
    let mut kinds = 0.0;
    for token in text.iter().skip(1) {
        let Some(count) = chance.get_mut(*token as usize) else { continue };
        if *count < 0.5 {
            kinds += 1.0;
        }
        *count += 1.0;
    }
    let total = (chance.iter().sum::<f64>() + kinds).max(1.0);
    let even = kinds / size.max(1) as f64;
    chance.iter_mut().for_each(|count| *count = (*count + even) / total);
    chance
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn predict(model: &NgramModel, context: &[TokenId]) -> Vec<f64> {
        let (mut counts, mut chance) = (Counts::default(), Vec::new());
        model.predict(context, &mut counts, &mut chance);
        chance
    }

    #[test]
    fn a_longer_context_is_worth_more_than_a_shorter_one() {
        // given "1 2 3" once and "4 2 5" twice
        let model = NgramModel::new(vec![END, 1, 2, 3, END, 4, 2, 5, END, 4, 2, 5, END], 6);
        // then after 2 alone the more frequent 5 leads, and after "1 2" it is 3
        let (short, long) = (predict(&model, &[2]), predict(&model, &[1, 2]));
        assert!(short[5] > short[3]);
        assert!(long[3] > long[5]);
    }

    #[test]
    fn the_blend_is_what_the_formula_says() {
        // given one passage "1 1": alone: c(1)=2, c(END)=1, two kinds, size 2
        let model = NgramModel::new(vec![END, 1, 1, END], 2);
        let alone = [(1.0 + 1.0) / 5.0, (2.0 + 1.0) / 5.0];
        assert_eq!(predict(&model, &[]), alone);
        // after END: 1 follows once, one kind: three quarters of it counted, one backed off
        let after_end = predict(&model, &[END]);
        assert!((after_end[1] - (0.75 + 0.25 * alone[1])).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn the_probabilities_of_any_context_sum_to_one_and_none_is_zero(
            text in prop::collection::vec(0u32..6, 1..60),
            context in prop::collection::vec(0u32..6, 0..6),
        ) {
            let mut whole = vec![END];
            whole.extend(text);
            whole.push(END);
            let chance = predict(&NgramModel::new(whole, 6), &context);
            prop_assert!((chance.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            prop_assert!(chance.iter().all(|value| *value > 0.0));
        }
    }
}
