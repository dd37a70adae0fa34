//! What an answer is about: the passages that fit the conversation, and which of them is told.

use super::ask::Ask;
use super::message::Speaker;
use super::model::Model;
use super::retrieve::{self, Hit, Weighted};
use super::sample;

/// What an earlier message counts against the one after it, when a question alone says too little.
const EARLIER: f32 = 0.6;
/// What a passage counts that was told before, when more is asked for.
const TOLD: f32 = 0.1;
/// A passage with the very words of the question as its heading beats the next one so many times.
const TITLED: f32 = 2.0;
/// So much of a passage in an earlier answer shows that it was told.
const TOLD_CHARS: usize = 40;
/// At temperature 1 a passage that fits half as well is told once for so many powers of two.
const SHARPNESS: f64 = 8.0;
/// So many passages can be told; the rest fits too badly.
const CANDIDATES: usize = 5;

/// The passages that fit, best first.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Topic {
    pub terms: Vec<Weighted>,
    pub hits: Vec<Hit>,
}

/// Looks for passages by the question; when it has no topic of its own ("more", "why?"), by what was asked before.
pub(crate) fn find(model: &Model, ask: &Ask) -> Topic {
    let question = ask.question();
    let terms = retrieve::weighted(question, 1.0);
    let titled = model.index.titled(question);
    let topical = titled.is_some() || retrieve::topical_words(question) > 0;
    let mut hits = if topical { model.index.search(&terms) } else { Vec::new() };
    if let Some(passage) = titled {
        let score = hits.first().map_or(1.0, |best| best.score) * TITLED;
        hits.retain(|hit| hit.passage != passage);
        hits.insert(0, Hit { passage, score });
    }
    if hits.is_empty() { follow_up(model, ask) } else { Topic { terms, hits } }
}

fn follow_up(model: &Model, ask: &Ask) -> Topic {
    let mut weight = 1.0;
    let mut terms: Vec<Weighted> = Vec::new();
    for text in ask.user_texts() {
        if retrieve::topical_words(text) > 0 {
            terms.extend(retrieve::weighted(text, weight));
        }
        weight *= EARLIER;
    }
    let mut hits = model.index.search(&terms);
    for hit in &mut hits {
        if was_told(model, ask, hit.passage) {
            hit.score *= TOLD;
        }
    }
    hits.sort_by(|a, b| b.score.total_cmp(&a.score));
    Topic { terms, hits }
}

fn was_told(model: &Model, ask: &Ask, passage: usize) -> bool {
    let Some(passage) = model.passages.get(passage) else { return false };
    let opening: String = passage.body.chars().take(TOLD_CHARS).collect();
    let answers = ask.messages.iter().filter(|message| message.speaker == Speaker::Assistant);
    answers.into_iter().any(|message| message.text.contains(&opening))
}

/// The passage that is told: the best at temperature 0, one of the better ones with heat.
pub(crate) fn choose(topic: &Topic, temperature: f64, random: &mut fastrand::Rng) -> Option<usize> {
    let best = topic.hits.first()?;
    if temperature < 1e-3 {
        return Some(best.passage);
    }
    let likely = &topic.hits[..topic.hits.len().min(CANDIDATES)];
    let weight = |hit: &Hit| f64::from(hit.score / best.score).powf(SHARPNESS / temperature);
    let weights: Vec<f64> = likely.iter().map(weight).collect();
    let rank = sample::pick(&weights, random).unwrap_or(0);
    likely.get(rank as usize).map(|hit| hit.passage)
}
