//! Writes text token by token: the picked passage's thread, blended with all that was ever read.
//!
//! The next token's distribution is a share [`THREAD`] on the passage's next token, as long as the text follows the
//! passage, and the rest by the n-gram model. So temperature 0 tells the passage, 1 leaves it now and then and finds
//! back, 2 mostly draws from the tail.

use std::collections::HashMap;

use super::model::Model;
use super::ngram::Counts;
use super::sample::{self, Sampling};
use super::tokens::{END, TokenId};

/// How much of the probability the passage's own next token has.
const THREAD: f64 = 0.8;
/// So many last tokens have to agree before a lost thread is taken up again.
const REJOIN: usize = 2;
/// Longer agreement than this says no more.
const LONGEST_AGREEMENT: usize = 8;

/// One token that was drawn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Drawn {
    pub text: &'static str,
    /// Natural logarithm of its probability, before temperature and top_p.
    pub logprob: f64,
    /// The likeliest tokens at this place, likeliest first; [`END`] has an empty text.
    pub top: Vec<(&'static str, f64)>,
}

/// A text being written.
pub(crate) struct Generation {
    model: &'static Model,
    sampling: Sampling,
    random: fastrand::Rng,
    alternatives: usize,
    passage: usize,
    /// The place in the read text that comes next, while the text follows the passage.
    thread: Option<usize>,
    written: Vec<TokenId>,
    used: HashMap<TokenId, u32>,
    counts: Counts,
    chance: Vec<f64>,
    ended: bool,
}

impl Generation {
    /// Starts at the beginning of a passage. `alternatives` likeliest tokens are listed with each token.
    pub(crate) fn new(
        model: &'static Model,
        passage: usize,
        sampling: Sampling,
        random: fastrand::Rng,
        alternatives: usize,
    ) -> Self {
        Self {
            model,
            sampling,
            random,
            alternatives,
            passage,
            thread: Some(model.start_of(passage)),
            written: vec![END],
            used: HashMap::new(),
            counts: Counts::default(),
            chance: Vec::new(),
            ended: false,
        }
    }

    /// Fills `chance` with the distribution of the next token.
    fn predict(&mut self) {
        self.model.ngrams.predict(&self.written, &mut self.counts, &mut self.chance);
        if let Some(place) = self.thread {
            self.chance.iter_mut().for_each(|value| *value *= 1.0 - THREAD);
            if let Some(next) = self.chance.get_mut(self.model.ngrams.token(place) as usize) {
                *next += THREAD;
            }
        }
        sample::weigh(&mut self.chance, &self.sampling, &self.used);
    }

    fn write(&mut self, token: TokenId) {
        self.written.push(token);
        *self.used.entry(token).or_default() += 1;
        let followed = self.thread.filter(|place| self.model.ngrams.token(*place) == token);
        self.thread = followed.map_or_else(|| self.rejoin(), |place| Some(place + 1));
    }

    /// The place in the passage whose preceding tokens agree longest with what was written.
    fn rejoin(&self) -> Option<usize> {
        let start = self.model.start_of(self.passage);
        let ends = start + self.model.tokens_of(self.passage).count();
        let agreement = |place: usize| {
            let back = self.written.iter().rev().take(LONGEST_AGREEMENT);
            back.zip((start..place).rev()).take_while(|(token, at)| **token == self.model.ngrams.token(*at)).count()
        };
        let best = (start + REJOIN..=ends).max_by_key(|place| agreement(*place))?;
        (agreement(best) >= REJOIN).then_some(best)
    }

    fn describe(&self, token: TokenId) -> Drawn {
        let text = |id| self.model.vocabulary.text(id);
        let logprob = self.chance.get(token as usize).map_or(0.0, |value| value.ln());
        let top = sample::top(&self.chance, self.alternatives);
        Drawn { text: text(token), logprob, top: top.into_iter().map(|(id, value)| (text(id), value)).collect() }
    }
}

impl Iterator for Generation {
    type Item = Drawn;

    fn next(&mut self) -> Option<Drawn> {
        if self.ended {
            return None;
        }
        self.predict();
        let token = sample::draw(&self.chance, &self.sampling, &mut self.random);
        if token == END {
            self.ended = true;
            return None;
        }
        let drawn = self.describe(token);
        self.write(token);
        Some(drawn)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    const FILE: &str = "# Things\n\n## Tea\n\nTea is made of leaves and of water. The water is hot. Tea is good, and \
        the leaves of tea are green.\n\n## Rain\n\nRain is water. The rain is made of drops, and the drops fall.\n\n\
        ## Drums\n\nTam tam tam tam tam tam tam tam tam tam tam tam tam tam tam tam tam tam tam tam.\n";
    static MODEL: LazyLock<Model> = LazyLock::new(|| Model::read(&[FILE]));

    fn generation(temperature: f64, seed: u64) -> Generation {
        let sampling = Sampling { temperature, ..Sampling::default() };
        Generation::new(&MODEL, 0, sampling, fastrand::Rng::with_seed(seed), 3)
    }

    fn text(temperature: f64, seed: u64) -> String {
        generation(temperature, seed).take(400).map(|drawn| drawn.text).collect()
    }

    #[test]
    fn at_temperature_zero_the_passage_is_told_whatever_the_seed() {
        assert_eq!(text(0.0, 1), MODEL.passages[0].body);
        assert_eq!(text(0.0, 2), MODEL.passages[0].body);
    }

    #[test]
    fn the_same_seed_gives_the_same_text_and_heat_leaves_the_passage() {
        assert_eq!(text(2.0, 5), text(2.0, 5));
        let told = |temperature| (0..40).filter(|seed| text(temperature, *seed) == MODEL.passages[0].body).count();
        let (cool, warm, hot) = (told(0.4), told(1.0), told(2.0));
        assert!(cool > warm && warm >= hot && hot < 3, "{cool} {warm} {hot}");
    }

    #[test]
    fn a_strong_frequency_penalty_spreads_the_words() {
        let most_used = |frequency_penalty| {
            let sampling = Sampling { temperature: 0.0, frequency_penalty, ..Sampling::default() };
            let mut generation = Generation::new(&MODEL, 2, sampling, fastrand::Rng::with_seed(1), 0);
            let _ = generation.by_ref().take(20).count();
            generation.used.values().copied().max()
        };
        assert!(most_used(2.0) < most_used(0.0));
    }

    proptest! {
        #[test]
        fn log_probabilities_are_those_of_the_listed_distribution(seed in 0u64..500, temperature in 0.0f64..2.0) {
            let mut generation = generation(temperature, seed);
            while let Some(drawn) = generation.next().filter(|_| generation.written.len() < 60) {
                prop_assert!((generation.chance.iter().sum::<f64>() - 1.0).abs() < 1e-9);
                prop_assert!(drawn.logprob <= drawn.top[0].1 && drawn.top[0].1 <= 0.0);
                for (text, logprob) in &drawn.top {
                    prop_assert!(*text != drawn.text || (logprob - drawn.logprob).abs() < 1e-12);
                }
            }
        }
    }
}
