//! From probabilities to one token: bias, penalties, temperature, top_p, chance.
//!
//! Owns the arithmetic of sampling. Knows nothing of where the probabilities come from.

use std::collections::HashMap;

use super::tokens::TokenId;

/// What the request says about sampling; the defaults change nothing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sampling {
    /// 0 takes the likeliest token, 1 the model's own chance, 2 flattens it.
    pub temperature: f64,
    /// Only the likeliest tokens that hold this share are drawn from.
    pub top_p: f64,
    /// Taken from the log-probability of every token that was already used.
    pub presence_penalty: f64,
    /// The same, once for each use.
    pub frequency_penalty: f64,
    /// Added to the log-probability of a token.
    pub logit_bias: Vec<(TokenId, f64)>,
}

impl Default for Sampling {
    fn default() -> Self {
        Self { temperature: 1.0, top_p: 1.0, presence_penalty: 0.0, frequency_penalty: 0.0, logit_bias: Vec::new() }
    }
}

/// Applies bias and penalties to `chance` and brings its sum back to 1. Log-probabilities are those of the result:
/// temperature and top_p say how to draw from it, not what the model holds likely.
pub(crate) fn weigh(chance: &mut [f64], sampling: &Sampling, used: &HashMap<TokenId, u32>) {
    let mut shift = |id: TokenId, by: f64| {
        if let Some(value) = chance.get_mut(id as usize) {
            *value *= by.exp();
        }
    };
    for (id, bias) in &sampling.logit_bias {
        shift(*id, *bias);
    }
    for (id, times) in used {
        shift(*id, -sampling.presence_penalty - sampling.frequency_penalty * f64::from(*times));
    }
    normalise(chance);
}

/// Draws one token from a distribution.
pub(crate) fn draw(chance: &[f64], sampling: &Sampling, random: &mut fastrand::Rng) -> TokenId {
    let best = likeliest(chance);
    if sampling.temperature < 1e-3 {
        return best;
    }
    let peak = chance.get(best as usize).copied().unwrap_or(1.0);
    let mut weights = tempered(chance, peak, sampling.temperature);
    keep_top(&mut weights, sampling.top_p);
    pick(&weights, random).unwrap_or(best)
}

fn likeliest(chance: &[f64]) -> TokenId {
    let mut best = (0, f64::MIN);
    for (id, value) in (0..).zip(chance) {
        if *value > best.1 {
            best = (id, *value);
        }
    }
    best.0
}

/// Weights in proportion to `chance^(1/temperature)`; the likeliest token weighs 1, so nothing underflows to all zeros.
fn tempered(chance: &[f64], peak: f64, temperature: f64) -> Vec<f64> {
    let exponent = 1.0 / temperature;
    if (exponent - 1.0).abs() < 1e-9 {
        return chance.to_vec();
    }
    chance.iter().map(|value| (value / peak).powf(exponent)).collect()
}

/// Sets all weights to 0 but the greatest that together hold the share `top_p`; one at least stays.
fn keep_top(weights: &mut [f64], top_p: f64) {
    if top_p >= 1.0 {
        return;
    }
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_unstable_by(|a, b| weights[*b].total_cmp(&weights[*a]).then(a.cmp(b)));
    let target = top_p * weights.iter().sum::<f64>();
    let mut held = 0.0;
    for (rank, at) in order.into_iter().enumerate() {
        if rank > 0 && held >= target {
            weights[at] = 0.0;
        } else {
            held += weights[at];
        }
    }
}

/// The index of one weight, in proportion to its size; `None` when all are 0.
pub(crate) fn pick(weights: &[f64], random: &mut fastrand::Rng) -> Option<TokenId> {
    let mut left = random.f64() * weights.iter().sum::<f64>();
    let mut last = None;
    for (id, weight) in (0..).zip(weights).filter(|(_, weight)| **weight > 0.0) {
        last = Some(id);
        left -= weight;
        if left < 0.0 {
            break;
        }
    }
    last
}

