//! Makes the pieces of an answer: words from the model, JSON for a schema, calls of tools.

use super::ask::{Ask, Format};
use super::calls;
use super::generate::Generation;
use super::json_answer::Source;
use super::message::Speaker;
use super::model::Model;
use super::models::Behaviour;
use super::piece::{Bounded, Piece, Pieces, Token};
use super::reasoning;
use super::recital;
use super::tokens;
use super::topic;

/// The pieces of one choice. The same `seed` gives the same answer.
pub(crate) fn choice(model: &'static Model, ask: &Ask, seed: u64) -> Bounded {
    let random = fastrand::Rng::with_seed(seed);
    let source = match ask.model.behaviour {
        Behaviour::Recital(which) => recital::pieces(model, which),
        _ => source(model, ask, random),
    };
    Bounded::new(source, ask.limit, ask.stop.clone())
}

fn source(model: &'static Model, ask: &Ask, mut random: fastrand::Rng) -> Pieces {
    let topic = topic::find(model, ask);
    let chosen = topic::choose(&topic, ask.sampling.temperature, &mut random);
    let thoughts = match ask.model.behaviour {
        Behaviour::Reasoner => reasoning::think(model, &topic, chosen, ask.effort),
        _ => String::new(),
    };
    let thoughts: Vec<Piece> = tokens::split(&thoughts).map(|token| Piece::Reasoning(token.to_owned())).collect();
    let answer = body(model, ask, chosen.unwrap_or(model.fallback()), random);
    Box::new(thoughts.into_iter().chain(answer))
}

fn body(model: &'static Model, ask: &Ask, passage: usize, random: fastrand::Rng) -> Pieces {
    let tools = calls::wanted(ask);
    if !tools.is_empty() {
        return Box::new(calls::pieces(ask, &tools, random).into_iter());
    }
    let json = Source { model, passage, question: ask.question(), sampling: &ask.sampling };
    let told = match &ask.format {
        Format::JsonSchema(schema) => Some(json.by_schema(schema, random.clone())),
        Format::JsonObject => Some(json.object(random.clone())),
        Format::Text => calls::report(&ask.messages),
    };
    match told {
        Some(pieces) => Box::new(pieces.into_iter()),
        None => words(model, ask, passage, random),
    }
}

fn words(model: &'static Model, ask: &Ask, passage: usize, random: fastrand::Rng) -> Pieces {
    let alternatives = ask.logprobs.unwrap_or(0);
    let generation = Generation::new(model, passage, ask.sampling.clone(), random, alternatives);
    let generated =
        generation.map(|drawn| Piece::Text(Token { text: drawn.text.into(), logprob: drawn.logprob, top: drawn.top }));
    Box::new(parts(ask).into_iter().chain(generated))
}

/// What came with the question, so that whoever tries attachments sees that they arrived.
fn parts(ask: &Ask) -> Vec<Piece> {
    let asked = ask.messages.iter().rev().find(|message| message.speaker == Speaker::User);
    let Some(parts) = asked.map(|message| &message.parts).filter(|parts| !parts.is_empty()) else { return Vec::new() };
    let blind = if parts.iter().any(|part| part.contains("image")) { " I am a toy and see no pictures." } else { "" };
    let told = format!("Your message has {} parts: {}.{blind}\n\n", parts.len(), parts.join(", "));
    let told = told.replace("has 1 parts", "has 1 part");
    tokens::split(&told).map(|token| Piece::Text(Token::certain(token.to_owned()))).collect()
}
