//! Makes the pieces of an answer: words from the model, JSON for a schema, calls of tools.

use super::ask::Ask;
use super::generate::Generation;
use super::model::Model;
use super::piece::{Bounded, Piece, Pieces, Token};
use super::topic;

/// The pieces of one choice. The same `seed` gives the same answer.
pub(crate) fn choice(model: &'static Model, ask: &Ask, seed: u64) -> Bounded {
    let random = fastrand::Rng::with_seed(seed);
    Bounded::new(words(model, ask, random), ask.limit, ask.stop.clone())
}

fn words(model: &'static Model, ask: &Ask, mut random: fastrand::Rng) -> Pieces {
    let topic = topic::find(model, ask);
    let passage = topic::choose(&topic, ask.sampling.temperature, &mut random).unwrap_or(model.fallback());
    let alternatives = ask.logprobs.unwrap_or(0);
    let generation = Generation::new(model, passage, ask.sampling.clone(), random, alternatives);
    Box::new(
        generation.map(|drawn| Piece::Text(Token { text: drawn.text.into(), logprob: drawn.logprob, top: drawn.top })),
    )
}