fn normalise(chance: &mut [f64]) {
    let sum: f64 = chance.iter().sum();
    if sum > 0.0 {
        chance.iter_mut().for_each(|value| *value /= sum);
    }
}

/// The `count` likeliest tokens with their log-probabilities, likeliest first.
pub(crate) fn top(chance: &[f64], count: usize) -> Vec<(TokenId, f64)> {
    let mut best: Vec<(TokenId, f64)> = Vec::with_capacity(count + 1);
    for (id, value) in (0..).zip(chance) {
        let rank = best.partition_point(|(_, other)| other >= value);
        if rank < count {
            best.insert(rank, (id, *value));
            best.truncate(count);
        }
    }
    best.iter_mut().for_each(|(_, value)| *value = value.ln());
    best
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn share_of_first(sampling: &Sampling) -> f64 {
        let mut random = fastrand::Rng::with_seed(7);
        let hits = (0..20_000).filter(|_| draw(&[0.8, 0.15, 0.05], sampling, &mut random) == 0).count();
        hits as f64 / 20_000.0
    }

    #[test]
    fn temperature_sharpens_and_flattens_by_the_formula() {
        let at = |temperature| share_of_first(&Sampling { temperature, ..Sampling::default() });
        let expected =
            |t: f64| 0.8f64.powf(1.0 / t) / [0.8f64, 0.15, 0.05].map(|p| p.powf(1.0 / t)).iter().sum::<f64>();
        assert!((at(0.0) - 1.0).abs() < 1e-12);
        for temperature in [0.5, 1.0, 2.0] {
            assert!((at(temperature) - expected(temperature)).abs() < 0.015, "{temperature}");
        }
    }

    #[test]
    fn top_p_draws_only_from_the_share_and_keeps_at_least_one() {
        let mut random = fastrand::Rng::with_seed(1);
        let mut drawn = |top_p| {
            let sampling = Sampling { top_p, ..Sampling::default() };
            let mut kinds: Vec<TokenId> = (0..2000).map(|_| draw(&[0.5, 0.3, 0.2], &sampling, &mut random)).collect();
            kinds.sort_unstable();
            kinds.dedup();
            kinds
        };
        assert_eq!((drawn(0.0), drawn(0.6), drawn(1.0)), (vec![0], vec![0, 1], vec![0, 1, 2]));
    }

    #[test]
    fn penalties_and_bias_shift_the_log_probability_by_their_amount() {
        // given
        let mut chance = vec![0.5, 0.25, 0.25];
        let sampling = Sampling {
            presence_penalty: 0.5,
            frequency_penalty: 0.25,
            logit_bias: vec![(2, 1.0), (99, 5.0)],
            ..Sampling::default()
        };
        // when token 0 was used twice
        weigh(&mut chance, &sampling, &HashMap::from([(0, 2)]));
        // then it lost 0.5 + 2 * 0.25 against token 1, and token 2 gained 1
        assert!(((chance[0] / chance[1]).ln() - (2.0f64.ln() - 1.0)).abs() < 1e-9);
        assert!(((chance[2] / chance[1]).ln() - 1.0).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn weighing_keeps_a_distribution_and_top_lists_its_greatest(
            raw in prop::collection::vec(0.001f64..1.0, 1..30),
            presence in -2.0f64..2.0,
            frequency in -2.0f64..2.0,
            biased in 0u32..30,
            bias in -100.0f64..100.0,
        ) {
            let mut chance = raw;
            let sampling = Sampling {
                presence_penalty: presence, frequency_penalty: frequency, logit_bias: vec![(biased, bias)],
                ..Sampling::default()
            };
            weigh(&mut chance, &sampling, &HashMap::from([(0, 3)]));
            prop_assert!((chance.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            let listed = top(&chance, 5);
            let mut sorted: Vec<f64> = chance.iter().map(|value| value.ln()).collect();
            sorted.sort_by(|a, b| b.total_cmp(a));
            sorted.truncate(5);
            prop_assert_eq!(listed.iter().map(|(_, value)| *value).collect::<Vec<_>>(), sorted);
        }
    }
}
